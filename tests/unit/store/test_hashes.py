"""What changes the hash of a table, and what does not."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point

from stroomstad.store import hash_file, hash_table

TABLE = pd.DataFrame(
    {
        "area_code": ["WK1", "WK2"],
        "homes": [12, 0],
        "load_kw": [1.25, np.nan],
        "known": [True, False],
    }
)


def test_the_last_bits_of_a_sum_do_not_change_the_hash():
    other = TABLE.assign(load_kw=[1.25 * (1 + 1e-12), np.nan])
    assert hash_table(other) == hash_table(TABLE)


def test_a_difference_in_the_sixth_digit_changes_the_hash():
    other = TABLE.assign(load_kw=[1.25001, np.nan])
    assert hash_table(other) != hash_table(TABLE)


def test_minus_zero_is_zero():
    one, other = pd.DataFrame({"load_kw": [0.0]}), pd.DataFrame({"load_kw": [-0.0]})
    assert hash_table(one) == hash_table(other)


def test_noise_of_the_solver_is_zero():
    one, other = pd.DataFrame({"mismatch_kw": [3e-9]}), pd.DataFrame({"mismatch_kw": [-7e-10]})
    assert hash_table(one) == hash_table(other)


def test_missing_is_not_zero():
    assert hash_table(TABLE.fillna({"load_kw": 0.0})) != hash_table(TABLE)


def test_every_way_to_write_missing_is_the_same():
    columns = (
        np.array([None], dtype=object),
        np.array([np.nan]),
        np.array(["NaT"], dtype="datetime64[ns]"),
        pd.array([None], dtype="string"),
    )
    hashes = {hash_table(pd.DataFrame({"at": values})) for values in columns}
    assert len(hashes) == 1


@pytest.mark.parametrize(
    "other",
    [
        TABLE.iloc[::-1],
        TABLE[["homes", "area_code", "load_kw", "known"]],
        TABLE.rename(columns={"homes": "addresses"}),
        TABLE.iloc[:1],
        TABLE.assign(known=[True, True]),
    ],
    ids=["order of rows", "order of columns", "name of a column", "fewer rows", "a flag"],
)
def test_content_changes_the_hash(other):
    assert hash_table(other) != hash_table(TABLE)


def test_the_index_is_not_content():
    assert hash_table(TABLE.set_axis([7, 8])) == hash_table(TABLE)


def test_a_value_cannot_run_over_into_the_next():
    one, other = pd.DataFrame({"name": ["ab", "c"]}), pd.DataFrame({"name": ["a", "bc"]})
    assert hash_table(one) != hash_table(other)


def test_a_millimetre_does_not_move_a_point_and_a_metre_does():
    at, near, far = (
        gpd.GeoDataFrame(geometry=[Point(x, 480000.0)], crs=28992)
        for x in (140000.0, 140000.001, 140001.0)
    )
    assert hash_table(at) == hash_table(near)
    assert hash_table(at) != hash_table(far)


def test_the_same_moment_in_two_time_zones_is_the_same():
    utc = pd.DataFrame({"at": pd.to_datetime(["2023-01-16T17:00Z"])})
    local = pd.DataFrame({"at": utc["at"].dt.tz_convert("Europe/Amsterdam")})
    assert hash_table(utc) == hash_table(local)


def test_the_hash_of_a_file_is_sha256(tmp_path):
    path = tmp_path / "empty.csv"
    path.write_bytes(b"")
    assert hash_file(path) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
