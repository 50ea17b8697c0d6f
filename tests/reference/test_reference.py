"""The power flow against answers that other programs gave, stored beside their input."""

import tomllib

import numpy as np
import pandas as pd
import pytest
from reference_cases import CASES, read_arrays

from stroomstad.powerflow.solver import build_model, solve_states


def solve_case(case):
    at, arrays = read_arrays(case)
    demands = pd.read_csv(case / "input" / "demands.csv")
    model = build_model(arrays, at.loc[demands["node"]].to_numpy())
    active_w = demands["active_w"].to_numpy(dtype=np.float64)[None, :]
    reactive_var = demands["reactive_var"].to_numpy(dtype=np.float64)[None, :]
    return at, solve_states(model, active_w, reactive_var)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_voltage_is_that_of_the_other_program(case):
    terms = tomllib.loads((case / "case.toml").read_text(encoding="utf-8"))
    expected = pd.read_csv(case / "expected" / "nodes.csv")
    at, states = solve_case(case)
    voltage_pu = states.voltage_pu[0, at.loc[expected["node"]].to_numpy()]
    assert np.abs(voltage_pu - expected["voltage_pu"]).max() <= terms["voltage_tolerance_pu"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_losses_are_those_of_the_other_program(case):
    terms = tomllib.loads((case / "case.toml").read_text(encoding="utf-8"))
    expected = pd.read_csv(case / "expected" / "totals.csv")["losses_w"].item()
    _, states = solve_case(case)
    assert states.losses_w[0] == pytest.approx(expected, rel=terms["losses_tolerance_fraction"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_figures_in_print_are_met(case):
    terms = tomllib.loads((case / "case.toml").read_text(encoding="utf-8"))
    _, states = solve_case(case)
    found = {"losses_kw": states.losses_w[0] / 1000.0, "voltage_min_pu": states.voltage_pu.min()}
    for name, told in terms.get("published", {}).items():
        assert found[name] == pytest.approx(told["value"], abs=told["tolerance"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_case_tells_its_origin(case):
    origin = (case / "ORIGIN.md").read_text(encoding="utf-8")
    assert {"Made by", "Licence", "Does not agree"} <= {
        line.strip("# ") for line in origin.splitlines() if line.startswith("#")
    }


def test_all_five_cases_are_here():
    assert len(CASES) == 5
