import pytest


@pytest.fixture
def told(loads):
    return loads["mid"].calibration.set_index("quantity")["value"]


def test_every_cell_is_text_and_every_quantity_is_told_once(loads):
    table = loads["mid"].calibration
    assert table.columns.tolist() == ["quantity", "value", "unit", "about", "about_nl"]
    assert all(isinstance(cell, str) for cell in table.to_numpy().ravel())
    assert not table["quantity"].duplicated().any()


def test_the_clocks_are_told_in_words(told):
    assert told["household_clock"] == "UTC+1 with Dutch summer time"
    assert told["weather_clock"] == "UTC+1 all year"


def test_every_quantity_is_told_in_two_languages(loads):
    table = loads["mid"].calibration
    assert (table["about_nl"] != "").all()
    assert (table["about"] != table["about_nl"]).all()


def test_the_peak_after_sharpening_is_the_planning_value(told):
    assert float(told["home_peak_after"]) == pytest.approx(1.2)


def test_the_weeks_are_told_by_their_monday(told, loads):
    assert told["winter_week"] == loads["mid"].winter.axis.start.date().isoformat()
    assert told["summer_week"] == loads["mid"].summer.axis.start.date().isoformat()


def test_the_highest_city_load_is_that_of_the_winter_week(told, loads):
    highest_mw = loads["mid"].winter.load.block(0, 672).sum(axis=0).max() / 1000
    assert float(told["city_load_max"]) == pytest.approx(highest_mw, rel=1e-3)


def test_a_shift_that_cannot_be_told_is_left_empty(told):
    assert told["summer_shift_industry_ict"] == ""
