"""Every rule is read where it is used: each test lays one on the border and moves it past."""

import datetime as dt
import re

import numpy as np
import pandas as pd
import pytest
from repository import SOURCE
from scattered import make_points, make_scattered_city
from tiny import make_parameters, make_types

from stroomstad.run.fact_sheet import RULES
from stroomstad.synthesis import build_grid
from stroomstad.synthesis.assumed import count_needed
from stroomstad.synthesis.cables import standard_cables
from stroomstad.synthesis.feeders import largest_ring_kw, medium_voltage_rules
from stroomstad.synthesis.low_voltage import draw_forest, follow_streets
from stroomstad.synthesis.planning import (
    PlanningRules,
    demand_of,
    planned_homes_kw,
    planned_power,
    planning_rules,
    with_planning,
)
from stroomstad.synthesis.rings import RingRules, longest_ring_m
from stroomstad.synthesis.transformers import STANDARD_RATINGS_KVA
from stroomstad.tables.parameters import Parameters

ROWS = make_parameters().rows
PLANNING = planning_rules(make_parameters())
TYPES, TRANSFORMER_TYPES = make_types()
# Just within and just beyond a border.
WITHIN, BEYOND = 1.001, 0.999


def with_values(**values):
    """The parameter table with other values, the same in every case."""
    rows = ROWS.copy()
    for name, value in values.items():
        assert (rows["parameter"] == name).any()
        rows.loc[rows["parameter"] == name, ["low", "mid", "high"]] = value
    return Parameters(rows, dt.date(2023, 1, 1))


def build(rows, **values):
    city = make_scattered_city(rows, ((0, 0),))
    return build_grid(city, with_values(**values), TYPES, seed=1)


def drop_of(load_kw, cable, voltage_v):
    """Drop of voltage over one cable that carries a load, by hand."""
    tangent = np.tan(np.arccos(PLANNING.power_factor))
    ohm_per_km = cable["r_ohm_per_km"] + cable["x_ohm_per_km"] * tangent
    return load_kw * cable["length_m"] * ohm_per_km / voltage_v**2


def cable_of(grid, name):
    return grid.cables.set_index("cable_id").loc[name]


def test_a_feeder_at_low_voltage_drops_no_further_than_planned():
    rows = [{"x_m": 100, "y_m": 100, "homes": 20}]
    thin = cable_of(build(rows, lv_voltage_drop_planned=0.2), "LS-p000")
    points = with_planning(make_points(rows), PLANNING)
    planned = planned_power(demand_of(points), PLANNING, planned_homes_kw(points, PLANNING))
    drop = drop_of(planned.load_kw[0], thin, 400.0)
    within, beyond = (
        cable_of(build(rows, lv_voltage_drop_planned=drop * by), "LS-p000")
        for by in (WITHIN, BEYOND)
    )
    assert within["cable_type"] == thin["cable_type"]
    assert beyond["r_ohm_per_km"] < thin["r_ohm_per_km"]


@pytest.mark.parametrize(
    ("rule", "other"),
    [("mv_voltage_drop_planned", "mv_voltage_drop_outage_planned"),
     ("mv_voltage_drop_outage_planned", "mv_voltage_drop_planned")],
)  # fmt: skip
def test_a_ring_drops_no_further_than_planned_in_use_and_in_an_outage(rule, other):
    rows = [{"x_m": 3000, "y_m": 0, "homes": 100}]
    loose = {rule: 0.2, other: 0.2}
    thin = cable_of(build(rows, **loose), "MS-MSR-0001-001")
    planned = planned_power(demand_of(with_planning(make_points(rows), PLANNING)), PLANNING)
    drop = drop_of(planned.load_kw[0], thin, 10_000.0)
    within, beyond = (
        cable_of(build(rows, **loose | {rule: drop * by}), "MS-MSR-0001-001")
        for by in (WITHIN, BEYOND)
    )
    assert within["cable_type"] == thin["cable_type"]
    assert beyond["r_ohm_per_km"] < thin["r_ohm_per_km"]


def test_a_ring_is_routed_for_part_of_the_length_at_which_its_voltage_holds():
    rows = [
        {"x_m": x, "y_m": y, "level": "mv", "industry_kwh": 9e6} for x, y in ((1e3, 0), (0, 1e3))
    ]
    own = {"own_feeder_min_mw": 10.0}
    parameters = with_values(**own)
    planning, types = planning_rules(parameters), standard_cables(TYPES, "mv_cable")
    rules = RingRules(
        medium_voltage_rules(parameters),
        parameters.value("mv_voltage_drop_outage_planned"),
        types,
        planning,
        1,
        1.0,
    )
    longest_m = longest_ring_m(
        np.ceil(largest_ring_kw(types, rules.cables, planning.power_factor)), rules
    )
    ring_m = (2e3 + np.hypot(1e3, 1e3)) * rules.cables.detour_factor
    rings = [
        (
            build(rows, **own, ring_length_used=ring_m / longest_m * by).cables["kind"] == "ring"
        ).sum()
        for by in (WITHIN, BEYOND)
    ]
    assert rings == [1, 2]


@pytest.mark.parametrize("name", ["MS-MSR-0001-001", "LS-p000"])
def test_no_cable_is_shorter_than_the_shortest(name):
    rows = [{"x_m": 2, "y_m": 0, "homes": 20}]
    assert cable_of(build(rows, cable_length_min_m=37.0), name)["length_m"] == 37.0


def along_a_street(detail, **values):
    """Three houses of one group, 5 and 50 m apart, and the station 100 m before them."""
    parameters = with_values(**values)
    planning = planning_rules(parameters)
    points = with_planning(make_points([{"x_m": 20, "y_m": 0, "homes": 3}]), planning)
    houses = pd.DataFrame(
        {"point": 0, "postcode": "1000AA", "street": "Dorpsstraat",
         "house_number": ["1", "3", "5"], "x_m": [0.0, 5.0, 55.0], "y_m": 0.0}
    )  # fmt: skip
    stations = pd.DataFrame({"x_m": [-100.0], "y_m": [0.0]})
    points = points.assign(station=0)
    told, feeders = follow_streets(
        points, houses, stations, TYPES, parameters=parameters, planning=planning
    )
    return told, draw_forest(detail, points, told, feeders, parameters)


def test_a_stretch_of_a_street_ends_at_a_gap():
    for gap_m, stretches in ((49.9, 2), (50.1, 1)):
        houses, _ = along_a_street("group", street_gap_max_m=gap_m)
        assert houses["stretch"].nunique() == stretches


def test_along_a_street_cables_make_the_detour_of_a_street():
    start_m = 100.0 * make_parameters().value("detour_factor")
    _, groups = along_a_street("group", detour_street_factor=1.7)
    assert groups.length_m.tolist() == pytest.approx([start_m + 20.0 * 1.7])
    _, each = along_a_street("address", detour_street_factor=1.7, address_cable_length_min_m=33.0)
    assert sorted(each.length_m) == pytest.approx([33.0, 85.0, start_m])


def test_groups_along_a_street_are_joined_by_the_detour_of_a_street():
    parameters = with_values(detour_street_factor=1.7)
    rows = [{"x_m": x, "y_m": 0, "homes": 5} for x in (0, 30)]
    points = with_planning(make_points(rows), PLANNING).assign(station=0)
    houses = pd.DataFrame(
        {"point": [0, 1], "postcode": "1000AA", "street": "Dorpsstraat",
         "house_number": ["1", "3"], "x_m": [0.0, 30.0], "y_m": 0.0}
    )  # fmt: skip
    stations = pd.DataFrame({"x_m": [-100.0], "y_m": [0.0]})
    _, feeders = follow_streets(
        points, houses, stations, TYPES, parameters=parameters, planning=PLANNING
    )
    start_m = 100.0 * parameters.value("detour_factor")
    assert sorted(feeders.length_m) == pytest.approx([30.0 * 1.7, start_m])


def test_homes_of_before_2010_are_planned_by_their_own_peak():
    planning = planning_rules(with_values(planning_home_before_2010_kw=1.2345))
    points = make_points([{"x_m": 0, "y_m": 0, "homes": 10, "era": "before_2010"}])
    assert planned_homes_kw(points, planning).tolist() == pytest.approx([12.345])


@pytest.mark.parametrize(("limit", "megawatts", "count"),
                         [(0.5, 58, 1), (0.5, 59, 2), (1.1, 129, 1), (1.1, 130, 2)])  # fmt: skip
def test_an_assumed_substation_is_planned_to_its_limit(limit, megawatts, count):
    """Two of three transformers of 60 MVA at a power factor of 0.98, times the limit."""
    parameters = with_values(limit_substation=limit)
    planning = planning_rules(parameters)
    kwh = megawatts * 1000 * planning.firm_full_load_hours
    points = with_planning(make_points([{"x_m": 0, "y_m": 0, "industry_kwh": kwh}]), planning)
    assert count_needed(points, parameters, planning) == count


def test_standard_sizes_are_those_of_the_table_of_transformers():
    assert sorted(TRANSFORMER_TYPES["rating_kva"]) == list(STANDARD_RATINGS_KVA)


def test_the_rules_that_are_told_are_all_that_are_read():
    read = set(PlanningRules.__slots__)
    for path in (SOURCE / "synthesis").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        read |= set(re.findall(r'parameters\.(?:value|band)\(\s*"(\w+)"', text))
    assert read == set(RULES)
    assert len(RULES) == len(set(RULES))
