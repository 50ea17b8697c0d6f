"""Which addresses share a station, and where it stands.

The city is swept from west to east. The westernmost address group that is not served yet gets a
station at the place from which the most homes can be served with it, until the station is full
or nobody else is near enough. Then each station moves to the middle of its homes, and a group
that is nearer to another station with space left goes there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.spatial import cKDTree

from stroomstad.blocks import Floats, Ints
from stroomstad.synthesis.planning import PlanningRules, counted_homes, demand_of
from stroomstad.synthesis.transformers import largest_load_kw, transformer_rules
from stroomstad.tables.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Places:
    """Address groups as arrays, in the order of their identifiers.

    Attributes
    ----------
    x_m, y_m
        Position. [m], shape (places,)
    homes
        Homes, and other uses counted as the homes that plan for the same power. [1],
        shape (places,)
    feed_in_kw
        Planning feed-in. [kW], shape (places,)
    corner_x_m, corner_y_m
        Outermost addresses, place by place: none lies further from anywhere. [m],
        shape (corners,)
    corners
        Outermost addresses of each place, one at least. Shape (places,)
    """

    x_m: Floats
    y_m: Floats
    homes: Floats
    feed_in_kw: Floats
    corner_x_m: Floats
    corner_y_m: Floats
    corners: Ints


@dataclass(frozen=True, slots=True)
class StationRule:
    """When addresses may share a station.

    Attributes
    ----------
    homes_max
        Most homes, other uses counted as homes. [1]
    distance_max_m
        Largest straight-line distance from station to address. [m]
    feed_in_max_kw
        Most planning feed-in. [kW]
    """

    homes_max: float
    distance_max_m: float
    feed_in_max_kw: float


def make_places(points: pd.DataFrame, addresses: pd.DataFrame, planning: PlanningRules) -> Places:
    """Take the low-voltage points as arrays.

    Parameters
    ----------
    points
        Low-voltage points, with what is planned for them.
    addresses
        ``x_m``, ``y_m`` and ``point``, the index of their point; one at least for every point.
    planning
        Peak per home, by which other uses are counted as homes.
    """
    demand = demand_of(points)
    place = points.index.get_indexer(pd.Index(addresses["point"]))
    x_m, y_m = (addresses[name].to_numpy(dtype=np.float64) for name in ("x_m", "y_m"))
    order = np.argsort(place, kind="stable")[(place < 0).sum() :]
    at = shapely.points(np.column_stack([x_m, y_m])[order])
    hulls = shapely.convex_hull(shapely.multipoints(np.asarray(at), indices=place[order]))
    corner_m, owner = shapely.get_coordinates(hulls, return_index=True)
    return Places(
        points["x_m"].to_numpy(dtype=np.float64),
        points["y_m"].to_numpy(dtype=np.float64),
        counted_homes(demand, planning),
        demand.feed_in_kw,
        corner_m[:, 0],
        corner_m[:, 1],
        np.bincount(owner, minlength=len(points)),
    )


def gather_stations(places: Places, rule: StationRule) -> tuple[Ints, Ints]:
    """Divide the address groups over stations.

    Parameters
    ----------
    places
        The address groups.
    rule
        What a station may serve.

    Returns
    -------
    station
        Station of each address group; stations are numbered from west to east as they were
        placed. Shape (places,)
    site
        Address group at which each station stands. Shape (stations,)

    Notes
    -----
    A group is never cut: one that alone breaks a rule has a station of its own, at its
    middle, so that nobody is left without one. The sweep is a rule of thumb: it finds few
    stations, not provably the fewest.
    """
    order = np.lexsort((np.arange(places.x_m.size), places.x_m))
    clusters = [np.sort(order[found]) for found in _sweep(places, order, rule)]
    station = np.zeros(places.x_m.size, dtype=np.int64)
    for number, members in enumerate(clusters):
        station[members] = number
    sites = [middle_site(places, members, rule) for members in clusters]
    site = np.array(sites, dtype=np.int64)
    return _to_nearer(station, site, places, rule), site


def middle_site(places: Places, members: Ints, rule: StationRule) -> int:
    """Choose the group at which the station of ``members`` stands.

    Returns
    -------
    Of the groups from which every address is near enough, the one nearest to the middle of
    the homes. There must be one.
    """
    x, y, homes = places.x_m[members], places.y_m[members], places.homes[members]
    weight = homes if homes.sum() > 0.0 else np.ones(members.size)
    middle_x, middle_y = np.average(x, weights=weight), np.average(y, weights=weight)
    away = np.hypot(x - middle_x, y - middle_y)
    corner, owner = _corners_of(places, members)
    corner_x_m, corner_y_m = places.corner_x_m[corner], places.corner_y_m[corner]
    for candidate in np.argsort(away, kind="stable"):
        distance_m = np.hypot(corner_x_m - x[candidate], corner_y_m - y[candidate])
        # A group of which an address is too far from its own middle is still served from there.
        if ((distance_m <= rule.distance_max_m) | (owner == candidate)).all():
            return int(members[candidate])
    raise ValueError("no group is near enough to all others")


def station_rule(parameters: Parameters, planning: PlanningRules) -> StationRule:
    """Read the rule for stations.

    Notes
    -----
    A station never serves more homes or feed-in than the largest standard transformer
    carries at the highest margin, however high the parameter is set.
    """
    largest_kw = largest_load_kw(transformer_rules(parameters))
    return StationRule(
        min(parameters.value("station_homes_max"), largest_kw / planning.base_home_peak_kw),
        parameters.value("station_distance_max_m"),
        largest_kw,
    )


def rules_over_range(parameters: Parameters, planning: PlanningRules) -> list[StationRule]:
    """Read every pair of most homes and largest distance over the range of the parameters."""
    largest_kw = largest_load_kw(transformer_rules(parameters))
    most_homes = largest_kw / planning.base_home_peak_kw
    return [
        StationRule(min(homes_max, most_homes), distance_max_m, largest_kw)
        for homes_max in sorted(set(parameters.band("station_homes_max")))
        for distance_max_m in sorted(set(parameters.band("station_distance_max_m")))
    ]


def count_stations(
    places: Places, rules: list[StationRule], stations_customer: int
) -> pd.DataFrame:
    """Count the stations that each rule leads to.

    Returns
    -------
    One row per rule: ``homes_per_station``, ``distance_max_m``, ``stations_public`` and
    ``stations_customer``.
    """
    return pd.DataFrame(
        {
            "homes_per_station": [rule.homes_max for rule in rules],
            "distance_max_m": [rule.distance_max_m for rule in rules],
            "stations_public": [int(gather_stations(places, rule)[1].size) for rule in rules],
            "stations_customer": stations_customer,
        }
    )


def _sweep(places: Places, order: Ints, rule: StationRule) -> list[Ints]:
    """Groups of each station, as positions in ``order``, that of the sweep."""
    reach = _reach(places, rule.distance_max_m)[order][:, order]
    reach.sort_indices()
    reached_from = reach.T.tocsr()
    demand, most = _against_capacity(places, rule)
    demand = demand[:, order]
    free = np.ones(order.size, dtype=bool)
    clusters = []
    for anchor in range(order.size):
        if not free[anchor]:
            continue
        offers = [
            _offer(reach, int(site), free, demand, most)
            for site in np.sort(_row(reached_from, anchor))
        ]
        best = max(offers, key=lambda offer: (demand[0, offer].sum(), offer.size))
        free[best] = False
        clusters.append(best)
    return clusters


def _offer(
    reach: csr_matrix, site: int, free: NDArray[np.bool_], demand: Floats, most: Floats
) -> Ints:
    """Groups that a station here could serve: those near enough, western ones first.

    Nothing when the group at the site itself would be served by another station.
    """
    near = _row(reach, site)
    near = near[free[near]]
    # What adds up never shrinks, so the groups that fit come first.
    filled = int((demand[:, near].cumsum(axis=1) <= most).all(axis=0).sum())
    served = near[: max(1, filled)]
    return served if (served == site).any() else served[:0]


def _against_capacity(places: Places, rule: StationRule) -> tuple[Floats, Floats]:
    """Homes and feed-in of each group, shape (2, places), and the most of both at a station."""
    demand = np.stack([places.homes, places.feed_in_kw])
    return demand, np.array([[rule.homes_max], [rule.feed_in_max_kw]])


def _reach(places: Places, distance_max_m: float) -> csr_matrix:
    """Which station site (row) is near enough to which address group (column)."""
    positions_m = np.column_stack([places.x_m, places.y_m])
    pairs = cKDTree(positions_m).query_pairs(distance_max_m, output_type="ndarray")
    site = np.concatenate([pairs[:, 0], pairs[:, 1]])
    group = np.concatenate([pairs[:, 1], pairs[:, 0]])
    near = farthest_m(places, group, positions_m[site]) <= distance_max_m
    # A group of which an address is too far from its own middle is still served from there.
    itself = np.arange(places.x_m.size)
    rows, columns = np.append(site[near], itself), np.append(group[near], itself)
    return csr_matrix((np.ones(rows.size), (rows, columns)), shape=(itself.size, itself.size))


def farthest_m(places: Places, group: Ints, from_m: Floats) -> Floats:
    """Distance to the farthest address of a group, each group seen from a place of its own.

    Parameters
    ----------
    places
        The address groups.
    group
        Positions in ``places``. Shape (pairs,)
    from_m
        Where it is seen from. [m], shape (pairs, 2)

    Returns
    -------
    Distance. [m], shape (pairs,)
    """
    if not group.size:
        return np.zeros(0)
    corner, pair = _corners_of(places, group)
    east_m = places.corner_x_m[corner] - from_m[pair, 0]
    north_m = places.corner_y_m[corner] - from_m[pair, 1]
    first = np.cumsum(places.corners[group]) - places.corners[group]
    return np.asarray(np.maximum.reduceat(np.hypot(east_m, north_m), first))


def _corners_of(places: Places, group: Ints) -> tuple[Ints, Ints]:
    """Positions of the outermost addresses of some groups, and whose they are among these."""
    count = places.corners[group]
    before = (np.cumsum(places.corners) - places.corners)[group]
    owner = np.repeat(np.arange(group.size), count)
    within = np.arange(owner.size) - np.repeat(np.cumsum(count) - count, count)
    return before[owner] + within, owner


def _row(matrix: csr_matrix, row: int) -> Ints:
    start, stop = matrix.indptr[row : row + 2]
    return np.asarray(matrix.indices[start:stop], dtype=np.int64)


def _to_nearer(station: Ints, site: Ints, places: Places, rule: StationRule) -> Ints:
    """Move groups to the nearest station while it has space, those that gain most first."""
    positions_m = np.column_stack([places.x_m, places.y_m])
    if not site.size:
        return station
    found_m, found = cKDTree(positions_m[site]).query(positions_m)
    nearest_m, nearest = np.asarray(found_m), np.asarray(found)
    gain_m = np.hypot(*(positions_m - positions_m[site[station]]).T) - nearest_m
    everyone = np.arange(gain_m.size)
    far_m = farthest_m(places, everyone, positions_m[site[nearest]])
    wishes = (gain_m > 0.0) & (far_m <= rule.distance_max_m)
    demand, most = _against_capacity(places, rule)
    filled: Floats = np.stack([np.bincount(station, part, minlength=site.size) for part in demand])
    moved = station.copy()
    for group in np.lexsort((everyone, -gain_m)):
        here, there = int(station[group]), int(nearest[group])
        if wishes[group] and (filled[:, [there]] + demand[:, [group]] <= most).all():
            moved[group] = there
            filled[:, here] -= demand[:, group]
            filled[:, there] += demand[:, group]
    return moved
