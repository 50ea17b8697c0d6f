"""Loads as the kernel takes them: weights and shapes of every row, multiplied out in blocks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from stroomstad.blocks import Floats, Ints, LoadBlocks
from stroomstad.sweep.kernel import Demand, Mix, aligned
from stroomstad.sweep.lanes import WIDTH
from stroomstad.sweep.radial import Radial

_PU_PER_KW = 1e-3


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is drawn and fed in.

    Attributes
    ----------
    load, feed_in
        Active power of every node. Shape (nodes, quarters)
    lag
        Reactive over active power of the load. [1]
    reactive
        Further reactive power of every node, of either sign, in kvar instead of kW. Feed-in has
        none.
    """

    load: LoadBlocks
    feed_in: LoadBlocks
    lag: float = 0.0
    reactive: LoadBlocks | None = None


def build_demand(radial: Radial, drawn: Drawn) -> Demand:
    """Put loads in the order of the rows.

    Raises
    ------
    ValueError
        When a weight or shape is not a finite number.
    """
    reactive = nothing(drawn.load) if drawn.reactive is None else drawn.reactive
    parts = [
        mix
        for blocks in (drawn.load, drawn.feed_in, reactive)
        for mix in (_weighted(radial, blocks), _explicit(radial, blocks))
    ]
    if not all(np.isfinite(mix.values).all() and np.isfinite(mix.weight).all() for mix in parts):
        raise ValueError("load: a power is not a finite number. Mend the weights or the shapes.")
    return Demand._make([*parts, np.full(radial.rows, drawn.lag)])


def nothing(like: LoadBlocks) -> LoadBlocks:
    """No power at all, for as many nodes and quarters."""
    return LoadBlocks(csr_matrix((like.nodes, 0)), np.zeros((0, like.quarters)))


def demand_at(drawn: Drawn, nodes: Ints) -> tuple[Floats, Floats]:
    """Active and reactive power of some nodes. [pu], shape (nodes, quarters) each."""
    load = _rows_of(drawn.load, nodes)
    reactive = load * drawn.lag
    if drawn.reactive is not None:
        reactive = reactive + _rows_of(drawn.reactive, nodes)
    return load - _rows_of(drawn.feed_in, nodes), reactive


def net_drawn(drawn: Drawn) -> Floats:
    """Active power of all nodes together, in kW. Shape (quarters,)."""
    load_kw, feed_in_kw = (_sum(blocks) for blocks in (drawn.load, drawn.feed_in))
    return load_kw - feed_in_kw


def _sum(blocks: LoadBlocks) -> Floats:
    power_kw = np.asarray(blocks.weights.sum(axis=0)).ravel() @ blocks.shapes
    if blocks.explicit_nodes.size:
        power_kw = power_kw + blocks.explicit_kw.sum(axis=0)
    return np.asarray(power_kw)


def _rows_of(blocks: LoadBlocks, nodes: Ints) -> Floats:
    power_kw = np.asarray(blocks.weights[nodes] @ blocks.shapes)
    for node, explicit_kw in zip(blocks.explicit_nodes, blocks.explicit_kw, strict=True):
        power_kw[nodes == node] += explicit_kw
    return power_kw * _PU_PER_KW


def _weighted(radial: Radial, blocks: LoadBlocks) -> Mix:
    weights = blocks.weights.tocsr()[radial.node]
    first, shape = weights.indptr.astype(np.int64), weights.indices.astype(np.int64)
    return _mix(first, shape, weights.data, blocks.shapes)


def _explicit(radial: Radial, blocks: LoadBlocks) -> Mix:
    row_of = np.full(blocks.nodes, -1, dtype=np.int64)
    row_of[radial.node] = np.arange(radial.rows)
    row = row_of[blocks.explicit_nodes]
    shape = np.argsort(row, kind="stable")
    shape = shape[row[shape] >= 0]
    first = np.searchsorted(row[shape], np.arange(radial.rows + 1))
    return _mix(first, shape, np.ones(shape.size), blocks.explicit_kw)


def _mix(first: Ints, shape: Ints, weight: Floats, values: Floats) -> Mix:
    missing = -values.shape[1] % WIDTH
    padded = np.pad(values, ((0, 0), (0, missing))) if missing and values.size else values
    return Mix(
        first,
        shape,
        np.array(weight, dtype=np.float64) * _PU_PER_KW,
        aligned(np.require(padded, np.float64, ["C", "W"]).reshape(-1)),
        int(padded.shape[1]),
    )
