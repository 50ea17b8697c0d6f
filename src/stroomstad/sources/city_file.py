"""What does ``city.toml`` say: which city, which files, and what is decided by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from stroomstad.errors import Issue, name_some
from stroomstad.sources.file_kinds import CHOICES, FILE_KINDS, NEEDED_FILES, OPTIONAL_FILES
from stroomstad.sources.files import SourceFile, read_toml
from stroomstad.tables.limits import TRANSFORMER_LIMITS, USUAL_LIMITS, LimitChoice

NATIONAL_FILES = (
    "parameters", "cable_types", "transformer_types", "loads", "weather", "weather_design",
    "profiles_summer", "profiles_winter", "measures", "outlook", "home_types", "sectors",
)  # fmt: skip
_NEEDED = {"name": str, "municipality_code": str, "base_year": int, "files": dict}
_SECTIONS = {
    "substations": dict, "places": dict, "parameters": dict, "limits": dict, "published": dict,
}  # fmt: skip
_TOP = _NEEDED | _SECTIONS
_LIMITS = ("transformers", "n1_relaxed")
_PUBLISHED = {"stations": int, "stations_source": str}
_PLACES = {
    "new_home_areas": list, "rural_areas": list, "traction_station": str, "solar_field_area": str,
}  # fmt: skip
_FILE = {"path": str, "vintage": str, "licence": str}
_FILE_MAY = {"by": str}
_GAPS = ("key", "status", "holds", "form", "published", "default")
# Own choice: the land of the Netherlands in EPSG:28992, so that degrees are told from metres.
_EASTING_M, _NORTHING_M = (10_000, 300_000), (300_000, 640_000)
PLACE_STATUSES = ("known", "assumed")
# Years that a calendar of our data can hold; anything else is a slip of the pen.
_YEARS = range(1990, 2101)


@dataclass(frozen=True, slots=True)
class PlacedSubstation:
    """A substation whose place ``city.toml`` gives.

    Attributes
    ----------
    name
        What it is called.
    x_m, y_m
        Easting and northing, EPSG:28992. [m]
    feeds_mv
        Whether it feeds the distribution grid.
    known
        Whether its place is known; else assumed.
    """

    name: str
    x_m: float
    y_m: float
    feeds_mv: bool
    known: bool


@dataclass(frozen=True, slots=True)
class CityFile:
    """The content of ``city.toml``.

    Attributes
    ----------
    name, municipality_code, base_year
        Which city, and the year that its energy describes.
    files
        By what they are for.
    feeds_mv
        Per high-voltage station, by name, whether it feeds the distribution grid.
    placed
        Substations whose place is given here.
    new_home_areas, rural_areas, solar_field_area
        Codes of areas with a part of their own in the rules of the stock and the energy; rural
        areas are ``None``, and the area of solar fields empty, where they are not named.
    traction_station
        Railway station where the traction grid is fed; empty where none is named.
    overrides
        Values of national parameters that this city replaces.
    limits
        Which limits hold, unless a run asks otherwise.
    published
        What others have published of the city, set beside the answer and never fitted to:
        ``stations``, their number, and ``stations_source``; empty where nothing is given.
    unread
        Keys without a sound value. Their fields are empty, so that the other files can still be
        read and all faults be told at once; such a city never passes.
    absent
        Files and choices that the city does without.
    """

    name: str
    municipality_code: str
    base_year: int
    files: dict[str, SourceFile]
    feeds_mv: dict[str, bool]
    placed: tuple[PlacedSubstation, ...]
    new_home_areas: tuple[str, ...]
    rural_areas: tuple[str, ...] | None
    solar_field_area: str
    traction_station: str
    overrides: dict[str, dict[str, object]]
    limits: LimitChoice = USUAL_LIMITS
    published: dict[str, object] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()


def read_city_file(folder: Path) -> tuple[CityFile | None, list[Issue]]:
    """Read ``city.toml`` of a city folder, as far as it can be; ``None`` when not at all."""
    content, issues = read_toml(folder / "city.toml")
    if issues:
        return None, [_no_city_file(folder)] if _lacks_city_file(folder) else issues
    values = _value_issues(content)
    issues = [
        *_key_issues(content, _NEEDED, "city.toml", _SECTIONS),
        *_key_issues(_section(content, "places"), {}, "city.toml [places]", _PLACES),
        *values.values(),
        *_entry_issues(content),
        *_limit_issues(_section(content, "limits")),
        *_published_issues(_section(content, "published")),
    ]
    files, found = announced_files(content, folder, "city.toml", (*NEEDED_FILES, *OPTIONAL_FILES))
    issues += _missing_file_issues(content)
    return _city_file(content, files, frozenset(values)), [*issues, *found]


def _lacks_city_file(folder: Path) -> bool:
    return folder.is_dir() and not (folder / "city.toml").exists()


def _no_city_file(folder: Path) -> Issue:
    remedy = "Write one that names its files; the page on your own city has one to begin with."
    return Issue("city.toml", f"there is no such file in {folder}.", remedy)


def list_gaps(folder: Path) -> pd.DataFrame:
    """List what a city folder does not have, whatever else is wrong with it.

    Returns
    -------
    Columns ``key, status, holds, form, published, default``; the status is ``needed``,
    ``assumed`` (the default stands in) or ``named`` (the file that ``city.toml`` names is not
    there). What is needed comes first.
    """
    content, issues = read_toml(folder / "city.toml")
    if issues and not _lacks_city_file(folder):
        return pd.DataFrame(columns=list(_GAPS), dtype="str")
    files, _ = announced_files(content, folder, "city.toml", (*NEEDED_FILES, *OPTIONAL_FILES))
    named, places = _section(content, "files"), _section(content, "places")
    rows = []
    for kind in FILE_KINDS:
        there = kind.key not in files or files[kind.key].path.exists()
        if kind.key in named and there:
            continue
        status = "named" if kind.key in named else "assumed" if kind.default else "needed"
        default = kind.default.en if kind.default else ""
        rows.append((kind.key, status, kind.holds, kind.form, kind.published, default))
    for choice in CHOICES:
        moot = choice.key == "traction_station" and "railway_stations" not in named
        if choice.key not in places and not moot:
            rows.append((choice.key, "assumed", choice.holds, "", "", choice.default.en))
    order = {"needed": 0, "named": 1, "assumed": 2}
    table = pd.DataFrame(rows, columns=list(_GAPS), dtype="str")
    return table.sort_values("status", key=lambda told: told.map(order), kind="stable")


def read_national_files(folder: Path) -> tuple[dict[str, SourceFile], list[Issue]]:
    """Read ``national.toml``: the files that every city shares."""
    content, issues = read_toml(folder / "national.toml")
    if issues:
        return {}, issues
    files, issues = announced_files(content, folder, "national.toml", NATIONAL_FILES)
    missing = sorted(set(NATIONAL_FILES) - set(_section(content, "files")))
    if missing:
        problem = f"{name_some(missing)} is missing."
        issues.append(Issue("national.toml [files]", problem, "Add the key."))
    return files, issues


def announced_files(
    content: dict[str, Any], folder: Path, where: str, known: tuple[str, ...]
) -> tuple[dict[str, SourceFile], list[Issue]]:
    """Collect the files that a folder announces, and tell which entries are not as they must be."""
    sections = _section(content, "files")
    kinds: dict[str, type] = dict.fromkeys(known, dict)
    issues = _key_issues(sections, {}, f"{where} [files]", kinds)
    files = {}
    for key in sorted(set(known) & set(sections)):
        section = _section(sections, key)
        found = _key_issues(section, _FILE, f"{where} [files.{key}]", _FILE_MAY)
        issues += found
        if not found and not section["path"].isprintable():
            problem = f"path is {section['path']!r}, with characters that no path has."
            issues.append(Issue(f"{where} [files.{key}]", problem, "Write the name of the file."))
        elif not found:
            path = folder / section["path"]
            told = [name for name in ("vintage", "licence", "by") if name in section]
            files[key] = SourceFile(key, path, **{name: section[name] for name in told})
    return files, issues


def _city_file(
    content: dict[str, Any], files: dict[str, SourceFile], faulty: frozenset[str]
) -> CityFile:
    places = _section(content, "places")
    told = content | places
    kinds = _TOP | _PLACES
    unread = {key for key in told if key in kinds and not _is_a(told[key], kinds[key])}
    unread |= {*faulty, *(set(_NEEDED) - set(content))}
    sound = {key: value for key, value in told.items() if key not in unread}
    substations = _section(sound, "substations")
    rural = sound.get("rural_areas")
    overrides = _section(sound, "parameters")
    return CityFile(
        name=sound.get("name", ""),
        municipality_code=sound.get("municipality_code", ""),
        base_year=sound.get("base_year", 0),
        files=files,
        feeds_mv={name: feeds for name, feeds in substations.items() if isinstance(feeds, bool)},
        placed=tuple(_placed(name, row) for name, row in substations.items() if _is_placed(row)),
        new_home_areas=tuple(sound.get("new_home_areas", ())),
        rural_areas=None if rural is None else tuple(rural),
        solar_field_area=sound.get("solar_field_area", ""),
        traction_station=sound.get("traction_station", ""),
        overrides={name: dict(row) for name, row in overrides.items() if isinstance(row, dict)},
        limits=_limits(_section(content, "limits")),
        published=_section(sound, "published"),
        unread=frozenset(unread),
        absent=frozenset({*OPTIONAL_FILES, *_PLACES, "substations"} - {*files, *told}),
    )


def _is_placed(row: object) -> bool:
    return isinstance(row, dict) and not _placed_problem(row)


def _placed(name: str, row: dict[str, Any]) -> PlacedSubstation:
    feeds_mv, known = row.get("feeds_mv", True), row["status"] == "known"
    return PlacedSubstation(name, float(row["x_m"]), float(row["y_m"]), bool(feeds_mv), known)


def _placed_problem(row: dict[str, Any]) -> str:
    """Say what is wrong with the place of a substation; nothing when it is sound."""
    other = sorted(set(row) - {"x_m", "y_m", "feeds_mv", "status"})
    if other:
        return f"has {name_some(other)}."
    for key, (least, most) in (("x_m", _EASTING_M), ("y_m", _NORTHING_M)):
        value = row.get(key)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not (number and least <= float(row[key]) <= most):
            return f"has {key} = {value!r}, which is not from {least:,.0f} to {most:,.0f} m."
    if not isinstance(row.get("feeds_mv", True), bool):
        return f"has feeds_mv = {row['feeds_mv']!r}."
    if row.get("status") not in PLACE_STATUSES:
        return f"has status = {row.get('status')!r}."
    return ""


def _is_a(value: object, kind: type) -> bool:
    # To Python true and false are whole numbers too.
    if kind is list:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    return isinstance(value, kind) and not isinstance(value, bool)


def _section(content: dict[str, Any], key: str) -> dict[str, Any]:
    section = content.get(key, {})
    return section if isinstance(section, dict) else {}


def _missing_file_issues(content: dict[str, Any]) -> list[Issue]:
    """Tell of every file that a city cannot do without what it holds and who publishes it."""
    named = _section(content, "files")
    return [
        Issue(
            "city.toml [files]",
            f"{kind.key} is missing: {kind.holds}.",
            f"Name the file in [files.{kind.key}]; published by {kind.published}.",
        )
        for kind in FILE_KINDS
        if kind.key in NEEDED_FILES and kind.key not in named
    ]


def _key_issues(
    content: dict[str, Any],
    needed: Mapping[str, type],
    where: str,
    optional: Mapping[str, type] | None = None,
) -> list[Issue]:
    issues = []
    wanted = {**needed, **(optional or {})}
    missing = sorted(set(needed) - set(content))
    unknown = sorted(set(content) - set(wanted))
    if missing:
        issues.append(Issue(where, f"{name_some(missing)} is missing.", "Add the key."))
    if unknown:
        known = name_some(sorted(wanted), most=20)
        issues.append(
            Issue(where, f"{name_some(unknown)} is not a known key.", f"Use one of {known}.")
        )
    issues += [
        Issue(where, f"{key} is {content[key]!r}.", f"Write a {_KINDS[kind]}.")
        for key, kind in wanted.items()
        if key in content and not _is_a(content[key], kind)
    ]
    return issues


_KINDS = {str: "text between quotes", int: "whole number", dict: "table", list: "list of texts"}


def _value_issues(content: dict[str, Any]) -> dict[str, Issue]:
    """Faults in values of the right kind, by key."""
    code, year, name = (content.get(key) for key in ("municipality_code", "base_year", "name"))
    issues = {}
    if isinstance(code, str) and not (code.startswith("GM") and code[2:].isdigit()):
        problem = f"municipality_code is '{code}'."
        issues["municipality_code"] = Issue("city.toml", problem, "Write GM and four digits.")
    if isinstance(year, int) and not isinstance(year, bool) and year not in _YEARS:
        problem, remedy = f"base_year is {year}.", f"Write a year from {_YEARS[0]} to {_YEARS[-1]}."
        issues["base_year"] = Issue("city.toml", problem, remedy)
    if isinstance(name, str) and not (name.strip() and name.isprintable()):
        problem = f"name is {name!r}."
        issues["name"] = Issue("city.toml", problem, "Write the name of the city.")
    return issues


def _limits(said: dict[str, Any]) -> LimitChoice:
    """What is said of limits, as far as it is sound."""
    transformers, n1_relaxed = said.get("transformers"), said.get("n1_relaxed")
    known = [each for each in TRANSFORMER_LIMITS if each == transformers]
    return LimitChoice(
        known[0] if known else USUAL_LIMITS.transformers,
        n1_relaxed if isinstance(n1_relaxed, bool) else USUAL_LIMITS.n1_relaxed,
    )


def _limit_issues(said: dict[str, Any]) -> list[Issue]:
    where = "city.toml [limits]"
    issues = []
    unknown = sorted(set(said) - set(_LIMITS))
    if unknown:
        problem = f"{name_some(unknown)} is not a known key."
        issues.append(Issue(where, problem, f"Use one of {name_some(sorted(_LIMITS))}."))
    if said.get("transformers", TRANSFORMER_LIMITS[0]) not in TRANSFORMER_LIMITS:
        problem = f"transformers is {said['transformers']!r}."
        issues.append(Issue(where, problem, f"Write one of {name_some([*TRANSFORMER_LIMITS])}."))
    if not isinstance(said.get("n1_relaxed", False), bool):
        problem = f"n1_relaxed is {said['n1_relaxed']!r}."
        issues.append(Issue(where, problem, "Write true or false."))
    return issues


def _published_issues(said: dict[str, Any]) -> list[Issue]:
    """A number counts only with its source, and above 0."""
    where = "city.toml [published]"
    issues = _key_issues(said, _PUBLISHED if said else {}, where, _PUBLISHED)
    number, source = said.get("stations"), said.get("stations_source")
    if isinstance(number, int) and not isinstance(number, bool) and number < 1:
        issues.append(Issue(where, f"stations is {number}.", "Write how many stations stand."))
    if isinstance(source, str) and not source.strip():
        issues.append(
            Issue(where, "stations_source is empty.", "Write who published it, and when.")
        )
    return issues


def _entry_issues(content: dict[str, Any]) -> list[Issue]:
    told = _section(content, "substations").items()
    issues = [
        Issue("city.toml [substations]", f"'{name}' is {row!r}.", "Write true or false.")
        for name, row in told
        if not isinstance(row, bool | dict)
    ]
    remedy = "Write x_m and y_m in EPSG:28992, status known or assumed, and feeds_mv true or false."
    issues += [
        Issue("city.toml [substations]", f"'{name}' {problem}", remedy)
        for name, row in told
        if isinstance(row, dict) and (problem := _placed_problem(row))
    ]
    issues += [
        Issue(
            "city.toml [parameters]",
            f"{name} is {columns!r}.",
            "Write a table, such as { mid = 1.2 }.",
        )
        for name, columns in _section(content, "parameters").items()
        if not isinstance(columns, dict)
    ]
    return issues
