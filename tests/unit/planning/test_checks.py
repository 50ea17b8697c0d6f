"""Every way in which a plan that is well written may still be wrong."""

import dataclasses

import pandas as pd
import pytest
from plan_texts import (
    CITY_PAYS,
    ENERGY,
    ODD,
    PROMISES_WRONG,
    UNSOUND,
    make_catalogue,
    measure,
    sound,
)

from stroomstad.errors import faults
from stroomstad.planning.checks import budget_issues, plan_issues
from stroomstad.planning.money import cost_table

KINDS = make_catalogue().kinds


def issues_of(*args, **head):
    return plan_issues(sound(*args, **head), KINDS)


def told(issues):
    return "\n".join(map(str, issues))


def test_a_sound_plan_has_no_issue():
    first = measure("a", kind="mv_cable", in_service=2029)
    then = measure(
        "b", depends_on=["a"], decided_on="2027-05-01", payers=CITY_PAYS, budget_line="energy"
    )
    assert issues_of([first, then], [ENERGY], [{"project": "p", "year": 2030, "size": 40}]) == []


def test_an_empty_plan_has_no_issue():
    assert issues_of() == []


@pytest.mark.parametrize(
    ("changes", "words"),
    UNSOUND,
)
def test_a_fault_of_a_measure_names_it(changes, words):
    issues = issues_of([measure(**changes)], [ENERGY])
    assert len(faults(issues)) == 1, told(issues)
    assert faults(issues)[0].where == "measure m"
    assert all(word in told(issues) for word in words), told(issues)


@pytest.mark.parametrize(
    ("changes", "words"),
    ODD,
)
def test_what_is_odd_but_may_be_meant_is_a_warning(changes, words):
    issues = issues_of([measure(**changes)])
    assert len(issues) == 1, told(issues)
    assert issues[0].severity == "warning"
    assert all(word in told(issues) for word in words), told(issues)


def test_what_is_assumed_needs_no_source():
    assert issues_of([measure(source=None, assumed=True)]) == []


def test_what_stands_has_proved_its_lead_time():
    stands = measure(status="built", decided_on="2029-06-01", in_service=2030)
    assert issues_of([stands]) == []


def test_a_lead_time_of_the_plan_replaces_that_of_the_kind():
    assert issues_of([measure(decided_on=2029, lead_time_years=0.5)]) == []


@pytest.mark.parametrize("name", ["investment_eur", "yearly_eur"])
def test_a_kind_without_a_price_asks_for_one(name):
    columns = [f"{name}_low", name, f"{name}_high"]
    free = KINDS.copy()
    free.loc[free["kind"] == "generator", columns] = float("nan")
    issues = plan_issues(sound([measure()]), free)
    assert f"no {name}" in told(faults(issues))
    assert plan_issues(sound([measure(**{name: 500})]), free) == []


def test_a_name_that_occurs_twice_is_told():
    assert "more than once" in told(issues_of([measure("a"), measure("a")]))
    assert "more than once" in told(issues_of(budgets=[ENERGY, ENERGY]))


def test_what_is_needed_must_serve_first():
    needed = measure("a", in_service=2031)
    issues = faults(issues_of([needed, measure("b", depends_on=["a"])]))
    assert len(issues) == 1
    assert "is in service on 2030-01-01, but depends on a, which is on 2031-01-01" in told(issues)


def test_the_late_side_of_what_is_needed_counts_too():
    needed = measure("a", in_service={"expected": 2029, "late": 2035})
    issues = faults(issues_of([needed, measure("b", depends_on=["a"])]))
    assert "at the latest on 2030-01-01" in told(issues)
    assert "2035-01-01" in told(issues)


def test_what_is_needed_must_stay():
    needed = measure("a", in_service=2029, until=2032)
    assert "ends on 2032-12-31" in told(issues_of([needed, measure("b", depends_on=["a"])]))
    stays_less = measure("b", depends_on=["a"], until=2031)
    assert issues_of([needed, stays_less]) == []


@pytest.mark.parametrize(
    ("status", "of_needed", "sound_"),
    [
        ("planned", "idea", False),
        ("planned", "candidate", False),
        ("candidate", "idea", False),
        ("candidate", "candidate", True),
        ("candidate", "planned", True),
        ("idea", "idea", True),
    ],
)
def test_nothing_rests_on_what_is_less_certain(status, of_needed, sound_):
    needed = measure("a", in_service=2029, status=of_needed)
    issues = issues_of([needed, measure("b", status=status, depends_on=["a"])])
    assert (faults(issues) == []) == sound_


def test_a_circle_is_told_once_with_its_members():
    three = [
        measure("a", depends_on=["c"]),
        measure("b", depends_on=["a"]),
        measure("c", depends_on=["b"]),
        measure("d", depends_on=["c"]),
    ]
    circles = [i for i in issues_of(three) if "waits for itself" in i.problem]
    assert [str(i) for i in circles] == [
        "measure a: waits for itself by way of b, c. Take one of these out of depends_on."
    ]


def test_two_hubs_of_one_place_may_not_overlap():
    one = measure("a", kind="energy_hub", size=1, limit_kw=400, until=2032)
    other = measure("b", kind="energy_hub", size=1, limit_kw=300, in_service=2032)
    assert "runs at WK000101 while a does" in told(faults(issues_of([one, other])))
    assert issues_of([one, other | {"in_service": 2033}]) == []
    assert issues_of([one, other | {"place": "WK000102"}]) == []


def test_a_copied_measure_is_a_warning():
    issues = issues_of([measure("a"), measure("b")])
    assert [i.severity for i in issues] == ["warning"]
    assert "the same as a" in told(issues)
    assert issues_of([measure("a"), measure("b", size=11)]) == []
    assert issues_of([measure("a"), measure("b", status="candidate")]) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"eur": -1}, ["eur is -1"]),
        ({"first_year": 2030, "last_year": 2028}, ["from 2030 to 2028"]),
    ],
)
def test_a_fault_of_a_budget_names_its_line(changes, words):
    issues = issues_of(budgets=[ENERGY | changes])
    assert issues[0].where == "budget energy"
    assert all(word in told(issues) for word in words)


def test_an_exceeded_budget_names_the_year_and_the_euros():
    # Ten kW at 650 EUR in 2030 and 65 EUR a year for seven years: 6 500 + 7 x 650.
    costly = measure(payers=CITY_PAYS, budget_line="energy")
    assert issues_of([costly], [ENERGY | {"eur": 11_050}]) == []
    issues = issues_of([costly], [ENERGY | {"eur": 8_000}])
    assert [issue.where for issue in issues] == ["budget energy"]
    assert "8,000 EUR for 2026 to 2036 is spent in 2032" in told(issues)
    assert "11,050 EUR in all, 3,050 EUR more" in told(issues)


def test_only_the_share_and_the_years_of_a_line_count():
    half = measure(payers={"municipality": 0.5, "state": 0.5}, budget_line="energy")
    assert issues_of([half], [ENERGY | {"eur": 5_525}]) == []
    whole = measure(payers=CITY_PAYS, budget_line="energy")
    assert issues_of([whole], [ENERGY | {"eur": 7_150, "last_year": 2030}]) == []
    assert issues_of([whole], [ENERGY | {"eur": 650, "first_year": 2036}]) == []


def test_candidates_spend_no_budget():
    perhaps = measure(payers=CITY_PAYS, budget_line="energy", status="candidate")
    assert issues_of([perhaps], [ENERGY | {"eur": 0}]) == []


def test_a_budget_is_held_against_sound_measures_beside_faulty_ones():
    costly = measure("a", payers=CITY_PAYS, budget_line="energy")
    faulty = measure("b", size=-1, payers=CITY_PAYS, budget_line="energy")
    wheres = [i.where for i in issues_of([costly, faulty], [ENERGY | {"eur": 8_000}])]
    assert wheres == ["measure b", "budget energy"]


def test_cable_counts_once_its_length_is_known():
    cable = measure(kind="mv_cable", size=2, payers=CITY_PAYS, budget_line="energy")
    plan = sound([cable], [ENERGY])
    assert plan_issues(plan, KINDS) == []
    costs = cost_table(plan, KINDS, pd.Series({"m": 1000.0}), "mid")
    assert "320,000 EUR in all" in told(budget_issues(plan, costs))
    unknown = cost_table(plan, KINDS, pd.Series(dtype=float), "mid")
    assert budget_issues(plan, unknown) == []


@pytest.mark.parametrize(
    ("promises", "words"),
    PROMISES_WRONG,
)
def test_a_promise_that_cannot_be_is_told(promises, words):
    rows = [{"project": "p", "year": year, "size": size} for year, size in promises]
    issues = issues_of(promises=rows)
    assert [issue.where for issue in issues] == ["promise p"]
    assert all(word in told(issues) for word in words), told(issues)


def test_a_plan_that_ends_before_it_begins_is_told():
    issues = issues_of(first_year=2036, last_year=2026)
    assert "first_year is 2036 and last_year 2026" in told(issues)


def test_checking_leaves_the_plan_as_it_is():
    plan = sound([measure()], [ENERGY])
    before = dataclasses.replace(plan, measures=plan.measures.copy(), budgets=plan.budgets.copy())
    plan_issues(plan, KINDS)
    pd.testing.assert_frame_equal(plan.measures, before.measures)
    pd.testing.assert_frame_equal(plan.budgets, before.budgets)


def test_a_part_of_a_station_cannot_be_built():
    issues = issues_of([measure("half", kind="new_station", size=1.5)])
    assert "measure half: size is 1.5 station, which cannot be built in part." in told(issues)
    assert "in part" not in told(issues_of([measure("kw", kind="generator", size=1.5)]))
