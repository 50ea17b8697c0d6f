"""The base year of a city as quarter-hour shapes: calibrated, with its design weeks chosen.

The household shape is sharpened until the coincident peak of the average existing home in
the winter week is the planning value of the case. The weeks themselves are chosen with the
shapes as published, so that every case looks at the same weeks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats
from stroomstad.errors import InvalidData, Issue
from stroomstad.loads.almanac import coldest_spell, overlapping, week_of_highest, week_starts
from stroomstad.loads.mixes import mix_columns
from stroomstad.loads.published import (
    TEMPERATURE,
    FoundClocks,
    Published,
    find_clocks,
    published_in_utc,
)
from stroomstad.loads.shapes import quarters_from_hours, sharpened, sharpening_exponent
from stroomstad.tables.city import DWELLING_COLUMNS, FEED_IN_COLUMNS, LOAD_COLUMNS, City
from stroomstad.tables.parameters import Case, Parameters
from stroomstad.tables.profiles import HourlyShapes
from stroomstad.units import HOURS_PER_QUARTER, QUARTERS_PER_HOUR, QUARTERS_PER_WEEK

HOMES = "households_kwh"
SHARPENED = (HOMES, "new_homes_kwh")
HEAT_PUMP = "new_home_heat_pump"

Shapes = dict[str, Floats]


@dataclass(frozen=True, slots=True)
class CityYear:
    """Shapes of the base year, in the weather of that year and in the design weather.

    Attributes
    ----------
    published
        What the shapes were made of.
    base, design
        Power per unit of yearly energy, per load and feed-in column and for the heat pump of
        a new home. [kW per kWh/year], each of shape (quarters of the year,)
    winter, summer
        First quarter of the design weeks. The winter week is in the design weather.
    exponent
        Of the sharpening. [1]
    home_peaks_kw
        Coincident peak of the average existing home before and after sharpening. [kW/home]
    home_mix
        How much of the household shape and of the heat pump's a new home draws. [kWh/year]
    """

    published: Published
    base: Shapes
    design: Shapes
    winter: int
    summer: int
    exponent: float
    home_peaks_kw: tuple[float, float]
    home_mix: tuple[float, float]


def calibrated_years(
    city: City, shapes: HourlyShapes, cases: Mapping[Case, Parameters]
) -> dict[Case, CityYear]:
    """Make the shapes of a city in every case; the clocks, which all share, are found once.

    Raises
    ------
    InvalidData
        When shapes are missing, or when there are no homes to calibrate on.
    """
    found = find_clocks(shapes, city.base_year, city.boundary)
    return {case: calibrated_year(city, shapes, own, found) for case, own in cases.items()}


def calibrated_year(
    city: City, shapes: HourlyShapes, parameters: Parameters, found: FoundClocks | None = None
) -> CityYear:
    """Make the shapes of a city, in the case of the parameters.

    Raises
    ------
    InvalidData
        When shapes are missing, or when there are no homes to calibrate on.
    """
    home_kwh = _energy_per_home_kwh(city)
    found = found or find_clocks(shapes, city.base_year, city.boundary)
    published = published_in_utc(shapes, found, parameters)
    mixed = mix_columns(published.base, published.design, _dwellings(city), parameters)
    base, design = (_power_shapes(hourly) for hourly in mixed)
    winter, summer = _design_weeks(city, published, base, design)
    week = slice(winter, winter + QUARTERS_PER_WEEK)
    peak_kw = parameters.value("base_home_peak_kw")
    exponent = sharpening_exponent(design[HOMES][week], base[HOMES], peak_kw / home_kwh)
    before_kw = home_kwh * float(design[HOMES][week].max())
    design |= {name: sharpened(design[name], exponent, base[name]) for name in SHARPENED}
    base |= {name: sharpened(base[name], exponent, base[name]) for name in SHARPENED}
    after_kw = home_kwh * float(design[HOMES][week].max())
    mix = _home_mix(design[HOMES][week], design[HEAT_PUMP][week], parameters)
    return CityYear(published, base, design, winter, summer, exponent, (before_kw, after_kw), mix)


def new_home_kw(shapes: Shapes, mix: tuple[float, float]) -> Floats:
    """Power of one new home at station level. [kW], shape (quarters of the year,)."""
    household_kwh, heat_pump_kwh = mix
    return household_kwh * shapes[HOMES] + heat_pump_kwh * shapes[HEAT_PUMP]


def heat_pump_share(parameters: Parameters) -> float:
    """Share of a new home's peak that follows the heat demand: what exceeds an existing home's."""
    _, existing_kw, _ = parameters.band("base_home_peak_kw")
    return max(0.0, 1.0 - existing_kw / parameters.value("new_home_peak_kw"))


def city_power_kw(city: City, shapes: Shapes, columns: dict[str, str]) -> Floats:
    """Power of all points together. [kW], shape (quarters of the year,)."""
    power_kw = np.zeros_like(shapes[HOMES])
    for name in columns:
        power_kw += city.points[name].sum() * shapes[name]
    return power_kw


def _power_shapes(hourly: pd.DataFrame) -> Shapes:
    quarters = quarters_from_hours(hourly.to_numpy().T) / HOURS_PER_QUARTER
    return dict(zip(hourly.columns, quarters, strict=True))


def _dwellings(city: City) -> Floats:
    """Homes of each type, in the order of `DWELLING_COLUMNS`."""
    return city.points[list(DWELLING_COLUMNS)].sum().to_numpy(dtype=np.float64)


def _design_weeks(
    city: City, published: Published, base: Shapes, design: Shapes
) -> tuple[int, int]:
    starts = week_starts(published.axis)
    spell = coldest_spell(published.design[TEMPERATURE].to_numpy()) * QUARTERS_PER_HOUR
    load_kw = city_power_kw(city, design, LOAD_COLUMNS)
    net_feed_in_kw = city_power_kw(city, base, FEED_IN_COLUMNS) - city_power_kw(
        city, base, LOAD_COLUMNS
    )
    winter = week_of_highest(load_kw, overlapping(starts, spell))
    return winter, week_of_highest(net_feed_in_kw, starts)


def _energy_per_home_kwh(city: City) -> float:
    homes = float(city.points["homes"].sum())
    energy_kwh = float(city.points[HOMES].sum())
    if homes > 0 and energy_kwh > 0:
        return energy_kwh / homes
    raise InvalidData(
        [
            Issue(
                "points",
                f"{homes:.0f} homes with {energy_kwh:.0f} kWh together.",
                "Give the homes of the base year and their electricity; the peak needs both.",
            )
        ]
    )


def _home_mix(household: Floats, heat_pump: Floats, parameters: Parameters) -> tuple[float, float]:
    """Weigh the two shapes by their share of the peak, so that together they reach it."""
    share = heat_pump_share(parameters)
    household_weight = (1.0 - share) / household.max()
    heat_pump_weight = share / heat_pump.max() if share > 0 else 0.0
    highest = float((household_weight * household + heat_pump_weight * heat_pump).max())
    scale = parameters.value("new_home_peak_kw") / highest
    return scale * float(household_weight), scale * float(heat_pump_weight)
