"""What waits for a connection, how much of it when, and in which order of the law.

A list as a person filled it in becomes the table of projects; all its faults are told at once,
each with the row and the column that the spreadsheet shows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats, Ints
from stroomstad.errors import Issue, NotFound, faults, name_some
from stroomstad.planning.cells import (
    Slip,
    Wrong,
    as_count,
    as_date,
    as_power,
    as_word,
    as_year,
    grouped,
)
from stroomstad.planning.project_words import (
    COLUMN_OF,
    LIST_COLUMNS,
    key_of_header,
    normal_form,
)
from stroomstad.tables.parameters import Case
from stroomstad.tables.projects import ANSWER_MARKS, PROJECTS
from stroomstad.tables.schema import check

ROW = "row"
REQUIRED = ("name", "place", "first_year")
# Own choice: outside this range kW and W, or one home and the whole row, were mixed up.
KW_PER_HOME_RANGE = (0.1, 20.0)

_PARSERS: dict[str, Callable[[str], float | str | Wrong]] = {
    "first_year": as_year,
    "last_year": as_year,
    "homes": as_count,
    "jobs": as_count,
    "kw_promised": as_power,
    "connection_kw": as_power,
    "requested_on": as_date,
}
# Of a cell that could not be read, which was told before.
_TOLD_BEFORE = Wrong("", "")
_WORDY = tuple(column.key for column in LIST_COLUMNS if column.words)
_KW_COLUMN = {"low": "kw_high", "mid": "kw", "high": "kw_low"}


def read_projects(cells: pd.DataFrame, where: str) -> tuple[pd.DataFrame | None, list[Issue]]:
    """Read a project list as a person filled it in, and tell everything that is wrong with it.

    Parameters
    ----------
    cells
        All cells as text under the person's own headers, and a column ``row`` with the number of
        the row in the file. Empty cells are empty text; missing ones could not be read and have
        been told.
    where
        Name of the file, for the messages.

    Returns
    -------
    As declared in `PROJECTS`, in the order of the list, or ``None`` when anything is at fault
    or missing; and the issues. Columns of answers are left alone, so that an answered list reads
    the same.
    """
    cells = _clean(cells)
    headers, issues = _find_headers(cells, where)
    if cells.empty:
        problem = "holds no projects: there is nothing below the headers."
        issues.append(Issue(where, problem, "Give one row per part of a project."))
        return None, issues
    values, slips = _read_cells(cells, headers)
    slips += _required_slips(cells, values, headers)
    slips += _row_slips(values, headers, slips)
    slips += _repeated_slips(cells, headers)
    told = [slip for slip in slips if slip.problem]
    issues += grouped(told, where)
    if faults(issues) or len(told) < len(slips):
        return None, issues
    projects = _as_projects(values)
    return projects, issues + check(projects, PROJECTS, where)


def read_places(cells: pd.DataFrame) -> pd.DataFrame:
    """Places that a project list names, also where the rest of it is faulty.

    Parameters
    ----------
    cells
        As for `read_projects`.

    Returns
    -------
    Columns ``place`` and ``row``; no rows when the list has no such column.
    """
    cells = _clean(cells)
    headers, _ = _find_headers(cells, "")
    if "place" not in headers:
        return pd.DataFrame({"place": pd.Series(dtype=str), ROW: pd.Series(dtype=int)})
    named = pd.DataFrame({"place": cells[headers["place"]], ROW: cells[ROW]})
    return named[named["place"].notna() & (named["place"] != "")].reset_index(drop=True)


def asked(projects: pd.DataFrame, years: Sequence[int]) -> Floats:
    """Size that each project asks for up to and including each year.

    Parameters
    ----------
    projects
        As declared in `PROJECTS`.
    years
        Calendar years.

    Returns
    -------
    Homes, or kW of a connection; shape (projects, years). Homes are spread evenly over the years
    of delivery, in whole homes; a connection is asked at once.
    """
    first = projects["first_year"].to_numpy(dtype=np.int64)[:, None]
    span = projects["last_year"].to_numpy(dtype=np.int64)[:, None] - first + 1
    gone = np.clip(np.asarray(years, dtype=np.int64)[None, :] - first + 1, 0, span)
    homes = projects["homes"].to_numpy(dtype=np.int64)[:, None]
    # Whole homes, halves upwards, in whole numbers so that no year depends on rounding of floats.
    spread = (2 * homes * gone + span) // (2 * span)
    kw = projects["connection_kw"].to_numpy(dtype=float)[:, None]
    return np.asarray(np.where(homes > 0, spread, kw * (gone > 0)), dtype=float)


def queue_order(projects: pd.DataFrame) -> Ints:
    """Positions of the projects in the order of the law.

    By category of priority, then by day of request with those not yet asked last, then by row.

    Parameters
    ----------
    projects
        As declared in `PROJECTS`.

    References
    ----------
    .. [1] ACM, decision on priority in transport requests, Stcrt. 2025-42323.
    """
    requested = projects["requested_on"].to_numpy(dtype=object)
    return np.lexsort(
        (
            projects["row"].to_numpy(),
            np.array([str(day) for day in requested]),
            np.array([not day for day in requested]),
            projects["category"].to_numpy(),
        )
    ).astype(np.int64)


def home_kw(home_types: pd.DataFrame, home_type: str, heating: str, case: Case) -> float:
    """Peak that one new home adds at station level. [kW].

    The case with least room has the highest peak.

    Parameters
    ----------
    home_types
        As declared in `HOME_TYPES`.
    home_type, heating
        As in that table; a combination that it does not hold falls back as in `home_type_row`.
    case
        Which side of the band.

    Raises
    ------
    NotFound
        When the table does not even hold any type with unknown heating.
    """
    return float(home_type_row(home_types, home_type, heating)[_KW_COLUMN[case]])


def home_type_row(home_types: pd.DataFrame, home_type: str, heating: str) -> pd.Series:
    """Row of the table that holds for a home of a type and heating.

    A combination that the table does not hold falls back to any type with that heating, and then
    to any type with unknown heating.

    Parameters
    ----------
    home_types
        As declared in `HOME_TYPES`.
    home_type, heating
        As in that table.

    Raises
    ------
    NotFound
        When the table does not even hold any type with unknown heating.
    """
    for row in ((home_type, heating), ("any", heating), ("any", "unknown")):
        found = home_types[(home_types["home_type"] == row[0]) & (home_types["heating"] == row[1])]
        if len(found):
            return found.iloc[0]
    raise NotFound(
        "home_types: there is no row for any home with unknown heating. Add one to the table."
    )


def kw_per_unit(projects: pd.DataFrame, home_types: pd.DataFrame, case: Case) -> Floats:
    """Power that one home, or one kW of a connection, adds at station level.

    A promise of the developer holds in every case; without one it is that of its type and heating.

    Parameters
    ----------
    projects
        As declared in `PROJECTS`.
    home_types
        As declared in `HOME_TYPES`.
    case
        Which side of the band.

    Returns
    -------
    [kW per home, or kW per kW of the connection], shape (projects,)
    """
    size = np.where(projects["homes"] > 0, projects["homes"], projects["connection_kw"])
    homes = projects["kind"] == "homes"
    kinds = list(zip(projects["home_type"], projects["heating"], strict=True))
    # A list has far more rows than kinds of home.
    asked = {kind for kind, is_homes in zip(kinds, homes, strict=True) if is_homes}
    kw = {kind: home_kw(home_types, *kind, case) for kind in asked}
    usual = np.where(homes, [kw.get(kind, 1.0) for kind in kinds], 1.0)
    promised = projects["kw_promised"].to_numpy(dtype=float)
    return np.asarray(np.where(np.isnan(promised), usual, promised / size), dtype=float)


def _clean(cells: pd.DataFrame) -> pd.DataFrame:
    written = cells.drop(columns=ROW)
    texts = written.map(lambda text: " ".join(str(text).split())).astype(object)
    texts = texts.where(written.notna(), None)
    filled = (texts != "").any(axis=1)
    return pd.DataFrame(texts.assign(**{ROW: cells[ROW].astype(int)})[filled])


def _find_headers(cells: pd.DataFrame, where: str) -> tuple[dict[str, str], list[Issue]]:
    """Person's header of each column that is recognised, and what is wrong with the headers."""
    known = key_of_header()
    written = [str(name) for name in cells.columns if name != ROW]
    headers: dict[str, str] = {}
    twice, unknown = [], []
    marks = tuple(ANSWER_MARKS.values())
    for header in (name for name in written if not name.startswith(marks)):
        key = known.get(normal_form(header))
        if key is None:
            near = get_close_matches(normal_form(header), known, n=1, cutoff=0.8)
            hint = f" for {COLUMN_OF[known[near[0]]].nl}?" if near else ""
            unknown.append(header + hint)
        elif headers.setdefault(key, header) != header:
            twice.append(f"{headers[key]} and {header}")
    issues = _missing_issues(set(headers), f"{where}, headers")
    if twice:
        problem = f"two columns mean the same ({name_some(twice)})."
        issues.append(Issue(f"{where}, headers", problem, "Keep one of them."))
    if unknown:
        problem = f"columns that are not known are not read ({name_some(unknown)})."
        remedy = "Leave them, or use a header of the template if they matter."
        issues.append(Issue(f"{where}, headers", problem, remedy, "warning"))
    return headers, issues


def _missing_issues(found: set[str], where: str) -> list[Issue]:
    issues = []
    missing = [COLUMN_OF[key] for key in REQUIRED if key not in found]
    if missing:
        shown = name_some([f"{column.nl} ({column.en})" for column in missing])
        remedy = "Put the headers in the first row, or start from the template."
        issues.append(Issue(where, f"there is no column {shown}.", remedy))
    if not {"homes", "connection_kw"} & found:
        problem = "there is no column Woningen (Homes) and none Aansluiting kW (Connection kW)."
        issues.append(Issue(where, problem, "Give at least one of them."))
    return issues


def _read_cells(cells: pd.DataFrame, headers: dict[str, str]) -> tuple[pd.DataFrame, list[Slip]]:
    """Meaning of every cell by key; missing where empty or wrong, and the slips."""
    values: dict[str, list[Any]] = {ROW: cells[ROW].tolist()}
    slips: list[Slip] = []
    for key in COLUMN_OF:
        texts = cells[headers[key]].tolist() if key in headers else [""] * len(cells)
        meanings = {text: _meaning(key, text) for text in dict.fromkeys(texts)}
        slips += [
            Slip(row, headers[key], f'"{_shown(text)}"', wrong.problem, wrong.remedy)
            for row, text in zip(values[ROW], texts, strict=True)
            if isinstance(wrong := meanings[text], Wrong)
        ]
        values[key] = [
            None if isinstance(meanings[text], Wrong) else meanings[text] for text in texts
        ]
    return pd.DataFrame(values, dtype=object, index=cells.index), slips


def _meaning(key: str, text: str | None) -> float | str | Wrong | None:
    if text == "":
        return None
    if text is None:
        return _TOLD_BEFORE
    if not text.isprintable():
        problem = (
            "holds hidden signs (shown as \N{WHITE SQUARE}), such as those that steer a screen."
        )
        return Wrong(problem, "Type it anew.")
    if key in _WORDY:
        return as_word(text, COLUMN_OF[key])
    return _PARSERS[key](text) if key in _PARSERS else text


def _shown(text: str | None) -> str:
    """Text of a cell with a box for each sign that does not print."""
    return "".join(sign if sign.isprintable() else "\N{WHITE SQUARE}" for sign in str(text))


def _required_slips(
    cells: pd.DataFrame, values: pd.DataFrame, headers: dict[str, str]
) -> list[Slip]:
    return [
        Slip(int(row), headers[key], "", "is empty.", "Fill it in.")
        for key in REQUIRED
        if key in headers
        for row in values.loc[cells[headers[key]] == "", ROW]
    ]


def _row_slips(values: pd.DataFrame, headers: dict[str, str], found: list[Slip]) -> list[Slip]:
    """Slips between the cells of one row; cells that are wrong by themselves are left out."""
    wrong = {(slip.row, slip.header) for slip in found}
    sizes = [headers[key] for key in ("homes", "connection_kw") if key in headers]
    slips: list[Slip] = []
    for row in values.to_dict("records"):
        if sizes and not any((row[ROW], header) in wrong for header in sizes):
            slips += _size_slips(row, headers)
        first, last = row["first_year"], row["last_year"]
        if first is not None and last is not None and last < first:
            problem = "cannot lie before the first year."
            slips.append(Slip(row[ROW], headers["last_year"], f'"{last:.0f}"', problem,
                              f"Give a year from {first:.0f} on, or leave it empty."))  # fmt: skip
    return slips


def _size_slips(row: Mapping[Hashable, Any], headers: dict[str, str]) -> list[Slip]:
    homes, kw = float(row["homes"] or 0), float(row["connection_kw"] or 0)
    number = int(row[ROW])
    both = " and ".join(headers[key] for key in ("homes", "connection_kw") if key in headers)
    if homes > 0 and kw > 0:
        problem = "gives both homes and a connection."
        return [Slip(number, both, "", problem, "Give each a row of its own.")]
    if homes == 0 and kw == 0:
        problem = "gives neither homes nor a connection."
        return [Slip(number, both, "", problem, "Give a number of homes or the kW.")]
    slips = []
    if kw > 0 and row["profile"] is None:
        header = headers.get("profile", COLUMN_OF["profile"].nl)
        problem = "is empty, so the connection counts as drawing all its power always."
        remedy = "Choose a profile."
        slips.append(Slip(number, header, "", problem, remedy, "warning"))
    return slips + _promise_slips(row, headers, homes)


def _promise_slips(
    row: Mapping[Hashable, Any], headers: dict[str, str], homes: float
) -> list[Slip]:
    promised = row["kw_promised"]
    if promised is None:
        return []
    if homes == 0:
        problem = "is promised for a connection."
        remedy = "Give the power that is asked as that of the connection, and leave this empty."
        return [Slip(int(row[ROW]), headers["kw_promised"], f'"{promised:g}"', problem, remedy)]
    low, high = KW_PER_HOME_RANGE
    per_home = float(promised) / homes
    if low <= per_home <= high:
        return []
    problem = f"kW for the whole row lies outside {low:g} to {high:g} kW per home."
    remedy = f"Give the kW of all {homes:.0f} homes together, not of one; this is {per_home:.3g}."
    value = f'"{promised:g}"'
    return [Slip(int(row[ROW]), headers["kw_promised"], value, problem, remedy)]


def _repeated_slips(cells: pd.DataFrame, headers: dict[str, str]) -> list[Slip]:
    read = cells[[*headers.values()]]
    if read.empty:
        return []
    first = (
        cells[ROW].groupby([read[name] for name in read], sort=False, dropna=False).transform("min")
    )
    again = read.duplicated()
    return [
        Slip(int(row), "", "", "is the same in every column as a row before it.",
             f"Remove it (row {before} says the same), or give it another name.")
        for row, before in zip(cells.loc[again, ROW], first[again], strict=True)
    ]  # fmt: skip


def _as_projects(values: pd.DataFrame) -> pd.DataFrame:
    homes = values["homes"].fillna(0).astype(float)
    is_homes = homes > 0
    text = values.astype(object).where(values.notna(), "")
    first = values["first_year"].astype(float)
    usual_category = pd.Series(np.where(is_homes, "3", "4"), index=values.index)
    assumed = text["assumed"].mask(text["assumed"] == "", np.where(text["source"] == "", "yes", ""))
    return pd.DataFrame(
        {
            "project_id": _identifiers(text["name"].tolist()),
            "row": values[ROW].astype(int),
            "name": text["name"],
            "kind": np.where(is_homes, "homes", "connection"),
            "place": text["place"],
            "first_year": first.astype(int),
            "last_year": values["last_year"].astype(float).fillna(first).astype(int),
            "homes": homes,
            "home_type": np.where(is_homes, text["home_type"].replace("", "any"), ""),
            "segment": text["segment"],
            "heating": np.where(is_homes, text["heating"].replace("", "unknown"), ""),
            "kw_promised": values["kw_promised"].astype(float),
            "connection_kw": values["connection_kw"].fillna(0).astype(float),
            "profile": np.where(is_homes, "home", text["profile"].replace("", "flat")),
            "category": values["category"].fillna(usual_category).astype(int),
            "requested_on": text["requested_on"],
            "jobs": values["jobs"].astype(float),
            "assumed": (assumed == "yes").to_numpy(dtype=bool),
            "source": text["source"],
        }
    ).reset_index(drop=True).astype(dict.fromkeys(_TEXTS, str))  # fmt: skip


_TEXTS = tuple(name for name, column in PROJECTS.columns.items() if str(column.dtype)[0] in "so")


def _identifiers(names: list[str]) -> list[str]:
    """The name, with a number where a name has more rows; no two the same."""
    rows = Counter(names)
    taken = {name for name, count in rows.items() if count == 1}
    last: dict[str, int] = {}
    made = []
    for name in names:
        identifier = name
        while rows[name] > 1 and (identifier == name or identifier in taken):
            last[name] = last.get(name, 0) + 1
            identifier = f"{name} {last[name]}"
        taken.add(identifier)
        made.append(identifier)
    return made
