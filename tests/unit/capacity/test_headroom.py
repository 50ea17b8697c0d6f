import numpy as np
import pytest

from stroomstad.capacity.headroom import (
    Branch,
    binding_links,
    branch_to,
    chain_room,
    link_capacity,
    raised,
    regional_curve,
    room,
    room_total,
    spread,
    whole,
)

# 0 is a root with two children, 1 and 2; 3 and 4 lie behind 1.
PARENT = np.array([-1, 0, 0, 1, 1])
ORDER = np.array([0, 1, 2, 3, 4])


def one_link(limit_kva, base_kva, unit_kw, kva_per_kw=1.0, factor=1.0):
    capacity, quarter = link_capacity(
        np.array([limit_kva]),
        np.array([base_kva], dtype=np.float32),
        np.array(unit_kw),
        np.array([kva_per_kw]),
        np.array([factor]),
    )
    return capacity[0], quarter[0]


def test_capacity_is_what_is_left_over_what_a_home_draws():
    assert one_link(100.0, [60.0], [2.0]) == (20.0, 0)


def test_the_quarter_with_the_fewest_homes_binds_not_the_one_with_the_highest_load():
    assert one_link(100.0, [80.0, 70.0], [1.0, 3.0]) == (10.0, 1)


def test_a_quarter_in_which_a_home_draws_nothing_does_not_bind():
    assert one_link(100.0, [200.0, 70.0], [0.0, 3.0]) == (10.0, 1)


def test_flow_the_other_way_leaves_more_room():
    assert one_link(100.0, [-20.0], [2.0])[0] == 60.0


def test_an_overloaded_link_keeps_its_shortage():
    assert one_link(100.0, [120.0], [2.0])[0] == -10.0


def test_level_factor_and_power_factor_make_a_home_heavier():
    assert one_link(100.0, [0.0], [1.0], kva_per_kw=1.25, factor=2.0)[0] == 40.0


def test_homes_that_never_draw_are_unbounded():
    assert one_link(100.0, [50.0], [0.0]) == (np.inf, -1)


def test_a_missing_load_is_told_and_not_taken_for_room():
    with pytest.raises(ValueError, match="1 links"):
        one_link(100.0, [np.nan], [1.0])


def test_portions_of_links_give_the_same_answer_as_all_at_once():
    rng = np.random.default_rng(3)
    base_kva = rng.uniform(0, 90, (7000, 672)).astype(np.float32)
    ones = np.ones(7000)
    capacity, quarter = link_capacity(100 * ones, base_kva, np.ones(672), ones, ones)
    assert np.array_equal(quarter, base_kva.argmax(axis=1))
    assert np.allclose(capacity, 100.0 - base_kva.max(axis=1))


def test_whole_homes_survive_the_rounding_of_single_precision():
    assert whole(np.array([2.9999999, 2.99, -0.5])).tolist() == [3.0, 2.0, 0.0]


def test_a_branch_holds_the_places_and_what_leads_to_them():
    branch = branch_to(PARENT, ORDER, np.array([3]))
    assert branch.nodes.tolist() == [0, 1, 3]
    assert branch.parent.tolist() == [-1, 0, 1]
    assert branch.site.tolist() == [False, False, True]


def test_a_shared_link_is_counted_once():
    branch = branch_to(PARENT, ORDER, np.array([3, 4]))
    through = room(branch, np.array([100.0, 50.0, 30.0, 40.0]))
    assert room_total(branch, through) == 50.0


def test_places_limited_by_their_own_links_add_up():
    branch = branch_to(PARENT, ORDER, np.array([2, 3, 4]))
    through = room(branch, np.array([100.0, 60.0, 5.0, 20.0, 30.0]))
    assert room_total(branch, through) == 55.0


def test_the_cut_is_the_links_that_hold_the_room_where_it_is():
    branch = branch_to(PARENT, ORDER, np.array([2, 3, 4]))
    capacity = np.array([100.0, 40.0, 5.0, 20.0, 30.0])
    cut = binding_links(branch, capacity, room(branch, capacity))
    assert branch.nodes[cut].tolist() == [1, 2]


def test_of_equal_links_the_one_nearest_the_root_binds():
    branch = branch_to(PARENT, ORDER, np.array([3]))
    capacity = np.array([9.0, 9.0, 9.0])
    assert binding_links(branch, capacity, room(branch, capacity)).tolist() == [0]


def test_nothing_binds_when_every_limit_is_taken_away():
    branch = branch_to(PARENT, ORDER, np.array([3]))
    capacity = raised(np.array([9.0, 9.0, 9.0]), np.array([0, 1, 2]))
    assert binding_links(branch, capacity, room(branch, capacity)).size == 0


def test_the_spread_follows_what_each_side_takes():
    branch = branch_to(PARENT, ORDER, np.array([3, 4]))
    through = room(branch, np.array([100.0, 40.0, 20.0, 60.0]))
    assert spread(branch, through).tolist() == [0.0, 0.0, 10.0, 30.0]


def test_a_place_on_the_way_to_another_takes_its_share():
    branch = Branch(np.array([0, 1]), np.array([-1, 0]), np.array([True, True]))
    placed = spread(branch, room(branch, np.array([30.0, 10.0])))
    assert placed.sum() == 30.0
    assert 0.0 < placed[1] <= 10.0


def test_a_station_alone_has_the_least_capacity_on_its_way():
    least, binding = chain_room(PARENT, ORDER, np.array([100.0, 40.0, 5.0, 20.0, 60.0]))
    assert least.tolist() == [100.0, 40.0, 5.0, 20.0, 40.0]
    assert binding.tolist() == [0, 1, 2, 3, 1]


def test_the_regional_curve_rises_with_power_until_the_city_is_full():
    homes = regional_curve(np.array([0.0, 1.0, 10.0]), city_room=4000.0, home_peak_kw=1.5)
    assert homes.tolist() == [0.0, 666.0, 4000.0]
