import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from horizons import make_twin
from tiny import make_parameters

from stroomstad.measures.power_shapes import power_shapes, window_and_night
from stroomstad.tables.plan import POWER_SHAPES
from stroomstad.tables.profiles import TimeAxis

TWIN = make_twin()
WINTER = power_shapes(TWIN, "mid", "load")
SUMMER = power_shapes(TWIN, "mid", "feed_in")
AXIS = TimeAxis.of_week(dt.date(2023, 1, 9))


def test_every_shape_has_a_course():
    assert list(WINTER) == list(SUMMER) == list(POWER_SHAPES)
    assert {course.size for course in WINTER.values()} == {672}


@pytest.mark.parametrize("name", ["home", "office", "industry", "charging"])
def test_what_is_drawn_is_one_in_its_highest_quarter_of_the_winter(name):
    assert WINTER[name].max() == pytest.approx(1.0)
    assert SUMMER[name].max() > 0


def test_the_sun_is_one_in_its_highest_quarter_of_the_summer():
    assert SUMMER["sun"].max() == pytest.approx(1.0)
    roofs = TWIN.loads["mid"]
    ratio = roofs.winter.roof_kw.max() / roofs.summer.roof_kw.max()
    assert WINTER["sun"].max() == pytest.approx(ratio)


def test_the_window_is_that_of_working_days_on_the_dutch_clock():
    window, _ = window_and_night(AXIS, make_parameters())
    times = AXIS.local_times()[window > 0]
    assert window.sum() == 5 * 5 * 4
    assert sorted(set(times.hour)) == [16, 17, 18, 19, 20]
    assert sorted(set(times.day_of_week)) == [0, 1, 2, 3, 4]


def test_in_summer_the_clock_is_ahead():
    window, _ = window_and_night(TimeAxis.of_week(dt.date(2023, 6, 5)), make_parameters())
    assert int(np.flatnonzero(window)[0]) == 14 * 4


def test_the_night_follows_each_working_day():
    _, night = window_and_night(AXIS, make_parameters())
    times = AXIS.local_times()[night > 0]
    assert night.sum() == 5 * 7 * 4
    assert sorted(set(times.hour)) == [0, 1, 2, 3, 4, 5, 23]
    assert times[0].isoformat() == "2023-01-09T23:00:00+01:00"
    assert times[-1].isoformat() == "2023-01-14T05:45:00+01:00"


def test_a_battery_takes_back_what_it_gave_and_what_it_loses():
    given = WINTER["window_recharge"].clip(min=0).sum()
    taken = (-WINTER["window_recharge"]).clip(min=0).sum()
    assert given / taken == pytest.approx(0.88)


def test_what_is_put_off_is_drawn_later_without_losses():
    assert WINTER["shift"].sum() == pytest.approx(0.0, abs=1e-9)
    assert WINTER["shift"].max() == 1.0


def test_outside_the_window_is_all_but_the_window():
    assert (WINTER["outside_window"] + WINTER["window"] == WINTER["flat"]).all()


def test_relief_in_the_window_is_called_on_in_winter_only():
    assert not any(SUMMER[name].any() for name in ("window", "window_recharge", "shift"))


def test_vehicles_draw_the_published_share_in_the_window():
    hour = AXIS.local_times().hour
    inside = (hour >= 16) & (hour < 21)
    assert (WINTER["vehicle"][inside] == 1.0).all()
    assert WINTER["vehicle"][inside].sum() / WINTER["vehicle"].sum() == pytest.approx(0.39)


def test_a_sector_that_draws_nothing_has_no_course():
    week = TWIN.loads["mid"].winter
    silent = replace(week, load=replace(week.load, shapes=np.zeros_like(week.load.shapes)))
    twin = replace(TWIN, loads={"mid": replace(TWIN.loads["mid"], winter=silent)})
    assert not power_shapes(twin, "mid", "load")["office"].any()
