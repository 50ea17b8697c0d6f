"""Who draws what, when: the loads of a city hung on its grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from stroomstad.blocks import Floats, Ints, LoadBlocks
from stroomstad.errors import Issue, name_some, raise_faults
from stroomstad.loads.almanac import monday
from stroomstad.loads.calibration import calibration_table
from stroomstad.loads.city_year import (
    CityYear,
    Shapes,
    calibrated_year,
    heat_pump_share,
    new_home_kw,
)
from stroomstad.loads.published import TEMPERATURE
from stroomstad.tables.city import FEED_IN_COLUMNS, LOAD_COLUMNS, City
from stroomstad.tables.grid import Grid
from stroomstad.tables.parameters import Parameters
from stroomstad.tables.profiles import HourlyShapes, TimeAxis
from stroomstad.units import QUARTERS_PER_HOUR, QUARTERS_PER_WEEK

_NONE: Ints = np.zeros(0, dtype=np.int64)
NO_QUARTERS = (_NONE, _NONE)


@dataclass(frozen=True, slots=True)
class PeriodLoads:
    """What every node draws and feeds in over a stretch of time.

    Attributes
    ----------
    axis
        The quarters, in UTC.
    load, feed_in
        Rows in the order of the grid's nodes, shapes in the order of `LOAD_COLUMNS` and
        `FEED_IN_COLUMNS`.
    home_kw
        What one new home draws at station level. [kW], shape (quarters,)
    roof_kw
        What 1 kWp of new roof panels feeds in. [kW/kWp], shape (quarters,)
    coincident_share
        Peak of the household shape as published over that of the sharpened one: what is left
        where the homes of a whole country draw together. [1]
    home_heat_share
        Share of a new home's peak that follows the weather, which all homes share. [1]
    outdoor_c
        Outdoor temperature of the weather that the loads are in. [°C], shape (quarters,)
    """

    axis: TimeAxis
    load: LoadBlocks
    feed_in: LoadBlocks
    home_kw: Floats
    roof_kw: Floats
    coincident_share: float
    home_heat_share: float
    outdoor_c: Floats


@dataclass(frozen=True, slots=True)
class Loads:
    """The two design weeks, and how they came about.

    Attributes
    ----------
    winter
        The week of the highest city load in the cold spell of the design weather.
    summer
        The week of the highest net feed-in of the city in the weather of the base year. To both
        may be added quarters of the base year in which some link carries more.
    calibration
        What was found and chosen, as text: ``quantity, value, unit, about``.
    """

    winter: PeriodLoads
    summer: PeriodLoads
    calibration: pd.DataFrame


def build_loads(
    city: City,
    grid: Grid,
    shapes: HourlyShapes,
    parameters: Parameters,
    apart: tuple[Ints, Ints] = NO_QUARTERS,
    *,
    year: CityYear | None = None,
) -> Loads:
    """Build the load and feed-in of every node in the two design weeks.

    Parameters
    ----------
    city
        Its points carry yearly energy. [kWh/year]
    grid
        Its connections say which node each point draws from.
    shapes
        Hourly shapes as published.
    parameters
        Seen in the case that is asked for.
    apart
        Quarters of the base year that are added to the winter and to the summer week, in the
        weather of that year.
    year
        The city's year, where it was calibrated already in this case.

    Raises
    ------
    InvalidData
        When shapes are missing, a point has no node, or there are no homes.

    Notes
    -----
    Only homes are calibrated; firms keep the national shape of their sector, which errs
    towards too low a peak of a single firm.
    """
    year = year or calibrated_year(city, shapes, parameters)
    weights = _weights(city, grid)
    base = year.published.axis
    winter, summer = (
        _period(
            TimeAxis.of_week(monday(base, start)).with_apart(more, base.start),
            _cut(table, start, year.base, more),
            weights,
            year,
            parameters,
            outdoor_c=np.concatenate(
                [
                    _quarters_c(weather)[start : start + QUARTERS_PER_WEEK],
                    _quarters_c(year.published.base)[more],
                ]
            ),
        )
        for table, weather, start, more in (
            (year.design, year.published.design, year.winter, apart[0]),
            (year.base, year.published.base, year.summer, apart[1]),
        )
    )
    return Loads(winter, summer, calibration_table(city, year, parameters))


def build_year(
    city: City,
    grid: Grid,
    shapes: HourlyShapes,
    parameters: Parameters,
    *,
    year: CityYear | None = None,
) -> PeriodLoads:
    """Build the load and feed-in of every node in the whole base year, in its own weather.

    Parameters and errors are those of `build_loads`; homes are calibrated on the same winter week.
    """
    year = year or calibrated_year(city, shapes, parameters)
    return _period(
        year.published.axis,
        year.base,
        _weights(city, grid),
        year,
        parameters,
        outdoor_c=_quarters_c(year.published.base),
    )


def node_weights(points: pd.DataFrame, grid: Grid, columns: list[str]) -> csr_matrix:
    """Add up the yearly energy of the points behind every node.

    Parameters
    ----------
    points
        Points of the city with the given columns. [kWh/year]
    grid
        Its nodes give the order of rows, its connections say which point hangs where.
    columns
        Kinds of energy, in the order wanted.

    Returns
    -------
    Energy. [kWh/year], shape (nodes, columns)

    Raises
    ------
    InvalidData
        When a point has no connection, or one that leads to no node.
    """
    # In the order of identifiers, so that sums round alike whatever the order of rows.
    ordered = points.sort_values("point_id")
    node_of = grid.connections.set_index("point_id")["node_id"].reindex(ordered["point_id"])
    node_ids = grid.nodes["node_id"]
    at = pd.Series(np.arange(len(node_ids)), index=node_ids).reindex(node_of).to_numpy()
    raise_faults(_unserved(ordered["point_id"][np.isnan(at)].tolist()))
    energy_kwh = ordered[columns].to_numpy(dtype=np.float64)
    point, column = np.nonzero(energy_kwh)
    placed = (energy_kwh[point, column], (at[point].astype(np.int64), column))
    return csr_matrix(placed, shape=(len(node_ids), len(columns)))


def _unserved(point_ids: list[str]) -> list[Issue]:
    if not point_ids:
        return []
    return [
        Issue(
            "connections",
            f"{len(point_ids)} points without a node ({name_some(point_ids)}).",
            "Connect every point of the city to a node of the grid.",
        )
    ]


def _weights(city: City, grid: Grid) -> tuple[csr_matrix, csr_matrix]:
    return (
        node_weights(city.points, grid, list(LOAD_COLUMNS)),
        node_weights(city.points, grid, list(FEED_IN_COLUMNS)),
    )


def _cut(shapes: Shapes, start: int, base: Shapes, more: Ints) -> Shapes:
    """A week of some shapes, and after it some quarters of others."""
    week = slice(start, start + QUARTERS_PER_WEEK)
    return {name: np.concatenate([shape[week], base[name][more]]) for name, shape in shapes.items()}


def _quarters_c(weather: pd.DataFrame) -> Floats:
    """Outdoor temperature, that of its hour in every quarter. [°C], shape (quarters,)."""
    return np.repeat(weather[TEMPERATURE].to_numpy(dtype=np.float64), QUARTERS_PER_HOUR)


def _period(
    axis: TimeAxis,
    shapes: Shapes,
    weights: tuple[csr_matrix, csr_matrix],
    year: CityYear,
    parameters: Parameters,
    *,
    outdoor_c: Floats,
) -> PeriodLoads:
    load, feed_in = weights
    return PeriodLoads(
        axis,
        LoadBlocks(load, np.vstack([shapes[name] for name in LOAD_COLUMNS])),
        LoadBlocks(feed_in, np.vstack([shapes[name] for name in FEED_IN_COLUMNS])),
        new_home_kw(shapes, year.home_mix),
        parameters.value("solar_full_load_hours") * shapes["solar_homes_kwh"],
        min(year.home_peaks_kw[0] / year.home_peaks_kw[1], 1.0),
        heat_pump_share(parameters),
        outdoor_c,
    )
