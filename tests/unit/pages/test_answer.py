"""Tables come down to the right numbers and sentences."""

import pagetables
import pandas as pd
import pytest

from stroomstad.pages import answer


def test_what_a_plan_connects_is_what_is_confirmed_when_that_is_known():
    stairs = pagetables.make_staircase()
    assert answer.homes_of({"staircase": stairs})["homes"] == stairs["confirmed"].iloc[-1]
    unchecked = stairs.drop(columns="confirmed")
    assert answer.homes_of({"staircase": unchecked})["homes"] == stairs["promised"].iloc[-1]


def test_half_a_check_is_no_check():
    stairs = pagetables.make_staircase()
    half = stairs.assign(confirmed=stairs["confirmed"].where(stairs["year"] == 2036))
    assert answer.best_column(half) == "promised"


def test_the_last_year_counts_in_whatever_order_rows_come():
    stairs = pagetables.make_staircase()
    assert answer.homes_of({"staircase": stairs[::-1]})["year"] == 2036


def test_without_a_staircase_nothing_is_said_of_homes():
    assert answer.homes_of({}) is None
    assert answer.homes_said({}, "nl") == ""


def test_the_region_is_named_only_when_it_allows_less():
    stairs = pagetables.make_staircase()
    assert "2.700" in answer.region_said({"staircase": stairs}, "nl")
    wide = stairs.assign(region_homes=9e9)
    assert answer.region_said({"staircase": wide}, "nl") == ""


def test_cost_by_payer_sums_to_the_total():
    costs = pagetables.make_costs()
    by_payer = answer.cost_by_payer({"costs": costs})
    total = costs["investment_eur"].sum() + costs["yearly_eur"].sum()
    assert by_payer.sum() == pytest.approx(total)


def test_a_table_without_money_has_no_cost_rather_than_none():
    assert answer.cost_by_payer({"costs": pagetables.make_costs()[["payer"]]}) is None
    assert answer.money_said({}, "nl") == ""


def test_connections_are_those_of_the_project_list():
    rows = answer.connections_of(pagetables.make_tables())
    assert rows["project_id"].tolist() == [
        "Basisschool De Kring",
        "Zorgcentrum De Linde",
        "Transport Van Veen",
        "Koelhuis Noord",
    ]
    assert answer.connections_of({"fits": pagetables.make_fits()}) is None


def test_what_binds_is_counted_and_nothing_is_not():
    said = answer.binding_kinds(pagetables.make_fits(), "nl")
    assert said == "middenspanningskabel (2×), station (1×) en onderstation (1×)"


def test_the_widest_input_comes_first():
    assert answer.widest_inputs(pagetables.make_tornado())["input"].iloc[0] == "new_home_peak_kw"


def test_a_kind_has_its_short_name_else_the_catalogue_else_its_key():
    kinds = pagetables.make_kinds()
    assert answer.kind_name("mv_cable", kinds, "nl") == "middenspanningskabel erbij"
    assert answer.kind_name("ice_store", kinds, "nl") == "ijskelder"
    assert answer.kind_name("tide_mill", kinds, "nl") == "tide mill"


def test_two_answers_for_one_project_are_refused():
    fits = pd.concat([pagetables.make_fits()] * 2)
    with pytest.raises(pd.errors.MergeError):
        answer.project_rows({"fits": fits, "projects": pagetables.make_projects()})


@pytest.mark.parametrize(
    ("ended", "gap", "said"),
    [
        ("work", 0.0201, "na de afgesproken hoeveelheid werk, binnen 2,1\u00a0%"),
        ("cancelled", 0.1, "voortijdig gestopt, binnen 10\u00a0%"),
        ("impossible", float("inf"), "vond geen keuze van maatregelen"),
        ("work", float("nan"), "vond geen keuze van maatregelen"),
    ],
)
def test_a_search_says_how_it_ended(ended, gap, said):
    search = pd.DataFrame({"gap_fraction": [gap], "ended": [ended]})
    assert said in answer.search_said({"search": search}, "nl")


def test_a_search_says_when_its_second_round_did_not_end():
    told = {
        by_ac: answer.search_said(
            {"search": pd.DataFrame({"gap_fraction": [0.0], "ended": ["gap"]} | column)}, "nl"
        )
        for by_ac, column in (
            (None, {}), (True, {"by_ac_limits": [True]}), (False, {"by_ac_limits": [False]})
        )
    }  # fmt: skip
    assert "is niet afgerond" in told[False]
    assert told[True] == told[None]
    assert "is niet afgerond" not in told[True]


def test_a_proof_claims_no_more_than_it_gives():
    assert answer.gap_said(0.01001, "nl") == "1,1\u00a0%"
    assert answer.gap_said(0.01, "nl") == "1\u00a0%"
    assert answer.search_said({}, "nl") == ""


def test_the_cases_count_the_homes_asked_and_no_connections():
    said = answer.cases_said(pagetables.make_tables(), "nl")
    assert "2.320" in said
    assert "3.940" in said
    assert answer.cases_said({}, "nl") == ""
