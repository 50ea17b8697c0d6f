"""Which addresses are neighbours along a street, and which feeders follow the streets.

House numbers of one side of a street, in their order, tell which addresses are neighbours. The
cables of a feeder run along the houses of its address groups, and join groups where their
addresses come nearest, along a street before across a block.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial.distance import cdist

from stroomstad.blocks import Floats, Ints
from stroomstad.synthesis.cables import CableRules, Forest, hang_from_roots
from stroomstad.synthesis.planning import (
    Demand,
    PlanningRules,
    counted_homes,
    demand_of,
    planned_homes_kw,
    planned_power,
)
from stroomstad.tables.parameters import Parameters
from stroomstad.units import kva_from_current

Flags = NDArray[np.bool_]
# Two routes are equally long when they differ by less, which only rounding does.
SAME_LENGTH_M = 1e-6


@dataclass(frozen=True, slots=True)
class StreetRules:
    """How streets are read from addresses, and what one feeder along them may serve.

    Attributes
    ----------
    detour_factor
        Route length over straight-line length along a street. [1]
    gap_max_m
        Longest stretch without an address that still belongs to a street. [m]
    mixed_share_min
        Share of the rarer of odd and even numbers in a postcode from which the street is
        numbered through instead of by side. [1]
    homes_max
        Most homes on a feeder, other uses counted as homes. [1]
    load_max_kw, feed_in_max_kw
        Most that one feeder may be planned to carry. [kW]
    """

    detour_factor: float
    gap_max_m: float
    mixed_share_min: float
    homes_max: float
    load_max_kw: float
    feed_in_max_kw: float


@dataclass(frozen=True, slots=True)
class FeederLoad:
    """What every group asks of a feeder, and what a feeder may serve.

    Attributes
    ----------
    counted
        Homes, other uses counted as homes. [1], shape (places,)
    demand
        What is planned at the group.
    homes_kw
        Planned peak of its homes at station level. [kW], shape (places,)
    rules, planning
        What a feeder may serve, and how what is planned adds up.
    """

    counted: Floats
    demand: Demand
    homes_kw: Floats
    rules: StreetRules
    planning: PlanningRules

    def table(self) -> Floats:
        """Everything that adds up on a feeder. Shape (5, places)."""
        demand = self.demand
        return np.stack(
            [self.counted, demand.homes, demand.firms_kw, demand.feed_in_kw, self.homes_kw]
        )

    def fits(self, sums: Floats) -> Flags:
        """Whether one feeder may serve so much, summed as in `table`. Shape (feeders,)."""
        counted, homes, firms_kw, feed_in_kw, homes_kw = sums
        power = planned_power(Demand(homes, firms_kw, feed_in_kw), self.planning, homes_kw)
        return np.asarray(
            (counted <= self.rules.homes_max)
            & (power.load_kw <= self.rules.load_max_kw)
            & (power.feed_in_kw <= self.rules.feed_in_max_kw)
        )


@dataclass(frozen=True, slots=True)
class Feeders:
    """Which feeder serves each group, and the links by which it reaches them.

    Attributes
    ----------
    feeder
        Feeder of each group. Shape (places,)
    station
        Station of each feeder. Shape (feeders,)
    groups
        The two groups of each link; -1 for the station. Shape (places, 2)
    houses
        The two addresses between which it runs, as rows of `along_streets`; -1 for the
        station. Shape (places, 2)
    length_m
        Route length between these. [m], shape (places,)
    """

    feeder: Ints
    station: Ints
    groups: Ints
    houses: Ints
    length_m: Floats


def street_rules(
    parameters: Parameters, types: pd.DataFrame, rules: CableRules, power_factor: float
) -> StreetRules:
    """Read the rules for feeders along streets.

    Notes
    -----
    One cable of the thickest type carries a feeder; only a group that alone needs more has
    several side by side.
    """
    rated_kva = kva_from_current(float(types["rated_current_a"].max()), rules.voltage_v)
    planned_kva = rated_kva * rules.fill_planned
    return StreetRules(
        detour_factor=parameters.value("detour_street_factor"),
        gap_max_m=parameters.value("street_gap_max_m"),
        mixed_share_min=parameters.value("street_mixed_share_min"),
        homes_max=parameters.value("lv_feeder_homes_max"),
        load_max_kw=planned_kva * power_factor,
        feed_in_max_kw=planned_kva,
    )


def feeder_load(points: pd.DataFrame, rules: StreetRules, planning: PlanningRules) -> FeederLoad:
    """Say what every group asks of a feeder, of points with what is planned for them."""
    demand = demand_of(points)
    counted = counted_homes(demand, planning)
    return FeederLoad(counted, demand, planned_homes_kw(points, planning), rules, planning)


def along_streets(addresses: pd.DataFrame, rules: StreetRules) -> pd.DataFrame:
    """Say in which order one meets addresses along their street.

    Parameters
    ----------
    addresses
        ``place, station, postcode, street, house_number, x_m, y_m``.
    rules
        When a street is numbered through, and what interrupts it.

    Returns
    -------
    The addresses by station and place, with ``along``, their rank along the streets, and
    ``stretch``, the number of the side of a street at one station that no gap interrupts. An
    address without a street is a stretch of its own.

    Notes
    -----
    Own choice: a postcode with odd and even numbers in turn is one row of houses, as in the
    courts of new towns; elsewhere odd and even numbers face each other.
    """
    digits = addresses["house_number"].str.extract(r"^(\d{1,9})", expand=False)
    number = digits.fillna("0").astype(np.int64)
    odd = number % 2
    share = odd.groupby([addresses["postcode"], addresses["street"]]).transform("mean")
    through = np.minimum(share, 1.0 - share) >= rules.mixed_share_min
    told = addresses.assign(side=np.where(through, 2, odd), number=number)
    street = ["station", "street", "side"]
    told = told.sort_values(
        [*street, "number", "house_number", "postcode", "place", "x_m", "y_m"], ignore_index=True
    )
    step_m = np.hypot(told["x_m"].diff(), told["y_m"].diff())
    other = (told[street] != told[street].shift()).any(axis=1) | (told["street"] == "")
    stretch = np.cumsum((other | (step_m > rules.gap_max_m)).to_numpy())
    told = told.assign(along=np.arange(len(told)), stretch=stretch)
    return told.sort_values(["station", "place", "along"], ignore_index=True)


def neighbours_along(houses: pd.DataFrame) -> Ints:
    """Pairs of groups between which no other stands on their side of a street.

    Parameters
    ----------
    houses
        Addresses as from `along_streets`.

    Returns
    -------
    Places, the lower one first. Shape (pairs, 2)
    """
    ordered = houses.sort_values("along")
    place, stretch = (ordered[name].to_numpy(dtype=np.int64) for name in ("place", "stretch"))
    border = (stretch[1:] == stretch[:-1]) & (place[1:] != place[:-1])
    pairs = np.column_stack([place[:-1], place[1:]])[border]
    return np.unique(np.sort(pairs, axis=1), axis=0)


def gather_feeders(
    houses: pd.DataFrame, station: Ints, sites_m: Floats, load: FeederLoad, rules: CableRules
) -> Feeders:
    """Divide the groups of every station over feeders that follow the streets.

    Parameters
    ----------
    houses
        Addresses as from `along_streets`, one at least of every group.
    station
        Station of each group. Shape (places,)
    sites_m
        Positions of the stations. [m], shape (stations, 2)
    load
        What every group asks of a feeder, and what a feeder may serve.
    rules
        Detour factor across blocks, and the shortest cable.

    Notes
    -----
    Every group starts with a cable of its own from the station to its nearest address. Two
    feeders are joined where their addresses come nearest, if that is no longer than the longer of
    their ways to the station. Of all such links the one that saves most comes first, as long as
    one cable can serve both. What lies along the houses of a group is needed however it is
    joined, and so does not count. Feeders are numbered by station and by their first group. A
    rule of thumb: it finds short feeders, not provably the shortest.

    References
    ----------
    .. [1] L. R. Esau, K. C. Williams, "On teleprocessing system design, part II", IBM Systems
       Journal 5 (3), 1966, for the capacitated minimum spanning tree.
    """
    where_m = houses[["x_m", "y_m"]].to_numpy(dtype=np.float64)
    place = houses["place"].to_numpy(dtype=np.int64)
    pairs = neighbours_along(houses)
    pairs = pairs[np.argsort(station[pairs[:, 0]], kind="stable")]
    bounds = np.arange(len(sites_m) + 1)
    of_houses, of_pairs = (np.searchsorted(station[of], bounds) for of in (place, pairs[:, 0]))
    table = load.table()
    feeder = np.zeros(station.size, dtype=np.int64)
    of_feeder: list[int] = []
    links: list[Floats] = [np.zeros((0, 5))]
    for number in np.flatnonzero(np.diff(of_houses)):
        rows = slice(of_houses[number], of_houses[number + 1])
        row = _Row(*np.unique(place[rows], return_index=True), where_m[rows], sites_m[number])
        beside = np.searchsorted(row.members, pairs[of_pairs[number] : of_pairs[number + 1]])
        between_m, root_m = _route_lengths(row, beside, rules, load.rules)
        local, found = _join(between_m, root_m, table[:, row.members], load)
        feeder[row.members] = local + len(of_feeder)
        of_feeder.extend([int(number)] * (int(local.max()) + 1))
        links.append(_located(found, row, rows.start))
    ends = np.vstack(links)
    whole = ends[:, :4].astype(np.int64)
    return Feeders(feeder, np.array(of_feeder), whole[:, :2], whole[:, 2:], ends[:, 4])


def group_forest(
    feeders: Feeders, houses: pd.DataFrame, places_m: Floats, detour_factor: float
) -> Forest:
    """See feeders as one cable to each group, from middle to middle past the houses.

    Parameters
    ----------
    feeders
        As from `gather_feeders`.
    houses
        Addresses as from `along_streets`.
    places_m
        Middles of the groups. [m], shape (places, 2)
    detour_factor
        Route length over straight-line length along a street. [1]
    """
    where_m = houses[["x_m", "y_m"]].to_numpy(dtype=np.float64)
    length_m = feeders.length_m.copy()
    for group, house in zip(feeders.groups.T, feeders.houses.T, strict=True):
        inside = group >= 0
        to_middle_m = np.hypot(*(where_m[house[inside]] - places_m[group[inside]]).T)
        length_m[inside] += to_middle_m * detour_factor
    one, other = feeders.groups.T
    other = np.where(other < 0, len(places_m) + feeders.feeder[one], other)
    size = len(places_m) + feeders.station.size + 1
    tree = csr_matrix((length_m, (one, other)), shape=(size, size))
    return hang_from_roots(tree, len(places_m))


def house_forest(
    feeders: Feeders, houses: pd.DataFrame, detour_factor: float, length_min_m: float
) -> Forest:
    """See feeders as one cable to each address, from house to house.

    Parameters
    ----------
    feeders
        As from `gather_feeders`.
    houses
        Addresses as from `along_streets`.
    detour_factor
        Route length over straight-line length along a street. [1]
    length_min_m
        Shortest cable between two addresses. [m]

    Notes
    -----
    The cable of a group is the shortest tree past its addresses.
    """
    where_m = houses[["x_m", "y_m"]].to_numpy(dtype=np.float64)
    place = houses["place"].to_numpy(dtype=np.int64)
    one, other = _pairs_of(place)
    apart_m = np.hypot(*(where_m[one] - where_m[other]).T) * detour_factor
    here, there = feeders.houses.T
    there = np.where(there < 0, place.size + feeders.feeder[place[here]], there)
    size = place.size + feeders.station.size + 1
    length_m = np.concatenate([np.maximum(apart_m, length_min_m), feeders.length_m])
    ends = (np.concatenate([one, here]), np.concatenate([other, there]))
    tree = minimum_spanning_tree(csr_matrix((length_m, ends), shape=(size, size)))
    return hang_from_roots(tree, place.size)


def _pairs_of(place: Ints) -> tuple[Ints, Ints]:
    """Every pair of addresses of one group, where the addresses of each group follow each other."""
    first = np.flatnonzero(np.diff(place, prepend=-1))
    count = np.diff(first, append=place.size)
    last = np.repeat(first + count, count)
    later = last - np.arange(place.size) - 1
    one = np.repeat(np.arange(place.size), later)
    step = np.arange(one.size) - np.repeat(np.cumsum(later) - later, later)
    return one, one + 1 + step


@dataclass(frozen=True, slots=True)
class _Row:
    """Addresses of one station, group by group.

    Attributes
    ----------
    members
        The groups. Shape (members,)
    first
        First address of each. Shape (members,)
    where_m
        Positions. [m], shape (addresses, 2)
    site_m
        Position of the station. [m], shape (2,)
    """

    members: Ints
    first: Ints
    where_m: Floats
    site_m: Floats

    def of(self, member: int) -> slice:
        """Addresses of one group."""
        last = member + 1 == self.first.size
        return slice(self.first[member], None if last else self.first[member + 1])


def _route_lengths(
    row: _Row, beside: Ints, rules: CableRules, street: StreetRules
) -> tuple[Floats, Floats]:
    """Route lengths between the nearest addresses of groups, and from the station to them. [m]."""
    apart_m = cdist(row.where_m, row.where_m)
    nearest_m = np.minimum.reduceat(apart_m, row.first, axis=0)
    nearest_m = np.minimum.reduceat(nearest_m, row.first, axis=1)
    factor = np.full(nearest_m.shape, rules.detour_factor)
    factor[beside[:, 0], beside[:, 1]] = factor[beside[:, 1], beside[:, 0]] = street.detour_factor
    away_m = np.hypot(*(row.where_m - row.site_m).T)
    root_m = np.minimum.reduceat(away_m, row.first) * rules.detour_factor
    return (
        np.maximum(nearest_m * factor, rules.length_min_m),
        np.maximum(root_m, rules.length_min_m),
    )


def _join(between_m: Floats, root_m: Floats, sums: Floats, load: FeederLoad) -> tuple[Ints, Floats]:
    """Feeder of each member, and the links: one end, the other or -1 for the station, length."""
    label, way_m, sums = np.arange(root_m.size), root_m.copy(), sums.copy()
    links: list[tuple[int, int, float]] = []
    one, other = np.triu_indices(root_m.size, 1)
    length_m = between_m[one, other]
    while one.size:
        a, b = label[one], label[other]
        saved_m = np.maximum(way_m[a], way_m[b]) - length_m
        useful = (a != b) & (saved_m >= -SAME_LENGTH_M)
        useful[useful] = load.fits(sums[:, a[useful]] + sums[:, b[useful]])
        # What is of no use now never is later: ways only shorten, and feeders only fill.
        one, other, length_m, saved_m = (of[useful] for of in (one, other, length_m, saved_m))
        if one.size:
            best = int(np.argmax(saved_m))
            keep, gone = sorted((int(label[one[best]]), int(label[other[best]])))
            links.append((int(one[best]), int(other[best]), float(length_m[best])))
            sums[:, keep] += sums[:, gone]
            way_m[keep] = min(way_m[keep], way_m[gone])
            label[label == gone] = keep
    first, local = np.unique(label, return_inverse=True)
    for feeder in first:
        nearest = int(np.argmin(np.where(label == feeder, root_m, np.inf)))
        links.append((nearest, -1, float(root_m[nearest])))
    return local.astype(np.int64), np.array(links)


def _located(found: Floats, row: _Row, start: int) -> Floats:
    """Links with their groups, and the addresses between which they run. Shape (links, 5)."""
    located = np.empty((len(found), 5))
    for position, (one, other, length_m) in enumerate(found):
        mine = row.of(int(one))
        theirs = row.of(int(other)) if other >= 0 else None
        ends_m = row.site_m[None] if theirs is None else row.where_m[theirs]
        apart_m = cdist(row.where_m[mine], ends_m)
        here, there = np.unravel_index(int(np.argmin(apart_m)), apart_m.shape)
        located[position] = (
            row.members[int(one)],
            -1 if theirs is None else row.members[int(other)],
            start + mine.start + here,
            -1 if theirs is None else start + theirs.start + there,
            length_m,
        )
    return located
