"""Computes the answer in a few numbers: how many homes fit, where none fit, and what binds.

Everything here is read from the result tables; nothing is calculated anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from stroomstad.tables.parameters import CASES

MIDDLE_COLUMNS = (
    "binding", "binding_kind", "binding_count", "binding_at", "next_binding",
    "next_binding_kind", "stations", "room_with_new_stations", "new_stations_needed", "checked",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Headline:
    """The first lines of the report.

    Attributes
    ----------
    homes, roofs_kwp
        Homes, and kWp of roofs, that fit in the whole city: low, mid, high.
    shared_once
        Whether cables that areas share were counted once; if not, both are upper bounds.
    checked
        What the AC check found for the homes of the whole city in the middle case; empty
        when it was not asked.
    city_binding, city_binding_kind, city_binding_others
        What binds when the whole city builds at once, in the middle case, and how many more
        links bind with it; empty and 0 when unknown.
    areas, areas_without_room
        How many areas, and how many of them have no room: low, mid, high.
    binding_areas
        In how many areas each kind of link binds in the middle case, the most frequent first.
    closed_substations
        In how many areas without room in the low case each substation binds, most first.
    """

    homes: tuple[float, float, float]
    roofs_kwp: tuple[float, float, float]
    shared_once: bool
    checked: str
    city_binding: str
    city_binding_kind: str
    city_binding_others: int
    areas: int
    areas_without_room: tuple[int, int, int]
    binding_areas: tuple[tuple[str, int], ...]
    closed_substations: tuple[tuple[str, int], ...]

    @property
    def binding_kind(self) -> str:
        """Kind of link that binds in most areas; empty when nothing binds."""
        return self.binding_areas[0][0] if self.binding_areas else ""


def room_by_area(room: pd.DataFrame, direction: str) -> pd.DataFrame:
    """One row per area: room in three cases, and what binds in the middle case.

    Parameters
    ----------
    room
        As declared in `ROOM`.
    direction
        ``load`` or ``feed_in``.

    Returns
    -------
    ``area_code, area_name, low, mid, high, existing_cables`` and the columns of the middle case.
    """
    rows = room[room["direction"] == direction]
    cases = {case: rows[rows["case"] == case].set_index("area_code") for case in CASES}
    middle = cases["mid"]
    wide = middle.reindex(columns=["area_name", *MIDDLE_COLUMNS]).copy()
    for case in CASES:
        wide[case] = cases[case]["room"].reindex(wide.index)
    existing = middle.get("room_existing_cables", pd.Series(np.nan, index=middle.index))
    wide["existing_cables"] = existing
    return wide.reset_index().sort_values("area_code", ignore_index=True)


def read_headline(tables: Mapping[str, pd.DataFrame]) -> Headline:
    """Gather the first lines of the report.

    Parameters
    ----------
    tables
        Must hold ``room``. The whole city at once comes from ``city_room``; without it the
        sum over areas stands in, an upper bound.
    """
    load, roofs = (room_by_area(tables["room"], way) for way in ("load", "feed_in"))
    none = [int((load[case] <= 0).sum()) for case in CASES]
    city = tables.get("city_room")
    first = None
    whole, whole_roofs = load, roofs
    if city is not None and not city.empty:
        whole, whole_roofs = (room_by_area(city, way) for way in ("load", "feed_in"))
        first = whole.iloc[0]
    return Headline(
        homes=_sums(whole),
        roofs_kwp=_sums(whole_roofs),
        shared_once=first is not None,
        checked=_text(first, "checked"),
        city_binding=_text(first, "binding"),
        city_binding_kind=_text(first, "binding_kind"),
        city_binding_others=0 if first is None else max(int(first["binding_count"]) - 1, 0),
        areas=len(load),
        areas_without_room=(none[0], none[1], none[2]),
        binding_areas=_counted(load["binding_kind"]),
        closed_substations=_counted(_closed(tables)),
    )


def substation_names(tables: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """Name of every substation by its identifier."""
    rows = tables.get("substations")
    if rows is None:
        return {}
    return dict(
        zip(rows["substation_id"].astype(str), rows["substation_name"].astype(str), strict=True)
    )


def _closed(tables: Mapping[str, pd.DataFrame]) -> pd.Series:
    """Substation that binds in each area without room in the low case, where it is one."""
    rooms = tables["room"]
    none = rooms[
        (rooms["direction"] == "load")
        & (rooms["case"] == "low")
        & (rooms["room"] <= 0)
        & (rooms["binding_kind"] == "substation")
    ]
    return none["binding"].astype(str).replace(substation_names(tables))


def _counted(values: pd.Series) -> tuple[tuple[str, int], ...]:
    counts = values.dropna().value_counts().items()
    return tuple(sorted(((str(k), int(n)) for k, n in counts), key=lambda row: (-row[1], row[0])))


def _text(row: pd.Series | None, column: str) -> str:
    value = None if row is None else row[column]
    return "" if value is None or pd.isna(value) else str(value)


def homes_today(tables: Mapping[str, pd.DataFrame]) -> int | None:
    """Homes of the base year and those built since; None when the run does not say."""
    stock = tables.get("reconciliation")
    if stock is None:
        return None
    return int(stock["homes"].sum() + stock["new_homes"].sum())


def not_public(tables: Mapping[str, pd.DataFrame]) -> frozenset[str]:
    """Assets of which something is known that may be used but not shown."""
    hidden: set[str] = set()
    for name, key in (("stations", "station_id"), ("links", "link_id")):
        rows = tables.get(name)
        if rows is not None and "known_not_public" in rows:
            hidden |= set(rows.loc[rows["known_not_public"], key])
    return frozenset(hidden)


@dataclass(frozen=True, slots=True)
class KnownFact:
    """A known fact that won over synthesis, as a reader may see it.

    Attributes
    ----------
    asset, attribute, unit, date, source
        As in ``KNOWN``.
    value
        Its value; None when it is used but not public.
    """

    asset: str
    attribute: str
    value: float | None
    unit: str
    date: str
    source: str


def known_facts(tables: Mapping[str, pd.DataFrame]) -> list[KnownFact]:
    """Every known fact of the run, in the order of the file."""
    known = tables.get("known")
    if known is None:
        return []
    columns = ["asset", "attribute", "unit", "date", "source"]
    texts = known[columns].astype(str).to_dict("list")
    values = [None if np.isnan(value) else float(value) for value in known["value"].astype(float)]
    rows = zip(*(texts[column] for column in columns), values, strict=True)
    return [
        KnownFact(asset, attribute, value, unit, date, source)
        for asset, attribute, unit, date, source, value in rows
    ]


@dataclass(frozen=True, slots=True)
class YearFacts:
    """What the whole base year adds to the design weeks.

    Attributes
    ----------
    links
        Number of links with a limit.
    over_year, over_week
        How many of them are over it in some quarter of the year, and of the winter week.
    voltage_min_pu, voltage_max_pu
        Lowest and highest voltage of any node in the year. [1]
    voltage_min_at, voltage_max_at
        When; None when the run does not say.
    """

    links: int
    over_year: int
    over_week: int
    voltage_min_pu: float
    voltage_max_pu: float
    voltage_min_at: str | None
    voltage_max_at: str | None


def loading_of_year(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame | None:
    """Highest loading of every link over the year, beside that of the winter week.

    Returns
    -------
    The columns of ``year`` with ``kind, loading_week, loading_year``; None when the year was
    not solved. The year is solved with station-level loads, so the level factor is applied here.
    """
    year, links = tables.get("year"), tables.get("links")
    if year is None or links is None or year.empty:
        return None
    week = links.set_index("link_id")[["kind", "limit_kva", "level_factor", "loading_max"]]
    rows = year.join(week.rename(columns={"loading_max": "loading_week"}), on="link_id")
    limit_kva = rows["limit_kva"].where(rows["limit_kva"] > 0)
    return rows.assign(loading_year=rows["load_max_kva"] * rows["level_factor"] / limit_kva)


def read_year(tables: Mapping[str, pd.DataFrame]) -> YearFacts | None:
    """Gather what the whole year says; None when it was not solved."""
    rows = loading_of_year(tables)
    if rows is None:
        return None
    lowest, highest = rows.loc[
        [rows["voltage_min_pu"].idxmin(), rows["voltage_max_pu"].idxmax()]
    ].to_dict("records")
    return YearFacts(
        links=int(rows["loading_year"].notna().sum()),
        over_year=int((rows["loading_year"] > 1).sum()),
        over_week=int((rows["loading_week"] > 1).sum()),
        voltage_min_pu=float(lowest["voltage_min_pu"]),
        voltage_max_pu=float(highest["voltage_max_pu"]),
        voltage_min_at=lowest.get("voltage_min_at"),
        voltage_max_at=highest.get("voltage_max_at"),
    )


@dataclass(frozen=True, slots=True)
class VoltageFacts:
    """How low voltage does against the Netcode in one period.

    Attributes
    ----------
    period
        ``winter``, ``summer`` or ``year``.
    nodes, failing
        Low-voltage nodes, and how many of them do not meet the norm.
    beyond
        How many of those are once above 10 % or below 15 %; the others are too often outside 10 %.
    stations
        Stations behind which they lie.
    areas
        Names of the areas with such nodes, most first.
    """

    period: str
    nodes: int
    failing: int
    beyond: int
    stations: int
    areas: tuple[str, ...]


def read_voltage(tables: Mapping[str, pd.DataFrame]) -> list[VoltageFacts]:
    """Gather how low voltage does against the Netcode; empty when the run does not say."""
    norm, areas = tables.get("voltage_norm"), tables.get("areas")
    if norm is None or areas is None:
        return []
    names = areas.set_index("area_code")["area_name"]
    found = []
    for period, rows in norm.groupby("period", sort=False):
        fails = rows[~rows["holds"]]
        where = fails["area_code"].map(names).fillna(fails["area_code"]).value_counts()
        found.append(
            VoltageFacts(
                period=str(period),
                nodes=len(rows),
                failing=len(fails),
                beyond=int((fails["weeks_short"] == 0).sum()),
                stations=int(fails["station_id"].nunique()),
                areas=tuple(str(name) for name in where.index),
            )
        )
    return found


def _sums(wide: pd.DataFrame) -> tuple[float, float, float]:
    low, mid, high = (float(wide[case].sum(min_count=1)) for case in CASES)
    return low, mid, high
