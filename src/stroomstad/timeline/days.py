"""The city on a date: its grid, what draws and feeds in, and what nobody decides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from stroomstad.blocks import LoadBlocks
from stroomstad.errors import raise_faults
from stroomstad.measures.effects import plan_sites
from stroomstad.measures.plan_grid import grid_on
from stroomstad.measures.sites import with_outlines
from stroomstad.measures.standing import standing_sizes
from stroomstad.measures.twin import Twin
from stroomstad.planning.outlook import outlook_value
from stroomstad.simulation.design_weeks import Direction
from stroomstad.tables.grid import Grid
from stroomstad.tables.plan import Plan
from stroomstad.timeline.horizons import loads_at
from stroomstad.timeline.years import outlook_of

DIRECTIONS: tuple[Direction, ...] = ("load", "feed_in")


@dataclass(frozen=True, slots=True)
class CityDay:
    """A city on a date, in the middle case.

    Attributes
    ----------
    on
        The date.
    grid
        The grid with what is built by then; its first nodes are those of the city as it stands.
    sizes
        Size of each measure in service, in the unit of its kind.
    outlook
        Per quantity what nobody decides, at the end of the year of the date.
    drawn, fed_in
        Load and feed-in of every node at station level, in the winter week (``load``) and in the
        summer week (``feed_in``).
    """

    on: dt.date
    grid: Grid
    sizes: Mapping[str, float]
    outlook: Mapping[str, float]
    drawn: Mapping[Direction, LoadBlocks]
    fed_in: Mapping[Direction, LoadBlocks]


def city_day(twin: Twin, plan: Plan, on: dt.date) -> CityDay:
    """Fold the measures of a plan that are in service on a date over a city.

    Parameters
    ----------
    twin
        The city as it stands.
    plan
        Its counted measures and its outlook are taken.
    on
        The date, in a year of the outlook.

    Raises
    ------
    InvalidData
        With every place or asset of the plan that is not there.
    MissingParameter
        When the outlook lacks the year.
    """
    twin = with_outlines(twin, plan)
    sites, issues = plan_sites(twin, plan)
    raise_faults(issues)
    grid = grid_on(twin, plan, sites, on)
    told, side = twin.catalogue.outlook, outlook_of(plan, "mid")
    loads = {each: loads_at(twin, plan, sites, grid, on, "mid", each) for each in DIRECTIONS}
    return CityDay(
        on=on,
        grid=grid,
        sizes=standing_sizes(plan, sites, on, "mid"),
        outlook={
            str(quantity): outlook_value(told, str(quantity), on.year, side)
            for quantity in told["quantity"].unique()
        },
        drawn={each: drawn for each, (drawn, _) in loads.items()},
        fed_in={each: fed_in for each, (_, fed_in) in loads.items()},
    )
