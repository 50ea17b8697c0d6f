from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tiny import make_grid

from stroomstad.tables.grid import LINK_KINDS, radial_tree


def parents(tree):
    return {
        child: tree.node_ids[at] if at >= 0 else None
        for child, at in zip(tree.node_ids, tree.parent, strict=True)
    }


def with_cable(grid, cable_id, from_node, to_node):
    cable = grid.cables.iloc[[0]].assign(cable_id=cable_id, from_node=from_node, to_node=to_node)
    return replace(grid, cables=pd.concat([grid.cables, cable], ignore_index=True))


def without_cable(grid, cable_id):
    return replace(grid, cables=grid.cables[grid.cables["cable_id"] != cable_id])


def test_every_node_hangs_under_the_one_nearer_to_the_substation():
    assert parents(radial_tree(make_grid())) == {
        "OS-A": None, "S1-mv": "OS-A", "S1-lv": "S1-mv", "S1-a": "S1-lv", "S1-b": "S1-a",
        "S2-mv": "S1-mv", "S2-lv": "S2-mv", "S2-a": "S2-lv", "S2-b": "S2-lv",
    }  # fmt: skip


def test_every_node_carries_the_link_to_its_parent():
    tree = radial_tree(make_grid())
    kinds = [LINK_KINDS[kind] for kind in tree.link_kind]
    links = dict(zip(tree.node_ids, zip(tree.link_ids, kinds, strict=True), strict=True))
    assert links["OS-A"] == ("OS-A", "substation")
    assert links["S2-mv"] == ("M2", "mv_cable")
    assert links["S1-lv"] == ("S1", "station")
    assert links["S1-b"] == ("L2", "lv_cable")


def test_parents_come_before_their_children():
    tree = radial_tree(make_grid())
    place = np.argsort(tree.order)
    below = tree.parent >= 0
    assert (place[tree.parent[below]] < place[below]).all()
    assert sorted(tree.order) == list(range(9))


def test_the_order_of_rows_does_not_change_the_tree():
    grid = make_grid()
    shuffled = replace(
        grid, nodes=grid.nodes.sample(frac=1, random_state=3), cables=grid.cables.iloc[::-1]
    )
    assert parents(radial_tree(shuffled)) == parents(radial_tree(grid))


def test_a_node_fed_from_two_sides_is_rejected():
    with pytest.raises(ValueError, match="node S2-mv has two links towards the substation"):
        radial_tree(with_cable(make_grid(), "M9", "OS-A", "S2-mv"))


def test_a_node_without_a_path_to_a_substation_is_rejected():
    with pytest.raises(ValueError, match="4 nodes have no path to a substation"):
        radial_tree(without_cable(make_grid(), "M2"))


def test_a_ring_that_hangs_loose_is_rejected():
    ring = with_cable(without_cable(make_grid(), "M2"), "M9", "S2-a", "S2-mv")
    with pytest.raises(ValueError, match="4 nodes have no path to a substation"):
        radial_tree(ring)


def test_a_ring_through_the_substation_is_rejected():
    with pytest.raises(ValueError, match="link M9 leads into a substation"):
        radial_tree(with_cable(make_grid(), "M9", "S2-mv", "OS-A"))


def test_a_cable_to_nowhere_is_rejected():
    with pytest.raises(ValueError, match="ends at S3-mv, which is not among the nodes"):
        radial_tree(with_cable(make_grid(), "M9", "OS-A", "S3-mv"))


def test_a_node_that_occurs_twice_is_rejected():
    grid = make_grid()
    twice = replace(grid, nodes=pd.concat([grid.nodes, grid.nodes.iloc[[4]]]))
    with pytest.raises(ValueError, match="node S1-b occurs more than once"):
        radial_tree(twice)
