"""Where on the map: WGS84 to metres, and which system a pair of numbers must have come from."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import Transformer
from shapely import get_coordinates
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from stroomstad.blocks import Floats
from stroomstad.errors import Issue, name_some

# Area of use of EPSG:28992, in degrees of EPSG:4326 and in metres (EPSG registry, rounded out).
LONGITUDE_RANGE_DEG = (3.0, 7.5)
LATITUDE_RANGE_DEG = (50.5, 53.8)
EASTING_RANGE_M = (0.0, 300_000.0)
NORTHING_RANGE_M = (300_000.0, 640_000.0)
RD = 28992


def metres(longitude_deg: Floats, latitude_deg: Floats) -> tuple[Floats, Floats]:
    """Easting and northing in EPSG:28992 of places in EPSG:4326. [m]."""
    x_m, y_m = _to_rd().transform(longitude_deg, latitude_deg)
    return np.asarray(x_m, dtype=float), np.asarray(y_m, dtype=float)


def degree_issues(longitude_deg: Floats, latitude_deg: Floats, where: str) -> list[Issue]:
    """Tell which places are not degrees in the Netherlands, and what they look like instead.

    Parameters
    ----------
    longitude_deg, latitude_deg
        Coordinates as read. [degrees], shape (places,)
    where
        File and columns, for the message.
    """
    lon, lat = np.asarray(longitude_deg, dtype=float), np.asarray(latitude_deg, dtype=float)
    missing = np.isnan(lon) | np.isnan(lat)
    good = _within(lon, LONGITUDE_RANGE_DEG) & _within(lat, LATITUDE_RANGE_DEG)
    swapped = _within(lat, LONGITUDE_RANGE_DEG) & _within(lon, LATITUDE_RANGE_DEG)
    rd = _within(lon, EASTING_RANGE_M) & _within(lat, NORTHING_RANGE_M)
    rd |= _within(lat, EASTING_RANGE_M) & _within(lon, NORTHING_RANGE_M)
    other = ~(missing | good | swapped | rd)
    told = [
        (missing, "without coordinates", "Give lon and lat."),
        (swapped, "with latitude and longitude swapped", "Swap the two columns."),
        (rd, "with metres of EPSG:28992 in columns of degrees", "Give degrees of EPSG:4326."),
        (other, "outside the Netherlands", "Give degrees of EPSG:4326."),
    ]
    issues = []
    for rows, problem, remedy in told:
        if rows.any():
            examples = [f"lon {lon[i]:g}, lat {lat[i]:g}" for i in np.flatnonzero(rows)]
            text = f"{rows.sum()} places {problem} ({name_some(examples)})."
            issues.append(Issue(where, text, remedy))
    return issues


def rd_issues(shapes: gpd.GeoSeries, names: list[str], where: str) -> list[Issue]:
    """Tell which polygons do not lie in the range of EPSG:28992."""
    bounds = shapes.bounds.to_numpy()
    good = (
        _within(bounds[:, 0], EASTING_RANGE_M)
        & _within(bounds[:, 2], EASTING_RANGE_M)
        & _within(bounds[:, 1], NORTHING_RANGE_M)
        & _within(bounds[:, 3], NORTHING_RANGE_M)
    )
    if good.all():
        return []
    examples = [
        f"{names[i]} starts at {bounds[i, 0]:g}, {bounds[i, 1]:g}" for i in np.flatnonzero(~good)
    ]
    problem = f"{(~good).sum()} polygons outside EPSG:28992 ({name_some(examples)})."
    return [Issue(where, problem, "Give the file in metres of EPSG:28992.")]


def polygons(geometries: list[Any], where: str) -> tuple[gpd.GeoSeries | None, list[Issue]]:
    """Make shapes of GeoJSON geometries, and tell which are not valid polygons."""
    made, wrong = [], []
    for number, geometry in enumerate(geometries, start=1):
        try:
            with np.errstate(invalid="ignore"):
                made.append(_finite(shape(geometry)))
        except (ShapelyError, KeyError, TypeError, ValueError, AttributeError, IndexError):
            wrong.append(f"feature {number}: {json.dumps(geometry)[:60]}")
    if wrong:
        return None, [
            Issue(where, f"{len(wrong)} geometries cannot be read ({name_some(wrong)}).",
                  "Give GeoJSON polygons."),
        ]  # fmt: skip
    series = gpd.GeoSeries(made)
    flat = series.geom_type.isin(["Polygon", "MultiPolygon"]) & ~series.is_empty
    if not flat.all():
        kinds = name_some(sorted(set(series.geom_type[~flat])))
        return None, [
            Issue(where, f"{(~flat).sum()} geometries are not polygons ({kinds}).",
                  "Give GeoJSON polygons."),
        ]  # fmt: skip
    return series.make_valid(), []


def points_table(x_m: Floats, y_m: Floats, index: pd.Index | None = None) -> gpd.GeoDataFrame:
    """Make a table of points only, in EPSG:28992."""
    return gpd.GeoDataFrame(geometry=gpd.points_from_xy(x_m, y_m), crs=RD, index=index)


def area_of(x_m: Floats, y_m: Floats, areas: gpd.GeoDataFrame) -> np.ndarray[Any, Any]:
    """Code of the area in which each place lies, or of the nearest one when it lies in none.

    Returns
    -------
    Area codes, shape (places,)
    """
    places = points_table(x_m, y_m)
    shapes = areas[["area_code", "geometry"]]
    inside = places.sjoin(shapes, how="left", predicate="within").sort_values("area_code")
    codes = inside["area_code"][~inside.index.duplicated()].sort_index()
    outside = codes.isna()
    if outside.any():
        near = places[outside].sjoin_nearest(shapes).sort_values("area_code")
        codes[outside] = near["area_code"][~near.index.duplicated()].sort_index()
    return np.asarray(codes.to_numpy(dtype=object), dtype=object)


def _finite(geometry: BaseGeometry) -> BaseGeometry:
    if not np.isfinite(get_coordinates(geometry)).all():
        raise ValueError("coordinates that are not numbers")
    return geometry


@cache
def _to_rd() -> Transformer:
    return Transformer.from_crs(4326, RD, always_xy=True)


def _within(values: Floats, limits: tuple[float, float]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return np.asarray((values >= limits[0]) & (values <= limits[1]))
