"""A planner's story in a real browser: from the project list to the council page and the claim."""

import os
from pathlib import Path

import pytest
from services import wait_until

from browser.quiet import go, settle, status

ROOT = Path(__file__).parents[2]
PICTURES = os.environ.get("STROOMSTAD_PICTURES")
LIST, PLAN = ROOT / "examples/almere_projects.xlsx", ROOT / "examples/almere_2035.toml"
PAGES = ("stad", "projecten", "plan", "rekenen", "resultaten", "vergelijken", "tabellen", "bronnen")


def calculate(page, kind, seconds):
    """Ask a job through the page, and wait until it is done."""
    go(page, "rekenen")
    page.get_by_role("radio", name=kind).check()
    page.locator("#job-plan").select_option("almere_2035")
    page.locator("#job-list").select_option("almere_projects")
    page.get_by_role("button", name="Start").click()
    job = page.locator("article").first
    wait_until(lambda: job.get_by_text("bezig").count(), 60)
    done = wait_until(
        lambda: job.get_by_text("klaar").count() or job.get_by_text("mislukt").count(), seconds
    )
    assert done
    assert "klaar" in job.inner_text(), job.inner_text()
    return job


ADDED = (
    ("neighbourhood_battery", "Buurtbatterij Nobelhorst", "WK003476", "1000"),
    ("new_station", "Nieuwe stations Poort", "WK003459", "3"),
)


@pytest.fixture
def plan_file(tmp_path):
    """The example, of which only the first years are calculated, unless for pictures: a third."""
    whole = PLAN.read_text(encoding="utf-8")
    told = whole if PICTURES else whole.replace("last_year = 2036", "last_year = 2028")
    assert PICTURES or told != whole
    path = tmp_path / PLAN.name
    path.write_text(told, encoding="utf-8")
    return path


def test_a_planner_goes_from_the_list_to_the_council_page(
    visit, service, find_barriers, keep_picture, plan_file
):
    page = visit("#/projecten")
    page.locator("#list-file").set_input_files(LIST)
    page.get_by_text("Hart van de Stad, eerste fase").first.wait_for()
    keep_picture(page, "browser-list")
    # The plan is the same file as on the command line.
    go(page, "plan")
    page.locator("#plan-file").set_input_files(plan_file)
    wait_until(lambda: page.locator("#plan").input_value() == "almere_2035", 20)
    calculate(page, "Plan doorrekenen", 300)
    see_which_do_not_fit(page, find_barriers, keep_picture)
    add_a_battery_and_a_station(page, keep_picture)
    saved = service.get("/v1/plans/almere_2035").json()["measure"]
    assert [each["kind"] for each in saved[-2:]] == [kind for kind, *_ in ADDED]
    calculate(page, "Plan doorrekenen", 300)
    compare(page, find_barriers, keep_picture)
    take_the_council_page(page)
    job = calculate(page, "Claim maken", 120)
    with page.expect_download() as download:
        job.get_by_role("link", name="Claim als XLSX").click()
    assert Path(download.value.path()).read_bytes()[:2] == b"PK"


def see_which_do_not_fit(page, find_barriers, keep_picture):
    go(page, "resultaten")
    page.get_by_role("heading", name="Woningtrap").wait_for()
    assert page.locator("table").filter(has_text="nee").count()
    settle(page)
    keep_picture(page, "browser-result")
    assert find_barriers(page) == []


def add_a_battery_and_a_station(page, keep_picture):
    go(page, "plan")
    page.get_by_label("Naam", exact=True).first.fill("Almere 2035 met batterij en stations")
    for kind, name, place, size in ADDED:
        page.get_by_role("button", name="Maatregel toevoegen").click()
        page.get_by_label("Soort").select_option(kind)
        page.get_by_label("Naam", exact=True).last.fill(name)
        page.get_by_label("Plaats", exact=True).fill(place)
        page.get_by_label("Aantal").fill(size)
        page.keyboard.press("Tab")
    page.get_by_role("button", name="Plan bewaren").click()
    wait_until(lambda: "bewaard" in status(page).lower(), 20)
    keep_picture(page, "browser-plan")


def compare(page, find_barriers, keep_picture):
    go(page, "vergelijken")
    link = page.get_by_role("link", name="Vergelijking als pagina")
    link.wait_for()
    # The maps and what differs, in one picture.
    page.set_viewport_size({"width": 1366, "height": 1430})
    settle(page)
    keep_picture(page, "browser-compare", after_s=5.0)
    page.set_viewport_size({"width": 1366, "height": 850})
    assert find_barriers(page) == []
    with page.expect_popup() as popup:
        link.click()
    popup.value.wait_for_load_state()
    assert "Almere 2035" in popup.value.inner_text("body")


def take_the_council_page(page):
    go(page, "resultaten")
    assert page.locator("#result option").count() == 2
    with page.expect_popup() as popup:
        page.get_by_role("link", name="Raadspagina (opent").click()
    popup.value.wait_for_load_state()
    assert popup.value.title()


@pytest.mark.parametrize("size", [(1366, 850), (320, 640)])
def test_no_page_has_a_barrier_and_none_runs_over(visit, find_barriers, size):
    page = visit(size=size)
    for name in PAGES:
        go(page, name)
        assert find_barriers(page) == [], name
        over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(over) <= 0, name


def test_an_asset_is_found_by_keyboard_and_tells_why(visit, find_barriers, keep_picture):
    page = visit()
    keep_picture(page, "browser")
    search = page.get_by_role("combobox", name="Zoek postcode")
    search.fill("MSR-0041-009")
    page.get_by_role("option").first.wait_for()
    search.press("ArrowDown")
    search.press("Enter")
    page.get_by_text("Gevoed door").first.wait_for()
    settle(page)
    said = page.locator(".panel").inner_text()
    assert "nieuwe woningen" in said
    assert "kVA" in said
    assert "ynthetisch" in said
    keep_picture(page, "browser-asset")
    assert find_barriers(page) == []


def test_the_slider_moves_the_map_and_says_the_moment(visit):
    page = visit()
    page.locator("#colour").select_option("now")
    page.locator("#step").focus()
    before = page.locator("#step").get_attribute("aria-valuetext")
    for _ in range(8):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(120)
    after = page.locator("#step").get_attribute("aria-valuetext")
    assert before != after
    steps = page.evaluate("window.stroomstad.timings.step")
    assert len(steps) >= 5


def test_english_is_one_switch_away_and_stays(visit, find_barriers):
    page = visit()
    page.get_by_role("button", name="English").click()
    page.get_by_text("How many homes").first.wait_for()
    assert page.evaluate("document.documentElement.lang") == "en"
    page.reload()
    page.get_by_text("How many homes").first.wait_for()
    assert find_barriers(page) == []


def test_wrong_files_are_told_and_nothing_is_saved(visit, service, tmp_path):
    page = visit("#/projecten")
    before = service.get("/v1/lists").json()["lists"]
    faulty = {
        "leeg.csv": b"",
        "verkeerd.xlsx": b"%PDF-1.7 geen werkboek",
        "fout.csv": b"Project;Plaats;Eerste jaar;Woningen\n;nergens;2030;veel\n",
        "groot.csv": b"a;b\n" * 3_000_000,
    }
    for name, content in faulty.items():
        path = tmp_path / name
        path.write_bytes(content)
        page.locator("#list-file").set_input_files(path)
        page.locator(".box.bad").first.wait_for()
        assert page.locator(".box.bad").first.inner_text(), name
        page.reload()
        settle(page)
    assert service.get("/v1/lists").json()["lists"] == before


def test_two_tabs_on_one_plan_the_second_is_told_and_loses_nothing(visit, service):
    plan = {"name": "Samen", "city": "Almere", "first_year": 2026, "last_year": 2030, "measure": []}
    service.put("/v1/plans/samen", json=plan, headers={"If-None-Match": "*"})
    one, other = visit("#/plan"), visit("#/plan")
    for page in (one, other):
        page.locator("#plan").select_option("samen")
        settle(page)
    for page, name in ((one, "Samen, van de een"), (other, "Samen, van de ander")):
        page.get_by_label("Naam", exact=True).first.fill(name)
        page.keyboard.press("Tab")
        page.get_by_role("button", name="Plan bewaren").click()
        settle(page)
    other.get_by_role("button", name="Die van de ander openen").click()
    settle(other)
    assert other.get_by_label("Naam", exact=True).first.input_value() == "Samen, van de een"
    kept = [each["id"] for each in service.get("/v1/plans").json()["plans"]]
    names = {service.get(f"/v1/plans/{each}").json()["name"] for each in kept}
    assert {"Samen, van de een"} <= names
    assert any("van de ander" in name for name in names)


def test_what_a_component_adds_is_on_the_map_and_among_the_indicators(visit, keep_picture):
    page = visit("#/bronnen")
    page.get_by_text("Woningen met een laadpunt in de buurt").first.wait_for()
    page = visit()
    page.get_by_text("Lagen").first.click()
    page.locator("#added").select_option(label="Laadpaal in de buurt")
    page.get_by_text("Laadpaal in de buurt").nth(1).wait_for()
    keep_picture(page, "browser-component")
