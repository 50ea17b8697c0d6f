"""A grid as a file of power-grid-model, with what else we know of it beside that.

The format is described at https://power-grid-model.readthedocs.io under *Serialization*: rows of
components, in SI units. Names of our own tables stand in the same rows, what is assumed of each
among them; whoever does not know them passes them over.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats
from stroomstad.tables.given import MARKS
from stroomstad.tables.grid import Grid, RadialTree

VERSION = "1.0"
# Star point earthed on both sides and no shift of phase: of no consequence in a balanced grid.
_WYE_N, _CLOCK = 1, 0
_CONSTANT_POWER = 0


def grid_json(grid: Grid, tree: RadialTree, electrical: Mapping[str, Mapping[str, Floats]]) -> str:
    """Write a grid as text.

    Parameters
    ----------
    grid
        The grid.
    tree
        Its nodes, in order.
    electrical
        What the solver takes of ``cables`` and ``open_cables`` (``r_ohm, x_ohm, c_farad``), of
        ``stations``
        (``from_voltage_v, to_voltage_v, rating_va, short_circuit_voltage_fraction, copper_loss_w,
        no_load_current_fraction, no_load_loss_w``) and of ``substations`` (``voltage_pu``, which
        they hold), in the order of the tables.

    Returns
    -------
    JSON. Every connection is a ``sym_load`` of nothing at its node, with its ``point_id``: what
    it draws in a quarter is for whoever simulates.
    """
    at = {str(name): number for number, name in enumerate(tree.node_ids)}
    parts = {
        "node": _nodes(grid.nodes, at),
        "line": pd.concat(
            [
                _lines(grid.cables, at, electrical["cables"]).assign(
                    kind=grid.cables["kind"], feeder_id=""
                ),
                _lines(grid.open_cables, at, electrical["open_cables"]).assign(
                    to_status=0, kind="mv_cable", feeder_id=grid.open_cables["feeder_id"]
                ),
            ],
            ignore_index=True,
        ),
        "transformer": _transformers(grid.stations, at, electrical["stations"]),
        "source": _sources(grid.substations, at, electrical["substations"]["voltage_pu"]),
        "sym_load": _loads(grid.connections, at),
    }
    first = len(parts["node"])
    for name in ("line", "transformer", "source", "sym_load"):
        parts[name].insert(0, "id", np.arange(first, first + len(parts[name])))
        first += len(parts[name])
    data = {name: _rows(rows) for name, rows in parts.items()}
    content = {"version": VERSION, "type": "input", "is_batch": False, "attributes": {}}
    return json.dumps(content | {"data": data}, ensure_ascii=False, indent=1) + "\n"


def _nodes(nodes: pd.DataFrame, at: Mapping[str, int]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "id": nodes["node_id"].map(at),
            "u_rated": nodes["voltage_v"],
            "name": nodes["node_id"],
            "x_m": nodes["x_m"],
            "y_m": nodes["y_m"],
            "feeder_id": nodes["feeder_id"],
        }
    )


def _lines(cables: pd.DataFrame, at: Mapping[str, int], of: Mapping[str, Floats]) -> pd.DataFrame:
    own = ["cable_type", "parallel", "length_m", *MARKS["cables"]]
    return pd.DataFrame(
        {
            "from_node": cables["from_node"].map(at),
            "to_node": cables["to_node"].map(at),
            "from_status": 1,
            "to_status": 1,
            "r1": of["r_ohm"],
            "x1": of["x_ohm"],
            "c1": of["c_farad"],
            "tan1": 0.0,
            "i_n": cables["rated_current_a"],
            "name": cables["cable_id"],
        }
    ).join(cables[own])


def _transformers(
    stations: pd.DataFrame, at: Mapping[str, int], of: Mapping[str, Floats]
) -> pd.DataFrame:
    own = ["owner", "rating_kva_low", "rating_kva_high", *MARKS["stations"]]
    return pd.DataFrame(
        {
            "from_node": stations["node_mv"].map(at),
            "to_node": stations["node_lv"].map(at),
            "from_status": 1,
            "to_status": 1,
            "u1": of["from_voltage_v"],
            "u2": of["to_voltage_v"],
            "sn": of["rating_va"],
            "uk": of["short_circuit_voltage_fraction"],
            "pk": of["copper_loss_w"],
            "i0": of["no_load_current_fraction"],
            "p0": of["no_load_loss_w"],
            "winding_from": _WYE_N,
            "winding_to": _WYE_N,
            "clock": _CLOCK,
            "tap_side": 0,
            "tap_pos": 0,
            "tap_min": 0,
            "tap_max": 0,
            "tap_nom": 0,
            "tap_size": 0.0,
            "name": stations["station_id"],
        }
    ).join(stations[own])


def _sources(substations: pd.DataFrame, at: Mapping[str, int], held_pu: Floats) -> pd.DataFrame:
    own = ["substation_name", "transformers", "rating_mva_low", "rating_mva", "rating_mva_high"]
    own += MARKS["substations"]
    return pd.DataFrame(
        {
            "node": substations["node_mv"].map(at),
            "status": 1,
            "u_ref": held_pu,
            "name": substations["substation_id"],
        }
    ).join(substations[own])


def _loads(connections: pd.DataFrame, at: Mapping[str, int]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "node": connections["node_id"].map(at),
            "status": 1,
            "type": _CONSTANT_POWER,
            "p_specified": 0.0,
            "q_specified": 0.0,
            "name": connections["point_id"],
            "point_id": connections["point_id"],
        }
    )


def _rows(rows: pd.DataFrame) -> list[dict[str, Any]]:
    columns = {str(name): rows[name].tolist() for name in rows}
    return [
        dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)
    ]
