import numpy as np
import pytest

from stroomstad.errors import InvalidData, NotFound
from stroomstad.store import open_series, series_files

LOADING = np.array([[1.0, -0.02], [0.0, np.nan]], dtype=np.float16)


@pytest.fixture
def folder(tmp_path):
    for name, content in series_files({"winter": LOADING}).items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def test_a_series_reads_back_as_it_was(folder):
    assert np.array_equal(open_series(folder, "winter"), LOADING, equal_nan=True)


def test_a_series_that_is_not_there_is_named(folder):
    with pytest.raises(NotFound, match="summer"):
        open_series(folder, "summer")


@pytest.mark.parametrize("cut", [0, 5, 40, 129])
def test_a_damaged_file_is_a_named_fault(folder, cut):
    path = folder / "loading_winter.npy"
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(InvalidData, match="loading_winter"):
        open_series(folder, "winter")


def test_a_file_of_something_else_is_a_named_fault(folder):
    path = folder / "loading_winter.npy"
    np.save(path, np.arange(4.0))
    with pytest.raises(InvalidData, match="float64"):
        open_series(folder, "winter")


def test_no_pickle_is_ever_opened(folder):
    np.save(folder / "loading_winter.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(InvalidData):
        open_series(folder, "winter")
