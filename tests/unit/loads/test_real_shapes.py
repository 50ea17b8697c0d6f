"""What the bundled shapes themselves say about their clocks and their cold spell."""

import dataclasses

import pandas as pd
import pytest
from tiny import NATIONAL, make_city, make_parameters

from stroomstad.loads.almanac import Clock, monday
from stroomstad.loads.city_year import calibrated_year
from stroomstad.tables.profiles import HourlyShapes


def read(name):
    return pd.read_csv(NATIONAL / name, index_col=0)


@pytest.fixture(scope="module")
def year():
    reference = pd.concat(
        [
            read("nedu_sjv_2020-08-15_2020-10-31.csv.gz")["sjv_E1A"],
            read("pid_307_met_nedu_profielen.csv.gz")["sjv_E1A"].dropna(),
        ]
    )
    reference.index = pd.to_datetime(reference.index, utc=True)
    shapes = HourlyShapes(
        read("belasting_en_ev_2023.csv.gz").join(read("weer_2023.csv.gz")),
        read("weer_1987.csv.gz"),
        reference[~reference.index.duplicated()].sort_index(),
    )
    city = make_city()
    calm = dataclasses.replace(city, points=city.points.assign(wind_kwh=0.0))
    return calibrated_year(calm, shapes, make_parameters())


def test_household_and_weather_shapes_are_an_hour_ahead_of_utc_all_year(year):
    assert year.published.household.clock == Clock(1, summer_time=False)
    assert year.published.solar.clock == Clock(1, summer_time=False)


def test_timetables_live_by_the_dutch_clock_and_measured_days_do_not(year):
    clocks = year.published.clocks
    dutch = sorted(name for name, clock in clocks.items() if clock.summer_time)
    assert dutch == [
        "electric_buses",
        "electric_vehicle_profile_3",
        "freight_trains",
        "passenger_trains",
    ]


def test_the_cold_spell_of_1987_falls_in_the_second_week_of_january(year):
    assert monday(year.published.axis, year.winter).isoformat() == "2023-01-09"
    assert year.published.design["air_temperature"].min() == pytest.approx(-15.1)


def test_homes_peak_in_the_early_evening_of_the_dutch_clock(year):
    week = year.design["households_kwh"][year.winter : year.winter + 672]
    peak = year.published.axis.local_times()[year.winter + int(week.argmax())]
    assert 17 <= peak.hour < 20


def test_the_sun_stands_highest_about_twenty_to_two_in_june(year):
    june = year.published.axis.local_times().month == 6
    day = year.base["solar_homes_kwh"][june].reshape(-1, 96).mean(axis=0)
    middle_h = (day * range(96)).sum() / day.sum() / 4
    assert middle_h == pytest.approx(13.67, abs=0.4)
