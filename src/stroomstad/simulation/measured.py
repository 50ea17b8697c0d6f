"""Loads brought to measured peaks, so that everything behind and above an asset agrees with it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.sparse import diags_array

from stroomstad.blocks import Floats, LoadBlocks
from stroomstad.loads import PeriodLoads
from stroomstad.simulation.levels import level_factors
from stroomstad.tables.grid import RadialTree
from stroomstad.tables.parameters import Parameters

FACTOR_MAX = 1000.0


def node_factors(
    winter: PeriodLoads,
    tree: RadialTree,
    homes: Floats,
    load_max_known_mw: Floats,
    parameters: Parameters,
) -> Floats:
    """Factor on the load of every node with which measured assets reach their measured peak.

    Parameters
    ----------
    winter
        Loads of the winter week.
    tree
        The radial grid.
    homes
        Homes behind each link. Shape (links,)
    load_max_known_mw
        Measured peak of each link; NaN where none is known. [MW], shape (links,)
    parameters
        In the case of the loads.

    Returns
    -------
    Factor; 1 where nothing measured lies above. [1], shape (nodes,)

    Notes
    -----
    From the leaves to the substations: what is behind a measured asset is scaled once, and an
    asset above it scales the rest. Losses, a few per cent, are left out.
    """
    factor = np.ones(homes.size)
    known = np.flatnonzero(~np.isnan(load_max_known_mw))
    if not known.size:
        return factor
    level, _ = level_factors(winter, tree, homes, parameters)
    load_kw = np.asarray(winter.load.weights @ winter.load.shapes)
    feed_in_kw = np.asarray(winter.feed_in.weights @ winter.feed_in.shapes)
    settled = np.zeros(homes.size, dtype=bool)
    from_the_leaves = tree.order[::-1]
    for link in from_the_leaves[np.isin(from_the_leaves, known)].tolist():
        behind = _behind(tree, link)
        free = behind & ~settled
        scaled_kw = load_kw * factor[:, None]
        fixed_kw = scaled_kw[behind & settled].sum(axis=0) - feed_in_kw[behind].sum(axis=0)
        target_kw = load_max_known_mw[link] * 1000.0 / level[link]
        factor[free] = _reaching(target_kw, load_kw[free].sum(axis=0), fixed_kw)
        settled |= behind
    return factor


def scaled(blocks: LoadBlocks, factor: Floats) -> LoadBlocks:
    """Multiply the load of every node. Shape of ``factor`` (nodes,)."""
    return LoadBlocks((diags_array(factor) @ blocks.weights).tocsr(), blocks.shapes)


def _behind(tree: RadialTree, link: int) -> NDArray[np.bool_]:
    behind = np.zeros(tree.parent.size, dtype=np.bool_)
    behind[link] = True
    for node in tree.order.tolist():
        behind[node] |= tree.parent[node] >= 0 and behind[tree.parent[node]]
    return behind


def _reaching(target_kw: float, free_kw: Floats, fixed_kw: Floats) -> float:
    """Factor on the free load at which the highest sum is the target; 0 where none is low."""

    def excess(factor: float) -> float:
        return float((factor * free_kw + fixed_kw).max() - target_kw)

    if excess(0.0) >= 0 or excess(FACTOR_MAX) <= 0:
        return 0.0 if excess(0.0) >= 0 else 1.0
    return float(brentq(excess, 0.0, FACTOR_MAX))
