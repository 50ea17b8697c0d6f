"""How fine a low-voltage grid is drawn: one node per address group, or one per address.

What a group draws and feeds in is shared over its addresses: the first in house-number order
are its homes, then come its new homes, then its other uses, and each draws an equal part of
what its kind draws.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, get_args

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats, Ints
from stroomstad.tables.city import DWELLING_COLUMNS, City

Detail = Literal["group", "address"]
DETAILS: tuple[Detail, ...] = get_args(Detail)

# Whose it is, by the counts that it belongs to; what is not named belongs to all alike.
_OWNED = {
    ("homes",): ("households_kwh", "road_home_kwh"),
    ("new_homes",): ("new_homes_kwh",),
    ("other_uses",): (
        "buildings_kwh", "ict_kwh", "industry_kwh", "agriculture_kwh", "solar_firms_kwh",
    ),
    ("homes", "new_homes"): (
        "homes_gas", "homes_heat_net", "homes_neither", "solar_homes_kwh",
    ),
}  # fmt: skip
_SHARED = ("road_public_kwh", "rail_kwh", "own_use_kwh", "solar_field_kwh", "wind_kwh")
_USES = ("homes", "new_homes", "other_uses")
_SOLAR = ("solar_homes_kwh", "solar_firms_kwh", "solar_field_kwh")


def name_addresses(addresses: pd.DataFrame) -> pd.Series:
    """Name every address after its group and its rank in it, whatever the order of rows."""
    ordered = addresses.sort_values(["point_id", "street", "house_number", "x_m", "y_m"])
    rank = ordered.groupby("point_id").cumcount() + 1
    return (ordered["point_id"] + "-" + rank.astype(str).str.zfill(2)).reindex(addresses.index)


def by_address(city: City) -> City:
    """Give every address at low voltage a point of its own instead of one per group.

    Returns
    -------
    The city with other points, addresses and chargers; counts add up to those of the groups
    exactly, and energy but for rounding. A charger belongs to the first address of its group.
    """
    groups = city.points["point_id"][
        (city.points["level"] == "lv") & city.points["point_id"].isin(city.addresses["point_id"])
    ]
    addresses = city.addresses.reset_index(drop=True)
    split = addresses["point_id"].isin(groups)
    names = addresses["point_id"].where(~split, name_addresses(addresses))
    points = _split_points(city.points, addresses[split].assign(name=names[split]))
    chargers = city.chargers
    if "point_id" in chargers:
        served = chargers["point_id"].isin(groups)
        chargers = chargers.assign(
            point_id=chargers["point_id"].where(~served, chargers["point_id"] + "-01")
        )
    return replace(
        city, points=points, addresses=addresses.assign(point_id=names), chargers=chargers
    )


def _split_points(points: pd.DataFrame, addresses: pd.DataFrame) -> pd.DataFrame:
    ordered = addresses.sort_values("name", ignore_index=True)
    groups = points.set_index("point_id", drop=False).loc[ordered["point_id"]]
    together = ordered.groupby("point_id")["name"]
    rank: Ints = np.asarray(together.cumcount(), dtype=np.int64)
    count: Ints = np.asarray(together.transform("size"), dtype=np.int64)
    drawn = groups.reset_index(drop=True).assign(
        point_id=ordered["name"], x_m=ordered["x_m"], y_m=ordered["y_m"], radius_m=0.0, addresses=1
    )
    drawn = drawn.assign(**_counts(drawn, rank, count), **_energy(drawn, rank, count))
    others = points[~points["point_id"].isin(ordered["point_id"])]
    return pd.concat([drawn, others], ignore_index=True)[list(points.columns)]


def _counts(groups: pd.DataFrame, rank: Ints, count: Ints) -> dict[str, Ints]:
    """What stands at each address, as counts of 0 or 1 that add up to those of its group."""
    return _in_turn(groups, _USES, rank, count) | _in_turn(
        groups, tuple(DWELLING_COLUMNS), rank, count
    )


def _in_turn(
    groups: pd.DataFrame, columns: tuple[str, ...], rank: Ints, count: Ints
) -> dict[str, Ints]:
    """Deal counts out, one column after the other; what is left over falls to the last address."""
    dealt, before = {}, np.zeros(rank.size, dtype=np.int64)
    for column in columns:
        after = before + groups[column].to_numpy(dtype=np.int64)
        dealt[column] = _up_to(after, rank, count) - _up_to(before, rank, count)
        before = after
    return dealt


def _up_to(dealt: Ints, rank: Ints, count: Ints) -> Ints:
    """Of so many, how many stand at this address."""
    last = rank == count - 1
    return np.where(last, np.maximum(dealt - rank, 0), (dealt > rank).astype(np.int64))


def _energy(groups: pd.DataFrame, rank: Ints, count: Ints) -> dict[str, Floats]:
    """Part of the address in everything of its group that is not a count."""
    dealt = _in_turn(groups, _USES, rank, count)
    shared: dict[str, Floats] = {name: groups[name].to_numpy() / count for name in _SHARED}
    for counts, columns in _OWNED.items():
        mine = np.sum([dealt[name] for name in counts], axis=0)
        part = _part(mine, groups[list(counts)].to_numpy().sum(axis=1), count)
        shared |= {name: groups[name].to_numpy() * part for name in columns}
    made_kwh = np.sum([shared[name] for name in _SOLAR], axis=0)
    part = _part(made_kwh, groups[list(_SOLAR)].to_numpy().sum(axis=1), count)
    return shared | {"solar_kwp": groups["solar_kwp"].to_numpy() * part}


def _part(mine: Floats, total: Floats, count: Ints) -> Floats:
    """Part of the total; an equal part where there is no total."""
    return np.divide(mine, total, out=1.0 / count, where=total > 0.0)
