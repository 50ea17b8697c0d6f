"""Run the example plan of Almere, and write its picture and the numbers that documents tell of it.

`python docs/make_plan.py` takes some minutes: it searches `examples/almere_2035.toml` with a curve,
writes `docs/images/plan.png` and the marked lines of README.md, and runs every command that stands
in docs/tutorial/first_plan.md, in order, to show what each prints.
"""

import os
import re
import subprocess
import sys
import tempfile
import textwrap
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from marked import fill

from stroomstad.pages.plan_page import plan_png
from stroomstad.run import answer_plan, default_city, open_city, search_plan
from stroomstad.run.desk import Desk, read_plan_and_list
from stroomstad.run.model import Clock
from stroomstad.run.searches import Wish
from stroomstad.tables.plan import Plan

ROOT = Path(__file__).parents[1]
README, TUTORIAL = ROOT / "README.md", ROOT / "docs/tutorial/first_plan.md"
SCRIPT = "docs/make_plan.py"
PICTURE = ROOT / "docs/images/plan.png"
EXAMPLE = ROOT / "examples/almere_2035.toml", ROOT / "examples/almere_projects.xlsx"
# Of everyone together: a round figure above what the mix needs.
BUDGET_EUR = 15e6
NEARLY_ALL = 0.99
PAGE_WIDTH = 116
COMMAND = ".venv/bin/stroomstad"


@dataclass(frozen=True)
class Example:
    """The example, what the search found for it, and the answer of that."""

    desk: Desk
    plan: Plan
    projects: pd.DataFrame
    found: Plan
    tables: dict[str, pd.DataFrame]


@cache
def run_example(*, curve=True):
    """Search the example, and answer what is found. Some minutes, most of them for the curve."""
    desk = open_city(default_city())
    plan, projects, _ = read_plan_and_list(*EXAMPLE, desk)
    clock = Clock(lambda _step, _done: None)
    wish = Wish(budgets_eur={"society": BUDGET_EUR}, curve=curve)
    found, told = search_plan(desk, plan, projects, wish, clock)
    return Example(desk, plan, projects, found, answer_plan(desk, found, projects, clock) | told)


def whole(value):
    """A number of homes, with a comma between thousands."""
    return f"{value:,.0f}"


def millions(eur):
    """Euros in millions, in two digits, or three where the first two would round them down.

    >>> millions(15e6), millions(428_280.0), millions(11_321_160.0)
    ('15', '0.43', '11.4')
    """
    near = float(f"{eur / 1e6:.2g}")
    return f"{near:g}" if near >= eur / 1e6 else f"{np.ceil(eur / 1e5) / 10:g}"


def percent(part):
    """A part of the whole, in per cent."""
    return f"{part * 100:.1f} %"


def spans(years):
    """Rising years, those in a row as one span.

    >>> spans([2031, 2032, 2033, 2036])
    '2031-2033, 2036'
    """
    found = []
    for year in map(int, years):
        if found and found[-1][1] == year - 1:
            found[-1][1] = year
        else:
            found.append([year, year])
    return ", ".join(f"{a}-{b}" if b > a else str(a) for a, b in found)


def readme_lines(example):
    """What the search finds for the example, in a few sentences; that of the curve last."""
    stairs, search = example.tables["staircase"], example.tables["search"].iloc[0]
    last = stairs.iloc[-1]
    short = ((stairs["promised"] - stairs["confirmed"]) / stairs["promised"]).fillna(0.0)
    worst, late = stairs.loc[short.idxmax()], stairs[stairs["promised"] < 0.95 * stairs["asked"]]
    gap = percent(max(search.gap_fraction, 0.001))
    told = [
        f"With {millions(BUDGET_EUR)} million euros of everyone together the search finds a mix",
        f"for {whole(last.promised)} of the {whole(last.asked)} homes asked by {last.year:.0f},",
        f"proven within {gap} of the best of its linear model. AC",
        f"confirms {whole(last.confirmed)} of them; in the worst year, {worst.year:.0f}, it",
        f"confirms {percent(short.max())} fewer than promised.",
        _unheld(example.tables["evidence"]),
        _waiting(late["year"]),
    ]
    if "curve" in example.tables:
        told.append(_curve_said(example.tables["curve"]))
    return textwrap.wrap(" ".join(told), PAGE_WIDTH, break_on_hyphens=False)


def _unheld(evidence):
    """In which years the check ended before what it calls confirmed held."""
    years = sorted(set(evidence.loc[~evidence["holds"].astype(bool), "year"]))
    if not years:
        return "What is confirmed holds in every year."
    return f"In {spans(years)} even what is confirmed still breaks a limit."


def _waiting(years):
    """In which years much of what is asked has to wait."""
    if years.empty:
        return "In no year must more than 5 % of what is asked by then wait."
    return f"More than 5 % of what is asked by then must wait in {spans(years)}."


def _curve_said(curve):
    """What nothing buys, and with how little nearly all is bought, of each purse."""
    least = {payer: rows[rows["homes"] >= NEARLY_ALL * rows["homes"].max()].iloc[0]
             for payer, rows in curve.groupby("payer")}  # fmt: skip
    society, city = least["society"], least["municipality"]
    none = curve[curve["payer"] == "society"]["homes"].min()
    return (
        f"Without any candidate {whole(none)} fit; {millions(society.eur_society)} million of "
        f"everyone connects {whole(society.homes)}, and {millions(city.eur_municipality)} million "
        f"of the municipality {whole(city.homes)} where all others pay their shares."
    )


def tutorial_lines(text):
    """Per marked console of the tutorial its commands, each with what it prints now."""
    consoles = re.findall(MARKED.format(name="(.+?)"), text, re.DOTALL)
    with tempfile.TemporaryDirectory() as folder:
        for name, plan in re.findall(r"`(\w+\.toml)`[^`]*\n```toml\n(.*?)```", text, re.DOTALL):
            (Path(folder) / name).write_text(plan, encoding="utf-8")
        return {name: _console(console, Path(folder)) for name, console in consoles}


MARKED = "<!-- docs/make_plan.py: {name} -->\n(.*?)<!-- end of (?:.+?) -->"


def _console(console, folder):
    """One console, its commands run in a folder."""
    lines = ["```console"]
    for command in re.findall(r"^\$ (.*)$", console, re.MULTILINE):
        lines += [f"$ {command}", *_shown(command, printed(command, folder))]
    return [*lines, "```"]


def printed(command, folder):
    """What a command of a document prints, in a wide terminal."""
    run = command.replace(COMMAND, f"'{sys.executable}' -m stroomstad.cli", 1)
    told = subprocess.run(
        run, shell=True, cwd=folder, capture_output=True, text=True, check=False,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "COLUMNS": "180", "PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    if told.returncode:
        raise SystemExit(f"{command}\n{told.stderr}")
    return told.stdout


def _shown(command, text):
    """What a reader needs of it: rows of tables without frames, and sentences."""
    lines = [line.rstrip() for line in text.splitlines()]
    heads = [line for line in lines if line.startswith("┃")]
    rows = [line for line in lines if line.startswith(("┃", "│"))]
    if " plan run " in command:
        # Only the homes of the last year; the folder of a run is named by the clock.
        shown = [heads[-1], rows[-1]]
    else:
        shown = rows + [line for line in lines if re.match(r"\w.*[:.]", line)]
    return [line.replace("┃", "│") for line in shown]


def main():
    """Run everything, and write the picture and both documents."""
    example = run_example()
    PICTURE.write_bytes(plan_png(example.tables, "en"))
    fill(README, SCRIPT, {"example": readme_lines(example)})
    fill(TUTORIAL, SCRIPT, tutorial_lines(TUTORIAL.read_text(encoding="utf-8")))


if __name__ == "__main__":
    main()
