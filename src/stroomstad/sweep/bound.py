"""How far an answer can be from the exact one, proven from the answer itself.

A round maps squared voltages v to F(v). Say that F brings any two states of a ball closer
together by a factor L < 1, and that the last round moved by d. Then, once the ball is wide enough,
there is one exact answer in it, and the last state is at most d L / (1 - L) away (Banach).
L follows from bounding the derivative of F over the whole ball, link by link, with absolute
values: one pass of plain numbers for sixteen steps, over the envelope of their states.

Near collapse the largest norm overstates L. A step is then judged alone, in a norm whose weights
follow where errors grow, which brings the bound close to the true rate (Collatz and Wielandt).
"""

from __future__ import annotations

import numpy as np

from stroomstad.sweep.kernel import CHANGE, NODE, SUM_P, SUM_Q, VOLTAGE, P, Q, Work, compiled
from stroomstad.sweep.lanes import highest, load
from stroomstad.sweep.radial import Tree

# Own choices: no grid is operated below a fifth of its voltage; what contracts more slowly than
# by 0.95 is left to others.
LOWEST = 0.04
SLOWEST = 0.95
WEIGHT_MIN = 0.02
NORMS = 12


@compiled
def contraction(tree: Tree, work: Work, first: int, count: int, radius: float) -> float:
    """Factor by which a round brings the states of a ball closer; infinite where it may not."""
    weight, pull, shift = work.weight, work.pull, work.shift
    for i in range(count + 1):
        pull[i] = 0.0
    for i in range(count, 0, -1):
        row = first + i - 1
        left = work.lowest[i] - radius * weight[i]
        if not left > LOWEST:
            return np.inf
        power = pull[i] + tree.y[row] * weight[i]
        slope = (work.slope[i] * work.lowest[i] + radius * power) / left
        current = slope * (slope * weight[i] + 2.0 * power)
        z = tree.z[row]
        shift[i] = z * (2.0 * power + z * current)
        pull[tree.above[row]] += power + z * current
    shift[0] = 0.0
    most = 0.0
    for i in range(1, count + 1):
        shift[i] += shift[tree.above[first + i - 1]]
        most = max(most, shift[i] / weight[i])
    return most if most == most else np.inf  # noqa: PLR0124


@compiled
def is_proven(
    tree: Tree, work: Work, first: int, count: int, change: float, allowed: float
) -> bool:
    """Whether the exact answer is near, for the steps whose envelope is in ``work``.

    ``change`` is the largest of the last round, ``allowed`` the error at a voltage of 1; both in
    squared voltage.
    """
    lowest, least, most = np.inf, np.inf, 0.0
    for i in range(1, count + 1):
        lowest = min(lowest, work.lowest[i])
        least = min(least, work.weight[i])
        most = max(most, work.weight[i])
    if not lowest > LOWEST:
        return False
    for slowest in (0.5, SLOWEST):
        radius = change / least / (1.0 - slowest)
        factor = contraction(tree, work, first, count, radius)
        if factor <= slowest:
            error = most * factor / (1.0 - factor) * change / least
            return bool(error <= allowed * np.sqrt(max(lowest - radius * most, LOWEST)))
    return False


@compiled
def is_block_proven(tree: Tree, work: Work, first: int, count: int, allowed: float) -> bool:
    """Whether all sixteen steps are proven together."""
    for i in range(count + 1):
        work.weight[i] = 1.0
    change = highest(load(work.lanes, CHANGE))
    return bool(is_proven(tree, work, first, count, change, allowed))


@compiled
def take_state(tree: Tree, work: Work, first: int, count: int, lane: int) -> None:
    """Put the state of one step where the envelope of sixteen stood."""
    nodes = work.nodes
    nodes[SUM_P + lane] = nodes[SUM_Q + lane] = 0.0
    for i in range(count, 0, -1):
        row, at = first + i - 1, i * NODE + lane
        v = nodes[at + VOLTAGE]
        p = nodes[at + P] + v * tree.g[row] + nodes[at + SUM_P]
        q = nodes[at + Q] - v * tree.b[row] + nodes[at + SUM_Q]
        squared_current = (p * p + q * q) / v
        nodes[at + SUM_P] = nodes[at + SUM_Q] = 0.0
        up = tree.above[row] * NODE + lane
        nodes[up + SUM_P] += p + squared_current * tree.r[row]
        nodes[up + SUM_Q] += q + squared_current * tree.x[row]
        work.lowest[i] = v
        work.slope[i] = np.sqrt(squared_current / v)


@compiled
def is_lane_proven(
    tree: Tree, work: Work, first: int, count: int, lane: int, allowed: float
) -> bool:
    """Whether one step is proven on its own, in the norm that suits it best."""
    take_state(tree, work, first, count, lane)
    weight, shift = work.weight, work.shift
    for i in range(count + 1):
        weight[i] = 1.0
    for _ in range(NORMS):
        if is_proven(tree, work, first, count, work.lanes[CHANGE + lane], allowed):
            return True
        most = 0.0
        for i in range(1, count + 1):
            most = max(most, shift[i])
        if not 0.0 < most < np.inf:
            return False
        for i in range(1, count + 1):
            weight[i] = max(shift[i] / most, WEIGHT_MIN)
    return False
