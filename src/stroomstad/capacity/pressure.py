"""What new power does to the limits of a grid: the same steps solved with it and without it.

New power *breaks* a limit that is above 1 with it and was not without it. A limit that was
broken before is held against what passes it or hangs at it: a full link takes nothing more, and
a busbar takes nothing while a voltage behind it is out of bounds. That others are pressed
further, because the voltage falls for them too, is counted and no more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stroomstad.blocks import Floats, Ints
from stroomstad.capacity.check import PRESSED_MIN
from stroomstad.capacity.headroom import Branch, Flags
from stroomstad.capacity.trial import TOLERANCE, tightened


@dataclass(frozen=True, slots=True)
class Pressure:
    """A grid in some steps, without new power and with it.

    Attributes
    ----------
    parent
        Position of the parent of each node; -1 at a root. Shape (nodes,)
    before, after
        Stress of every limit without new power and with it. [1], shape (links + nodes, steps)
    base_kva
        Load of every link without it, level factors applied. [kVA], shape (links, steps)
    limit_kva
        Limit of every link. [kVA], shape (links,)
    linear_kva
        What the linear rule says that it adds, level factors applied. [kVA], shape (links, steps)
    solved_kva
        What it adds by AC, level factors applied. [kVA], shape (links, steps)
    behind_kw
        New power behind every link. [kW], shape (links, steps)
    drawn
        Whether a node draws new power. Shape (nodes,)
    allowed_pu
        How far the voltage of each node may lie from nominal. [1], shape (nodes,)
    """

    parent: Ints
    before: Floats
    after: Floats
    base_kva: Floats
    limit_kva: Floats
    linear_kva: Floats
    solved_kva: Floats
    behind_kw: Floats
    drawn: Flags
    allowed_pu: Floats


@dataclass(frozen=True, slots=True)
class Broken:
    """Limits that new power breaks: link ``i`` is ``i``, the voltage at node ``i`` ``nodes + i``.

    Attributes
    ----------
    own
        Links that new power passes.
    beside
        Limits that it only reaches by the voltage: of nodes, and of links that none of it passes.
    further
        How many limits were broken before and are pressed further, besides these.
    """

    own: Ints
    beside: Ints
    further: int


def find_broken(pressure: Pressure) -> Broken:
    """Find the limits that new power breaks, as far as they are held against it."""
    size = pressure.parent.size
    passes = np.zeros(2 * size, dtype=np.bool_)
    passes[:size] = (pressure.linear_kva > 0).any(axis=1)
    was_over: Flags = np.asarray((pressure.before > 1 + TOLERANCE).any(axis=1))
    over = pressure.after > 1 + TOLERANCE
    # A limit of zero is infinitely pressed by nothing, and no more by something.
    open_ = np.isfinite(pressure.before)
    more = np.subtract(pressure.after, pressure.before, out=np.zeros(over.shape), where=open_)
    further = np.asarray((over & (more > PRESSED_MIN)).any(axis=1))
    further |= passes & ~open_.all(axis=1)
    newly = np.asarray(over.any(axis=1)) & ~was_over
    own = passes & (newly | further)
    reached = np.tile(reached_through(pressure), 2)
    beside = ~passes & further & (reached >= 0)
    held = ~was_over
    held[size:] |= pressure.drawn[reached[size:]]
    return Broken(np.flatnonzero(own), np.flatnonzero(beside & held), int((beside & ~held).sum()))


def reached_through(pressure: Pressure) -> Ints:
    """Last link on the way to each node behind which there is new power; -1 where there is none."""
    reached = np.arange(pressure.parent.size)
    reached[~(pressure.behind_kw > 0).any(axis=1)] = -1
    open_ = np.flatnonzero(reached < 0)
    above = pressure.parent[open_]
    while open_.size:
        going = above >= 0
        open_, above = open_[going], above[going]
        found = reached[above] == above
        reached[open_[found]] = above[found]
        open_, above = open_[~found], pressure.parent[above[~found]]
    return reached


def own_limits(pressure: Pressure) -> Floats:
    """Limit with which the linear rule says of each link what AC says of it.

    Returns
    -------
    By a secant from no new power, in the step that presses the link hardest; NaN where the new
    power adds nothing. [kVA], shape (links,)
    """
    size = pressure.parent.size
    links = np.arange(size)
    adds = (pressure.linear_kva > 0) & (pressure.solved_kva > 0)
    hardest = np.where(adds, pressure.after[:size], -np.inf).argmax(axis=1)
    linear, solved, base_kva = (
        values[links, hardest]
        for values in (pressure.linear_kva, pressure.solved_kva, pressure.base_kva)
    )
    left_kva = pressure.limit_kva - base_kva
    per_solved = np.divide(linear, solved, out=np.ones(size), where=solved > 0)
    # Half of what rounding may hide, so that a whole number of homes is not lost to it.
    own_kva = base_kva + left_kva * per_solved * (1 + TOLERANCE / 2)
    own_kva = np.where(left_kva > 0, own_kva, pressure.limit_kva)
    return np.where(adds.any(axis=1), own_kva, np.nan)


def caps(pressure: Pressure, limits: Ints) -> tuple[Floats, Ints]:
    """Limits of links with which limits beside the way just hold, the furthest link giving first.

    Parameters
    ----------
    pressure
        The grid.
    limits
        Limits that new power breaks by the voltage, as in `Broken`.

    Returns
    -------
    Limit as the linear rule is to use it, infinite where none is needed, and the limit that asks
    for it, -1 for none. [kVA] and [1], shape (links,) each
    """
    size = pressure.parent.size
    cap_kva, capped_for = np.full(size, np.inf), np.full(size, -1)
    used = _used(pressure)[limits]
    shares = used.max(axis=1, initial=0.0)
    reached = np.tile(reached_through(pressure), 2)[limits]
    # The worst limit that is reached through a link speaks for the others.
    order = np.argsort(-shares, kind="stable")
    _, first = np.unique(reached[order], return_index=True)
    for at in order[first].tolist():
        step = int(used[at].argmax())
        pressed = int(reached[at]), float(shares[at])
        for link, most_kw in _giving(pressure, step, pressed):
            share = most_kw / pressure.behind_kw[link, step]
            kva = (pressure.base_kva[link] + share * pressure.linear_kva[link]).max()
            if kva < cap_kva[link]:
                cap_kva[link], capped_for[link] = kva, limits[at]
    return cap_kva, capped_for


def halved_limits(pressure: Pressure) -> Floats:
    """Limits that let half of the new power through, for steps that have no solution with it.

    Returns
    -------
    Limit as the linear rule is to use it; infinite where there is no new power.
    [kVA], shape (links,)
    """
    half_kva = (pressure.base_kva + pressure.linear_kva / 2.0).max(axis=1)
    return np.where((pressure.linear_kva > 0).any(axis=1), half_kva, np.inf)


def hardest(pressure: Pressure) -> tuple[int, int]:
    """Link and voltage that are pressed hardest, of those pressed further that held before.

    Returns
    -------
    Position of the link and of the node; -1 where there is none.
    """
    held = ~(pressure.before > 1 + TOLERANCE).any(axis=1)
    more = held & (pressure.after > pressure.before + TOLERANCE).any(axis=1)
    stress = np.where(more, pressure.after.max(axis=1), -np.inf)
    size = pressure.parent.size
    links, voltages = stress[:size], stress[size:]
    return (
        int(links.argmax()) if np.isfinite(links).any() else -1,
        int(voltages.argmax()) if np.isfinite(voltages).any() else -1,
    )


def _used(pressure: Pressure) -> Floats:
    """Share of what each limit had left that is used; infinite where nothing was left."""
    left = 1.0 - pressure.before
    added = np.zeros_like(left)
    np.subtract(pressure.after, pressure.before, out=added, where=np.isfinite(pressure.before))
    nothing_left = np.where(added > TOLERANCE, np.inf, 0.0)
    return np.divide(added, left, out=nothing_left, where=left > 0)


def _giving(pressure: Pressure, step: int, pressed: tuple[int, float]) -> list[tuple[int, float]]:
    """Power that may be behind the links on the way for a voltage to hold, the furthest first."""
    link, share = pressed
    way = []
    while link >= 0 and pressure.parent[link] >= 0:
        way.append(link)
        link = int(pressure.parent[link])
    if not way:
        # At a substation the voltage is held, whatever hangs on it.
        return []
    nodes = np.array(way[::-1])
    size = pressure.parent.size
    shift = pressure.after[size:, step] - pressure.before[size:, step]
    branch = Branch(nodes, np.arange(nodes.size) - 1, pressure.drawn[nodes])
    through = pressure.behind_kw[nodes, step]
    found = tightened(branch, through, shift * pressure.allowed_pu, (nodes.size - 1, share))
    return [(int(nodes[link]), most_kw) for link, most_kw in found]
