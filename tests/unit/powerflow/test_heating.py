"""How warm a transformer gets, and how much it may carry for that: laws, and cases by hand."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stroomstad.powerflow.heating import (
    HeatedTransformer,
    Warmest,
    highest_factor,
    temperatures,
)

STATION = HeatedTransformer(is_station=True, loss_ratio=5.5, surcharge_k=10.0, load_max=1.5)
SUBSTATION = HeatedTransformer(is_station=False, loss_ratio=7.6, surcharge_k=0.0, load_max=1.5)
WARMEST = Warmest(top_oil_c=105.0, hot_spot_c=120.0)
HOURS = np.arange(192) / 4.0
EVENING = 0.5 + 0.5 * np.exp(-((((HOURS % 24) - 19.0) / 2.0) ** 2))
FLAT = np.ones(HOURS.size)
MILD = np.full(HOURS.size, 5.0)
BOTH = pytest.mark.parametrize("transformer", [STATION, SUBSTATION])


def test_at_rating_for_ever_it_is_as_warm_as_its_rises_add_up_to():
    oil_c, spot_c = temperatures(FLAT, np.full(HOURS.size, 20.0), STATION)
    assert oil_c[-1] == pytest.approx(20.0 + 60.0 + 10.0)
    assert spot_c[-1] == pytest.approx(90.0 + 1.2 * 23.0)


def test_a_substation_stands_in_the_air_that_its_surcharge_warms():
    oil_c, spot_c = temperatures(FLAT, MILD, replace(SUBSTATION, surcharge_k=4.0))
    assert oil_c[-1] == pytest.approx(5.0 + 4.0 + 60.0)
    assert spot_c[-1] == pytest.approx(69.0 + 1.3 * 17.0)


@BOTH
def test_at_the_factor_it_is_cool_enough_and_a_hundredth_above_it_is_not(transformer):
    warm = np.full(HOURS.size, 25.0)
    factor = highest_factor(EVENING, warm, transformer, WARMEST)
    below, above = (
        [found.max() for found in temperatures(each * EVENING, warm, transformer)]
        for each in (factor, factor + 0.01)
    )
    assert factor < transformer.load_max
    assert below[0] <= WARMEST.top_oil_c
    assert below[1] <= WARMEST.hot_spot_c
    assert above[0] > WARMEST.top_oil_c or above[1] > WARMEST.hot_spot_c


@BOTH
def test_however_cold_it_is_the_load_has_a_highest(transformer):
    assert highest_factor(EVENING, np.full(HOURS.size, -60.0), transformer, WARMEST) == 1.5


def test_where_it_is_too_warm_without_load_nothing_may_be_carried():
    assert highest_factor(FLAT, np.full(HOURS.size, 150.0), STATION, WARMEST) == 0.0


@BOTH
@given(
    outdoor_c=st.floats(-20.0, 35.0),
    warmer_k=st.floats(0.5, 15.0),
    base=st.floats(0.05, 0.9),
    higher=st.floats(0.05, 1.0),
)
@settings(max_examples=12, deadline=None)
def test_colder_allows_no_less_and_a_load_that_lasts_no_more(
    transformer, outdoor_c, warmer_k, base, higher
):
    outdoor = np.full(HOURS.size, outdoor_c)
    course = base + (1.0 - base) * (EVENING - 0.5) / 0.5
    course /= course.max()
    factor = highest_factor(course, outdoor, transformer, WARMEST)
    assert highest_factor(course, outdoor + warmer_k, transformer, WARMEST) <= factor
    lasting = course + higher * (1.0 - course)
    assert highest_factor(lasting, outdoor, transformer, WARMEST) <= factor


@BOTH
def test_warmer_surroundings_and_stricter_bounds_allow_less(transformer):
    outdoor = np.full(HOURS.size, 20.0)
    factor = highest_factor(EVENING, outdoor, transformer, WARMEST)
    walls = replace(transformer, surcharge_k=transformer.surcharge_k + 10.0)
    assert highest_factor(EVENING, outdoor, walls, WARMEST) < factor
    strict = replace(WARMEST, hot_spot_c=98.0)
    assert highest_factor(EVENING, outdoor, transformer, strict) < factor
