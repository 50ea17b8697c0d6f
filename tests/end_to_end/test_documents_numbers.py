"""What the README tells of the example plan is what a run of it gives."""

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
# Machines may round the last step of a search differently; more than this is another answer.
TOLERANCE, TOLERANCE_POINTS = 0.01, 0.3


def numbers(text):
    return [float(found.replace(",", "")) for found in NUMBER.findall(text)]


def words(text):
    return NUMBER.sub("#", " ".join(text.split()))


def test_the_numbers_of_the_readme_are_those_of_a_run(plan_script, example):
    """All but the last sentence, which tells of a curve that takes as long as all other tests."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (told,) = re.findall(plan_script.MARKED.format(name="example"), text, re.DOTALL)
    now = "\n".join(plan_script.readme_lines(example))
    assert words(told).startswith(words(now)), "run: make pictures"
    known = numbers(told)[: len(numbers(now))]
    assert known == pytest.approx(numbers(now), rel=TOLERANCE, abs=TOLERANCE_POINTS)
