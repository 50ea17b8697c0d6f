from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from heated import thermal_twin
from horizons import make_twin

from stroomstad.capacity import build_capacities, city_place
from stroomstad.capacity.headroom import link_capacity
from stroomstad.powerflow import link_limits
from stroomstad.simulation import link_states
from stroomstad.tables.grid import LINK_KINDS
from stroomstad.tables.parameters import CASES
from stroomstad.trust.band import INPUTS, REGIONAL, input_rows
from stroomstad.trust.pieces import (
    between,
    capacities,
    limits_kva,
    position_of,
    positions_within,
    take_apart,
)

# As it is, under thermal limits, and with the reserve of its substation in use.
TWINS = pytest.mark.parametrize(
    "make", [make_twin, thermal_twin, partial(thermal_twin, n1_relaxed=True)]
)


def bands_of(twin):
    rows = input_rows(twin.parameters["mid"], (0.0, 10.0, 20.0)).set_index("parameter")
    return {name: tuple(row) for name, row in rows[["low", "mid", "high"]].iterrows()}


def apart(twin):
    place = city_place(twin.grid, twin.tree, "GM0001", "Proefstad")
    return take_apart(twin, place.branch, bands_of(twin))


def middle(pieces, **changes):
    return {name: mid for name, (_, mid, _) in pieces.bands.items()} | changes


def in_case(twin, case):
    names = [one.name for one in INPUTS if one.name != REGIONAL]
    return {name: twin.parameters[case].value(name) for name in names} | {REGIONAL: 10.0}


def state_capacity(twin, case):
    state = twin.states["load"][case]
    return build_capacities(state, case, "load", twin.weeks["load"].flows.axis).exact


def at(pieces, twin, link):
    return int(np.flatnonzero(twin.tree.link_ids[pieces.links.nodes] == link)[0])


def with_measured_peak(twin, link, peak_mw):
    """The twin with one link brought to a measured peak, in every case."""
    known = np.where(twin.tree.link_ids == link, peak_mw, np.nan)
    behind = replace(twin.behind, load_max_known_mw=known)
    cases = {
        case: (
            twin.loads[case].winter,
            twin.parameters[case],
            link_limits(twin.grid, twin.tree, twin.parameters[case]),
        )
        for case in CASES
    }
    states = link_states(twin.weeks["load"], twin.tree, behind, cases)
    return replace(twin, behind=behind, states={**twin.states, "load": states})


@TWINS
@pytest.mark.parametrize("case", CASES)
def test_values_of_a_case_give_the_capacities_of_that_case(case, make):
    twin = make()
    pieces = apart(twin)
    links = pieces.links.nodes
    np.testing.assert_allclose(
        capacities(pieces, in_case(twin, case))[links], state_capacity(twin, case)[links], rtol=1e-6
    )


@TWINS
def test_middle_values_give_the_middle_answer_to_the_last_bit(make):
    twin = make()
    pieces = apart(twin)
    links = pieces.links.nodes
    exact = capacities(pieces, middle(pieces))[links]
    np.testing.assert_allclose(exact, state_capacity(twin, "mid")[links], rtol=1e-14)


def test_links_that_were_not_asked_about_do_not_bind():
    twin = make_twin()
    exact = capacities(apart(twin), middle(apart(twin)))
    street = twin.tree.link_kind == LINK_KINDS.index("lv_cable")
    assert np.isinf(exact[street]).all()


@pytest.mark.parametrize(
    ("name", "link"),
    [
        ("limit_station", "S1"),
        ("limit_mv_cable", "M1"),
        ("limit_substation", "OS-A"),
        ("station_margin", "S1"),
        ("substation_transformer_mva", "OS-A"),
    ],
)
def test_a_higher_rating_or_limit_leaves_more_room_on_its_own_kind_of_link_only(name, link):
    twin = make_twin()
    pieces = apart(twin)
    before = limits_kva(pieces, middle(pieces))
    higher = pieces.bands[name][2] * (1.0 if name != "limit_mv_cable" else 1.2)
    after = limits_kva(pieces, middle(pieces, **{name: higher}))
    ours = pieces.kind == pieces.kind[at(pieces, twin, link)]
    assert after[at(pieces, twin, link)] > before[at(pieces, twin, link)]
    assert (after[~ours] == before[~ours]).all()


def test_what_is_taken_first_leaves_the_substation_less():
    twin = make_twin()
    pieces = apart(twin)
    station, root = at(pieces, twin, "S1"), at(pieces, twin, "OS-A")
    before = limits_kva(pieces, middle(pieces))
    after = limits_kva(pieces, middle(pieces, queue_mw=3.0))
    power_factor = pieces.bands["power_factor"][1]
    assert before[root] - after[root] == pytest.approx(3000.0 / power_factor)
    assert after[station] == before[station]


def test_a_feeder_planned_fuller_has_thinner_cables():
    twin = make_twin()
    pieces = apart(twin)
    cable = at(pieces, twin, "M1")
    before = limits_kva(pieces, middle(pieces))[cable]
    after = limits_kva(pieces, middle(pieces, mv_feeder_fill_planned=0.5))[cable]
    assert after / before == pytest.approx(0.45 / 0.5)


def test_known_ratings_do_not_follow_the_rules_by_which_others_were_drawn():
    twin = make_twin()
    stations = twin.grid.stations.assign(rating_known=True)
    cables = twin.grid.cables.assign(synthetic=False)
    known = replace(twin, grid=replace(twin.grid, stations=stations, cables=cables))
    for one, moves in ((twin, True), (known, False)):
        pieces = apart(one)
        changed = middle(pieces, mv_feeder_fill_planned=0.5, firm_full_load_hours=4000.0)
        same = limits_kva(pieces, changed) == limits_kva(pieces, middle(pieces))
        assert same[at(pieces, one, "M1")] != moves


def test_firms_with_longer_hours_are_planned_smaller_where_they_draw():
    twin = make_twin()
    pieces = apart(twin)
    cable = at(pieces, twin, "M1")
    homes, firms, feed_in = pieces.planned_kw[:, cable]
    before = limits_kva(pieces, middle(pieces))[cable]
    after = limits_kva(pieces, middle(pieces, firm_full_load_hours=4000.0))[cable]
    planned = max(homes + firms * 3000.0 / 4000.0, feed_in) / max(homes + firms, feed_in)
    assert firms > 0
    assert after / before == pytest.approx(planned)


def test_contracted_power_that_is_known_wins_over_what_is_drawn():
    twin = make_twin()
    substations = twin.grid.substations.assign(contracted_unused_known_mw=4.0)
    pieces = apart(replace(twin, grid=replace(twin.grid, substations=substations)))
    few, many = (
        limits_kva(pieces, middle(pieces, contracted_unused_mw=value)) for value in (0.0, 20.0)
    )
    assert (few == many).all()


def test_a_measured_peak_stays_whatever_existing_homes_draw():
    twin = with_measured_peak(make_twin(), "S1", 0.15)
    pieces = apart(twin)
    station = at(pieces, twin, "S1")
    low, high = (capacities(pieces, middle(pieces, base_home_peak_kw=peak)) for peak in (1.0, 1.5))
    exact = capacities(pieces, middle(pieces))[pieces.links.nodes[station]]
    highest_kva = pieces.base_kva[1, station].max()
    assert pieces.measured[station]
    assert highest_kva == pytest.approx(150.0 / pieces.bands["power_factor"][1], rel=1e-6)
    # Only the course below the peak differs, not the peak.
    for taken in (low, high):
        assert taken[pieces.links.nodes[station]] == pytest.approx(exact, rel=0.05)


def test_a_lower_power_factor_leaves_less_room_everywhere():
    twin = make_twin()
    pieces = apart(twin)
    links = pieces.links.nodes
    usual = capacities(pieces, middle(pieces))[links]
    worse = capacities(pieces, middle(pieces, power_factor=0.95))[links]
    assert (worse < usual).all()


def test_the_quarters_left_out_bind_nowhere():
    twin = make_twin()
    pieces = apart(twin)
    state = twin.states["load"]["mid"]
    links = pieces.links.nodes
    assert pieces.home_shape.shape[1] < state.unit_kw.size
    for factor in (0.3, 1.0, 3.0):
        whole_week, _ = link_capacity(
            state.limit_kva * factor,
            state.base_kva,
            state.unit_kw,
            state.kva_per_kw,
            state.level_factor_unit,
        )
        scaled = replace(pieces, limit_kva=pieces.limit_kva * factor)
        kept, _ = link_capacity(
            scaled.limit_kva,
            scaled.base_kva[1],
            2.2 * scaled.home_shape[1],
            scaled.kva_per_kw,
            scaled.level_factor_unit,
        )
        np.testing.assert_allclose(
            np.maximum(kept, 0), np.maximum(whole_week[links], 0), rtol=1e-12
        )


@pytest.mark.parametrize(
    ("value", "position"), [(1.0, -1.0), (2.0, 0.0), (5.0, 1.0), (1.5, -0.5), (3.5, 0.5)]
)
def test_a_value_lies_where_it_lies_in_its_band(value, position):
    assert position_of(value, 1.0, 2.0, 5.0) == position


def test_a_value_of_a_falling_band_lies_on_its_own_side():
    assert position_of(1 / 1.5, 1.0, 0.5, 0.25) == pytest.approx(-1 / 3)


@pytest.mark.parametrize(("low", "value", "high"), [(2.0, 3.0, 4.0), (1.0, 1.5, 2.0)])
def test_a_band_with_one_side_only_has_positions_on_that_side(low, value, high):
    assert abs(position_of(value, low, 2.0, high)) == 0.5


def test_between_three_knots_each_side_is_a_straight_line():
    knots = np.array([[0.0], [10.0], [14.0]])
    assert [float(between(knots, p)[0]) for p in (-1, -0.5, 0, 0.5, 1)] == [0, 5, 10, 12, 14]


def test_positions_within_a_branch_find_the_same_nodes():
    twin = make_twin()
    branch = city_place(twin.grid, twin.tree, "GM0001", "Proefstad").branch
    nodes = branch.nodes[::-1]
    assert (branch.nodes[positions_within(branch, nodes)] == nodes).all()
