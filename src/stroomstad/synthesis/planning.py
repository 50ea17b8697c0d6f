"""What homes and firms are planned to draw and feed in, at any level of the grid.

Closed formulas only: a peak per home at station level, carried to other levels by the
simultaneity curve of Rusck, yearly energy over full-load hours for everything else, and what
panels feed in at most.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats
from stroomstad.simultaneity import rusck
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
PLANNED_COLUMNS = ("planned_homes", "planned_firms_kw", "planned_feed_in_kw")


@dataclass(frozen=True, slots=True)
class PlanningRules:
    """Planning values, read once from the parameter table; each is named as there.

    Attributes
    ----------
    base_home_peak_kw
        Peak per home at station level. [kW/home]
    planning_home_before_2010_kw, planning_home_since_2010_kw, planning_home_all_electric_kw
        Peak per home at station level that its street was planned for when it was laid. [kW/home]
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
    planning_home_before_2010_kw: float
    planning_home_since_2010_kw: float
    planning_home_all_electric_kw: float
    firm_full_load_hours: float
    wind_full_load_hours: float
    solar_feed_in_planned: float
    power_factor: float
    simultaneity_infinite: float
    simultaneity_reference_homes: float


@dataclass(frozen=True, slots=True)
class Demand:
    """What is planned to be drawn and fed in, kept apart as it adds up differently.

    Attributes
    ----------
    homes
        Homes, new ones included. [1]
    firms_kw
        Planning load of everything else. [kW]
    feed_in_kw
        Planning feed-in. [kW]
    """

    homes: Floats
    firms_kw: Floats
    feed_in_kw: Floats


@dataclass(frozen=True, slots=True)
class PlannedPower:
    """What a link is planned to carry, each way.

    Attributes
    ----------
    load_kw, feed_in_kw
        Away from the substation and towards it; they peak at different hours. [kW],
        shape (links,)
    """

    load_kw: Floats
    feed_in_kw: Floats

    def highest_kw(self) -> Floats:
        """Higher one of the two. [kW], shape (links,)."""
        return np.maximum(self.load_kw, self.feed_in_kw)


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
    Vehicles charged at homes are left out; today they add little to the peak of a home.
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


def planned_homes_kw(points: pd.DataFrame, rules: PlanningRules) -> Floats:
    """Peak of the homes at a point, at station level, as planned when their street was laid.

    Returns
    -------
    Planned peak. [kW], shape (points,)

    Notes
    -----
    The period is that of the postcode; a home with neither gas nor heat net counts as
    all-electric, unless it stood before 2010: what heats it now, its street was not laid for.
    """
    early = np.where(points["era"] == "before_2010", points["homes"], 0.0)
    later = home_count(points) - early
    electric = np.minimum(points["homes_neither"].to_numpy(dtype=np.float64), later)
    return np.asarray(
        early * rules.planning_home_before_2010_kw
        + (later - electric) * rules.planning_home_since_2010_kw
        + electric * rules.planning_home_all_electric_kw
    )


def counted_homes(demand: Demand, rules: PlanningRules) -> Floats:
    """Homes, and other uses counted as the homes that plan for the same power. [1]."""
    return demand.homes + demand.firms_kw / rules.base_home_peak_kw


def planning_load_kw(
    demand: Demand, rules: PlanningRules, homes_kw: Floats | None = None
) -> Floats:
    """Peak of homes and firms together, at the level where so many homes meet.

    Parameters
    ----------
    demand
        Everything behind each link.
    rules
        Peak per home and its simultaneity.
    homes_kw
        Peak of the homes behind each link at station level, where it is not that of existing
        homes. [kW], shape (links,)

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
    reference = rusck(np.array(rules.simultaneity_reference_homes), infinite)
    if homes_kw is None:
        home_kw = rules.base_home_peak_kw * rusck(demand.homes, infinite) / reference
        return np.asarray(demand.homes * home_kw + demand.firms_kw)
    return np.asarray(homes_kw * rusck(demand.homes, infinite) / reference + demand.firms_kw)


def planned_power(
    demand: Demand, rules: PlanningRules, homes_kw: Floats | None = None
) -> PlannedPower:
    """Planning load and planning feed-in at the level where so many homes meet.

    Parameters are those of `planning_load_kw`.

    Notes
    -----
    Sun shines on all roofs alike, so that feed-in adds up without simultaneity.
    """
    return PlannedPower(planning_load_kw(demand, rules, homes_kw), demand.feed_in_kw)


def demand_of(rows: pd.DataFrame) -> Demand:
    """Demand of points or stations with ``planned_homes``, ``planned_firms_kw`` and so on."""
    return Demand(*rows[list(PLANNED_COLUMNS)].to_numpy(dtype=np.float64).T)


def with_planning(points: pd.DataFrame, rules: PlanningRules) -> pd.DataFrame:
    """Points in the order of their identifiers, with what is planned for them."""
    ordered = points.sort_values("point_id", ignore_index=True)
    planned = (home_count(ordered), firms_kw(ordered, rules), feed_in_kw(ordered, rules))
    return ordered.assign(**dict(zip(PLANNED_COLUMNS, planned, strict=True)))
