"""What homes and firms are planned to draw at their peak, at any level of the grid.

Closed formulas only: a peak per home at station level, carried to other levels by the
simultaneity curve of Rusck, and yearly energy over full-load hours for everything else.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats
from stroomstad.tables.parameters import Parameters

FIRM_COLUMNS = (
    "buildings_kwh",
    "ict_kwh",
    "industry_kwh",
    "agriculture_kwh",
    "road_public_kwh",
    "rail_kwh",
    "own_use_kwh",
)


@dataclass(frozen=True, slots=True)
class PlanningRules:
    """Planning values, read once from the parameter table; each is named as there.

    Attributes
    ----------
    base_home_peak_kw
        Peak per home at station level. [kW/home]
    firm_full_load_hours, wind_full_load_hours
        Yearly energy over highest power. [h/year]
    solar_feed_in_planned
        Highest feed-in per installed peak. [kW/kWp]
    power_factor
        Of every load. [1]
    simultaneity_infinite
        Simultaneity of infinitely many homes. [1]
    simultaneity_reference_homes
        Homes at which the peak per home holds. [1]
    """

    base_home_peak_kw: float
    firm_full_load_hours: float
    wind_full_load_hours: float
    solar_feed_in_planned: float
    power_factor: float
    simultaneity_infinite: float
    simultaneity_reference_homes: float


@dataclass(frozen=True, slots=True)
class Demand:
    """What homes and everything else are planned to draw, kept apart as they add up differently.

    Attributes
    ----------
    homes
        Homes, new ones included. [1]
    firms_kw
        Planning load of everything else. [kW]
    """

    homes: Floats
    firms_kw: Floats


def planning_rules(parameters: Parameters) -> PlanningRules:
    """Read the planning values."""
    return PlanningRules(**{name: parameters.value(name) for name in PlanningRules.__slots__})


def firms_kw(points: pd.DataFrame, rules: PlanningRules) -> Floats:
    """Planning load of everything at a point that is not a home.

    Returns
    -------
    Yearly energy over full-load hours. [kW], shape (points,)

    Notes
    -----
    Vehicles charged at homes are left out: the planning value of a home stands for them.
    """
    energy_kwh = points[list(FIRM_COLUMNS)].to_numpy(dtype=np.float64).sum(axis=1)
    return np.asarray(energy_kwh / rules.firm_full_load_hours)


def feed_in_kw(points: pd.DataFrame, rules: PlanningRules) -> Floats:
    """Planning feed-in of the panels and turbines at a point. [kW], shape (points,)."""
    solar_kw = points["solar_kwp"].to_numpy(dtype=np.float64) * rules.solar_feed_in_planned
    return solar_kw + points["wind_kwh"].to_numpy(dtype=np.float64) / rules.wind_full_load_hours


def home_count(points: pd.DataFrame) -> Floats:
    """Homes at a point, new homes included. [1], shape (points,)."""
    return (points["homes"] + points["new_homes"]).to_numpy(dtype=np.float64)


def simultaneity(homes: Floats, infinite: float) -> Floats:
    """Part of the sum of single peaks that many homes draw at one moment.

    Parameters
    ----------
    homes
        Number of homes; fewer than one counts as one. [1]
    infinite
        Simultaneity of infinitely many homes. [1]

    References
    ----------
    .. [1] S. Rusck, "The simultaneous demand in distribution network supplying domestic
       consumers", ASEA Journal 10 (11), 1956: g(n) = g_inf + (1 - g_inf) / sqrt(n).

    Examples
    --------
    >>> simultaneity(np.array([1.0, 100.0]), 0.1)
    array([1.  , 0.19])
    """
    return infinite + (1.0 - infinite) / np.sqrt(np.maximum(homes, 1.0))


def planning_load_kw(demand: Demand, rules: PlanningRules) -> Floats:
    """Peak of homes and firms together, at the level where so many homes meet.

    Parameters
    ----------
    demand
        Everything behind each link.
    rules
        Peak per home and its simultaneity.

    Returns
    -------
    Planning load; at the reference number of homes the peak per home is the planning
    value itself. [kW], shape (links,)

    Notes
    -----
    Firms add up without simultaneity, and their peak is taken to fall together with that
    of homes; both err towards thicker cables.
    """
    infinite = rules.simultaneity_infinite
    reference = simultaneity(np.array(rules.simultaneity_reference_homes), infinite)
    home_kw = rules.base_home_peak_kw * simultaneity(demand.homes, infinite) / reference
    return np.asarray(demand.homes * home_kw + demand.firms_kw)
