"""The net of one station, cut out of a city's grid."""

import numpy as np
import pytest
from tiny import make_grid, make_parameters, make_types

from stroomstad.powerflow import build_network, build_phase_model, build_station_net, solve_phases
from stroomstad.powerflow.asymmetric import PhaseArrays, unbalance


def net_of(station_id="S1"):
    grid, parameters = make_grid(), make_parameters()
    network = build_network(grid, make_types()[1], parameters)
    return build_station_net(grid, network, station_id, parameters), network, parameters


def test_the_net_is_what_lies_behind_the_station():
    net, network, _ = net_of()
    assert net.node_ids.tolist() == ["S1-mv", "S1-lv", "S1-a", "S1-b"]
    assert network.tree.node_ids[net.nodes].tolist() == net.node_ids.tolist()
    assert net.cable_ids.size == 2
    assert net.node_ids[net.cable_node].tolist() == ["S1-a", "S1-b"]


def test_distance_adds_up_along_the_cables():
    net, _, _ = net_of()
    length_m = make_grid().cables.set_index("cable_id").loc[net.cable_ids, "length_m"].to_numpy()
    from_node = net.arrays.cables.from_node
    assert net.distance_m[:2].tolist() == [0.0, 0.0]
    assert net.distance_m[net.cable_node] == pytest.approx(net.distance_m[from_node] + length_m)


def test_impedances_are_those_of_the_balanced_network():
    net, network, parameters = net_of()
    mine = np.isin(network.tree.link_ids[network.cable_link], net.cable_ids)
    assert net.arrays.cables.r_ohm.tolist() == network.arrays.cables.r_ohm[mine].tolist()
    ratio = parameters.value("lv_cable_r0_over_r1")
    assert net.arrays.r0_ohm == pytest.approx(ratio * net.arrays.cables.r_ohm)
    assert net.arrays.transformers.rating_va.size == 1
    rated_va = net.arrays.transformers.rating_va[0]
    assert net.station_rated_a == pytest.approx(rated_va / (np.sqrt(3) * 400.0))


def test_another_station_has_another_net():
    assert not set(net_of("S1")[0].node_ids) & set(net_of("S2")[0].node_ids)


def test_a_station_that_is_not_there_is_told():
    with pytest.raises(ValueError, match="there is no station 'S9'"):
        net_of("S9")


def test_one_phase_loaded_lowers_that_phase_and_returns_by_the_neutral():
    net, _, _ = net_of()
    model = build_phase_model(net.arrays, np.array([3]))
    active_w = np.array([[[8000.0, 0.0, 0.0]]])
    states = solve_phases(model, active_w, np.zeros_like(active_w))
    at_end = states.magnitude_pu[0, 3]
    assert at_end[0] < at_end[1:].min() - 0.005
    feeding = net.cable_node.tolist().index(3)
    current_a = 8000.0 / (at_end[0] * 400.0 / np.sqrt(3))
    assert states.cable_a[0, feeding] == pytest.approx([current_a, 0, 0], rel=1e-6, abs=1e-4)
    assert states.neutral_a[0, feeding] == pytest.approx(current_a, rel=1e-6)


def test_the_source_may_hold_another_voltage_in_every_step():
    net, _, _ = net_of()
    model = build_phase_model(net.arrays, np.array([2, 3]))
    nothing = np.zeros((2, 2, 3))
    states = solve_phases(model, nothing, nothing, np.array([0.98, 1.03]))
    assert states.magnitude_pu[:, 0, 0] == pytest.approx([0.98, 1.03], abs=1e-8)


def test_what_has_no_solution_is_missing_and_the_others_go_on():
    net, _, _ = net_of()
    model = build_phase_model(net.arrays, np.array([3]))
    active_w = np.array([[[1e3] * 3], [[5e6] * 3], [[2e3] * 3]])
    states = solve_phases(model, active_w, np.zeros_like(active_w))
    assert states.converged.tolist() == [True, False, True]
    assert np.isnan(states.magnitude_pu[1]).all()
    assert np.isfinite(states.magnitude_pu[[0, 2]]).all()


def test_a_power_that_is_no_number_is_refused():
    net, _, _ = net_of()
    model = build_phase_model(net.arrays, np.array([3]))
    with pytest.raises(ValueError, match="not a finite number"):
        solve_phases(model, np.full((1, 1, 3), np.nan), np.zeros((1, 1, 3)))


def test_a_net_without_cables_is_solved_too():
    net, _, _ = net_of()
    kept = np.zeros(net.cable_ids.size, dtype=bool)
    bare = PhaseArrays(
        net.arrays.node_voltage_v[:2],
        type(net.arrays.cables)(
            *(getattr(net.arrays.cables, name)[kept] for name in net.arrays.cables.__slots__)
        ),
        net.arrays.r0_ohm[kept],
        net.arrays.x0_ohm[kept],
        net.arrays.transformers,
        net.arrays.source,
    )
    model = build_phase_model(bare, np.array([1]))
    states = solve_phases(model, np.full((1, 1, 3), 1e3), np.zeros((1, 1, 3)))
    assert states.cable_a.shape == (1, 0, 3)
    assert states.neutral_a.shape == (1, 0)


def test_a_voltage_missing_in_one_phase_is_half_negative_sequence():
    turn = np.exp(2j * np.pi / 3)
    assert unbalance(np.array([1.0, turn**2, turn])) == pytest.approx(0.0, abs=1e-12)
    assert unbalance(np.array([0.0, turn**2, turn])) == pytest.approx(0.5)
