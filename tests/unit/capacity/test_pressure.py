from dataclasses import replace

import numpy as np
import pytest

from stroomstad.capacity.pressure import (
    Pressure,
    caps,
    find_broken,
    halved_limits,
    hardest,
    own_limits,
    reached_through,
)

# A substation, two nodes in a row behind it, and a street behind each of these.
PARENT = np.array([-1, 0, 1, 1, 2])
SUB, NEAR, FAR, NEAR_STREET, FAR_STREET = range(5)
VOLTAGE = PARENT.size


def pressed(**after):
    """100 kW more at the far node: links from 0.5 to 0.8 of 1000 kVA, voltages from 0.5 to 0.7."""
    before = np.full((10, 1), 0.5)
    stress = before.copy()
    stress[[SUB, NEAR, FAR]] = 0.8
    stress[VOLTAGE + NEAR :] = 0.7
    on_the_way = np.array([1.0, 1.0, 1.0, 0.0, 0.0])[:, None]
    whole = Pressure(
        parent=PARENT,
        before=before,
        after=stress,
        base_kva=np.full((5, 1), 500.0),
        limit_kva=np.full(5, 1000.0),
        linear_kva=280.0 * on_the_way,
        solved_kva=300.0 * on_the_way,
        behind_kw=100.0 * on_the_way,
        drawn=np.arange(5) == FAR,
        allowed_pu=np.full(5, 0.1),
    )
    for name, pairs in after.items():
        stress = getattr(whole, name).copy()
        for row, value in pairs.items():
            stress[row] = value
        whole = replace(whole, **{name: stress})
    return whole


def test_nothing_is_broken_below_the_limits():
    broken = find_broken(pressed())
    assert (broken.own.size, broken.beside.size, broken.further) == (0, 0, 0)


def test_a_link_on_the_way_is_broken_above_its_limit_and_when_it_was_already():
    assert find_broken(pressed(after={NEAR: 1.0001})).own.tolist() == [NEAR]
    again = pressed(before={NEAR: 1.2}, after={NEAR: 1.5})
    assert find_broken(again).own.tolist() == [NEAR]


def test_a_link_without_a_limit_yet_is_broken_by_anything_that_passes():
    closed = pressed(before={NEAR: np.inf, NEAR_STREET: np.inf}, after={NEAR: np.inf})
    assert find_broken(closed).own.tolist() == [NEAR]


def test_a_street_that_is_over_its_limit_already_is_only_counted():
    street = pressed(before={FAR_STREET: 1.2}, after={FAR_STREET: 1.25})
    broken = find_broken(street)
    assert (broken.own.size, broken.beside.size, broken.further) == (0, 0, 1)


def test_a_street_that_the_lower_voltage_brings_over_its_limit_is_broken():
    street = pressed(before={FAR_STREET: 0.999}, after={FAR_STREET: 1.002})
    assert find_broken(street).beside.tolist() == [FAR_STREET]


def test_less_than_a_thousandth_beside_the_way_is_not_told():
    street = pressed(before={FAR_STREET: 0.9997}, after={FAR_STREET: 1.0003})
    broken = find_broken(street)
    assert (broken.beside.size, broken.further) == (0, 0)


def test_a_voltage_out_of_bounds_closes_the_busbar_it_hangs_behind_and_no_other():
    behind_it = pressed(before={VOLTAGE + FAR_STREET: 1.1}, after={VOLTAGE + FAR_STREET: 1.3})
    assert find_broken(behind_it).beside.tolist() == [VOLTAGE + FAR_STREET]
    elsewhere = pressed(before={VOLTAGE + NEAR_STREET: 1.1}, after={VOLTAGE + NEAR_STREET: 1.3})
    broken = find_broken(elsewhere)
    assert (broken.beside.size, broken.further) == (0, 1)


def test_a_limit_is_reached_through_the_last_link_that_new_power_passes():
    assert reached_through(pressed()).tolist() == [SUB, NEAR, FAR, NEAR, FAR]
    none = replace(pressed(), behind_kw=np.zeros((5, 1)))
    assert reached_through(none).tolist() == [-1] * 5


def test_an_own_limit_makes_the_rule_say_what_ac_says():
    own_kva = own_limits(pressed())
    # AC adds 300 kVA where the rule says 280, so of the 500 kVA left the rule may use 467.
    assert own_kva[[SUB, NEAR, FAR]] == pytest.approx(500.0 + 500.0 * 280.0 / 300.0, rel=1e-5)
    assert np.isnan(own_kva[[NEAR_STREET, FAR_STREET]]).all()


def test_the_furthest_link_gives_way_first_for_a_voltage():
    low = pressed(after={VOLTAGE + NEAR: 0.7, VOLTAGE + FAR: 1.0, VOLTAGE + FAR_STREET: 1.5})
    cap_kva, asked_by = caps(low, np.array([VOLTAGE + FAR_STREET]))
    assert np.isinf(cap_kva[[SUB, NEAR_STREET, FAR_STREET]]).all()
    assert asked_by[FAR] == VOLTAGE + FAR_STREET
    # Half of what is used is too much, so half of what hangs there gives way.
    assert cap_kva[FAR] == pytest.approx(500.0 + 0.5 * 280.0)


def test_nothing_gives_way_for_a_voltage_that_is_held():
    cap_kva, asked_by = caps(pressed(after={VOLTAGE + SUB: 1.1}), np.array([VOLTAGE + SUB]))
    assert np.isinf(cap_kva).all()
    assert (asked_by == -1).all()


def test_half_of_what_has_no_solution_is_let_through():
    assert halved_limits(pressed()).tolist() == [640.0, 640.0, 640.0, np.inf, np.inf]


def test_the_hardest_pressed_are_those_that_held_before():
    assert hardest(pressed(after={NEAR: 0.9, VOLTAGE + FAR: 0.95})) == (NEAR, FAR)
    full = pressed(before={NEAR: 1.2}, after={NEAR: 1.5})
    assert hardest(full)[0] == SUB
    nothing = pressed()
    assert hardest(replace(nothing, after=nothing.before)) == (-1, -1)
