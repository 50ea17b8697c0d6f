"""The command that shows one station in three phases, beside its balanced run."""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
from rich.table import Table

from stroomstad.cli.console import OUT, progress, stoppable, tell_issues, tell_limits
from stroomstad.cli.options import (
    add_language,
    add_limits,
    asked_limits,
    count_of_one,
    whole_number,
)
from stroomstad.errors import Issue
from stroomstad.pages.phases import QUANTITIES, WEEKS, phases_png, quantity_said
from stroomstad.pages.words import number, speaker
from stroomstad.run import default_city, open_city
from stroomstad.run.limits import limit_tables
from stroomstad.run.model import Clock
from stroomstad.run.phases import DEALS, station_phases
from stroomstad.store import check_writable, write_file
from stroomstad.tables.words import Language

_PICTURE = "phases.png"
# A file tells millionths of its unit: more than the loads are true to.
_DECIMALS = 6


def add_phases_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `stroomstad phases`."""
    phases = commands.add_parser(
        "phases", help="show what the balanced assumption hides behind one station"
    )
    phases.add_argument("station", help="station_id of a public station")
    phases.add_argument("--city", type=Path, help="folder of the city; Almere when left out")
    phases.add_argument("--seed", type=whole_number, default=1, help="seed of what is drawn")
    phases.add_argument(
        "--deals", type=count_of_one, default=DEALS, help="how often homes are dealt over phases"
    )
    phases.add_argument(
        "--out", type=Path, help="folder for tables and picture; phases-STATION when left out"
    )
    add_limits(phases)
    add_language(phases)
    phases.set_defaults(command=_phases)


def _phases(chosen: argparse.Namespace) -> None:
    out = chosen.out or Path(f"phases-{chosen.station}")
    with stoppable(), progress() as tell:
        clock = Clock(tell)
        limits = asked_limits(chosen)
        city = chosen.city or default_city()
        desk = open_city(city, seed=chosen.seed, clock=clock, limits=limits)
        tables = station_phases(
            desk, chosen.station, deals=chosen.deals, seed=chosen.seed, clock=clock
        )
        tables |= {"limits": limit_tables(desk.twin)["limits"]}
    check_writable(out)
    for name, rows in tables.items():
        text = rows.round(_DECIMALS).to_csv(index=False, lineterminator="\n")
        write_file(out / f"{name}.csv", text.encode())
    write_file(out / _PICTURE, phases_png(tables, chosen.language))
    tell_issues(unsolved_issues(tables["phase_deals"]))
    for week in WEEKS:
        OUT.print(_summary_table(tables, week, chosen.language))
    tell_limits(tables, chosen.language)
    say = speaker(chosen.language)
    OUT.print(
        say("Tabellen en plaatje: {out}", "Tables and picture: {out}", out=out),
        markup=False, highlight=False, soft_wrap=True,
    )  # fmt: skip


def _summary_table(tables: dict[str, pd.DataFrame], week: str, language: Language) -> Table:
    """Make the extremes of one week: balanced, and the deals."""
    say = speaker(language)
    facts = tables["phase_facts"].iloc[0]
    title = say(
        "{station}, {week}: {homes} woningen {deals} keer over drie fasen verdeeld",
        "{station}, {week}: {homes} homes dealt over three phases {deals} times",
        station=facts["station_id"],
        week=WEEKS[week].say(language),
        homes=number(facts["homes"], language),
        deals=number(facts["deals"], language),
    )
    table = Table(title=title, title_justify="left")
    table.add_column("", overflow="fold", min_width=16)
    for name in (
        say("gebalanceerd", "balanced"),
        say("midden", "middle"),
        say("8 van de 10", "8 of 10"),
        say("erbuiten", "beyond"),
    ):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column(say("waar", "where"), overflow="fold", min_width=12)
    summary = tables["phase_summary"]
    for row in summary[summary["week"] == week].to_dict("records"):
        said = {
            name: quantity_said(row["quantity"], row[name], language)
            for name in ("balanced", "p10", "p50", "p90")
        }
        limit = f"{number(100.0 * row['limit'], language)} %"
        table.add_row(
            QUANTITIES[row["quantity"]].say(language, limit=limit),
            said["balanced"],
            said["p50"],
            f"{said['p10'].removesuffix(' %')} – {said['p90']}",
            f"{row['deals_beyond']} / {facts['deals']}",
            str(row["place"]),
        )
    return table


def unsolved_issues(deals: pd.DataFrame) -> list[Issue]:
    """Warn of deals of which some quarters have no solution.

    Parameters
    ----------
    deals
        As declared in ``PHASE_DEALS``.
    """
    bad = deals[deals["unsolved"] > 0]
    return [
        Issue(
            f"deal {row['deal']}, {row['week']}",
            f"{row['unsolved']} quarters have no solution in three phases, and are left out.",
            "Take what is told of this deal for too good.",
            "warning",
        )
        for row in bad.to_dict("records")
    ]
