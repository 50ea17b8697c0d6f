"""Texts and numbers stand as the language writes them, and missing is never zero."""

import pandas as pd
import pytest

from stroomstad.pages import words
from stroomstad.tables import words as list_words
from stroomstad.tables.plan import MEASURE_STATUSES, PAYERS
from stroomstad.tables.projects import HEATINGS, HOME_TYPE_NAMES

NAN = float("nan")


def test_numbers_have_the_notation_of_their_language():
    assert words.number(12345.6, "nl", 1) == "12.345,6"
    assert words.number(12345.6, "en", 1) == "12,345.6"


def test_a_negative_number_has_a_real_minus_and_a_rounded_nought_has_none():
    assert words.number(-3, "nl") == "−3"
    assert words.number(-0.2, "nl") == "0"


@pytest.mark.parametrize("missing", [None, NAN, "", pd.NaT])
def test_a_missing_value_is_unknown_in_every_form(missing):
    said = [
        words.number(missing, "nl"),
        words.measured(missing, "nl"),
        words.euros(missing, "nl"),
        words.span(missing, 3, "nl"),
        words.quarter(missing, "nl"),
        words.date(missing, "nl"),
        words.name_of(missing, list_words.PAYERS, "nl"),
    ]
    assert said == ["onbekend"] * len(said)


def test_amounts_do_not_break_between_sign_and_number():
    assert " " not in words.euros(43_210_000, "nl")
    assert words.euros(999_999, "nl") == "€\u00a01.000.000"


def test_a_large_amount_has_no_false_precision():
    assert words.euros(312_345_678, "nl") == "€\u00a0312\u00a0mln"


def test_a_quarter_in_summer_stands_on_the_dutch_clock():
    assert words.quarter("2023-07-04T12:00Z", "nl") == "di 4 jul 14:00"


def test_an_unknown_key_stays_legible():
    assert words.name_of("ice_store", list_words.KINDS, "nl") == "ice store"


def test_every_closed_list_of_the_tables_has_its_words():
    assert set(list_words.PAYERS) == set(PAYERS)
    assert set(words.HOME_TYPES) == set(HOME_TYPE_NAMES)
    assert set(words.HEATINGS) == set(HEATINGS)
    assert set(list_words.MEASURE_STATUSES) == set(MEASURE_STATUSES)


def test_parts_of_a_text_are_not_filled_in_themselves():
    assert words.speaker("nl")("plan {name}", "plan {name}", name="{x} {0}") == "plan {x} {0}"


def test_units_of_assumptions_have_their_words():
    said = [words.name_of(unit, words.UNITS, "nl") for unit in ("MW/substation", "h/year", "MVA")]
    assert said == ["MW per onderstation", "uur per jaar", "MVA"]
