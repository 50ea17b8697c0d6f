"""What every link carries at the end of a year: base year, outlook and counted measures.

Each of them is a weight behind the link times a course over the quarters times a size in the
year, so a year costs one product of small matrices. Growth of existing demand, heat pumps and
vehicles is left out of feed-in, and new roofs out of load: both err towards less room.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats, Ints
from stroomstad.errors import raise_faults
from stroomstad.loads import PeriodLoads
from stroomstad.measures.effects import (
    behind_links,
    hub_course,
    hub_drawn_kw,
    hub_shape,
    plan_sites,
    unit_effects,
)
from stroomstad.measures.plan_grid import grid_ever
from stroomstad.measures.power_shapes import Courses, power_shapes
from stroomstad.measures.sites import with_outlines
from stroomstad.measures.standing import measures_of, standing_sizes
from stroomstad.measures.twin import Effect, Site, Twin
from stroomstad.planning.outlook import outlook_value
from stroomstad.powerflow import own_factor
from stroomstad.simulation.design_weeks import Direction, LinkState
from stroomstad.simulation.downstream import downstream
from stroomstad.tables.grid import Grid, RadialTree, radial_tree
from stroomstad.tables.parameters import Case
from stroomstad.tables.plan import Plan
from stroomstad.tables.results import Floats32


@dataclass(frozen=True, slots=True)
class Outlook:
    """What nobody decides, at the end of one year.

    Attributes
    ----------
    demand_index
        Existing demand over that of the base year; 1 for feed-in. [1]
    per_home_kw
        Per course the firm power that existing homes have more than in the base year, each.
        [kW]
    regional_kw
        What the region leaves to new homes and connections, without measures. [kW]
    """

    demand_index: float
    per_home_kw: Mapping[str, float]
    regional_kw: float


@dataclass(frozen=True, slots=True)
class Years:
    """A plan over a city, ready to be asked for any year, any links and any quarters.

    Attributes
    ----------
    twin, plan, sites, case, direction
        What it was made of.
    grid, tree
        The grid with everything that is ever built, and its tree.
    state
        The base year on that tree; nothing is drawn where nothing stands yet.
    shapes
        Course of each of ``POWER_SHAPES`` over the whole week.
    effects
        Of the counted measures and the candidates.
    weights_kva
        What one unit of each brings to every link at shape 1. [kVA], shape (links, effects)
    homes
        Homes behind each link. Shape (links,)
    existing_kwh
        Yearly energy behind each link that grows with existing demand, by sector.
        [kWh/year], shape (links, sectors)
    hubs
        Per course of a hub what its members draw, in kW, and their shared limit. [kW]
    outlook
        Per year of the plan what nobody decides.
    sizes
        Per year of the plan the size of each counted measure that stands at its end.
    """

    twin: Twin
    plan: Plan
    sites: Mapping[str, Site]
    case: Case
    direction: Direction
    grid: Grid
    tree: RadialTree
    state: LinkState
    shapes: Courses
    effects: tuple[Effect, ...]
    weights_kva: Floats
    homes: Floats
    existing_kwh: Floats
    hubs: Mapping[str, tuple[Floats, float]]
    outlook: Mapping[int, Outlook]
    sizes: Mapping[int, Mapping[str, float]]

    @property
    def week(self) -> PeriodLoads:
        """Loads of the design week."""
        return week_of(self.twin, self.case, self.direction)


def plan_years(
    twin: Twin,
    plan: Plan,
    case: Case,
    direction: Direction,
    places: tuple[str, ...] = (),
) -> Years:
    """Lay a plan over a city.

    Parameters
    ----------
    twin, plan
        The city and the plan.
    case, direction
        Side of the band, and what is held against the limits.
    places
        Places to look up besides those of the plan.

    Raises
    ------
    InvalidData
        With every place or asset that is not there.
    """
    twin = with_outlines(twin, plan)
    sites, issues = plan_sites(twin, plan, places)
    raise_faults(issues)
    grid = grid_ever(twin, plan, sites)
    tree = twin.tree if grid is twin.grid else radial_tree(grid)
    effects = _own_limits(unit_effects(twin, plan, sites, grid, tree, case), grid, tree, direction)
    state = _on_tree(twin.states[direction][case], tree, twin, case, direction)
    week = week_of(twin, case, direction)
    new = tree.parent.size - twin.tree.parent.size
    existing_kwh = np.pad(week.load.weights.toarray(), ((0, new), (0, 0)))
    return Years(
        twin=twin,
        plan=plan,
        sites=sites,
        case=case,
        direction=direction,
        grid=grid,
        tree=tree,
        state=state,
        shapes=power_shapes(twin, case, direction),
        effects=effects,
        weights_kva=behind_links(effects, tree, state.kva_per_kw, state.level_factor_unit),
        homes=downstream(tree, np.pad(twin.behind.homes, (0, new))),
        existing_kwh=downstream(tree, existing_kwh),
        hubs=hubs_of(twin, plan, sites, case) if direction == "load" else {},
        outlook={year: outlook_at(twin, plan, year, case, direction) for year in plan.years},
        sizes={year: sizes_at(plan, sites, year, case) for year in plan.years},
    )


def _own_limits(
    effects: tuple[Effect, ...], grid: Grid, tree: RadialTree, direction: Direction
) -> tuple[Effect, ...]:
    """Raise limits of transformers by what each may carry itself, in the direction asked."""
    at = pd.Series(np.arange(tree.link_ids.size), index=list(tree.link_ids))
    share = np.ones(tree.link_ids.size)
    stations, substations = grid.stations, grid.substations
    share[at.loc[stations["station_id"].tolist()]] = own_factor(stations, direction)
    # What a substation transformer adds in the direction of load has its own share already.
    ratio = own_factor(substations, direction) / own_factor(substations, "load")
    share[at.loc[substations["substation_id"].tolist()]] = ratio
    return tuple(
        replace(effect, limit_kva=effect.limit_kva * share[effect.links]) for effect in effects
    )


def week_of(twin: Twin, case: Case, direction: Direction) -> PeriodLoads:
    """Loads of the design week of a direction."""
    return twin.loads[case].winter if direction == "load" else twin.loads[case].summer


def year_base(years: Years, year: int, links: Ints, quarters: Ints) -> Floats32:
    """What some links carry in some quarters at the end of a year.

    Parameters
    ----------
    years
        The plan over the city.
    year
        The year.
    links, quarters
        Positions in the tree and in the design week.

    Returns
    -------
    Load in the direction asked; negative runs the other way. [kVA], shape (links, quarters)
    """
    return years.state.base_kva[np.ix_(links, quarters)] + year_added(years, year, links, quarters)


def year_added(years: Years, year: int, links: Ints, quarters: Ints) -> Floats32:
    """What some links carry at the end of a year beyond the base year. As `year_base`."""
    weights, courses = zip(*_terms(years, year, links), strict=True)
    weight_kva = np.hstack(weights).astype(np.float32)
    return weight_kva @ np.vstack(courses)[:, quarters].astype(np.float32)


def _terms(years: Years, year: int, links: Ints) -> list[tuple[Floats, Floats]]:
    """Weights of some links, and courses over the week: of demand, the outlook and measures.

    Returns
    -------
    Pairs of weights in kVA, shape (links, terms), and courses, shape (terms, quarters).
    """
    state = years.state
    unit = (state.kva_per_kw * state.level_factor_unit)[links]
    found = []
    for shape, more_kw in years.outlook[year].per_home_kw.items():
        weight = years.homes[links] * unit * more_kw
        found.append((weight[:, None], years.shapes[shape][None, :]))
    more = years.outlook[year].demand_index - 1.0
    per_kwh = more * (state.kva_per_kw * state.level_factor)[links, None]
    found.append((years.existing_kwh[links] * per_kwh, years.week.load.shapes))
    sign = 1.0 if years.direction == "load" else -1.0
    for name, columns in _by_shape(years, year).items():
        size = np.array([years.sizes[year][years.effects[at].measure_id] for at in columns])
        weight = sign * years.weights_kva[np.ix_(links, np.array(columns))] @ size
        found.append((weight[:, None], course_in(years, name, year)[None, :]))
    return found


def _by_shape(years: Years, year: int) -> dict[str, list[int]]:
    """Effects that stand at the end of a year, by the name of their course.

    In the summer week only what acts on the sun counts: batteries and generators are called on
    in the winter, and what is drawn more or less in summer is left out as growth is.
    """
    found: dict[str, list[int]] = {}
    for at, effect in enumerate(years.effects):
        stands = effect.measure_id in years.sizes[year] and effect.nodes.size > 0
        if stands and (effect.shape == "sun") == (years.direction == "feed_in"):
            found.setdefault(effect.shape, []).append(at)
    return dict(sorted(found.items()))


def course_in(years: Years, shape: str, year: int) -> Floats:
    """Course of a shape in a year: that of a hub grows with its members. Shape (quarters,)."""
    if shape in years.shapes:
        return years.shapes[shape]
    return hub_course(*years.hubs[shape], years.outlook[year].demand_index)


def hubs_of(
    twin: Twin, plan: Plan, sites: Mapping[str, Site], case: Case
) -> dict[str, tuple[Floats, float]]:
    """What the members of each hub of a plan draw in the winter week, and their shared limit."""
    kinds = twin.catalogue.kinds
    hubs = set(kinds.loc[kinds["shape"] == "cap", "kind"])
    return {
        hub_shape(measure.measure_id): (
            hub_drawn_kw(twin, sites[measure.place], case),
            measure.limit_kw,
        )
        for measure in measures_of(plan)
        if measure.kind in hubs
    }


def sizes_at(plan: Plan, sites: Mapping[str, Site], year: int, case: Case) -> dict[str, float]:
    """Size of each counted measure that is in service on the last day of a year."""
    return standing_sizes(plan, sites, dt.date(year, 12, 31), case)


def year_limits(years: Years, year: int) -> Floats:
    """Limit of every link with the counted measures in service. [kVA], shape (links,)."""
    limit_kva = years.state.limit_kva.copy()
    for effect in years.effects:
        size = years.sizes[year].get(effect.measure_id, 0.0)
        np.add.at(limit_kva, effect.links, size * effect.limit_kva)
    return limit_kva


def year_region_kw(years: Years, year: int) -> float:
    """What the region leaves for new homes and connections at the end of a year. [kW].

    Nothing is known of what it leaves for feed-in, so there it is taken to be without end.
    """
    left_kw = years.outlook[year].regional_kw
    for effect in years.effects:
        left_kw += years.sizes[year].get(effect.measure_id, 0.0) * effect.region_kw
    return left_kw


def outlook_of(plan: Plan, case: Case) -> Case:
    """Side of the outlook: that which the plan names in the middle case.

    The low and the high case stay corners, in which everything is on one side.
    """
    return plan.outlook if case == "mid" else case


def outlook_at(twin: Twin, plan: Plan, year: int, case: Case, direction: Direction) -> Outlook:
    """Read what nobody decides at the end of a year, relative to the base year of the city.

    Raises
    ------
    MissingParameter
        When the outlook lacks the year.
    """

    def value(quantity: str, when: int = year) -> float:
        return outlook_value(twin.catalogue.outlook, quantity, when, outlook_of(plan, case))

    def more(quantity: str) -> float:
        return value(quantity) - value(quantity, twin.city.base_year)

    if direction == "feed_in":
        roof_kw = float(twin.loads[case].summer.roof_kw.max())
        return Outlook(1.0, {"sun": more("solar_kwp_per_home") * roof_kw}, float("inf"))
    parameters = twin.parameters[case]
    per_home_kw = {
        "home": more("heat_pumps_per_home") * parameters.value("heat_pump_added_kw"),
        "vehicle": more("vehicles_per_home") * parameters.value("vehicle_added_kw"),
    }
    index = value("demand_index") / value("demand_index", twin.city.base_year)
    return Outlook(index, per_home_kw, 1000.0 * value("regional_mw"))


def _on_tree(
    state: LinkState, tree: RadialTree, twin: Twin, case: Case, direction: Direction
) -> LinkState:
    """Put what is known of the links that stand on the tree of all that is ever built."""
    new = tree.parent.size - state.limit_kva.size
    if not new:
        return state
    parameters = twin.parameters[case]
    # A new link is taken at nominal voltage, and its homes to coincide as behind a station.
    per_kw = 1.0 / parameters.value("power_factor") if direction == "load" else 1.0
    return LinkState(
        base_kva=np.pad(state.base_kva, ((0, new), (0, 0))),
        unit_kw=state.unit_kw,
        kva_per_kw=np.pad(state.kva_per_kw, (0, new), constant_values=per_kw),
        level_factor=np.pad(state.level_factor, (0, new), constant_values=1.0),
        level_factor_unit=np.pad(state.level_factor_unit, (0, new), constant_values=1.0),
        limit_kva=np.pad(state.limit_kva, (0, new)),
    )
