"""The extremes and the losses of a whole year, without keeping the year in memory.

A year of 10,000 nodes is 350 million values per quantity; what is asked of them are the
highest and lowest of each place and when they occur. Who needs more takes it from each portion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from stroomstad.blocks import Floats, Ints, LoadBlocks
from stroomstad.powerflow.flows import (
    StepFlows,
    check_quarters,
    solve_chunks,
)
from stroomstad.powerflow.network import Network
from stroomstad.powerflow.solver import DEFAULT_OPTIONS, PowerFlowOptions
from stroomstad.tables.profiles import TimeAxis
from stroomstad.tables.results import Flags, Floats32
from stroomstad.units import HOURS_PER_QUARTER

NEVER = -1
Portion = Callable[[int, StepFlows], None]


@dataclass(frozen=True, slots=True)
class Extremes:
    """Highest value of each place so far, and when it was first reached.

    Attributes
    ----------
    value
        The highest value; the value given at the start where nothing exceeded it. Shape (places,)
    at
        Its quarter; `NEVER` where nothing exceeded the value given at the start. Shape (places,)
    """

    value: Floats32
    at: Ints


@dataclass(frozen=True, slots=True)
class YearFlows:
    """Result of one AC power flow over a year, reduced per node and link of a radial tree.

    Attributes
    ----------
    axis
        The quarters.
    load_max
        Highest apparent power towards the customers; 0 and `NEVER` where none flowed. [kVA]
    feed_in_max
        Highest apparent power towards the region, likewise. [kVA]
    voltage_min, voltage_max
        Lowest and highest voltage of every node. [1]
    losses_kw, mismatch_kw
        As in `Flows`; missing where there is no solution. [kW], shape (quarters,)
    solved
        Whether the quarter has a solution; extremes are of those that have. Shape (quarters,)
    """

    axis: TimeAxis
    load_max: Extremes
    feed_in_max: Extremes
    voltage_min: Extremes
    voltage_max: Extremes
    losses_kw: Floats
    mismatch_kw: Floats
    solved: Flags

    @property
    def losses_kwh(self) -> float:
        """Losses of the whole stretch of time, but for quarters without a solution."""
        return float(np.nansum(self.losses_kw) * HOURS_PER_QUARTER)


def solve_year(
    network: Network,
    load: LoadBlocks,
    feed_in: LoadBlocks,
    axis: TimeAxis,
    each: Portion | None = None,
    *,
    options: PowerFlowOptions = DEFAULT_OPTIONS,
) -> YearFlows:
    """Solve every quarter of a stretch of time of any length, keeping the extremes.

    Parameters
    ----------
    network
        As `build_network` made it.
    load, feed_in
        What each node draws and feeds in, in the order of the tree. Shape (nodes, quarters)
    axis
        The quarters.
    each
        Called with the first quarter of every portion that is solved, and its flows.
    options
        Precision and portions.

    Raises
    ------
    SolverFailed
        When the balance of a quarter does not close.
    ValueError
        When the shapes of the arguments do not fit each other.
    """
    check_quarters(load, axis)
    return reduce_year(network, axis, solve_chunks(network, load, feed_in, options), each)


def reduce_year(
    network: Network,
    axis: TimeAxis,
    chunks: Iterable[tuple[int, StepFlows]],
    each: Portion | None = None,
) -> YearFlows:
    """Keep the extremes of portions that follow each other, of quarters with a solution.

    Parameters
    ----------
    network
        As `build_network` made it.
    axis
        The quarters.
    chunks
        First quarter of each portion, and its flows.
    each
        Called with every portion.
    """
    year = _empty_year(network, axis)
    for start, chunk in chunks:
        stop = start + chunk.converged.size
        _take_extremes(year, start, chunk)
        year.losses_kw[start:stop] = chunk.losses_kw
        year.mismatch_kw[start:stop] = chunk.mismatch_kw
        year.solved[start:stop] = chunk.converged
        if each is not None:
            each(start, chunk)
    return year


def _empty_year(network: Network, axis: TimeAxis) -> YearFlows:
    places = network.tree.parent.size
    return YearFlows(
        axis,
        load_max=_start(places, 0.0),
        feed_in_max=_start(places, 0.0),
        voltage_min=_start(places, np.inf),
        voltage_max=_start(places, -np.inf),
        losses_kw=np.empty(axis.quarters),
        mismatch_kw=np.empty(axis.quarters),
        solved=np.zeros(axis.quarters, dtype=np.bool_),
    )


def _start(places: int, value: float) -> Extremes:
    return Extremes(np.full(places, value, dtype=np.float32), np.full(places, NEVER, np.int64))


def _take_extremes(year: YearFlows, start: int, chunk: StepFlows) -> None:
    quarters = start + np.flatnonzero(chunk.converged)
    if not quarters.size:
        return
    outward = chunk.power_kw >= 0.0
    for kept, values, lowest in (
        (year.load_max, np.where(outward, chunk.apparent_kva, 0.0), False),
        (year.feed_in_max, np.where(outward, 0.0, chunk.apparent_kva), False),
        (year.voltage_max, chunk.voltage_pu, False),
        (year.voltage_min, chunk.voltage_pu, True),
    ):
        whole = quarters.size == chunk.converged.size
        _take(kept, values if whole else values[:, chunk.converged], quarters, lowest=lowest)


def _take(kept: Extremes, values: Floats32, quarters: Ints, *, lowest: bool) -> None:
    """Keep, in place, what exceeds the extremes so far; the first of equals stays."""
    quarter = values.argmin(axis=1) if lowest else values.argmax(axis=1)
    best = np.take_along_axis(values, quarter[:, None], axis=1)[:, 0]
    further = best < kept.value if lowest else best > kept.value
    kept.value[further] = best[further]
    kept.at[further] = quarters[quarter[further]]
