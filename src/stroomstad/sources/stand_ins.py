"""What stands in for the files that a city does without, as `file_kinds` states it."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from stroomstad.blocks import Floats
from stroomstad.errors import Issue
from stroomstad.sources.city_file import CityFile
from stroomstad.sources.connections import no_connections
from stroomstad.sources.heating import heating_of_balance
from stroomstad.tables.city import KNOWN, no_supply_areas
from stroomstad.tables.parameters import Parameters

_M2_PER_KM2 = 1e6


def stand_in(read: dict[str, Any], city: CityFile) -> tuple[dict[str, Any], list[Issue]]:
    """Put in place what is assumed for each file that the city does not name.

    Parameters
    ----------
    read
        What was read, by kind of file; ``None`` where a file is not there or is faulty.
    city
        Which files it does without.

    Returns
    -------
    What was read, with the stand-ins, and the faults of the balance where it must stand in.
    """
    made: dict[str, Any] = {
        "connections": no_connections(),
        "heat_net": np.nan,
        "solar_areas": pd.Series(dtype=float),
        "solar_municipality": (np.nan, np.nan),
        "chargers": _no_chargers(),
        "known": _no_facts(),
        "supply_areas": no_supply_areas(),
    }
    issues: list[Issue] = []
    if read["areas"] is not None:
        outline = read["areas"].geometry.union_all()
        made["boundary"] = gpd.GeoDataFrame(geometry=[outline], crs=read["areas"].crs)
    if read["balance"] is not None and "heating" in city.absent:
        name = city.files["balance"].path.name
        made["heating"], issues = heating_of_balance(read["balance"], name, city.base_year)
    return read | {key: value for key, value in made.items() if key in city.absent}, issues


def middle_of(addresses: pd.DataFrame) -> tuple[float, float]:
    """Mean place of the addresses. [m]."""
    return float(addresses["x_m"].mean()), float(addresses["y_m"].mean())


def rural_areas(
    city: CityFile, areas: gpd.GeoDataFrame, addresses: pd.DataFrame, parameters: Parameters
) -> tuple[str, ...]:
    """Areas that the city names as rural, or else those with few addresses per km²."""
    if city.rural_areas is not None:
        return city.rural_areas
    few = address_density(areas, addresses) < parameters.value("rural_addresses_max")
    return tuple(areas["area_code"][few])


def solar_field_area(city: CityFile, areas: gpd.GeoDataFrame, addresses: pd.DataFrame) -> str:
    """Area where solar fields feed in: as named, or else the one with fewest addresses per km²."""
    if city.solar_field_area:
        return city.solar_field_area
    return str(areas["area_code"].iloc[int(address_density(areas, addresses).argmin())])


def address_density(areas: gpd.GeoDataFrame, addresses: pd.DataFrame) -> Floats:
    """Addresses over the size of each area. [addresses/km2], shape (areas,)."""
    count = addresses["area_code"].value_counts().reindex(areas["area_code"]).fillna(0)
    return np.asarray(count.to_numpy() / (areas.area.to_numpy() / _M2_PER_KM2))


def _no_chargers() -> pd.DataFrame:
    texts, numbers = ("charger_id", "point_id"), ("x_m", "y_m", "power_max_kw")
    columns = {name: pd.Series(dtype=str) for name in texts}
    return pd.DataFrame(columns | {name: pd.Series(dtype=float) for name in numbers})


def _no_facts() -> pd.DataFrame:
    return pd.DataFrame(
        {name: pd.Series(dtype=float if name == "value" else str) for name in KNOWN.columns}
    )
