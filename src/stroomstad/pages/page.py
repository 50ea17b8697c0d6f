"""A page as data, and as one HTML file or PDF, neither of which needs a network to be read.

Texts of a page are plain and are shown as they are: HTML escapes them, and to typst the page
travels as data, never as markup. Fonts of the PDF come with typst and matplotlib, none from the
machine.
"""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import jinja2
import matplotlib as mpl
import pandas as pd
import typst

from stroomstad.tables.words import (
    Language,
    Words,
    sentence,
)

Row = Mapping[str, Any]
Tables = Mapping[str, pd.DataFrame | None]
Facts = Mapping[str, Any]
# Marks of numbers that nobody measured; each is explained on the page that shows it.
Mark = Literal["", "assumed", "synthetic", "modelled"]
MARKS: Mapping[Mark, tuple[str, Words, Words]] = {
    "assumed": (
        "A",
        Words("aangenomen", "assumed"),
        Words("aangenomen, niet uit een bron", "assumed, not from a source"),
    ),
    "synthetic": (
        "S",
        Words("synthetisch", "synthetic"),
        Words(
            "op een synthetisch net, uit open data nagebouwd",
            "on a synthetic grid, rebuilt from open data",
        ),
    ),
    "modelled": (
        "M",
        Words("berekend", "modelled"),
        Words("uitkomst van het model, geen meting", "outcome of the model, not a measurement"),
    ),
}

# PDF/UA-1, ISO 14289-1:2014: title, language, reading order and alternative texts are there.
PDF_STANDARD: Literal["ua-1"] = "ua-1"
TEXT_SIZES_PT = (9.2, 8.8, 8.4, 8.0, 7.6, 7.2, 6.8, 6.4)


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one place of a table: a text, a smaller text below it, and its mark."""

    text: str
    small: str = ""
    mark: Mark = ""


@dataclass(frozen=True, slots=True)
class Column:
    """Heading of a column; numbers stand to the right. ``share`` is its width beside the others."""

    title: str
    numeric: bool = False
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings; the first cell of each row names it.

    A folded table opens on a click in HTML, and stands in full on paper.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing as SVG; ``alt`` says its message to who cannot see it."""

    svg: str
    alt: str
    caption: str


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; ``absent`` says that something is not there, ``warning`` stands out."""

    text: str
    absent: bool = False
    warning: bool = False


@dataclass(frozen=True, slots=True)
class Notes:
    """Short texts, each under a title of its own."""

    items: tuple[tuple[str, str], ...]


Part = Text | Table | Picture | Notes


@dataclass(frozen=True, slots=True)
class Section:
    """Parts under a heading; ``beside`` puts them side by side where there is room."""

    title: str
    parts: tuple[Part, ...]
    beside: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """A number that stands large, with its name and what it means."""

    name: str
    value: str
    about: str = ""
    mark: Mark = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that a page says, in one language.

    Attributes
    ----------
    language
        Of all its texts.
    title, subtitle
        What it is about, and for which city, plan and outlook.
    lead
        The answer, in one sentence.
    facts
        The numbers that carry the answer.
    sections
        Everything else.
    footer
        Origin and date.
    one_sheet
        Whether it must fit on one sheet of A4.
    created_on
        Day of the calculation, ISO 8601; empty when unknown.
    warnings
        What must be known before the answer is read; they stand above it.
    """

    language: Language
    title: str
    subtitle: str
    lead: str
    facts: tuple[Fact, ...]
    sections: tuple[Section, ...]
    footer: tuple[str, ...]
    one_sheet: bool = False
    created_on: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """How one column of a frame is shown; ``cell`` makes a cell of a row."""

    title: str
    cell: Callable[[Row], Cell]
    needs: tuple[str, ...]
    numeric: bool = False
    share: float = 1.0


def absent(what: str, language: Language) -> Text:
    """Say that something is not in this run."""
    end = Words("zit niet in deze berekening.", "is not in this run.")
    return Text(sentence(f"{what} {end.say(language)}"), absent=True)


def rows_of(tables: Tables, name: str, *columns: str) -> pd.DataFrame | None:
    """Rows of a table; None when it is not there or lacks one of these columns.

    A table without rows is an answer: no measures, no cost, no projects.
    """
    rows = tables.get(name)
    return rows if rows is not None and set(columns) <= set(rows.columns) else None


def filled_rows_of(tables: Tables, name: str, *columns: str) -> pd.DataFrame | None:
    """Rows of a table that answers nothing without them: None too when it has none."""
    rows = rows_of(tables, name, *columns)
    return None if rows is None or rows.empty else rows


def show_table(
    rows: pd.DataFrame,
    shown: Sequence[Shown],
    caption: str,
    language: Language,
    *,
    note: str = "",
    folded: bool = False,
) -> Table:
    """Make a table of a frame; a column that cannot be shown is named below it, never blank.

    Parameters
    ----------
    rows
        One row of the table each.
    shown
        The columns, in order; one whose ``needs`` are not in the frame is left out.
    caption
        What the table says.
    note, folded
        As in `Table`.
    """
    known = [column for column in shown if set(column.needs) <= set(rows.columns)]
    left_out = [column.title for column in shown if column not in known]
    if left_out:
        said = Words("Niet in deze berekening: {names}.", "Not in this run: {names}.")
        note = f"{note} {said.say(language, names=', '.join(left_out))}".strip()
    return Table(
        caption,
        tuple(Column(one.title, numeric=one.numeric, share=one.share) for one in known),
        tuple(tuple(one.cell(row) for one in known) for row in records(rows)),
        note=note,
        folded=folded,
    )


def records(rows: pd.DataFrame) -> list[Row]:
    """Rows of a table, each with its values by column."""
    return [{str(name): value for name, value in row.items()} for row in rows.to_dict("records")]


def render_html(page: Page) -> str:
    """Render a page as HTML without any reference outside itself.

    Pictures stand in it as images of their own, so that nothing in them can reach the rest.
    """

    def say(nl: str, en: str) -> str:
        return Words(nl, en).say(page.language)

    return _template().render(
        page=page,
        t=say,
        kind_of=_kind_of,
        image_of=_image_of,
        marks=_marks(page),
        marks_here=marks_on(page),
    )


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("stroomstad.pages"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html")


def render_pdf(page: Page) -> bytes:
    """Render a page as a tagged PDF on A4.

    A page that must fit on one sheet is set in the largest of `TEXT_SIZES_PT` with which it
    does, or in the smallest. The same page gives the same bytes.
    """
    template = (files("stroomstad.pages") / "templates" / "page.typ").read_bytes()
    fonts = typst.Fonts(
        include_system_fonts=False, font_paths=[Path(mpl.get_data_path()) / "fonts" / "ttf"]
    )
    compiler = typst.Compiler(font_paths=fonts)
    content = _as_data(page)
    inputs: dict[str, str] = {}
    for size_pt in TEXT_SIZES_PT:
        inputs = {"page": json.dumps({**content, "text_size_pt": size_pt}, ensure_ascii=False)}
        if (
            not page.one_sheet
            or _sheets(compiler.compile(template, format="svg", sys_inputs=inputs)) == 1
        ):
            break
    pdf = compiler.compile(
        template,
        format="pdf",
        sys_inputs=inputs,
        pdf_standards=PDF_STANDARD,
        timestamp=_moment(page),
    )
    if not isinstance(pdf, bytes):
        raise TypeError("typst gave no PDF")
    return pdf


def _kind_of(part: Part) -> str:
    return type(part).__name__


def _image_of(picture: Picture) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(picture.svg.encode()).decode()


def _marks(page: Page) -> dict[str, list[str]]:
    """Letter, name and meaning of every mark, in the language of the page."""
    return {
        mark: [letter, name.say(page.language), meaning.say(page.language)]
        for mark, (letter, name, meaning) in MARKS.items()
    }


def _as_data(page: Page) -> dict[str, Any]:
    content = dataclasses.asdict(page)
    for section, made in zip(page.sections, content["sections"], strict=True):
        for part, data in zip(section.parts, made["parts"], strict=True):
            data["kind"] = _kind_of(part)
    return {
        **_without_nulls(content),
        "marks": _marks(page),
        "marks_here": marks_on(page),
        "sheet": Words("bladzijde", "page").say(page.language),
        "annex": Words("Getallen bij de figuren", "Numbers of the figures").say(page.language),
    }


def _without_nulls(value: Any) -> Any:  # noqa: ANN401 - any depth of lists and texts
    """Leave out the one sign that no font of a PDF can show."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, dict):
        return {name: _without_nulls(part) for name, part in value.items()}
    return [_without_nulls(part) for part in value] if isinstance(value, list | tuple) else value


def _sheets(drawn: bytes | list[bytes] | None) -> int:
    return len(drawn) if isinstance(drawn, list) else 1


def _moment(page: Page) -> int:
    """Seconds since 1970 of the day of the calculation; the bytes must not know the clock."""
    if not page.created_on:
        return 0
    day = dt.datetime.fromisoformat(page.created_on[:10]).replace(tzinfo=dt.UTC)
    return int(day.timestamp())


def marks_on(page: Page) -> list[Mark]:
    """Marks that stand anywhere on the page, in the order of `MARKS`."""
    tables = [part for section in page.sections for part in section.parts]
    found = {fact.mark for fact in page.facts}
    found |= {
        cell.mark for part in tables if isinstance(part, Table) for row in part.rows for cell in row
    }
    return [mark for mark in MARKS if mark in found]
