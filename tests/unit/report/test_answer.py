"""The first lines of the report are read from the tables, and say when they are a bound."""

import numpy as np
import pandas as pd
import pytest
from proefstad import make_tables

from stroomstad.report.answer import (
    homes_today,
    known_facts,
    loading_of_year,
    not_public,
    read_headline,
    read_year,
    room_by_area,
)


@pytest.fixture
def tables():
    return make_tables()


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


def test_the_city_at_once_is_the_answer(tables):
    head = read_headline(tables)
    assert head.homes == (4210.0, 11385.0, 23904.0)
    assert head.roofs_kwp[1] == 4 * 11385.0
    assert (head.shared_once, head.checked) == (True, "lowered")
    assert (head.city_binding, head.city_binding_kind) == ("OS-A", "substation")
    assert head.city_binding_others == 2


def test_without_the_city_at_once_the_sum_over_areas_is_called_a_bound(tables):
    del tables["city_room"]
    head = read_headline(tables)
    room = tables["room"].query("direction == 'load' and case == 'mid'")["room"]
    assert (head.shared_once, head.checked, head.city_binding) == (False, "", "")
    assert head.homes[1] == room.sum()


def test_areas_without_room_are_counted_in_the_middle_case(tables):
    room = tables["room"]
    of_load = (room["direction"] == "load") & (room["case"] == "mid")
    room["room"] = (
        room["room"].mask(of_load, 5.0).mask(of_load & (room["area_code"] < "WK000103"), 0.0)
    )
    assert read_headline(tables).areas_without_room[1] == 3


def test_kinds_that_bind_are_counted_the_most_frequent_first(tables):
    head = read_headline(tables)
    assert head.binding_areas == (("station", 8), ("mv_cable", 4))
    assert (head.binding_kind, head.areas) == ("station", 12)


def test_substations_that_close_areas_in_the_low_case_are_named(tables):
    room = tables["room"]
    low = (room["direction"] == "load") & (room["case"] == "low")
    names = ["binding", "binding_kind", "room"]
    room.loc[low & (room["area_code"] < "WK000105"), names] = ["OS-A", "substation", 0.0]
    room.loc[low & (room["area_code"] == "WK000105"), names] = ["OS-B", "substation", 0.0]
    room.loc[low & (room["area_code"] == "WK000106"), names] = ["OS-B", "substation", 9.0]
    closed = read_headline(tables).closed_substations
    assert closed == (("Proefstad Zuid", 5), ("Proefstad Haven", 1))


def test_a_city_in_which_nothing_binds_names_nothing(tables):
    tables["room"]["binding_kind"] = None
    assert (read_headline(tables).binding_kind, read_headline(tables).binding_areas) == ("", ())


def test_homes_of_today_include_those_built_since(tables):
    stock = tables["reconciliation"]
    assert homes_today(tables) == stock["homes"].sum() + stock["new_homes"].sum()
    assert homes_today({}) is None


def test_the_loading_of_the_year_takes_the_level_factor(tables):
    tables["links"]["level_factor"] = 0.5
    rows = loading_of_year(tables)
    expected = tables["year"]["load_max_kva"] * 0.5 / tables["links"]["limit_kva"]
    assert rows["loading_year"].tolist() == pytest.approx(expected.tolist())
    assert rows["loading_week"].tolist() == tables["links"]["loading_max"].tolist()


def test_the_year_tells_its_voltages_and_when(tables):
    year = read_year(tables)
    assert (year.voltage_min_pu, year.voltage_max_pu) == (0.95, 1.08)
    assert (year.voltage_min_at, year.voltage_max_at) == ("2023-12-01T17:15Z", "2023-05-27T11:30Z")
    assert year.over_week == (tables["links"]["loading_max"] > 1).sum() > year.over_year


def test_a_run_without_the_year_says_nothing_of_it(tables):
    del tables["year"]
    assert read_year(tables) is None


def test_what_the_run_marks_as_not_public_is_not_shown():
    stations = pd.DataFrame({"station_id": ["few", "many"], "known_not_public": [True, False]})
    links = pd.DataFrame({"link_id": ["few", "cable"], "known_not_public": [True, True]})
    assert not_public({"stations": stations, "links": links}) == {"few", "cable"}
    assert not_public({"stations": stations.drop(columns="known_not_public")}) == set()


def test_known_facts_are_listed_and_hidden_values_are_missing():
    known = pd.DataFrame(
        {
            "asset": ["OS-A", "KLANT-1"],
            "attribute": ["rating_mva", "load_max_mw"],
            "value": [100.0, np.nan],
            "unit": ["MVA", "MW"],
            "date": "2025-01-01",
            "source": "letter",
            "public": ["yes", "no"],
        }
    )
    facts = known_facts({"known": known})
    assert [(fact.asset, fact.value) for fact in facts] == [("OS-A", 100.0), ("KLANT-1", None)]
    assert known_facts({}) == []
