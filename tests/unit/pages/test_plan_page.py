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
    "curve": "Wat elke euro oplevert zit niet in deze berekening.",
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


def test_the_answer_is_one_sentence_on_top(page):
    assert page.lead == (
        "In 2036 zijn met dit plan 3.059 van de 5.000 gevraagde woningen aangesloten "
        "(2.346 tot 4.153); van de 4 aansluitingen van bedrijven, scholen en zorg passen er 2; "
        "het plan kost iedereen samen €\u00a010,9\u00a0mln, waarvan de gemeente "
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


def test_an_empty_table_is_no_answer_either():
    empty = {name: table.head(0) for name, table in pagetables.make_tables().items()}
    page = plan_page({}, empty)
    told = {part.text for part in parts_of(page, Text) if part.absent}
    assert told == set(PARTS.values())


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
    told = " ".join(part.text for part in page.sections[6].parts if isinstance(part, Text))
    assert (
        "In acht van de tien van 200 trekkingen sluit dit plan in 2036 2.346 tot 4.153 van de "
        "gevraagde woningen aan, en met wat de regio overlaat 2.219 tot 2.536." in told
    )
    assert "berekende kansen" in told
    alone = stairs.drop(columns=["with_region_p10", "with_region_p90"])
    page = plan_page({}, {"staircase": alone}, "en")
    told = " ".join(part.text for part in page.sections[6].parts if isinstance(part, Text))
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
    first, second = [part for part in few.sections[3].parts if isinstance(part, Table)][:2]
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
        "De zoeker kwam binnen 0,8\u00a0% van het bewezen best haalbare in dit lineaire model. "
        "Doordat woningen heel zijn, vielen er 3 af. De punten van de grafiek liggen binnen "
        "0,4\u00a0% van het bewezen best haalbare in dit lineaire model."
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
    told = " ".join(part.text for part in page.sections[6].parts if isinstance(part, Text))
    assert (
        "eind 2036 passen er blijvend zonder de regio 400 (100 tot 800) en met de regio 400 "
        "(100 tot 500) woningen" in told
    )
    table = next(part for part in page.sections[6].parts if isinstance(part, Table))
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
