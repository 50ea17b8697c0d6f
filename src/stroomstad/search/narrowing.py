"""Which links, years and quarters the search needs to know, and which can never matter.

All of it is exact. Where no choice and no connection acts, a link is one number per year: the
homes it takes. Elsewhere it is a row for every quarter in which it can be full, of which the
search begins with those that bind first. A link that cannot be full, whatever is built and
connected, is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stroomstad.blocks import Floats, Ints
from stroomstad.search.model import (
    HOME,
    TOLERANCE_KVA,
    Flags,
    Problem,
    behind,
    draw_per_unit_kva,
    pairs,
    size_max_by_year,
)

# Own choice: 4 million numbers of 8 bytes at a time keep the working memory below 100 MB.
_CELLS_AT_ONCE = 4_000_000


@dataclass(frozen=True, slots=True)
class Below:
    """What lies behind every link.

    Attributes
    ----------
    projects
        Whether a project can place homes there. Shape (links, projects)
    pairs
        Whether a connection can be made there. Shape (links, pairs)
    asked_kw
        Most that its projects ask for. [kW], shape (years, links)
    """

    projects: Flags
    pairs: Flags
    asked_kw: Floats

    @property
    def homes(self) -> Flags:
        """Whether any home can lie behind the link. Shape (links,)."""
        return np.asarray(self.projects.any(axis=1))


@dataclass(frozen=True, slots=True)
class Touched:
    """Links on which a choice or a connection acts.

    Attributes
    ----------
    links
        Positions of the links. Shape (touched,)
    free_kva
        Limit less load before anything is added. [kVA], shape (years, touched, quarters)
    home_kva
        Per kW of homes behind it. [kVA/kW], shape (touched, quarters)
    unit_kva
        Per unit of each choice, limits it raises taken off. [kVA],
        shape (touched, choices, quarters)
    pair_kva
        Of each connection that can lie behind it. [kVA], shape (touched, pairs, quarters)
    """

    links: Ints
    free_kva: Floats
    home_kva: Floats
    unit_kva: Floats
    pair_kva: Floats


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What the search needs to know of the grid.

    Attributes
    ----------
    below, touched
        What lies behind every link, and the links on which something acts.
    capacity_kw
        Most homes that each link takes, whatever is built. [kW], shape (years, links)
    passing_kw
        The same, and no more than can come from behind it. [kW], shape (years, links)
    keep
        Links whose capacity can be reached. Shape (links,)
    needed
        Whether the row of a touched link can be broken at all.
        Shape (years, touched, quarters)
    rows
        Year, position among the touched links, and quarter of each row to begin with.
        Shape (rows, 3)
    """

    below: Below
    touched: Touched
    capacity_kw: Floats
    passing_kw: Floats
    keep: Flags
    needed: Flags
    rows: Ints


def narrow(problem: Problem) -> Narrowed:
    """Find the links, years and quarters that can bind."""
    below = find_below(problem)
    touched = _touch(problem, below)
    plain = below.homes.copy()
    plain[touched.links] = False
    capacity_kw = plain_capacity(problem, np.flatnonzero(plain))
    capacity_kw[:, touched.links] = _best_capacity(problem, touched)
    inflow_kw = _inflow(problem, below, capacity_kw)
    passing_kw = np.minimum(inflow_kw, capacity_kw)
    needed = _needed(problem, touched, passing_kw[:, touched.links])
    rows = _first_to_bind(problem, touched, needed)
    keep = below.homes & (capacity_kw < inflow_kw - TOLERANCE_KVA).any(axis=0)
    keep[touched.links[np.unique(rows[:, 1])]] |= below.homes[touched.links[np.unique(rows[:, 1])]]
    return Narrowed(below, touched, capacity_kw, passing_kw, keep, needed, rows)


def find_below(problem: Problem) -> Below:
    """Find which projects and connections can lie behind every link."""
    links, demand = problem.links, problem.demand
    upward = links.parent, links.order
    projects = behind(*upward, _marks(links.parent.size, demand.sites)) > 0
    nodes = pairs(demand)[1]
    marked = _marks(links.parent.size, tuple(nodes[:, None]))
    asked_kw = (projects @ (demand.home_kw[:, None] * demand.asked)).T
    return Below(projects, behind(*upward, marked) > 0, asked_kw)


def _marks(nodes: int, sites: tuple[Ints, ...]) -> Floats:
    marked = np.zeros((nodes, len(sites)))
    for column, at in enumerate(sites):
        marked[at, column] = 1.0
    return marked


def plain_capacity(problem: Problem, some: Ints) -> Floats:
    """Homes that links take while nothing is built.

    Parameters
    ----------
    problem
        The problem.
    some
        Positions of the links.

    Returns
    -------
    What fits now and in every later year; infinite for other links. [kW], shape (years, links)
    """
    links = problem.links
    drawing = np.flatnonzero(links.shapes[HOME] > 0)
    capacity_kw = np.full(links.limit_kva.shape, np.inf)
    step = max(1, _CELLS_AT_ONCE // max(1, drawing.size * problem.years))
    for start in range(0, some.size if drawing.size else 0, step):
        part = some[start : start + step]
        free_kva = links.limit_kva[:, part, None] - links.base_kva[:, part][:, :, drawing]
        per_kw = links.kva_per_kw[part] * links.level_factor_unit[part]
        fits_kw = (free_kva / links.shapes[HOME][drawing]).min(axis=2) / per_kw
        capacity_kw[:, part] = _from_now_on(np.maximum(fits_kw, 0.0))
    return capacity_kw


def _from_now_on(capacity: Floats) -> Floats:
    """Least of each year and all later ones. Shape (years, …)."""
    return np.asarray(np.minimum.accumulate(capacity[::-1], axis=0)[::-1])


def _touch(problem: Problem, below: Below) -> Touched:
    links, choices, demand = problem.links, problem.choices, problem.demand
    built = size_max_by_year(problem)[:, -1] > 0
    drawn_kva = draw_per_unit_kva(links, choices) * built
    raised_kva = choices.raise_kva * built
    lowest, highest = _course_ends(links.shapes[choices.shape])
    can_add = (drawn_kva * highest > 0).any(axis=1) | (drawn_kva * lowest > 0).any(axis=1)
    acts = (drawn_kva != 0).any(axis=1) | (raised_kva != 0).any(axis=1)
    connects = below.pairs.any(axis=1)
    at = np.flatnonzero((acts & below.homes) | can_add | connects)
    unit_kva = drawn_kva[at][:, :, None] * links.shapes[choices.shape] - raised_kva[at][:, :, None]
    home = np.outer(links.kva_per_kw * links.level_factor_unit, links.shapes[HOME])
    of = pairs(demand)[0]
    kw = demand.connection_kw[of][:, None] * links.shapes[demand.connection_shape[of]]
    return Touched(
        at,
        links.limit_kva[:, at, None] - links.base_kva[:, at].astype(np.float64),
        home[at] * below.homes[at][:, None],
        unit_kva,
        (links.kva_per_kw[at][:, None] * below.pairs[at])[:, :, None] * kw,
    )


def _course_ends(courses: Floats) -> tuple[Floats, Floats]:
    if not courses.size:
        return np.zeros(courses.shape[0]), np.zeros(courses.shape[0])
    return np.minimum(courses.min(axis=1), 0.0), np.maximum(courses.max(axis=1), 0.0)


def _most_change(problem: Problem, touched: Touched, *, adds: bool) -> Floats:
    """Sum of all that adds to a load, or of all that takes away, at its largest size.

    Returns
    -------
    [kVA], shape (years, touched, quarters)
    """
    clip = np.maximum if adds else np.minimum
    change_kva = np.zeros(touched.free_kva.shape)
    for choice, largest in enumerate(size_max_by_year(problem)):
        unit_kva = clip(touched.unit_kva[:, choice], 0.0)
        at = np.flatnonzero(unit_kva.any(axis=1))
        change_kva[:, at] += largest[:, None, None] * unit_kva[at]
    return change_kva


def _best_capacity(problem: Problem, touched: Touched) -> Floats:
    """Homes that touched links take when all that helps is built. [kW], shape (years, touched)."""
    free_kva = touched.free_kva - _most_change(problem, touched, adds=False)
    drawing = touched.home_kva > 0
    fits_kw = np.full(free_kva.shape, np.inf)
    np.divide(free_kva, touched.home_kva, out=fits_kw, where=drawing[None, :, :])
    return _from_now_on(np.maximum(fits_kw.min(axis=2), 0.0))


def _inflow(problem: Problem, below: Below, capacity_kw: Floats) -> Floats:
    """Most that can come from behind each link. [kW], shape (years, links)."""
    links, demand = problem.links, problem.demand
    own = _marks(links.parent.size, demand.sites) @ (demand.home_kw[:, None] * demand.asked)
    inflow_kw = own.T.copy()
    homes = below.homes
    for link in links.order[::-1]:
        if homes[link]:
            inflow_kw[:, link] = np.minimum(inflow_kw[:, link], below.asked_kw[:, link])
            if links.parent[link] >= 0:
                passing = np.minimum(inflow_kw[:, link], capacity_kw[:, link])
                inflow_kw[:, links.parent[link]] += passing
    return inflow_kw


def _needed(problem: Problem, touched: Touched, passing_kw: Floats) -> Flags:
    """Whether a row can be broken at all. Shape (years, touched, quarters)."""
    of = pairs(problem.demand)[0]
    asked = problem.demand.connection_from[of][:, None] <= np.arange(problem.years)
    worst_kva = touched.home_kva * passing_kw[:, :, None]
    worst_kva += _most_change(problem, touched, adds=True)
    connected_kva = np.einsum("tkq,ky->ytq", touched.pair_kva, asked.astype(float))
    passes = (touched.home_kva * passing_kw[:, :, None] > 0) | (connected_kva > 0)
    short = touched.free_kva < 0
    left_kva = np.maximum(touched.free_kva, 0.0)
    over = worst_kva + connected_kva > left_kva + TOLERANCE_KVA
    return np.asarray(over | (short & passes))


def _first_to_bind(problem: Problem, touched: Touched, needed: Flags) -> Ints:
    """Of each link and year the quarters that bind first, with nothing built and with all built.

    The others come back when an answer breaks them. Shape (rows, 3)
    """
    relief_kva = _most_change(problem, touched, adds=False)
    added_kva = _most_change(problem, touched, adds=True) + touched.pair_kva.sum(axis=1)
    scale = np.where(touched.home_kva > 0, touched.home_kva, 1.0)
    chosen = np.zeros(needed.shape, dtype=bool)
    free_kva = np.where(needed, touched.free_kva, np.inf)
    for left_kva in (free_kva / scale, (free_kva - relief_kva) / scale, free_kva - added_kva):
        year, link = np.nonzero(needed.any(axis=2))
        chosen[year, link, np.argmin(left_kva[year, link], axis=1)] = True
    return np.argwhere(chosen)
