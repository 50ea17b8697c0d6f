"""The files of the run of a plan that people read."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from stroomstad.pages.page import render_html, render_pdf
from stroomstad.pages.plan_page import plan_page
from stroomstad.pages.workbook import tables_workbook
from stroomstad.tables.words import LANGUAGES, Language


def plan_run_files(
    language: Language, tables: Mapping[str, pd.DataFrame], facts: Mapping[str, object]
) -> dict[str, bytes]:
    """Pages in both languages, as HTML and PDF, and the tables as a workbook in one of them."""
    pages = {each: plan_page(facts, tables, each) for each in LANGUAGES}
    return {
        "tables.xlsx": tables_workbook(tables, language),
        "report.html": render_html(pages["nl"]).encode("utf-8"),
        "report.pdf": render_pdf(pages["nl"]),
        "report-en.html": render_html(pages["en"]).encode("utf-8"),
        "report-en.pdf": render_pdf(pages["en"]),
    }
