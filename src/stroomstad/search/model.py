"""The search as arrays: what is asked, what may be built, and what every link then carries.

Positions are those of a radial tree: ``i`` is node ``i`` and the link from it to its parent. Years
and quarters are those of a horizon. Everything is linear in homes, connections and sizes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stroomstad.blocks import Floats, Ints
from stroomstad.errors import SolverFailed

Floats32 = NDArray[np.float32]
Flags = NDArray[np.bool_]

# Loads are kept in single precision; a link this little above its limit is at it.
TOLERANCE_FRACTION = 1e-5
TOLERANCE_KVA = 1e-3
HOME = 0  # position of the shape of a home


@dataclass(frozen=True, slots=True)
class Links:
    """What every link carries and may carry at the end of each year, before anything is added.

    Attributes
    ----------
    parent, order
        The tree: position of each parent, -1 at a substation; and a parent before its children.
    base_kva
        Load that is there already. [kVA], shape (years, links, quarters)
    limit_kva
        Limit. [kVA], shape (years, links)
    kva_per_kw
        Apparent power per kW behind the link. [kVA/kW], shape (links,)
    level_factor_unit
        Factor on the load of new homes. [1], shape (links,)
    shapes
        Course of power over the quarters, 1 at its firm kW; the first is that of a home.
        [1], shape (shapes, quarters)
    region_kw
        What the region leaves for what is new; infinite where it is not counted.
        [kW], shape (years,)
    """

    parent: Ints
    order: Ints
    base_kva: Floats32
    limit_kva: Floats
    kva_per_kw: Floats
    level_factor_unit: Floats
    shapes: Floats
    region_kw: Floats


@dataclass(frozen=True, slots=True)
class Demand:
    """Homes and connections that wait.

    Attributes
    ----------
    home_kw
        Peak of one home of each project at station level. [kW], shape (projects,)
    asked
        Homes asked up to and including each year. [1], shape (projects, years)
    sites
        Per project the nodes at which its homes may hang.
    connection_kw, connection_shape
        Firm power of each connection, and position of its shape. Shape (connections,) each
    connection_region_kw
        What the region sees of each. [kW], shape (connections,)
    connection_from
        Position of the first year in which it is asked. Shape (connections,)
    connection_sites
        Per connection the nodes at which it may hang; it hangs at one of them.
    connection_worth
        Homes that each connection counts for. [1], shape (connections,)
    """

    home_kw: Floats
    asked: Floats
    sites: tuple[Ints, ...]
    connection_kw: Floats
    connection_shape: Ints
    connection_region_kw: Floats
    connection_from: Ints
    connection_sites: tuple[Ints, ...]
    connection_worth: Floats


@dataclass(frozen=True, slots=True)
class Choices:
    """Measures that may be built: what one unit does, and when.

    Attributes
    ----------
    size_max
        Largest size. [unit], shape (choices,)
    whole
        Whether the programme takes whole units only. Shape (choices,)
    step
        What a size is a multiple of in the end. [unit], shape (choices,)
    earliest, latest
        Positions of the first and last year in which it can be built; the first is the number
        of years for never. Shape (choices,) each
    raise_kva
        What one unit adds to each limit. [kVA], shape (links, choices)
    draw_kw
        Firm power that one unit draws at each node; negative where it takes away.
        [kW], shape (nodes, choices)
    shape
        Position of its shape. Shape (choices,)
    as_homes
        Whether the level factors of homes apply to it. Shape (choices,)
    region_kw
        What one unit adds to what the region leaves. [kW], shape (choices,)
    needs
        Pairs of positions: the first may stand only while the second does. Shape (pairs, 2)
    staged
        Whether it can grow after it is first built. Shape (choices,)
    variants
        Pairs of choices and projects: choices that change homes of the projects have together
        at most the size of their homes.
    """

    size_max: Floats
    whole: Flags
    step: Floats
    earliest: Ints
    latest: Ints
    raise_kva: Floats
    draw_kw: Floats
    shape: Ints
    as_homes: Flags
    region_kw: Floats
    needs: Ints
    staged: Flags
    variants: tuple[tuple[Ints, Ints], ...]


@dataclass(frozen=True, slots=True)
class Money:
    """What the choices cost, and what may be spent.

    Attributes
    ----------
    investment_eur, yearly_eur
        What one unit costs those whose money is counted. [EUR], [EUR/year], shape (choices,)
    life_years
        Years after which the investment is made again. Shape (choices,)
    discount
        Present value of one euro of each year. [1], shape (years,)
    line_eur
        What each budget line may spend. [EUR], shape (lines,)
    line_first, line_last
        Positions of its first and last year. Shape (lines,)
    line_investment_eur, line_yearly_eur
        What one unit costs each line. [EUR], [EUR/year], shape (lines, choices)
    """

    investment_eur: Floats
    yearly_eur: Floats
    life_years: Ints
    discount: Floats
    line_eur: Floats
    line_first: Ints
    line_last: Ints
    line_investment_eur: Floats
    line_yearly_eur: Floats


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything that the search knows.

    Attributes
    ----------
    links, demand, choices, money
        The grid, what waits, what may be built, and what it costs.
    premium_per_year
        What a home counts for in each year before the last, as a share of a home. [1]
    """

    links: Links
    demand: Demand
    choices: Choices
    money: Money
    premium_per_year: float

    @property
    def years(self) -> int:
        """Number of years."""
        return int(self.links.limit_kva.shape[0])

    @property
    def year_weight(self) -> Floats:
        """What a home counts for at the end of each year. [1], shape (years,)."""
        weight = np.full(self.years, self.premium_per_year)
        weight[-1] = 1.0
        return weight


@dataclass(frozen=True, slots=True)
class Mix:
    """Sizes, homes and connections at the end of each year.

    Attributes
    ----------
    size
        Size of every choice. [unit], shape (choices, years)
    homes
        Per project its homes at each of its sites. [1], shape (sites, years) each
    connected
        Per connection whether it hangs at each of its sites. [1], shape (sites, years) each
    """

    size: Floats
    homes: tuple[Floats, ...]
    connected: tuple[Floats, ...]


def behind(parent: Ints, order: Ints, at_nodes: Floats) -> Floats:
    """Sum over each node and everything behind it. Shape as ``at_nodes``: (nodes, …)."""
    total = np.array(at_nodes, dtype=np.float64)
    used = np.flatnonzero(np.abs(total).reshape(parent.size, -1).any(axis=1))
    branch = ancestors(parent, used)
    for node in order[::-1]:
        above = parent[node]
        if branch[node] and above >= 0:
            total[above] += total[node]
    return total


def ancestors(parent: Ints, nodes: Ints) -> Flags:
    """Whether each node is among ``nodes`` or leads to one of them. Shape (nodes,)."""
    leads = np.zeros(parent.size, dtype=bool)
    reached = np.unique(nodes)
    while reached.size:
        leads[reached] = True
        above = np.unique(parent[reached])
        reached = above[(above >= 0) & ~leads[above]]
    return leads


def draw_per_unit_kva(links: Links, choices: Choices) -> Floats:
    """Apparent power on each link per unit of each choice at shape 1. Shape (links, choices)."""
    drawn = behind(links.parent, links.order, choices.draw_kw)
    factor = np.where(choices.as_homes[None, :], links.level_factor_unit[:, None], 1.0)
    return np.asarray(drawn * factor * links.kva_per_kw[:, None])


def size_max_by_year(problem: Problem) -> Floats:
    """Largest size of each choice at the end of each year. Shape (choices, years)."""
    choices = problem.choices
    stands = np.arange(problem.years)[None, :] >= choices.earliest[:, None]
    can = stands & (choices.earliest <= choices.latest)[:, None]
    return np.asarray(np.where(can, choices.size_max[:, None], 0.0))


def pairs(demand: Demand) -> tuple[Ints, Ints]:
    """Connection and node of every way to make a connection. Shape (pairs,) each."""
    counts = [sites.size for sites in demand.connection_sites]
    nodes = np.concatenate([np.zeros(0, dtype=np.int64), *demand.connection_sites])
    return np.repeat(np.arange(len(counts)), counts), nodes


def new_power(problem: Problem, mix: Mix) -> tuple[Floats, Floats]:
    """Power of what a mix connects, behind every link.

    Returns
    -------
    Of homes at station level. [kW], shape (links, years); and of connections by shape.
    [kW], shape (links, years, shapes)
    """
    links, demand = problem.links, problem.demand
    nodes, shapes = links.parent.size, links.shapes.shape[0]
    homes_kw = np.zeros((nodes, problem.years))
    for kw, sites, homes in zip(demand.home_kw, demand.sites, mix.homes, strict=True):
        np.add.at(homes_kw, sites, kw * homes)
    connected_kw = np.zeros((nodes, problem.years, shapes))
    for k, sites in enumerate(demand.connection_sites):
        drawn = demand.connection_kw[k] * mix.connected[k]
        np.add.at(connected_kw[:, :, demand.connection_shape[k]], sites, drawn)
    upward = links.parent, links.order
    return behind(*upward, homes_kw), behind(*upward, connected_kw)


def overloads(problem: Problem, mix: Mix) -> Floats:
    """How far every link is above what it may carry, in its worst quarter of each year.

    A link that passes something new in a quarter may not be above its limit; another may be no
    further above it than it was before.

    Returns
    -------
    Above zero where a rule is broken. [kVA], shape (links, years)
    """
    links, choices = problem.links, problem.choices
    homes_kw, connected_kw = new_power(problem, mix)
    unit_kva = draw_per_unit_kva(links, choices)
    worst = np.empty((links.parent.size, problem.years))
    home_kva = links.kva_per_kw * links.level_factor_unit
    for year in range(problem.years):
        size = mix.size[:, year]
        new_kva = np.outer(home_kva * homes_kw[:, year], links.shapes[HOME])
        new_kva += links.kva_per_kw[:, None] * (connected_kw[:, year] @ links.shapes)
        change_kva = (unit_kva * size) @ links.shapes[choices.shape]
        limit_kva = (links.limit_kva[year] + choices.raise_kva @ size)[:, None]
        base_kva = links.base_kva[year].astype(np.float64)
        excess_kva = base_kva + change_kva + new_kva - limit_kva
        before_kva = np.maximum(base_kva - links.limit_kva[year][:, None], 0.0)
        allowed_kva = np.where(new_kva > TOLERANCE_KVA, 0.0, before_kva)
        worst[:, year] = (excess_kva - allowed_kva).max(axis=1)
    return worst


def region_excess(problem: Problem, mix: Mix) -> Floats:
    """What a mix asks of the region above what it leaves. [kW], shape (years,)."""
    links = problem.links
    homes_kw, _ = new_power(problem, mix)
    roots = links.parent < 0
    asked = links.level_factor_unit[roots] @ homes_kw[roots]
    for kw, made in zip(problem.demand.connection_region_kw, mix.connected, strict=True):
        asked = asked + kw * made.sum(axis=0)
    left = links.region_kw + problem.choices.region_kw @ mix.size
    return np.asarray(np.where(asked > TOLERANCE_KVA, asked - left, 0.0))


def unit_eur(problem: Problem, investment_eur: Floats, yearly_eur: Floats, euro: Floats) -> Floats:
    """What one unit of size in one year adds to the sum over the years.

    Parameters
    ----------
    problem
        The problem; its lives tell when an investment is made again.
    investment_eur, yearly_eur
        Per unit of each choice. Shape (choices,) each
    euro
        What a euro of each year counts for. [1], shape (years,)

    Returns
    -------
    Per choice and year; an investment counts where the size grows, so that of a year is taken
    back in the next one. Shape (choices, years)
    """
    years = np.arange(problem.years)
    age = years[None, :] - years[:, None]
    life = np.maximum(problem.money.life_years, 1)[:, None, None]
    paid = ((age >= 0) & (age % life == 0)) @ euro
    grown = paid - np.pad(paid[:, 1:], ((0, 0), (0, 1)))
    return np.asarray(investment_eur[:, None] * grown + np.outer(yearly_eur, euro))


def line_unit_eur(problem: Problem) -> Floats:
    """The same for every budget line. [EUR], shape (lines, choices, years)."""
    money, years = problem.money, np.arange(problem.years)
    each = [
        unit_eur(problem, investment, yearly, ((years >= first) & (years <= last)).astype(float))
        for investment, yearly, first, last in zip(
            money.line_investment_eur,
            money.line_yearly_eur,
            money.line_first,
            money.line_last,
            strict=True,
        )
    ]
    return np.asarray(each).reshape(len(each), money.investment_eur.size, problem.years)


def spent(problem: Problem, size: Floats) -> Floats:
    """What each budget line spends on sizes of shape (choices, years). [EUR], shape (lines,)."""
    return np.asarray((line_unit_eur(problem) * size).sum(axis=(1, 2)))


def cost(problem: Problem, size: Floats) -> float:
    """Present value of sizes of shape (choices, years), for those whose money counts. [EUR]."""
    money = problem.money
    each = unit_eur(problem, money.investment_eur, money.yearly_eur, money.discount)
    return float((each * size).sum())


def worth(problem: Problem, mix: Mix) -> float:
    """What the homes and connections of a mix count for, in homes."""
    homes = np.asarray([at.sum(axis=0) for at in mix.homes]).reshape(-1, problem.years)
    made = np.asarray([at.sum(axis=0) for at in mix.connected]).reshape(-1, problem.years)
    counted = homes.sum(axis=0) + problem.demand.connection_worth @ made
    return float(counted @ problem.year_weight)


def nothing(problem: Problem) -> Mix:
    """The mix that builds and connects nothing."""
    demand, years = problem.demand, problem.years
    return Mix(
        np.zeros((problem.choices.size_max.size, years)),
        tuple(np.zeros((sites.size, years)) for sites in demand.sites),
        tuple(np.zeros((sites.size, years)) for sites in demand.connection_sites),
    )


def check_mix(problem: Problem, mix: Mix) -> None:
    """Hold a mix against every link, year and quarter, the region, and every budget line.

    Raises
    ------
    SolverFailed
        When it breaks any of them by more than a tolerance.
    """
    over_kva = overloads(problem, mix)
    limit_kva = problem.links.limit_kva.T + problem.choices.raise_kva @ mix.size
    over_kva -= TOLERANCE_KVA + TOLERANCE_FRACTION * np.maximum(limit_kva, 0.0)
    if (over_kva > 0).any():
        link, year = np.unravel_index(int(np.argmax(over_kva)), over_kva.shape)
        _fail(f"link {link} is {over_kva[link, year]:.3g} kVA above its limit in year {year}")
    over_kw = region_excess(problem, mix)
    if (over_kw > 1.0).any():
        _fail(f"the region lacks {over_kw.max():.3g} kW in year {int(np.argmax(over_kw))}")
    over_eur = spent(problem, mix.size) - problem.money.line_eur
    if (over_eur > 1.0 + TOLERANCE_FRACTION * np.abs(problem.money.line_eur)).any():
        _fail(f"budget line {int(np.argmax(over_eur))} is overspent by {over_eur.max():.0f} EUR")


def _fail(problem: str) -> None:
    raise SolverFailed(f"search: in the answer {problem}. Please report this.")
