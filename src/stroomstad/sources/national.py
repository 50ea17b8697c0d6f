"""What holds for every Dutch city: parameters, standard types and hourly shapes."""

from __future__ import annotations

from typing import Any

import pandas as pd

from stroomstad.errors import InvalidData, Issue, name_some
from stroomstad.sources.city_file import CityFile
from stroomstad.sources.files import Layout, SourceFile, read_table
from stroomstad.tables.grid import CABLE_TYPES, TRANSFORMER_TYPES
from stroomstad.tables.parameters import PARAMETERS, Parameters, check_ranges, override
from stroomstad.tables.profiles import HourlyShapes
from stroomstad.tables.schema import Table, check

HOURS = 8760
_PARAMETER_NUMBERS = tuple(n for n, c in PARAMETERS.columns.items() if c.metadata["unit"])
_TEMPERATURE = "air_temperature"
_REFERENCE = "sjv_E1A"
_SUM_OF_SHAPE = 1 / 3600


def read_parameters(
    source: SourceFile, city: CityFile | None
) -> tuple[pd.DataFrame | None, list[Issue]]:
    """Read the parameter table and put the city's own values in place of the national ones.

    Without a city, whose file could not be read, only the table itself is checked.
    """
    overrides = city.overrides if city else {}
    texts = tuple(name for name in PARAMETERS.columns if name not in _PARAMETER_NUMBERS)
    rows, issues = read_table(source.path, Layout(texts, _PARAMETER_NUMBERS))
    if rows is None or issues:
        return None, issues
    rows = rows[list(PARAMETERS.columns)]
    rows["valid_to"] = rows["valid_to"].mask(rows["valid_to"] == "")
    rows, issues = _overridden(rows, overrides)
    issues += [*check(rows, PARAMETERS, source.path.name), *_band_issues(rows, source.path.name)]
    issues += check_ranges(rows)
    if city and "base_year" not in city.unread:
        issues += _date_issues(rows, city.base_year, source.path.name)
    return (None if issues else rows), issues


def design_year_issues(source: SourceFile, parameters: Parameters) -> list[Issue]:
    """Tell when the design weather is of another year than the parameters say."""
    year = f"{parameters.value('design_weather_year'):.0f}"
    if source.vintage == year:
        return []
    problem = f"is of {source.vintage} where parameter design_weather_year is {year}."
    return [Issue(source.path.name, problem, "Give the weather of that year, or mend either.")]


def base_year_issues(files: dict[str, SourceFile], base_year: int) -> list[Issue]:
    """Tell which hourly shapes are of another year than the base year."""
    return [
        Issue(
            files[name].path.name,
            f"is of {files[name].vintage} where base_year is {base_year}.",
            "Give the shapes of that year, or mend base_year in city.toml.",
        )
        for name in ("loads", "weather")
        if name in files and files[name].vintage != str(base_year)
    ]


def read_types(source: SourceFile, declared: Table) -> tuple[pd.DataFrame | None, list[Issue]]:
    """Read a table of standard types and compare it with its declaration."""
    numbers = tuple(n for n, c in declared.columns.items() if c.metadata["unit"])
    texts = tuple(name for name in declared.columns if name not in numbers)
    rows, issues = read_table(source.path, Layout(texts, numbers))
    if rows is None or issues:
        return None, issues
    rows = rows[list(declared.columns)]
    issues = check(rows, declared, source.path.name)
    return (None if issues else rows), issues


def read_national(
    files: dict[str, SourceFile],
) -> tuple[dict[str, Any], list[Issue]]:
    """Read the standard types and the shapes, by the name under which `Inputs` holds them."""
    read: dict[str, Any] = {}
    issues: list[Issue] = []
    for name, declared in (("cable_types", CABLE_TYPES), ("transformer_types", TRANSFORMER_TYPES)):
        if name in files:
            read[name], found = read_types(files[name], declared)
            issues += found
    wanted = ("loads", "weather", "weather_design", "profiles_summer", "profiles_winter")
    if all(name in files for name in wanted):
        read["shapes"], found = read_shapes(files)
        issues += found
    return read, issues


def read_shapes(files: dict[str, SourceFile]) -> tuple[HourlyShapes | None, list[Issue]]:
    """Read the hourly shapes and the reference profile.

    The published columns sum to 1/3600; here each is a share of the year and sums to 1.
    Temperature stays in °C.
    """
    issues: list[Issue] = []
    read: dict[str, pd.DataFrame | None] = {}
    for name in ("loads", "weather", "weather_design"):
        read[name], found = _read_hours(files[name])
        issues += found
    for name in ("profiles_summer", "profiles_winter"):
        read[name], found = read_table(files[name].path, Layout(("index",), (_REFERENCE,)))
        issues += found
    tables = {name: rows for name, rows in read.items() if rows is not None}
    if issues or len(tables) < len(read):
        return None, issues
    base = pd.concat([tables["loads"], tables["weather"]], axis=1)
    profiles = [tables["profiles_summer"], tables["profiles_winter"]]
    for name, rows in zip(("profiles_summer", "profiles_winter"), profiles, strict=True):
        issues += _time_issues(rows, files[name].path.name)
    if issues:
        return None, issues
    return HourlyShapes(base, tables["weather_design"], _reference(profiles)), []


def _read_hours(source: SourceFile) -> tuple[pd.DataFrame | None, list[Issue]]:
    rows, issues = read_table(source.path, Layout(("uur",), rest_are_numbers=True))
    if rows is None or issues:
        return None, issues
    if len(rows) != HOURS:
        problem = f"{len(rows)} hours where a year has {HOURS}."
        return None, [Issue(source.path.name, problem, "Give one row per hour.")]
    shapes = rows.drop(columns="uur")
    issues = _shape_issues(shapes, source.path.name)
    return _as_shares(shapes), issues


def _shape_issues(shapes: pd.DataFrame, where: str) -> list[Issue]:
    missing = shapes.columns[shapes.isna().any()].tolist()
    values = shapes.drop(columns=[_TEMPERATURE], errors="ignore")
    negative = values.columns[(values < 0).any()].tolist()
    issues = []
    if missing:
        issues.append(Issue(where, f"hours are missing in {name_some(missing)}.", "Fill them."))
    if negative:
        issues.append(
            Issue(where, f"values below 0 in {name_some(negative)}.", "Give shares of a year.")
        )
    return issues


def _as_shares(shapes: pd.DataFrame) -> pd.DataFrame:
    values = shapes.drop(columns=[_TEMPERATURE], errors="ignore")
    totals = values.sum()
    shares = values / totals.where(totals > 0, _SUM_OF_SHAPE)
    if _TEMPERATURE in shapes:
        shares = shares.assign(**{_TEMPERATURE: shapes[_TEMPERATURE]})
    return shares


def _times(rows: pd.DataFrame) -> pd.Series:
    return pd.to_datetime(rows["index"], utc=True, format="ISO8601", errors="coerce")


def _time_issues(rows: pd.DataFrame, where: str) -> list[Issue]:
    wrong = rows["index"][_times(rows).isna()].tolist()
    if not wrong:
        return []
    shown = name_some([f"'{text}'" for text in wrong])
    problem = f"{len(wrong)} rows without a time ({shown})."
    return [Issue(f"{where}.index", problem, "Write it as 2020-08-15 00:00:00+00:00.")]


def _reference(parts: list[pd.DataFrame]) -> pd.Series:
    rows = pd.concat(parts)
    times = _times(rows)
    series = pd.Series(rows[_REFERENCE].to_numpy(), index=pd.DatetimeIndex(times), name="E1A")
    series = series[~series.index.duplicated()].sort_index()
    return series.dropna()


def _overridden(
    rows: pd.DataFrame, overrides: dict[str, dict[str, object]]
) -> tuple[pd.DataFrame, list[Issue]]:
    known = set(rows["parameter"])
    unknown = sorted(set(overrides) - known)
    issues = []
    if unknown:
        problem = f"there is no parameter named {name_some(unknown)}."
        issues.append(Issue("city.toml [parameters]", problem, "Use names of parameters.csv."))
    mine = {name: columns for name, columns in overrides.items() if name in known}
    try:
        return override(rows, mine), issues
    except InvalidData as error:
        return rows, [*issues, *error.issues]


def _band_issues(rows: pd.DataFrame, where: str) -> list[Issue]:
    wrong = rows[~((rows["low"] <= rows["mid"]) & (rows["mid"] <= rows["high"]))]
    if wrong.empty:
        return []
    examples = [f"{r.parameter}: {r.low}, {r.mid}, {r.high}" for r in wrong.itertuples()]
    return [
        Issue(where, f"low, mid and high are not in order ({name_some(examples)}).", "Sort them.")
    ]


def _date_issues(rows: pd.DataFrame, base_year: int, where: str) -> list[Issue]:
    day = f"{base_year}-01-01"
    open_ended = rows["valid_to"].isna() | (rows["valid_to"] >= day)
    valid = set(rows["parameter"][(rows["valid_from"] <= day) & open_ended])
    missing = sorted(set(rows["parameter"]) - valid)
    if not missing:
        return []
    problem = f"{len(missing)} parameters have no value on {day} ({name_some(missing)})."
    return [Issue(where, problem, "Add rows for that date, or mend base_year in city.toml.")]
