from dataclasses import replace

import numpy as np
import pytest
from horizons import EAST, OUTLINE, WEST, make_plan, make_twin, measure

from stroomstad.errors import InvalidData
from stroomstad.timeline.harmless import harm_issues

TWIN = make_twin()
FIRST = "2026-01-01"


def issues(*rows, twin=TWIN, case="mid"):
    return harm_issues(twin, make_plan(*(row | {"in_service": FIRST} for row in rows)), case)


def limited(link, limit_kva, direction="load"):
    """The small city with another limit on one link."""
    states = {name: dict(cases) for name, cases in TWIN.states.items()}
    for case, state in states[direction].items():
        limits = state.limit_kva.copy()
        limits[TWIN.tree.link_ids == link] = limit_kva
        states[direction][case] = replace(state, limit_kva=limits)
    return replace(TWIN, states=states)


def test_relief_that_stays_below_every_limit_is_harmless():
    rows = [
        measure("neighbourhood_battery", WEST, 50),
        measure("generator", "OS-A", 100),
        measure("peak_shaving_contract", EAST, 20),
        measure("smart_charging", "city", 20),
        measure("energy_hub", EAST, limit_kw=50.0),
        measure("curtailed_solar", WEST, 50),
        measure("heat_net", WEST, 20),
    ]
    assert issues(*rows) == []


def test_a_battery_that_recharges_above_a_limit_is_told_with_asset_and_quarter():
    (issue,) = issues(measure("neighbourhood_battery", WEST, 500, kw_per_unit=1.0))
    assert issue.where == "measures.neighbourhood_battery-WK000101"
    assert "station S1" in issue.problem
    assert "load of" in issue.problem
    assert "its limit of 440 kVA" in issue.problem
    quarter = issue.problem.split(" at 2023-01-")[1][:9]
    assert quarter[3:5] in {"22", "23", "00", "01", "02", "03", "04"}


def test_relief_that_turns_the_flow_round_above_a_limit_is_told():
    (issue,) = issues(measure("peak_shaving_contract", EAST, 1500, kw_per_unit=1.0))
    assert "station K1" in issue.problem
    assert "feed-in of" in issue.problem


def test_what_a_limit_already_carries_too_much_of_may_be_relieved():
    twin = limited("S1", 150.0)
    assert issues(measure("insulation", WEST, 20), twin=twin) == []
    (issue,) = issues(measure("neighbourhood_battery", WEST, 200, kw_per_unit=1.0), twin=twin)
    assert "station S1" in issue.problem


def test_a_thousandth_above_the_limit_is_rounding():
    """The night of the west at 0.7 of its peak; a small battery recharges on top of that."""
    row = measure("neighbourhood_battery", WEST, 1, kw_per_unit=0.01)
    lowest = TWIN.states["load"]["mid"].base_kva[2].min()
    assert issues(row, twin=limited("S1", float(lowest))) == []


def test_curtailed_panels_are_held_in_the_summer():
    assert issues(measure("curtailed_solar", WEST, 100), twin=limited("S1", 1.0, "feed_in")) == []
    (issue,) = issues(
        measure("curtailed_solar", WEST, 3000), twin=limited("S1", np.inf, "feed_in")
    ) or [None]
    assert issue is None


def test_what_runs_as_homes_do_is_not_read_as_power_that_flows_back():
    assert issues(measure("grid_aware_new_build", WEST, 5000)) == []


@pytest.mark.parametrize("changes", [{"status": "candidate"}, {"status": "idea"}])
def test_only_measures_that_count_are_judged(changes):
    row = measure("neighbourhood_battery", WEST, 500, kw_per_unit=1.0, **changes)
    assert issues(row) == []


def test_a_measure_that_is_not_in_service_harms_nothing():
    row = measure("neighbourhood_battery", WEST, 500, in_service="2029-01-01")
    assert harm_issues(TWIN, make_plan(row), "mid") == []


def test_more_capacity_makes_the_same_relief_harmless():
    battery = measure("neighbourhood_battery", WEST, 500, kw_per_unit=1.0)
    larger = measure("larger_station", WEST, 1, kw_per_unit=1000.0)
    assert issues(battery, larger) == []


def test_demand_and_cables_are_not_judged():
    assert issues(measure("homes", WEST, 1000), measure("lv_cable", WEST)) == []


def test_each_measure_is_judged_in_the_plan_with_the_others():
    rows = [
        measure("neighbourhood_battery", WEST, 250, kw_per_unit=1.0, measure_id=name)
        for name in ("one", "two")
    ]
    assert issues(rows[0]) == []
    assert [issue.where for issue in issues(*rows)] == ["measures.one", "measures.two"]


def test_what_stands_nowhere_yet_is_left_out():
    rows = measure("neighbourhood_battery", OUTLINE, 10), measure("new_station", OUTLINE)
    late = rows[1] | {"in_service": "2028-01-01", "in_service_late": "", "in_service_early": ""}
    assert harm_issues(TWIN, make_plan(rows[0] | {"in_service": FIRST}, late), "mid") == []


def test_a_place_that_is_not_there_is_told():
    with pytest.raises(InvalidData):
        issues(measure("neighbourhood_battery", "Nergens"))
