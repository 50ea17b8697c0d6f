"""What nobody decides, looked up."""

import pytest
from plan_texts import make_catalogue

from stroomstad.errors import MissingParameter
from stroomstad.planning.outlook import outlook_value

OUTLOOK = make_catalogue().outlook


def test_a_value_is_that_of_its_year_and_case():
    assert outlook_value(OUTLOOK, "demand_index", 2023, "low") == 1.0
    assert outlook_value(OUTLOOK, "demand_index", 2024, "low") == 1.015
    assert outlook_value(OUTLOOK, "regional_mw", 2034, "mid") == 100.0


def test_nothing_is_carried_on_beyond_the_table():
    with pytest.raises(MissingParameter, match="2041; the years are 2023 to 2040"):
        outlook_value(OUTLOOK, "demand_index", 2041, "mid")


def test_an_unknown_quantity_is_told_with_those_that_are_known():
    with pytest.raises(MissingParameter, match=r"outlook\.rain.*demand_index"):
        outlook_value(OUTLOOK, "rain", 2030, "mid")


def test_a_year_that_stands_twice_has_no_value():
    twice = OUTLOOK.iloc[[0, 0]]
    with pytest.raises(MissingParameter, match="no single value"):
        outlook_value(twice, "demand_index", 2023, "mid")
