"""The sweep on the grid of Almere: every voltage is that of Newton-Raphson, up to near collapse."""

import numpy as np
import pytest
from power_grid_model import CalculationMethod, ComponentType

from stroomstad.blocks import LoadBlocks
from stroomstad.powerflow.solver import build_model
from stroomstad.powerflow.swept import audit, find_obstacles, sweep_network
from stroomstad.sweep import sweep_steps, sweep_year, tell_steps

pytestmark = pytest.mark.slow

TOLERANCE_PU = 1e-6
SCALES = (0.0, 0.5, 1.0, 1.5)


def scaled(blocks, quarter, scales):
    """One quarter, once for every scale."""
    shapes = blocks.shapes[:, [quarter]] * np.asarray(scales)[None, :]
    return LoadBlocks(blocks.weights, shapes)


def newton(network, load, feed_in):
    """Whether each step has a solution, and its voltages. Shape (steps, nodes)"""
    lag = np.sqrt(1.0 / network.power_factor**2 - 1.0)
    model = build_model(network.arrays, np.arange(load.nodes))
    load_w, feed_in_w = (part.block(0, part.quarters).T * 1e3 for part in (load, feed_in))
    output = model.calculate_power_flow(
        error_tolerance=1e-11,
        max_iterations=100,
        calculation_method=CalculationMethod.newton_raphson,
        update_data={
            ComponentType.sym_load: {
                "p_specified": np.ascontiguousarray(load_w - feed_in_w),
                "q_specified": np.ascontiguousarray(load_w * lag),
            }
        },
        output_component_types=[ComponentType.node],
        continue_on_batch_error=True,
    )
    solved = np.ones(load.quarters, dtype=bool)
    if model.batch_error is not None:
        solved[model.batch_error.failed_scenarios] = False
    return solved, output[ComponentType.node]["u_pu"]


def peak(loads):
    return int((np.asarray(loads.load.weights.sum(axis=0)).ravel() @ loads.load.shapes).argmax())


def test_the_grid_of_the_city_is_radial(desk):
    assert not find_obstacles(desk.network.arrays)


def test_every_voltage_is_that_of_newton_from_no_load_to_nine_tenths_of_collapse(desk):
    loads = desk.twin.loads["mid"].winter
    quarter = peak(loads)

    def both(scales):
        return [scaled(blocks, quarter, scales) for blocks in (loads.load, loads.feed_in)]

    lowest, highest = 1.5, 3.0
    while newton(desk.network, *both([highest]))[0][0]:
        lowest, highest = highest, 2.0 * highest
    while highest - lowest > 0.01 * lowest:
        middle = (lowest + highest) / 2.0
        found = newton(desk.network, *both([middle]))[0][0]
        lowest, highest = (middle, highest) if found else (lowest, middle)
    scales = [*SCALES, *np.arange(2.0, 0.9 * lowest, 0.5), 0.9 * lowest]
    solved, voltage_pu = newton(desk.network, *both(scales))
    load, feed_in = both(scales)
    steps = tell_steps(sweep_steps(sweep_network(desk.network, load, feed_in), 0, len(scales)))
    assert solved.all()
    assert steps.solved.all()
    assert np.abs(steps.voltage_pu - voltage_pu.T).max() <= TOLERANCE_PU


def test_the_audit_of_the_design_weeks_finds_no_difference(desk):
    for loads in (desk.twin.loads["mid"].winter, desk.twin.loads["mid"].summer):
        swept = sweep_year(sweep_network(desk.network, loads.load, loads.feed_in))
        found = audit(swept, desk.network.arrays)
        assert not swept.failed[0].size
        assert found.quarters.size == 20
        assert found.voltage_pu <= TOLERANCE_PU
