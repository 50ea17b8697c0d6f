"""The fastest power flow at hand: by sweeps where they can be compiled, else power-grid-model."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

import numpy as np

from stroomstad.blocks import Floats, LoadBlocks
from stroomstad.powerflow.flows import (
    Progress,
    StepFlows,
    as_flows,
    check_balance,
    check_quarters,
    solve_steps,
)
from stroomstad.powerflow.network import Network
from stroomstad.powerflow.year import Portion, YearFlows, reduce_year, solve_year
from stroomstad.tables.profiles import TimeAxis
from stroomstad.tables.results import Flows

# As close as power-grid-model is asked to come, so that both give the same figures.
_CLOSE_PU = 1e-8


def _has_compiler() -> bool:
    try:
        return find_spec("numba") is not None
    except ValueError:  # it is there by name only
        return False


def _swept() -> ModuleType:
    """Load the compiler when something is solved: it takes half a second, and most do without."""
    return import_module("stroomstad.powerflow.swept")


# numba has no wheel for some machines.
ENGINE = "sweep" if _has_compiler() else "power-grid-model"


def solve_steps_fastest(
    network: Network, load: LoadBlocks, feed_in: LoadBlocks, progress: Progress | None = None
) -> StepFlows:
    """As `solve_steps`, by what `ENGINE` names.

    Raises
    ------
    SolverFailed
        When the balance of a converged step does not close.
    ValueError
        When the shapes of the arguments do not fit each other.
    """
    if ENGINE != "sweep":
        return solve_steps(network, load, feed_in, progress)
    swept = _swept()
    options = swept.SweepOptions(tolerance_pu=_CLOSE_PU)
    steps: StepFlows = swept.solve_steps_swept(network, load, feed_in, progress, options=options)
    check_balance(0, steps, _exchanged_kw(load) + _exchanged_kw(feed_in))
    return steps


def solve_flows_fastest(
    network: Network,
    load: LoadBlocks,
    feed_in: LoadBlocks,
    axis: TimeAxis,
    progress: Progress | None = None,
) -> Flows:
    """As `solve_flows`, by what `ENGINE` names.

    Raises
    ------
    SolverFailed
        When a quarter does not converge, or its balance does not close.
    ValueError
        When the shapes of the arguments do not fit each other.
    """
    check_quarters(load, axis)
    return as_flows(solve_steps_fastest(network, load, feed_in, progress), axis)


def solve_year_fastest(
    network: Network,
    load: LoadBlocks,
    feed_in: LoadBlocks,
    axis: TimeAxis,
    each: Portion | None = None,
) -> YearFlows:
    """As `solve_year`, by what `ENGINE` names.

    Raises
    ------
    SolverFailed
        When the balance of a quarter does not close.
    ValueError
        When the shapes of the arguments do not fit each other.
    """
    if ENGINE != "sweep":
        return solve_year(network, load, feed_in, axis, each)
    check_quarters(load, axis)
    return reduce_year(network, axis, _checked_chunks(network, load, feed_in), each)


def audit_fastest(
    network: Network, load: LoadBlocks, feed_in: LoadBlocks, *, quarters: int = 20, seed: int = 1
) -> float:
    """Solve a seeded sample of quarters by power-grid-model too.

    Returns
    -------
    Largest difference of the voltage of any node; missing where power-grid-model solves
    everything anyway, or none of the sample. [1]
    """
    if ENGINE != "sweep":
        return float("nan")
    rng = np.random.default_rng(seed)
    sample = rng.choice(load.quarters, min(quarters, load.quarters), replace=False)
    parts = load.select(np.sort(sample)), feed_in.select(np.sort(sample))
    swept, other = solve_steps_fastest(network, *parts), solve_steps(network, *parts)
    both = swept.converged & other.converged
    if not both.any():
        return float("nan")
    apart = swept.voltage_pu[:, both].astype(np.float64) - other.voltage_pu[:, both]
    return float(np.abs(apart).max())


def _checked_chunks(
    network: Network, load: LoadBlocks, feed_in: LoadBlocks
) -> Iterator[tuple[int, StepFlows]]:
    swept = _swept()
    exchanged_kw = _exchanged_kw(load) + _exchanged_kw(feed_in)
    options = swept.SweepOptions(tolerance_pu=_CLOSE_PU)
    for start, chunk in swept.swept_chunks(network, load, feed_in, options):
        check_balance(start, chunk, exchanged_kw[start : start + chunk.converged.size])
        yield start, chunk


def _exchanged_kw(blocks: LoadBlocks) -> Floats:
    """Power of all nodes together. [kW], shape (quarters,)."""
    shaped: Floats = np.asarray(blocks.weights.sum(axis=0)).ravel() @ blocks.shapes
    return shaped + blocks.explicit_kw.sum(axis=0) if blocks.explicit_nodes.size else shaped
