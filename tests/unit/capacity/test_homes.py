import dataclasses

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import box
from supplied import make_supply
from tiny import make_city, make_grid, make_parameters
from trees import AXIS

from stroomstad.capacity import (
    Capacities,
    add_new_stations,
    area_rooms,
    build_capacities,
    build_places,
    city_curve,
    city_place,
    station_rooms,
)
from stroomstad.simulation import LinkState
from stroomstad.tables.grid import radial_tree
from stroomstad.tables.results import REGIONAL_CURVE, ROOM, STATION_ROOM
from stroomstad.tables.schema import check

# Homes each link takes: OS-A, S1-mv, S1-lv, S1-a, S1-b, S2-mv, S2-lv, S2-a, S2-b.
ROOMY = np.array([1000.0, 90.7, 60.2, 30.0, 10.0, 50.9, 40.0, 25.0, 30.0])


def make_capacities(exact=ROOMY, direction="load"):
    quarter = np.arange(exact.size)
    return Capacities("mid", direction, AXIS, exact, quarter, 2.2)


def rooms_of(exact=ROOMY, grid=None, areas=None, direction="load"):
    grid = make_grid() if grid is None else grid
    areas = make_city().areas if areas is None else areas
    tree = radial_tree(grid)
    places = build_places(grid, tree, areas)
    capacities = make_capacities(exact, direction)
    table = add_new_stations(
        area_rooms(places, tree, capacities),
        places,
        {direction: {"mid": capacities}},
        {"mid": make_parameters()},
    )
    assert check(table, ROOM) == []
    return table.set_index("area_code")


def without_station(station):
    """Grid whose second station is a customer's, so that the second area has none."""
    grid = make_grid()
    stations = grid.stations.copy()
    stations.loc[stations["station_id"] == station, "owner"] = "customer"
    return dataclasses.replace(grid, stations=stations)


def test_an_area_takes_what_its_station_cables_and_substation_take():
    rooms = rooms_of()
    assert rooms["room"].to_dict() == {"WK000101": 60.0, "WK000102": 40.0}
    assert rooms["binding"].to_dict() == {"WK000101": "S1", "WK000102": "S2"}
    assert (rooms["checked"] == "not checked").all()


def test_the_binding_link_is_named_with_its_kind_its_quarter_and_the_next_one():
    row = rooms_of().loc["WK000102"]
    assert (row["binding_kind"], row["binding_at"]) == ("station", "2023-01-16T01:30Z")
    assert (row["next_binding"], row["next_binding_kind"]) == ("M2", "mv_cable")
    assert row["binding_count"] == 1


def test_an_overloaded_link_leaves_no_room_and_is_named():
    exact = ROOMY.copy()
    exact[1] = -12.0
    row = rooms_of(exact).loc["WK000102"]
    assert (row["room"], row["binding"]) == (0.0, "M1")


def test_existing_cables_take_no_more_than_the_street_cables_pass():
    # S1-b hangs behind S1-a, so the street of S1 takes 30; the two streets of S2 take 55,
    # of which its transformer passes 40.
    assert rooms_of()["room_existing_cables"].to_dict() == {"WK000101": 30.0, "WK000102": 40.0}


def test_an_area_without_a_public_station_counts_from_the_substation_and_needs_new_stations():
    row = rooms_of(grid=without_station("S2")).loc["WK000102"]
    assert (row["room"], row["binding"], row["stations"]) == (1000.0, "OS-A", 0)
    assert row["new_stations_needed"] == 4  # 1000 homes of 2.2 kW on 630 kVA at 110 %, cos 0.98
    assert row["next_binding"] is None or row["next_binding"] != row["next_binding"]


def test_new_stations_add_what_the_substation_still_takes():
    row = rooms_of().loc["WK000101"]
    assert row["room_with_new_stations"] == 1000.0
    assert row["new_stations_needed"] == 4  # for the 940 homes above the 60 that fit already


def test_new_stations_for_roofs_follow_from_the_power_they_feed_in():
    row = rooms_of(grid=without_station("S2"), direction="feed_in").loc["WK000102"]
    assert row["new_stations_needed"] == 4  # 1000 kWp of 2.2 kW on stations of 630 kVA at 110 %


def with_far_substation():
    """Grid with OS-B far away, nearest to the second area, in which no public station is left."""
    grid = without_station("S2")
    twice = grid.substations.iloc[[0, 0]].assign(
        substation_id=["OS-A", "OS-B"], node_mv=["OS-A", "OS-B"], x_m=[0.0, 150000.0]
    )
    nodes = grid.nodes.iloc[[0]].assign(node_id="OS-B", substation_id="OS-B")
    return dataclasses.replace(
        grid,
        substations=twice.reset_index(drop=True),
        nodes=gpd.pd.concat([grid.nodes, nodes], ignore_index=True),
    )


def test_an_area_without_stations_takes_the_nearest_of_two_substations():
    rooms = rooms_of(np.append(ROOMY, 70.0), grid=with_far_substation())
    assert rooms.loc["WK000102", "binding"] == "OS-B"


def test_an_area_without_stations_takes_the_substation_of_its_supply_area():
    grid, areas = with_far_substation(), make_city().areas
    tree, supply = radial_tree(grid), make_supply(("OS-A", areas.union_all()))
    served = {place.area_code: place for place in build_places(grid, tree, areas, supply)}
    fed = served["WK000102"]
    assert tree.link_ids[fed.substations].tolist() == ["OS-A"]
    assert tree.link_ids[fed.branch.nodes].tolist() == ["OS-A"]
    # New stations of an area that has some hang where it is served too.
    assert tree.link_ids[served["WK000101"].substations].tolist() == ["OS-A"]
    plain = {place.area_code: place for place in build_places(grid, tree, areas)}
    assert tree.link_ids[plain["WK000101"].substations].tolist() == ["OS-B"]


def test_an_area_without_cables_has_none_that_take_homes():
    areas = make_city().areas
    empty = gpd.GeoDataFrame(
        {"area_code": ["WK000199"], "area_name": ["Leeg"]}, geometry=[box(0, 0, 1, 1)], crs=28992
    )
    rooms = rooms_of(areas=gpd.pd.concat([areas, empty], ignore_index=True))
    assert rooms.loc["WK000199", "room_existing_cables"] == 0.0


def test_the_order_of_the_rows_of_the_grid_does_not_matter():
    grid = make_grid()
    order = np.random.default_rng(5).permutation(len(grid.nodes))
    shuffled = dataclasses.replace(
        grid,
        nodes=grid.nodes.iloc[order].reset_index(drop=True),
        stations=grid.stations.iloc[::-1].reset_index(drop=True),
    )
    columns = ["room", "binding", "next_binding", "room_existing_cables"]
    rooms = rooms_of(ROOMY[order], grid=shuffled)
    assert rooms[columns].equals(rooms_of()[columns])


def test_a_station_alone_has_the_room_of_its_weakest_link_and_tells_a_shortage():
    grid = make_grid()
    exact = ROOMY.copy()
    exact[6] = -3.5
    table = station_rooms(grid, radial_tree(grid), make_capacities(exact))
    assert check(table, STATION_ROOM) == []
    assert table["room"].tolist() == [60.0, 0.0]
    assert table["shortage"].tolist() == [0.0, 3.5]
    assert table["binding"].tolist() == ["S1", "S2"]


def test_the_city_curve_rises_with_the_region_and_ends_at_the_room_of_the_city():
    factor = np.full(9, 0.5)
    tree = radial_tree(make_grid())
    curve = city_curve(90.0, make_capacities(), tree, factor, make_parameters())
    assert check(curve, REGIONAL_CURVE) == []
    assert curve["homes"].iloc[0] == 0.0
    assert curve["homes"].iloc[-1] == 90.0
    assert curve["regional_mw"].iloc[-1] == 150.0


def test_the_city_at_once_counts_shared_cables_once():
    grid = make_grid()
    tree = radial_tree(grid)
    place = city_place(grid, tree, "GM0001", "Proefstad")
    rooms = area_rooms((place,), tree, make_capacities())
    assert rooms["area_code"].tolist() == ["GM0001"]
    assert rooms["room"].tolist() == [90.0]  # 60 + 40 behind a cable that passes 90
    assert rooms["stations"].tolist() == [2]


def test_capacities_follow_from_the_state_of_the_links():
    ones = np.ones(2)
    state = LinkState(
        np.array([[10.0, 30.0], [0.0, 0.0]], dtype=np.float32),
        np.array([1.0, 2.0]), ones, ones, ones, np.array([50.0, 100.0]),
    )  # fmt: skip
    capacities = build_capacities(state, "low", "load", AXIS)
    assert capacities.exact.tolist() == [10.0, 50.0]
    assert capacities.quarter.tolist() == [1, 1]
    assert capacities.unit_max_kw == pytest.approx(2.0)
