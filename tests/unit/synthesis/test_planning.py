import numpy as np
import pytest
from scattered import make_points
from tiny import make_parameters

from stroomstad.synthesis.planning import (
    Demand,
    feed_in_kw,
    firms_kw,
    home_count,
    planned_power,
    planning_load_kw,
    planning_rules,
    with_planning,
)

RULES = planning_rules(make_parameters())


def demand(homes=0.0, firms_kw=0.0, feed_in_kw=0.0):
    return Demand(*(np.array([value]) for value in (homes, firms_kw, feed_in_kw)))


def test_at_the_reference_number_of_homes_the_peak_per_home_is_the_planning_value():
    load_kw = planning_load_kw(demand(homes=224.0), RULES)
    assert load_kw == pytest.approx(224 * 1.2)


def test_forty_homes_on_a_feeder_need_more_per_home_than_a_station():
    load_kw = planning_load_kw(demand(homes=40.0), RULES)
    # g(40) = 0.2591, g(224) = 0.1788, both by hand from 0.12 + 0.88 / sqrt(n)
    assert load_kw == pytest.approx(40 * 1.2 * 0.259141 / 0.178798, rel=1e-5)


def test_firms_add_up_without_simultaneity():
    alone = planning_load_kw(demand(firms_kw=80.0), RULES)
    assert alone == pytest.approx(80.0)


def test_a_firm_draws_its_yearly_energy_over_its_full_load_hours():
    points = make_points([{"x_m": 0, "y_m": 0, "buildings_kwh": 6000.0, "ict_kwh": 3000.0}])
    assert firms_kw(points, RULES) == pytest.approx(9000.0 / 3000.0)


def test_electricity_of_homes_is_not_counted_as_that_of_firms():
    points = make_points([{"x_m": 0, "y_m": 0, "households_kwh": 9000.0, "road_home_kwh": 500.0}])
    assert firms_kw(points, RULES) == pytest.approx(0.0)


def test_panels_and_turbines_feed_in_together():
    points = make_points([{"x_m": 0, "y_m": 0, "solar_kwp": 100.0, "wind_kwh": 5000.0}])
    assert feed_in_kw(points, RULES) == pytest.approx(80.0 + 2.0)


def test_new_homes_count_as_homes():
    points = make_points([{"x_m": 0, "y_m": 0, "homes": 3, "new_homes": 4}])
    assert home_count(points) == pytest.approx(7.0)


def test_load_and_feed_in_are_planned_apart_and_the_higher_one_counts():
    power = planned_power(demand(firms_kw=80.0, feed_in_kw=90.0), RULES)
    assert (power.load_kw, power.feed_in_kw) == (pytest.approx(80.0), pytest.approx(90.0))
    assert power.highest_kw() == pytest.approx(90.0)


def test_what_is_planned_stands_beside_each_point_in_the_order_of_the_identifiers():
    rows = [
        {"x_m": 0, "y_m": 0, "point_id": "b", "homes": 3, "solar_kwp": 10.0},
        {"x_m": 0, "y_m": 0, "point_id": "a", "buildings_kwh": 6000.0},
    ]
    planned = with_planning(make_points(rows), RULES)
    assert planned["point_id"].tolist() == ["a", "b"]
    assert planned["planned_homes"].tolist() == [0.0, 3.0]
    assert planned["planned_firms_kw"].tolist() == [2.0, 0.0]
    assert planned["planned_feed_in_kw"].tolist() == [0.0, 8.0]
