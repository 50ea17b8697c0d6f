"""Cells that more than one page shows: what fits, what binds, what helps, and who pays."""

from __future__ import annotations

import numpy as np
import pandas as pd

from stroomstad.pages.answer import joined, kind_name
from stroomstad.pages.confirmed import ROUNDING
from stroomstad.pages.page import Cell, Mark, Row, records
from stroomstad.pages.words import (
    UNITS,
    UNITS_OF_ONE,
    euros,
    is_missing,
    measured,
    name_of,
    number,
    percent,
    quarter,
    span,
    speaker,
)
from stroomstad.tables.plan import PAYERS as PAYER_NAMES
from stroomstad.tables.projects import BESIDE
from stroomstad.tables.words import (
    LINK_KINDS,
    NO_REMEDY,
    PAYERS,
    UNKNOWN,
    YES_NO,
    Language,
    sentence,
)


def size_said(row: Row, kinds: pd.DataFrame | None, language: Language) -> str:
    """Size of a measure with the unit of its kind, where that is known.

    A measure of which one unit is not one kW, but a power that the plan gives, is told so.
    """
    units = [] if kinds is None or "unit" not in kinds else [
        one["unit"] for one in records(kinds[kinds["kind"] == row["kind"]])]  # fmt: skip
    size, own_kw = measured(row["size"], language), row.get("kw_per_unit")
    if units == ["kW"] and not is_missing(own_kw) and own_kw != 1:
        return f"{size} × {measured(own_kw, language)} kW"
    names = UNITS | UNITS_OF_ONE if row["size"] == 1 else UNITS
    unit = name_of(units[0], names, language) if units else ""
    return f"{size} {unit}".strip()


def shares_said(row: Row, language: Language) -> str:
    """Who pays a measure, with the shares when more than one does."""
    shares = [(payer, row[f"share_{payer}"]) for payer in PAYER_NAMES]
    paying = [(PAYERS[payer].say(language), share) for payer, share in shares
              if not is_missing(share) and share > 0]  # fmt: skip
    if len(paying) == 1:
        return paying[0][0]
    said = [f"{payer} {percent(share, language)}" for payer, share in paying]
    return ", ".join(said) or UNKNOWN.say(language)


def year_or_never(year: object, last_year: object, language: Language) -> str:
    """First year of something, or that it is in no year of the plan."""
    if not is_missing(year):
        return f"{year:.0f}"
    if is_missing(last_year):
        return speaker(language)("geen jaar", "no year")
    return speaker(language)("niet t/m {year}", "not by {year}", year=last_year)


def asset_said(row: Row) -> str:
    """Code of the asset that binds, with the name that people know where it has one."""
    name = row.get("binding_name")
    return str(row["binding"]) if is_missing(name) else f"{row['binding']} ({name})"


def band_cell(row: Row, language: Language) -> Cell:
    """Band in which eight of ten draws lie, and the same with what the region leaves."""
    low, high = row.get("with_region_p10"), row.get("with_region_p90")
    say, band = speaker(language), span(low, high, language)
    known = not is_missing(low) and not is_missing(high)
    regional = say("met de regio {band}", "with the region {band}", band=band) if known else ""
    return Cell(span(row["p10"], row["p90"], language), regional, "modelled")


def binding_cell(row: Row, language: Language) -> Cell:
    """Asset that binds, of which kind, and when; every asset of the grid is synthetic."""
    if is_missing(row["binding"]):
        return Cell(speaker(language)("niets", "nothing"))
    when, kind = row.get("binding_at"), row["binding_kind"]
    said = [] if kind == "no_station" else [asset_said(row)]
    said += [] if is_missing(when) else [quarter(when, language)]
    mark: Mark = "assumed" if kind == "region" else "synthetic"
    return Cell(sentence(name_of(kind, LINK_KINDS, language)), ", ".join(said), mark)


def remedy_cell(row: Row, kinds: pd.DataFrame | None, language: Language) -> Cell:
    """Cheapest measure that makes a project fit, its size, its cost and who pays it."""
    say = speaker(language)
    if is_missing(row["remedy"]):
        needed = row.get("fits") != "yes"
        why = row.get("why_no_remedy")
        told = "" if is_missing(why) else name_of(why, NO_REMEDY, language)
        if needed:
            return Cell(say("geen bekend", "none known"), told)
        return Cell(say("niet nodig", "not needed"))
    size, cost, payer = (row.get(f"remedy_{name}") for name in ("size", "eur", "payer"))
    alone = BESIDE not in str(row["remedy"]) and not is_missing(size)
    one = {"kind": row["remedy"], "size": size}
    parts = [size_said(one, kinds, language)] if alone else []
    year = row.get("remedy_year")
    parts += [] if is_missing(year) else [
        say("vanaf {year}", "from {year}", year=f"{year:.0f}")]  # fmt: skip
    parts += [] if is_missing(cost) else [euros(cost, language)]
    parts += [] if is_missing(payer) else [
        joined(payer, lambda one: name_of(one, PAYERS, language), language)]  # fmt: skip
    return Cell(sentence(kind_name(row["remedy"], kinds, language)), ", ".join(parts), "assumed")


def measure_cell(row: Row, kinds: pd.DataFrame | None, language: Language) -> Cell:
    """Name of a measure, its kind, and whether anything in it is assumed."""
    mark: Mark = "assumed" if row.get("assumed", False) else ""
    kind = kind_name(row["kind"], kinds, language)
    return Cell(str(row["name"]), "" if kind == row["name"] else kind, mark)


def kw_up(value: object, language: Language) -> str:
    """Write a power that is lacking in whole kW, rounded up.

    Examples
    --------
    >>> kw_up(118.09, "nl")
    '119'
    """
    if is_missing(value):
        return UNKNOWN.say(language)
    return number(np.ceil(round(float(value), 3)), language)  # type: ignore[arg-type]


def fits_cell(row: Row, language: Language) -> Cell:
    """What fits in the middle case, and with everything against and everything in favour.

    A connection fits whole or not, and its kW are rounded down. What does not fit when it is
    asked and does later is told with the year from which it does.
    """
    say = speaker(language)
    connection = row.get("kind") == "connection"
    sizes = [row.get(f"size_{case}") for case in ("low", "mid", "high")]
    low, mid, high = (None if size is None else np.floor(size) if connection else size
                      for size in sizes)  # fmt: skip
    unit, known = " kW" if connection else "", not is_missing(low) and not is_missing(high)
    if row["fits"] == "yes":
        if not known or low is None or mid is None or low >= mid:
            return Cell(say("Ja", "Yes"), number(mid, language) + unit, "synthetic")
        return Cell(
            say("Ja, in het middelste geval", "Yes, in the middle case"),
            say("{mid}; als alles tegenzit: {low}", "{mid}; with everything against: {low}",
                mid=number(mid, language) + unit, low=number(low, language) + unit),
            "synthetic",
        )  # fmt: skip
    corners = f" ({span(low, high, language)})" if known and low != high else ""
    some = number(mid, language) + unit + corners
    due = row.get("due_year", row.get("last_year"))
    then = "" if is_missing(due) else say("in {year}: ", "in {year}: ", year=f"{due:.0f}")
    if not is_missing(row.get("all_from")):
        later = say("Later: alles vanaf {year}", "Later: all from {year}",
                    year=f"{row['all_from']:.0f}")  # fmt: skip
        return Cell(later, then + some, "synthetic")
    if connection and row["fits"] == "partly":
        return Cell(say("Niet geheel", "Not whole"),
                    say("wel {some}", "{some} would", some=some), "synthetic")  # fmt: skip
    return Cell(sentence(name_of(row["fits"], YES_NO, language)), some, "synthetic")


def confirmed_cell(row: Row, language: Language) -> Cell:
    """How much of what is asked the check by AC confirms when it is asked, and when all."""
    say = speaker(language)
    if is_missing(row.get("asked_due")):
        return Cell(UNKNOWN.say(language))
    unit = " kW" if row.get("kind") == "connection" else ""
    got, wanted = number(np.floor(row["confirmed_due"] + ROUNDING), language), row["asked_due"]
    if row["held"]:
        return Cell(say("Alles", "All"), number(wanted, language) + unit, "modelled")
    later = row["all_from"]
    said = [say("in {year}", "in {year}", year=int(row["due_year"]))]
    said.append(say("in geen jaar alles", "all in no year") if is_missing(later) else
                say("alles vanaf {year}", "all from {year}", year=f"{later:.0f}"))  # fmt: skip
    return Cell(
        say("{got} van {all}", "{got} of {all}", got=got, all=number(wanted, language) + unit),
        "; ".join(said), "modelled",
    )  # fmt: skip
