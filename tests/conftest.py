"""What holds for tests of several folders."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# Laws try the same examples in every run, so that a change is judged by what it changes and not by
# chance; `make explore` tries others, and what it finds becomes an example of the law.
settings.register_profile("settled", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("STROOMSTAD_LAWS", "settled"))

BROWSER = Path(__file__).parent / "browser"


def pytest_collection_modifyitems(items):
    """Tests of a file share a worker; those in the browser all share one, and one service."""
    for item in items:
        in_browser = Path(item.fspath).is_relative_to(BROWSER)
        if in_browser:
            item.add_marker(pytest.mark.slow)
        item.add_marker(pytest.mark.xdist_group("browser" if in_browser else str(item.fspath)))
