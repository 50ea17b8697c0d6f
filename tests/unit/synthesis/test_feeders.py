import numpy as np
import pytest
from scattered import make_scattered_city
from tiny import make_parameters, make_types

from stroomstad.synthesis import build_grid
from stroomstad.synthesis.cables import CableRules, standard_cables
from stroomstad.synthesis.feeders import largest_ring_kw, ring_load_kw
from stroomstad.synthesis.planning import Demand, planning_load_kw, planning_rules

PLANNING = planning_rules(make_parameters())


def build(rows, sites=((0, 0),)):
    return build_grid(make_scattered_city(rows, sites), make_parameters(), make_types()[0], seed=1)


def test_the_largest_ring_is_planned_to_twice_the_share_of_the_thickest_cable():
    rules = CableRules(10000.0, 1.3, 10.0, 0.45, 0.03)
    types = standard_cables(make_types()[0], "mv_cable")
    # sqrt(3) x 10 kV x 416 A x 2 x 0.45 x 0.98, by hand
    assert largest_ring_kw(types, rules, 0.98) == pytest.approx(6355.1, rel=1e-5)


def test_a_station_for_which_more_is_planned_than_for_a_ring_is_alone():
    rows = [{"x_m": 500, "y_m": 0, "homes": 10}, {"x_m": 900, "y_m": 0, "solar_kwp": 9000.0}]
    feeder = build(rows).stations.set_index("station_id")["feeder_id"]
    assert feeder.tolist() == ["OS-A-R01", "OS-A-F01"]


def test_what_a_station_adds_to_a_ring_is_its_load_or_its_feed_in():
    demand = Demand(np.array([100.0, 0.0]), np.array([50.0, 10.0]), np.array([0.0, 900.0]))
    home_kw = PLANNING.base_home_peak_kw
    assert ring_load_kw(demand, PLANNING).tolist() == [100.0 * home_kw + 50.0, 900.0]


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
    rows.append({"x_m": 3000, "y_m": 0, "homes": 100})
    cables = build(rows).cables.set_index("cable_id")
    fed_from = cables.loc[[f"MS-MSR-0001-00{i}" for i in (1, 2, 3)], "from_node"].tolist()
    assert fed_from.count("OS-A-R01-start") == 2
    assert {"MSR-0001-001-mv", "MSR-0001-002-mv", "MSR-0001-003-mv"} & set(fed_from)


def test_every_ring_is_planned_within_its_share():
    rows = [
        {"x_m": 300 * i, "y_m": 40 * (i % 5), "homes": 200, "buildings_kwh": 1e5 * (i % 4)}
        for i in range(1, 40)
    ]
    grid = build(rows)
    rings = grid.cables[grid.cables["kind"] == "ring"].set_index("cable_id")
    homes = grid.stations.groupby("feeder_id")["homes"].sum().loc[rings.index].to_numpy()
    load_kw = planning_load_kw(Demand(homes.astype(float), *np.zeros((2, homes.size))), PLANNING)
    planned_kva = rings["rated_current_a"].to_numpy() * 3**0.5 * 10.0 * 2 * 0.45
    assert len(rings) > 1
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


def test_panels_thicken_the_cables_of_a_ring():
    rows = [{"x_m": 100 * i, "y_m": 0, "homes": 100, "solar_kwp": 500.0} for i in range(1, 12)]
    plain = [row | {"solar_kwp": 0.0} for row in rows]
    rated_a = [
        grid.cables.set_index("cable_id").loc["OS-A-R01", "rated_current_a"]
        for grid in (build(rows), build(plain))
    ]
    # 11 x 400 kW at 10 kV is 254 A, planned to 90 % of the rating
    assert rated_a[0] * 0.9 >= 254.0
    assert rated_a[0] >= rated_a[1]
