"""Laws of plans: what a fold of measures may and may not change."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from horizons import (
    EAST,
    OUTLINE,
    WEST,
    built_horizon,
    make_catalogue,
    make_plan,
    make_twin,
    measure,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from stroomstad.measures.effects import plan_sites, unit_effects
from stroomstad.measures.plan_grid import grid_on
from stroomstad.powerflow import link_limits
from stroomstad.tables.grid import radial_tree
from stroomstad.timeline.harmless import harm_issues
from stroomstad.timeline.horizons import build_horizon, loads_on
from stroomstad.timeline.years import plan_years, year_base

TWIN = make_twin()
BARE = built_horizon()
CASES = st.sampled_from(("low", "mid", "high"))
FAST = settings(max_examples=12, deadline=None)
SLOW = settings(max_examples=6, deadline=None)

GRID_MEASURES = st.lists(
    st.one_of(
        st.builds(measure, st.just("new_station"), st.sampled_from((WEST, EAST, OUTLINE)),
                  st.integers(1, 4)),
        st.builds(measure, st.just("mv_cable"),
                  st.sampled_from((WEST, OUTLINE, "F1", "M2", "S2")), st.integers(1, 3)),
        st.builds(measure, st.just("larger_station"), st.sampled_from((WEST, "city", "S2")),
                  st.integers(1, 4)),
        st.builds(measure, st.just("lv_cable"), st.sampled_from((WEST, EAST, "L3")),
                  st.integers(1, 2)),
        st.builds(measure, st.just("substation_transformer"), st.just("OS-A"),
                  st.integers(1, 3)),
    ),
    max_size=5,
    unique_by=lambda row: row["measure_id"],
)  # fmt: skip
POWER_MEASURES = st.lists(
    st.one_of(
        st.builds(measure, st.sampled_from(("homes", "chargers", "heat_pumps", "insulation")),
                  st.sampled_from((WEST, EAST)), st.integers(0, 40)),
        st.builds(measure, st.sampled_from(("neighbourhood_battery", "smart_charging",
                                            "curtailed_solar")),
                  st.sampled_from((WEST, EAST, "city")), st.integers(0, 40)),
        st.builds(measure, st.sampled_from(("firm_battery", "time_block_right", "connection")),
                  st.just(EAST), st.integers(0, 40)),
        st.builds(measure, st.just("generator"), st.just("OS-A"), st.integers(0, 200)),
    ),
    max_size=4,
    unique_by=lambda row: row["measure_id"],
)  # fmt: skip


def folded(rows, on=dt.date(2028, 12, 31), case="mid"):
    plan = make_plan(*rows)
    sites, issues = plan_sites(TWIN, plan)
    assert issues == []
    return plan, sites, grid_on(TWIN, plan, sites, on, case)


def same_grid(one, other):
    for name in ("nodes", "cables", "stations", "substations"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))


@given(rows=GRID_MEASURES, case=CASES)
@FAST
def test_limits_of_the_fold_are_those_of_the_city_plus_size_times_effect(rows, case):
    plan, sites, grid = folded(rows, case=case)
    tree = radial_tree(grid)
    parameters = TWIN.parameters[case]
    expected = np.zeros(tree.parent.size)
    expected[: TWIN.tree.parent.size] = link_limits(TWIN.grid, TWIN.tree, parameters)
    sizes = plan.measures.set_index("measure_id")["size"]
    for effect in unit_effects(TWIN, plan, sites, grid, tree, case):
        np.add.at(expected, effect.links, sizes[effect.measure_id] * effect.limit_kva)
    assert link_limits(grid, tree, parameters) == pytest.approx(expected)


@given(rows=GRID_MEASURES, order=st.randoms(use_true_random=False))
@FAST
def test_the_order_of_measures_does_not_matter(rows, order):
    shuffled = list(rows)
    order.shuffle(shuffled)
    same_grid(folded(rows)[2], folded(shuffled)[2])


@given(rows=GRID_MEASURES)
@FAST
def test_measures_in_different_places_commute(rows):
    """Names decide in which order measures are built; with other names the limits are the same."""
    renamed = [
        row | {"measure_id": f"{len(rows) - at}-{row['measure_id']}"} for at, row in enumerate(rows)
    ]
    totals = []
    for each in (rows, renamed):
        _, _, grid = folded(each)
        limits = link_limits(grid, radial_tree(grid), TWIN.parameters["mid"])
        totals.append((limits[: TWIN.tree.parent.size], np.sort(limits)))
    assert totals[0][0] == pytest.approx(totals[1][0])
    assert totals[0][1] == pytest.approx(totals[1][1])


@given(rows=st.tuples(GRID_MEASURES, POWER_MEASURES), case=CASES)
@SLOW
def test_what_does_not_count_changes_nothing(rows, case):
    later = [row | {"in_service": "2029-01-01", "in_service_early": "2029-01-01",
                    "in_service_late": "2029-01-01"} for row in rows[0]]  # fmt: skip
    ideas = [row | {"status": "idea"} for row in rows[1]]
    ended = [
        row | {"until": "2026-12-30", "in_service": "2026-01-01", "measure_id": f"e-{at}"}
        for at, row in enumerate(rows[1])
    ]
    horizon, bare = built_horizon(*later, *ideas, *ended, case=case), built_horizon(case=case)
    for name in ("quarters", "base_kva", "limit_kva", "region_kw", "kva_per_kw"):
        assert np.array_equal(getattr(horizon, name), getattr(bare, name)), name
    assert horizon.grid is TWIN.grid


@given(rows=POWER_MEASURES, factor=st.integers(2, 4))
@FAST
def test_what_measures_bring_is_linear_in_their_size(rows, factor):
    links, week = np.arange(TWIN.tree.parent.size), np.arange(672)

    def added(times):
        plan = make_plan(*(row | {"size": row["size"] * times} for row in rows))
        return year_base(plan_years(TWIN, plan, "mid", "load"), 2028, links, week).astype(float)

    bare = added(0)
    assert added(factor) - bare == pytest.approx(factor * (added(1) - bare), abs=0.02)


@given(link=st.sampled_from(TWIN.tree.link_ids.tolist()), rows=GRID_MEASURES)
@SLOW
def test_removing_a_limit_never_lowers_another(link, rows):
    states = {name: dict(cases) for name, cases in TWIN.states.items()}
    limit_kva = states["load"]["mid"].limit_kva.copy()
    limit_kva[TWIN.tree.link_ids == link] = np.inf
    states["load"]["mid"] = replace(states["load"]["mid"], limit_kva=limit_kva)
    free = build_horizon(replace(TWIN, states=states), make_plan(*rows))
    held = build_horizon(TWIN, make_plan(*rows))
    assert (free.limit_kva >= held.limit_kva).all()
    assert (free.base_kva == held.base_kva).all()


def member_rows(place):
    """Nodes of the firms of a place, from the table of points and connections alone."""
    points = TWIN.city.points[TWIN.city.points["kind"] == "firm"]
    if place != "city":
        points = points[points["area_code"] == place]
    served = TWIN.grid.connections.set_index("point_id").loc[points["point_id"], "node_id"]
    return np.flatnonzero(np.isin(TWIN.tree.node_ids, served.to_numpy()))


def of_members(place, blocks):
    """Power of all members together. [kW], shape (quarters,)."""
    return blocks.block(0, blocks.quarters)[member_rows(place)].sum(axis=0)


# Share of what the members draw at most today, place, case, and growth of demand per year.
HUBS = pytest.mark.parametrize(
    ("share", "place", "case", "growth"),
    [
        (0.0, WEST, "mid", 0.05),
        (0.6, "city", "low", 0.05),
        (1.0, EAST, "mid", 0.2),
        (1.2, "city", "low", 0.2),
    ],
)


def plan_with_hub(share, place, case, growth):
    """A city that grows, and a hub from 2027 with a share of what its members draw today."""
    twin = replace(TWIN, catalogue=make_catalogue(growth=growth))
    limit_kw = share * float(of_members(place, twin.loads[case].winter.load).max())
    row = measure("energy_hub", place, limit_kw=limit_kw, in_service="2027-01-01")
    return twin, make_plan(row), limit_kw


@HUBS
def test_a_hub_never_exceeds_its_shared_limit_in_what_the_solver_gets(share, place, case, growth):
    twin, plan, limit_kw = plan_with_hub(share, place, case, growth)
    sites, issues = plan_sites(twin, plan)
    assert issues == []
    for year in plan.years:
        load, fed_in = loads_on(twin, plan, sites, twin.grid, year, case, "load")
        bare, roofs = loads_on(twin, make_plan(), {}, twin.grid, year, case, "load")
        alone_kw = of_members(place, bare)
        taken_kw = of_members(place, fed_in) - of_members(place, roofs)
        together_kw = of_members(place, load) - taken_kw
        if year < 2027:
            assert together_kw == pytest.approx(alone_kw)
            continue
        assert (together_kw <= limit_kw + 1e-6).all()
        # It takes nothing away that it need not.
        assert together_kw == pytest.approx(np.minimum(alone_kw, limit_kw), abs=1e-6)


@HUBS
def test_a_hub_never_exceeds_its_shared_limit_on_the_links_of_a_horizon(share, place, case, growth):
    twin, plan, limit_kw = plan_with_hub(share, place, case, growth)
    horizon = build_horizon(twin, plan, case)
    bare = plan_years(twin, make_plan(), case, "load")
    root = int(np.flatnonzero(horizon.tree.parent < 0)[0])
    every = np.arange(horizon.tree.parent.size)
    for at, year in enumerate(horizon.years):
        load, _ = loads_on(twin, make_plan(), {}, twin.grid, year, case, "load")
        alone_kw = of_members(place, load)[horizon.quarters]
        eased_kva = year_base(bare, year, every, horizon.quarters) - horizon.base_kva[at]
        taken_kw = eased_kva[root] / horizon.kva_per_kw[root]
        expected_kw = np.maximum(alone_kw - limit_kw, 0.0) if year >= 2027 else alone_kw * 0.0
        assert taken_kw == pytest.approx(expected_kw, abs=0.01)


@given(rows=POWER_MEASURES, case=CASES, direction=st.sampled_from(("load", "feed_in")))
@FAST
def test_loads_for_the_solver_are_never_negative_and_hold_all_that_is_counted(
    rows, case, direction
):
    plan, sites, grid = folded(rows, case=case)
    load, feed_in = loads_on(TWIN, plan, sites, grid, 2028, case, direction)
    assert load.nodes == feed_in.nodes == len(grid.nodes)
    drawn_kw, fed_kw = load.block(0, 672), feed_in.block(0, 672)
    assert min(drawn_kw.min(), fed_kw.min()) >= 0
    bare = loads_on(TWIN, make_plan(), {}, TWIN.grid, 2028, case, direction)
    added_kw = drawn_kw - fed_kw - bare[0].block(0, 672) + bare[1].block(0, 672)
    years = plan_years(TWIN, plan, case, direction)
    effects = [
        effect for effect in years.effects if (effect.shape == "sun") == (direction == "feed_in")
    ]
    expected = sum(
        years.sizes[2028].get(effect.measure_id, 0.0) * effect.kw.sum() * years.shapes[effect.shape]
        for effect in effects
    )
    assert added_kw.sum(axis=0) == pytest.approx(expected + np.zeros(672), abs=1e-6)


@given(size=st.integers(1, 600), case=CASES)
@SLOW
def test_relief_that_is_called_harmless_leaves_no_asset_further_above_its_limit(size, case):
    row = measure("neighbourhood_battery", WEST, size, kw_per_unit=1.0, in_service="2026-01-01")
    bare = plan_years(TWIN, make_plan(), case, "load")
    years = plan_years(TWIN, make_plan(row), case, "load")
    links, week = np.arange(TWIN.tree.parent.size), np.arange(672)
    worst = 0.0
    for year in (2026, 2027, 2028):
        over = [
            np.maximum(
                np.abs(year_base(each, year, links, week)).max(axis=1) / years.state.limit_kva, 1.0
            )
            for each in (years, bare)
        ]
        worst = max(worst, float((over[0] - over[1]).max()))
    found = harm_issues(TWIN, make_plan(row), case)
    assert bool(found) == (worst > 0.001)
