import numpy as np
import pytest
from scattered import make_scattered_city
from tiny import make_parameters, make_types

from stroomstad.synthesis import build_grid
from stroomstad.synthesis.low_voltage import sweep_feeders
from stroomstad.synthesis.stations import Places


def make_places(positions_m, homes):
    x, y = np.array(positions_m, dtype=float).T
    homes = np.broadcast_to(homes, x.shape).astype(float)
    return Places(x, y, homes, np.zeros(x.size), x, y, np.ones(x.size, dtype=np.int64))


def sweep(positions_m, homes, homes_max=40.0, station=None, sites=((0.0, 0.0),)):
    station = np.zeros(len(positions_m), dtype=np.int64) if station is None else np.array(station)
    return sweep_feeders(make_places(positions_m, homes), station, np.array(sites), homes_max)


def test_groups_in_one_direction_share_a_feeder():
    east, west = [(10.0, 1.0), (20.0, -1.0)], [(-10.0, 1.0), (-20.0, -1.0)]
    feeder, _ = sweep([east[0], west[0], east[1], west[1]], homes=20.0)
    assert feeder[0] == feeder[2]
    assert feeder[1] == feeder[3]
    assert feeder[0] != feeder[1]


def test_no_feeder_has_more_homes_than_allowed():
    angle = np.linspace(0.0, 6.0, 30)
    feeder, _ = sweep(np.column_stack([np.cos(angle), np.sin(angle)]), homes=9.0)
    assert np.bincount(feeder, weights=np.full(30, 9.0)).max() <= 40.0


def test_a_group_above_the_limit_is_alone_on_its_feeder():
    feeder, _ = sweep([(1.0, 0.0), (1.0, 0.1), (1.0, 0.2)], homes=np.array([5.0, 90.0, 5.0]))
    assert np.unique(feeder).size == 3


def test_feeders_of_two_stations_are_apart():
    feeder, feeder_station = sweep(
        [(1.0, 0.0), (101.0, 0.0)], 5.0, station=[0, 1], sites=((0.0, 0.0), (100.0, 0.0))
    )
    assert feeder_station[feeder].tolist() == [0, 1]


@pytest.fixture(scope="module")
def street():
    """Three groups in a row on one station; the station stands at the middle one."""
    rows = [{"x_m": 140100 + 90 * i, "y_m": 480100, "homes": 10} for i in range(3)]
    return build_grid(make_scattered_city(rows), make_parameters(), make_types()[0], seed=1)


def lv_cables(grid):
    return grid.cables[grid.cables["kind"] == "lv_cable"].set_index("cable_id")


def test_every_group_has_a_node_and_a_cable_of_its_own(street):
    assert lv_cables(street)["to_node"].tolist() == ["lv-p000", "lv-p001", "lv-p002"]


def test_the_feeder_starts_at_the_low_voltage_side_of_the_station(street):
    station = street.stations["node_lv"].iloc[0]
    assert lv_cables(street).loc["LS-p001", "from_node"] == station


def test_a_cable_with_others_behind_it_is_of_the_thickest_type(street):
    cables = lv_cables(street)
    assert cables.loc["LS-p001", "cable_type"] == "4x150 Al"
    assert cables.loc["LS-p000", "cable_type"] == "4x50 Al"


def test_a_heavy_firm_at_the_end_of_a_street_has_parallel_cables():
    rows = [
        {"x_m": 140100, "y_m": 480100, "homes": 50},
        {"x_m": 140150, "y_m": 480100, "buildings_kwh": 600e3},
    ]
    city = make_scattered_city(rows)
    grid = build_grid(city, make_parameters(), make_types()[0], seed=1)
    assert lv_cables(grid).loc["LS-p001", "parallel"] == 2


def test_panels_at_the_end_of_a_street_have_cables_that_carry_their_feed_in():
    rows = [
        {"x_m": 140100, "y_m": 480100, "homes": 50},
        {"x_m": 140150, "y_m": 480100, "homes": 5, "solar_kwp": 250.0},
    ]
    cable = lv_cables(
        build_grid(make_scattered_city(rows), make_parameters(), make_types()[0], seed=1)
    ).loc["LS-p001"]
    # 250 kWp x 0.8 at 400 V is 289 A, planned to 80 % of a cable of 270 A
    assert cable["parallel"] == 2
    assert cable["rated_current_a"] * 0.8 >= 289.0
