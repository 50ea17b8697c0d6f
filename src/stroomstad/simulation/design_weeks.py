"""One AC power flow per design week, and from it the state of every link in each case.

The AC run is made in the middle case. The low and the high case lie close to it, so their
flows are that run plus the difference in load behind each link, turned into kVA at the
link's voltage. What that leaves out, the change in losses, is well below the width of
the band; room in the middle case is checked by AC afterwards.

The loads are those of the station level. Higher up fewer homes peak together, lower down
more: until diversity is simulated the load of a link is multiplied by g(level)/g(station),
which stands in the results as ``level_factor``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from stroomstad.blocks import Floats, LoadBlocks
from stroomstad.loads import PeriodLoads
from stroomstad.powerflow import Network, solve_flows_fastest
from stroomstad.simulation.downstream import downstream
from stroomstad.simulation.levels import level_factors
from stroomstad.tables.grid import CABLE_KINDS, LINK_KINDS, RadialTree
from stroomstad.tables.parameters import Case, Parameters
from stroomstad.tables.results import Floats32, Flows

Direction = Literal["load", "feed_in"]


@dataclass(frozen=True, slots=True)
class DesignWeek:
    """A solved design week in the middle case.

    Attributes
    ----------
    direction
        Which direction the week is the design case of.
    loads
        What the nodes draw and feed in.
    flows
        The AC answer.
    """

    direction: Direction
    loads: PeriodLoads
    flows: Flows


@dataclass(frozen=True, slots=True)
class LinkState:
    """What every link carries and may carry in one design week and one case.

    Attributes
    ----------
    base_kva
        Load in the week's direction, level factor applied; negative runs the other way.
        [kVA], shape (links, quarters)
    unit_kw
        What one more home draws, or one more kWp feeds in, at station level.
        [kW], shape (quarters,)
    kva_per_kw
        Apparent power on the link per kW behind it. [kVA/kW], shape (links,)
    level_factor
        Factor on the existing load. [1], shape (links,)
    level_factor_unit
        Factor on the load of new homes or roofs. [1], shape (links,)
    limit_kva
        Limit in the case. [kVA], shape (links,)
    """

    base_kva: Floats32
    unit_kw: Floats
    kva_per_kw: Floats
    level_factor: Floats
    level_factor_unit: Floats
    limit_kva: Floats


@dataclass(frozen=True, slots=True)
class Behind:
    """What is known of nodes and links besides their flows.

    Attributes
    ----------
    homes
        Homes at each node. Shape (nodes,)
    load_max_known_mw
        Measured peak of each link, which wins over the modelled one; NaN where none is
        known. [MW], shape (links,)
    """

    homes: Floats
    load_max_known_mw: Floats


def solve_week(
    network: Network,
    loads: PeriodLoads,
    direction: Direction,
    progress: Callable[[float], None] | None = None,
) -> DesignWeek:
    """Solve the AC power flow of one design week."""
    flows = solve_flows_fastest(network, loads.load, loads.feed_in, loads.axis, progress)
    return DesignWeek(direction, loads, flows)


def link_states(
    week: DesignWeek,
    tree: RadialTree,
    behind: Behind,
    cases: Mapping[Case, tuple[PeriodLoads, Parameters, Floats]],
) -> dict[Case, LinkState]:
    """State of every link in each case.

    Parameters
    ----------
    week
        The solved week, in the middle case.
    tree
        The radial grid.
    behind
        Homes at the nodes, and measured peaks.
    cases
        Per case the loads of this week, the parameters, and the limit of every link in kVA.
    """
    homes = downstream(tree, behind.homes)
    mid_kw = _net_kw(week.loads, tree)
    signed_kva = np.sign(week.flows.power_kw) * week.flows.apparent_kva
    states: dict[Case, LinkState] = {}
    for case, (loads, parameters, limit_kva) in cases.items():
        kva_per_kw = _kva_per_kw(week, tree, parameters)
        case_kva = signed_kva + (_net_kw(loads, tree) - mid_kw) * kva_per_kw[:, None]
        if week.direction == "load":
            existing, unit = level_factors(loads, tree, homes, parameters)
            factor = existing * _to_measured(case_kva * existing[:, None], behind, parameters)
            base_kva, unit_kw = case_kva * factor[:, None], loads.home_kw
        else:
            # Sun shines on all roofs of a city alike, so feed-in is not spread by chance.
            existing = unit = np.ones(homes.size)
            base_kva, unit_kw = -case_kva, loads.roof_kw
        states[case] = LinkState(
            base_kva.astype(np.float32), unit_kw, kva_per_kw, existing, unit, limit_kva
        )
    return states


def _to_measured(load_kva: Floats, behind: Behind, parameters: Parameters) -> Floats:
    """Factor that brings the highest load of each link to its measured peak, where there is one."""
    highest_kva = load_kva.max(axis=1)
    measured_kva = behind.load_max_known_mw * 1000.0 / parameters.value("power_factor")
    known = ~np.isnan(measured_kva) & (highest_kva > 0)
    factor: Floats = np.ones_like(highest_kva)
    factor[known] = measured_kva[known] / highest_kva[known]
    return factor


def _net_kw(loads: PeriodLoads, tree: RadialTree) -> Floats:
    return _behind_links(loads.load, tree) - _behind_links(loads.feed_in, tree)


def highest_kva(loads: PeriodLoads, tree: RadialTree, parameters: Parameters) -> Floats:
    """Most that lies behind each link, losses and voltage left out. [kVA], shape (links,)."""
    return np.asarray(np.abs(_net_kw(loads, tree)).max(axis=1)) / parameters.value("power_factor")


def _behind_links(blocks: LoadBlocks, tree: RadialTree) -> Floats:
    """Power behind each link, losses left out. [kW], shape (links, quarters)."""
    return np.asarray(downstream(tree, blocks.weights.toarray()) @ blocks.shapes)


def _kva_per_kw(week: DesignWeek, tree: RadialTree, parameters: Parameters) -> Floats:
    """Apparent power per active power: power factor, and for cables the voltage at the far end."""
    power_factor = parameters.value("power_factor") if week.direction == "load" else 1.0
    extreme = np.argmax(np.abs(week.flows.apparent_kva), axis=1)
    voltage_pu = week.flows.voltage_pu[np.arange(extreme.size), extreme].astype(np.float64)
    cables = np.isin(tree.link_kind, [LINK_KINDS.index(kind) for kind in CABLE_KINDS])
    return np.where(cables, 1.0 / voltage_pu, 1.0) / power_factor
