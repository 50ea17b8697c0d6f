"""Along which rings the stations of a substation lie, where each ring is open, and of what cable.

A ring leaves the busbar, passes its stations and returns. It is open at one point, so that two
halves carry about as much; when a cable fails, that point is closed and the other half takes
over. Rings are the routes of a vehicle routing problem: every station on one route, no route with
more than a cable may carry, as few metres as the search finds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from pyvrp import Client, Depot, Location, ProblemData, VehicleType, solve
from pyvrp.stop import MaxIterations

from stroomstad.blocks import Floats, Ints
from stroomstad.synthesis.cables import CableRules, line_current_a, route_m
from stroomstad.synthesis.planning import Demand, PlanningRules, planned_power
from stroomstad.tables.grid import Grid

# Numerical, no rule: how long the search goes on. On Almere four times as many make the rings 3 %
# shorter and take four times as long. The search stops on this count and starts from a seed, so
# that it is the same every time.
ITERATIONS, _ITERATIONS_PER_STATION = 1000, 10
# Numerical, no rule: how many routes the search may choose from, more than the load needs, so that
# one with large stations can stay light. It uses as few as make the metres least.
_SPARE, _SPARE_ROUTES = 1.1, 2
# Numerical, no rule: a longer ring carries less, since voltage drops with load times length, and
# the search takes that line in steps of the largest load. What a ring must keep is in its rules.
_SHARES = (1.0, 0.75, 0.5, 0.25)


@dataclass(frozen=True, slots=True)
class Ring:
    """Stations in the order in which the ring passes them.

    Attributes
    ----------
    stations
        Positions of the stations, from one end of the ring to the other.
    first
        How many of them, one at least, the first half feeds; the second half feeds the others,
        the last of them first.
    """

    stations: Ints
    first: int

    @property
    def halves(self) -> tuple[Ints, Ints]:
        """Stations of both halves, the one nearest the busbar first; the second may be empty."""
        return self.stations[: self.first], self.stations[self.first :][::-1]


@dataclass(frozen=True, slots=True)
class RingRules:
    """What a ring must satisfy.

    Attributes
    ----------
    cables
        Of its cables; ``fill_planned`` and ``drop_planned`` hold for a half.
    drop_outage
        Largest planned drop of voltage when one end feeds the whole ring. [1]
    types
        Standard cables, thinnest first.
    planning
        What is planned of homes and firms.
    seed
        Start of the search for routes.
    length_used
        Share of the length at which voltage just holds that a ring is routed for. [1]
    """

    cables: CableRules
    drop_outage: float
    types: pd.DataFrame
    planning: PlanningRules
    seed: int
    length_used: float


def ring_routes(
    stations_m: Floats, busbar_m: Floats, load_kw: Floats, largest_kw: float, rules: RingRules
) -> list[Ints]:
    """Divide the stations of one substation over rings.

    Parameters
    ----------
    stations_m, busbar_m
        Positions. [m], shapes (stations, 2) and (2,)
    load_kw
        What is planned of each station, taken to add up. [kW], shape (stations,)
    largest_kw
        Most that is planned on a ring; none of ``load_kw`` is above it. [kW]
    rules
        Detour factor, shortest cable and seed.

    Returns
    -------
    Stations of each ring, in the order in which it passes them.

    References
    ----------
    .. [1] N. A. Wouda, L. Lan, W. Kool, "PyVRP: a high-performance VRP solver package", INFORMS
       Journal on Computing 36, 2024, 943-955.
    """
    if len(stations_m) == 0:
        return []
    places_m = np.vstack([busbar_m, stations_m])
    straight_m = np.hypot(*(places_m[:, None, :] - places_m[None, :, :]).transpose(2, 0, 1))
    route_m = np.maximum(straight_m * rules.cables.detour_factor, rules.cables.length_min_m)
    np.fill_diagonal(route_m, 0.0)
    whole_m = np.rint(route_m).astype(np.int64)
    whole_kw = np.ceil(load_kw).astype(int)
    kinds = _kinds_of_ring(int(whole_kw.sum()), len(whole_kw), largest_kw, rules)
    reach_m = [_reach_m(kinds, int(kw)) for kw in whole_kw]
    far = 2 * whole_m[0, 1:] > reach_m
    if far.any():
        # Alone on a ring, whatever its voltage asks.
        near = np.flatnonzero(~far)
        routes = ring_routes(stations_m[near], busbar_m, load_kw[near], largest_kw, rules)
        return [*(near[route] for route in routes), *np.flatnonzero(far)[:, None]]
    problem = ProblemData(
        [Location(x, y) for x, y in places_m],
        [Client(number, [kw]) for number, kw in enumerate(whole_kw.tolist(), start=1)],
        [Depot(0)],
        kinds,
        [whole_m],
        [np.zeros_like(whole_m)],
    )
    iterations = min(ITERATIONS, _ITERATIONS_PER_STATION * len(whole_kw))
    best = solve(problem, MaxIterations(iterations), seed=rules.seed).best
    if not best.is_feasible():
        raise ValueError(f"no rings of at most {largest_kw:g} kW hold {len(whole_kw)} stations.")
    found = [
        np.array([visit.idx for visit in route if visit.is_client()], dtype=np.int64)
        for route in best.routes()
    ]
    # A route may be walked either way: it starts at the lower of its two ends.
    return [route if route[0] <= route[-1] else route[::-1] for route in found]


def longest_ring_m(load_kw: float, rules: RingRules) -> float:
    """Length at which a ring of the thickest cable, fed from one end, just keeps its voltage.

    Parameters
    ----------
    load_kw
        Of the ring, taken to be spread evenly over its length. [kW]
    rules
        Rules.

    Returns
    -------
    Route length. [m]

    References
    ----------
    .. [1] W. H. Kersting, Distribution System Modeling and Analysis, 4th ed., CRC Press, 2017,
       ch. 3: load spread evenly drops the voltage as half of it would at the far end.
    """
    r, x = _ohm_per_km(rules.types, len(rules.types) - 1)
    ohm_per_km = r + x * float(np.tan(np.arccos(rules.planning.power_factor)))
    return rules.drop_outage * rules.cables.voltage_v**2 / (load_kw / 2.0 * ohm_per_km)


def _kinds_of_ring(
    load_kw: int, stations: int, largest_kw: float, rules: RingRules
) -> list[VehicleType]:
    """Rings that may carry all, up to some length, and longer ones that may carry less."""
    kinds = []
    for share in _SHARES:
        most_kw = int(np.ceil(share * largest_kw))
        count = int(np.ceil(load_kw / most_kw * _SPARE)) + _SPARE_ROUTES
        longest_m = int(rules.length_used * longest_ring_m(most_kw, rules))
        kinds.append(VehicleType(min(count, stations), [most_kw], max_distance=longest_m))
    return kinds


def _reach_m(kinds: list[VehicleType], load_kw: int) -> int:
    """Length of the longest ring that may carry a load. [m]."""
    return max(kind.max_distance for kind in kinds if kind.capacity[0] >= load_kw)


def _ohm_per_km(types: pd.DataFrame, position: int) -> tuple[float, float]:
    r, x = types[["r_ohm_per_km", "x_ohm_per_km"]].to_numpy(dtype=np.float64)[position]
    return float(r), float(x)


def open_ring(stations: Ints, demand: Demand, planning: PlanningRules) -> Ring:
    """Open a ring where both halves are planned to carry most nearly the same."""
    along = _along(demand, stations)
    behind = _along(demand, stations[::-1])
    first_kw = planned_power(along, planning).highest_kw()
    second_kw = np.append(planned_power(behind, planning).highest_kw()[::-1][1:], 0.0)
    return Ring(stations, int(np.argmin(np.abs(first_kw - second_kw))) + 1)


def ring_lengths_m(ring: Ring, places_m: Floats, busbar_m: Floats, rules: CableRules) -> Floats:
    """Route length of every cable around a ring, the open one included.

    Returns
    -------
    From the busbar past each station back to the busbar. [m], shape (stations + 1,)
    """
    path_m = np.vstack([busbar_m, places_m[ring.stations], busbar_m])
    return route_m(path_m[:-1], path_m[1:], rules)


def ring_cable(ring: Ring, lengths_m: Floats, demand: Demand, rules: RingRules) -> tuple[int, int]:
    """Choose type and number of cables of a ring, the same all around.

    Parameters
    ----------
    ring, lengths_m
        The ring and its cables, as from `ring_lengths_m`.
    demand
        Of each station.
    rules
        Rules.

    Returns
    -------
    Row of ``rules.types`` and cables side by side; more than one only of the thickest type.

    Notes
    -----
    The ring's planned power stays below twice what is planned on a half, voltage falls or rises
    no further than planned in either half, nor, fed from one side, at the far end of the ring.
    """
    types, planning = rules.types, rules.planning
    planned = planned_power(_along(demand, ring.stations), planning)
    volt, most = rules.cables.voltage_v, 2.0 * rules.cables.fill_planned
    load_a = line_current_a(planned.load_kw[-1:], volt, planning.power_factor)
    feed_in_a = line_current_a(planned.feed_in_kw[-1:], volt, 1.0)
    needed_a = max(float(load_a[0]), float(feed_in_a[0])) / most
    feeds = _feeds(ring, lengths_m, rules)
    sags = [(_moments(demand, stations, km, planning), drop) for stations, km, drop in feeds]
    tangent = float(np.tan(np.arccos(planning.power_factor)))
    step = 0
    while True:
        position, parallel = min(step, len(types) - 1), max(1, step - len(types) + 2)
        rated_a, (r, x) = (
            float(types["rated_current_a"].iloc[position]),
            _ohm_per_km(types, position),
        )
        per_km = np.array([r + x * tangent, r]) / parallel * 1000.0 / volt**2
        if rated_a * parallel >= needed_a and all(
            (moments * per_km).max() <= drop for moments, drop in sags
        ):
            return position, parallel
        step += 1


def _feeds(ring: Ring, lengths_m: Floats, rules: RingRules) -> list[tuple[Ints, Floats, float]]:
    """Lines that one end feeds: both halves, and the ring from either end, with the drop allowed.

    Stations from the near to the far end, the cable before each [km], and the drop. [1]
    """
    km, count = lengths_m / 1000.0, ring.stations.size
    usual, outage = rules.cables.drop_planned, rules.drop_outage
    return [
        (ring.halves[0], km[: ring.first], usual),
        (ring.halves[1], km[ring.first + 1 :][::-1], usual),
        (ring.stations, km[:count], outage),
        (ring.stations[::-1], km[1:][::-1], outage),
    ]


def close_rings(grid: Grid) -> Grid:
    """Put a link between the busbar and both halves of every ring, which stands for both.

    Parameters
    ----------
    grid
        A radial grid with open cables; a ring that has its link already keeps it.

    Returns
    -------
    The grid with a node and a cable of kind ``ring`` more for each open cable between two halves
    of one substation. Nodes and stations of both halves take the name of the ring as their feeder:
    that of the half which ends at ``from_node`` of the open cable.

    Notes
    -----
    An open cable between two substations, or at a half that is part of another ring, closes no
    ring here; it is kept as it is.
    """
    cables = grid.cables
    ends = zip(cables["from_node"], cables.index, strict=True)
    above = dict(zip(cables["to_node"], ends, strict=True))
    busbars = set(grid.substations["node_mv"])
    closed = grid.open_cables["feeder_id"].isin(cables.loc[cables["kind"] == "ring", "cable_id"])
    # What is a ring already, or part of one, closes no other.
    taken: set[int] = set(cables.index[cables["kind"] == "ring"])
    found = []
    for at, near, far in grid.open_cables.loc[~closed, ["from_node", "to_node"]].itertuples():
        (root, first), (other_root, second) = _start(near, above), _start(far, above)
        firsts = [each for each in (first, second) if each is not None]
        if root == other_root and root in busbars and first != second and taken.isdisjoint(firsts):
            taken.update(firsts)
            found.append(_Closed(at, root, firsts))
    return _with_rings(grid, found) if found else grid


@dataclass(frozen=True, slots=True)
class _Closed:
    """An open cable, the busbar on which both of its ends hang, and by which first cables."""

    open_row: int
    busbar: str
    first_rows: list[int]


def ring_ratings(grid: Grid) -> Grid:
    """Rate every ring by the smaller of its first cables.

    Notes
    -----
    Where one half is empty, the cable that closes the ring counts as its first.
    """
    cables = grid.cables
    rings = cables[cables["kind"] == "ring"]
    if rings.empty:
        return grid
    lowest_a = cables.groupby("from_node")["rated_current_a"].min()
    closing = grid.open_cables.groupby("feeder_id")["rated_current_a"].min()
    one_half = cables.groupby("from_node").size().reindex(rings["to_node"]).to_numpy() < 2
    rated_a = lowest_a.reindex(rings["to_node"]).to_numpy()
    by_closing = closing.reindex(rings["cable_id"]).to_numpy(dtype=np.float64)
    rated_a = np.where(one_half, np.fmin(rated_a, by_closing), rated_a)
    cables = cables.copy()
    cables.loc[rings.index, "rated_current_a"] = rated_a
    return replace(grid, cables=cables)


def _along(demand: Demand, stations: Ints) -> Demand:
    """Demand of the first station, of the first two, and so on to all of them."""
    return Demand(
        np.cumsum(demand.homes[stations]),
        np.cumsum(demand.firms_kw[stations]),
        np.cumsum(demand.feed_in_kw[stations]),
    )


def _moments(demand: Demand, stations: Ints, km: Floats, planning: PlanningRules) -> Floats:
    """Load and feed-in through each cable times its length, summed to the far end. [kW km].

    Times ohm per km over V^2 that is the drop and the rise of `voltage_drop`.
    """
    behind = planned_power(_along(demand, stations[::-1]), planning)
    return np.array([behind.load_kw[::-1] @ km, behind.feed_in_kw[::-1] @ km])


def _start(node: str, above: Mapping[str, tuple[str, int]]) -> tuple[str, int | None]:
    """Node from which the cables above a node come, and the first of them."""
    first = None
    for _ in range(len(above) + 1):
        if node not in above:
            break
        node, first = above[node]
    return node, first


def _with_rings(grid: Grid, found: Sequence[_Closed]) -> Grid:
    cables, nodes, open_cables = grid.cables.copy(), grid.nodes.copy(), grid.open_cables.copy()
    fed_by = nodes.set_index("node_id")["feeder_id"]
    used = {*cables["cable_id"], *grid.stations["station_id"], *nodes["node_id"]}
    names: dict[str, str] = {}
    new_nodes, new_cables = [], []
    for each in found:
        firsts = cables.loc[each.first_rows]
        halves = fed_by.loc[firsts["to_node"]].tolist()
        ring = halves[0] if halves[0] not in used else f"{halves[0]}-ring"
        names |= dict.fromkeys(halves, ring)
        busbar = nodes[nodes["node_id"] == each.busbar].iloc[0]
        start = f"{ring}-start"
        new_nodes.append({**busbar, "node_id": start, "kind": "ring", "feeder_id": ring})
        new_cables.append(
            {**firsts.iloc[0], "cable_id": ring, "kind": "ring", "length_m": 0.0,
             "from_node": each.busbar, "to_node": start}
        )  # fmt: skip
        cables.loc[each.first_rows, "from_node"] = start
        open_cables.loc[each.open_row, "feeder_id"] = ring
    stations = grid.stations.assign(feeder_id=grid.stations["feeder_id"].replace(names))
    nodes["feeder_id"] = nodes["feeder_id"].replace(names)
    closed = replace(
        grid,
        nodes=_appended(nodes, new_nodes),
        cables=_appended(cables, new_cables),
        stations=stations,
        open_cables=open_cables,
    )
    return ring_ratings(closed)


def _appended(table: pd.DataFrame, rows: list[dict[str, object]]) -> pd.DataFrame:
    new = pd.DataFrame(rows)[list(table.columns)].astype(table.dtypes.to_dict())
    return pd.concat([table, new], ignore_index=True)
