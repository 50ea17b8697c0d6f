import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from horizons import EAST, NORTH, OUTLINE, WEST, make_plan, make_twin, measure

from stroomstad.measures.effects import plan_sites
from stroomstad.measures.plan_grid import feeder_joint, grid_ever, grid_on
from stroomstad.measures.standing import in_service
from stroomstad.powerflow import build_network, solve_flows
from stroomstad.tables.grid import CABLES, NODES, STATIONS, SUBSTATIONS, radial_tree
from stroomstad.tables.schema import check
from stroomstad.timeline.horizons import loads_on

TWIN = make_twin()
NEW_YEAR = dt.date(2028, 1, 1)


def built(*rows, on=NEW_YEAR, case="mid", candidates=False):
    plan = make_plan(*rows)
    sites, issues = plan_sites(TWIN, plan)
    assert issues == []
    return grid_on(TWIN, plan, sites, on, case, candidates=candidates)


def row(table, key, name):
    return table.set_index(key).loc[name]


def way_up(grid, node_id):
    tree = radial_tree(grid)
    at = int(np.flatnonzero(tree.node_ids == node_id)[0])
    names = []
    while at >= 0:
        names.append(str(tree.link_ids[at]))
        at = int(tree.parent[at])
    return names


def test_an_empty_plan_leaves_the_very_grid():
    assert built() is TWIN.grid


def test_a_measure_builds_nothing_before_its_day_and_after_its_last():
    one = measure("new_station", in_service="2027-06-01", until="2029-12-31")
    names = [
        "plan-" + one["measure_id"] in set(built(one, on=day).stations["station_id"])
        for day in (
            dt.date(2027, 5, 31),
            dt.date(2027, 6, 1),
            dt.date(2029, 12, 31),
            dt.date(2030, 1, 1),
        )
    ]
    assert names == [False, True, True, False]


@pytest.mark.parametrize(("case", "stands"), [("low", False), ("mid", False), ("high", True)])
def test_the_early_date_counts_where_there_is_most_room(case, stands):
    one = measure(
        "new_station",
        in_service="2028-06-01",
        in_service_early="2027-06-01",
        in_service_late="2030-06-01",
    )
    assert ("plan-new_station-WK000101" in set(built(one, case=case).stations["station_id"])) == (
        stands
    )


@pytest.mark.parametrize(
    ("status", "stands"),
    [
        ("idea", False),
        ("candidate", False),
        ("planned", True),
        ("decided", True),
        ("built", True),
    ],
)
def test_an_idea_and_a_candidate_do_not_count(status, stands):
    assert (built(measure("new_station", status=status)) is not TWIN.grid) == stands


def test_candidates_are_built_on_request():
    grid = built(measure("new_station", status="candidate"), candidates=True)
    assert "plan-new_station-WK000101" in set(grid.stations["station_id"])


def test_the_tables_keep_what_they_declare():
    grid = built(
        measure("new_station", OUTLINE, 2),
        measure("mv_cable", OUTLINE, 1),
        measure("larger_station", WEST, 1),
        measure("lv_cable", EAST, 1),
        measure("substation_transformer", "OS-A", 1),
    )
    declared = (NODES, grid.nodes), (CABLES, grid.cables), (STATIONS, grid.stations)
    assert [check(table, kind) for kind, table in (*declared, (SUBSTATIONS, grid.substations))] == [
        [],
        [],
        [],
        [],
    ]
    before, after = TWIN.grid.nodes, grid.nodes.iloc[: len(TWIN.grid.nodes)]
    pd.testing.assert_frame_equal(before, after)


def test_new_stations_are_one_with_the_rating_of_all():
    station = row(
        built(measure("new_station", size=3)).stations, "station_id", "plan-new_station-WK000101"
    )
    ratings = station[["rating_kva_low", "rating_kva", "rating_kva_high"]].tolist()
    assert ratings == [3 * 630.0] * 3
    assert (station["owner"], station["area_code"], station["homes"]) == ("public", WEST, 0)


def test_new_stations_hang_at_the_station_of_the_place():
    assert way_up(built(measure("new_station", size=2)), "plan-new_station-WK000101-lv") == [
        "plan-new_station-WK000101",
        "plan-new_station-WK000101-cable",
        "M1",
        "OS-A",
    ]


def test_new_stations_hang_where_the_way_has_most_left():
    """In the city M2 has less left than M1, so S1 and not S2 feeds the new one."""
    assert way_up(built(measure("new_station", "city")), "plan-new_station-city-lv")[2:] == [
        "M1",
        "OS-A",
    ]


def test_new_stations_hang_under_a_new_feeder_to_the_same_place():
    grid = built(measure("new_station", WEST), measure("mv_cable", WEST, 2))
    assert way_up(grid, "plan-new_station-WK000101-lv")[1:] == [
        "plan-new_station-WK000101-cable",
        "plan-mv_cable-WK000101",
        "OS-A",
    ]
    feeder = row(grid.cables, "cable_id", "plan-mv_cable-WK000101")
    assert (feeder["parallel"], feeder["rated_current_a"]) == (2, 2 * 416.0)


def test_new_stations_of_an_empty_place_have_a_cable_of_their_own():
    grid = built(measure("new_station", OUTLINE))
    assert way_up(grid, f"plan-new_station-{OUTLINE}-lv")[2:] == ["OS-A"]
    cable = row(grid.cables, "cable_id", f"plan-new_station-{OUTLINE}-cable")
    site = plan_sites(TWIN, make_plan(), (OUTLINE,))[0][OUTLINE]
    away_m = np.hypot(site.x_m - 139900.0, site.y_m - 480300.0)
    assert cable["length_m"] == pytest.approx(1.3 * away_m)


def test_a_new_station_waits_for_its_feeder():
    rows = (
        measure("new_station", in_service="2027-01-01"),
        measure("mv_cable", in_service="2029-01-01"),
    )
    assert built(*rows) is TWIN.grid
    assert "plan-new_station-WK000101" in set(
        built(*rows, on=dt.date(2029, 1, 1)).stations["station_id"]
    )


def test_a_new_station_ends_with_its_feeder():
    rows = measure("new_station"), measure("mv_cable", until="2027-12-31")
    assert len(built(*rows, on=dt.date(2027, 12, 31)).stations) == 4
    assert built(*rows) is TWIN.grid


def test_a_feeder_of_no_size_feeds_nothing():
    grid = built(measure("new_station"), measure("mv_cable", size=0))
    assert way_up(grid, "plan-new_station-WK000101-lv")[2:] == ["M1", "OS-A"]


def test_a_counted_station_does_not_hang_under_a_candidate():
    rows = measure("new_station"), measure("mv_cable", status="candidate")
    assert way_up(built(*rows), "plan-new_station-WK000101-lv")[2:] == ["M1", "OS-A"]
    rows = measure("new_station", status="candidate"), measure("mv_cable", status="candidate")
    grid = built(*rows, candidates=True)
    assert way_up(grid, "plan-new_station-WK000101-lv")[2] == "plan-mv_cable-WK000101"


def test_a_measure_waits_for_what_it_depends_on():
    rows = (
        measure("new_station", measure_id="a", depends_on="b"),
        measure("lv_cable", EAST, measure_id="b", depends_on="c"),
        measure("lv_cable", WEST, measure_id="c", in_service="2030-01-01"),
    )
    plan = make_plan(*rows)
    sites, _ = plan_sites(TWIN, plan)
    days = dt.date(2029, 12, 31), dt.date(2030, 1, 1)
    names = [[m.measure_id for m in in_service(plan, sites, day, "mid")] for day in days]
    assert names == [[], ["a", "b", "c"]]


def test_a_cable_beside_each_of_a_feeder():
    grid = built(measure("mv_cable", "F1", 2))
    before, after = (table.set_index("cable_id") for table in (TWIN.grid.cables, grid.cables))
    assert (after["parallel"] - before["parallel"]).to_dict() == {
        **dict.fromkeys(("M1", "M2", "M3"), 2),
        **dict.fromkeys(("L1", "L2", "L3", "L4"), 0),
    }
    assert after.loc["M1", "rated_current_a"] == 3 * before.loc["M1", "rated_current_a"]


def test_a_cable_beside_one_cable():
    grid = built(measure("mv_cable", "M2", 1))
    changed = grid.cables["parallel"] != TWIN.grid.cables["parallel"]
    assert grid.cables.loc[changed, "cable_id"].tolist() == ["M2"]


def test_low_voltage_cables_behind_the_stations_of_a_place_are_doubled():
    grid = built(measure("lv_cable", WEST, 1))
    changed = grid.cables["parallel"] != TWIN.grid.cables["parallel"]
    assert grid.cables.loc[changed, "cable_id"].tolist() == ["L1", "L2"]
    assert grid.cables.loc[changed, "rated_current_a"].tolist() == [540.0, 540.0]


def test_larger_stations_share_what_is_added():
    grid = built(measure("larger_station", "city", 2, kw_per_unit=300.0))
    more = grid.stations["rating_kva"] - TWIN.grid.stations["rating_kva"]
    assert more.tolist() == [300.0, 300.0, 0.0]


def test_a_larger_station_follows_the_band_of_its_kind():
    kind = TWIN.catalogue.kinds.set_index("kind").loc["larger_station"]
    grid = built(measure("larger_station", "S1", 1))
    for name, column in (
        ("kw_low", "rating_kva_low"),
        ("kw", "rating_kva"),
        ("kw_high", "rating_kva_high"),
    ):
        more = grid.stations[column].iloc[0] - TWIN.grid.stations[column].iloc[0]
        assert more == pytest.approx(kind[name])


def test_a_substation_gets_a_transformer():
    assert built(measure("substation_transformer", "OS-A", 2)).substations[
        "transformers"
    ].tolist() == [5]


def test_candidates_are_built_at_their_largest_for_the_horizon():
    plan = make_plan(measure("new_station", size=0.0, size_max=4.0, status="candidate"))
    grid = grid_ever(TWIN, plan, plan_sites(TWIN, plan)[0])
    rating = row(grid.stations, "station_id", "plan-new_station-WK000101")["rating_kva"]
    assert rating == 4 * TWIN.parameters["mid"].value("new_station_rating_kva")


def test_the_route_of_a_feeder_is_never_shorter_than_the_shortest_cable():
    site = replace(plan_sites(TWIN, make_plan(), (NORTH,))[0][NORTH], x_m=139900.0, y_m=480300.0)
    assert feeder_joint(TWIN, site).length_m == 10.0


def test_what_a_place_does_not_have_is_told_at_once():
    plan = make_plan(
        measure("larger_station", NORTH),
        measure("lv_cable", NORTH),
        measure("mv_cable", "L1"),
        measure("firm_battery", NORTH),
        measure("energy_hub", EAST),
        measure("homes", "Nergens"),
        measure("unknown kind", WEST),
    )
    _, issues = plan_sites(TWIN, plan)
    assert [issue.where for issue in issues] == [
        "place 'Nergens'",
        "measures.larger_station-WK000103",
        "measures.lv_cable-WK000103",
        "measures.mv_cable-L1",
        "measures.firm_battery-WK000103",
        "measures.energy_hub-WK000102",
    ]
    assert "limit_kw" in issues[-1].remedy


def test_the_grid_of_a_plan_solves():
    plan = make_plan(
        measure("new_station", OUTLINE, 2),
        measure("mv_cable", OUTLINE, 1),
        measure("new_station", WEST, 1),
        measure("homes", OUTLINE, 50),
        measure("neighbourhood_battery", EAST, 40),
        measure("energy_hub", EAST, 1, limit_kw=50.0),
    )
    sites, _ = plan_sites(TWIN, plan)
    grid = grid_on(TWIN, plan, sites, dt.date(2028, 12, 31))
    network = build_network(grid, TWIN.transformer_types, TWIN.parameters["mid"])
    load, feed_in = loads_on(TWIN, plan, sites, grid, 2028, "mid", "load")
    assert load.block(0, 672).min() >= 0
    assert feed_in.block(0, 672).min() >= 0
    flows = solve_flows(network, load, feed_in, TWIN.loads["mid"].winter.axis)
    new = int(np.flatnonzero(network.tree.link_ids == f"plan-new_station-{OUTLINE}")[0])
    assert flows.power_kw[new].max() == pytest.approx(50 * 2.2, rel=0.03)
