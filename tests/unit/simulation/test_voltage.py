"""Low voltage against the Netcode, worked out by hand."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny import make_grid, make_parameters

from stroomstad.simulation import count_voltage, voltage_norm, voltage_tally, week_norm
from stroomstad.simulation.voltage import VoltageBounds, voltage_bounds
from stroomstad.tables.results import VOLTAGE_NORM
from stroomstad.tables.schema import check

GRID = make_grid()
LOW = (GRID.nodes["voltage_v"] < 1000.0).to_numpy()
FIRST = int(np.flatnonzero(LOW)[0])
BOUNDS = VoltageBounds(low_pu=0.9, high_pu=1.1, floor_pu=0.85, share=0.95)
WEEK = 672


def voltages(quarters=WEEK, **at_first):
    """All at nominal but the first node, whose quarters from the first on are as told."""
    found = np.ones((len(GRID.nodes), quarters), dtype=np.float32)
    start = 0
    for value, count in at_first.values():
        found[FIRST, start : start + count] = value
        start += count
    return found


def first_of(voltage_pu):
    norm = week_norm(GRID, voltage_pu, make_parameters(), "winter")
    assert check(norm, VOLTAGE_NORM) == []
    assert norm["holds"].iloc[1:].all()
    return norm.iloc[0]


def test_a_quarter_without_a_solution_counts_as_outside():
    row = first_of(voltages(outside=(np.nan, 34)))
    assert row["share_within"] == pytest.approx(1 - 34 / WEEK)
    assert not row["holds"]
    assert (row["voltage_min_pu"], row["voltage_max_pu"]) == (1.0, 1.0)


def test_the_bounds_are_those_of_the_netcode():
    assert voltage_bounds(make_parameters()) == BOUNDS


def test_only_low_voltage_is_held_against_it():
    norm = week_norm(GRID, voltages(), make_parameters(), "summer")
    assert norm["node_id"].tolist() == GRID.nodes.loc[LOW, "node_id"].tolist()
    assert norm["holds"].all()
    assert set(norm["period"]) == {"summer"}


@pytest.mark.parametrize(("quarters", "holds"), [(33, True), (34, False)])
def test_a_twentieth_of_the_week_may_lie_ten_to_fifteen_per_cent_low(quarters, holds):
    row = first_of(voltages(low=(0.87, quarters)))
    assert row["share_within"] == pytest.approx(1.0 - quarters / WEEK)
    assert (row["holds"], row["weeks_short"]) == (holds, 0 if holds else 1)


@pytest.mark.parametrize("wrong", [0.84, 1.11])
def test_one_quarter_beyond_the_outer_bounds_is_too_many(wrong):
    row = first_of(voltages(wrong=(wrong, 1)))
    assert not row["holds"]
    assert row["weeks_short"] == 0
    assert wrong in (pytest.approx(row["voltage_min_pu"]), pytest.approx(row["voltage_max_pu"]))


def test_each_week_has_its_own_share():
    voltage_pu = np.ones((len(GRID.nodes), 3 * WEEK), dtype=np.float32)
    voltage_pu[FIRST, WEEK - 20 : WEEK + 20] = 0.88  # twenty in each of two weeks
    assert first_of(voltage_pu)["holds"]
    voltage_pu[FIRST, 2 * WEEK : 2 * WEEK + 34] = 0.88
    row = first_of(voltage_pu)
    assert (row["holds"], row["weeks_short"]) == (False, 1)
    assert row["share_within"] == pytest.approx(1.0 - 34 / WEEK)


def test_the_last_days_of_a_year_are_judged_with_those_before_them():
    quarters = 365 * 96
    voltage_pu = voltages(quarters)
    voltage_pu[FIRST, -96:-62] = 0.88  # on the last day, which begins no whole week
    row = first_of(voltage_pu)
    assert (row["holds"], row["weeks_short"]) == (False, 1)
    assert row["share_within"] == pytest.approx(1.0 - 34 / WEEK)


@given(
    cuts=st.lists(st.integers(1, 2 * WEEK + 99), max_size=6),
    seed=st.integers(0, 99),
)
def test_any_split_of_the_quarters_gives_the_same(cuts, seed):
    quarters = 2 * WEEK + 100
    voltage_pu = np.random.default_rng(seed).normal(0.95, 0.03, (len(GRID.nodes), quarters))
    whole = week_norm(GRID, voltage_pu, make_parameters(), "year")
    tally = voltage_tally(GRID, BOUNDS, quarters)
    edges = [0, *sorted(set(cuts)), quarters]
    for start, stop in itertools.pairwise(edges):
        count_voltage(tally, start, voltage_pu[:, start:stop])
    assert voltage_norm(tally, GRID, "year").equals(whole)
