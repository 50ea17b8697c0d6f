"""The three-phase power flow against answers that OpenDSS and pandapower gave."""

import tomllib

import numpy as np
import pytest
from three_phase_cases import (
    FOLDER,
    MOMENTS,
    PROGRAMS,
    expected_pu,
    read_demand,
    read_phase_arrays,
    solve_moment,
)

TERMS = tomllib.loads((FOLDER / "terms.toml").read_text(encoding="utf-8"))
every_moment = pytest.mark.parametrize("moment", MOMENTS)


@every_moment
@pytest.mark.parametrize("program", PROGRAMS)
def test_the_voltage_of_every_phase_is_that_of_the_other_program(moment, program):
    voltage_pu = solve_moment(moment).magnitude_pu[0]
    difference_pu = np.abs(voltage_pu - expected_pu(moment, program)).max()
    assert difference_pu <= TERMS["voltage_tolerance_pu"][program]


@every_moment
def test_opendss_and_pandapower_differ_by_more_than_we_do_from_opendss(moment):
    ours_pu = solve_moment(moment).magnitude_pu[0]
    opendss_pu = expected_pu(moment, "opendss")
    apart_pu = np.abs(opendss_pu - expected_pu(moment, "pandapower_bare")).max()
    assert np.abs(ours_pu - opendss_pu).max() < 1e-2 * apart_pu


def test_on_peak_the_phases_are_far_apart():
    states = solve_moment("on_peak_566")
    lowest_pu = states.magnitude_pu[0].min(axis=0)
    assert lowest_pu.max() - lowest_pu.min() > 0.05
    assert states.neutral_a.max() > 100.0


def test_the_case_is_whole():
    arrays = read_phase_arrays()
    assert (arrays.node_voltage_v.size, arrays.r0_ohm.size) == (907, 905)
    for moment in MOMENTS:
        at, active_w, _ = read_demand(moment)
        assert at.size == 55
        assert (np.count_nonzero(active_w[0], axis=1) <= 1).all()  # homes of one phase


def test_the_case_tells_its_origin():
    origin = (FOLDER / "ORIGIN.md").read_text(encoding="utf-8")
    assert {"Made by", "Licence", "Does not agree"} <= {
        line.strip("# ") for line in origin.splitlines() if line.startswith("#")
    }
