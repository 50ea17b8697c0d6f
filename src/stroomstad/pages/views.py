"""Tables of a page, made of the tables of a run: projects, measures, costs, and what binds."""

from __future__ import annotations

import textwrap
from collections.abc import Callable

import pandas as pd

from stroomstad.pages.answer import gap_said, input_name, money_mark
from stroomstad.pages.cells import band_cell, binding_cell, measure_cell, shares_said, size_said
from stroomstad.pages.page import Cell, Mark, Row, Shown, Table, show_table
from stroomstad.pages.words import (
    BUDGETS,
    DIRECTIONS,
    OWNERS,
    PLACES,
    UNITS,
    date,
    euros,
    is_missing,
    measured,
    name_of,
    number,
    percent,
    quarter_note,
    span,
    speaker,
)
from stroomstad.tables.plan import PAYERS as PAYER_NAMES
from stroomstad.tables.plan import SHARE_COLUMNS
from stroomstad.tables.words import (
    MEASURE_STATUSES,
    PAYERS,
    YES_NO,
    Language,
    Words,
    sentence,
)

NOTHING = "–"
# Texts of the plan file stand short in a table.
TEXT_LENGTH_MAX = 70


def measures_table(
    measures: pd.DataFrame,
    kinds: pd.DataFrame | None,
    costs: pd.DataFrame | None,
    language: Language,
    assumed: frozenset[str] = frozenset(),
) -> Table:
    """The measures that count: when, where, how large, whose, and what they cost whom.

    Costs of the measures named in ``assumed`` bear the mark of assumed numbers.
    """
    say = speaker(language)
    rows = measures.sort_values(["in_service", "measure_id"], kind="stable")
    if costs is not None:
        spent = costs.groupby("measure_id")[["investment_eur", "yearly_eur"]].sum()
        sums = spent.rename(columns=lambda name: f"sum_{name}").reset_index()
        rows = rows.merge(sums, on="measure_id", how="left", validate="one_to_one")
    shown = [
        Shown(say("Maatregel", "Measure"), lambda row: measure_cell(row, kinds, language),
              ("measure_id", "name", "kind"), share=1.9),
        Shown(say("In dienst", "In service"), lambda row: _service(row, language),
              ("in_service",), share=1.2),
        Shown(say("Plaats", "Place"), lambda row: Cell(name_of(row["place"], PLACES, language)),
              ("place",)),
        Shown(say("Omvang", "Size"), lambda row: Cell(size_said(row, kinds, language)), ("size",),
              numeric=True),
        Shown(say("Stand", "Status"),
              lambda row: Cell(name_of(row["status"], MEASURE_STATUSES, language)), ("status",)),
        Shown(say("Eigenaar", "Owner"), lambda row: _short(row["owner"], language), ("owner",),
              share=1.1),
        Shown(say("Betaalt", "Pays"), lambda row: Cell(shares_said(row, language)), SHARE_COLUMNS,
              share=1.3),
        Shown(say("Kosten", "Cost"), lambda row: _cost(row, assumed, language),
              ("sum_investment_eur", "sum_yearly_eur"), numeric=True, share=1.2),
    ]  # fmt: skip
    note = say(
        "Kosten: de investering; daaronder de jaarlijkse kosten van alle jaren samen.",
        "Cost: the investment; below it the yearly cost of all years together.",
    )
    caption = say("De maatregelen, op volgorde van dienst", "The measures, in order of service")
    return show_table(rows, shown, caption, language, note=note)


def candidates_table(rows: pd.DataFrame, kinds: pd.DataFrame | None, language: Language) -> Table:
    """Candidates and ideas, which do not count: where, and up to which size."""
    say = speaker(language)
    shown = [
        Shown(say("Telt niet mee", "Not counted"), lambda row: measure_cell(row, kinds, language),
              ("measure_id", "name", "kind"), share=2.5),
        Shown(say("Plaats", "Place"), lambda row: Cell(name_of(row["place"], PLACES, language)),
              ("place",)),
        Shown(say("Hoogstens", "At most"), lambda row: Cell(_most_said(row, kinds, language)),
              ("size",), numeric=True),
    ]  # fmt: skip
    caption = say("Kandidaten en ideeën: waaruit nog gekozen kan worden",
                  "Candidates and ideas: what can still be chosen from")  # fmt: skip
    return show_table(rows, shown, caption, language)


def deciders_table(rows: pd.DataFrame, language: Language) -> Table:
    """Who decides on the measures that count, and what their numbers rest on."""
    say = speaker(language)
    shown = [
        Shown(say("Maatregel", "Measure"), lambda row: Cell(str(row["name"])), ("name",),
              share=1.4),
        Shown(say("Wie beslist", "Who decides"), lambda row: _short(row["decides"], language),
              ("decides",), share=1.4),
        Shown(say("Bron", "Source"), lambda row: _short(row["source"], language), ("source",),
              share=2.2),
    ]  # fmt: skip
    note = say("In de woorden van het plan, ingekort; voluit in het planbestand.",
               "In the words of the plan, shortened; in full in the plan file.")  # fmt: skip
    caption = say("Wie over de maatregelen beslist, en waar hun getallen op rusten",
                  "Who decides on the measures, and what their numbers rest on")  # fmt: skip
    return show_table(rows, shown, caption, language, note=note, folded=True)


def band_table(rows: pd.DataFrame, language: Language) -> Table:
    """Room in the whole city, without and with the region: in the draws and in the cases."""
    say = speaker(language)
    names = {False: Words("Zonder de regio", "Without the region"),
             True: Words("Met de regio", "With the region")}  # fmt: skip
    shown = [
        Shown(say("Woningen in de hele stad", "Homes in the whole city"),
              lambda row: Cell(names[bool(row["with_region"])].say(language), "",
                               "assumed" if row["with_region"] else ""), ("with_region",),
              share=1.6),
        _count_shown(say("Een op de tien lager dan", "One in ten below"), "p10", "modelled",
                     language),
        _count_shown(say("In het midden", "In the middle"), "p50", "modelled", language),
        _count_shown(say("Een op de tien hoger dan", "One in ten above"), "p90", "modelled",
                     language),
        Shown(say("Alles tegelijk ongunstig, alles tegelijk gunstig",
                  "All unfavourable at once, all favourable at once"),
              lambda row: Cell(span(row["case_low"], row["case_high"], language), "", "modelled"),
              ("case_low", "case_high"), numeric=True, share=1.5),
    ]  # fmt: skip
    caption = say(
        "Ruimte in de hele stad, in het laatste jaar", "Room in the whole city, last year"
    )
    note = say(
        "Lineair, met de groei van het vooruitzicht en de maatregelen van dit plan.",
        "Linear, with the growth of the outlook and the measures of this plan.",
    )
    return show_table(rows, shown, caption, language, note=note)


def cost_per_year(costs: pd.DataFrame) -> pd.DataFrame:
    """Investment and yearly cost together, in euros: years down, payers across."""
    together = costs.assign(eur=costs["investment_eur"] + costs["yearly_eur"])
    wide = together.pivot_table(index="year", columns="payer", values="eur", aggfunc="sum")
    years = range(int(wide.index.min()), int(wide.index.max()) + 1)
    # A year or payer without a row has no cost, which is a known zero.
    return wide.reindex(
        index=years, columns=[payer for payer in PAYER_NAMES if payer in wide]
    ).fillna(0.0)


def payers_table(costs: pd.DataFrame, language: Language, assumed: frozenset[str]) -> Table:
    """Cost by payer over the whole plan, with what everyone pays together below.

    A total bears the mark of assumed numbers when the cost of all its measures is ``assumed``.
    """
    say = speaker(language)
    wide = costs.groupby("payer")[["investment_eur", "yearly_eur"]].sum()
    wide = wide.reindex([payer for payer in PAYER_NAMES if payer in wide.index])
    rows = pd.concat([wide, wide.sum().to_frame("together").T]).reset_index(names="payer")
    names = {**PAYERS, "together": Words("iedereen samen", "everyone together")}
    shown = [
        Shown(say("Wie betaalt", "Who pays"),
              lambda row: Cell(sentence(name_of(row["payer"], names, language))), ("payer",)),
        Shown(say("Investering", "Investment"), _euros_in("investment_eur", language),
              ("investment_eur",), numeric=True),
        Shown(say("Jaarlijkse kosten", "Yearly cost"), _euros_in("yearly_eur", language),
              ("yearly_eur",), numeric=True),
        Shown(say("Samen", "Together"),
              lambda row: Cell(euros(row["investment_eur"] + row["yearly_eur"], language), "",
                               money_mark(_paid_by(costs, row["payer"]), assumed)),
              ("investment_eur", "yearly_eur"), numeric=True),
    ]  # fmt: skip
    caption = say("Kosten per betaler, over alle jaren van het plan",
                  "Cost by payer, over all years of the plan")  # fmt: skip
    return show_table(rows, shown, caption, language)


def _paid_by(costs: pd.DataFrame, payer: object) -> pd.DataFrame:
    return costs if payer == "together" else costs[costs["payer"] == payer]


def years_table(wide: pd.DataFrame, language: Language) -> Table:
    """Cost of every year by payer."""
    say = speaker(language)
    shown = [
        _year_shown(say("Jaar", "Year")),
        *(Shown(sentence(PAYERS[payer].say(language)), _euros_in(payer, language), (payer,),
                numeric=True) for payer in wide.columns),
    ]  # fmt: skip
    caption = say("Kosten per jaar en betaler, in getallen", "Cost per year and payer, in numbers")
    return show_table(wide.reset_index(names="year"), shown, caption, language, folded=True)


def staircase_table(rows: pd.DataFrame, language: Language) -> Table:
    """The numbers of the staircase."""
    say = speaker(language)
    shown = [
        _year_shown(say("Eind van", "End of")),
        _count_shown(say("Gevraagd", "Asked"), "asked", "", language),
        _count_shown(say("Beloofd", "Promised"), "promised", "modelled", language),
        _count_shown(say("Bevestigd", "Confirmed"), "confirmed", "modelled", language),
        Shown("Band", lambda row: band_cell(row, language), ("p10", "p90"), numeric=True,
              share=1.5),
        _count_shown(say("Regio laat toe", "Region allows"), "region_homes", "assumed", language),
    ]  # fmt: skip
    caption = say("Woningen per jaar, opgeteld, in getallen",
                  "Homes per year, cumulative, in numbers")  # fmt: skip
    return show_table(rows, shown, caption, language, folded=True)


def curve_table(rows: pd.DataFrame, language: Language) -> Table:
    """The numbers of the curves of homes per euro; euros that were not counted have a dash."""
    say = speaker(language)
    euros_of = (("eur_municipality", say("Gemeente betaalt", "Municipality pays")),
                ("eur_society", say("Iedereen samen", "Everyone together")))  # fmt: skip
    shown = [
        Shown("Budget", lambda row: Cell(euros(row["budget_eur"], language),
                                         name_of(row["payer"], BUDGETS, language)),
              ("budget_eur", "payer")),
        _count_shown(say("Woningen", "Homes"), "homes", "modelled", language),
        _count_shown(say("Aansluitingen (kW)", "Connections (kW)"), "connections_kw", "modelled",
                     language),
        *(Shown(title, _euros_or_nothing(column, language), (column,), numeric=True)
          for column, title in euros_of),
        Shown(say("CO2 (ton)", "CO2 (tonnes)"),
              lambda row: _counted(row["co2_kg"] / 1000, "modelled", language), ("co2_kg",),
              numeric=True),
        Shown(say("Hoogstens nog beter", "At most better by"),
              lambda row: Cell(gap_said(row["gap"], language)), ("gap",), numeric=True),
    ]  # fmt: skip
    note = say(
        "Hoogstens nog beter: zoveel kan een ander plan binnen dit lineaire model hoogstens beter "
        "zijn; bewezen door de zoeker.",
        "At most better by: another plan can be better by at most this within this linear model; "
        "proven by the search.",
    )
    rows = rows.sort_values(["payer", "budget_eur"], kind="stable")
    caption = say("Woningen bij elk budget, in getallen", "Homes at every budget, in numbers")
    return show_table(rows, shown, caption, language, note=note, folded=True)


def room_table(rows: pd.DataFrame, language: Language) -> Table:
    """Room of every year, and what binds then."""
    say = speaker(language)
    shown = [
        Shown(say("Eind van", "End of"), lambda row: Cell(str(row["years"])), ("years",)),
        _count_shown(say("Ruimte in woningen", "Room in homes"), "room", "modelled", language),
        *([_count_shown(say("Waarvan de regio toelaat", "Of which the region allows"),
                        "room_with_region", "assumed", language)]
          if "room_with_region" in rows else []),
        Shown(say("Wat knelt, en wanneer", "What binds, and when"),
              lambda row: binding_cell(row, language), ("binding", "binding_kind"), share=2.5),
    ]  # fmt: skip
    note = say(
        "Wat blijvend past in de hele stad, ook waar niemand iets vraagt; de gevraagde projecten "
        "gaan er nog af. Lineair, met de groei van het vooruitzicht en de maatregelen van dit "
        "plan; niet nagerekend met een netberekening.",
        "What lastingly fits in the whole city, also where nobody asks; the projects asked still "
        "come off it. Linear, with the growth of the outlook and the measures of this plan; not "
        "checked by a power flow.",
    ) + quarter_note(rows, language)
    caption = say("Ruimte in de hele stad, en wat er het eerst vol is",
                  "Room in the whole city, and what is full first")  # fmt: skip
    return show_table(_collapsed(rows), shown, caption, language, note=note)


def _collapsed(rows: pd.DataFrame) -> pd.DataFrame:
    """Put years that follow each other and are told alike on one row, named in ``years``."""
    told = [name for name in ("room", "room_with_region", "binding", "binding_kind", "binding_at")
            if name in rows]  # fmt: skip
    alike = rows[told].astype(object).where(rows[told].notna(), None)
    same = (alike == alike.shift()) | (alike.isna() & alike.shift().isna())
    group = (~same.all(axis=1)).cumsum()
    ends = rows.groupby(group)["year"].agg(["min", "max"]).astype(int)
    names = [f"{first}" if first == last else f"{first}–{last}"
             for first, last in ends.itertuples(index=False)]  # fmt: skip
    return rows.groupby(group).head(1).assign(years=names)


def tornado_table(rows: pd.DataFrame, language: Language) -> Table:
    """The numbers of the tornado."""
    say = speaker(language)
    shown = [
        Shown(say("Aanname", "Assumption"), lambda row: Cell(input_name(row, language)),
              ("input",), share=2.5),
        Shown(say("Laag en hoog", "Low and high"), lambda row: Cell(_low_high(row, language)),
              ("low_value", "high_value", "unit"), share=1.5),
        _count_shown(say("Woningen bij laag", "Homes at low"), "homes_low", "modelled", language),
        _count_shown(say("In het midden", "In the middle"), "homes_mid", "modelled", language),
        _count_shown(say("Woningen bij hoog", "Homes at high"), "homes_high", "modelled",
                     language),
    ]  # fmt: skip
    caption = say("Wat het antwoord het meest verandert, in getallen",
                  "What changes the answer most, in numbers")  # fmt: skip
    note = say("Woningen in de hele stad in het basisjaar; lineair, zonder groei, zonder dit plan.",
               "Homes in the whole city in the base year; linear, without growth, without this "
               "plan.")  # fmt: skip
    return show_table(rows, shown, caption, language, note=note, folded=True)


def full_table(rows: pd.DataFrame, language: Language) -> Table:
    """Stations with the largest modelled probability of being full."""
    say = speaker(language)
    shown = [
        Shown("Station", lambda row: Cell(str(row["station_id"]), "", "synthetic"),
              ("station_id",), share=2),
        _year_shown(say("Eind van", "End of")),
        Shown(say("Kans dat het vol is", "Probability of being full"),
              lambda row: Cell(percent(row["probability_full_modelled"], language), "",
                               "modelled"), ("probability_full_modelled",), numeric=True),
    ]  # fmt: skip
    caption = say("Stations met de grootste berekende kans om vol te zijn",
                  "Stations with the largest modelled probability of being full")  # fmt: skip
    return show_table(rows, shown, caption, language, folded=True)


def evidence_table(rows: pd.DataFrame, language: Language) -> Table:
    """What the power flow found of the promises, year by year."""
    say = speaker(language)
    shown = [
        _year_shown(say("Eind van", "End of")),
        Shown(say("Week", "Week"),
              lambda row: Cell(name_of(row["direction"], DIRECTIONS, language)), ("direction",),
              share=1.6),
        _count_shown(say("Beloofd", "Promised"), "homes_promised", "modelled", language),
        _count_shown(say("Bevestigd", "Confirmed"), "homes_confirmed", "modelled", language),
        Shown(say("Drukste deel van het net", "Busiest part of the grid"),
              lambda row: Cell(NOTHING if is_missing(row["worst_link"]) else str(row["worst_link"]),
                               say("{share} van de grens", "{share} of its limit",
                                   share=percent(row["loading_max"], language)), "synthetic"),
              ("worst_link", "loading_max"), share=1.8),
        Shown(say("Houdt stand", "Holds"), lambda row: Cell(name_of(
            "yes" if row["holds"] else "no", YES_NO, language)), ("holds",)),
    ]  # fmt: skip
    caption = say("De toets met een netberekening, jaar voor jaar",
                  "The check by a power flow, year by year")  # fmt: skip
    return show_table(rows, shown, caption, language, folded=True)


def _year_shown(title: str) -> Shown:
    return Shown(title, lambda row: Cell(str(int(row["year"]))), ("year",))


def _count_shown(title: str, column: str, mark: Mark, language: Language) -> Shown:
    return Shown(title, lambda row: _counted(row[column], mark, language), (column,), numeric=True)


def _counted(value: object, mark: Mark, language: Language) -> Cell:
    return Cell(number(value, language), "", "" if is_missing(value) else mark)


def _euros_or_nothing(column: str, language: Language) -> Callable[[Row], Cell]:
    return lambda row: Cell(NOTHING if is_missing(row[column]) else euros(row[column], language))


def _euros_in(column: str, language: Language) -> Callable[[Row], Cell]:
    return lambda row: Cell(euros(row[column], language))


def _service(row: Row, language: Language) -> Cell:
    early, late = row.get("in_service_early"), row.get("in_service_late")
    certain = is_missing(early) or is_missing(late) or early == late
    said = "" if certain else speaker(language)(
        "{early} tot {late}", "{early} to {late}", early=date(early, language),
        late=date(late, language))  # fmt: skip
    return Cell(date(row["in_service"], language), said)


def _most_said(row: Row, kinds: pd.DataFrame | None, language: Language) -> str:
    """Largest size that a measure may get."""
    most = row.get("size_max")
    return size_said({**row, "size": row["size"] if is_missing(most) else most}, kinds, language)


def _short(text: object, language: Language) -> Cell:
    if is_missing(text):
        return Cell(NOTHING)
    return Cell(textwrap.shorten(name_of(text, OWNERS, language), TEXT_LENGTH_MAX, placeholder="…"))


def _cost(row: Row, assumed: frozenset[str], language: Language) -> Cell:
    investment, yearly = row["sum_investment_eur"], row["sum_yearly_eur"]
    below = "" if is_missing(yearly) or not yearly else speaker(language)(
        "jaarlijks samen {eur}", "yearly together {eur}", eur=euros(yearly, language))  # fmt: skip
    known = not is_missing(investment) and bool(investment or below)
    mark: Mark = "assumed" if known and str(row["measure_id"]) in assumed else ""
    return Cell(euros(investment, language), below, mark)


def _low_high(row: Row, language: Language) -> str:
    low, high = measured(row["low_value"], language), measured(row["high_value"], language)
    unit = "" if is_missing(row["unit"]) else name_of(row["unit"], UNITS, language)
    return speaker(language)(
        "{low} en {high} {unit}", "{low} and {high} {unit}", low=low, high=high, unit=unit
    ).strip()
