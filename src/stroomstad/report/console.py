"""Shows the answer in a terminal of eighty columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from rich.console import RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from stroomstad.blocks import Floats
from stroomstad.report.answer import Headline, read_headline, read_voltage, room_by_area
from stroomstad.report.words import (
    CHECKED,
    KINDS,
    Language,
    Words,
    format_moment,
    format_number,
    is_missing,
    joined,
    name_of,
    number_words,
    voltage_words,
)
from stroomstad.tables.limits import limits_said

WIDTH, HEAVIEST = 80, 20
_AT_MOST = Words("hoogstens (gedeelde kabels dubbel geteld) ", "at most (shared cables repeated) ")
# A name that fits a narrow column.
_SHORT_KINDS = {
    **KINDS,
    "ring": Words("MS-ring", "MV ring"),
    "mv_cable": Words("MS-kabel", "MV cable"),
    "lv_cable": Words("LS-kabel", "LV cable"),
}


def console_tables(
    tables: Mapping[str, pd.DataFrame],
    facts: Mapping[str, Any] | None = None,
    language: Language = "nl",
) -> list[RenderableType]:
    """Make the answer, the table of areas and the totals ready to print in a terminal.

    Parameters
    ----------
    tables
        Must hold ``room``.
    facts
        What is known of the run, as for `render_report`.
    language
        ``nl`` or ``en``.

    Returns
    -------
    What a rich console can print, from first to last.
    """
    head = read_headline(tables)
    return [
        _answer(head, facts or {}, language),
        _areas(room_by_area(tables["room"], "load"), language),
        _totals(head, tables.get("stations"), tables.get("outage_facts"), language),
        *_voltage(tables, language),
    ]


def year_tables(
    times: pd.DatetimeIndex,
    power_kva: Floats,
    row: pd.Series,
    language: Language = "nl",
) -> list[RenderableType]:
    """Make the year of one asset ready to print: its months, its heaviest quarters, its hours.

    Parameters
    ----------
    times
        Start of every quarter, in UTC.
    power_kva
        Positive towards the customers; a month of which nothing is told is left out.
        [kVA], shape (quarters,)
    row
        Of the tables ``links`` and ``year`` together.
    language
        ``nl`` or ``en``.
    """
    kind = name_of(row["kind"], KINDS)
    limit = number_words(row["limit_kva"])
    heading = joined(
        "{} ({}), {} {} kVA. {}",
        Words(str(row.name), str(row.name)),
        kind,
        Words("grens voor afname", "limit for load"),
        limit,
        Words(
            "Negatief is naar de regio. Belasting op stationsniveau, tijden zijn Nederlandse.",
            "Negative is towards the region. Station-level loads, times are Dutch.",
        ),
    )
    hours = joined(
        "{}: {} {}, {} {}, {} {}.",
        Words("Uren boven 80, 100 en 120 % van de grens", "Hours above 80, 100 and 120% of limit"),
        *(
            part
            for share in (80, 100, 120)
            for part in (
                number_words(row[f"above_{share}_h"]),
                joined("({} kVAh)", number_words(row[f"above_{share}_kvah"])),
            )
        ),
    )
    return [
        getattr(heading, language),
        _months(times, power_kva, language),
        _heaviest(times, power_kva, language),
        getattr(hours, language),
    ]


def _months(times: pd.DatetimeIndex, power_kva: Floats, language: Language) -> Table:
    """Highest and lowest of each month."""
    headings = {
        "nl": ("Maand (UTC)", "Hoogste kVA", "op", "Laagste kVA", "op"),
        "en": ("Month (UTC)", "Highest kVA", "at", "Lowest kVA", "at"),
    }
    table = _power_table(headings[language], (1, 3))
    months = np.asarray(times.strftime("%Y-%m"))
    for month in np.unique(months):
        at = np.flatnonzero((months == month) & ~np.isnan(power_kva))
        if at.size:
            ends = at[power_kva[at].argmax()], at[power_kva[at].argmin()]
            table.add_row(
                str(month),
                *(told for end in ends for told in _power(times, power_kva, end, language)),
            )
    return table


def _heaviest(times: pd.DatetimeIndex, power_kva: Floats, language: Language) -> Table:
    """Heaviest quarters in either direction, the heaviest first."""
    headings = {
        "nl": ("Zwaarste kwartieren", "kVA", "op"),
        "en": ("Heaviest quarters", "kVA", "at"),
    }
    table = _power_table(headings[language], (1,))
    told = np.flatnonzero(~np.isnan(power_kva))
    heaviest = told[np.argsort(-np.abs(power_kva[told]), kind="stable")[:HEAVIEST]]
    for rank, at in enumerate(heaviest.tolist(), start=1):
        table.add_row(str(rank), *_power(times, power_kva, at, language))
    return table


def _power_table(headings: tuple[str, ...], numbers: tuple[int, ...]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", width=WIDTH)
    for at, heading in enumerate(headings):
        table.add_column(heading, justify="right" if at in numbers else "left", no_wrap=True)
    return table


def _power(
    times: pd.DatetimeIndex, power_kva: Floats, at: int, language: Language
) -> tuple[str, str]:
    return (
        format_number(power_kva[at], language, 1),
        format_moment(times[at], language, year=False),
    )


def _answer(head: Headline, facts: Mapping[str, Any], language: Language) -> Panel:
    low, mid, high = (number_words(homes) for homes in head.homes)
    bound = Words("", "") if head.shared_once else _AT_MOST
    kinds = [
        joined("{} ({})", name_of(kind, KINDS), number_words(areas))
        for kind, areas in head.binding_areas
    ]
    sentences = [
        joined(
            "{}{}{} – {} {} {}.",
            Words("Op het lokale net passen nog ", "On the local grid "),
            bound,
            low,
            high,
            Words("woningen; midden", "homes still fit; middle"),
            mid,
        ),
        joined(
            "{} {} {} {}",
            number_words(head.areas_without_room[1]),
            Words("van de", "of"),
            number_words(head.areas),
            Words(
                "wijken hebben geen ruimte in het midden,",
                "areas have no room in the middle case,",
            ),
        ),
        joined(
            "{} {}.",
            number_words(head.areas_without_room[0]),
            Words("in het lage geval", "in the low case"),
        ),
        joined(
            "{} {}.",
            Words("Wat knelt, in wijken:", "What binds, in areas:"),
            Words(", ".join(k.nl for k in kinds) or "–", ", ".join(k.en for k in kinds) or "–"),
        ),
        Words(
            "Dit volgt vooral uit aannames over het net en uit kW per woning.",
            "This mainly follows from assumptions on the grid and from kW per home.",
        ),
    ]
    held = limits_said(facts.get("limits")).say(language)
    text = " ".join([*(each.in_language(language) for each in sentences), held]).strip()
    title = f"{facts.get('city') or ''} {facts.get('base_year') or ''}".strip()
    return Panel(Text(text), title=Text(title), width=WIDTH)


def _voltage(tables: Mapping[str, pd.DataFrame], language: Language) -> list[Text]:
    said = voltage_words(read_voltage(tables)).in_language(language)
    return [Text(said)] if said else []


def _areas(rooms: pd.DataFrame, language: Language) -> Table:
    headings = {
        "nl": ("Wijk", "Laag", "Midden", "Hoog", "Knelt", "Kwartier", "Toets"),
        "en": ("Area", "Low", "Mid", "High", "Binds", "Quarter", "Check"),
    }
    table = Table(box=None, pad_edge=False, header_style="bold", width=WIDTH)
    for number, heading in enumerate(headings[language]):
        table.add_column(
            heading,
            justify="right" if number in (1, 2, 3) else "left",
            no_wrap=True,
            ratio=1 if number == 0 else None,
            overflow="ellipsis",
        )
    for row in rooms.itertuples():
        table.add_row(
            Text(str(row.area_name)),
            *(format_number(value, language) for value in (row.low, row.mid, row.high)),
            "–"
            if is_missing(row.binding_kind)
            else name_of(row.binding_kind, _SHORT_KINDS).in_language(language),
            "–"
            if is_missing(row.binding_at)
            else format_moment(row.binding_at, language, year=False),
            name_of(row.checked, CHECKED).in_language(language),
        )
    return table


def _totals(
    head: Headline,
    stations: pd.DataFrame | None,
    outages: pd.DataFrame | None,
    language: Language,
) -> Text:
    """Say what the city takes at once, and how many stations the model has."""
    low, mid, high = (number_words(homes) for homes in head.homes)
    name = (
        Words("Hele stad tegelijk", "Whole city at once")
        if head.shared_once
        else Words("Som van de wijken, hoogstens", "Sum of the areas, at most")
    )
    lines = [joined("{}: {} – {} – {} {}", name, low, mid, high, Words("woningen", "homes"))]
    if stations is not None:
        owners = stations["owner"].value_counts()
        lines.append(
            joined(
                "{}: {} {}, {} {}",
                Words("Stations", "Stations"),
                number_words(int(owners.get("public", 0))),
                Words("openbaar", "public"),
                number_words(int(owners.get("customer", 0))),
                Words("van klanten", "of customers"),
            )
        )
    if outages is not None:
        lines.append(_outage_line(outages.set_index("quantity")["value"]))
    return Text("\n".join(line.in_language(language) for line in lines), style="bold")


def _outage_line(facts: pd.Series) -> Words:
    """Say what happens when a medium-voltage cable fails."""
    counts = ("outages_cables", "outages_restored", "outages_over_limit")
    return joined(
        "{}: {} {} {} {}, {} {}.",
        Words("Uitval", "Outages"),
        number_words(int(facts[counts[0]])),
        Words("MS-kabels een voor een uit:", "MV cables out, one at a time:"),
        number_words(int(facts[counts[1]])),
        Words("na omschakelen weer gevoed", "supplied again after switching"),
        number_words(int(facts[counts[2]])),
        Words("boven de grens", "over the limit"),
    )
