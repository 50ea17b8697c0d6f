"""Numbers and moments as each language writes them."""

import numpy as np
import pandas as pd
import pytest

from stroomstad.report.words import (
    KINDS,
    Words,
    both,
    format_moment,
    format_number,
    joined,
    name_of,
    number_words,
    quantity_name,
    sensible_decimals,
    shared_decimals,
)


@pytest.mark.parametrize(
    ("value", "decimals", "dutch", "english"),
    [
        (1234567.891, 2, "1.234.567,89", "1,234,567.89"),
        (-7.5, 1, "−7,5", "−7.5"),
        (-0.2, 0, "0", "0"),
        (np.nan, 0, "onbekend", "unknown"),
        (None, 0, "onbekend", "unknown"),
        (np.int64(12), 0, "12", "12"),
    ],
)
def test_a_number_follows_its_language(value, decimals, dutch, english):
    assert format_number(value, "nl", decimals) == dutch
    assert format_number(value, "en", decimals) == english


def test_summer_time_is_two_hours_ahead_of_utc():
    assert format_moment("2023-06-13T11:00Z", "nl") == "di 13 jun 2023 13:00"


def test_a_winter_evening_may_fall_on_the_next_day():
    assert format_moment("2023-12-31T23:15Z", "en") == "Mon 1 Jan 2024 00:15"


def test_a_missing_moment_is_unknown():
    assert format_moment(pd.NaT, "nl") == "onbekend"


def test_the_same_text_in_both_languages_stands_once():
    assert both(Words("ICT", "ICT")) == "ICT"


def test_two_texts_stand_side_by_side_with_their_language():
    assert both(Words("wijk", "area")) == '<span lang="nl">wijk</span><span lang="en">area</span>'


def test_special_signs_are_escaped():
    assert both(Words("<b>", "&")) == '<span lang="nl">&lt;b&gt;</span><span lang="en">&amp;</span>'


def test_a_pattern_is_filled_in_both_languages():
    filled = joined("{} kW", number_words(1234.5, 1))
    assert (filled.nl, filled.en) == ("1.234,5 kW", "1,234.5 kW")


def test_an_unknown_key_stays_as_it_is():
    assert name_of("battery", KINDS) == Words("battery", "battery")


def test_a_shift_is_named_by_its_shape():
    name = quantity_name("summer_shift_industry_ict")
    assert (name.nl, name.en) == (
        "zomertijd in profiel: industry ict",
        "summer time in shape: industry ict",
    )


def test_small_numbers_keep_three_digits():
    assert format_number(0.0123, "en", sensible_decimals(0.0123)) == "0.0123"


def test_missing_values_do_not_ask_for_decimals():
    assert (sensible_decimals(np.nan), shared_decimals([np.nan, 2.5])) == (0, 1)


def test_a_number_that_never_ends_gets_six_decimals():
    assert shared_decimals([1 / 3]) == 6
