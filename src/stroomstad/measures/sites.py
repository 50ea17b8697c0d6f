"""Where a place lies on the grid: which stations serve it, and which substation feeds it.

A place is written as ``city``, an area code, a postcode of four or six characters, a point
``x, y`` in metres or ``latitude, longitude`` in degrees, the name of an outline, or the
identifier of a station, feeder, cable or substation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from stroomstad.blocks import Ints
from stroomstad.errors import Issue, NotFound
from stroomstad.measures.twin import Site, Twin
from stroomstad.synthesis import serving_substation
from stroomstad.tables.city import City
from stroomstad.tables.grid import Grid
from stroomstad.tables.parameters import Parameters
from stroomstad.tables.plan import Plan

CITY = "city"

_POSTCODE = re.compile(r"\d{4}\s?([A-Za-z]{2})?")
_POINT = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*[,; ]\s*(-?\d+(?:\.\d+)?)\s*")
# No Dutch easting or northing in metres is this small, and no coordinate in degrees this large.
_DEGREES_MOST = 90.0


def resolve_site(
    place: str, twin_grid: Grid, city: City, outlines: gpd.GeoDataFrame, parameters: Parameters
) -> Site:
    """Find the stations and the substation of a place.

    Parameters
    ----------
    place
        As the module docstring says.
    twin_grid, city
        The grid that stands, and its city.
    outlines
        Places with an outline, as declared in ``OUTLINES``, geometry in EPSG:28992.
    parameters
        ``station_distance_max_m`` and ``station_distance_far_m``, for points.

    Raises
    ------
    NotFound
        When nothing has that name, or when it lies outside the municipality.
    """
    return _resolved(place, _ground(twin_grid, city, outlines, parameters))


@dataclass(frozen=True, slots=True)
class _Ground:
    """What places are looked up in: made once for all of them."""

    grid: Grid
    city: City
    outlines: gpd.GeoDataFrame
    parameters: Parameters
    public: pd.DataFrame
    boundary: BaseGeometry
    named: frozenset[str]


def _ground(grid: Grid, city: City, outlines: gpd.GeoDataFrame, parameters: Parameters) -> _Ground:
    assets = (
        grid.substations["substation_id"], grid.stations["station_id"],
        grid.stations["feeder_id"], grid.cables["cable_id"], city.areas["area_code"],
        outlines["place"],
    )  # fmt: skip
    named = frozenset({CITY}.union(*(each.astype(str) for each in assets)))
    public = grid.stations[grid.stations["owner"] == "public"]
    boundary = city.boundary.union_all()
    shapely.prepare(boundary)
    return _Ground(grid, city, outlines, parameters, public, boundary, named)


def _resolved(place: str, ground: _Ground) -> Site:
    grid, city, public = ground.grid, ground.city, ground.public
    found = None
    if place in ground.named:
        found = (
            _asset(place, grid, public) or _area(place, ground) or _outline(place, ground)
        )  # fmt: skip
    found = found or _postcode(place, city, grid, public) or _point(place, ground)
    if found is None:
        raise NotFound(
            f"place {place!r}: there is no area, postcode, outline or asset of that name. "
            "Use an area code, a postcode, a point 'x, y', the name of an outline, "
            "the identifier of an asset, or 'city'."
        )
    kind, (x_m, y_m), stations, assumed = found
    substation_id = _substation(place, kind, stations, ground, (x_m, y_m))
    ids = tuple(sorted(stations["station_id"].astype(str)))
    area_code = place if kind == "area" else "" if kind == CITY else _area_at(city, x_m, y_m)
    return Site(place, kind, area_code, x_m, y_m, ids, substation_id, assumed)


def resolve_sites(
    places: Iterable[str],
    twin_grid: Grid,
    city: City,
    outlines: gpd.GeoDataFrame,
    parameters: Parameters,
) -> tuple[dict[str, Site], list[Issue]]:
    """Find every place, and tell of all that are not found at once.

    Parameters
    ----------
    places
        Places; one that occurs more than once is looked up once.
    twin_grid, city, outlines, parameters
        As for `resolve_site`.

    Returns
    -------
    The sites by place, and a fault for each place that is not there.
    """
    ground = _ground(twin_grid, city, outlines, parameters)
    sites: dict[str, Site] = {}
    issues: list[Issue] = []
    for place in dict.fromkeys(places):
        try:
            sites[place] = _resolved(place, ground)
        except NotFound as fault:
            where, said = str(fault).split(": ", 1)
            problem, remedy = said.split(". ", 1)
            issues.append(Issue(where, f"{problem}.", remedy))
    return sites, issues


def with_outlines(twin: Twin, plan: Plan) -> Twin:
    """Let a city know the outlines of a plan too; where both have a name the plan's is taken."""
    if plan.outlines.empty:
        return twin
    others = twin.outlines[~twin.outlines["place"].isin(plan.outlines["place"])]
    both = plan.outlines if others.empty else pd.concat([plan.outlines, others], ignore_index=True)
    return replace(twin, outlines=gpd.GeoDataFrame(both, geometry="geometry", crs=28992))


def firm_nodes(twin: Twin, site: Site) -> Ints:
    """Nodes of the firms of a place, as positions in the twin's grid. Shape (nodes,)."""
    firms = twin.city.points[twin.city.points["kind"] == "firm"]
    served = firms.merge(twin.grid.connections, on="point_id")
    names = set(served.loc[_lies_in(twin, served, site), "node_id"])
    return np.flatnonzero([name in names for name in twin.tree.node_ids])


def _lies_in(twin: Twin, served: pd.DataFrame, site: Site) -> NDArray[np.bool_]:
    """Tell which points lie in a place, or hang behind it. Shape (points,)."""
    if site.kind == "outline":
        shape = twin.outlines.set_index("place").geometry.loc[site.place]
        inside = shape.covers(gpd.points_from_xy(served["x_m"], served["y_m"]))
    elif site.kind == "point":
        away_m = np.hypot(served["x_m"] - site.x_m, served["y_m"] - site.y_m)
        inside = away_m <= twin.parameters["mid"].value("station_distance_max_m")
    else:
        inside = _named(twin, served, site)
    return np.asarray(inside, dtype=np.bool_)


def _named(twin: Twin, served: pd.DataFrame, site: Site) -> pd.Series:
    """Tell which points have a place as their area, postcode or asset."""
    column = {"area": "area_code", "station": "station_id"}.get(site.kind)
    if column is not None:
        return served[column] == site.place
    if site.kind == "postcode":
        return served["postcode"].str.startswith(written_postcode(site.place))
    if site.kind == "cable":
        return served["station_id"].isin(_behind_cable(twin, site))
    if site.kind == "city":
        return served["station_id"].notna()
    owner = twin.grid.stations.set_index("station_id")[f"{site.kind}_id"]
    return served["station_id"].map(owner) == site.place


def _behind_cable(twin: Twin, site: Site) -> list[str]:
    """Stations behind a cable."""
    behind = twin.tree.link_ids == site.place
    for node in twin.tree.order.tolist():
        above = twin.tree.parent[node]
        behind[node] |= above >= 0 and behind[above]
    return sorted(set(twin.grid.nodes.loc[behind, "station_id"]))


_Found = tuple[str, tuple[float, float], pd.DataFrame, bool]


def _asset(place: str, grid: Grid, public: pd.DataFrame) -> _Found | None:
    """Find a substation, station, feeder or cable by its identifier."""
    substations = grid.substations[grid.substations["substation_id"] == place]
    if len(substations):
        fed = public[public["substation_id"] == place]
        return "substation", _at(substations), fed, False
    stations = grid.stations[grid.stations["station_id"] == place]
    if len(stations):
        return "station", _at(stations), public[public["station_id"] == place], False
    if place and (grid.stations["feeder_id"] == place).any():
        fed = grid.stations[grid.stations["feeder_id"] == place]
        return "feeder", _at(fed), public[public["feeder_id"] == place], False
    cables = grid.cables[grid.cables["cable_id"] == place]
    if len(cables):
        end = grid.nodes[grid.nodes["node_id"] == cables["to_node"].iloc[0]]
        behind = public[public["station_id"] == end["station_id"].iloc[0]]
        return "cable", _at(end), behind, False
    return None


def _area(place: str, ground: _Ground) -> _Found | None:
    city, public = ground.city, ground.public
    if place == CITY:
        return CITY, _inside(ground.boundary), public, False
    area = city.areas[city.areas["area_code"] == place]
    if area.empty:
        return None
    stations = public[public["area_code"] == place]
    return "area", _inside(area.geometry.iloc[0]), stations, False


def _outline(place: str, ground: _Ground) -> _Found | None:
    outlines, public = ground.outlines, ground.public
    row = outlines[outlines["place"] == place]
    if row.empty:
        return None
    shape = row.geometry.iloc[0]
    middle = _inside(shape)
    _check_inside(place, ground, *middle)
    points = gpd.points_from_xy(public["x_m"], public["y_m"])
    return "outline", middle, public[shape.covers(points)], bool(row["assumed"].iloc[0])


def _postcode(place: str, city: City, grid: Grid, public: pd.DataFrame) -> _Found | None:
    if not _POSTCODE.fullmatch(place.strip()):
        return None
    points = city.points[city.points["postcode"].str.startswith(written_postcode(place))]
    if points.empty:
        raise NotFound(
            f"place {place!r}: no address of {city.name} has that postcode. "
            "Use a postcode of the municipality."
        )
    served = grid.connections[grid.connections["point_id"].isin(points["point_id"])]
    stations = public[public["station_id"].isin(served["station_id"])]
    return "postcode", _at(points), stations, False


def written_postcode(place: str) -> str:
    """Write a postcode, or its four digits, as the register does.

    Examples
    --------
    >>> written_postcode("1315 ab"), written_postcode("1315")
    ('1315AB', '1315')
    """
    return place.replace(" ", "").upper()


def _point(place: str, ground: _Ground) -> _Found | None:
    public, parameters = ground.public, ground.parameters
    written = _POINT.fullmatch(place)
    if not written:
        return None
    first, second = float(written[1]), float(written[2])
    if max(abs(first), abs(second)) <= _DEGREES_MOST:
        moved = gpd.GeoSeries([Point(second, first)], crs=4326).to_crs(28992).iloc[0]
        first, second = float(moved.x), float(moved.y)
    _check_inside(place, ground, first, second)
    away_m = np.hypot(public["x_m"] - first, public["y_m"] - second)
    near = away_m <= parameters.value("station_distance_max_m")
    if not near.any() and len(away_m):
        far = away_m <= parameters.value("station_distance_far_m")
        near = far & (away_m == away_m.min())
    return "point", (first, second), public[near], False


def _check_inside(place: str, ground: _Ground, x_m: float, y_m: float) -> None:
    if not ground.boundary.covers(Point(x_m, y_m)):
        raise NotFound(
            f"place {place!r}: its middle, {x_m:.0f} m east and {y_m:.0f} m north, lies outside "
            f"{ground.city.name}. Give a place inside the municipality."
        )


def _at(rows: pd.DataFrame) -> tuple[float, float]:
    return float(rows["x_m"].mean()), float(rows["y_m"].mean())


def _inside(shape: object) -> tuple[float, float]:
    point = gpd.GeoSeries([shape]).representative_point().iloc[0]
    return float(point.x), float(point.y)


def _area_at(city: City, x_m: float, y_m: float) -> str:
    """Area at a point, or else the nearest."""
    away_m = city.areas.distance(Point(x_m, y_m))
    return str(city.areas["area_code"].iloc[int(np.argmin(away_m))])


def _substation(
    place: str, kind: str, stations: pd.DataFrame, ground: _Ground, at: tuple[float, float]
) -> str:
    """Substation of an asset, else of most homes behind the stations, else that serves there."""
    grid = ground.grid
    if kind == "substation":
        return place
    if kind in ("station", "feeder"):
        column = "station_id" if kind == "station" else "feeder_id"
        return str(grid.stations.loc[grid.stations[column] == place, "substation_id"].iloc[0])
    if kind == "cable":
        end = grid.cables.loc[grid.cables["cable_id"] == place, "to_node"].iloc[0]
        return str(grid.nodes.loc[grid.nodes["node_id"] == end, "substation_id"].iloc[0])
    if len(stations):
        # One more than its homes, so that stations without homes still tell where they hang.
        homes = (stations["homes"] + 1).groupby(stations["substation_id"]).sum()
        return str(homes.index[int(np.argmax(homes))])
    serving = serving_substation(at, grid.substations, ground.city.supply_areas)
    return str(serving["substation_id"])
