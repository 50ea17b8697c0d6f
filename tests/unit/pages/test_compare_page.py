"""Two plans are told apart in words, and never beyond what the band allows."""

import re

import pagetables
import pytest

from stroomstad.pages import compare_page, render_html, render_pdf
from stroomstad.pages.compare_page import differing_measures, homes_difference
from stroomstad.pages.page import Picture, Table, Text


def make_page(language="nl", **other):
    tables = {**pagetables.make_other_tables(), **other}
    return compare_page(
        pagetables.make_facts(), pagetables.make_tables(), pagetables.make_other_facts(), tables,
        language,
    )  # fmt: skip


def rows_of(page):
    return {row[0].text: row for row in page.sections[0].parts[0].rows}


@pytest.fixture(scope="module")
def page():
    return make_page()


def side(homes, low=None, high=None):
    return {"homes": homes, "p10": low, "p90": high}


def test_a_difference_within_the_wider_band_is_hidden_by_it():
    assert homes_difference(side(100, 90, 110), side(130, 100, 160)) == (30.0, True)
    assert homes_difference(side(100, 90, 110), side(161, 131, 191)) == (61.0, False)


def test_a_difference_as_wide_as_the_band_is_not_hidden():
    assert homes_difference(side(100, 90, 110), side(120, 110, 130)) == (20.0, False)


def test_without_bands_nobody_says_whether_a_difference_is_certain():
    assert homes_difference(side(100), side(130)) == (30.0, None)
    assert homes_difference(None, side(130)) == (None, None)


def test_one_band_alone_is_a_band():
    assert homes_difference(side(100, 90, 110), side(130))[1] is False


def test_the_lead_says_who_connects_more_and_how_certain_that_is(page):
    assert page.lead.startswith(
        "Plan Dijkzicht sluit 612 woningen meer aan dan Plan Weidezoom (3.059 tegen 2.447, eind "
        "2036), maar dat verschil is kleiner dan de band, dus niet zeker; Plan Dijkzicht kost "
        "iedereen samen €\u00a05,2\u00a0mln meer;"
    )


def test_swapping_the_plans_swaps_nothing_but_the_order():
    swapped = compare_page(
        pagetables.make_other_facts(), pagetables.make_other_tables(),
        pagetables.make_facts(), pagetables.make_tables(),
    )  # fmt: skip
    assert swapped.lead.startswith("Plan Dijkzicht sluit 612 woningen meer aan dan Plan Weidezoom")
    assert rows_of(swapped)["Woningen aangesloten"][3].text == "Plan Dijkzicht: 612 meer"


def test_every_subject_has_its_row(page):
    rows = rows_of(page)
    assert rows["Woningen aangesloten"][3].small == "verschil kleiner dan de band"
    assert rows["Bedrijven, scholen en zorg"][0].small == "aansluitingen, geheel bevestigd"
    assert rows["Bedrijven, scholen en zorg"][1].text == "2 van 4"
    assert rows["Past helemaal, ooit"][1].text == "4 van 7 projecten"
    assert rows["waarvan gemeente"][1].text == "€\u00a05,0\u00a0mln"
    assert rows["CO2 door de maatregelen"][3].text == "Plan Dijkzicht: 40 ton meer"
    assert rows["Wat knelt"][3].text == "hetzelfde"
    assert rows["Past helemaal, ooit"][1].small == "het eerste project past in 2027"


def test_what_is_the_same_in_both_is_called_the_same():
    tables = pagetables.make_tables()
    page = compare_page(pagetables.make_facts(), tables, pagetables.make_facts(), tables)
    differences = {row[-1].text for row in page.sections[0].parts[0].rows}
    assert differences == {"gelijk", "hetzelfde"}
    assert "evenveel woningen" in page.lead
    assert Text("Beide plannen hebben dezelfde maatregelen.") in page.sections[2].parts
    assert page.title == "Plan Dijkzicht (eerste) naast Plan Dijkzicht (tweede)"


def test_only_measures_that_differ_are_named_the_dearest_first(page):
    table = next(part for part in page.sections[2].parts if isinstance(part, Table))
    assert [row[0].text for row in table.rows] == [
        "Veertig wijkstations",
        "Batterij bij Weidezoom",
        "Tweede kabel naar de kade",
    ]
    assert table.rows[1][2].text == "niet in dit plan"
    assert table.rows[0][1].text == "40 stations, 1 jul 2029"
    assert table.rows[0][2].text == "30 stations, 1 jul 2031"


def test_another_name_or_source_makes_no_other_measure():
    measures = pagetables.make_measures()
    assert differing_measures(measures, measures.assign(name="x", source="y")) == []
    assert len(differing_measures(measures, measures.head(3))) == 1


def test_what_counts_in_neither_plan_makes_no_difference():
    measures = pagetables.make_measures().assign(status="candidate")
    assert differing_measures(measures, measures.assign(size=1.0)) == []
    chosen = measures.assign(status=["planned", *measures["status"][1:]])
    assert len(differing_measures(measures, chosen)) == 1


def test_a_candidate_in_one_plan_has_no_size_there():
    measures = pagetables.make_measures()
    waiting = measures.assign(
        status=measures["status"].mask(measures["measure_id"] == "m1", "idea")
    )
    page = make_page(measures=waiting)
    table = next(part for part in page.sections[2].parts if isinstance(part, Table))
    row = next(row for row in table.rows if row[0].text == "Veertig wijkstations")
    assert row[2].text == "idee, telt niet mee"


def test_more_differences_than_fit_are_counted():
    many = pagetables.make_measures().sample(30, replace=True, random_state=1)
    many = many.assign(measure_id=[f"x{number}" for number in range(30)], status="planned")
    page = make_page(measures=many)
    table = next(part for part in page.sections[2].parts if isinstance(part, Table))
    assert len(table.rows) == 8
    assert "nog 26 andere" in table.note
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", render_pdf(page))) == 1


def test_what_is_uncertain_is_named_per_plan(page):
    notes = dict(page.sections[3].parts[0].items)
    said = notes["Beide plannen"]
    assert "piek per nieuwe woning (1.850 tot 4.650 woningen, midden 3.170)" in said
    assert said.startswith("Dit verandert het meest hoeveel gevraagde woningen worden aangesloten")
    other = make_page(tornado=pagetables.make_tornado().tail(2))
    notes = dict(other.sections[3].parts[0].items)
    assert "piek per nieuwe woning" in notes["Plan Dijkzicht"]
    assert "piek per nieuwe woning" not in notes["Plan Weidezoom"]


def test_without_bands_the_page_does_not_speak_of_the_widest():
    stairs = pagetables.make_staircase().drop(columns=["p10", "p50", "p90"])
    tables = pagetables.make_tables(staircase=stairs)
    facts = pagetables.make_facts()
    page = compare_page(facts, tables, facts, {**tables, "costs": None})
    notes = dict(page.sections[3].parts[0].items)
    assert "zonder band" in notes["Zo zijn de verschillen beoordeeld"]
    assert "band" not in rows_of(page)["Woningen aangesloten"][1].small
    assert "Vlak:" not in page.sections[1].parts[0].caption


def test_what_is_not_there_is_said_and_never_nought():
    gone = dict.fromkeys(("staircase", "costs", "fits", "measures", "tornado"))
    page = make_page(**gone)
    rows = rows_of(page)
    assert rows["Woningen aangesloten"][2].text == "onbekend"
    assert rows["Woningen aangesloten"][3].text == "onbekend"
    assert rows["Kosten, iedereen samen"][2].text == "onbekend"
    assert rows["CO2 door de maatregelen"][3].text == "onbekend"
    assert rows["Wat knelt"][2].text == "onbekend"
    assert page.lead == "Wat beide plannen aansluiten en kosten zit niet in deze berekening."
    assert all(part.absent for part in page.sections[1].parts + page.sections[2].parts)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_it_fits_on_one_sheet(language):
    pdf = render_pdf(make_page(language))
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) == 1


def test_the_picture_says_the_answer_in_words(page):
    picture = next(part for part in page.sections[1].parts if isinstance(part, Picture))
    assert picture.alt.startswith("Plan Dijkzicht sluit 612 woningen meer aan")


def test_names_of_plans_are_shown_as_they_are():
    evil = "<img src=x onerror=alert(1)> #panic() $x$"
    page = compare_page(
        pagetables.make_facts(plan=evil), pagetables.make_tables(), pagetables.make_facts(),
        pagetables.make_other_tables(),
    )  # fmt: skip
    assert "<img src=x" not in render_html(page)
    assert render_pdf(page).startswith(b"%PDF-")


def test_connections_are_counted_as_the_linear_model_says_when_nothing_is_checked():
    rows = rows_of(make_page(confirmation=None))
    assert rows["Bedrijven, scholen en zorg"][2].text == "1 van 4"


def test_two_project_lists_are_warned_of_and_each_plan_has_its_own_line():
    assert make_page().warnings == ()
    projects = pagetables.make_projects()
    three = {"projects": projects.head(3), "fits": pagetables.make_fits().head(3)}
    fewer = make_page(**three, staircase=pagetables.make_staircase().assign(
        asked=lambda rows: rows["asked"] / 2))  # fmt: skip
    assert len(fewer.warnings) == 1
    assert "Plan Dijkzicht: 7 projecten, 5.000 woningen en 4.880 kW" in fewer.warnings[0]
    assert "Plan Weidezoom: 3 projecten, 5.000 woningen en 0 kW" in fewer.warnings[0]
    assert fewer.warnings[0] in render_html(fewer)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", render_pdf(fewer))) == 1


def test_a_check_that_does_not_hold_is_warned_of_with_its_plan():
    rows = pagetables.make_evidence()
    page = make_page(evidence=rows.assign(holds=rows["year"] != 2031))
    assert page.warnings == (
        (
            "Let op: in Plan Weidezoom houdt de netberekening geen stand in 2031; die aantallen "
            "zijn te hoog."
        ),
    )


def test_a_plan_without_measures_costs_nothing_beside_another():
    full = pagetables.make_tables()
    page = make_page(**{name: full[name].head(0) for name in ("measures", "costs")})
    rows = rows_of(page)
    assert rows["Kosten, iedereen samen"][2].text == "€\u00a00"
    assert rows["Kosten, iedereen samen"][3].text.startswith("Plan Dijkzicht: €")
    assert rows["CO2 door de maatregelen"][2].text == "0 ton"
    table = next(part for part in page.sections[2].parts if isinstance(part, Table))
    assert {row[2].text for row in table.rows} == {"niet in dit plan"}


LIMITS = {
    "transformers": "cyclic",
    "n1_relaxed": False,
    "station": [1.0, 1.1, 1.2],
    "substation": [1.0, 1.0, 1.1],
    "n1_reserve_used": [0.0, 0.0, 0.0],
}


@pytest.mark.parametrize(("other", "warned"), [("cyclic", False), ("nameplate", True)])
def test_plans_under_different_limits_are_not_laid_side_by_side_in_silence(other, warned):
    facts = [
        made() | {"limits": LIMITS | {"transformers": name}}
        for made, name in (
            (pagetables.make_facts, "cyclic"),
            (pagetables.make_other_facts, other),
        )
    ]
    tables = pagetables.make_tables(), pagetables.make_other_tables()
    page = compare_page(facts[0], tables[0], facts[1], tables[1])
    told = [each for each in page.warnings if "verschillende grenzen" in each]
    assert bool(told) == warned
    assert all("bedrijfspraktijk" in each and "nominale vermogen" in each for each in told)
    # One for both stands below; of two neither is told there as that of the page.
    assert any("bedrijfspraktijk" in each for each in page.footer) != warned
