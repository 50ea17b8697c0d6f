"""Time, memory and nanoseconds per node-step, as text and as `bench.json`.

    make bench

First the whole of Almere, from files to report. Then the power flow on its own, on a grid that is
made up: 20 feeders of 40 stations with 10 low-voltage nodes each, 9,601 nodes. The
peer is power-grid-model itself: the same grid, the same powers and the same outputs in one batch
call per chunk, in the same run on the same cores, with its input lying ready. What the adapter
adds to it is what it costs to multiply the loads out, to put the answer in order and to check
the balance.
"""

import datetime as dt
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from power_grid_model import CalculationMethod, ComponentType
from scipy.sparse import csr_matrix

from stroomstad.blocks import LoadBlocks
from stroomstad.powerflow import PowerFlowOptions, build_network, solve_flows, solve_year
from stroomstad.powerflow.solver import build_model
from stroomstad.store import list_runs, load_run
from stroomstad.tables.grid import Grid
from stroomstad.tables.parameters import Parameters
from stroomstad.tables.profiles import TimeAxis
from stroomstad.units import QUARTERS_PER_WEEK

ROOT = Path(__file__).parents[1]
FEEDERS, STATIONS_PER_FEEDER, NODES_PER_STATION = 20, 40, 10
REPEATS = 2


def main():
    results = {
        "machine": machine(),
        "demo": bench_demo(),
        "powerflow": bench_powerflow(),
    }
    for name, values in results.items():
        print(name)
        for key, value in values.items():
            print(f"  {key:<36} {value}")
    target = ROOT / "bench.json"
    target.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(f"written to {target.name}")


def machine():
    return {
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "power_grid_model": version("power-grid-model"),
    }


def bench_demo():
    """The whole of Almere, from files to report, in a process of its own."""
    with tempfile.TemporaryDirectory() as runs:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-m", "stroomstad.cli", "demo", "--runs", runs]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        _, wall_s = timed(lambda: subprocess.run(command, check=True, **quiet))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        run = load_run(list_runs(Path(runs))[0])
    return {
        "wall_s": round(wall_s, 1),
        "core_s": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1),
        "peak_memory_mb": round(after.ru_maxrss / 1024),
        "nodes": len(run.tables["nodes"]),
        **{
            f"{step.replace(' ', '_')}_s": seconds
            for step, seconds in run.manifest["seconds"].items()
        },
    }


def bench_powerflow(weeks=2):
    """Design weeks through the adapter, and the same work by power-grid-model alone."""
    grid, parameters, transformer_types = make_grid(), *read_national()
    quarters = weeks * QUARTERS_PER_WEEK
    load, feed_in = make_loads(grid, quarters)
    axis = TimeAxis(dt.datetime(2023, 1, 2, tzinfo=dt.UTC), quarters)
    network, build_s = timed(lambda: build_network(grid, transformer_types, parameters))
    flows = solve_flows(network, load, feed_in, axis)
    adapter_mb = peak_memory_mb()  # before the peer's input takes its place beside it
    peer_input = make_chunks(network, load, feed_in)
    work = {
        "adapter": lambda: solve_flows(network, load, feed_in, axis),
        "reduced": lambda: solve_year(network, load, feed_in, axis),
        "peer": lambda: solve_by_peer(*peer_input),
    }
    # Turn by turn, so that whatever else the machine does falls on all of them.
    turns = [{name: timed(call)[1] for name, call in work.items()} for _ in range(REPEATS)]
    adapter_s, reduced_s, peer_s = (min(turn[name] for turn in turns) for name in work)
    voltage_pu = solve_by_peer(*peer_input)
    node_steps = len(grid.nodes) * quarters
    return {
        "nodes": len(grid.nodes),
        "quarters": quarters,
        "build_s": round(build_s, 3),
        "adapter_s": round(adapter_s, 2),
        "adapter_ns_per_node_step": round(adapter_s / node_steps * 1e9, 1),
        "adapter_reduced_s": round(reduced_s, 2),
        "power_grid_model_s": round(peer_s, 2),
        "power_grid_model_ns_per_node_step": round(peer_s / node_steps * 1e9, 1),
        "adapter_over_power_grid_model": round(adapter_s / peer_s, 2),
        "largest_difference_pu": float(np.abs(flows.voltage_pu - voltage_pu).max()),
        "voltage_min_pu": round(float(flows.voltage_pu.min()), 4),
        "balance_worst_kw": float(np.abs(flows.mismatch_kw).max()),
        "adapter_peak_memory_mb": round(adapter_mb),
    }


def timed(work):
    start = time.perf_counter()
    answer = work()
    return answer, time.perf_counter() - start


def peak_memory_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def read_national():
    folder = ROOT / "data" / "national"
    rows = pd.read_csv(folder / "parameters.csv", dtype={"valid_from": str, "valid_to": str})
    return Parameters(rows, dt.date(2023, 1, 1)), pd.read_csv(folder / "transformer_types.csv")


def make_grid(stations_per_feeder=STATIONS_PER_FEEDER, nodes_per_station=NODES_PER_STATION):
    """Feeders of stations in a row, each with two low-voltage cables of five nodes."""
    nodes, cables, stations = [("OS", "substation", 10_000.0)], [], []
    for station in range(FEEDERS * stations_per_feeder):
        mv, lv = f"S{station}-mv", f"S{station}-lv"
        first = station % stations_per_feeder == 0
        nodes += [(mv, "station_mv", 10_000.0), (lv, "station_lv", 400.0)]
        before = "OS" if first else f"S{station - 1}-mv"
        cables.append((f"M{station}", "mv_cable", before, mv, 300.0, 0.122, 0.105, 416.0))
        stations.append((f"S{station}", mv, lv, 400.0))
        for end in range(nodes_per_station):
            nodes.append((f"S{station}-{end}", "lv", 400.0))
            before = lv if end % 5 == 0 else f"S{station}-{end - 1}"
            cables.append(
                (f"L{station}-{end}", "lv_cable", before, nodes[-1][0], 40.0, 0.208, 0.08, 270.0)
            )
    return Grid(
        pd.DataFrame(nodes, columns=["node_id", "kind", "voltage_v"]),
        pd.DataFrame(
            cables,
            columns=["cable_id", "kind", "from_node", "to_node", "length_m", "r_ohm_per_km",
                     "x_ohm_per_km", "rated_current_a"],
        ).assign(parallel=1),
        pd.DataFrame(stations, columns=["station_id", "node_mv", "node_lv", "rating_kva"]),
        pd.DataFrame({"substation_id": ["OS"], "node_mv": ["OS"]}),
        pd.DataFrame(),
        pd.DataFrame(),
    )  # fmt: skip


def make_loads(grid, quarters, seed=1, shapes=10):
    """Homes of 2 to 20 MWh a year on every low-voltage node, mixed from a few daily shapes."""
    rng = np.random.default_rng(seed)
    homes = (grid.nodes["kind"] == "lv").to_numpy()[:, None]
    weights = rng.uniform(200, 2000, (len(grid.nodes), shapes)) * homes
    day = np.arange(quarters) * 2 * np.pi / 96
    shape = (1 + 0.5 * np.sin(day + rng.uniform(0, 2, (shapes, 1)))) / 8760
    sun = np.clip(-np.cos(day), 0, None)[None, :] / 2000
    panels = csr_matrix(weights.sum(axis=1, keepdims=True) * 0.2)
    return LoadBlocks(csr_matrix(weights), shape), LoadBlocks(panels, sun)


def make_chunks(network, load, feed_in):
    """The same powers as the adapter multiplies out, ready for power-grid-model."""
    demand_node = np.flatnonzero(np.diff(load.weights.indptr) > 0)
    lag = np.tan(np.arccos(network.power_factor))
    chunks = []
    step = PowerFlowOptions().chunk_quarters
    for start in range(0, load.quarters, step):
        stop = min(start + step, load.quarters)
        load_w = load.block(start, stop)[demand_node].T * 1000
        net_w = load_w - feed_in.block(start, stop)[demand_node].T * 1000
        columns = {"p_specified": net_w.copy(order="C"), "q_specified": (load_w * lag).copy("C")}
        chunks.append({ComponentType.sym_load: columns})
    return build_model(network.arrays, demand_node), chunks


def solve_by_peer(model, chunks):
    voltages = []
    for chunk in chunks:
        output = model.calculate_power_flow(
            update_data=chunk,
            calculation_method=CalculationMethod.iterative_current,
            error_tolerance=PowerFlowOptions().tolerance_pu,
            max_iterations=PowerFlowOptions().iterations_max,
            threading=PowerFlowOptions().threads,
            output_component_types={
                ComponentType.node: {"u_pu"},
                ComponentType.line: {"p_from", "p_to", "i_from", "i_to"},
                ComponentType.transformer: {"p_from", "p_to", "s_from", "s_to"},
                ComponentType.source: {"p", "s"},
            },
        )
        voltages.append(output[ComponentType.node]["u_pu"].T)
    return np.hstack(voltages)


if __name__ == "__main__":
    main()
