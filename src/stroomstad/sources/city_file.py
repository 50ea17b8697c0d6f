"""What does ``city.toml`` say: which city, which files, and what is decided by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stroomstad.errors import Issue, name_some
from stroomstad.sources.files import SourceFile, read_toml
from stroomstad.tables.limits import TRANSFORMER_LIMITS, USUAL_LIMITS, LimitChoice

CITY_FILES = (
    "addresses", "areas", "boundary", "connections", "balance", "energy", "heating", "heat_net",
    "solar_areas", "solar_municipality", "chargers", "grid_places", "railway_stations", "known",
)  # fmt: skip
# A city may do without these; its grid is drawn up then.
OPTIONAL_FILES = ("grid",)
NATIONAL_FILES = (
    "parameters", "cable_types", "transformer_types", "loads", "weather", "weather_design",
    "profiles_summer", "profiles_winter", "measures", "outlook", "home_types",
)  # fmt: skip
_TOP = {
    "name": str, "municipality_code": str, "base_year": int, "files": dict, "substations": dict,
    "places": dict, "parameters": dict,
}  # fmt: skip
# What a city may leave out.
_MAY = {"limits": dict}
_LIMITS = ("transformers", "n1_relaxed")
_PLACES = {
    "new_home_areas": list, "rural_areas": list, "traction_station": str, "solar_field_area": str,
}  # fmt: skip
_FILE = {"path": str, "vintage": str, "licence": str}
# Years that a calendar of our data can hold; anything else is a slip of the pen.
_YEARS = range(1990, 2101)


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
    new_home_areas, rural_areas, solar_field_area
        Codes of areas with a part of their own in the rules of the stock and the energy.
    traction_station
        Railway station where the traction grid is fed.
    overrides
        Values of national parameters that this city replaces.
    limits
        Which limits hold, unless a run asks otherwise.
    unread
        Keys without a sound value. Their fields are empty, so that the other files can still be
        read and all faults be told at once; such a city never passes.
    """

    name: str
    municipality_code: str
    base_year: int
    files: dict[str, SourceFile]
    feeds_mv: dict[str, bool]
    new_home_areas: tuple[str, ...]
    rural_areas: tuple[str, ...]
    solar_field_area: str
    traction_station: str
    overrides: dict[str, dict[str, object]]
    limits: LimitChoice = USUAL_LIMITS
    unread: frozenset[str] = frozenset()


def read_city_file(folder: Path) -> tuple[CityFile | None, list[Issue]]:
    """Read ``city.toml`` of a city folder, as far as it can be; ``None`` when not at all."""
    content, issues = read_toml(folder / "city.toml")
    if issues:
        return None, issues
    values = _value_issues(content)
    issues = [
        *_key_issues(
            content, _TOP | {key: _MAY[key] for key in content if key in _MAY}, "city.toml"
        ),
        *_key_issues(_section(content, "places"), _PLACES, "city.toml [places]"),
        *values.values(),
        *_entry_issues(content),
        *_limit_issues(_section(content, "limits")),
    ]
    files, found = announced_files(content, folder, CITY_FILES, "city.toml")
    return _city_file(content, files, frozenset(values)), [*issues, *found]


def read_national_files(folder: Path) -> tuple[dict[str, SourceFile], list[Issue]]:
    """Read ``national.toml``: the files that every city shares."""
    content, issues = read_toml(folder / "national.toml")
    if issues:
        return {}, issues
    return announced_files(content, folder, NATIONAL_FILES, "national.toml")


def announced_files(
    content: dict[str, Any], folder: Path, wanted: tuple[str, ...], where: str
) -> tuple[dict[str, SourceFile], list[Issue]]:
    """Collect the files that a folder announces, and check that all wanted ones are there."""
    sections = _section(content, "files")
    may = set(OPTIONAL_FILES) & set(sections) if wanted == CITY_FILES else set()
    wanted = (*wanted, *sorted(may))
    issues = _key_issues(sections, dict.fromkeys(wanted, dict), f"{where} [files]")
    files = {}
    for key in sorted(set(wanted) & set(sections)):
        section = _section(sections, key)
        found = _key_issues(section, _FILE, f"{where} [files.{key}]")
        issues += found
        if not found and not section["path"].isprintable():
            problem = f"path is {section['path']!r}, with characters that no path has."
            issues.append(Issue(f"{where} [files.{key}]", problem, "Write the name of the file."))
        elif not found:
            path = folder / section["path"]
            files[key] = SourceFile(key, path, section["vintage"], section["licence"])
    return files, issues


def _city_file(
    content: dict[str, Any], files: dict[str, SourceFile], faulty: frozenset[str]
) -> CityFile:
    places = _section(content, "places")
    unread = {key for key, kind in _TOP.items() if not _is_a(content.get(key), kind)}
    unread |= {key for key, kind in _PLACES.items() if not _is_a(places.get(key), kind)}
    unread |= faulty
    sound = {key: value for key, value in (content | places).items() if key not in unread}
    feeds_mv = _section(sound, "substations")
    overrides = _section(sound, "parameters")
    return CityFile(
        name=sound.get("name", ""),
        municipality_code=sound.get("municipality_code", ""),
        base_year=sound.get("base_year", 0),
        files=files,
        feeds_mv={name: feeds for name, feeds in feeds_mv.items() if isinstance(feeds, bool)},
        new_home_areas=tuple(sound.get("new_home_areas", ())),
        rural_areas=tuple(sound.get("rural_areas", ())),
        solar_field_area=sound.get("solar_field_area", ""),
        traction_station=sound.get("traction_station", ""),
        overrides={name: dict(row) for name, row in overrides.items() if isinstance(row, dict)},
        limits=_limits(_section(content, "limits")),
        unread=frozenset(unread),
    )


def _is_a(value: object, kind: type) -> bool:
    # To Python true and false are whole numbers too.
    if kind is list:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    return isinstance(value, kind) and not isinstance(value, bool)


def _section(content: dict[str, Any], key: str) -> dict[str, Any]:
    section = content.get(key, {})
    return section if isinstance(section, dict) else {}


def _key_issues(content: dict[str, Any], wanted: Mapping[str, type], where: str) -> list[Issue]:
    issues = []
    missing = sorted(set(wanted) - set(content))
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


def _entry_issues(content: dict[str, Any]) -> list[Issue]:
    issues = [
        Issue("city.toml [substations]", f"'{name}' is {feeds!r}.", "Write true or false.")
        for name, feeds in _section(content, "substations").items()
        if not isinstance(feeds, bool)
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
