"""The example plan of Almere, searched and answered once for all slow tests that ask it."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def plan_script():
    """The script that fills documents in."""
    path = ROOT / "docs/make_plan.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def example(plan_script):
    """What is found for the example and the answer of that, without the curve; some minutes."""
    return plan_script.run_example(curve=False)
