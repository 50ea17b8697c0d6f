from dataclasses import replace

import numpy as np
import pytest
from confirming import LV1, LV2, MV1, QUARTERS, connection, homes, linear_solver, make_years

from stroomstad.simulation import downstream
from stroomstad.trust.placing import added_kva, added_kw, behind, hang, lower


@pytest.fixture(scope="module")
def horizon():
    return make_years(linear_solver())[0]


def at(hung, node):
    """Size at one node at the end of each year."""
    return hung.placed[hung.branch.nodes == node].sum(axis=0).tolist()


def test_homes_are_spread_over_the_busbars_by_what_each_still_takes(horizon):
    (hung,) = hang((homes(0, 210),), horizon)
    # All 210 fit at one busbar and 160 at the other.
    assert (at(hung, LV1), at(hung, LV2)) == ([0, 119], [0, 91])


def test_homes_stay_where_they_are_in_later_years(horizon):
    (hung,) = hang((homes(37, 210),), horizon)
    assert (np.diff(hung.placed, axis=1) >= 0).all()
    assert hung.size.tolist() == [37, 210]


def test_a_promise_beyond_room_hangs_whole_until_anything_is_known(horizon):
    (hung,) = hang((homes(0, 840),), horizon)
    assert hung.size.tolist() == [0, 840]
    assert (at(hung, LV1), at(hung, LV2)) == ([0, 520], [0, 320])
    assert hung.held_by[1].name == "M1"


def test_a_promise_beyond_room_is_cut_to_room_once_it_is_known(horizon):
    (hung,) = hang((homes(0, 840),), horizon, kept={})
    # The cable takes 500 kVA, of which 80 are there.
    assert hung.size.tolist() == [0, 420]
    assert hung.held_by[0] is None
    assert hung.held_by[1].name == "M1"


def test_a_connection_hangs_on_one_node_and_is_cut_to_whole_kw(horizon):
    (hung,) = hang((connection(0.0, 700.5, nodes=[LV1, LV2]),), horizon, kept={})
    # The 40 kW that is there peaks in the same week: 300 kVA less 40 kVA.
    assert (at(hung, LV1), at(hung, LV2)) == ([0, 260], [0, 0])
    (whole,) = hang((connection(0.0, 200.5, nodes=[LV1]),), horizon, kept={})
    assert whole.size.tolist() == [0.0, 200.5]


def test_what_is_kept_stays_and_is_in_the_way_of_the_rest(horizon):
    first, second = homes(0, 200, nodes=[LV1]), homes(0, 200, nodes=[LV1])
    power = connection(0, 100, nodes=[MV1])
    hung = hang((first, second, power), horizon, kept={})
    again = hang((first, second, power), horizon, kept={1: hung[1], 2: hung[2]})
    assert [one.size[1] for one in hung] == [200, 60, 100]
    assert [one.size[1] for one in again] == [200, 60, 100]
    assert again[1] is hung[1]


def test_nothing_hangs_where_nothing_stands(horizon):
    (nowhere,) = hang((homes(5, 10, nodes=[]),), horizon)
    assert nowhere.size.tolist() == [0, 0]
    assert nowhere.held_by[1].name is None
    unbuilt = horizon.limit_kva.copy()
    unbuilt[:, LV1] = 0.0
    (unbuilt_yet,) = hang((homes(5, 10, nodes=[LV1]),), replace(horizon, limit_kva=unbuilt))
    assert unbuilt_yet.size.tolist() == [0, 0]
    assert unbuilt_yet.held_by[1].name == "S1"


def test_homes_hang_on_a_new_station_from_the_year_in_which_it_stands(horizon):
    limit_kva = horizon.limit_kva.copy()
    limit_kva[0, LV1] = 0.0
    (hung,) = hang((homes(100, 300),), replace(horizon, limit_kva=limit_kva), kept={})
    assert (at(hung, LV1), at(hung, LV2)) == ([0, 154], [100, 146])


def test_added_power_is_what_hangs_times_its_power_and_course(horizon):
    promises = homes(0, 210, kw=1.5), connection(0, 40, nodes=[LV1])
    nodes, power_kw = added_kw(hang(promises, horizon), promises, horizon, 1)
    assert nodes.tolist() == [LV1, LV2]
    hung = hang(promises, horizon)[0]
    expected = np.outer([at(hung, LV1)[1], at(hung, LV2)[1]], 1.5 * horizon.shapes["home"])
    expected[0] += 40.0
    assert power_kw == pytest.approx(expected)


def test_the_linear_rule_adds_up_what_hangs_behind_every_link(horizon):
    half = replace(horizon, level_factor_unit=np.full(9, 0.5), kva_per_kw=np.full(9, 1.25))
    promises = homes(0, 100), connection(0, 40, nodes=[LV1])
    hung = hang(promises, half)
    leveled_kva, station_kva = added_kva(hung, promises, half, 1)
    at_nodes = np.zeros((9, QUARTERS.size))
    nodes, power_kw = added_kw(hung, promises, half, 1)
    at_nodes[nodes] = power_kw
    assert station_kva == pytest.approx(1.25 * downstream(half.tree, at_nodes))
    of_homes = 1.25 * np.outer([100, 40 * 0], half.shapes["home"]).sum(axis=0)
    assert station_kva[0] - leveled_kva[0] == pytest.approx(0.5 * of_homes)


def test_what_is_behind_a_link_is_all_that_hangs_behind_it(horizon):
    (hung,) = hang((homes(0, 210),), horizon)
    assert behind(hung)[hung.branch.parent < 0, 1].sum() == 210


def test_phases_to_come_leave_early_stations_to_who_comes_early(horizon):
    limit_kva = horizon.limit_kva.copy()
    limit_kva[0, LV2] = 0.0
    promises = homes(50, 200, name="phased"), homes(200, 200, name="early")
    hung = hang(promises, replace(horizon, limit_kva=limit_kva))
    assert [one.size.tolist() for one in hung] == [[50, 200], [200, 200]]
    assert all(one.held_by == (None, None) for one in hung)
    # One after the other, "phased" would have taken half of its last 150 homes on LV1.
    assert (at(hung[0], LV1), at(hung[0], LV2)) == ([50, 59], [0, 141])


def test_a_connection_does_not_hang_on_a_station_before_it_stands(horizon):
    limit_kva = horizon.limit_kva.copy()
    limit_kva[0, LV1] = 0.0
    (hung,) = hang((connection(90, 90, nodes=[LV1]),), replace(horizon, limit_kva=limit_kva))
    assert hung.size.tolist() == [0, 90]


def test_what_is_lowered_is_the_last_of_the_queue_and_nothing_moves(horizon):
    limit_kva = horizon.limit_kva.copy()
    limit_kva[1, LV1] = 200.0
    promises = homes(100, 100, nodes=[LV1]), homes(0, 150, nodes=[LV1]), homes(0, 90, nodes=[LV2])
    hung = hang(promises, horizon)
    lowered = lower(
        promises, hung, replace(horizon, limit_kva=limit_kva), 1, np.array([LV1]), keep_unit=0.5
    )
    # 200 kVA less the 40 that are there leave 160, of which half is kept.
    assert [one.size.tolist() for one in lowered] == [[80, 80], [0, 0], [0, 90]]
    assert lowered[0].held_by[0].name == lowered[1].held_by[1].name == "S1"
    assert lowered[2] is hung[2]
