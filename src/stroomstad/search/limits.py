"""Rows of limits: of links, short or not, of gates, and of the region."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix

from stroomstad.blocks import Floats, Ints
from stroomstad.search.flows import Flows
from stroomstad.search.model import HOME, TOLERANCE_FRACTION, TOLERANCE_KVA, Problem, pairs
from stroomstad.search.narrowing import Narrowed
from stroomstad.search.rows import Layout, Rows, no_rows, sparse, stack


def link_rows(
    problem: Problem, narrowed: Narrowed, flows: Flows, layout: Layout, rows: Ints
) -> Rows:
    """What is added to a link stays within what is free; a short link first covers its shortage.

    Parameters
    ----------
    problem, narrowed, flows, layout
        What is searched.
    rows
        Year, position among the touched links, and quarter. Shape (rows, 3)
    """
    if not rows.size:
        return no_rows(layout)
    gated = gate_rows(problem, narrowed, rows)
    ungated = np.setdiff1d(np.arange(rows.shape[0]), gated[:, 0])
    matrix, free_kva = _added(narrowed, flows, layout, rows)
    at = np.concatenate([ungated, gated[:, 0]])
    matrix = csr_matrix(matrix[at])
    if gated.size:
        row = ungated.size + np.arange(gated.shape[0])
        gate = _position(layout.gates, gated[:, 1:])
        column = layout.gate + gate * layout.years + rows[gated[:, 0], 0]
        short_kva = -free_kva[gated[:, 0]]
        matrix = matrix + sparse(layout.columns, row, column, short_kva, at.size)
    upper = np.maximum(free_kva[at], 0.0)
    return Rows(csr_matrix(matrix), np.full(at.size, -np.inf), upper)


def broken_rows(
    problem: Problem, narrowed: Narrowed, flows: Flows, layout: Layout, columns: Floats
) -> Rows:
    """Rows of links that an answer breaks, and those of the same link and quarter in all years.

    Parameters
    ----------
    problem, narrowed, flows, layout
        What is searched.
    columns
        The answer. Shape (columns,)
    """
    touched, years = narrowed.touched, layout.years
    flow = flows.of_link[touched.links]
    through = columns[layout.flow : layout.connected].reshape(-1, years)
    # A link that was left out cannot be full, whatever passes it.
    known = np.flatnonzero((flow >= 0) | ~narrowed.below.homes[touched.links])
    passing_kw = np.zeros((known.size, years))
    passing_kw[flow[known] >= 0] = through[flow[known][flow[known] >= 0]]
    size = columns[layout.size : layout.homes].reshape(-1, years)
    made = columns[layout.connected : layout.gate].reshape(-1, years)
    added_kva = passing_kw.T[:, :, None] * touched.home_kva[known]
    added_kva += np.einsum("tmq,my->ytq", touched.unit_kva[known], size)
    added_kva += np.einsum("tkq,ky->ytq", touched.pair_kva[known], made)
    free_kva = touched.free_kva[:, known]
    # With its gate open a short link must first cover its shortage: suspect until looked at.
    gates = columns[layout.gate : layout.start].reshape(-1, years)
    open_ = np.zeros((years, touched.links.size))
    for (link, _), opened in zip(layout.gates.tolist(), gates, strict=True):
        if link >= 0:
            open_[:, link] = np.maximum(open_[:, link], opened)
    covered_kva = np.where(free_kva < 0, free_kva * open_[:, known][:, :, None], free_kva)
    over_kva = added_kva - covered_kva
    over_kva[~narrowed.needed[:, known]] = 0.0
    year, at, quarter = np.nonzero(over_kva > TOLERANCE_KVA)
    suspects = np.column_stack([year, known[at], quarter])
    found = link_rows(problem, narrowed, flows, layout, suspects)
    allowed_kva = TOLERANCE_KVA + TOLERANCE_FRACTION * found.upper
    if not (found.matrix @ columns > found.upper + allowed_kva).any():
        return no_rows(layout)
    # What breaks in one year is about to break in the next.
    broken = np.zeros(narrowed.needed.shape, dtype=bool)
    broken[:, suspects[:, 1], suspects[:, 2]] = True
    broken &= narrowed.needed
    return link_rows(problem, narrowed, flows, layout, np.argwhere(broken))


def gate_rows(problem: Problem, narrowed: Narrowed, rows: Ints) -> Ints:
    """Gates that rows of short links need.

    Returns
    -------
    Position of the row, position among the touched links, and shape of what it lets through.
    Shape (pairs of row and gate, 3)
    """
    touched = narrowed.touched
    year, link, quarter = rows.T
    short = touched.free_kva[year, link, quarter] < 0
    open_homes = narrowed.passing_kw[year, touched.links[link]] > 0
    through = [(HOME, (touched.home_kva[link, quarter] > 0) & open_homes)]
    of = pairs(problem.demand)[0]
    shape, first = problem.demand.connection_shape[of], problem.demand.connection_from[of]
    for one in np.unique(shape):
        draws = touched.pair_kva[link, :, quarter] > 0
        now = (first[None, :] <= year[:, None]) & (shape == one)
        # Homes and connections of the shape of a home share a gate.
        through.append((int(one), (draws & now).any(axis=1)))
    found = [
        np.column_stack([at, link[at], np.full(at.size, one)])
        for one, passes in through
        for at in [np.flatnonzero(short & passes)]
    ]
    return np.unique(np.concatenate(found), axis=0)


def gated_rows(problem: Problem, narrowed: Narrowed, flows: Flows, layout: Layout) -> Rows:
    """Through a closed gate nothing passes."""
    touched, years = narrowed.touched, layout.years
    short = np.argwhere(narrowed.needed & (touched.free_kva < 0))
    made = gate_rows(problem, narrowed, short)
    # Year, link and shape of every gate that something could pass.
    used = np.unique(np.column_stack([short[made[:, 0], 0], made[:, 1:]]), axis=0)
    if not used.size:
        return no_rows(layout)
    year, link, shape = used.T
    gate = layout.gate + _position(layout.gates, used[:, 1:]) * years + year
    flow = flows.of_link[touched.links[link]]
    most_kw = narrowed.passing_kw[year, touched.links[link]]
    homes = np.flatnonzero((shape == HOME) & (flow >= 0) & (most_kw > 0))
    of = pairs(problem.demand)[0]
    pair_shape = problem.demand.connection_shape[of]
    draws = narrowed.below.pairs[touched.links[link]] & (pair_shape[None, :] == shape[:, None])
    some, pair = np.nonzero(draws)
    count = homes.size + some.size
    row = np.arange(count)
    thing = np.concatenate(
        [
            layout.flow + flow[homes] * years + year[homes],
            layout.connected + pair * years + year[some],
        ]
    )
    matrix = sparse(
        layout.columns,
        np.concatenate([row, row]),
        np.concatenate([thing, gate[homes], gate[some]]),
        np.concatenate([np.ones(count), -most_kw[homes], -np.ones(some.size)]),
        count,
    )
    return Rows(matrix, np.full(count, -np.inf), np.zeros(count))


def region_rows(problem: Problem, flows: Flows, layout: Layout) -> Rows:
    """What is new stays within what the region leaves; a short region first covers its shortage."""
    years = np.flatnonzero(np.isfinite(problem.links.region_kw))
    if not years.size:
        return no_rows(layout)
    root = np.flatnonzero(flows.region_factor)
    of = pairs(problem.demand)[0]
    relief = np.flatnonzero(problem.choices.region_kw)
    first = np.concatenate(
        [
            layout.flow + root * layout.years,
            layout.connected + np.arange(of.size) * layout.years,
            layout.size + relief * layout.years,
        ]
    )
    coefficient = np.concatenate(
        [
            flows.region_factor[root],
            problem.demand.connection_region_kw[of],
            -problem.choices.region_kw[relief],
        ]
    )
    short_kw = np.maximum(-problem.links.region_kw[years], 0.0)
    matrix = sparse(
        layout.columns,
        np.repeat(np.arange(years.size), first.size),
        (first[None, :] + years[:, None]).ravel(),
        np.tile(coefficient, years.size),
        years.size,
    )
    upper = np.maximum(problem.links.region_kw[years], 0.0)
    balance = Rows(matrix, np.full(years.size, -np.inf), upper)
    if not short_kw.any():
        return balance
    at = np.flatnonzero(short_kw)
    gate = layout.gate + (layout.gates.shape[0] - 1) * layout.years + years[at]
    shortage = sparse(layout.columns, at, gate, short_kw[at], years.size)
    closed = _region_gate(problem, layout, first[: root.size + of.size], years[at])
    return stack([Rows(csr_matrix(matrix + shortage), balance.lower, upper), closed])


def _region_gate(problem: Problem, layout: Layout, first: Ints, years: Ints) -> Rows:
    """While the region is short nothing new passes a substation."""
    roots = first.size - pairs(problem.demand)[0].size
    all_kw = (problem.demand.home_kw @ problem.demand.asked)[years]
    gate = layout.gate + (layout.gates.shape[0] - 1) * layout.years + years
    count = first.size * years.size
    row = np.arange(count)
    most = np.where(np.arange(first.size)[:, None] < roots, all_kw[None, :], 1.0)
    matrix = sparse(
        layout.columns,
        np.concatenate([row, row]),
        np.concatenate([(first[:, None] + years).ravel(), np.tile(gate, first.size)]),
        np.concatenate([np.ones(count), -most.ravel()]),
        count,
    )
    return Rows(matrix, np.full(count, -np.inf), np.zeros(count))


def _added(
    narrowed: Narrowed, flows: Flows, layout: Layout, rows: Ints
) -> tuple[csr_matrix, Floats]:
    """What columns add to a link in a quarter, and what is free there."""
    touched, years = narrowed.touched, layout.years
    year, link, quarter = rows.T
    flow = flows.of_link[touched.links[link]]
    through = flow >= 0
    unit = csr_matrix(touched.unit_kva[link, :, quarter])
    pair = csr_matrix(touched.pair_kva[link, :, quarter])
    unit_row, unit_of = unit.nonzero()
    pair_row, pair_of = pair.nonzero()
    matrix = sparse(
        layout.columns,
        np.concatenate([np.flatnonzero(through), unit_row, pair_row]),
        np.concatenate(
            [
                layout.flow + flow[through] * years + year[through],
                layout.size + unit_of * years + year[unit_row],
                layout.connected + pair_of * years + year[pair_row],
            ]
        ),
        np.concatenate([touched.home_kva[link, quarter][through], unit.data, pair.data]),
        rows.shape[0],
    )
    return matrix, touched.free_kva[year, link, quarter]


def _position(gates: Ints, wanted: Ints) -> Ints:
    known = {(int(link), int(shape)): i for i, (link, shape) in enumerate(gates)}
    return np.asarray([known[int(link), int(shape)] for link, shape in wanted], dtype=np.int64)
