"""Substations that nobody named: as many as the load asks, in the middle of what they feed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scattered import make_points
from tiny import make_parameters

from stroomstad.synthesis.assumed import assume_sites, count_needed, middles
from stroomstad.synthesis.planning import planning_rules, with_planning
from stroomstad.tables.city import SUBSTATION_SITES
from stroomstad.tables.schema import check

PARAMETERS = make_parameters()
RULES = planning_rules(PARAMETERS)


def town(*rows):
    return with_planning(make_points(rows), RULES)


def firm(x_m, y_m, megawatts):
    kwh = megawatts * 1000 * RULES.firm_full_load_hours
    return {"x_m": x_m, "y_m": y_m, "industry_kwh": kwh}


@pytest.mark.parametrize(("megawatts", "count"), [(1, 1), (117, 1), (118, 2), (235, 2), (236, 3)])
def test_there_are_as_many_as_the_load_asks_with_a_transformer_out(megawatts, count):
    """Two of three transformers of 60 MVA at a power factor of 0.98 carry 117.6 MW."""
    points = town(*(firm(140_000 + 100 * i, 480_000, megawatts / 4) for i in range(4)))
    assert count_needed(points, PARAMETERS, RULES) == count
    sites = assume_sites(points, PARAMETERS, RULES)
    assert len(sites) == count
    assert check(sites, SUBSTATION_SITES) == []
    assert not sites["place_known"].any()
    assert sites["feeds_mv"].all()


def test_feed_in_counts_where_it_is_more_than_load():
    points = town(firm(140_000, 480_000, 1), {"x_m": 141_000, "y_m": 480_000, "solar_kwp": 4e5})
    assert count_needed(points, PARAMETERS, RULES) > 1


def test_each_stands_in_the_middle_of_the_load_nearest_to_it():
    west = [firm(140_000, 480_000, 30), firm(140_400, 480_000, 90)]
    east = [firm(150_000, 480_000, 60), firm(150_000, 480_200, 60)]
    sites = assume_sites(town(*west, *east), PARAMETERS, RULES)
    assert sites["substation_id"].tolist() == ["OS-A1", "OS-A2", "OS-A3"]
    two = middles(np.array([[0.0, 0.0], [400.0, 0.0], [9e3, 0.0], [9e3, 200.0]]),
                  np.array([30.0, 90.0, 60.0, 60.0]), 2)  # fmt: skip
    assert sorted(map(tuple, two.tolist())) == [(300.0, 0.0), (9000.0, 100.0)]


def test_a_city_without_any_load_still_has_one():
    sites = assume_sites(town({"x_m": 140_000, "y_m": 480_000}), PARAMETERS, RULES)
    assert sites[["x_m", "y_m"]].to_numpy().tolist() == [[140_000.0, 480_000.0]]


PLACES = st.lists(
    st.tuples(st.integers(0, 9999), st.integers(0, 9999), st.integers(1, 500)),
    min_size=4, max_size=30, unique_by=lambda row: row[:2],
)  # fmt: skip


@given(PLACES, st.integers(1, 4))
def test_middles_lie_among_the_places_and_none_could_move_nearer(places, count):
    rows = np.array(places, dtype=float)
    found = middles(rows[:, :2], rows[:, 2], count)
    assert found.shape == (count, 2)
    assert (found >= rows[:, :2].min(axis=0) - 1e-6).all()
    assert (found <= rows[:, :2].max(axis=0) + 1e-6).all()
    near = np.hypot(*(rows[:, None, :2] - found[None]).T).argmin(axis=0)
    for group in np.unique(near):
        mine = rows[near == group]
        middle = np.average(mine[:, :2], axis=0, weights=mine[:, 2])
        assert np.hypot(*(middle - found[group])) < 0.1


def test_the_order_of_points_does_not_matter():
    rows = [firm(140_000 + 700 * i, 480_000 + 300 * (i % 3), 30 + i) for i in range(12)]
    points = make_points(rows)
    ours, theirs = (
        assume_sites(with_planning(each, RULES), PARAMETERS, RULES)
        for each in (points, points.sample(frac=1.0, random_state=3))
    )
    assert len(ours) == 4
    assert ours.equals(theirs)
