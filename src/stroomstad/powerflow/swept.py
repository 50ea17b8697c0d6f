"""The fast path: radial grids by sweeps, with power-grid-model behind them.

A sweep solves what is radial and proves how exact it is. Quarters without a proof go to
power-grid-model; those that have no answer there either are named. A sample of quarters is solved
by both, and the largest difference told.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from stroomstad.blocks import Floats, Ints, LoadBlocks
from stroomstad.errors import Issue, name_some
from stroomstad.powerflow.flows import Progress, StepFlows, check_quarters
from stroomstad.powerflow.network import Network
from stroomstad.powerflow.solver import (
    NetworkArrays,
    PowerFlowOptions,
    States,
    build_model,
    solve_states,
)
from stroomstad.powerflow.year import Extremes, YearFlows
from stroomstad.sweep import (
    Branches,
    Drawn,
    NotRadial,
    Sweep,
    SweepOptions,
    Swept,
    adopt_voltages,
    build_radial,
    build_sweep,
    find_not_radial,
    sweep_steps,
    sweep_year,
    tell_steps,
    tell_year,
)
from stroomstad.tables.profiles import TimeAxis

_BY_LINK = ("power_kw", "apparent_kva", "voltage_pu")
_BASE_VA = 1e6
_OMEGA = 2.0 * np.pi * 50.0
PRECISE = PowerFlowOptions(tolerance_pu=1e-11)


@dataclass(frozen=True, slots=True)
class Audit:
    """A sample of quarters, solved by a sweep and by power-grid-model.

    Attributes
    ----------
    quarters
        The quarters that both solved.
    voltage_pu
        Largest difference of a voltage. [pu]
    losses_kw
        Largest difference of the losses of the grid. [kW]
    """

    quarters: Ints
    voltage_pu: float
    losses_kw: float


def to_branches(arrays: NetworkArrays) -> Branches:
    """Put cables, transformers and hanging cables, in this order, into one list, per unit.

    Notes
    -----
    What a hanging cable ends in is a node of its own, after those of the grid. The rest is as
    power-grid-model has it: https://power-grid-model.readthedocs.io, "Components".
    """
    cables, transformers, hanging = arrays.cables, arrays.transformers, arrays.hanging
    cable_ohm = arrays.node_voltage_v[cables.to_node] ** 2 / _BASE_VA
    hung_ohm = arrays.node_voltage_v[hanging.from_node] ** 2 / _BASE_VA
    hung = np.arange(hanging.r_ohm.size)
    from_pu = transformers.from_voltage_v / arrays.node_voltage_v[transformers.from_node]
    to_pu = transformers.to_voltage_v / arrays.node_voltage_v[transformers.to_node]
    unit = to_pu**2 * _BASE_VA / transformers.rating_va
    r = transformers.copper_loss_w / transformers.rating_va
    x = np.sqrt(transformers.short_circuit_voltage_fraction**2 - r**2)
    g = transformers.no_load_loss_w / transformers.rating_va
    b = np.sqrt(np.maximum(transformers.no_load_current_fraction**2 - g**2, 0.0))
    ones, nothing = np.ones(cable_ohm.size), np.zeros(cable_ohm.size)
    end = arrays.node_voltage_v.size + hung
    return Branches(
        from_node=np.concatenate([cables.from_node, transformers.from_node, hanging.from_node]),
        to_node=np.concatenate([cables.to_node, transformers.to_node, end]),
        ratio=np.concatenate([ones, from_pu / to_pu, np.ones(hung.size)]),
        r=np.concatenate([cables.r_ohm / cable_ohm, r * unit, hanging.r_ohm / hung_ohm]),
        x=np.concatenate([cables.x_ohm / cable_ohm, x * unit, hanging.x_ohm / hung_ohm]),
        g=np.concatenate([nothing, g / unit, np.zeros(hung.size)]),
        b=np.concatenate(
            [
                _OMEGA * cables.c_farad * cable_ohm,
                -b / unit,
                _OMEGA * hanging.c_farad * hung_ohm,
            ]
        ),
        is_transformer=np.concatenate([nothing, np.ones(r.size), np.zeros(hung.size)]) > 0,
    )


def find_obstacles(arrays: NetworkArrays) -> NotRadial:
    """Find what keeps a grid from being swept; such a grid is for power-grid-model."""
    found = find_not_radial(_size(arrays), to_branches(arrays), arrays.source_node)
    lost = found.without_source
    return replace(found, without_source=lost[lost < arrays.node_voltage_v.size])


def _size(arrays: NetworkArrays) -> int:
    """Number of nodes with the ends of hanging cables."""
    return arrays.node_voltage_v.size + arrays.hanging.r_ohm.size


def tell_obstacles(obstacles: NotRadial, nodes: list[str], branches: list[str]) -> list[Issue]:
    """Tell in words what keeps a grid from being swept.

    Parameters
    ----------
    obstacles
        As `find_obstacles` found them.
    nodes, branches
        Names of the nodes, and of cables and transformers in this order.
    """
    remedy = "It is solved by power-grid-model, which is slower."
    told = [
        (
            obstacles.without_source,
            nodes,
            "nodes that no source reaches",
            "Connect them, or leave them out.",
        ),
        (
            obstacles.in_loops,
            branches,
            "links that close a loop",
            f"Open one in each loop. {remedy}",
        ),
    ]
    issues = [
        Issue("grid", f"{found.size} {what} ({name_some([names[at] for at in found])}).", remedy_)
        for found, names, what, remedy_ in told
        if found.size
    ]
    if obstacles.fed_twice.size:
        found = [str(at) for at in obstacles.fed_twice]
        issues.append(
            Issue(
                "grid",
                f"{len(found)} sources feed what another feeds ({name_some(found)}).",
                f"Open a link between them. {remedy}",
            )
        )
    return issues


def sweep_network(
    network: Network,
    load: LoadBlocks,
    feed_in: LoadBlocks,
    limit_kva: Floats | None = None,
    limit_feed_in_kva: Floats | None = None,
) -> Sweep:
    """Make a radial grid with its loads ready to be swept.

    Parameters
    ----------
    network
        As `build_network` made it.
    load, feed_in
        What each node draws and feeds in, in the order of the tree. Shape (nodes, quarters)
    limit_kva, limit_feed_in_kva
        Most that every link may carry towards the customers, and towards the region.
        [kVA], shape (links,)

    Raises
    ------
    ValueError
        When shapes do not fit each other, or a power is not a finite number.
    """
    arrays = network.arrays
    radial = build_radial(
        _size(arrays),
        to_branches(arrays),
        arrays.source_node,
        arrays.source_voltage_pu,
    )
    lag = float(np.sqrt(1.0 / network.power_factor**2 - 1.0))
    more = arrays.hanging.r_ohm.size
    drawn = Drawn(_with_ends(load, more), _with_ends(feed_in, more), lag)
    out, back = (
        None if each is None else np.append(each, np.full(more, np.inf))
        for each in (limit_kva, limit_feed_in_kva)
    )
    return build_sweep(radial, drawn, out, back)


def _with_ends(blocks: LoadBlocks, more: int) -> LoadBlocks:
    """Add the ends of hanging cables, which draw nothing."""
    if not more:
        return blocks
    of = blocks.weights
    first = np.append(of.indptr, np.full(more, of.indptr[-1]))
    shape = (of.shape[0] + more, of.shape[1])
    return replace(blocks, weights=csr_matrix((of.data, of.indices, first), shape=shape))


def hand_over(swept: Swept, arrays: NetworkArrays) -> Swept:
    """Let power-grid-model solve the quarters that lack a proven answer.

    Returns
    -------
    The same with these quarters; those without a solution stay marked.
    """
    quarters = np.unique(swept.failed[1])
    if not quarters.size:
        return swept
    return adopt_voltages(swept, quarters, _solve(swept.sweep, arrays, quarters).voltage_pu)


def _solve(sweep: Sweep, arrays: NetworkArrays, quarters: Ints) -> States:
    """Solve some quarters by power-grid-model."""
    drawn = sweep.drawn
    load_w, feed_in_w = (_watts(blocks, quarters) for blocks in (drawn.load, drawn.feed_in))
    reactive_var = load_w * drawn.lag
    if drawn.reactive is not None:
        reactive_var += _watts(drawn.reactive, quarters)
    nodes = arrays.node_voltage_v.size
    model = build_model(arrays, np.arange(nodes))
    active_w, reactive_var = (load_w - feed_in_w)[:, :nodes], reactive_var[:, :nodes]
    states = solve_states(
        model, np.ascontiguousarray(active_w), np.ascontiguousarray(reactive_var), PRECISE
    )
    return replace(states, voltage_pu=np.hstack([states.voltage_pu, _at_ends(states, arrays)]))


def _at_ends(states: States, arrays: NetworkArrays) -> Floats:
    """Voltage at the open ends of hanging cables. [pu], shape (steps, hanging)."""
    of = arrays.hanging
    half = 0.5j * _OMEGA * of.c_farad
    rise = 1.0 / np.abs(1.0 + half * (of.r_ohm + 1j * of.x_ohm))
    return np.asarray(states.voltage_pu[:, of.from_node] * rise)


def _watts(blocks: LoadBlocks, quarters: Ints) -> Floats:
    """Power in some quarters. Shape (quarters, nodes)."""
    return np.ascontiguousarray(blocks.select(quarters).block(0, quarters.size).T) * 1e3


def solve_year_swept(  # noqa: PLR0913 -- as `solve_year`, and the pool
    network: Network,
    load: LoadBlocks,
    feed_in: LoadBlocks,
    axis: TimeAxis,
    progress: Progress | None = None,
    *,
    options: SweepOptions | None = None,
    pool: tuple[Executor, int] | None = None,
) -> YearFlows:
    """As `solve_year`, by sweeps.

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
    pool
        Threads or processes that share the quarters, and their number.

    Raises
    ------
    ValueError
        When the shapes of the arguments do not fit each other.
    """
    check_quarters(load, axis)
    swept = sweep_year(
        sweep_network(network, load, feed_in),
        options=options or SweepOptions(),
        pool=pool,
        progress=progress,
    )
    year = tell_year(hand_over(swept, network.arrays))
    nodes = load.nodes
    return YearFlows(
        axis,
        load_max=_extremes(year.load_max_kva[:nodes], year.load_max_at[:nodes]),
        feed_in_max=_extremes(year.feed_in_max_kva[:nodes], year.feed_in_max_at[:nodes]),
        voltage_min=_extremes(year.voltage_min_pu[:nodes], year.voltage_min_at[:nodes]),
        voltage_max=_extremes(year.voltage_max_pu[:nodes], year.voltage_max_at[:nodes]),
        losses_kw=year.losses_kw,
        mismatch_kw=year.mismatch_kw,
        solved=year.solved,
    )


def solve_steps_swept(
    network: Network,
    load: LoadBlocks,
    feed_in: LoadBlocks,
    progress: Progress | None = None,
    *,
    options: SweepOptions | None = None,
) -> StepFlows:
    """As `solve_steps`, by sweeps; what they do not prove is solved by power-grid-model.

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
    ValueError
        When the shapes of the arguments do not fit each other.
    """
    shape = (load.nodes, load.quarters)
    flows = StepFlows(
        converged=np.zeros(load.quarters, dtype=np.bool_),
        **{name: np.empty(shape, dtype=np.float32) for name in _BY_LINK},
        losses_kw=np.empty(load.quarters),
        mismatch_kw=np.empty(load.quarters),
    )
    for start, chunk in swept_chunks(network, load, feed_in, options):
        stop = start + chunk.converged.size
        for name in ("converged", *_BY_LINK, "losses_kw", "mismatch_kw"):
            getattr(flows, name)[..., start:stop] = getattr(chunk, name)
        if progress is not None:
            progress(stop / load.quarters)
    return flows


def swept_chunks(
    network: Network, load: LoadBlocks, feed_in: LoadBlocks, options: SweepOptions | None = None
) -> Iterator[tuple[int, StepFlows]]:
    """Sweep one portion after the other.

    Yields
    ------
    First step of the portion, and its flows; a step without a solution is NaN.
    """
    options = options or SweepOptions()
    sweep = sweep_network(network, load, feed_in)
    for start in range(0, load.quarters, options.portion_quarters):
        stop = min(start + options.portion_quarters, load.quarters)
        swept = hand_over(sweep_steps(sweep, start, stop, options=options), network.arrays)
        steps = tell_steps(swept)
        told = {name: getattr(steps, name) for name in (*_BY_LINK, "losses_kw", "mismatch_kw")}
        for values in told.values():
            values[..., ~steps.solved] = np.nan
        small = {name: told[name][: load.nodes].astype(np.float32) for name in _BY_LINK}
        yield start, StepFlows(converged=steps.solved, **{**told, **small})


def _extremes(value: Floats, at: NDArray[np.int32]) -> Extremes:
    return Extremes(value.astype(np.float32), at.astype(np.int64))


def audit(swept: Swept, arrays: NetworkArrays, *, quarters: int = 20, seed: int = 1) -> Audit:
    """Solve a sample of quarters by power-grid-model too, and tell the largest difference.

    Parameters
    ----------
    swept
        What was found; each quarter of the sample is swept anew within its block, which gives
        the same bytes.
    arrays
        The grid that was swept.
    quarters
        Size of the sample.
    seed
        Seed of the draw.
    """
    among = np.arange(swept.start, swept.stop)
    size = min(quarters, among.size)
    drawn = np.sort(np.random.default_rng(seed).choice(among, size, replace=False))
    parts = [tell_steps(sweep_steps(swept.sweep, at, at + 1)) for at in drawn.tolist()]
    states = _solve(swept.sweep, arrays, drawn)
    both = states.converged & np.array([part.solved[0] for part in parts])
    voltage_pu = np.hstack([part.voltage_pu for part in parts]).T
    losses_kw = np.array([part.losses_kw[0] for part in parts])
    return Audit(
        drawn[both],
        voltage_pu=_largest(voltage_pu[both] - states.voltage_pu[both]),
        losses_kw=_largest(losses_kw[both] - states.losses_w[both] / 1e3),
    )


def _largest(difference: Floats) -> float:
    return float(np.abs(difference).max(initial=0.0))
