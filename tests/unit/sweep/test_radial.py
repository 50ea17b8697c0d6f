"""Order of a sweep, and what keeps a grid from being swept."""

import numpy as np
import pytest
from radial_nets import make_arrays

from stroomstad.powerflow.swept import find_obstacles, to_branches
from stroomstad.sweep import build_radial

PLAIN = (0.1, 0.1, 0.0)


def radial(arrays):
    nodes = arrays.node_voltage_v.size
    return build_radial(nodes, to_branches(arrays), arrays.source_node, arrays.source_voltage_pu)


def test_a_feeder_stands_together_with_parents_before_children():
    #      0 - 3 - 1     and     0 - 4 - 2
    cables = [(3, 1, *PLAIN), (4, 2, *PLAIN), (0, 3, *PLAIN), (4, 0, *PLAIN)]
    order = radial(make_arrays([400.0] * 5, cables))
    assert order.node.tolist() == [3, 1, 4, 2]
    assert order.branch.tolist() == [2, 0, 3, 1]
    assert order.tree.above.tolist() == [0, 1, 0, 1]
    assert order.tree.first.tolist() == [0, 2, 4]
    assert order.feeders_of(np.array([2])).tolist() == [1]
    assert order.feeders_of(np.array([0])).tolist() == []


def test_a_ratio_is_taken_into_the_unit_of_the_voltage():
    transformer = (0, 1, 10_250.0, 400.0, 400e3, 0.05, 4000.0, 0.0, 0.0)
    order = radial(make_arrays([10_000.0, 400.0], [], [transformer], held_pu=1.03))
    assert order.voltage.tolist() == pytest.approx([1.03 / 1.025])
    assert order.loading.tolist() == [1.0]


def test_a_transformer_may_lie_either_way():
    up = (1, 0, 10_000.0, 400.0, 400e3, 0.05, 4000.0, 0.0, 0.0)
    order = radial(make_arrays([400.0, 10_000.0], [], [up], held_pu=1.0))
    assert order.voltage.tolist() == pytest.approx([1.0])
    assert order.tree.z[0] == pytest.approx(0.05 / 0.4)


def test_what_no_source_reaches_is_told():
    found = find_obstacles(make_arrays([400.0] * 4, [(0, 1, *PLAIN), (2, 3, *PLAIN)]))
    assert found.without_source.tolist() == [2, 3]
    assert not found.in_loops.size
    assert not found.fed_twice.size


def test_every_loop_is_told_by_the_link_that_closes_it():
    cables = [(0, 1, *PLAIN), (1, 2, *PLAIN), (2, 0, *PLAIN), (0, 1, *PLAIN)]
    assert find_obstacles(make_arrays([400.0] * 3, cables)).in_loops.tolist() == [2, 3]


def test_a_second_source_in_one_piece_of_grid_is_told():
    found = find_obstacles(make_arrays([400.0] * 2, [(0, 1, *PLAIN)], sources=2))
    assert found.fed_twice.tolist() == [1]


def test_a_grid_that_is_not_radial_cannot_be_put_in_order():
    with pytest.raises(ValueError, match="not radial"):
        radial(make_arrays([400.0] * 2, [(0, 1, *PLAIN), (0, 1, *PLAIN)]))
