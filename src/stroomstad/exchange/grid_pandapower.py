"""A grid as a file of pandapower, with what else we know of it beside that.

The format is described at https://pandapower.readthedocs.io under *File I/O*: every table is text
as pandas writes it with ``split``. Columns of our own tables stand in the same rows, what is
assumed of each among them; whoever does not know them passes them over.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from pyproj import Transformer

from stroomstad.blocks import Floats
from stroomstad.tables.given import MARKS
from stroomstad.tables.grid import Grid

# The first version whose columns these are; pandapower brings them up to its own as it reads.
VERSION, FORMAT_VERSION = "3.0.0", "3.0.0"
FREQUENCY_HZ = 50.0
_WGS84, _RD = 4326, 28992
# A tenth of a millimetre; nobody surveys finer.
_DEGREE_DECIMALS = 9
_WHOLE = ("from_bus", "to_bus", "hv_bus", "lv_bus", "bus", "parallel", "element", "transformers")
_TRUTHS = ("in_service", "closed", "controllable", "tap_dependency_table", "synthetic",
           "rating_known", "place_known")  # fmt: skip
_SWITCH = ("bus", "element", "et", "type", "closed", "name", "z_ohm", "in_ka")


def pandapower_json(grid: Grid, electrical: Mapping[str, Mapping[str, Floats]]) -> str:
    """Write a grid as text.

    Parameters
    ----------
    grid
        The grid.
    electrical
        As `grid_json` takes it.

    Returns
    -------
    JSON that `pandapower.from_json` opens. Every connection is a ``load`` of nothing at its bus,
    with its ``point_id``: what it draws in a quarter is for whoever simulates. A substation is an
    ``ext_grid`` at its busbar, since that is what holds its voltage here.

    Notes
    -----
    The power flow of pandapower takes a transformer as a T-circuit unless it is told
    ``trafo_model="pi"``; we take it as a pi-circuit.
    """
    at = pd.Series(np.arange(len(grid.nodes)), index=grid.nodes["node_id"])
    open_cables = grid.open_cables
    lines = [
        _lines(grid.cables, at, electrical["cables"]).assign(
            kind=grid.cables["kind"].to_numpy(dtype=object), feeder_id=""
        ),
        _lines(open_cables, at, electrical["open_cables"]).assign(
            kind="mv_cable", feeder_id=open_cables["feeder_id"].to_numpy(dtype=object)
        ),
    ]
    tables = {
        "bus": _nodes(grid.nodes),
        "line": pd.concat([each for each in lines if len(each)] or lines[:1], ignore_index=True),
        "trafo": _transformers(grid.stations, at, electrical["stations"]),
        "ext_grid": _sources(grid.substations, at, electrical["substations"]["voltage_pu"]),
        "load": _loads(grid.connections, at),
        "switch": _switches(open_cables, at, len(grid.cables)),
    }
    parts: dict[str, Any] = {name: _wrapped(rows) for name, rows in tables.items()}
    parts |= {"name": "", "f_hz": FREQUENCY_HZ, "sn_mva": 1.0}
    parts |= {"version": VERSION, "format_version": FORMAT_VERSION}
    network = {"_module": "pandapower.auxiliary", "_class": "pandapowerNet", "_object": parts}
    return json.dumps(network, ensure_ascii=False, indent=1) + "\n"


def _nodes(nodes: pd.DataFrame) -> pd.DataFrame:
    east, north = Transformer.from_crs(_RD, _WGS84, always_xy=True).transform(
        nodes["x_m"].to_numpy(dtype=np.float64), nodes["y_m"].to_numpy(dtype=np.float64)
    )
    places = np.round(np.column_stack([east, north]), _DEGREE_DECIMALS).tolist()
    return pd.DataFrame(
        {
            "name": nodes["node_id"].to_numpy(dtype=object),
            "vn_kv": nodes["voltage_v"].to_numpy(dtype=np.float64) / 1e3,
            "type": np.where(nodes["kind"] == "substation", "b", "n"),
            "zone": nodes["substation_id"].to_numpy(dtype=object),
            "in_service": True,
            "geo": [json.dumps({"type": "Point", "coordinates": place}) for place in places],
            **{name: nodes[name].to_numpy() for name in ("x_m", "y_m", "feeder_id")},
        }
    )


def _lines(cables: pd.DataFrame, at: pd.Series, of: Mapping[str, Floats]) -> pd.DataFrame:
    parallel = cables["parallel"].to_numpy(dtype=np.float64)
    r_ohm_per_km = cables["r_ohm_per_km"].to_numpy(dtype=np.float64)
    x_ohm_per_km = cables["x_ohm_per_km"].to_numpy(dtype=np.float64)
    # The length that is solved: two nodes in one place are not joined by nothing.
    total_ohm = np.hypot(of["r_ohm"], of["x_ohm"]) * parallel
    length_km = total_ohm / np.hypot(r_ohm_per_km, x_ohm_per_km)
    length_m = cables["length_m"].to_numpy(dtype=np.float64)
    length_km = np.where(np.isclose(length_km * 1e3, length_m), length_m / 1e3, length_km)
    return pd.DataFrame(
        {
            "name": cables["cable_id"].to_numpy(dtype=object),
            "std_type": cables["cable_type"].to_numpy(dtype=object),
            "from_bus": at.loc[cables["from_node"]].to_numpy(),
            "to_bus": at.loc[cables["to_node"]].to_numpy(),
            "length_km": length_km,
            "r_ohm_per_km": r_ohm_per_km,
            "x_ohm_per_km": x_ohm_per_km,
            "c_nf_per_km": of["c_farad"] * 1e9 / length_km / parallel,
            "g_us_per_km": 0.0,
            "max_i_ka": cables["rated_current_a"].to_numpy(dtype=np.float64) / parallel / 1e3,
            "df": 1.0,
            "parallel": cables["parallel"].to_numpy(),
            "type": "cs",
            "in_service": True,
            "geo": None,
            "length_m": length_m,
            **{name: cables[name].to_numpy() for name in MARKS["cables"]},
        }
    )


def _switches(open_cables: pd.DataFrame, at: pd.Series, first: int) -> pd.DataFrame:
    """An open switch at the far end of each open cable; ``first`` is the row of the first."""
    if open_cables.empty:
        return pd.DataFrame(columns=list(_SWITCH))
    rows = pd.DataFrame(
        {
            "bus": at.loc[open_cables["to_node"]].to_numpy(),
            "element": first + np.arange(len(open_cables)),
            "et": "l",
            "type": "LBS",
            "closed": False,
            "name": open_cables["cable_id"].to_numpy(dtype=object),
            "z_ohm": 0.0,
            "in_ka": np.nan,
        }
    )
    return rows[list(_SWITCH)]


def _transformers(stations: pd.DataFrame, at: pd.Series, of: Mapping[str, Floats]) -> pd.DataFrame:
    beside = ("owner", "rating_kva_low", "rating_kva_high", *MARKS["stations"])
    return pd.DataFrame(
        {
            "name": stations["station_id"].to_numpy(dtype=object),
            "std_type": None,
            "hv_bus": at.loc[stations["node_mv"]].to_numpy(),
            "lv_bus": at.loc[stations["node_lv"]].to_numpy(),
            "sn_mva": of["rating_va"] / 1e6,
            "vn_hv_kv": of["from_voltage_v"] / 1e3,
            "vn_lv_kv": of["to_voltage_v"] / 1e3,
            "vk_percent": of["short_circuit_voltage_fraction"] * 100.0,
            "vkr_percent": of["copper_loss_w"] / of["rating_va"] * 100.0,
            "pfe_kw": of["no_load_loss_w"] / 1e3,
            "i0_percent": of["no_load_current_fraction"] * 100.0,
            "shift_degree": 0.0,
            "tap_side": None,
            **dict.fromkeys(("tap_neutral", "tap_min", "tap_max"), np.nan),
            **dict.fromkeys(("tap_step_percent", "tap_step_degree", "tap_pos"), np.nan),
            "tap_changer_type": None,
            "tap_dependency_table": False,
            "parallel": 1,
            "df": 1.0,
            "in_service": True,
            **{name: stations[name].to_numpy() for name in beside},
        }
    )


def _sources(substations: pd.DataFrame, at: pd.Series, voltage_pu: Floats) -> pd.DataFrame:
    beside = ("substation_name", "transformers", "rating_mva_low", "rating_mva", "rating_mva_high",
              *MARKS["substations"])  # fmt: skip
    return pd.DataFrame(
        {
            "name": substations["substation_id"].to_numpy(dtype=object),
            "bus": at.loc[substations["node_mv"]].to_numpy(),
            "vm_pu": voltage_pu,
            "va_degree": 0.0,
            "slack_weight": 1.0,
            "in_service": True,
            "controllable": True,
            **{name: substations[name].to_numpy() for name in beside},
        }
    )


def _loads(connections: pd.DataFrame, at: pd.Series) -> pd.DataFrame:
    shares = ("const_z_p_percent", "const_i_p_percent", "const_z_q_percent", "const_i_q_percent")
    names = connections["point_id"].to_numpy(dtype=object)
    return pd.DataFrame(
        {
            "name": names,
            "bus": at.loc[connections["node_id"]].to_numpy(),
            **dict.fromkeys(("p_mw", "q_mvar", *shares), 0.0),
            "sn_mva": np.nan,
            "scaling": 1.0,
            "in_service": True,
            "type": "wye",
            "point_id": names,
        }
    )


def _wrapped(rows: pd.DataFrame) -> dict[str, Any]:
    """Wrap a table as the format does: its content is text of its own."""
    columns = [[_plain(value) for value in rows[name].tolist()] for name in rows]
    held = {
        "columns": list(rows.columns),
        "index": list(range(len(rows))),
        "data": [list(row) for row in zip(*columns, strict=True)],
    }
    return {
        "_module": "pandas.core.frame",
        "_class": "DataFrame",
        "_object": json.dumps(held, ensure_ascii=False),
        "orient": "split",
        "dtype": {str(name): _kind(str(name), rows) for name in rows},
        "is_multiindex": False,
        "is_multicolumn": False,
    }


def _plain(value: object) -> object:
    return None if isinstance(value, float) and np.isnan(value) else value


def _kind(name: str, rows: pd.DataFrame) -> str:
    if name in _TRUTHS:
        return "bool"
    if name in _WHOLE:
        return "int64"
    return "float64" if rows[name].dtype.kind == "f" else "object"
