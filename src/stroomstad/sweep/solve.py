"""Rounds until every step has a proven answer: block after block, feeder after feeder."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from stroomstad.blocks import Floats, Ints
from stroomstad.sweep.bound import is_block_proven, is_lane_proven
from stroomstad.sweep.keep import Kept, Limits, Series, settle
from stroomstad.sweep.kernel import (
    ASKED,
    CHANGE,
    EARLIER,
    FAILED,
    NODE,
    SUM_P,
    SUM_Q,
    USE,
    VOLTAGE,
    Demand,
    P,
    Q,
    Work,
    aligned,
    backward,
    begin,
    compiled,
    forward,
)
from stroomstad.sweep.lanes import WIDTH, fill, load, store
from stroomstad.sweep.radial import Tree

# A change of this size is rounding: no further round makes it smaller.
_ROUNDING = 1e-14
_LANES_KNOWN = 9


class Precision(NamedTuple):
    """How precisely a step is solved.

    Attributes
    ----------
    voltage_error
        Largest error of a squared voltage where the voltage is 1. [pu]
    rounds_max
        Rounds before a step counts as failed.
    """

    voltage_error: float
    rounds_max: int


class Task(NamedTuple):
    """What is solved: grid, loads, limits and precision."""

    tree: Tree
    demand: Demand
    limits: Limits
    precision: Precision


def make_work(rows: int) -> Work:
    """Room for feeders of up to so many rows."""
    return Work(
        aligned(np.zeros((rows + 1) * NODE)),
        aligned(np.zeros(_LANES_KNOWN * WIDTH)),
        *(np.zeros(rows + 1) for _ in range(5)),
    )


@compiled
def solve_feeders(
    task: Task,
    work: Work,
    kept: Kept,
    series: Series,
    feeders: Ints,
    span: tuple[int, int, int],
) -> None:
    """Solve the quarters of a span for some feeders; ``span`` is start, stop and origin."""
    for feeder in feeders:
        solve_feeder(task, work, kept, series, feeder, span)


@compiled
def solve_feeder(
    task: Task,
    work: Work,
    kept: Kept,
    series: Series,
    feeder: int,
    span: tuple[int, int, int],
) -> None:
    """Solve the quarters of a span for one feeder."""
    tree, demand, limits, precision = task
    start, stop, origin = span
    first = tree.first[feeder]
    count = tree.first[feeder + 1] - first
    for step in range(start // WIDTH * WIDTH, stop, WIDTH):
        begin(work.nodes, demand, first, count, step)
        solve_block(tree, work, first, count, precision)
        for lane in range(WIDTH):
            asked = 1.0 if start <= step + lane < stop else 0.0
            work.lanes[ASKED + lane] = asked
            work.lanes[USE + lane] = asked * (1.0 - work.lanes[FAILED + lane])
        settle(tree, work, kept, series, limits, (feeder, step, origin))


@compiled
def adopt_quarter(
    task: Task, work: Work, kept: Kept, series: Series, place: tuple[int, int, int], squared: Floats
) -> None:
    """Keep a quarter that another solved; ``squared`` are the squared voltages of a feeder's rows.

    ``place`` is the feeder, the quarter and the origin of the series.
    """
    tree, demand, limits, _ = task
    feeder, quarter, origin = place
    first = tree.first[feeder]
    count = tree.first[feeder + 1] - first
    step = quarter // WIDTH * WIDTH
    begin(work.nodes, demand, first, count, step)
    for i in range(1, count + 1):
        work.nodes[i * NODE + VOLTAGE + quarter - step] = squared[i - 1]
    for lane in range(WIDTH):
        work.lanes[ASKED + lane] = work.lanes[USE + lane] = 1.0 if step + lane == quarter else 0.0
        work.lanes[FAILED + lane] = 0.0
    settle(tree, work, kept, series, limits, (feeder, step, origin))


@compiled
def solve_block(tree: Tree, work: Work, first: int, count: int, precision: Precision) -> None:
    """Go round until all sixteen steps are proven, or give up those that are not."""
    lanes, allowed = work.lanes, precision.voltage_error
    wanted = allowed / 4.0
    store(lanes, FAILED, fill(0.0))
    for turn in range(precision.rounds_max):
        backward(tree, work, first, count, turn > 0)
        store(lanes, CHANGE, forward(tree, work.nodes, first, count))
        _bury_unreal(work, count)
        if turn > 0 and _has_settled(lanes, wanted):
            if is_block_proven(tree, work, first, count, allowed):
                return
            if _prove_each(tree, work, first, count, allowed):
                return
            wanted /= 100.0
        store(lanes, EARLIER, load(lanes, CHANGE))
    for lane in range(WIDTH):
        if not is_lane_proven(tree, work, first, count, lane, allowed):
            _bury(work, count, lane)


@compiled
def _has_settled(lanes: Floats, wanted: float) -> bool:
    """Whether the next round would move no step by more than is wanted, as far as one can tell."""
    for lane in range(WIDTH):
        change, earlier = lanes[CHANGE + lane], lanes[EARLIER + lane]
        if change > _ROUNDING and not change * change <= wanted * (earlier - change):
            return False
    return True


@compiled
def _prove_each(tree: Tree, work: Work, first: int, count: int, allowed: float) -> bool:
    for lane in range(WIDTH):  # noqa: SIM110 -- compiled code knows no such expression
        if not is_lane_proven(tree, work, first, count, lane, allowed):
            return False
    return True


@compiled
def _bury_unreal(work: Work, count: int) -> None:
    """Give up the steps in which a power at the source is no number any more."""
    for lane in range(WIDTH):
        if not np.isfinite(work.nodes[SUM_P + lane] + work.nodes[SUM_Q + lane]):
            _bury(work, count, lane)


@compiled
def _bury(work: Work, count: int, lane: int) -> None:
    """Mark a step as failed, and take its powers away so that it disturbs nobody."""
    work.lanes[FAILED + lane] = 1.0
    work.lanes[CHANGE + lane] = 0.0
    for i in range(1, count + 1):
        at = i * NODE + lane
        work.nodes[at + P] = work.nodes[at + Q] = 0.0
        work.nodes[at + SUM_P] = work.nodes[at + SUM_Q] = 0.0
        work.nodes[at + VOLTAGE] = 1.0
