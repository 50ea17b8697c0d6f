from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix
from tiny import make_city, make_grid, make_parameters, make_types

from stroomstad.blocks import LoadBlocks
from stroomstad.loads import PeriodLoads
from stroomstad.powerflow import build_network, link_limits
from stroomstad.simulation import (
    Behind,
    distance_table,
    flow_facts,
    link_states,
    link_table,
    load_duration,
    solve_week,
)
from stroomstad.simulation.levels import level_factors
from stroomstad.simultaneity import rusck
from stroomstad.tables.city import FEED_IN_COLUMNS, LOAD_COLUMNS
from stroomstad.tables.profiles import TimeAxis
from stroomstad.tables.results import LINK_LOADING
from stroomstad.tables.schema import check

AXIS = replace(TimeAxis.of_year(2023), quarters=8)
GRID = make_grid()
NETWORK = build_network(GRID, make_types()[1], make_parameters())
HOMES = np.array([0.0, 0, 0, 60, 40, 0, 0, 30, 30])
UNKNOWN = np.full(9, np.nan)
EVENING = np.array([1.0, 1, 1, 2, 3, 2, 1, 1])
NOON = np.array([0.0, 1, 2, 1, 0, 0, 0, 0])


def loads(
    kw_per_home=1.0, kwp_per_home=2.0, firm_kw=20.0, coincident_share=0.0, home_heat_share=0.0
):
    load = np.zeros((9, len(LOAD_COLUMNS)))
    load[:, 0] = HOMES * kw_per_home / 3.0
    load[8, list(LOAD_COLUMNS).index("buildings_kwh")] = firm_kw
    feed_in = np.zeros((9, len(FEED_IN_COLUMNS)))
    feed_in[:, 0] = HOMES * kwp_per_home / 2.0
    shapes = np.ones((len(LOAD_COLUMNS), 8))
    shapes[0] = EVENING
    return PeriodLoads(
        AXIS,
        LoadBlocks(csr_matrix(load), shapes),
        LoadBlocks(csr_matrix(feed_in), np.tile(NOON, (len(FEED_IN_COLUMNS), 1))),
        EVENING / 3.0,
        NOON / 2.0,
        coincident_share,
        home_heat_share,
        np.zeros(8),
    )


def states(direction="load", measured_mw=UNKNOWN, low=None):
    week = solve_week(NETWORK, loads(), direction)
    cases = {
        case: (
            low if case == "low" and low else loads(),
            make_parameters(case),
            link_limits(GRID, NETWORK.tree, make_parameters(case)),
        )
        for case in ("low", "mid", "high")
    }
    return week, link_states(week, NETWORK.tree, Behind(HOMES, measured_mw), cases)


def test_the_load_of_a_station_is_that_of_the_ac_run():
    week, by_case = states()
    station = week.flows.apparent_kva[2] * np.sign(week.flows.power_kw[2])
    assert by_case["mid"].base_kva[2] == pytest.approx(station)
    assert by_case["mid"].level_factor[[2, 6]].tolist() == [1.0, 1.0]


def test_fewer_homes_peak_less_together_below_a_station_and_more_above_it():
    _, by_case = states()
    factor = by_case["mid"].level_factor
    assert factor[3] > 1.0
    assert factor[1] <= 1.0
    expected = rusck(40.0, 0.12) / rusck(224.0, 0.12)
    assert factor[4] == pytest.approx(expected)


def test_a_link_without_homes_keeps_its_load():
    _, by_case = states()
    shares_of_firms = by_case["mid"].level_factor[8]
    only_homes = rusck(30.0, 0.12) / rusck(224.0, 0.12)
    assert 1.0 < shares_of_firms < only_homes


def test_homes_above_the_station_keep_at_least_what_the_published_shape_leaves():
    homes = np.full(9, 10_000.0)
    tree, parameters = NETWORK.tree, make_parameters()
    free, _ = level_factors(loads(firm_kw=0.0), tree, homes, parameters)
    held, _ = level_factors(loads(firm_kw=0.0, coincident_share=0.9), tree, homes, parameters)
    assert free[0] < 0.75
    assert held[0] == pytest.approx(0.9)


def test_the_part_of_a_new_home_that_heats_is_not_spread_by_chance():
    homes = np.full(9, 10_000.0)
    tree, parameters = NETWORK.tree, make_parameters()
    _, chance = level_factors(loads(), tree, homes, parameters)
    _, weather = level_factors(loads(home_heat_share=0.4), tree, homes, parameters)
    assert weather[0] == pytest.approx(0.4 + 0.6 * chance[0])


def test_more_load_in_the_low_case_loads_every_link_more():
    _, same = states()
    _, more = states(low=loads(kw_per_home=1.5))
    peak = np.argmax(EVENING)
    assert (more["low"].base_kva[:, peak] > same["low"].base_kva[:, peak]).all()


def test_the_difference_of_a_case_reaches_the_link_as_kva():
    _, same = states()
    _, more = states(low=loads(kw_per_home=1.5))
    peak = np.argmax(EVENING)
    added_kw = 0.5 * 160
    added_kva = (more["low"].base_kva[0] - same["low"].base_kva[0])[peak]
    assert added_kva == pytest.approx(added_kw / 0.98 * more["low"].level_factor[0], rel=0.1)


def test_a_measured_peak_wins_over_the_modelled_one():
    measured = UNKNOWN.copy()
    measured[2] = 0.3
    _, by_case = states(measured_mw=measured)
    assert by_case["mid"].base_kva[2].max() == pytest.approx(300.0 / 0.98)
    _, without = states()
    others = [0, 1, 3, 4, 5, 6, 7, 8]
    assert by_case["mid"].base_kva[others].tolist() == without["mid"].base_kva[others].tolist()


def test_feed_in_counts_against_the_sun_and_has_no_level_factor():
    week, by_case = states("feed_in")
    mid = by_case["mid"]
    assert mid.level_factor.tolist() == [1.0] * 9
    noon = np.argmax(NOON)
    assert mid.base_kva[2, noon] == pytest.approx(float(week.flows.apparent_kva[2, noon]))
    assert mid.unit_kw.tolist() == (NOON / 2.0).tolist()


def test_the_table_of_links_is_as_declared_and_names_the_worst_quarter():
    weeks, by_direction = {}, {}
    for direction in ("load", "feed_in"):
        weeks[direction], by_case = states(direction)
        by_direction[direction] = by_case["mid"]
    table = link_table(NETWORK.tree, weeks, by_direction)
    assert check(table, LINK_LOADING) == []
    station = table.set_index("link_id").loc["S1"]
    assert station["load_max_at"] == "2023-01-01T01:00Z"
    assert station["feed_in_max_at"] == "2023-01-01T00:30Z"
    assert station["loading_max"] == pytest.approx(station["load_max_kva"] / 440.0)
    curve = load_duration(NETWORK.tree, by_direction["load"], table, GRID.stations, 8)
    assert set(curve["station_id"]) == {"S1", "S2"}
    assert (
        curve.groupby("station_id")["load_kva"]
        .apply(lambda load: (load.diff() > 0).sum())
        .eq(0)
        .all()
    )
    told = flow_facts(GRID, weeks)
    assert (told["about"] != told["about_nl"]).all()
    facts = told.set_index("quantity")["value"]
    assert facts["winter_city_peak_mw"] == pytest.approx(0.18, rel=0.05)
    assert 0.0 < facts["winter_losses_fraction"] < 0.05
    assert facts["winter_balance_mismatch_kw"] < 1e-3


def served_city(points, station_id):
    """The tiny city with these addresses, on a grid whose first station stands at 800 m east."""
    city = make_city()
    connections = city.points[["point_id"]].assign(station_id=station_id, distance_m=0.0)
    return replace(city, addresses=points), replace(GRID, connections=connections)


def test_distances_count_every_address_of_the_register():
    ids = ["1000AA-1"] * 4 + ["1000AK-1"]
    addresses = pd.DataFrame(
        {"point_id": ids, "x_m": [810.0, 820.0, 840.0, 860.0, 800.0], "y_m": [0.0] * 4 + [50.0]}
    )
    table = distance_table(*served_city(addresses, "S1"), make_parameters())
    assert table["area_name"].tolist() == ["Westwijk", "Oostwijk"]
    assert table["addresses"].tolist() == [4, 1]
    assert table["distance_p50_m"].tolist() == [30.0, 50.0]
    assert table["distance_p98_m"].iloc[0] == pytest.approx(40.0 + 20.0 * (0.98 * 3 - 2.0))
    assert table["walk_p50_m"].tolist() == pytest.approx([39.0, 65.0])


def test_an_address_without_a_station_has_no_distance():
    addresses = pd.DataFrame({"point_id": ["1000AA-1"], "x_m": [0.0], "y_m": [0.0]})
    assert distance_table(*served_city(addresses, ""), make_parameters()).empty
