"""What one unit of each measure does: which limits it raises, and what it draws or takes away.

A kind of measure is a row of the catalogue. Its group says whether it draws or takes away, and
``acts_at`` and ``shape`` where and when; only the few kinds that change the grid are told apart
by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats, Ints
from stroomstad.errors import Issue
from stroomstad.measures.plan_grid import (
    cable_type,
    feeder_joint,
    parallel_cables,
    station_joint,
    with_transformers,
)
from stroomstad.measures.power_shapes import power_shapes, window_and_night
from stroomstad.measures.sites import firm_nodes, resolve_sites, with_outlines
from stroomstad.measures.standing import (
    GRID_KINDS,
    LARGER_STATION,
    LV_CABLE,
    MV_CABLE,
    NEW_STATION,
    SUBSTATION_TRANSFORMER,
    Measure,
    kind_of,
    makes_node,
    measures_of,
    new_feeders,
    plan_node,
    power_kw,
)
from stroomstad.measures.twin import Effect, Site, Twin
from stroomstad.powerflow import limit_shares, link_limits
from stroomstad.simulation.downstream import downstream
from stroomstad.tables.grid import Grid, RadialTree, radial_tree
from stroomstad.tables.parameters import Case, Parameters
from stroomstad.tables.plan import Plan
from stroomstad.units import SQRT3

# What homes draw coincides as homes do; a device gives its firm power at every level.
_AS_HOMES = ("home", "vehicle")
_TAKES_AWAY = ("relief", "right")
_NO_POSITIONS: Ints = np.zeros(0, dtype=np.int64)
_NO_POWER: Floats = np.zeros(0)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an effect is worked out from, the same for all measures of a plan.

    Attributes
    ----------
    twin, measures, sites
        The city, all measures of the plan, and the site of each place.
    above
        Measure of the feeder under which each new station hangs.
    case
        Side of the band.
    grid
        The grid on which positions count.
    node_at, link_at
        Position of each node, and of the link with each identifier.
    city_peak
        Quarter of the peak window in which the city draws most.
    region_share
        Per course its value in that quarter. [1]
    root_factor
        Factor on the load of new homes at each substation. [1]
    """

    twin: Twin
    measures: tuple[Measure, ...]
    sites: Mapping[str, Site]
    above: Mapping[str, str]
    case: Case
    grid: Grid
    node_at: Mapping[str, int]
    link_at: Mapping[str, int]
    city_peak: int
    region_share: Mapping[str, float]
    root_factor: Mapping[str, float]

    @property
    def parameters(self) -> Parameters:
        """Parameters in the case."""
        return self.twin.parameters[self.case]


def unit_effects(  # noqa: PLR0917 - positions count on this grid and on this tree of it
    twin: Twin,
    plan: Plan,
    sites: Mapping[str, Site],
    grid: Grid,
    tree: RadialTree,
    case: Case,
) -> tuple[Effect, ...]:
    """Effect of one unit of every measure that counts or is a candidate, in the order of the plan.

    Parameters
    ----------
    twin
        The city as it stands.
    plan, sites
        The plan, and the site of the place of each of its measures.
    grid, tree
        Grid on which positions count; what a measure builds and the grid lacks is left out.
    case
        Side of the band.
    """
    around = _surroundings(with_outlines(twin, plan), plan, sites, (grid, tree), case)
    return tuple(
        _effect(around, measure)
        for measure in around.measures
        if measure.counts or measure.is_candidate
    )


def plan_sites(
    twin: Twin, plan: Plan, places: tuple[str, ...] = ()
) -> tuple[dict[str, Site], list[Issue]]:
    """Find the site of every measure of a plan, and of some more places.

    Returns
    -------
    The sites by place, and a fault for each place or asset that is not there.
    """
    twin = with_outlines(twin, plan)
    wanted = (*plan.measures["place"].astype(str), *places)
    parameters = twin.parameters["mid"]
    sites, issues = resolve_sites(wanted, twin.grid, twin.city, twin.outlines, parameters)
    for measure in measures_of(plan):
        if measure.place in sites:
            issues += _nothing_there(twin, measure, sites[measure.place])
    return sites, issues


def behind_links(
    effects: tuple[Effect, ...], tree: RadialTree, kva_per_kw: Floats, as_homes_factor: Floats
) -> Floats:
    """Apparent power that one unit of each effect brings to every link at shape 1.

    Parameters
    ----------
    effects
        As from `unit_effects`.
    tree
        The tree on whose positions they count.
    kva_per_kw
        Apparent power per kW behind a link. [kVA/kW], shape (links,)
    as_homes_factor
        Factor on what coincides as homes do. [1], shape (links,)

    Returns
    -------
    [kVA], shape (links, effects)
    """
    at_nodes = np.zeros((tree.parent.size, len(effects)))
    for column, effect in enumerate(effects):
        np.add.at(at_nodes[:, column], effect.nodes, effect.kw)
    factor = np.ones((tree.parent.size, len(effects)))
    factor[:, [effect.as_homes for effect in effects]] = as_homes_factor[:, None]
    return downstream(tree, at_nodes) * kva_per_kw[:, None] * factor


def hub_drawn_kw(twin: Twin, site: Site, case: Case) -> Floats:
    """What the firms of a place draw together in the winter week. [kW], shape (quarters,)."""
    nodes = firm_nodes(twin, site)
    load = twin.loads[case].winter.load
    drawn_kw = np.asarray(load.weights[nodes].sum(axis=0)).ravel() @ load.shapes
    return np.asarray(drawn_kw, dtype=np.float64)


def hub_course(drawn_kw: Floats, limit_kw: float, index: float) -> Floats:
    """What the members of a hub draw above their shared limit, over their highest power.

    Parameters
    ----------
    drawn_kw
        What they draw together in the base year. [kW], shape (quarters,)
    limit_kw
        Shared limit. [kW]
    index
        Factor on what they draw. [1]

    Returns
    -------
    [1], shape (quarters,)

    Examples
    --------
    >>> hub_course(np.array([50.0, 100.0]), 60.0, 1.0)
    array([0. , 0.4])
    """
    return np.maximum(drawn_kw * index - limit_kw, 0.0) / hub_peak_kw(drawn_kw)


def hub_peak_kw(drawn_kw: Floats) -> float:
    """Highest power of the members of a hub, 1 kW at least, at which its course is 1. [kW]."""
    return max(float(drawn_kw.max(initial=0.0)), 1.0)


def hub_shape(measure_id: str) -> str:
    """Name of the course of one hub.

    Examples
    --------
    >>> hub_shape("m7")
    'cap:m7'
    """
    return f"cap:{measure_id}"


def _nothing_there(twin: Twin, measure: Measure, site: Site) -> list[Issue]:
    """Faults of a measure that needs something that its place does not have."""
    kinds = twin.catalogue.kinds
    where, what = f"measures.{measure.measure_id}", f"{measure.kind} at {measure.place!r}"
    if measure.kind not in set(kinds["kind"]):
        return []
    kind = kind_of(kinds, measure)
    if measure.kind == LARGER_STATION and not site.stations:
        problem, remedy = "no public station stands", "Choose a place with one."
    elif _is_beside(measure, site) and parallel_cables(twin.grid, site, measure.kind).empty:
        problem, remedy = "no such cable lies", "Choose a cable, feeder or place with one."
    elif kind["acts_at"] == "firms" and not firm_nodes(twin, site).size:
        problem, remedy = "no firm is connected", "Choose a place with firms."
    elif kind["shape"] == "cap" and np.isnan(measure.limit_kw):
        problem, remedy = "no shared limit is set", "Give limit_kw, in kW."
    else:
        return []
    return [Issue(where, f"{what}, where {problem}.", remedy)]


def _is_beside(measure: Measure, site: Site) -> bool:
    """Tell whether a measure lays cables beside others."""
    return measure.kind == LV_CABLE or (measure.kind == MV_CABLE and not makes_node(site))


def _surroundings(
    twin: Twin,
    plan: Plan,
    sites: Mapping[str, Site],
    grid: tuple[Grid, RadialTree],
    case: Case,
) -> Surroundings:
    tree, peak = grid[1], _city_peak(twin, case)
    shapes = power_shapes(twin, case, "load")
    unit = twin.states["load"][case].level_factor_unit
    roots = np.flatnonzero(twin.tree.parent < 0)
    return Surroundings(
        twin=twin,
        measures=measures_of(plan),
        sites=sites,
        above=new_feeders(plan, sites),
        case=case,
        grid=grid[0],
        node_at={str(name): at for at, name in enumerate(tree.node_ids)},
        link_at={str(name): at for at, name in enumerate(tree.link_ids)},
        city_peak=peak,
        region_share={name: float(course[peak]) for name, course in shapes.items()},
        root_factor={str(twin.tree.link_ids[root]): float(unit[root]) for root in roots},
    )


def _city_peak(twin: Twin, case: Case) -> int:
    """Quarter of the peak window in which the city draws most."""
    state = twin.states["load"][case]
    city_kva = state.base_kva[twin.tree.parent < 0].astype(np.float64).sum(axis=0)
    window, _ = window_and_night(twin.loads[case].winter.axis, twin.parameters[case])
    return int(np.argmax(np.where(window > 0, city_kva, -np.inf)))


def _effect(around: Surroundings, measure: Measure) -> Effect:
    site = around.sites[measure.place]
    kind = kind_of(around.twin.catalogue.kinds, measure)
    shape = str(kind["shape"])
    links, limit_kva, length_m = _NO_POSITIONS, _NO_POWER, 0.0
    nodes, kw, region_kw = _NO_POSITIONS, _NO_POWER, 0.0
    if measure.kind in GRID_KINDS:
        links, limit_kva, length_m = _raised(around, measure, site)
    else:
        total_kw = _signed_kw(around, measure, kind)
        nodes, share = _acts(around, str(kind["acts_at"]), site)
        kw, region_kw = total_kw * share, _region_kw(around, measure, kind, total_kw)
    return Effect(
        measure_id=measure.measure_id,
        links=links,
        limit_kva=limit_kva,
        nodes=nodes,
        kw=kw,
        shape=hub_shape(measure.measure_id) if shape == "cap" else shape,
        as_homes=shape in _AS_HOMES,
        region_kw=region_kw,
        length_m=length_m,
    )


def _signed_kw(around: Surroundings, measure: Measure, kind: pd.Series) -> float:
    """Power that one unit draws at shape 1; negative where it takes power away."""
    twin = around.twin
    if kind["shape"] == "cap":
        return -hub_peak_kw(hub_drawn_kw(twin, around.sites[measure.place], around.case))
    kw = power_kw(twin.catalogue.kinds, measure, around.case)
    # What is taken from the sun is feed-in that goes, which counts as power that is drawn.
    takes_away = (kind["group"] in _TAKES_AWAY) != (kind["shape"] == "sun")
    return -kw if takes_away else kw


def _region_kw(around: Surroundings, measure: Measure, kind: pd.Series, total_kw: float) -> float:
    """What one unit leaves to the region: what relief frees, of which homes get a share."""
    shape, site = str(kind["shape"]), around.sites[measure.place]
    if kind["group"] == "region":
        return total_kw
    if shape == "sun":
        return 0.0
    at_peak = around.region_share[shape]
    if shape == "cap":
        drawn_kw = hub_drawn_kw(around.twin, site, around.case)
        at_peak = float(hub_course(drawn_kw, measure.limit_kw, 1.0)[around.city_peak])
    within = shape in _AS_HOMES and kind["acts_at"] != "region"
    factor = around.root_factor[site.substation_id] if within else 1.0
    # What a new home does not draw is free for that home itself, and needs no sharing.
    frees = kind["group"] in _TAKES_AWAY and kind["acts_at"] != "new_homes"
    share = around.parameters.value("share_to_homes") if frees else 1.0
    return -total_kw * at_peak * factor * share


def _acts(around: Surroundings, acts_at: str, site: Site) -> tuple[Ints, Floats]:
    """Nodes at which a measure acts, and the share of it at each. Shape (nodes,) each."""
    if acts_at == "region":
        return _NO_POSITIONS, _NO_POWER
    if acts_at == "firms":
        nodes = firm_nodes(around.twin, site)
        load = around.twin.loads[around.case].winter.load
        drawn_kw = np.asarray(load.weights[nodes] @ load.shapes)
        return nodes, _shares(drawn_kw.max(axis=1, initial=0.0))
    if acts_at == "substation":
        return _at(around.link_at, [site.substation_id]), np.ones(1)
    if acts_at == "new_homes":
        return _where_new_homes_hang(around, site)
    column = "node_lv" if acts_at == "stations" else "node_mv"
    standing = [site.place] if site.kind == "station" else list(site.stations)
    if standing:
        stations = around.twin.grid.stations.set_index("station_id").loc[standing]
        homes = stations["homes"].to_numpy(dtype=np.float64)
        return _at(around.node_at, stations[column].tolist()), _shares(homes)
    return _new_nodes(around, site, column)


def _where_new_homes_hang(around: Surroundings, site: Site) -> tuple[Ints, Floats]:
    """Stations of a place and those that the plan builds there, by what each can carry.

    New homes spread over what still has room, so most of them hang where most is built.
    """
    built = [
        plan_node(measure.measure_id)
        for measure in around.measures
        if measure.place == site.place and measure.kind == NEW_STATION
    ]
    stations = around.grid.stations.set_index("station_id")
    names = [name for name in [*site.stations, *sorted(built)] if name in stations.index]
    if not names:
        return _new_nodes(around, site, "node_lv")
    rating_kva = stations.loc[names, "rating_kva"].to_numpy(dtype=np.float64)
    return _at(around.node_at, stations.loc[names, "node_lv"].tolist()), _shares(rating_kva)


def _new_nodes(around: Surroundings, site: Site, column: str) -> tuple[Ints, Floats]:
    """Where nothing stands: what the plan builds there, or else the substation."""
    names = sorted(
        plan_node(measure.measure_id)
        for measure in around.measures
        if measure.place == site.place and measure.kind in (NEW_STATION, MV_CABLE)
    )
    stations = around.grid.stations[around.grid.stations["station_id"].isin(names)]
    if len(stations):
        rating_kva = stations["rating_kva"].to_numpy(dtype=np.float64)
        return _at(around.node_at, stations[column].tolist()), _shares(rating_kva)
    ends = _at(around.node_at, names)[:1]
    return ends if ends.size else _at(around.link_at, [site.substation_id]), np.ones(1)


def _shares(weights: Floats) -> Floats:
    total = float(weights.sum())
    if total > 0:
        return np.asarray(weights / total, dtype=np.float64)
    return np.full(weights.size, 1.0 / max(weights.size, 1))


def _at(positions: Mapping[str, int], names: list[str]) -> Ints:
    return np.array([positions[name] for name in names if name in positions], dtype=np.int64)


def _raised(around: Surroundings, measure: Measure, site: Site) -> tuple[Ints, Floats, float]:
    """Links whose limit one unit raises, by how much, and the cable that it lays."""
    parameters = around.parameters
    if measure.kind == LARGER_STATION:
        kva = power_kw(around.twin.catalogue.kinds, measure, around.case) / len(site.stations)
        links = _at(around.link_at, list(site.stations))
        return links, np.full(links.size, kva * parameters.value("limit_station")), 0.0
    if measure.kind == SUBSTATION_TRANSFORMER:
        return _at(around.link_at, [site.substation_id]), _transformer(around, site), 0.0
    if measure.kind == NEW_STATION:
        return _new_station(around, measure, site)
    if _is_beside(measure, site):
        return _beside(around, measure, site)
    links = _at(around.link_at, [plan_node(measure.measure_id)])
    length_m = feeder_joint(around.twin, site).length_m
    return links, np.full(links.size, _new_cable_kva(around)), length_m


def _new_station(around: Surroundings, measure: Measure, site: Site) -> tuple[Ints, Floats, float]:
    """One more station and its cable."""
    name = plan_node(measure.measure_id)
    links = _at(around.link_at, [name, f"{name}-cable"])
    rating_kva = around.parameters.value("new_station_rating_kva")
    joint = station_joint(around.twin, site, around.above.get(measure.measure_id))
    cable_kva = _new_cable_kva(around, joint.feeder_id)
    more = [rating_kva * around.parameters.value("limit_station"), cable_kva]
    return links, np.array(more[: links.size]), joint.length_m


def _new_cable_kva(around: Surroundings, feeder_id: str = "") -> float:
    """What a new cable may carry, as part of a ring or else outside any."""
    cables = around.twin.grid.cables
    ringed = ((cables["kind"] == "ring") & (cables["cable_id"] == feeder_id)).any()
    share = around.parameters.value("limit_mv_ring" if ringed else "limit_mv_cable")
    rated_a = float(cable_type(around.twin.cable_types)["rated_current_a"])
    voltage_v = around.parameters.value("mv_voltage_v")
    return SQRT3 * voltage_v * rated_a / 1000.0 * share


def _beside(around: Surroundings, measure: Measure, site: Site) -> tuple[Ints, Floats, float]:
    """One more cable beside each of a feeder, or as many again as lie at low voltage."""
    cables = parallel_cables(around.twin.grid, site, measure.kind)
    node_v = around.twin.grid.nodes.set_index("node_id")["voltage_v"]
    voltage_v = node_v.loc[cables["to_node"]].to_numpy(dtype=np.float64)
    rated_a = cables["rated_current_a"].to_numpy(dtype=np.float64)
    parallel = cables["parallel"].to_numpy(dtype=np.float64)
    beside = np.ones(parallel.size) if measure.kind == MV_CABLE else parallel
    more_kva = SQRT3 * voltage_v * rated_a / parallel * beside / 1000.0
    length_m = float((cables["length_m"].to_numpy(dtype=np.float64) * beside).sum())
    links = _at(around.link_at, cables["cable_id"].tolist())
    share = limit_shares(around.twin.grid, around.parameters)[cables.index]
    return links, more_kva * share, length_m


def _transformer(around: Surroundings, site: Site) -> Floats:
    """What the first transformer more adds; a later one never adds less."""
    grid = around.twin.grid
    only = grid.substations[grid.substations["substation_id"] == site.substation_id]
    alone = Grid(
        grid.nodes[grid.nodes["node_id"].isin(only["node_mv"])],
        grid.cables.iloc[:0],
        grid.stations.iloc[:0],
        only,
        grid.connections.iloc[:0],
        grid.counts,
    )
    tree = radial_tree(alone)
    more = link_limits(with_transformers(alone, site, 1.0), tree, around.parameters)
    return np.asarray(more - link_limits(alone, tree, around.parameters), dtype=np.float64)
