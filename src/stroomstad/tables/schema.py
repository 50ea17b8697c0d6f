"""Columns declared once, with unit and meaning; checks and documentation come from the declaration.

The declaration is a pandera schema: ``description`` says what a column means, ``metadata``
carries the unit. `check` turns what pandera finds into issues a planner can act on.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from stroomstad.errors import Issue, name_some

Table = pa.DataFrameSchema


def text(about: str, *, isin: tuple[str, ...] = (), nullable: bool = False) -> pa.Column:
    """Declare a column of text, optionally from a closed list."""
    checks = [pa.Check.isin(list(isin), error=f"is not one of {', '.join(isin)}")] if isin else []
    return pa.Column(str, checks, nullable=nullable, description=about, metadata={"unit": ""})


def key(about: str) -> pa.Column:
    """Declare the text column that names each row; no two rows share a value."""
    return pa.Column(
        str,
        pa.Check(lambda values: ~values.duplicated(), error="occurs more than once"),
        description=about,
        metadata={"unit": ""},
    )


def number(
    about: str, unit: str, *, lowest: float | None = 0.0, nullable: bool = False
) -> pa.Column:
    """Declare a column of numbers with a unit and, as a rule, a lowest value."""
    checks = [] if lowest is None else [pa.Check.ge(lowest, error=f"is below {lowest:g} {unit}".strip())]
    return pa.Column(float, checks, nullable=nullable, description=about, metadata={"unit": unit})


def count(about: str) -> pa.Column:
    """Declare a column of whole numbers that are never negative."""
    return pa.Column(
        int, pa.Check.ge(0, error="is below 0"), description=about, metadata={"unit": "1"}
    )


def flag(about: str) -> pa.Column:
    """Declare a column of true and false."""
    return pa.Column(bool, description=about, metadata={"unit": ""})


def table(name: str, about: str, columns: dict[str, pa.Column]) -> Table:
    """Declare a table; columns that are not declared are left alone."""
    return pa.DataFrameSchema(columns, name=name, description=about)


def check(rows: pd.DataFrame, declared: Table, where: str | None = None) -> list[Issue]:
    """Compare a table with its declaration and return every fault.

    Parameters
    ----------
    rows
        The table.
    declared
        What it should look like.
    where
        How the reader knows the table; the declared name when left out.
    """
    try:
        declared.validate(rows, lazy=True)
    except SchemaErrors as found:
        return _issues(rows, found.failure_cases, where or str(declared.name), declared)
    return []


def _issues(
    rows: pd.DataFrame, cases: pd.DataFrame, where: str, declared: Table
) -> list[Issue]:
    names = _row_names(rows, declared)
    issues = []
    for (column, problem), group in cases.groupby(["column", "check"], sort=True, dropna=False):
        if problem == "column_in_dataframe":
            missing = str(group["failure_case"].iloc[0])
            issues.append(Issue(where, f"column {missing} is missing.", "Add the column."))
            continue
        examples = [
            f"{names[index]} has {value}" if index in names else str(value)
            for index, value in zip(group["index"], group["failure_case"], strict=True)
        ]
        issues.append(
            Issue(
                f"{where}.{column}",
                f"{len(group)} rows where the value {_say(str(problem))} ({name_some(examples)}).",
                "Mend these rows, or leave them out.",
            )
        )
    return issues


def _say(problem: str) -> str:
    return {
        "not_nullable": "is missing",
        "isin": "is not in the list",
    }.get(problem, problem)


def _row_names(rows: pd.DataFrame, declared: Table) -> dict[Any, str]:
    first = next(iter(declared.columns))
    return dict(zip(rows.index, rows[first].astype(str), strict=True)) if first in rows else {}
