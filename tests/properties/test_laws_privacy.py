"""No sum or difference of shown loads concerns a hidden asset among fewer than ten connections."""

from itertools import product

import numpy as np
import pytest
from trees import random_tree

from stroomstad.tables.grid import RadialTree
from stroomstad.tables.privacy import CONNECTIONS_SHOWN_MIN, links_withheld

NODES = 8


def make_tree(seed):
    drawn = random_tree(seed, nodes=NODES)
    names = np.array([f"L{i}" for i in range(NODES)], dtype=object)
    return RadialTree(names, drawn.parent, names, np.zeros(NODES, dtype=np.int64), drawn.order)


def lies_behind(tree):
    """Which nodes lie behind each link, shape (links, nodes)."""
    behind = np.eye(NODES)
    for node in tree.order[::-1]:
        if tree.parent[node] >= 0:
            behind[tree.parent[node]] += behind[node]
    return behind


def sums_that_can_be_worked_out(shown_flows):
    """Every set of nodes whose sum follows from what is shown, by trying all of them."""
    rank = np.linalg.matrix_rank(shown_flows) if len(shown_flows) else 0
    for chosen in product((0.0, 1.0), repeat=NODES):
        asked = np.array(chosen)
        if asked.any() and np.linalg.matrix_rank(np.vstack([shown_flows, asked])) == rank:
            yield asked.astype(bool)


@pytest.mark.parametrize("seed", range(60))
def test_no_difference_of_shown_loads_tells_of_few_connections(seed):
    rng = np.random.default_rng(seed)
    tree, connections = make_tree(seed), rng.integers(0, 7, NODES).astype(float)
    behind = lies_behind(tree)
    few = np.flatnonzero(behind @ connections < CONNECTIONS_SHOWN_MIN)
    if not few.size:
        pytest.skip("every link of this tree has ten connections behind it")
    asset = int(rng.choice(few))
    withheld = links_withheld(tree, connections, frozenset({f"L{asset}"}))
    secret = behind[asset] > 0
    found = 0
    for nodes in sums_that_can_be_worked_out(behind[~withheld]):
        found += 1
        if (nodes & secret).any():
            assert connections[nodes].sum() >= CONNECTIONS_SHOWN_MIN
    assert withheld[asset]
    assert found or withheld.all()


def test_nothing_is_withheld_where_nothing_is_hidden():
    tree = make_tree(1)
    assert not links_withheld(tree, np.zeros(NODES), frozenset()).any()


def test_the_attack_finds_the_asset_when_only_its_own_link_is_withheld():
    # A busbar with three customers: the flow above less that of two tells the third.
    parent = np.array([-1, 0, 0, 0, -1, -1, -1, -1])
    names = np.array([f"L{i}" for i in range(NODES)], dtype=object)
    tree = RadialTree(names, parent, names, np.zeros(NODES, dtype=np.int64), np.arange(NODES))
    alone = np.zeros(NODES, dtype=bool)
    alone[1] = True
    only_customer = list(sums_that_can_be_worked_out(lies_behind(tree)[~alone]))
    assert any(nodes[1] and nodes.sum() <= 2 for nodes in only_customer)
    withheld = links_withheld(tree, np.full(NODES, 4.0), frozenset({"L1"}))
    assert withheld[[1, 2]].all() or withheld[[1, 3]].all() or withheld[0]
