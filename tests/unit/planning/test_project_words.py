import pytest

from stroomstad.planning.project_words import (
    COLUMN_OF,
    LIST_COLUMNS,
    key_of_header,
    list_choices,
    list_examples,
    list_explanation,
    normal_form,
    value_of_word,
)
from stroomstad.tables import projects as declared

CLOSED = {
    "home_type": declared.HOME_TYPE_NAMES,
    "heating": declared.HEATINGS,
    "profile": declared.PROFILES,
    "category": tuple(str(category) for category in declared.CATEGORIES),
}


@pytest.mark.parametrize("key", CLOSED)
def test_closed_lists_are_those_of_the_tables(key):
    assert tuple(COLUMN_OF[key].words) == CLOSED[key]


def test_every_column_of_the_table_that_a_person_fills_has_a_header():
    made = {"project_id", "row", "kind"}
    assert {column.key for column in LIST_COLUMNS} == set(declared.PROJECTS.columns) - made


def test_no_header_and_no_word_means_two_things():
    headers = [
        (column.key, normal_form(header)) for column in LIST_COLUMNS for header in column.headers
    ]
    assert len({header for _, header in headers}) == len(set(headers))
    assert len(key_of_header()) == len(set(headers))
    for column in LIST_COLUMNS:
        words = {
            (value, normal_form(word)) for value, said in column.words.items() for word in said
        }
        assert len({word for _, word in words}) == len(words), column.key
        assert set(value_of_word(column).values()) == set(column.words)


def test_every_column_is_explained_in_both_languages():
    rows = list_explanation()
    assert (rows["about"] != rows["about_nl"]).all()
    assert (rows[["nl", "en", "needed", "needed_nl", "about", "about_nl"]] != "").all(axis=None)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_examples_use_the_headers_and_words_of_their_language(language):
    examples = list_examples(language)
    assert examples.columns.tolist() == [
        column.nl if language == "nl" else column.en for column in LIST_COLUMNS
    ]
    for header, words in list_choices(language).items():
        assert set(examples[header].dropna().map(str)) <= set(words)
