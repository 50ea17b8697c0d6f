"""Random radial trees, and a small linear power flow on a tree, for the tests of capacity."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from stroomstad.blocks import LoadBlocks
from stroomstad.loads import PeriodLoads
from stroomstad.simulation import DesignWeek, LinkState, downstream
from stroomstad.tables.grid import RadialTree, radial_tree
from stroomstad.tables.profiles import TimeAxis
from stroomstad.tables.results import Flows

AXIS = TimeAxis(dt.datetime(2023, 1, 16, tzinfo=dt.UTC), 96)


@dataclass(frozen=True, slots=True)
class RandomTree:
    """A tree in shuffled order, what its links carry, and places for homes."""

    parent: np.ndarray
    order: np.ndarray
    sites: np.ndarray
    limit_kva: np.ndarray
    base_kva: np.ndarray
    unit_kw: np.ndarray
    kva_per_kw: np.ndarray
    level_factor_unit: np.ndarray

    @property
    def headroom(self):
        return (
            self.limit_kva, self.base_kva, self.unit_kw, self.kva_per_kw, self.level_factor_unit
        )  # fmt: skip


def random_tree(seed, nodes=12, quarters=5):
    rng = np.random.default_rng(seed)
    name = rng.permutation(nodes)
    parent = np.full(nodes, -1)
    for i in range(1, nodes):
        parent[name[i]] = name[rng.integers(0, i)] if rng.random() > 0.1 else -1
    return RandomTree(
        parent,
        name,
        rng.choice(nodes, size=rng.integers(1, nodes + 1), replace=False),
        rng.uniform(50, 400, nodes),
        rng.uniform(-50, 120, (nodes, quarters)).astype(np.float32),
        np.append(np.maximum(rng.uniform(-0.5, 2.5, quarters - 1), 0.0), 1.2),
        rng.uniform(0.9, 1.2, nodes),
        rng.uniform(0.6, 1.5, nodes),
    )


@dataclass(frozen=True, slots=True)
class LinearSteps:
    power_kw: np.ndarray
    apparent_kva: np.ndarray
    voltage_pu: np.ndarray


@dataclass(frozen=True, slots=True)
class LinearSolver:
    """Power adds up without losses; apparent power is ``gain`` times it; voltage falls linearly.

    Beyond ``collapse_kw`` in total a step has no answer.
    """

    tree: RadialTree
    gain: float = 1.0
    drop_pu_per_kw: float = 0.0
    collapse_kw: float = np.inf

    def __call__(self, load, feed_in):
        net_kw = load.block(0, load.quarters) - feed_in.block(0, feed_in.quarters)
        power_kw = downstream(self.tree, net_kw)
        voltage_pu = np.ones_like(power_kw)
        for node in self.tree.order:
            above = self.tree.parent[node]
            if above >= 0:
                voltage_pu[node] = voltage_pu[above] - self.drop_pu_per_kw * power_kw[node]
        lost = power_kw[self.tree.parent < 0].sum(axis=0) > self.collapse_kw
        voltage_pu[:, lost] = np.nan
        power_kw[:, lost] = np.nan
        return LinearSteps(
            power_kw.astype(np.float32),
            (self.gain * np.abs(power_kw)).astype(np.float32),
            voltage_pu.astype(np.float32),
        )


def make_week(grid, solve, direction="load", node_kw=20.0):
    """Design day in which every low-voltage node draws, or feeds in, one bump of ``node_kw``."""
    tree = radial_tree(grid)
    bump = 0.5 + 0.5 * np.exp(-(((np.arange(AXIS.quarters) - 70) / 8.0) ** 2))
    used = (grid.nodes["kind"] == "lv").to_numpy(dtype=float)[:, None]
    drawn = LoadBlocks(csr_matrix(used * node_kw), bump[None, :])
    none = LoadBlocks(csr_matrix(used * 0.0), bump[None, :])
    load, feed_in = (drawn, none) if direction == "load" else (none, drawn)
    steps = solve(load, feed_in)
    zero = np.zeros(AXIS.quarters)
    flows = Flows(AXIS, steps.power_kw, steps.apparent_kva, steps.voltage_pu, zero, zero)
    return tree, DesignWeek(
        direction, PeriodLoads(AXIS, load, feed_in, bump, bump, 0.0, 0.0, zero), flows
    )


def make_state(week, limit_kva, kva_per_kw=1.0, level_factor=1.0, level_factor_unit=1.0):
    """State of the links in that day; one factor for all links, or one each."""
    ones = np.ones(limit_kva.size)
    sign = 1.0 if week.direction == "load" else -1.0
    signed_kva = sign * np.sign(week.flows.power_kw) * week.flows.apparent_kva
    existing = ones * level_factor
    return LinkState(
        (signed_kva * existing[:, None]).astype(np.float32),
        week.loads.home_kw,
        ones * kva_per_kw,
        existing,
        ones * level_factor_unit,
        limit_kva,
    )
