"""A made-up city of 200 addresses and a made-up grid of 9 nodes, as tables, without any file."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import box

from stroomstad.tables.city import DWELLING_COLUMNS, FEED_IN_COLUMNS, LOAD_COLUMNS, City
from stroomstad.tables.grid import Grid
from stroomstad.tables.parameters import Parameters
from stroomstad.tables.profiles import HourlyShapes

NATIONAL = Path(__file__).parents[1] / "data" / "national"


def make_parameters(case="mid"):
    rows = pd.read_csv(NATIONAL / "parameters.csv", dtype={"valid_from": str, "valid_to": str})
    return Parameters(rows, dt.date(2023, 1, 1), case)


def make_types():
    return (
        pd.read_csv(NATIONAL / "cable_types.csv"),
        pd.read_csv(NATIONAL / "transformer_types.csv"),
    )


def make_shapes(seed=1):
    """Smooth made-up hourly shapes with the published column names; a cold week in January."""
    hours = np.arange(8760)
    day, season = hours % 24, np.cos(2 * np.pi * hours / 8760)
    evening = 1 + 0.9 * np.exp(-(((day - 18) / 2.5) ** 2)) + 0.2 * season
    office = 0.3 + 1.0 * ((day > 7) & (day < 18))
    sun = np.clip(np.sin(np.pi * (day - 5) / 14), 0, None) * (0.55 - 0.45 * season)
    cold = 10 - 8 * season
    temperature = cold - np.where((hours > 24 * 12) & (hours < 24 * 18), 12, 0)
    heat = np.clip(16 - temperature, 0, None)
    flat = np.ones(8760)
    columns = {
        "households_appliances": evening,
        "households_cooling": sun,
        "households_hot_water": evening,
        "buildings_appliances": office,
        "buildings_cooling": sun,
        "buildings_heating": heat,
        "agriculture_electricity": flat,
        "industry_ict": flat,
        "industry_other_electricity": office,
        "industry_chemicals": flat,
        "passenger_trains": office,
        "freight_trains": flat,
        "electric_buses": flat,
        "electric_vans": flat,
        "electric_trucks": flat,
        "electric_bikes": evening,
        **{f"electric_vehicle_profile_{i}": evening for i in range(1, 6)},
        **{
            f"insulation_{kind}_{level}": heat
            for kind in ("apartments", "detached_houses", "semi_detached_houses", "terraced_houses")
            for level in ("high", "medium", "low")
        },
        "solar_pv_on_land": sun,
        "solar_pv_on_roof_buildings": sun,
        "solar_pv_on_roof_households": sun,
        "wind_inland_baseline": 1 + season,
        "wind_coastal_baseline": 1 + season,
    }
    base = pd.DataFrame({name: values / values.sum() for name, values in columns.items()})
    base["air_temperature"] = temperature
    design = base[
        [c for c in base if c.startswith(("insulation", "solar", "wind", "buildings_heating"))]
    ].copy()
    design["air_temperature"] = temperature - 4
    times = pd.date_range("2020-08-15", "2021-01-31", freq="15min", tz="UTC")
    local = times.tz_convert("Europe/Amsterdam")
    clock = local.hour + local.minute / 60
    reference = pd.Series(
        (1 + 0.9 * np.exp(-(((clock - 18) / 2.5) ** 2))) / 35040, index=times, name="E1A"
    )
    return HourlyShapes(base, design, reference)


def make_addresses(points):
    """The addresses of every point, evenly on a circle of its radius round it."""
    at = np.repeat(np.arange(len(points)), points["addresses"])
    number = points.iloc[at].groupby(at).cumcount().to_numpy()
    angle = 2 * np.pi * number / points["addresses"].to_numpy()[at]
    radius_m = points["radius_m"].to_numpy()[at]
    return pd.DataFrame(
        {
            "point_id": points["point_id"].to_numpy()[at],
            "postcode": points["postcode"].to_numpy()[at],
            "street": ("Straat " + points["point_id"]).to_numpy()[at],
            "house_number": (number + 1).astype(str),
            "x_m": points["x_m"].to_numpy()[at] + radius_m * np.cos(angle),
            "y_m": points["y_m"].to_numpy()[at] + radius_m * np.sin(angle),
        }
    )


def make_city():
    """20 address groups of 10 in two areas, two firms, one fast charger, one traction node."""
    areas = gpd.GeoDataFrame(
        {
            "area_code": ["WK000101", "WK000102"],
            "area_name": ["Westwijk", "Oostwijk"],
            "dwellings": [90.0, 80.0],
            "population": [200.0, 180.0],
            "solar_homes_kwp": [100.0, 80.0],
        },
        geometry=[box(140000, 480000, 140600, 480600), box(140600, 480000, 141200, 480600)],
        crs=28992,
    )
    n = np.arange(20)
    groups = pd.DataFrame(
        {
            "point_id": [f"1000{chr(65 + i // 26)}{chr(65 + i % 26)}-1" for i in n],
            "kind": "group",
            "level": "lv",
            "area_code": np.where(n < 10, "WK000101", "WK000102"),
            "postcode": [f"1000{chr(65 + i // 26)}{chr(65 + i % 26)}" for i in n],
            "x_m": 140100.0 + 105 * (n % 10),
            "y_m": 480150.0 + 250 * (n // 10),
            "radius_m": 20.0,
            "addresses": 10,
            "homes": np.where(n % 10 == 9, 4, 9),
            "new_homes": np.where(n % 10 == 9, 4, 0),
            "era": np.where(n % 10 == 9, "after_2010", "before_2010"),
        }
    )
    groups["other_uses"] = groups["addresses"] - groups["homes"] - groups["new_homes"]
    homes = groups["homes"] + groups["new_homes"]
    groups["homes_gas"], groups["homes_heat_net"], groups["homes_neither"] = (
        homes * 0.5,
        homes * 0.4,
        homes * 0.1,
    )
    groups["homes_terraced"], groups["homes_apartment"] = homes - 2, 2
    groups["households_kwh"] = groups["homes"] * 2900.0
    groups["new_homes_kwh"] = groups["new_homes"] * 2900.0
    groups["buildings_kwh"] = groups["other_uses"] * 9000.0
    groups["road_home_kwh"] = groups["homes"] * 130.0
    groups["solar_kwp"] = groups["homes"] * 1.0
    groups["solar_homes_kwh"] = groups["solar_kwp"] * 860.0
    others = pd.DataFrame(
        {
            "point_id": ["firm-1", "firm-2", "charger-1", "traction", "wind-1"],
            "kind": ["firm", "firm", "charger", "traction", "producer"],
            "level": ["mv", "mv", "mv", "substation", "substation"],
            "area_code": ["WK000101", "WK000102", "WK000102", "WK000101", "WK000101"],
            "x_m": [140120.0, 141100.0, 140900.0, 140600.0, 140050.0],
            "y_m": [480500.0, 480100.0, 480500.0, 480300.0, 480050.0],
            "buildings_kwh": [400e3, 0, 0, 0, 0],
            "industry_kwh": [0, 600e3, 0, 0, 0],
            "road_public_kwh": [0, 0, 50e3, 0, 0],
            "rail_kwh": [0, 0, 0, 300e3, 0],
            "wind_kwh": [0, 0, 0, 0, 2e6],
            "solar_firms_kwh": [80e3, 0, 0, 0, 0],
            "solar_kwp": [93.0, 0, 0, 0, 0],
        }
    )
    points = pd.concat([groups, others], ignore_index=True)
    points["postcode"] = points["postcode"].fillna("")
    points["era"] = points["era"].fillna("unknown")
    points["synthetic"] = points["kind"] == "firm"
    counts = ["addresses", "homes", "new_homes", "other_uses", *DWELLING_COLUMNS]
    points = points.reindex(columns=[*points.columns, *[c for c in counts if c not in points]])
    for column in counts:
        points[column] = points[column].fillna(0).astype(int)
    numbers = [
        "radius_m",
        "homes_gas",
        "homes_heat_net",
        "homes_neither",
        *LOAD_COLUMNS,
        *FEED_IN_COLUMNS,
    ]
    points = points.reindex(columns=[*points.columns, *[c for c in numbers if c not in points]])
    points[numbers] = points[numbers].fillna(0.0).astype(float)
    points["solar_kwp"] = points["solar_kwp"].fillna(0.0)
    sites = pd.DataFrame(
        {
            "substation_id": ["OS-A"],
            "substation_name": ["Onderstation A"],
            "x_m": [140500.0],
            "y_m": [480700.0],
            "feeds_mv": [True],
            "place_known": [True],
        }
    )
    empty = pd.DataFrame()
    return City(
        "Proefstad",
        "GM0001",
        2023,
        areas,
        gpd.GeoDataFrame(geometry=[areas.union_all()], crs=28992),
        points,
        make_addresses(points),
        empty,
        empty,
        sites,
        empty,
        pd.DataFrame(columns=["asset", "attribute", "value", "unit", "date", "source", "public"]),
        empty,
    )


def make_grid():
    """One substation, one feeder with two stations, two low-voltage nodes behind each."""
    nodes = pd.DataFrame(
        [
            ("OS-A", "substation", 10000.0, 0.0, 0.0, "WK000101", "OS-A", "", ""),
            ("S1-mv", "station_mv", 10000.0, 800.0, 0.0, "WK000101", "OS-A", "F1", "S1"),
            ("S1-lv", "station_lv", 400.0, 800.0, 0.0, "WK000101", "OS-A", "F1", "S1"),
            ("S1-a", "lv", 400.0, 900.0, 0.0, "WK000101", "OS-A", "F1", "S1"),
            ("S1-b", "lv", 400.0, 950.0, 50.0, "WK000101", "OS-A", "F1", "S1"),
            ("S2-mv", "station_mv", 10000.0, 1600.0, 0.0, "WK000102", "OS-A", "F1", "S2"),
            ("S2-lv", "station_lv", 400.0, 1600.0, 0.0, "WK000102", "OS-A", "F1", "S2"),
            ("S2-a", "lv", 400.0, 1700.0, 0.0, "WK000102", "OS-A", "F1", "S2"),
            ("S2-b", "lv", 400.0, 1750.0, 50.0, "WK000102", "OS-A", "F1", "S2"),
        ],
        columns=[
            "node_id",
            "kind",
            "voltage_v",
            "x_m",
            "y_m",
            "area_code",
            "substation_id",
            "feeder_id",
            "station_id",
        ],
    )
    cables = pd.DataFrame(
        [
            (
                "M1",
                "mv_cable",
                "OS-A",
                "S1-mv",
                "3x1x240 Al 10 kV",
                1,
                800.0,
                0.122,
                0.105,
                416.0,
                True,
            ),
            (
                "M2",
                "mv_cable",
                "S1-mv",
                "S2-mv",
                "3x1x150 Al 10 kV",
                1,
                800.0,
                0.206,
                0.110,
                315.0,
                True,
            ),
            ("L1", "lv_cable", "S1-lv", "S1-a", "4x150 Al", 1, 100.0, 0.208, 0.080, 270.0, True),
            ("L2", "lv_cable", "S1-a", "S1-b", "4x150 Al", 1, 70.0, 0.208, 0.080, 270.0, True),
            ("L3", "lv_cable", "S2-lv", "S2-a", "4x150 Al", 1, 100.0, 0.208, 0.080, 270.0, True),
            ("L4", "lv_cable", "S2-lv", "S2-b", "4x150 Al", 1, 150.0, 0.208, 0.080, 270.0, True),
        ],
        columns=[
            "cable_id",
            "kind",
            "from_node",
            "to_node",
            "cable_type",
            "parallel",
            "length_m",
            "r_ohm_per_km",
            "x_ohm_per_km",
            "rated_current_a",
            "synthetic",
        ],
    )
    stations = pd.DataFrame(
        {
            "station_id": ["S1", "S2"],
            "owner": "public",
            "area_code": ["WK000101", "WK000102"],
            "x_m": [800.0, 1600.0],
            "y_m": 0.0,
            "substation_id": "OS-A",
            "supply": "nearest",
            "feeder_id": "F1",
            "node_mv": ["S1-mv", "S2-mv"],
            "node_lv": ["S1-lv", "S2-lv"],
            "homes": [100, 60],
            "addresses": [110, 65],
            "rating_kva_low": [250.0, 250.0],
            "rating_kva": [400.0, 250.0],
            "rating_kva_high": [630.0, 400.0],
            "distance_p50_m": 80.0,
            "distance_max_m": 150.0,
            "synthetic": True,
            "rating_known": False,
            "load_max_known_mw": np.nan,
        }
    )
    substations = pd.DataFrame(
        {
            "substation_id": ["OS-A"],
            "substation_name": ["Onderstation A"],
            "node_mv": ["OS-A"],
            "x_m": 0.0,
            "y_m": 0.0,
            "transformers": 3,
            "rating_mva_low": 40.0,
            "rating_mva": 60.0,
            "rating_mva_high": 80.0,
            "rating_known": False,
            "place_known": True,
            "load_max_known_mw": np.nan,
            "contracted_unused_known_mw": np.nan,
        }
    )
    connections = pd.DataFrame(
        {
            "point_id": ["p1", "p2", "p3", "p4"],
            "node_id": ["S1-a", "S1-b", "S2-a", "S2-b"],
            "station_id": ["S1", "S1", "S2", "S2"],
            "distance_m": [100.0, 150.0, 100.0, 150.0],
        }
    )
    return Grid(nodes, cables, stations, substations, connections, pd.DataFrame())
