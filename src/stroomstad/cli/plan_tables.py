"""Tables about plans and projects in the terminal, in Dutch or English."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd
from rich.table import Table

from stroomstad.errors import Issue
from stroomstad.pages.cells import shares_said, size_said
from stroomstad.pages.page import records
from stroomstad.pages.words import (
    BUDGETS,
    PLACES,
    euros,
    is_missing,
    name_of,
    number,
    speaker,
)
from stroomstad.tables.plan import PAYERS
from stroomstad.tables.words import (
    KINDS,
    LINK_KINDS,
    NO_REMEDY,
    YES_NO,
    Language,
    Words,
    joined_names,
)

BASIS = Words(
    "Het net is synthetisch tenzij de stad het opgaf, en prijzen en regio zijn deels aangenomen; "
    "verlichting telt met een opgegeven vast vermogen (kW) tot haar inzet per kwartier wordt "
    "nagebootst.",
    "The grid is synthetic unless the city gave it, and prices and region are partly assumed; "
    "relief acts by a stated firm power (kW) until its dispatch is simulated.",
)
# Names that fit a narrow column.
_SHORT_KINDS = KINDS | {
    "mv_cable": Words("MS-kabel erbij", "extra MV cable"),
    "lv_cable": Words("LS-kabel erbij", "extra LV cable"),
    "substation_transformer": Words("trafo erbij, onderstation", "extra substation trafo"),
}


def fits_table(projects: pd.DataFrame, fits: pd.DataFrame, language: Language) -> Table:
    """Make the answer per project: what fits, from when, what binds, what helps."""
    say = speaker(language)
    table = Table(title=say("Projecten", "Projects"), title_justify="left")
    table.add_column("project", overflow="fold")
    table.add_column(say("gevraagd", "asked"), justify="right")
    table.add_column(say("past", "fits"))
    table.add_column(say("laag – midden – hoog", "low – mid – high"))
    table.add_column(say("vanaf", "from"), justify="right")
    # A name of an asset is whole or of no use.
    table.add_column(say("knelt", "binds"), no_wrap=True)
    table.add_column(say("helpt", "helps"), overflow="fold")
    names = projects.set_index("project_id")[["name", "kind"]]
    for row in fits.to_dict("records"):
        name, kind = names.loc[row["project_id"]]
        unit = say("woningen", "homes") if kind == "homes" else "kW"
        sizes = (number(row[f"size_{case}"], language) for case in ("low", "mid", "high"))
        year = row["first_year_fits"]
        table.add_row(
            str(name),
            f"{number(row['size_asked'], language)} {unit}",
            YES_NO[row["fits"]].say(language),
            " – ".join(sizes),
            say("nooit", "never") if pd.isna(year) else f"{year:.0f}",
            _binds(row, language),
            _helps(row, language),
        )
    return table


def unheld_issues(evidence: pd.DataFrame) -> list[Issue]:
    """Warn of every week in which what is called confirmed still breaks a limit.

    Parameters
    ----------
    evidence
        As declared in ``CONFIRMATION``.
    """
    broken = evidence[~evidence["holds"].astype(bool)]
    return [
        Issue(
            f"confirmed by AC, {row['year']}, {row['direction']}",
            f"what is confirmed still breaks a limit (highest loading {row['loading_max']:.1%} "
            f"at {row['worst_link']}, worst voltage {row['voltage_pu']:.3f} pu at "
            f"{row['worst_node']}).",
            "Read it as more than holds; the report tells the rounds of the check.",
            "warning",
        )
        for row in broken.to_dict("records")
    ]


def stairs_table(staircase: pd.DataFrame, language: Language) -> Table:
    """Make homes per year: asked, promised on linear room, confirmed by AC."""
    say = speaker(language)
    title = say("Woningen aan het eind van elk jaar", "Homes at the end of each year")
    table = Table(title=title, title_justify="left")
    for name in (
        say("jaar", "year"),
        say("gevraagd", "asked"),
        say("beloofd", "promised"),
        say("bevestigd door AC", "confirmed by AC"),
    ):
        table.add_column(name, justify="right")
    for row in staircase.to_dict("records"):
        homes = (number(row[name], language) for name in ("asked", "promised", "confirmed"))
        table.add_row(f"{row['year']:.0f}", *homes)
    return table


def chosen_table(tables: Mapping[str, pd.DataFrame], language: Language) -> Table:
    """Make the measures that a search chose: where, how large, from when, and what they cost."""
    say = speaker(language)
    title = say("Gekozen maatregelen", "Measures that were chosen")
    table = Table(title=title, title_justify="left")
    table.add_column(say("maatregel", "measure"), overflow="fold")
    table.add_column(say("plaats", "place"), overflow="fold")
    table.add_column(say("omvang", "size"), overflow="fold")
    table.add_column(say("vanaf", "from"), justify="right", no_wrap=True)
    table.add_column(say("kosten", "cost"), justify="right", no_wrap=True)
    table.add_column(say("betaalt", "pays"), overflow="fold")
    measures, costs = tables["measures"], tables["costs"]
    chosen = measures[measures["measure_id"].isin(tables["chosen"]["measure_id"])]
    for row in records(chosen.sort_values(["in_service", "measure_id"], kind="stable")):
        table.add_row(
            str(row["name"]),
            name_of(row["place"], PLACES, language),
            size_said(row, tables["kinds"], language),
            str(row["in_service"])[:4],
            euros(_spent(costs[costs["measure_id"] == row["measure_id"]]), language),
            shares_said(row, language),
        )
    return table


def money_table(tables: Mapping[str, pd.DataFrame], language: Language) -> Table:
    """Make the euros of every budget and payer over all years: allowed, spent, left.

    Budgets of a search pay what it chose; lines of the plan pay all that counts on them.
    """
    say = speaker(language)
    title = say("Euro's over alle jaren samen", "Euros over all years together")
    table = Table(title=title, title_justify="left")
    table.add_column(say("waarvan", "of"), overflow="fold")
    for name in (say("budget", "budget"), say("besteed", "spent"), say("over", "left")):
        table.add_column(name, justify="right", no_wrap=True)
    for label, budget_eur, spent_eur in _budget_rows(tables, language):
        allowed = say("geen grens", "no limit") if budget_eur is None else euros(
            budget_eur, language)  # fmt: skip
        left = "" if budget_eur is None else euros(budget_eur - spent_eur, language)
        table.add_row(label, allowed, euros(spent_eur, language), left)
    return table


def curve_table(curve: pd.DataFrame, language: Language) -> Table:
    """Make the homes that each budget connects, by whose money it is."""
    say = speaker(language)
    table = Table(title=say("Woningen per euro", "Homes per euro"), title_justify="left")
    table.add_column(say("budget", "budget"), overflow="fold")
    table.add_column(say("euro's", "euros"), justify="right", no_wrap=True)
    table.add_column(say("woningen", "homes"), justify="right")
    for row in records(curve):
        table.add_row(
            name_of(row["payer"], BUDGETS, language),
            euros(row["budget_eur"], language),
            number(row["homes"], language),
        )
    return table


def _budget_rows(
    tables: Mapping[str, pd.DataFrame], language: Language
) -> Iterator[tuple[str, float | None, float]]:
    """Name of each budget, its euros where it has any, and what is spent of it."""
    say, costs = speaker(language), tables["costs"]
    chosen = costs[costs["measure_id"].isin(tables["chosen"]["measure_id"])]
    asked = dict(zip(*tables["asked_budgets"][["payer", "budget_eur"]].T.to_numpy(), strict=True))
    whole = say("gekozen, {who}", "chosen, {who}", who=BUDGETS["society"].say(language))
    yield whole, asked.get("society"), _spent(chosen)
    for payer in PAYERS:
        spent_eur = _spent(chosen[chosen["payer"] == payer])
        if payer in asked or spent_eur:
            who = name_of(payer, BUDGETS, language)
            yield say("gekozen, {who}", "chosen, {who}", who=who), asked.get(payer), spent_eur
    for line in records(tables["budgets"]):
        on_line = costs["budget_line"] == line["budget_line"]
        within = costs["year"].between(line["first_year"], line["last_year"])
        label = say("post {line}", "line {line}", line=line["budget_line"])
        yield label, float(line["eur"]), _spent(costs[on_line & within])


def _spent(costs: pd.DataFrame) -> float:
    return float(costs[["investment_eur", "yearly_eur"]].sum().sum())


def _binds(row: dict[Any, Any], language: Language) -> str:
    if is_missing(row["binding"]):
        return ""
    if row["binding_kind"] in ("no_station", "region"):
        return LINK_KINDS[row["binding_kind"]].say(language)
    return str(row["binding"])


def _helps(row: dict[Any, Any], language: Language) -> str:
    """Cheapest measure, or why none is told."""
    if not is_missing(row["remedy"]):
        return joined_names(row["remedy"], _SHORT_KINDS, language)
    reason = row["why_no_remedy"]
    return "" if is_missing(reason) else f"({joined_names(reason, NO_REMEDY, language)})"
