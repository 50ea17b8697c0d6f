"""What the grid of a city is made of, beside published figures and SimBench's urban network."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stroomstad.blocks import Floats
from stroomstad.errors import InvalidData, Issue, raise_faults
from stroomstad.run.model import BUNDLED, Layout
from stroomstad.simulation import DesignWeek, solve_week
from stroomstad.sources import Inputs
from stroomstad.sources.files import Layout as FileLayout
from stroomstad.sources.files import read_table
from stroomstad.store import write_file
from stroomstad.synthesis import vary_rules
from stroomstad.tables.city import City
from stroomstad.tables.given import LOW_VOLTAGE_MAX_V
from stroomstad.tables.grid import LINK_KINDS
from stroomstad.tables.schema import check, number, table, text

FIGURES = table(
    "grid_figures",
    "Figures of real and of model grids, to hold a grid against.",
    {
        "quantity": text("what it is a figure of, as the fact sheet calls it"),
        "of": text("whose figure it is", isin=("published", "simbench")),
        "low": number("lowest, or 2nd percentile", "as in unit", nullable=True),
        "mid": number("middle, or median", "as in unit", nullable=True),
        "high": number("highest, or 98th percentile", "as in unit", nullable=True),
        "unit": text("unit of these"),
        "status": text("where it comes from", isin=("sourced", "derived", "assumed")),
        "year": number("year it was published; missing where it bears none", "year", nullable=True),
        "source": text("publication"),
        "note": text("what to know of it"),
    },
)
# Every rule that a grid is drawn up by: stations, low voltage, medium voltage, what is planned.
RULES = (
    "station_homes_max", "station_distance_max_m", "station_margin", "station_fill_planned",
    "lv_feeder_homes_max", "lv_cable_fill_planned", "lv_voltage_drop_planned",
    "detour_street_factor", "street_gap_max_m", "street_mixed_share_min",
    "address_cable_length_min_m", "mv_feeder_fill_planned", "mv_voltage_drop_planned",
    "mv_voltage_drop_outage_planned", "ring_length_used", "own_feeder_min_mw", "detour_factor",
    "cable_length_min_m", "mv_voltage_v", "lv_voltage_v", "substation_transformers",
    "substation_transformer_mva", "limit_substation", "base_home_peak_kw",
    "planning_home_before_2010_kw", "planning_home_since_2010_kw",
    "planning_home_all_electric_kw", "firm_full_load_hours", "wind_full_load_hours",
    "solar_feed_in_planned", "power_factor", "simultaneity_infinite",
    "simultaneity_reference_homes",
)  # fmt: skip
# Of fewer things than this no percentile is told, but the lowest, the middle and the highest.
PERCENTILES_MIN = 10
# How it is known which substation feeds a station.
_SUPPLY = {"known": "stations whose substation is known",
           "assumed": "stations whose substation is assumed",
           "nearest": "stations on the nearest substation for want of a supply area"}  # fmt: skip
# Columns of `range_facts` as they are headed where they are printed.
RANGE_HEADS = {
    "homes_per_station": "homes per station, most",
    "distance_max_m": "distance, most (m)",
    "stations_public": "public stations",
    "away_p50_m": "to an address, median (m)",
    "away_max_m": "to an address, largest (m)",
    "lv_cable_km": "low-voltage cable (km)",
}
_BAND = ("low", "mid", "high")
_NUMBERS = (*_BAND, "year")
Fact = tuple[str, float, float, float, str, str]


def grid_facts(layout: Layout, city: City, week: DesignWeek | None = None) -> pd.DataFrame:
    """Say what a grid is made of.

    Parameters
    ----------
    layout
        A city laid out.
    city
        The city itself.
    week
        Its winter week, solved, where voltages are to be told too.

    Returns
    -------
    Columns ``quantity, low, mid, high, unit, band``; ``mid`` is a total or a median. ``low`` and
    ``high`` are the 2nd and 98th percentile where the band is ``percentiles``, and the lowest and
    the highest where it is ``extremes``, since there are fewer than ten.
    """
    facts = [*_counted(layout, city), *_low_voltage(layout), *_medium_voltage(layout)]
    if week is not None:
        low = layout.grid.nodes["voltage_v"].to_numpy() <= LOW_VOLTAGE_MAX_V
        lowest_pu = week.flows.voltage_pu[low].min() if low.any() else np.nan
        facts.append(_total("voltage at low voltage, lowest", float(lowest_pu), "pu"))
    return pd.DataFrame(facts, columns=["quantity", *_BAND, "unit", "band"])


def fact_sheet(facts: pd.DataFrame) -> pd.DataFrame:
    """Lay the figures of others beside the facts of a grid.

    Parameters
    ----------
    facts
        As `grid_facts` makes them.

    Returns
    -------
    The facts, with ``published_low, published_mid, published_high, published_source,
    published_note`` and the same of ``simbench``; missing where nobody tells.

    Raises
    ------
    InvalidData
        When the table of figures is damaged.
    """
    figures = _figures()
    sheet = facts
    for whose in ("published", "simbench"):
        rows = figures[figures["of"] == whose].set_index("quantity")
        told = rows.reindex(facts["quantity"])
        names = {name: f"{whose}_{name}" for name in (*_BAND, "source", "note")}
        beside = told[list(names)].rename(columns=names).set_axis(facts.index)
        sheet = pd.concat([sheet, beside], axis=1)
    return sheet


def rule_facts(layout: Layout) -> pd.DataFrame:
    """Rules that a grid was drawn up by, with band, status and source.

    Returns
    -------
    Columns ``rule, low, mid, high, unit, status, source``; a status of ``calibrated`` says that a
    value was chosen so that a published count comes out.
    """
    parameters = layout.parameters["mid"]
    columns = ["parameter", *_BAND, "unit", "status", "source"]
    rows = pd.DataFrame([parameters.row(name) for name in RULES])[columns]
    return rows.rename(columns={"parameter": "rule"}).reset_index(drop=True)


def range_facts(inputs: Inputs, layout: Layout) -> pd.DataFrame:
    """Stations, distances and low-voltage cable over the sourced range of the station rules.

    Returns
    -------
    As `vary_rules` makes them.
    """
    return vary_rules(inputs.city, layout.parameters["mid"], inputs.cable_types)


def band_said(row: Mapping[Hashable, Any], whose: str = "") -> str:
    """Low, middle and high of a fact in one cell; what is missing is left out.

    Examples
    --------
    >>> band_said({"low": 1.0, "mid": 31.25, "high": 11900.0})
    '1 – 31.25 – 11,900'
    """
    values = [float(row[f"{whose}{name}"]) for name in _BAND]
    low, mid, high = ("" if np.isnan(value) else number_said(value) for value in values)
    if not low and not high:
        return mid
    ends = f"{low or '…'} – {high or '…'}"
    return f"{low or '…'} – {mid} – {high or '…'}" if mid else ends


def number_said(value: float) -> str:
    """Four digits, or all that stand before the point.

    Examples
    --------
    >>> number_said(11904.6), number_said(0.93984)
    ('11,905', '0.9398')
    """
    return f"{value:,.0f}" if abs(value) >= 1000.0 else f"{value:.4g}"


def quantity_said(row: Mapping[Hashable, Any]) -> str:
    """Name of a fact, with what its band is where it is none of percentiles."""
    told = " (lowest – middle – highest)" if row["band"] == "extremes" else ""
    return f"{row['quantity']}{told}"


def unit_said(row: Mapping[Hashable, Any]) -> str:
    """Unit of a fact or a rule; nothing for a count or a share."""
    return "" if row["unit"] == "1" else str(row["unit"])


def winter_week(layout: Layout) -> DesignWeek:
    """Solve the winter week of a city, for its voltages."""
    return solve_week(layout.network, layout.loads["mid"].winter, "load")


def write_facts(sheet: pd.DataFrame, path: Path) -> None:
    """Write a fact sheet as CSV or JSON, by the ending of the name; what is missing stays empty.

    Raises
    ------
    InvalidData
        When the ending is another, or the file cannot be written.
    """
    if path.suffix == ".csv":
        content = sheet.to_csv(index=False, lineterminator="\n")
    elif path.suffix == ".json":
        rows = sheet.astype(object).where(sheet.notna(), None).to_dict("records")
        content = json.dumps(rows, ensure_ascii=False, indent=1) + "\n"
    else:
        problem = f"ends in {path.suffix or 'nothing'}, which says no form of a table."
        raise InvalidData([Issue(path.name, problem, "End it in .csv or .json.")])
    write_file(path, content.encode())


def _figures() -> pd.DataFrame:
    path = BUNDLED / "national" / "grid_figures.csv"
    texts = tuple(name for name in FIGURES.columns if name not in _NUMBERS)
    rows, issues = read_table(path, FileLayout(texts, _NUMBERS))
    if rows is not None:
        issues += check(rows, FIGURES, path.name)
    raise_faults(issues)
    if rows is None:  # pragma: no cover - a table that cannot be read always has a fault
        raise AssertionError
    return rows


def _total(quantity: str, value: float, unit: str) -> Fact:
    return (quantity, np.nan, float(value), np.nan, unit, "")


def _spread(quantity: str, values: pd.Series | Floats, unit: str) -> Fact:
    numbers = np.asarray(values, dtype=np.float64)
    ends, band = (
        ((0, 100), "extremes") if numbers.size < PERCENTILES_MIN else ((2, 98), "percentiles")
    )
    low, mid, high = (
        np.percentile(numbers, [ends[0], 50, ends[1]]) if numbers.size else [np.nan] * 3
    )
    return (quantity, float(low), float(mid), float(high), unit, band)


def _share(above: float, below: float) -> float:
    return above / below if below else np.nan


def _counted(layout: Layout, city: City) -> Iterator[Fact]:
    grid = layout.grid
    stations = grid.stations
    public = stations[stations["owner"] == "public"]
    homed = city.areas[city.areas["area_code"].isin(public["area_code"])]
    addresses = float(public["addresses"].sum())
    yield _total("substations", len(grid.substations), "1")
    yield _total("public stations", len(public), "1")
    yield _total("stations of customers", len(stations) - len(public), "1")
    for supply, name in _SUPPLY.items():
        yield _total(name, (stations["supply"] == supply).sum(), "1")
    km2 = float(homed.geometry.area.sum()) / 1e6
    yield _total("public stations per km2", _share(len(public), km2), "1/km2")
    yield _spread("homes per public station", public["homes"], "1")
    yield _spread("addresses per public station", public["addresses"], "1")
    yield _spread("transformer of a public station", public["rating_kva"], "kVA")
    capacity_kva = float(public["rating_kva"].sum())
    yield _total("transformer capacity per address", _share(capacity_kva, addresses), "kVA")
    yield _spread("distance from public station to address, median", public["distance_p50_m"], "m")
    yield _spread("distance from public station to address, largest", public["distance_max_m"], "m")


def _low_voltage(layout: Layout) -> Iterator[Fact]:
    grid = layout.grid
    public = grid.stations[grid.stations["owner"] == "public"]
    cables = grid.cables[grid.cables["kind"] == "lv_cable"]
    metres = float((cables["length_m"] * cables["parallel"]).sum())
    per_address_m = _share(metres, float(public["addresses"].sum()))
    way_m, first = _ways(layout, "lv_cable")
    nodes, far = grid.nodes, first != ""
    of_station = nodes["station_id"].isin(public["station_id"]).to_numpy() & far
    feeders = pd.DataFrame(
        {"station": nodes["station_id"], "feeder": first, "homes": layout.behind.homes, "m": way_m}
    )[of_station]
    yield _total("low-voltage cable", metres / 1e3, "km")
    yield _spread("low-voltage cable, each", cables["length_m"], "m")
    yield _total("low-voltage cable per address", per_address_m, "m")
    per_station = feeders.groupby("station")
    own = per_station["feeder"].nunique()
    yield _spread("low-voltage feeders per public station", own, "1")
    homes = feeders.groupby("feeder")["homes"].sum()
    yield _spread("homes per low-voltage feeder", homes, "1")
    yield _spread("longest way from station to address", per_station["m"].max(), "m")


def _medium_voltage(layout: Layout) -> Iterator[Fact]:
    grid = layout.grid
    stations, substations = grid.stations, grid.substations
    cables = grid.cables[grid.cables["kind"] == "mv_cable"]
    metres = float((cables["length_m"] * cables["parallel"]).sum())
    way_m, first = _ways(layout, "mv_cable")
    # A first cable leaves the busbar or the start of a ring, which stands for it.
    branch = pd.Series(first, grid.nodes["node_id"]).reindex(stations["node_mv"]).to_numpy()
    fed = stations.assign(branch=branch)[branch != ""]
    rings = grid.cables[grid.cables["kind"] == "ring"]
    ringed = stations[stations["feeder_id"].isin(rings["cable_id"])]
    busbar = grid.nodes.set_index("node_id")["substation_id"]
    yield _total("medium-voltage cable", metres / 1e3, "km")
    yield _spread("medium-voltage cable, each", cables["length_m"], "m")
    yield _total("medium-voltage cable per station", _share(metres, len(stations)), "m")
    yield _spread("stations per half ring or single feeder", fed.groupby("branch").size(), "1")
    yield _spread("stations per ring", ringed.groupby("feeder_id").size(), "1")
    own = pd.Series(way_m[first != ""]).groupby(first[first != ""]).max()
    yield _spread("longest way from substation to station", own, "m")
    branches = fed.groupby("substation_id")["branch"].nunique()
    yield _spread("half rings and single feeders per substation", branches, "1")
    yield _spread("rings per substation", rings["from_node"].map(busbar).value_counts(), "1")
    yield _spread("stations per substation", stations.groupby("substation_id").size(), "1")
    yield _spread("transformers per substation", substations["transformers"], "1")


def _ways(layout: Layout, kind: str) -> tuple[Floats, NDArray[np.object_]]:
    """Way along cables of a kind up to where that kind begins, and the first cable of that way.

    Returns
    -------
    Metres, and names that are empty at nodes that no such cable leads to. [m], shape (nodes,)
    """
    tree = layout.network.tree
    length_m = layout.grid.cables.set_index("cable_id")["length_m"]
    own_m = length_m.reindex(list(tree.link_ids)).to_numpy(dtype=np.float64)
    here = tree.link_kind == LINK_KINDS.index(kind)
    way_m = np.zeros(tree.order.size)
    first = np.full(tree.order.size, "", dtype=object)
    for node in tree.order:
        if here[node]:
            above = tree.parent[node]
            way_m[node] = way_m[above] + own_m[node]
            first[node] = first[above] or tree.link_ids[node]
    return way_m, first
