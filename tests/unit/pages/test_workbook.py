"""The tables of a plan, as a spreadsheet shows them: in words, and each column explained."""

import io

import pandas as pd
import pytest
from openpyxl import load_workbook
from pagetables import make_tables

from stroomstad.pages import tables_workbook
from stroomstad.pages.table_words import SHEETS
from stroomstad.tables.words import LANGUAGES


def opened(tables, language="nl"):
    return load_workbook(io.BytesIO(tables_workbook(tables, language)))


def rows_of(sheet):
    head, *rows = sheet.iter_rows(values_only=True)
    return pd.DataFrame(rows, columns=head)


def test_the_first_sheet_explains_every_column_of_every_other_one():
    for language in LANGUAGES:
        book = opened(make_tables(), language)
        about, *others = book.worksheets
        told = {(row[0], row[1]) for row in about.iter_rows(min_row=2, values_only=True)}
        for sheet in others:
            shown = {(sheet.title, cell.value) for cell in sheet[1]}
            assert {each for each in shown if "_" not in each[1]} == shown & told


def test_the_first_sheet_says_what_is_synthetic_assumed_and_not_simulated():
    about = rows_of(opened(make_tables()).worksheets[0])
    assert "Het net is synthetisch" in about["Kolom"].tolist()
    assert "De regio is aangenomen" in about["Kolom"].tolist()
    assert about["Betekenis"].str.contains("vast vermogen").any()
    assert about["Betekenis"].str.contains("Nederlandse tijd").any()


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.table)
def test_every_column_has_a_meaning_in_both_languages_and_a_header_of_its_own(sheet):
    for language in LANGUAGES:
        heads = [getattr(column, language) for column in sheet.columns]
        assert len(set(heads)) == len(heads)
        assert all(sheet.meaning(column).say(language).endswith(".") for column in sheet.columns)
    if sheet.declared is not None:
        assert {column.key for column in sheet.columns} >= set(sheet.declared.columns)


def test_values_are_words_of_the_language_and_times_those_of_the_dutch_clock():
    dutch, english = (opened(make_tables(), language) for language in LANGUAGES)
    rows = rows_of(dutch["Projecten"])
    assert rows["past het?"].iloc[0] == "deels"
    assert rows["vol op (lokale tijd)"].iloc[0] == "2023-01-17 18:15"
    assert rows_of(english["Projects"])["does it fit?"].iloc[0] == "partly"
    assert set(rows_of(english["Measures"])["assumed"]) <= {"yes", "no"}


def test_a_column_that_nobody_described_is_kept_as_it_is_called():
    tables = make_tables()
    tables["staircase"] = tables["staircase"].assign(new_thing=1)
    assert "new_thing" in rows_of(opened(tables)["Woningen per jaar"])
