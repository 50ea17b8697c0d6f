"""Where are chargers, high-voltage stations, wind turbines and the feed of the railway."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from stroomstad.errors import Issue, name_some
from stroomstad.sources.city_file import CityFile
from stroomstad.sources.coordinates import degree_issues, metres
from stroomstad.sources.files import Layout, SourceFile, duplicate_issues, read_json, read_table
from stroomstad.tables.city import KNOWN
from stroomstad.tables.schema import check

_GRID_LAYOUT = Layout(
    ("v_id", "typ", "voltage", "name", "source", "n_gen"), ("lon", "lat"), separator="#"
)
_GENERATORS = ("generator", "merged_generator")


def read_chargers(source: SourceFile) -> tuple[Any, list[Issue]]:
    """Read the publicly accessible charging locations.

    Returns
    -------
    Columns ``charger_id, x_m, y_m, power_max_kw`` (missing when unknown), sorted by place
    """
    where = source.path.name
    content, issues = read_json(source.path)
    if content is None:
        return None, issues
    features = content.get("features") if isinstance(content, dict) else None
    if features is None:
        return None, [Issue(where, "holds no features.", "Give a GeoJSON feature collection.")]
    places = [f for f in features if (f.get("geometry") or {}).get("type") == "Point"]
    rows = pd.DataFrame(
        [
            {
                "charger_id": str((f.get("properties") or {}).get("locationId", "")),
                "lon": (f["geometry"].get("coordinates") or [None])[0],
                "lat": (f["geometry"].get("coordinates") or [None])[-1],
                "power_max_kw": (f.get("properties") or {}).get("maxPowerKw"),
            }
            for f in places
        ],
        columns=["charger_id", "lon", "lat", "power_max_kw"],
    )
    for column in ("lon", "lat", "power_max_kw"):
        rows[column] = pd.to_numeric(rows[column], errors="coerce").astype(float)
    issues = degree_issues(rows["lon"].to_numpy(), rows["lat"].to_numpy(), where)
    negative = rows[rows["power_max_kw"] < 0]
    if len(negative):
        shown = [f"{r.charger_id}: {r.power_max_kw:g} kW" for r in negative.itertuples()]
        problem = f"{len(negative)} values below 0 kW ({name_some(shown)})."
        issues.append(Issue(f"{where}.maxPowerKw", problem, "Give the power, or 0 for unknown."))
    if issues:
        return None, issues
    # The source writes 0 where the power is unknown.
    rows["power_max_kw"] = rows["power_max_kw"].mask(rows["power_max_kw"] == 0)
    rows["x_m"], rows["y_m"] = metres(rows["lon"].to_numpy(), rows["lat"].to_numpy())
    columns = ["charger_id", "x_m", "y_m", "power_max_kw"]
    return rows.sort_values(columns[1:] + columns[:1], ignore_index=True)[columns], []


def read_grid_places(source: SourceFile) -> tuple[Any, list[Issue]]:
    """Read high-voltage stations and generators, with their coordinates in metres."""
    rows, issues = read_table(source.path, _GRID_LAYOUT)
    if rows is None or issues:
        return None, issues
    lon, lat = rows["lon"].to_numpy(), rows["lat"].to_numpy()
    issues = degree_issues(lon, lat, f"{source.path.name}.lon, lat")
    issues += duplicate_issues(rows["v_id"], f"{source.path.name}.v_id")
    if issues:
        return None, issues
    rows["x_m"], rows["y_m"] = metres(lon, lat)
    return rows, []


def read_traction(source: SourceFile, station: str) -> tuple[Any, list[Issue]]:
    """Read where the railway station lies at which the traction grid is fed: x and y. [m]."""
    rows, issues = read_table(source.path, Layout(("naam",), ("geo_lat", "geo_lng")))
    if rows is None or issues:
        return None, issues
    mine = rows[rows["naam"] == station]
    if mine.empty:
        problem = f"there is no railway station '{station}'."
        return None, [Issue("city.toml [places]", problem, f"Use one of {source.path.name}.")]
    lon, lat = mine["geo_lng"].to_numpy()[:1], mine["geo_lat"].to_numpy()[:1]
    issues = degree_issues(lon, lat, source.path.name)
    if issues:
        return None, issues
    x_m, y_m = metres(lon, lat)
    return (float(x_m[0]), float(y_m[0])), []


def read_known(source: SourceFile) -> tuple[Any, list[Issue]]:
    """Read and check the table of known facts."""
    texts = tuple(name for name in KNOWN.columns if name != "value")
    rows, issues = read_table(source.path, Layout(texts, ("value",)))
    if rows is None:
        return None, issues
    where = source.path.name
    rows = rows[list(KNOWN.columns)].astype(dict.fromkeys(texts, "str"))
    issues += check(rows, KNOWN, where)
    dates = pd.to_datetime(rows["date"], format="%Y-%m-%d", errors="coerce")
    if dates.isna().any():
        shown = name_some([f"{r.asset}: '{r.date}'" for r in rows[dates.isna()].itertuples()])
        issues.append(Issue(f"{where}.date", f"not a date ({shown}).", "Write it as 2023-12-31."))
    twice = rows[rows.duplicated(["asset", "attribute", "date"])]
    if len(twice):
        shown = name_some([f"{r.asset}, {r.attribute}" for r in twice.itertuples()])
        issues.append(Issue(where, f"facts told twice ({shown}).", "Keep one row of each."))
    below = rows[rows["value"] < 0]
    if len(below):
        shown = name_some([f"{r.asset}: {r.value:g} {r.unit}" for r in below.itertuples()])
        issues.append(Issue(f"{where}.value", f"values below 0 ({shown}).", "Give the fact."))
    return rows, issues


def substation_sites(
    grid_places: pd.DataFrame, boundary: gpd.GeoDataFrame, city: CityFile, known: pd.DataFrame
) -> tuple[pd.DataFrame, list[Issue]]:
    """High-voltage stations in the municipality; a known fact wins over ``city.toml``.

    Returns
    -------
    As declared in `SUBSTATION_SITES`, sorted by identifier, and the faults.
    """
    mine = within(grid_places, boundary)
    mine = mine[(mine["typ"] == "substation") & (mine["voltage"] != "")].sort_values("v_id")
    names = mine["name"].str.strip("'")
    told = known[known["attribute"] == "feeds_mv"].sort_values("date")
    feeds = city.feeds_mv | dict(zip(told["asset"], told["value"] > 0, strict=True))
    sites = pd.DataFrame(
        {
            "substation_id": "OS-" + mine["v_id"].to_numpy(dtype=object),
            "substation_name": names.to_numpy(),
            "x_m": mine["x_m"].to_numpy(dtype=float),
            "y_m": mine["y_m"].to_numpy(dtype=float),
            "feeds_mv": [bool(feeds.get(name, False)) for name in names],
        }
    )
    return sites, _site_issues(set(names), city, sites)


def wind_sites(grid_places: pd.DataFrame, boundary: gpd.GeoDataFrame) -> pd.DataFrame:
    """Wind turbines in the municipality: ``v_id, x_m, y_m, turbines``, sorted by ``v_id``."""
    mine = within(grid_places, boundary)
    mine = mine[mine["typ"].isin(_GENERATORS) & (mine["source"].str.startswith("wind"))]
    turbines = pd.to_numeric(mine["n_gen"], errors="coerce").fillna(1.0)
    columns = mine[["v_id", "x_m", "y_m"]].assign(turbines=turbines)
    return columns.sort_values("v_id", ignore_index=True)


def within(places: pd.DataFrame, boundary: gpd.GeoDataFrame) -> pd.DataFrame:
    """Keep the places inside the municipality."""
    inside = shapely.contains_xy(
        boundary.geometry.iloc[0], places["x_m"].to_numpy(), places["y_m"].to_numpy()
    )
    return places[np.asarray(inside, dtype=bool)]


def _site_issues(names: set[str], city: CityFile, sites: pd.DataFrame) -> list[Issue]:
    where = "city.toml [substations]"
    issues = []
    unknown = sorted(set(city.feeds_mv) - names)
    untold = sorted(names - set(city.feeds_mv))
    if unknown:
        problem = f"there is no high-voltage station {name_some(unknown)} in the municipality."
        issues.append(Issue(where, problem, f"Use one of {name_some(sorted(names))}."))
    if untold:
        problem = f"says nothing of {name_some(untold)}."
        issues.append(Issue(where, problem, "Say true or false: does it feed medium voltage?"))
    if not sites["feeds_mv"].any():
        issues.append(Issue(where, "no station feeds the medium voltage.", "Set one to true."))
    return issues
