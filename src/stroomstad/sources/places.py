"""Where are chargers, high-voltage stations, wind turbines and the feed of the railway."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from stroomstad.blocks import Floats
from stroomstad.errors import Issue, name_some
from stroomstad.sources.city_file import CityFile
from stroomstad.sources.coordinates import degree_issues, metres
from stroomstad.sources.files import Layout, SourceFile, duplicate_issues, read_json, read_table
from stroomstad.tables.city import KNOWN, SUBSTATION_SITES
from stroomstad.tables.schema import check

_GRID_LAYOUT = Layout(
    ("v_id", "typ", "voltage", "name", "source", "n_gen"), ("lon", "lat"), separator="#"
)
CHARGER_POWER_MAX_KW = 5_000.0  # above the strongest plugs for lorries; more is W for kW
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
    if not isinstance(features, list):
        return None, [Issue(where, "holds no features.", "Give a GeoJSON feature collection.")]
    rows = pd.DataFrame(
        [_charger(feature) for feature in features if _is_point(feature)],
        columns=["charger_id", "lon", "lat", "power_max_kw"],
    )
    if rows.empty:
        problem = f"holds 0 charging locations among {len(features)} features."
        return None, [Issue(where, problem, "Give charging locations as GeoJSON points.")]
    lon, lat = (_number_or_missing(rows[name]) for name in ("lon", "lat"))
    issues = degree_issues(lon, lat, where) + _power_issues(rows, where)
    if issues:
        return None, issues
    # The source writes 0 where the power is unknown.
    power_kw = rows["power_max_kw"].astype(float)
    rows["power_max_kw"] = power_kw.mask(power_kw == 0)
    rows["x_m"], rows["y_m"] = metres(lon, lat)
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
    issues += _turbine_issues(rows, f"{source.path.name}.n_gen")
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
    if len(mine) > 1:
        problem = f"has {len(mine)} railway stations named '{station}'."
        return None, [Issue(f"{source.path.name}.naam", problem, "Keep one row of it.")]
    lon, lat = mine["geo_lng"].to_numpy(), mine["geo_lat"].to_numpy()
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
    grid_places: pd.DataFrame | None,
    boundary: gpd.GeoDataFrame,
    city: CityFile,
    known: pd.DataFrame,
) -> tuple[pd.DataFrame, list[Issue]]:
    """High-voltage stations in the municipality; a known fact wins over ``city.toml``.

    Returns
    -------
    As declared in `SUBSTATION_SITES`, sorted by identifier, and the faults. Stations of which
    ``city.toml`` says nothing all feed when it has no ``[substations]``; without any station
    there are no rows, and the grid assumes some.
    """
    read, placed = _read_sites(grid_places, boundary), _placed_sites(city)
    names = set(read["substation_name"])
    told = known[known["attribute"] == "feeds_mv"].sort_values("date")
    feeds = dict.fromkeys(names, "substations" in city.absent) | city.feeds_mv
    feeds |= {each.name: each.feeds_mv for each in city.placed}
    feeds |= dict(zip(told["asset"], told["value"] > 0, strict=True))
    sites = pd.concat([part for part in (read, placed) if len(part)] or [read], ignore_index=True)
    sites["feeds_mv"] = np.array([feeds[name] for name in sites["substation_name"]], dtype=bool)
    return sites[list(SUBSTATION_SITES.columns)], _site_issues(names, city, sites)


def _read_sites(grid_places: pd.DataFrame | None, boundary: gpd.GeoDataFrame) -> pd.DataFrame:
    """High-voltage stations that a file names, without whether they feed."""
    if grid_places is None:
        types = {"substation_id": str, "substation_name": str, "x_m": float, "y_m": float}
        return pd.DataFrame(
            {name: pd.Series(dtype=kind) for name, kind in (types | {"place_known": bool}).items()}
        )
    mine = within(grid_places, boundary)
    mine = mine[(mine["typ"] == "substation") & (mine["voltage"] != "")].sort_values("v_id")
    return pd.DataFrame(
        {
            "substation_id": "OS-" + mine["v_id"].to_numpy(dtype=object),
            "substation_name": mine["name"].str.strip("'").to_numpy(),
            "x_m": mine["x_m"].to_numpy(dtype=float),
            "y_m": mine["y_m"].to_numpy(dtype=float),
            "place_known": True,
        }
    )


def _placed_sites(city: CityFile) -> pd.DataFrame:
    """Substations that ``city.toml`` places, numbered in the order of their names."""
    placed = sorted(city.placed, key=lambda each: each.name)
    return pd.DataFrame(
        {
            "substation_id": [f"OS-P{number}" for number in range(1, len(placed) + 1)],
            "substation_name": [each.name for each in placed],
            "x_m": [each.x_m for each in placed],
            "y_m": [each.y_m for each in placed],
            "place_known": [each.known for each in placed],
        }
    )


def wind_sites(grid_places: pd.DataFrame | None, boundary: gpd.GeoDataFrame) -> pd.DataFrame:
    """Wind turbines in the municipality: ``v_id, x_m, y_m, turbines``, sorted by ``v_id``."""
    if grid_places is None:
        return pd.DataFrame({"v_id": [], "x_m": [], "y_m": [], "turbines": []})
    mine = within(grid_places, boundary)
    mine = mine[_is_wind(mine)]
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
    told = {*city.feeds_mv, *(each.name for each in city.placed)}
    untold = [] if "substations" in city.absent else sorted(names - told)
    if unknown:
        problem = f"there is no high-voltage station {name_some(unknown)} in the municipality."
        remedy = (
            f"Use one of {name_some(sorted(names))}."
            if names
            else "Give the stations in the file of grid_places, and a boundary that holds them."
        )
        issues.append(Issue(where, problem, remedy))
    if untold:
        problem = f"says nothing of {name_some(untold)}."
        issues.append(Issue(where, problem, "Say true or false: does it feed medium voltage?"))
    twice = sorted({each.name for each in city.placed} & names)
    if twice:
        problem = f"{name_some(twice)} has a place here and in the file of grid_places."
        issues.append(Issue(where, problem, "Write true or false here, or another name."))
    if len(sites) and not sites["feeds_mv"].any():
        issues.append(Issue(where, "no station feeds the medium voltage.", "Set one to true."))
    return issues


def charger_place_issues(
    chargers: pd.DataFrame, boundary: gpd.GeoDataFrame, tolerance_m: float, where: str
) -> list[Issue]:
    """Tell which chargers lie further outside the municipality than the tolerance."""
    far = ~_inside(chargers["x_m"], chargers["y_m"], boundary, tolerance_m)
    if not far.any():
        return []
    shown = name_some(chargers["charger_id"][far].tolist())
    problem = f"{far.sum()} of {len(chargers)} chargers outside the municipality ({shown})."
    return [Issue(where, problem, "Leave them out, or mend their coordinates.")]


def traction_issues(place: tuple[float, float], boundary: gpd.GeoDataFrame) -> list[Issue]:
    """Warn when the railway is fed outside the municipality."""
    x_m, y_m = (np.array([value]) for value in place)
    if _inside(x_m, y_m, boundary, 0.0).all():
        return []
    problem = "traction_station lies outside the municipality."
    remedy = "Name a station within, if the railway is fed there."
    return [Issue("city.toml [places]", problem, remedy, "warning")]


def _inside(
    x_m: Floats | pd.Series, y_m: Floats | pd.Series, boundary: gpd.GeoDataFrame, tolerance_m: float
) -> NDArray[np.bool_]:
    outline = boundary.geometry.iloc[0].buffer(tolerance_m)
    return np.asarray(shapely.contains_xy(outline, np.asarray(x_m), np.asarray(y_m)), dtype=bool)


def _is_wind(rows: pd.DataFrame) -> pd.Series:
    return rows["typ"].isin(_GENERATORS) & rows["source"].str.startswith("wind")


def _turbine_issues(rows: pd.DataFrame, where: str) -> list[Issue]:
    told = rows[_is_wind(rows) & (rows["n_gen"] != "")]
    counts = pd.to_numeric(told["n_gen"], errors="coerce").to_numpy(dtype=float)
    wrong = told[~(np.isfinite(counts) & (counts > 0))]
    if wrong.empty:
        return []
    shown = name_some([f"v_id {r.v_id}: '{r.n_gen}'" for r in wrong.itertuples()])
    problem = f"{len(wrong)} wind turbines without a count above 0 ({shown})."
    return [Issue(where, problem, "Write how many turbines, or leave the cell empty.")]


def _is_point(feature: object) -> bool:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    return isinstance(geometry, dict) and geometry.get("type") == "Point"


def _charger(feature: dict[str, Any]) -> dict[str, Any]:
    place = feature["geometry"].get("coordinates")
    lon, lat = place[:2] if isinstance(place, list) and len(place) >= 2 else (None, None)
    told = feature.get("properties")
    told = told if isinstance(told, dict) else {}
    name, power_kw = str(told.get("locationId", "")), told.get("maxPowerKw")
    return {"charger_id": name, "lon": lon, "lat": lat, "power_max_kw": power_kw}


def _number_or_missing(values: pd.Series) -> Floats:
    return np.array(
        [
            float(value)
            if isinstance(value, int | float) and not isinstance(value, bool)
            else np.nan
            for value in values
        ]
    )


def _power_issues(rows: pd.DataFrame, where: str) -> list[Issue]:
    told = rows[rows["power_max_kw"].notna()]
    power_kw = _number_or_missing(told["power_max_kw"])
    ids, values = told["charger_id"], told["power_max_kw"]
    negative = [f"{i}: {v} kW" for i, v, kw in zip(ids, values, power_kw, strict=True) if kw < 0]
    other = [
        f"{i}: {v!r}"
        for i, v, kw in zip(ids, values, power_kw, strict=True)
        if not kw <= CHARGER_POWER_MAX_KW
    ]
    issues = []
    if negative:
        problem = f"{len(negative)} values below 0 kW ({name_some(negative)})."
        issues.append(Issue(f"{where}.maxPowerKw", problem, "Give the power, or 0 for unknown."))
    if other:
        problem = (
            f"{len(other)} values that are no number up to {CHARGER_POWER_MAX_KW:,.0f} kW "
            f"({name_some(other)})."
        )
        remedy = "Give the power in kW, or null for unknown."
        issues.append(Issue(f"{where}.maxPowerKw", problem, remedy))
    return issues
