import numpy as np
import pytest
from scipy.sparse import csr_matrix

from stroomstad.blocks import LoadBlocks

WEIGHTS = csr_matrix(np.array([[2.0, 0.0], [0.0, 3.0], [1.0, 1.0]]))
SHAPES = np.array([[0.1, 0.2, 0.3, 0.4], [1.0, 0.0, 0.5, 0.0]])


@pytest.fixture
def blocks():
    return LoadBlocks(WEIGHTS, SHAPES)


def test_it_knows_how_many_nodes_and_quarters_it_covers(blocks):
    assert (blocks.nodes, blocks.quarters) == (3, 4)


def test_a_block_is_weights_times_shapes(blocks):
    np.testing.assert_allclose(blocks.block(0, 2), [[0.2, 0.4], [3.0, 0.0], [1.1, 0.2]])


def test_an_empty_stretch_has_no_quarters(blocks):
    assert blocks.block(2, 2).shape == (3, 0)


def test_an_explicit_row_comes_on_top_of_what_the_node_draws(blocks):
    more = blocks.with_rows(np.array([1]), np.array([[10.0, 20.0, 30.0, 40.0]]))
    np.testing.assert_allclose(more.block(1, 3)[1], [20.0, 31.5])
    np.testing.assert_array_equal(more.block(1, 3)[0], blocks.block(1, 3)[0])


def test_rows_of_one_node_add_up(blocks):
    row = np.ones((1, 4))
    more = blocks.with_rows(np.array([2, 2]), np.vstack([row, 2 * row])).with_rows(
        np.array([2]), 4 * row
    )
    np.testing.assert_allclose(more.block(0, 4)[2] - blocks.block(0, 4)[2], 7.0)


def test_adding_rows_leaves_the_original_as_it_was(blocks):
    before = blocks.block(0, 4)
    blocks.with_rows(np.array([0]), np.ones((1, 4)))
    np.testing.assert_array_equal(blocks.block(0, 4), before)


def test_selected_quarters_come_in_the_order_asked(blocks):
    more = blocks.with_rows(np.array([0]), np.array([[1.0, 2.0, 3.0, 4.0]]))
    picked = np.array([3, 0, 3])
    np.testing.assert_array_equal(more.select(picked).block(0, 3), more.block(0, 4)[:, picked])


def test_selecting_without_explicit_rows_keeps_their_absence(blocks):
    assert blocks.select(np.array([1])).explicit_nodes.size == 0
