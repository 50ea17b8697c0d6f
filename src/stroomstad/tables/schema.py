"""Columns declared once, with unit and meaning; checks and documentation come from the declaration.

The declaration is a pandera schema: ``description`` says what a column means, ``metadata``
carries the unit. `check` turns what pandera finds into issues a planner can act on.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from stroomstad.errors import Issue, name_some

Table = pa.DataFrameSchema

# By the first letter of a column's dtype, which differs between versions of pandas after it.
_KINDS = {"s": "texts", "o": "texts", "f": "numbers", "i": "whole numbers", "b": "true or false"}
# The dtypes that pandas itself gives such columns.
_PLAIN = {
    "s": pd.StringDtype(na_value=np.nan),
    "f": np.dtype("float64"),
    "i": np.dtype("int64"),
    "b": np.dtype("bool"),
}


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
    checks = []
    if lowest is not None:
        checks = [pa.Check.ge(lowest, error=f"is below {lowest:g} {unit}".strip())]
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
    if _is_plainly_right(rows, declared):
        return []
    try:
        declared.validate(rows, lazy=True)
    except SchemaErrors as found:
        return _issues(rows, found.failure_cases, where or str(declared.name), declared)
    return []


def _is_plainly_right(rows: pd.DataFrame, declared: Table) -> bool:
    """Whether there is no fault at all, which is seen far faster than faults are found."""
    return rows.columns.is_unique and all(
        name in rows and _holds(rows[name], column) for name, column in declared.columns.items()
    )


def _holds(values: pd.Series, column: pa.Column) -> bool:
    if values.dtype != _PLAIN.get(str(column.dtype)[0]):
        return False
    if values.hasnans and not column.nullable:
        return False
    return all(rule(values).check_passed for rule in column.checks)


def _issues(rows: pd.DataFrame, cases: pd.DataFrame, where: str, declared: Table) -> list[Issue]:
    names = _row_names(rows, declared)
    wrong_kind = set(cases.loc[cases["check"].astype(str).str.startswith("dtype("), "column"])
    issues = [_wrong_kind(where, str(name), rows, declared) for name in sorted(wrong_kind)]
    for (column, problem), group in cases.groupby(["column", "check"], sort=True, dropna=False):
        values = group["failure_case"].tolist()
        if problem == "column_in_dataframe":
            issues += [
                Issue(where, f"column {name} is missing.", "Add the column.") for name in values
            ]
        elif column not in wrong_kind:
            rows_at = [names.get(index, f"row {index}") for index in group["index"]]
            issues.append(_wrong_rows(f"{where}.{column}", str(problem), rows_at, values))
    return issues


def _wrong_kind(where: str, column: str, rows: pd.DataFrame, declared: Table) -> Issue:
    wanted = _KINDS[str(declared.columns[column].dtype)[0]]
    return Issue(
        f"{where}.{column}",
        f"holds {rows[column].dtype} where {wanted} are expected.",
        f"Give {wanted} only.",
    )


def _wrong_rows(where: str, problem: str, rows_at: list[str], values: list[object]) -> Issue:
    if problem == "not_nullable":
        problem, examples = "is missing", rows_at
    else:
        pairs = zip(rows_at, map(str, values), strict=True)
        examples = [value if row == value else f"{row} has {value}" for row, value in pairs]
    rows_said = f"{len(rows_at)} row" + ("s" if len(rows_at) > 1 else "")
    return Issue(
        where,
        f"{rows_said} where the value {problem} ({name_some(examples)}).",
        "Mend these rows, or leave them out.",
    )


def _row_names(rows: pd.DataFrame, declared: Table) -> dict[Any, str]:
    first = next(iter(declared.columns))
    if first not in rows:
        return {}
    return {
        index: f"row {index}" if pd.isna(name) else str(name)
        for index, name in zip(rows.index, rows[first], strict=True)
    }
