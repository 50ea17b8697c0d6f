"""Which stations, cables and substations would serve a city whose grid nobody publishes.

Rules only, taken from the parameter table: addresses to stations, stations to feeders, cables by
what they are planned to carry. Known facts replace what was generated at the end.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import Point

from stroomstad.errors import InvalidData, Issue, raise_faults
from stroomstad.synthesis.assumed import assume_sites
from stroomstad.synthesis.detail import Detail, by_address, name_addresses
from stroomstad.synthesis.feeders import build_medium_voltage
from stroomstad.synthesis.known import apply_known, apply_known_supply, check_known
from stroomstad.synthesis.low_voltage import build_low_voltage, draw_forest, follow_streets
from stroomstad.synthesis.planning import (
    PLANNED_COLUMNS,
    PlanningRules,
    demand_of,
    planning_rules,
    with_planning,
)
from stroomstad.synthesis.rings import close_rings
from stroomstad.synthesis.stations import (
    Places,
    StationRule,
    count_stations,
    gather_stations,
    make_places,
    rules_over_range,
    station_rule,
)
from stroomstad.synthesis.supply import hang_stations, serving_substations
from stroomstad.synthesis.transformers import build_substations, draw_ratings, transformer_rules
from stroomstad.tables.city import City
from stroomstad.tables.grid import NODES, STATIONS, Grid
from stroomstad.tables.parameters import Parameters


def build_grid(
    city: City,
    parameters: Parameters,
    cable_types: pd.DataFrame,
    seed: int,
    detail: Detail = "group",
) -> Grid:
    """Generate a distribution grid of open rings that serves every point of a city.

    Parameters
    ----------
    city
        Points, areas, high-voltage stations and known facts; where no station is known at all,
        substations are assumed.
    parameters
        The parameter table. Rules take its middle values whatever its case; the ratings of
        transformers carry their low and high values beside the middle one.
    cable_types
        Standard cables.
    seed
        Start of the draw of station margins and of the search for rings; the same seed gives the
        same grid.
    detail
        Whether low voltage has a node per address group, or one per address; then the points
        that connect are those of `by_address`. All above it is the same.

    Returns
    -------
    The grid; all of it synthetic, except what known facts replace.

    Raises
    ------
    InvalidData
        When high-voltage stations are known and none feeds the distribution grid, or a known
        fact speaks of an asset that the grid does not have.

    Notes
    -----
    Points that connect to a substation draw from its busbar; those at medium voltage have a
    customer's station of their own; all others share public stations.
    """
    parameters = parameters.in_case("mid")
    planning = planning_rules(parameters)
    points = with_planning(city.points, planning)
    addresses = _placed(points, city.addresses)
    places = make_places(points[points["level"] == "lv"], addresses, planning)
    sites = _feeding_sites(city, points, parameters, planning)
    substations = build_substations(sites, parameters)
    points, stations = _build_stations(
        points, places, addresses, station_rule(parameters, planning)
    )
    stations = _with_ratings(stations, parameters, planning, seed)
    stations = hang_stations(stations, substations, city.supply_areas)
    stations, mv_cables, open_cables = build_medium_voltage(
        stations, substations, cable_types, parameters=parameters, planning=planning, seed=seed
    )
    at_lv = points["level"] == "lv"
    lv_points = points[at_lv]
    houses, feeders = follow_streets(
        lv_points, addresses, stations, cable_types, parameters=parameters, planning=planning
    )
    forest = draw_forest(detail, lv_points, houses, feeders, parameters)
    if detail == "address":
        lv_points = _points_of_addresses(city, lv_points, houses, stations, planning)
        points = pd.concat([points[~at_lv], lv_points], ignore_index=True)
    lv_cables = build_low_voltage(
        lv_points, forest, stations, cable_types, parameters=parameters, planning=planning
    )
    grid = Grid(
        _build_nodes(points, stations, substations, city.areas, parameters),
        pd.concat([mv_cables, lv_cables], ignore_index=True),
        stations[list(STATIONS.columns)],
        substations,
        _build_connections(points, substations, city.supply_areas),
        count_stations(
            places,
            rules_over_range(parameters, planning),
            int((points["level"] == "mv").sum()),
        ),
        open_cables,
    )
    grid = close_rings(grid)
    raise_faults(check_known(city.known, grid, city.substation_sites))
    return apply_known(grid, city.known)


def vary_rules(city: City, parameters: Parameters, cable_types: pd.DataFrame) -> pd.DataFrame:
    """Draw up low voltage for every pair of station rules over their sourced range.

    Parameters
    ----------
    city, parameters, cable_types
        As `build_grid` takes them.

    Returns
    -------
    One row per pair: ``homes_per_station`` and ``distance_max_m`` as the rules have them; what
    follows, ``stations_public``, the median and the largest straight-line distance from an address
    to its station ``away_p50_m`` and ``away_max_m``, and ``lv_cable_km``, cables side by side
    counted each.
    """
    parameters = parameters.in_case("mid")
    planning = planning_rules(parameters)
    points = with_planning(city.points, planning)
    addresses = _placed(points, city.addresses)
    places = make_places(points[points["level"] == "lv"], addresses, planning)
    rows = []
    for rule in rules_over_range(parameters, planning):
        served, stations = _build_stations(points, places, addresses, rule)
        own = served[served["level"] == "lv"]
        houses, feeders = follow_streets(
            own, addresses, stations, cable_types, parameters=parameters, planning=planning
        )
        forest = draw_forest("group", own, houses, feeders, parameters)
        cables = build_low_voltage(
            own, forest, stations, cable_types, parameters=parameters, planning=planning
        )
        station = own["station"].to_numpy(dtype=np.int64)[houses["place"]]
        away = houses[["x_m", "y_m"]].to_numpy() - stations[["x_m", "y_m"]].to_numpy()[station]
        away_m = np.hypot(*away.T)
        rows.append(
            {
                "homes_per_station": rule.homes_max,
                "distance_max_m": rule.distance_max_m,
                "stations_public": int((stations["owner"] == "public").sum()),
                "away_p50_m": float(np.median(away_m)) if away_m.size else np.nan,
                "away_max_m": float(away_m.max(initial=0.0)),
                "lv_cable_km": float((cables["length_m"] * cables["parallel"]).sum()) / 1e3,
            }
        )
    return pd.DataFrame(rows)


def _feeding_sites(
    city: City, points: pd.DataFrame, parameters: Parameters, planning: PlanningRules
) -> pd.DataFrame:
    if city.substation_sites.empty:
        return assume_sites(points, parameters, planning)
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


def _placed(points: pd.DataFrame, addresses: pd.DataFrame) -> pd.DataFrame:
    """Place of every address and its point, as position; a point without any stands for itself."""
    names, known = (rows["point_id"].to_numpy(dtype=object) for rows in (addresses, points))
    at = pd.Index(known).get_indexer(names)
    without = np.setdiff1d(np.arange(len(points)), at)
    columns = ["name", "postcode", "street", "house_number", "x_m", "y_m"]
    own = points.assign(street="", house_number="", name=points["point_id"])
    own = own.loc[without, columns].assign(point=without)
    theirs = addresses.assign(name=name_addresses(addresses))
    theirs = theirs.loc[at >= 0, columns].assign(point=at[at >= 0])
    placed: pd.DataFrame = pd.concat([theirs, own], ignore_index=True)
    return placed


def _points_of_addresses(
    city: City,
    groups: pd.DataFrame,
    houses: pd.DataFrame,
    stations: pd.DataFrame,
    planning: PlanningRules,
) -> pd.DataFrame:
    """Points of the addresses, in the order of the houses, at the station of their group."""
    points = with_planning(by_address(city).points, planning).set_index("point_id", drop=False)
    points = points.loc[houses["name"]].reset_index(drop=True)
    of_group = groups.iloc[houses["place"]].reset_index(drop=True)
    station = of_group["station"].to_numpy()
    away = points[["x_m", "y_m"]].to_numpy() - stations[["x_m", "y_m"]].to_numpy()[station]
    return points.assign(
        station=station,
        station_id=of_group["station_id"],
        node_id="lv-" + points["point_id"],
        distance_m=np.hypot(*away.T),
    )


def _build_stations(
    points: pd.DataFrame, places: Places, addresses: pd.DataFrame, rule: StationRule
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Stations without ratings, and the points with their node, station and distance."""
    at_lv, at_mv = (points["level"] == level for level in ("lv", "mv"))
    station, site = gather_stations(places, rule)
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
    return points, _with_distances(_with_sums(stations, points[served]), points, addresses)


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
    """Add up what every station serves."""
    points = points.assign(homes=points["homes"] + points["new_homes"])
    names = ["homes", "addresses", *PLANNED_COLUMNS]
    sums = points.groupby("station")[names].sum()
    return stations.assign(**{name: sums[name].to_numpy() for name in names})


def _with_distances(
    stations: pd.DataFrame, points: pd.DataFrame, addresses: pd.DataFrame
) -> pd.DataFrame:
    """Tell how far the addresses of every station are."""
    station = points["station"].to_numpy()[addresses["point"]]
    served = station >= 0
    station = station[served]
    away = addresses.loc[served, ["x_m", "y_m"]].to_numpy()
    away = away - stations[["x_m", "y_m"]].to_numpy()[station]
    distances = pd.Series(np.hypot(*away.T)).groupby(station)
    return stations.assign(
        distance_p50_m=distances.median().to_numpy(dtype=np.float64),
        distance_max_m=distances.max().to_numpy(dtype=np.float64),
    )


def _with_ratings(
    stations: pd.DataFrame, parameters: Parameters, planning: PlanningRules, seed: int
) -> pd.DataFrame:
    demand = demand_of(stations)
    load_kw = demand.homes * planning.base_home_peak_kw + demand.firms_kw
    low, mid, high = draw_ratings(
        np.maximum(load_kw, demand.feed_in_kw),
        transformer_rules(parameters),
        np.random.default_rng(seed),
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
        area_code=areas_at(substations, areas),
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


def areas_at(places: pd.DataFrame, areas: gpd.GeoDataFrame) -> list[str]:
    """Area that each place lies in, or the nearest one when it lies outside all."""
    ordered = areas.sort_values("area_code", ignore_index=True)
    return [
        str(ordered["area_code"].iloc[int(ordered.distance(Point(x, y)).to_numpy().argmin())])
        for x, y in zip(places["x_m"], places["y_m"], strict=True)
    ]


def _build_connections(
    points: pd.DataFrame, substations: pd.DataFrame, supply_areas: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Node of every point; what connects to a substation draws from the busbar that serves it."""
    places_m, busbars_m = (
        rows[["x_m", "y_m"]].to_numpy(dtype=np.float64) for rows in (points, substations)
    )
    serving, _ = serving_substations(points, substations, supply_areas)
    away_m = np.hypot(*(places_m - busbars_m[serving]).T)
    at_busbar = (points["level"] == "substation").to_numpy()
    busbar = substations["node_mv"].to_numpy(dtype=object)[serving]
    return pd.DataFrame(
        {
            "point_id": points["point_id"],
            "node_id": np.where(at_busbar, busbar, points["node_id"].to_numpy(dtype=object)),
            "station_id": points["station_id"],
            "distance_m": np.where(at_busbar, away_m, points["distance_m"]),
        }
    )
