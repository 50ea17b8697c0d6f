"""Laws of physics and of bookkeeping that hold for every sweep."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from radial_nets import QUARTERS, drawn_blocks, radial_arrays
from scipy.sparse import csr_matrix

from stroomstad.blocks import LoadBlocks
from stroomstad.powerflow.solver import build_model, solve_states
from stroomstad.powerflow.swept import PRECISE, hand_over, to_branches
from stroomstad.sweep import (
    WORST,
    Drawn,
    SweepOptions,
    build_radial,
    build_sweep,
    solve_subtree,
    sweep_steps,
    sweep_year,
    tell_steps,
    tell_year,
)
from stroomstad.sweep.keep import join

LAW = settings(max_examples=25, deadline=None)
LAG = 0.3
LIMIT_KVA = 3.0
SEEDS = st.integers(0, 2**32 - 1)


def prepare(arrays, load, feed_in, limit_kva=None):
    nodes = arrays.node_voltage_v.size
    radial = build_radial(nodes, to_branches(arrays), arrays.source_node, arrays.source_voltage_pu)
    return build_sweep(radial, Drawn(load, feed_in, LAG), limit_kva, limit_kva)


def prepared(arrays, seed):
    return prepare(
        arrays,
        *drawn_blocks(seed, arrays.node_voltage_v.size),
        np.full(arrays.node_voltage_v.size, LIMIT_KVA),
    )


def by_another(arrays, load, feed_in):
    """Voltages by power-grid-model."""
    model = build_model(arrays, np.arange(load.nodes))
    load_w, feed_in_w = (blocks.block(0, blocks.quarters).T * 1e3 for blocks in (load, feed_in))
    return solve_states(model, load_w - feed_in_w, load_w * LAG, PRECISE)


def told(swept):
    """Every field of a year as bytes."""
    year = tell_year(swept)
    return {name: getattr(year, name).tobytes() for name in year.__dataclass_fields__}


@LAW
@given(radial_arrays(), SEEDS)
def test_voltages_and_losses_are_those_of_power_grid_model(arrays, seed):
    load, feed_in = drawn_blocks(seed, arrays.node_voltage_v.size)
    steps = tell_steps(sweep_steps(prepare(arrays, load, feed_in), 0, QUARTERS))
    states = by_another(arrays, load, feed_in)
    assert steps.solved.all()
    assert states.converged.all()
    assert np.abs(steps.voltage_pu - states.voltage_pu.T).max() <= 1e-6
    np.testing.assert_allclose(steps.losses_kw, states.losses_w / 1e3, rtol=1e-5, atol=1e-4)
    cable, transformer = arrays.cables.to_node, arrays.transformers.to_node
    np.testing.assert_allclose(steps.power_kw[cable], states.cable_from_w.T / 1e3, atol=1e-3)
    nominal = np.sqrt(3) * arrays.node_voltage_v[cable] / 1e3
    np.testing.assert_allclose(
        steps.apparent_kva[cable], states.cable_current_a.T * nominal[:, None], atol=1e-3
    )
    np.testing.assert_allclose(
        steps.apparent_kva[transformer], states.transformer_va.T / 1e3, atol=1e-3
    )
    np.testing.assert_allclose(
        steps.apparent_kva[arrays.source_node], states.source_va.T / 1e3, atol=1e-3
    )


@LAW
@given(radial_arrays(), SEEDS, st.floats(20, 2000))
def test_what_is_called_solved_is_right_however_high_the_load(arrays, seed, highest_kw):
    load, feed_in = drawn_blocks(seed, arrays.node_voltage_v.size, highest_kw)
    swept = sweep_steps(prepare(arrays, load, feed_in), 0, QUARTERS)
    steps, states = tell_steps(swept), by_another(arrays, load, feed_in)
    both = steps.solved & states.converged
    difference = steps.voltage_pu[:, both] - states.voltage_pu.T[:, both]
    assert np.abs(difference).max(initial=0.0) <= 1e-6
    assert (tell_steps(hand_over(swept, arrays)).solved == (steps.solved | states.converged)).all()


@LAW
@given(radial_arrays(), SEEDS)
def test_injected_minus_drawn_equals_losses(arrays, seed):
    sweep = prepared(arrays, seed)
    steps = tell_steps(sweep_steps(sweep, 0, QUARTERS))
    load, feed_in = sweep.drawn.load.block(0, QUARTERS), sweep.drawn.feed_in.block(0, QUARTERS)
    supplied = steps.power_kw[arrays.source_node].sum(axis=0)
    np.testing.assert_allclose(
        supplied + feed_in.sum(axis=0) - load.sum(axis=0), steps.losses_kw, atol=1e-9
    )
    np.testing.assert_allclose(steps.mismatch_kw, 0, atol=1e-9)
    assert (steps.losses_kw >= 0).all()
    year = tell_year(sweep_year(sweep))
    np.testing.assert_allclose(
        year.losses_kwh.sum(), year.losses_kw.sum() / 4, rtol=1e-6, atol=1e-6
    )


@LAW
@given(radial_arrays(has_shunts=False))
def test_without_load_and_shunts_the_voltage_is_flat(arrays):
    nodes = arrays.node_voltage_v.size
    nothing = LoadBlocks(csr_matrix((nodes, 1)), np.ones((1, QUARTERS)))
    steps = tell_steps(sweep_steps(prepare(arrays, nothing, nothing), 0, QUARTERS))
    taps = np.ones(nodes)
    for node, from_v in zip(
        arrays.transformers.to_node, arrays.transformers.from_voltage_v, strict=True
    ):
        taps[node] = 10_000.0 / from_v
    for up, node in zip(arrays.cables.from_node, arrays.cables.to_node, strict=True):
        taps[node] = taps[up]  # a node stands behind those with lower numbers
    expected = arrays.source_voltage_pu[0] * taps
    np.testing.assert_allclose(steps.voltage_pu, expected[:, None] * np.ones(QUARTERS), rtol=1e-12)
    assert not steps.losses_kw.any()
    assert not steps.apparent_kva.any()


@LAW
@given(radial_arrays(), SEEDS)
def test_permuting_rows_permutes_the_answer(arrays, seed):
    nodes = arrays.node_voltage_v.size
    load, feed_in = drawn_blocks(seed, nodes)
    rng = np.random.default_rng(seed)
    order = rng.permutation(nodes)  # order[new] = old
    new_of = np.argsort(order)

    def moved(blocks):
        return LoadBlocks(
            blocks.weights[order], blocks.shapes, new_of[blocks.explicit_nodes], blocks.explicit_kw
        )

    def shuffled(rows):
        mixed = rng.permutation(rows.from_node.size)
        columns = {name: getattr(rows, name)[mixed] for name in rows.__dataclass_fields__}
        ends = {name: new_of[columns[name]] for name in ("from_node", "to_node")}
        return type(rows)(**{**columns, **ends})

    other = replace(
        arrays,
        node_voltage_v=arrays.node_voltage_v[order],
        cables=shuffled(arrays.cables),
        transformers=shuffled(arrays.transformers),
        source_node=new_of[arrays.source_node],
    )
    one = tell_steps(sweep_steps(prepare(arrays, load, feed_in), 0, QUARTERS))
    two = tell_steps(sweep_steps(prepare(other, moved(load), moved(feed_in)), 0, QUARTERS))
    for name in ("power_kw", "apparent_kva", "voltage_pu"):
        np.testing.assert_allclose(
            getattr(one, name)[order], getattr(two, name), rtol=1e-9, atol=1e-9
        )


@LAW
@given(radial_arrays(), SEEDS)
def test_a_batch_equals_a_loop(arrays, seed):
    sweep = prepared(arrays, seed)
    batch = tell_steps(sweep_steps(sweep, 0, QUARTERS))
    for quarter in range(QUARTERS):
        alone = tell_steps(sweep_steps(sweep, quarter, quarter + 1))
        for name in ("power_kw", "apparent_kva", "voltage_pu"):
            assert getattr(batch, name)[:, [quarter]].tobytes() == getattr(alone, name).tobytes()


@LAW
@given(radial_arrays(), SEEDS, st.integers(0, QUARTERS - 1))
def test_a_quarter_without_its_neighbours_is_the_same_within_the_bound(arrays, seed, quarter):
    load, feed_in = drawn_blocks(seed, arrays.node_voltage_v.size)
    one = tell_steps(sweep_steps(prepare(arrays, load, feed_in), quarter, quarter + 1))
    at = np.array([quarter])
    alone = prepare(arrays, load.select(at), feed_in.select(at))
    two = tell_steps(sweep_steps(alone, 0, 1))
    assert np.abs(one.voltage_pu - two.voltage_pu).max() <= 2e-6


@LAW
@given(radial_arrays(), SEEDS, st.integers(1, QUARTERS - 1), st.integers(1, 60))
def test_any_split_of_the_year_gives_the_same_bytes(arrays, seed, cut, portion):
    sweep = prepared(arrays, seed)
    whole = sweep_year(sweep, series_nodes=np.array([2]))
    portions = sweep_year(
        sweep, series_nodes=np.array([2]), options=SweepOptions(portion_quarters=portion)
    )
    assert told(whole) == told(portions)
    parts = [
        sweep_year(sweep, span=span, series_nodes=np.array([2]))
        for span in ((0, cut), (cut, QUARTERS))
    ]
    for name in ("supply_p", "supply_q", "losses", "failed", "loading"):
        halves = [getattr(part.series, name) for part in parts]
        assert np.hstack(halves).tobytes() == getattr(whole.series, name).tobytes()
    join(parts[0].kept, parts[1].kept)
    for one, other in zip(parts[0].kept, whole.kept, strict=True):
        assert one.tobytes() == other.tobytes()


@LAW
@given(radial_arrays(), SEEDS, st.data())
def test_a_subtree_solve_equals_a_full_solve(arrays, seed, data):
    before = prepared(arrays, seed)
    node = data.draw(st.integers(0, arrays.node_voltage_v.size - 1))
    extra_kw = np.random.default_rng(seed).uniform(0, 20, (1, QUARTERS))
    load = before.drawn.load.with_rows(np.array([node]), extra_kw)
    after = prepare(
        arrays, load, before.drawn.feed_in, np.full(arrays.node_voltage_v.size, LIMIT_KVA)
    )
    series = np.arange(arrays.node_voltage_v.size)
    part = solve_subtree(sweep_year(before, series_nodes=series), after, np.array([node]))
    assert told(part) == told(sweep_year(after, series_nodes=series))


@LAW
@given(radial_arrays(), SEEDS)
def test_what_is_kept_of_a_year_is_what_its_quarters_show(arrays, seed):
    sweep = prepared(arrays, seed)
    steps, year = tell_steps(sweep_steps(sweep, 0, QUARTERS)), tell_year(sweep_year(sweep))
    out = np.where(steps.power_kw > 0, steps.apparent_kva, 0.0)
    back = np.where(steps.power_kw > 0, 0.0, steps.apparent_kva)
    np.testing.assert_allclose(year.load_max_kva, out.max(axis=1), rtol=1e-12)
    np.testing.assert_allclose(year.feed_in_max_kva, back.max(axis=1), rtol=1e-12)
    np.testing.assert_allclose(year.voltage_min_pu, steps.voltage_pu.min(axis=1), rtol=1e-12)
    np.testing.assert_allclose(year.voltage_max_pu, steps.voltage_pu.max(axis=1), rtol=1e-12)
    worst = -np.sort(-steps.apparent_kva, axis=1)[:, :WORST]
    np.testing.assert_allclose(year.worst_kva, worst, rtol=1e-12, atol=1e-12)
    rows = np.arange(arrays.node_voltage_v.size)[:, None]
    np.testing.assert_allclose(
        np.where(year.worst_at < 0, 0.0, steps.apparent_kva[rows, year.worst_at]), worst,
        rtol=1e-12, atol=1e-12,
    )  # fmt: skip
    for place, share in enumerate((0.8, 1.0, 1.2)):
        above = steps.apparent_kva - share * LIMIT_KVA
        np.testing.assert_allclose(year.hours_above[:, place], (above > 0).sum(axis=1) / 4)
        np.testing.assert_allclose(
            year.above_kvah[:, place], np.clip(above, 0, None).sum(axis=1) / 4, atol=1e-5
        )
