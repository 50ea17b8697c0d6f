import shutil

import pytest
from cityfiles import write_city, write_national

from stroomstad.sources import read_inputs


@pytest.fixture(scope="session")
def written(tmp_path_factory):
    """A folder with Proefstad and a small country, never changed."""
    root = tmp_path_factory.mktemp("proefstad")
    write_city(root / "city")
    write_national(root / "national")
    return root


@pytest.fixture(scope="session")
def inputs(written):
    return read_inputs(written / "city", written / "national")


@pytest.fixture
def folders(written, tmp_path):
    """A copy of both folders that a test may damage."""
    shutil.copytree(written, tmp_path / "copy")
    return tmp_path / "copy"
