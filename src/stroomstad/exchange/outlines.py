"""Reads and writes the outline of places where no address exists yet, as GeoJSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
from pyproj import CRS
from pyproj.exceptions import CRSError
from shapely import force_2d, get_coordinates, transform
from shapely.errors import ShapelyError
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from stroomstad.errors import Issue, faults, name_some
from stroomstad.exchange.sheets import read_file

RD = 28992
WGS84 = 4326
# Area of use of EPSG:28992 in degrees and in metres (EPSG registry, rounded out).
_RANGES = {WGS84: ((3.0, 7.5), (50.5, 53.8)), RD: ((0.0, 300_000.0), (300_000.0, 640_000.0))}
# Millimetres, and a tenth of one: nobody draws finer.
_DECIMALS = {RD: 3, WGS84: 9}
_YES = {"true", "yes", "ja", "1"}


def read_outlines(path: Path) -> tuple[gpd.GeoDataFrame | None, list[Issue]]:
    """Read outlines from a GeoJSON file.

    Parameters
    ----------
    path
        A feature collection, a feature or a geometry; in degrees of WGS84, or in what its
        member ``crs`` says: WGS84 (EPSG:4326) or metres of the national grid (EPSG:28992).
        Properties ``place`` (or ``name``, ``naam``), ``assumed`` and ``source`` are read.

    Returns
    -------
    As declared in `OUTLINES`, with geometry in EPSG:28992, or ``None`` when anything is at
    fault; and the issues. A place without a name is called after the file; one that does not
    say otherwise is assumed.
    """
    raw, issues = read_file(path)
    if raw is None:
        return None, issues
    try:
        content = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        problem = f"is not valid GeoJSON ({error})."
        return None, [Issue(path.name, problem, "Export it again from the drawing program.")]
    features = _features(content)
    if not features:
        problem = "holds no outline."
        return None, [Issue(path.name, problem, "Give a GeoJSON file with a polygon per place.")]
    system, issues = _system(content, path.name)
    if system is None:
        return None, issues
    names = _names(features, path.stem)
    shapes, issues = _shapes(features, names, path.name)
    issues += _repeated_issues(names, path.name)
    issues += _place_issues(shapes, system, path.name)
    if faults(issues):
        return None, issues
    rows = gpd.GeoDataFrame(
        {
            "place": names,
            "assumed": [_flag(_told(feature, "assumed", "aangenomen")) for feature in features],
            "source": [_told(feature, "source", "bron") or path.name for feature in features],
        },
        geometry=list(shapes.values()),
        crs=system,
    ).to_crs(RD)
    return rows.astype({"place": str, "source": str}), issues


def outlines_text(outlines: gpd.GeoDataFrame) -> str:
    """Write outlines as GeoJSON in metres of the national grid; `read_outlines` reads them back.

    Parameters
    ----------
    outlines
        As declared in `OUTLINES`, with geometry in EPSG:28992.
    """
    stated = {"type": "name", "properties": {"name": f"EPSG:{RD}"}}
    content = {"type": "FeatureCollection", "crs": stated, "features": _told_as(outlines, RD)}
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def outlines_in_degrees(outlines: gpd.GeoDataFrame) -> dict[str, Any]:
    """Give outlines as a collection of GeoJSON features in degrees of WGS84.

    Written back with `outlines_text` they are the same file: degrees are told ten times as
    finely as metres are written.

    Parameters
    ----------
    outlines
        As declared in `OUTLINES`, with geometry in EPSG:28992.
    """
    return {"type": "FeatureCollection", "features": _told_as(outlines, WGS84)}


def _told_as(outlines: gpd.GeoDataFrame, system: int) -> list[dict[str, Any]]:
    shapes = outlines.geometry.to_crs(system).to_numpy()
    shapes = transform(shapes, lambda points: np.round(points, _DECIMALS[system]))
    return [
        {
            "type": "Feature",
            "properties": {
                "place": str(row["place"]),
                "assumed": bool(row["assumed"]),
                "source": str(row["source"]),
            },
            "geometry": mapping(drawn),
        }
        for row, drawn in zip(outlines.to_dict("records"), shapes, strict=True)
    ]


def _features(content: object) -> list[dict[str, Any]]:
    """Features of a collection, a feature or a bare geometry; none of anything else."""
    if not isinstance(content, dict):
        return []
    if content.get("type") == "FeatureCollection":
        found = content.get("features")
        listed = found if isinstance(found, list) else []
        return [feature if isinstance(feature, dict) else {} for feature in listed]
    if content.get("type") == "Feature":
        return [content]
    return [{"type": "Feature", "geometry": content}] if "coordinates" in content else []


def _system(content: dict[str, Any], where: str) -> tuple[int | None, list[Issue]]:
    stated = content.get("crs")
    if stated is None:
        return WGS84, []
    try:
        name = stated["properties"]["name"]
        system = CRS.from_user_input(name)
    except (CRSError, KeyError, TypeError):
        name, system = stated, None
    if system is not None:
        # Files say degrees in several ways that differ in the order of axes only.
        if system.is_geographic and "84" in system.name:
            return WGS84, []
        if system.to_epsg() == RD:
            return RD, []
    problem = f"states coordinates in {str(name)[:60]}."
    remedy = "Give degrees of WGS84 (EPSG:4326) or metres of EPSG:28992."
    return None, [Issue(f"{where}.crs", problem, remedy)]


def _names(features: list[dict[str, Any]], stem: str) -> list[str]:
    told = [_told(feature, "place", "name", "naam") for feature in features]
    numbered = len(features) > 1
    return [
        name or (f"{stem} {number}" if numbered else stem)
        for number, name in enumerate(told, start=1)
    ]


def _told(feature: dict[str, Any], *names: str) -> str:
    properties = feature.get("properties")
    written = properties if isinstance(properties, dict) else {}
    by_name = {str(name).casefold(): value for name, value in written.items()}
    values = [by_name[name] for name in names if by_name.get(name) is not None]
    return str(values[0]).strip() if values else ""


def _flag(text: str) -> bool:
    return text == "" or text.casefold() in _YES


def _shapes(
    features: list[dict[str, Any]], names: list[str], where: str
) -> tuple[dict[int, BaseGeometry], list[Issue]]:
    """Sound polygons by number of the feature, and what is wrong with the others."""
    sound: dict[int, BaseGeometry] = {}
    wrong: dict[str, list[str]] = {}
    for number, feature in enumerate(features):
        geometry, problem = _polygon(feature.get("geometry"))
        if geometry is None:
            wrong.setdefault(problem, []).append(names[number])
        else:
            sound[number] = geometry
    return sound, [
        Issue(f"{where}, {name_some(found)}", problem, "Draw it as one closed line per part.")
        for problem, found in wrong.items()
    ]


def _polygon(geometry: object) -> tuple[BaseGeometry | None, str]:
    if not isinstance(geometry, dict):
        return None, "has no geometry."
    kind = geometry.get("type")
    if kind not in {"Polygon", "MultiPolygon"}:
        return None, f"is a {kind}, not an outline (Polygon or MultiPolygon)."
    try:
        with np.errstate(invalid="ignore"):
            made = force_2d(shape(geometry))
    except (ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError):
        return None, "has coordinates that cannot be read."
    if made.is_empty or not np.isfinite(get_coordinates(made)).all():
        return None, "has coordinates that are missing."
    if not made.is_valid:
        return None, f"is not a sound outline ({explain_validity(made)})."
    return made, ""


def _repeated_issues(names: list[str], where: str) -> list[Issue]:
    twice = sorted({name for name in names if names.count(name) > 1})
    if not twice:
        return []
    problem = f"the same name stands at more outlines ({name_some(twice)})."
    return [Issue(where, problem, "Give each place a name of its own.")]


def _place_issues(shapes: dict[int, BaseGeometry], system: int, where: str) -> list[Issue]:
    if not shapes:
        return []
    points = get_coordinates(list(shapes.values()))
    x, y = points[:, 0], points[:, 1]
    if _within(x, y, system):
        return []
    units = {WGS84: "degrees", RD: "metres of EPSG:28992"}
    seen = f"x {x.min():g} to {x.max():g}, y {y.min():g} to {y.max():g}"
    if _within(y, x, system):
        problem, remedy = f"has x and y swapped ({seen}).", "Give longitude or easting first."
    elif system == WGS84 and _within(x, y, RD):
        problem = f"has metres of EPSG:28992 ({seen}), but does not say so."
        remedy = 'Add "crs": {"type": "name", "properties": {"name": "EPSG:28992"}}.'
    else:
        problem = f"lies outside the Netherlands ({seen})."
        remedy = f"Give {units[system]} of a place in the Netherlands."
    return [Issue(where, problem, remedy)]


def _within(x: np.ndarray[Any, Any], y: np.ndarray[Any, Any], system: int) -> bool:
    return all(
        bool((values >= low).all() and (values <= high).all())
        for values, (low, high) in zip((x, y), _RANGES[system], strict=True)
    )
