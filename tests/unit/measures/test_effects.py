import numpy as np
import pytest
from horizons import EAST, NORTH, OUTLINE, WEST, make_plan, make_twin, measure

from stroomstad.measures.effects import (
    behind_links,
    hub_course,
    hub_drawn_kw,
    hub_peak_kw,
    plan_sites,
    unit_effects,
)
from stroomstad.measures.plan_grid import grid_ever
from stroomstad.tables.grid import radial_tree

TWIN = make_twin()
KINDS = TWIN.catalogue.kinds.set_index("kind")


def effects(*rows, case="mid"):
    plan = make_plan(*rows)
    sites, issues = plan_sites(TWIN, plan)
    assert issues == []
    grid = grid_ever(TWIN, plan, sites)
    tree = radial_tree(grid)
    return unit_effects(TWIN, plan, sites, grid, tree, case), tree


def effect(kind, place=WEST, case="mid", **changes):
    (one,), tree = effects(measure(kind, place, **changes), case=case)
    return one, tree


def at(one, tree):
    return dict(zip(tree.node_ids[one.nodes], one.kw.tolist(), strict=True))


def raised(one, tree):
    return dict(zip(tree.link_ids[one.links], one.limit_kva.tolist(), strict=True))


def test_demand_draws_and_relief_takes_away():
    assert at(*effect("homes")) == {"S1-lv": KINDS.loc["homes", "kw"]}
    assert at(*effect("insulation")) == {"S1-lv": -KINDS.loc["insulation", "kw"]}


def test_the_case_with_least_room_draws_most_and_takes_away_least():
    assert at(*effect("homes", case="low")) == {"S1-lv": KINDS.loc["homes", "kw_high"]}
    assert at(*effect("homes", case="high")) == {"S1-lv": KINDS.loc["homes", "kw_low"]}
    assert at(*effect("insulation", case="low")) == {"S1-lv": -KINDS.loc["insulation", "kw_low"]}
    assert at(*effect("insulation", case="high")) == {"S1-lv": -KINDS.loc["insulation", "kw_high"]}


def test_the_power_that_a_plan_states_wins_in_every_case():
    powers = [at(*effect("homes", case=case, kw_per_unit=1.3)) for case in ("low", "mid", "high")]
    assert powers == [{"S1-lv": 1.3}] * 3


def test_power_is_spread_over_stations_by_their_homes():
    assert at(*effect("homes", "city", kw_per_unit=16.0)) == {"S1-lv": 10.0, "S2-lv": 6.0}


def test_only_what_runs_as_homes_do_coincides_as_homes_do():
    assert effect("homes")[0].as_homes
    assert not effect("neighbourhood_battery")[0].as_homes


@pytest.mark.parametrize(
    ("kind", "place", "node"),
    [
        ("connection", WEST, "S1-mv"),
        ("neighbourhood_battery", WEST, "S1-lv"),
        ("neighbourhood_battery", "K1", "K1-lv"),
        ("firm_battery", EAST, "K1-lv"),
        ("generator", EAST, "OS-A"),
        ("homes", NORTH, "OS-A"),
    ],
)
def test_a_measure_acts_where_its_kind_says(kind, place, node):
    assert list(at(*effect(kind, place))) == [node]


def test_where_nothing_stands_a_measure_acts_on_what_the_plan_builds():
    rows = measure("homes", OUTLINE), measure("new_station", OUTLINE)
    (homes, _), tree = effects(*rows)
    assert list(at(homes, tree)) == [f"plan-new_station-{OUTLINE}-lv"]
    rows = measure("connection", OUTLINE), measure("mv_cable", OUTLINE)
    (firm, _), tree = effects(*rows)
    assert list(at(firm, tree)) == [f"plan-mv_cable-{OUTLINE}"]


def test_an_idea_has_no_effect_and_a_candidate_has():
    found, _ = effects(measure("homes", status="idea"), measure("homes", EAST, status="candidate"))
    assert [one.measure_id for one in found] == ["homes-WK000102"]


def test_panels_that_are_curtailed_count_as_power_drawn_from_the_sun():
    one, tree = effect("curtailed_solar")
    assert (one.shape, one.region_kw) == ("sun", 0.0)
    assert at(one, tree) == {"S1-lv": KINDS.loc["curtailed_solar", "kw"]}


def test_the_region_gives_all_that_it_is_enlarged_by():
    one, _ = effect("regional_capacity", "city")
    assert (one.nodes.size, one.region_kw) == (0, 1000.0)


def test_of_relief_the_region_leaves_a_share_to_homes():
    one, _ = effect("generator", "OS-A", kw_per_unit=100.0)
    assert one.region_kw == pytest.approx(100.0 * 0.5)


def test_a_right_frees_power_as_relief_does():
    one, tree = effect("time_block_right", EAST, kw_per_unit=2.0)
    assert at(one, tree) == {"K1-lv": -2.0}
    assert one.region_kw == pytest.approx(1.0)


def test_demand_takes_from_the_region_what_it_draws_when_the_city_draws_most():
    home, _ = effect("homes", kw_per_unit=1.0)
    root = TWIN.tree.parent < 0
    factor = TWIN.states["load"]["mid"].level_factor_unit[root][0]
    assert -factor <= home.region_kw < -0.5 * factor
    night, _ = effect("central_heat_pump", kw_per_unit=1.0)
    assert night.region_kw == 0.0


def test_a_new_station_raises_itself_and_its_cable():
    limits = raised(*effect("new_station"))
    assert limits == {
        "plan-new_station-WK000101": pytest.approx(630 * 1.1),
        "plan-new_station-WK000101-cable": pytest.approx(3**0.5 * 10 * 416 * 0.5),
    }


def test_a_cable_is_as_long_as_what_it_lies_beside():
    assert effect("mv_cable", "F1")[0].length_m == 800 + 800 + 200
    assert effect("lv_cable", WEST)[0].length_m == 170.0
    assert effect("mv_cable", "M2")[0].length_m == 800.0


def test_a_new_feeder_is_as_long_as_its_route():
    away_m = np.hypot(140300 - 139900, 480300 - 480300)
    assert effect("mv_cable", WEST)[0].length_m == pytest.approx(1.3 * away_m)


def test_the_second_transformer_of_a_substation_only_makes_it_firm():
    substations = TWIN.grid.substations.assign(transformers=1)
    twin = type(TWIN)(
        **{name: getattr(TWIN, name) for name in TWIN.__slots__}
        | {"grid": type(TWIN.grid)(
            TWIN.grid.nodes, TWIN.grid.cables, TWIN.grid.stations, substations,
            TWIN.grid.connections, TWIN.grid.counts,
        )}
    )  # fmt: skip
    plan = make_plan(measure("substation_transformer", "OS-A"))
    sites, _ = plan_sites(twin, plan)
    (one,) = unit_effects(twin, plan, sites, twin.grid, twin.tree, "mid")
    assert one.limit_kva.tolist() == [0.0]


def test_the_members_of_a_hub_draw_no_more_than_their_shared_limit():
    sites, _ = plan_sites(TWIN, make_plan(), ("city",))
    drawn_kw = hub_drawn_kw(TWIN, sites["city"], "mid")
    taken_kw = hub_course(drawn_kw, 100.0, 1.1) * hub_peak_kw(drawn_kw)
    assert (1.1 * drawn_kw - taken_kw).max() == pytest.approx(100.0)
    assert (taken_kw >= 0).all()


def test_a_hub_without_load_takes_nothing_away():
    assert hub_course(np.zeros(4), 10.0, 1.0).tolist() == [0.0] * 4


def test_the_load_behind_a_link_is_that_of_everything_behind_it():
    (one,), tree = effects(measure("homes", EAST, kw_per_unit=1.0))
    ones = np.ones(tree.parent.size)
    kva = behind_links((one,), tree, ones, 0.5 * ones)[:, 0]
    loaded = dict(zip(tree.link_ids, kva.tolist(), strict=True))
    assert {name: load for name, load in loaded.items() if load} == {
        "OS-A": 0.5, "M1": 0.5, "M2": 0.5, "S2": 0.5,
    }  # fmt: skip
