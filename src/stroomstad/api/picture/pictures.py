"""Runs as the service reads them: opened once, kept in memory, and looked up by name."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats, Ints
from stroomstad.errors import NotFound
from stroomstad.store import (
    POWER_YEAR,
    YearPower,
    list_runs,
    load_run,
    open_series,
    open_year,
    power_between,
    power_of,
)
from stroomstad.store.runs import MANIFEST
from stroomstad.tables.results import Loading

RunKind = Literal["city", "plan", "claim", "other"]
# A table that only a run of that kind has.
_TABLE_OF: dict[RunKind, str] = {"city": "city_room", "plan": "staircase", "claim": "claim"}
# The series that is kept as power, of all but low-voltage cables.
YEAR = "year"
# Own choice: two plans side by side on one city, and the one before.
_OPEN_MAX = 6


@dataclass(frozen=True, eq=False)
class Picture:
    """A run in memory.

    Attributes
    ----------
    folder, manifest, tables
        As of a `Run`.
    series
        Series that were opened.
    kept
        What was worked out from it.
    """

    folder: Path
    manifest: dict[str, Any]
    tables: dict[str, pd.DataFrame]
    series: dict[str, Loading] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Name of the run."""
        return self.folder.name

    @property
    def kind(self) -> RunKind:
        """What the run is of."""
        return kind_of(self.manifest)

    @cached_property
    def link_at(self) -> dict[str, int]:
        """Position of every link in the series of loading."""
        if self.kind == "plan":
            rows = self.tables["years_links"]
            names = rows.loc[rows["year"] == rows["year"].min(), "link_id"]
        else:
            names = self.tables["links"]["link_id"]
        return {str(name): at for at, name in enumerate(names)}

    @cached_property
    def limit_kva(self) -> Floats:
        """Limit of every link; NaN where there is none. [kVA], shape (links,)."""
        limit_kva = self.tables["links"]["limit_kva"].to_numpy(dtype=np.float64)
        return np.where(limit_kva > 0.0, limit_kva, np.nan)

    @cached_property
    def above(self) -> Ints:
        """Position of the link that feeds each link; -1 at a substation. Shape (links,)."""
        feeding = {str(row): at for at, row in enumerate(self._far_ends)}
        return np.array([feeding.get(str(name), -1) for name in self._near_ends], dtype=np.int64)

    @cached_property
    def depth(self) -> Ints:
        """Number of links between each link and its substation. Shape (links,)."""
        depth = np.zeros(self.above.size, dtype=np.int64)
        at = self.above.copy()
        while (at >= 0).any():
            depth += at >= 0
            at = np.where(at >= 0, self.above[at], -1)
        return depth

    @cached_property
    def _far_ends(self) -> pd.Series:
        return self._ends[1]

    @cached_property
    def _near_ends(self) -> pd.Series:
        return self._ends[0]

    @cached_property
    def _ends(self) -> tuple[pd.Series, pd.Series]:
        """Node before and behind every link, in the order of ``links``."""
        cables, stations = self.tables["cables"], self.tables["stations"]
        substations = self.tables["substations"]
        near = pd.concat(
            [
                cables.set_index("cable_id")["from_node"],
                stations.set_index("station_id")["node_mv"],
                pd.Series("", index=substations["substation_id"]),
            ]
        )
        far = pd.concat(
            [
                cables.set_index("cable_id")["to_node"],
                stations.set_index("station_id")["node_lv"],
                substations.set_index("substation_id")["node_mv"],
            ]
        )
        links = self.tables["links"]["link_id"]
        return near.reindex(links), far.reindex(links)


def step_count(picture: Picture, series: str) -> int:
    """Number of steps of a series.

    Raises
    ------
    NotFound
        When the run has no such series, or has its year as earlier versions kept it.
    InvalidData
        When it is damaged.
    """
    if series == YEAR:
        return _year_of(picture).axis.quarters
    return len(_opened(picture, series))


def steps(
    picture: Picture, series: str, first: int, to: int
) -> tuple[Ints | slice, Loading | Floats]:
    """Positions of the links that a series tells of, and their loading in some steps of it.

    Read when it is asked. Shapes (links,) and (steps, links); NaN where it is not told.
    """
    if series != YEAR:
        return slice(None), _opened(picture, series)[first:to]
    year = _year_of(picture)
    at = np.array([picture.link_at[name] for name in year.place], dtype=np.int64)
    return at, power_between(year, first, to) / picture.limit_kva[at]


def course(picture: Picture, series: str, at: int) -> tuple[Floats, Floats]:
    """What one link carries in every step of a series: its load [kVA], and its loading [1].

    Shapes (steps,). Of the year the load is known beside the limit, of other series through it.
    """
    limit_kva = float(picture.limit_kva[at])
    if series != YEAR:
        loading = _opened(picture, series)[:, at].astype(np.float64)
        return loading * limit_kva, loading
    year = _year_of(picture)
    link_id = str(picture.tables["links"]["link_id"].iloc[at])
    told = link_id in year.place
    load_kva = power_of(year, link_id) if told else np.full(year.axis.quarters, np.nan)
    return load_kva, load_kva / limit_kva


def keeps_year(picture: Picture) -> bool:
    """Whether a run tells what links carry in every quarter of the year."""
    return POWER_YEAR in picture.manifest


def _year_of(picture: Picture) -> YearPower:
    if POWER_YEAR not in picture.kept:
        picture.kept[POWER_YEAR] = open_year(picture.folder)
    year: YearPower = picture.kept[POWER_YEAR]
    return year


def _opened(picture: Picture, series: str) -> Loading:
    """Series as it is kept. Shape (steps, links)."""
    if series not in picture.series:
        picture.series[series] = (
            _years(picture) if series == "years" else open_series(picture.folder, series)
        )
    return picture.series[series]


def _years(picture: Picture) -> Loading:
    """Highest loading of every link in each year of a plan. Shape (years, links)."""
    if "years_links" not in picture.tables:
        raise NotFound(f"{picture.id}: there is no series 'years'.")
    rows = picture.tables["years_links"]
    loading = rows["loading_max"].to_numpy().reshape(rows["year"].nunique(), -1)
    return loading.astype(np.float16)


def kind_of(manifest: dict[str, Any]) -> RunKind:
    """What a run is of, by the tables it has."""
    tables = manifest.get("tables", {})
    return next((kind for kind, table in _TABLE_OF.items() if table in tables), "other")


def manifest_of(folder: Path) -> dict[str, Any]:
    """Read the manifest of a run; a run never changes, so it is read once."""
    return _manifest(folder)


@lru_cache(maxsize=4096)
def _manifest(folder: Path) -> dict[str, Any]:
    try:
        read: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return {}
    return read


def runs_of(runs_folder: Path, kind: RunKind | None = None) -> list[Path]:
    """Folders of runs, newest first; of one kind where one is given."""
    found = list_runs(runs_folder)[::-1]
    return [each for each in found if kind is None or kind_of(manifest_of(each)) == kind]


def newest(runs_folder: Path, kind: RunKind, municipality_code: str = "") -> Picture | None:
    """Open the newest run of a kind, of one municipality where one is given."""
    for folder in runs_of(runs_folder, kind):
        if municipality_code in ("", manifest_of(folder).get("municipality_code")):
            return open_picture(folder)
    return None


def find_run(runs_folder: Path, name: str) -> Picture:
    """Open a run by its name.

    Raises
    ------
    NotFound
        When there is none of that name.
    """
    for folder in runs_of(runs_folder):
        if folder.name == name:
            return open_picture(folder)
    raise NotFound(f"run {name!r} is not there.")


@lru_cache(maxsize=_OPEN_MAX)
def open_picture(folder: Path) -> Picture:
    """Read a run whole, held against its hashes; the last few are kept.

    Raises
    ------
    InvalidData
        When it is damaged.
    """
    run = load_run(folder)
    return Picture(run.folder, run.manifest, run.tables)
