"""Thermal limits on the small city, and that everything which asks for a limit finds them."""

import numpy as np
import pytest
from heated import thermal_twin
from horizons import EAST, WEST, make_plan, make_twin, measure

from stroomstad.powerflow import link_limits
from stroomstad.run.limits import limit_facts, limit_tables, with_thermal_limits
from stroomstad.simulation import thermal
from stroomstad.simulation.thermal import lasting
from stroomstad.tables.grid import LINK_KINDS
from stroomstad.tables.parameters import CASES
from stroomstad.tables.results import LIMITS, TRANSFORMER_LIMITS
from stroomstad.tables.schema import check
from stroomstad.timeline.years import plan_years, year_limits

WAYS = pytest.mark.parametrize("direction", ["load", "feed_in"])


def of_kind(twin, kind):
    return twin.tree.link_kind == LINK_KINDS.index(kind)


def test_every_transformer_has_a_factor_in_both_directions():
    twin = thermal_twin()
    assert check(twin.heat, TRANSFORMER_LIMITS) == []
    assert len(twin.heat) == 2 * (len(twin.grid.stations) + len(twin.grid.substations))
    assert twin.heat["factor"].between(0.8, 1.5).all()


@WAYS
def test_the_limit_of_a_station_is_its_rating_times_its_factor(direction):
    twin = thermal_twin()
    factor = twin.heat[twin.heat["direction"] == direction].set_index("link_id")["factor"]
    limit_kva = dict(zip(twin.tree.link_ids, twin.states[direction]["mid"].limit_kva, strict=True))
    for name, rating_kva in twin.grid.stations[["station_id", "rating_kva"]].itertuples(
        index=False
    ):
        assert limit_kva[name] == pytest.approx(rating_kva * factor[name])


def test_cables_are_left_as_they_are():
    before, after = make_twin(), thermal_twin()
    for direction, by_case in before.states.items():
        for case, state in by_case.items():
            for kind in ("mv_cable", "lv_cable"):
                ours = of_kind(before, kind)
                found = after.states[direction][case].limit_kva[ours]
                np.testing.assert_array_equal(found, state.limit_kva[ours])


def test_the_cases_keep_their_order_and_no_station_passes_its_highest_load():
    twin = thermal_twin()
    low, mid, high = (twin.states["load"][case].limit_kva for case in CASES)
    assert (low <= mid + 1e-9).all()
    assert (mid <= high + 1e-9).all()
    ours = of_kind(twin, "station")
    names = twin.tree.link_ids[ours]
    rating_kva = twin.grid.stations.set_index("station_id").loc[names, "rating_kva_high"]
    most = twin.parameters["mid"].value("transformer_load_max")
    assert (high[ours] <= most * rating_kva.to_numpy() + 1e-6).all()


def test_a_class_gives_hardly_more_than_the_own_course_of_each_would(monkeypatch):
    twin = make_twin()
    few = thermal_twin().heat.set_index(["link_id", "direction"])["factor"]
    monkeypatch.setattr(thermal, "CLASSES", 10_000)
    own = with_thermal_limits(twin).heat.set_index(["link_id", "direction"])["factor"]
    assert (few <= own + 0.01).all()


def test_a_load_that_stays_lasts_longest():
    courses = np.ones((3, 192))
    courses[1, ::2], courses[2, 20:] = 0.5, 0.0
    found = lasting(courses)
    assert found[0] == pytest.approx(1.0)
    assert found[1] < found[2] <= 1.0


@WAYS
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("n1_relaxed", [False, True])
def test_limits_in_a_year_are_those_of_the_grid_that_a_plan_builds(direction, case, n1_relaxed):
    twin = thermal_twin(n1_relaxed)
    plan = make_plan(
        measure("larger_station", "S1", 2.0),
        measure("new_station", EAST, 1.0),
        measure("substation_transformer", "OS-A", 1.0),
        measure("mv_cable", WEST, 1.0),
    )
    years = plan_years(twin, plan, case, direction)
    expected = link_limits(years.grid, years.tree, twin.parameters[case], direction)
    assert year_limits(years, plan.last_year) == pytest.approx(expected)


def test_the_choice_is_told_in_facts_and_in_a_table():
    twin = thermal_twin(n1_relaxed=True)
    facts = limit_facts(twin)
    assert (facts["transformers"], facts["n1_relaxed"]) == ("thermal", True)
    assert facts["station"][1] == pytest.approx(twin.parameters["mid"].value("limit_station"))
    assert set(facts["factors"]) == {"station", "substation"}
    tables = limit_tables(twin)
    assert check(tables["limits"], LIMITS) == []
    assert set(tables) == {"limits", "transformer_limits"}
    assert set(limit_tables(make_twin())) == {"limits"}
