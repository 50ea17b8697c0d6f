"""What the README tells of the example plan is what a run of it gives."""

import importlib.util
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
# Machines may round the last step of a search differently; more than this is another answer.
TOLERANCE, TOLERANCE_POINTS = 0.01, 0.3


@pytest.fixture(scope="module")
def script():
    path = ROOT / "docs/make_plan.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def numbers(text):
    return [float(found.replace(",", "")) for found in NUMBER.findall(text)]


def words(text):
    return NUMBER.sub("#", " ".join(text.split()))


def test_the_numbers_of_the_readme_are_those_of_a_run(script):
    told = (ROOT / "README.md").read_text(encoding="utf-8")
    mark = script.MARKED.format(name="example")
    (told,) = re.findall(mark, told, re.DOTALL)
    now = "\n".join(script.readme_lines(script.run_example()))
    assert words(told) == words(now), "run: make pictures"
    assert numbers(told) == pytest.approx(numbers(now), rel=TOLERANCE, abs=TOLERANCE_POINTS)
