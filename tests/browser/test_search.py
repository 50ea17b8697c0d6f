"""A search in a real browser, on the made-up city: asked, followed, read, and stopped halfway."""

from functools import partial
from types import SimpleNamespace

import pytest
from cityfiles import write_city
from services import running, searchable, wait_until

NEW = {"If-None-Match": "*"}
# Steps that come when something has been found, and before all is told.
FOUND = {"cuts", "search again", "curve", "harm", "fit", "remedies", "check", "band"}


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """A service of the made-up city, with a plan of candidates and a list in its workspace."""
    folder = tmp_path_factory.mktemp("town")
    city = write_city(folder / "city")
    with running(folder, city) as client:
        wait_until(lambda: client.get("/v1/city").json().get("run"), 180)
        name = client.get("/v1/city").json()["name"]
        plan, rows = searchable(SimpleNamespace(city=city, city_name=name))
        assert client.put("/v1/plans/zoek", json=plan, headers=NEW).status_code == 201
        assert client.put("/v1/lists/zoek", json={"rows": rows}, headers=NEW).status_code == 201
        yield client


@pytest.fixture
def visit(visits, town):
    return partial(visits, str(town.base_url).rstrip("/"))


def choose_limits(page, name):
    """Choose limits by keyboard; what is usual stands there already."""
    choice = page.get_by_role("combobox", name="Wat transformatoren mogen dragen")
    switch = page.get_by_role("checkbox", name="N-1 verruimen")
    assert choice.input_value() == "cyclic"
    assert not switch.is_checked()
    if name != "cyclic":
        choice.select_option(name)
        switch.focus()
        page.keyboard.press("Space")
        assert switch.is_checked()


def see_limits(page, job, client):
    """The limits that were chosen stand with the job, beside its result and under its map."""
    asked = newest(client)
    told = client.get(f"/v1/runs/{asked['run']}").json()
    assert (asked["inputs"]["limits"], asked["inputs"]["n1_relaxed"]) == ("nameplate", True)
    assert told["facts"]["limits"]["transformers"] == "nameplate"
    assert "N-1 verruimd" in told["limits"]["nl"]
    job.get_by_text(told["limits"]["nl"]).wait_for()
    job.get_by_role("button", name="Uitkomst openen").click()
    page.get_by_role("heading", name="Wat de zoeker koos").wait_for()
    wait_until(lambda: page.get_by_text(told["limits"]["nl"]).count() == 2, 20)


def ask_search(page, limits="cyclic"):
    """Ask for a search through the page, with a budget and the homes of every euro."""
    page.evaluate("location.hash = '#/rekenen'")
    page.get_by_role("radio", name="Zoeken").check()
    for each in ("plan", "list"):
        page.locator(f"#job-{each}").select_option("zoek")
    page.get_by_label("iedereen samen (€)").fill("20.000.000")
    choose_limits(page, limits)
    page.get_by_role("button", name="Start").click()
    return page.locator("article").first


def newest(client):
    return client.get("/v1/jobs").json()["jobs"][0]


def test_a_search_tells_homes_per_euro_what_it_chose_and_who_pays(
    visit, town, find_barriers, keep_picture
):
    page = visit("#/rekenen", size=(1366, 1250))
    job = ask_search(page, "nameplate")
    wait_until(lambda: job.locator("progress").count(), 60)
    assert job.get_by_text("transformatoren naar hun nominale vermogen").count() == 1
    assert find_barriers(page) == []
    wait_until(lambda: job.get_by_text("klaar").count() or newest(town)["finished_at"], 300)
    assert newest(town)["status"] == "done", newest(town)
    assert newest(town)["inputs"]["budgets_eur"] == {"society": 20e6}
    see_limits(page, job, town)
    see_the_curve(page)
    see_what_was_chosen(page, town)
    for heading in ("Woningtrap", "Kosten per betaler"):
        assert page.get_by_role("heading", name=heading).count()
    assert find_barriers(page) == []
    page.locator("figure details[open] summary").click()
    curve = page.get_by_role("heading", name="Woningen per euro")
    curve.evaluate("heading => heading.scrollIntoView({block: 'start'})")
    keep_picture(page, "browser-search", clip=column_of(page, curve))


def column_of(page, heading):
    """Where the column stands that begins with a heading, as far as it is in view."""
    box, size = heading.bounding_box(), page.viewport_size
    left = box["x"] - 12
    return {"x": left, "y": 0, "width": size["width"] - left, "height": size["height"]}


def see_the_curve(page):
    """The chart of everybody's euros, and the same numbers in its table."""
    figure = page.locator("figure").filter(has_text="Woningen per euro van iedereen samen")
    points = figure.locator("svg.chart circle").count()
    assert points > 1
    figure.get_by_text("Als tabel").click()
    rows = figure.locator("tbody tr")
    assert rows.count() == points
    assert rows.first.locator("th").inner_text().replace("\u00a0", " ") == "€ 0"
    first, last = (row.locator("td").inner_text() for row in (rows.first, rows.last))
    assert int(last.replace(".", "")) > int(first.replace(".", ""))


def see_what_was_chosen(page, client):
    run = newest(client)["run"]
    tables = {name: client.get(f"/v1/runs/{run}/tables/{name}").json() for name in
              ("chosen", "measures")}  # fmt: skip
    chosen = {row[0] for row in tables["chosen"]["rows"]}
    names = [each["name"] for each in tables["measures"]["columns"]]
    measures = [dict(zip(names, row, strict=True)) for row in tables["measures"]["rows"]]
    told = page.get_by_role("region", name="Gekozen maatregelen, met").inner_text()
    assert chosen
    assert all(each["name"] in told for each in measures if each["measure_id"] in chosen)
    assert "kosten gemeente" in told
    assert "kosten netbeheerder" in told
    budgets = page.get_by_role("region", name="Euro’s van de gekozen maatregelen").inner_text()
    assert "€ 20,0 mln" in budgets.replace("\u00a0", " ")


def test_a_search_that_is_cancelled_leaves_a_plan_to_open(visit, town, find_barriers):
    page = visit("#/rekenen")
    job = ask_search(page)
    wait_until(lambda: newest(town)["step"] in FOUND, 120)
    job.get_by_role("button", name="Afbreken").click()
    job.get_by_text("Het beste tot nu toe is bewaard als plan").wait_for(timeout=60_000)
    left = newest(town)
    assert left["status"] == "cancelled"
    assert "afgebroken" in job.inner_text()
    assert left["kept"]["plan"] in job.inner_text()
    assert find_barriers(page) == []
    job.get_by_role("button", name="Plan openen").click()
    page.get_by_role("button", name="Plan bewaren").wait_for()
    wait_until(lambda: page.locator("#plan").input_value() == left["kept"]["plan"], 20)
    assert page.get_by_text("stations").count()
