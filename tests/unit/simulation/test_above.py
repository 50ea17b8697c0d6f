"""Hours and energy above shares of the limits, beside those that a sweep counts."""

import numpy as np
import pytest
from radial_nets import make_city_year

from stroomstad.powerflow import solve_steps
from stroomstad.powerflow.swept import sweep_network
from stroomstad.simulation.above import AboveTally, above_table, count_above
from stroomstad.sweep import SHARES as OF_THE_SWEEP
from stroomstad.sweep import sweep_year, tell_year
from stroomstad.tables.results import ABOVE_SHARES

QUARTERS = 200


def start(limit_kva, limit_feed_in_kva, level_factor):
    shape = (limit_kva.size, len(ABOVE_SHARES))
    limits = np.stack([limit_kva, limit_feed_in_kva], axis=1)
    return AboveTally(limits, level_factor, np.zeros(shape, dtype=np.int64), np.zeros(shape))


@pytest.fixture(scope="module")
def case():
    network, load, feed_in, _ = make_city_year(QUARTERS)
    flows = solve_steps(network, load, feed_in)
    highest_kva = flows.apparent_kva.max(axis=1).astype(np.float64)
    rng = np.random.default_rng(3)
    limits = [highest_kva * rng.uniform(0.5, 1.3, highest_kva.size) for _ in range(2)]
    return network, load, feed_in, flows, limits


def test_what_is_above_is_what_a_sweep_counts(case):
    network, load, feed_in, flows, limits = case
    assert ABOVE_SHARES == OF_THE_SWEEP
    tally = start(*limits, np.ones(limits[0].size))
    count_above(tally, flows)
    told = above_table(tally).to_numpy()
    swept = tell_year(sweep_year(sweep_network(network, load, feed_in, *limits)))
    size = len(ABOVE_SHARES)
    np.testing.assert_allclose(told[:, :size], swept.hours_above[: len(told)], atol=0.25)
    np.testing.assert_allclose(told[:, size:], swept.above_kvah[: len(told)], rtol=1e-4, atol=1e-2)
    assert (told[:, 1] > 0).sum() > 5
    assert (told[:, 0] >= told[:, 1]).all()
    assert (told[:, 1] >= told[:, 2]).all()


def test_portions_add_up_and_what_is_missing_counts_nowhere(case):
    _, _, _, flows, limits = case
    factor = np.linspace(0.8, 1.3, limits[0].size)
    whole, parts = (start(*limits, factor) for _ in range(2))
    count_above(whole, flows)
    names = ("power_kw", "apparent_kva", "voltage_pu", "losses_kw", "mismatch_kw", "converged")
    for first in range(0, QUARTERS, 77):
        part = {name: getattr(flows, name)[..., first : first + 77] for name in names}
        count_above(parts, type(flows)(**part))
    assert parts.quarters.tolist() == whole.quarters.tolist()
    np.testing.assert_allclose(parts.excess_kva, whole.excess_kva, rtol=1e-12, atol=1e-9)
    missing = {name: np.copy(getattr(flows, name)) for name in names}
    for name in names[:3]:
        missing[name][:, :] = np.nan
    count_above(whole, type(flows)(**missing))
    assert parts.quarters.tolist() == whole.quarters.tolist()
