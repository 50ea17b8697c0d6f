"""Which ring or feeder of its substation serves each station, and by which cables.

Large customers have a feeder of their own; the other stations of a substation lie on rings, each
of which one cable can feed from either end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stroomstad.blocks import Floats, Ints
from stroomstad.synthesis.cables import (
    CableRules,
    Forest,
    cable_table,
    route_m,
    size_cables,
    standard_cables,
)
from stroomstad.synthesis.planning import (
    Demand,
    PlanningRules,
    demand_of,
    planned_power,
)
from stroomstad.synthesis.rings import (
    Ring,
    RingRules,
    open_ring,
    ring_cable,
    ring_lengths_m,
    ring_routes,
)
from stroomstad.tables.grid import no_open_cables
from stroomstad.tables.parameters import Parameters
from stroomstad.units import kva_from_current

Objects = NDArray[np.object_]


def medium_voltage_rules(parameters: Parameters) -> CableRules:
    """Read the rules for medium-voltage cables."""
    return CableRules(
        voltage_v=parameters.value("mv_voltage_v"),
        detour_factor=parameters.value("detour_factor"),
        length_min_m=parameters.value("cable_length_min_m"),
        fill_planned=parameters.value("mv_feeder_fill_planned"),
        drop_planned=parameters.value("mv_voltage_drop_planned"),
    )


def largest_ring_kw(types: pd.DataFrame, rules: CableRules, power_factor: float) -> float:
    """Largest planning load of a ring, both halves together, of one cable of the thickest type.

    Twice what is planned on a half. [kW]
    """
    rated_kva = kva_from_current(float(types["rated_current_a"].max()), rules.voltage_v)
    return 2.0 * rated_kva * rules.fill_planned * power_factor


def ring_load_kw(demand: Demand, planning: PlanningRules) -> Floats:
    """What each station adds to a ring, where some hundreds of homes meet. [kW], shape (stations,).

    Notes
    -----
    Homes at the peak that holds for the reference number of homes; a ring has more, so that it
    is planned a little higher than it will be.
    """
    load_kw = demand.homes * planning.base_home_peak_kw + demand.firms_kw
    return np.asarray(np.maximum(load_kw, demand.feed_in_kw))


@dataclass(frozen=True, slots=True)
class Routing:
    """How the stations of a city are fed at medium voltage.

    Attributes
    ----------
    substation
        Position of the substation of each station. Shape (stations,)
    alone
        Stations with a feeder of their own, in the order of their names.
    rings
        Rings, in the order of their names; stations as positions among all of them.
    names
        Name of each feeder of ``alone``, and then of each ring.
    """

    substation: Ints
    alone: Ints
    rings: list[Ring]
    names: list[str]


def route_feeders(
    stations: pd.DataFrame,
    substations: pd.DataFrame,
    demand: Demand,
    *,
    own_min_kw: float,
    rules: RingRules,
) -> Routing:
    """Give every station its ring or a feeder of its own.

    Parameters
    ----------
    stations
        ``owner``, ``substation_id``, ``x_m`` and ``y_m``.
    substations
        ``substation_id``, ``x_m`` and ``y_m``.
    demand
        Of each station.
    own_min_kw
        Planning load or feed-in from which a customer has a feeder of its own. [kW]
    rules
        Rules.

    Notes
    -----
    A station for which more is planned than for a ring on one cable of the thickest type has a
    feeder of its own too, whoever it is. The feeders and rings of a substation are numbered in
    the order in which they lie around it.
    """
    stations_m, substations_m = (
        rows[["x_m", "y_m"]].to_numpy(dtype=np.float64) for rows in (stations, substations)
    )
    planning = rules.planning
    serving = pd.Index(substations["substation_id"]).get_indexer(stations["substation_id"])
    largest_kw = largest_ring_kw(rules.types, rules.cables, planning.power_factor)
    load_kw = ring_load_kw(demand, planning)
    power_kw = planned_power(demand, planning).highest_kw()
    alone = (stations["owner"] == "customer").to_numpy() & (power_kw >= own_min_kw)
    alone |= np.maximum(power_kw, load_kw) > largest_kw
    order, names, rings = [], [], []
    ring_names = []
    for position, substation in enumerate(substations["substation_id"]):
        busbar_m = substations_m[position]
        own = np.flatnonzero((serving == position) & alone)
        around = _order_around(stations_m, [np.array([each]) for each in own], busbar_m)
        order += [int(each[0]) for each in around]
        names += [f"{substation}-F{number:02d}" for number in range(1, len(around) + 1)]
        shared = np.flatnonzero((serving == position) & ~alone)
        routes = ring_routes(stations_m[shared], busbar_m, load_kw[shared], largest_kw, rules)
        around = _order_around(stations_m, [shared[route] for route in routes], busbar_m)
        rings += [open_ring(route, demand, planning) for route in around]
        ring_names += [f"{substation}-R{number:02d}" for number in range(1, len(around) + 1)]
    return Routing(
        serving.astype(np.int64), np.array(order, dtype=np.int64), rings, names + ring_names
    )


def build_medium_voltage(
    stations: pd.DataFrame,
    substations: pd.DataFrame,
    cable_types: pd.DataFrame,
    *,
    parameters: Parameters,
    planning: PlanningRules,
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Give stations their feeder, and make the medium-voltage cables.

    Parameters
    ----------
    stations
        ``station_id``, ``owner``, ``substation_id``, ``node_mv``, ``x_m`` and ``y_m``, and
        what is planned for them.
    substations
        ``substation_id``, ``node_mv``, ``x_m`` and ``y_m``.
    cable_types
        Standard cables.
    parameters, planning
        Rules.
    seed
        Start of the search for rings.

    Returns
    -------
    stations
        With ``feeder_id``.
    cables, open_cables
        As declared in the grid's tables; rings have no link of their own yet.
    """
    rules = RingRules(
        medium_voltage_rules(parameters),
        parameters.value("mv_voltage_drop_outage_planned"),
        standard_cables(cable_types, "mv_cable"),
        planning,
        seed,
        parameters.value("ring_length_used"),
    )
    demand = demand_of(stations)
    routing = route_feeders(
        stations,
        substations,
        demand,
        own_min_kw=parameters.value("own_feeder_min_mw") * 1000.0,
        rules=rules,
    )
    named = stations.assign(feeder_id=_feeder_names(routing)).astype({"feeder_id": str})
    cables, open_cables = _lay(named, substations, demand, routing, rules)
    return named, cables, open_cables


def _feeder_names(routing: Routing) -> Objects:
    names = np.full(routing.substation.size, "", dtype=object)
    fed = [np.array([station]) for station in routing.alone]
    fed += [ring.stations for ring in routing.rings]
    for members, name in zip(fed, routing.names, strict=True):
        names[members] = name
    return names


def _lay(
    stations: pd.DataFrame,
    substations: pd.DataFrame,
    demand: Demand,
    routing: Routing,
    rules: RingRules,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cables of all feeders and rings, one towards each station, and the open ones."""
    places_m, busbars_m = (
        rows[["x_m", "y_m"]].to_numpy(dtype=np.float64) for rows in (stations, substations)
    )
    parent = np.full(len(stations), -1, dtype=np.int64)
    length_m, chosen = np.zeros(len(stations)), np.ones((2, len(stations)), dtype=np.int64)
    own = _own_feeders(routing, demand, places_m, busbars_m, rules)
    length_m[routing.alone], chosen[:, routing.alone] = own
    closing = []
    for ring, name in zip(routing.rings, routing.names[routing.alone.size :], strict=True):
        lengths_m = ring_lengths_m(
            ring, places_m, busbars_m[routing.substation[ring.stations[0]]], rules.cables
        )
        cable = ring_cable(ring, lengths_m, demand, rules)
        chosen[:, ring.stations] = np.array(cable)[:, None]
        length_m[ring.halves[0]] = lengths_m[: ring.first]
        length_m[ring.halves[1]] = lengths_m[ring.first + 1 :][::-1]
        for half in ring.halves:
            parent[half[1:]] = half[:-1]
        ends = [int(half[-1]) if half.size else -1 for half in ring.halves]
        closing.append((name, *ends, lengths_m[ring.first], *cable))
    nodes = stations["node_mv"].to_numpy(dtype=object)
    busbar = substations["node_mv"].to_numpy(dtype=object)[routing.substation]
    ends_of = pd.DataFrame(
        {
            "cable_id": "MS-" + stations["station_id"].reset_index(drop=True),
            "from_node": np.where(parent < 0, busbar, nodes[parent]),
            "to_node": nodes,
        }
    )
    laid = cable_table(ends_of, length_m, rules.types, (chosen[0], chosen[1]))
    return laid, _open_cables(closing, nodes, busbar, rules.types)


def _own_feeders(
    routing: Routing,
    demand: Demand,
    places_m: Floats,
    busbars_m: Floats,
    rules: RingRules,
) -> tuple[Floats, Ints]:
    """Length, type and number of the cable of each station that has a feeder of its own."""
    alone = routing.alone
    length_m = route_m(busbars_m[routing.substation[alone]], places_m[alone], rules.cables)
    forest = Forest(np.full(alone.size, -1), length_m, [np.arange(alone.size)])
    each = Demand(demand.homes[alone], demand.firms_kw[alone], demand.feed_in_kw[alone])
    chosen = size_cables(
        forest,
        planned_power(each, rules.planning),
        rules.types,
        rules.cables,
        power_factor=rules.planning.power_factor,
        thickest=np.zeros(alone.size, dtype=bool),
    )
    return length_m, np.array(chosen)


def _open_cables(
    closing: list[tuple[str, int, int, float, int, int]],
    nodes: Objects,
    busbar: Objects,
    types: pd.DataFrame,
) -> pd.DataFrame:
    """Cables between both ends of each ring; the busbar is the end of an empty half."""
    if not closing:
        return no_open_cables()
    name, one, other, length_m, position, parallel = (
        np.array(column) for column in zip(*closing, strict=True)
    )
    ends = pd.DataFrame(
        {
            "cable_id": [f"MS-{each}-open" for each in name],
            "from_node": nodes[one],
            "to_node": np.where(other < 0, busbar[one], nodes[other]),
        }
    )
    table = cable_table(ends, length_m, types, (position, parallel))
    return table.drop(columns="kind").assign(feeder_id=name.astype(object))


def _order_around(stations_m: Floats, feeders: list[Ints], middle_m: Floats) -> list[Ints]:
    def angle(members: Ints) -> tuple[float, int]:
        dx, dy = stations_m[members].mean(axis=0) - middle_m
        return float(np.arctan2(dy, dx)), int(members[0])

    return sorted(feeders, key=angle)
