from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from horizons import EAST, NORTH, OUTLINE, WEST, built_horizon, make_plan, make_twin, measure

from stroomstad.errors import InvalidData
from stroomstad.powerflow import solve_steps
from stroomstad.tables.parameters import override
from stroomstad.tables.plan import PROMISES
from stroomstad.tables.schema import check
from stroomstad.timeline.horizons import build_horizon, in_years
from stroomstad.trust.confirm import CONFIRMATION, CONFIRMED, build_promises, confirm_plan


def project(name="homes", place=WEST, size=1000.0, profile="", **changes):
    """Row of a project list: homes, or a connection where it has a profile."""
    row = {
        "project_id": name,
        "row": 2,
        "name": name,
        "kind": "connection" if profile else "homes",
        "place": place,
        "first_year": 2026,
        "last_year": 2026,
        "homes": 0.0 if profile else size,
        "home_type": "" if profile else "any",
        "segment": "",
        "heating": "" if profile else "unknown",
        "kw_promised": np.nan,
        "connection_kw": size if profile else 0.0,
        "profile": profile or "home",
        "category": 4 if profile else 3,
        "requested_on": "",
        "jobs": np.nan,
        "assumed": True,
        "source": "test",
    }
    return row | changes


def promising(plan, *promises):
    table = pd.DataFrame(promises, columns=list(PROMISES.columns)).astype({"size": float})
    return replace(plan, promises=table)


def confirmed(plan, *projects, twin=None, years=None, **choices):
    """Sizes confirmed by project, and evidence by year; the summer week apart."""
    twin = twin or make_twin()
    horizon = in_years(build_horizon(twin, plan), years or plan.years)
    table, evidence = confirm_plan(
        twin, plan, pd.DataFrame(projects), horizon, solve_steps, **choices
    )
    assert check(table, CONFIRMED) == []
    assert check(evidence, CONFIRMATION) == []
    winter = evidence[evidence["direction"] == "load"].set_index("year")
    summer = evidence[evidence["direction"] == "feed_in"]
    return table.set_index(["project_id", "year"]), winter, summer.iloc[0]


def test_a_promise_within_room_is_confirmed_whole():
    plan = promising(make_plan(), ("homes", 2026, 20), ("homes", 2027, 50), ("school", 2028, 30))
    table, winter, _ = confirmed(plan, project(), project("school", EAST, 30.0, "office"))
    assert table.loc["homes", "confirmed"].tolist() == [20, 50, 50]
    assert table.loc["school", "confirmed"].tolist() == [0, 0, 30]
    assert table["limit"].isna().all()
    assert winter["homes_confirmed"].tolist() == [20, 50, 50]
    assert winter["connections_confirmed_kw"].tolist() == [0, 0, 30]
    assert winter["homes_lost_fraction"].tolist() == [0, 0, 0]
    assert winter["connections_lost_fraction"].isna().tolist() == [True, True, False]
    assert winter["holds"].all()
    assert (winter["mismatch_kw"] < 0.01).all()


def test_a_promise_a_fifth_above_room_is_cut_to_what_ac_allows():
    table, winter, _ = confirmed(promising(make_plan(), ("homes", 2026, 1000)), project())
    most = table["confirmed"].iloc[0]
    asked = round(1.2 * most)
    table, winter, _ = confirmed(promising(make_plan(), ("homes", 2026, asked)), project())
    assert table["confirmed"].tolist() == pytest.approx([most] * 3, rel=0.02)
    assert table["limit"].tolist() == ["S1"] * 3
    assert table["limit_kind"].tolist() == ["station"] * 3
    # What fits must keep fitting, so the station is at its limit in the last year.
    assert winter.loc[2028, "worst_link"] == "S1"
    assert 0.99 <= winter.loc[2028, "loading_max"] <= 1.00001
    assert winter.loc[2028, "pressed"] > 0
    assert winter["holds"].all()
    lost = (asked - table["confirmed"].to_numpy()) / asked
    assert winter["homes_lost_fraction"].to_numpy() == pytest.approx(lost)


def test_a_promise_held_by_a_voltage_names_its_node():
    strict = {"low": 0.968, "mid": 0.968, "high": 0.968, "status": "assumed", "source": "test"}
    twin = make_twin()
    rows = override(twin.parameters["mid"].rows, {"limit_voltage_lv_min_pu": strict})
    parameters = {case: replace(of, rows=rows) for case, of in twin.parameters.items()}
    plan = promising(make_plan(), ("homes", 2026, 60))
    table, winter, _ = confirmed(plan, project(), twin=replace(twin, parameters=parameters))
    assert table.loc[("homes", 2028), "limit_kind"] == "voltage"
    assert table.loc[("homes", 2028), "limit"] in {"S1-lv", "S1-a", "S1-b"}
    assert 0 < table.loc[("homes", 2028), "confirmed"] < 60
    assert winter.loc[2028, "voltage_pu"] == pytest.approx(0.968, abs=0.0005)
    assert winter["holds"].all()


def test_an_empty_plan_confirms_nothing_and_breaks_nothing():
    table, winter, summer = confirmed(make_plan(), project())
    assert table.empty
    assert winter["pressed"].tolist() == [0, 0, 0]
    assert winter["worst_link"].isna().all()
    assert winter["holds"].all()
    assert summer["holds"]


def test_a_measure_that_recharges_at_night_is_seen_in_the_night():
    battery = measure("neighbourhood_battery", kw_per_unit=250.0)
    promises = ("pump", 2027, 60), ("homes", 2026, 10)
    table, _, _ = confirmed(
        promising(make_plan(battery), *promises), project("pump", size=60.0, profile="flat"),
        project(),
    )  # fmt: skip
    without, _, _ = confirmed(
        promising(make_plan(), *promises), project("pump", size=60.0, profile="flat"), project()
    )
    assert without.loc[("pump", 2028), "confirmed"] == 60
    assert table.loc[("pump", 2028), "confirmed"] < 60
    hour = pd.Timestamp(table.loc[("pump", 2028), "limit_at"]).tz_convert("Europe/Amsterdam").hour
    assert hour < 6 or hour >= 22


def test_homes_on_stations_to_be_built_are_confirmed_from_their_year_on():
    built = measure("mv_cable", OUTLINE, 1.0), measure("new_station", OUTLINE, 2.0)
    plan = promising(make_plan(*built), ("homes", 2026, 100))
    table, winter, _ = confirmed(plan, project(place=OUTLINE))
    assert table["confirmed"].tolist() == [0, 100, 100]
    assert table["limit"].tolist()[0].startswith("plan-")
    assert winter["holds"].all()


def test_a_promise_where_nothing_stands_says_so():
    table, _, _ = confirmed(promising(make_plan(), ("homes", 2026, 10)), project(place=NORTH))
    assert table["confirmed"].tolist() == [0, 0, 0]
    assert table["limit_kind"].tolist() == ["no_station"] * 3


def test_the_summer_week_of_the_last_year_is_solved_as_evidence():
    plan = promising(make_plan(), ("homes", 2026, 20))
    _, winter, summer = confirmed(plan, project())
    assert (summer["year"], summer["quarters"], summer["rounds"]) == (2028, 672, 1)
    assert summer["pressed"] == 0
    assert summer["voltage_pu"] >= 1.0
    assert summer["homes_confirmed"] == winter.loc[2028, "homes_confirmed"]


def test_only_the_years_asked_are_solved():
    plan = promising(make_plan(), ("homes", 2026, 20))
    table, winter, _ = confirmed(plan, project(), years=[2028, 2026])
    assert winter.index.tolist() == [2026, 2028]
    assert table.loc["homes"].index.tolist() == [2026, 2028]


def test_the_share_of_the_years_that_hold_is_told():
    told = []
    plan = promising(make_plan(), ("homes", 2026, 20))
    confirmed(plan, project(), done=told.append)
    assert told == [1.0]


def test_a_developers_promise_of_power_takes_the_place_of_the_usual_one():
    horizon = built_horizon()
    plan = promising(make_plan(), ("homes", 2026, 100))
    rows = pd.DataFrame([project(size=100.0, kw_promised=90.0)])
    (promise,) = build_promises(make_twin(), plan, rows, horizon)
    assert promise.kw == pytest.approx(0.9)
    assert promise.nodes.tolist() == horizon.busbars[WEST].tolist()


def test_promises_stand_in_the_legal_order():
    plan = promising(make_plan(), ("late", 2026, 1), ("care", 2026, 1), ("early", 2026, 1))
    rows = pd.DataFrame(
        [
            project("late", requested_on="2025-01-01"),
            project("early", requested_on="2024-01-01"),
            project("care", requested_on="2025-06-01", category=2),
            project("not promised"),
        ]
    )
    promises = build_promises(make_twin(), plan, rows, built_horizon())
    assert [promise.project_id for promise in promises] == ["care", "early", "late"]


def test_a_year_that_is_left_out_is_as_the_one_before():
    plan = promising(make_plan(), ("homes", 2025, 3), ("homes", 2027, 8))
    (promise,) = build_promises(make_twin(), plan, pd.DataFrame([project()]), built_horizon())
    assert promise.size.tolist() == [3, 8, 8]


def test_all_faults_of_promises_are_told_at_once():
    plan = promising(make_plan(), ("ghost", 2026, 1), ("homes", 2026, 9), ("homes", 2027, 8))
    with pytest.raises(InvalidData) as found:
        build_promises(make_twin(), plan, pd.DataFrame([project()]), built_horizon())
    assert "of no project of the list (ghost)" in str(found.value)
    assert "fall from one year to the next (homes)" in str(found.value)
