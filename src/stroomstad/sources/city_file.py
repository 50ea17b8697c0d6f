"""What does ``city.toml`` say: which city, which files, and what is decided by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stroomstad.errors import Issue, name_some
from stroomstad.sources.files import SourceFile, read_toml

CITY_FILES = (
    "addresses", "areas", "boundary", "connections", "balance", "energy", "heating", "heat_net",
    "solar_areas", "solar_municipality", "chargers", "grid_places", "railway_stations", "known",
)  # fmt: skip
NATIONAL_FILES = (
    "parameters", "cable_types", "transformer_types", "loads", "weather", "weather_design",
    "profiles_summer", "profiles_winter",
)  # fmt: skip
_TOP = {
    "name": str, "municipality_code": str, "base_year": int, "files": dict, "substations": dict,
    "places": dict, "parameters": dict,
}  # fmt: skip
_PLACES = {
    "new_home_areas": list, "rural_areas": list, "traction_station": str, "solar_field_area": str,
}  # fmt: skip
_FILE = {"path": str, "vintage": str, "licence": str}


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


def read_city_file(folder: Path) -> tuple[CityFile | None, list[Issue]]:
    """Read ``city.toml`` of a city folder; ``None`` when it says too little to go on."""
    content, issues = read_toml(folder / "city.toml")
    if issues:
        return None, issues
    issues = [
        *_key_issues(content, _TOP, "city.toml"),
        *_key_issues(_section(content, "places"), _PLACES, "city.toml [places]"),
        *_value_issues(content),
    ]
    files, found = announced_files(content, folder, CITY_FILES, "city.toml")
    issues += found
    if issues:
        return None, issues
    return _city_file(content, files), []


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
    issues = _key_issues(sections, dict.fromkeys(wanted, dict), f"{where} [files]")
    files = {}
    for key in sorted(set(wanted) & set(sections)):
        section = _section(sections, key)
        found = _key_issues(section, _FILE, f"{where} [files.{key}]")
        issues += found
        if not found:
            path = folder / section["path"]
            files[key] = SourceFile(key, path, section["vintage"], section["licence"])
    return files, issues


def _city_file(content: dict[str, Any], files: dict[str, SourceFile]) -> CityFile:
    places = content["places"]
    return CityFile(
        name=content["name"],
        municipality_code=content["municipality_code"],
        base_year=content["base_year"],
        files=files,
        feeds_mv=dict(content["substations"]),
        new_home_areas=tuple(places["new_home_areas"]),
        rural_areas=tuple(places["rural_areas"]),
        solar_field_area=places["solar_field_area"],
        traction_station=places["traction_station"],
        overrides={name: dict(columns) for name, columns in content["parameters"].items()},
    )


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
        if key in content and not isinstance(content[key], kind)
    ]
    return issues


_KINDS = {str: "text between quotes", int: "whole number", dict: "table", list: "list of texts"}


def _value_issues(content: dict[str, Any]) -> list[Issue]:
    code = content.get("municipality_code")
    issues = []
    if isinstance(code, str) and not (code.startswith("GM") and code[2:].isdigit()):
        issues.append(
            Issue("city.toml", f"municipality_code is '{code}'.", "Write GM and four digits.")
        )
    for name, feeds in _section(content, "substations").items():
        if not isinstance(feeds, bool):
            issues.append(
                Issue("city.toml [substations]", f"'{name}' is {feeds!r}.", "Write true or false.")
            )
    for name, columns in _section(content, "parameters").items():
        if not isinstance(columns, dict):
            issues.append(
                Issue(
                    "city.toml [parameters]",
                    f"{name} is {columns!r}.",
                    "Write a table, such as { mid = 1.2 }.",
                )
            )
    return issues
