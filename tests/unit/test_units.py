import pytest

from stroomstad.units import (
    HOURS_PER_QUARTER,
    QUARTERS_PER_DAY,
    QUARTERS_PER_HOUR,
    QUARTERS_PER_WEEK,
    kva_from_current,
    kwh_from_tj,
)


def test_a_terajoule_is_277_778_kilowatt_hours():
    assert kwh_from_tj(1.0) == pytest.approx(277_777.8, abs=0.1)


def test_three_phases_of_80_a_carry_55_kva():
    assert kva_from_current(80.0, 400.0) == pytest.approx(55.4, abs=0.1)


def test_lengths_of_time_agree():
    assert QUARTERS_PER_HOUR * HOURS_PER_QUARTER == 1.0
    assert QUARTERS_PER_DAY == 24 * QUARTERS_PER_HOUR
    assert QUARTERS_PER_WEEK == 7 * QUARTERS_PER_DAY
