import numpy as np
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.sparse import csr_matrix

from stroomstad.blocks import LoadBlocks
from stroomstad.loads.almanac import Clock, published_hours
from stroomstad.loads.shapes import quarters_from_hours, sharpened, sharpening_exponent
from stroomstad.simultaneity import level_factor, rusck
from stroomstad.tables.profiles import TimeAxis

hours = arrays(np.float64, st.integers(4, 200), elements=st.floats(0, 1e3, allow_subnormal=False))
varied = arrays(np.float64, st.integers(8, 200), elements=st.floats(0.01, 10))
law = settings(max_examples=50, deadline=None)


@law
@given(hours)
@example(np.full(4, np.finfo(float).tiny))
def test_cutting_hours_keeps_the_energy_of_each_and_makes_none_negative(hourly):
    quarters = quarters_from_hours(hourly)
    assert (quarters >= 0).all()
    np.testing.assert_allclose(quarters.reshape(-1, 4).sum(axis=1), hourly, rtol=1e-9, atol=1e-9)


@law
@given(varied, st.floats(0.2, 5))
def test_sharpening_keeps_energy_order_and_sign(shape, exponent):
    result = sharpened(shape, exponent, shape)
    np.testing.assert_allclose(result.sum(), shape.sum(), rtol=1e-9)
    assert (result >= 0).all()
    assert (np.diff(result[np.argsort(shape)]) >= -1e-9 * result.max()).all()


@law
@given(varied, st.floats(0.2, 5), st.floats(0.2, 5))
def test_sharpening_more_never_lowers_the_peak(shape, one, other):
    low, high = sorted((one, other))
    assert sharpened(shape, low, shape).max() <= sharpened(shape, high, shape).max() * (1 + 1e-9)


@law
@given(varied, st.floats(0.5, 3))
def test_the_exponent_that_made_a_peak_is_found_again(shape, exponent):
    assume(np.ptp(shape) > 0.1 * shape.max())
    peak = sharpened(shape, exponent, shape).max()
    found = sharpening_exponent(shape, shape, peak)
    np.testing.assert_allclose(sharpened(shape, found, shape).max(), peak, rtol=1e-9)


@law
@given(st.integers(-4, 4), st.integers(2020, 2030))
def test_a_fixed_zone_uses_every_published_hour_once(offset, year):
    positions = published_hours(TimeAxis.of_year(year), Clock(offset, summer_time=False))
    assert (np.sort(positions) == np.arange(positions.size)).all()


@law
@given(st.integers(2020, 2030))
def test_the_dutch_clock_skips_one_hour_and_repeats_one(year):
    positions = published_hours(TimeAxis.of_year(year), Clock(1, summer_time=True))
    used = np.bincount(positions, minlength=positions.size)
    assert sorted(used[used != 1]) == [0, 2]


@law
@given(arrays(np.float64, 12, elements=st.floats(0, 1e5)), st.floats(0.01, 1), st.floats(1, 1e4))
def test_more_homes_never_raise_the_level_factor(homes, g_infinite, reference):
    homes = np.maximum(np.sort(homes), 1.0)
    factor = level_factor(homes, np.ones(12), g_infinite, reference)
    assert (np.diff(factor) <= 1e-9).all()
    assert (rusck(homes, g_infinite) >= g_infinite - 1e-12).all()


@law
@given(st.integers(0, 19), st.integers(0, 19), st.integers(0, 1000))
def test_a_stretch_of_the_loads_equals_that_stretch_of_all_loads(one, other, seed):
    start, stop = sorted((one, other))
    rng = np.random.default_rng(seed)
    weights = csr_matrix(rng.random((5, 3)) * (rng.random((5, 3)) > 0.5))
    blocks = LoadBlocks(weights, rng.random((3, 20)))
    np.testing.assert_array_equal(blocks.block(start, stop), blocks.block(0, 20)[:, start:stop])
