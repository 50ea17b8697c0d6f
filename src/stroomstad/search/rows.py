"""Columns and rows of the programme that the solver gets, and how they are put together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, vstack

from stroomstad.blocks import Floats, Ints


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the columns stand: each block has one column per thing and year, years together.

    Attributes
    ----------
    years
        Number of years.
    size, homes, flow, connected, gate, start
        Position of the first column of each block.
    columns
        Number of columns.
    gates
        Position among the touched links and shape of every gate; -1 for the region.
        Shape (gates, 2)
    starts
        Choices that need a start. Shape (starts,)
    """

    years: int
    size: int
    homes: int
    flow: int
    connected: int
    gate: int
    start: int
    columns: int
    gates: Ints
    starts: Ints


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a programme, each between two bounds."""

    matrix: csr_matrix
    lower: Floats
    upper: Floats


def stack(parts: list[Rows]) -> Rows:
    """Rows below each other."""
    return Rows(
        csr_matrix(vstack([part.matrix for part in parts])),
        np.concatenate([part.lower for part in parts]),
        np.concatenate([part.upper for part in parts]),
    )


def row_of(coefficients: Floats, least: float) -> Rows:
    """One row: a sum over all columns that reaches at least so much."""
    return Rows(csr_matrix(coefficients[None, :]), np.array([least]), np.array([np.inf]))


def sums(layout: Layout, terms: list[tuple[Ints, Floats | float]], most: Floats | float) -> Rows:
    """Rows of a few columns each, at most so much; all terms have one column per row."""
    count = terms[0][0].size
    row = np.tile(np.arange(count), len(terms))
    column = np.concatenate([columns for columns, _ in terms])
    value = np.concatenate([np.broadcast_to(coefficient, count) for _, coefficient in terms])
    matrix = sparse(layout.columns, row, column, value, count)
    return Rows(matrix, np.full(count, -np.inf), np.broadcast_to(most, count).astype(float))


def over_years(years: int, thing: Ints, first: int) -> Ints:
    """Columns of things in every year, flat. Shape (things × years,)."""
    return np.asarray((first + thing[:, None] * years + np.arange(years)).ravel())


def sparse(columns: int, row: Ints, column: Ints, value: Floats, count: int) -> csr_matrix:
    """Matrix of so many rows over all columns; what stands twice adds up."""
    return csr_matrix((value, (row, column)), shape=(count, columns))


def no_rows(layout: Layout) -> Rows:
    """Make no row at all."""
    return Rows(csr_matrix((0, layout.columns)), np.zeros(0), np.zeros(0))
