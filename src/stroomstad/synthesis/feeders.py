"""Which substation and which medium-voltage feeder serve each station, and by which cables.

A station belongs to the nearest substation. Large customers have a feeder of their own; the
other stations are cut into compact groups that one cable can feed.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats, Ints
from stroomstad.synthesis.cables import (
    CableRules,
    cable_table,
    demand_behind,
    grow_forest,
    size_cables,
    standard_cables,
)
from stroomstad.synthesis.planning import (
    Demand,
    PlanningRules,
    demand_of,
    planned_power,
    planning_load_kw,
)
from stroomstad.tables.parameters import Parameters
from stroomstad.units import kva_from_current


def medium_voltage_rules(parameters: Parameters) -> CableRules:
    """Read the rules for medium-voltage cables."""
    return CableRules(
        voltage_v=parameters.value("mv_voltage_v"),
        detour_factor=parameters.value("detour_factor"),
        length_min_m=parameters.value("cable_length_min_m"),
        fill_planned=parameters.value("mv_feeder_fill_planned"),
        drop_planned=parameters.value("mv_voltage_drop_planned"),
    )


def nearest_substation(places_m: Floats, substations_m: Floats) -> Ints:
    """Position of the nearest substation, the first of equals. Shape (places,).

    Parameters
    ----------
    places_m, substations_m
        Positions. [m], shapes (places, 2) and (substations, 2)
    """
    apart = places_m[:, None, :] - substations_m[None, :, :]
    nearest: Ints = np.hypot(apart[..., 0], apart[..., 1]).argmin(axis=1)
    return nearest


def largest_feeder_kw(types: pd.DataFrame, rules: CableRules, power_factor: float) -> float:
    """Largest planning load of a feeder on one cable of the thickest type. [kW]."""
    rated_kva = kva_from_current(float(types["rated_current_a"].max()), rules.voltage_v)
    return rated_kva * rules.fill_planned * power_factor


def group_feeders(
    stations_m: Floats, demand: Demand, own: Ints, largest_kw: float, planning: PlanningRules
) -> list[Ints]:
    """Divide the stations of one substation over feeders.

    Parameters
    ----------
    stations_m
        Positions. [m], shape (stations, 2)
    demand
        Of each station.
    own
        Stations that have a feeder of their own.
    largest_kw
        Most planning load of a feeder. [kW]
    planning
        Peak per home and its simultaneity.

    Returns
    -------
    Stations of each feeder; a station above ``largest_kw`` is alone on its feeder.
    """
    x_m, y_m = stations_m.T
    weight = planning_load_kw(demand, planning)
    shared = np.setdiff1d(np.arange(len(stations_m)), own)
    pending = [shared] if shared.size else []
    feeders = [np.array([station]) for station in own]
    while pending:
        members = pending.pop()
        load_kw = float(planning_load_kw(_together(demand, members), planning))
        if members.size == 1 or load_kw <= largest_kw:
            feeders.append(members)
            continue
        parts = max(2, int(np.ceil(load_kw / largest_kw)))
        pending.extend(cut_in_two(x_m, y_m, weight, members, parts))
    return feeders


def cut_in_two(
    x_m: Floats, y_m: Floats, weight: Floats, members: Ints, parts: int
) -> tuple[Ints, Ints]:
    """Cut across the longest direction, so that ``parts`` equal parts can follow.

    Parameters
    ----------
    x_m, y_m
        Position of everything. [m]
    weight
        What is to be divided evenly, of everything.
    members
        Positions, two at least, of what is to be cut. Shape (members,)
    parts
        How many equal parts the cuts should lead to; the first cut gives half of them,
        rounded down, to one side.

    Returns
    -------
    The two sides, sorted, never empty.
    """
    x, y = x_m[members], y_m[members]
    part_weight = weight[members] if weight[members].sum() > 0.0 else np.ones(members.size)
    angle = _longest_direction(x, y, part_weight)
    along = (x - x[0]) * np.cos(angle) + (y - y[0]) * np.sin(angle)
    order = np.lexsort((members, along))
    gathered = np.cumsum(part_weight[order])
    share = (parts // 2) / parts
    first = int(np.argmin(np.abs(gathered[:-1] - share * gathered[-1]))) + 1
    return np.sort(members[order[:first]]), np.sort(members[order[first:]])


def name_feeders(
    stations: pd.DataFrame,
    substations: pd.DataFrame,
    demand: Demand,
    *,
    largest_kw: float,
    own_min_kw: float,
    planning: PlanningRules,
) -> pd.DataFrame:
    """Give every station its substation and feeder.

    Parameters
    ----------
    stations
        ``station_id``, ``owner``, ``x_m`` and ``y_m``.
    substations
        ``substation_id``, ``x_m`` and ``y_m``.
    demand
        Of each station.
    largest_kw
        Most planning load of a shared feeder. [kW]
    own_min_kw
        Planning load or feed-in from which a customer has a feeder of its own. [kW]
    planning
        Peak per home and its simultaneity.

    Returns
    -------
    ``substation_id`` and ``feeder_id`` per station. The feeders of a substation are numbered
    in the order in which they lie around it.
    """
    stations_m = stations[["x_m", "y_m"]].to_numpy(dtype=np.float64)
    substations_m = substations[["x_m", "y_m"]].to_numpy(dtype=np.float64)
    nearest = nearest_substation(stations_m, substations_m)
    large = (stations["owner"] == "customer").to_numpy() & (
        planned_power(demand, planning).highest_kw() >= own_min_kw
    )
    feeder_id = np.full(len(stations), "", dtype=object)
    for position, substation in enumerate(substations["substation_id"]):
        members = np.flatnonzero(nearest == position)
        feeders = group_feeders(
            stations_m[members],
            Demand(demand.homes[members], demand.firms_kw[members], demand.feed_in_kw[members]),
            np.flatnonzero(large[members]),
            largest_kw,
            planning,
        )
        around = _order_around(stations_m[members], feeders, substations_m[position])
        for number, feeder in enumerate(around, start=1):
            feeder_id[members[feeder]] = f"{substation}-F{number:02d}"
    substation_id = substations["substation_id"].to_numpy(dtype=object)[nearest]
    named = {"substation_id": substation_id, "feeder_id": feeder_id}
    return pd.DataFrame(named, index=stations.index, dtype=str)


def build_medium_voltage(
    stations: pd.DataFrame,
    substations: pd.DataFrame,
    cable_types: pd.DataFrame,
    *,
    parameters: Parameters,
    planning: PlanningRules,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give stations their substation and feeder, and make the medium-voltage cables.

    Parameters
    ----------
    stations
        ``station_id``, ``owner``, ``node_mv``, ``x_m`` and ``y_m``, and what is
        planned for them.
    substations
        ``substation_id``, ``node_mv``, ``x_m`` and ``y_m``.
    cable_types
        Standard cables.
    parameters, planning
        Rules.

    Returns
    -------
    stations
        With ``substation_id`` and ``feeder_id``.
    cables
        As declared in the grid's tables.
    """
    rules = medium_voltage_rules(parameters)
    types = standard_cables(cable_types, "mv_cable")
    demand = demand_of(stations)
    named = name_feeders(
        stations,
        substations,
        demand,
        largest_kw=largest_feeder_kw(types, rules, planning.power_factor),
        own_min_kw=parameters.value("own_feeder_min_mw") * 1000.0,
        planning=planning,
    )
    stations = stations.join(named)
    _, first, feeder = np.unique(
        stations["feeder_id"].to_numpy(dtype=str), return_index=True, return_inverse=True
    )
    roots = substations.set_index("substation_id").loc[stations["substation_id"].iloc[first]]
    stations_m = stations[["x_m", "y_m"]].to_numpy(dtype=np.float64)
    forest = grow_forest(stations_m, roots[["x_m", "y_m"]].to_numpy(), feeder, rules)
    chosen = size_cables(
        forest,
        planned_power(demand_behind(forest, demand), planning),
        types,
        rules,
        power_factor=planning.power_factor,
        thickest=np.zeros(len(stations), dtype=bool),
    )
    nodes = stations["node_mv"].to_numpy(dtype=object)
    busbar = roots["node_mv"].to_numpy(dtype=object)[feeder]
    ends = pd.DataFrame(
        {
            "cable_id": "MS-" + stations["station_id"].reset_index(drop=True),
            "from_node": np.where(forest.parent < 0, busbar, nodes[forest.parent]),
            "to_node": nodes,
        }
    )
    return stations, cable_table(ends, forest, types, chosen)


def _together(demand: Demand, members: Ints) -> Demand:
    return Demand(
        demand.homes[members].sum(),
        demand.firms_kw[members].sum(),
        demand.feed_in_kw[members].sum(),
    )


def _order_around(stations_m: Floats, feeders: list[Ints], middle_m: Floats) -> list[Ints]:
    def angle(members: Ints) -> tuple[float, int]:
        dx, dy = stations_m[members].mean(axis=0) - middle_m
        return float(np.arctan2(dy, dx)), int(members[0])

    return sorted(feeders, key=angle)


def _longest_direction(x: Floats, y: Floats, weight: Floats) -> float:
    """Angle of the principal axis of weighted points. [rad]."""
    dx, dy = x - np.average(x, weights=weight), y - np.average(y, weights=weight)
    xx, yy, xy = (np.average(v, weights=weight) for v in (dx * dx, dy * dy, dx * dy))
    return float(0.5 * np.arctan2(2.0 * xy, xx - yy))
