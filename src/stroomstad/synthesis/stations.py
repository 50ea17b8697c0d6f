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
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.spatial import cKDTree

from stroomstad.blocks import Floats, Ints
from stroomstad.synthesis.planning import PlanningRules
from stroomstad.synthesis.transformers import largest_load_kw, transformer_rules
from stroomstad.tables.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Places:
    """Address groups as arrays, in the order of their identifiers.

    Attributes
    ----------
    x_m, y_m
        Position. [m], shape (places,)
    radius_m
        Largest distance from the position to one of the addresses. [m], shape (places,)
    homes
        Homes, and other uses counted as the homes that plan for the same power. [1],
        shape (places,)
    """

    x_m: Floats
    y_m: Floats
    radius_m: Floats
    homes: Floats


@dataclass(frozen=True, slots=True)
class StationRule:
    """When addresses may share a station.

    Attributes
    ----------
    homes_max
        Most homes, other uses counted as homes. [1]
    distance_max_m
        Largest straight-line distance from station to address. [m]
    """

    homes_max: float
    distance_max_m: float


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
    clusters = [np.sort(order[found]) for found in _sweep(_take(places, order), rule)]
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
    reach = np.hypot(x[:, None] - x, y[:, None] - y) + places.radius_m[members]
    np.fill_diagonal(reach, 0.0)
    allowed = np.flatnonzero((reach <= rule.distance_max_m).all(axis=1))
    weight = homes if homes.sum() > 0.0 else np.ones(members.size)
    middle_x, middle_y = np.average(x, weights=weight), np.average(y, weights=weight)
    away = np.hypot(x[allowed] - middle_x, y[allowed] - middle_y)
    return int(members[allowed[np.argmin(away)]])


def station_rule(parameters: Parameters, planning: PlanningRules) -> StationRule:
    """Read the rule for stations.

    Notes
    -----
    A station never serves more homes than the largest standard transformer carries at the
    highest margin, however high the parameter is set.
    """
    return StationRule(
        min(parameters.value("station_homes_max"), _homes_of_largest(parameters, planning)),
        parameters.value("station_distance_max_m"),
    )


def rules_over_range(parameters: Parameters, planning: PlanningRules) -> list[StationRule]:
    """Read every pair of most homes and largest distance over the range of the parameters."""
    largest = _homes_of_largest(parameters, planning)
    return [
        StationRule(min(homes_max, largest), distance_max_m)
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


def _take(places: Places, positions: Ints) -> Places:
    return Places(
        places.x_m[positions],
        places.y_m[positions],
        places.radius_m[positions],
        places.homes[positions],
    )


def _sweep(places: Places, rule: StationRule) -> list[Ints]:
    """Groups of each station; ``places`` are in the order of the sweep."""
    reach = _reach(places, rule.distance_max_m)
    reached_from = reach.T.tocsr()
    free = np.ones(places.x_m.size, dtype=bool)
    clusters = []
    for anchor in range(places.x_m.size):
        if not free[anchor]:
            continue
        offers = [
            _offer(reach, int(site), free, places.homes, rule.homes_max)
            for site in np.sort(_row(reached_from, anchor))
        ]
        most = max(offers, key=lambda offer: (places.homes[offer].sum(), offer.size))
        free[most] = False
        clusters.append(most)
    return clusters


def _offer(
    reach: csr_matrix, site: int, free: NDArray[np.bool_], homes: Floats, homes_max: float
) -> Ints:
    """Groups that a station here could serve: those near enough, western ones first.

    Nothing when the group at the site itself would be served by another station.
    """
    near = _row(reach, site)
    near = near[free[near]]
    filled = int(np.searchsorted(np.cumsum(homes[near]), homes_max, side="right"))
    served = near[: max(1, filled)]
    return served if (served == site).any() else served[:0]


def _reach(places: Places, distance_max_m: float) -> csr_matrix:
    """Which station site (row) is near enough to which address group (column)."""
    positions_m = np.column_stack([places.x_m, places.y_m])
    pairs = cKDTree(positions_m).query_pairs(distance_max_m, output_type="ndarray")
    site = np.concatenate([pairs[:, 0], pairs[:, 1]])
    group = np.concatenate([pairs[:, 1], pairs[:, 0]])
    apart_m = np.hypot(*(positions_m[site] - positions_m[group]).T)
    near = apart_m + places.radius_m[group] <= distance_max_m
    # A group of which an address is too far from its own middle is still served from there.
    itself = np.arange(places.x_m.size)
    rows, columns = np.append(site[near], itself), np.append(group[near], itself)
    reach = csr_matrix((np.ones(rows.size), (rows, columns)), shape=(itself.size, itself.size))
    reach.sort_indices()
    return reach


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
    filled = np.bincount(station, weights=places.homes, minlength=site.size)
    moved = station.copy()
    for group in np.lexsort((np.arange(gain_m.size), -gain_m)):
        here, there, homes = int(station[group]), int(nearest[group]), places.homes[group]
        if gain_m[group] > 0.0 and filled[there] + homes <= rule.homes_max:
            moved[group] = there
            filled[here] -= homes
            filled[there] += homes
    return moved


def _homes_of_largest(parameters: Parameters, planning: PlanningRules) -> float:
    return largest_load_kw(transformer_rules(parameters)) / planning.base_home_peak_kw
