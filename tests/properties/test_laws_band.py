"""Laws of the band: what is drawn, and what is left out of it."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from stroomstad.capacity.headroom import link_capacity
from stroomstad.trust.band import draw_inputs, quantiles
from stroomstad.trust.pieces import between, position_of, quarters_kept

LINKS, QUARTERS = 4, 12
loads = arrays(np.float64, (3, LINKS, QUARTERS), elements=st.floats(0, 100))
shapes = arrays(np.float64, (3, QUARTERS), elements=st.floats(0.01, 1))
positions = st.floats(-1, 1)
bands = st.lists(st.floats(0.1, 100), min_size=3, max_size=3, unique=True).map(sorted)


@settings(max_examples=50, deadline=None)
@given(loads, shapes, positions, positions, st.floats(100, 1000))
def test_no_quarter_that_can_bind_is_left_out(base_kva, shape, load_at, home_at, limit_kva):
    kept = quarters_kept(base_kva, shape)
    limits, ones = np.full(LINKS, limit_kva), np.ones(LINKS)
    base, home = between(base_kva, load_at), between(shape, home_at)
    whole_week, _ = link_capacity(limits, base, home, ones, ones)
    of_kept, _ = link_capacity(limits, base[:, kept], home[kept], ones, ones)
    np.testing.assert_allclose(of_kept, whole_week, rtol=1e-9)


@settings(max_examples=50, deadline=None)
@given(bands, st.integers(0, 10_000))
def test_draws_of_a_wider_band_reach_at_least_as_far(band, seed):
    low, mid, high = band
    rows = pd.DataFrame(
        {
            "parameter": ["narrow", "wide"],
            "low": [low, low * 0.5],
            "mid": [mid, mid],
            "high": [high, high * 2.0],
        }
    )
    drawn = draw_inputs(rows, ["narrow", "wide"], 50, seed)
    assert drawn["narrow"].between(low, high).all()
    assert drawn["wide"].between(low * 0.5, high * 2.0).all()


@settings(max_examples=50, deadline=None)
@given(bands, st.floats(0, 1))
def test_a_value_interpolates_back_to_itself(band, share):
    low, mid, high = band
    value = low + share * (high - low)
    knots = np.array([[low], [mid], [high]])
    assert np.isclose(between(knots, position_of(value, low, mid, high))[0], value)


@settings(max_examples=50, deadline=None)
@given(arrays(np.float64, (7, 3), elements=st.integers(0, 50).map(float)))
def test_quantiles_keep_their_order(homes):
    told = quantiles(homes)[["lowest", "p10", "p50", "p90", "highest"]]
    assert (told.diff(axis=1).iloc[:, 1:] >= 0).all().all()
