"""A plan as text: read, told about, and written back."""

import datetime as dt
import tomllib

import pandas as pd
import pytest
import tomli_w
from plan_texts import (
    HEAD,
    UNREADABLE,
    make_catalogue,
    measure,
    no_outlines,
    read,
    read_text,
    sound,
)

from stroomstad.errors import faults
from stroomstad.planning import plan_text
from stroomstad.planning.checks import plan_issues
from stroomstad.planning.plan_text import plan_as_toml, read_plan
from stroomstad.tables.plan import BUDGETS, PLAN_MEASURES, PROMISES
from stroomstad.tables.schema import check

KINDS = make_catalogue().kinds


def written_example():
    """The plan that the module's own words show."""
    shown = plan_text.__doc__.split("::\n", 1)[1].split("\nA year that stands")[0]
    return "\n".join(line[4:] for line in shown.splitlines())


def same(one, other):
    pd.testing.assert_frame_equal(one.measures, other.measures)
    pd.testing.assert_frame_equal(one.budgets, other.budgets)
    pd.testing.assert_frame_equal(one.promises, other.promises)
    names = ("name", "city", "first_year", "last_year", "outlook")
    assert [getattr(one, name) for name in names] == [getattr(other, name) for name in names]


def told(issues):
    return "\n".join(map(str, issues))


def test_the_plan_shown_in_the_documentation_is_sound():
    plan, issues = read_text(written_example())
    assert issues == []
    assert faults(plan_issues(plan, KINDS)) == []


def test_tables_of_a_plan_are_as_declared():
    plan, _ = read_text(written_example())
    for rows, declared in (
        (plan.measures, PLAN_MEASURES),
        (plan.budgets, BUDGETS),
        (plan.promises, PROMISES),
    ):
        assert check(rows, declared) == []
        assert list(rows.columns) == list(declared.columns)


def test_tables_of_an_empty_plan_have_their_columns():
    plan = sound()
    for rows, declared in (
        (plan.measures, PLAN_MEASURES),
        (plan.budgets, BUDGETS),
        (plan.promises, PROMISES),
    ):
        assert rows.empty
        assert check(rows, declared) == []


def test_a_plan_reads_back_to_itself_through_a_file():
    plan, _ = read_text(written_example())
    again, issues = read_text(tomli_w.dumps(plan_as_toml(plan)))
    assert issues == []
    same(plan, again)


def test_an_empty_plan_reads_back_to_itself():
    plan = sound()
    again, _ = read_plan(plan_as_toml(plan), "plan.toml", no_outlines(), KINDS)
    same(plan, again)


def test_a_year_is_its_first_day_and_at_the_end_its_last():
    plan = sound([measure(in_service=2030, until=2034, decided_on=2027)])
    row = plan.measures.iloc[0]
    assert row["in_service"] == row["in_service_late"] == "2030-01-01"
    assert row["until"] == "2034-12-31"
    assert row["decided_on"] == "2027-01-01"


@pytest.mark.parametrize("said", [dt.date(2030, 7, 1), "2030-07-01"])
def test_a_day_may_be_a_date_or_text(said):
    assert sound([measure(in_service=said)]).measures["in_service"].item() == "2030-07-01"


def test_an_uncertain_day_keeps_its_three_sides():
    plan = sound([measure(in_service={"expected": 2034, "early": 2033, "late": "2036-03-01"})])
    row = plan.measures.iloc[0]
    days = (row["in_service_early"], row["in_service"], row["in_service_late"])
    assert days == ("2033-01-01", "2034-01-01", "2036-03-01")


def test_what_is_left_out_comes_from_the_kind():
    row = sound([measure(kind="firm_battery", size=300)]).measures.iloc[0]
    assert row["owner"] == "firm"
    assert row["share_developer"] == 1.0
    assert row["share_municipality"] == 0.0
    assert row["name"] == "m"
    assert row["size_max"] == 300.0
    assert not row["assumed"]
    assert pd.isna(row["investment_eur"])


def test_stated_payers_replace_that_of_the_kind():
    shares = {"municipality": 0.4, "developer": 0.6}
    row = sound([measure(payers=shares)]).measures.iloc[0]
    assert row["share_municipality"] == 0.4
    assert row["share_grid_operator"] == 0.0


def test_a_budget_without_years_runs_over_the_plan():
    budget = {"line": "energy", "payer": "municipality", "eur": 1000}
    line = sound(budgets=[budget]).budgets.iloc[0]
    assert (line["first_year"], line["last_year"]) == (2026, 2036)


@pytest.mark.parametrize(
    ("changes", "words"),
    UNREADABLE,
)
def test_what_cannot_be_meant_is_told_with_the_measure(changes, words):
    plan, issues = read([measure("m-1", **changes)])
    assert plan is None
    assert all(word in told(issues) for word in words), told(issues)
    assert all(issue.where == "plan.toml, measure m-1" for issue in issues)


def test_a_measure_without_id_goes_by_its_number():
    plan, issues = read([measure("a"), measure(None, size=11)])
    assert plan is None
    assert [str(i) for i in issues] == [
        "plan.toml, measure 2: id is missing. Write text without spaces."
    ]


def test_every_fault_is_told_at_once():
    text = """
    name = 3
    city = "Proefstad"
    first_year = 2026
    last_year = 2036
    outloook = "mid"
    [[measure]]
    id = "a"
    kind = "heat_nett"
    place = "x"
    size = -3
    in_service = 2029
    status = "planned"
    depends_on = ["b"]
    budget_line = "none"
    payers = { municipality = 0.4, state = 0.4 }
    [[measure]]
    id = "b"
    kind = "generator"
    place = "x"
    size = "3"
    in_service = "soon"
    status = "planned"
    depends_on = ["a"]
    [[budget]]
    line = "energy"
    payer = "us"
    eur = 5
    [[promise]]
    project = "p"
    year = 2050
    size = 4
    """
    plan, issues = read_text(text)
    assert plan is None
    said = told(issues)
    for words in (
        "name is 3", "outlook", "heat_net", "-3", "sum to 0.8", "'none'", "'3'", "'soon'",
        "waits for itself by way of b", "payer is 'us'", "2050",
    ):  # fmt: skip
        assert words in said, words
    assert all(issue.where.startswith("plan.toml") for issue in issues)


def test_a_plan_without_years_says_so_and_its_other_faults():
    line = {"line": "energy", "payer": "municipality", "eur": 1}
    paid = measure(size=-1, budget_line="energy", payers={"municipality": 1})
    plan, issues = read([paid], [line], first_year="2026")
    assert plan is None
    assert [issue.where for issue in issues] == ["plan.toml", "plan.toml, measure m"]
    assert "first_year is '2026'" in told(issues)
    assert "size is -1" in told(issues)


@pytest.mark.parametrize("part", ["measure", "budget", "promise"])
def test_a_part_that_is_no_list_of_tables_is_told(part):
    for wrong in ({"id": "x"}, ["x"], 3):
        plan, issues = read_plan(HEAD | {part: wrong}, "plan.toml", no_outlines(), KINDS)
        assert plan is None
        assert f"[[{part}]]" in told(issues)


def test_long_text_is_not_thrown_back_at_the_reader():
    _, issues = read([measure(until="x" * 500)])
    assert "until is text" in told(issues)
    assert len(told(issues)) < 200


def test_a_plan_writes_only_what_it_says():
    entry = plan_as_toml(sound([measure()]))["measure"][0]
    assert entry == {
        "id": "m", "kind": "generator", "place": "WK000101", "size": 10, "in_service": 2030,
        "owner": "operator of the generators", "status": "planned", "payers": {"grid_operator": 1},
        "source": "made up",
    }  # fmt: skip


def test_the_file_of_outlines_may_be_named():
    plan, issues = read(outlines="places.geojson")
    assert plan is not None
    assert issues == []
    assert tomllib.loads(tomli_w.dumps(plan_as_toml(plan)))["name"] == "Proefplan"
