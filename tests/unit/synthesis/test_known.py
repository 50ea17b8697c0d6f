import datetime as dt

import pandas as pd
import pytest
from scattered import make_known, make_sites
from tiny import make_grid

from stroomstad.synthesis.known import (
    apply_known,
    apply_known_supply,
    check_known,
    check_known_dates,
)

SITES = make_sites((0, 0), (100, 0))


def faults(*rows):
    return [str(issue) for issue in check_known(make_known(*rows), make_grid(), SITES)]


def test_a_known_rating_holds_in_all_three_cases():
    grid = apply_known(make_grid(), make_known(("S1", "rating_kva", 630.0, "kVA")))
    station = grid.stations.set_index("station_id").loc["S1"]
    assert station[["rating_kva_low", "rating_kva", "rating_kva_high"]].tolist() == [630.0] * 3
    assert station["rating_known"]


def test_other_stations_keep_what_was_generated():
    grid = apply_known(make_grid(), make_known(("S1", "rating_kva", 630.0, "kVA")))
    other = grid.stations.set_index("station_id").loc["S2"]
    assert other["rating_kva_low"] == 250.0
    assert not other["rating_known"]


@pytest.mark.parametrize("asset", ["OS-A", "Onderstation A"])
def test_a_substation_is_known_by_identifier_or_name(asset):
    grid = apply_known(make_grid(), make_known((asset, "rating_mva", 66.0, "MVA")))
    assert grid.substations["rating_mva_low"].tolist() == [66.0]
    assert grid.substations["rating_known"].tolist() == [True]


def test_a_known_current_replaces_that_of_a_cable():
    grid = apply_known(make_grid(), make_known(("L2", "rated_current_a", 235.0, "A")))
    rated_a = grid.cables.set_index("cable_id")["rated_current_a"]
    assert (rated_a["L2"], rated_a["L1"]) == (235.0, 270.0)


def test_the_latest_of_several_facts_wins_whatever_their_order():
    rows = [
        ("S1", "rating_kva", 400.0, "kVA", "2024-05-01"),
        ("S1", "rating_kva", 250.0, "kVA", "2019-05-01"),
    ]
    grid = apply_known(make_grid(), make_known(*rows))
    assert grid.stations["rating_kva"].iloc[0] == 400.0


def test_known_supply_wins_in_both_directions():
    sites = SITES.assign(feeds_mv=[True, False])
    known = make_known(("OS-A", "feeds_mv", 0.0, "1"), ("Onderstation B", "feeds_mv", 1.0, "1"))
    assert apply_known_supply(sites, known)["feeds_mv"].tolist() == [False, True]


def test_facts_on_what_the_grid_has_are_without_fault():
    assert (
        faults(
            ("S1", "rating_kva", 630.0, "kVA"),
            ("OS-A", "rating_mva", 60.0, "MVA"),
            ("L1", "rated_current_a", 240.0, "A"),
            ("OS-B", "feeds_mv", 0.0, "1"),
            ("S1", "load_max_mw", 0.2, "MW"),
            ("OS-A", "contracted_unused_mw", 1.0, "MW"),
        )
        == []
    )


def test_an_asset_that_is_not_in_the_grid_is_a_fault():
    told = (
        "known.asset: rating_kva is given for 1 assets that the grid does not have (S9). "
        "Use an identifier from the grid's tables, or leave the row out."
    )
    assert faults(("S9", "rating_kva", 630.0, "kVA")) == [told]


def test_a_station_rating_cannot_be_given_to_a_cable():
    assert len(faults(("L1", "rating_kva", 630.0, "kVA"))) == 1


def test_a_rating_in_another_unit_is_a_fault():
    assert faults(("S1", "rating_kva", 0.63, "MVA")) == [
        "known.unit: rating_kva must be in kVA (S1 in MVA). Give the value in kVA."
    ]


@pytest.mark.parametrize(
    "row",
    [
        ("S1", "rating_kva", 0.0, "kVA"),
        ("S1", "rating_kva", -5.0, "kVA"),
        ("S1", "rating_kva", float("nan"), "kVA"),
        ("S1", "rating_kva", 630_000.0, "kVA"),
        ("OS-A", "rating_mva", 40_000.0, "MVA"),
        ("OS-A", "contracted_unused_mw", 9_999.0, "MW"),
        ("OS-A", "contracted_unused_mw", -1.0, "MW"),
        ("OS-A", "load_max_mw", 5_000.0, "MW"),
        ("OS-A", "load_max_mw", 0.0, "MW"),
        ("L1", "rated_current_a", float("inf"), "A"),
        ("OS-A", "feeds_mv", 2.0, "1"),
        ("OS-A", "feeds_mv", 0.5, "1"),
        ("OS-A", "feeds_mv", 1.0, "yes"),
        ("S1", "connections", 2.5, "1"),
    ],
)
def test_a_value_that_cannot_be_is_a_fault(row):
    assert len(faults(row)) == 1


def test_a_value_out_of_range_is_told_with_its_unit_and_the_range():
    told = (
        "known.value: rating_mva cannot be what is given (OS-A has 40000 MVA). "
        "Give a value from 1 up to 500 MVA."
    )
    assert faults(("OS-A", "rating_mva", 40_000.0, "MVA")) == [told]


def test_nothing_unused_is_a_fact_too():
    row = ("OS-A", "contracted_unused_mw", 0.0, "MW")
    assert faults(row) == []
    substations = apply_known(make_grid(), make_known(row)).substations
    assert substations["contracted_unused_known_mw"].tolist() == [0.0]


def test_the_latest_holds_whether_it_was_told_by_identifier_or_by_name():
    rows = [
        ("OS-A", "rating_mva", 40.0, "MVA", "2019-05-01"),
        ("Onderstation A", "rating_mva", 66.0, "MVA", "2024-05-01"),
    ]
    for told in (rows, rows[::-1]):
        grid = apply_known(make_grid(), make_known(*told))
        assert grid.substations["rating_mva"].tolist() == [66.0]


def test_a_fact_of_which_nobody_says_who_established_it_is_a_fault():
    known = make_known(("S1", "rating_kva", 630.0, "kVA")).assign(source=" ")
    (issue,) = check_known(known, make_grid(), SITES)
    assert str(issue).startswith("known.source: 1 facts without a source (S1, rating_kva).")


def test_a_fact_cannot_be_of_tomorrow():
    known = make_known(
        ("S1", "rating_kva", 630.0, "kVA", "2024-06-02"),
        ("S2", "rating_kva", 630.0, "kVA", "2024-06-01"),
    )
    (issue,) = check_known_dates(known, dt.date(2024, 6, 1))
    assert "after today, 2024-06-01 (S1 on 2024-06-02)" in str(issue)
    assert check_known_dates(known, dt.date(2024, 6, 2)) == []


def test_all_faults_are_told_at_once():
    told = faults(("S9", "rating_kva", 0.0, "kVA"), ("S8", "rating_mva", 5.0, "kVA"))
    assert len(told) == 4


def test_no_known_facts_change_nothing():
    grid = apply_known(make_grid(), make_known())
    pd.testing.assert_frame_equal(grid.stations, make_grid().stations)
    pd.testing.assert_frame_equal(grid.cables, make_grid().cables)
