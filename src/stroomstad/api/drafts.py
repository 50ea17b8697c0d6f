"""Plans and project lists as a browser sends them: read, checked, and turned into their files.

Nothing that is sent names a file that is opened: outlines come along, and a list that names an
outline file is told to name the outline instead.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import geopandas as gpd
import pandas as pd

from stroomstad.api.problems import FaultyDraft
from stroomstad.errors import InvalidData, Issue, faults
from stroomstad.exchange import (
    csv_bytes,
    outlines_in_degrees,
    outlines_text,
    read_outlines,
    read_sheet,
    read_toml,
    toml_text,
)
from stroomstad.planning import plan_as_toml, plan_issues, read_plan, read_projects
from stroomstad.planning.project_words import LIST_COLUMNS, key_of_header, normal_form
from stroomstad.store.shelf import beside_name
from stroomstad.tables.plan import OUTLINES, Catalogue, Plan
from stroomstad.tables.words import Language

OUTLINE_ENDINGS = (".geojson", ".json")
_FORMULA_SIGNS = ("=", "+", "@", "\t", "\r")
_ITEMS_MAX = 2000
# How faults of a plan name a field, where that is not the key itself.
_FIELDS = {
    "budget line": "budget_line", "depends on": "depends_on", "the shares of its payers": "payers",
    "ends on": "until", "kind ": "kind", "occurs more than once": "id", "decided on": "decided_on",
    "lead time": "lead_time_years", "in service": "in_service", "its size": "size",
    "is decided on": "decided_on", "is in service": "in_service", "runs at": "place",
    "runs from": "last_year", "is on budget line": "budget_line", "shares of": "payers",
    "nobody pays": "payers", "waits for itself": "depends_on", "is the same as": "place",
}  # fmt: skip
_KEYS = {"id", "name", "kind", "place", "size", "status", "until", "payers", "owner", "decides",
         "source", "assumed", "line", "payer", "eur", "project", "year"}  # fmt: skip
_PARTS = {"measure": "id", "budget": "line", "promise": "project"}


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """A plan that was sent.

    Attributes
    ----------
    plan
        The plan, sound by itself.
    toml
        Its file.
    beside
        Files of the outlines it brings, by name; empty when it brings none.
    warnings
        What was noticed.
    """

    plan: Plan
    toml: bytes
    beside: dict[str, bytes]
    warnings: list[Issue]


def plan_draft(
    sent: Mapping[str, Any], name: str, city: str, catalogue: Catalogue, known: gpd.GeoDataFrame
) -> PlanDraft:
    """Read a plan as it is sent.

    Parameters
    ----------
    sent
        Keys as in the TOML file; ``outlines`` is a collection of GeoJSON features.
    name
        What it is to be called in the workspace.
    city
        Name of the city.
    catalogue, known
        What plans may choose from, and the outlines that the city has.

    Raises
    ------
    FaultyDraft
        With every fault and where it stands.
    """
    raw = {key: value for key, value in sent.items() if key != "outlines"}
    issues = [*_size_issues(raw), *_city_issues(raw, city)]
    added, found = _outlines(sent.get("outlines"), name)
    issues += found
    outlines = known if added is None else _joined(known, added)
    plan, found = read_plan(raw, "plan", outlines, catalogue.kinds)
    issues += found
    if plan is not None:
        issues += plan_issues(plan, catalogue.kinds)
    if plan is None or faults(issues):
        wrong = faults(issues)
        raise FaultyDraft(wrong, [plan_field(issue, raw) for issue in wrong])
    told = plan_as_toml(plan)
    beside = {}
    if added is not None and len(added):
        content = outlines_text(added).encode("utf-8")
        file = beside_name(name, content, OUTLINE_ENDINGS[0])
        told["outlines"] = file
        beside[file] = content
    return PlanDraft(plan, toml_text(told).encode("utf-8"), beside, issues)


def plan_sent(content: bytes) -> dict[str, Any]:
    """Read the file of a plan as what a browser would send, outlines left out.

    Raises
    ------
    InvalidData
        When it is no TOML.
    """
    told = _toml_in(content)
    told.pop("outlines", None)
    return told


def plan_kept(content: bytes, folder: Path) -> dict[str, Any]:
    """Read a plan of the workspace as what a browser would send, with its outlines.

    Parameters
    ----------
    content
        The file of the plan.
    folder
        Where it lies; outlines are read from there only.

    Raises
    ------
    InvalidData
        When it is no TOML, or with every fault of its outlines.
    """
    told, path = plan_sent(content), outlines_beside(content, folder)
    if path is not None:
        outlines, issues = read_outlines(path)
        if outlines is None:
            raise InvalidData(issues)
        told["outlines"] = outlines_in_degrees(outlines)
    return told


def outlines_beside(content: bytes, folder: Path) -> Path | None:
    """File of the outlines that a plan names and that lies beside it; nothing when none does."""
    named = _toml_in(content).get("outlines")
    if not isinstance(named, str) or not named.endswith(OUTLINE_ENDINGS):
        return None
    # A name and no path: what lies elsewhere is not opened, by a link neither.
    path = folder / Path(named).name
    beside = path.name == named and path.is_file() and path.resolve().parent == folder.resolve()
    return path if beside else None


def _toml_in(content: bytes) -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "plan.toml"
        path.write_bytes(content)
        raw, issues = read_toml(path)
    if raw is None:
        raise InvalidData(issues)
    told: dict[str, Any] = json.loads(json.dumps(raw, default=_as_text))
    return told


def plan_field(issue: Issue, raw: Mapping[str, Any]) -> str | None:
    """Where in a plan a fault stands, as a JSON pointer; nothing when it is not of one place."""
    where = issue.where.removeprefix("plan").lstrip(", ")
    found = re.match(r"(measure|budget|promise) (.+?)(?:, (\w+))?$", where)
    if not found:
        key = next((k for k in raw if issue.problem.startswith((f"{k} ", f"'{k}'"))), None)
        return f"/{key}" if key else None
    part, named = found[1], found[2]
    entries = raw.get(part)
    entries = entries if isinstance(entries, list) else []
    names = [str(each.get(_PARTS[part])) if isinstance(each, dict) else "" for each in entries]
    if named in names:
        twice = issue.problem.startswith("occurs more than once")
        at = len(names) - 1 - names[::-1].index(named) if twice else names.index(named)
    elif named.isdigit() and int(named) <= len(names):
        at = int(named) - 1
    else:
        return None
    field = _field(issue.problem)
    return f"/{part}/{at}/{field}" if field else f"/{part}/{at}"


def _field(problem: str) -> str | None:
    for said, field in _FIELDS.items():
        if problem.startswith(said):
            return field
    found = re.match(r"(?:has (?:a|no) )?'?([a-z_]+)\b", problem)
    word = found[1] if found else ""
    return word if "_" in word or word in _KEYS else None


@dataclass(frozen=True, slots=True)
class ListDraft:
    """A project list that was sent.

    Attributes
    ----------
    rows
        Text of the cells under the keys of a list, row by row.
    csv
        Its file.
    warnings
        What was noticed.
    """

    rows: list[dict[str, str]]
    csv: bytes
    warnings: list[Issue]


def list_draft(content: bytes, ending: str) -> ListDraft:
    """Read a project list that is sent as a workbook or a delimited file.

    Raises
    ------
    FaultyDraft
        With every fault of the list.
    """
    cells, issues = sheet_of(content, ending)
    if cells is None:
        raise FaultyDraft(issues, [None] * len(issues))
    return _checked(cells, issues)


def rows_draft(rows: Sequence[Mapping[str, Any]], language: Language = "nl") -> ListDraft:
    """Read a project list that is sent as rows under the keys of a list.

    Raises
    ------
    FaultyDraft
        With every fault of the list.
    """
    headers = {each.key: each.nl if language == "nl" else each.en for each in LIST_COLUMNS}
    texts = [{header: _cell_text(row.get(key)) for key, header in headers.items()} for row in rows]
    cells = pd.DataFrame(texts, columns=list(headers.values()), dtype=str)
    return _checked(cells.assign(row=range(2, len(texts) + 2)), [])


def sheet_of(content: bytes, ending: str) -> tuple[pd.DataFrame | None, list[Issue]]:
    """Read cells of a list from the bytes of its file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"list{ending}"
        path.write_bytes(content)
        return read_sheet(path)


def _checked(cells: pd.DataFrame, issues: list[Issue]) -> ListDraft:
    projects, found = read_projects(cells, "list")
    issues = [*issues, *found, *_file_issues(cells)]
    wrong = faults(issues)
    if projects is None or wrong:
        told = [each for issue in wrong for each in by_cell(issue, cells)]
        raise FaultyDraft([issue for issue, _ in told], [field for _, field in told])
    shown = cells.drop(columns="row")
    return ListDraft(list_rows(cells), csv_bytes(shown), issues)


def list_rows(cells: pd.DataFrame) -> list[dict[str, str]]:
    """Cells of a list under the keys of its columns; columns of one's own are left out."""
    keys = key_of_header()
    named = {name: keys.get(normal_form(str(name))) for name in cells.columns if name != "row"}
    return [
        {key: str(row[name] or "") for name, key in named.items() if key}
        for row in cells.astype(object).where(cells.notna(), "").to_dict("records")
    ]


def by_cell(issue: Issue, cells: pd.DataFrame) -> list[tuple[Issue, str | None]]:
    """Give a fault of a list once for every cell that it names, with where that stands.

    Returns
    -------
    Faults, each with a JSON pointer; nothing for one that is of no row.
    """
    found = re.search(r"rows? (\d+(?:, \d+)*)( and \d+ more)?[^,]*(?:, (.+))?$", issue.where)
    numbers = cells["row"].tolist()
    named = [int(each) for each in found[1].split(", ")] if found else []
    rows = [each for each in named if each in numbers]
    if not found or not rows:
        return [(issue, None)]
    key = key_of_header().get(normal_form(found[3])) if found[3] else None
    told: list[tuple[Issue, str | None]] = []
    for row in rows:
        where = issue.where[: found.start()] + f"row {row}" + (f", {found[3]}" if found[3] else "")
        # The last also tells how many more there are that are not named.
        each = issue if row == rows[-1] and found[2] else replace(issue, where=where)
        at = numbers.index(row)
        told.append((each, f"/rows/{at}/{key}" if key else f"/rows/{at}"))
    return told


def _file_issues(cells: pd.DataFrame) -> list[Issue]:
    """Places that name a file, and cells that a spreadsheet would take for a formula."""
    issues = []
    for row in cells.astype(object).where(cells.notna(), "").to_dict("records"):
        for name, value in row.items():
            text = str(value).strip()
            where = f"list, row {row['row']}, {name}"
            key = key_of_header().get(normal_form(str(name)))
            if key == "place" and text.lower().endswith(OUTLINE_ENDINGS):
                remedy = "Draw the outline in the plan, and write its name here."
                issues.append(Issue(where, f"{text[:60]!r} names a file.", remedy))
            elif name != "row" and text.startswith(_FORMULA_SIGNS) and not _is_number(text):
                remedy = "Write it without that sign in front."
                issues.append(Issue(where, f"{text[:60]!r} begins as a formula does.", remedy))
    return issues


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"[+-]?[0-9.,]+", text))


def _outlines(sent: object, name: str) -> tuple[gpd.GeoDataFrame | None, list[Issue]]:
    if sent is None:
        return None, []
    if not isinstance(sent, dict):
        remedy = "Send a collection of GeoJSON features."
        return None, [Issue("outlines", "is no GeoJSON.", remedy)]
    if sent.get("features") == []:
        return None, []
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.geojson"
        path.write_text(json.dumps(sent), encoding="utf-8")
        outlines, issues = read_outlines(path)
        if outlines is None:
            return None, issues
        # As it will stand in its file, so that what is kept can be read back.
        path.write_text(outlines_text(outlines), encoding="utf-8")
        return read_outlines(path)


def _joined(known: gpd.GeoDataFrame, added: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    rest = known[~known["place"].isin(added["place"])]
    columns = [*OUTLINES.columns, "geometry"]
    both = pd.concat([rest[columns], added[columns]], ignore_index=True)
    return gpd.GeoDataFrame(both, geometry="geometry", crs=known.crs)


def _size_issues(raw: Mapping[str, Any]) -> list[Issue]:
    issues = []
    for part in _PARTS:
        entries = raw.get(part)
        if isinstance(entries, list) and len(entries) > _ITEMS_MAX:
            problem = f"holds {len(entries)} of {part}."
            issues.append(Issue("plan", problem, f"Send at most {_ITEMS_MAX}."))
    return issues


def _city_issues(raw: Mapping[str, Any], city: str) -> list[Issue]:
    said = raw.get("city")
    if not isinstance(said, str) or said.strip() in ("", city):
        return []
    return [Issue("plan", f"city is {said.strip()[:60]!r}.", f"This service is of {city}.")]


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _as_text(value: object) -> str:
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)
