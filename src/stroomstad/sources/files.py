"""Which files make a city, and are they whole? Read them, and say of each what is wrong.

Every reader returns what it could read beside the faults it found, so that all faults of
all files can be told at once. What cannot be read is ``None``.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import io
import json
import tomllib
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats
from stroomstad.errors import Issue, name_some

_GZIP_START = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of a city, as its folder announces it.

    Attributes
    ----------
    key
        What the file is for, such as ``addresses``.
    path
        Where it lies.
    vintage, licence
        Date of the data and terms of use, as stated in the folder.
    by
        Whom to name as its maker; empty where the folder does not say.
    """

    key: str
    path: Path
    vintage: str
    licence: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a delimited file is written.

    Attributes
    ----------
    texts, numbers
        Columns that must be there.
    separator, decimal, encoding
        Between cells, inside numbers, and of the characters.
    rest_are_numbers
        Whether every other column of the file is a column of numbers too.
    """

    texts: tuple[str, ...]
    numbers: tuple[str, ...] = ()
    separator: str = ","
    decimal: str = "."
    encoding: str = "utf-8"
    rest_are_numbers: bool = False


def read_toml(path: Path) -> tuple[dict[str, Any], list[Issue]]:
    """Read a TOML file; an unreadable one gives an empty mapping and a fault."""
    raw, issues = read_bytes(path)
    if raw is None:
        return {}, issues
    try:
        return tomllib.loads(raw.decode("utf-8-sig")), []
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return {}, [
            Issue(path.name, f"is not valid TOML ({error}).", "Mend the syntax at that place.")
        ]


def read_bytes(path: Path) -> tuple[bytes | None, list[Issue]]:
    """Read a whole file, unpacked when its name ends in ``.gz``."""
    try:
        reason = "is a folder, not a file" if path.is_dir() else _not_a_file(path)
        raw = b"" if reason else path.read_bytes()
    except OSError as error:
        reason = f"cannot be read ({error.strerror})"
    if reason:
        where = f"{reason} in {path.parent}."
        return None, [Issue(path.name, where, "Put the file there, or mend its name.")]
    packed = raw[:2] == _GZIP_START
    if raw and packed != (path.suffix == ".gz"):
        return None, [_packing_issue(path, packed=packed)]
    if packed:
        try:
            raw = gzip.decompress(raw)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            return None, [_broken_off(path, f"{path.stat().st_size} bytes, {error}")]
    if not raw.strip():
        return None, [Issue(path.name, "is empty (0 bytes of data).", "Copy the file again.")]
    return raw, []


def read_json(path: Path) -> tuple[Any, list[Issue]]:
    """Read a JSON or GeoJSON file."""
    raw, issues = read_bytes(path)
    if raw is None:
        return None, issues
    try:
        return json.loads(raw), []
    except (ValueError, RecursionError) as error:
        return None, [_broken_off(path, str(error))]


def read_table(path: Path, layout: Layout) -> tuple[pd.DataFrame | None, list[Issue]]:
    """Read a delimited file as text and turn its number columns into numbers.

    Returns
    -------
    The declared columns in file order (missing numbers are NaN), and the faults; the table is
    ``None`` when the file cannot be read as a table at all.
    """
    raw, issues = read_bytes(path)
    if raw is None:
        return None, issues
    # A byte-order mark says UTF-8, whatever the layout says.
    encoding = "utf-8-sig" if raw.startswith(codecs.BOM_UTF8) else layout.encoding
    try:
        content = raw.decode(encoding)
    except UnicodeDecodeError as error:
        return None, [Issue(path.name, f"is not written in {encoding} ({error}).", "Save it so.")]
    content = content.replace("\r\n", "\n").replace("\r", "\n")
    try:
        issues = _layout_issues(path.name, content, layout)
        if issues:
            return None, issues
        rows = pd.read_csv(
            io.StringIO(content), sep=layout.separator, dtype=str, keep_default_na=False
        )
    except (csv.Error, pd.errors.ParserError) as error:
        return None, [_broken_off(path, str(error))]
    issues = _swallowed_issues(path.name, content, len(rows))
    if issues:
        return None, issues
    columns: dict[str, Any] = {name: rows[name].str.strip() for name in layout.texts}
    rest = (
        [str(name) for name in rows.columns.difference(list(layout.texts), sort=False)]
        if layout.rest_are_numbers
        else []
    )
    for name in layout.numbers or rest:
        columns[name], found = parse_numbers(rows[name], layout.decimal, f"{path.name}.{name}")
        issues += found
    return pd.DataFrame(columns), issues


def parse_numbers(cells: pd.Series, decimal: str, where: str) -> tuple[Floats, list[Issue]]:
    """Turn text into numbers; empty cells are missing, other text is a fault.

    Parameters
    ----------
    cells
        Text as it stands in the file.
    decimal
        The decimal mark that the file uses.
    where
        File and column, for the message.
    """
    if decimal == ".":
        fast = pd.to_numeric(cells, errors="coerce").to_numpy(dtype=float)
        if np.isfinite(fast).all():
            return fast, []
    text = cells.str.strip()
    point_text = text.str.replace(",", ".", regex=False) if decimal == "," else text
    values = pd.to_numeric(point_text, errors="coerce").to_numpy(dtype=float)
    other = "." if decimal == "," else ","
    mixed = text.str.contains(other, regex=False).to_numpy(dtype=bool)
    wrong = ~np.isfinite(values) & (text != "").to_numpy(dtype=bool) & ~mixed
    issues = []
    if mixed.any():
        issues.append(
            Issue(
                where,
                f"{mixed.sum()} rows with '{other}' in a number where '{decimal}' is the decimal "
                f"mark ({name_some(_examples(cells, mixed))}).",
                f"Write numbers with '{decimal}'.",
            )
        )
    if wrong.any():
        issues.append(
            Issue(
                where,
                f"{wrong.sum()} rows that are not numbers ({name_some(_examples(cells, wrong))}).",
                "Write a number, or leave the cell empty.",
            )
        )
    return np.where(mixed | wrong, np.nan, values), issues


def duplicate_issues(ids: pd.Series, where: str) -> list[Issue]:
    """Tell which identifiers occur more than once."""
    twice = sorted(set(ids[ids.duplicated()].astype(str)))
    if not twice:
        return []
    problem = f"{len(twice)} values occur more than once ({name_some(twice)})."
    return [Issue(where, problem, "Give each its own row once.")]


def fingerprints(sources: list[SourceFile]) -> pd.DataFrame:
    """Hash and size of every file that was read, with its licence and vintage.

    Returns
    -------
    Columns ``file, sha256, bytes, licence, vintage``, sorted by file; files that are not there
    are left out.
    """
    rows = []
    for source in sorted(sources, key=lambda item: item.path.name):
        if source.path.is_file():
            raw = source.path.read_bytes()
            digest = hashlib.sha256(raw).hexdigest()
            rows.append((source.path.name, digest, len(raw), source.licence, source.vintage))
    return pd.DataFrame(rows, columns=["file", "sha256", "bytes", "licence", "vintage"])


def _examples(cells: pd.Series, wrong: np.ndarray[Any, np.dtype[np.bool_]]) -> list[str]:
    rows = np.flatnonzero(wrong)
    return [f"row {i + 2}: {cell}" for i, cell in zip(rows, cells[wrong], strict=True)]


def _not_a_file(path: Path) -> str:
    # A pipe or a device would be waited for without end.
    if path.is_file():
        return ""
    return "is not a regular file" if path.exists() else "there is no such file"


def _packing_issue(path: Path, *, packed: bool) -> Issue:
    if packed:
        problem, remedy = "is packed with gzip, but its name does not say so.", "End it in .gz."
    else:
        problem, remedy = "is not packed with gzip, as its name says.", "Pack it, or drop the .gz."
    return Issue(path.name, problem, remedy)


def _broken_off(path: Path, detail: str) -> Issue:
    return Issue(path.name, f"breaks off or is damaged ({detail}).", "Copy the file again.")


def _layout_issues(name: str, content: str, layout: Layout) -> list[Issue]:
    lines = content.rstrip("\n").split("\n")
    header = _cells(lines[0], layout.separator)
    missing = [column for column in (*layout.texts, *layout.numbers) if column not in header]
    other = _other_separator(lines[0], layout)
    if missing and other:
        return [
            Issue(
                name,
                f"cells are separated by '{other}' where '{layout.separator}' is expected.",
                f"Save the file with '{layout.separator}' between cells.",
            )
        ]
    if missing:
        found = f"columns found: {name_some(header, most=12)}"
        return [Issue(name, f"column {name_some(missing)} is missing; {found}.", "Add the column.")]
    twice = sorted({column for column in header if column and header.count(column) > 1})
    if twice:
        problem = f"column {name_some(twice)} occurs more than once."
        return [Issue(name, problem, "Keep one column of each name.")]
    if len(lines) == 1:
        return []
    return _width_issues(name, lines, len(header), layout)


def _width_issues(name: str, lines: list[str], width: int, layout: Layout) -> list[Issue]:
    last = len(_cells(lines[-1], layout.separator))
    if last < width:
        return [
            Issue(
                name,
                f"breaks off in its last row, row {len(lines)}: {last} cells where the header "
                f"has {width}.",
                "Copy the file again.",
            )
        ]
    least = width - 1
    suspects = [
        i for i, line in enumerate(lines) if line.count(layout.separator) != least or '"' in line
    ]
    wrong = [i for i in suspects if len(_cells(lines[i], layout.separator)) != width]
    if not wrong:
        return []
    examples = name_some([f"row {i + 1}: {lines[i][:60]}" for i in wrong])
    return [
        Issue(
            name,
            f"{len(wrong)} rows with more or fewer cells than the {width} of the header "
            f"({examples}).",
            f"Look for '{layout.separator}' used as a decimal mark or inside text.",
        )
    ]


def _swallowed_issues(name: str, content: str, rows: int) -> list[Issue]:
    # Two stray quotation marks make one cell of all the rows between them.
    lines = content.rstrip("\n").split("\n")
    lost = sum(bool(line.strip()) for line in lines) - 1 - rows
    if lost <= 0:
        return []
    odd = [f"row {i}" for i, line in enumerate(lines, start=1) if line.count('"') % 2]
    problem = f"{lost} rows are lost between quotation marks ({name_some(odd)})."
    return [Issue(name, problem, "Take the stray quotation marks out.")]


def _cells(line: str, separator: str) -> list[str]:
    return next(csv.reader([line.lstrip("\ufeff")], delimiter=separator), [])


def _other_separator(header: str, layout: Layout) -> str | None:
    wanted = (*layout.texts, *layout.numbers)
    for other in (",", ";", "\t"):
        if other != layout.separator and all(c in _cells(header, other) for c in wanted):
            return other
    return None
