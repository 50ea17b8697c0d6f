"""The grid of a city by itself, and as a file that others read."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pandas as pd

from stroomstad.exchange import grid_json, pandapower_json
from stroomstad.powerflow import solved_cables
from stroomstad.run.model import Layout, lay_out, read_city
from stroomstad.store import write_file
from stroomstad.synthesis import Detail

GridFormat = Literal["power-grid-model", "pandapower"]
GRID_FORMATS: tuple[GridFormat, ...] = ("power-grid-model", "pandapower")
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
        "open_cables": dict(zip(_CABLE, solved_cables(grid.open_cables), strict=True)),
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
