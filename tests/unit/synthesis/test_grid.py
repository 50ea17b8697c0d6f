from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scattered import make_known, make_scattered_city
from tiny import make_city, make_parameters, make_types

from stroomstad.errors import InvalidData
from stroomstad.synthesis import build_grid
from stroomstad.tables.grid import (
    CABLES,
    CONNECTIONS,
    NODES,
    OPEN_CABLES,
    STATIONS,
    SUBSTATIONS,
    Grid,
    radial_tree,
)
from stroomstad.tables.schema import check

TABLES = {
    "nodes": NODES,
    "cables": CABLES,
    "stations": STATIONS,
    "substations": SUBSTATIONS,
    "connections": CONNECTIONS,
    "open_cables": OPEN_CABLES,
}


def build(city, case="mid", seed=1):
    return build_grid(city, make_parameters(case), make_types()[0], seed)


def same(one: Grid, other: Grid) -> bool:
    return all(getattr(one, name).equals(getattr(other, name)) for name in (*TABLES, "counts"))


@pytest.fixture(scope="module")
def tiny():
    return build(make_city())


@pytest.mark.parametrize("name", TABLES)
def test_every_table_is_as_declared(tiny, name):
    assert check(getattr(tiny, name), TABLES[name]) == []


def test_the_grid_is_a_tree(tiny):
    assert radial_tree(tiny).order.size == len(tiny.nodes)


def test_every_point_is_connected_once(tiny):
    assert sorted(tiny.connections["point_id"]) == sorted(make_city().points["point_id"])


def test_a_producer_at_a_substation_draws_from_the_busbar(tiny):
    row = tiny.connections.set_index("point_id").loc["wind-1"]
    assert (row["node_id"], row["station_id"]) == ("OS-A", "")
    assert row["distance_m"] == pytest.approx(np.hypot(450.0, 650.0))


def test_a_firm_at_medium_voltage_has_a_station_of_its_own(tiny):
    row = tiny.connections.set_index("point_id").loc["firm-1"]
    assert row["station_id"] == "KLANT-0001-001"
    assert row["node_id"] == "KLANT-0001-001-lv"
    owner = tiny.stations.set_index("station_id")["owner"]
    assert owner["KLANT-0001-001"] == "customer"


def test_stations_add_up_to_the_homes_and_addresses_of_the_city(tiny):
    points = make_city().points
    assert tiny.stations["homes"].sum() == points["homes"].sum() + points["new_homes"].sum()
    assert tiny.stations["addresses"].sum() == points["addresses"].sum()


def test_distances_of_a_station_come_from_its_addresses():
    rows = [
        {"x_m": 140100, "y_m": 480100, "homes": 20, "addresses": 20, "radius_m": 10.0},
        {"x_m": 140130, "y_m": 480100, "homes": 5, "addresses": 5, "radius_m": 30.0},
        {"x_m": 140100, "y_m": 480150, "homes": 1, "addresses": 1, "radius_m": 5.0},
    ]
    station = build(make_scattered_city(rows)).stations.iloc[0]
    assert station["distance_p50_m"] == pytest.approx(10.0)
    assert station["distance_max_m"] == pytest.approx(60.0)


def test_the_median_distance_weighs_addresses():
    rows = [
        {"x_m": 140100, "y_m": 480100, "homes": 30, "addresses": 10},
        {"x_m": 140180, "y_m": 480100, "homes": 11, "addresses": 11},
    ]
    station = build(make_scattered_city(rows)).stations.iloc[0]
    assert station["distance_p50_m"] == pytest.approx(80.0)


def test_a_public_station_is_large_enough_for_the_panels_behind_it():
    rows = [{"x_m": 140100, "y_m": 480100, "homes": 20, "solar_kwp": 500.0}]
    grid = build(make_scattered_city(rows))
    # 500 kWp x 0.8 / 0.8 / 0.98 at a margin of at least 1 is 510 kVA
    assert grid.stations["rating_kva_low"].iloc[0] >= 630.0


def test_a_point_without_addresses_counts_as_one_at_its_own_place():
    rows = [
        {"x_m": 140100, "y_m": 480100, "homes": 30},
        {"x_m": 140180, "y_m": 480100, "homes": 11, "addresses": 11},
    ]
    station = build(make_scattered_city(rows)).stations.iloc[0]
    assert station["distance_max_m"] == pytest.approx(80.0)


def test_a_firm_with_many_panels_has_a_station_for_its_feed_in():
    rows = [{"x_m": 140100, "y_m": 480100, "level": "mv", "solar_kwp": 5000.0}]
    grid = build(make_scattered_city(rows))
    # 5000 kWp x 0.8 / 0.8 / 0.98 at a margin of at least 1 is 5102 kVA
    assert grid.stations["rating_kva_low"].iloc[0] >= 6000.0


def test_the_case_of_the_parameters_does_not_change_the_grid(tiny):
    assert same(tiny, build(make_city(), case="low"))


def test_the_order_of_the_points_does_not_change_the_grid(tiny):
    city = make_city()
    assert same(tiny, build(replace(city, points=city.points.iloc[::-1])))


def test_another_seed_changes_ratings_and_not_who_is_fed_by_which_station():
    rows = [{"x_m": 140000 + 450 * i, "y_m": 480100, "homes": 200} for i in range(30)]
    one, other = (build(make_scattered_city(rows), seed=seed) for seed in (1, 2))
    assert not one.stations["rating_kva"].equals(other.stations["rating_kva"])
    assert one.connections.equals(other.connections)
    assert one.stations["homes"].equals(other.stations["homes"])


def test_a_known_rating_reaches_the_grid():
    city = replace(make_city(), known=make_known(("MSR-0001-001", "rating_kva", 630.0, "kVA")))
    station = build(city).stations.set_index("station_id").loc["MSR-0001-001"]
    assert station["rating_kva"] == 630.0
    assert station["rating_known"]


def test_a_known_fact_on_an_asset_that_is_not_there_stops():
    city = replace(make_city(), known=make_known(("MSR-0099-001", "rating_kva", 630.0, "kVA")))
    with pytest.raises(InvalidData, match="MSR-0099-001"):
        build(city)


def test_a_substation_that_is_known_not_to_feed_gets_no_stations():
    rows = [{"x_m": 140100, "y_m": 480100, "homes": 10}]
    city = make_scattered_city(rows, ((140100, 480100), (150000, 480100)))
    grid = build(replace(city, known=make_known(("OS-A", "feeds_mv", 0.0, "1"))))
    assert grid.stations["substation_id"].tolist() == ["OS-B"]
    assert grid.substations["substation_id"].tolist() == ["OS-B"]


def test_a_city_without_a_feeding_substation_is_a_fault():
    city = replace(make_city(), known=make_known(("OS-A", "feeds_mv", 0.0, "1")))
    with pytest.raises(InvalidData, match="none of the 1 high-voltage stations feeds"):
        build(city)


def test_a_substation_outside_every_area_counts_to_the_nearest():
    rows = [{"x_m": 140100, "y_m": 480100, "homes": 10}]
    grid = build(make_scattered_city(rows, ((145000, 480300),)))
    assert grid.nodes.set_index("node_id").loc["OS-A", "area_code"] == "WK000102"


@pytest.mark.parametrize("level", ["lv", "mv", "substation"])
def test_a_city_with_points_of_one_level_only_has_a_grid(level):
    rows = [{"x_m": 140100, "y_m": 480100, "level": level, "buildings_kwh": 9000.0}]
    grid = build(make_scattered_city(rows))
    assert len(grid.connections) == 1
    assert radial_tree(grid).order.size == len(grid.nodes)
    assert [issue for name in TABLES for issue in check(getattr(grid, name), TABLES[name])] == []


def test_the_points_of_the_city_are_left_as_they_were():
    city = make_city()
    before = city.points.copy()
    build(city)
    pd.testing.assert_frame_equal(city.points, before)


def test_stations_are_counted_over_the_sourced_range(tiny):
    assert len(tiny.counts) == 6
    chosen = tiny.counts.query("homes_per_station == 224 and distance_max_m == 200")
    public = (tiny.stations["owner"] == "public").sum()
    assert chosen["stations_public"].tolist() == [public]
    assert (tiny.counts["stations_customer"] == 3).all()
