"""Forests to size cables on: the nodes of every feeder joined to its root by the shortest tree."""

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import minimum_spanning_tree

from stroomstad.synthesis.cables import hang_from_roots, route_m


def grow_forest(places_m, roots_m, feeder, rules):
    """Join the nodes of every feeder to its root."""
    nodes, feeders = len(places_m), len(roots_m)
    everything_m = np.vstack([places_m, roots_m])
    one, other = _pairs_within(feeder, nodes, feeders)
    length_m = route_m(everything_m[one], everything_m[other], rules)
    size = nodes + feeders + 1
    tree = minimum_spanning_tree(csr_matrix((length_m, (one, other)), shape=(size, size)))
    return hang_from_roots(tree, nodes)


def _pairs_within(feeder, nodes, feeders):
    """Every pair of nodes of one feeder, its root among them."""
    order = np.argsort(feeder, kind="stable")
    bounds = np.searchsorted(feeder[order], np.arange(feeders + 1))
    one, other = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for number in range(feeders):
        members = np.append(order[bounds[number] : bounds[number + 1]], nodes + number)
        first, second = np.triu_indices(members.size, 1)
        one.append(members[first])
        other.append(members[second])
    return np.concatenate(one), np.concatenate(other)
