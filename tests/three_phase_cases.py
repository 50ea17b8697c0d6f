"""The stored three-phase case, read into the arrays that are solved."""

from pathlib import Path

import numpy as np
import pandas as pd

from stroomstad.powerflow.asymmetric import (
    PhaseArrays,
    PhaseSource,
    build_phase_model,
    solve_phases,
)
from stroomstad.powerflow.solver import Cables, PowerFlowOptions, Transformers

FOLDER = Path(__file__).parent / "reference" / "ieee_european_lv"
MOMENTS = ("on_peak_566", "off_peak_1", "off_peak_1440")
PROGRAMS = ("opendss", "pandapower_bare", "pandapower")
PHASES = ("a", "b", "c")


def read_rows(name):
    return pd.read_csv(FOLDER / f"{name}.csv.gz")


def read_phase_arrays():
    cables, transformers, sources = (
        read_rows(f"input/{name}") for name in ("cables", "transformers", "sources")
    )

    def ends(rows):
        return [rows[name].to_numpy(dtype=np.int64) for name in ("from_node", "to_node")]

    def columns(rows, names):
        return [rows[name].to_numpy(dtype=np.float64) for name in names]

    source = sources.iloc[0]
    station = Transformers(*ends(transformers), *columns(transformers, transformers.columns[2:]))
    nodes = max(int(station.to_node.max()), int(cables["to_node"].max())) + 1
    voltage_v = np.full(nodes, station.to_voltage_v[0])
    voltage_v[station.from_node] = station.from_voltage_v
    r_ohm, x_ohm, r0_ohm, x0_ohm = columns(cables, ["r_ohm", "x_ohm", "r0_ohm", "x0_ohm"])
    return PhaseArrays(
        voltage_v,
        Cables(*ends(cables), r_ohm, x_ohm, np.zeros(r_ohm.size)),
        r0_ohm,
        x0_ohm,
        station,
        PhaseSource(
            int(source["node"]),
            source["voltage_pu"],
            source["short_circuit_va"],
            source["rx_fraction"],
        ),
        clock=1,
    )


def read_demand(moment):
    """Nodes that draw, and what in each phase. [W] and [var], shape (1, demands, 3)"""
    rows = read_rows(f"input/{moment}")
    active_w, reactive_var = (
        rows[[f"{name}_{phase}_{unit}" for phase in PHASES]].to_numpy()[None]
        for name, unit in (("active", "w"), ("reactive", "var"))
    )
    return rows["node"].to_numpy(dtype=np.int64), active_w, reactive_var


def solve_moment(moment, tolerance_pu=1e-10):
    at, active_w, reactive_var = read_demand(moment)
    model = build_phase_model(read_phase_arrays(), at)
    options = PowerFlowOptions(tolerance_pu=tolerance_pu)
    return solve_phases(model, active_w, reactive_var, options=options)


def expected_pu(moment, program):
    """Voltages that a program found. [1], shape (nodes, 3)"""
    rows = read_rows(f"expected/{moment}")
    return rows[[f"{program}_{phase}_pu" for phase in PHASES]].to_numpy()
