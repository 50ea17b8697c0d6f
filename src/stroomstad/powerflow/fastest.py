"""The fastest power flow at hand: by sweeps where they can be compiled, else power-grid-model."""

from __future__ import annotations

from stroomstad.blocks import LoadBlocks
from stroomstad.powerflow.flows import Progress
from stroomstad.powerflow.network import Network
from stroomstad.powerflow.year import YearFlows, solve_year
from stroomstad.tables.profiles import TimeAxis

try:
    from stroomstad.powerflow.swept import solve_year_swept
except ImportError:  # numba has no wheel for this machine
    ENGINE = "power-grid-model"
else:
    ENGINE = "sweep"


def solve_year_fastest(
    network: Network,
    load: LoadBlocks,
    feed_in: LoadBlocks,
    axis: TimeAxis,
    progress: Progress | None = None,
) -> YearFlows:
    """As `solve_year`, by what `ENGINE` names.

    Raises
    ------
    SolverFailed
        When a quarter has no solution.
    ValueError
        When the shapes of the arguments do not fit each other.
    """
    if ENGINE == "sweep":
        return solve_year_swept(network, load, feed_in, axis, progress)
    return solve_year(network, load, feed_in, axis, progress)
