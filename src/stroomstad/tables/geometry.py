"""Places of assets as geometry, so that any map program opens the tables of a run."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

CRS = "EPSG:28992"


def as_points(rows: pd.DataFrame) -> gpd.GeoDataFrame:
    """Rows with a point each, from ``x_m`` and ``y_m``. [m], EPSG:28992."""
    return gpd.GeoDataFrame(rows, geometry=gpd.points_from_xy(rows["x_m"], rows["y_m"]), crs=CRS)


def as_lines(cables: pd.DataFrame, nodes: pd.DataFrame) -> gpd.GeoDataFrame:
    """Cables as straight lines between their nodes; their true route is not known.

    Parameters
    ----------
    cables
        With ``from_node`` and ``to_node``.
    nodes
        With ``node_id``, ``x_m`` and ``y_m``.
    """
    place = nodes.set_index("node_id")[["x_m", "y_m"]]
    ends = [place.loc[cables[end]].to_numpy() for end in ("from_node", "to_node")]
    lines = shapely.linestrings(np.stack(ends, axis=1))
    return gpd.GeoDataFrame(cables, geometry=lines, crs=CRS)
