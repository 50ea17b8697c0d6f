"""Voltage at low voltage held against the Netcode, week by week.

Article 7.3 of the Netcode elektriciteit bounds the mean voltage of every ten minutes: within 10 %
of nominal for 95 % of those of a week, and always between 15 % below and 10 % above it. The twin
knows means of a quarter of an hour, which are as smooth or smoother; so this is an approximation,
and errs towards passing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats, Ints
from stroomstad.tables.grid import Grid
from stroomstad.tables.parameters import Parameters
from stroomstad.tables.results import Floats32
from stroomstad.units import QUARTERS_PER_WEEK

Period = Literal["winter", "summer", "year"]


@dataclass(frozen=True, slots=True)
class VoltageBounds:
    """What the Netcode asks of low voltage.

    Attributes
    ----------
    low_pu, high_pu
        Between which most means of a week lie, as a share of nominal. [1]
    floor_pu
        Below which none lies; above ``high_pu`` none lies either. [1]
    share
        Share of the means of a week that counts as most. [1]
    """

    low_pu: float
    high_pu: float
    floor_pu: float
    share: float


def voltage_bounds(parameters: Parameters) -> VoltageBounds:
    """Bounds from ``limit_voltage_lv_*`` and ``voltage_week_share``."""
    return VoltageBounds(
        parameters.value("limit_voltage_lv_min_pu"),
        parameters.value("limit_voltage_lv_max_pu"),
        parameters.value("limit_voltage_lv_floor_pu"),
        parameters.value("voltage_week_share"),
    )


@dataclass(frozen=True, slots=True)
class VoltageTally:
    """What was seen of low-voltage nodes so far; `count_voltage` adds to it.

    Attributes
    ----------
    nodes
        Positions of low-voltage nodes. Shape (nodes,)
    bounds
        What they are held against.
    starts
        First quarter of each week; the last week ends with the last quarter, and overlaps the one
        before it where the quarters are no whole number of weeks. Shape (weeks,)
    quarters
        How many there are. A stretch shorter than a week counts as one.
    outside
        Quarters outside ``low_pu`` to ``high_pu``. Shape (nodes, weeks)
    lowest_pu, highest_pu
        Voltages. [1], shape (nodes,)
    """

    nodes: Ints
    bounds: VoltageBounds
    starts: Ints
    quarters: int
    outside: Ints
    lowest_pu: Floats
    highest_pu: Floats


def voltage_tally(grid: Grid, bounds: VoltageBounds, quarters: int) -> VoltageTally:
    """Begin a tally of the low-voltage nodes of a grid.

    Parameters
    ----------
    grid
        The grid; nodes below 1000 V are low voltage.
    bounds
        What they are held against.
    quarters
        How many will be counted.
    """
    nodes = np.flatnonzero(grid.nodes["voltage_v"].to_numpy() < 1000.0)
    last = max(quarters - QUARTERS_PER_WEEK, 0)
    starts = np.unique(np.append(np.arange(0, last, QUARTERS_PER_WEEK), last))
    return VoltageTally(
        nodes=nodes,
        bounds=bounds,
        starts=starts,
        quarters=quarters,
        outside=np.zeros((nodes.size, starts.size), dtype=np.int64),
        lowest_pu=np.full(nodes.size, np.inf),
        highest_pu=np.full(nodes.size, -np.inf),
    )


def count_voltage(tally: VoltageTally, start: int, voltage_pu: Floats32) -> None:
    """Count some quarters.

    Parameters
    ----------
    tally
        Changed in place.
    start
        Position of the first of them.
    voltage_pu
        Voltage at every node of the grid; one that is missing, for want of a solution, counts as
        outside. [1], shape (nodes, quarters)
    """
    seen_pu = voltage_pu[tally.nodes].astype(np.float64)
    if not seen_pu.size:
        return
    np.fmin(tally.lowest_pu, np.fmin.reduce(seen_pu, axis=1), out=tally.lowest_pu)
    np.fmax(tally.highest_pu, np.fmax.reduce(seen_pu, axis=1), out=tally.highest_pu)
    outside = ~((seen_pu >= tally.bounds.low_pu) & (seen_pu <= tally.bounds.high_pu))
    for week, first in enumerate((tally.starts - start).tolist()):
        part = outside[:, max(first, 0) : max(first + QUARTERS_PER_WEEK, 0)]
        tally.outside[:, week] += part.sum(axis=1)


def voltage_norm(tally: VoltageTally, grid: Grid, period: Period) -> pd.DataFrame:
    """Say of every low-voltage node whether it meets the norm; columns as in ``VOLTAGE_NORM``.

    Parameters
    ----------
    tally
        With all its quarters counted.
    grid
        As for `voltage_tally`.
    period
        Which quarters they are.
    """
    bounds = tally.bounds
    share = 1.0 - tally.outside / min(QUARTERS_PER_WEEK, tally.quarters)
    short = share < bounds.share
    told = grid.nodes.iloc[tally.nodes][["node_id", "station_id", "area_code"]]
    bounded = (tally.lowest_pu >= bounds.floor_pu) & (tally.highest_pu <= bounds.high_pu)
    return told.assign(
        period=period,
        share_within=share.min(axis=1),
        voltage_min_pu=tally.lowest_pu,
        voltage_max_pu=tally.highest_pu,
        weeks_short=short.sum(axis=1),
        holds=bounded & ~short.any(axis=1),
    ).reset_index(drop=True)


def week_norm(
    grid: Grid, voltage_pu: Floats32, parameters: Parameters, period: Period
) -> pd.DataFrame:
    """As `voltage_norm`, of quarters that are all at hand. Voltage of shape (nodes, quarters)."""
    tally = voltage_tally(grid, voltage_bounds(parameters), voltage_pu.shape[1])
    count_voltage(tally, 0, voltage_pu)
    return voltage_norm(tally, grid, period)
