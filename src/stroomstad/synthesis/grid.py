"""Which stations, cables and substations would serve a city whose grid nobody publishes.

Rules only, taken from the parameter table: addresses to stations, stations to feeders, cables by
what they are planned to carry. Known facts replace what was generated at the end.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import Point

from stroomstad.blocks import Floats
from stroomstad.errors import InvalidData, Issue, raise_faults
from stroomstad.synthesis.feeders import build_medium_voltage, nearest_substation
from stroomstad.synthesis.known import apply_known, apply_known_supply, check_known
from stroomstad.synthesis.low_voltage import build_low_voltage
from stroomstad.synthesis.planning import (
    PlanningRules,
    feed_in_kw,
    firms_kw,
    home_count,
    planning_rules,
)
from stroomstad.synthesis.stations import (
    Places,
    count_stations,
    gather_stations,
    rules_over_range,
    station_rule,
)
from stroomstad.synthesis.transformers import build_substations, draw_ratings, transformer_rules
from stroomstad.tables.city import City
from stroomstad.tables.grid import NODES, STATIONS, Grid
from stroomstad.tables.parameters import Parameters


def build_grid(city: City, parameters: Parameters, cable_types: pd.DataFrame, seed: int) -> Grid:
    """Generate a radial distribution grid that serves every point of a city.

    Parameters
    ----------
    city
        Points, areas, high-voltage stations and known facts.
    parameters
        The parameter table. Rules take its middle values whatever its case; the ratings of
        transformers carry their low and high values beside the middle one.
    cable_types
        Standard cables.
    seed
        Start of the draw of station margins; the same seed gives the same grid.

    Returns
    -------
    The grid; all of it synthetic, except what known facts replace.

    Raises
    ------
    InvalidData
        When no high-voltage station feeds the distribution grid, or a known fact speaks of
        an asset that the grid does not have.

    Notes
    -----
    Points that connect to a substation draw from its busbar; those at medium voltage have a
    customer's station of their own; all others share public stations.
    """
    parameters = parameters.in_case("mid")
    planning = planning_rules(parameters)
    points = _with_planning(city.points, planning)
    substations = build_substations(_feeding_sites(city), parameters)
    points, stations = _build_stations(points, parameters, planning)
    stations = _with_ratings(stations, parameters, planning, seed)
    stations, mv_cables = build_medium_voltage(
        stations, substations, cable_types, parameters=parameters, planning=planning
    )
    lv_cables = build_low_voltage(
        points[points["level"] == "lv"],
        _places(points, planning),
        stations,
        cable_types,
        parameters=parameters,
        planning=planning,
    )
    grid = Grid(
        _build_nodes(points, stations, substations, city.areas, parameters),
        pd.concat([mv_cables, lv_cables], ignore_index=True),
        stations[list(STATIONS.columns)],
        substations,
        _build_connections(points, substations),
        count_stations(
            _places(points, planning),
            rules_over_range(parameters, planning),
            int((points["level"] == "mv").sum()),
        ),
    )
    raise_faults(check_known(city.known, grid, city.substation_sites))
    return apply_known(grid, city.known)


def _with_planning(points: pd.DataFrame, planning: PlanningRules) -> pd.DataFrame:
    """Points in the order of their identifiers, with what they are planned to draw."""
    ordered = points.sort_values("point_id", ignore_index=True)
    load_kw = firms_kw(ordered, planning)
    # A customer's own station also carries what the customer feeds in, at another hour.
    at_mv = (ordered["level"] == "mv").to_numpy()
    return ordered.assign(
        planned_homes=home_count(ordered),
        planned_firms_kw=np.where(
            at_mv, np.maximum(load_kw, feed_in_kw(ordered, planning)), load_kw
        ),
    )


def _feeding_sites(city: City) -> pd.DataFrame:
    sites = apply_known_supply(city.substation_sites, city.known)
    feeding = sites[sites["feeds_mv"]].sort_values("substation_id", ignore_index=True)
    if feeding.empty:
        raise InvalidData(
            [
                Issue(
                    "substation_sites.feeds_mv",
                    f"none of the {len(sites)} high-voltage stations feeds the distribution grid.",
                    "Give at least one of them feeds_mv = 1 in the known facts.",
                )
            ]
        )
    return feeding


def _places(points: pd.DataFrame, planning: PlanningRules) -> Places:
    """Low-voltage points as arrays, other uses counted as homes of the same planning load."""
    lv = points[points["level"] == "lv"]
    homes = lv["planned_homes"] + lv["planned_firms_kw"] / planning.base_home_peak_kw
    x_m, y_m, radius_m = (
        lv[name].to_numpy(dtype=np.float64) for name in ("x_m", "y_m", "radius_m")
    )
    return Places(x_m, y_m, radius_m, homes.to_numpy(dtype=np.float64))


def _build_stations(
    points: pd.DataFrame, parameters: Parameters, planning: PlanningRules
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Stations without ratings, and the points with their node, station and distance."""
    at_lv, at_mv = (points["level"] == level for level in ("lv", "mv"))
    station, site = gather_stations(_places(points, planning), station_rule(parameters, planning))
    stands_at = np.concatenate([np.flatnonzero(at_lv)[site], np.flatnonzero(at_mv)])
    number = np.full(len(points), -1)
    number[at_lv] = station
    number[at_mv] = site.size + np.arange(at_mv.sum())
    stations = _place_stations(points.iloc[stands_at].reset_index(drop=True), site.size)
    served = number >= 0
    chosen = stations.iloc[number[served]]
    points = points.assign(station=number, station_id="", node_id="", distance_m=0.0)
    points.loc[served, "station_id"] = chosen["station_id"].to_numpy()
    points.loc[served, "node_id"] = chosen["node_lv"].to_numpy()
    points.loc[at_lv, "node_id"] = "lv-" + points["point_id"]
    away = points.loc[served, ["x_m", "y_m"]].to_numpy() - chosen[["x_m", "y_m"]].to_numpy()
    points.loc[served, "distance_m"] = np.hypot(*away.T)
    return points, _with_sums(stations, points[served])


def _place_stations(sites: pd.DataFrame, public: int) -> pd.DataFrame:
    """Name the stations that stand at these points, the first of them public."""
    owner = np.where(np.arange(len(sites)) < public, "public", "customer")
    prefix = pd.Series(np.where(owner == "public", "MSR-", "KLANT-"), dtype=object)
    # A CBS code is two letters, the municipality in four digits, and the neighbourhood.
    label = prefix + sites["area_code"].str[6:].str.zfill(4)
    number = label.groupby(label).cumcount() + 1
    station_id = label + "-" + number.astype(str).str.zfill(3)
    return pd.DataFrame(
        {
            "station_id": station_id,
            "owner": owner,
            "area_code": sites["area_code"],
            "x_m": sites["x_m"],
            "y_m": sites["y_m"],
            "node_mv": station_id + "-mv",
            "node_lv": station_id + "-lv",
            "synthetic": True,
            "rating_known": False,
            "load_max_known_mw": np.nan,
        }
    )


def _with_sums(stations: pd.DataFrame, points: pd.DataFrame) -> pd.DataFrame:
    """Add up what every station serves, and how far away it is."""
    points = points.assign(homes=points["homes"] + points["new_homes"])
    farthest_m = (points["distance_m"] + points["radius_m"]).groupby(points["station"]).max()
    names = ["homes", "addresses", "planned_homes", "planned_firms_kw"]
    sums = points.groupby("station")[names].sum()
    return stations.assign(
        **{name: sums[name].to_numpy() for name in names},
        distance_p50_m=_median_distance_m(points),
        distance_max_m=farthest_m.to_numpy(),
    )


def _median_distance_m(points: pd.DataFrame) -> Floats:
    """Median over the addresses of each station; over its points where it has no addresses."""
    rows = points.sort_values(["station", "distance_m"])
    station = rows["station"].to_numpy()
    total = rows.groupby("station")["addresses"].transform("sum")
    weight = rows["addresses"].where(total > 0, 1)
    gathered = weight.groupby(station).cumsum()
    half = weight.groupby(station).transform("sum") / 2.0
    first = rows[gathered >= half].groupby("station")["distance_m"].first()
    return first.to_numpy(dtype=np.float64)


def _with_ratings(
    stations: pd.DataFrame, parameters: Parameters, planning: PlanningRules, seed: int
) -> pd.DataFrame:
    homes_kw = stations["planned_homes"] * planning.base_home_peak_kw
    load_kw = (homes_kw + stations["planned_firms_kw"]).to_numpy(dtype=np.float64)
    low, mid, high = draw_ratings(
        load_kw, transformer_rules(parameters), np.random.default_rng(seed)
    )
    return stations.assign(rating_kva_low=low, rating_kva=mid, rating_kva_high=high)


def _build_nodes(
    points: pd.DataFrame,
    stations: pd.DataFrame,
    substations: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    parameters: Parameters,
) -> pd.DataFrame:
    mv_v, lv_v = parameters.value("mv_voltage_v"), parameters.value("lv_voltage_v")
    busbars = substations.assign(
        node_id=substations["node_mv"],
        area_code=_areas_at(substations, areas),
        feeder_id="",
        station_id="",
        kind="substation",
        voltage_v=mv_v,
    )
    mv = stations.assign(node_id=stations["node_mv"], kind="station_mv", voltage_v=mv_v)
    lv = stations.assign(node_id=stations["node_lv"], kind="station_lv", voltage_v=lv_v)
    groups = points[points["level"] == "lv"]
    of_station = stations.iloc[groups["station"]]
    groups = groups.assign(
        kind="lv",
        voltage_v=lv_v,
        substation_id=of_station["substation_id"].to_numpy(),
        feeder_id=of_station["feeder_id"].to_numpy(),
    )
    columns = list(NODES.columns)
    return pd.concat([part[columns] for part in (busbars, mv, lv, groups)], ignore_index=True)


def _areas_at(places: pd.DataFrame, areas: gpd.GeoDataFrame) -> list[str]:
    """Area that each place lies in, or the nearest one when it lies outside all."""
    ordered = areas.sort_values("area_code", ignore_index=True)
    return [
        str(ordered["area_code"].iloc[int(ordered.distance(Point(x, y)).to_numpy().argmin())])
        for x, y in zip(places["x_m"], places["y_m"], strict=True)
    ]


def _build_connections(points: pd.DataFrame, substations: pd.DataFrame) -> pd.DataFrame:
    """Node of every point; what connects to a substation draws from the busbar of the nearest."""
    places_m, busbars_m = (
        rows[["x_m", "y_m"]].to_numpy(dtype=np.float64) for rows in (points, substations)
    )
    nearest = nearest_substation(places_m, busbars_m)
    away_m = np.hypot(*(places_m - busbars_m[nearest]).T)
    at_busbar = (points["level"] == "substation").to_numpy()
    busbar = substations["node_mv"].to_numpy(dtype=object)[nearest]
    return pd.DataFrame(
        {
            "point_id": points["point_id"],
            "node_id": np.where(at_busbar, busbar, points["node_id"].to_numpy(dtype=object)),
            "station_id": points["station_id"],
            "distance_m": np.where(at_busbar, away_m, points["distance_m"]),
        }
    )
