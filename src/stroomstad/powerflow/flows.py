"""What every node and link of a radial grid carries, quarter by quarter.

The quarters are multiplied out, solved and reduced a chunk at a time, so that memory follows
the length of a chunk and not that of the year.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from stroomstad.blocks import Floats, Ints, LoadBlocks
from stroomstad.errors import SolverFailed, name_some
from stroomstad.powerflow.network import Network
from stroomstad.powerflow.solver import (
    DEFAULT_OPTIONS,
    Flags,
    PowerFlowOptions,
    States,
    build_model,
    solve_states,
)
from stroomstad.tables.profiles import TimeAxis
from stroomstad.tables.results import Floats32, Flows
from stroomstad.units import SQRT3

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class StepFlows:
    """As `Flows`, for steps that need not follow each other and need not all converge.

    Attributes
    ----------
    converged
        Whether the step was solved; one that was not is NaN in every other field. Shape (steps,)
    power_kw, apparent_kva, voltage_pu
        As in `Flows`. Shape (links, steps)
    losses_kw, mismatch_kw
        As in `Flows`. [kW], shape (steps,)
    """

    converged: Flags
    power_kw: Floats32
    apparent_kva: Floats32
    voltage_pu: Floats32
    losses_kw: Floats
    mismatch_kw: Floats


def solve_flows(
    network: Network,
    load: LoadBlocks,
    feed_in: LoadBlocks,
    axis: TimeAxis,
    progress: Progress | None = None,
    *,
    options: PowerFlowOptions = DEFAULT_OPTIONS,
) -> Flows:
    """Solve every quarter of a stretch of time.

    Parameters
    ----------
    network
        As `build_network` made it.
    load, feed_in
        What each node draws and feeds in, in the order of the tree. Shape (nodes, quarters)
    axis
        The quarters.
    progress
        Called with the fraction that is done.
    options
        Precision and portions.

    Raises
    ------
    SolverFailed
        When a quarter does not converge, or its balance does not close.
    ValueError
        When the shapes of the arguments do not fit each other.
    """
    check_quarters(load, axis)
    return as_flows(solve_steps(network, load, feed_in, progress, options=options), axis)


def as_flows(steps: StepFlows, axis: TimeAxis) -> Flows:
    """Take steps that follow each other as the quarters of an axis.

    Raises
    ------
    SolverFailed
        When one of them did not converge.
    """
    require_converged(steps.converged, axis)
    return Flows(
        axis,
        steps.power_kw,
        steps.apparent_kva,
        steps.voltage_pu,
        steps.losses_kw,
        steps.mismatch_kw,
    )


def solve_steps(
    network: Network,
    load: LoadBlocks,
    feed_in: LoadBlocks,
    progress: Progress | None = None,
    *,
    options: PowerFlowOptions = DEFAULT_OPTIONS,
) -> StepFlows:
    """Solve independent steps; one that does not converge is missing from the answer.

    Parameters
    ----------
    network
        As `build_network` made it.
    load, feed_in
        What each node draws and feeds in, in the order of the tree. Shape (nodes, steps)
    progress
        Called with the fraction that is done.
    options
        Precision and portions.

    Raises
    ------
    SolverFailed
        When the balance of a converged step does not close.
    ValueError
        When the shapes of the arguments do not fit each other.
    """
    shape = (load.nodes, load.quarters)
    answer = StepFlows(
        converged=np.zeros(load.quarters, dtype=np.bool_),
        power_kw=np.empty(shape, dtype=np.float32),
        apparent_kva=np.empty(shape, dtype=np.float32),
        voltage_pu=np.empty(shape, dtype=np.float32),
        losses_kw=np.empty(load.quarters),
        mismatch_kw=np.empty(load.quarters),
    )
    for start, chunk in solve_chunks(network, load, feed_in, options):
        stop = start + chunk.converged.size
        answer.converged[start:stop] = chunk.converged
        answer.power_kw[:, start:stop] = chunk.power_kw
        answer.apparent_kva[:, start:stop] = chunk.apparent_kva
        answer.voltage_pu[:, start:stop] = chunk.voltage_pu
        answer.losses_kw[start:stop] = chunk.losses_kw
        answer.mismatch_kw[start:stop] = chunk.mismatch_kw
        if progress is not None:
            progress(stop / load.quarters)
    return answer


def solve_chunks(
    network: Network, load: LoadBlocks, feed_in: LoadBlocks, options: PowerFlowOptions
) -> Iterator[tuple[int, StepFlows]]:
    """Solve one chunk after the other.

    Yields
    ------
    First step of the chunk, and its flows.

    Raises
    ------
    SolverFailed
        When the balance of a converged step does not close.
    ValueError
        When the shapes of the arguments do not fit each other.
    """
    _check_shapes(network, load, feed_in)
    demand_node = _nodes_with_demand(network, load, feed_in)
    model = build_model(network.arrays, demand_node)
    reactive_share = np.sqrt(1.0 / network.power_factor**2 - 1.0)
    for start in range(0, load.quarters, options.chunk_quarters):
        stop = min(start + options.chunk_quarters, load.quarters)
        load_w = _steps_by_nodes(load, start, stop, demand_node)
        feed_in_w = _steps_by_nodes(feed_in, start, stop, demand_node)
        states = solve_states(model, load_w - feed_in_w, load_w * reactive_share, options)
        drawn_w, fed_w = load_w.sum(axis=1), feed_in_w.sum(axis=1)
        chunk = _to_links(network, states, states.source_w.sum(axis=1) + fed_w - drawn_w)
        check_balance(start, chunk, (drawn_w + fed_w) / 1000.0, options)
        yield start, chunk


def check_quarters(load: LoadBlocks, axis: TimeAxis) -> None:
    """Raise when the load does not cover the axis.

    Raises
    ------
    ValueError
        With both numbers of quarters.
    """
    if load.quarters != axis.quarters:
        raise ValueError(
            f"load: {load.quarters} quarters where the axis has {axis.quarters}. "
            "Use shapes of the same stretch of time."
        )


def require_converged(converged: Flags, axis: TimeAxis) -> None:
    """Raise when a quarter was not solved, and name it.

    Raises
    ------
    SolverFailed
        With the number of quarters and the first five.
    """
    failed = np.flatnonzero(~converged)
    if failed.size:
        times = [str(time) for time in axis.times()[failed]]
        raise SolverFailed(
            f"power flow: {failed.size} quarters did not converge ({name_some(times)}). "
            "The load is more than the grid can carry at any voltage; lower it, or lay "
            "thicker cables."
        )


def _nodes_with_demand(network: Network, load: LoadBlocks, feed_in: LoadBlocks) -> Ints:
    """Nodes that draw or feed in; substations always count, so that there is at least one."""
    demand = np.zeros(load.nodes, dtype=np.bool_)
    demand[network.arrays.source_node] = True
    for blocks in (load, feed_in):
        demand[np.unique(blocks.weights.nonzero()[0])] = True
        demand[blocks.explicit_nodes] = True
    return np.flatnonzero(demand).astype(np.int64)


def _steps_by_nodes(blocks: LoadBlocks, start: int, stop: int, nodes: Ints) -> Floats:
    """Power of the given nodes. [W], shape (steps, nodes), one step after the other in memory.

    Sums over the nodes then add up in the same order whatever the length of a chunk.
    """
    return np.ascontiguousarray(blocks.block(start, stop)[nodes].T) * 1000.0


def _to_links(network: Network, states: States, surplus_w: Floats) -> StepFlows:
    """Put the solved states in the order of the tree; ``surplus_w`` is what losses must equal."""
    size = network.tree.parent.size
    power_kw = np.empty((size, states.converged.size), dtype=np.float32)
    apparent_kva = np.empty_like(power_kw)
    cable, station = network.cable_link, network.station_link
    source = network.arrays.source_node
    nominal_v = network.arrays.node_voltage_v[cable]
    power_kw[cable] = states.cable_from_w.T[: cable.size] / 1000.0
    power_kw[station] = states.transformer_from_w.T / 1000.0
    power_kw[source] = states.source_w.T / 1000.0
    current_a = states.cable_current_a.T[: cable.size]
    apparent_kva[cable] = current_a * (SQRT3 * nominal_v / 1000.0)[:, None]
    apparent_kva[station] = states.transformer_va.T / 1000.0
    apparent_kva[source] = states.source_va.T / 1000.0
    losses_w = states.losses_w
    return StepFlows(
        states.converged,
        power_kw,
        apparent_kva,
        states.voltage_pu.T.astype(np.float32),
        losses_w / 1000.0,
        (surplus_w - losses_w) / 1000.0,
    )


def check_balance(
    start: int,
    chunk: StepFlows,
    exchanged_kw: Floats,
    options: PowerFlowOptions = DEFAULT_OPTIONS,
) -> None:
    """Raise when the balance of a solved step does not close.

    Parameters
    ----------
    start
        Number of the first step.
    chunk
        The flows.
    exchanged_kw
        What is drawn and fed in together. [kW], shape (steps,)
    options
        How much may be missing.

    Raises
    ------
    SolverFailed
        With the number of steps and the worst.
    """
    allowed_kw = options.balance_floor_kw + options.balance_fraction * exchanged_kw
    open_ = np.flatnonzero(chunk.converged & ~(np.abs(chunk.mismatch_kw) <= allowed_kw))
    if open_.size:
        worst = open_[np.abs(chunk.mismatch_kw[open_]).argmax()]
        raise SolverFailed(
            f"power flow: the balance of {open_.size} quarters does not close; worst is quarter "
            f"{start + worst} with {chunk.mismatch_kw[worst]:.3g} kW missing where "
            f"{allowed_kw[worst]:.3g} kW is allowed. Look for cables with an impedance far from "
            "the others."
        )


def _check_shapes(network: Network, load: LoadBlocks, feed_in: LoadBlocks) -> None:
    nodes = network.tree.parent.size
    if (load.nodes, feed_in.nodes) != (nodes, nodes):
        raise ValueError(
            f"load: {load.nodes} nodes draw and {feed_in.nodes} feed in where the grid has "
            f"{nodes}. Build the loads for this grid."
        )
    if load.quarters != feed_in.quarters:
        raise ValueError(
            f"load: {load.quarters} quarters of load beside {feed_in.quarters} of feed-in. "
            "Use shapes of the same stretch of time."
        )
