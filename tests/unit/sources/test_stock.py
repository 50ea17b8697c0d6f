"""The split rule on made-up areas whose truth is known."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box
from tiny import make_parameters

from stroomstad.sources.stock import Cells, fit_rule, home_chance, predict, split_stock

PARAMETERS = make_parameters()


def make_addresses(per_area, share=0.98, use_kwh=3500.0):
    rows = [
        pd.DataFrame(
            {
                "postcode": [f"{1000 + area}{chr(65 + i // 20)}A" for i in range(count)],
                "area_code": f"A{area}",
                "range": [area * 100 + i // 20 for i in range(count)],
                "matched": True,
                "mean_use_kwh": use_kwh,
                "home_size_share": share,
                "connections_2010": 1.0,
                "era": "before_2010",
            }
        )
        for area, count in enumerate(per_area)
    ]
    return pd.concat(rows, ignore_index=True)


def make_areas(dwellings):
    return gpd.GeoDataFrame(
        {
            "area_code": [f"A{i}" for i in range(len(dwellings))],
            "area_name": [f"Area {i}" for i in range(len(dwellings))],
            "dwellings": np.array(dwellings, dtype=float),
        },
        geometry=[box(i, 0, i + 1, 1) for i in range(len(dwellings))],
    )


def split(addresses, dwellings, new_home_areas=()):
    return split_stock(addresses, make_areas(dwellings), new_home_areas, PARAMETERS)


def test_the_rule_finds_again_what_made_the_areas():
    rng = np.random.default_rng(3)
    truth = np.array([4.0, -0.2, -3.0, 0.8])
    n = 400
    cells = Cells(
        np.repeat(np.arange(20), n // 20),
        np.full(n, 50.0),
        rng.uniform(2, 15, n),
        rng.uniform(0, 0.8, n),
        rng.random(n) < 0.8,
    )
    dwellings = predict(truth, cells, 20)
    rule = fit_rule(cells, dwellings, np.arange(20), PARAMETERS)
    np.testing.assert_allclose(rule, truth, atol=0.02)


def test_a_stable_area_is_predicted_without_itself():
    addresses = make_addresses([200, 200, 200])
    wrong = split(addresses, [190, 190, 150]).reconciliation["homes_predicted"]
    right = split(addresses, [190, 190, 190]).reconciliation["homes_predicted"]
    assert wrong[2] == pytest.approx(right[2], rel=1e-3)
    assert wrong[0] < right[0] - 5


def test_homes_are_not_scaled_to_cbs():
    table = split(make_addresses([200, 200, 200]), [190, 190, 196]).reconciliation
    assert table["difference"].tolist()[2] < 0
    assert (table["homes"] + table["new_homes"] + table["other_uses"]).tolist() == [200] * 3


def test_an_excess_within_the_error_is_not_new():
    table = split(make_addresses([200, 200, 200, 200]), [188, 190, 192, 186]).reconciliation
    assert table["new_homes"].sum() == 0


def test_an_excess_beyond_the_error_was_built_since():
    addresses = make_addresses([200, 200, 200, 300])
    addresses.loc[addresses["area_code"] == "A3", "connections_2010"] = 0.5
    table = split(addresses, [190, 190, 190, 140]).reconciliation
    assert table["new_homes"].tolist()[:3] == [0, 0, 0]
    assert table["homes"].tolist()[3] == 140
    assert table["new_homes"].tolist()[3] == pytest.approx(145, abs=2)


def test_new_homes_come_first_in_the_last_postcodes_that_did_not_stand():
    addresses = make_addresses([200, 200, 200, 300])
    last = addresses["area_code"] == "A3"
    addresses.loc[last, "connections_2010"] = 0.5
    addresses.loc[addresses.index[last][100:200], "era"] = "after_2010"
    stock = split(addresses, [190, 190, 190, 245])
    places = np.flatnonzero(stock.new_home) - 600
    assert len(places) > 20
    assert places.min() >= 120
    assert places.max() == 199


def test_an_area_with_few_dwellings_is_business():
    stock = split(make_addresses([200, 200, 200]), [190, 190, 5])
    assert stock.business_areas == {"A2"}
    assert stock.reconciliation["homes"].tolist()[2] == 0
    assert stock.reconciliation["difference"].tolist()[2] == -5


def test_a_named_area_without_dwellings_holds_new_homes_only():
    stock = split(make_addresses([200, 200, 200]), [190, 190, 0], new_home_areas=("A2",))
    table = stock.reconciliation
    assert table["homes"].tolist()[2] == 0
    assert table["new_homes"].tolist()[2] > 180
    assert stock.business_areas == frozenset()


def test_unknown_dwellings_stay_missing_and_say_nothing_is_new():
    table = split(make_addresses([200, 200, 200]), [190, 190, np.nan]).reconciliation
    assert np.isnan(table["difference"].tolist()[2])
    assert table["new_homes"].tolist()[2] == 0
    assert table["homes"].tolist()[2] > 180


def test_without_stable_areas_the_stated_share_holds():
    addresses = make_addresses([100, 100]).assign(connections_2010=0.2, matched=False)
    table = split(addresses, [96, 96]).reconciliation
    assert table["homes"].tolist() == [96, 96]
    assert not table["stable"].any()


def test_a_higher_use_and_other_sizes_never_make_a_home_likelier():
    cells = Cells(
        np.array([0, 0, 1, 1, 2, 2]),
        np.full(6, 100.0),
        np.array([3.0, 9.0, 3.0, 9.0, 3.0, 9.0]),
        np.array([0.0, 0.5, 0.1, 0.6, 0.0, 0.4]),
        np.full(6, True),
    )
    contrary = np.array([120.0, 150.0, 110.0])
    rule = fit_rule(cells, contrary, np.arange(3), PARAMETERS)
    chance = home_chance(rule, cells)
    assert (np.diff(chance.reshape(3, 2), axis=1) <= 1e-9).all()
