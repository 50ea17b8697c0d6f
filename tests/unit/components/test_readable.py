"""Every table that a component may read is declared, and has a made-up one to try it on."""

import geopandas as gpd
import pandas as pd
import pytest

from stroomstad.components.readable import READABLE, sample_tables, unit_of
from stroomstad.tables.schema import check

SAMPLE = sample_tables()


@pytest.mark.parametrize("name", READABLE)
def test_a_made_up_table_is_as_declared(name):
    assert check(SAMPLE[name], READABLE[name]) == []
    assert len(SAMPLE[name]) == 6


@pytest.mark.parametrize("name", READABLE)
def test_a_made_up_table_may_be_empty(name):
    empty = sample_tables(0)[name]
    assert empty.empty
    assert list(empty.columns) == list(SAMPLE[name].columns)


def test_what_lies_on_the_map_has_geometry_in_metres_of_the_netherlands():
    placed = {name for name, rows in SAMPLE.items() if isinstance(rows, gpd.GeoDataFrame)}
    assert placed == {name for name in READABLE if unit_of(name, "geometry")}
    assert {"areas", "points", "stations", "cables"} <= placed
    for name in placed:
        assert SAMPLE[name].crs.to_epsg() == 28992
        west, south, east, north = SAMPLE[name].total_bounds
        assert 100_000 < west <= east < 200_000
        assert 400_000 < south <= north < 500_000


def test_tables_can_be_joined_by_what_they_share():
    joined = SAMPLE["points"].merge(SAMPLE["areas"], on="area_code")
    assert len(joined) == 6


def test_something_is_missing_where_it_may_be():
    assert pd.isna(SAMPLE["chargers"]["power_max_kw"].iloc[-1])
