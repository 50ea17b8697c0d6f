"""What holds for tests of several folders."""

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from hypothesis import settings
from once import made_once
from xdist.scheduler import LoadScopeScheduling

# Laws try the same examples in every run, so that a change is judged by what it changes and not by
# chance; `make explore` tries others, and what it finds becomes an example of the law.
settings.register_profile("settled", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("STROOMSTAD_LAWS", "settled"))

TESTS = Path(__file__).parent
# Files that share what takes long to make, and so a worker; tests of any other file share one too.
TOGETHER = {
    "almere": "end_to_end/test_almere*.py",
    "browser": "browser/*.py",
    "service": "service/*.py",
}
GROUPS = {path: group for group, named in TOGETHER.items() for path in TESTS.glob(named)}
# What takes longest begins first, and what is short comes last, so that workers end together.
FIRST = [*TOGETHER, "test_any_city.py"]
# Tests that share nothing: whichever worker is free takes one.
ALONE = {"test_towns.py"}


class ByFile(LoadScopeScheduling):
    """Hand out the tests of a file, or of files that share more, to one worker.

    Marks of pytest-xdist 3.8 for groups have no effect under pytest 9.2, which no longer lets it
    write the group into the name of a test.
    """

    def _split_scope(self, nodeid):
        path = TESTS.parent / nodeid.split("::", 1)[0]
        return nodeid if path.name in ALONE else GROUPS.get(path, str(path))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Tests are handed out as said above, whatever ``--dist`` says."""
    return ByFile(config, log)


def pytest_collection_modifyitems(items):
    """Tests in the browser are slow; what takes longest begins first."""
    rank = {}
    for item in items:
        path = Path(item.fspath)
        group = GROUPS.get(path, path.name)
        if group == "browser":
            item.add_marker(pytest.mark.slow)
        rank[item] = FIRST.index(group) if group in FIRST else len(FIRST)
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
