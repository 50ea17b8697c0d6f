"""The years of a plan, in the quarters in which a link can be full, and as loads for the solver.

Quarters are kept in which a link can be full: for every course that new power may have, those
that come out highest for some amount of it, apart for the peak window, the night and the rest
of the week. For one such course, together with any amount of relief, of recharging and of what
is drawn all day, nothing is lost by it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix, hstack, vstack
from shapely.geometry import Point

from stroomstad.blocks import Floats, Ints, LoadBlocks
from stroomstad.measures.effects import hub_course, unit_effects
from stroomstad.measures.power_shapes import power_shapes, window_and_night
from stroomstad.measures.sites import CITY, with_outlines
from stroomstad.measures.standing import (
    MV_CABLE,
    NEW_STATION,
    busbar,
    makes_node,
    measures_of,
    plan_node,
    standing_sizes,
)
from stroomstad.measures.twin import Effect, Horizon, Site, Twin
from stroomstad.simulation.design_weeks import Direction
from stroomstad.tables.grid import LINK_KINDS, Grid, radial_tree
from stroomstad.tables.parameters import Case
from stroomstad.tables.plan import Plan
from stroomstad.tables.results import Floats32
from stroomstad.timeline.years import (
    Years,
    course_in,
    hubs_of,
    outlook_at,
    plan_years,
    week_of,
    year_added,
    year_base,
    year_limits,
    year_region_kw,
)

# Courses of new power that differ between quarters of the window, of the night, or of the rest.
VARYING: dict[Direction, tuple[str, ...]] = {
    "load": ("home", "vehicle", "office", "industry", "charging"),
    "feed_in": ("sun",),
}
# Own choice: relief that runs as homes do takes away at most this share of a link's peak.
_TAKEN_MOST = 0.5
_LEVEL_TOLERANCE = 1e-6


def build_horizon(
    twin: Twin,
    plan: Plan,
    case: Case = "mid",
    direction: Direction = "load",
    *,
    places: Iterable[str] = (),
) -> Horizon:
    """Lay a plan and the outlook over a city, year by year.

    Parameters
    ----------
    twin
        The city as it stands.
    plan
        The plan; its first and last year are those of the horizon.
    case
        Side of the band, of parameters, outlook and dates of service alike.
    direction
        ``load`` for the winter week, ``feed_in`` for the summer week.
    places
        Places to look up besides every area, ``city`` and the places of the plan.

    Raises
    ------
    InvalidData
        With every place or asset that is not there.
    """
    wanted = (*twin.city.areas["area_code"].astype(str), CITY, *places)
    years = plan_years(twin, plan, case, direction, wanted)
    kept = kept_quarters(years)
    every = np.arange(years.tree.parent.size)
    count = len(plan.years)
    base_kva = np.empty((count, every.size, kept.size), dtype=np.float32)
    for at, year in enumerate(plan.years):
        base_kva[at] = _carried(years, year, every, kept)
    names = {measure.measure_id for measure in measures_of(plan) if measure.is_candidate}
    chosen = tuple(effect for effect in years.effects if effect.measure_id in names)
    shapes = years.shapes | {
        effect.shape: _least_course(years, effect)
        for effect in chosen
        if effect.shape not in years.shapes
    }
    return Horizon(
        years=tuple(plan.years),
        case=case,
        direction=direction,
        grid=years.grid,
        tree=years.tree,
        axis=years.week.axis,
        quarters=kept,
        base_kva=base_kva,
        limit_kva=np.array([year_limits(years, year) for year in plan.years]),
        kva_per_kw=years.state.kva_per_kw,
        level_factor_unit=years.state.level_factor_unit,
        shapes={name: course[kept] for name, course in shapes.items()},
        home_kw=float(twin.loads[case].winter.home_kw.max()),
        region_kw=np.array([year_region_kw(years, year) for year in plan.years]),
        busbars=busbars_of(years, years.sites),
        feeders=feeders_of(years, years.sites),
        roots=roots_of(years, years.sites),
        candidates=chosen,
    )


def in_years(horizon: Horizon, years: Iterable[int]) -> Horizon:
    """Some years of a horizon."""
    at = [horizon.years.index(year) for year in sorted(set(years))]
    return replace(
        horizon,
        years=tuple(horizon.years[i] for i in at),
        base_kva=horizon.base_kva[at],
        limit_kva=horizon.limit_kva[at],
        region_kw=horizon.region_kw[at],
    )


def link_loads(
    twin: Twin, plan: Plan, case: Case, links: Ints, quarters: Ints
) -> tuple[Floats32, dict[str, Floats]]:
    """What some links carry in some quarters of the winter week, and the courses of new power.

    Parameters
    ----------
    twin, plan, case
        As for `build_horizon`, direction load.
    links
        Positions in the tree of the horizon of that plan.
    quarters
        Positions in the design week.

    Returns
    -------
    As ``base_kva`` and ``shapes`` of a horizon, without the courses of hubs: [kVA], shape
    (years, links, quarters); and per course [1], shape (quarters,)

    Notes
    -----
    A horizon keeps the quarters in which its own case can be full; what lies between two cases
    needs the quarters of both.
    """
    years = plan_years(twin, plan, case, "load")
    base_kva = np.stack([_carried(years, year, links, quarters) for year in plan.years])
    return base_kva, {name: course[quarters] for name, course in years.shapes.items()}


def lowered_limits(horizon: Horizon, found: Horizon, by_ac_kva: Floats) -> Horizon:
    """Lower the limits of a horizon by what AC takes off the limits of a plan found on it.

    Parameters
    ----------
    horizon
        On which a plan was searched.
    found
        That of the plan that was found, over the same years.
    by_ac_kva
        Limits of ``found`` with which the linear rule says what AC says. [kVA], shape
        (years, links)

    Returns
    -------
    The horizon. What AC takes off a link that stands in every year is taken off it, whatever is
    built there; of one that is still to be built, each unit adds that share less. A limit is
    never raised, and links that only the plan found has are left out.
    """
    at = pd.Series(np.arange(horizon.tree.parent.size), index=list(horizon.tree.link_ids))
    at = at.reindex(list(found.tree.link_ids))
    known = at.notna().to_numpy()
    links, own_kva = at[known].astype(np.int64).to_numpy(), found.limit_kva[:, known]
    less_kva = np.maximum(own_kva - by_ac_kva[:, known], 0.0)
    stands = horizon.limit_kva[:, links].min(axis=0) > 0
    limit_kva, share = horizon.limit_kva.copy(), np.ones(horizon.tree.parent.size)
    limit_kva[:, links[stands]] -= less_kva[:, stands]
    taken = np.divide(less_kva, own_kva, out=np.zeros_like(less_kva), where=own_kva > 0)
    share[links[~stands]] -= taken.max(axis=0)[~stands]
    candidates = tuple(
        replace(effect, limit_kva=effect.limit_kva * share[effect.links])
        for effect in horizon.candidates
    )
    return replace(horizon, limit_kva=limit_kva, candidates=candidates)


def _carried(years: Years, year: int, links: Ints, quarters: Ints) -> Floats32:
    """What some links carry in a year; relief leaves no room on a link that does not stand.

    Relief spreads over all that a plan ever builds at its place. [kVA], shape (links, quarters).
    """
    base_kva = year_base(years, year, links, quarters)
    absent = year_limits(years, year)[links] <= 0
    base_kva[absent] = np.maximum(base_kva[absent], 0.0)
    return base_kva


def kept_quarters(years: Years) -> Ints:
    """Quarters of the design week in which a substation, cable or station can be full.

    Returns
    -------
    Positions, sorted. Low-voltage cables have no say in it.
    """
    tree, week = years.tree, years.week
    upper = np.flatnonzero(tree.link_kind != LINK_KINDS.index("lv_cable"))
    every = np.arange(week.axis.quarters)
    window, night = window_and_night(week.axis, years.twin.parameters[years.case])
    classes = window + 2.0 * night
    standing_kva = years.state.base_kva[upper]
    kept: set[int] = set()
    for year in years.plan.years:
        base_kva = standing_kva + year_added(years, year, upper, every)
        base_kva = base_kva[base_kva.any(axis=1)]
        for part in np.unique(classes):
            within = np.flatnonzero(classes == part)
            level_kva = base_kva[:, within]
            for name in VARYING[years.direction]:
                course = years.shapes[name][within].astype(np.float32)
                kept.update(within[highest_quarters(level_kva, course)].tolist())
    return np.array(sorted(kept), dtype=np.int64)


def highest_quarters(base_kva: Floats32, course: Floats32) -> Ints:
    """Quarters that come out highest for some amount of a course on top of what is there.

    Parameters
    ----------
    base_kva
        What each link carries. [kVA], shape (links, quarters)
    course
        Course of what is added. [1], shape (quarters,)

    Returns
    -------
    Positions, sorted.

    Notes
    -----
    Over the amount, the highest quarter of a link is the upper hull of straight lines. Between
    two quarters of the hull, the one that is highest where they cross is looked for until
    there is none.
    """
    links = np.arange(base_kva.shape[0])
    taken = _TAKEN_MOST * np.maximum(base_kva.max(axis=1), 0.0)
    first = np.argmax(base_kva - taken[:, None] * course, axis=1)
    steepest = np.flatnonzero(course == course.max())
    last = steepest[np.argmax(base_kva[:, steepest], axis=1)]
    found = {*first.tolist(), *last.tolist()}
    while links.size:
        apart = course[last] > course[first]
        links, first, last = links[apart], first[apart], last[apart]
        ahead = base_kva[links, first] - base_kva[links, last]
        amount = ahead / (course[last] - course[first])
        level = base_kva[links] + amount[:, None] * course
        between = np.argmax(level, axis=1)
        rows = np.arange(links.size)
        gain = level[rows, between] - np.maximum(level[rows, first], level[rows, last])
        higher = gain > _LEVEL_TOLERANCE * np.abs(level[rows, between])
        found.update(between[higher].tolist())
        links = np.concatenate([links[higher], links[higher]])
        middle = between[higher]
        first, last = (
            np.concatenate([first[higher], middle]),
            np.concatenate([middle, last[higher]]),
        )
    return np.array(sorted(found), dtype=np.int64)


def busbars_of(years: Years, sites: Mapping[str, Site]) -> dict[str, Ints]:
    """Low-voltage busbars at which new homes of each place may hang, new stations included."""
    node_of = years.grid.stations.set_index("station_id")["node_lv"].to_dict()
    at = _positions(years)
    built = _built(years, NEW_STATION)
    return {
        place: _sorted(
            [at[node_of[name]] for name in site.stations]
            + [at[busbar(name)] for name, other in built if _holds(years, site, other)]
        )
        for place, site in sites.items()
    }


def feeders_of(years: Years, sites: Mapping[str, Site]) -> dict[str, Ints]:
    """Medium-voltage nodes of each place; the substation where it has none."""
    node_of = years.grid.stations.set_index("station_id")["node_mv"].to_dict()
    at = _positions(years)
    built = [pair for pair in _built(years, MV_CABLE) if makes_node(pair[1])]
    found = {
        place: _sorted(
            [at[node_of[name]] for name in site.stations]
            + [at[plan_node(name)] for name, other in built if _holds(years, site, other)]
        )
        for place, site in sites.items()
    }
    roots = roots_of(years, sites)
    return {
        place: nodes if nodes.size else _sorted([roots[place]]) for place, nodes in found.items()
    }


def roots_of(years: Years, sites: Mapping[str, Site]) -> dict[str, int]:
    """Position of the substation that feeds each place, or would."""
    roots = np.flatnonzero(years.tree.parent < 0).tolist()
    at = {str(years.tree.link_ids[root]): root for root in roots}
    return {place: at[site.substation_id] for place, site in sites.items()}


def _positions(years: Years) -> dict[str, int]:
    return {str(name): at for at, name in enumerate(years.tree.node_ids)}


def _sorted(positions: list[int]) -> Ints:
    return np.unique(np.array(positions, dtype=np.int64))


def _built(years: Years, kind: str) -> list[tuple[str, Site]]:
    """Measures of a kind that are on the grid, and where they lie."""
    names = set(years.tree.link_ids.tolist())
    return [
        (measure.measure_id, years.sites[measure.place])
        for measure in measures_of(years.plan)
        if measure.kind == kind and plan_node(measure.measure_id) in names
    ]


def _holds(years: Years, site: Site, other: Site) -> bool:
    """Tell whether a place is another, or holds its middle."""
    if site.place == other.place or site.kind == CITY:
        return True
    if site.kind == "outline":
        shape = years.twin.outlines.set_index("place").geometry.loc[site.place]
        return bool(shape.covers(Point(other.x_m, other.y_m)))
    return site.kind == "area" and site.area_code == other.area_code


def _least_course(years: Years, effect: Effect) -> Floats:
    """Course of a hub that a search may choose: the least that it takes away in any year."""
    if years.direction == "feed_in":
        return np.zeros(years.week.axis.quarters)
    courses = [course_in(years, effect.shape, year) for year in years.plan.years]
    return np.asarray(np.min(courses, axis=0), dtype=np.float64)


def loads_on(  # noqa: PLR0913, PLR0917 - the state of one day needs each of these
    twin: Twin,
    plan: Plan,
    sites: Mapping[str, Site],
    grid: Grid,
    year: int,
    case: Case,
    direction: Direction,
) -> tuple[LoadBlocks, LoadBlocks]:
    """Load and feed-in of every node in the design week at the end of a year, for the solver.

    Parameters
    ----------
    twin, plan, sites, grid, case, direction
        As for `loads_at`, with the grid of the last day of the year.
    year
        The year.

    Returns
    -------
    As from `loads_at`.
    """
    last_day = dt.date(year, 12, 31)
    return loads_at(twin, plan, sites, grid, last_day, case, direction)


def loads_at(  # noqa: PLR0913, PLR0917 - the state of one day needs each of these
    twin: Twin,
    plan: Plan,
    sites: Mapping[str, Site],
    grid: Grid,
    on: dt.date,
    case: Case,
    direction: Direction,
) -> tuple[LoadBlocks, LoadBlocks]:
    """Load and feed-in of every node in the design week on a date, for the solver.

    Parameters
    ----------
    twin, plan, sites
        The city, the plan, and the site of each place.
    grid
        The grid of that day, as from ``grid_on``.
    on
        The date: measures count that stand on it, and the outlook at the end of its year.
    case, direction
        Side of the band, and which design week.

    Returns
    -------
    Load and feed-in at station level, never negative, on the nodes of the grid. What relief
    takes away stands as feed-in at its nodes.
    """
    twin = with_outlines(twin, plan)
    week = week_of(twin, case, direction)
    shapes = power_shapes(twin, case, direction)
    outlook = outlook_at(twin, plan, on.year, case, direction)
    homes = np.pad(twin.behind.homes, (0, len(grid.nodes) - week.load.nodes))
    drawn = [(_padded(week.load.weights * outlook.demand_index, homes.size), week.load.shapes)]
    fed_in = [(_padded(week.feed_in.weights, homes.size), week.feed_in.shapes)]
    for shape, more_kw in outlook.per_home_kw.items():
        side = drawn if direction == "load" else fed_in
        side.append((csr_matrix((homes * more_kw)[:, None]), shapes[shape][None, :]))
    shapes |= {
        name: hub_course(*hub, outlook.demand_index)
        for name, hub in hubs_of(twin, plan, sites, case).items()
    }
    sizes = standing_sizes(plan, sites, on, case)
    for effect in unit_effects(twin, plan, sites, grid, radial_tree(grid), case):
        size = sizes.get(effect.measure_id, 0.0)
        counts = (effect.shape == "sun") == (direction == "feed_in")
        if size > 0 and counts and effect.nodes.size:
            _put(drawn, fed_in, effect, size * shapes[effect.shape], homes.size)
    return _joined(drawn), _joined(fed_in)


_Parts = list[tuple[csr_matrix, Floats]]


def _put(drawn: _Parts, fed_in: _Parts, effect: Effect, course: Floats, nodes: int) -> None:
    """Add what an effect draws to the load, and what it takes away to the feed-in."""
    at = (effect.nodes, np.zeros(effect.nodes.size, dtype=np.int64))
    for sign in (1.0, -1.0):
        kw = np.maximum(sign * effect.kw, 0.0)
        weight = csr_matrix((kw, at), shape=(nodes, 1))
        same, other = (drawn, fed_in) if sign > 0 else (fed_in, drawn)
        if weight.sum() > 0:
            same.append((weight, np.maximum(course, 0.0)[None, :]))
            other.append((weight, np.maximum(-course, 0.0)[None, :]))


def _padded(weights: csr_matrix, nodes: int) -> csr_matrix:
    """Add rows for nodes that draw nothing yet."""
    new = csr_matrix((nodes - weights.shape[0], weights.shape[1]))
    return vstack([weights, new]).tocsr()


def _joined(parts: _Parts) -> LoadBlocks:
    weights, shapes = zip(*parts, strict=True)
    return LoadBlocks(hstack(weights).tocsr(), np.vstack(shapes))
