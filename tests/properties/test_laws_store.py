"""Laws of the store: what is saved comes back, and the hash sees content only."""

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from stroomstad.store import hash_table, load_run, save_run

numbers = st.floats(min_value=-1e12, max_value=1e12) | st.just(float("nan"))
rows = st.lists(
    st.tuples(st.text(st.characters(codec="utf-8"), max_size=8), numbers, st.booleans()), max_size=8
)


def _table(values):
    table = pd.DataFrame(values, columns=["name", "load_kw", "known"])
    return table.astype({"name": "str", "load_kw": float, "known": bool})


@settings(max_examples=30, deadline=None)
@given(rows)
def test_reading_what_was_saved_gives_the_same_table(values):
    table = _table(values)
    with tempfile.TemporaryDirectory() as folder:
        read = load_run(save_run(Path(folder), "law", {"any": table}, {})).tables["any"]
    assert_frame_equal(read, table)


@settings(max_examples=50, deadline=None)
@given(rows, st.integers(0, 7))
def test_another_text_in_any_row_changes_the_hash(values, row):
    table = _table(values)
    if row < len(table):
        other = table.copy()
        other.loc[row, "name"] = table.loc[row, "name"] + "x"
        assert hash_table(other) != hash_table(table)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(min_value=1e-3, max_value=1e9), min_size=1, max_size=8))
def test_a_part_in_a_thousand_always_changes_the_hash(values):
    table = pd.DataFrame({"load_kw": np.array(values)})
    assert hash_table(table * 1.001 + 1e-5) != hash_table(table)
