"""What the check leaves of a project is told by year, by share, and never rounded to all."""

import pagetables
import pandas as pd
import pytest

from stroomstad.pages import answer, confirmed


@pytest.fixture(scope="module")
def rows():
    return answer.project_rows(pagetables.make_tables()).set_index("project_id")


def test_a_project_is_held_when_all_it_asks_is_confirmed_from_its_last_year_on(rows):
    assert rows["held"].to_dict() == {
        "Kade-Noord": True, "Dijkzicht": False, "Weidezoom": False, "Basisschool De Kring": True,
        "Zorgcentrum De Linde": True, "Transport Van Veen": False, "Koelhuis Noord": False,
    }  # fmt: skip


def test_all_fits_from_the_year_in_which_all_is_confirmed_and_stays_so(rows):
    assert rows.loc["Weidezoom", "all_from"] == 2034
    assert rows.loc["Kade-Noord", "all_from"] == 2028
    assert pd.isna(rows.loc["Transport Van Veen", "all_from"])


def test_a_year_that_falls_back_counts_out_the_years_before_it():
    table = pagetables.make_confirmation()
    back = (table["project_id"] == "Basisschool De Kring") & (table["year"] == 2033)
    tables = pagetables.make_tables(confirmation=table.assign(
        confirmed=table["confirmed"].mask(back, 100.0)))  # fmt: skip
    row = answer.project_rows(tables).set_index("project_id").loc["Basisschool De Kring"]
    assert (row["all_from"], row["held"]) == (2034, False)
    assert (row["worst_first"], row["worst_last"]) == (2033, 2033)


def test_what_was_never_promised_is_not_confirmed(rows):
    assert rows.loc["Koelhuis Noord", "confirmed_due"] == 0
    assert rows.loc["Koelhuis Noord", "share_least"] == 0


def test_the_smallest_share_is_named_and_not_the_largest_number():
    table = pagetables.make_confirmation()
    cold = pd.DataFrame({"project_id": "Koelhuis Noord", "year": [2036], "confirmed": [2500.0]})
    tables = pagetables.make_tables(confirmation=pd.concat([table, cold.assign(year=2029)]))
    said = confirmed.furthest_said(answer.project_rows(tables), "nl")
    # Dijkzicht lacks more homes, of Weidezoom a smaller share is confirmed.
    assert said.startswith("het verst achter blijft Weidezoom, met ")


def test_one_kilowatt_of_one_thousand_is_not_all():
    table = pagetables.make_confirmation()
    van_veen = table["project_id"] == "Transport Van Veen"
    for confirmed_kw, held in ((1799.0, False), (1799.6, True)):
        tables = pagetables.make_tables(confirmation=table.assign(
            confirmed=table["confirmed"].mask(van_veen & (table["year"] > 2027), confirmed_kw)
        ))  # fmt: skip
        found = answer.project_rows(tables).set_index("project_id")
        assert bool(found.loc["Transport Van Veen", "held"]) is held


def test_a_project_that_begins_after_the_plan_is_answered_as_in_its_last_year():
    projects = pagetables.make_projects()
    late = projects["name"] == "Kade-Noord"
    projects = projects.assign(first_year=projects["first_year"].mask(late, 2040),
                               last_year=projects["last_year"].mask(late, 2042))  # fmt: skip
    row = answer.project_rows(pagetables.make_tables(projects=projects)).iloc[0]
    assert (row["due_year"], row["asked_due"], row["confirmed_due"]) == (2036, 800, 800)


def test_without_a_check_nothing_is_called_confirmed():
    rows = answer.project_rows(pagetables.make_tables(confirmation=None))
    assert not confirmed.is_checked(rows)
    assert rows["all_from"].equals(rows["first_year_fits"])
    assert confirmed.furthest_said(rows, "nl") == ""


def test_limits_of_the_check_are_counted_by_project():
    assert confirmed.limits_said(pagetables.make_tables(), "nl") == "middenspanningskabel (3×)"
