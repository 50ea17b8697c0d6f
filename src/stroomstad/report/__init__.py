"""What a run found, for people: one page that works offline, a picture and a terminal table."""

from __future__ import annotations

from stroomstad.report.console import console_tables, year_tables
from stroomstad.report.page import render_files, render_report
from stroomstad.report.picture import render_map_png

__all__ = ["console_tables", "render_files", "render_map_png", "render_report", "year_tables"]
