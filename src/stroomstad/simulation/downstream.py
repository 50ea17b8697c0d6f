"""What lies behind every link: sums over a radial tree, from the leaves to the substations."""

from __future__ import annotations

import numpy as np

from stroomstad.blocks import Floats, Ints
from stroomstad.tables.grid import RadialTree


def depth_of(tree: RadialTree) -> Ints:
    """Number of links between each node and its substation. Shape (nodes,)."""
    depth = np.zeros(tree.parent.size, dtype=np.int64)
    for node in tree.order:
        if tree.parent[node] >= 0:
            depth[node] = depth[tree.parent[node]] + 1
    return depth


def downstream(tree: RadialTree, at_nodes: Floats) -> Floats:
    """Sum over each node and everything behind it.

    Parameters
    ----------
    tree
        The radial grid.
    at_nodes
        Any quantity that adds up. Shape (nodes, …)

    Returns
    -------
    What passes the link from each node to its parent, losses left out. Shape as ``at_nodes``.
    """
    total = np.array(at_nodes, dtype=np.float64)
    depth = depth_of(tree)
    by_depth = np.argsort(depth, kind="stable")
    starts = np.searchsorted(depth[by_depth], np.arange(depth.max() + 2))
    for level in range(int(depth.max()), 0, -1):
        children = by_depth[starts[level] : starts[level + 1]]
        np.add.at(total, tree.parent[children], total[children])
    return total
