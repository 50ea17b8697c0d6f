from dataclasses import replace

import horizons
import numpy as np
import pandas as pd
import pytest
from queues import PARAMETERS, all_cases, make_catalogue, make_horizon, make_projects

from stroomstad.fitting.fits import fit_projects
from stroomstad.timeline.horizons import build_horizon
from stroomstad.trust.connected import connected_band, connected_tornado, plan_span, span_of

CATALOGUE = make_catalogue((1.0, 2.0, 4.0))
BAND = ["lowest", "p10", "p50", "p90", "highest"]
CASES = ("low", "mid", "high")


def make_corners(**changes):
    """S1 may carry 60, 100 and 160 kVA, and what stands draws 40, 20 and 10 of it at the peak."""
    limits, loads = (60.0, 100.0, 160.0), (40.0, 20.0, 10.0)
    return {
        case: make_horizon({"S1": limit}, {"S1": load, "OS-A": load}, case=case, **changes)
        for case, limit, load in zip(CASES, limits, loads, strict=True)
    }


def make_span(corners, *rows):
    return span_of(corners, make_projects(*rows), CATALOGUE, PARAMETERS)


def test_in_the_corners_the_band_of_one_draw_is_the_answer_by_hand():
    told = connected_tornado(make_span(make_corners(), {"homes": 100.0})).set_index("input")
    # 80 kVA are left for homes of 2 kW; the base of 20 at noon and night binds none of them.
    assert (told["homes_mid"] == 40).all()
    assert told.loc["station", ["homes_low", "homes_high"]].tolist() == [20, 70]
    assert told.loc["existing_load", ["homes_low", "homes_high"]].tolist() == [45, 30]
    assert told.loc["new_home_peak_kw", ["homes_low", "homes_high"]].tolist() == [80, 20]
    assert told.loc["substation", "swing"] == 0


def test_the_tornado_tells_the_largest_swing_first_and_values_that_rise():
    told = connected_tornado(make_span(make_corners(), {"homes": 100.0}))
    assert told["swing"].is_monotonic_decreasing
    assert (told["low_value"] <= told["high_value"]).all()
    values = told.set_index("input")[["low_value", "mid_value", "high_value"]]
    assert values.loc["existing_load"].tolist() == [0.5, 1.0, 2.0]
    assert values.loc["mv_cable"].tolist() == [1.0, 1.0, 1.0]
    assert values.loc["regional_mw"].tolist() == [1000.0] * 3


def test_without_any_band_every_draw_is_the_answer_of_the_queue():
    mid = make_horizon({"M1": 300.0, "S1": [90.0, 90, 120, 120]}, {"S1": 20.0}, region_kw=100.0)
    projects = make_projects(
        {"homes": 30.0, "last_year": 2029, "kw_promised": 60.0},
        {"kind": "connection", "connection_kw": 10.0, "category": 1},
        {"place": "both", "homes": 80.0, "kw_promised": 160.0},
        {"place": "meadow", "homes": 5.0},
    )
    table = connected_band(span_of(all_cases(mid), projects, CATALOGUE, PARAMETERS), draws=3)
    _, reserved = fit_projects(all_cases(mid), projects, CATALOGUE, PARAMETERS)
    homes = reserved[reserved["project_id"] != "p1"].groupby("year")["size"].sum()
    assert 0 < homes.iloc[0] < homes.iloc[-1] < 115
    for name in BAND:
        assert table[name].tolist() == homes.reindex(table["year"]).tolist()
    # Of the 100 kW that the region leaves the connection takes 10, and 2 kW go to each home.
    assert table["p50"].iloc[-1] > 45
    assert table["with_region_p50"].iloc[-1] == 45


def test_the_band_is_in_order_within_what_is_asked_and_never_falls():
    span = make_span(make_corners(region_kw=70.0), {"homes": 60.0, "last_year": 2028})
    table = connected_band(span, draws=60)
    assert (table[BAND].diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)
    assert (table.diff().dropna() >= 0).all(axis=None)
    last = table.iloc[-1]
    assert 10 < last["p10"] < last["p50"] < last["p90"] <= 60
    for name in BAND:
        assert (table[f"with_region_{name}"] <= table[name]).all()
    assert last["with_region_p90"] < last["p90"]


def test_only_what_moves_makes_a_band():
    mid = make_corners()["mid"]
    region = {
        case: replace(mid, case=case, region_kw=np.full(4, kw))
        for case, kw in zip(CASES, (0.0, 40.0, 60.0), strict=True)
    }
    last = connected_band(make_span(region, {"homes": 100.0, "kw_promised": 200.0}), draws=60).iloc[
        -1
    ]
    assert last["lowest"] == last["highest"] == 40
    assert last["with_region_p10"] < last["with_region_p90"] <= 30


def test_the_same_seed_gives_the_same_bytes_and_another_one_does_not():
    span = make_span(make_corners(), {"homes": 100.0})
    first, again, other = (connected_band(span, draws=9, seed=seed) for seed in (3, 3, 4))
    pd.testing.assert_frame_equal(first, again, check_exact=True)
    assert not first.equals(other)


def test_progress_ends_with_all_of_it():
    told = []
    connected_band(make_span(make_corners(), {}), draws=4, done=told.append)
    assert told == [0.25, 0.5, 0.75, 1.0]


def test_horizons_of_other_quarters_are_refused():
    corners = make_corners()
    corners["low"] = replace(corners["low"], quarters=np.array([1, 2, 3]))
    with pytest.raises(ValueError, match="case low has other links or quarters"):
        make_span(corners, {})


def test_on_a_plan_of_the_small_city_the_middle_is_what_the_queue_reserves():
    twin = horizons.make_twin()
    plan = horizons.make_plan(horizons.measure("new_station", size=2))
    projects = make_projects(
        {"place": horizons.WEST, "homes": 2000.0, "last_year": 2028, "home_type": "terraced",
         "heating": "heat_pump"},
        {"kind": "connection", "place": horizons.EAST, "connection_kw": 300.0, "profile": "office",
         "category": 2},
        {"place": horizons.OUTLINE, "homes": 50.0, "home_type": "apartment",
         "heating": "heat_net"},
    )  # fmt: skip
    places = (horizons.WEST, horizons.EAST, horizons.OUTLINE)
    corners = {case: build_horizon(twin, plan, case, places=places) for case in CASES}
    span = plan_span(twin, plan, projects, corners)
    assert span.mid.tree.parent.size < corners["mid"].tree.parent.size
    told = connected_tornado(span)
    _, reserved = fit_projects(corners, projects, twin.catalogue, twin.parameters["mid"])
    homes = reserved[reserved["project_id"] != "p1"].groupby("year")["size"].sum()
    local = told[told["input"] != "regional_mw"]
    assert (local["homes_mid"] == homes.loc[2028]).all()
    assert 0 < homes.loc[2028] < 2000
    assert local["swing"].max() > 0
