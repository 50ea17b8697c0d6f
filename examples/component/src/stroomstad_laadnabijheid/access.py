"""Share of homes within a straight line of a public charger, per area and for the city.

A row of `points` is a group of neighbouring addresses with one place and a radius: each of its
homes lies at most that radius from it. A home is therefore at most the radius nearer to a charger
than its group, or further. *Low* counts all homes of a group as far away as they can be, *high* as
near, and the middle puts them at the place of the group.
"""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import KDTree

from stroomstad.components import Outputs

Floats = NDArray[np.float64]


def run(tables: Mapping[str, pd.DataFrame], parameters: Mapping[str, float]) -> Outputs:
    """Tell per area, and for the city, how many homes lie within reach of a public charger."""
    groups = tables["points"].sort_values("point_id", ignore_index=True)
    groups["homes"] += groups["new_homes"]
    groups = groups[groups["homes"] > 0]
    distance_m = nearest_m(groups, tables["chargers"])
    radius_m = groups["radius_m"].to_numpy()
    # The nearest that a home can be to a charger, where its group is, and the furthest.
    bounds_m = {
        "high": np.maximum(distance_m - radius_m, 0.0),
        "mid": distance_m,
        "low": distance_m + radius_m,
    }
    reach_m = parameters["reach_m"]
    within = {case: groups["homes"].where(each <= reach_m, 0) for case, each in bounds_m.items()}
    homes = groups["homes"]
    return Outputs(
        layers={"charger_access": _layer(tables["areas"], groups["area_code"], homes, within)},
        indicators=_indicators(homes, within, bounds_m),
    )


def nearest_m(places: pd.DataFrame, chargers: pd.DataFrame) -> Floats:
    """Straight-line distance to the nearest charger; infinite where there is none. [m]"""
    if chargers.empty:
        return np.full(len(places), np.inf)
    found, _ = KDTree(chargers[["x_m", "y_m"]].to_numpy()).query(places[["x_m", "y_m"]].to_numpy())
    return np.asarray(found, dtype=np.float64)


def median_m(distance_m: Floats, homes: pd.Series) -> float:
    """Distance that half of the homes do not exceed; missing where that is no distance. [m]"""
    order = np.argsort(distance_m, kind="stable")
    counted = homes.to_numpy()[order].cumsum()
    if not counted.size:
        return np.nan
    middle = distance_m[order][np.searchsorted(counted, counted[-1] / 2)]
    return float(middle) if np.isfinite(middle) else np.nan


def _layer(
    areas: gpd.GeoDataFrame, area_of: pd.Series, homes: pd.Series, within: dict[str, pd.Series]
) -> gpd.GeoDataFrame:
    def per_area(values: pd.Series) -> pd.Series:
        sums = values.groupby(area_of).sum()
        return areas["area_code"].map(sums).fillna(0).astype(int)

    layer = areas[["area_code", "area_name", "geometry"]].copy()
    layer["homes"] = per_area(homes)
    layer["homes_within"] = per_area(within["mid"])
    some = layer["homes"].where(layer["homes"] > 0)
    layer["within_fraction"] = layer["homes_within"] / some
    for case in ("low", "high"):
        layer[f"within_fraction_{case}"] = per_area(within[case]) / some
    return layer


def _indicators(
    homes: pd.Series, within: dict[str, pd.Series], bounds_m: dict[str, Floats]
) -> pd.DataFrame:
    total = homes.sum()
    share = {case: each.sum() / total if total else np.nan for case, each in within.items()}
    # A home nearer to a charger is better, so the high case has the smallest distance.
    median = {case: median_m(each, homes) for case, each in bounds_m.items()}
    rows = [
        ("homes_within_reach_fraction", share["mid"], "1", share["low"], share["high"]),
        ("charger_distance_p50_m", median["mid"], "m", median["high"], median["low"]),
    ]
    return pd.DataFrame(rows, columns=["id", "value", "unit", "low", "high"]).assign(
        status="derived"
    )
