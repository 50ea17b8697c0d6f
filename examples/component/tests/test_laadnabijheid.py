"""A city of four address groups, worked out by hand; and laws on cities drawn at random."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import box
from stroomstad_laadnabijheid import manifest, run
from stroomstad_laadnabijheid.access import median_m, nearest_m

PROJECT = Path(__file__).parents[1]
X, Y = 140_000.0, 480_000.0
REACH = {"reach_m": 250.0}


def make_areas():
    return gpd.GeoDataFrame(
        {"area_code": ["WK01", "WK02", "WK03"], "area_name": ["West", "Oost", "Leeg"]},
        geometry=[box(X + 1000 * i, Y, X + 1000 * (i + 1), Y + 1000) for i in range(3)],
        crs=28992,
    )


def make_points(x_m, radius_m, homes, area_code):
    return pd.DataFrame(
        {
            "point_id": [f"p{i}" for i in range(len(x_m))],
            "area_code": area_code,
            "x_m": x_m,
            "y_m": Y,
            "radius_m": radius_m,
            "homes": homes,
            "new_homes": 0,
        }
    )


def make_tables():
    """One charger at 0 m; groups at 0, 240, 260 and 1,500 m, each of which has its own radius."""
    points = make_points(
        [X, X + 240, X + 260, X + 1500], [5.0, 20.0, 20.0, 30.0], [10, 20, 30, 40],
        ["WK01", "WK01", "WK01", "WK02"],
    )  # fmt: skip
    points.loc[0, ["homes", "new_homes"]] = [4, 6]
    chargers = pd.DataFrame({"x_m": [X], "y_m": [Y]})
    return {"areas": make_areas(), "points": points, "chargers": chargers}


def answer(tables, parameters=REACH):
    outputs = run({name: rows.copy() for name, rows in tables.items()}, parameters)
    return outputs.layers["charger_access"], outputs.indicators.set_index("id")


def test_a_city_worked_out_by_hand():
    layer, city = answer(make_tables())
    west = layer.iloc[0]
    # Within for sure: 10 homes at most 5 m away. At 240 ± 20 m and 260 ± 20 m: perhaps.
    assert (west["homes"], west["homes_within"]) == (60, 30)
    assert west["within_fraction"] == 30 / 60
    assert west["within_fraction_low"] == 10 / 60
    assert west["within_fraction_high"] == 60 / 60
    share = city.loc["homes_within_reach_fraction"]
    assert share[["low", "value", "high"]].tolist() == [10 / 100, 30 / 100, 60 / 100]
    # Of 100 homes the fiftieth is in the third group, at 260 m.
    median = city.loc["charger_distance_p50_m"]
    assert median[["low", "value", "high"]].tolist() == [240.0, 260.0, 280.0]


def test_an_area_without_homes_has_no_share_and_one_out_of_reach_has_none():
    layer, _ = answer(make_tables())
    assert layer["homes"].tolist() == [60, 40, 0]
    assert layer["within_fraction"].tolist()[1] == 0.0
    assert np.isnan(layer["within_fraction"].tolist()[2])


def test_without_chargers_nobody_is_near_one_and_no_distance_is_told():
    tables = make_tables()
    tables["chargers"] = tables["chargers"].iloc[:0]
    layer, city = answer(tables)
    assert layer["homes_within"].tolist() == [0, 0, 0]
    assert city["value"].isna().tolist() == [False, True]


def test_without_homes_there_is_no_share_at_all():
    tables = make_tables()
    tables["points"] = tables["points"].iloc[:0]
    layer, city = answer(tables)
    assert layer["homes"].tolist() == [0, 0, 0]
    assert city["value"].isna().all()


def test_the_manifest_has_the_version_of_the_package():
    text = (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'version = "{manifest()["version"]}"' in text
    assert f"{manifest()['id']} = " in text


@st.composite
def towns(draw):
    count = draw(st.integers(1, 12))

    def numbers(low, high, size):
        each = st.floats(low, high, allow_nan=False)
        return np.round(draw(st.lists(each, min_size=size, max_size=size)), 1)

    homes = draw(st.lists(st.integers(0, 50), min_size=count, max_size=count))
    areas = draw(st.lists(st.sampled_from(["WK01", "WK02"]), min_size=count, max_size=count))
    points = make_points(X + numbers(0, 2000, count), numbers(0, 80, count), homes, areas)
    chargers = draw(st.integers(0, 4))
    places = pd.DataFrame({"x_m": X + numbers(0, 2000, chargers), "y_m": Y})
    return {"areas": make_areas(), "points": points, "chargers": places}


@given(towns())
def test_low_middle_and_high_rise_and_a_share_is_no_more_than_all(tables):
    layer, city = answer(tables)
    names = ["within_fraction_low", "within_fraction", "within_fraction_high"]
    shares = layer.loc[layer["homes"] > 0, names].to_numpy()
    assert (np.diff(shares, axis=1) >= 0).all()
    assert ((shares >= 0) & (shares <= 1)).all()
    band = city[["low", "value", "high"]].dropna().to_numpy()
    assert (np.diff(band, axis=1) >= 0).all()


@given(towns(), st.floats(1, 2000), st.floats(1, 2000))
def test_a_longer_reach_never_reaches_fewer(tables, one, other):
    short, far = sorted([one, other])
    near, _ = answer(tables, {"reach_m": short})
    all_, _ = answer(tables, {"reach_m": far})
    assert (near["homes_within"] <= all_["homes_within"]).all()


@given(towns(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(tables, random):
    order = list(range(len(tables["points"])))
    random.shuffle(order)
    turned = tables | {"points": tables["points"].iloc[order].reset_index(drop=True)}
    for one, other in zip(answer(tables), answer(turned), strict=True):
        pd.testing.assert_frame_equal(pd.DataFrame(one), pd.DataFrame(other), check_exact=True)


@given(towns())
def test_the_homes_of_the_areas_are_those_of_the_city(tables):
    layer, city = answer(tables)
    homes = tables["points"]["homes"].sum()
    assert layer["homes"].sum() == homes
    if homes:
        share = city.loc["homes_within_reach_fraction", "value"]
        assert share == pytest.approx(layer["homes_within"].sum() / homes)


@given(towns())
def test_every_distance_is_the_least_over_all_chargers(tables):
    points, chargers = tables["points"], tables["chargers"]
    away = np.abs(points["x_m"].to_numpy()[:, None] - chargers["x_m"].to_numpy())
    np.testing.assert_allclose(nearest_m(points, chargers), away.min(axis=1, initial=np.inf))


@given(st.lists(st.tuples(st.integers(0, 900), st.integers(1, 9)), min_size=1, max_size=20))
def test_the_median_is_that_of_single_homes(groups):
    distance_m, homes = (np.array(each) for each in zip(*groups, strict=True))
    single = np.sort(np.repeat(distance_m, homes))
    lower = single[(single.size - 1) // 2]
    assert median_m(distance_m.astype(float), pd.Series(homes)) == lower
