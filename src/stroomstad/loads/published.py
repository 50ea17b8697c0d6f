"""The published shapes in UTC, per unit of energy, in the base year and in the design weather.

Weather-driven shapes share the clock that the sun gives away. The others share the winter
offset that the household shape gives away; each of them shows by its own January and July
whether it lives by the Dutch clock or in a fixed zone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import geopandas as gpd
import numpy as np
import pandas as pd

from stroomstad.blocks import Floats
from stroomstad.errors import Issue, name_some, raise_faults
from stroomstad.loads.almanac import (
    Clock,
    ClockFinding,
    household_clock,
    published_hours,
    solar_clock,
    summer_shift_hours,
)
from stroomstad.loads.mixes import published_columns
from stroomstad.tables.parameters import Parameters
from stroomstad.tables.profiles import HourlyShapes, TimeAxis
from stroomstad.units import QUARTERS_PER_HOUR

WEATHER_PREFIXES = ("insulation_", "solar_", "wind_", "air_temperature")
HEAT_MARKS = ("insulation_", "_heating")
HOUSEHOLD_SHAPE = "households_appliances"
SOLAR_SHAPE = "solar_pv_on_roof_households"
TEMPERATURE = "air_temperature"
# A shape that lives by the Dutch clock has the same day in January and July; a quarter of
# an hour is the resolution of the comparison.
SAME_DAY_HOURS = 0.25


@dataclass(frozen=True, slots=True)
class FoundClocks:
    """What the published shapes tell about their clocks, whatever the parameters.

    Attributes
    ----------
    axis
        The base year.
    household, solar
        The two clocks that were found.
    shifts_hours
        Per shape how much later its day runs in July than in January; NaN when it cannot be told.
    clocks
        Clock taken for each shape.
    base
        One row per UTC hour: energy per hour as a share of the year's, and ``air_temperature``
        in °C.
    """

    axis: TimeAxis
    household: ClockFinding
    solar: ClockFinding
    shifts_hours: dict[str, float]
    clocks: dict[str, Clock]
    base: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Published(FoundClocks):
    """Published shapes in UTC, those of the design weather beside those of the base year.

    Attributes
    ----------
    design
        As ``base`` and with the same columns, per unit of energy of the base year.
    heat_scale
        Heat demand of the design year over that of the base year. [1]
    """

    design: pd.DataFrame
    heat_scale: float


def find_clocks(shapes: HourlyShapes, base_year: int, boundary: gpd.GeoDataFrame) -> FoundClocks:
    """Find the clock of every published shape, and bring those of the base year to UTC.

    Parameters
    ----------
    shapes
        As published.
    base_year
        Year of ``shapes.base``.
    boundary
        The municipality; only its longitude is used.

    Raises
    ------
    InvalidData
        When shapes are missing or do not cover the base year hour by hour.
    """
    axis = TimeAxis.of_year(base_year)
    raise_faults(_missing(shapes, axis))
    household = household_clock(_values(shapes.base, HOUSEHOLD_SHAPE), shapes.reference, axis)
    solar = solar_clock(_values(shapes.base, SOLAR_SHAPE), axis, _longitude_deg(boundary))
    names = published_columns()
    shifts = {
        n: summer_shift_hours(_values(shapes.base, n), axis) for n in names if not _is_weather(n)
    }
    clocks = {n: _clock(n, shifts, household, solar) for n in names}
    return FoundClocks(axis, household, solar, shifts, clocks, _in_utc(shapes.base, clocks, axis))


def published_in_utc(shapes: HourlyShapes, found: FoundClocks, parameters: Parameters) -> Published:
    """Lay the design weather over the base year, both in UTC.

    Weather goes by date, weekdays and holidays by the base year. Heat demand of the design
    year is scaled by the ratio of heating degree days; sun and wind keep their yearly energy.

    Parameters
    ----------
    shapes
        As published.
    found
        Their clocks.
    parameters
        Base of the degree days.
    """
    scale = _heat_scale(shapes, parameters)
    design = found.base.assign(**_in_utc(shapes.design, found.clocks, found.axis))
    heat = [n for n in published_columns() if any(mark in n for mark in HEAT_MARKS)]
    design[heat] *= scale
    told = {each.name: getattr(found, each.name) for each in fields(FoundClocks)}
    return Published(**told, design=design, heat_scale=scale)


def heating_degree_days(temperature_c: Floats, base_c: float) -> float:
    """Sum over days of how far the mean temperature stays below a base. [°C day].

    Parameters
    ----------
    temperature_c
        Outdoor temperature. [°C], shape (hours,)
    base_c
        Temperature from which no heating is needed. [°C]

    Examples
    --------
    >>> heating_degree_days(np.full(48, 8.0), 18.0)
    20.0
    """
    daily = temperature_c.reshape(-1, 24).mean(axis=1)
    return float(np.maximum(base_c - daily, 0.0).sum())


def _clock(
    name: str, shifts_hours: dict[str, float], household: ClockFinding, solar: ClockFinding
) -> Clock:
    if _is_weather(name):
        return solar.clock
    if name == HOUSEHOLD_SHAPE or math.isnan(shifts_hours[name]):
        return household.clock
    return Clock(household.clock.offset_hours, abs(shifts_hours[name]) <= SAME_DAY_HOURS)


def _in_utc(published: pd.DataFrame, clocks: dict[str, Clock], axis: TimeAxis) -> pd.DataFrame:
    positions = {clock: published_hours(axis, clock) for clock in dict.fromkeys(clocks.values())}
    columns = {}
    for name in published.columns.intersection(list(clocks)):
        values = _values(published, name)[positions[clocks[name]]]
        columns[name] = values if name == TEMPERATURE else values / values.sum()
    return pd.DataFrame(columns)


def _heat_scale(shapes: HourlyShapes, parameters: Parameters) -> float:
    threshold = parameters.value("degree_day_base_c")
    base, design = (
        heating_degree_days(_values(published, TEMPERATURE), threshold)
        for published in (shapes.base, shapes.design)
    )
    return design / base


def _values(published: pd.DataFrame, name: str) -> Floats:
    values: Floats = published[name].to_numpy(dtype="float64")
    return values


def _is_weather(name: str) -> bool:
    return name.startswith(WEATHER_PREFIXES) or name.endswith("_heating")


def _longitude_deg(boundary: gpd.GeoDataFrame) -> float:
    west, _, east, _ = boundary.to_crs(4326).total_bounds
    return float(west + east) / 2


def _missing(shapes: HourlyShapes, axis: TimeAxis) -> list[Issue]:
    hours = axis.quarters // QUARTERS_PER_HOUR
    lengths = {"base": len(shapes.base), "design": len(shapes.design)}
    issues = [
        Issue(
            f"shapes.{which}",
            f"{rows} hours, where {axis.start.year} has {hours}.",
            "Give one row per hour of the base year; repeat or leave out 29 February.",
        )
        for which, rows in lengths.items()
        if rows != hours
    ]
    weather = [
        name for name in published_columns() if name.startswith(("insulation_", TEMPERATURE))
    ]
    for which, published, wanted in (
        ("base", shapes.base, published_columns()),
        ("design", shapes.design, weather),
    ):
        absent = [name for name in wanted if name not in published]
        if absent:
            issues.append(
                Issue(f"shapes.{which}", f"columns missing: {name_some(absent)}.", "Add them.")
            )
    return issues
