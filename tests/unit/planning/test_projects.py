import numpy as np
import pandas as pd
import pytest
from lists import HEADERS, ROWS, SLIPS, cells, changed

from stroomstad.errors import NotFound, faults
from stroomstad.planning.projects import (
    asked,
    home_kw,
    kw_per_unit,
    queue_order,
    read_projects,
)
from stroomstad.tables.plan import HOME_TYPES
from stroomstad.tables.projects import PROJECTS
from stroomstad.tables.schema import check

KINDS = pd.DataFrame(
    [
        ("apartment", "heat_net", 0.8, 1.0, 1.4),
        ("any", "heat_pump", 1.5, 2.4, 3.5),
        ("any", "unknown", 1.0, 2.2, 3.6),
    ],
    columns=["home_type", "heating", "kw_low", "kw", "kw_high"],
).assign(status="assumed", source="made up")


def read(*rows, **options):
    projects, issues = read_projects(cells(*rows, **options), "list.xlsx")
    return projects, issues


def only(*rows, **options):
    """The one issue of a list, as it is told."""
    projects, (issue,) = read(*rows, **options)
    assert (projects is None) == (issue.severity == "fault")
    return str(issue)


def test_a_good_list_becomes_the_table_of_projects():
    projects, issues = read()
    assert issues == []
    assert check(projects, PROJECTS) == []
    assert check(KINDS, HOME_TYPES) == []
    assert projects["project_id"].tolist() == ["Havenkwartier 1", "Havenkwartier 2", "Basisschool"]
    assert projects["row"].tolist() == [2, 3, 4]
    first, second, school = projects.to_dict("records")
    assert (first["kind"], first["homes"], first["home_type"]) == ("homes", 300, "apartment")
    assert (first["heating"], first["category"], first["profile"]) == ("heat_net", 3, "home")
    assert second["kw_promised"] == 264
    assert (school["kind"], school["connection_kw"], school["homes"]) == ("connection", 120, 0)
    assert (school["profile"], school["requested_on"]) == ("office", "2026-03-31")
    assert (school["first_year"], school["last_year"]) == (2028, 2028)
    assert np.isnan(school["jobs"])


def test_headers_and_words_are_read_in_english_and_whatever_their_case():
    headers = (" PROJECT name", "location", "First_Year", "number of HOMES", "Home type", "heating",
               "Priority category", "Source", "Assumed")  # fmt: skip
    row = ("Haven", "WK01", "2028", "40", "Semi-Detached", "HEAT PUMP", "basic needs", "letter", "")
    projects, issues = read(row, headers=headers)
    assert issues == []
    told = projects.iloc[0]
    assert (told["home_type"], told["heating"]) == ("semi_detached", "heat_pump")
    assert (told["category"], told["assumed"]) == (3, False)


def test_what_is_left_open_is_filled_in_by_the_rules_of_the_template():
    headers = ("Project", "Plaats", "Jaar", "Woningen", "Aansluiting kW", "Profiel", "Aangenomen")
    projects, issues = read(
        ("A", "x", 2028, 10, None, None, None),
        ("B", "x", 2028, None, 5, "vlak", "nee"),
        headers=headers,
    )
    assert issues == []
    assert projects["home_type"].tolist() == ["any", ""]
    assert projects["heating"].tolist() == ["unknown", ""]
    assert projects["category"].tolist() == [3, 4]
    assert projects["profile"].tolist() == ["home", "flat"]
    assert projects["assumed"].tolist() == [True, False]


def test_identifiers_never_coincide_with_a_name_that_has_a_number_already():
    rows = [changed(Project=name, Woningen=n) for n, name in enumerate(["A", "A 1", "A"], start=5)]
    projects, _ = read(*rows)
    assert projects["project_id"].tolist() == ["A 2", "A 1", "A 3"]


@pytest.mark.parametrize("kind", SLIPS)
def test_a_slip_is_told_with_its_row_its_column_its_value_and_what_to_do(kind):
    row, column, problem, remedy = SLIPS[kind]
    where, _, said = only(row).partition(": ")
    assert where.startswith("list.xlsx, row 2, ")
    assert where.endswith(column)
    assert problem in said
    assert remedy in said


def test_a_connection_without_profile_counts_as_always_drawing_and_says_so():
    row = changed(Woningen=None, Woningtype=None, Verwarming=None, Aansluiting_kW=50)
    assert "row 2, Profiel: is empty, so the connection counts as drawing" in only(row)
    projects, _ = read(row)
    assert projects["profile"].tolist() == ["flat"]


def test_a_row_that_is_there_twice_is_told_with_the_row_it_repeats():
    said = only(ROWS[0], ROWS[1], ROWS[0])
    assert said.startswith("list.xlsx, row 4: is the same in every column as a row before it.")
    assert "row 2 says the same" in said


def test_missing_columns_are_told_in_both_languages_and_unknown_ones_with_a_hint():
    projects, issues = read(("A", "x"), headers=("Naam", "Wonigen"))
    assert projects is None
    told = {issue.severity: str(issue) for issue in issues if "row" not in issue.where}
    assert "Wonigen for Woningen?" in told["warning"]
    assert [issue.problem for issue in faults(issues)] == [
        "there is no column Plaats (Place), Eerste jaar (First year).",
        "there is no column Woningen (Homes) and none Aansluiting kW (Connection kW).",
    ]


def test_an_unknown_column_is_a_warning_and_changes_nothing():
    projects, (issue,) = read((*ROWS[0], "ja"), headers=(*HEADERS, "Wethouder"))
    assert "not read (Wethouder)" in issue.problem
    pd.testing.assert_frame_equal(projects, read(ROWS[0])[0])


@pytest.mark.parametrize("header", ["Antwoord: past het?", "Answer: does it fit?"])
def test_columns_of_answers_are_left_alone(header):
    projects, issues = read((*ROWS[0], "deels"), headers=(*HEADERS, header))
    assert issues == []
    assert len(projects) == 1


def test_two_columns_that_mean_the_same_are_told():
    projects, (issue,) = read((*ROWS[0], "x"), headers=(*HEADERS, "Locatie"))
    assert projects is None
    assert "Plaats and Locatie" in issue.problem


def test_headers_alone_are_no_list():
    assert "nothing below the headers" in only(tuple(None for _ in HEADERS))


def test_a_cell_that_could_not_be_read_stops_the_list_without_being_told_twice():
    rows = cells()
    rows.loc[0, "Woningen"] = None
    rows.loc[1, "Plaats"] = None
    assert read_projects(rows, "list.xlsx") == (None, [])


def test_all_faults_are_told_at_once():
    projects, issues = read(
        changed(Woningen="veel", Eerste_jaar="gauw"), changed(Project="B", Verwarming="kolen")
    )
    assert projects is None
    assert len(issues) == 3


def test_ten_thousand_bad_rows_give_an_answer_that_can_be_read():
    rows = [
        changed(Project=f"P{n}", Woningen=f"ca. {n}", Woningtype="kasteel") for n in range(10_000)
    ]
    projects, issues = read(*rows)
    assert projects is None
    assert len(issues) == 2
    assert "rows 2, 3, 4, 5, 6 and 9995 more, Woningen" in issues[0].where
    assert all(len(str(issue)) < 300 for issue in issues)


def test_homes_are_spread_evenly_in_whole_homes_and_a_connection_comes_at_once():
    rows = (changed(Woningen=10, Eerste_jaar=2027, Laatste_jaar=2029), ROWS[2])
    projects, _ = read(*rows)
    expected = [[0, 3, 7, 10, 10], [0, 0, 120, 120, 120]]
    assert asked(projects, range(2026, 2031)).tolist() == expected


def test_the_queue_goes_by_category_then_date_then_row():
    told = [(4, "2024-01-01"), (3, None), (3, "2026-05-01"), (1, None), (3, "2025-12-31"),
            (3, None)]  # fmt: skip
    rows = [
        changed(Project=f"P{n}", Prioriteit=category, Datum_aanvraag=day)
        for n, (category, day) in enumerate(told)
    ]
    projects, issues = read(*rows)
    assert issues == []
    assert queue_order(projects).tolist() == [3, 4, 2, 1, 5, 0]


@pytest.mark.parametrize(
    ("home_type", "heating", "case", "kw"),
    [
        ("apartment", "heat_net", "mid", 1.0),
        ("apartment", "heat_net", "low", 1.4),
        ("apartment", "heat_net", "high", 0.8),
        ("terraced", "heat_pump", "mid", 2.4),
        ("detached", "hybrid", "mid", 2.2),
        ("detached", "hybrid", "low", 3.6),
    ],
)
def test_a_home_draws_what_its_type_and_heating_say_or_the_nearest_row(
    home_type, heating, case, kw
):
    assert home_kw(KINDS, home_type, heating, case) == kw


def test_a_table_without_a_row_to_fall_back_on_is_told():
    with pytest.raises(NotFound, match="unknown heating"):
        home_kw(KINDS.iloc[:1], "terraced", "gas", "mid")


def test_a_promise_holds_in_every_case_and_a_connection_counts_in_full():
    projects, _ = read()
    assert kw_per_unit(projects, KINDS, "mid").tolist() == [1.0, 2.2, 1.0]
    assert kw_per_unit(projects, KINDS, "low").tolist() == [1.4, 2.2, 1.0]
