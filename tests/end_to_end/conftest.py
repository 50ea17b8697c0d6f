"""Almere and its example plan, opened, searched and answered once for all slow tests of them."""

import importlib.util
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest

from stroomstad.run import default_city, open_city, plans

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def desk():
    """The whole city, drawn up and solved; half a minute."""
    return open_city(default_city())


@pytest.fixture(scope="session")
def plan_script():
    """The script that fills documents in."""
    path = ROOT / "docs/make_plan.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(path.parent)
        spec.loader.exec_module(module)
    return module


@contextmanager
def without_band():
    """Answers of plans without their band, which takes half of them and is not told here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plans, "horizon_band", lambda *_, **__: (pd.DataFrame(), pd.DataFrame()))
        patch.setattr(plans, "how_certain", lambda *_: {})
        yield


@pytest.fixture
def no_band():
    """No band, for one test."""
    with without_band():
        yield


@pytest.fixture(scope="session")
def example(plan_script, desk):
    """What is found for the example and the answer of that, without the curve; minutes."""
    with pytest.MonkeyPatch.context() as patch, without_band():
        patch.setattr(plan_script, "open_city", lambda _folder: desk)
        return plan_script.run_example(curve=False)
