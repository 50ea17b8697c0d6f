import numpy as np
import pytest
from tiny import make_city, make_grid, make_parameters, make_types
from trees import LinearSolver, make_state, make_week

from stroomstad.capacity import (
    Limits,
    Question,
    area_rooms,
    build_capacities,
    build_limits,
    build_places,
    check_rooms,
)
from stroomstad.capacity.check import find_verdicts
from stroomstad.powerflow import build_network, link_limits, solve_steps
from stroomstad.tables.grid import radial_tree
from stroomstad.tables.parameters import CASES
from stroomstad.tables.results import ROOM, ROOM_EVIDENCE
from stroomstad.tables.schema import check

# OS-A, S1-mv, S1-lv, S1-a, S1-b, S2-mv, S2-lv, S2-a, S2-b.
LIMIT_KVA = np.array([900.0, 500.0, 300.0, 180.0, 180.0, 400.0, 200.0, 180.0, 180.0])


def checked(solve, direction="load", limit_kva=LIMIT_KVA, **state):
    """Rooms by the linear rule, rooms after the check, and the evidence."""
    grid, parameters = make_grid(), make_parameters()
    tree, week = make_week(grid, solve, direction)
    links = make_state(week, limit_kva, **state)
    capacities = build_capacities(links, "mid", direction, week.flows.axis)
    places = build_places(grid, tree, make_city().areas)
    rooms = area_rooms(places, tree, capacities)
    limits = build_limits(week, links, grid, parameters)
    answer = check_rooms(rooms, places, Question(tree, limits, capacities), solve)
    whole = answer[0].assign(room_with_new_stations=0.0, new_stations_needed=0)
    assert check(whole, ROOM) == []
    assert check(answer[1], ROOM_EVIDENCE) == []
    return [table.set_index("area_code") for table in (rooms, *answer)]


def solver(**choices):
    return LinearSolver(radial_tree(make_grid()), **choices)


def test_a_room_that_holds_is_confirmed_and_left_as_it_was():
    linear, rooms, evidence = checked(solver())
    assert rooms["checked"].tolist() == ["confirmed", "confirmed"]
    assert rooms["room"].tolist() == linear["room"].tolist() == [260.0, 160.0]
    assert evidence["rounds"].tolist() == [1, 1]
    assert (evidence["used_at_answer"] <= 1.00001).all()
    assert (evidence["used_above"] > 1.0).all()
    assert evidence["holds"].all()


def test_a_room_that_is_too_large_is_lowered_until_the_named_limit_only_just_holds():
    linear, rooms, evidence = checked(solver(gain=1.1))
    assert rooms["checked"].tolist() == ["lowered", "lowered"]
    # (limit / 1.1 - 40 kW that is there) over 1 kW per home
    assert rooms["room"].tolist() == [232.0, 141.0]
    assert rooms["binding"].tolist() == ["S1", "S2"]
    assert evidence["factor"].tolist() == pytest.approx((rooms["room"] / linear["room"]).tolist())
    assert evidence["holds"].all()


def test_room_on_existing_cables_never_exceeds_the_room_that_was_checked():
    # Both cables of an area take 180 kVA more, together above what its station takes.
    linear, rooms, _ = checked(solver(gain=1.6))
    assert (linear["room_existing_cables"] > rooms["room"]).any()
    assert (rooms["room_existing_cables"] <= rooms["room"]).all()
    kept = linear["room_existing_cables"] <= rooms["room"]
    assert (rooms["room_existing_cables"] == linear["room_existing_cables"])[kept].all()


def test_a_room_that_is_too_small_is_raised():
    _, rooms, evidence = checked(solver(), kva_per_kw=1.25)
    assert rooms["checked"].tolist() == ["raised", "raised"]
    assert rooms["room"].tolist() == pytest.approx([260.0, 160.0], abs=1.0)
    assert evidence["holds"].all()


def test_old_and_new_load_keep_their_own_level_factor():
    linear, rooms, _ = checked(solver(gain=1.1), level_factor=0.5, level_factor_unit=2.0)
    # 300 kVA less 0.5 x 44 kVA of old load, over 2 x 1.1 kVA per home
    assert rooms.loc["WK000101", "room"] == 126.0
    assert linear.loc["WK000101", "room"] == 139.0


def test_voltage_is_named_with_its_node_where_it_binds_first():
    drop = 0.10 / 500.0
    _, rooms, evidence = checked(solver(drop_pu_per_kw=drop))
    assert rooms["binding_kind"].tolist() == ["voltage", "voltage"]
    assert rooms.loc["WK000102", "binding"].startswith("S2-")
    assert rooms["checked"].tolist() == ["lowered", "lowered"]
    assert (evidence["voltage_min_pu"] >= 0.9 - 1e-5).all()
    assert evidence["holds"].all()


def test_a_voltage_that_is_too_low_already_leaves_no_room_behind_its_own_station():
    _, rooms, evidence = checked(solver(drop_pu_per_kw=0.0012))
    assert rooms.loc["WK000102", "room"] == 0.0
    assert rooms.loc["WK000102", "binding_kind"] == "voltage"
    assert evidence["holds"].all()


def test_roofs_are_checked_against_the_highest_voltage():
    drop = 0.10 / 500.0
    _, rooms, evidence = checked(solver(drop_pu_per_kw=drop), direction="feed_in")
    assert (rooms["binding_kind"] == "voltage").all()
    assert (evidence["voltage_max_pu"] <= 1.1 + 1e-5).all()
    assert evidence["holds"].all()


def test_roofs_that_hold_are_confirmed():
    _, rooms, _ = checked(solver(), direction="feed_in")
    assert rooms["room"].tolist() == [260.0, 160.0]
    assert rooms["checked"].tolist() == ["confirmed", "confirmed"]


def test_where_the_power_flow_has_no_solution_the_room_shrinks_until_it_has():
    _, rooms, evidence = checked(solver(collapse_kw=200.0))
    assert (rooms["room"] <= 121.0).all()
    assert (rooms["room"] > 0.0).all()
    assert evidence["voltage_min_pu"].notna().all()


def test_a_full_link_is_confirmed_as_full():
    limit_kva = LIMIT_KVA.copy()
    limit_kva[1] = 70.0
    _, rooms, evidence = checked(solver(), limit_kva=limit_kva)
    assert rooms["room"].tolist() == [0.0, 0.0]
    assert rooms["binding"].tolist() == ["M1", "M1"]
    assert evidence["factor"].isna().all()
    assert evidence["holds"].all()


def test_a_limit_that_is_broken_elsewhere_already_does_not_count():
    limit_kva = LIMIT_KVA.copy()
    limit_kva[3] = 10.0
    _, rooms, evidence = checked(solver(), limit_kva=limit_kva)
    assert rooms["room"].tolist() == [260.0, 160.0]
    assert evidence["holds"].all()


def test_the_cases_that_are_not_solved_follow_the_one_that_is():
    grid, parameters, solve = make_grid(), make_parameters(), solver(gain=1.1)
    tree, week = make_week(grid, solve)
    places = build_places(grid, tree, make_city().areas)
    rooms, capacities = [], {}
    for case, share in zip(CASES, (0.95, 1.0, 1.5), strict=True):
        links = make_state(week, LIMIT_KVA * share)
        capacities[case] = build_capacities(links, case, "load", week.flows.axis)
        rooms.append(area_rooms(places, tree, capacities[case]))
    limits = build_limits(week, make_state(week, LIMIT_KVA), grid, parameters)
    table = type(rooms[0])(np.vstack(rooms), columns=rooms[0].columns).infer_objects()
    updated, _ = check_rooms(table, places, Question(tree, limits, capacities["mid"]), solve)
    wide = updated.pivot(index="area_code", columns="case", values="room")
    assert (wide["low"] <= wide["mid"]).all()
    assert (wide["mid"] <= wide["high"]).all()
    before = table.pivot(index="area_code", columns="case", values="room")
    assert (wide["high"] < before["high"]).all()


def test_the_real_power_flow_confirms_the_limit_it_names():
    grid, parameters = make_grid(), make_parameters()
    network = build_network(grid, make_types()[1], parameters)

    def solve(load, feed_in):
        return solve_steps(network, load, feed_in)

    tree, week = make_week(grid, solve)
    links = make_state(week, link_limits(grid, tree, parameters), kva_per_kw=1 / 0.98)
    capacities = build_capacities(links, "mid", "load", week.flows.axis)
    places = build_places(grid, tree, make_city().areas)
    rooms = area_rooms(places, tree, capacities)
    limits = build_limits(week, links, grid, parameters)
    updated, evidence = check_rooms(rooms, places, Question(tree, limits, capacities), solve)
    assert evidence["holds"].all()
    assert (updated["room"] > 100.0).all()
    # Losses of the transformer come on top of what the linear rule counts.
    assert (evidence["factor"] < 1.0).all()
    assert isinstance(limits, Limits)


def test_homes_far_out_give_way_first_where_voltage_binds():
    # Both areas as one, so that the check may choose between a near and a far station.
    grid, parameters, solve = make_grid(), make_parameters(), solver(drop_pu_per_kw=0.10 / 500.0)
    grid.stations["area_code"] = "WK000101"
    areas = make_city().areas.iloc[[0]]
    tree, week = make_week(grid, solve)
    links = make_state(week, LIMIT_KVA)
    capacities = build_capacities(links, "mid", "load", week.flows.axis)
    places = build_places(grid, tree, areas)
    rooms = area_rooms(places, tree, capacities)
    limits = build_limits(week, links, grid, parameters)
    question = Question(tree, limits, capacities)
    verdict = find_verdicts(places, question, solve)["WK000101"]
    placed = dict(zip(tree.node_ids[places[0].branch.nodes], verdict.placing.placed, strict=True))
    assert verdict.settled
    assert placed["S2-lv"] / placed["S1-lv"] < 0.5 * 160.0 / 260.0
    assert verdict.placing.homes < rooms["room"].iloc[0]
