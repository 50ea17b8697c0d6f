from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from horizons import YEARS, make_horizon, make_plan, make_twin, measure

from stroomstad.fitting.fits import homes_that_fit
from stroomstad.timeline.horizons import build_horizon
from stroomstad.trust.staircase import horizon_band, plan_band

DRAWS = 40


def make_corners(**changes):
    """Hand-made horizons: in the low case limits are lower and homes larger, in the high case not.

    In the middle 100 homes fit behind S1, 75 behind S2 and 175 in the city.
    """
    mid = make_horizon(**changes)
    low = replace(mid, case="low", limit_kva=mid.limit_kva * 0.8, home_kw=3.0)
    high = replace(mid, case="high", limit_kva=mid.limit_kva * 1.5, home_kw=1.0)
    return {"low": low, "mid": mid, "high": high}


def pick(table, *, lasting=True, with_region=False):
    ours = (table["lasting"] == lasting) & (table["with_region"] == with_region)
    return table[ours].set_index("year")


def test_the_middle_case_is_what_fits_by_hand():
    years, _ = horizon_band(make_corners(), draws=2)
    assert pick(years)["case_mid"].tolist() == [175, 175, 175]
    assert pick(years)["case_low"].tolist() == [40 + 33] * 3
    assert pick(years)["case_high"].tolist() == [400 + 275] * 3


def test_without_any_band_every_draw_is_the_middle_answer():
    mid = make_horizon()
    years, _ = horizon_band(dict.fromkeys(("low", "mid", "high"), mid), draws=5)
    told = years[["case_low", "case_high", "lowest", "p10", "p50", "p90", "highest"]]
    assert told.eq(years["case_mid"], axis=0).all().all()
    assert (years["case_mid"] == 175).all()


def test_the_band_lies_between_the_corners_and_holds_the_middle():
    years, _ = horizon_band(make_corners(), draws=DRAWS)
    order = ["case_low", "lowest", "p10", "p50", "p90", "highest", "case_high"]
    assert (years[order].diff(axis=1).iloc[:, 1:] >= 0).all().all()
    assert years["case_mid"].between(years["lowest"], years["highest"]).all()


def test_what_is_connected_must_fit_in_every_later_year():
    limit_kva = make_horizon().limit_kva.copy()
    stations = make_horizon().tree.link_ids == "S1"
    limit_kva[1, stations] = 300.0
    years, _ = horizon_band(make_corners(limit_kva=limit_kva), draws=2)
    assert pick(years)["case_mid"].tolist() == [125, 125, 175]
    assert pick(years, lasting=False)["case_mid"].tolist() == [175, 125, 175]


def test_the_region_holds_the_city_back():
    corners = make_corners()
    region_kw = {"low": 0.0, "mid": 100.0, "high": 200.0}
    held = {
        case: replace(each, region_kw=np.array([np.inf, region_kw[case], np.inf]))
        for case, each in corners.items()
    }
    years, _ = horizon_band(held, draws=DRAWS)
    now = pick(years, lasting=False, with_region=True)
    assert now["case_mid"].tolist() == [175, 50, 175]
    assert pick(years, with_region=True)["case_mid"].tolist() == [50, 50, 175]
    alone = pick(years, lasting=False)
    assert now.loc[2026, "p50"] == alone.loc[2026, "p50"]
    assert now.loc[2027, "p90"] < alone.loc[2027, "p10"]


def test_the_same_seed_gives_the_same_bytes_and_another_one_does_not():
    first, again, other = (horizon_band(make_corners(), draws=9, seed=n)[0] for n in (3, 3, 4))
    pd.testing.assert_frame_equal(first, again, check_exact=True)
    assert not first.equals(other)


def test_a_station_grows_full_as_its_load_grows():
    mid = make_horizon()
    growth = np.array([0.5, 0.9, 1.3])[:, None, None]
    grown = {
        case: replace(each, base_kva=(each.base_kva * growth * 2.0).astype(np.float32))
        for case, each in make_corners().items()
    }
    _, stations = horizon_band(grown, "WK000101", draws=DRAWS)
    full = stations["probability_full_modelled"].tolist()
    assert stations["station_id"].tolist() == ["S1"] * 3
    assert stations["year"].tolist() == list(mid.years)
    assert full == sorted(full)
    assert full[0] == 0 < full[1] < full[2]


def test_horizons_of_different_grids_are_refused():
    corners = make_corners()
    tree = corners["low"].tree
    other = replace(tree, link_ids=tree.link_ids[::-1])
    with pytest.raises(ValueError, match="case low has other links"):
        horizon_band(corners | {"low": replace(corners["low"], tree=other)}, draws=1)


def test_a_plan_over_the_small_city_agrees_with_what_fits_in_its_horizon():
    twin = make_twin()
    plan = make_plan(measure("new_station", size=2))
    years, stations = plan_band(twin, plan, draws=10)
    horizon = build_horizon(twin, plan)
    told = homes_that_fit(horizon, "city", horizon.home_kw).set_index("year")
    assert pick(years)["case_mid"].tolist() == told["room_lasting"].tolist()
    assert pick(years, lasting=False)["case_mid"].tolist() == told["room"].tolist()
    assert list(pick(years).index) == list(range(YEARS[0], YEARS[1] + 1))
    assert {"S1", "S2"} < set(stations["station_id"])


def test_a_station_that_may_come_after_the_horizon_keeps_the_cases_alike():
    late = measure("new_station", in_service="2027-01-01", in_service_late="2099-01-01")
    years, _ = plan_band(make_twin(), make_plan(late), draws=2)
    assert len(years)
