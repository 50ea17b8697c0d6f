"""Which known facts replace what was generated, and whether they speak of assets that exist.

A known rating, rated current or supply always wins; of several rows on one fact the latest holds.
"""

from __future__ import annotations

import pandas as pd

from stroomstad.errors import Issue, name_some
from stroomstad.tables.grid import Grid

# Unit in which each fact that the grid takes over must be given.
UNITS = {
    "rating_kva": "kVA",
    "rating_mva": "MVA",
    "rated_current_a": "A",
    "load_max_mw": "MW",
    "contracted_unused_mw": "MW",
}


def apply_known_supply(sites: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Let known facts say which high-voltage stations feed the distribution grid.

    Parameters
    ----------
    sites
        High-voltage stations.
    known
        Known facts; ``feeds_mv`` is 1 or 0.
    """
    facts = _latest(known, "feeds_mv")
    value = _look_up(sites, facts, ["substation_id", "substation_name"])
    feeds = sites["feeds_mv"].where(value.isna(), value > 0.0)
    return sites.assign(feeds_mv=feeds.astype(bool))


def apply_known(grid: Grid, known: pd.DataFrame) -> Grid:
    """Replace generated ratings by known ones, in all three cases, and add what was measured.

    Parameters
    ----------
    grid
        The grid.
    known
        Known facts. ``rating_mva`` is that of each transformer of a substation,
        ``rated_current_a`` that of all cables side by side, ``load_max_mw`` a measured peak.
    """
    kva = _look_up(grid.stations, _latest(known, "rating_kva"), ["station_id"])
    names = ["substation_id", "substation_name"]
    mva = _look_up(grid.substations, _latest(known, "rating_mva"), names)
    peak = _latest(known, "load_max_mw")
    unused = _look_up(grid.substations, _latest(known, "contracted_unused_mw"), names)
    current = _look_up(grid.cables, _latest(known, "rated_current_a"), ["cable_id"])
    return Grid(
        grid.nodes,
        grid.cables.assign(rated_current_a=current.fillna(grid.cables["rated_current_a"])),
        _with_rating(grid.stations, "rating_kva", kva).assign(
            load_max_known_mw=_look_up(grid.stations, peak, ["station_id"])
        ),
        _with_rating(grid.substations, "rating_mva", mva).assign(
            load_max_known_mw=_look_up(grid.substations, peak, names),
            contracted_unused_known_mw=unused,
        ),
        grid.connections,
        grid.counts,
    )


def check_known(known: pd.DataFrame, grid: Grid, sites: pd.DataFrame) -> list[Issue]:
    """Find facts on assets that are not there, in another unit, or not above zero.

    Parameters
    ----------
    known
        Known facts.
    grid
        The grid that they speak of.
    sites
        Every high-voltage station, those that do not feed the grid included.
    """
    return [
        *_check_assets(known, _assets(grid, sites)),
        *_check_units(known),
        *_check_values(known),
    ]


def _assets(grid: Grid, sites: pd.DataFrame) -> dict[str, set[str]]:
    """Names that each attribute may speak of; any asset for an attribute not listed."""
    substations = {*grid.substations["substation_id"], *grid.substations["substation_name"]}
    places = {*sites["substation_id"], *sites["substation_name"]}
    stations, cables = set(grid.stations["station_id"]), set(grid.cables["cable_id"])
    others = set(grid.connections["point_id"])
    return {
        "rating_kva": stations,
        "rating_mva": substations,
        "rated_current_a": cables,
        "feeds_mv": places,
        "load_max_mw": stations | substations,
        "contracted_unused_mw": substations,
        "": stations | cables | substations | places | others,
    }


def _check_assets(known: pd.DataFrame, assets: dict[str, set[str]]) -> list[Issue]:
    issues = []
    for attribute, rows in known.groupby("attribute", sort=True):
        there = assets.get(str(attribute), assets[""])
        missing = sorted(set(rows["asset"]) - there)
        if missing:
            issues.append(
                Issue(
                    "known.asset",
                    f"{attribute} is given for {len(missing)} assets that the grid does not have "
                    f"({name_some(missing)}).",
                    "Use an identifier from the grid's tables, or leave the row out.",
                )
            )
    return issues


def _check_units(known: pd.DataFrame) -> list[Issue]:
    issues = []
    for attribute, unit in UNITS.items():
        rows = known[(known["attribute"] == attribute) & (known["unit"] != unit)]
        if len(rows):
            named = [f"{row.asset} in {row.unit}" for row in rows.itertuples()]
            issues.append(
                Issue(
                    "known.unit",
                    f"{attribute} must be in {unit} ({name_some(named)}).",
                    f"Give the value in {unit}.",
                )
            )
    return issues


def _check_values(known: pd.DataFrame) -> list[Issue]:
    rating = known["attribute"].isin(list(UNITS)) & ~(known["value"] > 0.0)
    supply = (known["attribute"] == "feeds_mv") & ~known["value"].isin([0.0, 1.0])
    rows = known[rating | supply]
    if rows.empty:
        return []
    named = [
        f"{row.asset} has {row.attribute} {row.value:g} {row.unit}" for row in rows.itertuples()
    ]
    problem = f"{len(rows)} values that cannot be ({name_some(named)})."
    return [Issue("known.value", problem, "Give a rating above 0, and feeds_mv as 0 or 1.")]


def _latest(known: pd.DataFrame, attribute: str) -> pd.Series:
    rows = known[known["attribute"] == attribute].sort_values(["asset", "date"], kind="stable")
    return rows.groupby("asset", sort=True)["value"].last().astype(float)


def _look_up(rows: pd.DataFrame, facts: pd.Series, names: list[str]) -> pd.Series:
    """Value of the first of the names under which an asset is known; missing when under none."""
    found = rows[names[0]].map(facts).astype(float)
    for name in names[1:]:
        found = found.fillna(rows[name].map(facts).astype(float))
    return found


def _with_rating(rows: pd.DataFrame, column: str, known: pd.Series) -> pd.DataFrame:
    names = [f"{column}_low", column, f"{column}_high"]
    changed = {name: known.fillna(rows[name]) for name in names}
    return rows.assign(**changed, rating_known=known.notna())
