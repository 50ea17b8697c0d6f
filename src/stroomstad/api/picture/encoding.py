"""Tables as GeoJSON features, encoded once per layer and reference system, and cut per question."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from stroomstad.blocks import Floats

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
RD = "http://www.opengis.net/def/crs/EPSG/0/28992"
# Reference systems in which features are given, with their code and decimals: a centimetre.
SYSTEMS = {CRS84: ("OGC:CRS84", 7), RD: ("EPSG:28992", 2)}


@dataclass(frozen=True, slots=True)
class Encoded:
    """Features of a layer, ready to be joined.

    Attributes
    ----------
    rows
        The layer in EPSG:28992.
    names
        Name of each feature.
    texts
        Each feature as JSON.
    bounds
        West, south, east and north of each, in its reference system; NaN without geometry.
        Shape (features, 4)
    """

    rows: gpd.GeoDataFrame
    names: list[str]
    texts: list[str]
    bounds: Floats


def encode(rows: gpd.GeoDataFrame, key: str, system: str) -> Encoded:
    """Encode a layer as features in a reference system of `SYSTEMS`."""
    code, decimals = SYSTEMS[system]
    shapes = rows.geometry.to_crs(code).to_numpy()
    shapes = shapely.transform(shapes, lambda points: np.round(points, decimals))
    geometries = shapely.to_geojson(shapes)
    names = rows[key].astype(str).tolist()
    properties = records(pd.DataFrame(rows.drop(columns=rows.geometry.name)))
    texts = [
        f'{{"type":"Feature","id":{json.dumps(name)},"geometry":{geometry or "null"},'
        f'"properties":{json.dumps(told, ensure_ascii=False, separators=(",", ":"))}}}'
        for name, geometry, told in zip(names, geometries, properties, strict=True)
    ]
    return Encoded(rows, names, texts, np.asarray(shapely.bounds(shapes), dtype=np.float64))


def records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON knows them: what is missing or not finite is nothing."""
    columns = {str(name): [plain(value) for value in rows[name].tolist()] for name in rows}
    return [
        dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)
    ]


def plain(value: Any) -> Any:  # noqa: ANN401 - a cell of a table holds anything
    """Give a cell as JSON knows it.

    Examples
    --------
    >>> plain(float("nan")), plain(2.0), plain(1.23456789012)
    (None, 2.0, 1.23456789)
    """
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, float):
        return float(f"{value:.9g}") if math.isfinite(value) else None
    if isinstance(value, np.generic):
        return plain(value.item())
    return value if isinstance(value, bool | int | str) else str(value)
