import io

import numpy as np
import pandas as pd
from openpyxl import load_workbook

from stroomstad.exchange import csv_bytes, workbook_bytes

ROWS = pd.DataFrame(
    {
        "name": ["=1+1", "+31", "-", "@a", "plain", None],
        "kw": [1.5, 2.0, -3.25, np.nan, 0.1234, 7.0],
        "homes": [1, 2, 3, 4, 5, 6],
        "assumed": [True, False, True, False, True, False],
    }
)


def opened(content):
    return load_workbook(io.BytesIO(content))


def test_numbers_are_written_as_numbers_and_missing_ones_stay_empty():
    sheet = opened(workbook_bytes({"A": ROWS}))["A"]
    assert [sheet.cell(row, 2).value for row in range(2, 8)] == [1.5, 2, -3.25, None, 0.123, 7]
    assert {sheet.cell(row, 3).data_type for row in range(2, 8)} == {"n"}
    assert [sheet.cell(row, 4).value for row in (2, 3)] == ["ja", "nee"]


def test_text_that_begins_as_a_formula_is_never_calculated():
    sheet = opened(workbook_bytes({"A": ROWS}))["A"]
    written = [sheet.cell(row, 1) for row in range(2, 6)]
    assert [cell.data_type for cell in written] == ["s"] * 4
    assert [cell.value for cell in written] == ["=1+1", "+31", "-", "@a"]
    assert all(cell.quotePrefix for cell in written)


def test_the_heading_comes_first_and_headers_stay_in_sight():
    book = opened(workbook_bytes({"A/B": ROWS}, pd.DataFrame({"x": ["read me"]})))
    assert book.sheetnames == ["Over", "A-B"]
    assert book["A-B"].freeze_panes == "A2"
    assert book["A-B"]["A1"].font.bold


def test_the_same_tables_give_the_same_bytes():
    assert workbook_bytes({"A": ROWS}) == workbook_bytes({"A": ROWS})


def test_signs_that_no_workbook_can_hold_are_left_out():
    sheet = opened(workbook_bytes({"A": pd.DataFrame({"x": ["a\x01b"]})}))["A"]
    assert sheet["A2"].value == "ab"


def test_a_delimited_file_opens_in_a_dutch_spreadsheet_and_harms_nobody():
    lines = csv_bytes(ROWS).decode("utf-8-sig").splitlines()
    assert csv_bytes(ROWS).startswith(b"\xef\xbb\xbf")
    assert lines[0] == "name;kw;homes;assumed"
    assert lines[1] == "'=1+1;1,5;1;ja"
    assert lines[3] == "'-;-3,25;3;ja"
    assert lines[6] == ";7;6;nee"


def test_a_long_header_is_wrapped_and_never_cut_within_a_word():
    header = "kW tot en met dit jaar van het hele project (cumulative)"
    sheet = opened(workbook_bytes({"A": pd.DataFrame({header: [1.0]})}))["A"]
    width = sheet.column_dimensions["A"].width
    assert len("(cumulative)") < width < len(header) / 2
    assert sheet.row_dimensions[1].height >= 15 * len(header) / width
