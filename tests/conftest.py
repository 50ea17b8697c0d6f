"""Long tests in two groups, so that two workers do not make the same long answer twice."""

from pathlib import Path

import pytest

BROWSER = Path(__file__).parent / "browser"


def pytest_collection_modifyitems(items):
    for item in items:
        in_browser = Path(item.fspath).is_relative_to(BROWSER)
        if in_browser:
            item.add_marker(pytest.mark.slow)
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.xdist_group("browser" if in_browser else "city"))
