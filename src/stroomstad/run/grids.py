"""The grid of a city by itself: what it is made of, and as a file that others read."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from stroomstad.exchange import grid_json, pandapower_json
from stroomstad.run.model import Layout, lay_out, read_city
from stroomstad.store import write_file
from stroomstad.tables.grid import Grid

GridFormat = Literal["power-grid-model", "pandapower"]
GRID_FORMATS: tuple[GridFormat, ...] = ("power-grid-model", "pandapower")
_CABLE = ("r_ohm", "x_ohm", "c_farad")
_TRANSFORMER = (
    "from_voltage_v", "to_voltage_v", "rating_va", "short_circuit_voltage_fraction",
    "copper_loss_w", "no_load_current_fraction", "no_load_loss_w",
)  # fmt: skip


def grid_of(city_folder: Path | str, *, seed: int = 1) -> Layout:
    """Lay out the grid of a city: drawn up by rules, or the one that it gives.

    Raises
    ------
    InvalidData
        With every fault of the files, or else every fault of the grid.
    """
    return lay_out(read_city(city_folder, seed=seed), seed)


def write_grid(layout: Layout, path: Path, form: GridFormat = "power-grid-model") -> None:
    """Write a grid as JSON that others read, whole or not at all.

    Parameters
    ----------
    layout
        A city laid out.
    path
        The file.
    form
        Whose JSON it is.

    Raises
    ------
    InvalidData
        When the file cannot be written.
    """
    grid, tree, arrays = layout.grid, layout.network.tree, layout.network.arrays
    held_pu = pd.Series(arrays.source_voltage_pu, tree.link_ids[arrays.source_node])
    electrical = {
        "cables": {name: getattr(arrays.cables, name) for name in _CABLE},
        "stations": {name: getattr(arrays.transformers, name) for name in _TRANSFORMER},
        "substations": {
            "voltage_pu": held_pu.reindex(grid.substations["substation_id"]).to_numpy()
        },
    }
    if form == "pandapower":
        text = pandapower_json(grid, electrical)
    else:
        text = grid_json(grid, tree, electrical)
    write_file(path, text.encode())


def grid_facts(grid: Grid) -> pd.DataFrame:
    """Say what a grid is made of.

    Returns
    -------
    Columns ``quantity, low, mid, high, unit``; ``mid`` is a total or a median, and ``low`` and
    ``high`` are the 2nd and 98th percentile where there are several.
    """
    stations, cables = grid.stations, grid.cables
    public = stations[stations["owner"] == "public"]
    rows: list[tuple[str, float, float, float, str]] = []

    def total(quantity: str, value: float, unit: str) -> None:
        rows.append((quantity, np.nan, float(value), np.nan, unit))

    def spread(quantity: str, values: pd.Series, unit: str) -> None:
        numbers = values.to_numpy(dtype=np.float64)
        low, mid, high = np.percentile(numbers, [2, 50, 98]) if numbers.size else [np.nan] * 3
        rows.append((quantity, float(low), float(mid), float(high), unit))

    total("substations", len(grid.substations), "1")
    total("public stations", len(public), "1")
    total("stations of customers", len(stations) - len(public), "1")
    spread("homes per public station", public["homes"], "1")
    spread("transformer of a public station", public["rating_kva"], "kVA")
    spread("distance from public station to address, median", public["distance_p50_m"], "m")
    spread("distance from public station to address, largest", public["distance_max_m"], "m")
    for kind, name in (("mv_cable", "medium-voltage"), ("lv_cable", "low-voltage")):
        mine = cables[cables["kind"] == kind]
        total(f"{name} cable", (mine["length_m"] * mine["parallel"]).sum() / 1e3, "km")
        spread(f"{name} cable, each", mine["length_m"], "m")
    low = cables[cables["kind"] == "lv_cable"]
    addresses = float(public["addresses"].sum())
    metres = float((low["length_m"] * low["parallel"]).sum())
    total("low-voltage cable per address", metres / addresses if addresses else np.nan, "m")
    feeders = stations[stations["feeder_id"] != ""].groupby("feeder_id").size()
    spread("stations per medium-voltage feeder", feeders, "1")
    own = low.groupby(low["from_node"])["cable_id"].size()
    spread("low-voltage feeders per public station", own.reindex(public["node_lv"]).dropna(), "1")
    return pd.DataFrame(rows, columns=["quantity", "low", "mid", "high", "unit"])
