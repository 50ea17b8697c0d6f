import numpy as np
import pandas as pd
import pytest
from scattered import make_scattered_city
from tiny import make_city, make_parameters, make_types

from stroomstad.synthesis import build_grid
from stroomstad.synthesis.detail import by_address
from stroomstad.tables.city import ADDRESSES, POINTS
from stroomstad.tables.schema import check

AT = {"x_m": 140100, "y_m": 480100}


def test_every_address_is_a_point_and_what_is_not_a_group_stays():
    city = make_city()
    split = by_address(city)
    groups = city.points["kind"] == "group"
    assert len(split.points) == city.points["addresses"].sum() + (~groups).sum()
    assert set(city.points["point_id"][~groups]) <= set(split.points["point_id"])
    assert check(split.points, POINTS) == []


def test_the_addresses_of_the_register_belong_to_their_own_points():
    split = by_address(make_city())
    assert check(split.addresses, ADDRESSES) == []
    at = split.points.set_index("point_id").loc[split.addresses["point_id"]]
    assert at["x_m"].to_numpy() == pytest.approx(split.addresses["x_m"].to_numpy())


def test_an_address_is_a_home_or_something_else_and_draws_as_such():
    rows = [{**AT, "homes": 2, "new_homes": 1, "other_uses": 1, "addresses": 4,
             "households_kwh": 6000.0, "new_homes_kwh": 2500.0,
             "buildings_kwh": 9000.0}]  # fmt: skip
    points = by_address(make_scattered_city(rows)).points
    assert points["homes"].tolist() == [1, 1, 0, 0]
    assert points["households_kwh"].tolist() == [3000.0, 3000.0, 0.0, 0.0]
    assert points["new_homes_kwh"].tolist() == [0.0, 0.0, 2500.0, 0.0]
    assert points["buildings_kwh"].tolist() == [0.0, 0.0, 0.0, 9000.0]
    assert points["homes_terraced"].tolist() == [1, 1, 1, 0]


def test_panels_go_with_the_energy_that_they_make():
    rows = [{**AT, "homes": 2, "other_uses": 2, "addresses": 4, "solar_kwp": 12.0,
             "solar_homes_kwh": 2000.0, "solar_firms_kwh": 10000.0}]  # fmt: skip
    points = by_address(make_scattered_city(rows)).points
    assert points["solar_kwp"].tolist() == pytest.approx([1.0, 1.0, 5.0, 5.0])


def test_what_belongs_to_nobody_in_particular_is_shared_alike():
    rows = [{**AT, "homes": 4, "addresses": 4, "road_public_kwh": 800.0, "buildings_kwh": 400.0}]
    points = by_address(make_scattered_city(rows)).points
    assert points["road_public_kwh"].tolist() == [200.0] * 4
    assert points["buildings_kwh"].tolist() == [100.0] * 4


def test_a_charger_belongs_to_the_first_address_of_its_group():
    city = make_scattered_city([{**AT, "homes": 2, "addresses": 2}])
    chargers = pd.DataFrame({"charger_id": ["c1", "c2"], "point_id": ["p000", "charger-001"]})
    split = by_address(make_with(city, chargers))
    assert split.chargers["point_id"].tolist() == ["p000-01", "charger-001"]


def make_with(city, chargers):
    return type(city)(**{**{n: getattr(city, n) for n in city.__slots__}, "chargers": chargers})


@pytest.fixture(scope="module")
def both():
    made = (make_city(), make_parameters(), make_types()[0], 1)
    return build_grid(*made), build_grid(*made, detail="address")


def test_a_finer_grid_has_a_node_and_a_cable_for_every_address(both):
    groups, addresses = both
    city = make_city()
    of_groups, of_addresses = ((grid.nodes["kind"] == "lv").sum() for grid in both)
    assert (of_groups, of_addresses) == (20, city.points["addresses"].sum())
    assert len(addresses.cables) - len(groups.cables) == of_addresses - of_groups


def test_a_finer_grid_is_the_same_above_low_voltage(both):
    for name in ("stations", "substations", "counts"):
        one, other = (getattr(grid, name) for grid in both)
        pd.testing.assert_frame_equal(one, other)
    mv = [grid.cables[grid.cables["kind"] == "mv_cable"] for grid in both]
    pd.testing.assert_frame_equal(*mv)


def test_a_finer_grid_has_the_same_feeders(both):
    starts = [grid.cables["from_node"].isin(grid.stations["node_lv"]).sum() for grid in both]
    assert starts[0] == starts[1]


def test_the_distance_of_an_address_is_its_own(both):
    city, grid = by_address(make_city()), both[1]
    stations = grid.stations.set_index("station_id")
    told = grid.connections.merge(city.points, on="point_id")
    told = told[told["level"] == "lv"]
    station = stations.loc[told["station_id"]]
    away = np.hypot(
        told["x_m"].to_numpy() - station["x_m"].to_numpy(),
        told["y_m"].to_numpy() - station["y_m"].to_numpy(),
    )
    assert told["distance_m"].to_numpy() == pytest.approx(away)
