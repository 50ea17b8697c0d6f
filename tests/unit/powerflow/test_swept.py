"""The fast path beside power-grid-model: same year, taking over, and the audit."""

from dataclasses import replace

import numpy as np
import pytest
from radial_nets import make_arrays, make_city_year

from stroomstad.powerflow import solve_steps, solve_year
from stroomstad.powerflow.solver import Cables
from stroomstad.powerflow.swept import (
    audit,
    find_obstacles,
    hand_over,
    solve_steps_swept,
    solve_year_swept,
    sweep_network,
    tell_obstacles,
)
from stroomstad.sweep import SweepOptions, sweep_year, tell_year

QUARTERS = 200
NEVER_PROVEN = SweepOptions(tolerance_pu=1e-12, rounds_max=1)


def test_the_year_is_that_of_power_grid_model():
    swept, other = (
        solve_year_swept(*make_city_year(QUARTERS)),
        solve_year(*make_city_year(QUARTERS)),
    )
    for name in ("load_max", "feed_in_max", "voltage_min", "voltage_max"):
        one, two = getattr(swept, name), getattr(other, name)
        np.testing.assert_allclose(one.value, two.value, rtol=2e-6, atol=1e-5)
        held = np.isin(np.arange(one.at.size), make_city_year(QUARTERS)[0].arrays.source_node)
        assert (one.at == two.at)[~held | (name[0] != "v")].all()
    np.testing.assert_allclose(swept.losses_kw, other.losses_kw, rtol=1e-5)
    assert swept.losses_kwh == pytest.approx(other.losses_kwh, rel=1e-6)


def test_the_steps_are_those_of_power_grid_model_also_where_there_is_no_solution():
    network, load, feed_in, _ = make_city_year(QUARTERS)
    load.shapes[:, 17] = 1e3
    told = []
    options = SweepOptions(portion_quarters=70)
    swept = solve_steps_swept(network, load, feed_in, told.append, options=options)
    other = solve_steps(network, load, feed_in)
    assert swept.converged.tolist() == other.converged.tolist()
    assert np.flatnonzero(~swept.converged).tolist() == [17]
    for name in ("power_kw", "apparent_kva", "voltage_pu", "losses_kw"):
        one, two = getattr(swept, name), getattr(other, name)
        assert one.dtype == two.dtype
        np.testing.assert_allclose(one, two, rtol=2e-6, atol=2e-4, equal_nan=True)
    assert told == pytest.approx([0.35, 0.7, 1.0])


def test_the_audit_tells_the_largest_difference():
    network, load, feed_in, _ = make_city_year(QUARTERS)
    swept = sweep_year(sweep_network(network, load, feed_in))
    found = audit(swept, network.arrays, quarters=7, seed=5)
    assert found.quarters.size == 7
    assert 0 < found.voltage_pu <= 1e-6
    assert 0 < found.losses_kw <= 1e-3
    assert audit(swept, network.arrays, quarters=7, seed=5).voltage_pu == found.voltage_pu
    assert (audit(swept, network.arrays, quarters=7, seed=6).quarters != found.quarters).any()


def test_the_audit_notices_another_grid():
    network, load, feed_in, _ = make_city_year(QUARTERS)
    swept = sweep_year(sweep_network(network, load, feed_in))
    network.arrays.cables.r_ohm[:] *= 1.01
    assert audit(swept, network.arrays).voltage_pu > 1e-6


def test_a_quarter_without_a_solution_is_named():
    network, load, feed_in, axis = make_city_year(QUARTERS)
    load.shapes[:, 17] = 1e3
    told = solve_year_swept(network, load, feed_in, axis)
    assert np.flatnonzero(~told.solved).tolist() == [17]
    assert np.flatnonzero(np.isnan(told.losses_kw)).tolist() == [17]
    swept = hand_over(sweep_year(sweep_network(network, load, feed_in)), network.arrays)
    year = tell_year(swept)
    assert np.flatnonzero(~year.solved).tolist() == [17]
    assert not (year.worst_at == 17).any()
    assert 17 not in audit(swept, network.arrays, quarters=QUARTERS).quarters


def test_what_power_grid_model_takes_over_counts_like_any_other_quarter():
    network, load, feed_in, _ = make_city_year(QUARTERS)
    whole = sweep_year(sweep_network(network, load, feed_in))
    hurried = sweep_year(sweep_network(network, load, feed_in), options=NEVER_PROVEN)
    assert hurried.series.failed.all()
    one, two = tell_year(hand_over(hurried, network.arrays)), tell_year(whole)
    for name in ("load_max_kva", "worst_kva", "losses_kwh", "voltage_min_pu", "losses_kw"):
        np.testing.assert_allclose(getattr(one, name), getattr(two, name), rtol=1e-5, atol=1e-6)
    assert one.solved.all()


def test_obstacles_are_told_by_name_and_all_at_once():
    plain = (0.1, 0.1, 0.0)
    cables = [(0, 1, *plain), (1, 0, *plain), (0, 2, *plain), (4, 5, *plain)]
    arrays = make_arrays([400.0] * 6, cables, sources=3)
    issues = tell_obstacles(find_obstacles(arrays), list("abcdef"), list("KLMN"))
    told = [str(issue) for issue in issues]
    assert len(told) == 3
    assert "3 nodes that no source reaches (d, e, f)" in told[0]
    assert "1 links that close a loop (L)" in told[1]
    assert "2 sources feed what another feeds" in told[2]


def hung(network):
    """The same network with cables that hang open: one at a busbar, others at both levels."""
    arrays = network.arrays
    of = arrays.cables
    at_busbar = np.flatnonzero(of.from_node == arrays.source_node[0])[0]
    nodes = np.append(of.from_node[at_busbar], of.to_node[[at_busbar, -1]])
    others = np.append(of.to_node[at_busbar], of.from_node[[at_busbar, -1]])
    ohm, farad = np.array([2.0, 3.0, 0.1]), np.array([4e-6, 3e-6, 2e-5])
    hanging = Cables(nodes, others, ohm, 0.4 * ohm, farad)
    return replace(network, arrays=replace(arrays, hanging=hanging))


def test_what_hangs_open_is_charged_as_in_power_grid_model():
    plain, load, feed_in, axis = make_city_year(QUARTERS)
    network = hung(plain)
    swept, other = (solve(network, load, feed_in) for solve in (solve_steps_swept, solve_steps))
    assert swept.converged.all()
    for name in ("power_kw", "apparent_kva", "voltage_pu", "losses_kw"):
        one, two = getattr(swept, name), getattr(other, name)
        assert one.shape == two.shape
        np.testing.assert_allclose(one, two, rtol=2e-6, atol=2e-4)
    bare = solve_steps(plain, load, feed_in)
    assert np.abs(bare.voltage_pu - other.voltage_pu).max() > 1e-4
    source = plain.arrays.source_node[0]
    assert np.abs(bare.apparent_kva[source] - other.apparent_kva[source]).max() > 1.0
    for each in (swept, other):
        assert np.abs(each.mismatch_kw).max() < 0.02
    year = solve_year_swept(network, load, feed_in, axis)
    assert year.voltage_min.value.shape == (load.nodes,)
    np.testing.assert_allclose(year.voltage_min.value, other.voltage_pu.min(axis=1), atol=1e-6)


def test_what_hangs_open_is_taken_over_and_audited_too():
    plain, load, feed_in, _ = make_city_year(QUARTERS)
    network = hung(plain)
    whole = sweep_year(sweep_network(network, load, feed_in))
    assert audit(whole, network.arrays, quarters=7).voltage_pu <= 1e-6
    hurried = sweep_year(sweep_network(network, load, feed_in), options=NEVER_PROVEN)
    assert hurried.failed[1].size
    one, two = tell_year(hand_over(hurried, network.arrays)), tell_year(whole)
    assert one.solved.all()
    np.testing.assert_allclose(one.voltage_max_pu, two.voltage_max_pu, rtol=1e-7)
    np.testing.assert_allclose(one.losses_kw, two.losses_kw, rtol=1e-5)


def test_a_hanging_cable_is_no_obstacle():
    network = hung(make_city_year(1)[0])
    assert not find_obstacles(network.arrays)
    lost = make_arrays([400.0] * 4, [(0, 1, 0.1, 0.1, 0.0), (2, 3, 0.1, 0.1, 0.0)])
    end = Cables(*(np.array([value]) for value in (2, 3)), *(np.array([0.1]) for _ in range(3)))
    assert find_obstacles(replace(lost, hanging=end)).without_source.tolist() == [2, 3]
