"""Laws of the synthetic grid, whatever the city looks like."""

from dataclasses import replace

import numpy as np
import pytest
from forests import grow_forest
from hypothesis import given, settings
from hypothesis import strategies as st
from scattered import make_large_city, make_scattered_city
from tiny import make_parameters, make_types

from stroomstad.synthesis import build_grid
from stroomstad.synthesis.cables import (
    add_up,
    demand_behind,
    size_cables,
    standard_cables,
    voltage_drop,
)
from stroomstad.synthesis.feeders import medium_voltage_rules
from stroomstad.synthesis.low_voltage import low_voltage_rules
from stroomstad.synthesis.planning import Demand, planned_power, planning_rules
from stroomstad.synthesis.stations import Places, StationRule, gather_stations
from stroomstad.synthesis.transformers import TransformerRules, draw_ratings
from stroomstad.tables.grid import (
    CABLES,
    CONNECTIONS,
    NODES,
    OPEN_CABLES,
    STATIONS,
    SUBSTATIONS,
    radial_tree,
)
from stroomstad.tables.schema import check

PARAMETERS = make_parameters()
PLANNING = planning_rules(PARAMETERS)
CABLE_TYPES = make_types()[0]
TABLES = {
    "nodes": NODES,
    "cables": CABLES,
    "stations": STATIONS,
    "substations": SUBSTATIONS,
    "connections": CONNECTIONS,
    "open_cables": OPEN_CABLES,
}
TRIED = settings(max_examples=40, deadline=None)
TRIED_ON_GRIDS = settings(max_examples=15, deadline=None)

RULE = StationRule(224.0, 200.0, 522.0)


def places_of(x, y, radius, homes, feed_in_kw):
    """Groups with four addresses each, one radius north, east, south and west of their middle."""
    corner_x = np.column_stack([x + radius, x, x - radius, x]).ravel()
    corner_y = np.column_stack([y, y + radius, y, y - radius]).ravel()
    return Places(x, y, homes, feed_in_kw, corner_x, corner_y, np.full(x.size, 4))


metres = st.integers(0, 1500).map(float)
rows = st.fixed_dictionaries(
    {
        "x_m": metres,
        "y_m": metres,
        "radius_m": st.integers(0, 260).map(float),
        "homes": st.integers(0, 300),
        "addresses": st.integers(0, 300),
        "buildings_kwh": st.integers(0, 3_000_000).map(float),
        "solar_kwp": st.integers(0, 900).map(float),
        "level": st.sampled_from(["lv", "lv", "lv", "mv", "substation"]),
    }
)
cities = st.lists(rows, min_size=1, max_size=40).map(
    lambda drawn: make_scattered_city(drawn, ((200, 200), (1300, 900)))
)
groups = st.lists(
    st.tuples(metres, metres, st.integers(0, 260), st.integers(0, 300), st.integers(0, 700)),
    min_size=1,
    max_size=60,
).map(lambda drawn: places_of(*np.array(drawn, dtype=float).T))
bands = st.tuples(*[st.floats(0.0, 1.0)] * 3).map(lambda v: tuple(1.0 + x for x in sorted(v)))


def build(city, seed=1):
    return build_grid(city, PARAMETERS, CABLE_TYPES, seed)


def tables_of(grid):
    return [getattr(grid, name).reset_index(drop=True) for name in (*TABLES, "counts")]


@TRIED_ON_GRIDS
@given(cities)
def test_nobody_is_left_without_a_connection(city):
    grid = build(city)
    assert sorted(grid.connections["point_id"]) == sorted(city.points["point_id"])
    assert set(grid.connections["node_id"]) <= set(grid.nodes["node_id"])


@TRIED_ON_GRIDS
@given(cities)
def test_every_grid_is_a_tree_of_checked_tables(city):
    grid = build(city)
    assert radial_tree(grid).order.size == len(grid.nodes)
    assert [issue for name in TABLES for issue in check(getattr(grid, name), TABLES[name])] == []


@TRIED_ON_GRIDS
@given(cities, st.randoms(use_true_random=False))
def test_the_order_of_points_and_addresses_changes_nothing(city, random):
    order, others = (list(range(len(rows))) for rows in (city.points, city.addresses))
    random.shuffle(order)
    random.shuffle(others)
    shuffled = replace(city, points=city.points.iloc[order], addresses=city.addresses.iloc[others])
    for one, other in zip(tables_of(build(city)), tables_of(build(shuffled)), strict=True):
        assert one.equals(other)


@TRIED_ON_GRIDS
@given(cities)
def test_homes_and_addresses_of_the_city_are_those_behind_its_stations(city):
    served = city.points[city.points["level"] != "substation"]
    stations = build(city).stations
    assert stations["homes"].sum() == served["homes"].sum()
    assert stations["addresses"].sum() == served["addresses"].sum()


@TRIED
@given(groups)
def test_a_station_above_its_capacity_serves_a_single_group(places):
    station, site = gather_stations(places, RULE)
    homes, feed_in_kw = (np.bincount(station, v) for v in (places.homes, places.feed_in_kw))
    members = np.bincount(station, minlength=site.size)
    assert (members >= 1).all()
    assert (members[homes > RULE.homes_max] == 1).all()
    assert (members[feed_in_kw > RULE.feed_in_max_kw] == 1).all()


@TRIED
@given(groups)
def test_an_address_beyond_the_distance_is_one_of_the_group_at_the_station_itself(places):
    station, site = gather_stations(places, RULE)
    stands_at = np.repeat(site[station], places.corners)
    away_m = np.hypot(
        places.corner_x_m - places.x_m[stands_at], places.corner_y_m - places.y_m[stands_at]
    )
    beyond = (away_m > RULE.distance_max_m).reshape(-1, 4).any(axis=1)
    assert (site[station][beyond] == np.flatnonzero(beyond)).all()


@TRIED
@given(groups)
def test_a_station_stands_at_a_group_that_it_serves(places):
    station, site = gather_stations(places, RULE)
    assert np.array_equal(station[site], np.arange(site.size))


@TRIED
@given(groups, st.integers(1, 5), st.integers(0, 1000))
def test_trees_reach_every_node_of_every_feeder_and_lose_no_load(places, feeders, seed):
    generator = np.random.default_rng(seed)
    feeder = generator.integers(0, feeders, places.x_m.size)
    forest = grow_forest(
        np.column_stack([places.x_m, places.y_m]),
        generator.uniform(0, 1500, (feeders, 2)),
        feeder,
        low_voltage_rules(PARAMETERS),
    )
    behind = add_up(forest, places.homes)
    assert sum(level.size for level in forest.levels) == places.x_m.size
    below = forest.parent >= 0
    assert (feeder[forest.parent[below]] == feeder[below]).all()
    assert behind[~below].sum() == pytest.approx(places.homes.sum())


@TRIED
@given(groups, st.sampled_from(["lv_cable", "mv_cable"]))
def test_every_cable_carries_its_plan_and_no_end_drops_too_far(places, kind):
    read_rules = {"lv_cable": low_voltage_rules, "mv_cable": medium_voltage_rules}[kind]
    rules, types = read_rules(PARAMETERS), standard_cables(CABLE_TYPES, kind)
    positions_m = np.column_stack([places.x_m, places.y_m])
    one_feeder = np.zeros(places.x_m.size, dtype=np.int64)
    forest = grow_forest(positions_m, np.array([[700.0, 700.0]]), one_feeder, rules)
    demand = demand_behind(forest, Demand(places.homes, 0.1 * places.homes, places.feed_in_kw))
    power = planned_power(demand, PLANNING)
    load_kw, feed_in_kw = power.load_kw, power.feed_in_kw
    thin = np.zeros(load_kw.size, dtype=bool)
    position, parallel = size_cables(forest, power, types, rules, power_factor=0.98, thickest=thin)
    rated_kva = types["rated_current_a"].to_numpy()[position] * parallel * rules.voltage_v
    planned_kva = rated_kva * 3**0.5 / 1000 * rules.fill_planned
    assert (np.maximum(load_kw / 0.98, feed_in_kw) <= planned_kva + 1e-6).all()
    impedance = types["r_ohm_per_km"] + types["x_ohm_per_km"] * np.tan(np.arccos(0.98))
    drop = voltage_drop(forest, load_kw, impedance.to_numpy()[position] / parallel, rules.voltage_v)
    resistance = types["r_ohm_per_km"].to_numpy()[position] / parallel
    rise = voltage_drop(forest, feed_in_kw, resistance, rules.voltage_v)
    assert max(drop.max(), rise.max()) <= rules.drop_planned


@TRIED
@given(bands, st.lists(st.floats(0.0, 5000.0), min_size=1, max_size=50), st.integers(0, 1000))
def test_drawn_ratings_carry_the_lowest_margin_and_keep_their_order(band, loads_kw, seed):
    rules = TransformerRules(0.8, 0.98, band)
    load_kw = np.array(loads_kw)
    low, mid, high = draw_ratings(load_kw, rules, np.random.default_rng(seed))
    assert (low * 0.8 * 0.98 >= load_kw * band[0] * (1.0 - 1e-9)).all()
    assert (low <= mid).all()
    assert (mid <= high).all()


@TRIED
@given(groups, st.integers(1, 400), st.integers(50, 400))
def test_whatever_the_rule_no_group_is_unserved_and_no_station_is_empty(
    places, homes_max, distance_max_m
):
    station, site = gather_stations(
        places, StationRule(float(homes_max), float(distance_max_m), 522.0)
    )
    assert np.array_equal(np.unique(station), np.arange(site.size))


@pytest.mark.slow
def test_a_grid_of_real_size_is_a_tree_that_serves_everybody():
    city = make_large_city()
    grid = build(city)
    assert len(grid.connections) == len(city.points)
    assert radial_tree(grid).order.size == len(grid.nodes)
    public = grid.stations[grid.stations["owner"] == "public"]
    assert public["distance_max_m"].max() <= 200.0
    assert public["homes"].max() <= 224
    assert [issue for name in TABLES for issue in check(getattr(grid, name), TABLES[name])] == []
