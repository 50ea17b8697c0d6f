"""The search on Almere 2026-2036: seconds to a first plan and to a gap of 1 %, size and memory.

    python benchmarks/search.py [gap]

The plan and the list are those of `examples/`, with five made-up infill projects and a candidate
for every measure that could serve a place, so that more than sixty may be chosen.
"""

import datetime as dt
import json
import os
import resource
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from stroomstad.run.desk import locate, open_city, read_plan_file, read_project_list
from stroomstad.run.model import default_city
from stroomstad.search import Question, SearchOptions, pose, propose, search
from stroomstad.timeline.horizons import build_horizon

ROOT = Path(__file__).parents[1]
INFILL = ("WK003402", "WK003404", "WK003411", "WK003424", "WK003434")
BUDGET_EUR = 15e6


def main(gap=0.01):
    desk, prepare_s = timed(lambda: open_city(default_city()))
    plan, _ = read_plan_file(ROOT / "examples/almere_2035.toml", desk)
    projects, plan, _ = read_project_list(ROOT / "examples/almere_projects.xlsx", desk, plan)
    projects = with_infill(projects, desk.twin.city.areas["area_code"])
    sites, _ = locate(desk.twin, plan, projects["place"])
    plan = propose(desk.twin, plan, projects, sites)
    horizon, horizon_s = timed(
        lambda: build_horizon(desk.twin, plan, places=sorted(set(projects["place"])))
    )
    results = {
        "cores": os.cpu_count(),
        "projects": len(projects),
        "candidates": int((plan.measures["status"] == "candidate").sum()),
        "years": len(horizon.years),
        "nodes": int(horizon.tree.parent.size),
        "quarters_kept": int(horizon.quarters.size),
        "city_s": round(prepare_s, 1),
        "horizon_s": round(horizon_s, 1),
    }
    for name, question in questions(plan).items():
        results[name] = bench(desk, plan, projects, horizon, (question, gap))
    results["peak_memory_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    print(json.dumps(results, indent=2))


def questions(plan):
    today = dt.date(plan.first_year, 1, 1)
    return {
        "budget lines of the plan": Question(today=today),
        "15 million of society": Question(today=today, ceiling_eur=BUDGET_EUR),
        "15 million of society, region apart": Question(
            today=today, ceiling_eur=BUDGET_EUR, region=False
        ),
    }


def bench(desk, plan, projects, horizon, asked):
    question, gap = asked
    parameters = desk.twin.parameters["mid"]
    posed = pose(
        horizon, plan, projects, desk.twin.catalogue, parameters, question=question
    )  # fmt: skip
    told, started = [], time.perf_counter()

    def tell(best, bound, away):
        told.append((time.perf_counter() - started, best, bound, away))

    answer, search_s = timed(
        lambda: search(posed.problem, SearchOptions(gap_fraction=gap), progress=tell)
    )
    effort = answer.effort
    return {
        "first_answer_s": round(told[0][0], 1),
        "within_5_percent_s": first(told, 0.05),
        "within_1_percent_s": first(told, 0.01),
        "whole_search_s": round(search_s, 1),
        "homes": sum(float(homes[:, -1].sum()) for homes in answer.mix.homes),
        "worth": round(answer.worth, 1),
        "bound": round(answer.bound, 1),
        "gap_fraction": round(answer.gap_fraction, 5),
        "homes_lost": round(answer.homes_lost, 2),
        "present_value_meur": round(answer.cost_eur / 1e6, 2),
        "chosen": int((answer.mix.size[:, -1] > 0).sum()),
        "ended": answer.ended,
        **{name: getattr(effort, name) for name in effort.__slots__},
    }


def with_infill(projects, known):
    """Homes in five more areas; made up, to have more to choose between."""
    row = projects[projects["kind"] == "homes"].iloc[0]
    places = [place for place in INFILL if place in set(known)]
    rows = [
        row.to_dict() | {
            "project_id": f"infill {place}", "name": f"infill {place}", "place": place,
            "row": 1000 + at, "first_year": 2027, "last_year": 2033, "homes": 600.0,
            "home_type": "apartment", "heating": "heat_pump", "kw_promised": np.nan,
            "requested_on": "", "assumed": True, "source": "made up for the benchmark",
        }
        for at, place in enumerate(places)
    ]  # fmt: skip
    return pd.concat([projects, pd.DataFrame(rows).astype(projects.dtypes)], ignore_index=True)


def first(told, away):
    seconds = [when for when, _, _, gap in told if gap <= away]
    return round(seconds[0], 1) if seconds else None


def timed(work):
    start = time.perf_counter()
    answer = work()
    return answer, time.perf_counter() - start


if __name__ == "__main__":
    main(*[float(text) for text in sys.argv[1:2]])
