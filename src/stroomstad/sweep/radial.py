"""A radial grid in the order in which it is swept, and what keeps a grid from being one.

Everything is per unit, on 1 MVA and the nominal voltage of each node. Ratios of transformers are
taken into the voltages: a row counts its voltage in units of what stands there without load or
shunt, so that a link is nothing but a series impedance between shunts, and every root is at 1.

What hangs below one link out of a source is a *feeder*. A source holds its voltage, so feeders do
not feel each other: each is a stretch of rows of its own, and is solved on its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from stroomstad.blocks import Floats, Ints

PLAIN, CABLE, TRANSFORMER = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Branches:
    """Links in any order: a ratio at the ``from`` end, then a π-circuit.

    Attributes
    ----------
    from_node, to_node
        Positions of the nodes at both ends. Shape (branches,)
    ratio
        Voltage at the ``from`` end over that at the ``to`` end, without load. [pu]
    r, x
        Series impedance, seen from the ``to`` end. [pu]
    g, b
        Shunt admittance, half of it at each side of the impedance. [pu]
    is_transformer
        Whether the loading is apparent power; that of a cable is current.
    """

    from_node: Ints
    to_node: Ints
    ratio: Floats
    r: Floats
    x: Floats
    g: Floats
    b: Floats
    is_transformer: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class NotRadial:
    """What keeps a grid from being swept; nothing does when every field is empty.

    Attributes
    ----------
    without_source
        Nodes that no source reaches.
    in_loops
        Branches that close a loop; one for each loop.
    fed_twice
        Sources that stand in one piece of grid with an earlier one.
    """

    without_source: Ints
    in_loops: Ints
    fed_twice: Ints

    def __bool__(self) -> bool:
        return bool(self.without_source.size or self.in_loops.size or self.fed_twice.size)


class Tree(NamedTuple):
    """What the kernel knows of the grid; one row for each node that is not a source.

    Attributes
    ----------
    first
        First row of each feeder, and the number of rows. Shape (feeders + 1,)
    above
        Row of the parent, counted from 1 within the feeder; 0 is the source. Shape (rows,)
    r, x, z
        Series impedance of the link to the parent, and its size. [pu]
    g, b, y
        All shunts at the node together, and their size. [pu]
    half_g, half_b
        Shunt at either end of the link itself. [pu]
    kind
        `PLAIN` for a cable without shunt, `CABLE` or `TRANSFORMER`.
    """

    first: Ints
    above: Ints
    r: Floats
    x: Floats
    z: Floats
    g: Floats
    b: Floats
    y: Floats
    half_g: Floats
    half_b: Floats
    kind: Ints


@dataclass(frozen=True, slots=True)
class Radial:
    """A radial grid, ready to be swept.

    Attributes
    ----------
    node, branch
        Node and branch of every row, as positions in what was given. Shape (rows,)
    source
        Position of the source of every feeder. Shape (feeders,)
    source_node
        Node of every source. Shape (sources,)
    source_voltage
        Voltage that each source holds. [pu], shape (sources,)
    voltage
        Unit in which the row counts its voltage. [pu], shape (rows,)
    loading
        Apparent power in one unit of the row's loading. [pu], shape (rows,)
    tree
        What the kernel knows.
    """

    node: Ints
    branch: Ints
    source: Ints
    source_node: Ints
    source_voltage: Floats
    voltage: Floats
    loading: Floats
    tree: Tree

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.node.size)

    @property
    def feeders(self) -> int:
        """Number of feeders."""
        return int(self.source.size)

    @property
    def feeder(self) -> Ints:
        """Feeder of every row."""
        return np.repeat(np.arange(self.feeders), np.diff(self.tree.first))

    def feeders_of(self, nodes: Ints) -> Ints:
        """Feeders that any of the nodes is on; a source is on none."""
        return np.unique(self.feeder[np.isin(self.node, nodes)])


def find_not_radial(nodes: int, branches: Branches, source_node: Ints) -> NotRadial:
    """Find what keeps a grid from being radial.

    Parameters
    ----------
    nodes
        Number of nodes.
    branches
        The links between them.
    source_node
        Nodes of the sources.
    """
    graph = csr_matrix(
        (np.ones(branches.r.size), (branches.from_node, branches.to_node)), shape=(nodes, nodes)
    )
    _, piece = connected_components(graph, directed=False)
    _, first = np.unique(piece[source_node], return_index=True)
    return NotRadial(
        without_source=np.flatnonzero(~np.isin(piece, piece[source_node])),
        in_loops=_closing(nodes, branches),
        fed_twice=np.setdiff1d(np.arange(source_node.size), first),
    )


def _closing(nodes: int, branches: Branches) -> Ints:
    """Branches whose ends the branches before them have joined already."""
    leader = list(range(nodes))

    def lead(node: int) -> int:
        while leader[node] != node:
            leader[node] = leader[leader[node]]
            node = leader[node]
        return node

    closing = []
    ends = zip(branches.from_node.tolist(), branches.to_node.tolist(), strict=True)
    for branch, (one, other) in enumerate(ends):
        one, other = lead(one), lead(other)  # noqa: PLW2901
        if one == other:
            closing.append(branch)
        leader[one] = other
    return np.array(closing, dtype=np.int64)


def build_radial(
    nodes: int, branches: Branches, source_node: Ints, source_voltage: Floats
) -> Radial:
    """Put a grid in the order of a sweep: every feeder on its own, parents before children.

    Parameters
    ----------
    nodes
        Number of nodes.
    branches
        The links between them.
    source_node
        Nodes of the sources. Shape (sources,)
    source_voltage
        Voltage that each of them holds. [pu], shape (sources,)

    Raises
    ------
    ValueError
        When the grid is not radial; `find_not_radial` tells why.
    """
    if find_not_radial(nodes, branches, source_node):
        raise ValueError("grid: it is not radial. Ask find_not_radial what is in the way.")
    order, parent, branch = _walk(nodes, branches, source_node)
    unit = _voltage_units(order, parent, branch, branches, (source_node, source_voltage))
    node = order[branch[order] >= 0]
    link, up = branch[node], parent[node]
    row_of = np.full(nodes, -1, dtype=np.int64)
    row_of[node] = np.arange(node.size)
    first = np.flatnonzero(row_of[up] < 0)
    start = np.repeat(first, np.diff(np.append(first, node.size)))
    above = np.where(row_of[up] < 0, 0, row_of[up] - start + 1)
    source_of = np.full(nodes, -1, dtype=np.int64)
    source_of[source_node] = np.arange(source_node.size)
    return Radial(
        node=node,
        branch=link,
        source=source_of[up[first]],
        source_node=source_node,
        source_voltage=source_voltage,
        voltage=unit[node],
        loading=np.where(branches.is_transformer[link], 1.0, 1.0 / unit[node]),
        tree=_tree(link, np.append(first, node.size), above, branches, unit[branches.to_node]),
    )


def _walk(nodes: int, branches: Branches, source_node: Ints) -> tuple[Ints, Ints, Ints]:
    """Visit every node, a whole feeder before the next: order, parents and links to them."""
    ends = np.concatenate([branches.from_node, branches.to_node])
    others = np.concatenate([branches.to_node, branches.from_node]).tolist()
    by_end = np.argsort(ends, kind="stable")
    starts = np.searchsorted(ends[by_end], np.arange(nodes + 1)).tolist()
    sides = by_end.tolist()
    parent, branch = [-1] * nodes, [-1] * nodes
    order: list[int] = []
    waiting = source_node[::-1].tolist()
    while waiting:
        node = waiting.pop()
        order.append(node)
        for side in reversed(sides[starts[node] : starts[node + 1]]):
            link, other = side % branches.r.size, others[side]
            if link != branch[node]:
                parent[other], branch[other] = node, link
                waiting.append(other)
    return np.array(order), np.array(parent), np.array(branch)


def _voltage_units(
    order: Ints, parent: Ints, branch: Ints, branches: Branches, held: tuple[Ints, Floats]
) -> Floats:
    """Voltage of every node without load and shunts, per unit."""
    # A source has branch -1: none, at the end of both.
    downward = np.append(branches.to_node, -1)[branch] == np.arange(parent.size)
    ratio = np.append(branches.ratio, 1.0)[branch]
    step = np.where(downward, 1.0 / ratio, ratio).tolist()
    unit = np.ones(parent.size)
    unit[held[0]] = held[1]
    units, above = unit.tolist(), parent.tolist()
    for node in order.tolist():
        if above[node] >= 0:
            units[node] = units[above[node]] * step[node]
    return np.array(units)


def _tree(link: Ints, first: Ints, above: Ints, branches: Branches, unit: Floats) -> Tree:
    """The rows of the kernel; ``unit`` is that of the voltage behind each branch's impedance."""
    squared = unit[link] ** 2
    r, x = branches.r[link] / squared, branches.x[link] / squared
    half_g, half_b = branches.g[link] * squared / 2.0, branches.b[link] * squared / 2.0
    start = np.repeat(first[:-1], np.diff(first))
    below_source = above == 0
    parent = np.where(below_source, 0, start + above - 1)
    g, b = (
        half + np.bincount(parent, np.where(below_source, 0.0, half), minlength=link.size)
        for half in (half_g, half_b)
    )
    shunted = np.where(branches.g[link] ** 2 + branches.b[link] ** 2 > 0, CABLE, PLAIN)
    return Tree(
        first=first,
        above=above,
        r=r,
        x=x,
        z=np.hypot(r, x),
        g=g,
        b=b,
        y=np.hypot(g, b),
        half_g=half_g,
        half_b=half_b,
        kind=np.where(branches.is_transformer[link], TRANSFORMER, shunted),
    )
