"""Laws of physics and of bookkeeping that hold for every radial grid and every load."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from tiny import make_parameters, make_types

from stroomstad.blocks import LoadBlocks
from stroomstad.powerflow import PowerFlowOptions, build_network, solve_flows, solve_steps
from stroomstad.tables.grid import Grid
from stroomstad.tables.profiles import TimeAxis

LAW = settings(max_examples=25, deadline=None)
STEPS = 4
NODE_COLUMNS = ["node_id", "kind", "voltage_v"]
CABLE_COLUMNS = [
    "cable_id", "kind", "from_node", "to_node", "parallel", "length_m", "r_ohm_per_km",
    "x_ohm_per_km", "rated_current_a",
]  # fmt: skip
STATION_COLUMNS = ["station_id", "node_mv", "node_lv", "rating_kva"]


@st.composite
def grids(draw):
    """One or two substations, a few stations behind each other or not, and trees of cables."""
    roots = [f"OS{i}" for i in range(draw(st.integers(1, 2)))]
    nodes = [(root, "substation", 10_000.0) for root in roots]
    cables, stations, mv_ends = [], [], list(roots)
    for s in range(draw(st.integers(1, 3))):
        mv, lv = f"S{s}-mv", f"S{s}-lv"
        nodes += [(mv, "station_mv", 10_000.0), (lv, "station_lv", 400.0)]
        cables.append(
            (f"M{s}", "mv_cable", draw(st.sampled_from(mv_ends)), mv, draw(st.integers(1, 2)),
             draw(st.floats(0, 2000)), 0.206, 0.11, 315.0)
        )  # fmt: skip
        stations.append((f"S{s}", mv, lv, draw(st.sampled_from([250.0, 400.0, 630.0, 2000.0]))))
        mv_ends.append(mv)
        lv_ends = [lv]
        for c in range(draw(st.integers(0, 4))):
            end = f"S{s}-{c}"
            nodes.append((end, "lv", 400.0))
            cables.append(
                (f"L{s}-{c}", "lv_cable", draw(st.sampled_from(lv_ends)), end, 1,
                 draw(st.floats(0, 200)), 0.32, 0.082, 190.0)
            )  # fmt: skip
            lv_ends.append(end)
    return Grid(
        pd.DataFrame(nodes, columns=NODE_COLUMNS),
        pd.DataFrame(cables, columns=CABLE_COLUMNS),
        pd.DataFrame(stations, columns=STATION_COLUMNS),
        pd.DataFrame({"substation_id": roots, "node_mv": roots}),
        pd.DataFrame(),
        pd.DataFrame(),
    )


def drawn(seed, grid, highest_kw=25.0):
    """Load and feed-in of every node in every step, from a seed."""
    rng = np.random.default_rng(seed)
    power_kw = rng.uniform(0, highest_kw, (2, len(grid.nodes), STEPS))
    power_kw *= rng.random((2, len(grid.nodes), 1)) < 0.7
    return power_kw[0], power_kw[1]


def blocks(power_kw):
    """One shape per node: any load can be written like that."""
    return LoadBlocks(csr_matrix(np.eye(len(power_kw))), power_kw)


def solve(grid, load_kw, feed_in_kw, *, types=None, options=None):
    network = build_network(grid, make_types()[1] if types is None else types, make_parameters())
    return solve_steps(
        network, blocks(load_kw), blocks(feed_in_kw), options=options or PowerFlowOptions()
    )


def scaled(grid, factor):
    impedance = {name: grid.cables[name] * factor for name in ("r_ohm_per_km", "x_ohm_per_km")}
    types = make_types()[1].assign(no_load_loss_kw=0.0, no_load_current_fraction=0.0)
    for name in ("short_circuit_voltage_fraction", "copper_loss_kw"):
        types[name] *= factor
    return replace(grid, cables=grid.cables.assign(**impedance)), types


def supplied_kw(grid, flows):
    """What all substations together supply."""
    return flows.power_kw[(grid.nodes["kind"] == "substation").to_numpy()].sum(axis=0)


def sweep(network, load_kw, feed_in_kw):
    """Voltages by backward and forward sweep, one step: an oracle that shares no code.

    C. S. Cheng and D. Shirmohammadi, IEEE Transactions on Power Systems 10(2), 1995.
    """
    arrays, tree = network.arrays, network.tree
    base_ohm = arrays.node_voltage_v**2 / 1e6
    z = np.zeros(tree.parent.size, dtype=complex)
    shunt = np.zeros_like(z)
    cables, trafos = arrays.cables, arrays.transformers
    z[cables.to_node] = (cables.r_ohm + 1j * cables.x_ohm) / base_ohm[cables.to_node]
    r = trafos.copper_loss_w / trafos.rating_va
    x = np.sqrt(trafos.short_circuit_voltage_fraction**2 - r**2)
    z[trafos.to_node] = (r + 1j * x) * 1e6 / trafos.rating_va
    g = trafos.no_load_loss_w / trafos.rating_va
    b = np.sqrt(trafos.no_load_current_fraction**2 - g**2)
    for ends in (trafos.from_node, trafos.to_node):
        np.add.at(shunt, ends, (g - 1j * b) * trafos.rating_va / 1e6 / 2)
    lag = np.tan(np.arccos(network.power_factor))
    s = (load_kw * (1 + 1j * lag) - feed_in_kw) / 1e3
    held = make_parameters().value("source_voltage_pu")
    u = np.full(tree.parent.size, held, dtype=complex)
    for _ in range(60):
        current = np.conj(s / u) + shunt * u
        for i in tree.order[::-1]:
            if tree.parent[i] >= 0:
                current[tree.parent[i]] += current[i]
        for i in tree.order:
            if tree.parent[i] >= 0:
                u[i] = u[tree.parent[i]] - z[i] * current[i]
    return np.abs(u)


@LAW
@given(grids(), st.integers(0, 2**32 - 1))
def test_the_voltages_are_those_of_a_backward_and_forward_sweep(grid, seed):
    load_kw, feed_in_kw = drawn(seed, grid)
    network = build_network(grid, make_types()[1], make_parameters())
    flows = solve_steps(network, blocks(load_kw), blocks(feed_in_kw))
    by_sweep = sweep(network, load_kw[:, 0], feed_in_kw[:, 0])
    np.testing.assert_allclose(flows.voltage_pu[:, 0], by_sweep, rtol=0, atol=3e-7)


@LAW
@given(grids(), st.integers(0, 2**32 - 1))
def test_injected_minus_drawn_equals_losses(grid, seed):
    load_kw, feed_in_kw = drawn(seed, grid)
    flows = solve(grid, load_kw, feed_in_kw)
    surplus_kw = supplied_kw(grid, flows) + feed_in_kw.sum(axis=0) - load_kw.sum(axis=0)
    np.testing.assert_allclose(surplus_kw, flows.losses_kw, rtol=0, atol=1e-3)
    assert (flows.losses_kw > 0).all()


@LAW
@given(grids())
def test_without_load_and_shunts_the_voltage_is_flat(grid):
    _, types = scaled(grid, 1.0)
    nothing = np.zeros((len(grid.nodes), STEPS))
    flows = solve(grid, nothing, nothing, types=types)
    held = make_parameters().value("source_voltage_pu")
    np.testing.assert_allclose(flows.voltage_pu, held, rtol=0, atol=1e-7)
    np.testing.assert_allclose(flows.losses_kw, 0, atol=1e-6)


@LAW
@given(grids(), st.integers(0, 2**32 - 1))
def test_without_impedance_the_voltage_does_not_drop(grid, seed):
    laid = replace(grid, cables=grid.cables.assign(length_m=grid.cables["length_m"].clip(10)))
    tiny, types = scaled(laid, 1e-4)
    flows = solve(tiny, *drawn(seed, grid), types=types)
    held = make_parameters().value("source_voltage_pu")
    np.testing.assert_allclose(flows.voltage_pu, held, rtol=0, atol=1e-4)


@LAW
@given(grids(), st.integers(0, 2**32 - 1))
def test_permuting_rows_permutes_the_answer(grid, seed):
    load_kw, feed_in_kw = drawn(seed, grid)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(grid.nodes))
    shuffled = replace(
        grid,
        nodes=grid.nodes.iloc[order].reset_index(drop=True),
        cables=grid.cables.sample(frac=1, random_state=rng),
        stations=grid.stations.sample(frac=1, random_state=rng),
        substations=grid.substations.iloc[::-1],
    )
    one, other = (
        solve(grid, load_kw, feed_in_kw),
        solve(shuffled, load_kw[order], feed_in_kw[order]),
    )
    for name in ("power_kw", "apparent_kva", "voltage_pu"):
        np.testing.assert_allclose(
            getattr(one, name)[order], getattr(other, name), rtol=1e-5, atol=1e-4
        )


@LAW
@given(grids(), st.integers(0, 2**32 - 1))
def test_a_batch_equals_a_loop(grid, seed):
    load_kw, feed_in_kw = drawn(seed, grid)
    batch = solve(grid, load_kw, feed_in_kw)
    for step in range(STEPS):
        alone = solve(grid, load_kw[:, [step]], feed_in_kw[:, [step]])
        for name in ("power_kw", "apparent_kva", "voltage_pu"):
            assert getattr(batch, name)[:, step].tobytes() == getattr(alone, name).tobytes()


@LAW
@given(grids(), st.integers(0, 2**32 - 1), st.integers(1, 3))
def test_threads_and_chunks_change_no_byte(grid, seed, chunk):
    load_kw, feed_in_kw = drawn(seed, grid)
    one = solve(grid, load_kw, feed_in_kw, options=PowerFlowOptions(threads=-1))
    other = solve(
        grid, load_kw, feed_in_kw, options=PowerFlowOptions(threads=2, chunk_quarters=chunk)
    )
    for name in ("power_kw", "apparent_kva", "voltage_pu", "losses_kw", "mismatch_kw"):
        assert getattr(one, name).tobytes() == getattr(other, name).tobytes()


@LAW
@given(grids(), st.integers(0, 2**32 - 1))
def test_the_same_load_twice_gives_the_same_answer_twice(grid, seed):
    load_kw, feed_in_kw = drawn(seed, grid)
    twice = solve(grid, np.tile(load_kw, 2), np.tile(feed_in_kw, 2))
    assert twice.voltage_pu[:, :STEPS].tobytes() == twice.voltage_pu[:, STEPS:].tobytes()


@LAW
@given(grids(), st.integers(0, 2**32 - 1), st.floats(1.05, 1.5))
def test_more_load_never_raises_a_voltage(grid, seed, factor):
    load_kw, _ = drawn(seed, grid)
    nothing = np.zeros_like(load_kw)
    _, types = scaled(grid, 1.0)
    less, more = (solve(grid, load_kw * by, nothing, types=types) for by in (1.0, factor))
    assert (more.voltage_pu <= less.voltage_pu + 1e-6).all()
    assert (more.losses_kw >= less.losses_kw - 1e-6).all()


@LAW
@given(grids(), st.integers(0, 2**32 - 1))
def test_a_stretch_of_time_is_its_steps(grid, seed):
    load_kw, feed_in_kw = drawn(seed, grid)
    network = build_network(grid, make_types()[1], make_parameters())
    axis = TimeAxis(dt.datetime(2023, 1, 2, tzinfo=dt.UTC), STEPS)
    flows = solve_flows(network, blocks(load_kw), blocks(feed_in_kw), axis)
    steps = solve_steps(network, blocks(load_kw), blocks(feed_in_kw))
    assert flows.axis == axis
    assert flows.voltage_pu.tobytes() == steps.voltage_pu.tobytes()
    assert flows.power_kw.tobytes() == steps.power_kw.tobytes()
