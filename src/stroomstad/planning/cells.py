"""Reads what the text of a cell means, and tells slips in many cells in a few lines.

Which number, year, day or word of a closed list stands there? Anything in doubt is a slip with
what to write instead, never a guess.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from stroomstad.errors import Issue, name_some
from stroomstad.planning.project_words import ListColumn, normal_form, value_of_word

# A slip rather than a year is meant outside these.
YEAR_RANGE = (2000, 2100)

_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?(e[+-]?[0-9]+)?", re.IGNORECASE)
_TWO_WAYS = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}([., '][0-9]{3})+([.,][0-9]+)?")
_DATES = (
    re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})([T ][0-9:.]+)?"),
    re.compile(r"(?P<day>[0-9]{1,2})[-/.](?P<month>[0-9]{1,2})[-/.](?P<year>[0-9]{4})"),
)
# Own choice: a hundred times the homes, or the kW, of a large Dutch city.
NUMBER_MAX = 1e7
# What spreadsheets show for a broken formula, in English and in Dutch.
_ERRORS = {
    "#ref!", "#n/a", "#value!", "#name?", "#div/0!", "#num!", "#null!", "#spill!", "#calc!",
    "#verw!", "#n/b", "#waarde!", "#naam?", "#deel/0!", "#getal!", "#leeg!", "#overlopen!",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Slip:
    """What is wrong in one cell; slips of one kind and column are told together.

    Attributes
    ----------
    row, header
        Row and column as the spreadsheet shows them; no header when the whole row is meant.
    value
        What stands there, as shown to the reader.
    problem
        What is wrong with it; the sentence after the value, true of one as of many.
    remedy
        What to do. Of slips told together the first one's is shown.
    severity
        As of an `Issue`.
    """

    row: int
    header: str
    value: str
    problem: str
    remedy: str
    severity: Literal["fault", "warning"] = "fault"


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a text has no meaning, and what to write instead."""

    problem: str
    remedy: str


def grouped(slips: Iterable[Slip], where: str) -> list[Issue]:
    """Tell slips of the same kind in the same column as one issue, with at most five examples.

    Parameters
    ----------
    slips
        Slips in any order.
    where
        File, as the person who must mend it knows it.
    """
    kinds: dict[tuple[str, str, str], list[Slip]] = {}
    for slip in slips:
        kinds.setdefault((slip.header, slip.problem, slip.severity), []).append(slip)
    issues = []
    for (header, problem, _), found in kinds.items():
        rows = name_some([str(row) for row in dict.fromkeys(slip.row for slip in found)])
        told = "row" if len({slip.row for slip in found}) == 1 else "rows"
        place = f"{where}, {told} {rows}" + (f", {header}" if header else "")
        values = name_some(list(dict.fromkeys(slip.value for slip in found if slip.value)))
        issues.append(
            Issue(place, f"{values} {problem}".strip(), found[0].remedy, found[0].severity)
        )
    return issues


def as_number(text: str) -> float | Wrong:
    """Number that a text stands for; a comma or a point before the decimals is accepted.

    Examples
    --------
    >>> as_number("17,5")
    17.5
    >>> as_number("1.200").problem
    'can be read in two ways: with thousands or with decimals.'
    """
    if normal_form(text) == "" or text.casefold() in _ERRORS:
        return _not_a_number(text)
    if _TWO_WAYS.fullmatch(text):
        whole, _, decimals = text.replace(",", ".").partition(".")
        remedy = f"Write {whole}{decimals} or {whole}.{decimals}0, whichever is meant."
        return Wrong("can be read in two ways: with thousands or with decimals.", remedy)
    if _NUMBER.fullmatch(text):
        value = float(text.replace(",", "."))
        if abs(value) > NUMBER_MAX:
            problem = f"is larger than {NUMBER_MAX:,.0f}, more than any project asks."
            return Wrong(problem, "Write it in digits, in homes, kW or years.")
        return value
    if _THOUSANDS.fullmatch(text):
        meant = re.sub(r"[., '](?=[0-9]{3}(?![0-9]))", "", text)
        return Wrong(
            "cannot be read with marks between the thousands.", f"Write {meant}, if that is meant."
        )
    return _not_a_number(text)


def as_count(text: str) -> float | Wrong:
    """Whole number, zero or more, that a text stands for."""
    value = as_number(text)
    if isinstance(value, Wrong):
        return value
    if value < 0:
        return Wrong("cannot be below zero.", "Give zero or more.")
    if value != int(value):
        return Wrong("cannot be a fraction.", "Give a whole number.")
    return value


def as_power(text: str) -> float | Wrong:
    """Power, zero or more. [kW]."""
    value = as_number(text)
    if not isinstance(value, Wrong) and value < 0:
        return Wrong("cannot be below 0 kW.", "Give the power in kW as a positive number.")
    return value


def as_year(text: str) -> float | Wrong:
    """Calendar year that a text stands for."""
    if not isinstance(as_date(text), Wrong):
        return Wrong("cannot be a date; only the year counts.", "Write the year, such as 2029.")
    value = as_number(text)
    if isinstance(value, Wrong):
        return Wrong("cannot be read as a year.", "Write one year, such as 2029.")
    first, last = YEAR_RANGE
    if value != int(value) or not first <= value <= last:
        problem = f"cannot be a year of a plan; those lie from {first} to {last}."
        return Wrong(problem, "Write the year in four digits, such as 2029.")
    return value


def as_date(text: str) -> str | Wrong:
    """Day that a text stands for, ISO 8601; day before month as the Dutch write it.

    Examples
    --------
    >>> as_date("3-11-2025")
    '2025-11-03'
    """
    for pattern in _DATES:
        found = pattern.fullmatch(text)
        if found:
            try:
                day = dt.date(*(int(found[part]) for part in ("year", "month", "day")))
            except ValueError:
                return Wrong(
                    "cannot be a day of the calendar.", "Write a day that exists, day before month."
                )
            if not YEAR_RANGE[0] - 50 <= day.year <= YEAR_RANGE[1]:
                return Wrong("cannot be the day of a request.", "Mend the year.")
            return day.isoformat()
    return Wrong("cannot be read as a date.", "Write it as 2026-03-31 or 31-3-2026.")


def as_word(text: str, column: ListColumn) -> str | Wrong:
    """Value of a closed list that a word stands for, in Dutch or in English."""
    known = value_of_word(column)
    written = normal_form(text)
    if written in known:
        return known[written]
    near = get_close_matches(written, known, n=1, cutoff=0.75)
    shown = ", ".join(dict.fromkeys(words[0] for words in column.words.values()))
    hint = f" For this one perhaps {column.words[known[near[0]]][0]}." if near else ""
    return Wrong("cannot be recognised.", f"Use one of {shown}.{hint}")


def _not_a_number(text: str) -> Wrong:
    if text.casefold() in _ERRORS:
        problem = "stands for a broken formula, as the spreadsheet itself says."
        return Wrong(problem, "Mend the formula and paste its value, or leave the cell empty.")
    figures = re.findall(r"[0-9]+(?:[.,][0-9]+)?", text)
    example = figures[0] if len(figures) == 1 else "500"
    return Wrong(
        "cannot be read as a number.",
        f"Write digits only, such as {example}, without words or units, or leave the cell empty.",
    )
