"""The limit of every kind of link, worked out by hand."""

from dataclasses import replace

import pytest
from tiny import make_grid, make_parameters

from stroomstad.powerflow import link_limits
from stroomstad.tables.grid import radial_tree
from stroomstad.tables.parameters import override


def limits(grid=None, case="mid", **changes):
    grid = grid or make_grid()
    parameters = make_parameters(case)
    said = {"status": "assumed", "source": "made up"}
    told = {
        name: {"low": value, "mid": value, "high": value, **said} for name, value in changes.items()
    }
    parameters = replace(parameters, rows=override(parameters.rows, told))
    tree = radial_tree(grid)
    return dict(zip(tree.link_ids, link_limits(grid, tree, parameters), strict=True))


def with_substation(**columns):
    grid = make_grid()
    return replace(grid, substations=grid.substations.assign(**columns))


def test_a_low_voltage_cable_may_carry_its_rated_current():
    assert limits(limit_lv_cable=1.0)["L1"] == pytest.approx(3**0.5 * 0.4 * 270)


def test_cables_side_by_side_share_the_rated_current_that_is_told_for_all():
    grid = make_grid()
    doubled = replace(grid, cables=grid.cables.assign(parallel=2))
    assert limits(doubled)["L1"] == limits()["L1"]


def test_a_medium_voltage_cable_may_carry_half_of_it():
    assert limits(limit_mv_cable=0.5)["M1"] == pytest.approx(0.5 * 3**0.5 * 10 * 416)


def test_a_station_may_carry_its_rating_times_the_limit():
    assert limits(limit_station=1.1)["S1"] == pytest.approx(1.1 * 400)


@pytest.mark.parametrize(("case", "rating_kva"), [("low", 250), ("mid", 400), ("high", 630)])
def test_the_case_says_which_rating_counts(case, rating_kva):
    assert limits(case=case, limit_station=1.0)["S1"] == pytest.approx(rating_kva)


def test_a_substation_is_judged_with_one_transformer_out():
    nothing_taken = {"contracted_unused_mw": 0, "reserved_mw": 0, "queue_mw": 0}
    assert limits(limit_substation=1.0, **nothing_taken)["OS-A"] == pytest.approx(120_000)


def test_a_substation_with_a_single_transformer_is_judged_with_that_one():
    nothing_taken = {"contracted_unused_mw": 0, "reserved_mw": 0, "queue_mw": 0}
    single = with_substation(transformers=1)
    assert limits(single, limit_substation=1.0, **nothing_taken)["OS-A"] == pytest.approx(60_000)


def test_what_others_have_been_promised_is_taken_first():
    taken = {"contracted_unused_mw": 10, "reserved_mw": 20, "queue_mw": 30, "power_factor": 0.8}
    found = limits(limit_substation=1.0, **taken)
    assert found["OS-A"] == pytest.approx(120_000 - 60_000 / 0.8)


def test_a_limit_is_never_below_zero():
    assert limits(contracted_unused_mw=1000.0)["OS-A"] == 0.0


def test_every_link_has_a_limit_in_the_order_of_the_tree():
    grid = make_grid()
    tree = radial_tree(grid)
    found = link_limits(grid, tree, make_parameters())
    assert found.shape == tree.parent.shape
    assert (found > 0).all()


def test_the_low_case_never_leaves_more_than_the_high_case():
    low, high = limits(case="low"), limits(case="high")
    assert all(low[link] <= high[link] for link in low)


NOTHING_TAKEN = {"contracted_unused_mw": 0, "reserved_mw": 0, "queue_mw": 0, "limit_substation": 1}


@pytest.mark.parametrize(("used", "limit_kva"), [(0.0, 120_000), (0.5, 150_000), (1.0, 180_000)])
def test_the_reserve_that_is_used_is_that_of_one_transformer(used, limit_kva):
    assert limits(n1_reserve_used=used, **NOTHING_TAKEN)["OS-A"] == pytest.approx(limit_kva)


def test_a_single_transformer_has_no_reserve_to_use():
    single = with_substation(transformers=1)
    assert limits(single, n1_reserve_used=0.5, **NOTHING_TAKEN)["OS-A"] == pytest.approx(60_000)


def in_both(grid):
    parameters = make_parameters()
    tree = radial_tree(grid)
    return [
        dict(zip(tree.link_ids, link_limits(grid, tree, parameters, way), strict=True))
        for way in ("load", "feed_in")
    ]


def test_a_transformer_with_a_factor_of_its_own_has_it_in_its_own_direction():
    grid = make_grid()
    stations = grid.stations.assign(limit_factor_load=1.2, limit_factor_feed_in=0.9)
    usual = in_both(grid)
    load, feed_in = in_both(replace(grid, stations=stations))
    assert load["S1"] == pytest.approx(1.2 * usual[0]["S1"])
    assert feed_in["S1"] == pytest.approx(0.9 * usual[1]["S1"])
    assert load["M1"] == usual[0]["M1"]


def test_a_transformer_that_came_later_has_the_median_of_the_others():
    grid = make_grid()
    factors = [float("nan")] + [1.3] * (len(grid.stations) - 1)
    late = replace(grid, stations=grid.stations.assign(limit_factor_load=factors))
    name = grid.stations["station_id"].iloc[0]
    assert in_both(late)[0][name] == pytest.approx(1.3 * in_both(grid)[0][name])
