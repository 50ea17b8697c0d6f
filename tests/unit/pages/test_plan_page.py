"""The page of a plan answers first, and says of every part that is not there that it is not."""

import itertools
import time

import pagetables
import pandas as pd
import pytest

from stroomstad.pages import plan_page, plan_png, render_html, render_pdf
from stroomstad.pages.page import Picture, Table, Text

PARTS = {
    "staircase": "De trap van woningen per jaar zit niet in deze berekening.",
    "fits": "De lijst van projecten zit niet in deze berekening.",
    "measures": "De lijst van maatregelen zit niet in deze berekening.",
    "costs": "Wat het kost en wie betaalt zit niet in deze berekening.",
    "room": "Wat in elk jaar het eerst vol is zit niet in deze berekening.",
    "full": "De kans dat een station vol is zit niet in deze berekening.",
    "tornado": "Wat het antwoord het meest verandert zit niet in deze berekening.",
}


def parts_of(page, kind):
    return [part for section in page.sections for part in section.parts if isinstance(part, kind)]


@pytest.fixture(scope="module")
def page():
    return plan_page(pagetables.make_facts(), pagetables.make_tables())


@pytest.fixture(scope="module")
def english():
    return plan_page(pagetables.make_facts(), pagetables.make_tables(), "en")


@pytest.fixture(scope="module")
def plain():
    """Every table, and nothing known of the run."""
    return plan_page({}, pagetables.make_tables())


def test_the_answer_is_one_sentence_on_top(page):
    assert page.lead == (
        "In 2036 zijn met dit plan 3.059 van de 5.000 gevraagde woningen aangesloten "
        "(2.346 tot 4.153); van de 4 aansluitingen van bedrijven, scholen en zorg zijn er 2 geheel "
        "bevestigd; het verst achter blijft Koelhuis Noord, met 0 van 2.500 kW in 2029 tot en met "
        "2036; het plan kost iedereen samen €\u00a010,9\u00a0mln, waarvan de gemeente "
        "€\u00a05,0\u00a0mln betaalt; de regio boven de stad laat er naar aanname maar 2.700 van "
        "toe."
    )


def test_the_same_answer_stands_in_english(english):
    assert english.lead.startswith("In 2036 this plan has connected 3,059 of the 5,000 requested")
    assert english.language == "en"


def test_promised_and_confirmed_stand_side_by_side(page):
    homes = page.facts[0]
    assert homes.value == "3.059"
    assert "beloofd 3.170" in homes.about


def test_pictures_say_their_message_in_words(page):
    pictures = parts_of(page, Picture)
    assert len(pictures) == 4
    assert all(len(picture.alt) > 60 for picture in pictures)
    assert "3.059 van de 5.000" in pictures[0].alt


def test_every_picture_has_its_numbers_beside_it(page):
    for section in page.sections:
        kinds = [type(part) for part in section.parts]
        assert Picture not in kinds or Table in kinds


def test_relief_is_called_stated_and_full_stations_are_called_modelled(page):
    text = render_html(page)
    assert "opgegeven vast vermogen in de drukke uren" in text
    assert "berekende kans" in text
    assert "synthetisch net" in page.subtitle


@pytest.mark.parametrize(("name", "sentence"), PARTS.items())
def test_only_a_part_without_its_table_says_so(name, sentence):
    page = plan_page({}, {name: pagetables.make_tables()[name]})
    told = {part.text for part in parts_of(page, Text) if part.absent}
    assert told == set(PARTS.values()) - {sentence}


def test_a_plan_without_measures_costs_nothing_and_says_so():
    full = pagetables.make_tables()
    nothing = {name: full[name].head(0) for name in ("measures", "costs")}
    page = plan_page({}, {**full, **nothing})
    told = [part.text for part in parts_of(page, Text)]
    assert "Dit plan heeft geen maatregelen." in told
    facts = {fact.name: (fact.value, fact.about) for fact in page.facts}
    assert facts["Kosten over alle jaren"] == ("€\u00a00", "geen maatregelen")
    assert facts["CO2 door de maatregelen"] == ("0 ton", "geen uitstoot, over alle jaren")
    assert "het plan kost € 0" in page.lead


def test_tables_without_rows_that_answer_nothing_are_said_to_be_absent():
    empty = {name: table.head(0) for name, table in pagetables.make_tables().items()}
    page = plan_page({}, empty)
    told = {part.text for part in parts_of(page, Text) if part.absent}
    answered = {PARTS[name] for name in ("fits", "measures", "costs")}
    assert told == set(PARTS.values()) - answered
    render_pdf(page)


def test_projects_are_counted_as_the_check_confirms_them(page):
    fact = page.facts[1]
    assert fact.name == "Projecten bevestigd zoals gevraagd"
    assert fact.value == "3 van 7"
    assert "1 later alsnog; het lineaire model beloofde er 3" in fact.about


def test_years_in_which_the_check_does_not_hold_are_warned_of(plain):
    rows = pagetables.make_evidence()
    rows = rows.assign(holds=~rows["year"].isin([2031, 2036]), loading_max=1.2)
    unsound = plan_page({}, pagetables.make_tables(evidence=rows))
    warned = [part.text for part in parts_of(unsound, Text) if part.warning]
    assert warned[0].startswith("Let op: in 2031 en 2036 houdt de netberekening geen stand.")
    assert "120\u00a0% van zijn grens" in warned[0]
    assert "in 2036 houdt de netberekening geen stand" in unsound.lead
    assert not [part for part in parts_of(plain, Text) if part.warning]
    pictures = [parts_of(made, Picture)[0] for made in (plain, unsound)]
    assert pictures[0].svg != pictures[1].svg
    assert "Gearceerd" in pictures[1].caption
    assert 'class="warning"' in render_html(unsound)


def test_extra_emission_is_called_so_with_the_measures_that_cause_it(plain):
    costs = pagetables.make_costs()
    page = plan_page({}, pagetables.make_tables(costs=costs.assign(co2_kg=costs["co2_kg"].abs())))
    assert page.facts[3].about.startswith("extra uitstoot over alle jaren; het meest door Slim")
    assert plain.facts[3].about.startswith("vermeden over alle jaren; het meest door Slim")


def test_the_budget_that_was_asked_for_is_named():
    asked = pd.DataFrame({"payer": ["society", "municipality"], "budget_eur": [150e6, 2e6]})
    search = pd.DataFrame({"gap_fraction": [0.0], "ended": ["gap"]})
    page = plan_page({}, pagetables.make_tables(search=search, asked_budgets=asked))
    told = " ".join(part.text for part in parts_of(page, Text)).replace("\u00a0", " ")
    assert (
        "Gezocht is met een budget van € 150 mln van iedereen samen en € 2,0 mln van de gemeente."
        in told
    )
    lines = pd.DataFrame({"budget_line": ["Net"], "payer": ["municipality"], "eur": [2e7]})
    page = plan_page({}, pagetables.make_tables(budgets=lines))
    told = " ".join(part.text for part in parts_of(page, Text))
    assert "Budgetten in het plan: Net €\u00a020,0\u00a0mln (gemeente)." in told


def test_without_a_curve_its_section_is_left_out_and_one_line_says_how_to_get_it(plain):
    without = plan_page({}, pagetables.make_tables(curve=None))
    titles = [{section.title for section in page.sections} for page in (plain, without)]
    assert titles[0] - titles[1] == {"Woningen per euro: van wie?"}
    told = [" ".join(part.text for part in parts_of(page, Text)) for page in (plain, without)]
    assert [text.count("plan search --curve") for text in told] == [0, 1]


def test_without_any_table_the_page_still_stands():
    page = plan_page({}, {})
    assert page.lead == "Hoeveel woningen dit plan aansluit, zit niet in deze berekening."
    assert page.facts == ()
    assert {part.text for part in parts_of(page, Text) if part.absent} == set(PARTS.values())
    assert "onbekend" not in page.subtitle
    render_pdf(page)


def test_without_a_check_the_page_does_not_say_confirmed():
    stairs = pagetables.make_staircase().drop(columns="confirmed")
    page = plan_page({}, {"staircase": stairs})
    assert page.facts[0].about == "beloofd door het lineaire model, niet getoetst"
    assert "aangesloten (2.346 tot 4.153), beloofd en nog niet nagerekend" in page.lead
    told = " ".join(part.text for part in parts_of(page, Text))
    assert "De toets van het plan met een netberekening zit niet in deze berekening." in told


def test_the_band_of_the_homes_connected_is_told_without_and_with_the_region():
    stairs = pagetables.make_staircase()
    page = plan_page({"draws": 200}, {"staircase": stairs})
    told = " ".join(part.text for part in parts_of(page, Text))
    assert (
        "In acht van de tien van 200 trekkingen sluit dit plan in 2036 2.346 tot 4.153 van de "
        "gevraagde woningen aan, en met wat de regio overlaat 2.219 tot 2.536." in told
    )
    assert "berekende kansen" in told
    alone = stairs.drop(columns=["with_region_p10", "with_region_p90"])
    page = plan_page({}, {"staircase": alone}, "en")
    told = " ".join(part.text for part in parts_of(page, Text))
    assert "In eight of ten draws this plan has connected 2,346 to 4,153 of the homes asked" in told
    assert "region leaves" not in told


def test_without_a_band_the_page_says_so():
    stairs = pagetables.make_staircase().drop(columns=["p10", "p90"])
    page = plan_page({}, {"staircase": stairs})
    assert "(" not in page.lead.split(";")[0]
    told = " ".join(part.text for part in parts_of(page, Text))
    assert "De band rond het aantal aangesloten woningen zit niet in deze berekening." in told


def test_a_plan_that_holds_in_full_is_said_to_hold():
    rows = pagetables.make_tables()["confirmation"].assign(confirmed=lambda t: t["promised"])
    page = plan_page({}, {"confirmation": rows})
    told = " ".join(part.text for part in parts_of(page, Text))
    assert "bevestigt alles wat het lineaire model belooft" in told


def test_candidates_stand_apart_and_many_are_only_counted():
    measures = pagetables.make_measures()
    few = plan_page({}, {"measures": measures, "kinds": pagetables.make_kinds()})
    first, second = [part for part in few.sections[2].parts if isinstance(part, Table)][:2]
    assert len(first.rows) == 4
    assert second.rows[0][0].text == "Hub De Hoeven"
    many = pd.concat([measures] * 21, ignore_index=True)
    many = many.assign(measure_id=[f"x{number}" for number in range(len(many))])
    told = " ".join(part.text for part in parts_of(plan_page({}, {"measures": many}), Text))
    assert "noemt het plan 21 kandidaten en ideeën" in told


def test_a_plan_of_candidates_only_says_that_nothing_counts():
    measures = pagetables.make_measures().assign(status="candidate")
    told = [part.text for part in parts_of(plan_page({}, {"measures": measures}), Text)]
    assert "In dit plan telt geen enkele maatregel mee." in told


def test_a_search_says_how_near_the_best_it_came():
    search = pd.DataFrame({"gap_fraction": [0.0076], "ended": ["gap"], "homes_lost": [3.0]})
    page = plan_page({}, {"search": search, "curve": pagetables.make_curve()})
    assert page.sections[1].parts[0].text == (
        "De punten van de grafiek liggen binnen 0,4\u00a0% van het bewezen best haalbare in dit "
        "lineaire model."
    )
    page = plan_page({}, {"search": search, "measures": pagetables.make_measures()})
    told = [part.text for part in parts_of(page, Text)]
    assert (
        "De zoeker kwam binnen 0,8\u00a0% van het bewezen best haalbare in dit lineaire model. "
        "Doordat woningen heel zijn, vielen er 3 af." in told
    )


def test_curves_are_drawn_when_only_the_euros_of_their_payer_are_known():
    curve = pagetables.make_curve()
    own = curve["payer"] == "municipality"
    curve = curve.assign(
        eur_society=curve["eur_society"].mask(own),
        eur_municipality=curve["eur_municipality"].mask(~own),
    )
    section = plan_page({}, {"curve": curve}).sections[1]
    picture = next(part for part in section.parts if isinstance(part, Picture))
    assert "Met €\u00a032,0\u00a0mln van de gemeente hoogstens 3.240 woningen" in picture.alt
    assert section.parts[-1].rows[0][4].text == "–"


def test_room_of_the_whole_city_is_told_without_and_with_the_region():
    keys = itertools.product((False, True), (False, True), (2035, 2036))
    rows = [(*key, 0.0, 900.0, 100.0, 400.0, 800.0 - 300 * key[1]) for key in keys]
    names = ["lasting", "with_region", "year", "case_low", "case_high", "p10", "p50", "p90"]
    page = plan_page({"draws": 200}, {"band": pd.DataFrame(rows, columns=names)})
    told = " ".join(part.text for part in page.sections[5].parts if isinstance(part, Text))
    assert (
        "eind 2036 passen er blijvend zonder de regio 400 (100 tot 800) en met de regio 400 "
        "(100 tot 500) woningen" in told
    )
    table = next(part for part in page.sections[5].parts if isinstance(part, Table))
    assert [row[3].text for row in table.rows] == ["800", "500"]
    assert table.rows[0][4].text == "0 tot 900"


def test_the_stations_that_are_full_are_counted_in_the_last_year(page):
    told = " ".join(part.text for part in parts_of(page, Text))
    assert "Van de 40 stations zijn er eind 2036 naar berekende verwachting 18 vol" in told


def test_what_comes_from_the_plan_is_shown_as_it_is():
    evil = "<script>alert(1)</script> #panic() $x$ {y}"
    measures = pagetables.make_measures().assign(name=evil, place=evil, owner=evil, decides=evil)
    page = plan_page(pagetables.make_facts(plan=evil, city=evil), {"measures": measures})
    text = render_html(page)
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; #panic() $x$ {y}" in text
    assert render_pdf(page).startswith(b"%PDF-")


def test_the_same_tables_give_the_same_bytes(page):
    again = plan_page(pagetables.make_facts(), pagetables.make_tables())
    assert render_html(again) == render_html(page)
    assert render_pdf(again) == render_pdf(page)


def test_nothing_is_left_unsaid_or_unfilled(page, english):
    for made in (page, english):
        rows = [row for table in parts_of(made, Table) for row in table.rows]
        texts = [made.title, made.subtitle, made.lead, *made.footer]
        texts += [text for cell in itertools.chain(*rows) for text in (cell.text, cell.small)]
        texts += [part.text for part in parts_of(made, Text)]
        assert not [text for text in texts if "{" in text or "nan" in text or "None" in text]


def test_the_page_is_rendered_within_three_seconds_of_work():
    began = time.process_time()
    page = plan_page(pagetables.make_facts(), pagetables.make_tables())
    render_html(page)
    render_pdf(page)
    assert time.process_time() - began < 3.0


def test_the_picture_of_a_plan_is_a_png_and_needs_a_staircase():
    assert plan_png(pagetables.make_tables()).startswith(b"\x89PNG")
    assert plan_png(pagetables.make_tables(curve=None)).startswith(b"\x89PNG")
    with pytest.raises(KeyError, match="staircase"):
        plan_png({})
