"""How many homes fit in each year of a plan, when all that is not known is drawn at once.

A horizon is known in three corners, with everything on the side of least room, in the middle, or
on the side of most. Between them six things move on their own: load that is there and its
growth, the peak of a new home, what stations, medium-voltage cables and substations may carry,
and the region. What a link takes is worked out for every pair of a corner of its limit and a corner
of its load, and is interpolated between these nine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats, Ints
from stroomstad.capacity.headroom import (
    Branch,
    branch_to,
    chain_room,
    link_capacity,
    room,
    room_total,
    whole,
)
from stroomstad.measures.twin import Horizon, Twin
from stroomstad.tables.grid import LINK_KINDS
from stroomstad.tables.parameters import BAND, CASES, Case
from stroomstad.tables.plan import Plan
from stroomstad.timeline.horizons import build_horizon
from stroomstad.trust.band import REGIONAL, draw_inputs, quantiles, records
from stroomstad.trust.pieces import between, positions_within

LOAD, HOME = "existing_load", "new_home_peak_kw"
MOVED = (LOAD, HOME, "station", "mv_cable", "substation", REGIONAL)

# A ring has the limit of its cables.
_MOVES_WITH = {"ring": "mv_cable"}

Positions = Mapping[str, float]


def moved_by(kind: str) -> str:
    """Name of what moves the limits of a kind of link, among `MOVED`."""
    return _MOVES_WITH.get(kind, kind)


@dataclass(frozen=True, slots=True)
class _Corners:
    """Three horizons as arrays over the links between some busbars and the region.

    Arrays with a first axis of three go from the case with least room to that with most.
    ``takes_kw`` is what a link takes of homes' peak at level factor 1, by the corner of its
    limit and that of its load: shape (3, 3, years, links).
    """

    years: tuple[int, ...]
    branch: Branch
    busbars: Ints
    station_ids: tuple[str, ...]
    kind: Ints
    takes_kw: Floats
    level_factor_unit: Floats
    home_kw: Floats
    region_kw: Floats


def plan_band(
    twin: Twin, plan: Plan, *, place: str = "city", draws: int = 200, seed: int = 1
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Band of the homes that fit in each year of a plan, and how likely each station is full.

    Parameters and results are those of `horizon_band`; the horizons are made here.

    Raises
    ------
    InvalidData
        With every place or asset of the plan that is not there.
    """
    horizons = {case: build_horizon(twin, plan, case, places=(place,)) for case in CASES}
    return horizon_band(horizons, place, draws=draws, seed=seed)


def horizon_band(
    horizons: Mapping[Case, Horizon], place: str = "city", *, draws: int = 200, seed: int = 1
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Band of the homes that fit at a place in each year, and how likely each station is full.

    Parameters
    ----------
    horizons
        The years of one plan, in every case.
    place
        A place that the horizons know.
    draws
        How many times all inputs are drawn, independent of each other, triangular.
    seed
        Start of the draws.

    Returns
    -------
    years
        ``lasting`` (whether they fit in every later year of the horizon too, or in the state of
        the year only), ``with_region`` (whether the region above the city counts), ``year``,
        ``case_low, case_mid, case_high`` and ``lowest, p10, p50, p90, highest``. [homes]
    stations
        Per year and station ``probability_full_modelled``: share of draws in which less than one
        home fits in the state of that year, other stations as they are. [1]

    Notes
    -----
    Interpolating what a link takes is exact in the corners; between them the least of many
    quarters lies on or above it, which errs towards fewer homes. Existing load, its growth and
    the course of a new home move as one, as do all links of one kind, which errs towards a wider
    band.
    """
    corners = _corners(horizons, place)
    ends = dict(zip(BAND, (-1.0, 0.0, 1.0), strict=True))
    rows = pd.DataFrame([{"parameter": name} | ends for name in MOVED])
    drawn = records(draw_inputs(rows, MOVED, draws, seed))
    each = [_takes_homes(corners, positions) for positions in drawn]
    homes = np.stack(
        [_homes(corners, takes, positions) for takes, positions in zip(each, drawn, strict=True)]
    )
    asked = pd.MultiIndex.from_product(
        [(False, True), (False, True), corners.years], names=["lasting", "with_region", "year"]
    )
    table = asked.to_frame(index=False)
    for case, position in ends.items():
        positions = dict.fromkeys(MOVED, position)
        table[f"case_{case}"] = _homes(corners, _takes_homes(corners, positions), positions)
    return table.join(quantiles(homes)), _stations(corners, each)


def _corners(horizons: Mapping[Case, Horizon], place: str) -> _Corners:
    mid = horizons["mid"]
    for horizon in horizons.values():
        # A corner may build earlier or later, but all of them hold what is ever built.
        if not np.array_equal(horizon.tree.link_ids, mid.tree.link_ids):
            raise ValueError(f"horizons: that of case {horizon.case} has other links than mid's.")
    busbars = mid.busbars[place]
    branch = branch_to(mid.tree.parent, mid.tree.order, busbars)
    within = positions_within(branch, busbars)
    ordered = [horizons[case] for case in CASES]
    links = branch.nodes
    return _Corners(
        years=mid.years,
        branch=branch,
        busbars=within,
        station_ids=tuple(mid.tree.link_ids[busbars]),
        kind=mid.tree.link_kind[links],
        takes_kw=np.stack(
            [np.stack([_takes_kw(limit, load, links) for load in ordered]) for limit in ordered]
        ),
        level_factor_unit=np.stack([each.level_factor_unit[links] for each in ordered]),
        home_kw=np.array([each.home_kw for each in ordered]),
        region_kw=np.stack([each.region_kw for each in ordered]),
    )


def _takes_kw(limit: Horizon, load: Horizon, links: Ints) -> Floats:
    """What links take of homes' peak, with the limits of one corner and the load of another."""
    ones = np.ones(links.size)
    return np.stack(
        [
            link_capacity(
                limit.limit_kva[year, links],
                load.base_kva[year, links],
                load.shapes["home"],
                load.kva_per_kw[links],
                ones,
            )[0]
            for year in range(len(load.years))
        ]
    )


def _takes_homes(corners: _Corners, positions: Positions) -> Floats:
    """Homes that every link takes in the state of each year. [homes], shape (years, links)."""
    at_load = np.stack([between(by_load, positions[LOAD]) for by_load in corners.takes_kw])
    takes_kw = np.zeros(at_load.shape[1:])
    for kind, name in enumerate(LINK_KINDS):
        ours = corners.kind == kind
        if ours.any():
            takes_kw[:, ours] = between(at_load[:, :, ours], positions[moved_by(name)])
    kw = between(corners.home_kw, positions[HOME]) * between(
        corners.level_factor_unit, positions[HOME]
    )
    return np.asarray(takes_kw / kw)


def _lasting(by_year: Floats) -> Floats:
    """Least of each year and all later ones: what is connected stays connected."""
    return np.asarray(np.minimum.accumulate(by_year[::-1], axis=0)[::-1])


def _homes(corners: _Corners, takes: Floats, positions: Positions) -> Floats:
    """Homes that fit, by whether they last, by whether the region counts, by year. One row."""
    roots = corners.branch.parent < 0
    unit = between(corners.level_factor_unit, positions[HOME])[roots].max()
    kw = float(between(corners.home_kw, positions[HOME])) * unit
    region = between(corners.region_kw, positions[REGIONAL]) / kw
    parts = []
    for homes, most in ((takes, region), (_lasting(takes), _lasting(region))):
        local = np.array([_room(corners.branch, whole(of_year)) for of_year in homes])
        parts += [local, np.minimum(local, whole(most))]
    return np.concatenate(parts)


def _room(branch: Branch, capacity: Floats) -> float:
    return room_total(branch, room(branch, capacity))


def _stations(corners: _Corners, each: Sequence[Floats]) -> pd.DataFrame:
    order = np.arange(corners.branch.nodes.size)
    full = np.zeros((len(corners.years), corners.busbars.size))
    for takes in each:
        for year, of_year in enumerate(takes):
            chain, _ = chain_room(corners.branch.parent, order, of_year)
            full[year] += whole(chain[corners.busbars]) < 1
    return pd.DataFrame(
        {
            "year": np.repeat(corners.years, corners.busbars.size),
            "station_id": np.tile(corners.station_ids, len(corners.years)),
            "probability_full_modelled": full.ravel() / len(each),
        }
    )
