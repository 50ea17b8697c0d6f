"""The command that shows the grid of a city, and writes it for others."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from rich.table import Table

from stroomstad.cli.console import OUT, stoppable
from stroomstad.cli.options import whole_number
from stroomstad.run import GRID_FORMATS, default_city, grid_facts, grid_of, write_grid


def add_grid_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `stroomstad grid`."""
    grid = commands.add_parser("grid", help="show what the grid of a city is made of; write it")
    grid.add_argument("city", type=Path, nargs="?", help="folder with a city.toml")
    grid.add_argument("--seed", type=whole_number, default=1, help="seed of what is drawn")
    grid.add_argument("--out", type=Path, help="write it to this file, as JSON")
    grid.add_argument(
        "--format",
        choices=GRID_FORMATS,
        default=GRID_FORMATS[0],
        help="whose JSON to write (default: %(default)s)",
    )
    grid.set_defaults(command=_grid)


def _grid(chosen: argparse.Namespace) -> None:
    with stoppable():
        layout = grid_of(chosen.city or default_city(), seed=chosen.seed)
        if chosen.out:
            write_grid(layout, chosen.out, chosen.format)
    grid = layout.grid
    made = "drawn up by rules" if grid.cables["synthetic"].all() else "as it was given"
    table = Table(title=f"Grid, {made}", caption="low and high: 2nd and 98th percentile")
    table.add_column("")
    for name in ("low", "mid", "high"):
        table.add_column(name, justify="right")
    table.add_column("unit")
    facts = grid_facts(grid)
    bands = facts[["low", "mid", "high"]].to_numpy(dtype=np.float64).tolist()
    for name, band, unit in zip(facts["quantity"], bands, facts["unit"], strict=True):
        told = ["" if np.isnan(value) else f"{value:,.4g}" for value in band]
        table.add_row(str(name), *told, str(unit))
    OUT.print(table)
    if chosen.out:
        OUT.print(
            f"Grid for {chosen.format}: {chosen.out}", markup=False, highlight=False, soft_wrap=True
        )
