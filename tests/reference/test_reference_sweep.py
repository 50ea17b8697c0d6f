"""The sweep against power-grid-model on every stored case, from no load up to near collapse.

`collapse_scale` in `case.toml` is the multiple of the stored demand beyond which Newton-Raphson
finds no voltages any more; one test finds it anew.
"""

import tomllib

import numpy as np
import pandas as pd
import pytest
from power_grid_model import CalculationMethod, ComponentType
from reference_cases import CASES, read_arrays
from scipy.sparse import csr_matrix

from stroomstad.blocks import LoadBlocks
from stroomstad.powerflow.solver import build_model
from stroomstad.powerflow.swept import find_obstacles, hand_over, to_branches
from stroomstad.sweep import Drawn, build_radial, build_sweep, sweep_steps, tell_steps

HIGHEST_SHARE = 0.9
TOLERANCE_PU = 1e-6
every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def read_terms(case):
    return tomllib.loads((case / "case.toml").read_text(encoding="utf-8"))


def read_demand(case, at):
    """Active and reactive power of every node. [kW] and [kvar]"""
    rows = pd.read_csv(case / "input" / "demands.csv")
    power_kw = np.zeros((2, len(at)))
    np.add.at(power_kw[0], at.loc[rows["node"]].to_numpy(), rows["active_w"] / 1e3)
    np.add.at(power_kw[1], at.loc[rows["node"]].to_numpy(), rows["reactive_var"] / 1e3)
    return power_kw


def sweep_case(case, scales):
    at, arrays = read_arrays(case)
    active_kw, reactive_kvar = read_demand(case, at)
    radial = build_radial(
        len(at), to_branches(arrays), arrays.source_node, arrays.source_voltage_pu
    )

    def scaled(power):
        return LoadBlocks(csr_matrix(power[:, None]), np.array([scales], dtype=np.float64))

    drawn = Drawn(
        scaled(np.maximum(active_kw, 0)),
        scaled(np.maximum(-active_kw, 0)),
        reactive=scaled(reactive_kvar),
    )
    return arrays, sweep_steps(build_sweep(radial, drawn), 0, len(scales))


def newton(case, scales):
    """Whether each scale has a solution, and its voltages. Shape (scales, nodes)"""
    at, arrays = read_arrays(case)
    active_kw, reactive_kvar = read_demand(case, at)
    model = build_model(arrays, np.arange(len(at)))
    demand = {
        "p_specified": np.outer(scales, active_kw * 1e3),
        "q_specified": np.outer(scales, reactive_kvar * 1e3),
    }
    output = model.calculate_power_flow(
        error_tolerance=1e-12,
        max_iterations=200,
        calculation_method=CalculationMethod.newton_raphson,
        update_data={ComponentType.sym_load: demand},
        output_component_types=[ComponentType.node],
        continue_on_batch_error=True,
    )
    solved = np.ones(len(scales), dtype=bool)
    if model.batch_error is not None:
        solved[model.batch_error.failed_scenarios] = False
    return solved, output[ComponentType.node]["u_pu"]


@every_case
def test_every_case_is_radial(case):
    assert not find_obstacles(read_arrays(case)[1])


@every_case
def test_the_stored_collapse_is_where_newton_finds_no_voltages_any_more(case):
    scale = read_terms(case)["collapse_scale"]
    lowest, highest = 1.0, 2.0
    while newton(case, [highest])[0][0]:
        lowest, highest = highest, 2.0 * highest
    while highest - lowest > 1e-5 * lowest:
        middle = (lowest + highest) / 2.0
        lowest, highest = (middle, highest) if newton(case, [middle])[0][0] else (lowest, middle)
    assert lowest == pytest.approx(scale, rel=1e-3)


@every_case
def test_every_voltage_is_that_of_newton_up_to_near_collapse(case):
    highest = HIGHEST_SHARE * read_terms(case)["collapse_scale"]
    scales = [*np.arange(0.0, highest, 0.5), highest]
    solved, voltage_pu = newton(case, scales)
    steps = tell_steps(sweep_case(case, scales)[1])
    assert solved.all()
    assert steps.solved.all()
    assert np.abs(steps.voltage_pu - voltage_pu.T).max() <= TOLERANCE_PU
    assert steps.voltage_pu.min() < 0.8  # it is near collapse indeed


@every_case
def test_beyond_collapse_the_quarter_has_no_solution_and_the_others_go_on(case):
    collapse = read_terms(case)["collapse_scale"]
    scales = [1.0, 1.05 * collapse, 0.5]
    arrays, swept = sweep_case(case, scales)
    steps = tell_steps(hand_over(swept, arrays))
    assert steps.solved.tolist() == [True, False, True]
    _, voltage_pu = newton(case, [1.0, 0.5])
    assert np.abs(steps.voltage_pu[:, [0, 2]] - voltage_pu.T).max() <= TOLERANCE_PU


@every_case
def test_between_proof_and_collapse_power_grid_model_takes_over(case):
    collapse = read_terms(case)["collapse_scale"]
    scales = [0.9999 * collapse, 1.0]
    arrays, swept = sweep_case(case, scales)
    assert not tell_steps(swept).solved[0]
    steps = tell_steps(hand_over(swept, arrays))
    _, voltage_pu = newton(case, scales)
    assert steps.solved.all()
    assert np.abs(steps.voltage_pu - voltage_pu.T).max() <= TOLERANCE_PU


@every_case
def test_the_losses_are_those_of_the_other_program(case):
    expected = pd.read_csv(case / "expected" / "totals.csv")["losses_w"].item()
    losses_w = tell_steps(sweep_case(case, [1.0])[1]).losses_kw[0] * 1e3
    assert losses_w == pytest.approx(expected, rel=1e-5)
