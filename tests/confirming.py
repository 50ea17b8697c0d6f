"""A tiny grid over two years, with promises and a power flow, for tests of what is confirmed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from tiny import make_grid, make_parameters, make_types
from trees import AXIS, LinearSolver, make_week

from stroomstad.capacity.stress import voltage_limits
from stroomstad.measures.twin import Horizon
from stroomstad.powerflow import StepFlows, build_network, solve_steps
from stroomstad.tables.grid import radial_tree
from stroomstad.trust.placing import Promise
from stroomstad.trust.rounds import YearGrid, signed_kva

YEARS = (2027, 2028)
# Morning, before the peak, the peak and just after it.
QUARTERS = np.array([10, 60, 70, 75])
# OS-A, S1-mv, S1-lv, S1-a, S1-b, S2-mv, S2-lv, S2-a, S2-b.
LIMIT_KVA = np.array([900.0, 500.0, 300.0, 180.0, 180.0, 400.0, 200.0, 180.0, 180.0])
MV1, LV1, MV2, LV2 = 1, 2, 5, 6


def solve_tiny(load, feed_in):
    """AC power flow of the tiny grid."""
    network = build_network(make_grid(), make_types()[1], make_parameters())
    return solve_steps(network, load, feed_in)


def linear_solver(**choices):
    """Power flow that adds up, as `LinearSolver`, with the fields of the real one."""
    solver = LinearSolver(radial_tree(make_grid()), **choices)

    def solve(load, feed_in):
        steps = solver(load, feed_in)
        converged = ~np.isnan(steps.power_kw).any(axis=0)
        zero = np.zeros(load.quarters)
        fields = steps.power_kw, steps.apparent_kva, steps.voltage_pu
        return StepFlows(converged, *fields, zero, zero)

    return solve


def make_years(solve=solve_tiny, node_kw=20.0, growth=(1.0, 1.0), **changes):
    """Horizon of two years in which each low-voltage node draws ``node_kw``, and its power flow."""
    grid = make_grid()
    tree, week = make_week(grid, solve, node_kw=node_kw)
    load, feed_in = (blocks.select(QUARTERS) for blocks in (week.loads.load, week.loads.feed_in))
    home = week.loads.home_kw[QUARTERS]
    limits_pu = voltage_limits(grid, make_parameters(), "load")
    grids = [
        YearGrid(
            np.arange(tree.parent.size), tree.parent, limits_pu,
            replace(load, shapes=load.shapes * factor), feed_in, solve,
        )
        for factor in growth
    ]  # fmt: skip
    base_kva = np.stack([signed_kva(solve(year.load, year.feed_in)) for year in grids])
    horizon = Horizon(
        years=YEARS,
        case="mid",
        direction="load",
        grid=grid,
        tree=tree,
        axis=AXIS,
        quarters=QUARTERS,
        base_kva=base_kva,
        limit_kva=np.stack([LIMIT_KVA] * 2),
        kva_per_kw=np.ones(tree.parent.size),
        level_factor_unit=np.ones(tree.parent.size),
        shapes={"home": home / home.max(), "flat": np.ones(QUARTERS.size)},
        home_kw=1.0,
        region_kw=np.full(2, np.inf),
        busbars={},
        feeders={},
        roots={},
        candidates=(),
    )
    return replace(horizon, **changes), grids


def homes(*size, kw=1.0, nodes=(LV1, LV2), name="homes"):
    """Promise of homes at the end of each year."""
    return Promise(name, np.array(size, dtype=float), kw, "home", True, np.array(nodes, dtype=int))


def connection(*size, nodes=(MV1,), name="connection"):
    """Promise of kW that are drawn all day."""
    return Promise(name, np.array(size, dtype=float), 1.0, "flat", False, np.array(nodes))
