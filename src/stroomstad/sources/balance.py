"""How much energy does each sector use or make in a year, according to the municipal balance."""

from __future__ import annotations

import csv

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats
from stroomstad.errors import Issue, name_some
from stroomstad.sources.files import (
    Layout,
    SourceFile,
    duplicate_issues,
    read_bytes,
    read_table,
)
from stroomstad.tables.city import FEED_IN_COLUMNS
from stroomstad.units import kwh_from_tj

FULL_LOAD_HOURS_KEY = "input_solar_panels_roofs_and_parks_full_load_hours"
FULL_LOAD_HOURS_RANGE = (100, 8784)  # the most is every hour of a leap year
# Own choices: outside the range a unit or a count is wrong; rounding loses less than the share.
HOME_KWH_RANGE = (500.0, 20_000.0)
LOST_ENERGY_SHARE_MAX = 0.005
YEAR_KEY = "analysis_year"
_KEY = "geo_id"
_TEXTS = ("sector", "direction", "balance_keys", "points_columns", "about", "about_nl")
# What each sector's energy is spread over; the names are fixed, since each has a rule of its own.
SECTOR_COLUMNS = {
    "households": "households_kwh",
    "buildings": "buildings_kwh",
    "ict": "ict_kwh",
    "agriculture": "agriculture_kwh",
    "industry": "industry_kwh",
    "road": "road_home_kwh + road_public_kwh",
    "rail": "rail_kwh",
    "own_use": "own_use_kwh",
    "solar_homes": "solar_homes_kwh",
    "solar_firms": "solar_firms_kwh",
    "solar_fields": "solar_field_kwh",
    "wind": "wind_kwh",
}


def read_balance(
    source: SourceFile, municipality_code: str
) -> tuple[pd.Series | None, list[Issue]]:
    """Read the municipal balance: text by key, as it stands in the file.

    The municipality is a column, or a row of the table that ETLocal keeps of all of them.
    """
    rows, issues = read_table(source.path, Layout((_KEY,)))
    if rows is None:
        return None, issues
    if (rows[_KEY] == municipality_code).any():
        return _balance_of_row(source, municipality_code)
    rows, issues = read_table(source.path, Layout((_KEY, municipality_code)))
    if rows is None:
        remedy = "Give the balance of this municipality, or mend municipality_code in city.toml."
        problem = f"has no column of municipality {municipality_code}."
        broken = [issue for issue in issues if "is missing" not in issue.problem]
        return None, broken or [Issue(source.path.name, problem, remedy)]
    issues = duplicate_issues(rows[_KEY], f"{source.path.name}.{_KEY}")
    return (None if issues else rows.set_index(_KEY)[municipality_code]), issues


def _balance_of_row(
    source: SourceFile, municipality_code: str
) -> tuple[pd.Series | None, list[Issue]]:
    """Balance of a municipality that is a row, with the keys as columns."""
    content, issues = read_bytes(source.path)
    keys = next(csv.reader([content.decode("utf-8-sig").splitlines()[0]])) if content else []
    rows, found = read_table(source.path, Layout(tuple(keys)))
    if rows is None:
        return None, [*issues, *found]
    mine = rows[rows[_KEY] == municipality_code]
    issues += duplicate_issues(mine[_KEY], f"{source.path.name}.{_KEY}")
    return (None if issues else mine.iloc[0]), issues


def read_sectors(
    source: SourceFile, balance: pd.Series | None, balance_name: str
) -> tuple[pd.DataFrame | None, list[Issue]]:
    """Read the table of sectors and look up their energy in the balance.

    Without a balance, which could not be read, only the table itself is checked.

    Returns
    -------
    Columns ``sector, direction, balance_key, balance_kwh, about, about_nl``, indexed by sector
    """
    rows, issues = read_table(source.path, Layout(_TEXTS))
    if rows is None:
        return None, issues
    issues = _sector_issues(rows, source.path.name)
    if balance is None:
        return None, issues
    energy_tj = []
    for keys in rows["balance_keys"]:
        values, found = values_of(keys, balance, balance_name)
        issues += found
        energy_tj.append(values.sum())
    if issues:
        return None, sorted(set(issues))
    sectors = pd.DataFrame(
        {
            "sector": rows["sector"],
            "direction": rows["direction"],
            "balance_key": rows["balance_keys"],
            "balance_kwh": [kwh_from_tj(value) for value in energy_tj],
            "about": rows["about"],
            "about_nl": rows["about_nl"],
        }
    )
    return sectors.set_index("sector", drop=False), []


def full_load_hours(balance: pd.Series, balance_name: str) -> tuple[float, list[Issue]]:
    """Full-load hours of solar panels that the balance counts with. [h/year]."""
    values, issues = values_of(FULL_LOAD_HOURS_KEY, balance, balance_name, "h")
    fewest, most = FULL_LOAD_HOURS_RANGE
    if not issues and not fewest <= values[0] <= most:
        remedy = f"Give the hours, from {fewest:,} to {most:,}."
        where = f"{balance_name}.{FULL_LOAD_HOURS_KEY}"
        issues = [Issue(where, f"is {values[0]:g} h.", remedy)]
    return float(values[0]), issues


def year_issues(balance: pd.Series, source: SourceFile, base_year: int) -> list[Issue]:
    """Tell when the balance is of another year than the base year.

    The year stands in the balance itself, or else in the vintage that the folder states.
    """
    told = pd.to_numeric(balance.get(YEAR_KEY, ""), errors="coerce")
    year = source.vintage if np.isnan(told) else f"{told:.0f}"
    if year == str(base_year):
        return []
    problem = f"is of {year} where base_year is {base_year}."
    return [Issue(source.path.name, problem, "Give the balance of that year, or mend base_year.")]


def values_of(
    keys: str, balance: pd.Series, where: str, unit: str = "TJ"
) -> tuple[Floats, list[Issue]]:
    """Look up some keys of the balance, joined by a plus sign; each must be 0 or more."""
    names = [key.strip() for key in keys.split("+")]
    text = balance.reindex(names)
    values = pd.to_numeric(text, errors="coerce").to_numpy(dtype=float)
    issues = []
    for name, written, value in zip(names, text, values, strict=True):
        if name not in balance.index:
            issues.append(Issue(where, f"has no key {name}.", "Give the key, or mend energy.csv."))
        elif not np.isfinite(value):
            shown = f"'{written}'" if written else "empty"
            issues.append(Issue(f"{where}.{name}", f"is {shown} instead of a number of {unit}.",
                                f"Give a number of {unit}."))  # fmt: skip
        elif value < 0:
            issues.append(Issue(f"{where}.{name}", f"is {value:g} {unit}, below 0.",
                                f"Give {unit} of 0 or more."))  # fmt: skip
    return values, issues


def home_issues(homes: int, households_kwh: float, where: str, areas_where: str) -> list[Issue]:
    """Tell when there are no homes, or homes with an impossible yearly use.

    Parameters
    ----------
    homes
        Homes of the base year.
    households_kwh
        Energy of the homes of the base year in the balance. [kWh/year]
    where
        File and key of the balance.
    areas_where
        File of the areas.
    """
    if not homes:
        problem = "no address comes out as a home."
        return [Issue(areas_where, problem, "Look at dwelling_total, which counts the dwellings.")]
    each_kwh, (least, most) = households_kwh / homes, HOME_KWH_RANGE
    if least <= each_kwh <= most:
        return []
    problem = (
        f"{households_kwh:,.0f} kWh for {homes:,} homes is {each_kwh:,.0f} kWh per home, where "
        f"{least:,.0f} to {most:,.0f} is possible."
    )
    return [Issue(where, problem, "Mend the energy or its unit in the balance, or the addresses.")]


def lost_energy_issues(sectors: pd.DataFrame, where: str) -> list[Issue]:
    """Tell which sectors' energy does not arrive at the points."""
    given, held = (sectors[name].to_numpy(dtype=float) for name in ("balance_kwh", "points_kwh"))
    lost = ~(np.abs(held - given) <= LOST_ENERGY_SHARE_MAX * given)
    told = zip(sectors["sector"][lost], held[lost], given[lost], strict=True)
    return [
        Issue(
            f"{where}.{name}",
            f"{points_kwh:,.0f} of {balance_kwh:,.0f} kWh finds a place in the city.",
            "Give the places that it is spread over, or a balance without it.",
        )
        for name, points_kwh, balance_kwh in told
    ]


def _sector_issues(rows: pd.DataFrame, where: str) -> list[Issue]:
    issues = []
    missing = sorted(set(SECTOR_COLUMNS) - set(rows["sector"]))
    unknown = sorted(set(rows["sector"]) - set(SECTOR_COLUMNS))
    twice = sorted(set(rows["sector"][rows["sector"].duplicated()]))
    for names, problem, remedy in (
        (missing, "is missing", "Add the row; leave its energy at 0 with a key that is 0."),
        (unknown, "is not a known sector", f"Use {name_some(list(SECTOR_COLUMNS), most=20)}."),
        (twice, "occurs more than once", "Give one row per sector."),
    ):
        if names:
            issues.append(Issue(f"{where}.sector", f"{name_some(names)} {problem}.", remedy))
    wanted = rows["sector"].map(SECTOR_COLUMNS)
    wrong = rows[wanted.notna() & (rows["points_columns"] != wanted)]
    for row in wrong.itertuples():
        problem = f"{row.sector} has '{row.points_columns}'."
        remedy = f"Write '{SECTOR_COLUMNS[str(row.sector)]}'."
        issues.append(Issue(f"{where}.points_columns", problem, remedy))
    feeds = rows["points_columns"].isin(list(FEED_IN_COLUMNS))
    loads = ~feeds & (wanted.notna())
    expected = np.where(feeds, "feed_in", np.where(loads, "load", rows["direction"]))
    for row in rows[rows["direction"] != expected].itertuples():
        problem = f"{row.sector} has direction '{row.direction}'."
        issues.append(Issue(f"{where}.direction", problem, "Write load or feed_in."))
    return issues
