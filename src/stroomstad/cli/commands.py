"""What the commands do: check a city, run it, and show what a run says."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from stroomstad.cli.city import tell_gaps, tell_notes
from stroomstad.cli.components import add_component_commands
from stroomstad.cli.console import ERR, OUT, progress, stoppable, tell_issues
from stroomstad.cli.grid import add_grid_command
from stroomstad.cli.options import add_detail, add_language, add_limits, asked_limits, whole_number
from stroomstad.cli.phases import add_phases_command
from stroomstad.cli.plans import add_plan_commands
from stroomstad.cli.serve import add_serve_command
from stroomstad.errors import (
    InvalidData,
    Issue,
    MissingParameter,
    NotFound,
    SolverFailed,
    raise_faults,
)
from stroomstad.report import console_tables, render_files, year_tables
from stroomstad.run import check_city, default_city, run_city
from stroomstad.sources import LENT, list_gaps
from stroomstad.store import list_runs, load_run, open_year, power_of
from stroomstad.tables.results import ROOM
from stroomstad.tables.schema import check
from stroomstad.tables.words import Language, Words

EXIT_DATA, EXIT_SOLVER = 1, 3
_FILES = (
    (Words("Rapport:", "Report:"), "report.html"),
    (Words("Kaart:", "Map:"), "map.png"),
    (Words("Jaar:", "Year:"), "power_year_by_link.npy"),
)


def run_command(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments ask and return the exit status.

    Returns
    -------
    0 when all went well, 1 for faulty data, 3 when the solver failed.

    Raises
    ------
    SystemExit
        With status 2, for faulty use.
    KeyboardInterrupt
        When the user stopped a run, with what was kept of it.
    OSError
        When the output cannot be written.
    """
    chosen = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], None] = chosen.command
    try:
        command(chosen)
    except InvalidData as found:
        tell_issues(found.issues)
        return EXIT_DATA
    except (MissingParameter, NotFound) as found:
        ERR.print(str(found), markup=False, highlight=False, soft_wrap=True)
        return EXIT_DATA
    except SolverFailed as found:
        ERR.print(str(found), markup=False, highlight=False, soft_wrap=True)
        return EXIT_SOLVER
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stroomstad",
        description="How many homes still fit on the electricity grid of a city, and what binds.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    demo = commands.add_parser("demo", help="run the bundled city and show the answer")
    run = commands.add_parser("run", help="run a city folder and keep the result")
    run.add_argument("city", type=Path, help="folder with a city.toml")
    for each in (demo, run):
        each.add_argument("--runs", type=Path, default=Path("runs"), help="folder that keeps runs")
        each.add_argument(
            "--seed", type=whole_number, default=1, help="seed of everything that is drawn"
        )
        each.add_argument(
            "--year",
            action="store_true",
            help="also solve all 35,040 quarters, and keep what each asset above low voltage "
            "carries in each of them",
        )
        add_limits(each)
        add_detail(each)
        add_language(each)
    demo.set_defaults(command=_run, city=None)
    run.set_defaults(command=_run)

    check = commands.add_parser(
        "check", help="say what a city folder lacks, and all that is wrong with it"
    )
    check.add_argument("city", type=Path, help="folder with a city.toml")
    check.set_defaults(command=_check)

    show = commands.add_parser("show", help="show a finished run; the newest when none is named")
    show.add_argument("run", type=Path, nargs="?", help="folder of the run")
    show.add_argument("--asset", help="tell the year of one asset instead, of a run with its year")
    show.add_argument("--runs", type=Path, default=Path("runs"), help="folder that keeps runs")
    add_language(show)
    show.set_defaults(command=_show)
    add_grid_command(commands)
    add_phases_command(commands)
    add_plan_commands(commands)
    add_component_commands(commands)
    add_serve_command(commands)
    return parser


def _run(chosen: argparse.Namespace) -> None:
    city = chosen.city or default_city()
    earlier = set(list_runs(chosen.runs))
    try:
        with stoppable(), progress() as tell:
            folder = run_city(
                city,
                chosen.runs,
                seed=chosen.seed,
                year=chosen.year,
                limits=asked_limits(chosen),
                detail=chosen.detail,
                tell=tell,
                render=render_files,
            )
        _show_run(folder, chosen.language)
    except KeyboardInterrupt:
        finished = [each for each in list_runs(chosen.runs) if each not in earlier]
        raise KeyboardInterrupt(_kept(finished)) from None


def _kept(finished: Sequence[Path]) -> str:
    """Say what is left of a run that was stopped, given the runs that appeared meanwhile."""
    if not finished:
        return "stopped: nothing of this run was kept; earlier runs are untouched."
    return f"stopped: {finished[-1]} was finished before that, and is kept."


def _check(chosen: argparse.Namespace) -> None:
    with stoppable():
        tell_gaps(list_gaps(chosen.city))
        inputs = check_city(chosen.city)
    tell_issues(inputs.warnings)
    tell_notes(inputs.city.notes, LENT)
    city = inputs.city
    OUT.print(
        f"{city.name} ({city.municipality_code}), base year {city.base_year}: no faults, "
        f"{len(inputs.warnings)} warnings; {int(city.points['addresses'].sum()):,} addresses "
        f"in {len(city.areas)} areas."
    )


def _show(chosen: argparse.Namespace) -> None:
    folder = chosen.run or _newest(chosen.runs)
    if chosen.asset is None:
        _show_run(folder, chosen.language)
        return
    year = open_year(folder)
    tables = load_run(folder).tables
    asset = _asset_named(tables["substations"], chosen.asset)
    power_kva = power_of(year, asset)
    links, extremes = (tables[name].set_index("link_id") for name in ("links", "year"))
    told = links.join(extremes.filter(like="above_"))
    row = told.loc[[asset]].iloc[0]
    for renderable in year_tables(year.axis.times(), power_kva, row, chosen.language):
        OUT.print(renderable)


def _asset_named(substations: pd.DataFrame, asked: str) -> str:
    """Asset that is meant: a substation may be asked by its name too."""
    named = substations.loc[substations["substation_name"] == asked, "substation_id"]
    return str(named.iloc[0]) if len(named) == 1 else asked


def _newest(runs: Path) -> Path:
    finished = list_runs(runs)
    if not finished:
        raise NotFound(f"{runs}: there is no finished run. Make one with `stroomstad demo`.")
    return finished[-1]


def _show_run(folder: Path, language: Language) -> None:
    run = load_run(folder)
    if "room" not in run.tables:
        problem = "the run has no table room, so it has no answer to show."
        raise InvalidData([Issue(str(folder), problem, "Name the folder of another run.")])
    raise_faults(check(run.tables["room"], ROOM, str(folder / "room.parquet")))
    for renderable in console_tables(run.tables, run.manifest, language):
        OUT.print(renderable)
    written = run.manifest.get("files_written", {})
    for label, name in _FILES:
        if name in written:
            told = f"{label.say(language):<8} {folder / name}"
            OUT.print(told, soft_wrap=True, highlight=False)
