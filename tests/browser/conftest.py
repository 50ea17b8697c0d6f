"""A real browser on a real service of Almere; shared by all tests, since both take a while."""

import os
import shutil
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from services import running, wait_until

from browser.quiet import WATCH
from stroomstad.run import default_city

ROOT = Path(__file__).parents[2]
# Where pictures for the documents go, where that is asked; else beside the test's own files.
PICTURES = os.environ.get("STROOMSTAD_PICTURES")
ARGUMENTS = [
    "--no-sandbox", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--disable-dev-shm-usage", "--use-gl=angle",
    "--use-angle=gl-egl", "--ignore-gpu-blocklist",
]  # fmt: skip
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="session")
def service(tmp_path_factory, run_example):
    """Client of a running service, which finds its city calculated.

    That a service calculates a city that is not is seen on the made-up one.
    """
    folder = tmp_path_factory.mktemp("twin")
    shutil.copytree(run_example(ROOT / "examples/first_answer.py") / "runs", folder / "runs")
    with running(folder, default_city()) as client:
        wait_until(lambda: client.get("/v1/city").json().get("run"), 20)
        yield client


@pytest.fixture(scope="session")
def chromium():
    found = shutil.which("chromium")
    assert found, "Chromium is not there; `make browser` installs it."
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visits(chromium):
    """Open pictures of services; what leaves this machine or breaks in a page fails the test."""
    wrong, contexts = [], []

    def opened(base, address="", size=(1366, 850)):
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, locale="nl-NL", accept_downloads=True
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("dialog", lambda dialog: dialog.accept())
        page.on("pageerror", lambda found: wrong.append(f"page: {found}"))
        page.on("request", lambda asked: wrong.extend(_outside(asked.url, base)))
        page.add_init_script(WATCH)
        page.goto(f"{base}/{address}")
        wait_until(lambda: page.evaluate("window.stroomstad && window.stroomstad.ready"), 60)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not wrong


@pytest.fixture
def visit(visits, service):
    """Open the picture of Almere."""
    return partial(visits, str(service.base_url).rstrip("/"))


def _outside(address, base):
    return [] if address.startswith((base, "blob:", "data:")) else [f"left the machine: {address}"]


@pytest.fixture(scope="session")
def find_barriers():
    """What axe-core finds on a page, each with where it is."""
    text = (ROOT / "web/node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")

    def found(page):
        page.evaluate(text)
        return page.evaluate(
            """rules => axe.run(document, {runOnly: rules}).then(told => told.violations.map(
                each => [each.id, each.nodes.slice(0, 3).map(node => node.html.slice(0, 200))]))""",
            AXE_RULES,
        )

    return found


@pytest.fixture
def keep_picture():
    """Keep a picture of a page among the documents, where that is asked."""

    def kept(page, name, *, after_s=1.5, **more):
        if PICTURES:
            page.wait_for_timeout(after_s * 1e3)
            Path(PICTURES).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(PICTURES) / f"{name}.png", **more)

    return kept
