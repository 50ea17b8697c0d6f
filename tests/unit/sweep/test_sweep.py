"""A sweep from outside: what it refuses, how it fails, and who may share its work."""

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
from numba.core.caching import IndexDataCacheFile
from radial_nets import drawn_blocks, make_arrays
from scipy.sparse import csr_matrix

from stroomstad.blocks import LoadBlocks
from stroomstad.powerflow.swept import to_branches
from stroomstad.sweep import (
    NEVER,
    Drawn,
    SweepOptions,
    build_radial,
    build_sweep,
    sweep_steps,
    sweep_year,
    tell_steps,
    tell_year,
)
from stroomstad.sweep.kernel import SOURCES
from stroomstad.sweep.solve import solve_feeders

CABLES = [(0, 1, 0.03, 0.01, 0.0), (1, 2, 0.03, 0.01, 0.0), (0, 3, 0.03, 0.01, 0.0)]


def radial():
    arrays = make_arrays([400.0] * 4, CABLES)
    return build_radial(4, to_branches(arrays), arrays.source_node, arrays.source_voltage_pu)


def constant(power_kw, quarters=1):
    return LoadBlocks(csr_matrix(np.array(power_kw)[:, None]), np.ones((1, quarters)))


NOTHING = constant([0.0] * 4)


def test_one_cable_is_the_root_of_a_quadratic_equation():
    swept = sweep_steps(build_sweep(radial(), Drawn(constant([0, 0, 0, 10.0]), NOTHING)), 0, 1)
    # v² - (1 - 2 r p) v + (r² + x²) p² = 0 with r = 0.03/0.16, x = 0.01/0.16, p = 0.01
    r, x, p = 0.03 / 0.16, 0.01 / 0.16, 0.01
    half = 0.5 - r * p
    squared = half + np.sqrt(half**2 - (r**2 + x**2) * p**2)
    assert tell_steps(swept).voltage_pu[3, 0] == pytest.approx(np.sqrt(squared), abs=1e-9)
    assert tell_steps(swept).losses_kw[0] == pytest.approx(1e3 * r * p**2 / squared, rel=1e-6)


def test_a_quarter_that_cannot_be_carried_fails_alone_and_only_on_its_feeder():
    load = LoadBlocks(csr_matrix(np.eye(4)), np.array([[0] * 3, [1] * 3, [1, 900, 1], [5] * 3]))
    swept = sweep_steps(build_sweep(radial(), Drawn(load, constant([0.0] * 4, 3))), 0, 3)
    steps = tell_steps(swept)
    assert [part.tolist() for part in swept.failed] == [[0], [1]]
    assert steps.solved.tolist() == [True, False, True]
    assert np.isnan(steps.voltage_pu[2]).tolist() == [False, True, False]
    assert not np.isnan(steps.voltage_pu[3]).any()
    assert steps.voltage_pu[2, 0] == steps.voltage_pu[2, 2]


def test_a_year_leaves_out_what_failed():
    load = LoadBlocks(csr_matrix(np.eye(4)), np.array([[0] * 3, [1] * 3, [1, 900, 2], [5] * 3]))
    year = tell_year(sweep_year(build_sweep(radial(), Drawn(load, constant([0.0] * 4, 3)))))
    assert year.load_max_at[2] == 2
    assert year.worst_at[2].tolist() == [2, 0] + [NEVER] * 18
    assert year.solved.tolist() == [True, False, True]


def test_feed_in_runs_the_other_way():
    year = tell_year(sweep_year(build_sweep(radial(), Drawn(NOTHING, constant([0, 0, 4.0, 0])))))
    assert year.load_max_kva[1:3].tolist() == [0.0, 0.0]
    assert year.load_max_at[1:3].tolist() == [NEVER, NEVER]
    assert year.feed_in_max_kva[2] > 3.9
    assert year.feed_in_max_at[:3].tolist() == [0, 0, 0]
    assert year.voltage_max_pu[2] > 1.0


def test_load_at_the_source_itself_is_supplied():
    steps = tell_steps(
        sweep_steps(build_sweep(radial(), Drawn(constant([7.0, 0, 0, 0]), NOTHING, 0.5)), 0, 1)
    )
    assert steps.power_kw[0, 0] == pytest.approx(7.0)
    assert steps.apparent_kva[0, 0] == pytest.approx(7.0 * np.hypot(1, 0.5))


def test_a_source_alone_supplies_what_is_drawn_there():
    arrays = make_arrays([400.0], [], held_pu=1.01)
    alone = build_radial(1, to_branches(arrays), arrays.source_node, arrays.source_voltage_pu)
    sweep = build_sweep(alone, Drawn(constant([7.0]), constant([0.0])))
    assert tell_steps(sweep_steps(sweep, 0, 1)).power_kw.tolist() == [pytest.approx([7.0])]
    year = tell_year(sweep_year(sweep))
    assert year.load_max_kva.tolist() == pytest.approx([7.0])
    assert year.voltage_min_pu.tolist() == [1.01]
    assert not year.losses_kw.any()


def test_a_power_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="not a finite number"):
        build_sweep(radial(), Drawn(constant([0, np.nan, 0, 0]), NOTHING))


@pytest.mark.parametrize("load", [constant([1.0] * 3), constant([1.0] * 4, 2)])
def test_loads_of_another_grid_or_time_are_refused(load):
    with pytest.raises(ValueError, match="where the grid has 4 nodes"):
        build_sweep(radial(), Drawn(load, NOTHING))


POOLS = {
    "threads": lambda: ThreadPoolExecutor(2),
    "processes": lambda: ProcessPoolExecutor(2, mp_context=get_context("spawn")),
}


@pytest.mark.parametrize("kind", POOLS)
def test_workers_share_the_quarters_and_change_no_byte(kind):
    sweep = build_sweep(radial(), Drawn(*drawn_blocks(7, 4, quarters=100), 0.2))
    alone = tell_year(sweep_year(sweep, series_nodes=np.array([2])))
    told = []
    with POOLS[kind]() as executor:
        shared = tell_year(
            sweep_year(sweep, series_nodes=np.array([2]), pool=(executor, 3), progress=told.append)
        )
    for name in alone.__dataclass_fields__:
        assert getattr(alone, name).tobytes() == getattr(shared, name).tobytes(), name
    assert told == pytest.approx([1 / 3, 2 / 3, 1.0])


@pytest.mark.parametrize("portion_quarters", [16, 32, 672])
def test_of_equal_quarters_the_first_is_kept_whoever_had_it(portion_quarters):
    again = constant([1.0, 2.0, -3.0, 0.5], 100)
    sweep = build_sweep(radial(), Drawn(again, constant([0.0] * 4, 100)))
    options = SweepOptions(portion_quarters=portion_quarters)
    alone = tell_year(sweep_year(sweep, span=(5, 97)))
    with ThreadPoolExecutor(3) as executor:
        shared = tell_year(sweep_year(sweep, span=(5, 97), options=options, pool=(executor, 3)))
    assert set(shared.load_max_at) <= {5, -1}
    for name in alone.__dataclass_fields__:
        assert getattr(alone, name).tobytes() == getattr(shared, name).tobytes(), name


def test_what_was_compiled_of_other_sources_is_not_taken():
    sweep_year(build_sweep(radial(), Drawn(NOTHING, NOTHING)))
    kept = solve_feeders._cache._cache_file
    assert kept._source_stamp == SOURCES
    assert kept._load_index()
    other = IndexDataCacheFile(solve_feeders._cache.cache_path, kept._index_name[:-4], "other")
    assert other._load_index() == {}


def test_progress_is_told_after_every_portion():
    sweep = build_sweep(radial(), Drawn(*drawn_blocks(7, 4, quarters=100), 0.2))
    told = []
    sweep_year(sweep, options=SweepOptions(portion_quarters=33), progress=told.append)
    assert told == pytest.approx([0.48, 0.96, 1.0])


def test_a_tighter_tolerance_takes_the_answer_closer():
    sweep = build_sweep(radial(), Drawn(constant([0, 0, 400.0, 0]), NOTHING))
    voltage = [
        tell_steps(sweep_steps(sweep, 0, 1, options=SweepOptions(tolerance))).voltage_pu[2, 0]
        for tolerance in (1e-2, 1e-6, 1e-12)
    ]
    assert abs(voltage[1] - voltage[2]) <= 1e-6
    assert abs(voltage[1] - voltage[2]) < abs(voltage[0] - voltage[2]) <= 1e-2
