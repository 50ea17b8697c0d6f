import io

import pandas as pd
import pytest
from lists import HEADERS, ROWS, book, fits_of, stored
from openpyxl import load_workbook
from openpyxl.styles import Font

from stroomstad.errors import InvalidData
from stroomstad.exchange import answer_table, answered_workbook, read_sheet
from stroomstad.exchange.answers import ANSWERS
from stroomstad.fitting.connections import NO_STATION, NO_STATION_KIND
from stroomstad.fitting.remedies import REASONS
from stroomstad.planning.projects import read_projects
from stroomstad.tables import plan
from stroomstad.tables.grid import LINK_KINDS as LINK_NAMES
from stroomstad.tables.projects import ANSWER_MARKS, FITS
from stroomstad.tables.words import KINDS, LANGUAGES, LINK_KINDS, NO_REMEDY, PAYERS


def projects_of(path):
    cells, issues = read_sheet(path)
    projects, found = read_projects(cells, path.name)
    assert [*issues, *found] == []
    return projects


def answered(path, tmp_path, name="answered.xlsx"):
    projects = projects_of(path)
    target = tmp_path / name
    target.write_bytes(answered_workbook(path, fits_of(projects)))
    return projects, target


@pytest.fixture
def handed_in(tmp_path):
    made = book()
    made.active["A2"].font = Font(italic=True)
    made.active.column_dimensions["A"].width = 33
    made.create_sheet("Mijn notities")["A1"] = "=1+1"
    path = tmp_path / "list.xlsx"
    path.write_bytes(stored(made))
    return path


def test_every_answer_has_a_column_whose_header_is_left_alone_on_reading():
    assert {answer.key for answer in ANSWERS} == set(FITS.columns) - {"project_id", "row"}
    for language in LANGUAGES:
        headers = [answer.header(language) for answer in ANSWERS]
        assert all(header.startswith(ANSWER_MARKS[language]) for header in headers)
        assert len(set(headers)) == len(ANSWERS)


def test_the_persons_own_columns_stay_as_they_are(handed_in, tmp_path):
    _, target = answered(handed_in, tmp_path)
    book = load_workbook(target)
    sheet = book["Projecten"]
    own = [[cell.value for cell in row] for row in sheet.iter_rows(max_col=len(HEADERS))]
    assert own == [list(HEADERS), *[list(row) for row in ROWS]]
    assert sheet["A2"].font.italic
    assert sheet.column_dimensions["A"].width == 33
    assert book["Mijn notities"]["A1"].value == "=1+1"
    assert sheet.cell(1, len(HEADERS) + 1).value == ANSWERS[0].header("nl")


def test_an_answered_list_prints_as_wide_as_the_paper_with_its_own_headers(tmp_path):
    made = book()
    made.active.insert_rows(1, 2)
    path = tmp_path / "list.xlsx"
    path.write_bytes(stored(made))
    _, target = answered(path, tmp_path)
    sheet = load_workbook(target)["Projecten"]
    assert sheet.page_setup.orientation == "landscape"
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$3:$3"


def test_answers_stand_in_the_row_they_answer_as_numbers_and_dutch_words(handed_in, tmp_path):
    _, target = answered(handed_in, tmp_path)
    sheet = load_workbook(target)["Projecten"]
    at = {cell.value: cell.column for cell in sheet[1]}
    by_key = {answer.key: sheet.cell(3, at[answer.header("nl")]) for answer in ANSWERS}
    assert by_key["fits"].value == "deels"
    assert by_key["size_mid"].value == 60
    assert by_key["size_mid"].data_type == "n"
    assert by_key["binding_at"].value == "2023-01-17 17:45"
    assert by_key["remedy_payer"].value == "netbeheerder"


def test_an_answered_list_reads_as_the_list_it_answers(handed_in, tmp_path):
    projects, target = answered(handed_in, tmp_path)
    pd.testing.assert_frame_equal(projects_of(target), projects)


def test_answering_again_replaces_the_answers(handed_in, tmp_path):
    _, first = answered(handed_in, tmp_path, "first.xlsx")
    _, second = answered(first, tmp_path, "second.xlsx")
    assert first.read_bytes() == second.read_bytes()


def test_a_column_added_behind_the_answers_is_kept(handed_in, tmp_path):
    _, first = answered(handed_in, tmp_path)
    book = load_workbook(first)
    sheet = book["Projecten"]
    sheet.cell(1, sheet.max_column + 1).value = "Bron"
    sheet.cell(2, sheet.max_column).value = "brief"
    book.save(first)
    _, second = answered(first, tmp_path, "second.xlsx")
    last = load_workbook(second)["Projecten"]
    assert [last.cell(row, last.max_column).value for row in (1, 2)] == ["Bron", "brief"]
    assert len(ANSWERS) + len(HEADERS) + 1 == last.max_column


def test_a_delimited_list_comes_back_as_a_workbook_with_numbers(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(
        "Project;Plaats;Eerste jaar;Aansluiting kW;Profiel\n\n=A;0036;2028;17,5;kantoor\n"
    )
    projects, target = answered(path, tmp_path)
    sheet = load_workbook(target).active
    assert [sheet.cell(3, at).value for at in range(1, 5)] == ["=A", "0036", 2028, 17.5]
    assert sheet["A3"].data_type == "s"
    pd.testing.assert_frame_equal(projects_of(target), projects)


def test_cells_serve_as_well_as_their_file(handed_in, tmp_path):
    projects = projects_of(handed_in)
    cells, _ = read_sheet(handed_in)
    target = tmp_path / "answered.xlsx"
    target.write_bytes(answered_workbook(cells, fits_of(projects)))
    pd.testing.assert_frame_equal(projects_of(target), projects)


def test_every_answer_is_explained_with_its_unit(handed_in, tmp_path):
    _, target = answered(handed_in, tmp_path)
    sheet = load_workbook(target)["Uitleg antwoord"]
    told = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [row[0] for row in told] == [answer.header("nl") for answer in ANSWERS]
    assert told[0][2] == "ja, deels, nee"
    by_header = {row[0]: row for row in told}
    assert by_header["Antwoord: woningen per MW"][1] == "per MW"
    assert all(row[3] and row[3].endswith(".") for row in told)


def test_answers_come_in_english_where_that_is_asked_and_replace_the_dutch_ones(
    handed_in, tmp_path
):
    projects, dutch = answered(handed_in, tmp_path)
    english = tmp_path / "english.xlsx"
    english.write_bytes(answered_workbook(dutch, fits_of(projects), "en"))
    book = load_workbook(english)
    sheet = book["Projecten"]
    headers = [cell.value for cell in sheet[1]][len(HEADERS) :]
    assert headers == [answer.header("en") for answer in ANSWERS]
    assert sheet.cell(3, len(HEADERS) + 1).value == "partly"
    assert "Uitleg antwoord" not in book.sheetnames
    told = [row[3] for row in book["Explanation of answer"].iter_rows(min_row=2, values_only=True)]
    assert told[0] == "Whether all of it fits when asked."
    pd.testing.assert_frame_equal(projects_of(english), projects)


def test_measures_and_payers_that_stand_together_are_each_said_in_words():
    row = dict.fromkeys(FITS.columns) | {
        "remedy": "mv_cable + new_station", "remedy_payer": "grid_operator + developer",
        "binding": NO_STATION, "binding_kind": NO_STATION_KIND, "why_no_remedy": "too_late",
    }  # fmt: skip
    shown = answer_table(pd.DataFrame([row])).iloc[0].dropna().tolist()
    assert shown == [
        "geen station", "geen station op deze plek",
        "middenspanningskabel erbij + nieuw station", "netbeheerder + ontwikkelaar",
        "wat helpt, is pas na het plan klaar",
    ]  # fmt: skip


def test_no_key_of_a_closed_list_comes_out_without_words():
    for words, keys in (
        (KINDS, pd.read_csv("data/national/measures.csv")["kind"]),
        (PAYERS, plan.PAYERS),
        (NO_REMEDY, REASONS),
        (LINK_KINDS, (*LINK_NAMES, NO_STATION_KIND)),
    ):
        assert set(keys) <= set(words)


def test_a_list_that_is_gone_is_told(tmp_path):
    with pytest.raises(InvalidData, match="absent"):
        answered_workbook(tmp_path / "absent.csv", pd.DataFrame())


def test_an_answer_that_is_missing_stays_empty():
    rows = pd.DataFrame([dict.fromkeys(FITS.columns)])
    assert answer_table(rows).iloc[0].isna().all()


def test_equal_answers_give_equal_bytes(handed_in):
    fits = fits_of(projects_of(handed_in))
    assert answered_workbook(handed_in, fits) == answered_workbook(handed_in, fits)


def test_a_name_that_begins_as_a_formula_is_not_calculated_in_the_answer(tmp_path):
    made = book()
    made.active["A2"].value, made.active["A2"].data_type = '=HYPERLINK("x")', "s"
    path = tmp_path / "list.xlsx"
    path.write_bytes(stored(made))
    projects = projects_of(path)
    sheet = load_workbook(io.BytesIO(answered_workbook(path, fits_of(projects)))).active
    assert sheet["A2"].data_type == "s"


def test_the_explanation_says_which_limits_the_answers_hold_to(handed_in):
    fits, held = fits_of(projects_of(handed_in)), "Grenzen: wat op de plaat staat."
    made = load_workbook(io.BytesIO(answered_workbook(handed_in, fits, "nl", held)))
    last = [cell.value for cell in list(made["Uitleg antwoord"].rows)[-1]]
    assert (last[0], last[-1]) == ("Grenzen", held)
