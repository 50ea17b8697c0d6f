"""A grid from a file of pandapower: https://pandapower.readthedocs.io, *Datastructure*.

Buses that closed switches join become one node. What is out of service is left out, and a line with
an open switch at one end is open there, as in a file of power-grid-model. More may stand beside the
columns of pandapower, under the names of our own tables.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from stroomstad.blocks import Floats
from stroomstad.errors import Issue, name_some
from stroomstad.sources.coordinates import (
    EASTING_RANGE_M,
    LATITUDE_RANGE_DEG,
    LONGITUDE_RANGE_DEG,
    NORTHING_RANGE_M,
    metres,
)
from stroomstad.sources.grid_values import half_off, winding_issues
from stroomstad.sources.pandapower_tables import (
    Tables,
    column,
    decode_tables,
    in_service,
    names_of,
)
from stroomstad.tables.given import LOW_VOLTAGE_MAX_V, GivenGrid, read_marks

# Kinds of tap changer that change the ratio; the ideal one only turns the phase.
_RATIO = ("Ratio", "Symmetrical")
_ENDS = {"line": ("from_bus", "to_bus"), "trafo": ("hv_bus", "lv_bus")}
_SWITCHED = {"l": "line", "t": "trafo"}


def read_pandapower(content: Mapping[str, Any], where: str) -> tuple[GivenGrid | None, list[Issue]]:
    """Read a grid in the JSON of pandapower.

    Parameters
    ----------
    content
        The file as JSON.
    where
        Name of the file, for what is told.

    Returns
    -------
    The grid, or ``None`` with every fault of the file; warnings tell what is passed over.

    Notes
    -----
    A transformer that is open at one end is left out whole. A line that is open at one end becomes
    an open cable, whose ``to_node`` is at its open end.
    """
    tables, issues = decode_tables(content, where)
    if any(each.severity == "fault" for each in issues):
        return None, issues
    on = {name: in_service(tables[name]) for name in ("bus", "ext_grid", "load")}
    on |= {name: _joined(tables, name) for name in _ENDS}
    issues += [*_switch_issues(tables, where), *_line_issues(on["line"], where)]
    issues += [*_trafo_issues(on["trafo"], where)]
    node = joined_nodes(tables)
    nodes, found = _nodes(tables, node, where)
    issues += found
    voltage_v = nodes.set_index("node_id")["voltage_v"]
    links = _link_names(on)
    issues += _winding_issues(on["trafo"], node, voltage_v, f"{where}, trafo")
    if any(each.severity == "fault" for each in issues):
        return None, issues
    issues += half_off(f"{where}, trafo", _half_off(tables, on["trafo"]))
    half_on = _half_on(tables)
    open_cables = _cables(half_on, node, voltage_v, _open_names(half_on, links))
    told = half_on["feeder_id"] if "feeder_id" in half_on else pd.Series("", half_on.index)
    open_cables["feeder_id"] = told.fillna("").astype(str).to_numpy(dtype=object)
    given = GivenGrid(
        nodes,
        _cables(on["line"], node, voltage_v, links["line"]),
        _stations(on["trafo"], node, voltage_v, links["trafo"]),
        _substations(on["ext_grid"], node),
        _connections(on["load"], node),
        open_cables.drop(columns=["kind"]),
    )
    return given, issues


def joined_nodes(tables: Tables) -> pd.Series:
    """Node that each bus in service belongs to: one for all that closed switches join.

    Returns
    -------
    Names of nodes by the index of the bus; a node is called after the first of its buses.
    """
    rows = in_service(tables["bus"])
    at = pd.Series(np.arange(len(rows)), index=rows.index)
    closed = _between(tables, closed=True)
    both = closed["bus"].isin(at.index) & closed["element"].isin(at.index)
    ends = [at.loc[closed.loc[both, end]].to_numpy() for end in ("bus", "element")]
    size = len(rows)
    graph = coo_matrix((np.ones(ends[0].size), (ends[0], ends[1])), shape=(size, size))
    part = connected_components(graph, directed=False)[1]
    names = names_of(rows, "bus")
    return names.groupby(part).transform("first")


def _between(tables: Tables, *, closed: bool) -> pd.DataFrame:
    """Switches between two buses that are closed, or that are open."""
    rows = tables["switch"]
    if rows.empty:
        return pd.DataFrame({"bus": [], "element": []})
    return rows[(rows["et"] == "b") & (rows["closed"].astype(bool) == closed)]


def _joined(tables: Tables, name: str) -> pd.DataFrame:
    """Links in service, between buses in service, without an open switch."""
    rows, switches = in_service(tables[name]), tables["switch"]
    if rows.empty:
        return rows
    known, served = tables["bus"].index, in_service(tables["bus"]).index
    out = np.zeros(len(rows), dtype=bool)
    for end in _ENDS[name]:
        out |= rows[end].isin(known).to_numpy() & ~rows[end].isin(served).to_numpy()
    if len(switches):
        kind = switches["et"].map(_SWITCHED) == name
        is_open = switches[kind & ~switches["closed"].astype(bool)]
        out |= rows.index.isin(is_open["element"])
    return rows[~out]


def _half_on(tables: Tables) -> pd.DataFrame:
    """Lines in service with an open switch at one end, which becomes their far end."""
    rows, switches = in_service(tables["line"]), tables["switch"]
    if rows.empty or switches.empty:
        return rows.iloc[:0]
    is_open = (switches["et"].map(_SWITCHED) == "line") & ~switches["closed"].astype(bool)
    ends = switches[is_open].groupby("element")["bus"].nunique()
    served = in_service(tables["bus"]).index
    between = rows["from_bus"].isin(served) & rows["to_bus"].isin(served)
    rows = rows[between & (ends.reindex(rows.index) == 1)]
    off_at = switches[is_open].drop_duplicates("element").set_index("element")["bus"]
    turned = rows["from_bus"] == off_at.reindex(rows.index)
    near = rows["from_bus"].where(~turned, rows["to_bus"])
    return rows.assign(from_bus=near, to_bus=rows["to_bus"].where(~turned, rows["from_bus"]))


def _link_names(on: Tables) -> dict[str, pd.Series]:
    """Names of lines and transformers; none of one is a name of the other."""
    names = {name: names_of(on[name], name) for name in _ENDS}
    shared = set(names["line"]) & set(names["trafo"])
    for name, own in names.items():
        index = pd.Series([f"{name} {each}" for each in own.index], own.index, dtype=object)
        names[name] = own.where(~own.isin(shared), index)
    return names


def _open_names(half_on: pd.DataFrame, links: dict[str, pd.Series]) -> pd.Series:
    """Names of lines that are open at one end; none of them is the name of another link."""
    own = names_of(half_on, "line")
    index = pd.Series([f"line {each}" for each in own.index], own.index, dtype=object)
    return own.where(~own.isin({*links["line"], *links["trafo"]}), index)


# --- what is wrong


def _switch_issues(tables: Tables, where: str) -> Iterator[Issue]:
    rows, here = tables["switch"], f"{where}, switch"
    if rows.empty:
        return
    names = names_of(rows, "switch")
    odd = ~rows["et"].isin(["b", *_SWITCHED])
    if odd.any():
        kinds = name_some(sorted({str(each) for each in rows.loc[odd, "et"]}))
        problem = f"{name_some(names[odd].tolist())} are of kind {kinds}, which is not read."
        yield Issue(here, problem, "Use b, l or t.")
    yield from _switch_place_issues(tables, names, here)
    closed = _between(tables, closed=True)
    resists = closed[column(closed, "z_ohm", 0.0) > 0.0]
    if len(resists):
        pairs = zip(names[resists.index], resists["z_ohm"], strict=True)
        ohms = [f"{name}: {ohm:g} ohm" for name, ohm in pairs]
        problem = f"{len(resists)} closed switches have an impedance ({name_some(ohms)})."
        yield Issue(here, problem, "Give z_ohm = 0, or a line of that impedance.")
    voltage_kv = pd.Series(column(tables["bus"], "vn_kv"), tables["bus"].index)
    apart = closed["bus"].map(voltage_kv) != closed["element"].map(voltage_kv)
    apart &= closed["bus"].isin(voltage_kv.index) & closed["element"].isin(voltage_kv.index)
    if apart.any():
        problem = f"{name_some(names[closed.index[apart]].tolist())} join two voltages."
        yield Issue(here, problem, "Open them, or mend vn_kv of a bus.")


def _switch_place_issues(tables: Tables, names: pd.Series, here: str) -> Iterator[Issue]:
    """Switches that stand at no bus, lead nowhere, or stand at another bus than their link."""
    rows = tables["switch"]
    remedy = "Mend bus and element, or take the switch out."
    nowhere = ~rows["bus"].isin(tables["bus"].index)
    if nowhere.any():
        yield Issue(here, f"{name_some(names[nowhere].tolist())} stand at no bus.", remedy)
    for kind, name in (("b", "bus"), *_SWITCHED.items()):
        own = rows["et"] == kind
        lost = own & ~rows["element"].isin(tables[name].index)
        if lost.any():
            yield Issue(here, f"{name_some(names[lost].tolist())} lead to no {name}.", remedy)
        if kind in _SWITCHED and not tables[name].index.duplicated().any():
            ends = tables[name].reindex(columns=_ENDS[name])
            at_end = [rows["bus"] == rows["element"].map(ends[end]) for end in _ENDS[name]]
            beside = own & ~lost & ~nowhere & ~(at_end[0] | at_end[1])
            if beside.any():
                problem = f"{name_some(names[beside].tolist())} stand at no end of their {name}."
                yield Issue(here, problem, remedy)


def _line_issues(rows: pd.DataFrame, where: str) -> Iterator[Issue]:
    leaks = column(rows, "g_us_per_km", 0.0) != 0.0
    if leaks.any():
        names = names_of(rows, "line")[leaks].tolist()
        problem = f"{name_some(names)} have a conductance to earth, which is not read."
        yield Issue(f"{where}, line", problem, "Give g_us_per_km = 0.")


def _trafo_issues(rows: pd.DataFrame, where: str) -> Iterator[Issue]:
    # The tap of a transformer above low voltage has no part: the busbar is held.
    rows = rows[column(rows, "vn_lv_kv") * 1e3 <= LOW_VOLTAGE_MAX_V]
    here, names = f"{where}, trafo", names_of(rows, "trafo")
    for tap in ("tap", "tap2"):
        steps = column(rows, f"{tap}_pos") - column(rows, f"{tap}_neutral", 0.0)
        off = np.nan_to_num(steps) != 0.0
        kind = _tap_kind(rows, tap)
        yield from _tap_place_issues(rows, tap, off, here)
        for told, wrong, remedy in (
            ("is missing, and pandapower passes such a tap over", off & (kind == ""),
             f"Give {tap}_changer_type = Ratio, or {tap}_pos = {tap}_neutral."),
            ("is none that is read", off & ~np.isin(kind, ["", "Ideal", *_RATIO]),
             "Use Ratio, Symmetrical or Ideal."),
        ):  # fmt: skip
            if wrong.any():
                which = [f"{name}: {step:+g} steps" for name, step in
                         zip(names[wrong], steps[wrong], strict=True)]  # fmt: skip
                problem = f"{tap}_changer_type of {name_some(which)} {told}."
                yield Issue(here, problem, remedy)
    if "tap_dependency_table" in rows:
        listed = rows["tap_dependency_table"].fillna(value=False).astype(bool).to_numpy()
        if listed.any():
            problem = f"the taps of {name_some(names[listed].tolist())} follow a table."
            remedy = "Give tap_dependency_table = false, and the values at the tap as they are."
            yield Issue(here, problem, remedy)


def _tap_place_issues(
    rows: pd.DataFrame, tap: str, off: np.ndarray[Any, np.dtype[np.bool_]], here: str
) -> Iterator[Issue]:
    """Taps off neutral that are not there, or at no side of their transformer."""
    names, at = names_of(rows, "trafo"), column(rows, f"{tap}_pos")
    least, most = column(rows, f"{tap}_min"), column(rows, f"{tap}_max")
    beyond = off & ((at < np.fmin(least, most)) | (at > np.fmax(least, most)))
    if beyond.any():
        shown = [
            f"{name}: {each:g}, not {low:g} to {high:g}"
            for name, each, low, high in zip(
                names[beyond], at[beyond], least[beyond], most[beyond], strict=True
            )
        ]
        problem = f"{tap}_pos is beyond {tap}_min and {tap}_max ({name_some(shown)})."
        yield Issue(here, problem, "Give a tap that is there.")
    side = rows[f"{tap}_side"] if f"{tap}_side" in rows else pd.Series("hv", rows.index)
    lost = off & ~side.isin(["hv", "lv"]).to_numpy()
    if lost.any():
        problem = f"{tap}_side of {name_some(names[lost].tolist())} is neither hv nor lv."
        yield Issue(here, problem, f"Give the side of {tap}_pos.")


def _winding_issues(
    rows: pd.DataFrame, node: pd.Series, voltage_v: pd.Series, where: str
) -> Iterator[Issue]:
    high_v, low_v = (
        voltage_v.reindex(_at(rows, end, node)).to_numpy(dtype=np.float64) for end in _ENDS["trafo"]
    )
    windings = {key: column(rows, key) * 1e3 for key in ("vn_hv_kv", "vn_lv_kv")}
    yield from winding_issues(names_of(rows, "trafo").tolist(), windings, (high_v, low_v), where)


def _half_off(tables: Tables, joined: pd.DataFrame) -> list[str]:
    """Transformers in service with an open switch at one end, between buses in service."""
    rows, switches = in_service(tables["trafo"]), tables["switch"]
    if rows.empty or switches.empty:
        return []
    is_open = (switches["et"] == "t") & ~switches["closed"].astype(bool)
    ends = switches[is_open].groupby("element")["bus"].nunique().reindex(rows.index)
    return names_of(rows, "trafo")[(ends == 1) & ~rows.index.isin(joined.index)].tolist()


def _tap_kind(rows: pd.DataFrame, tap: str) -> np.ndarray[Any, np.dtype[np.object_]]:
    """Kind of tap changer; before pandapower 3 it said only whether the phase was turned."""
    kind, before = f"{tap}_changer_type", f"{tap}_phase_shifter"
    if kind in rows:
        return rows[kind].fillna("").astype(str).replace("None", "").to_numpy(dtype=object)
    if before in rows:
        turns = rows[before].fillna(value=False).astype(bool)
        return np.where(turns, "Ideal", "Ratio").astype(object)
    return np.full(len(rows), "", dtype=object)


# --- what is read


def _nodes(tables: Tables, node: pd.Series, where: str) -> tuple[pd.DataFrame, list[Issue]]:
    rows = in_service(tables["bus"])
    x_m, y_m, issues = _places(rows, tables, where)
    feeder = rows["feeder_id"] if "feeder_id" in rows else pd.Series("", rows.index)
    told = pd.DataFrame(
        {
            "node_id": node,
            "voltage_v": _si(column(rows, "vn_kv"), 1e3),
            "x_m": x_m,
            "y_m": y_m,
            "feeder_id": feeder.fillna("").astype(str),
        }
    )
    return told.groupby("node_id", sort=False).first().reset_index(), issues


def _places(rows: pd.DataFrame, tables: Tables, where: str) -> tuple[Floats, Floats, list[Issue]]:
    """Easting and northing of buses: as told in metres, else of their point. [m]."""
    east, north = _points(rows, tables)
    degrees = _within(east, LONGITUDE_RANGE_DEG) & _within(north, LATITUDE_RANGE_DEG)
    as_metres = _within(east, EASTING_RANGE_M) & _within(north, NORTHING_RANGE_M)
    x_m, y_m = np.where(as_metres, east, np.nan), np.where(as_metres, north, np.nan)
    x_m[degrees], y_m[degrees] = metres(east[degrees], north[degrees])
    odd = ~(degrees | as_metres | np.isnan(east) | np.isnan(north))
    own_m = column(rows, "x_m"), column(rows, "y_m")
    beside = np.isfinite(own_m[0]) & np.isfinite(own_m[1])
    odd &= ~beside
    issues = []
    if odd.any():
        shown = [f"{name}: {x:g}, {y:g}" for name, x, y in
                 zip(names_of(rows, "bus")[odd], east[odd], north[odd], strict=True)]  # fmt: skip
        problem = f"{len(shown)} places lie outside the Netherlands ({name_some(shown)})."
        remedy = "Give degrees of EPSG:4326 or metres of EPSG:28992."
        issues.append(Issue(f"{where}, bus", problem, remedy))
    return np.where(beside, own_m[0], x_m), np.where(beside, own_m[1], y_m), issues


def _points(rows: pd.DataFrame, tables: Tables) -> tuple[Floats, Floats]:
    """Both coordinates as the file has them: a point of GeoJSON, or the older table of places."""
    old = tables.get("bus_geodata", pd.DataFrame())
    if {"x", "y"} <= set(old.columns):
        old = old[~old.index.duplicated()].reindex(rows.index)
        return column(old, "x"), column(old, "y")
    geo = rows["geo"] if "geo" in rows else pd.Series(None, rows.index, dtype=object)
    found = np.array([_point(each) for each in geo], dtype=np.float64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _point(text: object) -> tuple[float, float]:
    try:
        shape = json.loads(text) if isinstance(text, str) else text
        east, north, *_ = shape["coordinates"]  # type: ignore[index]
        return float(east), float(north)
    except (ValueError, TypeError, KeyError):
        return np.nan, np.nan


def _within(values: Floats, limits: tuple[float, float]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return np.asarray((values >= limits[0]) & (values <= limits[1]))


def _said(rows: pd.DataFrame, name: str) -> Iterable[object]:
    return rows[name].tolist() if name in rows else [None] * len(rows)


def _at(rows: pd.DataFrame, end: str, node: pd.Series) -> list[str]:
    """Names of the nodes at an end; that of the bus itself where there is no such bus."""
    ends = rows[end] if end in rows else pd.Series(dtype=np.int64)
    return [str(node.get(each, f"bus {each}")) for each in ends]


def _cables(
    rows: pd.DataFrame, node: pd.Series, voltage_v: pd.Series, names: pd.Series
) -> pd.DataFrame:
    near, far = (_at(rows, end, node) for end in _ENDS["line"])
    parallel = column(rows, "parallel", 1.0)
    low = voltage_v.reindex(near).to_numpy() <= LOW_VOLTAGE_MAX_V
    ring = (rows["kind"] == "ring").to_numpy() if "kind" in rows else np.zeros(len(rows), bool)
    kind = rows["std_type"] if "std_type" in rows else pd.Series(None, rows.index, dtype=object)
    length_m = column(rows, "length_m")
    length_m = np.where(np.isnan(length_m), _si(column(rows, "length_km"), 1e3), length_m)
    rated_a = _si(column(rows, "max_i_ka"), 1e3) * column(rows, "df", 1.0) * parallel
    return pd.DataFrame(
        {
            "cable_id": names.to_numpy(dtype=object),
            "kind": np.where(ring, "ring", np.where(low, "lv_cable", "mv_cable")),
            "from_node": near,
            "to_node": far,
            "cable_type": kind.fillna("given").astype(str).to_numpy(dtype=object),
            "parallel": parallel.astype(np.int64),
            "length_m": length_m,
            "r_ohm_per_km": column(rows, "r_ohm_per_km"),
            "x_ohm_per_km": column(rows, "x_ohm_per_km"),
            "c_nf_per_km": column(rows, "c_nf_per_km", 0.0),
            "rated_current_a": rated_a,
            **read_marks("cables", partial(_said, rows)),
        }
    )


def _stations(
    rows: pd.DataFrame, node: pd.Series, voltage_v: pd.Series, names: pd.Series
) -> pd.DataFrame:
    near, far = (_at(rows, end, node) for end in _ENDS["trafo"])
    # Voltage of each winding at its tap over that of its node.
    high, low = (
        _si(column(rows, f"vn_{side}_kv"), 1e3) * _taps(rows, side) / voltage_v.reindex(nodes)
        for side, nodes in (("hv", near), ("lv", far))
    )
    # Impedances are told on the voltage of the winding at low voltage, and solved on that of its
    # node.
    wound = (low**2).to_numpy()
    parallel = column(rows, "parallel", 1.0)
    one_kva = _si(column(rows, "sn_mva"), 1e3)
    rating_kva = one_kva * parallel
    # A current without load below what its loss alone asks is taken for a resistive one.
    loss_kw = column(rows, "pfe_kw", 0.0)
    idle = np.maximum(column(rows, "i0_percent", 0.0) / 100.0, loss_kw / one_kva)
    least, most = (column(rows, f"rating_kva_{case}") for case in ("low", "high"))
    owner = rows["owner"] if "owner" in rows else pd.Series(None, rows.index, dtype=object)
    return pd.DataFrame(
        {
            "station_id": names.to_numpy(dtype=object),
            "node_mv": near,
            "node_lv": far,
            "owner": owner.fillna("public").astype(str).to_numpy(dtype=object),
            "transformers": parallel,
            "rating_kva_low": np.where(np.isnan(least), rating_kva, least),
            "rating_kva": rating_kva,
            "rating_kva_high": np.where(np.isnan(most), rating_kva, most),
            "short_circuit_voltage_fraction": column(rows, "vk_percent") / 100.0 * wound,
            "copper_loss_kw": column(rows, "vkr_percent") / 100.0 * rating_kva * wound,
            "no_load_loss_kw": loss_kw * parallel / wound,
            "no_load_current_fraction": idle / wound,
            "turns_fraction": high.to_numpy() / low.to_numpy(),
            **read_marks("stations", partial(_said, rows)),
        }
    )


def _taps(rows: pd.DataFrame, side: str) -> Floats:
    """Voltage of the windings at a side over that at their neutral tap."""
    ratio = np.ones(len(rows))
    for tap in ("tap", "tap2"):
        steps = column(rows, f"{tap}_pos") - column(rows, f"{tap}_neutral", 0.0)
        part = np.nan_to_num(steps * column(rows, f"{tap}_step_percent", 0.0)) / 100.0
        angle = np.deg2rad(column(rows, f"{tap}_step_degree", 0.0))
        turned = np.hypot(1.0 + part * np.cos(angle), part * np.sin(angle))
        here = np.isin(_tap_kind(rows, tap), _RATIO)
        if f"{tap}_side" in rows:
            here &= (rows[f"{tap}_side"] == side).to_numpy()
        ratio = np.where(here, ratio * turned, ratio)
    return ratio


def _substations(rows: pd.DataFrame, node: pd.Series) -> pd.DataFrame:
    names = names_of(rows, "ext_grid")
    told = rows.get("substation_name", names)
    sizes = ("transformers", "rating_mva_low", "rating_mva", "rating_mva_high")
    return pd.DataFrame(
        {
            "substation_id": names.to_numpy(dtype=object),
            "substation_name": told.fillna(names).astype(str).to_numpy(dtype=object),
            "node_mv": _at(rows, "bus", node),
            "voltage_pu": column(rows, "vm_pu"),
            **{name: column(rows, name) for name in sizes},
            **read_marks("substations", partial(_said, rows)),
        }
    )


def _connections(rows: pd.DataFrame, node: pd.Series) -> pd.DataFrame:
    hung = rows[rows["point_id"].notna()] if "point_id" in rows else rows.iloc[:0]
    points = hung["point_id"].astype(str) if len(hung) else pd.Series(dtype=object)
    return pd.DataFrame(
        {
            "point_id": points.to_numpy(dtype=object),
            "node_id": pd.Series(_at(hung, "bus", node), dtype=object),
        }
    )


def _si(values: Floats, factor: float) -> Floats:
    """Values in a smaller unit, without the noise of a binary fraction: 0.4 kV is 400 V."""
    made = values * factor
    near = np.round(made, 9)
    return np.where(np.isclose(made, near, rtol=1e-14, atol=0.0), near, made)
