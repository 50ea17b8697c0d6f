"""Which neighbourhoods does the city have, and where does the municipality end."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from stroomstad.errors import Issue, name_some
from stroomstad.sources.city_file import CityFile
from stroomstad.sources.coordinates import RD, degree_issues, polygons, rd_issues
from stroomstad.sources.files import (
    Layout,
    SourceFile,
    duplicate_issues,
    read_json,
    read_table,
)

_DISTRICT = "Wijk"
# Own choices, wide enough for any Dutch city: slivers between areas are no overlap, and a register
# with far fewer addresses than dwellings was cut off.
OVERLAP_SHARE_MAX = 0.01
ADDRESSES_PER_DWELLING_MIN = 0.9
ALL_ADDRESSES_PER_DWELLING_MIN = 0.95
# What the Wijk- en buurtkaart calls the same, as a file and as a service.
_MAP_NAMES = {
    "wijkcode": "code",
    "wijknaam": "name",
    "woningvoorraad": "dwelling_total",
    "aantal_inwoners": "population",
    "aantalInwoners": "population",
}
# That map writes -99997 and lower where a figure is not known, or secret.
_UNKNOWN_MAX = -99_990.0
# Codes of CBS table 85005NED, read from the sums they make.
_DWELLINGS, _ALL = "E007037", "E007161"


def read_areas(source: SourceFile, municipality_code: str) -> tuple[Any, list[Issue]]:
    """Read the polygons of the CBS wijken, with their dwellings and inhabitants.

    Returns
    -------
    Table with ``area_code, area_name, dwellings, population`` and geometry, sorted by code
    """
    where = source.path.name
    geometries, rows, issues = read_features(source)
    if issues:
        return None, issues
    shapes, issues = polygons(geometries, where)
    rows = rows.rename(columns={old: new for old, new in _MAP_NAMES.items() if new not in rows})
    missing = sorted({"code", "name", "dwelling_total", "population"} - set(rows.columns))
    if missing:
        issues.append(Issue(where, f"property {name_some(missing)} is missing.", "Add it."))
    if issues or shapes is None:
        return None, issues
    counts, issues = _counts(rows, where)
    areas = gpd.GeoDataFrame(
        {
            "area_code": rows["code"].fillna("").astype(str),
            "area_name": rows["name"].fillna("").astype(str),
            "dwellings": counts["dwelling_total"],
            "population": counts["population"],
        },
        geometry=shapes.set_crs(RD, allow_override=True),
    )
    issues += _area_issues(areas, municipality_code, where)
    return areas.sort_values("area_code", ignore_index=True), issues


def read_features(
    source: SourceFile,
) -> tuple[list[dict[str, Any] | None], pd.DataFrame, list[Issue]]:
    """Read a GeoJSON feature collection: geometries, properties and faults."""
    content, issues = read_json(source.path)
    features = content.get("features") if isinstance(content, dict) else None
    if not issues and (not isinstance(features, list) or not features):
        remedy = "Give a GeoJSON feature collection."
        issues = [Issue(source.path.name, "holds no features.", remedy)]
    features = [] if issues or not isinstance(features, list) else features
    rows = pd.DataFrame([_part(feature, "properties") or {} for feature in features])
    return [_part(feature, "geometry") for feature in features], rows, issues


def read_boundary(source: SourceFile) -> tuple[Any, list[Issue]]:
    """Read the municipality with its water; one row, EPSG:28992."""
    where = source.path.name
    content, issues = read_json(source.path)
    if content is None:
        return None, issues
    shapes, issues = polygons([content], where)
    if shapes is None:
        return None, issues
    bounds = shapes.total_bounds
    issues = degree_issues(bounds[[0, 2]], bounds[[1, 3]], where)
    if issues:
        return None, issues
    return gpd.GeoDataFrame(geometry=shapes.set_crs(4326)).to_crs(RD), []


def read_solar(source: SourceFile, municipality_code: str) -> tuple[pd.Series | None, list[Issue]]:
    """Read the panels on dwellings per area.

    Returns
    -------
    Power by area code, missing where CBS gives none; the whole municipality under its own
    code. [kWp]
    """
    code, kind, power = "Codering_3", "SoortRegio_2", "OpgesteldVermogenVanZonnepanelen_6"
    rows, issues = read_table(source.path, Layout((code, kind), (power,)))
    if rows is None:
        return None, issues
    where = source.path.name
    rows = rows[(rows[kind] == _DISTRICT) | (rows[code] == municipality_code)]
    if municipality_code not in set(rows[code]):
        issues.append(no_municipality(source, municipality_code))
    if not (rows[kind] == _DISTRICT).any():
        issues.append(
            Issue(
                f"{where}.{kind}", f"0 rows of kind {_DISTRICT}.", "Give the file with all areas."
            )
        )
    issues += duplicate_issues(rows[code], f"{where}.{code}")
    negative = rows[rows[power] < 0]
    if len(negative):
        examples = [f"{c}: {v:g} kWp" for c, v in zip(negative[code], negative[power], strict=True)]
        issues.append(
            Issue(f"{where}.{power}", f"{len(negative)} rows below 0 kWp ({name_some(examples)}).",
                  "Give the installed power."),
        )  # fmt: skip
    return rows.set_index(code)[power], issues


def read_solar_municipality(
    source: SourceFile, municipality_code: str, base_year: int
) -> tuple[tuple[float, float] | None, list[Issue]]:
    """Read the panels on dwellings, and all panels, at the end of the base year. [kWp].

    Either is missing (NaN) where CBS gives no figure.
    """
    sector, power = "SectorEnVermogensklasse", "OpgesteldVermogenVanZonnepanelen_2"
    rows, issues = read_table(source.path, Layout((sector, "RegioS", "Perioden"), (power,)))
    if rows is None or issues:
        return None, issues
    mine = rows[rows["RegioS"] == municipality_code]
    if mine.empty:
        return None, [no_municipality(source, municipality_code)]
    of_year = mine[mine["Perioden"] == f"{base_year}JJ00"].set_index(sector)[power]
    issues = duplicate_issues(of_year.index.to_series(), f"{source.path.name}.{sector}")
    negative = of_year[of_year < 0]
    issues += [
        Issue(f"{source.path.name}.{power}", f"{name} has {kwp:g} kWp, below 0.", "Give the power.")
        for name, kwp in negative.items()
    ]
    if issues:
        return None, issues
    return (float(of_year.get(_DWELLINGS, np.nan)), float(of_year.get(_ALL, np.nan))), []


def no_municipality(source: SourceFile, municipality_code: str) -> Issue:
    """Tell that a file says nothing of the municipality."""
    return Issue(
        source.path.name,
        f"has no row of municipality {municipality_code}.",
        "Give the municipality's own file, or mend municipality_code in city.toml.",
    )


def named_area_issues(city: CityFile, areas: gpd.GeoDataFrame) -> list[Issue]:
    """Tell which areas named in ``city.toml`` do not exist."""
    named = {*city.new_home_areas, *(city.rural_areas or ())}
    named |= {city.solar_field_area} if city.solar_field_area else set()
    unknown = sorted(named - set(areas["area_code"]))
    if not unknown:
        return []
    problem = f"there is no area {name_some(unknown)}."
    return [Issue("city.toml [places]", problem, "Use codes from the file of areas.")]


def overlap_issues(areas: gpd.GeoDataFrame, where: str) -> list[Issue]:
    """Tell which areas lie over each other by more than a sliver."""
    pairs = overlaps(areas.geometry, areas["area_code"].tolist())
    if not pairs:
        return []
    problem = f"{len(pairs)} pairs of areas overlap ({name_some(pairs)})."
    return [Issue(where, problem, "Give every place one area.")]


def overlaps(outlines: gpd.GeoSeries, names: list[str]) -> list[str]:
    """Pairs of outlines that lie over each other by more than a sliver, and for how much."""
    shapes = outlines.to_numpy()
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    one, other = one[one < other], other[one < other]
    size_m2 = shapely.area(shapes)
    shared_m2 = shapely.area(shapely.intersection(shapes[one], shapes[other]))
    share = shared_m2 / np.minimum(size_m2[one], size_m2[other])
    return sorted(
        f"{names[i]} and {names[j]} for {part:.0%}"
        for i, j, part in zip(one, other, share, strict=True)
        if part > OVERLAP_SHARE_MAX
    )


def few_address_issues(
    areas: gpd.GeoDataFrame, area_codes: NDArray[np.object_], where: str
) -> list[Issue]:
    """Tell where there are fewer addresses than dwellings: a register that was cut off."""
    dwellings = areas["dwellings"].to_numpy(dtype=float)
    count = pd.Series(area_codes).value_counts().reindex(areas["area_code"]).fillna(0).to_numpy()
    total = float(np.nansum(dwellings))
    remedy = "Copy the register again if it was cut off; else look at dwelling_total."
    if count.sum() < ALL_ADDRESSES_PER_DWELLING_MIN * total:
        problem = f"{count.sum():,.0f} addresses for {total:,.0f} dwellings in all areas."
        return [Issue(where, problem, remedy)]
    few = count < ADDRESSES_PER_DWELLING_MIN * dwellings
    if not few.any():
        return []
    told = zip(areas["area_code"][few], count[few], dwellings[few], strict=True)
    shown = name_some([f"{code}: {n:,.0f} for {d:,.0f}" for code, n, d in told])
    problem = f"{few.sum()} areas with far fewer addresses than dwellings ({shown})."
    return [Issue(where, problem, remedy, "warning")]


def _part(feature: object, key: str) -> dict[str, Any] | None:
    part = feature.get(key) if isinstance(feature, dict) else None
    return part if isinstance(part, dict) else None


def _counts(rows: pd.DataFrame, where: str) -> tuple[pd.DataFrame, list[Issue]]:
    """Dwellings and inhabitants as numbers; null is unknown, and any other text is a fault."""
    counts, issues = {}, []
    for column in ("dwelling_total", "population"):
        counts[column] = pd.to_numeric(rows[column], errors="coerce").astype(float)
        wrong = rows[column].notna() & (rows[column] != "") & ~np.isfinite(counts[column])
        if wrong.any():
            told = zip(rows["code"][wrong], rows[column][wrong], strict=True)
            shown = name_some([f"{code}: {value!r}" for code, value in told])
            problem = f"{wrong.sum()} values that are not numbers ({shown})."
            issues.append(
                Issue(f"{where}.{column}", problem, "Write a number, or null for unknown.")
            )
        counts[column] = counts[column].mask(counts[column] <= _UNKNOWN_MAX)
    return pd.DataFrame(counts), issues


def _area_issues(areas: gpd.GeoDataFrame, municipality_code: str, where: str) -> list[Issue]:
    issues = duplicate_issues(areas["area_code"], f"{where}.code")
    issues += rd_issues(areas.geometry, areas["area_code"].tolist(), where)
    prefix = f"WK{municipality_code[2:]}"
    foreign = areas["area_code"][~areas["area_code"].str.startswith(prefix)].tolist()
    if foreign:
        issues.append(
            Issue(
                f"{where}.code",
                f"{len(foreign)} areas are not of municipality {municipality_code}, whose codes "
                f"start with {prefix} ({name_some(foreign)}).",
                "Mend municipality_code in city.toml, or give the right file.",
            )
        )
    for column in ("dwellings", "population"):
        below = areas[areas[column] < 0]
        if len(below):
            examples = [
                f"{a}: {v:g}" for a, v in zip(below["area_code"], below[column], strict=True)
            ]
            issues.append(
                Issue(f"{where}.{column}", f"{len(below)} values below 0 ({name_some(examples)}).",
                      "Give the count, or leave it empty."),
            )  # fmt: skip
    return issues


def empty_area_warnings(areas: gpd.GeoDataFrame, area_codes: np.ndarray[Any, Any]) -> list[Issue]:
    """Warn of areas in which no address lies."""
    used = set(area_codes)
    rows = zip(areas["area_code"], areas["area_name"], strict=True)
    return [
        Issue(
            f"area {code} ({name})",
            "has no connections: 0 addresses lie in it.",
            "Check the area if homes stand there; otherwise nothing needs doing.",
            "warning",
        )
        for code, name in rows
        if code not in used
    ]
