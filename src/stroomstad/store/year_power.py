"""The power of links in every quarter of a year, in 16-bit numbers and in two orders.

Portions that follow each other go to a scratch file as they are solved, so that memory follows
the length of a portion. Each link has a scale of its own, from its lowest to its highest power of
the year; it is known when the last portion has come, and then the scratch file is read once and
written by quarter (all links of one quarter lie together) and by link (the year of one link does).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stroomstad.blocks import Floats
from stroomstad.errors import Issue, NotFound, raise_faults
from stroomstad.store.folders import disk_faults
from stroomstad.store.runs import load_facts, load_table
from stroomstad.tables.profiles import TimeAxis
from stroomstad.tables.results import Floats32

Codes = NDArray[np.uint16]
BY_QUARTER, BY_LINK = "power_year_by_quarter.npy", "power_year_by_link.npy"
# The table that tells the scale of every link, and the entry of the manifest that tells the rest.
SCALE = "year_scale"
POWER_YEAR = "power_year"
# All that 16 bits tell apart, less the one that says that nothing is told.
NOT_TOLD = 65535
STEPS = NOT_TOLD - 1
# Own choice: what is read of the scratch file at once; some 50 MB as they are worked on.
_VALUES_AT_ONCE = 2**22
_SCRATCH = "scratch.f4"


@dataclass(slots=True)
class YearScratch:
    """Power on its way to two files.

    Attributes
    ----------
    folder
        Folder of the scratch file, and of the two files.
    low_kva, high_kva
        Lowest and highest power of every link so far. [kVA], shape (links,)
    quarters
        How many quarters have come.
    """

    folder: Path
    low_kva: Floats32
    high_kva: Floats32
    quarters: int = 0


@dataclass(frozen=True, slots=True)
class YearPower:
    """The year of a run, opened and not read.

    Attributes
    ----------
    axis
        The quarters.
    scale
        The table ``year_scale``: a row per link, in the order of the files.
    by_quarter
        Steps above the lowest power; `NOT_TOLD` where nothing is told. Shape (quarters, links)
    by_link
        The same. Shape (links, quarters)
    place
        Position of every link.
    """

    axis: TimeAxis
    scale: pd.DataFrame
    by_quarter: Codes
    by_link: Codes
    place: Mapping[str, int] = field(repr=False)


def start_scratch(folder: Path, links: int) -> YearScratch:
    """Begin a year of a number of links in a folder."""
    nothing = np.full(links, np.inf, dtype=np.float32)
    return YearScratch(folder, nothing, -nothing)


def add_portion(scratch: YearScratch, power_kva: Floats32) -> None:
    """Add the quarters that follow on those that have come.

    Parameters
    ----------
    scratch
        Changed in place.
    power_kva
        Positive towards the customers, negative towards the region; NaN where nothing is told.
        [kVA], shape (links, quarters)

    Raises
    ------
    InvalidData
        When the disk is full, or the folder cannot be written to.
    """
    scratch.low_kva = np.fmin(scratch.low_kva, np.fmin.reduce(power_kva, axis=1, initial=np.inf))
    scratch.high_kva = np.fmax(scratch.high_kva, np.fmax.reduce(power_kva, axis=1, initial=-np.inf))
    with disk_faults(scratch.folder.parent), (scratch.folder / _SCRATCH).open("ab") as opened:
        opened.write(np.ascontiguousarray(power_kva.T, dtype="<f4").data)
    scratch.quarters += power_kva.shape[1]


def finish_power(scratch: YearScratch) -> tuple[pd.DataFrame, dict[str, Path]]:
    """Write both files, and remove the scratch file.

    Returns
    -------
    ``low_kva`` and ``step_kva`` of every link, missing where nothing is told of it; and the files
    by name.

    Raises
    ------
    InvalidData
        When the disk is full, or the folder cannot be written to.
    """
    scale = _scale(scratch)
    links, quarters = len(scale), scratch.quarters
    files = {name: scratch.folder / name for name in (BY_QUARTER, BY_LINK)}
    source = scratch.folder / _SCRATCH
    with (
        disk_faults(scratch.folder.parent),
        source.open("rb") as read,
        files[BY_QUARTER].open("wb") as by_quarter,
        files[BY_LINK].open("wb") as by_link,
    ):
        _write_head(by_quarter, (quarters, links))
        _write_head(by_link, (links, quarters))
        first, rows = by_link.tell(), max(1, _VALUES_AT_ONCE // max(links, 1))
        for start in range(0, quarters, rows):
            power_kva = np.fromfile(read, "<f4", min(rows, quarters - start) * links)
            codes = to_codes(power_kva.reshape(-1, links), scale)
            by_quarter.write(codes.data)
            for link, row in enumerate(np.ascontiguousarray(codes.T)):
                by_link.seek(first + codes.itemsize * (link * quarters + start))
                by_link.write(row.data)
        for written in (by_quarter, by_link):
            written.flush()
            os.fsync(written.fileno())
    source.unlink()
    return scale, files


def to_codes(power_kva: Floats32, scale: pd.DataFrame) -> Codes:
    """Nearest step of every power. Shape (quarters, links), as the power is."""
    low_kva, step_kva = (scale[name].to_numpy() for name in ("low_kva", "step_kva"))
    steps = (power_kva - low_kva) / np.where(step_kva > 0.0, step_kva, 1.0)
    return np.where(np.isnan(steps), NOT_TOLD, np.rint(steps)).astype("<u2")


def to_power(codes: Codes, low_kva: Floats, step_kva: Floats) -> Floats:
    """Power of every code; NaN where nothing is told. [kVA], shape as these go together."""
    power_kva: Floats = np.where(codes == NOT_TOLD, np.nan, low_kva + codes * step_kva)
    return power_kva


def _scale(scratch: YearScratch) -> pd.DataFrame:
    low_kva, high_kva = (
        np.where(np.isfinite(each), each, np.nan).astype(np.float64)
        for each in (scratch.low_kva, scratch.high_kva)
    )
    return pd.DataFrame({"low_kva": low_kva, "step_kva": (high_kva - low_kva) / STEPS})


def _write_head(opened: IO[bytes], shape: tuple[int, int]) -> None:
    head = {"descr": "<u2", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(opened, head)


def power_facts(axis: TimeAxis) -> dict[str, object]:
    """What the manifest of a run tells of its year.

    Parameters
    ----------
    axis
        The quarters.
    """
    return {
        "by_quarter": BY_QUARTER,
        "by_link": BY_LINK,
        "scale": SCALE,
        "unit": "kVA",
        "sign": "positive towards the customers, negative towards the region",
        "not_told": NOT_TOLD,
        "from": axis.start.isoformat(),
        "steps": axis.quarters,
        "minutes": 15,
    }


def open_year(run_folder: Path) -> YearPower:
    """Open the year of a run without reading it; what is asked of it is read when it is asked.

    Raises
    ------
    NotFound
        When there is no run, or it has no year, or has it as earlier versions kept it.
    InvalidData
        When the run is damaged.
    """
    facts = load_facts(run_folder)
    _check_kept(run_folder.name, facts)
    told = facts[POWER_YEAR]
    scale = load_table(run_folder, facts, SCALE)
    axis = TimeAxis(pd.Timestamp(told["from"]).to_pydatetime(), int(told["steps"]))
    shape = (axis.quarters, len(scale))
    opened = [
        _open(run_folder / BY_QUARTER, shape),
        _open(run_folder / BY_LINK, shape[::-1]),
    ]
    raise_faults([each for each in opened if isinstance(each, Issue)])
    by_quarter, by_link = (each for each in opened if not isinstance(each, Issue))
    place = {str(name): at for at, name in enumerate(scale["link_id"])}
    return YearPower(axis, scale, by_quarter, by_link, place)


def _check_kept(run: str, facts: Mapping[str, object]) -> None:
    if POWER_YEAR in facts:
        return
    series, remedy = facts.get("series"), "Calculate the run again with its year (--year)."
    if isinstance(series, dict) and "year" in series:
        raise NotFound(f"{run}: its year is kept as loading, as earlier versions did. {remedy}")
    raise NotFound(f"{run}: its year was not solved. {remedy}")


def _open(path: Path, shape: tuple[int, int]) -> Codes | Issue:
    remedy = "Calculate the run again, or fetch an undamaged copy."
    try:
        codes: Codes = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as found:
        return Issue(str(path), f"the file cannot be read ({found}).", remedy)
    if codes.dtype != np.dtype("<u2") or codes.shape != shape:
        told = f"{codes.dtype} of shape {codes.shape}"
        return Issue(str(path), f"holds {told} where uint16 of shape {shape} is expected.", remedy)
    return codes


def power_at(year: YearPower, quarter: int) -> Floats:
    """Power of every link in one quarter, in the order of ``year.scale``.

    Returns
    -------
    Within half a step of each link; NaN where nothing is told. [kVA], shape (links,)

    Raises
    ------
    ValueError
        When the year has no such quarter.
    """
    if not 0 <= quarter < year.axis.quarters:
        raise ValueError(f"quarter: {quarter} is not one of 0 to {year.axis.quarters - 1}.")
    power_kva: Floats = power_between(year, quarter, quarter + 1)[0]
    return power_kva


def power_between(year: YearPower, first: int, to: int) -> Floats:
    """Power of every link in the quarters from one up to another; no other quarter is read.

    Returns
    -------
    As `power_at`; of what lies outside the year nothing. [kVA], shape (quarters, links)
    """
    low_kva, step_kva = (year.scale[name].to_numpy() for name in ("low_kva", "step_kva"))
    return to_power(year.by_quarter[max(first, 0) : max(to, 0)], low_kva, step_kva)


def power_of(year: YearPower, link_id: str) -> Floats:
    """Power of one link in every quarter.

    Returns
    -------
    Within half a step of the link; NaN where nothing is told. [kVA], shape (quarters,)

    Raises
    ------
    NotFound
        When the year does not tell of such a link.
    """
    if link_id not in year.place:
        raise NotFound(
            f"asset {link_id!r} is not among those of which the year is kept. Name a substation, "
            "ring, medium-voltage cable or station of the table links."
        )
    at = year.place[link_id]
    row = year.scale.iloc[at]
    return to_power(year.by_link[at], row["low_kva"], row["step_kva"])
