"""The command that shows one station in three phases, beside its balanced run."""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
from rich.table import Table

from stroomstad.cli.console import OUT, progress, stoppable, tell_issues
from stroomstad.cli.options import count_of_one, whole_number
from stroomstad.errors import Issue
from stroomstad.pages.phases import QUANTITIES, WEEKS, phases_png, quantity_said
from stroomstad.pages.words import number, speaker
from stroomstad.run import default_city, open_city
from stroomstad.run.model import Clock
from stroomstad.run.phases import DEALS, station_phases
from stroomstad.store import check_writable, write_file
from stroomstad.tables.words import LANGUAGES, Language

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
    phases.add_argument("--language", choices=LANGUAGES, default="nl", help="of what is shown")
    phases.set_defaults(command=_phases)


def _phases(chosen: argparse.Namespace) -> None:
    out = chosen.out or Path(f"phases-{chosen.station}")
    with stoppable(), progress() as tell:
        clock = Clock(tell)
        desk = open_city(chosen.city or default_city(), seed=chosen.seed, clock=clock)
        tables = station_phases(
            desk, chosen.station, deals=chosen.deals, seed=chosen.seed, clock=clock
        )
    check_writable(out)
    for name, rows in tables.items():
        text = rows.round(_DECIMALS).to_csv(index=False, lineterminator="\n")
        write_file(out / f"{name}.csv", text.encode())
    write_file(out / _PICTURE, phases_png(tables, chosen.language))
    tell_issues(_unsolved_issues(tables["phase_deals"]))
    OUT.print(_summary_table(tables, chosen.language))
    say = speaker(chosen.language)
    OUT.print(
        say("Tabellen en plaatje: {out}", "Tables and picture: {out}", out=out),
        markup=False, highlight=False, soft_wrap=True,
    )  # fmt: skip


def _summary_table(tables: dict[str, pd.DataFrame], language: Language) -> Table:
    say = speaker(language)
    facts = tables["phase_facts"].iloc[0]
    table = Table(
        title=say(
            "{station}: {homes} woningen, {deals} keer over drie fasen verdeeld",
            "{station}: {homes} homes, dealt over three phases {deals} times",
            station=facts["station_id"],
            homes=number(facts["homes"], language),
            deals=number(facts["deals"], language),
        ),
        title_justify="left",
        caption=say(
            "spanning in % van nominaal, stroom in % van de nominale; P10 tot P90: acht van de "
            "tien verdelingen",
            "voltage in % of nominal, current in % of rating; P10 to P90: eight of ten deals",
        ),
    )
    for name in ("", say("week", "week")):
        table.add_column(name, overflow="fold")
    for name in (
        say("gebalanceerd", "balanced"),
        "P10",
        "P50",
        "P90",
        say("grens", "limit"),
        say("erbuiten", "beyond"),
    ):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column(say("waar", "where"), overflow="fold")
    for row in tables["phase_summary"].to_dict("records"):
        said = (
            quantity_said(row["quantity"], row[name], language)
            for name in ("balanced", "p10", "p50", "p90", "limit")
        )
        table.add_row(
            QUANTITIES[row["quantity"]].say(language),
            WEEKS[row["week"]].say(language),
            *said,
            say("{n} van {deals}", "{n} of {deals}", n=row["deals_beyond"], deals=facts["deals"]),
            str(row["place"]),
        )
    return table


def _unsolved_issues(deals: pd.DataFrame) -> list[Issue]:
    """Warn of deals of which some quarters have no solution."""
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
