"""The command that shows the grid of a city beside others, and writes it for others."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from rich.table import Table

from stroomstad.cli.console import OUT, stoppable
from stroomstad.cli.options import add_detail, whole_number
from stroomstad.run import (
    GRID_FORMATS,
    RANGE_HEADS,
    band_said,
    default_city,
    fact_sheet,
    grid_facts,
    lay_out,
    quantity_said,
    range_facts,
    read_city,
    rule_facts,
    unit_said,
    winter_week,
    write_facts,
    write_grid,
)


def add_grid_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `stroomstad grid`."""
    grid = commands.add_parser("grid", help="show what the grid of a city is made of; write it")
    grid.add_argument("city", type=Path, nargs="?", help="folder with a city.toml")
    grid.add_argument("--seed", type=whole_number, default=1, help="seed of what is drawn")
    add_detail(grid)
    grid.add_argument(
        "--solve", action="store_true", help="tell voltages too: solve the winter week"
    )
    grid.add_argument("--facts", type=Path, help="write the fact sheet to this .csv or .json")
    grid.add_argument("--out", type=Path, help="write the grid to this file, as JSON")
    grid.add_argument(
        "--format",
        choices=GRID_FORMATS,
        default=GRID_FORMATS[0],
        help="whose JSON to write (default: %(default)s)",
    )
    grid.set_defaults(command=_grid)


def _grid(chosen: argparse.Namespace) -> None:
    with stoppable():
        inputs = read_city(chosen.city or default_city(), seed=chosen.seed)
        layout = lay_out(inputs, chosen.seed, chosen.detail)
        week = winter_week(layout) if chosen.solve else None
        sheet = fact_sheet(grid_facts(layout, layout.city, week))
        drawn_up = inputs.grid is None
        varied = range_facts(inputs, layout) if drawn_up else None
        if chosen.facts:
            write_facts(sheet, chosen.facts)
        if chosen.out:
            write_grid(layout, chosen.out, chosen.format)
    _show_sheet(sheet, "drawn up by rules" if drawn_up else "as it was given")
    if varied is not None:
        _show_rules(rule_facts(layout))
        _show_range(varied)
    for made, path in (("Facts", chosen.facts), (f"Grid for {chosen.format}", chosen.out)):
        if path:
            OUT.print(f"{made}: {path}", markup=False, highlight=False, soft_wrap=True)


def _show_sheet(sheet: pd.DataFrame, made: str) -> None:
    caption = "three numbers: 2nd percentile – median – 98th percentile, unless named; one: a total"
    columns = ("", "unit", f"this grid, {made}", "published", "SimBench urban")
    told = Table(title="Grid", caption=caption)
    for name in columns:
        told.add_column(name, justify="left" if name in ("", "unit") else "right")
    for row in sheet.to_dict("records"):
        bands = [band_said(row, whose) for whose in ("", "published_", "simbench_")]
        told.add_row(quantity_said(row), unit_said(row), *bands)
    OUT.print(told)
    for whose in ("published", "simbench"):
        rows = sheet.dropna(subset=f"{whose}_source")
        for source in rows[f"{whose}_source"].drop_duplicates():
            named = ", ".join(rows.loc[rows[f"{whose}_source"] == source, "quantity"])
            text = f"{source}: {named}." if whose == "published" else f"{source}."
            OUT.print(text, markup=False, highlight=False, soft_wrap=True)


def _show_rules(rules: pd.DataFrame) -> None:
    told = Table(title="Rules", caption="a calibrated one was chosen to meet a published count")
    for name in ("", "low – mid – high", "unit", "status", "source"):
        told.add_column(name, overflow="fold")
    for row in rules.to_dict("records"):
        told.add_row(row["rule"], band_said(row), unit_said(row), row["status"], row["source"])
    OUT.print(told)


def _show_range(rows: pd.DataFrame) -> None:
    told = Table(title="Stations over the range of rules")
    for name in RANGE_HEADS.values():
        told.add_column(name, justify="right")
    for row in rows[list(RANGE_HEADS)].to_numpy(dtype=np.float64):
        told.add_row(*(f"{value:,.0f}" for value in row))
    OUT.print(told)
