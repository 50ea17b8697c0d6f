from dataclasses import replace

import numpy as np
import pytest
from confirming import (
    LIMIT_KVA,
    LV1,
    LV2,
    connection,
    homes,
    linear_solver,
    make_years,
)

from stroomstad.errors import SolverFailed
from stroomstad.trust import rounds
from stroomstad.trust.rounds import confirm, limits_found


def sizes(answer):
    return [hung.size.tolist() for hung in answer.hung]


def test_a_promise_within_room_is_confirmed_whole_after_one_round():
    answer = confirm((homes(100, 150), connection(0, 50)), *make_years())
    assert sizes(answer) == [[100, 150], [0, 50]]
    assert answer.rounds == (1, 1)
    assert [year.pressed for year in answer.last] == [0, 0]
    assert all(hung.held_by == (None, None) for hung in answer.hung)


def test_no_promise_breaks_nothing_and_confirms_nothing():
    answer = confirm((), *make_years())
    assert answer.hung == ()
    assert [year.pressed for year in answer.last] == [0, 0]
    assert [year.link for year in answer.last] == [-1, -1]


def test_a_promise_a_fifth_above_room_is_cut_until_the_named_link_is_just_full():
    horizon, years = make_years()
    room = confirm((homes(0, 10_000, nodes=[LV1]),), horizon, years).hung[0].size[1]
    answer = confirm((homes(0, round(1.2 * room), nodes=[LV1]),), horizon, years)
    assert answer.first[1].pressed == 1
    assert answer.hung[0].size[1] == pytest.approx(room, rel=0.01)
    assert answer.hung[0].held_by[1].name == "S1"
    assert horizon.tree.link_ids[answer.last[1].link] == "S1"
    assert 0.99 <= answer.last[1].loading <= 1.00001
    assert answer.last[1].pressed == 0


def test_what_the_link_takes_is_what_ac_leaves_of_it():
    # 300 kVA less 40 kVA that is there, over 1.1 kVA per home by AC where the rule says 1.
    horizon, years = make_years(linear_solver(gain=1.1))
    answer = confirm((homes(0, 300, nodes=[LV1]),), horizon, years)
    assert answer.hung[0].size[1] == np.floor((300 - 44) / 1.1)


def test_homes_that_give_way_are_the_last_of_the_queue_and_others_stay():
    horizon, years = make_years(linear_solver(gain=1.1))
    first, last = homes(100, 100, nodes=[LV1]), homes(200, 200, nodes=[LV1], name="last")
    other = homes(50, 50, nodes=[LV2], name="other")
    answer = confirm((first, last, other), horizon, years)
    assert sizes(answer) == [[100, 100], [132, 132], [50, 50]]


def test_a_size_that_a_later_year_cannot_keep_is_not_confirmed_before_it():
    horizon, years = make_years(linear_solver(gain=1.1), growth=(1.0, 2.0))
    answer = confirm((homes(230, 230, nodes=[LV1]),), horizon, years)
    assert answer.hung[0].size.tolist() == [np.floor((300 - 88) / 1.1)] * 2
    alone = confirm((homes(0, 230, nodes=[LV1]),), horizon, years)
    assert alone.hung[0].size[1] == answer.hung[0].size[1]


def test_a_voltage_that_binds_cuts_the_promise_and_is_named_with_its_node():
    horizon, years = make_years(linear_solver(drop_pu_per_kw=0.10 / 500.0))
    answer = confirm((homes(0, 140, nodes=[LV2]),), horizon, years)
    assert 0 < answer.hung[0].size[1] < 140
    link = horizon.tree.link_ids.tolist().index(answer.hung[0].held_by[1].name)
    limit, size = answer.capped_for[1, link], horizon.tree.parent.size
    assert horizon.tree.node_ids[limit - size] == "S2-mv"
    least_pu = years[1].voltage_limit_pu[limit - size]
    assert least_pu - 1e-5 <= answer.last[1].voltage_pu <= least_pu + 0.001
    assert answer.last[1].pressed == 0


def test_a_busbar_whose_street_is_out_of_bounds_already_takes_no_home():
    horizon, years = make_years(linear_solver(drop_pu_per_kw=0.0012))
    answer = confirm((homes(0, 10, nodes=[LV2]),), horizon, years)
    assert sizes(answer) == [[0, 0]]


def test_homes_keep_their_level_factor_and_connections_do_not():
    half = np.full(9, 0.5)
    horizon, years = make_years(linear_solver(gain=1.1), level_factor_unit=half)
    of_homes = confirm((homes(0, 500, nodes=[LV1]),), horizon, years).hung[0].size[1]
    # By AC a home is 1.1 kVA at its station, of which its level takes off half of 1 kVA.
    assert of_homes == np.floor((300 - 44) / 0.6)
    of_power = confirm((connection(0, 500, nodes=[LV1]),), horizon, years).hung[0].size[1]
    assert of_power == np.floor((300 - 44) / 1.1)


def test_power_that_has_no_solution_shrinks_until_it_has():
    limits = np.tile(LIMIT_KVA * 10, (2, 1))
    horizon, years = make_years(linear_solver(collapse_kw=500.0), limit_kva=limits)
    answer = confirm((homes(0, 2000),), horizon, years)
    assert 0 < answer.hung[0].size[1] <= 420
    assert answer.last[1].pressed == 0


def test_a_year_without_solution_is_told():
    horizon, years = make_years(linear_solver())
    years[1] = replace(years[1], solve=linear_solver(collapse_kw=50.0))
    with pytest.raises(SolverFailed, match=r"2028 have no .* node S1-a draws most, 20 kW"):
        confirm((homes(0, 10),), horizon, years)


def test_a_link_that_is_over_its_limit_already_takes_nothing():
    limits = np.tile(LIMIT_KVA, (2, 1))
    limits[:, LV1] = 30.0
    horizon, years = make_years(linear_solver(), limit_kva=limits)
    answer = confirm((homes(0, 100),), horizon, years)
    assert answer.hung[0].placed[answer.hung[0].branch.nodes == LV1, 1].sum() == 0
    assert answer.hung[0].size[1] == 100


def test_the_whole_of_every_promise_is_put_to_the_test_first():
    horizon, years = make_years(linear_solver(gain=0.9))
    # The rule has room for 260 homes; by AC it is 293.
    answer = confirm((homes(0, 280, nodes=[LV1]),), horizon, years)
    assert sizes(answer) == [[0, 280]]


def test_where_the_rounds_do_not_suffice_promises_are_lowered_until_all_holds(monkeypatch):
    monkeypatch.setattr(rounds, "ROUNDS_MOST", 1)
    horizon, years = make_years(linear_solver(gain=1.1))
    promises = homes(100, 100, nodes=[LV1]), homes(200, 200, nodes=[LV1], name="last")
    answer = confirm(promises, horizon, years)
    assert [year.pressed for year in answer.last] == [0, 0]
    assert answer.hung[0].size.tolist() == [100, 100]
    # By AC 232 homes fit; 99 % of that is kept, in whole homes.
    assert 129 <= answer.hung[1].size[1] <= 132
    assert answer.hung[1].held_by[1].name == "S1"


def test_limits_found_are_those_with_which_the_rule_says_what_ac_says():
    horizon, years = make_years(linear_solver(gain=1.1))
    limit_kva = limits_found((homes(0, 300, nodes=[LV1]),), horizon, years)
    assert limit_kva[1, LV1] == pytest.approx(44 + (300 - 44) / 1.1, rel=1e-4)
    untouched = np.delete(limit_kva[1], [0, 1, LV1])
    assert untouched == pytest.approx(np.delete(horizon.limit_kva[1], [0, 1, LV1]))


def test_what_hangs_on_a_node_that_does_not_stand_is_refused():
    with pytest.raises(ValueError, match="do not stand"):
        rounds._rows_of(np.array([0, 1]), np.array([2]), 3)
