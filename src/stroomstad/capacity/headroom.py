"""How many homes each link, and each set of places, still takes: arrays only.

Every home behind a link draws the same shape at the same level, so a link is full at a fixed
number of homes: its capacity. In a radial grid the most homes that a set of places takes then
follows from one walk from the leaves to the roots: a link passes what its children pass, or
its own capacity, whichever is less. That is the largest flow in a tree, and equals the linear
programme over all links and quarters. Homes may be read as kWp of roofs throughout.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stroomstad.blocks import Floats, Ints

Floats32 = NDArray[np.float32]
Flags = NDArray[np.bool_]

# Own choice: 4 million numbers of 8 bytes at a time keep the working memory below 100 MB.
_CELLS_AT_ONCE = 4_000_000
# Loads are kept in single precision; a capacity this near a whole home counts as whole.
_WHOLE_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Branch:
    """The part of a tree that leads to a set of places.

    Attributes
    ----------
    nodes
        Positions in the whole tree, a parent before its children. Shape (branch,)
    parent
        Position of the parent within ``nodes``; -1 at a root. Shape (branch,)
    site
        Whether homes may be placed at the node. Shape (branch,)
    """

    nodes: Ints
    parent: Ints
    site: Flags


def link_capacity(
    limit_kva: Floats,
    base_kva: Floats32 | Floats,
    unit_kw: Floats,
    kva_per_kw: Floats,
    level_factor_unit: Floats,
) -> tuple[Floats, Ints]:
    """Homes that each link takes before its limit, and the quarter in which it is full.

    Parameters
    ----------
    limit_kva
        Limit of each link. [kVA], shape (links,)
    base_kva
        Load that is there already, level factor applied; negative runs the other way.
        [kVA], shape (links, quarters)
    unit_kw
        What one more home draws at station level. [kW], shape (quarters,)
    kva_per_kw
        Apparent power on the link per kW behind it. [kVA/kW], shape (links,)
    level_factor_unit
        Simultaneity at the level of the link over that at station level. [1], shape (links,)

    Returns
    -------
    Capacity, and position of its quarter. [homes], shape (links,) each. A negative capacity is
    a shortage: so many homes would have to go. Infinite, with quarter -1, where a home never
    draws anything.

    Raises
    ------
    ValueError
        When a load, a limit or a factor is missing.
    """
    drawing = np.flatnonzero(unit_kw > 0)
    capacity = np.full(limit_kva.size, np.inf)
    quarter = np.full(limit_kva.size, -1, dtype=np.int64)
    if not drawing.size:
        return capacity, quarter
    per_home_kva = kva_per_kw * level_factor_unit
    links_at_once = max(1, _CELLS_AT_ONCE // drawing.size)
    for start in range(0, limit_kva.size, links_at_once):
        some = slice(start, start + links_at_once)
        homes = (limit_kva[some, None] - base_kva[some][:, drawing]) / unit_kw[drawing]
        first = np.argmin(homes, axis=1)
        quarter[some] = drawing[first]
        capacity[some] = homes[np.arange(first.size), first] / per_home_kva[some]
    if np.isnan(capacity).any():
        missing = int(np.isnan(capacity).sum())
        raise ValueError(f"capacity: {missing} links have a load, limit or factor that is missing.")
    return capacity, quarter


def whole(capacity: Floats) -> Floats:
    """Round down to whole homes; a shortage leaves none.

    Examples
    --------
    >>> whole(np.array([2.9, 3.0, -4.0, np.inf]))
    array([ 2.,  3.,  0., inf])
    """
    return np.floor(np.maximum(capacity, 0.0) + _WHOLE_TOLERANCE)


def branch_to(parent: Ints, order: Ints, sites: Ints) -> Branch:
    """Part of a tree made of some places and everything between them and the roots.

    Parameters
    ----------
    parent
        Position of the parent of each node; -1 at a root. Shape (nodes,)
    order
        Positions, a parent before its children. Shape (nodes,)
    sites
        Positions of the places. Shape (places,)
    """
    needed = np.zeros(parent.size, dtype=bool)
    reached = np.unique(sites)
    while reached.size:
        needed[reached] = True
        above = np.unique(parent[reached])
        above = above[above >= 0]
        reached = above[~needed[above]]
    nodes = order[needed[order]]
    within = np.full(parent.size + 1, -1, dtype=np.int64)
    within[nodes] = np.arange(nodes.size)
    # The last entry stands for the parent of a root, which numpy reads at -1.
    return Branch(nodes, within[parent[nodes]], np.isin(nodes, sites))


def room(branch: Branch, capacity: Floats) -> Floats:
    """Most homes that can pass each link of a branch, every link at or below its capacity.

    Parameters
    ----------
    branch
        The places and what leads to them.
    capacity
        Capacity of each link of the branch, never negative. [homes], shape (branch,)

    Returns
    -------
    Homes through each link; the sum over the roots is the room of the places. Whole where the
    capacities are whole. [homes], shape (branch,)

    References
    ----------
    .. [1] Ford, Fulkerson (1956), Maximal flow through a network, Canadian Journal of
       Mathematics 8; in a tree the smallest cut is found in one walk.
    """
    behind = np.where(branch.site, np.inf, 0.0).tolist()
    most = capacity.tolist()
    above = branch.parent.tolist()
    for link in range(len(most) - 1, -1, -1):
        most[link] = min(most[link], behind[link])
        if above[link] >= 0:
            behind[above[link]] += most[link]
    return np.asarray(most, dtype=np.float64)


def room_total(branch: Branch, through: Floats) -> float:
    """Room of all places together: what passes the roots. [homes]."""
    return float(through[branch.parent < 0].sum())


def binding_links(branch: Branch, capacity: Floats, through: Floats) -> Ints:
    """Links that together hold the room where it is: the smallest cut, nearest the roots.

    Parameters
    ----------
    branch
        The places and what leads to them.
    capacity
        Capacity of each link. [homes], shape (branch,)
    through
        Answer of `room` for these capacities. [homes], shape (branch,)

    Returns
    -------
    Positions within the branch. Their capacities sum to the room; empty where nothing binds.
    """
    open_above = np.zeros(branch.nodes.size, dtype=bool)
    cut = []
    for link, above in enumerate(branch.parent.tolist()):
        reached = open_above[above] if above >= 0 else np.isfinite(through[link])
        if reached and through[link] >= capacity[link]:
            cut.append(link)
        else:
            open_above[link] = reached
    return np.asarray(cut, dtype=np.int64)


def raised(capacity: Floats, links: Ints) -> Floats:
    """Capacities after the limits of some links are taken away. [homes], shape (branch,)."""
    without = capacity.copy()
    without[links] = np.inf
    return without


def spread(branch: Branch, through: Floats) -> Floats:
    """One way to place the room: whole homes per site, in proportion to what each side takes.

    Parameters
    ----------
    branch
        The places and what leads to them.
    through
        Whole answer of `room`, finite at the roots. [homes], shape (branch,)

    Returns
    -------
    Homes at each node; zero where it is no site. They sum to the room and break no capacity.
    [homes], shape (branch,)

    Notes
    -----
    Fractions go to the largest remainders; between equal ones the first in the branch wins.
    """
    placed = np.zeros(branch.nodes.size)
    passing = np.where(branch.parent < 0, through, 0.0)
    children = _children(branch)
    for link in range(branch.nodes.size):
        if passing[link] <= 0:
            continue
        below = children[link]
        takers = through[below]
        if branch.site[link]:
            takers = np.append(takers, through[link])
        shares = in_proportion(passing[link], takers)
        passing[below] = shares[: below.size]
        placed[link] = shares[below.size :].sum()
    return placed


def _children(branch: Branch) -> list[Ints]:
    by_parent = np.argsort(branch.parent, kind="stable")
    starts = np.searchsorted(branch.parent[by_parent], np.arange(branch.nodes.size + 1))
    return [by_parent[starts[link] : starts[link + 1]] for link in range(branch.nodes.size)]


def in_proportion(amount: float, takers: Floats) -> Floats:
    """Whole shares of a whole amount; none exceeds its taker while the amount fits in all.

    Examples
    --------
    >>> in_proportion(5.0, np.array([6.0, 0.0, 4.0]))
    array([3., 0., 2.])
    """
    total = takers.sum()
    if total <= 0:
        return np.zeros(takers.size)
    exact = amount * takers / total
    shares: Floats = np.floor(exact)
    left = round(amount - shares.sum())
    shares[np.argsort(shares - exact, kind="stable")[:left]] += 1.0
    return shares


def chain_room(parent: Ints, order: Ints, capacity: Floats) -> tuple[Floats, Ints]:
    """Room of every node on its own: the least capacity between it and its root.

    Parameters
    ----------
    parent, order
        The tree, as in `branch_to`.
    capacity
        Capacity of every link. [homes], shape (links,)

    Returns
    -------
    Room, and position of the link that binds, the nearest the root of equal ones.
    [homes], shape (nodes,) each
    """
    least = capacity.tolist()
    binding = list(range(capacity.size))
    above = parent.tolist()
    for link in order.tolist():
        if above[link] >= 0 and least[above[link]] <= least[link]:
            least[link] = least[above[link]]
            binding[link] = binding[above[link]]
    return np.asarray(least, dtype=np.float64), np.asarray(binding, dtype=np.int64)


def regional_curve(regional_mw: Floats, city_room: float, home_peak_kw: float) -> Floats:
    """Homes that fit in the whole city when the region above leaves so much power.

    Parameters
    ----------
    regional_mw
        Power that the region leaves for homes. [MW], shape (points,)
    city_room
        Room of the city's own grid. [homes]
    home_peak_kw
        What one more home adds at the level of the region. [kW]

    Returns
    -------
    Whole homes. Shape (points,)
    """
    return whole(np.minimum(city_room, regional_mw * 1000.0 / home_peak_kw))
