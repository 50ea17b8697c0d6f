"""Tables of the projects of a list: what fits, what is confirmed, what helps, what it is worth."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from stroomstad.pages.cells import (
    binding_cell,
    confirmed_cell,
    fits_cell,
    kw_up,
    remedy_cell,
    year_or_never,
)
from stroomstad.pages.confirmed import is_checked, unit_of
from stroomstad.pages.page import Cell, Mark, Row, Shown, Table, show_table
from stroomstad.pages.texts import ALL_FROM, PROJECTS_NOTE
from stroomstad.pages.views import NOTHING
from stroomstad.pages.words import (
    CONTRACT_NAMES,
    HEATINGS,
    HOME_TYPES,
    is_missing,
    measured,
    name_of,
    number,
    quarter_note,
    span,
    speaker,
)
from stroomstad.tables.words import (
    UNKNOWN,
    YES_NO,
    Language,
    sentence,
)


def projects_table(
    rows: pd.DataFrame, kinds: pd.DataFrame | None, last_year: int | None, language: Language
) -> Table:
    """What fits, from which year, what binds, what helps, and who pays: one row per project."""
    say = speaker(language)
    shown = [
        Shown("Project", _project, ("project_id",), share=1.5),
        Shown(say("Gevraagd", "Asked"), lambda row: _asked(row, language), ("size_asked",),
              share=1.4),
        Shown(say("Past lokaal, lineair model", "Fits locally, linear model"),
              lambda row: fits_cell(row, language), ("fits", "size_mid"), share=1.9),
        Shown(say("Bevestigd", "Confirmed"), lambda row: confirmed_cell(row, language),
              ("asked_due",), share=1.2),
        Shown(say("Past in de regio", "Fits in the region"), lambda row: _region(row, language),
              ("fits_with_region",), share=0.9),
        Shown(say("Alles past vanaf", "All fits from"),
              lambda row: Cell(year_or_never(row["all_from"], last_year, language)),
              ("all_from",)),
        Shown(say("Wat knelt, en wanneer", "What binds, and when"),
              lambda row: binding_cell(row, language), ("binding", "binding_kind"), share=1.7),
        Shown(say("Tekort van die verbinding (kW)", "Shortage of that link (kW)"),
              lambda row: Cell(kw_up(row["kw_short"], language)), ("kw_short",), numeric=True,
              share=1.0),
        Shown(say("Goedkoopste oplossing, en wie betaalt", "Cheapest remedy, and who pays"),
              lambda row: remedy_cell(row, kinds, language), ("remedy",), share=1.6),
        Shown(say("Past eerder met", "Fits sooner with"), lambda row: _flexible(row, language),
              ("flexible",), share=1.3),
    ]  # fmt: skip
    note = PROJECTS_NOTE.say(language)
    note += " " + ALL_FROM["checked" if is_checked(rows) else "linear"].say(language)
    note += quarter_note(rows, language)
    if "flexible" in rows and rows["flexible"].replace("", None).isna().all():
        shown.pop()
        note += say(" Van geen project is een flexibel contract bekend waarmee het eerder past.",
                    " For no project is a flexible contract known with which it fits sooner.",
                    )  # fmt: skip
    if "queue_place" in rows:
        rows = rows.sort_values("queue_place", kind="stable")
    caption = say("Elk project: wat past, vanaf wanneer, en wat helpt",
                  "Each project: what fits, from when, and what helps")  # fmt: skip
    return show_table(rows, shown, caption, language, note=note)


def worth_table(rows: pd.DataFrame, language: Language) -> Table:
    """Homes and jobs that a megawatt at station level gives, per project."""
    say = speaker(language)
    shown = [
        Shown("Project", _project, ("project_id",), share=2),
        Shown(say("Vermogen op het station (kW)", "Power at station level (kW)"),
              lambda row: Cell(number(row["kw_mid"], language),
                               span(row["kw_low"], row["kw_high"], language), "modelled"),
              ("kw_low", "kw_mid", "kw_high"), numeric=True),
        Shown(say("Woningen per MW", "Homes per MW"), _per_mw("homes", language),
              ("homes", "kw_mid"), numeric=True),
        Shown(say("Banen per MW", "Jobs per MW"), _per_mw("jobs", language), ("jobs", "kw_mid"),
              numeric=True),
    ]  # fmt: skip
    caption = say("Wat een megawatt oplevert: woningen en banen",
                  "What a megawatt gives: homes and jobs")  # fmt: skip
    return show_table(rows, shown, caption, language, folded=True)


def _project(row: Row) -> Cell:
    name = row["project_id"] if is_missing(row.get("name")) else row["name"]
    place = "" if is_missing(row.get("place")) else str(row["place"])
    mark: Mark = "assumed" if row.get("assumed", False) is True else ""
    return Cell(str(name), "" if place == name else place, mark)


def _asked(row: Row, language: Language) -> Cell:
    size = f"{number(row['size_asked'], language)} {unit_of(row, language)}"
    first, last = row.get("first_year"), row.get("last_year")
    said = []
    if not is_missing(first) and not is_missing(last):
        said.append(f"{first:.0f}" + ("" if first == last else f"–{last:.0f}"))
    if row.get("kind") == "homes" and not is_missing(row.get("home_type")):
        kind, heating = row["home_type"], row.get("heating")
        said += [] if kind == "any" else [name_of(kind, HOME_TYPES, language)]
        said += [] if is_missing(heating) else [name_of(heating, HEATINGS, language)]
    return Cell(size, ", ".join(said))


def _region(row: Row, language: Language) -> Cell:
    need = row.get("region_mw")
    said = "" if is_missing(need) else speaker(language)(
        "vraagt {mw} MW", "asks {mw} MW", mw=measured(need, language))  # fmt: skip
    return Cell(sentence(name_of(row["fits_with_region"], YES_NO, language)), said, "assumed")


def _flexible(row: Row, language: Language) -> Cell:
    if is_missing(row["flexible"]):
        return Cell(NOTHING)
    year = row.get("flexible_year")
    said = "" if is_missing(year) else speaker(language)(
        "vanaf {year}", "from {year}", year=f"{year:.0f}")  # fmt: skip
    return Cell(name_of(row["flexible"], CONTRACT_NAMES, language), said)


def _per_mw(column: str, language: Language) -> Callable[[Row], Cell]:
    def cell(row: Row) -> Cell:
        value, kw = row[column], row["kw_mid"]
        if is_missing(value):
            return Cell(UNKNOWN.say(language))
        if is_missing(kw) or not kw > 0 or not value > 0:
            return Cell(NOTHING)
        return Cell(number(value / (kw / 1000.0), language), "", "modelled")

    return cell
