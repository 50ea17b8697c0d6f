"""The fastest engine at hand, and the one that remains where nothing can be compiled."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
from radial_nets import make_city_year
from repository import ROOT

from stroomstad.powerflow import fastest, solve_flows, solve_steps, solve_year
from stroomstad.powerflow.fastest import (
    ENGINE,
    audit_fastest,
    solve_flows_fastest,
    solve_year_fastest,
)
from stroomstad.powerflow.swept import solve_year_swept

WITHOUT_NUMBA = """
import sys
sys.modules["numba"] = None
from radial_nets import make_city_year
from stroomstad.powerflow.fastest import ENGINE, solve_year_fastest
print(ENGINE)
print(solve_year_fastest(*make_city_year(5)).losses_kw.tobytes().hex())
"""


def test_sweeps_are_taken_where_they_can_be_compiled():
    assert ENGINE == "sweep"
    one, two = solve_year_fastest(*make_city_year(5)), solve_year_swept(*make_city_year(5))
    np.testing.assert_allclose(one.losses_kw, two.losses_kw, rtol=1e-5)
    assert one.load_max.at.tolist() == two.load_max.at.tolist()


def test_a_year_in_portions_is_that_of_power_grid_model():
    told = []
    fastest = solve_year_fastest(*make_city_year(700), lambda start, flows: told.append(start))
    other = solve_year(*make_city_year(700))
    assert told == [0, 672]
    for name in ("load_max", "feed_in_max", "voltage_min", "voltage_max"):
        one, two = getattr(fastest, name), getattr(other, name)
        np.testing.assert_allclose(one.value, two.value, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(fastest.losses_kw, other.losses_kw, rtol=1e-6)


def test_the_audit_notices_what_power_grid_model_says_otherwise(monkeypatch):
    network, load, feed_in, _ = make_city_year(60)
    assert 0.0 <= audit_fastest(network, load, feed_in) <= 5e-7
    monkeypatch.setattr(fastest, "solve_steps", lambda *asked: other_than(solve_steps(*asked)))
    assert audit_fastest(network, load, feed_in) >= 1e-3


def other_than(steps):
    return replace(steps, voltage_pu=steps.voltage_pu + np.float32(1e-3))


def test_the_balance_counts_rows_of_their_own_too():
    network, load, feed_in, axis = make_city_year(40)
    node = int(network.tree.order[-1])
    load = load.with_rows(np.array([node]), np.full((1, 40), 3.0))
    one = solve_flows_fastest(network, load, feed_in, axis)
    two = solve_flows(network, load, feed_in, axis)
    np.testing.assert_allclose(one.apparent_kva, two.apparent_kva, rtol=1e-5, atol=1e-4)
    np.testing.assert_allclose(one.voltage_pu, two.voltage_pu, rtol=1e-6)


def test_without_a_compiler_power_grid_model_answers():
    told = subprocess.run(
        [sys.executable, "-c", WITHOUT_NUMBA],
        cwd=ROOT / "tests", capture_output=True, text=True, check=True,
    )  # fmt: skip
    other = solve_year(*make_city_year(5)).losses_kw.tobytes().hex()
    assert told.stdout.split() == ["power-grid-model", other]
