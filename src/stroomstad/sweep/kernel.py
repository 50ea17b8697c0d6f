"""Backward and forward over one feeder, sixteen steps side by side.

The unknowns are the squares of the voltages and nothing else: in a tree without angles the powers
follow from them. Backward, from the ends to the source, powers and series losses add up; forward,
from the source to the ends, every voltage is the one above less the drop over the link
(M. E. Baran and F. F. Wu, IEEE Transactions on Power Delivery 4(1), 1989). Loads enter as powers,
so a wrong voltage is felt only through the losses, and each round leaves a hundredth or a
thousandth of the error. Every step starts flat: no answer depends on the steps before it.
"""

from __future__ import annotations

import hashlib
import pkgutil
from collections.abc import Callable
from typing import Any, NamedTuple, cast

import numpy as np
from numba import njit

from stroomstad.blocks import Floats, Ints
from stroomstad.sweep.lanes import WIDTH, fill, highest, larger, load, size, store
from stroomstad.sweep.radial import Tree

# What a node has in the workspace, sixteen numbers each.
P, Q, VOLTAGE, SUM_P, SUM_Q, DROP = 0, 16, 32, 48, 64, 80
NODE = 96
_LINE_BYTES = 64
# What is known of the sixteen steps of a block.
CHANGE, EARLIER, FAILED, ASKED, USE, POWER, REACTIVE, LOADING, LEVEL = range(0, 9 * WIDTH, WIDTH)


class Mix(NamedTuple):
    """Rows that are weighted sums of shapes; arrays as in a sparse matrix of rows.

    Attributes
    ----------
    first, shape, weight
        Where each row begins, and the shapes and weights in it.
    values
        The shapes one after the other, each ``steps`` long.
    steps
        Length of a shape, a multiple of sixteen.
    """

    first: Ints
    shape: Ints
    weight: Floats
    values: Floats
    steps: int


class Demand(NamedTuple):
    """What every row draws and feeds in, per unit.

    Attributes
    ----------
    load, load_rows
        Active power that is drawn, with reactive power in proportion to it.
    feed_in, feed_in_rows
        Active power that is fed in, without reactive power.
    reactive, reactive_rows
        Further reactive power that is drawn.
    lag
        Reactive over active power of the load. Shape (rows,)
    """

    load: Mix
    load_rows: Mix
    feed_in: Mix
    feed_in_rows: Mix
    reactive: Mix
    reactive_rows: Mix
    lag: Floats


class Work(NamedTuple):
    """Room to calculate in, for the largest feeder.

    Attributes
    ----------
    nodes
        Six times sixteen numbers for the source and every row.
    lanes
        What is known of each of the sixteen steps.
    slope, lowest
        Of every row: current per voltage, and lowest voltage, over the steps. [pu]
    weight, pull, shift
        Of every row, for the bound.
    """

    nodes: Floats
    lanes: Floats
    slope: Floats
    lowest: Floats
    weight: Floats
    pull: Floats
    shift: Floats


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function at its first call, and keep that on disk where a place for it is found.

    Without counting who refers to an array: inside the loops that takes longer than the physics.
    """
    options: dict[str, Any] = {
        "nogil": True, "boundscheck": False, "error_model": "numpy", "_nrt": False,
    }  # fmt: skip
    try:
        kept: Any = njit(**options, cache=True)(function)
    except RuntimeError:  # neither the package nor the user's home can be written to
        return cast("Callable[..., Any]", njit(**options)(function))
    # What is kept counts for these sources. Left alone, numba looks at the file of the function
    # only, and goes on with what it has built in of other files after these have changed.
    kept._cache._cache_file._source_stamp = SOURCES  # noqa: SLF001
    return cast("Callable[..., Any]", kept)


def aligned(values: Floats) -> Floats:
    """Put numbers where vectors begin at a line of the cache, if they do not stand there yet.

    A vector across two lines takes two loads: up to half of the speed of a sweep.
    """
    if values.ctypes.data % _LINE_BYTES == 0:
        return values
    room = np.empty(values.size + _LINE_BYTES // values.itemsize)
    start = -room.ctypes.data % _LINE_BYTES // values.itemsize
    placed = room[start : start + values.size]
    placed[:] = values
    return placed


def _hash_sources() -> str:
    names = ("lanes", "kernel", "bound", "keep", "solve")
    texts = [pkgutil.get_data(__package__, f"{name}.py") or b"" for name in names]
    return hashlib.sha256(b"".join(texts)).hexdigest()


SOURCES = _hash_sources()


@compiled
def multiply(mix: Mix, row: int, step: int) -> Any:
    """Power of one row in sixteen steps."""
    power = fill(0.0)
    for entry in range(mix.first[row], mix.first[row + 1]):
        start = mix.shape[entry] * mix.steps + step
        power = power + load(mix.values, start) * mix.weight[entry]
    return power


@compiled
def begin(nodes: Floats, demand: Demand, first: int, count: int, step: int) -> None:
    """Multiply the powers out, and start flat."""
    one, zero = fill(1.0), fill(0.0)
    store(nodes, VOLTAGE, one)
    for i in range(1, count + 1):
        row, at = first + i - 1, i * NODE
        drawn = multiply(demand.load, row, step) + multiply(demand.load_rows, row, step)
        fed = multiply(demand.feed_in, row, step) + multiply(demand.feed_in_rows, row, step)
        more = multiply(demand.reactive, row, step) + multiply(demand.reactive_rows, row, step)
        store(nodes, at + P, drawn - fed)
        store(nodes, at + Q, drawn * demand.lag[row] + more)
        store(nodes, at + VOLTAGE, one)
        store(nodes, at + SUM_P, zero)
        store(nodes, at + SUM_Q, zero)


@compiled
def backward(tree: Tree, work: Work, first: int, count: int, keep: bool) -> None:  # noqa: FBT001
    """Add up powers and losses towards the source; leave the drop over every link."""
    nodes = work.nodes
    store(nodes, SUM_P, fill(0.0))
    store(nodes, SUM_Q, fill(0.0))
    for i in range(count, 0, -1):
        row, at = first + i - 1, i * NODE
        v = load(nodes, at + VOLTAGE)
        p = load(nodes, at + P) + v * tree.g[row] + load(nodes, at + SUM_P)
        q = load(nodes, at + Q) - v * tree.b[row] + load(nodes, at + SUM_Q)
        squared_current = (p * p + q * q) / v
        r, x, z = tree.r[row], tree.x[row], tree.z[row]
        store(nodes, at + DROP, (p * r + q * x) * 2.0 + squared_current * (z * z))
        store(nodes, at + SUM_P, fill(0.0))
        store(nodes, at + SUM_Q, fill(0.0))
        up = tree.above[row] * NODE
        store(nodes, up + SUM_P, load(nodes, up + SUM_P) + (p + squared_current * r))
        store(nodes, up + SUM_Q, load(nodes, up + SUM_Q) + (q + squared_current * x))
        if keep:
            lowest = -highest(fill(0.0) - v)
            work.lowest[i] = lowest
            work.slope[i] = np.sqrt(highest(squared_current) / lowest)


@compiled
def forward(tree: Tree, nodes: Floats, first: int, count: int) -> Any:
    """Take the drops off the voltage of the source; return the largest change of each step."""
    change = fill(0.0)
    for i in range(1, count + 1):
        row, at = first + i - 1, i * NODE
        v = load(nodes, tree.above[row] * NODE + VOLTAGE) - load(nodes, at + DROP)
        change = larger(change, size(v - load(nodes, at + VOLTAGE)))
        store(nodes, at + VOLTAGE, v)
    return change
