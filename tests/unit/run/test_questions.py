"""One question at a time, asked of a small solved city."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from desks import make_desk
from horizons import EAST, WEST, make_plan, measure
from queues import make_projects

from stroomstad.errors import InvalidData
from stroomstad.run.questions import city_on, connection_that_fits, homes_that_fit

DESK = make_desk()
PLAN = make_plan()
CASES = ("low", "mid", "high")


def homes(place=WEST, **asked):
    return homes_that_fit(DESK, place, **{"plan": PLAN, **asked})


def connection(kw=60.0, place=WEST, **asked):
    return connection_that_fits(DESK, place, kw, **{"plan": PLAN, **asked})


def firm(**asked):
    answer = connection(**asked)
    return answer[answer["contract"] == "firm"].set_index("year")


def told_by(question, **asked):
    with pytest.raises(InvalidData) as fault:
        question(**asked)
    return [str(issue) for issue in fault.value.issues]


def waiting(category, homes_asked=60.0, place=WEST):
    return make_projects({"place": place, "category": category, "homes": homes_asked})


def test_homes_are_answered_for_every_year_of_the_plan():
    assert homes()["year"].tolist() == [2026, 2027, 2028]


def test_one_year_is_answered_as_among_all_years():
    every, one = homes(), homes(year=2027)
    assert one["year"].tolist() == [2027]
    assert one.iloc[0].equals(every.iloc[1].rename(0))
    assert set(connection(year=2028)["year"]) == {2028}
    assert len(connection(year=2028)) == len(connection()) / 3


def test_without_a_plan_ten_years_ahead_are_answered():
    assert len(homes_that_fit(DESK, WEST)) == 11


def test_lighter_heating_lets_more_homes_fit_and_gives_more_of_them_per_megawatt():
    usual, light = homes(heating="heat_pump"), homes(heating="heat_net")
    assert (light["room_lasting"] > usual["room_lasting"]).all()
    assert (light["homes_per_mw"] > usual["homes_per_mw"]).all()


def test_homes_per_megawatt_are_a_megawatt_over_the_power_of_one():
    types = DESK.twin.catalogue.home_types
    row = types[(types["home_type"] == "any") & (types["heating"] == "unknown")].iloc[0]
    assert homes()["homes_per_mw"].unique() == pytest.approx([1000 / row["kw"]])
    assert connection()["homes_per_mw"].unique() == pytest.approx([1000 / row["kw"]])


def test_jobs_per_megawatt_stand_beside_homes_per_megawatt_where_jobs_are_known():
    assert connection(50, jobs=10)["jobs_per_mw"].unique() == pytest.approx([200])
    assert connection(50)["jobs_per_mw"].isna().all()


def test_a_darker_outlook_leaves_less_room():
    low, mid, high = (homes(outlook=case)["room_lasting"].iloc[-1] for case in CASES)
    assert low < mid < high
    assert mid == homes()["room_lasting"].iloc[-1]
    darker, brighter = (firm(kw=160, outlook=case)["kw"].iloc[-1] for case in ("low", "high"))
    assert darker < brighter


def test_who_stands_before_a_connection_by_law_takes_its_room():
    projects = waiting(category=3)
    alone = firm(category=4)
    assert (alone["fits"] == "yes").all()
    assert (firm(category=4, projects=projects)["fits"] == "no").all()
    assert (firm(category=3, projects=projects)["fits"] == "no").all()


def test_who_stands_behind_a_connection_by_law_takes_nothing_from_it():
    projects = waiting(category=3)
    first = firm(category=2, projects=projects)
    assert first["kw"].tolist() == firm(category=2)["kw"].tolist()
    assert (first["fits"] == "yes").all()


def test_only_who_waits_at_the_same_station_takes_its_room():
    near, far = (
        firm(kw=150, projects=waiting(3, homes_asked=20.0, place=place))["kw"].iloc[0]
        for place in (WEST, EAST)
    )
    assert near < far == firm(kw=150)["kw"].iloc[0]


def test_the_plan_makes_the_room_that_a_question_finds():
    larger = make_plan(measure("larger_station", WEST, 400))
    assert homes(plan=larger)["room"].iloc[-1] > homes()["room"].iloc[-1]
    assert firm(kw=160, plan=larger)["kw"].iloc[-1] > firm(kw=160)["kw"].iloc[-1]


def test_every_fault_of_a_question_about_homes_is_told_at_once():
    told = told_by(
        homes, place="WK999999", year=2050, home_type="apartement", heating="heatpump",
        outlook="gloomy",
    )  # fmt: skip
    assert [line.split(":")[0] for line in told] == [
        "place 'WK999999'", "outlook", "year", "home_type", "heating",
    ]  # fmt: skip
    assert "'apartement' is not known. Use one of any, apartment," in told[3]
    assert "2050 lies outside 2026 to 2028" in told[2]
    assert "'heatpump' is not known" in told[4]
    assert "heat_pump" in told[4]


def test_every_fault_of_a_question_about_a_connection_is_told_at_once():
    told = told_by(
        connection, kw=-5.0, place="WK999999", profile="ofice", category=5, year=1999, jobs=-1,
    )  # fmt: skip
    assert [line.split(":")[0] for line in told] == [
        "place 'WK999999'", "year", "profile", "category", "kw", "jobs",
    ]  # fmt: skip
    assert "is -5 kW. Give a power above 0." in told[4]
    assert "5 is not known. Use one of 1, 2, 3, 4." in told[3]


@pytest.mark.parametrize("kw", [0.0, np.nan, np.inf])
def test_a_power_that_is_no_power_is_refused(kw):
    assert told_by(connection, kw=kw)[0].startswith("kw: is ")


@pytest.mark.parametrize("home_type", ["", "Any", "apartement"])
def test_a_slip_in_the_type_of_a_home_is_refused_and_not_read_as_any(home_type):
    assert "home_type" in told_by(homes, home_type=home_type)[0]


def test_a_place_of_who_waits_that_is_not_there_is_told_too():
    assert "WK000999" in told_by(connection, projects=waiting(3, place="WK000999"))[0]


def test_a_day_shows_what_a_measure_draws_once_it_stands():
    plan = make_plan(measure("chargers", WEST, 10, in_service="2027-05-01"))
    before, after = (
        city_on(DESK, plan, dt.date(2027, month, day)) for month, day in ((4, 30), (5, 1))
    )
    assert (before.sizes, after.sizes) == ({}, {"chargers-WK000101": 10.0})
    more_kw = after.drawn["load"].block(0, 672) - before.drawn["load"].block(0, 672)
    assert more_kw.sum(axis=0).max() == pytest.approx(22.0)


def test_the_outlook_of_a_day_is_that_of_its_year_and_of_the_plan():
    plan = make_plan()
    mid = city_on(DESK, plan, dt.date(2028, 1, 1)).outlook
    assert mid == pytest.approx(
        {"demand_index": 1.05, "heat_pumps_per_home": 0.05, "vehicles_per_home": 0.15,
         "solar_kwp_per_home": 0.25, "regional_mw": 0.5}
    )  # fmt: skip
    low = city_on(DESK, replace(plan, outlook="low"), dt.date(2028, 1, 1))
    assert low.outlook["demand_index"] == pytest.approx(1.075)
    drawn = [each.drawn["load"].block(0, 672).sum() for each in (low, city_on(DESK, plan, low.on))]
    assert drawn[0] > drawn[1]


def test_a_day_of_which_the_outlook_tells_nothing_is_refused():
    (told,) = told_by(city_on, desk=DESK, plan=PLAN, date=dt.date(2050, 1, 1))
    problem = "date: 2050-01-01 lies outside the outlook, 2023 to 2040."
    assert told == f"{problem} Ask for a day in one of these years."


def test_a_place_of_a_plan_that_is_not_there_is_refused_on_every_day():
    plan = make_plan(measure("chargers", "WK000999", 1))
    told = told_by(city_on, desk=DESK, plan=plan, date=dt.date(2026, 1, 1))
    assert "WK000999" in told[0]
