"""The programme that the solver gets: columns, rows and coefficients, straight from arrays.

Columns, each for every year: sizes of choices, homes of shares, flows, connections, gates and
starts. A *gate* tells whether a link that is short carries anything new; a *start* whether what
others depend on stands. Rows are those of the stated model and no others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from stroomstad.blocks import Floats, Ints
from stroomstad.search.flows import Flows
from stroomstad.search.limits import gate_rows, gated_rows, link_rows, region_rows
from stroomstad.search.model import (
    HOME,
    Flags,
    Problem,
    line_unit_eur,
    pairs,
    size_max_by_year,
    unit_eur,
)
from stroomstad.search.narrowing import Narrowed
from stroomstad.search.rows import Layout, Rows, no_rows, over_years, sparse, stack, sums

EUR_PER_UNIT = 1000.0  # euros in rows of money, so that coefficients stay near those of power


@dataclass(frozen=True, slots=True)
class Programme:
    """A mixed-integer programme, its objective left open.

    Attributes
    ----------
    layout
        Where the columns stand.
    upper
        Largest value of each column; the least is zero. Shape (columns,)
    whole
        Whether a column is whole. Shape (columns,)
    worth
        What each column counts for, in homes. Shape (columns,)
    homes
        Homes at the end of the last year. Shape (columns,)
    cost
        Present value. [1000 EUR], shape (columns,)
    rows
        The rows.
    """

    layout: Layout
    upper: Floats
    whole: Flags
    worth: Floats
    homes: Floats
    cost: Floats
    rows: Rows


def build_programme(problem: Problem, narrowed: Narrowed, flows: Flows) -> Programme:
    """Write the stated model as a programme."""
    layout = _lay_out(problem, narrowed, flows)
    groups = len(problem.choices.variants)
    rows = stack(
        [
            _grows(problem, layout),
            _flow_balance(problem, flows, layout),
            _asked(problem, flows, layout),
            _once(problem, layout),
            link_rows(problem, narrowed, flows, layout, narrowed.rows),
            gated_rows(problem, narrowed, flows, layout),
            region_rows(problem, flows, layout),
            _budgets(problem, layout),
            _starts(problem, layout),
            variant_rows(problem, flows, layout, np.zeros((groups, problem.years))),
        ]
    )
    worth, homes, cost = _objectives(problem, layout)
    upper, whole = _bounds(problem, flows, layout)
    return Programme(layout, upper, whole, worth, homes, cost, rows)


def _lay_out(problem: Problem, narrowed: Narrowed, flows: Flows) -> Layout:
    gates = _find_gates(problem, narrowed)
    starts = np.union1d(problem.choices.needs[:, 1], np.flatnonzero(at_once(problem)))
    counts = [
        problem.choices.size_max.size,
        flows.share_project.size,
        flows.parent.size,
        pairs(problem.demand)[0].size,
        gates.shape[0],
        starts.size,
    ]
    ends = np.concatenate([[0], np.cumsum(counts)]) * problem.years
    size, homes, flow, connected, gate, start, columns = ends.tolist()
    return Layout(problem.years, size, homes, flow, connected, gate, start, columns, gates, starts)


def _find_gates(problem: Problem, narrowed: Narrowed) -> Ints:
    rows = gate_rows(
        problem, narrowed, np.argwhere(narrowed.needed & (narrowed.touched.free_kva < 0))
    )
    gates = np.unique(rows[:, 1:], axis=0)
    if (problem.links.region_kw < 0).any():
        gates = np.concatenate([gates, [[-1, HOME]]])
    return gates


def _grows(problem: Problem, layout: Layout) -> Rows:
    """Nothing shrinks, and nothing is built after its last year; flows follow from the rest."""
    columns = np.arange(layout.columns)
    later = (columns % layout.years != 0) & ~(
        (columns >= layout.flow) & (columns < layout.connected)
    )
    at = columns[later]
    row = np.arange(at.size)
    matrix = sparse(
        layout.columns,
        np.concatenate([row, row]),
        np.concatenate([at, at - 1]),
        np.concatenate([np.ones(at.size), -np.ones(at.size)]),
        at.size,
    )
    upper = np.full(at.size, np.inf)
    sizes = at < layout.homes
    latest = problem.choices.latest[at[sizes] // layout.years]
    upper[np.flatnonzero(sizes)[at[sizes] % layout.years > latest]] = 0.0
    return Rows(matrix, np.zeros(at.size), upper)


def _flow_balance(problem: Problem, flows: Flows, layout: Layout) -> Rows:
    """A flow is what joins it."""
    years, count = layout.years, flows.parent.size
    own = np.arange(count)
    joins = np.flatnonzero(flows.parent >= 0)
    kw = problem.demand.home_kw[flows.share_project]
    thing = np.concatenate([own, flows.parent[joins], flows.share_flow])
    row = over_years(years, thing, 0)
    column = np.concatenate(
        [
            over_years(years, own, layout.flow),
            over_years(years, joins, layout.flow),
            over_years(years, np.arange(kw.size), layout.homes),
        ]
    )
    value = np.repeat(np.concatenate([np.ones(count), -np.ones(joins.size), -kw]), years)
    matrix = sparse(layout.columns, row, column, value, count * years)
    return Rows(matrix, np.zeros(count * years), np.zeros(count * years))


def _asked(problem: Problem, flows: Flows, layout: Layout) -> Rows:
    """No more homes than asked; later is allowed, earlier is not."""
    projects, years = problem.demand.asked.shape
    shares = np.arange(flows.share_project.size)
    column = over_years(years, shares, layout.homes)
    row = over_years(years, flows.share_project, 0)
    matrix = sparse(layout.columns, row, column, np.ones(row.size), projects * years)
    return Rows(matrix, np.full(projects * years, -np.inf), problem.demand.asked.ravel())


def _once(problem: Problem, layout: Layout) -> Rows:
    """A connection hangs at one place."""
    of = pairs(problem.demand)[0]
    years, count = layout.years, problem.demand.connection_kw.size
    column = over_years(years, np.arange(of.size), layout.connected)
    row = over_years(years, of, 0)
    matrix = sparse(layout.columns, row, column, np.ones(row.size), count * years)
    return Rows(matrix, np.full(count * years, -np.inf), np.ones(count * years))


def _budgets(problem: Problem, layout: Layout) -> Rows:
    """Investment in the year of building and yearly cost, within each line's euros."""
    coefficient = line_unit_eur(problem)
    lines = coefficient.shape[0]
    block = np.zeros((lines, layout.columns))
    block[:, layout.size : layout.homes] = (
        coefficient.reshape(lines, layout.homes - layout.size) / EUR_PER_UNIT
    )
    return Rows(csr_matrix(block), np.full(lines, -np.inf), problem.money.line_eur / EUR_PER_UNIT)


def at_once(problem: Problem) -> Flags:
    """Whether a choice is built in one go, of more than one unit. Shape (choices,)."""
    choices = problem.choices
    return np.asarray(~choices.staged & ((choices.size_max > 1.0) | ~choices.whole))


def _starts(problem: Problem, layout: Layout) -> Rows:
    """What depends on another measure stands only while that one does, at one unit or all of it.

    What is built in one go has its last size from its start.
    """
    choices, years = problem.choices, layout.years
    if not layout.starts.size:
        return no_rows(layout)
    started = np.full(choices.size_max.size, -1, dtype=np.int64)
    started[layout.starts] = np.arange(layout.starts.size)
    one, on = choices.needs.T
    once = layout.starts[at_once(problem)[layout.starts]]
    column = over_years(years, np.concatenate([one, once]), layout.size)
    start = over_years(years, started[np.concatenate([on, once])], layout.start)
    most = np.repeat(choices.size_max[np.concatenate([one, once])], years)
    least = np.repeat(np.minimum(1.0, choices.size_max[layout.starts]), years)
    starts = layout.start + np.arange(layout.starts.size * years)
    sizes = over_years(years, layout.starts, layout.size)
    last = np.repeat(layout.size + (once + 1) * years - 1, years)
    size = over_years(years, once, layout.size)
    most_once = np.repeat(choices.size_max[once], years)
    from_start = over_years(years, started[once], layout.start)
    return stack(
        [
            sums(layout, [(column, 1.0), (start, -most)], 0.0),
            sums(layout, [(starts, least), (sizes, -1.0)], 0.0),
            sums(layout, [(last, 1.0), (size, -1.0), (from_start, most_once)], most_once),
        ]
    )


def variant_rows(problem: Problem, flows: Flows, layout: Layout, spare: Floats) -> Rows:
    """Variants change no more homes than there are, less some to spare.

    Parameters
    ----------
    problem, flows, layout
        What is searched.
    spare
        Homes to spare of every group of variants. [1], shape (groups, years)
    """
    years = layout.years
    parts = [no_rows(layout)]
    for (choices, projects), less in zip(problem.choices.variants, spare, strict=True):
        shares = np.flatnonzero(np.isin(flows.share_project, projects))
        column = np.concatenate(
            [over_years(years, choices, layout.size), over_years(years, shares, layout.homes)]
        )
        row = np.tile(np.arange(years), choices.size + shares.size)
        value = np.repeat(np.append(np.ones(choices.size), -np.ones(shares.size)), years)
        matrix = sparse(layout.columns, row, column, value, years)
        parts.append(Rows(matrix, np.full(years, -np.inf), -less))
    return stack(parts)


def _objectives(problem: Problem, layout: Layout) -> tuple[Floats, Floats, Floats]:
    """Worth, homes in the last year, and present value of every column."""
    worth, homes, cost = (
        np.zeros(layout.columns),
        np.zeros(layout.columns),
        np.zeros(layout.columns),
    )
    years, money = layout.years, problem.money
    share = slice(layout.homes, layout.flow)
    worth[share] = np.tile(problem.year_weight, (layout.flow - layout.homes) // years)
    homes[share] = np.tile(np.arange(years) == years - 1, (layout.flow - layout.homes) // years)
    of = pairs(problem.demand)[0]
    worth[layout.connected : layout.gate] = np.outer(
        problem.demand.connection_worth[of], problem.year_weight
    ).ravel()
    each = unit_eur(problem, money.investment_eur, money.yearly_eur, money.discount)
    cost[layout.size : layout.homes] = each.ravel() / EUR_PER_UNIT
    return worth, homes, cost


def _bounds(problem: Problem, flows: Flows, layout: Layout) -> tuple[Floats, Flags]:
    demand, choices = problem.demand, problem.choices
    of = pairs(demand)[0]
    now = demand.connection_from[of][:, None] <= np.arange(layout.years)
    upper = np.concatenate(
        [
            size_max_by_year(problem).ravel(),
            demand.asked[flows.share_project].ravel(),
            flows.bound_kw.ravel(),
            now.astype(float).ravel(),
            np.ones(layout.columns - layout.gate),
        ]
    )
    whole = np.zeros(layout.columns, dtype=bool)
    whole[layout.size : layout.homes] = np.repeat(choices.whole, layout.years)
    whole[layout.connected :] = True
    return upper, whole
