"""Which known facts replace what was generated, and whether they speak of assets that exist.

A known rating, rated current or supply always wins; of several rows on one fact the latest holds.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from stroomstad.errors import Issue, name_some
from stroomstad.synthesis.rings import ring_ratings
from stroomstad.tables.grid import Grid


@dataclass(frozen=True, slots=True)
class _Allowed:
    """Unit of an attribute and the range outside which a slip of unit is meant."""

    unit: str
    lowest: float
    highest: float


# Own choice, wide on purpose: standard assets of Dutch grids lie well within these ranges.
_ALLOWED = {
    "rating_kva": _Allowed("kVA", 10.0, 50_000.0),
    "rating_mva": _Allowed("MVA", 1.0, 500.0),
    "rated_current_a": _Allowed("A", 10.0, 10_000.0),
    "load_max_mw": _Allowed("MW", 0.0, 1_000.0),
    "contracted_unused_mw": _Allowed("MW", 0.0, 1_000.0),
    "feeds_mv": _Allowed("1", 0.0, 1.0),
    "connections": _Allowed("1", 0.0, 1_000_000.0),
}
# The modelled load is scaled to a measured peak, which a peak of nothing cannot do.
_ABOVE_LOWEST = ("load_max_mw",)
_WHOLE = ("feeds_mv", "connections")


def apply_known_supply(sites: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Let known facts say which high-voltage stations feed the distribution grid.

    Parameters
    ----------
    sites
        High-voltage stations.
    known
        Known facts; ``feeds_mv`` is 1 or 0.
    """
    value = _latest(sites, known, "feeds_mv", ["substation_id", "substation_name"])
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
    names = ["substation_id", "substation_name"]
    kva = _latest(grid.stations, known, "rating_kva", ["station_id"])
    mva = _latest(grid.substations, known, "rating_mva", names)
    unused = _latest(grid.substations, known, "contracted_unused_mw", names)
    current = _latest(grid.cables, known, "rated_current_a", ["cable_id"])
    open_current = _latest(grid.open_cables, known, "rated_current_a", ["cable_id"])
    rated = ring_ratings(
        replace(
            grid,
            cables=_with_current(grid.cables, current),
            open_cables=_with_current(grid.open_cables, open_current),
        )
    )
    return replace(
        grid,
        cables=_with_current(rated.cables, current),
        open_cables=rated.open_cables,
        stations=_with_rating(grid.stations, "rating_kva", kva).assign(
            load_max_known_mw=_latest(grid.stations, known, "load_max_mw", ["station_id"])
        ),
        substations=_with_rating(grid.substations, "rating_mva", mva).assign(
            load_max_known_mw=_latest(grid.substations, known, "load_max_mw", names),
            contracted_unused_known_mw=unused,
        ),
    )


def check_known(known: pd.DataFrame, grid: Grid, sites: pd.DataFrame) -> list[Issue]:
    """Find facts on assets that are not there, in another unit, out of range or of nobody.

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
        *_check_sources(known),
    ]


def check_known_dates(known: pd.DataFrame, today: dt.date) -> list[Issue]:
    """Find facts that are dated after today; dates are compared as ISO 8601 texts.

    Parameters
    ----------
    known
        Known facts.
    today
        The day on which the facts are used.
    """
    rows = known[known["date"] > today.isoformat()]
    if rows.empty:
        return []
    named = [f"{row.asset} on {row.date}" for row in rows.itertuples()]
    problem = f"{len(rows)} facts are dated after today, {today.isoformat()} ({name_some(named)})."
    return [Issue("known.date", problem, "Give the day on which the fact was established.")]


def _assets(grid: Grid, sites: pd.DataFrame) -> dict[str, set[str]]:
    """Names that each attribute may speak of; any asset for an attribute not listed."""
    substations = {*grid.substations["substation_id"], *grid.substations["substation_name"]}
    places = {*sites["substation_id"], *sites["substation_name"]}
    stations = set(grid.stations["station_id"])
    cables = {*grid.cables["cable_id"], *grid.open_cables["cable_id"]}
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
    for attribute, allowed in _ALLOWED.items():
        rows = known[(known["attribute"] == attribute) & (known["unit"] != allowed.unit)]
        if len(rows):
            named = [f"{row.asset} in {row.unit}" for row in rows.itertuples()]
            issues.append(
                Issue(
                    "known.unit",
                    f"{attribute} must be in {allowed.unit} ({name_some(named)}).",
                    f"Give the value in {allowed.unit}.",
                )
            )
    return issues


def _check_values(known: pd.DataFrame) -> list[Issue]:
    issues = []
    for attribute, allowed in _ALLOWED.items():
        # A value in another unit is told as such; its size says nothing here.
        rows = known[(known["attribute"] == attribute) & (known["unit"] == allowed.unit)]
        fits = rows["value"].between(allowed.lowest, allowed.highest)
        if attribute in _ABOVE_LOWEST:
            fits &= rows["value"] > allowed.lowest
        if attribute in _WHOLE:
            fits &= rows["value"] % 1 == 0
        wrong = rows[~fits]
        if len(wrong):
            named = [f"{row.asset} has {row.value:g} {row.unit}" for row in wrong.itertuples()]
            issues.append(
                Issue(
                    "known.value",
                    f"{attribute} cannot be what is given ({name_some(named)}).",
                    f"Give {_range_said(attribute)}.",
                )
            )
    return issues


def _range_said(attribute: str) -> str:
    allowed = _ALLOWED[attribute]
    kind = "a whole number" if attribute in _WHOLE else "a value"
    start = "above" if attribute in _ABOVE_LOWEST else "from"
    return f"{kind} {start} {allowed.lowest:,g} up to {allowed.highest:,g} {allowed.unit}"


def _check_sources(known: pd.DataFrame) -> list[Issue]:
    rows = known[known["source"].fillna("").str.strip() == ""]
    if rows.empty:
        return []
    named = [f"{row.asset}, {row.attribute}" for row in rows.itertuples()]
    problem = f"{len(rows)} facts without a source ({name_some(named)})."
    return [Issue("known.source", problem, "Say who established the fact.")]


def _latest(
    assets: pd.DataFrame, known: pd.DataFrame, attribute: str, names: list[str]
) -> pd.Series:
    """Latest value of a fact for each asset, under whichever of its names it was told."""
    facts = known[known["attribute"] == attribute]
    if facts.empty:
        return pd.Series(np.nan, index=assets.index, name="value", dtype=float)
    facts = facts.sort_values("date", kind="stable")
    own_name = {name: row for column in reversed(names) for row, name in assets[column].items()}
    by_row = facts["value"].astype(float).groupby(facts["asset"].map(own_name)).last()
    return by_row.reindex(assets.index)


def _with_current(cables: pd.DataFrame, known: pd.Series) -> pd.DataFrame:
    return cables.assign(rated_current_a=known.fillna(cables["rated_current_a"]))


def _with_rating(rows: pd.DataFrame, column: str, known: pd.Series) -> pd.DataFrame:
    names = [f"{column}_low", column, f"{column}_high"]
    changed = {name: known.fillna(rows[name]) for name in names}
    return rows.assign(**changed, rating_known=known.notna() | rows["rating_known"])
