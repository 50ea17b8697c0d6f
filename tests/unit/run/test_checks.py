"""Whether a plan holds on its city and its list."""

from dataclasses import replace

import pandas as pd
import pytest
from horizons import OUTLINE, WEST, make_plan, make_twin, measure
from queues import make_projects

from stroomstad.run.checks import home_count_issues, list_issues, plan_faults
from stroomstad.tables.plan import PROMISES

TWIN = make_twin()
KINDS = TWIN.catalogue.kinds
LINE = pd.DataFrame(
    {"budget_line": ["grid"], "payer": ["municipality"], "first_year": [2026],
     "last_year": [2028], "eur": [250_000.0], "source": [""]}
)  # fmt: skip


def told(*rows, **head):
    return [str(issue) for issue in plan_faults(TWIN, make_plan(*rows, **head))]


def on_line(row):
    return row | {"budget_line": "grid"}


def test_a_sound_plan_has_no_fault():
    assert told(on_line(measure("chargers", WEST, 5)), budgets=LINE) == []


def test_relief_that_presses_an_asset_further_is_told():
    (line,) = told(measure("neighbourhood_battery", WEST, 5_000, in_service="2026-01-01"))
    assert line.startswith(f"measure neighbourhood_battery-{WEST}: at the end of 2026 it presses")


def test_a_budget_is_held_against_cable_of_its_real_length():
    cable = measure("mv_cable", OUTLINE, 1, yearly_eur=0.0)
    price = KINDS.set_index("kind").loc["mv_cable", "investment_eur"]
    assert told(on_line(cable), budgets=LINE) == []
    few, many = (
        told(on_line(cable), budgets=LINE.assign(eur=metres * price)) for metres in (1000, 20)
    )
    assert few == []
    (line,) = many
    assert line.startswith(f"budget grid: {20 * price:,.0f} EUR for 2026 to 2028 is spent in 2027")


def test_what_follows_from_a_faulty_plan_is_not_told():
    wrong = measure("neighbourhood_battery", WEST, 5_000, in_service="2026-01-01")
    lines = told(wrong | {"share_municipality": 0.4})
    assert len(lines) == 1
    assert "sum to 0.4" in lines[0]


def test_a_measure_without_its_asset_and_one_on_what_is_to_come_are_told_together():
    lines = told(
        measure("larger_station", OUTLINE, 100),
        measure("new_station", OUTLINE, 1, in_service="2028-01-01"),
        measure("chargers", OUTLINE, 5),
    )
    assert len(lines) == 2
    assert "no public station stands" in lines[0]
    assert "which stands from 2028-01-01" in lines[1]


def test_a_plan_beyond_the_outlook_is_told():
    assert "the outlook, 2023 to 2040" in told(last_year=2041)[0]


def promised(*names):
    rows = {"project_id": list(names), "year": 2027, "size": 5.0}
    return pd.DataFrame(rows, columns=list(PROMISES.columns))


def test_a_promise_to_no_project_of_the_list_is_told_once():
    plan = replace(make_plan(), promises=promised("p0", "p9", "p9"))
    projects = make_projects({}, {})
    (issue,) = list_issues(KINDS, plan, projects)
    assert str(issue) == (
        "promise p9: is to no project of the list. "
        "Write the name and number of a project of the list, such as p0, p1."
    )


@pytest.mark.parametrize(("size", "faulty"), [(20, False), (21, False), (22, True)])
def test_no_more_new_homes_are_changed_than_are_asked(size, faulty):
    half = measure("grid_aware_new_build", WEST, size / 2)
    rows = half | {"measure_id": "a"}, half | {"measure_id": "b"}
    issues = home_count_issues(KINDS, make_plan(*rows), make_projects({"place": WEST}))
    assert [issue.where for issue in issues] == (["measure a, b"] if faulty else [])
    if faulty:
        assert "22 new homes are built otherwise at WK000101, where 20 are asked" in str(issues[0])


def test_candidates_may_change_more_homes_than_are_asked():
    perhaps = measure("grid_aware_new_build", WEST, 500, status="candidate")
    assert list_issues(KINDS, make_plan(perhaps), make_projects({"place": WEST})) == []
