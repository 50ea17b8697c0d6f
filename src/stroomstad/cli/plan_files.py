"""Files that the commands about plans and projects write, whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from stroomstad.errors import InvalidData, Issue
from stroomstad.exchange import (
    answered_workbook,
    claim_csv,
    claim_workbook,
    read_sheet,
    template_bytes,
)
from stroomstad.pages import Page, render_html, render_pdf
from stroomstad.planning.project_words import (
    list_choices,
    list_examples,
    list_explanation,
    list_language,
)
from stroomstad.store import check_writable, write_file
from stroomstad.store.runs import MANIFEST
from stroomstad.tables.words import Language

Tables = Mapping[str, pd.DataFrame]


def try_output(path: Path, *read: Path | None, endings: tuple[str, ...] = ()) -> None:
    """Find out before the work starts whether a file can be written.

    Parameters
    ----------
    path
        File to write.
    read
        Files that the command reads, which may not be written over.
    endings
        How its name may end; any way when left out.

    Raises
    ------
    InvalidData
        When it cannot.
    """
    if endings and path.suffix.lower() not in endings:
        problem = f"is to be written as {' or '.join(endings)}, and is not called so."
        raise InvalidData([Issue(str(path), problem, f"Let its name end in {endings[0]}.")])
    if path.exists() and not path.is_file():
        problem = "is a folder." if path.is_dir() else "is no ordinary file."
        raise InvalidData([Issue(str(path), problem, "Name a file to write.")])
    if any(each is not None and each.resolve() == path.resolve() for each in read):
        problem = "is read by this command, and would be lost."
        raise InvalidData([Issue(str(path), problem, "Write to another file.")])
    if (path.parent / MANIFEST).is_file():
        problem = "lies in the folder of a run, of which no file may change."
        raise InvalidData([Issue(str(path), problem, "Write to another folder.")])
    check_writable(path.parent)


def write_template(path: Path, language: Language) -> None:
    """Write a project list to fill in."""
    content = template_bytes(
        list_examples(language), list_explanation(), list_choices(language), language
    )
    write_file(path, content)


def language_of_list(path: Path) -> Language:
    """Language of the headers of a project list."""
    cells, _ = read_sheet(path)
    return "nl" if cells is None else list_language(str(name) for name in cells.columns)


def write_answered(path: Path, source: Path, tables: Tables, language: Language) -> None:
    """Write the list that was handed in, with the answers to the right of every row."""
    held = str(tables["limits"]["about_nl" if language == "nl" else "about"].iloc[0])
    write_file(path, answered_workbook(source, tables["fits"], language, held))


def write_claim(path: Path, tables: Tables, facts: Mapping[str, str]) -> None:
    """Write a claim as a workbook, or as a delimited file when the name ends in ``.csv``."""
    if path.suffix.lower() == ".csv":
        write_file(path, claim_csv(tables["claim"]))
        return
    write_file(path, claim_workbook(tables, facts))


def write_page(path: Path, page: Page) -> list[Path]:
    """Write a page as HTML, and as PDF beside it; returns both paths."""
    pdf = path.with_suffix(".pdf")
    html = path if path.suffix.lower() != ".pdf" else path.with_suffix(".html")
    # Both are made before either is written, so that a fault leaves neither.
    content = {html: render_html(page).encode("utf-8"), pdf: render_pdf(page)}
    for name, made in content.items():
        write_file(name, made)
    return [html, pdf]
