"""Which low-voltage feeders leave a station, and which cables reach each address group.

Feeders of at most so many homes follow the streets; their cables are sized by what was planned
for homes when the street was laid.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from stroomstad.synthesis.cables import (
    CableRules,
    Forest,
    add_up,
    cable_table,
    cables_behind,
    demand_behind,
    size_cables,
    standard_cables,
)
from stroomstad.synthesis.detail import Detail
from stroomstad.synthesis.planning import (
    PlanningRules,
    demand_of,
    planned_homes_kw,
    planned_power,
)
from stroomstad.synthesis.streets import (
    Feeders,
    along_streets,
    feeder_load,
    gather_feeders,
    group_forest,
    house_forest,
    street_rules,
)
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


def follow_streets(
    points: pd.DataFrame,
    addresses: pd.DataFrame,
    stations: pd.DataFrame,
    cable_types: pd.DataFrame,
    *,
    parameters: Parameters,
    planning: PlanningRules,
) -> tuple[pd.DataFrame, Feeders]:
    """Divide address groups over feeders along the streets.

    Parameters
    ----------
    points
        ``station`` of each address group as position in ``stations``, and what is planned for it.
    addresses
        ``point``, the index of the group, ``postcode``, ``street``, ``house_number``, ``x_m``
        and ``y_m``.
    stations
        ``x_m`` and ``y_m``.
    cable_types
        Standard cables.
    parameters, planning
        Rules.

    Returns
    -------
    houses
        The addresses as from `along_streets`.
    feeders
        Which feeder serves each group, and its links.
    """
    rules = low_voltage_rules(parameters)
    streets = street_rules(
        parameters, standard_cables(cable_types, "lv_cable"), rules, planning.power_factor
    )
    station = points["station"].to_numpy(dtype=np.int64)
    place = points.index.get_indexer(pd.Index(addresses["point"]))
    mine = addresses[place >= 0].assign(place=place[place >= 0])
    houses = along_streets(mine.assign(station=station[mine["place"]]), streets)
    sites_m = stations[["x_m", "y_m"]].to_numpy(dtype=np.float64)
    load = feeder_load(points, streets, planning)
    return houses, gather_feeders(houses, station, sites_m, load, rules)


def draw_forest(
    detail: Detail,
    points: pd.DataFrame,
    houses: pd.DataFrame,
    feeders: Feeders,
    parameters: Parameters,
) -> Forest:
    """See feeders as trees of the detail that is asked for; other parameters as above."""
    detour_factor = parameters.value("detour_street_factor")
    if detail == "address":
        length_min_m = parameters.value("address_cable_length_min_m")
        return house_forest(feeders, houses, detour_factor, length_min_m)
    middles_m = points[["x_m", "y_m"]].to_numpy(dtype=np.float64)
    return group_forest(feeders, houses, middles_m, detour_factor)


def build_low_voltage(
    points: pd.DataFrame,
    forest: Forest,
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
        ``node_id`` of each address group or address, ``station`` as position in ``stations``,
        and what is planned for it.
    forest
        The trees that reach them.
    stations
        ``node_lv`` of the public stations.
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
    its load and its feed-in, as an operator connects only what it can carry. What homes are
    planned to draw is that of the time when their street was laid.
    """
    types = standard_cables(cable_types, "lv_cable")
    homes_kw = add_up(forest, planned_homes_kw(points, planning))
    chosen = size_cables(
        forest,
        planned_power(demand_behind(forest, demand_of(points)), planning, homes_kw),
        types,
        low_voltage_rules(parameters),
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
