"""Rows of two plans beside each other: connections, years, cost, emission, and what binds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from stroomstad.pages import answer
from stroomstad.pages.confirmed import connected, is_checked
from stroomstad.pages.page import Cell, Mark, Tables, rows_of
from stroomstad.pages.words import (
    euros,
    number,
    speaker,
)
from stroomstad.tables.plan import PAYERS as PAYER_NAMES
from stroomstad.tables.words import (
    PAYERS,
    UNKNOWN,
    Language,
    sentence,
)

Cells = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two plans: its name and its tables."""

    name: str
    tables: Tables


Sides = tuple[Side, Side]


def firms_row(sides: Sides, language: Language) -> Cells:
    """Connections of firms, schools and care that get all they ask."""
    say = speaker(language)
    counts: list[float | None] = []
    cells, checked = [], False
    for side in sides:
        rows = answer.connections_of(side.tables)
        if rows is None:
            counts.append(None)
            cells.append(Cell(UNKNOWN.say(language)))
            continue
        fit, checked = rows[connected(rows)], checked or is_checked(rows)
        power = number(fit["size_asked"].sum(), language) + " kW" if "size_asked" in fit else ""
        counts.append(float(len(fit)))
        cells.append(Cell(say("{some} van {all}", "{some} of {all}", some=len(fit), all=len(rows)),
                          power, "modelled"))  # fmt: skip
    name = Cell(say("Bedrijven, scholen en zorg", "Firms, schools and care"),
                say("aansluitingen, geheel bevestigd", "connections, confirmed in full")
                if checked else
                say("aansluitingen die passen", "connections that fit"))  # fmt: skip
    said = more_said(minus(counts), sides, lambda value: number(value, language), language)
    return (name, *cells, Cell(said))


def year_row(sides: Sides, language: Language) -> Cells:
    """Projects that fit in full in some year, and the first such year."""
    say = speaker(language)
    counts: list[float | None] = []
    cells, checked = [], False
    for side in sides:
        fits = answer.project_rows(side.tables)
        if fits is None:
            counts.append(None)
            cells.append(Cell(UNKNOWN.say(language)))
            continue
        years, checked = fits["all_from"].dropna(), checked or is_checked(fits)
        first = say("het eerste project past in {year}", "the first project fits in {year}",
                    year=f"{years.min():.0f}") if len(years) else ""  # fmt: skip
        said = say("{some} van {all} projecten", "{some} of {all} projects", some=len(years),
                   all=len(fits))  # fmt: skip
        if len(years) == len(fits):
            said = say("alle, vanaf {year}", "all, from {year}", year=f"{years.max():.0f}")
        counts.append(float(len(years)))
        cells.append(Cell(said, first, "modelled"))
    said = more_said(minus(counts), sides, lambda value: say(
        "{n} projecten", "{n} projects", n=number(value, language)), language)  # fmt: skip
    name = Cell(say("Past helemaal, ooit", "Fits in full, ever"),
                say("bevestigd, en het eerste jaar", "confirmed, and the first year")
                if checked else say("en het eerste jaar", "and the first year"))  # fmt: skip
    return (name, *cells, Cell(said))


def cost_rows(sides: Sides, language: Language) -> list[Cells]:
    """What everyone together pays, and each payer."""
    say = speaker(language)
    costs = [answer.cost_by_payer(side.tables) for side in sides]
    paying = [payer for payer in PAYER_NAMES
              if any(cost is not None and cost.get(payer, 0.0) for cost in costs)]  # fmt: skip
    total = Cell(say("Kosten, iedereen samen", "Cost, everyone together"),
                 say("investering en jaarlijks, alle jaren",
                     "investment and yearly, all years"))  # fmt: skip
    rows = [(total, [None if cost is None else float(cost.sum()) for cost in costs])]
    rows += [
        (Cell(say("waarvan {payer}", "of which {payer}", payer=PAYERS[payer].say(language))),
         [None if cost is None else float(cost.get(payer, 0.0)) for cost in costs])
        for payer in paying
    ]  # fmt: skip
    marks = {name.text: [_mark(side, payer) for side in sides]
             for (name, _), payer in zip(rows, [None, *paying], strict=True)}  # fmt: skip
    return [
        (name, *(Cell(euros(value, language), "", "" if value is None else mark)
                 for value, mark in zip(values, marks[name.text], strict=True)),
         Cell(more_said(minus(values), sides, lambda value: euros(value, language), language)))
        for name, values in rows
    ]  # fmt: skip


def _mark(side: Side, payer: str | None) -> Mark:
    """Mark of what one payer, or everyone, pays in a plan."""
    costs = rows_of(side.tables, "costs", "measure_id", *answer.MONEY)
    if costs is None:
        return ""
    mine = costs if payer is None else costs[costs["payer"] == payer]
    return answer.money_mark(mine, answer.assumed_costs(side.tables))


def co2_row(sides: Sides, language: Language) -> Cells:
    """What the measures emit or avoid."""
    say = speaker(language)
    extra, avoided = say("extra uitstoot", "extra emission"), say("vermeden", "avoided")
    tonnes = [answer.co2_tonnes(side.tables) for side in sides]

    def said(value: float) -> str:
        return say("{n} ton", "{n} tonnes", n=number(value, language))

    cells = [Cell(UNKNOWN.say(language)) if value is None else
             Cell(said(value), "" if not value else extra if value > 0 else avoided, "modelled")
             for value in tonnes]  # fmt: skip
    name = Cell(say("CO2 door de maatregelen", "CO2 by the measures"),
                say("over alle jaren", "over all years"))  # fmt: skip
    return (name, *cells, Cell(more_said(minus(tonnes), sides, said, language)))


def binding_row(sides: Sides, language: Language) -> Cells:
    """What binds, and at how many projects."""
    say = speaker(language)
    found = [rows_of(side.tables, "fits", "binding", "binding_kind") for side in sides]
    kinds = [None if fits is None else answer.binding_kinds(fits, language) for fits in found]
    nothing = say("niets: alles past", "nothing: all fits")
    cells = [Cell(UNKNOWN.say(language)) if said is None else
             Cell(sentence(said or nothing), "", "synthetic" if said else "")
             for said in kinds]  # fmt: skip
    same = say("hetzelfde", "the same")
    other = say("andere soorten of aantallen", "other kinds or counts")
    difference = UNKNOWN.say(language) if None in kinds else same if kinds[0] == kinds[1] else other
    name = Cell(
        say("Wat knelt", "What binds"), say("bij hoeveel projecten", "at how many projects")
    )
    return (name, *cells, Cell(difference))


def more_said(
    difference: float | None, sides: Sides, say_value: Callable[[float], str], language: Language
) -> str:
    """Say which side has more, and how much."""
    say = speaker(language)
    if difference is None:
        return UNKNOWN.say(language)
    if difference == 0:
        return say("gelijk", "the same")
    more = sides[1] if difference > 0 else sides[0]
    value = say_value(abs(difference))
    return say("{name}: {value} meer", "{name}: {value} more", name=more.name, value=value)


def minus(values: list[float | None]) -> float | None:
    """Second value less the first; None when either is not known."""
    first, second = values
    return None if first is None or second is None else second - first
