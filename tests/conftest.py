"""What holds for tests of several folders."""

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from hypothesis import settings
from once import made_once

# Laws try the same examples in every run, so that a change is judged by what it changes and not by
# chance; `make explore` tries others, and what it finds becomes an example of the law.
settings.register_profile("settled", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("STROOMSTAD_LAWS", "settled"))

TESTS = Path(__file__).parent
# Files that share what takes long to make, and so a worker.
TOGETHER = {"almere": "end_to_end/test_almere*.py", "browser": "browser/*.py"}
# What takes longest begins first, and what is short comes last, so that workers end together.
FIRST = [*TOGETHER, "test_jobs.py", "test_any_city.py", "test_searches.py"]


def pytest_collection_modifyitems(items):
    """Tests of a file share a worker, as do those of files that share more; the longest first."""
    group_of = {path: group for group, named in TOGETHER.items() for path in TESTS.glob(named)}
    rank = {}
    for item in items:
        path = Path(item.fspath)
        group = group_of.get(path, str(path))
        if group == "browser":
            item.add_marker(pytest.mark.slow)
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(group))
        name = group_of.get(path, path.name)
        rank[item] = FIRST.index(name) if name in FIRST else len(FIRST)
    items.sort(key=rank.get)


@pytest.fixture(scope="session")
def run_example(tmp_path_factory):
    """Run a script of the examples; gives the folder with its runs and, in ``told``, its words."""

    def ran(path):
        return made_once(tmp_path_factory, f"example-{path.stem}", partial(_run, path))

    return ran


def _run(script, folder):
    ended = subprocess.run(
        [sys.executable, script], cwd=folder, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    (folder / "told").write_text(ended.stdout, encoding="utf-8")
