"""Turns result tables into tables for people; None where the run has no table for a view."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from markupsafe import Markup

from stroomstad.report.words import (
    CHECKED,
    CLOCKS,
    DIRECTIONS,
    KINDS,
    NOT_PUBLIC,
    SECTORS,
    STATUSES,
    UNITS,
    YES_NO,
    Words,
    both,
    is_missing,
    joined,
    moment_words,
    name_of,
    number_words,
    quantity_name,
    sensible_decimals,
    shared_decimals,
    significant,
)
from stroomstad.tables.parameters import CASES

MOST_LOADED, MOST_LOADED_YEAR = 8, 3
# A number with decimals that is kept as a text; whole ones may be years and stay as they are.
_FRACTION = re.compile(r"^-?\d+\.(\d+)$")
_NAME = Markup('<code class="name">{}</code>')


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell shows, and the value by which its column is sorted."""

    shown: Markup
    order: str | float


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table for people.

    Attributes
    ----------
    source
        Column of the result table that it shows.
    title
        Heading.
    show
        Turns a value into a cell.
    numeric
        Whether it stands right and sorts by number.
    """

    source: str
    title: Words
    show: Callable[[object], Cell]
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """A table for people; ``anchors`` are identifiers of the rows, empty when they have none."""

    caption: Words
    columns: list[Column]
    rows: list[list[Cell]]
    anchors: list[str]


def area_view(rooms: pd.DataFrame, roofs: pd.DataFrame) -> View:
    """Room of every area: homes, roofs, and what binds.

    Parameters
    ----------
    rooms, roofs
        Room for homes and for roofs, as `room_by_area` gives it.
    """
    rows = rooms.assign(
        roofs=rooms["area_code"].map(roofs.set_index("area_code")["mid"]),
        binds=_binding_cells(rooms, "binding", rooms["binding_count"]),
        binds_next=_binding_cells(rooms, "next_binding", None),
    )
    columns = [
        text("area_name", "Wijk", "Area"),
        number("low", "Laag", "Low"),
        number("mid", "Midden", "Mid"),
        number("high", "Hoog", "High"),
        number("existing_cables", "Bestaande kabels", "Existing cables"),
        number("roofs", "Daken (kWp)", "Roofs (kWp)"),
        _cell("binds", "Wat knelt, en wanneer", "What binds, and when"),
        _cell("binds_next", "Daarna", "Next"),
        _named("checked", "Toets", "AC check", CHECKED),
        number("room_with_new_stations", "Met nieuwe stations", "With new stations"),
        number("new_stations_needed", "Te bouwen", "To build"),
    ]
    caption = Words("Ruimte per wijk, in woningen", "Room per area, in homes")
    anchors = [f"area-{code}" for code in rooms["area_code"]]
    return view(rows, caption, columns, anchors)


def overload_view(links: pd.DataFrame | None) -> View | None:
    """How many links of every kind are near or over their limit."""
    if links is None:
        return None
    known = links.dropna(subset=["loading_max"])
    grouped = (
        known.assign(
            near=known["loading_max"].between(0.8, 1.0),
            over=known["loading_max"] > 1,
            percent=known["loading_max"] * 100,
        )
        .groupby("kind")
        .agg(
            links=("near", "size"),
            near=("near", "sum"),
            over=("over", "sum"),
            percent=("percent", "median"),
        )
    )
    rows = grouped.reindex([kind for kind in KINDS if kind in grouped.index]).reset_index()
    columns = [
        _named("kind", "Soort", "Kind", KINDS),
        number("links", "Aantal", "Number"),
        number("near", "80 – 100 %", "80 – 100 %"),
        number("over", "Boven de grens", "Over the limit"),
        number("percent", "Mediaan van de belasting", "Median loading", unit=" %"),
    ]
    return view(rows, Words("Waar de grens in zicht is", "Where the limit is near"), columns)


def loading_view(links: pd.DataFrame | None, hidden: frozenset[str]) -> View | None:
    """Most loaded links of every kind; limits of ``hidden`` ones are known and not public."""
    if links is None:
        return None
    ordered = links.sort_values(["loading_max", "link_id"], ascending=[False, True])
    top = pd.concat([ordered[ordered["kind"] == kind].head(MOST_LOADED) for kind in KINDS])
    shown = ~top["link_id"].isin(hidden)
    rows = top.assign(
        percent=(top["loading_max"] * 100).where(shown),
        limit_kva=top["limit_kva"].where(shown),
        named=_series([_link_cell(link, hidden) for link in top["link_id"]], top),
    )
    columns = [
        _named("kind", "Soort", "Kind", KINDS),
        _cell("named", "Kabel, station of onderstation", "Cable, station or substation"),
        number("percent", "Belasting", "Loading", unit=" %"),
        number("load_max_kva", "Hoogste last (kVA)", "Highest load (kVA)"),
        number("limit_kva", "Grens (kVA)", "Limit (kVA)"),
        moment("load_max_at", "Kwartier", "Quarter"),
        number("feed_in_max_kva", "Hoogste teruglevering (kVA)", "Highest feed-in (kVA)"),
    ]
    caption = Words("Zwaarst belast, per soort", "Most loaded, by kind")
    return view(rows, caption, columns)


def reconciliation_view(reconciliation: pd.DataFrame | None) -> View | None:
    """Vintages beside each other, per area."""
    if reconciliation is None:
        return None
    columns = [
        text("area_name", "Wijk", "Area"),
        number("addresses", "Adressen", "Addresses"),
        number("connections_2010", "Aansluitingen destijds", "Connections then"),
        _named("stable", "Stabiel", "Stable", YES_NO),
        number("dwellings_cbs", "Woningen CBS", "Dwellings CBS"),
        number("homes", "Woningen basisjaar", "Homes base year"),
        number("new_homes", "Sindsdien gebouwd", "Built since"),
        number("other_uses", "Andere functies", "Other uses"),
        number("homes_predicted", "Voorspeld zonder deze wijk", "Predicted without this area"),
        number("difference", "Verschil met CBS", "Difference from CBS"),
    ]
    caption = Words("Jaargangen naast elkaar, per wijk", "Vintages side by side, per area")
    without = () if reconciliation["connections_2010"].any() else ("connections_2010",)
    columns = [column for column in columns if column.source not in without]
    return view(reconciliation.sort_values("area_code"), caption, columns)


def sector_view(sectors: pd.DataFrame | None) -> View | None:
    """Energy per sector: the balance and the sum of the points."""
    if sectors is None:
        return None
    rows = _with_about(sectors).assign(
        balance_gwh=sectors["balance_kwh"] / 1e6,
        points_gwh=sectors["points_kwh"] / 1e6,
        percent=(sectors["points_kwh"] / sectors["balance_kwh"] - 1) * 100,
    )
    columns = [
        _named("sector", "Sector", "Sector", SECTORS),
        _named("direction", "Richting", "Direction", DIRECTIONS),
        number("balance_gwh", "Balans (GWh)", "Balance (GWh)", 1),
        number("points_gwh", "Model (GWh)", "Model (GWh)", 1),
        number("percent", "Verschil", "Difference", 2, " %"),
        _cell("about_shown", "Wat erin zit", "What is in it"),
    ]
    return view(rows, Words("Energie per sector", "Energy per sector"), columns)


def count_view(counts: pd.DataFrame | None) -> View | None:
    """Number of stations over the sourced range of the two rules."""
    if counts is None:
        return None
    columns = [
        number(
            "homes_per_station", "Woningen per station, hoogstens", "Homes per station, at most"
        ),
        number("distance_max_m", "Afstand, hoogstens", "Distance, at most", unit=" m"),
        number("stations_public", "Openbare stations", "Public stations"),
        number("stations_customer", "Stations van klanten", "Customers' stations"),
        number("together", "Samen", "Together"),
    ]
    rows = counts.assign(together=counts["stations_public"] + counts["stations_customer"])
    return view(rows, Words("Aantal stations", "Number of stations"), columns)


def distance_view(distances: pd.DataFrame | None) -> View | None:
    """Distance from address to station, per area."""
    if distances is None:
        return None
    columns = [
        text("area_name", "Wijk", "Area"),
        number(
            "distance_p50_m", "Hemelsbreed, helft binnen", "Straight line, half within", 0, " m"
        ),
        number("distance_p98_m", "Hemelsbreed, 98 % binnen", "Straight line, 98 % within", 0, " m"),
        number("walk_p50_m", "Te voet, helft binnen", "On foot, half within", 0, " m"),
        number("walk_p98_m", "Te voet, 98 % binnen", "On foot, 98 % within", 0, " m"),
    ]
    caption = Words("Afstand van adres tot station", "Distance from address to station")
    return view(distances.sort_values("area_code"), caption, columns)


def parameter_view(parameters: pd.DataFrame | None) -> View | None:
    """Every parameter with its band, status and source."""
    if parameters is None:
        return None
    bands = [
        _band_cells(band, str(unit))
        for band, unit in zip(
            parameters[["low", "mid", "high"]].to_numpy(dtype=float),
            parameters["unit"],
            strict=True,
        )
    ]
    rows = parameters.assign(
        what=_series(
            [
                Cell(both(Words(str(nl), str(en))) + _NAME.format(name), str(name))
                for nl, en, name in zip(
                    parameters["about_nl"],
                    parameters["about"],
                    parameters["parameter"],
                    strict=True,
                )
            ],
            parameters,
        ),
        **{
            side: _series([band[number] for band in bands], parameters)
            for number, side in enumerate(CASES)
        },
    )
    columns = [
        _cell("what", "Wat", "What"),
        _cell("low", "Laag", "Low", numeric=True),
        _cell("mid", "Midden", "Mid", numeric=True),
        _cell("high", "Hoog", "High", numeric=True),
        Column("unit", Words("Eenheid", "Unit"), _unit_cell),
        Column("status", Words("Status", "Status"), _status_cell),
        text("source", "Bron of reden", "Source or reason"),
    ]
    return view(rows, Words("Aannames en hun band", "Assumptions and their band"), columns)


def file_view(files: pd.DataFrame | None) -> View | None:
    """Every input file with licence, vintage and hash."""
    if files is None:
        return None
    columns = [
        text("file", "Bestand", "File"),
        text("vintage", "Jaargang", "Vintage"),
        text("licence", "Licentie en bron", "Licence and origin"),
        number("kilobytes", "Grootte (kB)", "Size (kB)"),
        Column("sha256", Words("SHA-256", "SHA-256"), _code_cell),
    ]
    caption = Words("Invoerbestanden", "Input files")
    return view(files.assign(kilobytes=files["bytes"] / 1000), caption, columns)


def quantity_view(quantities: pd.DataFrame | None, caption: Words) -> View | None:
    """Quantities with value, unit and meaning, such as calibration or power flow."""
    if quantities is None:
        return None
    columns = [
        Column("quantity", Words("Grootheid", "Quantity"), _quantity_cell),
        Column("value", Words("Waarde", "Value"), _value_cell, numeric=True),
        Column("unit", Words("Eenheid", "Unit"), _unit_cell),
        _cell("about_shown", "Wat het is", "What it is"),
    ]
    return view(_with_about(quantities), caption, columns)


def evidence_view(evidence: pd.DataFrame | None, names: Mapping[str, str]) -> View | None:
    """What the AC check found at each answer and just above it; ``names`` are of the areas."""
    if evidence is None or evidence.empty:
        return None
    rooms = [
        Cell(both(joined("{} → {}", number_words(before), number_words(after))), float(after))
        for before, after in zip(evidence["room_linear"], evidence["room"], strict=True)
    ]
    rows = evidence.assign(
        area_name=[names.get(str(code), str(code)) for code in evidence["area_code"]],
        rooms=_series(rooms, evidence),
        at_answer=evidence["used_at_answer"] * 100,
        above=evidence["used_above"] * 100,
    )
    columns = [
        text("area_name", "Wijk", "Area"),
        _named("direction", "Richting", "Direction", DIRECTIONS),
        _cell("rooms", "Lineair → getoetst", "Linear → checked", numeric=True),
        number("factor", "Factor", "Factor", 3),
        text("limit", "Genoemde grens", "Named limit"),
        number("at_answer", "Benut bij het antwoord", "Used at the answer", 1, " %"),
        number("above", "Benut erboven", "Used above it", 1, " %"),
        _named("holds", "Houdt stand", "Holds", YES_NO),
    ]
    return view(rows, Words("Toets met wisselstroom", "AC check"), columns)


def year_view(year: pd.DataFrame | None, hidden: frozenset[str]) -> View | None:
    """Most loaded links over the whole year, as `loading_of_year` gives them."""
    if year is None:
        return None
    by = ["loading_year", "link_id"]
    shown = year[~year["link_id"].isin(hidden)].sort_values(by, ascending=[False, True])
    top = pd.concat([shown[shown["kind"] == kind].head(MOST_LOADED_YEAR) for kind in KINDS])
    rows = top.assign(percent=top["loading_year"] * 100, percent_week=top["loading_week"] * 100)
    columns = [
        _named("kind", "Soort", "Kind", KINDS),
        text("link_id", "Kabel, station of onderstation", "Cable, station or substation"),
        number("percent", "Over het jaar", "Over the year", unit=" %"),
        moment("load_max_at", "Kwartier", "Quarter"),
        number("percent_week", "In de winterweek", "In the winter week", unit=" %"),
        number("above_100_h", "Uren boven de grens", "Hours over the limit"),
        number("above_100_kvah", "Energie erboven (kVAh)", "Energy above it (kVAh)"),
    ]
    return view(rows, Words("Zwaarst belast over het jaar", "Most loaded over the year"), columns)


def view(
    rows: pd.DataFrame, caption: Words, columns: list[Column], anchors: list[str] | None = None
) -> View:
    """Show rows by columns."""
    shown = [[column.show(value) for value in rows[column.source]] for column in columns]
    return View(caption, columns, [list(row) for row in zip(*shown, strict=True)], anchors or [])


def text(source: str, nl: str, en: str) -> Column:
    """Show a text as it is."""
    return Column(source, Words(nl, en), _text_cell)


def _named(source: str, nl: str, en: str, names: dict[str, Words]) -> Column:
    return Column(source, Words(nl, en), lambda value: _words_cell(name_of(value, names)))


def number(source: str, nl: str, en: str, decimals: int = 0, unit: str = "") -> Column:
    """Show a number with its unit."""
    title = Words(nl, en)
    return Column(source, title, lambda value: _number_cell(value, decimals, unit), numeric=True)


def moment(source: str, nl: str, en: str) -> Column:
    """Show a quarter on the clock of the city."""
    return Column(source, Words(nl, en), _moment_cell)


def _cell(source: str, nl: str, en: str, *, numeric: bool = False) -> Column:
    # The rows hold cells already.
    return Column(source, Words(nl, en), lambda cell: cell, numeric)  # type: ignore[return-value, arg-type]


def _text_cell(value: object) -> Cell:
    shown = "–" if is_missing(value) else str(value)
    return Cell(Markup("{}").format(shown), shown)


def _quantity_cell(value: object) -> Cell:
    return _words_cell(quantity_name(value))


def _unit_cell(value: object) -> Cell:
    return Cell(Markup("–"), "") if is_missing(value) else _words_cell(name_of(value, UNITS))


def _code_cell(value: object) -> Cell:
    return Cell(Markup("<code>{}</code>").format(value), str(value))


def _words_cell(words: Words) -> Cell:
    return Cell(both(words), words.nl)


def _number_cell(value: object, decimals: int, unit: str = "") -> Cell:
    if is_missing(value):
        return Cell(Markup("–"), float("-inf"))
    shown = both(joined("{}" + unit, number_words(value, decimals)))
    return Cell(shown, float(value))  # type: ignore[arg-type]


def _value_cell(value: object) -> Cell:
    if isinstance(value, float | int | np.number) and not isinstance(value, bool):
        return _number_cell(value, sensible_decimals(value))
    fraction = _FRACTION.match(str(value))
    return _number_cell(float(str(value)), len(fraction[1])) if fraction else _clock_cell(value)


def _clock_cell(value: object) -> Cell:
    return _text_cell(value) if is_missing(value) else _words_cell(name_of(value, CLOCKS))


def _moment_cell(value: object) -> Cell:
    if is_missing(value):
        return Cell(Markup("–"), "")
    shown = Markup('<span class="when">{}</span>').format(both(moment_words(value, year=False)))
    return Cell(shown, str(value))


def _status_cell(value: object) -> Cell:
    shown = Markup('<span class="status {}">{}</span>').format(
        value, both(name_of(value, STATUSES))
    )
    return Cell(shown, str(value))


def _band_cells(band: np.ndarray, unit: str) -> list[Cell]:
    if unit == "year":
        # A year has no sign for thousands.
        return [_text_cell(f"{value:.0f}") for value in band]
    decimals = shared_decimals(map(significant, band))
    return [_number_cell(value, decimals) for value in band]


def _binding_cells(rooms: pd.DataFrame, which: str, counts: pd.Series | None) -> pd.Series:
    first = counts is not None
    others = counts.fillna(1).to_numpy() - 1 if counts is not None else np.zeros(len(rooms))
    cells = [
        _binding_cell(kind, link, int(other), when if first else None)
        for kind, link, other, when in zip(
            rooms[f"{which}_kind"], rooms[which], others, rooms["binding_at"], strict=True
        )
    ]
    return _series(cells, rooms)


def _binding_cell(kind: object, link: object, others: int, when: object) -> Cell:
    if is_missing(kind):
        return Cell(Markup("–"), "")
    words = name_of(kind, KINDS)
    named = Markup("") if is_missing(link) else Markup('<code class="link">{}</code>').format(link)
    more = f" +{others}" if others > 0 else ""
    at = (
        Markup("")
        if is_missing(when)
        else Markup(" <small>{}</small>").format(both(moment_words(when, year=False)))
    )
    return Cell(both(words) + Markup(" {}{}").format(named, more) + at, f"{words.nl} {link}")


def _link_cell(link: object, hidden: frozenset[str]) -> Cell:
    name = Markup("{}").format(link)
    if link not in hidden:
        return Cell(name, str(link))
    return Cell(name + Markup(" <small>({})</small>").format(both(NOT_PUBLIC)), str(link))


def _with_about(rows: pd.DataFrame) -> pd.DataFrame:
    cells = [
        _words_cell(Words(str(nl), str(en)))
        for nl, en in zip(rows["about_nl"], rows["about"], strict=True)
    ]
    return rows.assign(about_shown=_series(cells, rows))


def _series(cells: list[Cell], rows: pd.DataFrame) -> pd.Series:
    return pd.Series(np.array(cells, dtype=object), index=rows.index)
