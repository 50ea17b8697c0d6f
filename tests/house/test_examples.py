"""Examples are short, and what the documents show is what runs."""

import re

import pytest
from repository import ROOT

EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
LINES_MAX = 40


def python_block(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    return re.search(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)[1]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_fits_on_a_screen(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LINES_MAX


@pytest.mark.parametrize("name", ["README.md", "docs/tutorial/first_answer.md"])
def test_the_lines_shown_are_those_of_the_example(name):
    example = (ROOT / "examples/first_answer.py").read_text(encoding="utf-8")
    assert example.endswith("\n\n" + python_block(name))


def test_the_flow_in_five_lines_names_functions_that_exist():
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    flow = re.search(r"```python\n(.*?)```", text, re.DOTALL)[1]
    for room, function in re.findall(r"(\w+)\.(\w+)\(", flow):
        source = "".join(
            path.read_text(encoding="utf-8")
            for path in (ROOT / "src/stroomstad" / room).glob("*.py")
        )
        assert f"def {function}(" in source, f"{room}.{function}"


@pytest.mark.slow
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_runs_and_prints_its_answer(path, run_example):
    told = (run_example(path) / "told").read_text(encoding="utf-8")
    assert len(told.splitlines()) >= 5
