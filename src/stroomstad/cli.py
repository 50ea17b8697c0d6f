"""The command line: check a city, run it, and show what a run says."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from stroomstad.errors import InvalidData, Issue, MissingParameter, NotFound, SolverFailed
from stroomstad.report import console_tables, render_files
from stroomstad.run import default_city, read_city, run_city
from stroomstad.store import list_runs, load_run

EXIT_DATA, EXIT_USAGE, EXIT_SOLVER, EXIT_STOPPED = 1, 2, 3, 130
OUT = Console()
ERR = Console(stderr=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status.

    Returns
    -------
    0 when all went well, 1 for faulty data, 2 for faulty use, 3 when the solver failed,
    130 when the user stopped it.
    """
    chosen = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], None] = chosen.command
    try:
        command(chosen)
    except InvalidData as found:
        _tell_issues(found.issues)
        return EXIT_DATA
    except (MissingParameter, NotFound) as found:
        ERR.print(str(found), markup=False, highlight=False, soft_wrap=True)
        return EXIT_DATA
    except SolverFailed as found:
        ERR.print(str(found), markup=False, highlight=False, soft_wrap=True)
        return EXIT_SOLVER
    except KeyboardInterrupt:
        ERR.print("stopped: nothing of this run was kept; earlier runs are untouched.")
        return EXIT_STOPPED
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
        each.add_argument("--seed", type=_seed, default=1, help="seed of everything that is drawn")
        each.add_argument("--year", action="store_true", help="also solve all 35,040 quarters")
    demo.set_defaults(command=_run, city=None)
    run.set_defaults(command=_run)

    check = commands.add_parser("check", help="say everything that is wrong with a city folder")
    check.add_argument("city", type=Path, help="folder with a city.toml")
    check.set_defaults(command=_check)

    show = commands.add_parser("show", help="show a finished run; the newest when none is named")
    show.add_argument("run", type=Path, nargs="?", help="folder of the run")
    show.add_argument("--runs", type=Path, default=Path("runs"), help="folder that keeps runs")
    show.set_defaults(command=_show)
    return parser


def _seed(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 0 or more")
    return int(text)


def _run(chosen: argparse.Namespace) -> None:
    city = chosen.city or default_city()
    with _progress() as tell:
        folder = run_city(
            city, chosen.runs, seed=chosen.seed, year=chosen.year, tell=tell, render=render_files
        )
    _show_run(folder)


def _check(chosen: argparse.Namespace) -> None:
    inputs = read_city(chosen.city)
    _tell_issues(inputs.warnings)
    city = inputs.city
    OUT.print(
        f"{city.name} ({city.municipality_code}), base year {city.base_year}: no faults, "
        f"{len(inputs.warnings)} warnings; {int(city.points['addresses'].sum()):,} addresses "
        f"in {len(city.areas)} areas."
    )


def _show(chosen: argparse.Namespace) -> None:
    _show_run(chosen.run or _newest(chosen.runs))


def _newest(runs: Path) -> Path:
    finished = list_runs(runs)
    if not finished:
        raise NotFound(f"{runs}: there is no finished run. Make one with `stroomstad demo`.")
    return finished[-1]


def _show_run(folder: Path) -> None:
    run = load_run(folder)
    for renderable in console_tables(run.tables, run.manifest):
        OUT.print(renderable)
    OUT.print(f"Report: {folder / 'report.html'}", soft_wrap=True, highlight=False)
    OUT.print(f"Map:    {folder / 'map.png'}", soft_wrap=True, highlight=False)


def _tell_issues(issues: list[Issue]) -> None:
    for issue in issues:
        ERR.print(f"{issue.severity}: {issue}", markup=False, highlight=False, soft_wrap=True)


@contextmanager
def _progress() -> Iterator[Callable[[str, float], None]]:
    """Show one line per step; `tell(step, fraction)` moves it."""
    columns = (TextColumn("{task.description:<44}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=ERR) as progress:
        tasks: dict[str, object] = {}

        def tell(step: str, fraction: float) -> None:
            if step not in tasks:
                tasks[step] = progress.add_task(step, total=1.0)
            progress.update(tasks[step], completed=fraction)  # type: ignore[arg-type]

        yield tell


if __name__ == "__main__":
    sys.exit(main())
