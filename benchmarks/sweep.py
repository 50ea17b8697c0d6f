"""The sweep against power-grid-model and lightsim2grid: one grid, one year, one core.

    make bench, or: .venv/bin/python benchmarks/sweep.py --nodes 1000 10000

Made-up radial grids of about 1,000, 10,000 and 100,000 nodes: 20 feeders of stations, each with
low-voltage nodes behind it; loads of ten shapes and roofs of one, mixed differently at every node.
All three programs multiply the same loads out, solve to 1e-6 and reduce to the same extremes. The
sweep does the whole year; the peers do 500 quarters of it, one after the other, scaled to the
year. Seconds are those of the processor (user and system), because other work may run beside;
wall time is only trustworthy on a quiet machine, so the load of the machine is told too.

With all sizes, it writes the marked lines of docs/explanation/power_flow.md and their picture.
"""

import argparse
import datetime as dt
import json
import os
import platform
import resource
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

import numpy as np
from bench import make_grid, read_national
from lightsim2grid.lightsim2grid_cpp import AlgorithmType, LSGrid, TimeSeriesCPP
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from power_grid_model import CalculationMethod, ComponentType
from scipy.sparse import csr_matrix

from stroomstad.blocks import LoadBlocks
from stroomstad.powerflow import build_network
from stroomstad.powerflow.solver import build_model
from stroomstad.powerflow.swept import audit, sweep_network, to_branches
from stroomstad.sweep import sweep_year, tell_year
from stroomstad.sweep.kernel import begin, compiled
from stroomstad.sweep.lanes import WIDTH
from stroomstad.sweep.solve import Precision, make_work, solve_block

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "docs"))

from marked import fill  # noqa: E402

PAGE, PICTURE = ROOT / "docs/explanation/power_flow.md", ROOT / "docs/images/sweep.png"
YEAR, PEER_QUARTERS, CHUNK = 35_040, 500, 100
TOLERANCE_PU = 1e-6
# Stations in a feeder, and low-voltage nodes behind a station.
SIZES = {
    1_000: (4, 10),
    3_000: (12, 10),
    10_000: (40, 10),
    30_000: (40, 36),
    100_000: (40, 123),
}
HEADS = (
    "nodes",
    "sweep (core-s)",
    "of which loads",
    "power-grid-model (core-s)",
    "lightsim2grid (core-s)",
    "fastest of both / sweep",
    "sweep alone (ns per node and quarter)",
    "two cores, times as fast",
    "memory (MB)",
    "largest difference (pu)",
)
NAMES = {  # of the picture, with their colours
    "sweep": ("sweep", "#0b6e4f"),
    "lightsim2grid": ("lightsim2grid", "#c2571a"),
    "power_grid_model": ("power-grid-model", "#3a5a98"),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nodes", type=int, nargs="+", default=list(SIZES), choices=list(SIZES))
    parser.add_argument("--only", choices=list(CASES), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.only:
        print(json.dumps(CASES[asked.only](asked.nodes[0])))
        return
    results = {"machine": machine(), "sizes": {}}
    for nodes in asked.nodes:
        found = {name: run_alone(name, nodes) for name in CASES}
        results["sizes"][nodes] = found | {"ratios": ratios(found)}
        tell(nodes, results["sizes"][nodes])
    results["load_at_the_end"] = os.getloadavg()
    target = ROOT / "bench_sweep.json"
    target.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(f"written to {target.name}")
    if set(results["sizes"]) == set(SIZES):
        fill(PAGE, "benchmarks/sweep.py", {"measured": page_lines(results)})
        draw(results["sizes"])


def page_lines(results):
    """What is measured, as lines of Markdown."""
    used = results["machine"]
    yield (
        f"{dt.datetime.now(dt.UTC).date()}, {used['cores']} cores ({used['processor']}), load "
        f"{used['load_at_the_start'][0]:.2f} at the start; numba {used['numba']}, power-grid-model "
        f"{used['power_grid_model']}, lightsim2grid {used['lightsim2grid']}."
    )
    yield ""
    yield from (table_row(HEADS), table_row("---" for _ in HEADS))
    for found in results["sizes"].values():
        sweep, ratio = found["sweep"], found["ratios"]
        cells = (
            f"{sweep['nodes']:,}",
            sweep["year_core_s"],
            sweep["generation_core_s"],
            f"{found['power_grid_model']['year_core_s']:,.0f}",
            f"{found['lightsim2grid']['year_core_s']:,.0f}",
            ratio["fastest_peer_over_sweep"],
            sweep["rounds_and_proof_ns_per_node_quarter"],
            ratio["two_threads_speed_up_by_wall"],
            sweep["peak_memory_mb"],
            f"{sweep['largest_difference_to_power_grid_model_pu']:.0e}",
        )
        yield table_row(cells)


def table_row(cells):
    """One row of a Markdown table."""
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def draw(sizes):
    """Seconds of one core and memory over the number of nodes."""
    figure = Figure(figsize=(9, 3.8), layout="constrained")
    FigureCanvasAgg(figure)
    for axes, key, told in zip(
        figure.subplots(1, 2),
        ("year_core_s", "peak_memory_mb"),
        ("core-seconds for a year of 35,040 quarters", "peak memory (MB)"),
        strict=True,
    ):
        for case, (name, colour) in NAMES.items():
            points = [(found["sweep"]["nodes"], found[case][key]) for found in sizes.values()]
            axes.plot(*zip(*points, strict=True), marker="o", color=colour, label=name)
        axes.set(xscale="log", yscale="log", xlabel="nodes", title=told)
        axes.title.set_size("medium")
        axes.grid(which="major", color="#dddddd")
        axes.legend(frameon=False)
    figure.savefig(PICTURE, dpi=120)


def machine():
    names = ("numpy", "numba", "power-grid-model", "lightsim2grid")
    return {
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "load_at_the_start": os.getloadavg(),
        "python": platform.python_version(),
        **{name.replace("-", "_"): version(name) for name in names},
    }


def run_alone(name, nodes):
    """One case in a process of its own, so that its peak memory is its own."""
    command = [sys.executable, __file__, "--nodes", str(nodes), "--only", name]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(told.stdout.splitlines()[-1])


def ratios(found):
    ours = found["sweep"]["year_core_s"]
    peers = {name: found[name]["year_core_s"] for name in ("power_grid_model", "lightsim2grid")}
    two = found["sweep_two_threads"]
    return {
        **{f"{name}_over_sweep": round(seconds / ours, 1) for name, seconds in peers.items()},
        "fastest_peer_over_sweep": round(min(peers.values()) / ours, 1),
        "two_threads_speed_up_by_wall": round(
            found["sweep"]["year_wall_s"] / two["year_wall_s"], 2
        ),
    }


def tell(nodes, found):
    print(f"about {nodes:,} nodes")
    for case, values in found.items():
        print(f"  {case}")
        for key, value in values.items():
            print(f"    {key:<36} {value}")


def bench_sweep(nodes):
    grid, network, load, feed_in = make_case(nodes)
    warm = sweep_network(network, load.select(np.arange(16)), feed_in.select(np.arange(16)))
    _, compile_s, _ = clocked(lambda: tell_year(sweep_year(warm)))
    sweep, build_s, _ = clocked(lambda: sweep_network(network, load, feed_in))
    swept, sweep_s, wall_s = clocked(lambda: sweep_year(sweep))
    year, tell_s, _ = clocked(lambda: tell_year(swept))
    node_quarters = len(grid.nodes) * YEAR
    generation_s, rounds_s = time_parts(sweep)
    found = audit(swept, network.arrays, quarters=5)
    return {
        "nodes": len(grid.nodes),
        "quarters": YEAR,
        "year_core_s": round(build_s + sweep_s + tell_s, 2),
        "year_wall_s": round(wall_s, 2),
        "ns_per_node_quarter": round((build_s + sweep_s + tell_s) / node_quarters * 1e9, 2),
        "generation_core_s": round(generation_s, 2),
        "rounds_and_proof_core_s": round(rounds_s, 2),
        "rounds_and_proof_ns_per_node_quarter": round(rounds_s / node_quarters * 1e9, 2),
        "reduction_core_s": round(sweep_s - generation_s - rounds_s, 2),
        "order_and_results_core_s": round(build_s + tell_s, 2),
        "first_call_core_s": round(compile_s, 2),
        "peak_memory_mb": peak_memory_mb(),
        "not_solved": int((~year.solved).sum()),
        "voltage_min_pu": round(float(year.voltage_min_pu.min()), 4),
        "voltage_max_pu": round(float(year.voltage_max_pu.max()), 4),
        "largest_difference_to_power_grid_model_pu": found.voltage_pu,
        "load_average": os.getloadavg()[0],
    }


@compiled
def generate(tree, demand, _precision, work, span):
    feeder, start, stop = span
    first = tree.first[feeder]
    for step in range(start, stop, WIDTH):
        begin(work.nodes, demand, first, tree.first[feeder + 1] - first, step)


@compiled
def generate_and_solve(tree, demand, precision, work, span):
    feeder, start, stop = span
    first = tree.first[feeder]
    for step in range(start, stop, WIDTH):
        begin(work.nodes, demand, first, tree.first[feeder + 1] - first, step)
        solve_block(tree, work, first, tree.first[feeder + 1] - first, precision)


def time_parts(sweep):
    """Seconds of multiplying loads out, and of rounds with their proof, apart from the rest."""
    tree, demand = sweep.radial.tree, sweep.demand
    precision = Precision(2 * TOLERANCE_PU / sweep.radial.voltage.max(), 200)
    work = make_work(int(np.diff(tree.first).max()))
    seconds = []
    for part in (generate, generate_and_solve):
        part(tree, demand, precision, work, (0, 0, WIDTH))
        started = time.process_time()
        for feeder in range(sweep.radial.feeders):
            part(tree, demand, precision, work, (feeder, 0, YEAR))
        seconds.append(time.process_time() - started)
    return seconds[0], seconds[1] - seconds[0]


def bench_two_threads(nodes):
    grid, network, load, feed_in = make_case(nodes)
    sweep = sweep_network(network, load, feed_in)
    with ThreadPoolExecutor(2) as executor:
        sweep_year(sweep, span=(0, 2 * WIDTH), pool=(executor, 2))  # compiled before it counts
        _, core_s, wall_s = clocked(lambda: sweep_year(sweep, pool=(executor, 2)))
    return {
        "nodes": len(grid.nodes),
        "year_core_s": round(core_s, 2),
        "year_wall_s": round(wall_s, 2),
        "peak_memory_mb": peak_memory_mb(),
        "load_average": os.getloadavg()[0],
    }


def bench_power_grid_model(nodes):
    """Current iteration in one batch per chunk; no more output than the extremes ask for."""
    grid, network, load, feed_in = make_case(nodes)
    demand_node = np.flatnonzero(np.diff(load.weights.indptr) > 0)
    lag = np.tan(np.arccos(network.power_factor))
    model, build_s, _ = clocked(lambda: build_model(network.arrays, demand_node))
    outputs = {
        ComponentType.node: {"u_pu"},
        ComponentType.line: {"p_from", "i_from"},
        ComponentType.transformer: {"p_from", "s_from"},
    }
    kept = Extremes()

    def solve(start):
        load_w = load.block(start, start + CHUNK)[demand_node].T * 1e3
        net_w = load_w - feed_in.block(start, start + CHUNK)[demand_node].T * 1e3
        output = model.calculate_power_flow(
            update_data={
                ComponentType.sym_load: {
                    "p_specified": np.ascontiguousarray(net_w),
                    "q_specified": np.ascontiguousarray(load_w * lag),
                }
            },
            calculation_method=CalculationMethod.iterative_current,
            error_tolerance=TOLERANCE_PU,
            threading=-1,
            output_component_types=outputs,
        )
        kept.take("voltage", output[ComponentType.node]["u_pu"], start)
        for kind, name in ((ComponentType.line, "i_from"), (ComponentType.transformer, "s_from")):
            kept.take_both(kind, output[kind][name], output[kind]["p_from"], start)

    return peer_result(grid, build_s, solve)


def bench_lightsim2grid(nodes):
    """Newton-Raphson on a warm start by its time series, with KLU."""
    grid, network, load, feed_in = make_case(nodes)
    demand_node = np.flatnonzero(np.diff(load.weights.indptr) > 0)
    lag = np.tan(np.arccos(network.power_factor))
    model, build_s, _ = clocked(lambda: make_lightsim(network.arrays, demand_node))
    branches = to_branches(network.arrays)
    steps = TimeSeriesCPP(model)
    steps.change_algorithm(AlgorithmType.NRSing_KLU)  # its fastest for one slack node
    held_pu = network.arrays.source_voltage_pu[0]
    state = {"voltage": np.full(len(grid.nodes), held_pu, dtype=complex)}
    kept = Extremes()
    series = 1.0 / (branches.r + 1j * branches.x)

    def solve(start):
        load_mw = load.block(start, start + CHUNK)[demand_node].T / 1e3
        net_mw = load_mw - feed_in.block(start, start + CHUNK)[demand_node].T / 1e3
        status = steps.compute_Vs(
            np.zeros((CHUNK, 1)), np.zeros((CHUNK, 0)), np.ascontiguousarray(net_mw),
            np.ascontiguousarray(load_mw * lag), state["voltage"], 20, TOLERANCE_PU,
        )  # fmt: skip
        assert status == 1
        voltage = steps.get_voltages()
        state["voltage"] = voltage[-1].copy()
        kept.take("voltage", np.abs(voltage), start)
        upper, lower = voltage[:, branches.from_node] / branches.ratio, voltage[:, branches.to_node]
        current = (upper - lower) * series + upper * (branches.g + 1j * branches.b) / 2
        power = upper * current.conj()
        size = np.where(branches.is_transformer, np.abs(power), np.abs(current))
        kept.take_both("branch", size, power.real, start)

    solve(0)
    difference = compare_lightsim(network, load, feed_in, kept)
    return peer_result(grid, build_s, solve) | {
        "largest_difference_to_power_grid_model_pu": difference
    }


def compare_lightsim(network, load, feed_in, kept):
    """Highest difference of the lowest voltages of the first chunk to those of power-grid-model."""
    first = np.arange(CHUNK)
    sweep = sweep_network(network, load.select(first), feed_in.select(first))
    year = tell_year(sweep_year(sweep))
    return float(np.abs(year.voltage_min_pu - kept.low["voltage"]).max())


def make_lightsim(arrays, demand_node):
    """The same grid for lightsim2grid: π-circuits with a ratio, per unit on 1 MVA."""
    branches = to_branches(arrays)
    line, trafo = ~branches.is_transformer, branches.is_transformer
    ends = [branches.from_node.astype(np.int32), branches.to_node.astype(np.int32)]
    shunt = branches.g + 1j * branches.b
    size = arrays.node_voltage_v.size
    model = LSGrid()
    model.set_sn_mva(1.0)
    model.set_init_vm_pu(1.0)
    model.init_bus(size, 1, arrays.node_voltage_v / 1e3, int(line.sum()), int(trafo.sum()))
    model.init_powerlines(
        branches.r[line], branches.x[line], shunt[line], *(end[line] for end in ends)
    )
    model.init_trafo(
        branches.r[trafo], branches.x[trafo], shunt[trafo], branches.ratio[trafo],
        np.zeros(trafo.sum()), [True] * int(trafo.sum()), *(end[trafo] for end in ends),
        True,  # noqa: FBT003 -- a shift would count as the loaders of lightsim2grid have it
    )  # fmt: skip
    nothing = np.zeros(demand_node.size)
    model.init_loads(nothing, nothing, demand_node.astype(np.int32))
    held = arrays.source_voltage_pu
    most = np.full(held.size, 1e6)
    model.init_generators(
        np.zeros(held.size), held, -most, most, arrays.source_node.astype(np.int32)
    )
    model.add_gen_slackbus(0, 1.0)
    return model


class Extremes:
    """Highest and lowest of every place, and when: what the sweep keeps of a year at least."""

    def __init__(self):
        self.high, self.low, self.at = {}, {}, {}

    def take(self, name, values, start):
        places = np.arange(values.shape[1])
        for kept, at in ((self.high, values.argmax(axis=0)), (self.low, values.argmin(axis=0))):
            best = values[at, places]
            if name in kept:
                further = best > kept[name] if kept is self.high else best < kept[name]
                kept[name][further] = best[further]
                self.at[name][further] = at[further] + start
            else:
                kept[name], self.at[name] = best, at + start

    def take_both(self, name, size, power, start):
        """Towards the customers and towards the source apart."""
        self.take(name, np.where(power > 0, size, -size), start)


def peer_result(grid, build_s, solve):
    solve(0)
    _, core_s, wall_s = clocked(lambda: [solve(start) for start in range(0, PEER_QUARTERS, CHUNK)])
    return {
        "nodes": len(grid.nodes),
        "quarters": PEER_QUARTERS,
        "core_s": round(core_s, 2),
        "wall_s": round(wall_s, 2),
        "year_core_s": round(build_s + core_s * YEAR / PEER_QUARTERS, 1),
        "ns_per_node_quarter": round(core_s / PEER_QUARTERS / len(grid.nodes) * 1e9, 1),
        "peak_memory_mb": peak_memory_mb(),
        "load_average": os.getloadavg()[0],
    }


def make_case(nodes):
    stations, behind = SIZES[nodes]
    grid = make_grid(stations_per_feeder=stations, nodes_per_station=behind)
    parameters, transformer_types = read_national()
    load, feed_in = make_year(grid)
    return grid, build_network(grid, transformer_types, parameters), load, feed_in


def make_year(grid, seed=1, shapes=10):
    """Homes of 2 to 20 MWh a year: days within seasons, never twice the same; and roofs."""
    rng = np.random.default_rng(seed)
    homes = (grid.nodes["kind"] == "lv").to_numpy()[:, None]
    weights = rng.uniform(200, 2000, (len(grid.nodes), shapes)) * homes
    quarter = np.arange(YEAR)
    day, season = quarter * 2 * np.pi / 96, np.cos(quarter * 2 * np.pi / YEAR)
    shape = (1 + 0.5 * np.sin(day + rng.uniform(0, 2, (shapes, 1)))) * (1 + 0.2 * season) / 8760
    shape *= rng.uniform(0.9, 1.1, shape.shape)
    sun = np.clip(-np.cos(day) * (1 - 0.5 * season), 0, None)[None, :] / 2000
    sun *= rng.uniform(0.3, 1.0, sun.shape)
    panels = csr_matrix(weights.sum(axis=1, keepdims=True) * 0.2)
    return LoadBlocks(csr_matrix(weights), shape), LoadBlocks(panels, sun)


def clocked(work):
    """Answer, seconds of the processor, and seconds on the wall."""
    wall, core = time.perf_counter(), time.process_time()
    answer = work()
    return answer, time.process_time() - core, time.perf_counter() - wall


def peak_memory_mb():
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


CASES = {
    "sweep": bench_sweep,
    "sweep_two_threads": bench_two_threads,
    "power_grid_model": bench_power_grid_model,
    "lightsim2grid": bench_lightsim2grid,
}

if __name__ == "__main__":
    main()
