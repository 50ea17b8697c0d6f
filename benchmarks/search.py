"""The search on Almere 2026-2036: seconds to a first plan and to a gap of 1 %, size and memory.

    python benchmarks/search.py [gap]

First the rooms of all areas for one year. Then the search: the plan and the list are those of
`examples/`, with five made-up infill projects and a candidate for every measure that could serve a
place, so that more than sixty may be chosen; the plan that it finds is checked by AC and banded.
Last the peer: the same stated programme written out in PuLP, nothing left out, and solved by CBC,
beside ours on the same small cities to the same gap, turn by turn in the same run. What is measured
goes to `bench.json` and to the marked lines of docs/explanation/search.md.
"""

import datetime as dt
import json
import os
import platform
import resource
import sys
import time
import warnings
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

from stroomstad.fitting.fits import homes_that_fit
from stroomstad.powerflow import solve_steps
from stroomstad.run.desk import locate, open_city, read_plan_file, read_project_list
from stroomstad.run.lists import empty_plan, plan_horizons
from stroomstad.run.model import Clock, default_city
from stroomstad.search import Question, SearchOptions, plan_of, pose, propose, search
from stroomstad.tables.plan import PAYERS
from stroomstad.timeline.horizons import build_horizon
from stroomstad.trust.confirm import confirm_plan
from stroomstad.trust.staircase import horizon_band

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "docs"))

from marked import fill  # noqa: E402

PAGE = ROOT / "docs/explanation/search.md"
INFILL = ("WK003402", "WK003404", "WK003411", "WK003424", "WK003434")
BUDGET_EUR = 15e6
ROOM_YEAR = 2030
PEER_CASES, PEER_GAP = range(1000, 1020), 1e-7
PEER_SIZES = {
    "small cities": {},
    "small cities with 10 years, 12 candidates and 4 connections": {
        "years": 10, "choices": 12, "connections": 4,
    },
}  # fmt: skip
DRAWS = 200


def main(gap=0.01):
    desk, city_s = timed(lambda: open_city(default_city()))
    results = {"machine": machine(), "city_s": round(city_s, 1), "rooms": bench_rooms(desk)}
    plan, projects, horizon, results["size"] = laid_out(desk)
    for name, question in questions(plan).items():
        results[name], found = bench(desk, plan, projects, horizon, (question, gap))
        if question.ceilings and question.region:
            results["check"] = bench_check(desk, found, projects)
    results["peer"] = {name: bench_peer(size) for name, size in PEER_SIZES.items()}
    results["peak_memory_mb"] = peak_memory_mb()
    print(json.dumps(results, indent=2))
    keep(results)
    fill(PAGE, "benchmarks/search.py", {"measured": page_lines(results)})


def machine():
    return {
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "highs": version("highspy"),
        "pulp": version("pulp"),
    }


def laid_out(desk):
    """The example with what is made up beside it, over all its years."""
    plan, _ = read_plan_file(ROOT / "examples/almere_2035.toml", desk)
    projects, plan, _ = read_project_list(ROOT / "examples/almere_projects.xlsx", desk, plan)
    projects = with_infill(projects, desk.twin.city.areas["area_code"])
    sites, _ = locate(desk.twin, plan, projects["place"])
    plan = propose(desk.twin, plan, projects, sites)
    horizon, horizon_s = timed(
        lambda: build_horizon(desk.twin, plan, places=sorted(set(projects["place"])))
    )
    return plan, projects, horizon, {
        "projects": len(projects),
        "candidates": int((plan.measures["status"] == "candidate").sum()),
        "years": len(horizon.years),
        "nodes": int(horizon.tree.parent.size),
        "quarters_kept": int(horizon.quarters.size),
        "horizon_s": round(horizon_s, 1),
    }  # fmt: skip


def bench_rooms(desk):
    """Homes that fit in every area in one year, with nothing planned; the city stands ready."""
    plan = replace(empty_plan(desk, ROOM_YEAR), last_year=ROOM_YEAR)
    areas = sorted(desk.twin.city.areas["area_code"])

    def rooms():
        horizon = build_horizon(desk.twin, plan, places=areas)
        return [homes_that_fit(horizon, area, horizon.home_kw) for area in areas]

    found, seconds = timed(rooms)
    return {
        "areas": len(found),
        "seconds": round(seconds, 1),
        "peak_memory_mb": peak_memory_mb(),
    }


def bench_check(desk, plan, projects):
    """AC on the plan that was found, and the band of what fits beside it."""
    clock = Clock(lambda _step, _done: None)
    horizons, years_s = timed(lambda: plan_horizons(desk, plan, projects, clock))
    (confirmed, _), confirm_s = timed(
        lambda: confirm_plan(desk.twin, plan, projects, horizons["mid"], solve_steps)
    )
    _, band_s = timed(lambda: horizon_band(horizons, draws=DRAWS))
    homes = projects.loc[projects["kind"] == "homes", "project_id"]
    last = confirmed[confirmed["project_id"].isin(homes)]
    last = last[last["year"] == last["year"].max()]
    return {
        "years_in_three_cases_s": round(years_s, 1),
        "confirm_s": round(confirm_s, 1),
        "confirmed": float(last["confirmed"].sum()),
        "draws": DRAWS,
        "band_s": round(band_s, 1),
    }


def bench_peer(size):
    """The same stated programme by PuLP and CBC; each side builds and solves it."""
    sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests/reference/search_twin")]
    import pulp  # noqa: PLC0415
    from small_cities import small_city  # noqa: PLC0415
    from test_search_twin import Twin  # noqa: PLC0415

    warnings.filterwarnings("ignore", message="PULP_CBC_CMD is deprecated")
    options = SearchOptions(gap_fraction=PEER_GAP, tidy=False)
    ours_s, peer_s, solver_s, apart = 0.0, 0.0, 0.0, 0.0
    for seed in PEER_CASES:
        problem = small_city(seed, **size)
        answer, seconds = timed(lambda problem=problem: search(problem, options))
        ours_s += seconds
        model, seconds = timed(lambda problem=problem: Twin(problem).build())
        peer_s += seconds
        solver = pulp.PULP_CBC_CMD(msg=False, gapRel=PEER_GAP)
        _, seconds = timed(lambda model=model, solver=solver: model.solve(solver))
        peer_s, solver_s = peer_s + seconds, solver_s + seconds
        worth = pulp.value(model.objective)
        apart = max(apart, abs(answer.programme_worth - worth) / max(worth, 1.0))
    return {
        "cases": len(PEER_CASES),
        "ours_s": round(ours_s, 2),
        "pulp_and_cbc_s": round(peer_s, 2),
        "of_which_cbc_s": round(solver_s, 2),
        "ours_over_pulp_and_cbc": round(ours_s / peer_s, 2),
        "ours_over_cbc_alone": round(ours_s / solver_s, 2),
        "largest_difference_of_worth": float(f"{apart:.1e}"),
    }


def keep(results):
    """Put the results beside those of the power flow."""
    path = ROOT / "bench.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    text = json.dumps(known | {"search": results}, indent=2)
    path.write_text(text + "\n", encoding="utf-8")


def page_lines(results):
    """What is measured, as lines of Markdown."""
    used, size = results["machine"], results["size"]
    yield (
        f"On {used['cores']} cores ({used['processor']}), Python {used['python']}, HiGHS "
        f"{used['highs']}: {size['nodes']:,} nodes, {size['years']} years, {size['projects']} "
        f"projects, {size['candidates']} candidates."
    )
    yield from ("", "| what | measured |", "| --- | --- |")
    rooms, check = results["rooms"], results["check"]
    rows = [
        ("reading, drawing up and loading the city", f"{results['city_s']} s"),
        (f"rooms of {rooms['areas']} areas for one year", f"{rooms['seconds']} s"),
        ("peak memory up to there", f"{rooms['peak_memory_mb']:,} MB"),
        ("the years of the plan", f"{size['horizon_s']} s"),
    ]
    for name in (name for name in results if isinstance(results[name], dict)):
        one = results[name]
        if "first_answer_s" in one:
            rows += [
                (f"searched plan, {name}: first", f"{one['first_answer_s']} s"),
                (f"searched plan, {name}: within 1 %", _seconds(one["within_1_percent_s"])),
                (f"searched plan, {name}: ended ({one['ended']})", f"{one['whole_search_s']} s"),
                (f"searched plan, {name}: gap", f"{one['gap_fraction']:.2%}"),
            ]
    rows += [
        ("AC check of the plan found", f"{check['confirm_s']} s"),
        (f"band of {check['draws']} draws", f"{check['band_s']} s"),
        ("peak memory of all", f"{results['peak_memory_mb']:,} MB"),
    ]
    yield from (f"| {what} | {measured} |" for what, measured in rows)
    yield ""
    yield (
        f"The same programme written out in PuLP {used['pulp']} and solved by CBC to the same gap, "
        "beside this search; seconds for all cases together:"
    )
    yield from (
        "",
        "| cases | this search | PuLP and CBC | of which CBC | ratio | worth differs by |",
        "| --- | --- | --- | --- | --- | --- |",
    )
    for name, one in results["peer"].items():
        yield (
            f"| {one['cases']} {name} | {one['ours_s']} | {one['pulp_and_cbc_s']} | "
            f"{one['of_which_cbc_s']} | {one['ours_over_pulp_and_cbc']} | "
            f"{one['largest_difference_of_worth']:g} |"
        )


def _seconds(value):
    return "not reached" if value is None else f"{value} s"


def questions(plan):
    today = dt.date(plan.first_year, 1, 1)
    return {
        "budget lines of the plan": Question(today=today),
        "15 million of society": Question(today=today, ceilings=((PAYERS, BUDGET_EUR),)),
        "15 million of society, region apart": Question(
            today=today, ceilings=((PAYERS, BUDGET_EUR),), region=False
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
    found = plan_of(plan, posed, answer.mix)
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
    }, found


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


def peak_memory_mb():
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def timed(work):
    start = time.perf_counter()
    answer = work()
    return answer, time.perf_counter() - start


if __name__ == "__main__":
    main(*[float(text) for text in sys.argv[1:2]])
