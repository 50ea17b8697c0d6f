"""One sheet tells a developer what fits, from when, what to promise and what to ask of whom."""

import re

import pagetables
import pandas as pd
import pytest

from stroomstad.pages import project_page, render_html, render_pdf
from stroomstad.pages.page import Picture, Table, Text


def make_page(language="nl", *, facts=None, **changed):
    built = changed.pop("built", True)
    return project_page(
        pagetables.make_project_facts(**(facts or {})),
        pagetables.make_project_tables(built=built, **changed),
        language,
    )


def make_row(number, **changed):
    """One row of the list and of the answer, changed."""
    projects, fits = pagetables.make_projects(), pagetables.make_fits()
    return {
        "projects": projects.iloc[[number]],
        "fits": fits.iloc[[number]].assign(**changed),
    }


def text_of(page):
    return " ".join(
        part.text for section in page.sections for part in section.parts if isinstance(part, Text)
    )


def notes_of(page):
    return dict(page.sections[3].parts[0].items)


@pytest.fixture(scope="module")
def page():
    return make_page()


def test_the_answer_is_one_sentence_on_top(page):
    assert page.lead == (
        "Deels: van de 800 appartementen, gevraagd tot en met 2031, passen er 520 op het lokale "
        "net (alles ongunstig – alles gunstig: 410 – 640); alles past vanaf 2032; wat knelt: "
        "middenspanningskabel K-0417, het eerst vol op di 17 jan 18:15 in de ontwerpweek van 2023."
    )


def test_what_fits_is_answered_with_yes():
    yes = make_page(**make_row(2, size_low=1200.0))
    assert yes.lead == (
        "Ja: 1.200 woningen, gevraagd tot en met 2033, passen helemaal op het lokale net."
    )


def test_a_yes_that_everything_against_makes_a_no_is_no_plain_yes():
    yes = make_page(**make_row(2, size_low=0.0))
    assert yes.lead == (
        "Ja, in het middelste geval: 1.200 woningen, gevraagd tot en met 2033, passen helemaal op "
        "het lokale net; als alles tegenzit: 0."
    )
    firm = make_page("en", **make_row(4, size_low=0.0))
    assert firm.lead.startswith("Yes, in the middle case: 420 kW")
    assert firm.lead.endswith("with everything against: 0 kW.")


def test_a_place_without_station_is_not_helped_by_fewer_kw():
    page = make_page(
        facts={"kw_per_home_fits": None},
        **make_row(1, binding="no station", binding_kind="no_station", binding_at=None),
    )
    assert "Er staat geen station op deze plek: ook minder kW" in text_of(page)


def test_where_nothing_fits_words_stand_in_the_place_of_an_empty_plot():
    room = pagetables.make_room().assign(room=0.0)
    page = make_page(room=room)
    assert not isinstance(page.sections[0].parts[0], Picture)
    assert "in geen enkel jaar tot en met 2036 iets: 0 woningen" in text_of(page)
    render_pdf(page)


def test_without_a_plan_the_page_speaks_of_years_only():
    page = make_page(facts={"plan": None}, **make_row(6))
    assert "alles past in geen jaar tot en met 2036" in page.lead


def test_a_place_in_a_file_is_not_named_by_its_path():
    path = "/tmp/somebody/plot.geojson"
    projects = pagetables.make_projects().head(1).assign(place=path)
    page = make_page(facts={"place": path}, projects=projects)
    assert page.title == "Past Kade-Noord op het net?"
    assert "somebody" not in render_html(page)


def test_the_kw_of_a_home_has_its_source():
    page = make_page(facts={"kw_per_home_source": "RNB-Vesta (2019)."})
    table = next(part for part in page.sections[1].parts if isinstance(part, Table))
    assert table.note == "Bron van het vermogen per woning: RNB-Vesta (2019)."


def test_a_remedy_has_its_size_and_year():
    page = make_page(**make_row(0, remedy_year=2029.0))
    told = "1 kabel, vanaf 2029, €\u00a0640.000, netbeheerder"
    assert page.sections[2].parts[0].rows[0][2].small == told
    assert f"middenspanningskabel erbij ({told})" in notes_of(page)["Aan de netbeheerder"]


def test_a_connection_that_fits_in_part_fits_not_and_reserves_nothing():
    page = make_page(**make_row(5, fits="partly", size_low=0.0, size_mid=1.9, size_high=350.0))
    assert page.lead.startswith(
        "Nee, niet geheel: van de 1.800 kW, gevraagd tot en met 2028, past 1 kW op het lokale net "
        "(alles ongunstig – alles gunstig: 0 – 350), en er is niets gereserveerd;"
    )
    assert page.facts[0].value == "1 kW"
    assert page.facts[0].about.endswith("niets gereserveerd")


def test_an_area_is_called_by_its_name_and_its_boundary_by_its_source():
    tables = pagetables.make_project_tables()
    outline = tables["outline"].assign(assumed=False, source="CBS")
    projects = tables["projects"].assign(name="a", place="a")
    page = make_page(projects=projects, outline=outline)
    assert page.title == "Past Kade op het net?"
    captions = [part.caption for part in page.sections[0].parts]
    assert any("grens van het gebied volgens het CBS" in caption for caption in captions)


def test_where_all_fits_the_middle_can_be_promised():
    page = make_page(facts={"kw_per_home_fits": None}, **make_row(2))
    assert "Met 1,60 kW per woning past alles zoals gevraagd" in text_of(page)


def test_what_never_fits_is_answered_with_no_and_the_region_is_named():
    no = make_page(**make_row(6))
    assert no.lead.startswith("Nee: 2.500 kW, gevraagd tot en met 2029, past niet")
    assert "alles past in geen jaar van het plan" in no.lead
    assert no.lead.endswith("de regio boven de stad laat dit naar aanname niet toe.")


def test_the_kw_to_promise_stands_low_mid_high_and_as_it_fits(page):
    table = next(part for part in page.sections[1].parts if isinstance(part, Table))
    assert [cell.text for cell in table.rows[0]] == [
        "Per woning", "1,20 kW", "1,60 kW", "2,30 kW", "1,04 kW",
    ]  # fmt: skip
    assert [cell.mark for cell in table.rows[0]] == ["", *["assumed"] * 3, "modelled"]
    assert table.rows[1][4].text == "832 kW"


@pytest.mark.parametrize(
    ("fits", "said", "promise"),
    [
        (1.04, "Zuiniger bouwen alleen is dus niet genoeg", "1,20 kW"),
        (1.4, "haalbaar: niet lager dan laag", "1,40 kW"),
        (2.0, "dat laat ruimte boven het midden", "1,60 kW"),
    ],
)
def test_the_promise_is_one_that_can_be_kept(fits, said, promise):
    page = make_page(facts={"kw_per_home_fits": fits})
    assert said in text_of(page)
    assert f"hoogstens {promise} per woning" in notes_of(page)["Aan uzelf"]


def test_a_promise_that_is_not_known_is_not_made_up():
    page = make_page(facts={"kw_per_home_fits": None})
    assert "waarmee alles past zit niet in deze berekening" in text_of(page)
    table = next(part for part in page.sections[1].parts if isinstance(part, Table))
    assert len(table.columns) == 4
    without = make_page(facts={"kw_per_home_mid": None})
    assert "Het vermogen per woning zit niet in deze berekening." in text_of(without)


def test_contracts_stand_with_their_first_year(page):
    table = page.sections[2].parts[1]
    assert [row[1].text for row in table.rows] == ["2032", "2028", "geen jaar"]


def test_contracts_stand_in_the_year_that_is_asked():
    contracts = pagetables.make_project_tables()["contracts"]
    later = contracts.assign(year=2031, kw=777.0)
    both = pagetables.pd.concat([contracts, later])
    table = make_page(contracts=both).sections[2].parts[1]
    assert table.columns[2].title == "Past in 2031"
    assert {row[2].text for row in table.rows} == {"777 kW"}


def test_without_contracts_the_answer_of_the_list_is_told():
    told = make_page(contracts=None, **make_row(5))
    assert "Met een tijdblokcontract past het vanaf 2028." in text_of(told)
    fits = make_page(contracts=None, **make_row(2))
    assert "Alles past met een vast contract" in text_of(fits)
    none = make_page(contracts=None, **make_row(6, flexible=None))
    assert "Er is geen flexibel contract bekend" in text_of(none)
    fits = pagetables.make_fits().head(1).drop(columns="flexible")
    assert "Met welk contract het eerder past zit niet" in text_of(
        make_page(contracts=None, fits=fits)
    )


def test_everyone_is_asked_something_of_their_own(page):
    notes = notes_of(page)
    assert "1.280 kW tot en met 2031" in notes["Aan de gemeente"]
    assert (
        "middenspanningskabel erbij (1 kabel, €\u00a0640.000, netbeheerder)"
        in notes["Aan de netbeheerder"]
    )
    assert "K-0417 en OS Zuid" in notes["Aan de netbeheerder"]


def test_a_connection_promises_no_kw_per_home():
    page = make_page(**make_row(5))
    assert "per woning" not in text_of(page)
    assert "Gevraagd is 1.800 kW op het station" in text_of(page)
    assert page.facts[2].value == "1.800 kW"


def test_it_works_where_no_address_exists_yet():
    page = make_page(built=False)
    picture = [part for part in page.sections[0].parts if isinstance(part, Picture)][1]
    assert "Er staat nog geen station" in picture.alt
    assert "Hier staat nog geen net" in page.footer[0]
    assert render_pdf(page).startswith(b"%PDF-")


def test_an_assumed_outline_is_called_assumed(page):
    caption = page.sections[0].parts[1].caption
    assert "omtrek aangenomen (streeplijn)" in caption
    outline = pagetables.make_project_tables()["outline"].assign(assumed=False)
    assert "omtrek zoals aangeleverd" in make_page(outline=outline).sections[0].parts[1].caption


def test_what_keeps_fitting_goes_before_what_fits_in_a_year_alone():
    room = pagetables.make_room().assign(room_lasting=123.0)
    alt = make_page(room=room).sections[0].parts[0].alt
    assert "123 eind 2026, 123 eind 2036" in alt


def test_without_any_table_the_page_still_stands():
    page = project_page({}, {})
    assert page.lead == "Of dit project past zit niet in deze berekening."
    assert page.facts == ()
    absent = [part.absent for section in page.sections[:3] for part in section.parts]
    assert all(absent)
    render_pdf(page)


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("built", [True, False])
def test_it_fits_on_one_sheet(language, built):
    pdf = render_pdf(make_page(language, built=built))
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) == 1


def test_names_of_projects_are_shown_as_they_are():
    evil = "<svg onload=alert(1)> #panic() $x$ {y}"
    projects = pagetables.make_projects().head(1).assign(name=evil, place=evil)
    fits = pagetables.make_fits().head(1).assign(binding=evil)
    page = make_page(projects=projects, fits=fits)
    text = render_html(page)
    assert "<svg onload" not in text
    assert "&lt;svg onload=alert(1)&gt; #panic() $x$ {y}" in text
    assert render_pdf(page).startswith(b"%PDF-")


def test_the_same_tables_give_the_same_bytes(page):
    assert render_pdf(make_page()) == render_pdf(page)


def test_what_a_power_flow_confirms_of_what_fits_is_told():
    made = make_row(0, fits="yes")
    name, last = made["projects"]["project_id"].iloc[0], made["projects"]["last_year"].iloc[0]
    asked = made["projects"]["homes"].iloc[0]
    one = {"project_id": [name], "year": [int(last)], "promised": [asked]}
    less = pd.DataFrame(one | {"confirmed": [120.0]})
    told = f"een netberekening (AC) bevestigt 120 woningen in {last:.0f}"
    assert told in make_page(**made, confirmation=less).lead
    none = make_row(0, fits="no")
    assert "netberekening" not in make_page(**none, confirmation=less).lead
