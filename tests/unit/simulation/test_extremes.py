from dataclasses import replace

import numpy as np
import pytest
from tiny import make_city, make_parameters, make_shapes, make_types

from stroomstad.loads import build_loads, build_year
from stroomstad.simulation import downstream, extreme_quarters
from stroomstad.synthesis import build_grid
from stroomstad.tables.grid import LINK_KINDS, radial_tree
from stroomstad.units import QUARTERS_PER_WEEK

PARAMETERS = make_parameters()
CITY, SHAPES = make_city(), make_shapes()
GRID = build_grid(CITY, PARAMETERS, make_types()[0], seed=1)
TREE = radial_tree(GRID)
UPPER = TREE.link_kind != LINK_KINDS.index("lv_cable")


def net_kw(loads, sign):
    drawn = downstream(TREE, loads.load.weights.toarray()) @ loads.load.shapes
    fed_in = downstream(TREE, loads.feed_in.weights.toarray()) @ loads.feed_in.shapes
    return (sign * (drawn - fed_in))[UPPER]


@pytest.fixture(scope="module")
def year():
    return build_year(CITY, GRID, SHAPES, PARAMETERS)


@pytest.fixture(scope="module")
def weeks():
    return build_loads(CITY, GRID, SHAPES, PARAMETERS)


@pytest.mark.parametrize(("season", "sign"), [("winter", 1), ("summer", -1)])
def test_with_them_no_quarter_of_the_year_is_higher(year, weeks, season, sign):
    week = getattr(weeks, season)
    found = extreme_quarters(year, week, TREE, sign)
    assert found.size > 0
    assert found.size < QUARTERS_PER_WEEK
    apart = (found, found[:0]) if season == "winter" else (found[:0], found)
    more = getattr(build_loads(CITY, GRID, SHAPES, PARAMETERS, apart), season)
    highest = net_kw(more, sign).max(axis=1)
    of_year = net_kw(year, sign).max(axis=1)
    assert (highest >= of_year - 2e-3 * np.maximum(np.abs(of_year), 1.0)).all()
    assert (net_kw(week, sign).max(axis=1) < of_year * (1 - 1e-3)).any()


def test_a_week_that_holds_the_highest_quarters_asks_for_no_more(year):
    assert extreme_quarters(year, year, TREE, 1).size == 0


def test_quarters_apart_are_those_of_the_base_year(year, weeks):
    more = build_loads(CITY, GRID, SHAPES, PARAMETERS, (np.array([5]), np.array([7, 9]))).summer
    assert more.axis.quarters == QUARTERS_PER_WEEK + 2
    np.testing.assert_array_equal(more.load.shapes[:, -2:], year.load.shapes[:, [7, 9]])
    np.testing.assert_array_equal(more.roof_kw[-2:], year.roof_kw[[7, 9]])
    assert more.axis.times()[-1] == year.axis.times()[9]
    assert more.axis.stretch == weeks.summer.axis
    assert replace(more.axis, apart=(), quarters=QUARTERS_PER_WEEK) == weeks.summer.axis
