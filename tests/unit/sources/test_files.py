"""Reading delimited files: numbers, missing cells and layouts."""

import gzip

import numpy as np
import pandas as pd

from stroomstad.sources.files import Layout, parse_numbers, read_table


def test_an_empty_cell_is_missing_and_not_zero():
    values, issues = parse_numbers(pd.Series(["1,5", ""]), ",", "file.column")
    assert values[0] == 1.5
    assert np.isnan(values[1])
    assert issues == []


def test_at_most_five_examples_are_given():
    _, issues = parse_numbers(pd.Series(["x"] * 9), ".", "file.column")
    assert str(issues[0]).startswith("file.column: 9 rows that are not numbers (row 2: x")
    assert "and 4 more" in issues[0].problem


def test_windows_line_ends_and_blanks_are_read(tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes(b"a;b\r\n x ;1\r\n")
    rows, issues = read_table(path, Layout(("a",), ("b",), separator=";"))
    assert issues == []
    assert rows.to_dict("list") == {"a": ["x"], "b": [1.0]}


def test_a_separator_between_quotes_is_text(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text('a,b\n"one, two",1\n')
    rows, issues = read_table(path, Layout(("a",), ("b",)))
    assert issues == []
    assert rows["a"].tolist() == ["one, two"]


def test_a_file_of_another_encoding_is_a_fault(tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes("a\ncaf\xe9\n".encode("cp1252"))
    rows, issues = read_table(path, Layout(("a",)))
    assert rows is None
    assert "utf-8" in str(issues[0])


def test_a_file_that_is_not_gzip_is_a_fault(tmp_path):
    path = tmp_path / "table.csv.gz"
    path.write_bytes(b"a\n1\n")
    rows, issues = read_table(path, Layout(("a",)))
    assert rows is None
    assert "not packed with gzip" in str(issues[0])


def test_damage_inside_a_gzip_file_is_a_fault(tmp_path):
    path = tmp_path / "table.csv.gz"
    raw = bytearray(gzip.compress(b"a\n" + b"12345\n" * 500))
    raw[len(raw) // 2] ^= 0xFF
    path.write_bytes(bytes(raw))
    rows, issues = read_table(path, Layout(("a",)))
    assert rows is None
    assert issues


def test_a_folder_in_place_of_a_file_is_a_fault(tmp_path):
    rows, issues = read_table(tmp_path, Layout(("a",)))
    assert rows is None
    assert tmp_path.name in str(issues[0])


def test_a_header_without_rows_gives_an_empty_table(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("a,b\n")
    rows, issues = read_table(path, Layout(("a",), ("b",)))
    assert issues == []
    assert len(rows) == 0
    assert rows["b"].dtype == float
