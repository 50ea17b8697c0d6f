import numpy as np
from tiny import make_grid

from stroomstad.simulation import downstream
from stroomstad.simulation.downstream import depth_of
from stroomstad.tables.grid import radial_tree


def test_each_link_carries_what_lies_behind_it():
    tree = radial_tree(make_grid())
    at_nodes = np.array([0.0, 0.0, 0.0, 1.0, 2.0, 0.0, 0.0, 4.0, 8.0])
    assert downstream(tree, at_nodes).tolist() == [15.0, 15.0, 3.0, 3.0, 2.0, 12.0, 12.0, 4.0, 8.0]


def test_columns_are_summed_apart():
    tree = radial_tree(make_grid())
    at_nodes = np.outer(np.ones(9), [1.0, 10.0])
    assert downstream(tree, at_nodes)[0].tolist() == [9.0, 90.0]


def test_the_input_is_left_as_it_was():
    at_nodes = np.ones(9)
    downstream(radial_tree(make_grid()), at_nodes)
    assert at_nodes.tolist() == [1.0] * 9


def test_depth_counts_links_to_the_substation():
    assert depth_of(radial_tree(make_grid())).tolist() == [0, 1, 2, 3, 4, 2, 3, 4, 4]
