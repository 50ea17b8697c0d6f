"""A grid from a file of power-grid-model or of pandapower; which of both, the file itself tells.

Power-grid-model: https://power-grid-model.readthedocs.io, *Serialization*. Each component is a row
with what the format knows of it; more may stand beside that, under the names of our own tables,
and a component's ``name`` is its identifier here. Loads and sensors are not read: what is drawn
comes from the city's own data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from stroomstad.errors import Issue, name_some
from stroomstad.sources.files import SourceFile, read_json
from stroomstad.sources.grid_substations import fold_substations
from stroomstad.sources.pandapower_grid import read_pandapower
from stroomstad.sources.pandapower_tables import is_pandapower
from stroomstad.tables.given import LOW_VOLTAGE_MAX_V, GivenGrid, read_marks
from stroomstad.tables.grid import RING_LENGTH_M, SOLVED_LENGTH_MIN_M

_READ = ("node", "line", "transformer", "source", "sym_load")
# What has no part in a radial grid with balanced loads, or comes from the city's own data.
_LEFT_OUT = ("sym_gen", "asym_load", "asym_gen", "sym_voltage_sensor", "asym_voltage_sensor",
             "sym_power_sensor", "asym_power_sensor", "sym_current_sensor", "asym_current_sensor",
             "fault", "transformer_tap_regulator", "voltage_regulator")  # fmt: skip
_NEEDED = {
    "node": ("id", "u_rated"),
    "line": ("id", "from_node", "to_node", "r1", "x1"),
    "transformer": ("id", "from_node", "to_node", "u1", "u2", "sn", "uk", "pk"),
    "source": ("id", "node"),
    "sym_load": ("id", "node"),
}
_OMEGA_NF = 1e9
Rows = list[dict[str, Any]]


def read_grid(file: SourceFile) -> tuple[GivenGrid | None, list[Issue]]:
    """Read a grid in the JSON of power-grid-model or of pandapower.

    Parameters
    ----------
    file
        The file, of one grid: a batch is not read.

    Returns
    -------
    The grid, or ``None`` with every fault of the file.

    Notes
    -----
    A line that is switched off at one end is an open cable, which may close a ring and is charged
    from its other end; what is off at
    both ends is out of service and left out. Links are turned so that they lead away from the
    source; where they cannot be, the check of the grid says why. The transformers of a substation
    become that substation; see `fold_substations`.
    """
    content, issues = read_json(file.path)
    if content is None:
        return None, issues
    where = file.path.name
    read = read_pandapower if is_pandapower(content) else _read_power_grid_model
    given, issues = read(content, where)
    if given is None:
        return None, issues
    given, found = fold_substations(given, where)
    return given, [*issues, *found]


def _read_power_grid_model(content: Any, where: str) -> tuple[GivenGrid | None, list[Issue]]:  # noqa: ANN401 - what a file holds
    data = content.get("data") if isinstance(content, Mapping) else None
    if not isinstance(data, Mapping) or content.get("is_batch"):
        problem = "is no single grid in the JSON of power-grid-model, nor a network of pandapower."
        remedy = "Write it with `json_serialize` without a batch, or with `pandapower.to_json`."
        return None, [Issue(where, problem, remedy)]
    found = [*_component_issues(data, where)]
    rows = {name: _rows(data, content, name) for name in _READ}
    found += [each for name in _READ for each in _row_issues(rows[name], name, where)]
    if any(each.severity == "fault" for each in found):
        return None, found
    return _given(rows), found


def _component_issues(data: Mapping[str, Any], where: str) -> Iterator[Issue]:
    for name, rows in data.items():
        if not isinstance(rows, list):
            yield Issue(f"{where}, {name}", "is no list of components.", "Give a list of rows.")
        elif rows and name not in (*_READ, *_LEFT_OUT):
            problem = f"holds {len(rows)} components of a kind that is not read."
            yield Issue(f"{where}, {name}", problem, f"Use {', '.join(_READ[:4])}.")


def _rows(data: Mapping[str, Any], content: Mapping[str, Any], name: str) -> Rows:
    """Components of a kind as mappings; the format also knows rows as bare lists of values."""
    rows = data.get(name, [])
    columns = (content.get("attributes") or {}).get(name)
    if not isinstance(rows, list):
        return []
    found = [dict(row) for row in rows if isinstance(row, Mapping)]
    if columns:
        bare = [row for row in rows if isinstance(row, list)]
        found += [dict(zip(columns, row, strict=False)) for row in bare]
    return found


def _row_issues(rows: Rows, name: str, where: str) -> Iterator[Issue]:
    here = f"{where}, {name}"
    if name in ("node", "source") and not rows:
        yield Issue(here, "is not there.", f"Give at least one {name}.")
    for key in _NEEDED[name]:
        lacks = [str(row.get("id", at)) for at, row in enumerate(rows) if not _number(row.get(key))]
        if lacks:
            problem = f"{name_some(lacks)} lack {key}, or it is no number."
            yield Issue(here, problem, f"Give {key} of every {name}.")
    ids = pd.Series([str(row.get("id")) for row in rows], dtype=object)
    if ids.duplicated().any():
        twice = name_some(ids[ids.duplicated()].unique().tolist())
        yield Issue(here, f"id {twice} occurs more than once.", "Give each an id of its own.")


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and np.isfinite(value)


def _given(rows: Mapping[str, Rows]) -> GivenGrid:
    name_of = {row["id"]: _name(row) for row in rows["node"]}
    voltage_v = {_name(row): float(row["u_rated"]) for row in rows["node"]}

    def named(node: int) -> str:
        return name_of.get(node, str(node))

    nodes = pd.DataFrame(
        {
            "node_id": [_name(row) for row in rows["node"]],
            "voltage_v": [float(row["u_rated"]) for row in rows["node"]],
            "x_m": _numbers(rows["node"], "x_m"),
            "y_m": _numbers(rows["node"], "y_m"),
            "feeder_id": [str(row.get("feeder_id", "")) for row in rows["node"]],
        }
    )
    ends = [(row.get("from_status", 1), row.get("to_status", 1)) for row in rows["line"]]
    on = [row for row, (near, far) in zip(rows["line"], ends, strict=True) if near and far]
    cables = _cables(on, nodes, named)
    half_on = [
        row if near else {**row, "from_node": row["to_node"], "to_node": row["from_node"]}
        for row, (near, far) in zip(rows["line"], ends, strict=True)
        if near != far
    ]
    open_cables = _cables(half_on, nodes, named).drop(columns=["kind"])
    open_cables["feeder_id"] = [str(row.get("feeder_id", "")) for row in half_on]
    on = [
        row for row in rows["transformer"] if row.get("from_status", 1) and row.get("to_status", 1)
    ]
    stations = _stations(on, voltage_v, named)
    on = [row for row in rows["source"] if row.get("status", 1)]
    hung = [row for row in rows["sym_load"] if "point_id" in row]
    connections = pd.DataFrame(
        {
            "point_id": pd.Series([str(row["point_id"]) for row in hung], dtype=object),
            "node_id": pd.Series([named(row["node"]) for row in hung], dtype=object),
        }
    )
    return GivenGrid(nodes, cables, stations, _substations(on, named), connections, open_cables)


def _cables(rows: Rows, nodes: pd.DataFrame, named: Callable[[int], str]) -> pd.DataFrame:
    place_m = nodes.set_index("node_id")[["x_m", "y_m"]]
    voltage_v = nodes.set_index("node_id")["voltage_v"]
    near, far = ([named(row[end]) for row in rows] for end in ("from_node", "to_node"))
    apart_m = place_m.reindex(near).to_numpy() - place_m.reindex(far).to_numpy()
    length_m = _numbers(rows, "length_m")
    # Where no length is told, that of the straight line; where no places are, a kilometre, so
    # that ohm and ohm per km are the same number.
    length_m = np.where(np.isnan(length_m), np.hypot(*apart_m.T), length_m)
    length_m = np.where(np.isnan(length_m), 1000.0, length_m)
    parallel = np.nan_to_num(_numbers(rows, "parallel"), nan=1.0)
    ring = np.array([row.get("kind") == "ring" for row in rows], dtype=np.bool_)
    shortest_m = np.where(ring, RING_LENGTH_M, SOLVED_LENGTH_MIN_M)
    per_km = parallel * 1000.0 / np.where(length_m > 0.0, length_m, shortest_m)
    low = voltage_v.reindex(near).to_numpy() <= LOW_VOLTAGE_MAX_V
    return pd.DataFrame(
        {
            "cable_id": [_name(row) for row in rows],
            "kind": np.where(ring, "ring", np.where(low, "lv_cable", "mv_cable")),
            "from_node": near,
            "to_node": far,
            "cable_type": [str(row.get("cable_type", "given")) for row in rows],
            "parallel": parallel.astype(np.int64),
            "length_m": length_m,
            "r_ohm_per_km": _numbers(rows, "r1") * per_km,
            "x_ohm_per_km": _numbers(rows, "x1") * per_km,
            "c_nf_per_km": np.nan_to_num(_numbers(rows, "c1")) * _OMEGA_NF * per_km / parallel**2,
            "rated_current_a": _numbers(rows, "i_n"),
            **read_marks("cables", partial(_said, rows)),
        }
    )


def _stations(
    rows: Rows, voltage_v: Mapping[str, float], named: Callable[[int], str]
) -> pd.DataFrame:
    near, far = ([named(row[end]) for row in rows] for end in ("from_node", "to_node"))
    high_v, low_v = (
        np.array([voltage_v.get(name, np.nan) for name in nodes], dtype=np.float64)
        for nodes in (near, far)
    )
    tap = np.nan_to_num(_numbers(rows, "tap_pos") - np.nan_to_num(_numbers(rows, "tap_nom")))
    step_v = np.nan_to_num(_numbers(rows, "tap_size")) * tap
    side = np.nan_to_num(_numbers(rows, "tap_side"))
    u1_v = _numbers(rows, "u1") + np.where(side == 0, step_v, 0.0)
    u2_v = _numbers(rows, "u2") + np.where(side == 1, step_v, 0.0)
    # Impedances are told on the voltage of the winding, and solved on that of its node.
    wound = (u2_v / low_v) ** 2
    rating_kva = _numbers(rows, "sn") / 1e3
    return pd.DataFrame(
        {
            "station_id": [_name(row) for row in rows],
            "node_mv": near,
            "node_lv": far,
            "owner": [str(row.get("owner", "public")) for row in rows],
            "transformers": 1.0,
            "rating_kva_low": _or(_numbers(rows, "rating_kva_low"), rating_kva),
            "rating_kva": rating_kva,
            "rating_kva_high": _or(_numbers(rows, "rating_kva_high"), rating_kva),
            "short_circuit_voltage_fraction": _numbers(rows, "uk") * wound,
            "copper_loss_kw": _numbers(rows, "pk") / 1e3 * wound,
            "no_load_loss_kw": np.nan_to_num(_numbers(rows, "p0")) / 1e3 / wound,
            "no_load_current_fraction": np.nan_to_num(_numbers(rows, "i0")) / wound,
            "turns_fraction": u1_v / u2_v / (high_v / low_v),
            **read_marks("stations", partial(_said, rows)),
        }
    )


def _substations(rows: Rows, named: Callable[[int], str]) -> pd.DataFrame:
    told = ("transformers", "rating_mva_low", "rating_mva", "rating_mva_high")
    return pd.DataFrame(
        {
            "substation_id": [_name(row) for row in rows],
            "substation_name": [str(row.get("substation_name", _name(row))) for row in rows],
            "node_mv": [named(row["node"]) for row in rows],
            "voltage_pu": _numbers(rows, "u_ref"),
            **{name: _numbers(rows, name) for name in told},
            **read_marks("substations", partial(_said, rows)),
        }
    )


def _name(row: Mapping[str, Any]) -> str:
    return str(row.get("name", row["id"]))


def _said(rows: Rows, key: str) -> list[object]:
    return [row.get(key) for row in rows]


def _numbers(rows: Rows, key: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Numbers of a column; missing where they are not told."""
    return np.array(
        [float(row[key]) if _number(row.get(key)) else np.nan for row in rows], dtype=np.float64
    )


def _or(
    told: np.ndarray[Any, np.dtype[np.float64]], instead: np.ndarray[Any, np.dtype[np.float64]]
) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.where(np.isnan(told), instead, told)
