"""A run that is saved can be read back; a damaged one says what is wrong with it."""

import json
import shutil

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from shapely.geometry import box

from stroomstad.errors import InvalidData, NotFound
from stroomstad.store import hash_table, list_runs, load_run, safe_name, save_run

TABLES = {
    "room": pd.DataFrame({"area_code": ["WK1", "WK2"], "room": [10.0, np.nan], "stations": [2, 0]}),
    "areas": gpd.GeoDataFrame({"area_code": ["WK1"]}, geometry=[box(0, 0, 1, 1)], crs=28992),
    "known": pd.DataFrame(columns=["asset", "value"]),
    "nothing": pd.DataFrame(),
}
MANIFEST = {"city": "Proefstad", "seed": 1, "created_at": "2024-05-01T10:00:00Z"}


@pytest.fixture
def saved(tmp_path):
    return save_run(tmp_path, "proefstad", TABLES, MANIFEST, {"report.html": b"<html></html>"})


@pytest.mark.parametrize("name", TABLES)
def test_a_table_comes_back_as_it_was(saved, name):
    assert_frame_equal(
        load_run(saved).tables[name], TABLES[name], check_dtype=False, check_column_type=False
    )


def test_tables_come_back_in_their_order(saved):
    assert list(load_run(saved).tables) == list(TABLES)


def test_geometry_keeps_its_coordinate_system(saved):
    assert load_run(saved).tables["areas"].crs.to_epsg() == 28992


def test_the_manifest_keeps_what_the_caller_says(saved):
    assert MANIFEST.items() <= load_run(saved).manifest.items()


def test_the_manifest_names_versions_and_hashes(saved):
    manifest = load_run(saved).manifest
    assert manifest["environment"]["libraries"]["pandas"] == pd.__version__
    assert manifest["tables"]["room"]["sha256"] == hash_table(TABLES["room"])
    assert manifest["hashes"]["significant_digits"] == 6


def test_files_stand_beside_the_tables(saved):
    assert (saved / "report.html").read_bytes() == b"<html></html>"


def test_a_second_run_of_the_same_name_gets_a_number(saved, tmp_path):
    again = save_run(tmp_path, "proefstad", TABLES, MANIFEST)
    assert (saved.name, again.name) == ("proefstad", "proefstad-2")


def test_the_same_tables_have_the_same_hashes_in_two_runs(saved, tmp_path):
    again = save_run(tmp_path, "proefstad", TABLES, MANIFEST)
    assert load_run(saved).manifest["tables"] == load_run(again).manifest["tables"]


def test_runs_are_listed_oldest_first(tmp_path):
    for name, moment in (("b", "2024-01-01"), ("a", "2024-03-01"), ("c", "2024-02-01")):
        save_run(tmp_path, name, {}, {"created_at": moment})
    assert [folder.name for folder in list_runs(tmp_path)] == ["b", "c", "a"]


def test_a_folder_that_is_not_there_has_no_runs(tmp_path):
    assert list_runs(tmp_path / "runs") == []


def test_half_written_and_foreign_folders_are_not_runs(saved, tmp_path):
    shutil.copytree(saved, tmp_path / ".proefstad.partial-1")
    (tmp_path / "notes").mkdir()
    assert list_runs(tmp_path) == [saved]


def test_a_run_with_a_damaged_manifest_is_listed_so_that_it_can_be_found(saved, tmp_path):
    (saved / "manifest.json").write_text("[]")
    assert list_runs(tmp_path) == [saved]


def test_a_missing_run_is_told(tmp_path):
    with pytest.raises(NotFound, match="there is no run here"):
        load_run(tmp_path / "proefstad")


@pytest.mark.parametrize("content", ["{", '"text"', "{}", '{"format": 1, "tables": {"room": 3}}'])
def test_a_garbage_manifest_is_told(saved, content):
    (saved / "manifest.json").write_text(content)
    with pytest.raises(InvalidData, match=r"manifest\.json: this is not"):
        load_run(saved)


def test_a_manifest_that_is_not_text_is_told(saved):
    (saved / "manifest.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidData, match="this is not JSON"):
        load_run(saved)


def test_a_run_of_a_later_format_is_told(saved):
    manifest = json.loads((saved / "manifest.json").read_text())
    (saved / "manifest.json").write_text(json.dumps({**manifest, "format": 99}))
    with pytest.raises(InvalidData, match="format 99, this version reads format 1"):
        load_run(saved)


def test_every_damaged_table_is_told_at_once(saved):
    room = saved / "room.parquet"
    room.write_bytes(room.read_bytes()[:40])
    (saved / "areas.parquet").unlink()
    TABLES["room"].assign(room=[11.0, 0.0]).to_parquet(saved / "known.parquet")
    with pytest.raises(InvalidData) as found:
        load_run(saved)
    problems = [issue.problem for issue in found.value.issues]
    assert "cannot be read as Parquet" in problems[0]
    assert "the file is missing" in problems[1]
    assert "are not the ones that were written" in problems[2]


@pytest.mark.parametrize("name", ["", ".hidden", "../elsewhere", "a/b", "x" * 101])
def test_a_name_that_cannot_be_a_folder_is_told(tmp_path, name):
    with pytest.raises(InvalidData, match="cannot be the name"):
        save_run(tmp_path, name, {}, {})
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_gone_or_changed_is_told(tmp_path):
    files = {"report.html": b"report", "map.png": b"map"}
    saved = save_run(tmp_path, "proefstad", TABLES, MANIFEST, files)
    (saved / "report.html").unlink()
    (saved / "map.png").write_bytes(b"another")
    with pytest.raises(InvalidData) as found:
        load_run(saved)
    assert [issue.problem for issue in found.value.issues] == [
        "the file is missing.",
        "the file is not the one that was written.",
    ]


def test_a_manifest_that_cannot_be_read_is_told_and_leaves_the_other_runs_alone(saved, tmp_path):
    broken = tmp_path / "broken"
    (broken / "manifest.json").mkdir(parents=True)
    assert list_runs(tmp_path) == [saved]
    with pytest.raises(InvalidData, match=r"manifest\.json: this cannot be read"):
        load_run(broken)


def test_a_path_that_is_too_long_for_the_system_is_told(tmp_path):
    with pytest.raises(InvalidData, match="this cannot be read"):
        load_run(tmp_path / ("x" * 300))
    with pytest.raises(InvalidData, match="the folder cannot be read"):
        list_runs(tmp_path / ("x" * 300))


def test_a_manifest_whose_files_are_no_table_is_told(saved):
    manifest = json.loads((saved / "manifest.json").read_text())
    (saved / "manifest.json").write_text(json.dumps({**manifest, "files_written": ["report"]}))
    with pytest.raises(InvalidData, match="not the manifest of a run"):
        load_run(saved)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("mijn stad", "mijn-stad"),
        ("städ", "stad"),
        (".verborgen", "verborgen"),
        ("R[/old]", "R-old"),
        ("城市", "city"),
        ("", "city"),
        ("almere", "almere"),
    ],
)
def test_any_folder_name_becomes_the_name_of_a_run(tmp_path, text, name):
    assert safe_name(text) == name
    assert save_run(tmp_path, safe_name(text), {}, {}).name == name


def test_a_long_folder_name_leaves_room_for_a_date(tmp_path):
    assert save_run(tmp_path, f"{safe_name('x' * 300)}-20240101-120000", {}, {}).is_dir()
