"""Flows of the tiny grid: signs, ratings, balance, and what happens when it goes wrong."""

import datetime as dt

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from tiny import make_grid, make_parameters, make_types

from stroomstad.blocks import LoadBlocks
from stroomstad.errors import SolverFailed
from stroomstad.powerflow import PowerFlowOptions, build_network, solve_flows, solve_steps
from stroomstad.tables.profiles import TimeAxis
from stroomstad.units import SQRT3

NODES = 9
LOAD_KW = {3: 30.0, 4: 40.0, 7: 20.0, 8: 50.0}


def network():
    return build_network(make_grid(), make_types()[1], make_parameters())


def blocks(power_kw, shape=(0.5, 1.0, 1.5)):
    weights = np.zeros((NODES, 1))
    weights[list(power_kw), 0] = list(power_kw.values())
    return LoadBlocks(csr_matrix(weights), np.array(shape, dtype=np.float64)[None, :])


def nothing(quarters=3):
    return blocks({}, np.zeros(quarters))


def axis(quarters=3):
    return TimeAxis(dt.datetime(2023, 1, 2, tzinfo=dt.UTC), quarters)


def test_power_towards_the_customers_is_positive():
    flows = solve_flows(network(), blocks(LOAD_KW), nothing(), axis())
    assert (flows.power_kw > 0).all()


def test_power_towards_the_region_is_negative():
    flows = solve_flows(network(), nothing(), blocks(LOAD_KW), axis())
    assert (flows.power_kw < 0).all()


def test_a_cable_carries_what_its_end_draws_and_its_own_losses():
    flows = solve_flows(network(), blocks({4: 40.0}), nothing(), axis())
    carried_kw = flows.power_kw[4]
    assert (carried_kw > [20.0, 40.0, 60.0]).all()
    assert carried_kw == pytest.approx([20.0, 40.0, 60.0], rel=0.02)


def test_a_cable_is_held_against_its_current_at_nominal_voltage():
    flows = solve_flows(network(), blocks({4: 40.0}), nothing(), axis())
    drawn_kva = 40.0 / make_parameters().value("power_factor")
    current_a = drawn_kva / (SQRT3 * 0.4 * flows.voltage_pu[4, 1])
    assert flows.apparent_kva[4, 1] == pytest.approx(SQRT3 * 0.4 * current_a, rel=1e-5)


def test_a_station_is_held_against_its_apparent_power():
    flows = solve_flows(network(), blocks(LOAD_KW), nothing(), axis())
    station = network().tree.link_ids.tolist().index("S1")
    drawn_kva = flows.power_kw[station] / make_parameters().value("power_factor")
    assert flows.apparent_kva[station] == pytest.approx(drawn_kva, rel=0.02)


def test_the_substation_supplies_what_is_drawn_and_lost():
    flows = solve_flows(network(), blocks(LOAD_KW), nothing(), axis())
    drawn_kw = np.array([70.0, 140.0, 210.0])
    assert flows.power_kw[0] == pytest.approx(drawn_kw + flows.losses_kw, rel=1e-6)
    assert (flows.losses_kw > 0).all()


def test_the_balance_closes():
    flows = solve_flows(network(), blocks(LOAD_KW), blocks({3: 10.0}), axis())
    assert flows.mismatch_kw == pytest.approx(np.zeros(3), abs=1e-4)


def test_load_draws_reactive_power_and_feed_in_does_not():
    drawn = solve_flows(network(), blocks({4: 40.0}), nothing(), axis())
    fed = solve_flows(network(), nothing(), blocks({4: 40.0}), axis())
    power_factor, at_end_kw = make_parameters().value("power_factor"), np.array([20.0, 40.0, 60.0])
    assert drawn.apparent_kva[4] * drawn.voltage_pu[4] == pytest.approx(at_end_kw / power_factor)
    assert fed.apparent_kva[4] * fed.voltage_pu[4] == pytest.approx(at_end_kw)


def test_rows_of_a_dispatched_asset_count_too():
    rows = nothing().with_rows(np.array([4]), np.array([[20.0, 40.0, 60.0]]))
    by_rows = solve_flows(network(), rows, nothing(), axis())
    by_weights = solve_flows(network(), blocks({4: 40.0}), nothing(), axis())
    assert by_rows.power_kw == pytest.approx(by_weights.power_kw)


def test_load_in_a_station_without_cables_is_carried():
    flows = solve_flows(network(), blocks({2: 40.0}), nothing(), axis())
    assert flows.power_kw[2] == pytest.approx([20.0, 40.0, 60.0], rel=0.1)


def test_a_grid_without_any_demand_only_loses_what_its_transformers_take():
    flows = solve_flows(network(), nothing(), nothing(), axis())
    assert flows.losses_kw == pytest.approx([0.95 + 0.60] * 3, rel=0.1)


def test_the_size_of_a_chunk_changes_nothing():
    shape = np.linspace(0.1, 2.0, 10)
    whole, parts = (
        solve_steps(network(), blocks(LOAD_KW, shape), nothing(10), options=options)
        for options in (PowerFlowOptions(chunk_quarters=96), PowerFlowOptions(chunk_quarters=3))
    )
    assert whole.power_kw.tobytes() == parts.power_kw.tobytes()
    assert whole.voltage_pu.tobytes() == parts.voltage_pu.tobytes()


def test_the_same_question_gives_the_same_bytes():
    first, second = (solve_flows(network(), blocks(LOAD_KW), nothing(), axis()) for _ in "ab")
    for name in ("power_kw", "apparent_kva", "voltage_pu", "losses_kw", "mismatch_kw"):
        assert getattr(first, name).tobytes() == getattr(second, name).tobytes()


def test_progress_is_told_chunk_by_chunk():
    told = []
    options = PowerFlowOptions(chunk_quarters=1)
    solve_flows(network(), blocks(LOAD_KW), nothing(), axis(), told.append, options=options)
    assert told == pytest.approx([1 / 3, 2 / 3, 1.0])


def test_a_step_that_cannot_be_carried_is_missing():
    steps = solve_steps(network(), blocks(LOAD_KW, (1.0, 100.0, 1.5)), nothing())
    assert steps.converged.tolist() == [True, False, True]
    assert np.isnan(steps.voltage_pu[:, 1]).all()
    assert np.isfinite(steps.voltage_pu[:, [0, 2]]).all()


def test_a_quarter_that_cannot_be_carried_is_named():
    with pytest.raises(SolverFailed, match=r"1 quarters did not converge .2023-01-02 00:15"):
        solve_flows(network(), blocks(LOAD_KW, (1.0, 100.0, 1.5)), nothing(), axis())


def test_a_balance_that_does_not_close_is_refused():
    strict = PowerFlowOptions(tolerance_pu=1e-4, balance_fraction=0.0, balance_floor_kw=0.0)
    with pytest.raises(SolverFailed, match=r"balance of . quarters does not close"):
        solve_flows(network(), blocks(LOAD_KW), nothing(), axis(), options=strict)


def test_a_load_of_another_grid_is_refused():
    other = LoadBlocks(csr_matrix((4, 1)), np.zeros((1, 3)))
    with pytest.raises(ValueError, match="4 nodes draw and 9 feed in where the grid has 9"):
        solve_flows(network(), other, nothing(), axis())


def test_a_feed_in_of_another_length_is_refused():
    with pytest.raises(ValueError, match="3 quarters of load beside 2 of feed-in"):
        solve_flows(network(), blocks(LOAD_KW), nothing(2), axis())


def test_a_load_of_another_length_than_the_axis_is_refused():
    with pytest.raises(ValueError, match="3 quarters where the axis has 4"):
        solve_flows(network(), blocks(LOAD_KW), nothing(), axis(4))
