"""Which substation serves a place, and how that is known.

A supply area says which substation serves what lies within, and whether that is known or assumed.
Outside all of them a place belongs to the nearest substation, which is an assumption.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from stroomstad.blocks import Floats, Ints
from stroomstad.tables.city import SUPPLY_STATUS

NEAREST = "nearest"


def nearest_substation(places_m: Floats, substations_m: Floats) -> Ints:
    """Position of the nearest substation, the first of equals. Shape (places,).

    Parameters
    ----------
    places_m, substations_m
        Positions. [m], shapes (places, 2) and (substations, 2)
    """
    apart = places_m[:, None, :] - substations_m[None, :, :]
    nearest: Ints = np.hypot(apart[..., 0], apart[..., 1]).argmin(axis=1)
    return nearest


def serving_substations(
    places: pd.DataFrame, substations: pd.DataFrame, supply_areas: gpd.GeoDataFrame
) -> tuple[Ints, NDArray[np.object_]]:
    """Substation that serves each place, and how that is known.

    Parameters
    ----------
    places
        ``x_m`` and ``y_m``.
    substations
        ``substation_id``, ``x_m`` and ``y_m``.
    supply_areas
        As declared in `SUPPLY_AREAS`, geometry in EPSG:28992. Areas of other substations than
        these say nothing.

    Returns
    -------
    substation
        Position of the serving substation. Shape (places,)
    supply
        ``known`` or ``assumed`` within a supply area, ``nearest`` outside all. Shape (places,)

    Notes
    -----
    On the border of two areas the first substation by identifier serves, and of two areas of one
    substation the known one is told.
    """
    places_m, substations_m = (
        rows[["x_m", "y_m"]].to_numpy(dtype=np.float64) for rows in (places, substations)
    )
    serving = nearest_substation(places_m, substations_m)
    supply = np.full(len(places), NEAREST, dtype=object)
    at = pd.Series(np.arange(len(substations)), index=substations["substation_id"])
    areas = _in_order(supply_areas[supply_areas["substation_id"].isin(at.index)])
    if areas.empty:
        return serving, supply
    tree = shapely.STRtree(areas.geometry.to_numpy())
    place, area = tree.query(shapely.points(places_m), predicate="intersects")
    first = np.full(len(places), len(areas), dtype=np.int64)
    np.minimum.at(first, place, area)
    inside = first < len(areas)
    chosen = areas.iloc[first[inside]]
    serving[inside] = at.loc[chosen["substation_id"]].to_numpy(dtype=np.int64)
    supply[inside] = chosen["status"].to_numpy(dtype=object)
    return serving, supply


def serving_substation(
    place: tuple[float, float], substations: pd.DataFrame, supply_areas: gpd.GeoDataFrame
) -> pd.Series:
    """Row of the substation that serves one place, the first by identifier of equally near ones.

    Parameters
    ----------
    place
        Easting and northing. [m]
    substations, supply_areas
        As for `serving_substations`.
    """
    ordered = substations.sort_values("substation_id")
    places = pd.DataFrame([place], columns=["x_m", "y_m"])
    return ordered.iloc[int(serving_substations(places, ordered, supply_areas)[0][0])]


def hang_stations(
    stations: pd.DataFrame, substations: pd.DataFrame, supply_areas: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Give every station its ``substation_id``, and say under ``supply`` how that is known."""
    serving, supply = serving_substations(stations, substations, supply_areas)
    names = substations["substation_id"].to_numpy(dtype=object)[serving]
    return stations.assign(substation_id=names, supply=supply).astype(
        {"substation_id": str, "supply": str}
    )


def _in_order(supply_areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Areas by the identifier of their substation, the known ones first."""
    known_first = supply_areas["status"].map(SUPPLY_STATUS.index)
    return supply_areas.assign(_rank=known_first).sort_values(["substation_id", "_rank"])
