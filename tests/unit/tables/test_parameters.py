import datetime as dt

import pandas as pd
import pytest
from tiny import make_parameters

from stroomstad.errors import InvalidData, MissingParameter
from stroomstad.tables.parameters import Parameters, check_ranges, override

SAID = {"status": "assumed", "source": "own count"}


def make_rows():
    return pd.DataFrame(
        {
            "parameter": ["rating_kva", "rating_kva", "home_kw", "share"],
            "valid_from": ["2010-01-01", "2020-01-01", "2010-01-01", "2010-01-01"],
            "valid_to": ["2019-12-31", None, "2024-12-31", None],
            "low": [100.0, 250.0, 1.0, 0.2],
            "mid": [200.0, 400.0, 2.0, 0.5],
            "high": [300.0, 630.0, 3.0, 0.8],
            "lowest_allowed": [50.0, 50.0, 0.1, 0.0],
            "highest_allowed": [5000.0, 5000.0, 20.0, 1.0],
            "unit": ["kVA", "kVA", "kW", "1"],
            "raises_room": [1.0, 1.0, -1.0, 0.0],
            "status": "assumed",
            "source": "made up for the test",
        }
    )


def on(date, case="mid"):
    return Parameters(make_rows(), dt.date.fromisoformat(date), case)


@pytest.mark.parametrize(
    ("date", "value"),
    [("2010-01-01", 200.0), ("2019-12-31", 200.0), ("2020-01-01", 400.0), ("2040-06-01", 400.0)],
)
def test_a_value_is_that_of_the_period_the_date_lies_in(date, value):
    assert on(date).value("rating_kva") == value


def test_a_date_before_the_first_period_is_an_error_and_not_an_extrapolation():
    with pytest.raises(MissingParameter, match=r"home_kw: no value on 2009-12-31; values hold "):
        on("2009-12-31").value("home_kw")


def test_a_date_after_the_last_period_names_the_period_that_is_known():
    with pytest.raises(MissingParameter, match=r"2010-01-01 to 2024-12-31\. Add a row"):
        on("2025-01-01").value("home_kw")


def test_an_unknown_parameter_is_named():
    with pytest.raises(MissingParameter, match=r"parameters\.homme_kw: there is no such parameter"):
        on("2023-01-01").value("homme_kw")


@pytest.mark.parametrize(
    ("name", "low", "mid", "high"),
    [
        ("rating_kva", 250.0, 400.0, 630.0),  # more rating, more room
        ("home_kw", 3.0, 2.0, 1.0),  # more per home, less room
        ("share", 0.5, 0.5, 0.5),  # neither
    ],
)
def test_a_case_takes_the_side_that_leaves_that_much_room(name, low, mid, high):
    assert on("2023-01-01", "low").value(name) == low
    assert on("2023-01-01", "mid").value(name) == mid
    assert on("2023-01-01", "high").value(name) == high


def test_the_band_is_the_same_in_every_case():
    assert on("2023-01-01").in_case("low").band("home_kw") == (1.0, 2.0, 3.0)


def test_looking_from_another_side_changes_only_the_case():
    parameters = on("2023-01-01")
    other = parameters.in_case("high")
    assert (other.case, other.on, parameters.case) == ("high", parameters.on, "mid")


def test_a_city_may_replace_a_band_and_its_source():
    changes = {
        "home_kw": {"low": 2, "mid": 2.5, "high": 4, "source": "measured", "status": "sourced"}
    }
    rows = override(make_rows(), changes)
    assert Parameters(rows, dt.date(2023, 1, 1)).band("home_kw") == (2.0, 2.5, 4.0)
    assert rows.loc[rows["parameter"] == "home_kw", "source"].item() == "measured"


def test_an_override_leaves_the_other_parameters_and_the_original_alone():
    original = make_rows()
    rows = override(original, {"home_kw": {"mid": 2.5, **SAID}})
    assert original.equals(make_rows())
    others = rows["parameter"] != "home_kw"
    pd.testing.assert_frame_equal(rows[others], original[others])


def test_every_unknown_name_of_an_override_is_told_at_once():
    with pytest.raises(MissingParameter, match="no parameter named a, b"):
        override(make_rows(), {"b": {"mid": 1}, "a": {"mid": 2}})


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"hgih": 4.0}, "parameters.home_kw: hgih cannot be replaced."),
        ({"mid": "2,5"}, "parameters.home_kw: mid is '2,5', not a number."),
        ({"mid": 9.0}, "parameters.home_kw: low 1, mid 9 and high 3 kW do not rise."),
        ({"high": float("nan")}, "parameters.home_kw: low 1, mid 2 and high nan kW do not rise."),
    ],
)
def test_a_faulty_override_is_told_as_a_sentence(change, sentence):
    with pytest.raises(InvalidData) as told:
        override(make_rows(), {"home_kw": {**SAID, **change}})
    assert str(told.value).startswith(sentence)


@pytest.mark.parametrize(
    ("name", "change", "sentence"),
    [
        ("home_kw", {"high": 2200}, "high 2200 kW is outside 0.1 to 20 kW."),
        ("home_kw", {"high": float("inf")}, "high inf kW is outside 0.1 to 20 kW."),
        ("share", {"low": -0.2}, "low -0.2 is outside 0 to 1."),
        ("share", {"low": 2, "mid": 3, "high": 4}, "low 2, mid 3, high 4 is outside 0 to 1."),
    ],
)
def test_a_value_that_cannot_be_is_told_with_its_unit_and_what_is_allowed(name, change, sentence):
    with pytest.raises(InvalidData) as told:
        override(make_rows(), {name: {**SAID, **change}})
    assert [issue.problem for issue in told.value.issues] == [sentence]
    assert told.value.issues[0].where == f"parameters.{name}"


def test_the_bounds_themselves_are_allowed():
    changed = override(make_rows(), {"share": {"low": 0, "mid": 0, "high": 1, **SAID}})
    assert check_ranges(changed) == []


def test_a_value_that_cannot_be_is_found_in_the_table_itself():
    rows = make_rows().assign(low=[-1.0, 250.0, 1.0, 0.2])
    assert [issue.where for issue in check_ranges(rows)] == ["parameters.rating_kva"]


@pytest.mark.parametrize(
    ("said", "missing"),
    [
        ({}, "a status and a source"),
        ({"status": "assumed"}, "a source"),
        ({"source": "own count"}, "a status"),
        ({"status": "assumed", "source": " "}, "a source"),
    ],
)
def test_another_value_must_say_where_it_comes_from(said, missing):
    with pytest.raises(InvalidData, match=f"home_kw: the value is replaced without {missing} of"):
        override(make_rows(), {"home_kw": {"mid": 2.5, **said}})


def test_an_unknown_status_is_told_of_the_override():
    with pytest.raises(InvalidData, match=r"parameters\.home_kw: status is 'guess'. Use one of"):
        override(make_rows(), {"home_kw": {"mid": 2.5, "status": "guess", "source": "x"}})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit_station", 110),
        ("station_margin", -1),
        ("new_home_peak_kw", 2200),
        ("substation_transformers", -1),
        ("power_factor", -1),
        ("group_radius_max_m", -1),
        ("mv_voltage_v", -1),
        ("lv_voltage_drop_planned", 0),
        ("mv_voltage_drop_planned", -1),
        ("heat_pump_cop_at_zero", 0),
        ("road_public_share", -0.1),
    ],
)
def test_the_national_table_refuses_what_physics_does_not_allow(name, value):
    band = dict.fromkeys(("low", "mid", "high"), value)
    with pytest.raises(InvalidData, match=f"parameters.{name}: low {value}"):
        override(make_parameters().rows, {name: {**band, **SAID}})


def test_the_national_table_lies_within_its_own_bounds():
    rows = make_parameters().rows
    assert check_ranges(rows) == []
    assert (rows["lowest_allowed"] < rows["highest_allowed"]).all()


def test_the_national_table_gives_a_value_in_every_case_for_the_base_year():
    parameters = make_parameters()
    for name in parameters.rows["parameter"]:
        low, mid, high = parameters.band(name)
        assert low <= mid <= high
        assert low <= parameters.in_case("low").value(name) <= high


def test_the_case_with_more_room_never_has_a_larger_home():
    low, high = (make_parameters(case).value("new_home_peak_kw") for case in ("low", "high"))
    assert high < low
