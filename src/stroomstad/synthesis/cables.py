"""How trees of cables are seen from their roots, and how thick each cable must be.

All feeders of a voltage level are one forest. A cable carries what is planned behind it, load or
feed-in, and voltage neither drops nor rises beyond its plan.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array, csr_matrix
from scipy.sparse.csgraph import breadth_first_order

from stroomstad.blocks import Floats, Ints
from stroomstad.synthesis.planning import Demand, PlannedPower
from stroomstad.units import SQRT3


@dataclass(frozen=True, slots=True)
class CableRules:
    """Rules for the cables of one voltage level.

    Attributes
    ----------
    voltage_v
        Nominal line-to-line voltage. [V]
    detour_factor
        Route length over straight-line length. [1]
    length_min_m
        Shortest cable. [m]
    fill_planned
        Share of a cable's rating that may be planned. [1]
    drop_planned
        Largest planned drop or rise of voltage from the root to the end of a feeder. [1]
    """

    voltage_v: float
    detour_factor: float
    length_min_m: float
    fill_planned: float
    drop_planned: float


@dataclass(frozen=True, slots=True)
class Forest:
    """Trees as arrays; position ``i`` is a node and the cable from it to its parent.

    Attributes
    ----------
    parent
        Position of the parent; -1 when the cable starts at the root of the feeder.
    length_m
        Route length of the cable. [m]
    levels
        Positions by number of cables from the root, nearest first.
    """

    parent: Ints
    length_m: Floats
    levels: list[Ints]


def route_m(start_m: Floats, end_m: Floats, rules: CableRules) -> Floats:
    """Route length between places: with detours, and never below the shortest. [m], shape (n,).

    Parameters
    ----------
    start_m, end_m
        Positions. [m], shape (n, 2) each, or one against many
    rules
        Detour factor and shortest cable.
    """
    straight_m = np.hypot(*(end_m - start_m).T)
    return np.asarray(np.maximum(straight_m * rules.detour_factor, rules.length_min_m))


def hang_from_roots(tree: csr_matrix | csr_array, nodes: int) -> Forest:
    """See trees from their roots.

    Parameters
    ----------
    tree
        Route length of every link, once. Rows and columns are the nodes, then the roots, then
        one more that has no link. [m]
    nodes
        Number of nodes.
    """
    top = tree.shape[0] - 1
    roots = np.arange(nodes, top)
    # One more node above all roots makes the forest a tree that can be walked from the top.
    above = csr_matrix((np.ones(roots.size), (np.full(roots.size, top), roots)), shape=tree.shape)
    order, before = breadth_first_order(tree + above, top, directed=False)
    parent = before[:nodes].astype(np.int64)
    links = tree.tocoo()
    further = np.where(before[links.row] == links.col, links.row, links.col)
    length_m = np.zeros(top)
    length_m[further] = links.data
    parent[parent >= nodes] = -1
    return Forest(parent, length_m[:nodes], _levels(parent, order[order < nodes].astype(np.int64)))


def add_up(forest: Forest, values: Floats) -> Floats:
    """Sum of what is at or behind each node. Shape (nodes,)."""
    total = np.array(values, dtype=np.float64)
    for level in reversed(forest.levels[1:]):
        np.add.at(total, forest.parent[level], total[level])
    return total


def demand_behind(forest: Forest, demand: Demand) -> Demand:
    """Demand at or behind each node."""
    return Demand(
        add_up(forest, demand.homes),
        add_up(forest, demand.firms_kw),
        add_up(forest, demand.feed_in_kw),
    )


def standard_cables(types: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Types of one voltage level, thinnest first."""
    chosen = types[types["kind"] == kind]
    return chosen.sort_values(["rated_current_a", "cable_type"]).reset_index(drop=True)


def cables_behind(forest: Forest) -> Ints:
    """Count the cables behind the far end of each cable. Shape (nodes,)."""
    return np.rint(add_up(forest, np.ones(forest.parent.size))).astype(np.int64) - 1


def size_cables(
    forest: Forest,
    power: PlannedPower,
    types: pd.DataFrame,
    rules: CableRules,
    *,
    power_factor: float,
    thickest: NDArray[np.bool_],
) -> tuple[Ints, Ints]:
    """Choose type and number of cables for every link of a forest.

    Parameters
    ----------
    forest
        Trees with lengths.
    power
        Planning load and feed-in behind each link. [kW], shape (nodes,) each
    types
        Standard cables, thinnest first.
    rules
        Voltage, fill and drop.
    power_factor
        Of the load; feed-in is without reactive power. [1]
    thickest
        Links that take the thickest type whatever they carry. Shape (nodes,)

    Returns
    -------
    position
        Row of ``types``. Shape (nodes,)
    parallel
        Cables side by side; more than one only of the thickest type. Shape (nodes,)

    Notes
    -----
    A feeder whose voltage drops or rises too far towards its end takes the next larger choice
    along the whole way to that end, again and again; a second cable follows the thickest type.
    """
    current_a = np.maximum(
        line_current_a(power.load_kw, rules.voltage_v, power_factor),
        line_current_a(power.feed_in_kw, rules.voltage_v, 1.0),
    )
    step = _step_for_current(current_a / rules.fill_planned, types)
    step = np.where(thickest, np.maximum(step, len(types) - 1), step)
    too_far = np.ones(step.size, dtype=bool)
    while too_far.any():
        r_ohm_per_km, x_ohm_per_km = _impedance(step, types)
        ohm_per_km = r_ohm_per_km + x_ohm_per_km * np.tan(np.arccos(power_factor))
        drop = voltage_drop(forest, power.load_kw, ohm_per_km, rules.voltage_v)
        rise = voltage_drop(forest, power.feed_in_kw, r_ohm_per_km, rules.voltage_v)
        too_far = np.maximum(drop, rise) > rules.drop_planned
        step = step + (add_up(forest, too_far.astype(np.float64)) > 0.0)
    return _type_and_parallel(step, len(types))


def cable_table(
    ends: pd.DataFrame, length_m: Floats, types: pd.DataFrame, chosen: tuple[Ints, Ints]
) -> pd.DataFrame:
    """Make the table of cables.

    Parameters
    ----------
    ends
        ``cable_id``, ``from_node`` and ``to_node`` of each link.
    length_m
        Route length of each. [m], shape (links,)
    types
        Standard cables, thinnest first.
    chosen
        Row of ``types`` and number of cables, as `size_cables` returns them.
    """
    position, parallel = chosen
    taken = types.iloc[position].reset_index(drop=True)
    return pd.DataFrame(
        {
            "cable_id": ends["cable_id"],
            "kind": taken["kind"],
            "from_node": ends["from_node"].astype(str),
            "to_node": ends["to_node"].astype(str),
            "cable_type": taken["cable_type"],
            "parallel": parallel,
            "length_m": length_m,
            "r_ohm_per_km": taken["r_ohm_per_km"],
            "x_ohm_per_km": taken["x_ohm_per_km"],
            "rated_current_a": taken["rated_current_a"].to_numpy(dtype=np.float64) * parallel,
            "synthetic": True,
        }
    )


def line_current_a(load_kw: Floats, voltage_v: float, power_factor: float) -> Floats:
    """Current of a balanced three-phase load at nominal voltage. [A].

    Examples
    --------
    >>> line_current_a(np.array([100.0]), 400.0, 0.98).round(1)
    array([147.3])
    """
    return np.asarray(load_kw * 1000.0 / (SQRT3 * voltage_v * power_factor))


def voltage_drop(forest: Forest, load_kw: Floats, ohm_per_km: Floats, voltage_v: float) -> Floats:
    """Drop of voltage between the root of the feeder and each node.

    Parameters
    ----------
    forest
        Trees with lengths.
    load_kw
        Active power through each link. [kW], shape (nodes,)
    ohm_per_km
        Resistance plus reactance times reactive over active power. [ohm/km], shape (nodes,)
    voltage_v
        Nominal line-to-line voltage. [V]

    Returns
    -------
    Drop as a fraction of nominal. [1], shape (nodes,)

    References
    ----------
    .. [1] W. H. Kersting, Distribution System Modeling and Analysis, 4th ed., CRC Press,
       2017, ch. 3: drop = R I_active + X I_reactive, here over V and per link
       (R P + X Q) / V^2. Losses and the lower voltage along the way are left out.
    """
    drop = load_kw * 1000.0 * ohm_per_km * forest.length_m / 1000.0 / voltage_v**2
    for level in forest.levels[1:]:
        drop[level] += drop[forest.parent[level]]
    return np.asarray(drop)


def _levels(parent: Ints, order: Ints) -> list[Ints]:
    depth = np.zeros(parent.size, dtype=np.int64)
    for node in order:
        depth[node] = 0 if parent[node] < 0 else depth[parent[node]] + 1
    deepest = int(depth.max(initial=-1))
    return [np.flatnonzero(depth == level) for level in range(deepest + 1)]


def _step_for_current(needed_a: Floats, types: pd.DataFrame) -> Ints:
    """Lowest step that carries a current: first the types by size, then more of the thickest."""
    rated_a = types["rated_current_a"].to_numpy(dtype=np.float64)
    single = np.searchsorted(rated_a, needed_a)
    several = rated_a.size - 2 + np.ceil(needed_a / rated_a[-1]).astype(np.int64)
    return np.where(single < rated_a.size, single, several).astype(np.int64)


def _type_and_parallel(step: Ints, types: int) -> tuple[Ints, Ints]:
    return np.minimum(step, types - 1), np.maximum(step - types + 2, 1)


def _impedance(step: Ints, types: pd.DataFrame) -> tuple[Floats, Floats]:
    position, parallel = _type_and_parallel(step, len(types))
    r, x = (types[name].to_numpy(dtype=np.float64) for name in ("r_ohm_per_km", "x_ohm_per_km"))
    return r[position] / parallel, x[position] / parallel
