"""Laws of the city on a date: what folding measures over it may and may not change."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from desks import make_desk
from horizons import EAST, NORTH, OUTLINE, WEST, make_plan, make_twin, measure
from hypothesis import given, settings
from hypothesis import strategies as st

from stroomstad.powerflow import link_limits
from stroomstad.run import city_on
from stroomstad.tables.grid import radial_tree

TWIN = make_twin()
STANDING = TWIN.tree.parent.size
DAY = dt.date(2028, 7, 1)
WEEK = (0, 672)
LAWS = settings(max_examples=8, deadline=None)

# One measure in each place, so that no two of them touch the same asset.
HERE = st.builds(
    measure,
    st.sampled_from(("larger_station", "lv_cable", "chargers", "neighbourhood_battery", "homes",
                     "new_station")),
    st.just(WEST), st.integers(1, 5),
)  # fmt: skip
THERE = st.builds(
    measure,
    st.sampled_from(("larger_station", "lv_cable", "firm_battery", "connection", "curtailed_solar",
                     "new_station")),
    st.just(EAST), st.integers(1, 5),
)  # fmt: skip
ELSEWHERE = st.one_of(
    st.builds(measure, st.just("new_station"), st.sampled_from((NORTH, OUTLINE)),
              st.integers(1, 4)),
    st.builds(measure, st.just("mv_cable"), st.just(OUTLINE), st.integers(1, 3)),
    st.builds(measure, st.sampled_from(("substation_transformer", "generator")),
              st.just("OS-A"), st.integers(1, 3)),
)  # fmt: skip
APART = st.tuples(HERE, THERE, ELSEWHERE)


def day(*rows, on=DAY):
    return city_on(make_desk(), make_plan(*rows), on)


def flows(city):
    """Load less feed-in of the standing nodes in both weeks. [kW], shape (nodes, quarters)."""
    weeks = [
        city.drawn[each].block(*WEEK) - city.fed_in[each].block(*WEEK)
        for each in ("load", "feed_in")
    ]
    return np.hstack([week[:STANDING] for week in weeks])


def limits(city):
    grid_limits = link_limits(city.grid, radial_tree(city.grid), TWIN.parameters["mid"])
    return grid_limits[:STANDING]


@given(rows=APART, order=st.permutations(range(3)))
@LAWS
def test_measures_in_different_places_fold_to_the_same_day_in_any_order(rows, order):
    """Names decide who is built first, so each order gets names that follow it."""
    named = {at: f"{rank}-{rows[at]['kind']}" for rank, at in enumerate(order)}
    one = day(*rows)
    other = day(*(rows[at] | {"measure_id": named[at]} for at in order))
    sizes = {rows[at]["measure_id"]: other.sizes[name] for at, name in named.items()}
    assert one.sizes == sizes
    assert limits(one) == pytest.approx(limits(other))
    assert flows(one) == pytest.approx(flows(other))
    for name in ("stations", "substations", "cables"):
        rated = [getattr(each.grid, name).select_dtypes("number") for each in (one, other)]
        assert len(rated[0]) == len(rated[1])
        assert rated[0].sum().to_numpy() == pytest.approx(rated[1].sum().to_numpy(), nan_ok=True)


@given(rows=APART)
@LAWS
def test_what_measures_in_different_places_do_adds_up(rows):
    bare, together = day(), day(*rows)
    alone = [day(row) for row in rows]
    for told in (flows, limits):
        expected = told(bare) + sum(told(each) - told(bare) for each in alone)
        assert told(together) == pytest.approx(expected, abs=1e-6)


@given(on=st.dates(dt.date(2024, 1, 1), dt.date(2040, 12, 31)))
@LAWS
def test_an_empty_plan_leaves_the_grid_as_it_is(on):
    city = day(on=on)
    assert city.grid is TWIN.grid
    assert city.sizes == {}


def test_an_empty_plan_in_the_base_year_is_the_city_itself():
    city, loads = day(on=dt.date(TWIN.city.base_year, 12, 31)), TWIN.loads["mid"]
    for each, week in (("load", loads.winter), ("feed_in", loads.summer)):
        assert city.drawn[each].block(*WEEK) == pytest.approx(week.load.block(*WEEK))
        assert city.fed_in[each].block(*WEEK) == pytest.approx(week.feed_in.block(*WEEK))


@given(rows=APART, on=st.dates(dt.date(2026, 1, 1), dt.date(2028, 12, 31)))
@LAWS
def test_a_measure_stands_from_its_first_day_to_its_last(rows, on):
    spans = [("2026-03-01", "2026-09-30"), ("2027-05-17", ""), ("2028-02-29", "2028-02-29")]
    dated = [
        row | {"in_service": first, "until": last}
        for row, (first, last) in zip(rows, spans, strict=True)
    ]
    expected = {
        row["measure_id"]: row["size"]
        for row in dated
        if row["in_service"] <= on.isoformat() <= (row["until"] or "9999")
    }
    city = day(*dated, on=on)
    assert city.sizes == expected
    if not expected:
        pd.testing.assert_frame_equal(city.grid.cables, TWIN.grid.cables)
