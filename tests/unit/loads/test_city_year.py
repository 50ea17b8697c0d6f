import dataclasses

import numpy as np
import pytest
from tiny import make_city, make_parameters, make_shapes

from stroomstad.errors import InvalidData
from stroomstad.loads.almanac import coldest_spell, monday
from stroomstad.loads.city_year import calibrated_year, heat_pump_share, new_home_kw

QUARTER_H = 0.25
CASES = ("low", "mid", "high")


@pytest.fixture(scope="module")
def years():
    city, shapes = make_city(), make_shapes()
    return {case: calibrated_year(city, shapes, make_parameters(case)) for case in CASES}


@pytest.mark.parametrize("case", CASES)
def test_the_average_home_peaks_at_the_planning_value_of_the_case(years, case):
    year = years[case]
    week = year.design["households_kwh"][year.winter : year.winter + 672]
    assert 2900 * week.max() == pytest.approx(make_parameters(case).value("base_home_peak_kw"))
    assert year.home_peaks_kw[1] == pytest.approx(2900 * week.max())


def test_every_shape_of_the_base_year_gives_one_kwh_a_year_after_sharpening(years):
    for year in years.values():
        for name, shape in year.base.items():
            assert shape.sum() * QUARTER_H == pytest.approx(1.0), name


def test_only_homes_are_sharpened(years):
    low, high = years["low"], years["high"]
    changed = [n for n in low.base if not np.allclose(low.base[n], high.base[n])]
    assert sorted(changed) == ["households_kwh", "new_homes_kwh"]


def test_no_shape_is_ever_negative(years):
    for year in years.values():
        assert all((shape >= 0).all() for shape in [*year.base.values(), *year.design.values()])


def test_every_case_looks_at_the_same_weeks(years):
    assert len({(year.winter, year.summer) for year in years.values()}) == 1


def test_the_winter_week_overlaps_the_cold_spell(years):
    year = years["mid"]
    spell = 4 * coldest_spell(year.published.design["air_temperature"].to_numpy())
    assert abs(year.winter - spell) < 672
    assert monday(year.published.axis, year.winter).weekday() == 0


@pytest.mark.parametrize("case", CASES)
def test_a_new_home_peaks_at_the_planning_value_in_the_winter_week(years, case):
    year = years[case]
    week = new_home_kw(year.design, year.home_mix)[year.winter : year.winter + 672]
    assert week.max() == pytest.approx(make_parameters(case).value("new_home_peak_kw"))


def test_a_new_home_that_peaks_like_an_existing_one_has_no_heat_pump(years):
    assert heat_pump_share(make_parameters("high")) == 0.0
    assert years["high"].home_mix[1] == 0.0


def test_the_share_of_heating_is_what_exceeds_the_peak_of_an_existing_home():
    assert heat_pump_share(make_parameters("low")) == pytest.approx(1 - 1.2 / 3.5)


def test_homes_without_electricity_are_told():
    city = make_city()
    empty = dataclasses.replace(city, points=city.points.assign(households_kwh=0.0))
    with pytest.raises(InvalidData, match="170 homes with 0 kWh"):
        calibrated_year(empty, make_shapes(), make_parameters())
