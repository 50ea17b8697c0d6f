"""Where the outcome of a calculation is kept: one folder per run, written whole or not at all."""

from __future__ import annotations

from stroomstad.store.folders import check_writable, write_file
from stroomstad.store.hashes import hash_file, hash_table
from stroomstad.store.runs import Run, list_runs, load_run, safe_name, save_run
from stroomstad.store.series import open_series, series_files, series_name

__all__ = [
    "Run",
    "check_writable",
    "hash_file",
    "hash_table",
    "list_runs",
    "load_run",
    "open_series",
    "safe_name",
    "save_run",
    "series_files",
    "series_name",
    "write_file",
]
