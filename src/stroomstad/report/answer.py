"""Computes the answer in a few numbers: how many homes fit, where none fit, and what binds.

Everything here is read from the result tables; nothing is calculated anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from stroomstad.tables.parameters import CASES

# House rule: what is measured or known of fewer connections could be traced to one customer.
CONNECTIONS_SHOWN_MIN = 10
MIDDLE_COLUMNS = (
    "binding", "binding_kind", "binding_count", "binding_at", "next_binding",
    "next_binding_kind", "stations", "new_stations_needed", "checked",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Headline:
    """The first lines of the report.

    Attributes
    ----------
    homes
        Homes that fit in the whole city: low, mid, high; missing when no source gives them.
    shared_once
        Whether cables that areas share were counted once; if not, ``homes`` is an upper bound.
    areas, areas_without_room
        How many areas, and how many of them have no room: low, mid, high.
    binding_kind, binding_areas
        Kind of link that binds in most areas, and in how many.
    roofs_kwp
        Roofs that fit, summed over the areas: low, mid, high.
    """

    homes: tuple[float, float, float]
    shared_once: bool
    areas: int
    areas_without_room: tuple[int, int, int]
    binding_kind: str
    binding_areas: int
    roofs_kwp: tuple[float, float, float]


def room_by_area(room: pd.DataFrame, direction: str) -> pd.DataFrame:
    """One row per area: room in three cases, and what binds in the middle case.

    Parameters
    ----------
    room
        As declared in `ROOM`.
    direction
        ``load`` or ``feed_in``.

    Returns
    -------
    ``area_code, area_name, low, mid, high, existing_cables`` and the columns of the middle case.
    """
    rows = room[room["direction"] == direction]
    cases = {case: rows[rows["case"] == case].set_index("area_code") for case in CASES}
    middle = cases["mid"]
    wide = middle.reindex(columns=["area_name", *MIDDLE_COLUMNS]).copy()
    for case in CASES:
        wide[case] = cases[case]["room"].reindex(wide.index)
    existing = middle.get("room_existing_cables", pd.Series(np.nan, index=middle.index))
    wide["existing_cables"] = existing
    return wide.reset_index().sort_values("area_code", ignore_index=True)


def read_headline(tables: Mapping[str, pd.DataFrame]) -> Headline:
    """Gather the first lines of the report.

    Parameters
    ----------
    tables
        Must hold ``room``. The homes of the whole city come from the level end of
        ``regional_curve``; without one the sum over areas stands in, an upper bound.
    """
    load, roofs = (room_by_area(tables["room"], way) for way in ("load", "feed_in"))
    none = [int((load[case] <= 0).sum()) for case in CASES]
    city = room_of_city(tables.get("regional_curve"))
    kinds = load["binding_kind"].dropna().value_counts()
    kinds = kinds[kinds == kinds.max()].sort_index()
    return Headline(
        homes=city or _sums(load),
        shared_once=city is not None,
        areas=len(load),
        areas_without_room=(none[0], none[1], none[2]),
        binding_kind=str(kinds.index[0]) if len(kinds) else "",
        binding_areas=int(kinds.iloc[0]) if len(kinds) else 0,
        roofs_kwp=_sums(roofs),
    )


def room_of_city(curve: pd.DataFrame | None) -> tuple[float, float, float] | None:
    """Homes that fit in the whole city when the region above is no limit: low, mid, high.

    That is where the curve is level: more regional power adds no homes, so the local grid is
    the limit, and cables that areas share are counted once. None when a case is not level.
    """
    if curve is None or curve.empty:
        return None
    ends = []
    for case in CASES:
        homes = curve[curve["case"] == case].sort_values("regional_mw")["homes"].to_numpy()
        if homes.size < 2 or homes[-1] != homes[-2]:
            return None
        ends.append(float(homes[-1]))
    return ends[0], ends[1], ends[2]


def homes_today(tables: Mapping[str, pd.DataFrame]) -> int | None:
    """Homes of the base year and those built since; None when the run does not say."""
    stock = tables.get("reconciliation")
    if stock is None:
        return None
    return int(stock["homes"].sum() + stock["new_homes"].sum())


def not_public(tables: Mapping[str, pd.DataFrame]) -> frozenset[str]:
    """Stations with a known rating that may be used but not shown.

    That is: fewer than ten connections, unless ``known`` says that the rating is public.
    """
    stations = tables.get("stations")
    if stations is None or not {"rating_known", "addresses"} <= set(stations):
        return frozenset()
    few = stations["rating_known"] & (stations["addresses"] < CONNECTIONS_SHOWN_MIN)
    known = tables.get("known")
    told = () if known is None else known.loc[known["public"] == "yes", "asset"]
    return frozenset(stations.loc[few, "station_id"]) - frozenset(told)


def published_stations(parameters: pd.DataFrame | None) -> float:
    """Number of stations that the city published; missing when the table does not have it."""
    if parameters is None:
        return float("nan")
    rows = parameters[parameters["parameter"] == "stations_published"]
    return float(rows["mid"].iloc[-1]) if len(rows) else float("nan")


def _sums(wide: pd.DataFrame) -> tuple[float, float, float]:
    low, mid, high = (float(wide[case].sum(min_count=1)) for case in CASES)
    return low, mid, high
