"""A city over the years of a plan: what every link carries and may carry at the end of each year.

Everything is linear in the sizes of measures and homes, and sums do not depend on their order:
the load of a link is its base plus sizes times effects. So the same arrays serve the question
what fits, the search for a plan, and the draws of a band.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from stroomstad.blocks import Floats, Ints
from stroomstad.loads import Loads
from stroomstad.simulation.design_weeks import Behind, DesignWeek, Direction, LinkState
from stroomstad.tables.city import City
from stroomstad.tables.grid import Grid, RadialTree
from stroomstad.tables.limits import USUAL_LIMITS, LimitChoice
from stroomstad.tables.parameters import Case, Parameters
from stroomstad.tables.plan import Catalogue
from stroomstad.tables.profiles import TimeAxis
from stroomstad.tables.results import Floats32


@dataclass(frozen=True, slots=True)
class Twin:
    """A city as it stands: its grid, its loads, and both design weeks solved.

    Attributes
    ----------
    city, grid, tree
        The city, its grid and the tree of that grid.
    parameters, loads
        Per case.
    behind
        Homes at the nodes, and measured peaks.
    weeks
        The design week of each direction, solved by AC in the middle case.
    states
        What every link carries and may carry, per direction and case.
    catalogue
        Kinds of measure, kinds of home, and the outlook.
    cable_types, transformer_types
        Standard types.
    outlines
        Places with an outline, as declared in `OUTLINES`.
    limits
        Which limits hold.
    heat
        As declared in ``TRANSFORMER_LIMITS``, where they follow from temperatures.
    """

    city: City
    grid: Grid
    tree: RadialTree
    parameters: Mapping[Case, Parameters]
    loads: Mapping[Case, Loads]
    behind: Behind
    weeks: Mapping[Direction, DesignWeek]
    states: Mapping[Direction, Mapping[Case, LinkState]]
    catalogue: Catalogue
    cable_types: pd.DataFrame
    transformer_types: pd.DataFrame
    outlines: gpd.GeoDataFrame
    limits: LimitChoice = USUAL_LIMITS
    heat: pd.DataFrame | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """Where a measure or a project lies.

    Attributes
    ----------
    place
        As it was written.
    kind
        ``city``, ``area``, ``outline``, ``postcode``, ``point``, ``station``, ``feeder``,
        ``cable`` or ``substation``.
    area_code
        Area in which its middle lies; empty for the city.
    x_m, y_m
        Its middle, EPSG:28992. [m]
    stations
        Public stations that serve it, sorted; none where nothing stands yet.
    substation_id
        Substation that feeds it, or would.
    assumed
        Whether its outline is assumed.
    """

    place: str
    kind: str
    area_code: str
    x_m: float
    y_m: float
    stations: tuple[str, ...]
    substation_id: str
    assumed: bool


@dataclass(frozen=True, slots=True)
class Effect:
    """What one unit of a measure does to the grid.

    Attributes
    ----------
    measure_id
        The measure.
    links, limit_kva
        Positions of links whose limit it raises, and by how much. [kVA], shape (links,) each
    nodes, kw
        Positions of nodes at which it draws power, and how much at shape 1; negative where it
        takes power away. [kW], shape (nodes,) each
    shape
        Name of the course over the quarters, one of `POWER_SHAPES`.
    as_homes
        Whether its power coincides as that of homes does, so that level factors apply.
    region_kw
        What it adds to what the region leaves. [kW]
    length_m
        Length of cable that it lays. [m]
    """

    measure_id: str
    links: Ints
    limit_kva: Floats
    nodes: Ints
    kw: Floats
    shape: str
    as_homes: bool
    region_kw: float
    length_m: float


@dataclass(frozen=True, slots=True)
class Horizon:
    """The years of a plan in one case and direction, before any project is connected.

    Position ``i`` is node ``i`` and the link to its parent, of a grid that holds everything that
    the plan ever builds; the limit of what does not stand yet is zero.

    Attributes
    ----------
    years
        End of each year.
    case, direction
        Side of the band, and what is held against the limits.
    grid, tree
        The grid with everything that is ever built, candidates included.
    axis
        The quarters of the design week.
    quarters
        Positions in it that are kept: those in which a link can be full. Shape (quarters,)
    base_kva
        Load with the outlook and all counted measures, level factors applied; negative runs
        the other way. [kVA], shape (years, links, quarters)
    limit_kva
        Limit of every link with the counted measures. [kVA], shape (years, links)
    kva_per_kw
        Apparent power on the link per kW behind it. [kVA/kW], shape (links,)
    level_factor_unit
        Factor on the load of new homes. [1], shape (links,)
    shapes
        Course of each of `POWER_SHAPES` over the kept quarters, 1 at its firm kW; that of a home
        is 1 in its highest quarter of the week. [1], shape (quarters,)
    home_kw
        Peak at station level of the home that rooms are counted in. [kW]
    region_kw
        What the region leaves for new homes and connections. [kW], shape (years,)
    busbars
        Per place the low-voltage busbars at which new homes may hang, new stations included.
    feeders
        Per place the medium-voltage nodes for connections that are too large for a busbar.
    roots
        Per place the substation that feeds it, or would.
    candidates
        Effect of one unit of each candidate of the plan.
    """

    years: tuple[int, ...]
    case: Case
    direction: Direction
    grid: Grid
    tree: RadialTree
    axis: TimeAxis
    quarters: Ints
    base_kva: Floats32
    limit_kva: Floats
    kva_per_kw: Floats
    level_factor_unit: Floats
    shapes: Mapping[str, Floats]
    home_kw: float
    region_kw: Floats
    busbars: Mapping[str, Ints]
    feeders: Mapping[str, Ints]
    roots: Mapping[str, int]
    candidates: tuple[Effect, ...]
