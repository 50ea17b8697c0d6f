"""Files that the commands about plans and projects write, whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import pandas as pd

from stroomstad.errors import InvalidData, Issue
from stroomstad.exchange import (
    answered_workbook,
    claim_csv,
    claim_workbook,
    template_bytes,
    toml_text,
)
from stroomstad.pages import Page, plan_page, render_html, render_pdf
from stroomstad.planning import plan_as_toml
from stroomstad.planning.project_words import list_choices, list_examples, list_explanation
from stroomstad.store import check_writable, write_file
from stroomstad.tables.plan import Plan

Language = Literal["nl", "en"]
Tables = Mapping[str, pd.DataFrame]


def try_output(path: Path) -> None:
    """Find out before the work starts whether a file can be written.

    Raises
    ------
    InvalidData
        When it cannot.
    """
    if path.is_dir():
        raise InvalidData([Issue(str(path), "is a folder.", "Name a file to write.")])
    check_writable(path.parent)


def write_template(path: Path, language: Language) -> None:
    """Write a project list to fill in."""
    content = template_bytes(
        list_examples(language), list_explanation(), list_choices(language), language
    )
    write_file(path, content)


def write_answered(path: Path, source: Path, fits: pd.DataFrame) -> None:
    """Write the list that was handed in, with the answers to the right of every row."""
    write_file(path, answered_workbook(source, fits))


def write_claim(path: Path, tables: Tables, facts: Mapping[str, str]) -> None:
    """Write a claim as a workbook, or as a delimited file when the name ends in ``.csv``."""
    if path.suffix.lower() == ".csv":
        write_file(path, claim_csv(tables["claim"]))
        return
    write_file(path, claim_workbook(tables, facts))


def write_plan(path: Path, plan: Plan) -> None:
    """Write a plan as TOML."""
    write_file(path, toml_text(plan_as_toml(plan)).encode("utf-8"))


def write_page(path: Path, page: Page) -> list[Path]:
    """Write a page as HTML, and as PDF beside it; returns both paths."""
    pdf = path.with_suffix(".pdf")
    html = path if path.suffix.lower() != ".pdf" else path.with_suffix(".html")
    write_file(html, render_html(page).encode("utf-8"))
    write_file(pdf, render_pdf(page))
    return [html, pdf]


def rendered(tables: Tables, facts: Mapping[str, object]) -> dict[str, bytes]:
    """Files that people read of the run of a plan."""
    pages = {language: plan_page(facts, tables, language) for language in ("nl", "en")}
    return {
        "report.html": render_html(pages["nl"]).encode("utf-8"),
        "report.pdf": render_pdf(pages["nl"]),
        "report-en.html": render_html(pages["en"]).encode("utf-8"),
        "report-en.pdf": render_pdf(pages["en"]),
    }
