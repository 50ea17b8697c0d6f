"""The solver against what two nodes can be worked out to by hand."""

import numpy as np
import pytest

from stroomstad.powerflow.solver import (
    Cables,
    NetworkArrays,
    PowerFlowOptions,
    Transformers,
    build_model,
    solve_states,
)

SOURCE_V, R_OHM, X_OHM = 400.0, 0.1, 0.05


def positions(*values):
    return np.array(values, dtype=np.int64)


def numbers(*values):
    return np.array(values, dtype=np.float64)


def no_transformers():
    return Transformers(positions(), positions(), *[numbers()] * 7)


def no_cables():
    return Cables(positions(), positions(), *[numbers()] * 3)


def two_nodes(c_farad=0.0):
    cable = Cables(positions(0), positions(1), numbers(R_OHM), numbers(X_OHM), numbers(c_farad))
    return NetworkArrays(
        numbers(SOURCE_V, SOURCE_V), cable, no_transformers(), positions(0), numbers(1.0)
    )


def one_transformer(from_voltage_v=10_000.0):
    transformer = Transformers(
        positions(0), positions(1), numbers(from_voltage_v), numbers(400.0), numbers(400e3),
        numbers(0.04), numbers(5300.0), numbers(0.0024), numbers(950.0),
    )  # fmt: skip
    return NetworkArrays(
        numbers(10_000.0, 400.0), no_cables(), transformer, positions(0), numbers(1.0)
    )


def voltage_by_hand(active_w, reactive_var):
    """Larger root of |U|⁴ + |U|²·(2(PR + QX) - E²) + (P² + Q²)(R² + X²) = 0, over E."""
    b = 2 * (active_w * R_OHM + reactive_var * X_OHM) - SOURCE_V**2
    c = (active_w**2 + reactive_var**2) * (R_OHM**2 + X_OHM**2)
    return np.sqrt((-b + np.sqrt(b**2 - 4 * c)) / 2) / SOURCE_V


def solve(arrays, active_w, reactive_var, options=None):
    model = build_model(arrays, positions(1))
    active, reactive = numbers(*active_w)[:, None], numbers(*reactive_var)[:, None]
    return solve_states(model, active, reactive, options or PowerFlowOptions())


@pytest.mark.parametrize(
    ("active_w", "reactive_var"), [(0.0, 0.0), (50e3, 10e3), (200e3, 0.0), (-80e3, 0.0)]
)
def test_the_voltage_at_the_end_of_one_cable_is_that_of_the_quadratic(active_w, reactive_var):
    states = solve(two_nodes(), [active_w], [reactive_var])
    assert states.voltage_pu[0, 1] == pytest.approx(
        voltage_by_hand(active_w, reactive_var), abs=1e-8
    )


def test_the_losses_of_one_cable_are_three_times_current_squared_times_resistance():
    states = solve(two_nodes(), [50e3], [10e3])
    current_a = np.hypot(50e3, 10e3) / (np.sqrt(3) * SOURCE_V * voltage_by_hand(50e3, 10e3))
    assert states.cable_current_a[0, 0] == pytest.approx(current_a, rel=1e-7)
    assert states.losses_w[0] == pytest.approx(3 * current_a**2 * R_OHM, rel=1e-6)
    assert states.source_w[0, 0] == pytest.approx(50e3 + states.losses_w[0], rel=1e-7)


def test_an_idle_cable_with_capacitance_raises_the_voltage_at_its_end():
    assert solve(two_nodes(c_farad=1e-4), [0.0], [0.0]).voltage_pu[0, 1] > 1.0


def test_an_idle_transformer_loses_its_no_load_loss():
    assert solve(one_transformer(), [0.0], [0.0]).losses_w[0] == pytest.approx(950.0, rel=1e-3)


def test_a_transformer_at_rated_current_loses_its_copper_loss_too():
    states = solve(one_transformer(), [400e3], [0.0])
    current_pu = 1.0 / states.voltage_pu[0, 1]
    expected_w = 950.0 + 5300.0 * current_pu**2
    assert states.losses_w[0] == pytest.approx(expected_w, rel=0.01)


def test_a_lower_tap_gives_a_higher_voltage():
    middle = solve(one_transformer(), [0.0], [0.0]).voltage_pu[0, 1]
    lower = solve(one_transformer(9_750.0), [0.0], [0.0]).voltage_pu[0, 1]
    assert lower / middle == pytest.approx(1 / 0.975, abs=1e-4)


def test_the_source_holds_its_voltage_whatever_the_load():
    assert solve(two_nodes(), [300e3], [60e3]).voltage_pu[0, 0] == pytest.approx(1.0, abs=1e-10)


def test_a_step_beyond_what_the_cable_can_carry_is_missing_and_the_others_are_not():
    states = solve(two_nodes(), [50e3, 400e3, 60e3], [10e3, 80e3, 12e3])
    assert states.converged.tolist() == [True, False, True]
    assert np.isnan(states.voltage_pu[1]).all()
    assert np.isnan(states.losses_w[1])
    assert states.voltage_pu[2, 1] == pytest.approx(voltage_by_hand(60e3, 12e3), abs=1e-8)


def test_a_step_close_to_collapse_is_solved_after_all():
    few = PowerFlowOptions(iterations_max=15)
    states = solve(two_nodes(), [50e3, 340e3], [10e3, 68e3], few)
    assert states.converged.all()
    assert states.voltage_pu[1, 1] == pytest.approx(voltage_by_hand(340e3, 68e3), abs=1e-7)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_load_that_is_no_number_is_refused(value):
    with pytest.raises(ValueError, match="not a finite number"):
        solve(two_nodes(), [value], [0.0])
