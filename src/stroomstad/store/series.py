"""Keeps the loading of every link in the design weeks, and reads a stretch without the rest."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from stroomstad.errors import InvalidData, Issue, NotFound
from stroomstad.tables.results import Loading


def series_files(series: Mapping[str, Loading]) -> dict[str, memoryview]:
    """Series as files by name, in the format of NumPy."""
    files = {}
    for name, loading in series.items():
        content = io.BytesIO()
        np.save(content, np.ascontiguousarray(loading), allow_pickle=False)
        files[_name(name)] = content.getbuffer()
    return files


def open_series(run_folder: Path, series: str) -> Loading:
    """Open a series of a run without reading it; what is asked of it is read when it is asked.

    Returns
    -------
    Shape (steps, links)

    Raises
    ------
    NotFound
        When the run has no such series.
    InvalidData
        When the file is not what was written.
    """
    path = run_folder / _name(series)
    try:
        loading: Loading = np.load(path, mmap_mode="r", allow_pickle=False)
    except FileNotFoundError as found:
        raise NotFound(f"{run_folder.name}: there is no series {series!r}.") from found
    except (OSError, ValueError, EOFError) as found:
        problem = f"the file cannot be read ({found})."
        remedy = "Calculate the run again, or fetch an undamaged copy."
        raise InvalidData([Issue(str(path), problem, remedy)]) from found
    if loading.ndim != 2 or loading.dtype != np.float16:
        problem = f"holds {loading.dtype} in {loading.ndim} dimensions, not loading."
        raise InvalidData([Issue(str(path), problem, "Calculate the run again.")])
    return loading


def _name(series: str) -> str:
    return f"loading_{series}.npy"
