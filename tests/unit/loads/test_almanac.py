import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest

from stroomstad.loads.almanac import (
    Clock,
    coldest_spell,
    household_clock,
    monday,
    overlapping,
    published_hours,
    solar_clock,
    summer_shift_hours,
    week_of_highest,
    week_starts,
)
from stroomstad.tables.profiles import TimeAxis

AXIS = TimeAxis.of_year(2023)
HOURS = np.arange(8760)
EVENING = 1 + np.exp(-(((HOURS % 24 + 0.5 - 18) / 2.5) ** 2)) + 0.3 * ((HOURS % 24) > 6)
ALMERE_DEG = 5.2


def reference():
    """The same evening on the Dutch clock, per quarter in UTC."""
    times = pd.date_range("2020-08-15", "2021-01-31", freq="15min", tz="UTC")
    local = times.tz_convert("Europe/Amsterdam")
    clock = local.hour + local.minute / 60 + 0.125
    return pd.Series(1 + np.exp(-(((clock - 18) / 2.5) ** 2)) + 0.3 * (clock > 7), index=times)


def on_clock(clock):
    """What the evening of people on the Dutch clock looks like when published on a clock."""
    dutch = published_hours(AXIS, Clock(1, summer_time=True))
    published = np.empty(8760)
    published[published_hours(AXIS, clock)] = EVENING[dutch]
    return published


@pytest.mark.parametrize("offset", [-3, 0, 1, 2])
def test_a_shape_shifted_by_whole_hours_is_found_in_its_fixed_zone(offset):
    found = household_clock(on_clock(Clock(offset, summer_time=False)), reference(), AXIS)
    assert found.clock == Clock(offset, summer_time=False)
    assert found.winter_lag_hours == pytest.approx(offset, abs=0.25)
    assert found.summer_lag_hours == pytest.approx(offset, abs=0.25)


def test_a_shape_on_the_dutch_clock_is_an_hour_later_in_summer():
    found = household_clock(EVENING, reference(), AXIS)
    assert found.clock == Clock(1, summer_time=True)
    assert found.summer_lag_hours - found.winter_lag_hours == pytest.approx(1.0, abs=0.25)


def test_a_day_that_is_the_same_all_year_does_not_shift():
    assert summer_shift_hours(EVENING, AXIS) == 0.0


def test_a_day_in_a_fixed_zone_runs_an_hour_earlier_in_summer():
    assert summer_shift_hours(on_clock(Clock(1, summer_time=False)), AXIS) == -1.0


def test_a_flat_shape_tells_nothing_about_its_clock():
    assert math.isnan(summer_shift_hours(np.full(8760, 3.0), AXIS))


def test_a_shape_that_is_absent_in_january_tells_nothing_about_its_clock():
    assert math.isnan(summer_shift_hours(np.where(HOURS < 2000, 0.0, EVENING), AXIS))


def sun_in_utc():
    """Rough sun over Almere: half a sine of 8 hours in winter and 16 in summer."""
    day = HOURS // 24
    half = 6 - 2 * np.cos(2 * np.pi * (day + 10) / 365)
    return np.clip(np.cos(np.pi * (HOURS % 24 + 0.5 - 11.7) / (2 * half)), 0, None)


@pytest.mark.parametrize("offset", [-1, 0, 1])
def test_the_sun_gives_away_a_fixed_zone(offset):
    found = solar_clock(np.roll(sun_in_utc(), offset), AXIS, ALMERE_DEG)
    assert found.clock == Clock(offset, summer_time=False)


def test_the_sun_gives_away_a_clock_with_summer_time():
    published = np.empty(8760)
    published[published_hours(AXIS, Clock(1, summer_time=True))] = sun_in_utc()
    assert solar_clock(published, AXIS, ALMERE_DEG).clock == Clock(1, summer_time=True)


def test_further_east_the_sun_stands_highest_earlier():
    here, east = (solar_clock(sun_in_utc(), AXIS, deg) for deg in (ALMERE_DEG, ALMERE_DEG + 15))
    assert east.winter_lag_hours - here.winter_lag_hours == pytest.approx(1.0)


def test_in_a_fixed_zone_every_published_hour_is_used_once():
    assert sorted(published_hours(AXIS, Clock(1, summer_time=False))) == list(range(8760))


def test_the_first_hour_in_utc_is_the_second_hour_one_zone_east():
    assert published_hours(AXIS, Clock(1, summer_time=False))[:2].tolist() == [1, 2]


def local_hours_of(day):
    """Hours of the Dutch clock that are looked up for the UTC hours of one Dutch day."""
    local = AXIS.local_times()[::4]
    positions = published_hours(AXIS, Clock(1, summer_time=True))
    return (positions[local.strftime("%Y-%m-%d") == day] % 24).tolist()


def test_the_day_of_23_hours_skips_the_hour_that_the_clock_skips():
    assert local_hours_of("2023-03-26") == [0, 1, *range(3, 24)]


def test_the_day_of_25_hours_repeats_the_hour_that_the_clock_repeats():
    assert local_hours_of("2023-10-29") == [0, 1, 2, 2, *range(3, 24)]


def test_on_the_dutch_clock_noon_stays_noon_on_an_ordinary_day():
    local = AXIS.local_times()[::4]
    positions = published_hours(AXIS, Clock(1, summer_time=True))
    assert (positions % 24 == local.hour)[1:-1].all()


def test_a_year_has_52_whole_weeks_that_begin_on_monday():
    starts = week_starts(AXIS)
    assert len(starts) == 52
    assert all(monday(AXIS, int(start)).weekday() == 0 for start in starts)
    assert monday(AXIS, int(starts[0])) == dt.date(2023, 1, 2)


def test_a_year_that_begins_on_monday_begins_with_a_week():
    assert week_starts(TimeAxis.of_year(2024))[0] == 0


def test_the_coldest_spell_starts_where_seven_days_are_coldest_together():
    temperature = np.full(8760, 5.0)
    temperature[1000:1168] = -8.0
    temperature[4000:4024] = -30.0
    assert coldest_spell(temperature) == 1000


def test_weeks_that_only_touch_the_spell_are_left_out():
    assert overlapping(np.array([0, 672, 1344, 2016]), 672).tolist() == [672]
    assert overlapping(np.array([0, 672, 1344, 2016]), 700).tolist() == [672, 1344]


def test_the_week_of_the_highest_quarter_is_chosen_and_not_of_the_highest_mean():
    power = np.full(1344, 2.0)
    power[700] = 9.0
    power[:672] = 5.0
    assert week_of_highest(power, np.array([0, 672])) == 672
