"""The grid of a city by itself: what it is made of, and as a file that others read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats
from stroomstad.exchange import grid_json
from stroomstad.run.model import Layout, lay_out, read_city
from stroomstad.simulation import downstream
from stroomstad.store import write_file
from stroomstad.synthesis import Detail
from stroomstad.tables.grid import LINK_KINDS

_CABLE = ("r_ohm", "x_ohm", "c_farad")
_TRANSFORMER = (
    "from_voltage_v", "to_voltage_v", "rating_va", "short_circuit_voltage_fraction",
    "copper_loss_w", "no_load_current_fraction", "no_load_loss_w",
)  # fmt: skip


def grid_of(city_folder: Path | str, *, seed: int = 1, detail: Detail = "group") -> Layout:
    """Lay out the grid of a city: drawn up by rules, or the one that it gives.

    Parameters
    ----------
    city_folder
        Folder with a ``city.toml``.
    seed
        Seed of everything that is drawn.
    detail
        Whether low voltage has a node per address group, or one per address.

    Raises
    ------
    InvalidData
        With every fault of the files, or else every fault of the grid.
    """
    return lay_out(read_city(city_folder, seed=seed), seed, detail)


def write_grid(layout: Layout, path: Path) -> None:
    """Write a grid as JSON of power-grid-model, whole or not at all.

    Raises
    ------
    InvalidData
        When the file cannot be written.
    """
    arrays = layout.network.arrays
    electrical = {
        "cables": {name: getattr(arrays.cables, name) for name in _CABLE},
        "open_cables": _open_cables(layout.grid.open_cables),
        "stations": {name: getattr(arrays.transformers, name) for name in _TRANSFORMER},
    }
    source_pu = layout.parameters["mid"].value("source_voltage_pu")
    text = grid_json(layout.grid, layout.network.tree, electrical, source_pu)
    write_file(path, text.encode())


def _open_cables(cables: pd.DataFrame) -> dict[str, Floats]:
    """What the solver would take of cables that are switched off."""
    km = cables["length_m"].to_numpy(dtype=np.float64) / 1000.0 / cables["parallel"].to_numpy()
    r_ohm, x_ohm = (cables[f"{name}_ohm_per_km"].to_numpy() * km for name in ("r", "x"))
    return {"r_ohm": r_ohm, "x_ohm": x_ohm, "c_farad": np.zeros(len(cables))}


def grid_facts(layout: Layout) -> pd.DataFrame:
    """Say what a grid is made of.

    Returns
    -------
    Columns ``quantity, low, mid, high, unit``; ``mid`` is a total or a median, and ``low`` and
    ``high`` are the 2nd and 98th percentile where there are several.
    """
    stations, cables = layout.grid.stations, layout.grid.cables
    public = stations[stations["owner"] == "public"]
    rows: list[tuple[str, float, float, float, str]] = []

    def total(quantity: str, value: float, unit: str) -> None:
        rows.append((quantity, np.nan, float(value), np.nan, unit))

    def spread(quantity: str, values: pd.Series, unit: str) -> None:
        numbers = values.to_numpy(dtype=np.float64)
        low, mid, high = np.percentile(numbers, [2, 50, 98]) if numbers.size else [np.nan] * 3
        rows.append((quantity, float(low), float(mid), float(high), unit))

    total("substations", len(layout.grid.substations), "1")
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
    spread("homes per low-voltage feeder", feeder_homes(layout), "1")
    spread("low-voltage feeders per public station", own.reindex(public["node_lv"]).dropna(), "1")
    return pd.DataFrame(rows, columns=["quantity", "low", "mid", "high", "unit"])


def feeder_homes(layout: Layout) -> pd.Series:
    """Count the homes behind every low-voltage feeder.

    Returns
    -------
    Homes, by the first cable of the feeder. [1]
    """
    tree = layout.network.tree
    low = tree.link_kind == LINK_KINDS.index("lv_cable")
    # The link to a station's low-voltage side is the station itself.
    first = low & ~low[tree.parent]
    homes = downstream(tree, layout.behind.homes)
    return pd.Series(homes[first], index=tree.link_ids[first])
