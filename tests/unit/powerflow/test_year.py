"""The reduced year against the same stretch of time kept whole."""

import datetime as dt

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from tiny import make_grid, make_parameters, make_types

from stroomstad.blocks import LoadBlocks
from stroomstad.powerflow import PowerFlowOptions, build_network, solve_flows, solve_year
from stroomstad.powerflow.year import NEVER
from stroomstad.tables.profiles import TimeAxis

QUARTERS = 40
SMALL_CHUNKS = PowerFlowOptions(chunk_quarters=7)


def network():
    return build_network(make_grid(), make_types()[1], make_parameters())


def axis(quarters=QUARTERS):
    return TimeAxis(dt.datetime(2023, 1, 2, tzinfo=dt.UTC), quarters)


def blocks(scale, shape):
    weights = np.zeros((9, 1))
    weights[[3, 4, 7, 8], 0] = np.array([30.0, 40.0, 20.0, 50.0]) * scale
    return LoadBlocks(csr_matrix(weights), np.asarray(shape, dtype=np.float64)[None, :])


def demand():
    hours = np.arange(QUARTERS)
    return blocks(1.0, 1 + np.sin(hours / 5)), blocks(1.5, np.clip(np.sin(hours / 7), 0, None))


@pytest.fixture(scope="module")
def year():
    return solve_year(network(), *demand(), axis(), options=SMALL_CHUNKS)


@pytest.fixture(scope="module")
def whole():
    return solve_flows(network(), *demand(), axis())


def test_the_highest_load_and_its_quarter_are_those_of_the_whole(year, whole):
    load_kva = np.where(whole.power_kw >= 0, whole.apparent_kva, 0)
    assert year.load_max.value.tobytes() == load_kva.max(axis=1).tobytes()
    assert year.load_max.at.tolist() == load_kva.argmax(axis=1).tolist()


def test_the_highest_feed_in_and_its_quarter_are_those_of_the_whole(year, whole):
    feed_in_kva = np.where(whole.power_kw < 0, whole.apparent_kva, 0)
    assert year.feed_in_max.value.tobytes() == feed_in_kva.max(axis=1).tobytes()
    assert year.feed_in_max.at.tolist() == feed_in_kva.argmax(axis=1).tolist()


def test_the_extremes_of_the_voltage_are_those_of_the_whole(year, whole):
    assert year.voltage_min.value.tobytes() == whole.voltage_pu.min(axis=1).tobytes()
    assert year.voltage_min.at.tolist() == whole.voltage_pu.argmin(axis=1).tolist()
    assert year.voltage_max.value.tobytes() == whole.voltage_pu.max(axis=1).tobytes()
    assert year.voltage_max.at.tolist() == whole.voltage_pu.argmax(axis=1).tolist()


def test_the_portions_together_are_the_whole(whole):
    portions = []
    solve_year(
        network(),
        *demand(),
        axis(),
        lambda start, flows: portions.append((start, flows.apparent_kva)),
        options=SMALL_CHUNKS,
    )
    assert len(portions) > 1
    assert [start for start, _ in portions] == np.cumsum(
        [0, *(kva.shape[1] for _, kva in portions[:-1])]
    ).tolist()
    together_kva = np.concatenate([kva for _, kva in portions], axis=1)
    assert together_kva.tobytes() == whole.apparent_kva.tobytes()


def test_the_losses_add_up_to_energy(year, whole):
    assert year.losses_kwh == pytest.approx(whole.losses_kw.sum() / 4)
    assert year.mismatch_kw == pytest.approx(np.zeros(QUARTERS), abs=1e-4)


def test_a_link_without_feed_in_never_had_any():
    year = solve_year(network(), blocks(1.0, np.ones(3)), blocks(0.0, np.ones(3)), axis(3))
    assert year.feed_in_max.value.tolist() == [0.0] * 9
    assert year.feed_in_max.at.tolist() == [NEVER] * 9


def test_of_equal_quarters_the_first_is_told():
    year = solve_year(
        network(), blocks(1.0, np.ones(9)), blocks(0.0, np.ones(9)), axis(9), options=SMALL_CHUNKS
    )
    assert year.load_max.at.tolist() == [0] * 9


def test_a_quarter_that_cannot_be_carried_is_told_and_the_others_go_on():
    rising = np.linspace(0.5, 1.0, 12)
    shape = rising.copy()
    shape[9] = 100.0
    nothing = blocks(0.0, shape)
    year = solve_year(network(), blocks(1.0, shape), nothing, axis(12), options=SMALL_CHUNKS)
    plain = solve_year(network(), blocks(1.0, rising), nothing, axis(12), options=SMALL_CHUNKS)
    assert np.flatnonzero(~year.solved).tolist() == [9]
    assert np.flatnonzero(np.isnan(year.losses_kw)).tolist() == [9]
    for name in ("load_max", "feed_in_max", "voltage_min", "voltage_max"):
        one, two = getattr(year, name), getattr(plain, name)
        assert one.value.tolist() == two.value.tolist()
        assert one.at.tolist() == two.at.tolist()
    assert year.losses_kwh == pytest.approx(plain.losses_kwh - plain.losses_kw[9] / 4)


def test_a_load_of_another_length_than_the_axis_is_refused():
    with pytest.raises(ValueError, match="40 quarters where the axis has 41"):
        solve_year(network(), *demand(), axis(41))
