import numpy as np
import pytest
from scattered import make_scattered_city
from tiny import make_parameters, make_types

from stroomstad.synthesis import build_grid
from stroomstad.synthesis.cables import CableRules, standard_cables
from stroomstad.synthesis.feeders import (
    cut_in_two,
    group_feeders,
    largest_feeder_kw,
    nearest_substation,
)
from stroomstad.synthesis.planning import Demand, planning_load_kw, planning_rules

PLANNING = planning_rules(make_parameters())
NONE = np.zeros(0, dtype=np.int64)


def group(stations_m, firms_kw, largest_kw, own=NONE):
    load = np.broadcast_to(firms_kw, len(stations_m)).astype(float)
    demand = Demand(np.zeros(load.size), load, np.zeros(load.size))
    return group_feeders(np.asarray(stations_m, dtype=float), demand, own, largest_kw, PLANNING)


def build(rows, sites=((0, 0),)):
    return build_grid(make_scattered_city(rows, sites), make_parameters(), make_types()[0], seed=1)


def test_a_station_belongs_to_the_nearest_substation():
    places_m, substations_m = np.array([[0.0, 0], [90, 0]]), np.array([[100.0, 0], [-50, 0]])
    assert nearest_substation(places_m, substations_m).tolist() == [1, 0]


def test_the_first_of_two_substations_at_the_same_distance_is_taken():
    assert nearest_substation(np.zeros((1, 2)), np.array([[5.0, 0], [-5, 0]])).tolist() == [0]


def test_the_largest_feeder_is_planned_to_a_share_of_the_thickest_cable():
    rules = CableRules(10000.0, 1.3, 10.0, 0.45, 0.03)
    types = standard_cables(make_types()[0], "mv_cable")
    # sqrt(3) x 10 kV x 416 A x 0.45 x 0.98, by hand
    assert largest_feeder_kw(types, rules, 0.98) == pytest.approx(3177.58, rel=1e-5)


def test_a_cut_runs_across_the_longest_direction():
    x, y = np.array([0.0, 100.0, 1.0, 101.0]), np.array([0.0, 100.0, 1.0, 101.0])
    one, other = cut_in_two(x, y, np.ones(4), np.arange(4), parts=2)
    assert {tuple(one), tuple(other)} == {(0, 2), (1, 3)}


def test_a_cut_for_three_parts_gives_one_third_to_one_side():
    x = np.arange(9.0)
    sides = cut_in_two(x, np.zeros(9), np.ones(9), np.arange(9), parts=3)
    assert sorted(side.size for side in sides) == [3, 6]


def test_a_cut_never_leaves_a_side_empty():
    sides = cut_in_two(np.zeros(3), np.zeros(3), np.array([100.0, 0.0, 0.0]), np.arange(3), 2)
    assert min(side.size for side in sides) >= 1


def test_stations_that_fit_together_share_a_feeder():
    assert len(group([(0, 0), (100, 0), (200, 0)], 100.0, largest_kw=300.0)) == 1


def test_no_shared_feeder_is_planned_above_its_cable():
    stations_m = np.random.default_rng(3).uniform(0, 5000, (60, 2))
    feeders = group(stations_m, 100.0, largest_kw=650.0)
    assert max(feeder.size for feeder in feeders) <= 6
    assert sorted(np.concatenate(feeders).tolist()) == list(range(60))


def test_a_station_above_the_limit_is_alone():
    feeders = group([(0, 0), (1, 0)], np.array([900.0, 10.0]), largest_kw=300.0)
    assert sorted(map(len, feeders)) == [1, 1]


def test_a_large_customer_has_a_feeder_of_its_own():
    feeders = group([(0, 0), (1, 0), (2, 0)], 10.0, largest_kw=300.0, own=np.array([1]))
    assert sorted(feeder.tolist() for feeder in feeders) == [[0, 2], [1]]


def test_a_customer_from_the_stated_power_on_has_its_own_feeder_in_the_grid():
    # 1750 kW over 3000 h is 5.25 GWh a year
    rows = [
        {"x_m": 500, "y_m": 0, "homes": 10},
        {"x_m": 600, "y_m": 0, "level": "mv", "industry_kwh": 5.25e6},
        {"x_m": 700, "y_m": 0, "level": "mv", "industry_kwh": 5.24e6},
    ]
    feeder = build(rows).stations.set_index("station_id")["feeder_id"]
    assert feeder["KLANT-0001-001"] != feeder["KLANT-0001-002"]
    assert feeder["KLANT-0001-002"] == feeder["MSR-0001-001"]


def test_feeders_are_numbered_around_the_substation():
    rows = [
        {"x_m": x, "y_m": y, "level": "mv", "industry_kwh": 6e6}
        for x, y in ((900, 100), (-900, -100), (0, 900))
    ]
    feeder = build(rows).stations.set_index("station_id")["feeder_id"]
    assert feeder.tolist() == ["OS-A-F02", "OS-A-F01", "OS-A-F03"]


def test_a_station_behind_another_is_fed_through_it():
    rows = [{"x_m": x, "y_m": 0, "homes": 100} for x in (1000, 2000)]
    cables = build(rows).cables.set_index("cable_id")
    assert cables.loc["MS-MSR-0001-001", "from_node"] == "OS-A"
    assert cables.loc["MS-MSR-0001-002", "from_node"] == "MSR-0001-001-mv"


def test_every_feeder_cable_is_planned_within_its_share():
    rows = [
        {"x_m": 300 * i, "y_m": 40 * (i % 5), "homes": 200, "buildings_kwh": 1e5 * (i % 4)}
        for i in range(1, 40)
    ]
    grid = build(rows)
    trunk = grid.cables[grid.cables["from_node"] == "OS-A"].merge(
        grid.stations, left_on="to_node", right_on="node_mv"
    )
    homes = grid.stations.groupby("feeder_id")["homes"].sum().loc[trunk["feeder_id"]].to_numpy()
    load_kw = planning_load_kw(Demand(homes.astype(float), *np.zeros((2, homes.size))), PLANNING)
    planned_kva = trunk["rated_current_a"].to_numpy() * 3**0.5 * 10.0 * 0.45
    assert (load_kw / 0.98 <= planned_kva + 1e-9).all()


def test_a_customer_that_feeds_in_much_has_its_own_feeder_and_cables_for_it():
    rows = [
        {"x_m": 500, "y_m": 0, "homes": 10},
        {"x_m": 600, "y_m": 0, "level": "mv", "industry_kwh": 1e5, "solar_kwp": 5000.0},
    ]
    grid = build(rows)
    feeder = grid.stations.set_index("station_id")["feeder_id"]
    assert feeder["KLANT-0001-001"] != feeder["MSR-0001-001"]
    cable = grid.cables.set_index("cable_id").loc["MS-KLANT-0001-001"]
    # 4000 kW at 10 kV is 231 A, planned to 45 % of the rating
    assert cable["rated_current_a"] * 0.45 >= 230.9


def test_panels_do_not_cut_feeders_but_thicken_their_cables():
    rows = [{"x_m": 400 * i, "y_m": 0, "homes": 100, "solar_kwp": 500.0} for i in range(1, 12)]
    plain = [row | {"solar_kwp": 0.0} for row in rows]
    with_panels, without = build(rows), build(plain)
    assert (
        with_panels.stations["feeder_id"].nunique() == without.stations["feeder_id"].nunique() == 1
    )
    trunk = [
        grid.cables[grid.cables["from_node"] == "OS-A"]["rated_current_a"].iloc[0]
        for grid in (with_panels, without)
    ]
    # 11 x 400 kW at 10 kV is 254 A, planned to 45 % of the rating
    assert trunk[0] * 0.45 >= 254.0 > trunk[1] * 0.45
