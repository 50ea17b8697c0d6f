"""Laws of load blocks: whatever is kept apart gives what the full matrix would give."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.sparse import csr_matrix

from stroomstad.blocks import LoadBlocks

powers = st.floats(0.0, 1e4, allow_subnormal=False)


@st.composite
def load_blocks(draw):
    nodes, shapes, quarters = (draw(st.integers(1, 6)) for _ in range(3))
    weights = draw(arrays(float, (nodes, shapes), elements=powers))
    rows = draw(st.integers(0, 4))
    at = draw(arrays(np.int64, rows, elements=st.integers(0, nodes - 1)))
    explicit = draw(arrays(float, (rows, quarters), elements=powers))
    shape_kw = draw(arrays(float, (shapes, quarters), elements=powers))
    blocks = LoadBlocks(csr_matrix(weights), shape_kw, at, explicit)
    full = weights @ shape_kw
    for node, row in zip(at, explicit, strict=True):
        full[node] += row
    return blocks, full


@settings(max_examples=50, deadline=None)
@given(load_blocks(), st.data())
def test_a_block_equals_that_stretch_of_the_full_matrix(made, data):
    blocks, full = made
    start = data.draw(st.integers(0, blocks.quarters))
    stop = data.draw(st.integers(start, blocks.quarters))
    np.testing.assert_allclose(blocks.block(start, stop), full[:, start:stop], rtol=1e-12)


@settings(max_examples=50, deadline=None)
@given(load_blocks(), st.data())
def test_blocks_side_by_side_make_the_whole(made, data):
    blocks, _ = made
    cut = data.draw(st.integers(0, blocks.quarters))
    halves = [blocks.block(0, cut), blocks.block(cut, blocks.quarters)]
    np.testing.assert_array_equal(np.hstack(halves), blocks.block(0, blocks.quarters))


@settings(max_examples=50, deadline=None)
@given(load_blocks())
def test_power_is_never_negative(made):
    blocks, _ = made
    assert (blocks.block(0, blocks.quarters) >= 0).all()


@settings(max_examples=50, deadline=None)
@given(load_blocks(), st.data())
def test_permuting_nodes_permutes_their_power(made, data):
    blocks, _ = made
    order = np.array(data.draw(st.permutations(range(blocks.nodes))))
    place = np.argsort(order)
    moved = LoadBlocks(
        blocks.weights[order], blocks.shapes, place[blocks.explicit_nodes], blocks.explicit_kw
    )
    np.testing.assert_allclose(
        moved.block(0, blocks.quarters), blocks.block(0, blocks.quarters)[order], rtol=1e-12
    )


@settings(max_examples=50, deadline=None)
@given(load_blocks(), st.data())
def test_added_rows_add_exactly_their_own_power(made, data):
    blocks, full = made
    node = data.draw(st.integers(0, blocks.nodes - 1))
    row = data.draw(arrays(float, (1, blocks.quarters), elements=powers))
    full[node] += row[0]
    more = blocks.with_rows(np.array([node]), row)
    np.testing.assert_allclose(more.block(0, blocks.quarters), full, rtol=1e-12)
