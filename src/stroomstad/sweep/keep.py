"""What is kept of a year while it is swept: extremes, the worst quarters, what is above limits.

Sums over time must not depend on how the year is cut. Each term is therefore rounded to a grid of
2**-36 (15 microwatt), on which sums of up to 2**17 are exact in any order.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stroomstad.blocks import Floats, Ints
from stroomstad.sweep.kernel import (
    ASKED,
    FAILED,
    LEVEL,
    LOADING,
    NODE,
    POWER,
    REACTIVE,
    SUM_P,
    SUM_Q,
    USE,
    VOLTAGE,
    P,
    Q,
    Work,
    compiled,
)
from stroomstad.sweep.lanes import (
    WIDTH,
    exceeds,
    fill,
    larger,
    load,
    root,
    store,
    total,
    where_positive,
)
from stroomstad.sweep.radial import CABLE, PLAIN, Tree

Flags = NDArray[np.bool_]
Ints32 = NDArray[np.int32]

WORST = 20
SHARES = (0.8, 1.0, 1.2)
NEVER = -1
_ONTO_GRID = 1.5 * 2.0**16


class Kept(NamedTuple):
    """Results of a stretch of time, row by row, per unit; loadings are squared.

    Attributes
    ----------
    out, out_at, back, back_at
        Highest loading towards the customers and towards the source, and when. Shape (rows,)
    worst, worst_at
        Highest loadings in either direction, from high to low. Shape (rows, `WORST`)
    above, excess
        Quarters above each share of the limit, and the sum of what is above.
        Shape (rows, `SHARES`)
    lost
        Sum of the losses of the link, its shunts included. Shape (rows,)
    high, high_at, low, low_at
        Highest and lowest squared voltage, and when; the lowest is kept negative. Shape (rows,)
    """

    out: Floats
    out_at: Ints32
    back: Floats
    back_at: Ints32
    worst: Floats
    worst_at: Ints32
    above: Ints
    excess: Floats
    lost: Floats
    high: Floats
    high_at: Ints32
    low: Floats
    low_at: Ints32


class Series(NamedTuple):
    """Results quarter by quarter, from the first quarter that was asked for, per unit.

    Attributes
    ----------
    supply_p, supply_q, losses
        What the source supplies to each feeder, and what is lost in it. Shape (feeders, quarters)
    failed
        Whether no answer was proven. Shape (feeders, quarters)
    asked
        Where the series of a row stands; `NEVER` when it is not asked for. Shape (rows,)
    power, loading, voltage
        Active power into the link at the end of the source, loading and voltage, as roots and not
        as squares; those without columns are left out. Shape (asked for, quarters)
    """

    supply_p: Floats
    supply_q: Floats
    losses: Floats
    failed: Flags
    asked: Ints
    power: Floats
    loading: Floats
    voltage: Floats


class Limits(NamedTuple):
    """Most that each row may carry towards the customers and towards the source, per unit.

    Attributes
    ----------
    out, back
        The limits.
    watch_out, watch_back
        Square of the least share of them above which time is counted.
    """

    out: Floats
    back: Floats
    watch_out: Floats
    watch_back: Floats


def start_keeping(rows: int) -> Kept:
    """Nothing yet."""

    def zeros(*more: int) -> Floats:
        return np.zeros((rows, *more))

    def never(*more: int) -> Ints32:
        return np.full((rows, *more), NEVER, dtype=np.int32)

    return Kept(
        out=zeros(),
        out_at=never(),
        back=zeros(),
        back_at=never(),
        worst=zeros(WORST),
        worst_at=never(WORST),
        above=np.zeros((rows, len(SHARES)), dtype=np.int64),
        excess=zeros(len(SHARES)),
        lost=zeros(),
        high=zeros(),
        high_at=never(),
        low=np.full(rows, -np.inf),
        low_at=never(),
    )


@compiled
def settle(
    tree: Tree, work: Work, kept: Kept, series: Series, limits: Limits, place: tuple[int, int, int]
) -> None:
    """Go backward once more with the answer, and keep what is asked of it.

    ``place`` is the feeder, the first step of the block, and the first quarter of the series.
    """
    feeder, step, origin = place
    first = tree.first[feeder]
    count = tree.first[feeder + 1] - first
    nodes, lanes = work.nodes, work.lanes
    use = load(lanes, USE)
    none = where_positive(use, 0.0, -np.inf)
    is_full = total(use) == WIDTH
    lost = fill(0.0)
    store(nodes, SUM_P, fill(0.0))
    store(nodes, SUM_Q, fill(0.0))
    for i in range(count, 0, -1):
        row = first + i - 1
        power, squared, loss = _pass_up(tree, nodes, row, i * NODE, tree.above[row] * NODE)
        v = load(nodes, i * NODE + VOLTAGE)
        lost = lost + loss
        squared = where_positive(use, squared, 0.0)
        out, back = where_positive(power, squared, 0.0), where_positive(power, 0.0, squared)
        if (
            exceeds(out, kept.out[row])
            or exceeds(back, kept.back[row])
            or exceeds(squared, kept.worst[row, WORST - 1])
            or exceeds(out, limits.watch_out[row])
            or exceeds(back, limits.watch_back[row])
        ):
            store(lanes, POWER, power)
            store(lanes, LOADING, squared)
            _keep_loading(kept, limits, lanes, row, step)
        high, low = v + none, none - v
        if exceeds(high, kept.high[row]) or exceeds(low, kept.low[row]):
            store(lanes, LEVEL, v)
            _keep_voltage(kept, lanes, row, step)
        kept.lost[row] += total((where_positive(use, loss, 0.0) + _ONTO_GRID) - _ONTO_GRID)
        if series.asked[row] != NEVER:
            store(lanes, POWER, power)
            store(lanes, LOADING, squared)
            store(lanes, LEVEL, v)
            _keep_series(series, lanes, row, step - origin, is_full)
    head_g, head_b = tree.half_g[first], tree.half_b[first]
    store(lanes, POWER, load(nodes, SUM_P) + head_g)
    store(lanes, REACTIVE, load(nodes, SUM_Q) - head_b)
    store(lanes, LEVEL, lost)
    _keep_supply(series, lanes, feeder, step - origin)


@compiled
def _pass_up(tree: Tree, nodes: Floats, row: int, at: int, up: int) -> tuple[Any, Any, Any]:
    """Add a row to the one above; return power at its upper end, squared loading, and loss."""
    v, v_up = load(nodes, at + VOLTAGE), load(nodes, up + VOLTAGE)
    p = load(nodes, at + P) + v * tree.g[row] + load(nodes, at + SUM_P)
    q = load(nodes, at + Q) - v * tree.b[row] + load(nodes, at + SUM_Q)
    squared = (p * p + q * q) / v
    loss = squared * tree.r[row]
    p_up, q_up = p + loss, q + squared * tree.x[row]
    store(nodes, at + SUM_P, fill(0.0))
    store(nodes, at + SUM_Q, fill(0.0))
    store(nodes, up + SUM_P, load(nodes, up + SUM_P) + p_up)
    store(nodes, up + SUM_Q, load(nodes, up + SUM_Q) + q_up)
    if tree.kind[row] != PLAIN:
        half_g, half_b = tree.half_g[row], tree.half_b[row]
        p_up, q_up = p_up + v_up * half_g, q_up - v_up * half_b
        p, q = p - v * half_g, q + v * half_b
        loss = loss + (v + v_up) * half_g
        upper, lower = p_up * p_up + q_up * q_up, p * p + q * q
        if tree.kind[row] == CABLE:
            upper, lower = upper / v_up, lower / v
        squared = larger(upper, lower)
    return p_up, squared, loss


@compiled
def _keep_loading(kept: Kept, limits: Limits, lanes: Floats, row: int, step: int) -> None:
    for lane in range(WIDTH):
        power, squared = lanes[POWER + lane], lanes[LOADING + lane]
        record, watch = kept.back[row], limits.watch_back[row]
        if power > 0:
            record, watch = kept.out[row], limits.watch_out[row]
        if squared > record or squared > watch or squared > kept.worst[row, WORST - 1]:
            keep_loading(kept, limits, row, power, squared, step + lane)


@compiled
def keep_loading(
    kept: Kept, limits: Limits, row: int, power: float, squared: float, quarter: int
) -> None:
    """Keep what a row carries in one quarter; of equal loadings the first comes first."""
    limit, watch = limits.back[row], limits.watch_back[row]
    if power > 0:
        limit, watch = limits.out[row], limits.watch_out[row]
        if _is_first(squared, quarter, kept.out[row], kept.out_at[row]):
            kept.out[row], kept.out_at[row] = squared, quarter
    elif _is_first(squared, quarter, kept.back[row], kept.back_at[row]):
        kept.back[row], kept.back_at[row] = squared, quarter
    if squared >= kept.worst[row, WORST - 1]:
        _keep_worst(kept.worst[row], kept.worst_at[row], squared, quarter)
    if squared > watch:
        loading = np.sqrt(squared)
        for place, share in enumerate(SHARES):
            if loading > share * limit:
                kept.above[row, place] += 1
                excess = loading - share * limit
                kept.excess[row, place] += (excess + _ONTO_GRID) - _ONTO_GRID


@compiled
def keep_voltage(kept: Kept, row: int, v: float, quarter: int) -> None:
    """Keep the squared voltage of a row in one quarter."""
    if _is_first(v, quarter, kept.high[row], kept.high_at[row]):
        kept.high[row], kept.high_at[row] = v, quarter
    if _is_first(-v, quarter, kept.low[row], kept.low_at[row]):
        kept.low[row], kept.low_at[row] = -v, quarter


@compiled
def _is_first(value: float, quarter: int, kept: float, kept_at: int) -> bool:
    return value > kept or (value == kept and quarter < kept_at)


@compiled
def _keep_voltage(kept: Kept, lanes: Floats, row: int, step: int) -> None:
    for lane in range(WIDTH):
        v = lanes[LEVEL + lane]
        if lanes[USE + lane] > 0 and (v > kept.high[row] or -v > kept.low[row]):
            keep_voltage(kept, row, v, step + lane)


@compiled
def _keep_worst(worst: Floats, worst_at: Ints32, squared: float, quarter: int) -> None:
    place = WORST
    while place > 0 and _is_first(squared, quarter, worst[place - 1], worst_at[place - 1]):
        place -= 1
    for later in range(WORST - 1, place, -1):
        worst[later], worst_at[later] = worst[later - 1], worst_at[later - 1]
    if place < WORST:
        worst[place], worst_at[place] = squared, quarter


@compiled
def keep_all(
    kept: Kept, limits: Limits, rows: Ints, quarters: Ints, power: Floats, squared: Floats
) -> None:
    """Keep the loadings of whole rows. Shape of ``power`` and ``squared`` (rows, quarters)."""
    for at, row in enumerate(rows):
        for column, quarter in enumerate(quarters):
            keep_loading(kept, limits, row, power[at, column], squared[at, column], quarter)


@compiled
def join(kept: Kept, other: Kept) -> None:
    """Add to ``kept`` what another stretch of time has kept."""
    for row in range(kept.out.size):
        _join_highest(kept.out, kept.out_at, other.out, other.out_at, row)
        _join_highest(kept.back, kept.back_at, other.back, other.back_at, row)
        _join_highest(kept.high, kept.high_at, other.high, other.high_at, row)
        _join_highest(kept.low, kept.low_at, other.low, other.low_at, row)
        for place in range(WORST):
            squared, quarter = other.worst[row, place], other.worst_at[row, place]
            if quarter != NEVER:
                _keep_worst(kept.worst[row], kept.worst_at[row], squared, quarter)
        for place in range(len(SHARES)):
            kept.above[row, place] += other.above[row, place]
            kept.excess[row, place] += other.excess[row, place]
        kept.lost[row] += other.lost[row]


@compiled
def _join_highest(kept: Floats, at: Ints32, other: Floats, other_at: Ints32, row: int) -> None:
    if _is_first(other[row], other_at[row], kept[row], at[row]):
        kept[row], at[row] = other[row], other_at[row]


@compiled
def _keep_series(
    series: Series,
    lanes: Floats,
    row: int,
    column: int,
    is_full: bool,  # noqa: FBT001
) -> None:
    at = series.asked[row]
    if series.power.shape[1]:
        _put(series.power[at], column, lanes, POWER, is_full)
    if series.loading.shape[1]:
        store(lanes, LOADING, root(load(lanes, LOADING)))
        _put(series.loading[at], column, lanes, LOADING, is_full)
    if series.voltage.shape[1]:
        store(lanes, LEVEL, root(load(lanes, LEVEL)))
        _put(series.voltage[at], column, lanes, LEVEL, is_full)


@compiled
def _put(
    line: Floats,
    column: int,
    lanes: Floats,
    what: int,
    is_full: bool,  # noqa: FBT001
) -> None:
    """Put the lanes that are used into a line of a series; all at once where all are."""
    if is_full:
        store(line, column, load(lanes, what))
    else:
        for lane in range(WIDTH):
            if lanes[USE + lane] > 0:
                line[column + lane] = lanes[what + lane]


@compiled
def _keep_supply(series: Series, lanes: Floats, feeder: int, column: int) -> None:
    for lane in range(WIDTH):
        if lanes[ASKED + lane] > 0:
            series.failed[feeder, column + lane] = lanes[FAILED + lane] > 0
        if lanes[USE + lane] > 0:
            series.supply_p[feeder, column + lane] = lanes[POWER + lane]
            series.supply_q[feeder, column + lane] = lanes[REACTIVE + lane]
            series.losses[feeder, column + lane] = lanes[LEVEL + lane]
