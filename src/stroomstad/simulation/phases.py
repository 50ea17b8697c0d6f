"""What the balanced assumption hides behind one station: its design weeks in three phases.

What every node draws and feeds in is that of the balanced run. Only how it lies on the phases is
drawn: which phase each home is on, and how much of the homes' power each draws in a quarter. One
such drawing is a *deal*; many of them give a band.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from stroomstad.blocks import Floats, Ints, LoadBlocks
from stroomstad.powerflow import (
    PhaseModel,
    PhaseStates,
    StationNet,
    build_phase_model,
    solve_phases,
)
from stroomstad.simulation.dealing import (
    PHASES,
    Dealing,
    DealingRules,
    Homes,
    deal_homes,
    drawn_shares,
    solar_shares,
)
from stroomstad.simulation.design_weeks import DesignWeek
from stroomstad.simulation.levels import HOUSEHOLD_COLUMNS
from stroomstad.tables.city import FEED_IN_COLUMNS, LOAD_COLUMNS

_SOLAR_HOMES = "solar_homes_kwh"


@dataclass(frozen=True, slots=True)
class NetLoads:
    """What the nodes of a net draw and feed in over a week, all phases together.

    Attributes
    ----------
    homes_kw, others_kw
        What homes draw, and all others. [kW], shape (quarters, nodes)
    roofs_kw, others_fed_kw
        What roofs of homes feed in, and all others. [kW], shape (quarters, nodes)
    roofs_kwh
        Yearly yield of the roofs of homes. [kWh/year], shape (nodes,)
    source_pu
        Voltage on the medium-voltage side, as the balanced run of the city found it.
        [1], shape (quarters,)
    tangent
        Reactive over active power of what is drawn. [1]
    """

    homes_kw: Floats
    others_kw: Floats
    roofs_kw: Floats
    others_fed_kw: Floats
    roofs_kwh: Floats
    source_pu: Floats
    tangent: float


@dataclass(frozen=True, slots=True)
class WeekPhases:
    """Extremes of a net over a week, first axis: deals. One of them when balanced.

    Attributes
    ----------
    voltage_min_pu, voltage_max_pu
        Lowest and highest voltage of each phase. [1], shape (deals, nodes, 3)
    unbalance
        Negative over positive-sequence voltage that is not exceeded for the given share of the
        week. [1], shape (deals, nodes)
    cable_a, neutral_a
        Highest current of any phase and of the neutral. [A], shape (deals, cables)
    station_a
        Highest current of any phase of the transformer, low side. [A], shape (deals,)
    profile_pu
        Voltage in the quarter that is looked at. [1], shape (deals, nodes, 3)
    unsolved
        Quarters without a solution, left out of all the others. Shape (deals,)
    """

    voltage_min_pu: Floats
    voltage_max_pu: Floats
    unbalance: Floats
    cable_a: Floats
    neutral_a: Floats
    station_a: Floats
    profile_pu: Floats
    unsolved: Ints


@dataclass(frozen=True, slots=True)
class StationWeek:
    """One design week of one station.

    Attributes
    ----------
    quarter
        The quarter whose profile is kept: that of the lowest balanced voltage where the week is of
        load, and of the highest where it is of feed-in.
    balanced, dealt
        The week with equal phases, and with every deal.
    """

    quarter: int
    balanced: WeekPhases
    dealt: WeekPhases


def net_loads(week: DesignWeek, net: StationNet, power_factor: float) -> NetLoads:
    """Take what the nodes of a net draw and feed in out of a design week of the city.

    Parameters
    ----------
    week
        A solved week.
    net
        The net of a station.
    power_factor
        Of what is drawn, inductive. [1]
    """
    load, feed_in = week.loads.load, week.loads.feed_in
    homes_kw = _of_columns(load, net.nodes, [*map(list(LOAD_COLUMNS).index, HOUSEHOLD_COLUMNS)])
    solar = list(FEED_IN_COLUMNS).index(_SOLAR_HOMES)
    roofs_kw = _of_columns(feed_in, net.nodes, [solar])
    return NetLoads(
        homes_kw=homes_kw,
        others_kw=_all_of(load, net.nodes) - homes_kw,
        roofs_kw=roofs_kw,
        others_fed_kw=_all_of(feed_in, net.nodes) - roofs_kw,
        roofs_kwh=feed_in.weights[net.nodes][:, [solar]].toarray()[:, 0],
        source_pu=week.flows.voltage_pu[net.nodes[0]].astype(np.float64),
        tangent=float(np.tan(np.arccos(power_factor))),
    )


def _of_columns(blocks: LoadBlocks, nodes: Ints, columns: list[int]) -> Floats:
    power_kw = blocks.weights[nodes][:, columns] @ blocks.shapes[columns]
    return np.asarray(power_kw).T


def _all_of(blocks: LoadBlocks, nodes: Ints) -> Floats:
    return blocks.block(0, blocks.quarters)[nodes].T


@dataclass(frozen=True, slots=True)
class DealOptions:
    """How a station is solved.

    Attributes
    ----------
    rules
        How homes are dealt over the phases.
    deals
        How many deals, at least one.
    seed
        Start of what is drawn; deal *i* is the same whatever their number.
    time_share
        Share of the week for which unbalance must not exceed what is told. [1]
    """

    rules: DealingRules
    deals: int
    seed: int
    time_share: float


def solve_station(
    net: StationNet,
    loads: NetLoads,
    homes: Homes,
    *,
    feeding: bool,
    options: DealOptions,
    progress: Callable[[float], None] | None = None,
) -> tuple[StationWeek, list[Dealing]]:
    """Solve a week of a station with equal phases, and with homes dealt over them.

    Parameters
    ----------
    net, loads
        The net, and what its nodes draw and feed in.
    homes
        Its homes.
    feeding
        Whether the week is of feed-in.
    options
        How many deals, by which rules, from which seed.
    progress
        Called with the fraction that is done.

    Returns
    -------
    The week, and the deals.
    """
    model = build_phase_model(net.arrays, np.arange(1, net.nodes.size))
    third = np.full(PHASES, 1.0 / PHASES)
    balanced = _solve(model, loads, third, third)
    voltage_pu = balanced.magnitude_pu[:, 1:, 0]
    quarter = int(
        np.nanargmax(voltage_pu.max(axis=1)) if feeding else np.nanargmin(voltage_pu.min(axis=1))
    )
    found, dealings = [], []
    for deal in range(options.deals):
        rng = np.random.default_rng([options.seed, deal])
        # The same homes on the same phases in every week of a deal.
        dealing = deal_homes(homes, loads.roofs_kwh, options.rules, rng)
        shares = drawn_shares(dealing, loads.homes_kw, options.rules, rng)
        states = _solve(model, loads, shares, solar_shares(dealing))
        found.append(_extremes(states, quarter, options.time_share))
        dealings.append(dealing)
        if progress is not None:
            progress((deal + 1) / options.deals)
    even = _extremes(balanced, quarter, options.time_share)
    return StationWeek(quarter, _stacked([even]), _stacked(found)), dealings


def _solve(model: PhaseModel, loads: NetLoads, drawn: Floats, fed: Floats) -> PhaseStates:
    """Solve a week with these shares of the phases in what homes draw and their roofs feed in."""
    third = 1.0 / PHASES
    load_kw = loads.homes_kw[..., None] * drawn + loads.others_kw[..., None] * third
    fed_kw = loads.roofs_kw[..., None] * fed + loads.others_fed_kw[..., None] * third
    # What hangs on the medium-voltage side is in its voltage already.
    active_w = (load_kw - fed_kw)[:, 1:] * 1000.0
    reactive_var = load_kw[:, 1:] * (loads.tangent * 1000.0)
    return solve_phases(model, active_w, reactive_var, loads.source_pu)


def _extremes(states: PhaseStates, quarter: int, time_share: float) -> dict[str, Any]:
    solved = states.converged
    voltage_pu = states.magnitude_pu
    return {
        "voltage_min_pu": voltage_pu[solved].min(axis=0),
        "voltage_max_pu": voltage_pu[solved].max(axis=0),
        "unbalance": np.quantile(states.unbalance[solved], time_share, axis=0),
        "cable_a": states.cable_a[solved].max(axis=(0, 2)),
        "neutral_a": states.neutral_a[solved].max(axis=0),
        "station_a": states.transformer_a[solved].max(),
        "profile_pu": voltage_pu[quarter],
        "unsolved": np.asarray(np.count_nonzero(~solved)),
    }


def _stacked(found: list[dict[str, Any]]) -> WeekPhases:
    return WeekPhases(**{name: np.stack([each[name] for each in found]) for name in found[0]})
