"""Writes tables as workbooks and delimited files that open in a Dutch spreadsheet as meant.

Numbers are written as numbers. Text is written as text, also where it begins as a formula does,
so that nothing a list says is ever calculated by the reader's spreadsheet.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import re
import textwrap
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from numbers import Integral, Real

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
ABOUT_SHEET = "Over"
# Longest text and name of a sheet that a workbook can hold.
_TEXT_MAX = 32_767
_TITLE_MAX = 31
_WIDTHS = (10, 60)
_HEAD = PatternFill("solid", fgColor="FFE3ECF4")
_ROUNDED_TO = 3
# Height of one line of the usual letter. [pt]
_LINE_PT = 15.0
# Moments of making, which would make two equal answers differ.
_PROPERTIES = "docProps/core.xml"
_MOMENT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_FIXED_MOMENT = b"2000-01-01T00:00:00Z"


def workbook_bytes(
    sheets: Mapping[str, pd.DataFrame],
    about: pd.DataFrame | None = None,
    about_title: str = ABOUT_SHEET,
) -> bytes:
    """Write tables as a workbook (.xlsx), one sheet each.

    Parameters
    ----------
    sheets
        Tables by name of their sheet.
    about
        What the reader should know first; becomes the first sheet, with wrapped text.
    about_title
        Name of that sheet.

    Notes
    -----
    Every sheet is set up to be printed, as by `set_up_print`.
    """
    book = Workbook()
    book.remove(book.active)
    if about is not None:
        write_table(book.create_sheet(about_title), about, wrap=True)
    for title, rows in sheets.items():
        write_table(book.create_sheet(_title(title)), rows)
    return saved(book)


def csv_bytes(rows: pd.DataFrame) -> bytes:
    """Write a table as a delimited file that a Dutch spreadsheet opens with a double click.

    With semicolons, decimal commas and a mark that says UTF-8; text that begins as a formula
    does gets an apostrophe before it.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow([_delimited(str(name)) for name in rows.columns])
    writer.writerows([_delimited(plain(value)) for value in row] for row in _records(rows))
    return file.getvalue().encode("utf-8-sig")


def write_table(sheet: Worksheet, rows: pd.DataFrame, *, wrap: bool = False) -> None:
    """Write a table into an empty sheet: bold headers that stay in sight, and fitting widths.

    Headers, and text where it wraps, get rows as high as they need; the sheet is set up to be
    printed.
    """
    names = [str(name) for name in rows.columns]
    for at, name in enumerate(names, start=1):
        write_header(sheet.cell(1, at), name)
    columns = [[plain(value) for value in rows.iloc[:, at]] for at in range(len(names))]
    for at, values in enumerate(columns, start=1):
        for number, value in enumerate(values, start=2):
            write_value(sheet.cell(number, at), value)
            if wrap:
                sheet.cell(number, at).alignment = Alignment(wrap_text=True, vertical="top")
        fit_width(sheet, at, [_wrapped(names[at - 1]), *values])
    for number in range(1, len(rows) + 2 if wrap else 2):
        fit_height(sheet, number)
    sheet.freeze_panes = "A2"
    set_up_print(sheet)


def write_header(cell: Cell, name: str) -> None:
    """Write the header of a column."""
    write_value(cell, name)
    cell.font = Font(bold=True)
    cell.fill = _HEAD
    cell.alignment = Alignment(wrap_text=True, vertical="top")


def write_value(cell: Cell, value: object) -> None:
    """Write a value into a cell; text stays text, whatever it begins with."""
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)[:_TEXT_MAX]
        cell.data_type = "s"
        # Else the spreadsheet would calculate it as soon as someone edits the cell.
        cell.quotePrefix = value.startswith(FORMULA_STARTS)
    else:
        cell.value = value


def plain(value: object) -> object:
    """Value as a spreadsheet knows it: a number, yes or no, a day, text, or nothing.

    Examples
    --------
    >>> plain(float("nan")), plain(True), plain(2.0), plain(0.123456)
    (None, 'ja', 2, 0.123)
    """
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return "ja" if value else "nee"
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return _number(float(value))
    if isinstance(value, dt.date):
        # A workbook knows no time zones.
        return value.isoformat() if getattr(value, "tzinfo", None) else value
    return None if value is None or value is pd.NA or value is pd.NaT else str(value)


def fit_width(sheet: Worksheet, at: int, values: Sequence[object]) -> None:
    """Make a column as wide as its longest text, within reason."""
    longest = max((len(str(value)) for value in values if value is not None), default=0)
    width = min(max(longest + 2, _WIDTHS[0]), _WIDTHS[1])
    sheet.column_dimensions[get_column_letter(at)].width = width


def fit_height(sheet: Worksheet, number: int) -> None:
    """Make a row as high as its text is when wrapped at the width of its columns."""
    lines = 1
    for cell in sheet[number]:
        width = sheet.column_dimensions[get_column_letter(cell.column)].width
        lines = max(lines, len(textwrap.wrap(str(cell.value), max(int(width) - 2, 1))))
    sheet.row_dimensions[number].height = _LINE_PT * lines


def set_up_print(sheet: Worksheet, header: int = 1) -> None:
    """Print a sheet lying down, as wide as the paper, with its headers on every page.

    Parameters
    ----------
    sheet
        The sheet.
    header
        Row that holds the headers.
    """
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    # As many pages down as it takes.
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.print_title_rows = f"{header}:{header}"


def saved(book: Workbook) -> bytes:
    """Bytes of a workbook; the same content gives the same bytes, whenever it is made."""
    written, repacked = io.BytesIO(), io.BytesIO()
    book.save(written)
    with (
        zipfile.ZipFile(written) as source,
        zipfile.ZipFile(repacked, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            part = source.read(name)
            if name == _PROPERTIES:
                part = _MOMENT.sub(_FIXED_MOMENT, part)
            target.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return repacked.getvalue()


def _wrapped(header: str) -> str:
    """As wide as a header is over three lines, and never narrower than its longest word."""
    return "x" * max(len(header) // 3, *map(len, header.split()), 0)


def _number(value: float) -> float | int | None:
    if not math.isfinite(value):
        return None
    rounded = round(value, _ROUNDED_TO)
    return int(rounded) if rounded.is_integer() else rounded


def _records(rows: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    return zip(*(rows.iloc[:, at] for at in range(rows.shape[1])), strict=True)


def _delimited(value: object) -> str:
    if isinstance(value, str):
        return "'" + value if value.startswith(FORMULA_STARTS) else value
    return "" if value is None else str(value).replace(".", ",")


def _title(name: str) -> str:
    return "".join("-" if sign in r"[]:*?/\\" else sign for sign in name)[:_TITLE_MAX]
