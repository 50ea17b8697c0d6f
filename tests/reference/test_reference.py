"""The power flow against answers that other programs gave, stored beside their input."""

import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stroomstad.powerflow.solver import (
    Cables,
    NetworkArrays,
    Transformers,
    build_model,
    solve_states,
)

CASES = sorted(path.parent for path in Path(__file__).parent.glob("*/case.toml"))


def read_arrays(case):
    nodes, cables, transformers, sources = (
        pd.read_csv(case / "input" / f"{name}.csv")
        for name in ("nodes", "cables", "transformers", "sources")
    )
    at = pd.Series(np.arange(len(nodes)), index=nodes["node"])

    def columns(rows, names):
        return [rows[name].to_numpy(dtype=np.float64) for name in names]

    def ends(rows):
        return [at.loc[rows[name]].to_numpy() for name in ("from_node", "to_node")]

    return at, NetworkArrays(
        nodes["voltage_v"].to_numpy(dtype=np.float64),
        Cables(*ends(cables), *columns(cables, ["r_ohm", "x_ohm", "c_farad"])),
        Transformers(*ends(transformers), *columns(transformers, transformers.columns[3:])),
        at.loc[sources["node"]].to_numpy(),
        sources["voltage_pu"].to_numpy(dtype=np.float64),
    )


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
