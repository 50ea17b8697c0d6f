"""What holds for tests of several folders."""

from pathlib import Path

import pytest

BROWSER = Path(__file__).parent / "browser"


def pytest_collection_modifyitems(items):
    """Tests of a file share a worker; those in the browser all share one, and one service."""
    for item in items:
        in_browser = Path(item.fspath).is_relative_to(BROWSER)
        if in_browser:
            item.add_marker(pytest.mark.slow)
        item.add_marker(pytest.mark.xdist_group("browser" if in_browser else str(item.fspath)))
