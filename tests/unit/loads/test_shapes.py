import numpy as np
import pytest

from stroomstad.errors import InvalidData
from stroomstad.loads.shapes import quarters_from_hours, sharpened, sharpening_exponent

HOURS = np.random.default_rng(7).gamma(1.0, 1.0, 240)


def test_the_four_quarters_of_every_hour_add_up_to_the_hour():
    assert quarters_from_hours(HOURS).reshape(-1, 4).sum(axis=1) == pytest.approx(HOURS, rel=1e-12)


def test_a_constant_hour_between_equal_hours_is_divided_evenly():
    assert quarters_from_hours(np.full(6, 2.0)) == pytest.approx(np.full(24, 0.5))


def test_an_hour_without_energy_has_no_quarter_with_energy():
    quarters = quarters_from_hours(np.array([1.0, 0.0, 0.0, 5.0]))
    assert quarters[4:12] == pytest.approx(np.zeros(8), abs=1e-12)


def test_power_rises_within_the_hour_towards_a_higher_hour():
    quarters = quarters_from_hours(np.array([1.0, 2.0, 3.0, 4.0, 3.0, 2.0]))
    assert (np.diff(quarters[4:8]) > 0).all()


def test_several_shapes_are_cut_like_each_alone():
    both = quarters_from_hours(np.vstack([HOURS, 2 * HOURS]))
    assert both[0] == pytest.approx(quarters_from_hours(HOURS))
    assert both[1] == pytest.approx(2 * both[0])


def test_the_ends_of_the_year_meet():
    assert quarters_from_hours(np.roll(HOURS, 5)) == pytest.approx(
        np.roll(quarters_from_hours(HOURS), 20)
    )


def test_sharpening_keeps_the_yearly_energy():
    assert sharpened(HOURS, 1.7, HOURS).sum() == pytest.approx(HOURS.sum())


def test_an_exponent_of_one_changes_nothing():
    assert sharpened(HOURS, 1.0, HOURS) == pytest.approx(HOURS)


def test_another_weather_year_is_scaled_by_the_year_it_is_measured_against():
    colder = np.where(HOURS > 1, 1.5 * HOURS, HOURS)
    same = HOURS <= 1
    assert sharpened(colder, 1.7, HOURS)[same] == pytest.approx(sharpened(HOURS, 1.7, HOURS)[same])


@pytest.mark.parametrize("factor", [0.8, 1.0, 1.6])
def test_the_exponent_brings_the_highest_value_to_the_peak(factor):
    peak = factor * HOURS.max()
    exponent = sharpening_exponent(HOURS, HOURS, peak)
    assert sharpened(HOURS, exponent, HOURS).max() == pytest.approx(peak)


def test_a_flat_shape_cannot_be_sharpened_and_says_so():
    with pytest.raises(InvalidData, match=r"base_home_peak_kw.*0\.5 times the planning value"):
        sharpening_exponent(np.ones(96), np.ones(96), 2.0)
