"""Laws that hold for every net in three phases, and for every way to deal homes over them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from station_nets import drawn_demand, in_phases, station_arrays

from stroomstad.powerflow.asymmetric import build_phase_model, solve_phases
from stroomstad.powerflow.solver import PowerFlowOptions, build_model, solve_states
from stroomstad.simulation.dealing import (
    DealingRules,
    deal_homes,
    drawn_shares,
    gather_homes,
    solar_shares,
)

LAW = settings(max_examples=25, deadline=None)
CLOSE = PowerFlowOptions(tolerance_pu=1e-11)
SAME_PU = 1e-9
seeds = st.integers(0, 2**32 - 1)
nets = station_arrays()


def solve(arrays, at, active_w, reactive_var, **ratios):
    model = build_phase_model(in_phases(arrays, **ratios), at)
    return solve_phases(model, active_w, reactive_var, options=CLOSE)


@LAW
@given(nets, seeds, st.floats(1.0, 6.0))
def test_equal_phases_give_the_balanced_result(arrays, seed, zero_over_positive):
    at, active_w, reactive_var = drawn_demand(seed, arrays)
    alike_w, alike_var = (
        np.repeat(each.mean(axis=2, keepdims=True), 3, axis=2) for each in (active_w, reactive_var)
    )
    states = solve(
        arrays, at, alike_w, alike_var, r0_over_r1=zero_over_positive, x0_over_x1=zero_over_positive
    )
    balanced = solve_states(
        build_model(arrays, at), alike_w.sum(axis=2), alike_var.sum(axis=2), CLOSE
    )
    assert np.abs(states.magnitude_pu - balanced.voltage_pu[..., None]).max() <= SAME_PU
    assert states.cable_a == pytest.approx(
        np.repeat(balanced.cable_current_a[..., None], 3, axis=2), rel=1e-6, abs=1e-6
    )
    assert states.neutral_a.max() <= 1e-6
    assert states.unbalance.max() <= SAME_PU


@LAW
@given(nets, seeds, st.sampled_from([[1, 2, 0], [2, 0, 1]]))
def test_turning_the_phases_on_turns_the_result_on(arrays, seed, order):
    # Two phases changed for each other meet a source that turns the other way: no such law.
    at, active_w, reactive_var = drawn_demand(seed, arrays)
    one = solve(arrays, at, active_w, reactive_var)
    other = solve(arrays, at, active_w[..., order], reactive_var[..., order])
    assert np.abs(other.magnitude_pu - one.magnitude_pu[..., order]).max() <= SAME_PU
    assert other.cable_a == pytest.approx(one.cable_a[..., order], rel=1e-6, abs=1e-6)
    assert other.neutral_a == pytest.approx(one.neutral_a, rel=1e-6, abs=1e-6)
    assert other.unbalance == pytest.approx(one.unbalance, abs=SAME_PU)


@LAW
@given(station_arrays(iron=False))
def test_without_load_every_phase_has_the_held_voltage(arrays):
    at, active_w, _ = drawn_demand(0, arrays)
    nothing = np.zeros_like(active_w)
    states = solve(arrays, at, nothing, nothing)
    assert np.abs(states.magnitude_pu - arrays.source_voltage_pu[0]).max() <= SAME_PU
    assert states.cable_a.max() <= 1e-5
    assert states.unbalance.max() <= SAME_PU


@LAW
@given(nets, seeds)
def test_what_is_solved_together_is_solved_alone(arrays, seed):
    at, active_w, reactive_var = drawn_demand(seed, arrays)
    together = solve(arrays, at, active_w, reactive_var)
    for step in range(active_w.shape[0]):
        alone = solve(arrays, at, active_w[[step]], reactive_var[[step]])
        assert np.abs(alone.magnitude_pu[0] - together.magnitude_pu[step]).max() <= SAME_PU


@LAW
@given(nets, seeds)
def test_each_phase_and_the_neutral_carry_what_hangs_behind(arrays, seed):
    at, active_w, reactive_var = drawn_demand(seed, arrays)
    states = solve(arrays, at, active_w, reactive_var)
    volt = states.voltage_pu[:, at] * 400.0 / np.sqrt(3.0)
    drawn_a = np.conj((active_w + 1j * reactive_var) / volt)
    behind_a = np.zeros((*states.cable_a.shape[:1], arrays.node_voltage_v.size, 3), dtype=complex)
    behind_a[:, at] = drawn_a
    ends = arrays.cables
    for cable in np.argsort(-ends.to_node):
        behind_a[:, ends.from_node[cable]] += behind_a[:, ends.to_node[cable]]
    carried_a = behind_a[:, ends.to_node]
    assert states.cable_a == pytest.approx(np.abs(carried_a), rel=1e-5, abs=1e-4)
    assert states.neutral_a == pytest.approx(np.abs(carried_a.sum(axis=2)), rel=1e-5, abs=1e-4)


shares = st.floats(0, 1)
rules = st.builds(
    DealingRules,
    three_phase_share=shares,
    new_three_phase_share=shares,
    random_share=shares,
    variation=st.floats(0, 2),
    phase_max_kw=st.floats(1, 20),
    system_kwp=st.floats(1, 6),
    solar_hours=st.just(900.0),
)
counts = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4)), min_size=1, max_size=8)


def dealt(counts, rules, seed):
    old, new = np.array(counts, dtype=float).T
    rng = np.random.default_rng(seed)
    homes = gather_homes(old, new)
    solar_kwh = rng.uniform(0, 9000, old.size)
    return homes, deal_homes(homes, solar_kwh, rules, rng), solar_kwh, rng


@LAW
@given(counts, rules, seeds)
def test_shares_of_the_phases_add_up(counts, rules, seed):
    homes, dealing, _, rng = dealt(counts, rules, seed)
    homes_kw = rng.uniform(0, 30, (5, homes.nodes))
    drawn = drawn_shares(dealing, homes_kw, rules, rng)
    fed = solar_shares(dealing)
    assert drawn.shape == (5, homes.nodes, 3)
    for each in (drawn, fed):
        assert (each >= 0).all()
        assert each.sum(axis=-1) == pytest.approx(np.ones(each.shape[:-1]))
    empty = np.array(counts).sum(axis=1) == 0
    assert (drawn[:, empty] == 1 / 3).all()


@LAW
@given(counts, rules, seeds)
def test_every_home_is_dealt_once_and_panels_to_homes(counts, rules, seed):
    homes, dealing, solar_kwh, _ = dealt(counts, rules, seed)
    assert homes.node.size == sum(map(sum, counts)) == dealing.phase.size
    assert homes.new.sum() == sum(new for _, new in counts)
    assert np.isin(dealing.phase, [0, 1, 2]).all()
    at_node = np.bincount(homes.node, weights=dealing.solar, minlength=homes.nodes)
    of_node = np.bincount(homes.node, minlength=homes.nodes)
    systems = solar_kwh / (rules.solar_hours * rules.system_kwp)
    assert (at_node <= of_node).all()
    roomy = systems <= of_node
    assert (np.abs(at_node - systems)[roomy] <= 1.0).all()


@LAW
@given(counts, rules, seeds)
def test_no_phase_draws_more_than_the_fuses_of_its_homes(counts, rules, seed):
    homes, dealing, _, rng = dealt(counts, rules, seed)
    phases = np.where(dealing.three_phase, 3, 1)
    all_fuses_kw = np.bincount(
        homes.node, weights=phases * rules.phase_max_kw, minlength=homes.nodes
    )
    homes_kw = 0.5 * all_fuses_kw * rng.uniform(0, 1, (4, homes.nodes))
    drawn_kw = drawn_shares(dealing, homes_kw, rules, rng) * homes_kw[..., None]
    for phase in range(3):
        here = dealing.three_phase | (dealing.phase == phase)
        fuses_kw = rules.phase_max_kw * np.bincount(
            homes.node, weights=here.astype(float), minlength=homes.nodes
        )
        # What five rounds do not place is spread alike, and is little.
        assert (drawn_kw[..., phase] <= fuses_kw + 0.05 * homes_kw + 1e-9).all()
