"""Reads a list that a person made in a spreadsheet, every cell as text, and what spoils it.

A workbook or a delimited file gives the same table. What a spreadsheet shows but a reader cannot
trust (formulas, merged and hidden cells) is told with the row and the column it stands in.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from stroomstad.errors import Issue, name_some

ROW = "row"
# The sheet of the template that holds the list, by language.
LIST_SHEETS = {"nl": "Projecten", "en": "Projects"}
# Own choices: more than any list of a city, few enough to be read in seconds.
BYTES_MAX = 100_000_000
CELLS_MAX = 4_000_000

_OLE_START = b"\xd0\xcf\x11\xe0"
_ZIP_START = b"PK"
_MERGED = re.compile(rb'<mergeCell [^>]*ref="([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})"')
_DELIMITERS = ";\t,"
# What zipfile and openpyxl raise on damaged or strange workbooks.
_DAMAGE = (zipfile.BadZipFile, zlib.error, InvalidFileException, LookupError, ValueError,
           TypeError, SyntaxError, AttributeError, EOFError, OSError, RuntimeError,
           ArithmeticError, struct.error)  # fmt: skip
_COPY_AGAIN = "Open it in a spreadsheet and save it as .xlsx again."


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list as it stands in a file.

    Attributes
    ----------
    rows
        Text of the cells that are filled, by number of the row and, from 0, of the column.
    formulas
        The same of cells that hold a formula.
    covered
        Cells that lie under a merged one: row, and column from 0.
    issues
        What else is wrong with it.
    """

    rows: dict[int, dict[int, str]]
    formulas: dict[int, dict[int, str]]
    covered: set[tuple[int, int]]
    issues: list[Issue]


def read_sheet(path: Path) -> tuple[pd.DataFrame | None, list[Issue]]:
    """Read a list from a workbook (.xlsx) or a delimited file (.csv) as text.

    Parameters
    ----------
    path
        The file. A delimited one may use semicolons, commas or tabs, and UTF-8 or Windows-1252.

    Returns
    -------
    One row per filled row below the headers, under the headers as written, and ``row`` with the
    number of the row that the spreadsheet shows. Empty cells are empty text; cells whose value
    cannot be trusted are missing, and told. ``None`` when there is no table at all. And the
    issues: with a fault among them the table serves to find further faults only.
    """
    raw, issues = read_file(path)
    if raw is None:
        return None, issues
    if raw.startswith(_OLE_START):
        problem = "is protected with a password, or is a workbook of before 2007 (.xls)."
        return None, [Issue(path.name, problem, "Save it as .xlsx without a password.")]
    if is_workbook(raw):
        workbook, issues = open_workbook(raw, path.name)
        if workbook is None:
            return None, issues
        sheet = _workbook_cells(workbook, path.name)
    else:
        sheet = _delimited_cells(raw, path.name)
    return _as_table(sheet, path.name)


def read_file(path: Path) -> tuple[bytes | None, list[Issue]]:
    """Read a whole file that a person hands in, unless it is missing, empty or far too large."""
    try:
        # A pipe or a device would be waited for without end.
        if not path.is_file():
            problem = "is not a file." if path.exists() else f"is not in {path.absolute().parent}."
            return None, [Issue(path.name, problem, "Mend its name, or put the file there.")]
        size = path.stat().st_size
        if size > BYTES_MAX:
            problem = f"holds {size / 1e6:,.0f} MB; at most {BYTES_MAX / 1e6:,.0f} MB is read."
            return None, [Issue(path.name, problem, "Keep only what belongs in it.")]
        raw = path.read_bytes()
    except OSError as error:
        return None, [Issue(path.name, f"cannot be read ({error.strerror}).", "Allow reading it.")]
    if not raw.strip():
        return None, [Issue(path.name, "is empty (0 bytes).", "Save it again.")]
    return raw, []


def is_workbook(raw: bytes) -> bool:
    """Tell whether a file is packed as a workbook is."""
    return raw.startswith(_ZIP_START)


def open_workbook(raw: bytes, where: str) -> tuple[Workbook | None, list[Issue]]:
    """Open a workbook with its formulas, unless it is damaged or unpacks to far too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            size = sum(part.file_size for part in packed.infolist())
            names = packed.namelist()
            merged = 0 if size > BYTES_MAX else _merged_cells(packed)
        if size > BYTES_MAX:
            problem = f"unpacks to {size / 1e6:,.0f} MB; at most {BYTES_MAX / 1e6:,.0f} MB is read."
            return None, [Issue(where, problem, "Delete empty rows and columns round the list.")]
        if merged > CELLS_MAX:
            problem = f"has {merged:,} merged cells."
            return None, [Issue(where, problem, "Unmerge them and fill in every cell.")]
        if "xl/workbook.xml" not in names:
            return None, [Issue(where, "is not a workbook of the kind .xlsx.", "Save it as .xlsx.")]
        with warnings.catch_warnings():
            # Of parts that openpyxl leaves out, such as drawings; none of them holds a cell.
            warnings.simplefilter("ignore")
            return load_workbook(io.BytesIO(raw)), []
    except _DAMAGE as error:
        problem = f"is damaged and cannot be read ({type(error).__name__})."
        return None, [Issue(where, problem, _COPY_AGAIN)]


def list_sheet(workbook: Workbook) -> Worksheet | None:
    """Sheet that holds the list: the one named as in the template, else the first with cells."""
    sheets = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
    named = {sheet.title.strip().casefold(): sheet for sheet in sheets}
    for name in LIST_SHEETS.values():
        if name.casefold() in named:
            return named[name.casefold()]
    filled = [sheet for sheet in sheets if _filled(sheet)]
    return (filled or sheets or [None])[0]


def header_row(sheet: Worksheet) -> int:
    """Number of the row with the headers: the first that is not empty; 0 when all are."""
    for row in sheet.iter_rows(values_only=False):
        if any(cell.value is not None and str(cell.value).strip() for cell in row):
            return int(row[0].row)
    return 0


def text_of(value: object) -> str:
    """Text that stands for the value of a cell, such that a number reads as that number.

    Examples
    --------
    >>> text_of(500.0), text_of(17.325), text_of(None), text_of(True)
    ('500', '17.3250', '', 'ja')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, float):
        text = str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        # Three decimals, as text, would read as thousands too.
        return text + "0" if len(text.partition(".")[2]) == 3 else text
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value).strip()


def _workbook_cells(workbook: Workbook, where: str) -> Sheet:
    sheet = list_sheet(workbook)
    if sheet is None or not _filled(sheet):
        problem = "holds no sheet with cells that are filled."
        return Sheet({}, {}, set(), [Issue(where, problem, "Put the list on the first sheet.")])
    if sheet.max_row * sheet.max_column > CELLS_MAX:
        reach = f"{get_column_letter(sheet.max_column)}{sheet.max_row}"
        problem = f'sheet "{sheet.title}" reaches to cell {reach}, far beyond a list.'
        remedy = "Delete the rows and columns beyond the list, also where they look empty."
        return Sheet({}, {}, set(), [Issue(where, problem, remedy)])
    rows: dict[int, dict[int, str]] = {}
    formulas: dict[int, dict[int, str]] = {}
    for line in sheet.iter_rows():
        for cell in line:
            if cell.value is not None:
                target = formulas if cell.data_type == "f" else rows
                text = _formula(cell) if cell.data_type == "f" else text_of(cell.value)
                if text:
                    target.setdefault(cell.row, {})[cell.column - 1] = text
    issues = _choice_issues(workbook, sheet, where)
    issues += [*_merged_issues(sheet, where), *_hidden_issues(sheet, where)]
    covered = {
        (row, column - 1) for area in sheet.merged_cells.ranges for row, column in [*area.cells][1:]
    }
    return Sheet(rows, formulas, covered, issues)


def _merged_cells(packed: zipfile.ZipFile) -> int:
    """How many cells are merged: openpyxl makes every one of them, however many there are."""
    sheets = [name for name in packed.namelist() if name.startswith("xl/worksheets/")]
    areas = [found.decode() for name in sheets for found in _MERGED.findall(packed.read(name))]
    reaches = [range_boundaries(area) for area in areas]
    return sum((right - left + 1) * (low - high + 1) for left, high, right, low in reaches)


def _filled(sheet: Worksheet) -> bool:
    return sheet.max_row > 1 or any(cell.value is not None for cell in sheet[1])


def _formula(cell: Cell) -> str:
    value: Any = cell.value
    return str(getattr(value, "text", None) or value)


def _choice_issues(workbook: Workbook, sheet: Worksheet, where: str) -> list[Issue]:
    if sheet.title.strip().casefold() in {name.casefold() for name in LIST_SHEETS.values()}:
        return []
    others = [other.title for other in workbook.worksheets if other is not sheet and _filled(other)]
    if not others:
        return []
    problem = f'has more than one sheet; "{sheet.title}" is read, {name_some(others)} not.'
    remedy = f'Name the sheet with the list "{LIST_SHEETS["nl"]}" if it is another.'
    return [Issue(where, problem, remedy, "warning")]


def _merged_issues(sheet: Worksheet, where: str) -> list[Issue]:
    first = header_row(sheet)
    merged = [area for area in sheet.merged_cells.ranges if area.max_row >= first]
    if not merged:
        return []
    shown = name_some([str(area) for area in sorted(merged, key=lambda area: area.bounds[1::-1])])
    rows = sorted({area.min_row for area in merged})
    problem = f"cells are merged ({shown}), so that it is not clear to which row a value belongs."
    return [Issue(f"{where}, {_rows(rows)}", problem,
                  "Unmerge them and fill in every cell.")]  # fmt: skip


def _hidden_issues(sheet: Worksheet, where: str) -> list[Issue]:
    rows = [number for number, row in sorted(sheet.row_dimensions.items())
            if row.hidden and number <= sheet.max_row]  # fmt: skip
    columns = [letter for letter, column in sorted(sheet.column_dimensions.items())
               if column.hidden]  # fmt: skip
    told = [(f"{where}, {_rows(rows)}", "are hidden, but are read like the others.", rows),
            (f"{where}, columns {name_some(columns)}",
             "are hidden, but are read like the others.", columns)]  # fmt: skip
    remedy = "Show them to see whether they belong in the list; delete them if not."
    return [Issue(place, problem, remedy, "warning") for place, problem, any_ in told if any_]


def _delimited_cells(raw: bytes, where: str) -> Sheet:
    text = _decoded(raw)
    if "\x00" in text:
        problem = "is neither a workbook nor a delimited text."
        return Sheet({}, {}, set(), [Issue(where, problem, "Save it as .xlsx or .csv.")])
    first, _, rest = text.partition("\n")
    stated = first.strip().casefold()
    if stated.startswith("sep=") and len(stated) == 5:
        delimiter, text = stated[4], rest
    else:
        delimiter = max(_DELIMITERS, key=first.count)
    rows: dict[int, dict[int, str]] = {}
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, line in enumerate(reader, start=1):
            filled = {at: _unquoted(cell) for at, cell in enumerate(line) if cell.strip()}
            if filled:
                rows[number] = filled
    except csv.Error as error:
        place = f"{where}, row {max(rows, default=0) + 1}"
        remedy = 'Close every quotation mark, and write one within a text as "".'
        return Sheet(
            {}, {}, set(), [Issue(place, f"cannot be split into cells ({error}).", remedy)]
        )
    return Sheet(rows, {}, set(), [])


def _decoded(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        # As Dutch spreadsheets write; its few open places cannot stop reading.
        return raw.decode("cp1252", errors="replace")


def _unquoted(cell: str) -> str:
    """Text of a cell without the apostrophe that keeps a spreadsheet from calculating it."""
    text = cell.strip()
    return text[1:] if text.startswith(("'=", "'+", "'-", "'@")) else text


def _as_table(sheet: Sheet, where: str) -> tuple[pd.DataFrame | None, list[Issue]]:
    numbers = sorted({*sheet.rows, *sheet.formulas})
    if not numbers:
        empty = Issue(where, "holds no cells that are filled.", "Give headers and rows below.")
        return None, sheet.issues or [empty]
    first = numbers[0]
    headers = sheet.rows.get(first, {})
    issues = [*sheet.issues, *_header_issues(headers, f"{where}, row {first}"),
              *_formula_issues(sheet.formulas, headers, where),
              *_unheaded_issues(sheet.rows, headers, where)]  # fmt: skip
    below = [number for number in numbers if number > first]
    table = {
        name: [_trusted(sheet, number, at) for number in below]
        for at, name in sorted(headers.items())
    }
    rows = pd.DataFrame(table, index=range(len(below)), dtype=object)
    return rows.assign(**{ROW: pd.Series(below, dtype="int64")}), issues


def _trusted(sheet: Sheet, row: int, at: int) -> str | None:
    """Text of a cell; missing where it is calculated or lies under a merged one."""
    if at in sheet.formulas.get(row, {}) or (row, at) in sheet.covered:
        return None
    return sheet.rows.get(row, {}).get(at, "")


def _header_issues(headers: dict[int, str], where: str) -> list[Issue]:
    names = list(headers.values())
    twice = sorted({name for name in names if names.count(name) > 1})
    issues = []
    if twice:
        problem = f"the same header stands above more columns ({name_some(twice)})."
        issues.append(Issue(where, problem, "Give each column a header of its own."))
    if ROW in names:
        problem = f'a column is called "{ROW}", which is kept for the number of the row.'
        issues.append(Issue(where, problem, "Give it another header."))
    return issues


def _formula_issues(
    formulas: dict[int, dict[int, str]], headers: dict[int, str], where: str
) -> list[Issue]:
    remedy = "Copy the cells and paste them as values."
    issues = []
    for at in sorted({at for line in formulas.values() for at in line}):
        found = {number: line[at] for number, line in formulas.items() if at in line}
        shown = name_some(list(dict.fromkeys(found.values())))
        place = f"{where}, {_rows(sorted(found))}, {headers.get(at, _column(at))}"
        issues.append(Issue(place, f"holds a formula ({shown}), not a value.", remedy))
    return issues


def _unheaded_issues(
    rows: dict[int, dict[int, str]], headers: dict[int, str], where: str
) -> list[Issue]:
    found = [(number, at) for number, line in rows.items() for at in line if at not in headers]
    if not found:
        return []
    columns = name_some([_column(at) for at in sorted({at for _, at in found})])
    problem = f"cells stand in {columns}, which has no header."
    remedy = "Give the column a header, or empty it; check that no text broke over more cells."
    if len(headers) == 1:
        remedy = "Put the headers in the first row that is filled, without a title above them."
    return [Issue(f"{where}, {_rows(sorted({number for number, _ in found}))}", problem, remedy)]


def _column(at: int) -> str:
    return f"column {get_column_letter(at + 1)}"


def _rows(numbers: Iterable[int]) -> str:
    shown = [str(number) for number in numbers]
    return f"row{'s' if len(shown) > 1 else ''} {name_some(shown)}"
