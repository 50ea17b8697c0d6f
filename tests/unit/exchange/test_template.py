import io

import pytest
from openpyxl import load_workbook

from stroomstad.exchange import read_sheet, template_bytes
from stroomstad.planning.project_words import (
    LIST_COLUMNS,
    list_choices,
    list_examples,
    list_explanation,
)
from stroomstad.planning.projects import read_projects


def made(language):
    return template_bytes(
        list_examples(language), list_explanation(), list_choices(language), language
    )


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_template_reads_without_a_single_issue(tmp_path, language):
    path = tmp_path / "template.xlsx"
    path.write_bytes(made(language))
    cells, issues = read_sheet(path)
    projects, found = read_projects(cells, path.name)
    assert [*issues, *found] == []
    assert 5 <= len(projects) <= 6
    assert projects["assumed"].all()
    assert set(projects["kind"]) == {"homes", "connection"}


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_closed_list_drops_down_with_its_words(language):
    sheet = load_workbook(io.BytesIO(made(language))).worksheets[0]
    headers = {cell.column_letter: cell.value for cell in sheet[1]}
    offered = {
        headers[str(rule.sqref).split("2:")[0]]: rule.formula1.strip('"').split(",")
        for rule in sheet.data_validations.dataValidation
    }
    assert offered == list_choices(language)
    assert all(len(",".join(words)) < 255 for words in offered.values())


def test_headers_stay_in_sight_and_every_one_explains_itself():
    sheet = load_workbook(io.BytesIO(made("nl"))).worksheets[0]
    assert sheet.freeze_panes == "B2"
    assert all(cell.comment.text for cell in sheet[1])
    assert all(sheet.column_dimensions[cell.column_letter].width >= 10 for cell in sheet[1])


def test_the_second_sheet_explains_every_column_in_both_languages():
    sheet = load_workbook(io.BytesIO(made("nl"))).worksheets[1]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2, max_row=17)]
    assert [row[0] for row in rows] == [column.nl for column in LIST_COLUMNS]
    assert [row[1] for row in rows] == [column.en for column in LIST_COLUMNS]
    assert all(row[8] and row[9] for row in rows)
