"""A plan and a project list as arrays, and the answer as a plan again."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from horizons import EAST, WEST, make_plan, make_twin, measure
from lists import cells

from stroomstad.errors import NotFound
from stroomstad.fitting.connections import build_terms
from stroomstad.planning import plan_issues
from stroomstad.planning.projects import read_projects
from stroomstad.search.answer import plan_of, promises_of
from stroomstad.search.curve import ceilinged, homes_per_euro
from stroomstad.search.model import Mix, draw_per_unit_kva, nothing
from stroomstad.search.problem import Question, pose, shift
from stroomstad.search.solve import SearchOptions, search
from stroomstad.timeline.horizons import build_horizon

TODAY = Question(today=dt.date(2024, 1, 1), region=False)
EXACT = SearchOptions(gap_fraction=1e-7)
FEEDER = measure("mv_cable", size=2, measure_id="feeder", status="candidate")
STATIONS = measure(
    "new_station", size=3, measure_id="stations", status="candidate", depends_on="feeder"
)
AWARE = measure("grid_aware_new_build", size=400, measure_id="aware", status="candidate")
BATTERY = measure("neighbourhood_battery", size=200, measure_id="battery", status="candidate")


def homes(name, place, count, heating="warmtepomp"):
    """A row of a list: homes from 2026 to 2028."""
    return (name, place, 2026, 2028, count, "rijwoning", heating, None, None, None, None, None)


def projects(*rows):
    rows = rows or (
        homes("Kwartier", WEST, 900),
        ("School", EAST, 2027, None, None, None, None, None, 120, "kantoor", 3, None),
    )
    return read_projects(cells(*rows), "list")[0]


def budgets(**changes):
    row = {"budget_line": "Net", "payer": "municipality", "first_year": 2026, "last_year": 2028,
           "eur": 1e6, "source": "test"}  # fmt: skip
    return pd.DataFrame([row | changes])


def posed(*rows, question=TODAY, of=None, plan_budgets=None, case="mid"):
    twin = make_twin()
    plan = make_plan(*rows, budgets=plan_budgets)
    horizon = build_horizon(twin, plan, case)
    parameters = twin.parameters[case]
    wanted = projects() if of is None else of
    answer = pose(horizon, plan, wanted, twin.catalogue, parameters, question=question)
    return horizon, plan, answer


def test_arrays_are_those_of_the_horizon():
    horizon, _, answer = posed(FEEDER, STATIONS, AWARE, BATTERY)
    problem = answer.problem
    assert problem.links.base_kva is horizon.base_kva
    assert (problem.links.shapes[0] == horizon.shapes["home"]).all()
    assert problem.choices.size_max.tolist() == [2, 3, 400, 200]
    assert problem.choices.whole.tolist() == [True, True, False, False]
    assert problem.choices.step.tolist() == [1.0, 1.0, 1.0, 0.001]
    assert problem.choices.staged.tolist() == [False, True, True, True]
    assert problem.choices.needs.tolist() == [[1, 0]]
    assert answer.homes == ("Kwartier",)
    assert answer.connections == ("School",)
    assert problem.demand.asked.tolist() == [[300.0, 600.0, 900.0]]
    assert problem.demand.connection_from.tolist() == [1]
    worth = problem.demand.connection_kw / horizon.home_kw
    assert problem.demand.connection_worth.tolist() == pytest.approx(worth.tolist())


def test_effects_of_a_unit_are_those_of_the_horizon():
    horizon, _, answer = posed(FEEDER, BATTERY)
    raised, drawn = answer.problem.choices.raise_kva, answer.problem.choices.draw_kw
    for column, effect in enumerate(horizon.candidates):
        assert raised[effect.links, column] == pytest.approx(effect.limit_kva)
        assert drawn[:, column].sum() == pytest.approx(effect.kw.sum())
    unit_kva = draw_per_unit_kva(answer.problem.links, answer.problem.choices)
    root = horizon.roots[WEST]
    battery_kw = horizon.candidates[1].kw.sum()
    assert unit_kva[root, 1] == pytest.approx(battery_kw * horizon.kva_per_kw[root])


def test_a_measure_stands_no_earlier_than_it_can_be_built():
    slow = FEEDER | {"lead_time_years": 4.0}
    _, _, answer = posed(slow, BATTERY | {"in_service": "2028-06-01"})
    assert answer.first_days[0] == dt.date(2024, 1, 1) + dt.timedelta(days=4 * 365 + 1)
    assert answer.first_days[1] == dt.date(2028, 6, 1)
    assert answer.problem.choices.earliest.tolist() == [2, 2]


def test_a_decision_that_was_taken_starts_the_lead_time():
    _, _, answer = posed(FEEDER | {"lead_time_years": 4.0, "decided_on": "2022-01-01"})
    assert answer.first_days[0] == dt.date(2027, 1, 1)


def test_a_measure_comes_late_in_the_case_with_least_room():
    late = FEEDER | {"in_service_late": "2028-01-01", "lead_time_years": 1.0}
    _, _, answer = posed(late, case="low")
    assert answer.first_days[0] == dt.date(2028, 1, 1)
    assert shift("2027-01-01", "2028-01-01") == dt.timedelta(days=365)
    assert shift("", "2028-01-01") == dt.timedelta(0)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"lead_time_years": 9.0}, "after the plan ends"),
        ({"until": "2027-12-31"}, "keep fitting to the end"),
        ({"depends_on": "dream"}, "neither counts nor is a candidate"),
    ],
)
def test_a_candidate_that_can_never_stand_is_told_and_left_out(changes, said):
    _, _, answer = posed(FEEDER | changes)
    assert answer.first_days == (None,)
    assert answer.problem.choices.earliest.tolist() == [3]
    assert [issue for issue in answer.issues if said in issue.problem]
    assert all(issue.severity == "warning" for issue in answer.issues)


def test_a_candidate_without_a_known_cost_is_told_and_left_out():
    twin = make_twin()
    kinds = twin.catalogue.kinds.copy()
    kinds.loc[kinds["kind"] == "mv_cable", ["investment_eur"]] = np.nan
    plan = make_plan(FEEDER)
    horizon = build_horizon(twin, plan)
    catalogue = replace(twin.catalogue, kinds=kinds)
    answer = pose(
        horizon, plan, projects(), catalogue, twin.parameters["mid"], question=TODAY
    )  # fmt: skip
    assert answer.first_days == (None,)
    assert "cost is not known" in answer.issues[0].problem


def test_a_candidate_waits_for_a_counted_measure_that_it_depends_on():
    first = measure("mv_cable", measure_id="first", in_service="2028-03-01")
    _, _, answer = posed(first, STATIONS | {"depends_on": "first", "lead_time_years": 0.0})
    assert answer.first_days[0] == dt.date(2028, 3, 1)


def test_a_budget_line_pays_in_its_own_years_what_is_left():
    on_line = BATTERY | {"budget_line": "Net", "share_municipality": 0.4, "share_resident": 0.6}
    spent = pd.DataFrame(
        {"budget_line": ["Net", "Net", ""], "year": [2027, 2029, 2027], "investment_eur": 1e5,
         "yearly_eur": 1e4}
    )  # fmt: skip
    _, _, answer = posed(
        on_line,
        question=replace(TODAY, committed=spent),
        plan_budgets=budgets(first_year=2027, last_year=2027),
    )
    money = answer.problem.money
    assert money.line_eur.tolist() == [1e6 - 1.1e5]
    assert (money.line_first.tolist(), money.line_last.tolist()) == ([1], [1])
    assert answer.problem.choices.earliest.tolist() == [1]
    assert answer.problem.choices.latest.tolist() == [1]
    assert money.line_investment_eur[0] == pytest.approx(0.4 * money.investment_eur)


def test_a_ceiling_holds_beside_the_lines_of_the_plan_and_one_for_each_payer():
    on_line = BATTERY | {"budget_line": "Net", "share_municipality": 0.4, "share_resident": 0.6}
    ceilings = (("municipality",), 5e4), (("resident",), 7e4)
    asked = replace(TODAY, payers=("municipality",), ceilings=ceilings)
    _, _, answer = posed(on_line, question=asked, plan_budgets=budgets())
    money = answer.problem.money
    assert money.line_eur.tolist() == [1e6, 5e4, 7e4]
    unit_eur = money.investment_eur / 0.4
    assert money.line_investment_eur[1] == pytest.approx(0.4 * unit_eur)
    assert money.line_investment_eur[2] == pytest.approx(0.6 * unit_eur)


def test_variants_at_one_place_share_its_homes():
    heat_net = measure("heat_net", size=400, measure_id="heat", status="candidate")
    _, _, answer = posed(AWARE, heat_net)
    groups = [(a.tolist(), b.tolist()) for a, b in answer.problem.choices.variants]
    assert groups == [([0], [0]), ([1], [0]), ([0, 1], [0])]


def test_a_home_that_is_on_a_heat_net_already_is_no_home_to_change():
    row = homes("Kwartier", WEST, 900, "warmtenet")
    heat_net = measure("heat_net", size=400, measure_id="heat", status="candidate")
    _, _, answer = posed(heat_net, of=projects(row))
    assert [b.tolist() for _, b in answer.problem.choices.variants] == [[]]


def test_a_connection_hangs_as_near_to_the_substation_as_its_place_has_it():
    horizon, _, answer = posed(FEEDER)
    terms = build_terms(horizon, make_twin().parameters["mid"])
    assert terms.busbar_max_kw > 120.0
    assert answer.problem.demand.connection_sites[0].tolist() == horizon.busbars[EAST].tolist()
    large = ("Fabriek", "city", 2027, None, None, None, None, None, 1500, "industrie", None, None)
    _, _, answer = posed(FEEDER, of=projects(large))
    (sites,) = answer.problem.demand.connection_sites
    parent = horizon.tree.parent
    for site in sites:
        above = parent[site]
        while above >= 0:
            assert above not in sites
            above = parent[above]


def test_a_project_in_a_place_that_the_horizon_lacks_is_refused():
    elsewhere = homes("Ver", "WK999999", 9)
    with pytest.raises(NotFound):
        posed(FEEDER, of=projects(elsewhere))


def test_an_empty_plan_and_an_empty_list_are_posed():
    _, plan, answer = posed(of=projects().iloc[:0])
    found = search(answer.problem)
    assert found.worth == 0.0
    assert plan_of(plan, answer, found.mix).promises.empty


def staged(answer):
    """A mix by hand: two feeders at once, one station and then two more, nothing else."""
    mix = nothing(answer.problem)
    size = mix.size.copy()
    size[0], size[1] = [0, 2, 2], [0, 1, 3]
    homes = (np.zeros_like(mix.homes[0]),)
    homes[0][0] = [0, 5, 9]
    connected = (np.zeros_like(mix.connected[0]),)
    connected[0][0] = [0, 1, 1]
    return Mix(size, homes, connected)


def test_what_was_chosen_is_planned_and_the_rest_is_an_idea():
    _, plan, answer = posed(
        FEEDER
        | {"lead_time_years": 2.0, "investment_eur": 1000.0, "in_service_late": "2027-07-01"},
        STATIONS | {"lead_time_years": 1.0},
        AWARE,
    )
    found = plan_of(plan, answer, staged(answer))
    rows = found.measures.set_index("measure_id")
    assert rows.index.tolist() == ["feeder", "stations", "stations-2", "aware"]
    assert rows["status"].tolist() == ["planned", "planned", "planned", "idea"]
    assert rows["size"].tolist() == [2.0, 1.0, 2.0, 400.0]
    assert rows["in_service"].tolist()[:3] == ["2027-01-01", "2027-01-01", "2028-01-01"]
    assert rows.loc["feeder", "in_service_late"] == "2027-07-01"
    assert rows.loc["feeder", "investment_eur"] == 1000.0
    assert rows.loc["stations-2", "depends_on"] == "feeder"
    assert "chosen by the search" in rows.loc["stations", "source"]
    assert (found.measures.dtypes == plan.measures.dtypes).all()


def test_an_idea_waits_for_what_it_depends_on_so_that_the_plan_is_sound():
    later = STATIONS | {"measure_id": "later", "depends_on": "stations"}
    rows = (FEEDER | {"lead_time_years": 3.5}, STATIONS | {"lead_time_years": 0.0}, later)
    _, plan, answer = posed(*rows)
    mix = nothing(answer.problem)
    size = mix.size.copy()
    size[0] = [0, 2, 2]
    found = plan_of(plan, answer, replace(mix, size=size))
    rows = found.measures.set_index("measure_id")
    assert rows["status"].tolist() == ["planned", "idea", "idea"]
    assert rows.loc["feeder", "in_service"] > "2027-01-01"
    assert set(rows["in_service"]) == {rows.loc["feeder", "in_service"]}
    dated = [each for each in plan_issues(found, make_twin().catalogue.kinds)
             if "is in service" in each.problem]  # fmt: skip
    assert dated == []


def test_promises_are_what_hangs_at_the_end_of_each_year():
    _, plan, answer = posed(FEEDER, STATIONS)
    promises = promises_of(plan, answer, staged(answer))
    assert promises["project_id"].tolist() == ["Kwartier"] * 3 + ["School"] * 3
    assert promises["year"].tolist() == [2026, 2027, 2028] * 2
    assert promises["size"].tolist() == [0, 5, 9, 0, 120, 120]


def test_the_plan_that_was_found_stands_in_the_horizon_as_the_search_saw_it():
    rows = (
        FEEDER | {"lead_time_years": 1.0},
        STATIONS | {"lead_time_years": 1.0},
        BATTERY | {"lead_time_years": 1.0},
    )
    horizon, plan, answer = posed(*rows)
    problem = answer.problem
    size = np.array([[0, 2, 2], [0, 1, 3], [0, 50, 120.0]])
    mix = replace(nothing(problem), size=size)
    again = build_horizon(make_twin(), plan_of(plan, answer, mix))
    links = [str(name) for name in again.tree.link_ids]
    unit_kva = draw_per_unit_kva(problem.links, problem.choices)
    for at, name in enumerate(horizon.tree.link_ids):
        here = links.index(str(name))
        limit = horizon.limit_kva[:, at] + problem.choices.raise_kva[at] @ size
        if not str(name).startswith("plan-stations"):
            assert again.limit_kva[:, here] == pytest.approx(limit, rel=1e-6)
        change = (unit_kva[at] * size.T) @ problem.links.shapes[problem.choices.shape]
        both = np.isin(horizon.quarters, again.quarters)
        same = np.isin(again.quarters, horizon.quarters)
        seen = again.base_kva[:, here][:, same]
        said = horizon.base_kva[:, at][:, both] + change[:, both]
        assert seen == pytest.approx(said, rel=1e-4, abs=0.05)


def test_more_money_connects_no_less_on_the_curve():
    rows = (FEEDER, STATIONS, AWARE, BATTERY)
    twin = make_twin()
    plan = make_plan(*rows)
    horizon = build_horizon(twin, plan)
    question = replace(TODAY, payers=("municipality",))
    many = projects(
        homes("Kwartier", WEST, 9000)
    )  # fmt: skip
    every = ceilinged(
        horizon, plan, many, twin.catalogue, twin.parameters["mid"], question=question
    )
    curve = homes_per_euro(every, options=EXACT)
    assert (np.diff(curve["ceiling_eur"]) > 0).all()
    assert (np.diff(curve["worth"]) >= -1e-9).all()
    assert (curve["spent_eur"] <= curve["ceiling_eur"] + 1.0).all()
    assert curve["homes"].iloc[-1] > curve["homes"].iloc[0]
    assert (curve["worth"] <= curve["bound"] + 1e-6).all()
    given = homes_per_euro(every, [0.0, 1e4], EXACT)
    assert given["ceiling_eur"].tolist() == [0.0, 1e4]
    stopped = homes_per_euro(every, [0.0, 1e4], EXACT, cancelled=lambda: True)
    assert len(stopped) <= 2


def test_relief_on_a_station_that_may_never_be_built_counts_from_above_it():
    horizon, _, answer = posed(FEEDER, STATIONS, AWARE)
    names = answer.measures["measure_id"].tolist()
    drawn_kw = answer.problem.choices.draw_kw[:, names.index("aware")]
    effect = next(each for each in horizon.candidates if each.measure_id == "aware")
    always = (horizon.limit_kva > 0).all(axis=0)
    assert not always[effect.nodes].all()
    assert always[drawn_kw < 0].all()
    assert drawn_kw.sum() == pytest.approx(effect.kw.sum())
