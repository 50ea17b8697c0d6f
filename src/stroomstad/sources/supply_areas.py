"""Which substation feeds which part of the city, as somebody who knows or assumes it drew it."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
from shapely.geometry import shape

from stroomstad.errors import Issue, name_some
from stroomstad.sources.areas import overlaps, read_features
from stroomstad.sources.coordinates import RD, polygons, rd_issues
from stroomstad.sources.files import SourceFile
from stroomstad.tables.city import SUPPLY_AREAS, SUPPLY_STATUS, no_supply_areas

_TEXTS = ("substation", "status", "source")


def read_supply_areas(source: SourceFile) -> tuple[Any, list[Issue]]:
    """Read polygons of supply areas, each with its substation, status and source.

    Returns
    -------
    Table with ``substation, status, source`` and geometry in EPSG:28992, in the order of the file
    """
    where = source.path.name
    geometries, rows, issues = read_features(source)
    if issues:
        return None, issues
    shapes, issues = polygons(geometries, where)
    missing = sorted(set(_TEXTS) - set(rows.columns))
    if missing:
        issues.append(Issue(where, f"property {name_some(missing)} is missing.", "Add it."))
        return None, issues
    told = rows[list(_TEXTS)].fillna("").astype(str).apply(lambda column: column.str.strip())
    issues += _text_issues(told, where)
    if shapes is None:
        return None, issues
    names = _named(told)
    crossing = [
        name for name, each in zip(names, geometries, strict=True) if not shape(each or {}).is_valid
    ]
    if crossing:
        problem = f"{len(crossing)} polygons cross themselves ({name_some(crossing)})."
        issues.append(Issue(where, problem, "Draw an outline that does not cross itself."))
    areas = gpd.GeoDataFrame(told, geometry=shapes.set_crs(RD, allow_override=True))
    issues += rd_issues(areas.geometry, names, where)
    return areas, issues


def place_supply_areas(
    areas: gpd.GeoDataFrame, sites: pd.DataFrame, known: pd.DataFrame, where: str
) -> tuple[gpd.GeoDataFrame, list[Issue]]:
    """Give every supply area the identifier of its substation.

    Parameters
    ----------
    areas
        As `read_supply_areas` gives them.
    sites
        High-voltage stations of the city; none where substations are assumed.
    known
        Known facts, which may say that a station feeds the medium voltage or does not.
    where
        Name of the file.

    Returns
    -------
    As declared in `SUPPLY_AREAS`, and the faults: substations that are not there, of which there
    are several, or that feed nothing, and areas of two substations over each other.
    """
    if sites.empty:
        problem = "names substations, but none is known: their number and places are assumed."
        remedy = "Give them in the file of grid_places, or place them below [substations]."
        return no_supply_areas(), [Issue(where, problem, remedy)]
    issues = _site_issues(areas, sites, _feeding(sites, known), where)
    both = areas[areas["substation"] != ""].dissolve("substation")
    pairs = overlaps(both.geometry, both.index.tolist())
    if pairs:
        problem = f"{len(pairs)} pairs of supply areas overlap ({name_some(pairs)})."
        issues.append(Issue(where, problem, "Give every place one substation."))
    if issues:
        return no_supply_areas(), issues
    id_of = dict(zip(sites["substation_name"], sites["substation_id"], strict=True))
    placed = areas.assign(substation_id=areas["substation"].map(id_of))
    columns = [*SUPPLY_AREAS.columns, "geometry"]
    return placed.sort_values([*SUPPLY_AREAS.columns], ignore_index=True)[columns], []


def unused_beside_grid(where: str) -> Issue:
    """Warn that supply areas say nothing of a city that gives its own grid."""
    problem = "is not used: the grid that is given says which substation feeds each station."
    return Issue(where, problem, "Leave it out, or leave out the grid.", "warning")


def _named(told: pd.DataFrame) -> list[str]:
    return [f"feature {at} ({name})" for at, name in enumerate(told["substation"], start=1)]


def _text_issues(told: pd.DataFrame, where: str) -> list[Issue]:
    issues = []
    odd = told[~told["status"].isin(SUPPLY_STATUS)]
    if len(odd):
        pairs = zip(_at(told, odd), odd["status"], strict=True)
        shown = name_some([f"{name}: '{status}'" for name, status in pairs])
        allowed = " or ".join(SUPPLY_STATUS)
        problem = f"{len(odd)} areas whose status is not {allowed} ({shown})."
        issues.append(Issue(f"{where}.status", problem, "Say whether it is known or assumed."))
    for column, remedy in (("substation", "Name it."), ("source", "Say who says so.")):
        empty = told[told[column] == ""]
        if len(empty):
            problem = f"{len(empty)} areas without a {column} ({name_some(_at(told, empty))})."
            issues.append(Issue(f"{where}.{column}", problem, remedy))
    return issues


def _at(told: pd.DataFrame, some: pd.DataFrame) -> list[str]:
    names = pd.Series(_named(told), index=told.index)
    return [str(name) for name in names[some.index]]


def _feeding(sites: pd.DataFrame, known: pd.DataFrame) -> pd.Series:
    """Whether each site feeds; the latest known fact wins, under its name or its identifier."""
    feeds = sites["feeds_mv"].copy()
    facts = known[known["attribute"] == "feeds_mv"].sort_values("date")
    for asset, value in zip(facts["asset"], facts["value"], strict=True):
        feeds[(sites[["substation_id", "substation_name"]] == asset).any(axis=1)] = value > 0
    return feeds


def _site_issues(
    areas: gpd.GeoDataFrame, sites: pd.DataFrame, feeds: pd.Series, where: str
) -> list[Issue]:
    named = [name for name in areas["substation"].unique() if name]
    names = sites["substation_name"]
    told = (
        (sorted(set(named) - set(names)), "there is no substation {}.",
         f"Use one of {name_some(sorted(names[feeds]))}."),
        (sorted(set(named) & set(names[names.duplicated()])), "several substations are called {}.",
         "Give each a name of its own."),
        (sorted(set(named) & set(names[~feeds])), "{} does not feed the medium voltage.",
         "Give the area a substation that does, or say below [substations] that it feeds."),
    )  # fmt: skip
    return [
        Issue(f"{where}.substation", problem.format(name_some(found)), remedy)
        for found, problem, remedy in told
        if found
    ]
