"""Pages a person reads: a plan, two plans side by side, one page for a developer."""

from __future__ import annotations

from stroomstad.pages.compare_page import compare_page
from stroomstad.pages.files import plan_run_files
from stroomstad.pages.page import Page, render_html, render_pdf
from stroomstad.pages.plan_page import plan_page, plan_png
from stroomstad.pages.project_page import project_page
from stroomstad.pages.workbook import tables_workbook

__all__ = [
    "Page",
    "compare_page",
    "plan_page",
    "plan_png",
    "plan_run_files",
    "project_page",
    "render_html",
    "render_pdf",
    "tables_workbook",
]
