"""Write docs/validation.md: reference cases solved now, and what the newest run shows of itself.

Without a finished run the part on the run is left as it was; without one ever, it says so.
"""

import importlib.util
import math
import sys
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd

from stroomstad.store import list_runs, load_run

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))  # where the cases are read
PAGE = ROOT / "docs" / "validation.md"
GENERATED = "<!-- Written by docs/make_validation.py. -->"
RUN_PART = "## A run of Almere"
NO_RUN = "No run has been made yet. `make demo` makes one; `make docs` then fills in this part."


def load_runner():
    """The runner of the reference cases, as the tests use it."""
    path = ROOT / "tests" / "reference" / "test_reference.py"
    spec = importlib.util.spec_from_file_location("reference_runner", path)
    runner = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(runner)
    return runner


def load_phases():
    """The three-phase case, as the tests read and solve it."""
    return importlib.import_module("three_phase_cases")


def row(*cells):
    """One row of a Markdown table."""
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def header(*names):
    """The first two rows of a Markdown table."""
    return [row(*names), row(*["---"] * len(names))]


def power_of_ten_above(value):
    """A difference told the same way on every machine: the power of ten it stays below.

    >>> power_of_ten_above(3.2e-10)
    'below 1e-09'
    """
    if value == 0:
        return "0"
    return f"below 1e{math.floor(math.log10(value)) + 1:+03d}"


def reference_row(runner, case):
    """Largest differences of one case."""
    terms = tomllib.loads((case / "case.toml").read_text(encoding="utf-8"))
    expected = pd.read_csv(case / "expected" / "nodes.csv")
    losses_w = pd.read_csv(case / "expected" / "totals.csv")["losses_w"].item()
    at, states = runner.solve_case(case)
    voltage_pu = states.voltage_pu[0, at.loc[expected["node"]].to_numpy()]
    return row(
        terms["title"],
        len(expected),
        terms["answer_by"],
        power_of_ten_above(np.abs(voltage_pu - expected["voltage_pu"]).max()) + " pu",
        power_of_ten_above(abs(states.losses_w[0] / losses_w - 1.0)),
        f"{terms['voltage_tolerance_pu']:g} pu",
    )


def reference_part():
    """The part on the reference cases."""
    runner = load_runner()
    lines = ["# Validation", "", GENERATED, "", "## Power flow against other programs", ""]
    lines += [
        "Each case is a published network, with the answer of another program stored beside it;",
        "`tests/reference/<case>/ORIGIN.md` tells who made both, and what does not agree.",
        "",
    ]
    lines += header(
        "case", "nodes", "answer by", "largest difference of voltage", "of losses", "allowed"
    )
    lines += [reference_row(runner, case) for case in runner.CASES]
    lines += ["", *phase_lines(load_phases())]
    return "\n".join(lines) + "\n"


def phase_lines(cases):
    """Largest differences of the three-phase case, at each moment and from each program."""
    terms = tomllib.loads((cases.FOLDER / "terms.toml").read_text(encoding="utf-8"))
    yield from ("## Three phases against other programs", "")
    yield f"{terms['title']}: 907 nodes, 55 homes of one phase each, at three moments of a day."
    yield f"`tests/reference/{cases.FOLDER.name}/ORIGIN.md` tells where differences come from."
    yield ""
    yield from header("moment", "answer by", "largest difference of a phase voltage", "allowed")
    for moment in cases.MOMENTS:
        voltage_pu = cases.solve_moment(moment).magnitude_pu[0]
        for program in cases.PROGRAMS:
            found = np.abs(voltage_pu - cases.expected_pu(moment, program)).max()
            yield row(
                moment,
                terms["answer_by"][program],
                power_of_ten_above(found) + " pu",
                f"{terms['voltage_tolerance_pu'][program]:g} pu",
            )


def sector_lines(sectors):
    """Energy of every sector against the balance."""
    yield from header("sector", "balance (GWh)", "points (GWh)", "difference")
    for values in sectors.to_dict("records"):
        balance, points = values["balance_kwh"] / 1e6, values["points_kwh"] / 1e6
        difference = f"{(points / balance - 1.0) * 100:+.2f} %" if balance else "no balance"
        yield row(values["sector"], f"{balance:.1f}", f"{points:.1f}", difference)


def dwelling_lines(reconciliation):
    """Dwellings of stable areas, each predicted by a rule that has not seen it."""
    stable = reconciliation[reconciliation["stable"] & (reconciliation["dwellings_cbs"] > 0)]
    error = stable["homes_predicted"] / stable["dwellings_cbs"] - 1.0
    together = stable["homes_predicted"].sum() / stable["dwellings_cbs"].sum() - 1.0
    low, middle, high = np.quantile(error, [0.05, 0.5, 0.95])
    yield f"{len(stable)} stable areas, each left out of its own fit: together {together:+.2%};"
    yield f"per area median {middle:+.1%}, 5 % below {low:+.1%}, 5 % above {high:+.1%}."


def station_lines(counts):
    """Stations over the sourced range of the rules."""
    yield from header("homes per station", "largest distance (m)", "public", "customers' own")
    for values in counts.to_dict("records"):
        yield row(
            f"{values['homes_per_station']:.0f}",
            f"{values['distance_max_m']:.0f}",
            values["stations_public"],
            values["stations_customer"],
        )
    yield ""
    yield "Published for Almere: 800 stations, without saying whose."


def fact_lines(facts):
    """Losses, voltages and balance."""
    yield from header("quantity", "value", "unit", "about")
    for values in facts.to_dict("records"):
        yield row(values["quantity"], f"{values['value']:.4g}", values["unit"], values["about"])


def evidence_lines(evidence):
    """How many answers hold in AC."""
    holds = int(evidence["holds"].sum())
    yield f"{holds} of {len(evidence)} answers break no limit in AC power flow, while the larger of"
    yield "one home and 1 % more breaks the named limit."


SECTIONS = {
    "sectors": ("Energy by sector", sector_lines),
    "reconciliation": ("Dwellings in areas left out of the fit", dwelling_lines),
    "station_counts": ("Number of stations", station_lines),
    "flow_facts": ("Losses, voltages and balance", fact_lines),
    "evidence": ("Room checked by AC power flow", evidence_lines),
}


def run_part():
    """The part on the newest run; what stands there already when there is none."""
    runs = [folder for folder in list_runs(ROOT / "runs") if folder.name.startswith("almere-")]
    if not runs:
        standing = PAGE.read_text(encoding="utf-8") if PAGE.is_file() else ""
        _, found, text = standing.partition(RUN_PART)
        return found + text if found else f"{RUN_PART}\n\n{NO_RUN}\n"
    run = load_run(runs[-1])
    lines = [RUN_PART, "", f"Version {run.manifest['version']}, seed {run.manifest['seed']}."]
    for name, (title, told) in SECTIONS.items():
        if name in run.tables:
            lines += ["", f"### {title}", "", *told(run.tables[name])]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(reference_part() + "\n" + run_part(), encoding="utf-8")
