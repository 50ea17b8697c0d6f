"""Shows the answer in a terminal of a hundred columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from rich.console import RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from stroomstad.report.answer import Headline, read_headline, room_by_area
from stroomstad.report.words import (
    CHECKED,
    KINDS,
    Language,
    Words,
    format_moment,
    format_number,
    is_missing,
    name_of,
)


def console_tables(
    tables: Mapping[str, pd.DataFrame],
    facts: Mapping[str, Any] | None = None,
    language: Language = "nl",
) -> list[RenderableType]:
    """Make the answer and the table of areas ready to print in a terminal.

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
    return [
        _answer(read_headline(tables), facts or {}, language),
        _areas(room_by_area(tables["room"], "load"), language),
    ]


def _answer(head: Headline, facts: Mapping[str, Any], language: Language) -> Panel:
    low, mid, high = (format_number(homes, language) for homes in head.homes)
    at_most = Words(
        "hoogstens (gedeelde kabels dubbel geteld) ", "at most (shared cables repeated) "
    )
    kind = name_of(head.binding_kind, KINDS)
    lines = {
        "nl": (
            f"Op het lokale net passen nog {'' if head.shared_once else at_most.nl}"
            f"{low} – {high} woningen; midden {mid}.\n"
            f"{head.areas_without_room[1]} van de {head.areas} wijken hebben geen ruimte. "
            f"Het vaakst knelt: {kind.nl}.\n"
            "Dit volgt vooral uit aannames: grootte van synthetische stations en kW per woning."
        ),
        "en": (
            f"On the local grid {'' if head.shared_once else at_most.en}"
            f"{low} – {high} homes still fit; middle {mid}.\n"
            f"{head.areas_without_room[1]} of {head.areas} areas have no room. "
            f"What binds most often: {kind.en}.\n"
            "This mainly follows from assumptions: size of synthetic stations and kW per home."
        ),
    }
    title = f"{facts.get('city') or ''} {facts.get('base_year') or ''}".strip()
    return Panel(Text(lines[language]), title=Text(title), width=98)


def _areas(rooms: pd.DataFrame, language: Language) -> Table:
    headings = {
        "nl": ("Wijk", "Laag", "Midden", "Hoog", "Knelt", "Kwartier", "Toets"),
        "en": ("Area", "Low", "Mid", "High", "Binds", "Quarter", "Check"),
    }
    table = Table(box=None, pad_edge=False, header_style="bold", width=98)
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
            else name_of(row.binding_kind, KINDS).in_language(language),
            "–"
            if is_missing(row.binding_at)
            else format_moment(row.binding_at, language, year=False),
            name_of(row.checked, CHECKED).in_language(language),
        )
    return table
