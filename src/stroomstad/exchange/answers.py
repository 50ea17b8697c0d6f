"""Writes the answers beside the rows of a project list, in the list that was handed in.

The person's own columns, their order and their look stay as they are; answers come to the right
of them, under headers that are left alone when the list is read again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from stroomstad.errors import InvalidData, NotFound, raise_faults
from stroomstad.exchange.sheets import (
    LIST_SHEETS,
    ROW,
    header_row,
    is_workbook,
    list_sheet,
    open_workbook,
    read_file,
    read_sheet,
)
from stroomstad.exchange.workbooks import (
    fit_width,
    plain,
    saved,
    set_up_print,
    write_header,
    write_table,
    write_value,
)
from stroomstad.tables.profiles import LOCAL_TIME_ZONE
from stroomstad.tables.projects import FITS

# A header that begins so holds an answer; whoever reads a list leaves it alone.
ANSWER_MARK = "Antwoord:"
EXPLANATION_SHEET = "Uitleg antwoord"

_YES = {"yes": "ja", "partly": "deels", "no": "nee"}
_KINDS = {"substation": "onderstation", "mv_cable": "middenspanningskabel", "station": "station",
          "lv_cable": "laagspanningskabel", "voltage": "spanning", "region": "regio"}  # fmt: skip
_PAYERS = {"municipality": "gemeente", "grid_operator": "netbeheerder",
           "developer": "ontwikkelaar", "state": "Rijk", "resident": "bewoner"}  # fmt: skip
_CONTRACTS = {"firm": "vast", "time_block": "tijdblok", "non_firm": "niet-vast",
              "hub": "energiehub"}  # fmt: skip
# Numbers as a Dutch spreadsheet writes them: no marks between thousands, no zeros before.
_PLAIN_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})([.,][0-9]+)?")


@dataclass(frozen=True, slots=True)
class Answer:
    """One column of answers: its name in `FITS`, its header, and its words in Dutch."""

    key: str
    nl: str
    en: str
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def header(self) -> str:
        """Header in both languages, marked as an answer."""
        return f"{ANSWER_MARK} {self.nl} / {self.en}"


ANSWERS = (
    Answer("fits", "past het?", "does it fit?", _YES),
    Answer("fits_alone", "past het als niemand voorgaat?", "would it fit alone?", _YES),
    Answer("size_asked", "gevraagd (woningen of kW)", "asked (homes or kW)"),
    Answer("size_low", "past, laag (woningen of kW)", "fits, low (homes or kW)"),
    Answer("size_mid", "past, midden (woningen of kW)", "fits, middle (homes or kW)"),
    Answer("size_high", "past, hoog (woningen of kW)", "fits, high (homes or kW)"),
    Answer("first_year_fits", "eerste jaar dat alles past en blijft passen",
           "first year in which all of it fits and keeps fitting"),
    Answer("kw_low", "vermogen op station, laag (kW)", "power at station, low (kW)"),
    Answer("kw_mid", "vermogen op station, midden (kW)", "power at station, middle (kW)"),
    Answer("kw_high", "vermogen op station, hoog (kW)", "power at station, high (kW)"),
    Answer("region_mw", "vermogen van de regio (MW)", "power from the region (MW)"),
    Answer("fits_with_region", "past het ook in de regio?", "does it fit the region too?", _YES),
    Answer("binding", "wat het eerst vol is", "what is full first"),
    Answer("binding_kind", "soort daarvan", "kind of it", _KINDS),
    Answer("binding_at", "vol op (lokale tijd)", "full at (local time)"),
    Answer("kw_short", "tekort daar (kW)", "lacking there (kW)"),
    Answer("remedy", "goedkoopste maatregel", "cheapest measure"),
    Answer("remedy_size", "omvang daarvan", "size of it"),
    Answer("remedy_eur", "investering daarvan (EUR)", "investment of it (EUR)"),
    Answer("remedy_payer", "wie die betaalt", "who pays it", _PAYERS),
    Answer("flexible", "contract dat eerder past", "contract that fits earlier", _CONTRACTS),
    Answer("flexible_year", "eerste jaar daarmee", "first year with it"),
    Answer("queue_place", "plaats in de wachtrij", "place in the queue"),
)  # fmt: skip


def answered_workbook(source: Path | pd.DataFrame, fits: pd.DataFrame) -> bytes:
    """Write the list that was handed in with the answers to the right of every row.

    Parameters
    ----------
    source
        The file that was handed in, or its cells as `read_sheet` gives them. A workbook keeps its
        look and its other sheets, though not its drawings; a delimited file becomes a workbook.
    fits
        As declared in `FITS`; its rows are those of the source.

    Raises
    ------
    InvalidData
        When the source cannot be read any more.
    NotFound
        When the source holds no list.
    """
    book = _opened(source) if isinstance(source, Path) else _of_cells(source)
    sheet = list_sheet(book)
    first = header_row(sheet) if sheet is not None else 0
    if sheet is None or first == 0:
        raise NotFound(f"{source}: holds no list any more. Hand it in again.")
    _write_answers(sheet, first, fits)
    set_up_print(sheet, first)
    if EXPLANATION_SHEET in book.sheetnames:
        del book[EXPLANATION_SHEET]
    write_table(book.create_sheet(EXPLANATION_SHEET), answer_explanation(), wrap=True)
    return saved(book)


def answer_table(fits: pd.DataFrame) -> pd.DataFrame:
    """Answers as a person reads them: bilingual headers, Dutch words, local time.

    Parameters
    ----------
    fits
        As declared in `FITS`.
    """
    shown = fits.assign(binding_at=_local(fits["binding_at"]))
    return pd.DataFrame(
        {
            answer.header: shown[answer.key].replace(dict(answer.words))
            if answer.words
            else shown[answer.key]
            for answer in ANSWERS
        }
    )


def answer_explanation() -> pd.DataFrame:
    """What each column of answers means, with its unit and the English of its words."""
    return pd.DataFrame(
        [
            {
                "Kolom / column": answer.header,
                "Eenheid / unit": FITS.columns[answer.key].metadata["unit"],
                "Woorden / words": ", ".join(f"{nl} = {en}" for en, nl in answer.words.items()),
                "Meaning": f"{FITS.columns[answer.key].description}.",
            }
            for answer in ANSWERS
        ]
    )


def _opened(path: Path) -> Workbook:
    raw, issues = read_file(path)
    raise_faults(issues)
    if raw is not None and is_workbook(raw):
        book, issues = open_workbook(raw, path.name)
        raise_faults(issues)
        return book
    cells, issues = read_sheet(path)
    if cells is None:
        raise InvalidData(issues)
    return _of_cells(cells)


def _of_cells(cells: pd.DataFrame) -> Workbook:
    """Make a workbook of cells, with every cell in the row that it came from."""
    book = Workbook()
    sheet = book.active
    sheet.title = LIST_SHEETS["nl"]
    names = [str(name) for name in cells.columns if name != ROW]
    for at, name in enumerate(names, start=1):
        values = _values(cells[name].tolist())
        write_header(sheet.cell(1, at), name)
        for row, value in zip(cells[ROW], values, strict=True):
            write_value(sheet.cell(int(row), at), value)
        fit_width(sheet, at, [name, *values])
    sheet.freeze_panes = "A2"
    return book


def _values(texts: list[str]) -> list[object]:
    """Numbers where every text of a column is plainly one, else the texts."""
    filled = [text for text in texts if text]
    if not filled or not all(_PLAIN_NUMBER.fullmatch(text) for text in filled):
        return [text or None for text in texts]
    return [plain(float(text.replace(",", "."))) if text else None for text in texts]


def _write_answers(sheet: Worksheet, first: int, fits: pd.DataFrame) -> None:
    standing = {str(cell.value): cell.column for cell in sheet[first] if cell.value is not None}
    free = max(standing.values()) + 1
    shown = answer_table(fits)
    for header in shown.columns:
        at = standing.get(header, free)
        free = max(free, at + 1)
        write_header(sheet.cell(first, at), header)
        values = [plain(value) for value in shown[header]]
        for row, value in zip(fits["row"], values, strict=True):
            write_value(sheet.cell(int(row), at), value)
        fit_width(sheet, at, ["x" * (len(header) // 3), *values])


def _local(times: pd.Series) -> pd.Series:
    """Local time of quarters told in UTC; missing where there is none."""
    known = times.where(times.notna() & (times != ""), None)
    local = pd.to_datetime(known, utc=True, format="ISO8601").dt.tz_convert(LOCAL_TIME_ZONE)
    return local.dt.strftime("%Y-%m-%d %H:%M")
