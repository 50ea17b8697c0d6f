"""What holds for every Dutch city: parameters, standard types and hourly shapes."""

from __future__ import annotations

import hashlib
from typing import Any

import pandas as pd

from stroomstad.errors import InvalidData, Issue, name_some
from stroomstad.sources.city_file import CityFile
from stroomstad.sources.files import Layout, SourceFile, read_table
from stroomstad.tables.grid import CABLE_TYPES, TRANSFORMER_TYPES
from stroomstad.tables.parameters import PARAMETERS, Parameters, check_ranges, override
from stroomstad.tables.plan import HOME_TYPES, MEASURE_KINDS, OUTLOOK
from stroomstad.tables.profiles import HourlyShapes
from stroomstad.tables.schema import Table, check

HOURS = 8760
_PARAMETER_NUMBERS = tuple(n for n, c in PARAMETERS.columns.items() if c.metadata["unit"])
_TEMPERATURE = "air_temperature"
_REFERENCE = "sjv_E1A"
_SUM_OF_SHAPE = 1 / 3600
_KIND_BANDS = (
    ("kw_low", "kw", "kw_high"),
    ("investment_eur_low", "investment_eur", "investment_eur_high"),
    ("yearly_eur_low", "yearly_eur", "yearly_eur_high"),
)
# What was read last, by the content of its files; nothing changes a table in place.
_KEPT: dict[tuple[tuple[str, str, str], ...], dict[str, Any]] = {}
# Per quantity of the outlook whether more of it leaves more room (1) or less (-1).
_ROOM_RISES = {
    "demand_index": -1,
    "heat_pumps_per_home": -1,
    "vehicles_per_home": -1,
    "solar_kwp_per_home": -1,
    "regional_mw": 1,
}


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
    rows = _with_counts(rows[list(declared.columns)], declared)
    issues = check(rows, declared, source.path.name)
    return (None if issues else rows), issues


def _with_counts(rows: pd.DataFrame, declared: Table) -> pd.DataFrame:
    # A cell that is no whole number stays as it is, and the check tells it.
    counts = [name for name, column in declared.columns.items() if str(column.dtype) == "int64"]
    whole = [name for name in counts if (rows[name] % 1 == 0).all()]
    return rows.astype(dict.fromkeys(whole, "int64"))


def read_catalogue(
    files: dict[str, SourceFile],
) -> tuple[dict[str, pd.DataFrame | None], list[Issue]]:
    """Read the kinds of measure, the kinds of home and the outlook.

    A band out of order, a year that the outlook lacks, or a kind of home without a value to fall
    back on is a fault.
    """
    read: dict[str, pd.DataFrame | None] = {}
    issues: list[Issue] = []
    for name, declared in _CATALOGUE.items():
        if name in files:
            read[name], found = read_types(files[name], declared)
            issues += found
            rows = read[name]
            if rows is not None:
                issues += _CATALOGUE_CHECKS[name](rows, files[name].path.name)
    return read, issues


def _kind_issues(kinds: pd.DataFrame, where: str) -> list[Issue]:
    issues = [i for band in _KIND_BANDS for i in _rising_issues(kinds, "kind", band, where)]
    short = kinds["kind"][kinds["life_years"] <= 0].tolist()
    if short:
        problem = f"life_years is 0 ({name_some(short)})."
        issues.append(Issue(where, problem, "Say after how many years it is replaced."))
    return issues


def _home_type_issues(home_types: pd.DataFrame, where: str) -> list[Issue]:
    named = home_types["home_type"] + ", " + home_types["heating"]
    issues = _rising_issues(
        home_types.assign(named=named), "named", ("kw_low", "kw", "kw_high"), where
    )
    twice = sorted(set(named[named.duplicated()]))
    if twice:
        problem = f"{name_some(twice)} occurs more than once."
        issues.append(Issue(where, problem, "Keep one row of each type and heating."))
    if "any, unknown" not in set(named):
        problem = "a row for home type any with heating unknown is missing."
        issues.append(Issue(where, problem, "Add it: every other combination falls back on it."))
    return issues


def _rising_issues(
    rows: pd.DataFrame, key: str, band: tuple[str, str, str], where: str
) -> list[Issue]:
    values = rows[list(band)]
    missing = values.isna()
    rises = values.diff(axis=1).iloc[:, 1:].ge(0).all(axis=1)
    wrong = rows[~(missing.all(axis=1) | rises)]
    if wrong.empty:
        return []
    named = name_some(wrong[key].tolist())
    problem = f"{', '.join(band)} do not rise, or are not all there ({named})."
    return [Issue(where, problem, "Give all three in rising order, or none.")]


def _outlook_issues(outlook: pd.DataFrame, where: str) -> list[Issue]:
    issues = []
    for quantity, rows in outlook.groupby("quantity", sort=True):
        at = f"{where}.{quantity}"
        room = rows[["low", "mid", "high"]] * _ROOM_RISES[str(quantity)]
        falls = ~room.diff(axis=1).iloc[:, 1:].ge(0).all(axis=1)
        if falls.any():
            years = name_some(rows["year"][falls].astype(str).tolist())
            problem = f"low does not leave least room, or high not most ({years})."
            issues.append(Issue(at, problem, "Let room rise from low to high."))
        said = sorted(rows["year"].tolist())
        if said != list(range(said[0], said[0] + len(said))):
            problem = f"the years {said[0]} to {said[-1]} do not each have one row."
            issues.append(Issue(at, problem, "Give every year once."))
    absent = sorted(set(_ROOM_RISES) - set(outlook["quantity"]))
    if absent:
        issues.append(Issue(where, f"{name_some(absent)} is missing.", "Add rows for every year."))
    return issues


_CATALOGUE = {"measures": MEASURE_KINDS, "home_types": HOME_TYPES, "outlook": OUTLOOK}
_CATALOGUE_CHECKS = {
    "measures": _kind_issues,
    "home_types": _home_type_issues,
    "outlook": _outlook_issues,
}


def read_national(
    files: dict[str, SourceFile],
) -> tuple[dict[str, Any], list[Issue]]:
    """Read the standard types and the shapes, by the name under which `Inputs` holds them.

    Notes
    -----
    Cities of one session have the same files, so that what was read last is kept, by content.
    """
    try:
        key = tuple(
            (name, source.path.name, hashlib.sha256(source.path.read_bytes()).hexdigest())
            for name, source in files.items()
        )
    except OSError:
        return _national(files)
    if key not in _KEPT:
        read, issues = _national(files)
        if issues:
            return read, issues
        _KEPT.clear()
        _KEPT[key] = read
    return dict(_KEPT[key]), []


def _national(files: dict[str, SourceFile]) -> tuple[dict[str, Any], list[Issue]]:
    read: dict[str, Any] = {}
    issues: list[Issue] = []
    for name, declared in (("cable_types", CABLE_TYPES), ("transformer_types", TRANSFORMER_TYPES)):
        if name in files:
            read[name], found = read_types(files[name], declared)
            issues += found
    catalogue, found = read_catalogue(files)
    read |= catalogue
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
