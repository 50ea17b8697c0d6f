import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from horizons import (
    EAST,
    NORTH,
    OUTLINE,
    WEST,
    built_horizon,
    make_catalogue,
    make_plan,
    make_twin,
    measure,
)

from stroomstad.errors import InvalidData, MissingParameter
from stroomstad.measures.effects import plan_sites
from stroomstad.measures.plan_grid import grid_on
from stroomstad.timeline.horizons import (
    build_horizon,
    highest_quarters,
    loads_on,
    lowered_limits,
)
from stroomstad.timeline.years import plan_years, year_base

TWIN = make_twin()
STILL = replace(TWIN, catalogue=make_catalogue(growth=0.0, pumps=0.0, vehicles=0.0, solar=0.0))


BARE = built_horizon()


def link(horizon, name):
    return int(np.flatnonzero(horizon.tree.link_ids == name)[0])


def peak(horizon, name):
    return horizon.base_kva[:, link(horizon, name)].max(axis=1)


@pytest.mark.parametrize("direction", ["load", "feed_in"])
def test_an_empty_plan_in_an_outlook_that_stands_still_changes_nothing(direction):
    horizon = build_horizon(STILL, make_plan(), "mid", direction)
    state = TWIN.states[direction]["mid"]
    for year in range(3):
        assert (horizon.base_kva[year] == state.base_kva[:, horizon.quarters]).all()
        assert (horizon.limit_kva[year] == state.limit_kva).all()
    assert horizon.grid is STILL.grid


def test_existing_demand_grows_with_its_index():
    twin = replace(STILL, catalogue=make_catalogue(growth=0.02, pumps=0, vehicles=0, solar=0))
    before, after = build_horizon(STILL, make_plan()), build_horizon(twin, make_plan())
    at = link(after, "K1")
    assert peak(after, "K1")[0] == pytest.approx(1.06 * peak(before, "K1")[0], rel=0.01)
    assert (np.diff(after.base_kva[:, at].max(axis=1)) > 0).all()


def test_heat_pumps_add_their_power_in_the_highest_quarter_of_homes():
    twin = replace(STILL, catalogue=make_catalogue(growth=0, pumps=0.1, vehicles=0, solar=0))
    before, after = build_horizon(STILL, make_plan()), build_horizon(twin, make_plan())
    added = after.base_kva[0, link(after, "S1")] - before.base_kva[0, link(before, "S1")]
    homes = TWIN.behind.homes[3:5].sum()
    assert added.max() == pytest.approx(homes * 0.1 * 3 * 1.7 / 0.98, rel=1e-4)


def test_new_roofs_feed_in_and_leave_the_load_alone():
    twin = replace(STILL, catalogue=make_catalogue(growth=0, pumps=0, vehicles=0, solar=0.5))
    load = [build_horizon(each, make_plan()).base_kva for each in (STILL, twin)]
    assert (load[0] == load[1]).all()
    links, week = np.array([2]), np.arange(672)
    back = [plan_years(each, make_plan(), "mid", "feed_in") for each in (STILL, twin)]
    added = (year_base(back[1], 2026, links, week) - year_base(back[0], 2026, links, week)).max()
    roof_kw = TWIN.loads["mid"].summer.roof_kw.max()
    assert added == pytest.approx(TWIN.behind.homes[3:5].sum() * 1.5 * roof_kw, rel=1e-3)


def test_a_measure_counts_from_the_end_of_its_first_year():
    horizon = built_horizon(measure("homes", size=50, in_service="2027-12-31"))
    more = peak(horizon, "S1") - peak(BARE, "S1")
    assert more[0] == 0.0
    assert more[1:] == pytest.approx(50 * 2.2 / 0.98, rel=0.05)


def test_a_measure_stops_counting_after_its_last_day():
    rows = measure("homes", size=50, in_service="2026-01-01", until="2027-12-30")
    more = peak(built_horizon(rows), "S1") - peak(BARE, "S1")
    assert more[0] > 0
    assert more[1:].tolist() == [0.0, 0.0]


@pytest.mark.parametrize("changes", [{"in_service": "2029-01-01"}, {"status": "idea"}])
def test_a_measure_after_the_horizon_and_an_idea_change_nothing(changes):
    with_it, without = built_horizon(measure("homes", size=50, **changes)), BARE
    assert np.array_equal(with_it.quarters, without.quarters)
    assert (with_it.base_kva == without.base_kva).all()
    assert (with_it.limit_kva == without.limit_kva).all()
    assert (with_it.region_kw == without.region_kw).all()


def test_the_late_date_counts_in_the_case_with_least_room():
    row = measure(
        "new_station",
        in_service="2027-06-01",
        in_service_early="2026-06-01",
        in_service_late="2028-06-01",
    )
    years = {
        case: int((built_horizon(row, case=case).limit_kva[:, -1] > 0).sum())
        for case in ("low", "mid", "high")
    }
    assert years == {"low": 1, "mid": 2, "high": 3}


def test_what_is_built_has_no_limit_before_it_stands():
    horizon = built_horizon(measure("new_station", OUTLINE, 2))
    limit_kva = horizon.limit_kva[:, link(horizon, f"plan-new_station-{OUTLINE}")]
    assert limit_kva.tolist() == [0.0, pytest.approx(2 * 693), pytest.approx(2 * 693)]


def test_a_candidate_changes_nothing_but_offers_its_effect():
    row = measure("new_station", WEST, 0, size_max=3.0, status="candidate")
    horizon, without = built_horizon(row), BARE
    nodes = without.tree.parent.size
    assert (horizon.base_kva[:, nodes:] == 0).all()
    assert (horizon.limit_kva[:, :nodes] == without.limit_kva).all()
    (effect,) = horizon.candidates
    assert set(horizon.tree.link_ids[effect.links]) == {
        "plan-new_station-WK000101",
        "plan-new_station-WK000101-cable",
    }


def test_homes_may_hang_at_standing_and_at_new_stations():
    horizon = built_horizon(measure("new_station", WEST), measure("new_station", OUTLINE))
    names = {
        place: horizon.tree.node_ids[nodes].tolist() for place, nodes in horizon.busbars.items()
    }
    assert names == {
        WEST: ["S1-lv", "plan-new_station-WK000101-lv"],
        EAST: ["S2-lv"],
        NORTH: [f"plan-new_station-{OUTLINE}-lv"],
        OUTLINE: [f"plan-new_station-{OUTLINE}-lv"],
        "city": [
            "S1-lv",
            "S2-lv",
            f"plan-new_station-{OUTLINE}-lv",
            "plan-new_station-WK000101-lv",
        ],
    }


def test_large_connections_hang_at_stations_and_new_feeders():
    horizon = built_horizon(measure("mv_cable", WEST))
    assert horizon.tree.node_ids[horizon.feeders[WEST]].tolist() == [
        "S1-mv",
        "plan-mv_cable-WK000101",
    ]
    assert horizon.tree.node_ids[horizon.feeders[NORTH]].tolist() == ["OS-A"]
    assert set(horizon.roots.values()) == {0}


def test_an_outline_holds_what_is_built_inside_it():
    horizon = built_horizon(measure("new_station", "140400, 480800"), places=(OUTLINE,))
    assert horizon.tree.node_ids[horizon.busbars[OUTLINE]].tolist() == [
        "plan-new_station-140400, 480800-lv"
    ]


def test_the_region_leaves_what_the_outlook_says_and_measures_add():
    rows = (
        measure("regional_capacity", "city", 2),
        measure("generator", "OS-A", 100, kw_per_unit=1.0, in_service="2028-01-01"),
    )
    assert built_horizon(*rows).region_kw.tolist() == [500.0, 2500.0, pytest.approx(2550.0)]
    assert np.isinf(built_horizon(direction="feed_in").region_kw).all()


def test_a_hub_holds_its_members_at_their_shared_limit_every_year():
    row = measure("energy_hub", EAST, limit_kw=40.0, in_service="2026-01-01")
    before, after = BARE, built_horizon(row)
    kept = np.intersect1d(before.quarters, after.quarters)
    for year, index in enumerate((1.03, 1.04, 1.05)):
        drawn_kw = TWIN.loads["mid"].winter.load.block(0, 672)[10, after.quarters] * index
        relieved = np.maximum(drawn_kw - 40.0, 0.0) / 0.98
        at = link(after, "K1")
        same = np.isin(after.quarters, kept)
        difference = (
            before.base_kva[year, at][np.isin(before.quarters, kept)]
            - (after.base_kva[year, at][same])
        )
        assert difference == pytest.approx(relieved[same], abs=0.01)


def test_a_hub_that_may_be_chosen_has_a_course_of_its_own():
    row = measure("energy_hub", EAST, limit_kw=40.0, status="candidate")
    horizon = built_horizon(row)
    (effect,) = horizon.candidates
    assert effect.shape == "cap:energy_hub-WK000102"
    assert 0 < horizon.shapes[effect.shape].max() < 1
    back = built_horizon(row, direction="feed_in")
    assert not back.shapes[effect.shape].any()


def test_relief_in_the_window_leaves_the_summer_alone_and_curtailing_does_not():
    without = built_horizon(direction="feed_in")
    battery = built_horizon(measure("neighbourhood_battery", size=50), direction="feed_in")
    assert (battery.base_kva == without.base_kva).all()
    curtailed = built_horizon(measure("curtailed_solar", size=50), direction="feed_in")
    assert peak(curtailed, "S1")[1] < peak(without, "S1")[1]
    assert peak(built_horizon(measure("curtailed_solar", size=50)), "S1") == pytest.approx(
        peak(BARE, "S1")
    )


def test_every_place_and_asset_that_is_not_there_is_told():
    with pytest.raises(InvalidData) as told:
        built_horizon(measure("homes", "Nergens"), measure("lv_cable", NORTH), places=("0000XX",))
    assert len(told.value.issues) == 3


def test_a_year_outside_the_outlook_is_refused():
    with pytest.raises(MissingParameter, match="no single value for 2041"):
        build_horizon(TWIN, make_plan(last_year=2041))


@pytest.mark.parametrize("case", ["low", "mid", "high"])
def test_the_kept_quarters_tell_as_much_as_all(case):
    """What a link takes of a course beside a battery is the same in the kept quarters as in all."""
    rows = (
        measure("neighbourhood_battery", "city", size=60),
        measure("generator", "OS-A", 100, in_service="2028-01-01"),
    )
    horizon = built_horizon(*rows, case=case)
    every = all_quarters(horizon, *rows)
    upper = np.isin(horizon.tree.link_ids, ["OS-A", "M1", "M2", "M3", "S1", "S2", "K1"])
    for year in range(3):
        for shape in ("home", "office", "charging", "vehicle", "flat", "outside_window"):
            for relief in (0.0, 30.0):
                kept, full = (room_kva(h, year, shape, relief)[upper] for h in (horizon, every))
                assert kept == pytest.approx(full, rel=1e-5), (year, shape, relief)


def all_quarters(horizon, *rows):
    """The same horizon with every quarter of the week."""
    plan = make_plan(*rows)
    years = plan_years(TWIN, plan, horizon.case, "load")
    links, week = np.arange(years.tree.parent.size), np.arange(672)
    base = np.array([year_base(years, year, links, week) for year in plan.years])
    return replace(horizon, base_kva=base, quarters=week, shapes=years.shapes)


def room_kva(horizon, year, shape, relief):
    course = horizon.shapes[shape]
    base_kva = horizon.base_kva[year] - relief * horizon.shapes["window_recharge"]
    left_kva = horizon.limit_kva[year][:, None] - base_kva
    amount = np.where(course > 0, left_kva / np.where(course > 0, course, 1.0), np.inf)
    return np.maximum(amount.min(axis=1), 0.0)


def test_the_highest_quarters_are_those_of_the_upper_hull():
    base = np.array([[10.0, 8.0, 5.0, 7.9]])
    course = np.array([0.0, 0.5, 1.0, 0.45])
    assert highest_quarters(base, course).tolist() == [0, 1, 2]


def test_loads_for_the_solver_grow_with_the_outlook_and_with_measures():
    plan = make_plan(
        measure("homes", WEST, 50, kw_per_unit=2.0),
        measure("neighbourhood_battery", EAST, 10, kw_per_unit=1.0),
    )
    sites, _ = plan_sites(TWIN, plan)
    load, feed_in = loads_on(TWIN, plan, sites, TWIN.grid, 2027, "mid", "load")
    before = TWIN.loads["mid"].winter
    homes = power_of(load, 2) - 1.04 * power_of(before.load, 2)
    assert homes.max() == pytest.approx(100.0)
    assert (power_of(feed_in, 6) - power_of(before.feed_in, 6)).max() == pytest.approx(10.0)
    night = power_of(load, 6) - 1.04 * power_of(before.load, 6)
    assert night.max() == pytest.approx(10.0 * 25 / 35 / 0.88)
    assert min(load.block(0, 672).min(), feed_in.block(0, 672).min()) >= 0.0


def power_of(blocks, node):
    return blocks.block(0, 672)[node]


def test_the_solver_sees_the_kw_that_the_horizon_counts():
    rows = (
        measure("homes", WEST, 50),
        measure("energy_hub", "city", limit_kw=80.0),
        measure("firm_battery", EAST, 30),
        measure("connection", EAST, 60),
    )
    plan = make_plan(*rows)
    sites, _ = plan_sites(TWIN, plan)
    grid = grid_on(TWIN, plan, sites, dt.date(2028, 12, 31))
    load, feed_in = loads_on(TWIN, plan, sites, grid, 2028, "mid", "load")
    without = make_plan()
    before = loads_on(TWIN, without, {}, TWIN.grid, 2028, "mid", "load")
    net_kw = load.block(0, 672) - feed_in.block(0, 672)
    net_kw -= before[0].block(0, 672) - before[1].block(0, 672)
    counted = all_quarters(BARE, *rows).base_kva[2] - all_quarters(BARE).base_kva[2]
    for station, node in (("S1", 2), ("K1", 10)):
        at = link(BARE, station)
        assert counted[at] == pytest.approx(net_kw[node] / 0.98, abs=0.01)


def test_in_summer_the_solver_sees_new_roofs_and_what_is_curtailed():
    plan = make_plan(measure("curtailed_solar", WEST, 50), measure("homes", WEST, 50))
    sites, _ = plan_sites(TWIN, plan)
    load, feed_in = loads_on(TWIN, plan, sites, TWIN.grid, 2028, "mid", "feed_in")
    before = TWIN.loads["mid"].summer
    assert (power_of(load, 2) - power_of(before.load, 2)).max() == pytest.approx(50 * 0.24)
    street = feed_in.block(0, 672)[3:5].sum(axis=0) - before.feed_in.block(0, 672)[3:5].sum(axis=0)
    assert street.max() == pytest.approx(TWIN.behind.homes[3:5].sum() * 0.25 * before.roof_kw.max())


def test_the_middle_case_is_judged_in_the_outlook_that_the_plan_names():
    highest = {
        outlook: build_horizon(TWIN, replace(make_plan(), outlook=outlook)).base_kva[-1].max()
        for outlook in ("low", "mid", "high")
    }
    assert highest["low"] > highest["mid"] > highest["high"]


def test_the_corners_keep_the_outlook_of_their_own_side():
    kept = [
        build_horizon(TWIN, replace(make_plan(), outlook=outlook), "low").base_kva
        for outlook in ("low", "high")
    ]
    assert np.array_equal(*kept)


def test_relief_leaves_no_room_on_a_station_that_does_not_stand_yet():
    rows = (
        measure("mv_cable", size=1, measure_id="feeder", in_service="2028-01-01"),
        measure("new_station", size=2, measure_id="late", depends_on="feeder",
                in_service="2028-01-01"),
        measure("grid_aware_new_build", size=300, measure_id="aware", in_service="2026-01-01"),
    )  # fmt: skip
    horizon = built_horizon(*rows)
    late = horizon.tree.link_ids.tolist().index("plan-late")
    before, after = (horizon.years.index(year) for year in (2026, 2028))
    assert horizon.limit_kva[before, late] == 0
    assert horizon.base_kva[before, late].min() == 0
    assert horizon.base_kva[after, late].min() < 0


def test_what_ac_takes_off_a_limit_is_taken_off_whatever_is_built_there():
    rows = (
        measure("mv_cable", size=1, measure_id="feeder", status="candidate"),
        measure("new_station", size=2, measure_id="new", depends_on="feeder", status="candidate"),
    )
    horizon = built_horizon(*rows)
    built = [row | {"status": "planned", "in_service": "2026-01-01"} for row in rows]
    found = built_horizon(*built)
    new = found.tree.link_ids.tolist().index("plan-new")
    by_ac_kva = found.limit_kva.copy()
    by_ac_kva[:, 2] -= 30.0
    by_ac_kva[:, 3] += 30.0
    by_ac_kva[:, new] *= 0.9
    lower = lowered_limits(horizon, found, by_ac_kva)
    assert lower.limit_kva[:, 2] == pytest.approx(horizon.limit_kva[:, 2] - 30.0)
    others = np.delete(lower.limit_kva, 2, axis=1)
    assert others == pytest.approx(np.delete(horizon.limit_kva, 2, axis=1))
    before, after = (
        {link: kva for each in one.candidates
         for link, kva in zip(one.tree.link_ids[each.links], each.limit_kva, strict=True)}
        for one in (horizon, lower)
    )  # fmt: skip
    assert after.pop("plan-new") == pytest.approx(0.9 * before.pop("plan-new"))
    assert after == pytest.approx(before)
