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
import unicodedata
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
from stroomstad.store.hashes import DECIMALS, SIGNIFICANT_DIGITS, hash_file, hash_table

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
_REMEDY = "Calculate the run again, or fetch an undamaged copy."
# Own choice: leaves room for a date, a time and a number within the hundred of `_NAME`.
_SAFE_LENGTH = 60
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


def safe_name(text: str) -> str:
    """Name for a run that every file system takes, close to any text.

    Examples
    --------
    >>> safe_name("mijn städ")
    'mijn-stad'
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    joined = re.sub(r"[^A-Za-z0-9._-]+", "-", plain)[:_SAFE_LENGTH].strip("._-")
    return joined or "city"


def save_run(
    runs_folder: Path,
    name: str,
    tables: Mapping[str, pd.DataFrame],
    manifest: Mapping[str, Any],
    files: Mapping[str, bytes | memoryview] | None = None,
    *,
    ready: Mapping[str, Path] | None = None,
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
    ready
        Files by name that stand on the same disk already; they are moved into the run.

    Returns
    -------
    The folder of the run.

    Raises
    ------
    InvalidData
        When the name cannot be a folder, the folder cannot be written to, or the disk is full.
    """
    _check_names([name, *tables, *(files or {}), *(ready or {})])
    with written_whole(runs_folder, name) as partial:
        described = {label: _save_table(partial, label, rows) for label, rows in tables.items()}
        for label, content in (files or {}).items():
            write_bytes(partial / label, content)
        for label, path in (ready or {}).items():
            path.rename(partial / label)
        full = {
            **manifest,
            "format": FORMAT,
            "environment": _environment(),
            "hashes": {"significant_digits": SIGNIFICANT_DIGITS, "decimals": DECIMALS},
            "tables": described,
            "files_written": {
                label: hashlib.sha256(content).hexdigest()
                for label, content in (files or {}).items()
            }
            | {label: hash_file(partial / label) for label in ready or {}},
        }
        text = json.dumps(full, indent=2, ensure_ascii=False) + "\n"
        write_bytes(partial / MANIFEST, text.encode())
        return publish(partial, runs_folder, name)


def load_run(folder: Path) -> Run:
    """Read a run, and hold every table and file against its hash.

    Raises
    ------
    NotFound
        When there is no run in the folder.
    InvalidData
        When the manifest, a table or a file is damaged; every fault at once.
    """
    manifest = _read_manifest(folder / MANIFEST)
    tables: dict[str, pd.DataFrame] = {}
    issues: list[Issue] = []
    for name, described in manifest["tables"].items():
        found = _load_table(folder, described)
        if isinstance(found, Issue):
            issues.append(found)
        else:
            tables[name] = found
    issues += _check_files(folder, manifest.get("files_written", {}))
    if issues:
        raise InvalidData(issues)
    return Run(folder, manifest, tables)


def load_facts(folder: Path) -> dict[str, Any]:
    """Read what made a run, and none of its tables.

    Raises
    ------
    NotFound
        When there is no run in the folder.
    InvalidData
        When the manifest is damaged.
    """
    return _read_manifest(folder / MANIFEST)


def load_table(folder: Path, facts: Mapping[str, Any], name: str) -> pd.DataFrame:
    """Read one table of a run, and hold it against its hash.

    Raises
    ------
    NotFound
        When the run has no such table.
    InvalidData
        When it is damaged.
    """
    if name not in facts["tables"]:
        raise NotFound(f"{folder.name}: table {name!r} is not there.")
    found = _load_table(folder, facts["tables"][name])
    if isinstance(found, Issue):
        raise InvalidData([found])
    return found


def list_runs(runs_folder: Path) -> list[Path]:
    """Folders of finished runs, oldest first; a missing folder has no runs.

    Raises
    ------
    InvalidData
        When the folder cannot be read.
    """
    try:
        folders = sorted(runs_folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as found:
        problem = f"the folder cannot be read ({found.strerror})."
        issue = Issue(str(runs_folder), problem, "Change its rights, or name another folder.")
        raise InvalidData([issue]) from found
    named = [folder for folder in folders if not folder.name.startswith(".")]
    finished = [folder for folder in named if _is_file(folder / MANIFEST)]
    return sorted(finished, key=lambda folder: (_created_at(folder), folder.name))


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        # What may not be looked at is no finished run of this user.
        return False


def _check_files(folder: Path, written: Mapping[str, str]) -> list[Issue]:
    issues = []
    for name, sha256 in written.items():
        path = folder / name
        try:
            if hash_file(path) != sha256:
                issues.append(
                    Issue(str(path), "the file is not the one that was written.", _REMEDY)
                )
        except FileNotFoundError:
            issues.append(Issue(str(path), "the file is missing.", _REMEDY))
        except OSError as found:
            issues.append(Issue(str(path), f"the file cannot be read ({found.strerror}).", _REMEDY))
    return issues


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
    if not path.is_file():
        return Issue(str(path), "the file is missing.", _REMEDY)
    read = gpd.read_parquet if described["geometry"] else pd.read_parquet
    try:
        rows: pd.DataFrame = read(path)
    except (ArrowException, OSError, ValueError) as found:
        first = str(found).splitlines()[0]
        return Issue(str(path), f"the file cannot be read as Parquet ({first}).", _REMEDY)
    if hash_table(rows) != described["sha256"]:
        return Issue(
            str(path), f"its {len(rows)} rows are not the ones that were written.", _REMEDY
        )
    return rows


def _read_manifest(path: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError) as found:
        problem = f"{path.parent}: there is no run here ({MANIFEST} is missing)."
        raise NotFound(f"{problem} Name the folder of a run.") from found
    except OSError as found:
        problem = f"this cannot be read ({found.strerror})."
        raise InvalidData([Issue(str(path), problem, "Name the folder of a run.")]) from found
    except (ValueError, RecursionError) as found:
        raise InvalidData([Issue(str(path), f"this is not JSON ({found}).", _REMEDY)]) from found
    if not _is_manifest(manifest):
        raise InvalidData([Issue(str(path), "this is not the manifest of a run.", _REMEDY)])
    if manifest["format"] != FORMAT:
        problem = f"the run has format {manifest['format']}, this version reads format {FORMAT}."
        raise InvalidData([Issue(str(path), problem, "Use the version that made the run.")])
    checked: dict[str, Any] = manifest
    return checked


def _is_manifest(manifest: object) -> bool:
    if not isinstance(manifest, dict) or not isinstance(manifest.get("tables"), dict):
        return False
    keys = {"file", "geometry", "sha256"}
    written = manifest.get("files_written", {})
    return (
        "format" in manifest
        and isinstance(written, dict)
        and all(
            isinstance(described, dict) and keys <= set(described)
            for described in manifest["tables"].values()
        )
    )


def _created_at(folder: Path) -> str:
    try:
        return str(json.loads((folder / MANIFEST).read_bytes()).get("created_at", ""))
    except (OSError, ValueError, AttributeError):
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
