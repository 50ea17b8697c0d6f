import datetime as dt
import io
import zipfile

import pytest
from lists import HEADERS, ROWS, book, stored

from stroomstad.exchange import read_sheet
from stroomstad.exchange.sheets import text_of


def read(tmp_path, content, name="list.xlsx"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else stored(content))
    return read_sheet(path)


def test_a_workbook_gives_text_under_its_own_headers_with_the_rows_it_shows(tmp_path):
    cells, issues = read(tmp_path, book())
    assert issues == []
    assert list(cells.columns) == [*HEADERS, "row"]
    assert cells["row"].tolist() == [2, 3, 4]
    assert cells["Woningen"].tolist() == ["300", "120", ""]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_delimited_file_gives_the_same_as_a_workbook(tmp_path, delimiter, encoding):
    text = f'Project{delimiter}Plaats\r\n"Één{delimiter} twee"{delimiter}WK01\r\n'
    cells, issues = read(tmp_path, text.encode(encoding), "list.csv")
    assert issues == []
    assert cells.to_dict("records") == [
        {"Project": f"Één{delimiter} twee", "Plaats": "WK01", "row": 2}
    ]


def test_a_stated_delimiter_is_kept_and_blank_rows_are_counted(tmp_path):
    cells, _ = read(tmp_path, b"sep=;\r\nA;B, C\r\n\r\n1;2\r\n", "list.csv")
    assert cells.to_dict("records") == [{"A": "1", "B, C": "2", "row": 3}]


def test_an_apostrophe_before_a_formula_sign_is_the_spreadsheets_not_the_persons(tmp_path):
    cells, _ = read(tmp_path, b"A;B\n'=1+1;'t Gooi\n", "list.csv")
    assert cells[["A", "B"]].to_numpy().tolist() == [["=1+1", "'t Gooi"]]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (500, "500"), (500.0, "500"), (17.5, "17.5"), (1.2, "1.2"), (17.325, "17.3250"),
        (dt.datetime.fromisoformat("2026-03-31"), "2026-03-31"),
        (dt.date(2026, 3, 31), "2026-03-31"),
        (True, "ja"), (False, "nee"), (None, ""), ("  a ", "a"),
    ],
)  # fmt: skip
def test_a_value_becomes_the_text_that_stands_for_it(value, text):
    assert text_of(value) == text


def test_a_formula_is_told_with_row_and_column_and_its_value_is_not_trusted(tmp_path):
    made = book()
    made.active["E3"] = "=E2*2"
    cells, (issue,) = read(tmp_path, made)
    assert str(issue) == (
        "list.xlsx, row 3, Woningen: holds a formula (=E2*2), not a value. "
        "Copy the cells and paste them as values."
    )
    assert cells["Woningen"].isna().tolist() == [False, True, False]


def test_text_that_begins_as_a_formula_is_text(tmp_path):
    made = book()
    made.active["A2"].value, made.active["A2"].data_type = "=Plan=", "s"
    cells, issues = read(tmp_path, made)
    assert issues == []
    assert cells["Project"][0] == "=Plan="


def test_merged_cells_are_told_and_what_they_cover_is_not_taken_for_empty(tmp_path):
    made = book()
    made.active.merge_cells("A2:A3")
    cells, (issue,) = read(tmp_path, made)
    assert issue.where == "list.xlsx, row 2"
    assert "A2:A3" in issue.problem
    assert issue.severity == "fault"
    assert cells["Project"].isna().tolist() == [False, True, False]


def test_hidden_rows_and_columns_are_read_with_a_warning(tmp_path):
    made = book()
    made.active.row_dimensions[3].hidden = True
    made.active.column_dimensions["B"].hidden = True
    cells, issues = read(tmp_path, made)
    assert len(cells) == 3
    assert [(issue.where, issue.severity) for issue in issues] == [
        ("list.xlsx, row 3", "warning"), ("list.xlsx, columns B", "warning"),
    ]  # fmt: skip


def test_of_more_sheets_the_one_named_as_in_the_template_is_read(tmp_path):
    made = book(title="Notities", rows=[("weg",) * len(HEADERS)])
    sheet = made.create_sheet(" projecten ")
    for line in (HEADERS, *ROWS):
        sheet.append(list(line))
    cells, issues = read(tmp_path, made)
    assert issues == []
    assert cells["Project"][0] == "Havenkwartier"


def test_without_such_a_name_the_first_filled_sheet_is_read_and_told(tmp_path):
    made = book(title="Blad1")
    made.create_sheet("Leeg", 0)
    made.create_sheet("Blad2").append(["meer"])
    cells, (issue,) = read(tmp_path, made)
    assert len(cells) == 3
    assert issue.severity == "warning"
    assert '"Blad1" is read, Blad2 not' in issue.problem


def test_headers_may_stand_below_empty_rows(tmp_path):
    made = book()
    made.active.insert_rows(1, 2)
    cells, issues = read(tmp_path, made)
    assert issues == []
    assert cells["row"].tolist() == [4, 5, 6]


def test_a_title_above_the_headers_is_told(tmp_path):
    made = book()
    made.active.insert_rows(1)
    made.active["A1"] = "Woningbouwprogramma"
    _, (issue,) = read(tmp_path, made)
    assert "no header" in issue.problem
    assert "without a title" in issue.remedy


def test_cells_that_broke_over_into_a_column_without_header_are_told(tmp_path):
    _, (issue,) = read(tmp_path, b"A;B\n1;2\n1;2;3\n", "list.csv")
    assert str(issue).startswith("list.csv, row 3: cells stand in column C, which has no header.")


def test_a_header_twice_and_a_header_that_is_kept_are_told(tmp_path):
    _, issues = read(tmp_path, b"A;A;row\n1;2;3\n", "list.csv")
    assert [issue.where for issue in issues] == ["list.csv, row 1"] * 2


BROKEN = {
    "protected": (b"\xd0\xcf\x11\xe0" + b"\0" * 500, "password"),
    "empty": (b"", "is empty"),
    "blank": (b" \r\n", "is empty"),
    "half": (stored(book())[:3000], "damaged"),
    "binary": (b"GIF89a\0\0\x01", "neither a workbook"),
    "unclosed": (b'A;B\n1;"2\n3;4\n', "cannot be split"),
    "no rows": (b";;\n;;\n", "no cells"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_file_that_is_no_list_is_told_without_an_exception(tmp_path, kind):
    content, words = BROKEN[kind]
    cells, (issue,) = read(tmp_path, content)
    assert cells is None
    assert words in issue.problem
    assert issue.remedy


def test_another_kind_of_packed_file_is_told(tmp_path):
    path = tmp_path / "list.xlsx"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("letter.txt", "no workbook")
    cells, (issue,) = read_sheet(path)
    assert cells is None
    assert "not a workbook" in issue.problem


def test_a_file_that_unpacks_to_far_too_much_is_not_unpacked(tmp_path):
    path = tmp_path / "list.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"0" * 101_000_000)
    cells, (issue,) = read_sheet(path)
    assert cells is None
    assert "unpacks to 101 MB" in issue.problem


def test_a_sheet_that_reaches_far_beyond_its_list_is_told(tmp_path):
    made = book()
    made.active["XFD1048576"] = "verdwaald"
    cells, (issue,) = read(tmp_path, made)
    assert cells is None
    assert "XFD1048576" in issue.problem


@pytest.mark.parametrize("name", ["absent.xlsx", "."])
def test_a_file_that_is_not_there_is_told(tmp_path, name):
    cells, (issue,) = read_sheet(tmp_path / name)
    assert cells is None
    assert issue.remedy.startswith("Mend its name")


def test_an_empty_workbook_is_told(tmp_path):
    cells, (issue,) = read(tmp_path, book(rows=[], headers=[]))
    assert cells is None
    assert "no sheet with cells" in issue.problem


@pytest.mark.parametrize("area", ["A1:XFD1048576", "E1:Z1048576"])
def test_a_whole_sheet_that_is_merged_is_told_and_not_filled_in(tmp_path, area):
    made = book()
    made.active.merge_cells("A9:B9")
    path = tmp_path / "list.xlsx"
    with zipfile.ZipFile(io.BytesIO(stored(made))) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b"A9:B9", area.encode()))
    cells, (issue,) = read_sheet(path)
    assert cells is None
    assert "merged cells" in issue.problem
