"""The whole of Almere: the answer holds in every quarter of the weeks, and is the same twice."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest

from stroomstad import run as line
from stroomstad.capacity import (
    Question,
    build_capacities,
    build_limits,
    build_places,
    city_place,
)
from stroomstad.capacity.check import find_verdicts
from stroomstad.capacity.stress import stress_after, stress_before
from stroomstad.capacity.trial import TOLERANCE
from stroomstad.powerflow import solve_steps, solve_steps_fastest
from stroomstad.run import city as run_of_city
from stroomstad.store import hash_table, list_runs
from stroomstad.store.runs import load_facts

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]

QUARTERS_OF_HIGHEST_LOAD = 24
AREAS_SOLVED_WHOLE = ("Centrum Almere Haven", "Gooisekant", "Oosterwold", "Hortus", "Almere")


@pytest.fixture(scope="module")
def tables(desk):
    """The answer from the city as it was opened for the other tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run_of_city, "build_twin", lambda *_, **__: (desk.twin, desk.network))
        return line.answer(line.read_city(line.default_city())).tables


def test_every_area_has_an_answer_in_every_case_and_direction(tables):
    assert len(tables["room"]) == 71 * 3 * 2
    assert tables["room"]["room"].ge(0).all()
    assert tables["city_room"]["room"].notna().sum() == 6


def test_the_ac_check_holds_in_every_area(tables):
    evidence = tables["evidence"]
    assert evidence["holds"].all(), evidence[~evidence["holds"]]
    assert evidence["used_at_answer"].max() <= 1 + TOLERANCE
    assert evidence["used_above"].min() > 1


def test_the_readme_tells_the_answer(tables):
    city = tables["city_room"].query("direction == 'load'").set_index("case")["room"]
    told = " – ".join(f"{round(city[case], -3):,.0f}" for case in ("low", "mid", "high"))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"about {told} homes fit" in readme
    mid = tables["room"].query("direction == 'load' and case == 'mid'")
    bound = int((mid["binding_kind"] == "ring").sum())
    assert f"medium-voltage rings bind in {bound} of the 71" in readme


def test_nobody_is_left_without_a_station(tables):
    points, connections = tables["points"], tables["connections"]
    assert set(points["point_id"]) == set(connections["point_id"])
    below = points.loc[points["level"] != "substation", "point_id"]
    served = connections[connections["point_id"].isin(below)]
    assert served["station_id"].isin(tables["stations"]["station_id"]).all()
    assert tables["stations"]["addresses"].sum() == 107_152


def test_no_station_is_further_than_the_rule_allows(tables):
    public = tables["stations"][tables["stations"]["owner"] == "public"]
    assert public["distance_max_m"].max() <= 200.0
    assert tables["distances"]["distance_p98_m"].max() <= 200.0
    assert tables["distances"]["addresses"].sum() == 107_152


def test_station_counts_cover_the_sourced_range_and_fall_with_looser_rules(tables):
    counts = tables["station_counts"].sort_values(["distance_max_m", "homes_per_station"])
    assert len(counts) == 6
    assert (counts.groupby("distance_max_m")["stations_public"].diff().dropna() < 0).all()
    assert counts["stations_customer"].nunique() == 1


def test_the_balance_of_power_closes_and_losses_are_those_of_a_distribution_grid(tables):
    facts = tables["flow_facts"].set_index("quantity")["value"]
    assert facts["winter_balance_mismatch_kw"] < 0.01
    assert facts["summer_balance_mismatch_kw"] < 0.01
    assert 0.01 < facts["winter_losses_fraction"] < 0.06


def test_the_same_seed_gives_the_same_hashes(tables, run_example):
    """Here, and in the process of a script that keeps its run."""
    (folder,) = list_runs(run_example(ROOT / "examples/first_answer.py") / "runs")
    again = load_facts(folder)
    assert again["seed"] == 1
    kept = {name: described["sha256"] for name, described in again["tables"].items()}
    assert {name: hash_table(rows) for name, rows in tables.items()} == kept


def _question(twin, direction):
    week, state = twin.weeks[direction], twin.states[direction]["mid"]
    limits = build_limits(week, state, twin.grid, twin.parameters["mid"])
    capacities = build_capacities(state, "mid", direction, week.flows.axis)
    return Question(twin.tree, limits, capacities)


def _places(twin):
    code, name = twin.city.municipality_code, twin.city.name
    areas = build_places(twin.grid, twin.tree, twin.city.areas)
    return (*areas, city_place(twin.grid, twin.tree, code, name))


def _broken(question, verdict, network, quarters):
    """Limits that hold without new homes and break with those of the answer.

    By another solver than the one that found the answer.
    """
    loads, unit_kw = question.limits.week.loads, question.limits.state.unit_kw[quarters]
    nodes, placed = verdict.trial.place.branch.nodes, verdict.placing.placed
    load, feed_in = loads.load.select(quarters), loads.feed_in.select(quarters)
    rows = nodes[placed > 0], np.outer(placed[placed > 0], unit_kw)
    if question.capacities.direction == "load":
        load = load.with_rows(*rows)
    else:
        feed_in = feed_in.with_rows(*rows)
    steps = solve_steps(network, load, feed_in)
    before = stress_before(question.limits, quarters).max(axis=1)
    after = stress_after(question.limits, quarters, steps, slice(None)).max(axis=1)
    return np.flatnonzero((after > 1 + 1e-4) & (before <= 1 + TOLERANCE))


@pytest.fixture(scope="module")
def answered(desk):
    """Per direction the question and what is found of every area, as a run finds it."""
    found = {}
    for direction in ("load", "feed_in"):
        question = _question(desk.twin, direction)
        solve = partial(solve_steps_fastest, desk.network)
        found[direction] = question, find_verdicts(_places(desk.twin), question, solve)
    return found


@pytest.mark.parametrize("direction", ["load", "feed_in"])
def test_no_area_breaks_a_limit_in_the_quarters_of_highest_load(desk, answered, direction):
    question, verdicts = answered[direction]
    city = question.limits.state.base_kva[desk.twin.tree.parent < 0].sum(axis=0)
    quarters = np.sort(np.argsort(-city, kind="stable")[:QUARTERS_OF_HIGHEST_LOAD])
    assert len(verdicts) == 72
    broken = {
        code: found.tolist()
        for code, verdict in verdicts.items()
        if (found := _broken(question, verdict, desk.network, quarters)).size
    }
    assert broken == {}


@pytest.mark.parametrize("direction", ["load", "feed_in"])
def test_the_answer_breaks_no_limit_in_any_quarter_of_the_week(desk, answered, direction):
    question, verdicts = answered[direction]
    solved = [
        verdict
        for verdict in verdicts.values()
        if verdict.trial.place.area_name in AREAS_SOLVED_WHOLE
    ]
    assert len(solved) == len(AREAS_SOLVED_WHOLE)
    quarters = np.arange(question.limits.week.flows.axis.quarters)
    for verdict in solved:
        broken = _broken(question, verdict, desk.network, quarters)
        assert broken.size == 0, verdict.trial.place.area_name
