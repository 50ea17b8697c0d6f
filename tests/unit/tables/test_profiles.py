import datetime as dt

import pytest

from stroomstad.tables.profiles import TimeAxis


@pytest.mark.parametrize(("year", "quarters"), [(2023, 35_040), (2024, 35_136)])
def test_a_year_has_its_own_number_of_quarters(year, quarters):
    axis = TimeAxis.of_year(year)
    times = axis.times()
    assert axis.quarters == times.size == quarters
    assert times[0].isoformat() == f"{year}-01-01T00:00:00+00:00"
    assert times[-1].isoformat() == f"{year}-12-31T23:45:00+00:00"


def test_a_week_starts_on_monday_and_ends_on_sunday():
    times = TimeAxis.of_week(dt.date(2023, 1, 16)).times()
    assert times.size == 672
    assert (times[0].day_name(), times[-1].day_name()) == ("Monday", "Sunday")


def test_quarters_follow_each_other_without_a_gap_when_the_clock_changes():
    times = TimeAxis.of_year(2023).times()
    assert set(times[1:] - times[:-1]) == {dt.timedelta(minutes=15)}


@pytest.mark.parametrize(
    ("day", "hours"), [("2023-03-26", 23), ("2023-10-29", 25), ("2023-06-01", 24)]
)
def test_a_dutch_day_has_as_many_quarters_as_its_clock_says(day, hours):
    local = TimeAxis.of_year(2023).local_times()
    assert (local.strftime("%Y-%m-%d") == day).sum() == 4 * hours


def test_the_skipped_hour_does_not_exist_on_the_dutch_clock():
    local = TimeAxis.of_year(2023).local_times().strftime("%Y-%m-%d %H")
    assert "2023-03-26 02" not in set(local)
    assert (local == "2023-10-29 02").sum() == 8


def test_winter_noon_in_utc_is_one_o_clock_in_the_netherlands():
    axis = TimeAxis(dt.datetime(2023, 1, 16, 12, tzinfo=dt.UTC), 1)
    assert axis.local_times()[0].hour == 13
