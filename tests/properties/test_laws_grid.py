"""Laws of the radial tree: it is the grid that the tables describe, in whatever order they are."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from stroomstad.tables.grid import LINK_KINDS, Grid, radial_tree


@st.composite
def radial_grids(draw):
    """A grid of one to three substations, and for every other node the node that feeds it."""
    roots = draw(st.integers(1, 3))
    size = draw(st.integers(roots, 25))
    feeding = [draw(st.integers(0, node - 1)) for node in range(roots, size)]
    names = [f"n{node}" for node in range(size)]
    cables = pd.DataFrame(
        {
            "from_node": [names[node] for node in feeding],
            "to_node": names[roots:],
            "cable_id": [f"c{node}" for node in range(roots, size)],
            "kind": "lv_cable",
        },
        dtype=object,
    )
    stations = pd.DataFrame(
        {name: [] for name in ("node_mv", "node_lv", "station_id")}, dtype=object
    )
    substations = pd.DataFrame({"node_mv": names[:roots], "substation_id": names[:roots]})
    nodes = pd.DataFrame({"node_id": names})
    empty = pd.DataFrame()
    fed_by = dict(zip(cables["to_node"], cables["from_node"], strict=True))
    return Grid(nodes, cables, stations, substations, empty, empty), fed_by


def shuffled(grid, seed):
    mixed = [
        rows.sample(frac=1.0, random_state=seed, ignore_index=True)
        for rows in (grid.nodes, grid.cables, grid.substations)
    ]
    return Grid(mixed[0], mixed[1], grid.stations, mixed[2], grid.connections, grid.counts)


@settings(max_examples=50, deadline=None)
@given(radial_grids(), st.integers(0, 1000))
def test_every_node_hangs_under_the_node_that_feeds_it_in_any_order_of_rows(made, seed):
    grid, fed_by = made
    tree = radial_tree(shuffled(grid, seed))
    found = {
        tree.node_ids[node]: tree.node_ids[parent]
        for node, parent in enumerate(tree.parent)
        if parent >= 0
    }
    assert found == fed_by


@settings(max_examples=50, deadline=None)
@given(radial_grids(), st.integers(0, 1000))
def test_the_order_meets_every_node_once_and_parents_first(made, seed):
    tree = radial_tree(shuffled(made[0], seed))
    assert sorted(tree.order) == list(range(tree.node_ids.size))
    place = np.argsort(tree.order)
    below = tree.parent >= 0
    assert (place[tree.parent[below]] < place[below]).all()


@settings(max_examples=50, deadline=None)
@given(radial_grids())
def test_every_link_occurs_once_and_only_roots_are_substations(made):
    grid, _ = made
    tree = radial_tree(grid)
    assert len(set(tree.link_ids)) == tree.node_ids.size
    at_root = tree.link_kind == LINK_KINDS.index("substation")
    assert (at_root == (tree.parent < 0)).all()
