"""Files that people hand in and take out: sheets, plans, outlines."""

from stroomstad.exchange.answers import (
    answer_table,
    answered_workbook,
    local_time,
    said,
    unit_said,
)
from stroomstad.exchange.claim_file import claim_csv, claim_workbook
from stroomstad.exchange.grid_json import grid_json
from stroomstad.exchange.grid_pandapower import pandapower_json
from stroomstad.exchange.outlines import outlines_in_degrees, outlines_text, read_outlines
from stroomstad.exchange.plan_file import read_toml, toml_text
from stroomstad.exchange.sheets import read_sheet
from stroomstad.exchange.template import template_bytes
from stroomstad.exchange.workbooks import csv_bytes, workbook_bytes

__all__ = [
    "answer_table",
    "answered_workbook",
    "claim_csv",
    "claim_workbook",
    "csv_bytes",
    "grid_json",
    "local_time",
    "outlines_in_degrees",
    "outlines_text",
    "pandapower_json",
    "read_outlines",
    "read_sheet",
    "read_toml",
    "said",
    "template_bytes",
    "toml_text",
    "unit_said",
    "workbook_bytes",
]
