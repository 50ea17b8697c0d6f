"""Where the outcome of a calculation is kept: one folder per run, written whole or not at all."""

from __future__ import annotations

from stroomstad.store.folders import check_writable, hidden_folder, write_file
from stroomstad.store.hashes import hash_file, hash_table
from stroomstad.store.runs import Run, list_runs, load_run, safe_name, save_run
from stroomstad.store.series import open_series, series_files
from stroomstad.store.year_power import (
    POWER_YEAR,
    YearPower,
    YearScratch,
    add_portion,
    finish_power,
    open_year,
    power_at,
    power_between,
    power_facts,
    power_of,
    start_scratch,
)

__all__ = [
    "POWER_YEAR",
    "Run",
    "YearPower",
    "YearScratch",
    "add_portion",
    "check_writable",
    "finish_power",
    "hash_file",
    "hash_table",
    "hidden_folder",
    "list_runs",
    "load_run",
    "open_series",
    "open_year",
    "power_at",
    "power_between",
    "power_facts",
    "power_of",
    "safe_name",
    "save_run",
    "series_files",
    "start_scratch",
    "write_file",
]
