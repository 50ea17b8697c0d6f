"""How hard each limit of the grid is pressed in a solved step; 1 means exactly at the limit.

Two rows of limits stand under each other: first what every link carries, then the voltage at
every node. The loads in a solved step are those of the station level, so on a link the old
load and what is added to it are each multiplied by their own level factor first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from stroomstad.blocks import Floats, Ints
from stroomstad.simulation import DesignWeek, Direction, LinkState
from stroomstad.tables.grid import Grid
from stroomstad.tables.parameters import Parameters
from stroomstad.tables.results import Floats32


class Steps(Protocol):
    """Solved steps, each array of shape (links, steps); a step without an answer is NaN."""

    @property
    def power_kw(self) -> Floats32:
        """Active power at the end nearer the substation; negative is feed-in. [kW]."""

    @property
    def apparent_kva(self) -> Floats32:
        """What is held against the rating. [kVA]."""

    @property
    def voltage_pu(self) -> Floats32:
        """Voltage at the node. [1]."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Every limit of a grid in one direction, and where the design week stands without new homes.

    Attributes
    ----------
    week
        The solved design week.
    state
        What every link carries and may carry in it.
    voltage_limit_pu
        Lowest voltage allowed at each node for load, highest for feed-in. [1], shape (nodes,)
    """

    week: DesignWeek
    state: LinkState
    voltage_limit_pu: Floats


def build_limits(week: DesignWeek, state: LinkState, grid: Grid, parameters: Parameters) -> Limits:
    """Put the limits of links and voltages side by side.

    Parameters
    ----------
    week, state
        The design week, and its links in the case of the parameters.
    grid
        The grid; nodes below 1000 V are low voltage.
    parameters
        ``limit_voltage_*``.

    Notes
    -----
    New homes only lower a voltage and new roofs only raise it, so one side is checked.
    """
    return Limits(week, state, voltage_limits(grid, parameters, week.direction))


def voltage_limits(grid: Grid, parameters: Parameters, direction: Direction) -> Floats:
    """Voltage at which each node is at its limit: the lowest for load, the highest for feed-in.

    Parameters
    ----------
    grid
        The grid; nodes below 1000 V are low voltage.
    parameters
        ``limit_voltage_*``.
    direction
        What is held against the limits.

    Returns
    -------
    Limit, in the order of the nodes. [1], shape (nodes,)
    """
    side = "min" if direction == "load" else "max"
    low = parameters.value(f"limit_voltage_lv_{side}_pu")
    medium = parameters.value(f"limit_voltage_mv_{side}_pu")
    return np.where(grid.nodes["voltage_v"] < 1000.0, low, medium)


def stress_before(limits: Limits, quarters: Ints) -> Floats:
    """Stress of every limit without new homes.

    Parameters
    ----------
    limits
        The limits.
    quarters
        Positions in the design week. Shape (steps,)

    Returns
    -------
    Stress; negative where the flow runs the other way or the voltage is on the other side of
    nominal. [1], shape (links + nodes, steps)
    """
    level_kva = limits.state.base_kva[:, quarters].astype(np.float64)
    voltage_pu = limits.week.flows.voltage_pu[:, quarters]
    return stress_of(limits.state.limit_kva, limits.voltage_limit_pu, level_kva, voltage_pu)


def stress_after(limits: Limits, quarters: Ints, steps: Steps, columns: slice) -> Floats:
    """Stress of every limit in some solved steps.

    Parameters
    ----------
    limits
        The limits.
    quarters
        Positions in the design week of the steps. Shape (steps,)
    steps
        The solved steps.
    columns
        Which of them.

    Returns
    -------
    Stress, infinite where a step has no answer. [1], shape (links + nodes, steps)
    """
    flows, state = limits.week.flows, limits.state
    old_kva = _signed_kva(limits, flows, quarters)
    added_kva = _signed_kva(limits, steps, columns) - old_kva
    level_kva = state.base_kva[:, quarters] + state.level_factor_unit[:, None] * added_kva
    return stress_of(
        state.limit_kva, limits.voltage_limit_pu, level_kva, steps.voltage_pu[:, columns]
    )


def _signed_kva(limits: Limits, steps: Steps, columns: Ints | slice) -> Floats:
    """Apparent power, negative where it runs against the direction that is checked."""
    sign = np.sign(steps.power_kw[:, columns])
    signed_kva = (sign * steps.apparent_kva[:, columns]).astype(np.float64)
    return signed_kva if limits.week.direction == "load" else -signed_kva


def stress_of(
    limit_kva: Floats, voltage_limit_pu: Floats, level_kva: Floats, voltage_pu: Floats32
) -> Floats:
    """Stress of every limit under given loads and voltages.

    Parameters
    ----------
    limit_kva
        Limit of each link. [kVA], shape (links,)
    voltage_limit_pu
        Answer of `voltage_limits`. [1], shape (nodes,)
    level_kva
        Load of each link in the direction that is checked, level factors applied.
        [kVA], shape (links, steps)
    voltage_pu
        Voltage at each node. [1], shape (nodes, steps)

    Returns
    -------
    Stress, infinite where a step has no answer. [1], shape (links + nodes, steps)
    """
    most_kva = np.broadcast_to(limit_kva[:, None], level_kva.shape)
    loading = np.divide(
        level_kva, most_kva, out=np.full(level_kva.shape, np.inf), where=most_kva > 0
    )
    # Nominal is 1: the stress is the share of the allowed deviation that is used.
    allowed = voltage_limit_pu[:, None] - 1.0
    stress = np.vstack([loading, (voltage_pu.astype(np.float64) - 1.0) / allowed])
    return np.where(np.isnan(stress), np.inf, stress)
