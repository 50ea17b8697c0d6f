from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from tiny import make_grid, make_parameters

from stroomstad.blocks import LoadBlocks
from stroomstad.loads import PeriodLoads
from stroomstad.simulation import downstream, node_factors, scaled
from stroomstad.tables.city import FEED_IN_COLUMNS, LOAD_COLUMNS
from stroomstad.tables.grid import radial_tree
from stroomstad.tables.profiles import TimeAxis

TREE = radial_tree(make_grid())
SHAPE = np.array([1.0, 2.0, 1.0])
FIRM_KW = np.array([0.0, 0, 0, 10, 20, 0, 0, 30, 40])  # peak of each node is twice this


def winter(sun_kw=0.0):
    load = np.zeros((9, len(LOAD_COLUMNS)))
    load[:, list(LOAD_COLUMNS).index("buildings_kwh")] = FIRM_KW
    feed_in = np.zeros((9, len(FEED_IN_COLUMNS)))
    feed_in[4, 0] = sun_kw
    return PeriodLoads(
        replace(TimeAxis.of_year(2023), quarters=3),
        LoadBlocks(csr_matrix(load), np.tile(SHAPE, (len(LOAD_COLUMNS), 1))),
        LoadBlocks(csr_matrix(feed_in), np.ones((len(FEED_IN_COLUMNS), 3))),
        SHAPE, np.zeros(3), 0.0, 0.0, np.zeros(3),
    )  # fmt: skip


def factors(measured_kw, sun_kw=0.0):
    measured_mw = np.full(9, np.nan)
    for link, value in measured_kw.items():
        measured_mw[link] = value / 1000.0
    return node_factors(winter(sun_kw), TREE, np.zeros(9), measured_mw, make_parameters())


def peaks_kw(factor):
    return (downstream(TREE, scaled(winter().load, factor).block(0, 3))).max(axis=1)


def test_without_measurements_nothing_changes():
    assert factors({}).tolist() == [1.0] * 9


def test_what_lies_behind_a_station_is_scaled_to_its_peak():
    factor = factors({2: 90.0})
    assert peaks_kw(factor)[2] == pytest.approx(90.0)
    assert factor[[3, 4]] == pytest.approx(1.5)
    assert factor[[7, 8]].tolist() == [1.0, 1.0]


def test_the_feeder_and_the_substation_above_feel_it():
    assert peaks_kw(factors({2: 90.0}))[[0, 1]] == pytest.approx(230.0)


def test_a_measured_substation_scales_what_is_not_measured_itself():
    factor = factors({2: 90.0, 0: 160.0})
    assert peaks_kw(factor)[[0, 2]] == pytest.approx([160.0, 90.0])
    assert factor[7] == pytest.approx(0.5)


def test_feed_in_behind_the_asset_is_left_as_it_is():
    factor = factors({2: 90.0}, sun_kw=30.0)
    assert peaks_kw(factor)[2] == pytest.approx(120.0)


def test_a_peak_below_what_is_settled_leaves_nothing_for_the_rest():
    assert factors({2: 90.0, 0: 50.0})[7] == 0.0
