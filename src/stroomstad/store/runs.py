"""Keeps what a run found, from what input, and tells whether it is still what was written.

A run is a folder: one GeoParquet or Parquet file per table, the files that people read
(report, picture) and ``manifest.json``, which names every input, version and content hash.
"""

from __future__ import annotations

import hashlib
import io
import json
import platform
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
from pyarrow import ArrowException

from stroomstad.errors import InvalidData, Issue, NotFound
from stroomstad.store.folders import publish, write_bytes, written_whole
from stroomstad.store.hashes import DECIMALS, SIGNIFICANT_DIGITS, hash_table

MANIFEST = "manifest.json"
FORMAT = 1
_LIBRARIES = (
    "stroomstad",
    "geopandas",
    "numpy",
    "pandas",
    "power-grid-model",
    "pyarrow",
    "pyproj",
    "scipy",
    "shapely",
)
_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")


@dataclass(frozen=True, slots=True)
class Run:
    """A run as read back from disk.

    Attributes
    ----------
    folder
        Where it stands.
    manifest
        What made it: versions, city, seed, inputs, hash of every table, seconds per step.
    tables
        Its tables by name, in the order in which they were saved.
    """

    folder: Path
    manifest: dict[str, Any]
    tables: dict[str, pd.DataFrame]


def save_run(
    runs_folder: Path,
    name: str,
    tables: Mapping[str, pd.DataFrame],
    manifest: Mapping[str, Any],
    files: Mapping[str, bytes] | None = None,
) -> Path:
    """Write a run in one step: the whole folder appears, or nothing does.

    Parameters
    ----------
    runs_folder
        Folder of all runs; made when it is not there.
    name
        Name of the run; a number is added when a run of that name stands there already.
    tables
        Tables by name. An index is not kept.
    manifest
        What the caller knows of the run. The keys ``format``, ``environment``, ``tables`` and
        ``files_written`` are filled in here.
    files
        Further files by name, such as ``report.html``.

    Returns
    -------
    The folder of the run.

    Raises
    ------
    InvalidData
        When the name cannot be a folder, the folder cannot be written to, or the disk is full.
    """
    _check_names([name, *tables, *(files or {})])
    with written_whole(runs_folder, name) as partial:
        described = {label: _save_table(partial, label, rows) for label, rows in tables.items()}
        for label, content in (files or {}).items():
            write_bytes(partial / label, content)
        full = {
            **manifest,
            "format": FORMAT,
            "environment": _environment(),
            "hashes": {"significant_digits": SIGNIFICANT_DIGITS, "decimals": DECIMALS},
            "tables": described,
            "files_written": {
                label: hashlib.sha256(content).hexdigest()
                for label, content in (files or {}).items()
            },
        }
        text = json.dumps(full, indent=2, ensure_ascii=False) + "\n"
        write_bytes(partial / MANIFEST, text.encode())
        return publish(partial, runs_folder, name)


def load_run(folder: Path) -> Run:
    """Read a run, and hold every table against its hash.

    Raises
    ------
    NotFound
        When there is no run in the folder.
    InvalidData
        When the manifest or a table is damaged; every fault at once.
    """
    if not (folder / MANIFEST).is_file():
        raise NotFound(
            f"{folder}: there is no run here ({MANIFEST} is missing). Name the folder of a run."
        )
    manifest = _read_manifest(folder / MANIFEST)
    tables: dict[str, pd.DataFrame] = {}
    issues: list[Issue] = []
    for name, described in manifest["tables"].items():
        found = _load_table(folder, described)
        if isinstance(found, Issue):
            issues.append(found)
        else:
            tables[name] = found
    if issues:
        raise InvalidData(issues)
    return Run(folder, manifest, tables)


def list_runs(runs_folder: Path) -> list[Path]:
    """Folders of finished runs, oldest first; a missing folder has no runs."""
    if not runs_folder.is_dir():
        return []
    found = [
        folder
        for folder in runs_folder.iterdir()
        if not folder.name.startswith(".") and (folder / MANIFEST).is_file()
    ]
    return sorted(found, key=lambda folder: (_created_at(folder), folder.name))


def _save_table(folder: Path, name: str, rows: pd.DataFrame) -> dict[str, Any]:
    plain = rows.reset_index(drop=True)
    # Written to memory first: errors of the disk then come from one place, in one form.
    content = io.BytesIO()
    plain.to_parquet(content, index=False)
    write_bytes(folder / f"{name}.parquet", content.getvalue())
    return {
        "file": f"{name}.parquet",
        "rows": len(plain),
        "geometry": isinstance(plain, gpd.GeoDataFrame),
        "sha256": hash_table(plain),
    }


def _load_table(folder: Path, described: Mapping[str, Any]) -> pd.DataFrame | Issue:
    path = folder / str(described["file"])
    remedy = "Calculate the run again, or fetch an undamaged copy."
    if not path.is_file():
        return Issue(str(path), "the file is missing.", remedy)
    read = gpd.read_parquet if described["geometry"] else pd.read_parquet
    try:
        rows: pd.DataFrame = read(path)
    except (ArrowException, OSError, ValueError) as found:
        first = str(found).splitlines()[0]
        return Issue(str(path), f"the file cannot be read as Parquet ({first}).", remedy)
    if hash_table(rows) != described["sha256"]:
        return Issue(str(path), f"its {len(rows)} rows are not the ones that were written.", remedy)
    return rows


def _read_manifest(path: Path) -> dict[str, Any]:
    remedy = "Calculate the run again, or fetch an undamaged copy."
    try:
        manifest = json.loads(path.read_bytes())
    except ValueError as found:
        raise InvalidData([Issue(str(path), f"this is not JSON ({found}).", remedy)]) from found
    if not _is_manifest(manifest):
        raise InvalidData([Issue(str(path), "this is not the manifest of a run.", remedy)])
    if manifest["format"] != FORMAT:
        problem = f"the run has format {manifest['format']}, this version reads format {FORMAT}."
        raise InvalidData([Issue(str(path), problem, "Use the version that made the run.")])
    checked: dict[str, Any] = manifest
    return checked


def _is_manifest(manifest: object) -> bool:
    if not isinstance(manifest, dict) or not isinstance(manifest.get("tables"), dict):
        return False
    keys = {"file", "geometry", "sha256"}
    return "format" in manifest and all(
        isinstance(described, dict) and keys <= set(described)
        for described in manifest["tables"].values()
    )


def _created_at(folder: Path) -> str:
    try:
        return str(json.loads((folder / MANIFEST).read_bytes()).get("created_at", ""))
    except (ValueError, AttributeError):
        return ""


def _environment() -> dict[str, Any]:
    versions = {}
    for library in _LIBRARIES:
        try:
            versions[library] = version(library)
        except PackageNotFoundError:
            versions[library] = "not installed"
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "libraries": versions,
    }


def _check_names(names: list[str]) -> None:
    issues = [
        Issue(
            f"run {name!r}",
            "this cannot be the name of a run, table or file.",
            "Use letters, digits, dots, dashes and underscores, at most 100, and no dot in front.",
        )
        for name in names
        if not _NAME.match(name)
    ]
    if issues:
        raise InvalidData(issues)
