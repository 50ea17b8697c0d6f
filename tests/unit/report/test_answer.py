"""The first lines of the report are read from the tables, and say when they are a bound."""

import pandas as pd
import pytest
from proefstad import make_tables

from stroomstad.report.answer import (
    homes_today,
    not_public,
    published_stations,
    read_headline,
    room_by_area,
    room_of_city,
)


@pytest.fixture
def tables():
    return make_tables()


def _curve(homes):
    return pd.DataFrame(
        {
            "case": ["low"] * 3 + ["mid"] * 3 + ["high"] * 3,
            "regional_mw": [0.0, 50.0, 100.0] * 3,
            "homes": homes,
        }
    )


def test_every_area_has_one_row_with_three_cases(tables):
    wide = room_by_area(tables["room"], "load")
    room = tables["room"].query("direction == 'load' and area_code == 'WK000103'")
    assert list(wide["area_code"]) == sorted(tables["areas"]["area_code"])
    assert list(wide.loc[3, ["low", "mid", "high"]]) == list(room["room"])


def test_the_order_of_rows_changes_nothing(tables):
    mixed = tables["room"].sample(frac=1, random_state=1)
    assert room_by_area(mixed, "load").equals(room_by_area(tables["room"], "load"))


def test_room_on_existing_cables_is_missing_when_the_run_does_not_say(tables):
    plain = tables["room"].drop(columns="room_existing_cables")
    assert room_by_area(plain, "load")["existing_cables"].isna().all()


def test_the_city_takes_the_level_end_of_the_curve():
    assert room_of_city(_curve([0, 9, 9, 0, 20, 20, 0, 40, 40])) == (9.0, 20.0, 40.0)


def test_a_curve_that_still_rises_says_nothing_about_the_local_grid():
    assert room_of_city(_curve([0, 9, 9, 0, 20, 20, 0, 40, 41])) is None


def test_the_order_of_the_curve_does_not_matter():
    curve = _curve([0, 9, 9, 0, 20, 20, 0, 40, 40])
    assert room_of_city(curve.iloc[::-1]) == room_of_city(curve)


def test_without_a_curve_the_sum_over_areas_is_called_a_bound(tables):
    del tables["regional_curve"]
    head = read_headline(tables)
    room = tables["room"].query("direction == 'load' and case == 'mid'")["room"]
    assert not head.shared_once
    assert head.homes[1] == room.sum()


def test_areas_without_room_are_counted_in_the_middle_case(tables):
    room = tables["room"]
    of_load = (room["direction"] == "load") & (room["case"] == "mid")
    room["room"] = (
        room["room"].mask(of_load, 5.0).mask(of_load & (room["area_code"] < "WK000103"), 0.0)
    )
    assert read_headline(tables).areas_without_room[1] == 3


def test_the_kind_that_binds_in_most_areas_is_named(tables):
    head = read_headline(tables)
    assert (head.binding_kind, head.binding_areas, head.areas) == ("station", 8, 12)


def test_a_city_in_which_nothing_binds_names_nothing(tables):
    tables["room"]["binding_kind"] = None
    assert (read_headline(tables).binding_kind, read_headline(tables).binding_areas) == ("", 0)


def test_homes_of_today_include_those_built_since(tables):
    stock = tables["reconciliation"]
    assert homes_today(tables) == stock["homes"].sum() + stock["new_homes"].sum()
    assert homes_today({}) is None


def test_the_published_number_of_stations_comes_from_the_parameters(tables):
    assert published_stations(tables["parameters"]) == 800
    assert published_stations(None) != published_stations(None)


def test_a_known_rating_of_few_connections_is_not_public():
    stations = pd.DataFrame(
        {
            "station_id": ["few", "told", "many", "drawn"],
            "rating_known": [True, True, True, False],
            "addresses": [3, 3, 10, 3],
        }
    )
    known = pd.DataFrame({"asset": ["few", "told"], "public": ["no", "yes"]})
    assert not_public({"stations": stations, "known": known}) == {"few"}
    assert not_public({"stations": stations}) == {"few", "told"}
