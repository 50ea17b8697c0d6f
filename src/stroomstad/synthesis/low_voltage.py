"""Which low-voltage feeders leave a station, and which cables reach each address group.

The groups of a station are swept in a circle around it into feeders of at most so many homes;
each feeder is a shortest tree from the station.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats, Ints
from stroomstad.synthesis.cables import (
    CableRules,
    cable_table,
    cables_behind,
    demand_behind,
    grow_forest,
    size_cables,
    standard_cables,
)
from stroomstad.synthesis.planning import PlanningRules, demand_of, planned_power
from stroomstad.synthesis.stations import Places
from stroomstad.tables.parameters import Parameters


def low_voltage_rules(parameters: Parameters) -> CableRules:
    """Read the rules for low-voltage cables."""
    return CableRules(
        voltage_v=parameters.value("lv_voltage_v"),
        detour_factor=parameters.value("detour_factor"),
        length_min_m=parameters.value("cable_length_min_m"),
        fill_planned=parameters.value("lv_cable_fill_planned"),
        drop_planned=parameters.value("lv_voltage_drop_planned"),
    )


def sweep_feeders(
    places: Places, station: Ints, sites_m: Floats, homes_max: float
) -> tuple[Ints, Ints]:
    """Divide the groups of every station over feeders, as a hand of a clock meets them.

    Parameters
    ----------
    places
        The address groups.
    station
        Station of each group. Shape (places,)
    sites_m
        Position of each station. [m], shape (stations, 2)
    homes_max
        Most homes on a feeder, other uses counted as homes. [1]

    Returns
    -------
    feeder
        Feeder of each group. Shape (places,)
    feeder_station
        Station of each feeder. Shape (feeders,)
    """
    angle = np.arctan2(places.y_m - sites_m[station, 1], places.x_m - sites_m[station, 0])
    order = np.lexsort((np.arange(station.size), angle, station))
    bounds = np.searchsorted(station[order], np.arange(len(sites_m) + 1))
    feeder = np.zeros(station.size, dtype=np.int64)
    feeder_station: list[int] = []
    for number in range(len(sites_m)):
        members = _after_largest_gap(order[bounds[number] : bounds[number + 1]], angle)
        local = _fill_in_turn(places.homes[members], homes_max)
        feeder[members] = local + len(feeder_station)
        feeder_station.extend([number] * (int(local.max(initial=-1)) + 1))
    return feeder, np.array(feeder_station, dtype=np.int64)


def build_low_voltage(
    points: pd.DataFrame,
    places: Places,
    stations: pd.DataFrame,
    cable_types: pd.DataFrame,
    *,
    parameters: Parameters,
    planning: PlanningRules,
) -> pd.DataFrame:
    """Make the low-voltage cables.

    Parameters
    ----------
    points
        ``node_id`` of each address group, ``station`` as position in ``stations``, and what is
        planned for it.
    places
        The same groups as arrays.
    stations
        ``node_lv``, ``x_m`` and ``y_m`` of the public stations.
    cable_types
        Standard cables.
    parameters, planning
        Rules.

    Returns
    -------
    Cables, as declared in the grid's tables.

    Notes
    -----
    Own choice: a cable with others behind it is a main cable and takes the thickest type,
    as is Dutch practice in streets; one that ends at its node takes the smallest that carries
    its load and its feed-in, as an operator connects only what it can carry.
    """
    rules = low_voltage_rules(parameters)
    types = standard_cables(cable_types, "lv_cable")
    sites_m = stations[["x_m", "y_m"]].to_numpy(dtype=np.float64)
    feeder, feeder_station = sweep_feeders(
        places, points["station"].to_numpy(), sites_m, parameters.value("lv_feeder_homes_max")
    )
    places_m = np.column_stack([places.x_m, places.y_m])
    forest = grow_forest(places_m, sites_m[feeder_station], feeder, rules)
    chosen = size_cables(
        forest,
        planned_power(demand_behind(forest, demand_of(points)), planning),
        types,
        rules,
        power_factor=planning.power_factor,
        thickest=cables_behind(forest) > 0,
    )
    nodes = points["node_id"].to_numpy(dtype=object)
    own_station = stations["node_lv"].to_numpy(dtype=object)[points["station"].to_numpy()]
    ends = pd.DataFrame(
        {
            "cable_id": "LS-" + points["point_id"].reset_index(drop=True),
            "from_node": np.where(forest.parent < 0, own_station, nodes[forest.parent]),
            "to_node": nodes,
        }
    )
    return cable_table(ends, forest.length_m, types, chosen)


def _after_largest_gap(members: Ints, angle: Floats) -> Ints:
    """Start the sweep where the circle is emptiest, so that no street is cut at due west."""
    if members.size < 2:
        return members
    gap = np.diff(angle[members], prepend=angle[members[-1]] - 2.0 * np.pi)
    return np.roll(members, -int(np.argmax(gap)))


def _fill_in_turn(homes: Floats, homes_max: float) -> Ints:
    feeder = np.zeros(homes.size, dtype=np.int64)
    number, filled = 0, 0.0
    for position, more in enumerate(homes):
        if filled > 0.0 and filled + more > homes_max:
            number, filled = number + 1, 0.0
        filled += more
        feeder[position] = number
    return feeder
