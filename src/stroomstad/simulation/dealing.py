"""Which phase every home of a station is on, and how unlike homes draw: drawn, since nobody tells.

Where homes are on one phase each, no published source says on which. They are dealt over the
phases in turn along the street, as operators mean to, and some at random, as it turns out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from stroomstad.blocks import Floats, Ints
from stroomstad.tables.parameters import Parameters
from stroomstad.tables.results import Flags

PHASES = 3
# Rounds in which what fuses hold back is passed on; what is left after them is spread alike.
_ROUNDS = 5
# Homes that vary less draw alike.
_ALIKE = 1e-6


@dataclass(frozen=True, slots=True)
class DealingRules:
    """How homes are dealt over the phases.

    Attributes
    ----------
    three_phase_share, new_three_phase_share
        Share of the homes of the base year, and of those built since, with a connection of three
        phases. [1]
    random_share
        Share of the homes of one phase that are on any phase, instead of the next in turn. [1]
    variation
        Standard deviation over mean of what homes draw in one and the same quarter; at 0 all
        homes of a node draw alike. [1]
    phase_max_kw
        Most that a home can draw from a phase. [kW]
    system_kwp
        Panels of a home that has them. [kWp]
    solar_hours
        Yearly yield of panels. [kWh/kWp]
    """

    three_phase_share: float
    new_three_phase_share: float
    random_share: float
    variation: float
    phase_max_kw: float
    system_kwp: float
    solar_hours: float


def dealing_rules(parameters: Parameters) -> DealingRules:
    """Read the rules by which homes are dealt over the phases."""
    return DealingRules(
        three_phase_share=parameters.value("home_three_phase_share"),
        new_three_phase_share=parameters.value("new_home_three_phase_share"),
        random_share=parameters.value("home_phase_random_share"),
        variation=parameters.value("home_load_variation"),
        phase_max_kw=parameters.value("home_phase_max_kw"),
        system_kwp=parameters.value("home_solar_system_kwp"),
        solar_hours=parameters.value("solar_full_load_hours"),
    )


@dataclass(frozen=True, slots=True)
class Homes:
    """The homes of a net, each with its node; those of one node follow each other.

    Attributes
    ----------
    node
        Position of the node. Shape (homes,)
    new
        Whether the home was built since the base year. Shape (homes,)
    nodes
        Number of nodes of the net.
    """

    node: Ints
    new: Flags
    nodes: int


@dataclass(frozen=True, slots=True)
class Dealing:
    """One way in which homes may be on the phases.

    Attributes
    ----------
    homes
        The homes.
    phase
        Phase of each home, and of the panels on its roof. Shape (homes,)
    three_phase
        Whether it draws from all three alike. Shape (homes,)
    solar
        Whether it has panels. Shape (homes,)
    """

    homes: Homes
    phase: Ints
    three_phase: Flags
    solar: Flags


def gather_homes(homes: Floats, new_homes: Floats) -> Homes:
    """List the homes of a net one by one.

    Parameters
    ----------
    homes, new_homes
        Homes of the base year, and those built since, at each node. Shape (nodes,)
    """
    old, new = (np.rint(each).astype(np.int64) for each in (homes, new_homes))
    node = np.repeat(np.arange(old.size), old + new)
    first = np.concatenate([[0], np.cumsum(old + new)[:-1]]) if old.size else old
    rank = np.arange(node.size) - first[node]
    return Homes(node, rank >= old[node], old.size)


def deal_homes(
    homes: Homes, solar_kwh: Floats, rules: DealingRules, rng: np.random.Generator
) -> Dealing:
    """Deal homes over the phases.

    Parameters
    ----------
    homes
        The homes, in the order in which they stand along the street.
    solar_kwh
        Yearly yield of the panels of homes at each node. [kWh/year], shape (nodes,)
    rules
        Shares and sizes.
    rng
        Where chance comes from.

    Notes
    -----
    A home of three phases is dealt a phase too: that of its panels, whose inverter has one phase.
    """
    size = homes.node.size
    share = np.where(homes.new, rules.new_three_phase_share, rules.three_phase_share)
    three_phase = rng.random(size) < share
    in_turn = (rng.integers(PHASES) + np.cumsum(~three_phase)) % PHASES
    anywhere = rng.integers(PHASES, size=size)
    by_chance = three_phase | (rng.random(size) < rules.random_share)
    return Dealing(
        homes,
        np.where(by_chance, anywhere, in_turn),
        three_phase,
        _with_panels(homes, solar_kwh / (rules.solar_hours * rules.system_kwp), rng),
    )


def _with_panels(homes: Homes, systems: Floats, rng: np.random.Generator) -> Flags:
    """Homes with panels: as many at each node as its panels make, drawn among its homes."""
    wanted = np.where(systems > 0, np.maximum(np.rint(systems), 1.0), 0.0)
    order = np.lexsort((rng.random(homes.node.size), homes.node))
    first = np.searchsorted(homes.node, np.arange(homes.nodes))
    solar = np.zeros(homes.node.size, dtype=np.bool_)
    solar[order] = np.arange(order.size) - first[homes.node] < wanted[homes.node]
    return solar


def drawn_shares(
    dealing: Dealing, homes_kw: Floats, rules: DealingRules, rng: np.random.Generator
) -> Floats:
    """Share of each phase in what the homes of each node draw, drawn anew for every quarter.

    Parameters
    ----------
    dealing
        Which phase each home is on.
    homes_kw
        What the homes of each node draw together. [kW], shape (quarters, nodes)
    rules
        How unlike homes draw, and how much a home can draw.
    rng
        Where chance comes from.

    Returns
    -------
    Shares that add up to 1; a third each where there is no home. [1], shape (quarters, nodes, 3)

    Notes
    -----
    What homes draw follows a gamma distribution, so that it is never negative and a few draw much.
    What is more than the fuse of a home lets through is drawn by the others of its node.
    """
    size = (homes_kw.shape[0], dealing.homes.node.size)
    if rules.variation > _ALIKE:
        weight = rng.gamma(1.0 / rules.variation**2, size=size)
    else:
        weight = np.ones(size)
    most_kw = rules.phase_max_kw * np.where(dealing.three_phase, PHASES, 1)
    on_phases = np.where(
        dealing.three_phase[:, None],
        1.0 / PHASES,
        np.arange(PHASES) == dealing.phase[:, None],
    )
    return _shares(dealing.homes, _fused(dealing.homes, weight, homes_kw, most_kw), on_phases)


def _fused(homes: Homes, weight: Floats, homes_kw: Floats, most_kw: Floats) -> Floats:
    """What each home draws of what its node draws, by weight, none above its fuse if that can be.

    Where the homes of a node draw more than all their fuses, what is left is spread alike.
    """
    drawn_kw = np.zeros_like(weight)
    left_kw = homes_kw
    for _ in range(_ROUNDS):
        open_weight = np.where(drawn_kw < most_kw, weight, 0.0)
        total = _by_node(homes, open_weight)
        per_weight = np.divide(left_kw, total, out=np.zeros_like(total), where=total > 0)
        wanted_kw = drawn_kw + open_weight * per_weight[:, homes.node]
        drawn_kw = np.minimum(wanted_kw, most_kw)
        left_kw = homes_kw - _by_node(homes, drawn_kw)
    count = np.maximum(np.bincount(homes.node, minlength=homes.nodes), 1)
    return np.asarray(drawn_kw + np.maximum(left_kw / count, 0.0)[:, homes.node])


def _by_node(homes: Homes, values: Floats) -> Floats:
    """Values of homes added up by node. Shape (quarters, nodes)."""
    at = (np.arange(homes.node.size), homes.node)
    gather = csr_matrix((np.ones(homes.node.size), at), shape=(homes.node.size, homes.nodes))
    return np.asarray(values @ gather)


def solar_shares(dealing: Dealing) -> Floats:
    """Share of each phase in what the panels of the homes of each node feed in.

    Returns
    -------
    Shares that add up to 1; a third each where there are no panels. [1], shape (nodes, 3)
    """
    on_phases = (np.arange(PHASES) == dealing.phase[:, None]).astype(np.float64)
    return np.asarray(_shares(dealing.homes, dealing.solar[None].astype(np.float64), on_phases)[0])


def _shares(homes: Homes, weight: Floats, on_phases: Floats) -> Floats:
    """Weights of homes added up by node and phase, as shares of the node."""
    rows = np.repeat(np.arange(homes.node.size), PHASES)
    columns = (homes.node[:, None] * PHASES + np.arange(PHASES)).ravel()
    spread = csr_matrix(
        (on_phases.ravel(), (rows, columns)), shape=(homes.node.size, homes.nodes * PHASES)
    )
    added = np.asarray(weight @ spread).reshape(weight.shape[0], homes.nodes, PHASES)
    total = added.sum(axis=2, keepdims=True)
    even = np.full_like(added, 1.0 / PHASES)
    return np.asarray(np.divide(added, total, out=even, where=total > 0))
