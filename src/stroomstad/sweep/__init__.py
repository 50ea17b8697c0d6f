"""How a radial grid carries every quarter of a year, fast: backward and forward sweeps.

Pure arrays, no solver: `stroomstad.powerflow` brings grids here, takes over what is not radial or
not proven, and compares samples with power-grid-model.
"""

from stroomstad.sweep.demand import Drawn
from stroomstad.sweep.keep import NEVER, SHARES, WORST
from stroomstad.sweep.radial import Branches, NotRadial, Radial, build_radial, find_not_radial
from stroomstad.sweep.results import SweptSteps, SweptYear, tell_steps, tell_year
from stroomstad.sweep.year import (
    Sweep,
    SweepOptions,
    Swept,
    adopt_voltages,
    build_sweep,
    solve_subtree,
    sweep_steps,
    sweep_year,
)

__all__ = [
    "NEVER",
    "SHARES",
    "WORST",
    "Branches",
    "Drawn",
    "NotRadial",
    "Radial",
    "Sweep",
    "SweepOptions",
    "Swept",
    "SweptSteps",
    "SweptYear",
    "adopt_voltages",
    "build_radial",
    "build_sweep",
    "find_not_radial",
    "solve_subtree",
    "sweep_steps",
    "sweep_year",
    "tell_steps",
    "tell_year",
]
