"""The net of one station, cut out of a city's grid."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from power_grid_model import PowerGridModel
from power_grid_model.utils import json_deserialize
from tiny import make_grid, make_parameters, make_types

from stroomstad.powerflow import (
    PowerFlowOptions,
    build_network,
    build_phase_model,
    build_station_net,
    solve_phases,
)
from stroomstad.powerflow.asymmetric import PhaseArrays, unbalance
from stroomstad.powerflow.solver import no_cables


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


# --- cables that are open at one end


def with_open_cables():
    """The grid with two long open cables: one to another net, and one from the busbar itself."""
    grid = make_grid()
    like = grid.cables[grid.cables["cable_id"] == "L1"].drop(columns="kind")
    like = like.assign(feeder_id="", length_m=2000.0, c_nf_per_km=4000.0)
    rows = [
        like.assign(cable_id="O1", from_node="S1-b", to_node="S2-b"),
        like.assign(cable_id="O2", from_node="S1-lv", to_node="S1-a", parallel=2),
        like.assign(cable_id="O3", from_node="S2-a", to_node="S1-a"),
    ]
    return replace(grid, open_cables=pd.concat(rows, ignore_index=True))


def as_the_peer_has_it(grid, network, parameters):
    """The net of S1 as rows of power-grid-model, with each open cable off at its far end."""
    number = {name: at for at, name in enumerate(grid.nodes["node_id"])}
    closed = grid.cables[grid.cables["cable_id"].isin(["L1", "L2"])].assign(c_nf_per_km=0.0)
    hung = grid.open_cables[grid.open_cables["cable_id"].isin(["O1", "O2"])]
    lines = []
    for rows, far in ((closed, 1), (hung, 0)):
        for row in rows.to_dict("records"):
            km, side = row["length_m"] / 1e3, row["parallel"]
            r_ohm, x_ohm = row["r_ohm_per_km"] * km / side, row["x_ohm_per_km"] * km / side
            c_farad = row["c_nf_per_km"] * 1e-9 * km * side
            lines.append(
                {"id": 100 + len(lines), "from_node": number[row["from_node"]],
                 "to_node": number[row["to_node"]], "from_status": 1, "to_status": far,
                 "r1": r_ohm, "x1": x_ohm, "c1": c_farad, "tan1": 0.0,
                 "r0": r_ohm * parameters.value("lv_cable_r0_over_r1"),
                 "x0": x_ohm * parameters.value("lv_cable_x0_over_x1"),
                 "c0": c_farad, "tan0": 0.0, "i_n": 1e3}
            )  # fmt: skip
    of = network.arrays.transformers
    station = {
        "id": 200, "from_node": number["S1-mv"], "to_node": number["S1-lv"], "from_status": 1,
        "to_status": 1, "u1": of.from_voltage_v[0], "u2": of.to_voltage_v[0],
        "sn": of.rating_va[0], "uk": of.short_circuit_voltage_fraction[0],
        "pk": of.copper_loss_w[0], "i0": of.no_load_current_fraction[0],
        "p0": of.no_load_loss_w[0], "winding_from": 2, "winding_to": 1, "clock": 5,
        "tap_side": 0, "tap_pos": 0, "tap_min": 0, "tap_max": 0, "tap_nom": 0, "tap_size": 0.0,
    }  # fmt: skip
    source = {"id": 201, "node": number["S1-mv"], "status": 1, "sk": 1e15,
              "u_ref": parameters.value("source_voltage_pu")}  # fmt: skip
    drawn = [{"id": 300, "node": number["S1-b"], "status": 1, "type": 0,
              "p_specified": [6e3, 1e3, -2e3], "q_specified": [1e3, 0.0, 0.0]}]  # fmt: skip
    nodes = [
        {"id": number[row["node_id"]], "u_rated": row["voltage_v"]}
        for row in grid.nodes.to_dict("records")
    ]
    data = {"node": nodes, "line": lines, "transformer": [station], "source": [source],
            "asym_load": drawn}  # fmt: skip
    whole = {"version": "1.0", "type": "input", "is_batch": False, "attributes": {}, "data": data}
    solved = PowerGridModel(json_deserialize(json.dumps(whole, default=float)))
    found = solved.calculate_power_flow(symmetric=False, error_tolerance=1e-12)
    return pd.Series(list(found["node"]["u_pu"]), grid.nodes["node_id"]), found["line"]


def test_open_cables_are_charged_as_by_the_peer():
    grid, parameters = with_open_cables(), make_parameters()
    network = build_network(grid, make_types()[1], parameters)
    net = build_station_net(grid, network, "S1", parameters)
    model = build_phase_model(net.arrays, np.array([3]))
    drawn = np.array([[[6e3, 1e3, -2e3]]]), np.array([[[1e3, 0.0, 0.0]]])
    options = PowerFlowOptions(tolerance_pu=1e-12)
    states = solve_phases(model, *drawn, options=options)
    theirs, lines = as_the_peer_has_it(grid, network, parameters)
    expected_pu = np.array(theirs.loc[net.node_ids].tolist())
    assert states.magnitude_pu.shape == (1, 4, 3)
    assert states.magnitude_pu[0] == pytest.approx(expected_pu, abs=1e-9)
    current_a = np.maximum(lines["i_from"], lines["i_to"])[:2]
    assert states.cable_a[0] == pytest.approx(current_a, abs=1e-6)
    # 24 µF at 400 V draw 1.2 kvar, which raises the far end by over a ten-thousandth.
    bare = build_phase_model(replace(net.arrays, hanging=no_cables(), r0_ohm=net.arrays.r0_ohm[:2],
                                     x0_ohm=net.arrays.x0_ohm[:2]), np.array([3]))  # fmt: skip
    without = solve_phases(bare, *drawn, options=options).magnitude_pu[0]
    assert (states.magnitude_pu[0, 3] - without[3]).min() > 1e-4
