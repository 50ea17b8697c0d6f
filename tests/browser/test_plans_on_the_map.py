"""A plan on the map: found, drawn, faulty, and on a full disk; nothing typed is ever lost."""

from contextlib import contextmanager
from pathlib import Path

import pytest
from services import wait_until
from shapely.geometry import shape

from browser.quiet import go, status

PLAN = {
    "city": "Almere", "first_year": 2026, "last_year": 2030,
    "measure": [
        {"id": "batterij", "name": "Buurtbatterij Zuid", "kind": "neighbourhood_battery",
         "place": "WK003476", "size": 500, "in_service": 2027, "status": "planned",
         "assumed": True},
        {"id": "stadsbreed", "name": "Laden buiten de piek", "kind": "neighbourhood_battery",
         "place": "city", "size": 500, "in_service": 2027, "status": "planned", "assumed": True},
    ],
}  # fmt: skip


def open_plan(page, service, name):
    """Put a plan into the workspace, and open it in the page."""
    answer = service.put(
        f"/v1/plans/{name}", json=PLAN | {"name": name}, headers={"If-None-Match": "*"}
    )
    assert answer.status_code == 201, answer.text
    go(page, "stad")
    page.reload()
    go(page, "plan")
    page.locator("#plan").select_option(name)
    page.get_by_role("button", name="Buurtbatterij Zuid").wait_for()


def open_measure(page):
    page.get_by_role("button", name="Buurtbatterij Zuid").click()
    return page.get_by_label("Plaats", exact=True)


def corners(page):
    return page.get_by_role("group", name="Omtrek tekenen").get_by_role("status").inner_text()


def middle_of_map(page):
    box = page.locator(".map canvas").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def save(page):
    page.get_by_role("button", name="Plan bewaren").click()


def test_measures_and_projects_that_are_open_are_found_by_name_and_chosen(
    visit, service, keep_picture
):
    page = visit("#/plan")
    open_plan(page, service, "vinden")
    go(page, "projecten")
    page.get_by_role("button", name="Nieuwe lijst").click()
    page.get_by_label("Project (verplicht)").fill("Woonblok Café Zuid")
    page.get_by_label("Plaats", exact=True).fill("52.37000,5.21000")
    page.keyboard.press("Tab")
    go(page, "stad")
    search = page.get_by_role("combobox", name="Zoek postcode")
    for said, name, year in (
        ("zuid buurt", "Buurtbatterij Zuid", "2027"),
        ("cafe", "Woonblok", ""),
    ):
        search.fill(said)
        page.get_by_role("option", name=name).wait_for()
        search.press("ArrowDown")
        search.press("Enter")
        panel = page.locator("section.box").filter(has_text=name)
        panel.wait_for()
        assert "niet doorgerekend" in panel.inner_text()
        assert year in panel.inner_text()
    keep_picture(page, "browser-found")
    panel.get_by_role("button", name="Bewerken").click()
    page.get_by_text("Rij 1: Woonblok Café Zuid").wait_for()


def test_what_is_for_the_whole_city_is_told_beside_the_map(visit, service, find_barriers):
    page = visit("#/plan")
    open_plan(page, service, "heel")
    listed = page.locator(".wholecity")
    assert "hele stad" in listed.inner_text()
    assert listed.get_by_role("listitem").all_inner_texts() == ["Laden buiten de piek"]
    listed.get_by_role("button", name="Laden buiten de piek").click()
    page.get_by_text("Maatregel Laden buiten de piek").wait_for()
    assert find_barriers(page) == []


def test_an_outline_is_drawn_with_the_mouse_and_saved_with_the_plan(
    visit, service, keep_picture, find_barriers
):
    page = visit("#/plan")
    open_plan(page, service, "muis")
    place = open_measure(page)
    page.get_by_role("button", name="Teken een omtrek").click()
    x, y = middle_of_map(page)
    for right, down in ((-50, -30), (50, -40), (60, 40)):
        page.mouse.click(x + right, y + down)
        page.wait_for_timeout(350)
    keep_picture(page, "browser-outline")
    assert find_barriers(page) == []
    page.mouse.dblclick(x - 50, y + 40)
    wait_until(lambda: place.input_value().startswith("Omtrek"), 10)
    save(page)
    wait_until(lambda: "Plan bewaard" in status(page), 20)
    saved = service.get("/v1/plans/muis").json()
    drawn = saved["outlines"]["features"]
    assert [each["properties"]["place"] for each in drawn] == [saved["measure"][0]["place"]]
    assert len(drawn[0]["geometry"]["coordinates"][0]) == 5
    toml = service.get("/v1/plans/muis?format=toml").text
    assert 'outlines = "muis.' in toml
    # Undone, it is out of the plan and no place any more.
    page.get_by_role("button", name="Ongedaan maken").click()
    assert place.input_value() == "WK003476"
    assert page.get_by_role("heading", name="Getekende plaatsen").count() == 0


def test_an_outline_is_drawn_by_keyboard_alone(visit, service):
    page = visit("#/plan")
    open_plan(page, service, "toetsen")
    place = open_measure(page)
    page.get_by_role("button", name="Teken een omtrek").focus()
    page.keyboard.press("Enter")
    page.get_by_role("group", name="Omtrek tekenen").wait_for()
    keys = ["Enter", *["ArrowRight"] * 4, "Enter", *["ArrowDown"] * 3, "Enter", "ArrowUp", "Enter"]
    for key in keys:
        page.keyboard.press(key)
    assert "Hoeken: 4" in corners(page)
    page.keyboard.press("Backspace")
    assert "Hoeken: 3" in corners(page)
    for key in (*["ArrowLeft"] * 4, *["ArrowDown"] * 2, "Enter"):
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    wait_until(lambda: place.input_value().startswith("Omtrek"), 10)
    said = "document.activeElement.textContent"
    assert "Teken een omtrek" in page.evaluate(said)
    save(page)
    wait_until(lambda: "Plan bewaard" in status(page), 20)
    drawn = service.get("/v1/plans/toetsen").json()["outlines"]["features"][0]["geometry"]
    assert shape(drawn).is_valid
    assert len(drawn["coordinates"][0]) == 5


def test_lines_that_cross_and_too_few_corners_are_told_and_escape_leaves_all_as_it_was(
    visit, service
):
    page = visit("#/plan")
    open_plan(page, service, "kruis")
    place = open_measure(page)
    page.get_by_role("button", name="Teken een omtrek").click()
    x, y = middle_of_map(page)
    page.mouse.click(x - 50, y - 30)
    page.get_by_role("button", name="Omtrek sluiten").click()
    assert "minstens drie" in corners(page)
    for right, down in ((50, 40), (50, -40), (-50, 40)):
        page.mouse.click(x + right, y + down)
        page.wait_for_timeout(350)
    page.get_by_role("button", name="Omtrek sluiten").click()
    assert "kruisen" in corners(page)
    page.keyboard.press("Escape")
    wait_until(lambda: not page.get_by_role("group", name="Omtrek tekenen").count(), 10)
    assert place.input_value() == "WK003476"


def test_impossible_dates_are_told_beside_their_fields_and_can_be_mended(visit, service):
    page = visit("#/plan")
    open_plan(page, service, "dagen")
    open_measure(page)
    typed = {"In gebruik vanaf, verwacht": "2026-02-30", "Tot en met": "ooit"}
    page.get_by_text("Meer velden").click()
    for label, text in typed.items():
        page.get_by_label(label).fill(text)
        page.keyboard.press("Tab")
    page.get_by_text("Meer velden").click()
    save(page)
    page.locator(".box.bad").wait_for()
    for label, text in typed.items():
        field = page.get_by_label(label)
        assert field.is_visible(), label
        assert field.get_attribute("aria-invalid") == "true", label
        assert field.input_value() == text
    for each in service.get("/v1/plans/dagen").json()["measure"]:
        assert each["in_service"] == 2027
    page.get_by_label("In gebruik vanaf, verwacht").fill("2028")
    page.get_by_label("Tot en met").fill("2029")
    page.keyboard.press("Tab")
    save(page)
    wait_until(lambda: "Plan bewaard" in status(page), 20)
    assert service.get("/v1/plans/dagen").json()["measure"][0]["until"].startswith("2029")


@contextmanager
def full_disk(service, tmp_path_factory, name):
    """As if the disk is full when a file is written: its bytes go to a device that takes none."""
    folder = next(tmp_path_factory.getbasetemp().glob("twin*/plans"))
    partial = folder / f".{name}.{service.process.pid}.partial"
    partial.symlink_to("/dev/full")
    try:
        yield folder
    finally:
        partial.unlink(missing_ok=True)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only where it exists")
def test_on_a_full_disk_the_work_stays_in_the_page_and_is_saved_later(
    visit, service, tmp_path_factory
):
    page = visit("#/plan")
    open_plan(page, service, "vol")
    before = service.get("/v1/plans/vol?format=toml").content
    name = page.get_by_label("Naam", exact=True).first
    name.fill("Vol en later")
    page.keyboard.press("Tab")
    with full_disk(service, tmp_path_factory, "vol.toml") as folder:
        save(page)
        page.locator(".box.bad").filter(has_text="de schijf is vol").wait_for()
    assert (folder / "vol.toml").read_bytes() == before
    assert [each.name for each in folder.iterdir() if "vol" in each.name] == ["vol.toml"]
    assert name.input_value() == "Vol en later"
    save(page)
    wait_until(lambda: "Plan bewaard" in status(page), 20)
    assert page.locator(".box.bad").count() == 0
    assert service.get("/v1/plans/vol").json()["name"] == "Vol en later"
