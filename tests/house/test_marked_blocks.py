"""Numbers that a run gives stand between marks in the documents, and a script fills them."""

import importlib.util
import re

import pytest
from repository import ROOT

PAGES = {
    "docs/make_band.py": ["docs/explanation/band.md", "docs/explanation/yardstick.md"],
    "docs/make_grid.py": ["docs/explanation/grid.md"],
    "docs/make_limits.py": ["docs/explanation/limits.md"],
    "docs/make_plan.py": ["README.md", "docs/tutorial/first_plan.md"],
    "docs/make_phases.py": ["docs/explanation/phases.md"],
    "benchmarks/search.py": ["docs/explanation/search.md"],
    "benchmarks/service.py": ["docs/explanation/service.md"],
    "benchmarks/sweep.py": ["docs/explanation/power_flow.md"],
}
NUMBERS_OF_THE_PLAN = re.compile(r"\d[\d,]* (?:of the [\d,]+ )?homes|\d+(?:\.\d+)? % fewer")


def load(script):
    path = ROOT / script
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read(page):
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(script, text):
    return re.findall(rf"<!-- {script}: (.+?) -->\n(.*?)<!-- end of \1 -->", text, re.DOTALL)


@pytest.mark.parametrize("script", PAGES)
def test_every_marked_block_is_filled(script):
    for page in PAGES[script]:
        text = read(page)
        found = blocks(script, text)
        assert found, page
        assert len(found) == text.count(f"<!-- {script}: "), page
        assert [name for name, told in found if not re.search(r"\w", told)] == [], page


def test_what_is_marked_is_filled_and_the_rest_left(tmp_path):
    marked, page = load("docs/marked.py"), tmp_path / "page.md"
    text = "before\n<!-- a/script.py: one -->\nold 1\n<!-- end of one -->\nafter\n"
    page.write_text(text, encoding="utf-8")
    for _ in range(2):
        marked.fill(page, "a/script.py", {"one": ["new 2"]})
        assert page.read_text(encoding="utf-8") == text.replace("old 1", "new 2")


def test_no_number_of_the_plan_is_typed_by_hand():
    section = read("README.md").split("## A plan, and the projects that wait")[1].split("\n## ")[0]
    for _, told in blocks("docs/make_plan.py", section):
        section = section.replace(told, "")
    assert NUMBERS_OF_THE_PLAN.findall(section) == []


def test_every_console_of_the_tutorial_of_the_plan_is_run_by_the_script():
    told = blocks("docs/make_plan.py", read("docs/tutorial/first_plan.md"))
    assert sum("```console" in text for _, text in told) == len(told)
    assert read("docs/tutorial/first_plan.md").count("```console") == len(told)
