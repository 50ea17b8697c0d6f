"""The power of a year in 16 bits: two orders, one content, and nothing half-written."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stroomstad.errors import InvalidData, NotFound
from stroomstad.store import (
    POWER_YEAR,
    add_portion,
    finish_power,
    hidden_folder,
    list_runs,
    load_run,
    open_year,
    power_at,
    power_between,
    power_facts,
    power_of,
    save_run,
    start_scratch,
)
from stroomstad.store.year_power import BY_LINK, BY_QUARTER, NOT_TOLD, STEPS
from stroomstad.tables.profiles import TimeAxis

AXIS = TimeAxis(pd.Timestamp("2023-01-01", tz="UTC").to_pydatetime(), 50)
LINKS = ["OS-1", "MS-1", "MSR-1", "MSR-2"]

WRITE_ON_A_FULL_DISK = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from stroomstad.errors import InvalidData
from stroomstad.store import add_portion, finish_power, hidden_folder, start_scratch
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
for most in map(int, sys.argv[2:]):
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, 10**6))
    try:
        with hidden_folder(Path(sys.argv[1]), "full") as folder:
            scratch = start_scratch(folder, 10)
            add_portion(scratch, np.ones((10, 1000), dtype=np.float32))
            finish_power(scratch)
        print("written")
    except InvalidData as found:
        print(found)
"""


def drawn_kva(seed=1):
    """Four links: one both ways, one withheld, one that never changes, one unsolved once."""
    power_kva = np.random.default_rng(seed).normal(0, 3e4, (4, 50)).astype(np.float32)
    power_kva[1], power_kva[2], power_kva[3, 7] = np.nan, -12.5, np.nan
    return power_kva


def written(folder, power_kva, cuts=()):
    scratch = start_scratch(folder, len(power_kva))
    for portion in np.split(power_kva, cuts, axis=1):
        add_portion(scratch, portion)
    return finish_power(scratch)


@pytest.fixture
def run(tmp_path):
    with hidden_folder(tmp_path, "year") as folder:
        scale, ready = written(folder, drawn_kva(), [13])
        named = pd.DataFrame({"link_id": LINKS, "kind": "station"}).join(scale)
        facts = {POWER_YEAR: power_facts(AXIS)}
        return save_run(tmp_path, "town", {"year_scale": named}, facts, ready=ready)


def test_every_power_comes_back_within_half_a_step_of_its_link(run):
    year = open_year(run)
    step_kva = year.scale["step_kva"].to_numpy()[:, None]
    told_kva = np.array([power_of(year, link) for link in LINKS])
    assert np.array_equal(np.isnan(told_kva), np.isnan(drawn_kva()))
    within = np.abs(told_kva - drawn_kva()) <= step_kva / 2 * (1 + 1e-9)
    assert within[~np.isnan(told_kva)].all()
    span_kva = np.ptp(drawn_kva()[0].astype(float))
    assert step_kva[0, 0] == pytest.approx(span_kva / STEPS)


def test_a_power_that_never_changes_is_exact(run):
    assert set(power_of(open_year(run), "MSR-1")) == {-12.5}


def test_both_orders_hold_the_same_numbers(run):
    year = open_year(run)
    assert np.array_equal(year.by_quarter, year.by_link.T)
    by_quarter_kva = np.array([power_at(year, quarter) for quarter in range(50)])
    by_link_kva = np.array([power_of(year, link) for link in LINKS])
    assert np.array_equal(by_quarter_kva, by_link_kva.T, equal_nan=True)


def test_a_stretch_of_quarters_is_read_from_the_file_and_ends_where_the_year_does(run):
    year = open_year(run)
    assert {type(year.by_quarter), type(year.by_link)} == {np.memmap}
    stretch_kva = power_between(year, 45, 60)
    assert stretch_kva.shape == (5, 4)
    told_kva = [power_at(year, quarter) for quarter in range(45, 50)]
    assert np.array_equal(stretch_kva, told_kva, equal_nan=True)
    assert power_between(year, 50, 60).shape == (0, 4)


def test_what_is_read_together_lies_together(run):
    year = open_year(run)
    assert year.by_quarter[3].flags.c_contiguous
    assert year.by_link[3].flags.c_contiguous
    assert (year.by_quarter.dtype, year.by_link.dtype) == (np.dtype("<u2"), np.dtype("<u2"))
    assert set(np.asarray(year.by_link[1])) == {NOT_TOLD}


def test_the_files_are_those_of_the_manifest_and_nothing_else_stays(run):
    assert [path.name for path in run.parent.iterdir()] == [run.name]
    assert {BY_QUARTER, BY_LINK} == set(load_run(run).manifest["files_written"])
    (run / BY_LINK).write_bytes((run / BY_LINK).read_bytes()[:-1] + b"\x01")
    with pytest.raises(InvalidData, match=rf"{BY_LINK}: the file is not the one that was written"):
        load_run(run)


def test_reading_in_parts_writes_the_same_bytes(tmp_path, monkeypatch):
    whole = hashes(tmp_path / "whole")
    monkeypatch.setattr("stroomstad.store.year_power._VALUES_AT_ONCE", 7 * len(LINKS))
    assert hashes(tmp_path / "parts") == whole


def hashes(folder):
    folder.mkdir()
    _, files = written(folder, drawn_kva())
    return {name: path.read_bytes() for name, path in files.items()}


@pytest.mark.skipif(sys.platform == "win32", reason="limits on files are of POSIX")
def test_a_full_disk_is_told_and_nothing_stays_behind(tmp_path):
    """The scratch file takes 40,000 bytes, each of the others 20,128."""
    limits = (39_999, 40_000)
    told = subprocess.run(
        [sys.executable, "-c", WRITE_ON_A_FULL_DISK, str(tmp_path), *map(str, limits)],
        capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    assert f"{tmp_path}: a file grew larger than the system allows." in told[0]
    assert "Nothing was kept of this run." in told[0]
    assert told[1:] == ["written"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only where /dev/full exists")
@pytest.mark.parametrize("name", [BY_QUARTER, BY_LINK])
def test_a_disk_that_is_full_at_the_end_is_told_too(tmp_path, name):
    def write_to_a_full_disk():
        with hidden_folder(tmp_path, "full") as folder:
            (folder / name).symlink_to("/dev/full")
            written(folder, drawn_kva())

    with pytest.raises(InvalidData, match=r"the disk is full\. Free some space"):
        write_to_a_full_disk()
    assert list(tmp_path.iterdir()) == []


def test_a_stop_half_way_leaves_nothing(tmp_path):
    def stopped():
        with hidden_folder(tmp_path, "stopped") as folder:
            add_portion(start_scratch(folder, 4), drawn_kva())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert list(tmp_path.iterdir()) == []


def test_a_run_without_its_year_is_told(tmp_path):
    run = save_run(tmp_path, "plain", {}, {})
    with pytest.raises(NotFound, match=r"plain: its year was not solved"):
        open_year(run)
    assert list_runs(tmp_path) == [run]


def test_a_link_and_a_quarter_that_are_not_there_are_named(run):
    year = open_year(run)
    with pytest.raises(NotFound, match="'MSR-9' is not among those"):
        power_of(year, "MSR-9")
    for quarter in (-1, 50):
        with pytest.raises(ValueError, match=f"{quarter} is not one of 0 to 49"):
            power_at(year, quarter)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        (BY_LINK, np.zeros((4, 49), dtype="<u2"), r"holds uint16 of shape \(4, 49\)"),
        (BY_QUARTER, np.zeros((50, 4)), r"holds float64 of shape \(50, 4\)"),
    ],
)
def test_a_file_of_another_shape_or_kind_is_a_named_fault(run, name, content, told):
    np.save(run / name, content)
    with pytest.raises(InvalidData, match=f"{name}: {told}"):
        open_year(run)


def test_every_damaged_file_is_told_at_once(run):
    for name in (BY_LINK, BY_QUARTER):
        (run / name).write_bytes(b"\x93NUMPY")
    with pytest.raises(InvalidData) as found:
        open_year(run)
    assert len(found.value.issues) == 2


def test_a_damaged_scale_is_told(run):
    (run / "year_scale.parquet").write_bytes(b"")
    with pytest.raises(InvalidData, match="year_scale"):
        open_year(run)
