import numpy as np
import pandas as pd
import pytest
from forests import grow_forest
from tiny import make_types

from stroomstad.synthesis.cables import (
    CableRules,
    add_up,
    cable_table,
    cables_behind,
    demand_behind,
    line_current_a,
    size_cables,
    standard_cables,
    voltage_drop,
)
from stroomstad.synthesis.planning import Demand, PlannedPower
from stroomstad.tables.grid import CABLES
from stroomstad.tables.schema import check

RULES = CableRules(
    voltage_v=400.0, detour_factor=1.3, length_min_m=10.0, fill_planned=0.8, drop_planned=0.05
)
TYPES = standard_cables(make_types()[0], "lv_cable")


def grow(x_m, feeder=None, roots=((0.0, 0.0),)):
    places_m = np.column_stack([np.asarray(x_m, dtype=float), np.zeros(len(x_m))])
    feeder = np.zeros(len(x_m), dtype=np.int64) if feeder is None else np.asarray(feeder)
    return grow_forest(places_m, np.array(roots, dtype=float), feeder, RULES)


def size(forest, load_kw, feed_in_kw=0.0, thickest=False):
    load_kw = np.asarray(load_kw, dtype=float)
    power = PlannedPower(load_kw, np.broadcast_to(feed_in_kw, load_kw.shape).astype(float))
    main = np.full(load_kw.size, thickest)
    return size_cables(forest, power, TYPES, RULES, power_factor=0.98, thickest=main)


def test_a_row_of_nodes_is_reached_one_after_another():
    forest = grow([200.0, 100.0, 300.0])
    assert forest.parent.tolist() == [1, -1, 0]


def test_the_route_is_longer_than_the_straight_line():
    assert grow([100.0]).length_m == pytest.approx(130.0)


def test_no_cable_is_of_length_zero():
    forest = grow([0.0, 0.0])
    assert forest.length_m.tolist() == [10.0, 10.0]


def test_feeders_share_no_cable_even_when_they_lie_together():
    forest = grow([100.0, 101.0], feeder=[0, 1], roots=((0.0, 0.0), (0.0, 0.0)))
    assert forest.parent.tolist() == [-1, -1]


def test_what_is_behind_a_cable_adds_up():
    forest = grow([100.0, 200.0, 300.0])
    assert add_up(forest, np.array([1.0, 2.0, 4.0])).tolist() == [7.0, 6.0, 4.0]
    assert cables_behind(forest).tolist() == [2, 1, 0]


def test_homes_firms_and_feed_in_add_up_apart():
    forest = grow([100.0, 200.0])
    demand = Demand(np.array([3.0, 4.0]), np.array([0.0, 5.0]), np.array([2.0, 6.0]))
    behind = demand_behind(forest, demand)
    assert behind.feed_in_kw.tolist() == [8.0, 6.0]
    assert behind.homes.tolist() == [7.0, 4.0]
    assert behind.firms_kw.tolist() == [5.0, 5.0]


def test_current_of_a_three_phase_load():
    # 100 kW / (sqrt(3) x 400 V x 0.98), by hand
    assert line_current_a(np.array([100.0]), 400.0, 0.98) == pytest.approx(147.2832, rel=1e-5)


def test_voltage_drops_further_along_the_feeder():
    forest = grow([100.0, 200.0])
    drop = voltage_drop(forest, np.array([50.0, 20.0]), np.array([0.2, 0.6]), 400.0)
    # 50 kW x 0.2 ohm/km x 0.13 km / (400 V)^2 and the second cable on top, by hand
    assert drop == pytest.approx([0.008125, 0.017875])


def test_the_thinnest_cable_that_carries_the_planned_current_is_taken():
    # 0.8 x 142 A carries 77 kW, 0.8 x 190 A 103 kW and 0.8 x 270 A 146 kW at cos 0.98
    forest = grow([10.0, 10.0, 10.0], feeder=[0, 1, 2], roots=((0.0, 0.0),) * 3)
    position, parallel = size(forest, [77.0, 78.0, 104.0])
    assert TYPES["cable_type"].iloc[position].tolist() == ["4x50 Al", "4x95 Al", "4x150 Al"]
    assert parallel.tolist() == [1, 1, 1]


def test_cables_lie_side_by_side_when_the_thickest_does_not_carry_the_load():
    forest = grow([10.0, 10.0], feeder=[0, 1], roots=((0.0, 0.0),) * 2)
    position, parallel = size(forest, [147.0, 300.0])
    assert TYPES["cable_type"].iloc[position].tolist() == ["4x150 Al", "4x150 Al"]
    assert parallel.tolist() == [2, 3]


def test_a_main_cable_takes_the_thickest_type_whatever_it_carries():
    position, parallel = size(grow([10.0]), [1.0], thickest=True)
    assert TYPES["cable_type"].iloc[position].tolist() == ["4x150 Al"]
    assert parallel.tolist() == [1]


def test_a_long_feeder_takes_thicker_cables_until_the_voltage_holds():
    forest, load_kw = grow([150.0, 300.0]), np.array([70.0, 35.0])
    position, parallel = size(forest, load_kw)
    ohm_per_km = TYPES["r_ohm_per_km"] + TYPES["x_ohm_per_km"] * np.tan(np.arccos(0.98))
    chosen = ohm_per_km.to_numpy()[position] / parallel
    thinnest = np.full(2, ohm_per_km.iloc[0])
    assert voltage_drop(forest, load_kw, thinnest, 400.0).max() > 0.05
    assert voltage_drop(forest, load_kw, chosen, 400.0).max() <= 0.05


def test_thicker_cables_go_only_where_they_help():
    forest = grow([10.0, 400.0], feeder=[0, 1], roots=((0.0, 0.0),) * 2)
    position, _ = size(forest, [40.0, 40.0])
    assert TYPES["cable_type"].iloc[position[0]] == "4x50 Al"
    assert position[1] > position[0]


def test_feed_in_has_no_reactive_power_and_asks_for_a_cable_as_load_does():
    # 0.8 x 142 A carries 78.7 kW at cos 1, and 77.1 kW at cos 0.98
    forest = grow([10.0] * 3, feeder=[0, 1, 2], roots=((0.0, 0.0),) * 3)
    position, _ = size(forest, [78.0, 10.0, 10.0], feed_in_kw=[0.0, 78.0, 79.0])
    assert TYPES["cable_type"].iloc[position].tolist() == ["4x95 Al", "4x50 Al", "4x95 Al"]


def test_a_feeder_that_rises_too_far_takes_thicker_cables():
    forest, feed_in_kw = grow([150.0, 300.0]), np.array([70.0, 35.0])
    position, parallel = size(forest, [1.0, 1.0], feed_in_kw=feed_in_kw)
    resistance = TYPES["r_ohm_per_km"].to_numpy()
    assert voltage_drop(forest, feed_in_kw, np.full(2, resistance[0]), 400.0).max() > 0.05
    assert voltage_drop(forest, feed_in_kw, resistance[position] / parallel, 400.0).max() <= 0.05


def test_types_of_another_voltage_are_left_out():
    assert set(TYPES["kind"]) == {"lv_cable"}
    assert TYPES["rated_current_a"].is_monotonic_increasing


def test_the_table_states_the_rating_of_all_cables_together_and_the_resistance_of_one():
    ends = pd.DataFrame({"cable_id": ["c"], "from_node": ["a"], "to_node": ["b"]})
    cables = cable_table(ends, np.array([10.0]), TYPES, (np.array([2]), np.array([2])))
    assert check(cables, CABLES) == []
    assert cables["rated_current_a"].tolist() == [540.0]
    assert cables["r_ohm_per_km"].tolist() == [0.208]
