"""Where does the energy of each sector land? Kilowatt-hours from the balance to the points.

A point is a group of neighbours, a firm with a station of its own, a fast charger, the feed of
the railway, the energy sector itself, or a producer. Every sector's energy is divided without
loss: its sum over the points is the balance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from stroomstad.blocks import Floats
from stroomstad.sources.addresses import group_names, group_radius_m
from stroomstad.sources.coordinates import area_of
from stroomstad.sources.firms import FIRM_SECTORS, draw_firms, needs_own_station
from stroomstad.tables.city import CHARGERS, DWELLING_COLUMNS, FEED_IN_COLUMNS, POINTS, SECTORS
from stroomstad.tables.parameters import Parameters

_COUNTS = ("addresses", "homes", "new_homes", "other_uses", *DWELLING_COLUMNS)
_FIRM_COLUMNS = [f"{name}_kwh" for name in FIRM_SECTORS]


@dataclass(frozen=True, slots=True)
class Places:
    """What connects apart from addresses.

    Attributes
    ----------
    chargers
        ``charger_id, x_m, y_m, power_max_kw``.
    own_use
        Easting and northing of what the energy sector itself uses. [m]
    wind
        ``v_id, x_m, y_m, turbines``.
    traction
        Easting and northing of the feed of the railway. [m]
    solar_field
        Easting and northing of the feed of solar fields. [m]
    """

    chargers: pd.DataFrame
    own_use: tuple[float, float]
    wind: pd.DataFrame
    traction: tuple[float, float]
    solar_field: tuple[float, float]


def add_energy(
    addresses: pd.DataFrame,
    energy_kwh: dict[str, float],
    parameters: Parameters,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Give every address its yearly energy and whether it needs a station of its own.

    Parameters
    ----------
    addresses
        With ``home, new_home, mean_use_kwh, business_area, rural_area, solar_weight``.
    energy_kwh
        Energy per sector according to the balance. [kWh/year]
    parameters
        For homes and firms.
    rng
        Source of chance, for firms only.
    """
    home, new = addresses["home"].to_numpy(), addresses["new_home"].to_numpy()
    other = addresses[~(home | new)]
    firms = draw_firms(other, energy_kwh, parameters, rng).reindex(addresses.index)
    added = {
        "households_kwh": _divide(energy_kwh["households"], home_weights(addresses, parameters)),
        "new_homes_kwh": np.where(new, parameters.value("new_home_yearly_kwh"), 0.0),
        **{
            f"{name}_kwh": np.where(firms["sector"] == name, firms["energy_kwh"], 0.0)
            for name in FIRM_SECTORS
        },
        "solar_homes_kwh": _divide(energy_kwh["solar_homes"], addresses["solar_weight"].to_numpy()),
        "solar_firms_kwh": _divide(energy_kwh["solar_firms"], firms["energy_kwh"].fillna(0.0)),
    }
    large = needs_own_station(firms["energy_kwh"].fillna(0.0).to_numpy(dtype=float), parameters)
    return addresses.assign(**added, own_station=large)


def home_weights(addresses: pd.DataFrame, parameters: Parameters) -> Floats:
    """Use of each home of the base year over that of the average home.

    Where the connections of 2010 match, their mean use over its mean; elsewhere 1. A mean far
    above the average points to a firm in the range and is cut off. 0 for what is not a home.
    """
    home = addresses["home"].to_numpy(dtype=bool)
    use_kwh = np.where(home, addresses["mean_use_kwh"].to_numpy(dtype=float), np.nan)
    known = ~np.isnan(use_kwh) & (use_kwh > 0)
    if not known.any():
        return home.astype(float)
    ratio = np.where(known, use_kwh / use_kwh[known].mean(), 1.0)
    return np.where(home, np.minimum(ratio, parameters.value("home_use_relative_max")), 0.0)


def name_points(addresses: pd.DataFrame) -> pd.DataFrame:
    """Say of every address which point it belongs to, as ``point_id``.

    Neighbours share a point; a firm with a station of its own is one, the largest first.
    """
    own = addresses["own_station"].to_numpy(dtype=bool)
    numbers = pd.factorize(addresses.loc[~own, "group"], sort=True)[0].astype(np.int64)
    firms_kwh = addresses.loc[own, _FIRM_COLUMNS].sum(axis=1).to_numpy()
    place = np.empty(firms_kwh.size, dtype=np.int64)
    place[np.argsort(-firms_kwh, kind="stable")] = np.arange(1, firms_kwh.size + 1)
    names = np.empty(len(addresses), dtype=object)
    names[~own] = group_names(addresses.loc[~own, "postcode"], numbers)[numbers]
    names[own] = [f"firm-{number:04d}" for number in place]
    return addresses.assign(point_id=names)


def group_points(addresses: pd.DataFrame) -> pd.DataFrame:
    """Add up addresses per group; addresses with a station of their own are left out."""
    mine = addresses[~addresses["own_station"]]
    numbers = pd.factorize(mine["group"])[0].astype(np.int64)
    radius_m = group_radius_m(mine["x_m"].to_numpy(), mine["y_m"].to_numpy(), numbers)
    grouped = mine.groupby("group", sort=True)
    first = grouped.first()
    sums = ["homes_gas", "homes_heat_net", "homes_neither", "households_kwh", "new_homes_kwh",
            *_FIRM_COLUMNS, "solar_homes_kwh", "solar_firms_kwh", *DWELLING_COLUMNS]  # fmt: skip
    points = grouped[sums].sum()
    points["homes"] = grouped["home"].sum()
    points["new_homes"] = grouped["new_home"].sum()
    points["addresses"] = grouped.size()
    points["other_uses"] = points["addresses"] - points["homes"] - points["new_homes"]
    points[["x_m", "y_m"]] = grouped[["x_m", "y_m"]].mean()
    points["radius_m"] = radius_m
    names = ["point_id", "postcode", "era", "area_code"]
    points[names] = first[names]
    return points.reset_index(drop=True).assign(kind="group", level="lv", synthetic=False)


def firm_points(addresses: pd.DataFrame) -> pd.DataFrame:
    """Firms with a station of their own, largest first; drawn, so synthetic."""
    columns = [*_FIRM_COLUMNS, "solar_firms_kwh", "point_id", "postcode", "era", "area_code",
               "x_m", "y_m"]  # fmt: skip
    firms = addresses.loc[addresses["own_station"], columns]
    return firms.sort_values("point_id", ignore_index=True).assign(
        kind="firm", level="mv", synthetic=True, addresses=1, other_uses=1
    )


def charger_points(chargers: pd.DataFrame, fast_min_kw: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make a point of every place with fast chargers.

    Returns
    -------
    The chargers with ``point_id`` (empty for those that are not fast) and ``weight``, the
    share of public charging in proportion to power, the median where that is unknown; and the
    points.
    """
    power_kw = chargers["power_max_kw"]
    typical_kw = float(power_kw.median()) if power_kw.notna().any() else 1.0
    fast = (power_kw >= fast_min_kw).to_numpy()
    place = chargers["x_m"].round().astype(str) + " " + chargers["y_m"].round().astype(str)
    number = np.zeros(len(chargers), dtype=np.int64)
    number[fast] = pd.factorize(place[fast])[0] + 1
    names = np.where(fast, [f"charger-{n:03d}" for n in number], "")
    told = chargers.assign(point_id=names, weight=power_kw.fillna(typical_kw))
    points = told[fast].groupby("point_id", sort=True)[["x_m", "y_m"]].mean().reset_index()
    return told, points.assign(kind="charger", level="mv")


def spread_road(
    points: pd.DataFrame, chargers: pd.DataFrame, energy_kwh: float, public_share: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Divide the electricity of road vehicles over chargers and homes of the base year.

    A charger that is not fast belongs to the nearest group. Where no charger is known, what is
    charged in public is divided over the addresses.

    Returns
    -------
    The points with ``road_home_kwh`` and ``road_public_kwh``, and the chargers with their point
    """
    home_kwh = _divide((1 - public_share) * energy_kwh, points["homes"].to_numpy(dtype=float))
    if chargers.empty:
        weight = np.where(points["kind"] == "group", points["addresses"], 0)
        spread_kwh = _divide(public_share * energy_kwh, weight)
        told = points.assign(road_public_kwh=spread_kwh, road_home_kwh=home_kwh)
        return told, chargers[list(CHARGERS.columns)]
    groups = np.flatnonzero(points["kind"] == "group")
    names = points["point_id"].to_numpy(dtype=object)
    owner = chargers["point_id"].to_numpy(dtype=object)
    slow = owner == ""
    if slow.any():
        tree = cKDTree(points[["x_m", "y_m"]].to_numpy(dtype=float)[groups])
        _, near = tree.query(chargers[["x_m", "y_m"]].to_numpy(dtype=float)[slow])
        owner[slow] = names[groups[near]]
    public_kwh = _divide(public_share * energy_kwh, chargers["weight"].to_numpy(dtype=float))
    at = pd.Series(public_kwh).groupby(owner).sum().reindex(names).fillna(0.0).to_numpy()
    named = chargers.assign(point_id=owner)[list(CHARGERS.columns)]
    return points.assign(road_public_kwh=at, road_home_kwh=home_kwh), named


def single_points(places: Places, energy_kwh: dict[str, float]) -> pd.DataFrame:
    """Points at substation level: the railway, the energy sector itself, and producers."""
    wind = places.wind
    rows: list[dict[str, Any]] = [
        {"point_id": "traction", "kind": "traction", "x_m": places.traction[0],
         "y_m": places.traction[1], "rail_kwh": energy_kwh["rail"]},
        {"point_id": "own-use", "kind": "own_use", "x_m": places.own_use[0],
         "y_m": places.own_use[1], "own_use_kwh": energy_kwh["own_use"]},
        {"point_id": "solar-fields", "kind": "producer", "x_m": places.solar_field[0],
         "y_m": places.solar_field[1], "solar_field_kwh": energy_kwh["solar_fields"]},
    ]  # fmt: skip
    if wind.empty:
        wind = pd.DataFrame({"v_id": ["0"], "x_m": places.solar_field[0],
                             "y_m": places.solar_field[1], "turbines": 1.0})  # fmt: skip
    wind_kwh = _divide(energy_kwh["wind"], wind["turbines"].to_numpy(dtype=float))
    rows += [
        {"point_id": f"wind-{site.v_id}", "kind": "producer", "x_m": site.x_m, "y_m": site.y_m,
         "wind_kwh": made_kwh}
        for site, made_kwh in zip(wind.itertuples(), wind_kwh, strict=True)
    ]  # fmt: skip
    return pd.DataFrame(rows).assign(level="substation", synthetic=False)


def finish_points(parts: list[pd.DataFrame], areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Put all points in one table, with every declared column; what a point has not is 0."""
    there = [part for part in parts if len(part)]
    points = pd.concat(there, ignore_index=True).reindex(columns=list(POINTS.columns))
    points[["postcode", "area_code"]] = points[["postcode", "area_code"]].fillna("")
    points["era"] = points["era"].fillna("unknown")
    points["synthetic"] = points["synthetic"].fillna(value=False).astype(bool)
    numbers = [n for n, c in POINTS.columns.items() if c.metadata["unit"] and n not in _COUNTS]
    points[numbers] = points[numbers].fillna(0.0).astype(float)
    points[list(_COUNTS)] = points[list(_COUNTS)].fillna(0).astype(np.int64)
    homeless = (points["area_code"] == "").to_numpy()
    x_m, y_m = points["x_m"].to_numpy()[homeless], points["y_m"].to_numpy()[homeless]
    points.loc[homeless, "area_code"] = area_of(x_m, y_m, areas)
    texts = ["point_id", "kind", "level", "area_code", "postcode", "era"]
    return points.astype(dict.fromkeys(texts, "str"))


def with_solar_power(points: pd.DataFrame, full_load_hours: float) -> pd.DataFrame:
    """Panels behind each point, from their energy and full-load hours. [kWp]."""
    solar = [name for name in FEED_IN_COLUMNS if name.startswith("solar_")]
    return points.assign(solar_kwp=points[solar].sum(axis=1) / full_load_hours)


def sums_per_sector(
    points: pd.DataFrame, sectors: pd.DataFrame, columns: dict[str, str]
) -> pd.DataFrame:
    """Add what the points hold of each sector to the table of sectors."""
    held = [
        float(points[columns[name].split(" + ")].to_numpy().sum()) for name in sectors["sector"]
    ]
    table = sectors.assign(points_kwh=held).reset_index(drop=True)
    return table[list(SECTORS.columns)]


def _divide(total: float, weight: Floats | pd.Series) -> Floats:
    weights = np.asarray(weight, dtype=float)
    whole = weights.sum()
    return total * weights / whole if whole > 0 else np.zeros(len(weights))
