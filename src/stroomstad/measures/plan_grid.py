"""The grid on a date: the tables of a city with the measures of a plan built into them.

Only a few kinds change the grid. What a measure adds never depends on which other measures
stand, except that a new station hangs under a new feeder to the same place, so the order of
measures does not matter.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pandas as pd

from stroomstad.measures.standing import (
    GRID_KINDS,
    LARGER_STATION,
    MV_CABLE,
    NEW_STATION,
    SUBSTATION_TRANSFORMER,
    Measure,
    busbar,
    in_service,
    makes_node,
    new_feeders,
    plan_node,
    power_kw,
)
from stroomstad.measures.twin import Site, Twin
from stroomstad.tables.grid import LINK_KINDS, Grid
from stroomstad.tables.parameters import CASES, Case, Parameters
from stroomstad.tables.plan import Plan

_RATINGS: dict[Case, str] = {
    "low": "rating_kva_low",
    "mid": "rating_kva",
    "high": "rating_kva_high",
}


@dataclass(frozen=True, slots=True)
class Joint:
    """Where something new is connected to the medium-voltage grid.

    Attributes
    ----------
    node_id, feeder_id
        Node that feeds it, and the feeder that it belongs to.
    length_m
        Cable to lay. [m]
    """

    node_id: str
    feeder_id: str
    length_m: float


def grid_on(
    twin: Twin,
    plan: Plan,
    sites: Mapping[str, Site],
    on: dt.date,
    case: Case = "mid",
    *,
    candidates: bool = False,
) -> Grid:
    """Build the grid as it stands on a date.

    Parameters
    ----------
    twin
        The city as it stands.
    plan
        Its counted measures that are in service on the date are built.
    sites
        Site of the place of each measure, as from ``resolve_sites``.
    on
        The date.
    case
        Which date of service counts: the late one in ``low``, the early one in ``high``.
    candidates
        Whether candidates are built too, at the size they have in the plan.

    Returns
    -------
    The grid; its first nodes are those of the twin, in the same order. Where nothing is built
    it is the grid of the twin itself.
    """
    built = [
        measure
        for measure in in_service(plan, sites, on, case)
        if measure.counts or (candidates and measure.is_candidate)
    ]
    return fold(twin, built, sites, new_feeders(plan, sites))


def grid_ever(twin: Twin, plan: Plan, sites: Mapping[str, Site]) -> Grid:
    """Build everything that stands at the end of any year of a plan, candidates at their largest.

    What stands in time in one case only is built too, so that all cases have the same links.

    Parameters
    ----------
    twin, plan, sites
        As for `grid_on`.
    """
    built: dict[str, Measure] = {}
    for year, case in product(plan.years, CASES):
        for measure in in_service(plan, sites, dt.date(year, 12, 31), case):
            if measure.counts:
                built[measure.measure_id] = measure
            elif measure.is_candidate:
                largest = max(measure.size, measure.size_max)
                built[measure.measure_id] = replace(measure, size=largest)
    return fold(twin, built.values(), sites, new_feeders(plan, sites))


def fold(
    twin: Twin, built: Iterable[Measure], sites: Mapping[str, Site], above: Mapping[str, str]
) -> Grid:
    """Build some measures into the grid of a twin.

    Parameters
    ----------
    twin
        The city as it stands.
    built
        The measures to build.
    sites
        Site of each place.
    above
        What each new station hangs under, as from ``new_feeders``; a feeder that is not among
        the measures to build is left out.
    """
    ours = sorted(
        (measure for measure in built if measure.kind in GRID_KINDS and measure.size > 0),
        key=lambda measure: (measure.kind == NEW_STATION, measure.measure_id),
    )
    names = {measure.measure_id for measure in ours}
    laid = {station: feeder for station, feeder in above.items() if feeder in names}
    grid = twin.grid
    for measure in ours:
        grid = _with_measure(grid, twin, measure, sites[measure.place], laid)
    return grid


def _with_measure(
    grid: Grid, twin: Twin, measure: Measure, site: Site, above: Mapping[str, str]
) -> Grid:
    if measure.kind == LARGER_STATION:
        kinds = twin.catalogue.kinds
        each = {case: measure.size * power_kw(kinds, measure, case) for case in CASES}
        return _larger_stations(grid, site, each)
    if measure.kind == SUBSTATION_TRANSFORMER:
        return with_transformers(grid, site, measure.size)
    if measure.kind == NEW_STATION:
        joint = station_joint(twin, site, above.get(measure.measure_id))
        return _with_stations(grid, twin, measure, site, joint)
    if measure.kind == MV_CABLE and makes_node(site):
        return _with_feeder(grid, twin, measure, site)
    return _more_cables(grid, twin.grid, site, measure)


def parallel_cables(grid: Grid, site: Site, kind: str) -> pd.DataFrame:
    """Cables that a measure doubles: of a feeder, one cable, or those behind stations.

    Parameters
    ----------
    grid
        The grid that stands.
    site
        The place.
    kind
        ``mv_cable`` or ``lv_cable``. A ring that is a feeder counts as one of its cables, so
        that a second cable all around it doubles what it may carry.
    """
    kinds = (kind, "ring") if kind == MV_CABLE else (kind,)
    cables = grid.cables[grid.cables["kind"].isin(kinds)]
    if site.kind == "cable":
        return cables[cables["cable_id"] == site.place]
    end = grid.nodes.set_index("node_id")["feeder_id" if kind == MV_CABLE else "station_id"]
    owners = [site.place] if kind == MV_CABLE else list(site.stations)
    return cables[cables["to_node"].map(end).isin(owners)]


def feeder_joint(twin: Twin, site: Site) -> Joint:
    """Route of a new feeder: from the substation to the middle of a place, with detours."""
    row = twin.grid.substations.set_index("substation_id").loc[site.substation_id]
    parameters = twin.parameters["mid"]
    straight_m = float(np.hypot(row["x_m"] - site.x_m, row["y_m"] - site.y_m))
    length_m = max(
        straight_m * parameters.value("detour_factor"), parameters.value("cable_length_min_m")
    )
    return Joint(str(row["node_mv"]), "", length_m)


def station_joint(twin: Twin, site: Site, feeder_measure: str | None) -> Joint:
    """Where the new stations of a place are connected.

    Parameters
    ----------
    twin
        The city as it stands.
    site
        The place.
    feeder_measure
        Measure of the new feeder to the same place, if there is one.

    Notes
    -----
    Without a new feeder they hang at the station of the place whose way to the substation has
    most left in the base year; where nothing stands yet, at the substation by cables of their own.
    """
    short_m = twin.parameters["mid"].value("cable_length_min_m")
    if feeder_measure is not None:
        return Joint(plan_node(feeder_measure), plan_node(feeder_measure), short_m)
    if not site.stations:
        return feeder_joint(twin, site)
    stations = twin.grid.stations.set_index("station_id").loc[list(site.stations)]
    at = pd.Series(np.arange(twin.tree.node_ids.size), index=twin.tree.node_ids)
    left = [_left_on_the_way(twin, int(node)) for node in at.loc[stations["node_mv"]]]
    best = stations.iloc[int(np.argmax(left))]
    return Joint(str(best["node_mv"]), str(best["feeder_id"]), short_m)


def _left_on_the_way(twin: Twin, node: int) -> float:
    """Least that any ring or cable between a node and its substation has left. [kVA]."""
    state, tree = twin.states["load"]["mid"], twin.tree
    least = float("inf")
    while tree.parent[node] >= 0:
        if LINK_KINDS[tree.link_kind[node]] in ("ring", "mv_cable"):
            least = min(least, float(state.limit_kva[node] - state.base_kva[node].max()))
        node = int(tree.parent[node])
    return least


def cable_type(cable_types: pd.DataFrame) -> pd.Series:
    """Medium-voltage cable that is laid new: the strongest of the standard ones."""
    mv = cable_types[cable_types["kind"] == MV_CABLE]
    return mv.sort_values(["rated_current_a", "cable_type"]).iloc[-1]


def _larger_stations(grid: Grid, site: Site, more_kva: Mapping[Case, float]) -> Grid:
    """Spread what is added evenly over the stations of a place."""
    stations = grid.stations.copy()
    mine = stations["station_id"].isin(site.stations)
    for case, more in more_kva.items():
        stations.loc[mine, _RATINGS[case]] += more / len(site.stations)
    return replace(grid, stations=stations)


def with_transformers(grid: Grid, site: Site, more: float) -> Grid:
    """Add transformers to the substation of a place."""
    substations = grid.substations.copy()
    mine = substations["substation_id"] == site.substation_id
    substations.loc[mine, "transformers"] += round(more)
    return replace(grid, substations=substations)


def _more_cables(grid: Grid, standing: Grid, site: Site, measure: Measure) -> Grid:
    """Lay cables beside those that stand: so many, or at low voltage so many times as many."""
    kind, more = measure.kind, measure.size
    mine = parallel_cables(standing, site, kind)
    cables = grid.cables.copy()
    rows = cables.index[cables["cable_id"].isin(mine["cable_id"])]
    before = mine.set_index("cable_id").loc[cables.loc[rows, "cable_id"]]
    beside = more if kind == MV_CABLE else more * before["parallel"].to_numpy()
    each_a = (before["rated_current_a"] / before["parallel"]).to_numpy()
    cables.loc[rows, "rated_current_a"] += each_a * beside
    cables.loc[rows, "parallel"] += np.rint(beside).astype(np.int64)
    return replace(grid, cables=cables)


def _with_feeder(grid: Grid, twin: Twin, measure: Measure, site: Site) -> Grid:
    name, joint = plan_node(measure.measure_id), feeder_joint(twin, site)
    node = _node(twin, site, (name, "station_mv", name, ""))
    cable = _cable(twin, (name, joint.node_id, name), measure.size, joint.length_m)
    return replace(
        grid, nodes=_appended(grid.nodes, [node]), cables=_appended(grid.cables, [cable])
    )


def _with_stations(grid: Grid, twin: Twin, measure: Measure, site: Site, joint: Joint) -> Grid:
    """Add the stations of a measure as one, with a cable each to where they are connected."""
    size = measure.size
    name, low_voltage = plan_node(measure.measure_id), busbar(measure.measure_id)
    feeder = joint.feeder_id or name
    nodes = [
        _node(twin, site, (f"{name}-mv", "station_mv", feeder, name)),
        _node(twin, site, (low_voltage, "station_lv", feeder, name)),
    ]
    cable = _cable(twin, (f"{name}-cable", joint.node_id, f"{name}-mv"), size, joint.length_m)
    ratings = {
        column: size * twin.parameters[case].value("new_station_rating_kva")
        for case, column in _RATINGS.items()
    }
    station = {
        "station_id": name,
        "owner": "public",
        "area_code": site.area_code,
        "x_m": site.x_m,
        "y_m": site.y_m,
        "substation_id": site.substation_id,
        "supply": "assumed",
        "feeder_id": feeder,
        "node_mv": f"{name}-mv",
        "node_lv": low_voltage,
        "homes": 0,
        "addresses": 0,
        **ratings,
        "distance_p50_m": 0.0,
        "distance_max_m": 0.0,
        "synthetic": True,
        "rating_known": False,
        "load_max_known_mw": np.nan,
    }
    return replace(
        grid,
        nodes=_appended(grid.nodes, nodes),
        cables=_appended(grid.cables, [cable]),
        stations=_appended(grid.stations, [station]),
    )


def _node(twin: Twin, site: Site, named: tuple[str, str, str, str]) -> dict[str, object]:
    node_id, kind, feeder_id, station_id = named
    parameters: Parameters = twin.parameters["mid"]
    level = "lv" if kind == "station_lv" else "mv"
    voltage_v = parameters.value(f"{level}_voltage_v")
    return {
        "node_id": node_id,
        "kind": kind,
        "voltage_v": voltage_v,
        "x_m": site.x_m,
        "y_m": site.y_m,
        "area_code": site.area_code,
        "substation_id": site.substation_id,
        "feeder_id": feeder_id,
        "station_id": station_id,
    }


def _cable(
    twin: Twin, named: tuple[str, str, str], size: float, length_m: float
) -> dict[str, object]:
    cable_id, from_node, to_node = named
    chosen = cable_type(twin.cable_types)
    return {
        "cable_id": cable_id,
        "kind": MV_CABLE,
        "from_node": from_node,
        "to_node": to_node,
        "cable_type": chosen["cable_type"],
        "parallel": max(1, round(size)),
        "length_m": length_m,
        "r_ohm_per_km": chosen["r_ohm_per_km"],
        "x_ohm_per_km": chosen["x_ohm_per_km"],
        "rated_current_a": chosen["rated_current_a"] * size,
        "synthetic": True,
    }


def _appended(table: pd.DataFrame, rows: list[dict[str, object]]) -> pd.DataFrame:
    new = pd.DataFrame(rows).reindex(columns=table.columns).astype(table.dtypes.to_dict())
    return pd.concat([table, new], ignore_index=True)
