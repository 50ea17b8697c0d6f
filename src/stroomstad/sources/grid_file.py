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
from stroomstad.sources.coordinates import EASTING_RANGE_M, NORTHING_RANGE_M
from stroomstad.sources.files import SourceFile, read_json
from stroomstad.sources.grid_substations import fold_substations
from stroomstad.sources.grid_values import (
    FLAG,
    NUMBER,
    RATING_KVA,
    RATING_MVA,
    SIDE_BY_SIDE,
    VOLTAGE_PU,
    Bounds,
    given_issues,
    half_off,
    is_missing,
    is_number,
    passed_over,
    value_issues,
    winding_issues,
)
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
_DRAWN = ("sym_load", "sym_gen", "asym_load", "asym_gen")
_TAP_ENDS = ("min", "max")
_TURNED = ("transformer_tap_regulator", "voltage_regulator")
_BETWEEN = {"from_node": NUMBER, "to_node": NUMBER, "from_status": FLAG, "to_status": FLAG}
_VOLTAGE, _TAP = Bounds(100, 1e6, "V"), Bounds(-127, 127, whole=True)
_BOUNDS = {
    "node": {"id": NUMBER, "u_rated": _VOLTAGE, "x_m": Bounds(*EASTING_RANGE_M, "m"),
             "y_m": Bounds(*NORTHING_RANGE_M, "m")},
    "line": {"id": NUMBER, **_BETWEEN, "r1": Bounds(0, 1e4, "ohm"), "x1": Bounds(0, 1e4, "ohm"),
             "c1": Bounds(0, 1e-4, "F"), "tan1": Bounds(0, 1), "i_n": Bounds(0, 1e9, "A"),
             "length_m": Bounds(0, 1e5, "m"), "parallel": SIDE_BY_SIDE},
    "transformer": {"id": NUMBER, **_BETWEEN, "u1": _VOLTAGE, "u2": _VOLTAGE,
                    "sn": Bounds(1e3, 1e9, "VA"), "uk": Bounds(0.002, 0.5),
                    "pk": Bounds(0, 1e7, "W"), "p0": Bounds(0, 1e6, "W"), "i0": Bounds(0, 1),
                    "tap_side": FLAG, "tap_pos": _TAP, "tap_nom": _TAP, "tap_min": _TAP,
                    "tap_max": _TAP, "tap_size": Bounds(0, 1e5, "V"),
                    "rating_kva_low": RATING_KVA, "rating_kva_high": RATING_KVA},
    "source": {"id": NUMBER, "node": NUMBER, "status": FLAG, "u_ref": VOLTAGE_PU,
               "transformers": SIDE_BY_SIDE, "rating_mva_low": RATING_MVA,
               "rating_mva": RATING_MVA, "rating_mva_high": RATING_MVA},
    "sym_load": {"id": NUMBER, "node": NUMBER, "status": FLAG},
}  # fmt: skip
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
    if issues:
        return None, issues
    where = file.path.name
    read = read_pandapower if is_pandapower(content) else _read_power_grid_model
    given, issues = read(content, where)
    if given is None:
        return None, issues
    issues = [*issues, *given_issues(given, where)]
    if any(each.severity == "fault" for each in issues):
        return None, issues
    given, found = fold_substations(given, where)
    return given, [*issues, *found]


def _read_power_grid_model(content: Any, where: str) -> tuple[GivenGrid | None, list[Issue]]:  # noqa: ANN401 - what a file holds
    data = content.get("data") if isinstance(content, Mapping) else None
    if not isinstance(data, Mapping) or content.get("is_batch"):
        problem = "is no single grid in the JSON of power-grid-model, nor a network of pandapower."
        remedy = "Write it with `json_serialize` without a batch, or with `pandapower.to_json`."
        return None, [Issue(where, problem, remedy)]
    found = [*_component_issues(data, where), *_form_issues(data, content, where)]
    if found:
        return None, found
    rows = {name: _rows(data, content, name) for name in _READ}
    found += [each for name in _READ for each in _row_issues(rows[name], name, where)]
    found += _shared_issues(rows, where)
    if found:
        return None, found
    found += [*_earth_issues(rows["line"], where), *_tap_issues(rows["transformer"], where)]
    found += _winding_issues(rows, where)
    found += _passed({name: _rows(data, content, name) for name in data}, where)
    return (None if any(each.severity == "fault" for each in found) else _given(rows)), found


def _form_issues(
    data: Mapping[str, Any], content: Mapping[str, Any], where: str
) -> Iterator[Issue]:
    """What is written otherwise than the format says, so that rows would be lost."""
    if content.get("type", "input") != "input":
        problem = f"holds {content['type']!r:.20}, not what goes into a power flow."
        yield Issue(where, problem, "Write a dataset of type input.")
    columns = content.get("attributes") or {}
    lists = columns.values() if isinstance(columns, Mapping) else [None]
    if not all(isinstance(each, list) for each in lists):
        problem = "are no lists of names by component."
        yield Issue(f"{where}, attributes", problem, "Write them as `json_serialize` does.")
        return
    for name, rows in data.items():
        size = len(columns.get(name, ()))
        odd = [
            str(at)
            for at, row in enumerate(rows if isinstance(rows, list) else [])
            if not isinstance(row, Mapping) and not (isinstance(row, list) and len(row) == size)
        ]
        if odd:
            problem = f"rows {name_some(odd)} are no mappings, nor lists of {size} attributes."
            yield Issue(f"{where}, {name}", problem, "Write them as `json_serialize` does.")


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
        lacks = [
            str(row.get("id", at)) for at, row in enumerate(rows) if not is_number(row.get(key))
        ]
        if lacks:
            problem = f"{name_some(lacks)} lack {key}, or it is no number."
            yield Issue(here, problem, f"Give {key} of every {name}.")
    names = [str(row.get("name") or row.get("id", at)) for at, row in enumerate(rows)]
    for key, bounds in _BOUNDS[name].items():
        told = list(zip(names, [row.get(key) for row in rows], strict=True))
        yield from value_issues(told, key, bounds, here, needed=key in _NEEDED[name])
    ids = pd.Series([str(row.get("id")) for row in rows], dtype=object)
    if ids.duplicated().any():
        twice = name_some(ids[ids.duplicated()].unique().tolist())
        yield Issue(here, f"id {twice} occurs more than once.", "Give each an id of its own.")


def _shared_issues(rows: Mapping[str, Rows], where: str) -> Iterator[Issue]:
    """Numbers that two kinds of component share, and names that two nodes do."""
    kinds: dict[int, list[str]] = {}
    for name in _READ:
        for each in {row["id"] for row in rows[name] if is_number(row.get("id"))}:
            kinds.setdefault(each, []).append(name)
    both = [f"{each}: {' and '.join(names)}" for each, names in kinds.items() if len(names) > 1]
    if both:
        problem = f"id occurs in two kinds of component ({name_some(both)})."
        yield Issue(where, problem, "Give each component an id of its own.")
    names = pd.Series([_name(row) for row in rows["node"] if "id" in row], dtype=object)
    if names.duplicated().any():
        twice = name_some(names[names.duplicated()].unique().tolist())
        problem = f"name {twice} occurs more than once."
        yield Issue(f"{where}, node", problem, "Give each a name of its own.")


def _earth_issues(rows: Rows, where: str) -> Iterator[Issue]:
    leaks = [_name(row) for row in rows if _told(row, "c1") * _told(row, "tan1")]
    if leaks:
        problem = f"{name_some(leaks)} have a conductance to earth, which is not read."
        yield Issue(f"{where}, line", problem, "Give tan1 = 0.")


def _tap_issues(rows: Rows, where: str) -> Iterator[Issue]:
    """Taps off nominal of which not all is told, that are not there, or that change impedances."""
    here = f"{where}, transformer"
    off = [row for row in rows if _steps(row)]
    for key in ("tap_side", "tap_size", "tap_min", "tap_max"):
        lacks = [_name(row) for row in off if is_missing(row.get(key))]
        if lacks:
            problem = f"{name_some(lacks)} have a tap off tap_nom, and lack {key}."
            yield Issue(here, problem, f"Give {key}, or tap_pos = tap_nom.")
    ends = {
        _name(row): (_told(row, "tap_pos"), *sorted(_told(row, f"tap_{end}") for end in _TAP_ENDS))
        for row in off
    }
    beyond = [
        f"{name}: {at:g}, not {least:g} to {most:g}"
        for name, (at, least, most) in ends.items()
        if not least <= at <= most
    ]
    if beyond:
        problem = f"tap_pos is beyond tap_min and tap_max ({name_some(beyond)})."
        yield Issue(here, problem, "Give a tap that is there.")
    bent = [
        _name(row)
        for row in off
        for key in ("uk", "pk")
        if {_told(row, f"{key}_{end}", row[key]) for end in _TAP_ENDS} != {float(row[key])}
    ]
    if bent:
        names = name_some(list(dict.fromkeys(bent)))
        problem = f"uk or pk of {names} follows the tap, which is not read."
        yield Issue(here, problem, "Give uk and pk at tap_pos, without uk_min to pk_max.")


def _winding_issues(rows: Mapping[str, Rows], where: str) -> Iterator[Issue]:
    volt = {row["id"]: float(row["u_rated"]) for row in rows["node"]}
    own = rows["transformer"]
    high_v, low_v = (
        np.array([volt.get(row[end], np.nan) for row in own], dtype=np.float64)
        for end in ("from_node", "to_node")
    )
    windings = {key: _numbers(own, key) for key in ("u1", "u2")}
    names = [_name(row) for row in own]
    yield from winding_issues(names, windings, (high_v, low_v), f"{where}, transformer")


def _passed(rows: Mapping[str, Rows], where: str) -> Iterator[Issue]:
    """Warnings of what is passed over."""
    for name in _DRAWN:
        left = [
            row
            for row in rows.get(name, [])
            if row.get("status", 1) and is_missing(row.get("point_id"))
        ]
        if left:
            each_w = [
                np.abs(np.nansum(_numbers([{"p": part} for part in _parts(row)], "p")))
                for row in left
            ]
            yield passed_over(f"{where}, {name}", len(left), float(sum(each_w)) / 1e6)
    for name in _TURNED:
        if rows.get(name):
            problem = f"{len(rows[name])} regulators are passed over: taps stay where they are."
            remedy = "Solve them with power-grid-model first where that matters."
            yield Issue(f"{where}, {name}", problem, remedy, "warning")
    stiff = [_name(row) for row in rows["source"] if is_number(row.get("sk"))]
    if stiff:
        problem = f"sk of {name_some(stiff)} is not read: the voltage of their node is held."
        remedy = "Give u_ref as it is under load where that matters."
        yield Issue(f"{where}, source", problem, remedy, "warning")
    ends = [(row, bool(row.get("from_status", 1))) for row in rows.get("transformer", [])]
    names = [_name(row) for row, near in ends if near != bool(row.get("to_status", 1))]
    yield from half_off(f"{where}, transformer", names)


def _parts(row: Mapping[str, Any]) -> list[Any]:
    """Power of a load or generator: of all phases together, or of each."""
    power = row.get("p_specified")
    return list(power) if isinstance(power, list) else [power]


def _told(row: Mapping[str, Any], key: str, otherwise: float = 0.0) -> float:
    return float(row[key]) if is_number(row.get(key)) else float(otherwise)


def _steps(row: Mapping[str, Any]) -> float:
    """Steps of the tap above nominal; a tap changer that counts down turns them."""
    nominal = _told(row, "tap_nom")
    down = _told(row, "tap_max") < _told(row, "tap_min")
    return (_told(row, "tap_pos", nominal) - nominal) * (-1.0 if down else 1.0)


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
            "feeder_id": [str(row.get("feeder_id") or "") for row in rows["node"]],
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
    open_cables["feeder_id"] = [str(row.get("feeder_id") or "") for row in half_on]
    on = [
        row for row in rows["transformer"] if row.get("from_status", 1) and row.get("to_status", 1)
    ]
    stations = _stations(on, voltage_v, named)
    on = [row for row in rows["source"] if row.get("status", 1)]
    hung = [row for row in rows["sym_load"] if not is_missing(row.get("point_id"))]
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
    per_km = parallel * 1000.0 / np.maximum(length_m, shortest_m)
    low = voltage_v.reindex(near).to_numpy() <= LOW_VOLTAGE_MAX_V
    return pd.DataFrame(
        {
            "cable_id": [_name(row) for row in rows],
            "kind": np.where(ring, "ring", np.where(low, "lv_cable", "mv_cable")),
            "from_node": near,
            "to_node": far,
            "cable_type": [str(row.get("cable_type") or "given") for row in rows],
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
    tap = np.array([_steps(row) for row in rows], dtype=np.float64)
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
            "owner": [str(row.get("owner") or "public") for row in rows],
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
            "substation_name": [str(row.get("substation_name") or _name(row)) for row in rows],
            "node_mv": [named(row["node"]) for row in rows],
            "voltage_pu": _numbers(rows, "u_ref"),
            **{name: _numbers(rows, name) for name in told},
            **read_marks("substations", partial(_said, rows)),
        }
    )


def _name(row: Mapping[str, Any]) -> str:
    own = row.get("name")
    return str(row["id"] if is_missing(own) or own == "" else own)


def _said(rows: Rows, key: str) -> list[object]:
    return [row.get(key) for row in rows]


def _numbers(rows: Rows, key: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Numbers of a column; missing where they are not told."""
    return np.array(
        [float(row[key]) if is_number(row.get(key)) else np.nan for row in rows], dtype=np.float64
    )


def _or(
    told: np.ndarray[Any, np.dtype[np.float64]], instead: np.ndarray[Any, np.dtype[np.float64]]
) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.where(np.isnan(told), instead, told)
