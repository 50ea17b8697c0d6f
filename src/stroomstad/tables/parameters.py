"""Dated values with unit, source and status: the only place where numbers of the world stand.

A parameter has a low, a middle and a high value. A *case* takes one side of all of them:
``"low"`` the side that leaves the least room for homes, ``"high"`` the side that leaves the
most, ``"mid"`` the middle. Which side that is stands in the table, in ``raises_room``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from stroomstad.errors import Issue, MissingParameter, name_some, raise_faults
from stroomstad.tables.schema import number, table, text

Case = Literal["low", "mid", "high"]
CASES: tuple[Case, ...] = ("low", "mid", "high")
BAND = ("low", "mid", "high")
STATUSES = ("sourced", "derived", "assumed", "calibrated")
_PROVENANCE = ("status", "source")

PARAMETERS = table(
    "parameters",
    "Dated values; one row per parameter and period.",
    {
        "parameter": text("name, with the unit last"),
        "valid_from": text("first day on which the value holds, ISO 8601"),
        "valid_to": text(
            "last day on which the value holds; empty when it still does", nullable=True
        ),
        "low": number("lowest plausible value", "as stated", lowest=None),
        "mid": number("value used unless a case asks otherwise", "as stated", lowest=None),
        "high": number("highest plausible value", "as stated", lowest=None),
        "lowest_allowed": number(
            "lowest value that is physically sensible; below it, a slip of sign or unit is meant",
            "as stated",
            lowest=None,
        ),
        "highest_allowed": number(
            "highest value that is physically sensible; above it, a slip of unit is meant",
            "as stated",
            lowest=None,
        ),
        "unit": text("unit of the values before it"),
        "raises_room": number(
            "1: a higher value leaves more room; -1: less; 0: neither", "1", lowest=-1
        ),
        "status": text("where the value comes from", isin=STATUSES),
        "source": text("publication and year, or the reason for an assumption"),
        "about": text("what it is, in English"),
        "about_nl": text("what it is, in Dutch"),
    },
)


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameter table, seen on one date and in one case.

    Attributes
    ----------
    rows
        The table, as declared in `PARAMETERS`.
    on
        The date on which values are asked.
    case
        Which side of the band.
    """

    rows: pd.DataFrame
    on: dt.date
    case: Case = "mid"
    _looked_up: dict[str, dict[str, Any]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def in_case(self, case: Case) -> Parameters:
        """Return the same table, seen from another side of the band."""
        seen = Parameters(self.rows, self.on, case)
        # Which row holds on a date does not depend on the case.
        seen._looked_up.update(self._looked_up)
        return seen

    def row(self, name: str) -> dict[str, Any]:
        """Row of a parameter that holds on the date, by column.

        Raises
        ------
        MissingParameter
            When there is no such parameter, or none on that date.
        """
        if not self._looked_up:
            self._looked_up.update(self._holding())
        if name not in self._looked_up:
            raise self._missing(name)
        return self._looked_up[name]

    def _holding(self) -> dict[str, dict[str, Any]]:
        """Rows that hold on the date, by parameter; the last that began of each."""
        day, rows = self.on.isoformat(), self.rows
        until = rows["valid_to"]
        valid = rows[(rows["valid_from"] <= day) & (until.isna() | (until >= day))]
        valid = valid.sort_values("valid_from", kind="stable")
        return {str(row["parameter"]): _named(row) for row in valid.to_dict("records")}

    def _missing(self, name: str) -> MissingParameter:
        known = self.rows[self.rows["parameter"] == name]
        if known.empty:
            return MissingParameter(
                f"parameters.{name}: there is no such parameter. "
                "Use one of the names in the parameter table."
            )
        periods = known.sort_values("valid_from")[["valid_from", "valid_to"]].fillna("today")
        held = [f"{start} to {end}" for start, end in periods.to_numpy()]
        return MissingParameter(
            f"parameters.{name}: no value on {self.on.isoformat()}; values hold "
            f"{name_some(held)}. Add a row for that date."
        )

    def value(self, name: str) -> float:
        """Value of a parameter on the date and in the case."""
        row = self.row(name)
        return float(row[_column(self.case, float(row["raises_room"]))])

    def band(self, name: str) -> tuple[float, float, float]:
        """Lowest, middle and highest value, whatever the case."""
        row = self.row(name)
        return float(row["low"]), float(row["mid"]), float(row["high"])


def _named(row: dict[Any, Any]) -> dict[str, Any]:
    return {str(column): value for column, value in row.items()}


def override(rows: pd.DataFrame, changes: Mapping[str, Mapping[str, object]]) -> pd.DataFrame:
    """Replace values of existing parameters, as a city folder may do.

    Parameters
    ----------
    rows
        The table, as declared in `PARAMETERS`.
    changes
        Per parameter the columns to replace: ``low``, ``mid``, ``high``, and always ``status``
        and ``source``, since those of the table speak of another value.

    Raises
    ------
    MissingParameter
        When a name is not in the table; every such name is told at once.
    InvalidData
        When a column may not be replaced, a value is not a number, its status or source is
        missing, a band is out of order, or a value lies outside what is allowed.
    """
    unknown = sorted(set(changes) - set(rows["parameter"]))
    if unknown:
        raise MissingParameter(
            f"parameters: there is no parameter named {name_some(unknown)}. "
            "Use names from the parameter table."
        )
    raise_faults([issue for name in changes for issue in _check_change(name, changes[name])])
    changed = rows.copy()
    for name, columns in changes.items():
        for column, value in columns.items():
            said = float(str(value)) if column in BAND else str(value)
            changed.loc[changed["parameter"] == name, column] = said
    mine = changed[changed["parameter"].isin(list(changes))]
    raise_faults([*_check_bands(mine), *check_ranges(mine)])
    return changed


def check_ranges(rows: pd.DataFrame) -> list[Issue]:
    """Find values outside what is physically sensible.

    Parameters
    ----------
    rows
        The table, as declared in `PARAMETERS`.
    """
    issues = []
    for row in rows.to_dict("records"):
        lowest, highest = row["lowest_allowed"], row["highest_allowed"]
        unit = "" if row["unit"] == "1" else f" {row['unit']}"
        outside = [
            f"{column} {row[column]:g}{unit}"
            for column in BAND
            if row[column] < lowest or row[column] > highest
        ]
        if outside:
            issues.append(
                Issue(
                    f"parameters.{row['parameter']}",
                    f"{', '.join(outside)} is outside {lowest:g} to {highest:g}{unit}.",
                    "Give a value in that range, in the unit of the parameter table.",
                )
            )
    return issues


def _check_change(name: str, columns: Mapping[str, object]) -> list[Issue]:
    where = f"parameters.{name}"
    allowed = (*BAND, *_PROVENANCE)
    issues = [
        Issue(where, f"{column} cannot be replaced.", f"Replace one of {', '.join(allowed)}.")
        for column in columns
        if column not in allowed
    ]
    issues += [
        Issue(where, f"{column} is {value!r}, not a number.", "Give a number.")
        for column, value in columns.items()
        if column in BAND and (isinstance(value, bool) or not isinstance(value, int | float))
    ]
    missing = [column for column in _PROVENANCE if not _is_text(columns.get(column))]
    if missing:
        problem = f"the value is replaced without a {' and a '.join(missing)} of its own."
        issues.append(Issue(where, problem, "Say where your value comes from, as text."))
    status = columns.get("status")
    if _is_text(status) and status not in STATUSES:
        known = ", ".join(STATUSES)
        issues.append(Issue(where, f"status is {status!r}.", f"Use one of {known}."))
    return issues


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _check_bands(rows: pd.DataFrame) -> list[Issue]:
    return [
        Issue(
            f"parameters.{row['parameter']}",
            f"low {row['low']:g}, mid {row['mid']:g} and high {row['high']:g} {row['unit']} "
            "do not rise.",
            "Give low, mid and high together.",
        )
        for _, row in rows.iterrows()
        if not row["low"] <= row["mid"] <= row["high"]
    ]


def _column(case: Case, raises_room: float) -> str:
    if case == "mid" or raises_room == 0:
        return "mid"
    return case if raises_room > 0 else {"low": "high", "high": "low"}[case]
