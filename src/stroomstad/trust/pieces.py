"""What the room of a city would be with other values of the inputs that nobody knows exactly.

The corner states of a twin differ in one thing that shapes its load, the peak of existing homes. So
what every link carries is known at three values of that peak and is interpolated between them; all
else (peak of a new home, level factors, power factor, ratings, limits, what is taken first) is
worked out anew. Only quarters in which some link can be full are kept.

Two rules by which the grid is drawn, the fill of feeders and the hours of firms, would need
another grid. Here they act by a *stand-in*: on the ratings of what was sized by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats, Ints
from stroomstad.capacity.headroom import Branch, Flags, link_capacity
from stroomstad.loads import PeriodLoads
from stroomstad.measures.twin import Twin
from stroomstad.powerflow import firm_transformers, own_factor
from stroomstad.powerflow.network import rating_column
from stroomstad.simulation import LinkState, downstream
from stroomstad.simulation.levels import HOUSEHOLD_COLUMNS
from stroomstad.simultaneity import level_factor
from stroomstad.synthesis.planning import (
    PLANNED_COLUMNS,
    Demand,
    planning_load_kw,
    planning_rules,
    with_planning,
)
from stroomstad.tables.city import LOAD_COLUMNS
from stroomstad.tables.grid import LINK_KINDS, RadialTree, in_ring
from stroomstad.tables.parameters import BAND, CASES, Case

Values = Mapping[str, float]
Bands = Mapping[str, tuple[float, float, float]]

# Case of the twin in which the peak of existing homes is at its low, middle and high value:
# a higher peak leaves less room. The peak of a new home goes with it.
_PEAK_CASES: tuple[Case, ...] = ("high", "mid", "low")
# Weights on the shape of a new home by which quarters are sought that beat most others.
_WEIGHTS = (0.0, 0.1, 0.3, 1.0, 3.0, 1e6)


@dataclass(frozen=True, slots=True)
class Pieces:
    """What the room of a twin follows from, taken apart by input; arrays over the links kept.

    Arrays with a first axis of three hold what is at the low, middle and high value of an input.

    Attributes
    ----------
    bands
        Low, middle and high value of every input.
    links
        The links kept: those between public stations and the region, each after the one above it.
        ``links.nodes`` are their positions in the whole tree.
    nodes
        Number of nodes of the whole tree.
    base_kva
        Load by the peak of existing homes, level factors of the middle case applied.
        [kVA], shape (3, links, quarters)
    measured
        Whether the link is brought to a measured peak. Shape (links,)
    home_shape, heat_share
        Course of a new home with 1 as its highest, and the share of that which follows the
        weather, by its peak. [1], shape (3, quarters) and (3,)
    homes, household_share, coincident_share
        What level factors follow from, by the peak of existing homes; as in `level_factor`.
        [1], shape (links,), (3, links) and (3,)
    kind
        Position in `LINK_KINDS`. Shape (links,)
    ringed
        Whether it is a ring, or a cable of one. Shape (links,)
    kva_per_kw, level_factor_unit, limit_kva
        In the middle case. Shape (links,)
    rating_kva
        Rating by margin or size, times the share a transformer has of its limit parameter: of
        stations, and of substations with one transformer out, of whose reserve each case uses its
        own share; 1 for cables. [kVA], shape (3, links)
    unused_known_mw
        Contracted and not drawn yet, where that is known. [MW], shape (links,)
    synthetic
        Whether its rating was generated. Shape (links,)
    planned_kw
        What the link was sized for: homes, firms, feed-in. [kW], shape (3, links)
    """

    bands: Bands
    links: Branch
    nodes: int
    base_kva: Floats
    measured: Flags
    home_shape: Floats
    heat_share: Floats
    homes: Floats
    household_share: Floats
    coincident_share: Floats
    kind: Ints
    ringed: Flags
    kva_per_kw: Floats
    level_factor_unit: Floats
    limit_kva: Floats
    rating_kva: Floats
    unused_known_mw: Floats
    synthetic: Flags
    planned_kw: Floats


def take_apart(twin: Twin, links: Branch, bands: Bands) -> Pieces:
    """Take the winter week of a twin apart by input.

    Parameters
    ----------
    twin
        The city as it stands.
    links
        The links that are asked about.
    bands
        Low, middle and high value of every input.
    """
    states = [twin.states["load"][case] for case in _PEAK_CASES]
    winters = [twin.loads[case].winter for case in _PEAK_CASES]
    at = links.nodes
    middle = states[1]
    # The same value raises the peak of existing and of new homes, and so the corner states hold
    # the shape of a new home at three peaks too.
    shape = np.stack([state.unit_kw / state.unit_kw.max() for state in states])
    base_kva = np.stack([_at_middle_level(state, middle, at) for state in states])
    kept = quarters_kept(base_kva, shape)
    assets = _assets(twin).loc[twin.tree.link_ids[at].tolist()]
    return Pieces(
        bands=bands,
        links=links,
        nodes=twin.tree.parent.size,
        base_kva=base_kva[:, :, kept],
        measured=~np.isnan(twin.behind.load_max_known_mw[at]),
        home_shape=shape[:, kept],
        heat_share=np.array([winter.home_heat_share for winter in winters]),
        homes=downstream(twin.tree, twin.behind.homes)[at],
        household_share=np.stack([_household_share(each, twin.tree, at) for each in winters]),
        coincident_share=np.array([winter.coincident_share for winter in winters]),
        kind=twin.tree.link_kind[at],
        ringed=np.isin(twin.tree.link_ids[at], twin.grid.cables["cable_id"][in_ring(twin.grid)]),
        kva_per_kw=middle.kva_per_kw[at],
        level_factor_unit=middle.level_factor_unit[at],
        limit_kva=middle.limit_kva[at],
        rating_kva=assets[list(BAND)].to_numpy(dtype=np.float64).T,
        unused_known_mw=assets["unused_known_mw"].to_numpy(dtype=np.float64),
        synthetic=assets["synthetic"].to_numpy(dtype=bool),
        planned_kw=_planned_kw(twin, at),
    )


def quarters_kept(base_kva: Floats, shape: Floats) -> Ints:
    """Quarters in which some link can be full first, whatever its limit and whatever is drawn.

    Parameters
    ----------
    base_kva
        Load by the peak of existing homes. [kVA], shape (3, links, quarters)
    shape
        Course of a new home by its peak. [1], shape (3, quarters)

    Returns
    -------
    Positions, rising.

    Notes
    -----
    A quarter is left out when for every link another one has at least its load and at least its
    home at all three values: by interpolation it then has so at every value between.
    """
    links = np.arange(base_kva.shape[1])
    possible: Flags = np.ones(base_kva.shape[1:], dtype=np.bool_)
    highest_kva = np.maximum(base_kva[1].max(axis=1), np.finfo(np.float64).tiny)
    for weight in _WEIGHTS:
        best = np.argmax(base_kva[1] / highest_kva[:, None] + weight * shape[1], axis=1)
        load_below = (base_kva <= base_kva[:, links, best, None]).all(axis=0)
        home_below = (shape[:, None, :] <= shape[:, best, None]).all(axis=0)
        beaten: Flags = np.asarray(load_below & home_below)
        beaten[links, best] = False
        possible &= ~beaten
    return np.flatnonzero(possible.any(axis=0))


def capacities(pieces: Pieces, values: Values) -> Floats:
    """Homes that every link takes before its limit, with other values of the inputs.

    Parameters
    ----------
    pieces
        The twin, taken apart.
    values
        Value of every input, as a row of `draw_inputs`.

    Returns
    -------
    Capacity over the whole tree, as from `link_capacity`; infinite for links that were not kept.
    [homes], shape (nodes,)
    """
    existing, unit = level_ratios(pieces, values)
    to_power_factor = _ratio(pieces, values, "power_factor", over=-1)
    base_kva = between(pieces.base_kva, _position(pieces, values, "base_home_peak_kw"))
    factor = existing * to_power_factor
    factor = np.where(pieces.measured, _to_measured(pieces, base_kva) * to_power_factor, factor)
    exact, _ = link_capacity(
        limits_kva(pieces, values),
        base_kva * factor[:, None],
        home_kw(pieces, values),
        pieces.kva_per_kw * to_power_factor,
        pieces.level_factor_unit * unit,
    )
    everywhere = np.full(pieces.nodes, np.inf)
    everywhere[pieces.links.nodes] = exact
    return everywhere


def home_kw(pieces: Pieces, values: Values) -> Floats:
    """What one new home draws. [kW], shape (quarters,)."""
    shape = between(pieces.home_shape, _position(pieces, values, "new_home_peak_kw", over=-1))
    return values["new_home_peak_kw"] * shape


def limits_kva(pieces: Pieces, values: Values) -> Floats:
    """Limit of every link. [kVA], shape (links,)."""
    mv_cable, station, substation = (
        pieces.kind == LINK_KINDS.index(kind) for kind in ("mv_cable", "station", "substation")
    )
    fill = _ratio(pieces, values, "mv_feeder_fill_planned", over=-1)
    share = [_ratio(pieces, values, f"limit_mv_{kind}") for kind in ("ring", "cable")]
    cables_kva = pieces.limit_kva * np.where(pieces.ringed, *share)
    cables_kva = cables_kva * np.where(pieces.synthetic, fill, 1.0)
    # The reserve of a ring is used as that of substations is.
    reserve = between(pieces.rating_kva, _position(pieces, values, "substation_transformer_mva"))
    cables_kva = cables_kva * np.where(pieces.kind == LINK_KINDS.index("ring"), reserve, 1.0)
    margin_kva = between(pieces.rating_kva, _position(pieces, values, "station_margin"))
    stations_kva = margin_kva * values["limit_station"]
    size_kva = between(pieces.rating_kva, _position(pieces, values, "substation_transformer_mva"))
    taken_kva = _taken_mw(pieces, values) * 1000.0 / values["power_factor"]
    left_kva = np.maximum(size_kva * values["limit_substation"] - taken_kva, 0.0)
    drawn_kva = np.select(
        [pieces.ringed | mv_cable, station, substation], [cables_kva, stations_kva, left_kva]
    )
    grown = _planned_ratio(pieces, values)
    return np.where(pieces.synthetic & ~substation, drawn_kva * grown, drawn_kva)


def level_ratios(pieces: Pieces, values: Values) -> tuple[Floats, Floats]:
    """Level factors of existing load and of new homes, over those of the middle case.

    Returns
    -------
    Both exactly 1 where every input has its middle value. [1], shape (links,) each
    """
    middle = {name: mid for name, (_, mid, _) in pieces.bands.items()}
    drawn, usual = _level_factors(pieces, values), _level_factors(pieces, middle)
    return drawn[0] / usual[0], drawn[1] / usual[1]


def between(knots: Floats, position: float) -> Floats:
    """Interpolate between three arrays; position -1 is the first, 0 the second, 1 the third.

    Examples
    --------
    >>> between(np.array([[1.0], [2.0], [4.0]]), 0.5)
    array([3.])
    """
    if abs(position) in (0.0, 1.0):
        return np.asarray(knots[1 + round(position)])
    side = knots[0] if position < 0.0 else knots[2]
    # Weights rather than a step from the middle, so that what has no end stays without end.
    return np.asarray((1.0 - abs(position)) * knots[1] + abs(position) * side)


def position_of(value: float, low: float, mid: float, high: float) -> float:
    """Where a value lies in its band: -1 at low, 0 at mid, 1 at high.

    Examples
    --------
    >>> position_of(3.0, 1.0, 2.0, 4.0), position_of(1.0, 1.0, 2.0, 4.0)
    (0.5, -1.0)
    """
    if value == mid:
        return 0.0
    below = (value < mid) == (low < high)
    return (mid - value) / (low - mid) if below else (value - mid) / (high - mid)


def positions_within(branch: Branch, nodes: Ints) -> Ints:
    """Positions within a branch of nodes of the whole tree that it holds. Shape (nodes,)."""
    order = np.argsort(branch.nodes)
    return np.asarray(order[np.searchsorted(branch.nodes, nodes, sorter=order)], dtype=np.int64)


def _position(pieces: Pieces, values: Values, name: str, over: int = 1) -> float:
    """Position of an input in its band; on the scale of its reciprocal with ``over`` -1."""
    return position_of(values[name] ** over, *(limit**over for limit in pieces.bands[name]))


def _ratio(pieces: Pieces, values: Values, name: str, over: int = 1) -> float:
    """Value of an input over its middle one, or the reciprocal with ``over`` -1."""
    return float((values[name] / pieces.bands[name][1]) ** over)


def _taken_mw(pieces: Pieces, values: Values) -> Floats:
    """What is taken first at a substation. [MW], shape (links,)."""
    unused_mw = np.where(
        np.isnan(pieces.unused_known_mw), values["contracted_unused_mw"], pieces.unused_known_mw
    )
    return unused_mw + values["reserved_mw"] + values["queue_mw"]


def _planned_ratio(pieces: Pieces, values: Values) -> Floats:
    """What the link would be sized for with other hours of firms, over what it is sized for."""
    homes, firms, feed_in = pieces.planned_kw
    hours = _ratio(pieces, values, "firm_full_load_hours", over=-1)
    usual_kw = np.maximum(homes + firms, feed_in)
    drawn_kw = np.maximum(homes + firms * hours, feed_in)
    return _over(drawn_kw, usual_kw, np.ones_like(usual_kw))


def _to_measured(pieces: Pieces, base_kva: Floats) -> Floats:
    """Factor that brings the highest load back to what it is in the middle case."""
    usual_kva, drawn_kva = pieces.base_kva[1].max(axis=1), base_kva.max(axis=1)
    return _over(usual_kva, drawn_kva, np.ones_like(usual_kva))


def _level_factors(pieces: Pieces, values: Values) -> tuple[Floats, Floats]:
    """Level factors as in `simulation.levels`, on existing load and on new homes."""
    peak = _position(pieces, values, "base_home_peak_kw")
    curve = (
        values["simultaneity_infinite"],
        values["simultaneity_reference_homes"],
        float(between(pieces.coincident_share, peak)),
    )
    share = between(pieces.household_share, peak)
    existing = level_factor(pieces.homes, share, *curve)
    one_or_more = np.maximum(pieces.homes, 1.0)
    unit = level_factor(one_or_more, np.ones_like(one_or_more), *curve)
    new = _position(pieces, values, "new_home_peak_kw", over=-1)
    heat_share = float(between(pieces.heat_share, new))
    unit = np.where(unit < 1.0, heat_share + (1.0 - heat_share) * unit, unit)
    station = pieces.kind == LINK_KINDS.index("station")
    return (
        np.where(station, 1.0, np.minimum(existing, 1.0)),
        np.where(station, 1.0, np.minimum(unit, 1.0)),
    )


def _at_middle_level(state: LinkState, middle: LinkState, links: Ints) -> Floats:
    """Load of a corner with the level factors of the middle case, so that only its peak differs."""
    to_middle = middle.level_factor[links] / state.level_factor[links]
    return state.base_kva[links].astype(np.float64) * to_middle[:, None]


def _household_share(winter: PeriodLoads, tree: RadialTree, links: Ints) -> Floats:
    """Share of homes in the highest load behind each link. [1], shape (links,)."""
    household = [list(LOAD_COLUMNS).index(name) for name in HOUSEHOLD_COLUMNS]
    behind_kwh = downstream(tree, winter.load.weights.toarray())[links]
    total_kw = behind_kwh @ winter.load.shapes
    peak = np.argmax(total_kw, axis=1)
    of_homes_kw = np.einsum(
        "ls,sl->l", behind_kwh[:, household], winter.load.shapes[household][:, peak]
    )
    highest_kw = total_kw[np.arange(peak.size), peak]
    return _over(of_homes_kw, highest_kw, np.zeros_like(highest_kw))


def _over(part: Floats, total: Floats, otherwise: Floats) -> Floats:
    """Part over total, and what is said otherwise where there is no total."""
    return np.asarray(np.divide(part, total, out=otherwise, where=total > 0))


def _assets(twin: Twin) -> pd.DataFrame:
    """Rating of every link at three margins or sizes, what is known of it, if it is synthetic."""
    cables, stations, substations = twin.grid.cables, twin.grid.stations, twin.grid.substations
    firm_kva = {
        case: firm_transformers(substations["transformers"].to_numpy(), twin.parameters[case])
        * own_factor(substations, "load")
        * 1000.0
        for case in CASES
    }
    columns = ["link_id", *BAND, "unused_known_mw", "synthetic"]
    parts = (
        (
            cables["cable_id"],
            *(_reserve(twin, case) for case in CASES),
            np.nan,
            cables["synthetic"],
        ),
        (
            stations["station_id"],
            *(
                stations[rating_column("rating_kva", case)] * own_factor(stations, "load")
                for case in CASES
            ),
            np.nan,
            ~stations["rating_known"],
        ),
        (
            substations["substation_id"],
            *(substations[rating_column("rating_mva", case)] * firm_kva[case] for case in CASES),
            substations["contracted_unused_known_mw"],
            ~substations["rating_known"],
        ),
    )
    tables = [pd.DataFrame(dict(zip(columns, part, strict=True))) for part in parts]
    return pd.concat(tables, ignore_index=True).set_index("link_id")


def _reserve(twin: Twin, case: Case) -> Floats:
    """What rings may use of their reserve in a case, over the middle one; 1 of other cables."""
    used, usual = (twin.parameters[each].value("n1_reserve_used") for each in (case, "mid"))
    ring = (twin.grid.cables["kind"] == "ring").to_numpy()
    return np.where(ring, (1.0 + used) / (1.0 + usual), 1.0)


def _planned_kw(twin: Twin, links: Ints) -> Floats:
    """Planning load of homes and of firms, and planning feed-in. [kW], shape (3, links)."""
    rules = planning_rules(twin.parameters["mid"])
    points = with_planning(twin.city.points, rules)
    node_of = points["point_id"].map(twin.grid.connections.set_index("point_id")["node_id"])
    at_nodes = points.groupby(node_of)[list(PLANNED_COLUMNS)].sum()
    at_nodes = at_nodes.reindex(twin.tree.node_ids, fill_value=0.0)
    homes, firms_kw, feed_in_kw = downstream(twin.tree, at_nodes.to_numpy())[links].T
    homes_kw = planning_load_kw(Demand(homes, np.zeros_like(homes), feed_in_kw), rules)
    return np.stack([homes_kw, firms_kw, feed_in_kw])
