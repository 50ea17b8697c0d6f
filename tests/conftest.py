"""What holds for tests of several folders."""

from pathlib import Path

import pytest

BROWSER = Path(__file__).parent / "browser"


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(item.fspath).is_relative_to(BROWSER):
            item.add_marker(pytest.mark.slow)
