"""Laws of low voltage along streets, whatever the streets look like."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scattered import make_scattered_city
from tiny import make_parameters, make_types

from stroomstad.synthesis import build_grid
from stroomstad.synthesis.detail import by_address
from stroomstad.synthesis.low_voltage import follow_streets, low_voltage_rules
from stroomstad.synthesis.planning import (
    Demand,
    counted_homes,
    demand_of,
    planned_homes_kw,
    planned_power,
    planning_rules,
    with_planning,
)
from stroomstad.tables.grid import CABLES, CONNECTIONS, LINK_KINDS, NODES, radial_tree
from stroomstad.tables.schema import check
from stroomstad.units import SQRT3

PARAMETERS = make_parameters()
PLANNING = planning_rules(PARAMETERS)
CABLE_TYPES = make_types()[0]
RULES = low_voltage_rules(PARAMETERS)
HOMES_MAX = PARAMETERS.value("lv_feeder_homes_max")
TRIED = settings(max_examples=12, deadline=None)

groups = st.fixed_dictionaries(
    {
        "homes": st.integers(0, 60),
        "addresses": st.integers(1, 12),
        "buildings_kwh": st.sampled_from([0.0, 0.0, 40e3, 300e3]),
        "solar_kwp": st.sampled_from([0.0, 20.0, 400.0]),
        "era": st.sampled_from(["before_2010", "after_2010"]),
        "electric": st.booleans(),
    }
)
streets = st.fixed_dictionaries(
    {
        "x_m": st.integers(0, 600),
        "y_m": st.integers(0, 600),
        "east": st.booleans(),
        "step": st.sampled_from([1, 2]),
        "groups": st.lists(groups, min_size=1, max_size=5),
    }
)


def city_of(drawn):
    """Streets of address groups one after another, 8 m from house to house."""
    rows, houses = [], []
    for number, street in enumerate(drawn):
        way = np.array([8.0, 0.0]) if street["east"] else np.array([0.0, 8.0])
        passed = 0
        for group in street["groups"]:
            name = f"p{len(rows):03d}"
            at = np.arange(passed, passed + group["addresses"])
            where_m = at[:, None] * way + [140000.0 + street["x_m"], 480000.0 + street["y_m"]]
            passed += group["addresses"]
            own = {key: value for key, value in group.items() if key != "electric"}
            middle_m = where_m.mean(axis=0)
            electric = float(group["homes"]) if group["electric"] else 0.0
            rows.append(
                {**own, "point_id": name, "x_m": middle_m[0], "y_m": middle_m[1],
                 "homes_neither": electric, "other_uses": 0, "solar_homes_kwh": 9.0}
            )  # fmt: skip
            houses.append(
                pd.DataFrame(
                    {
                        "point_id": name,
                        "postcode": name,
                        "street": f"Straat {number}",
                        "house_number": (1 + street["step"] * at).astype(str),
                        "x_m": where_m[:, 0],
                        "y_m": where_m[:, 1],
                    }
                )
            )
    return replace(make_scattered_city(rows), addresses=pd.concat(houses, ignore_index=True))


cities = st.lists(streets, min_size=1, max_size=6).map(city_of)


def build(city, detail="group"):
    return build_grid(city, PARAMETERS, CABLE_TYPES, 1, detail)


def planned(city):
    """What is planned at the points of a city, by name."""
    points = with_planning(city.points, PLANNING)
    demand = demand_of(points)
    return pd.DataFrame(
        {
            "counted": counted_homes(demand, PLANNING),
            "homes": demand.homes,
            "firms_kw": demand.firms_kw,
            "feed_in_kw": demand.feed_in_kw,
            "homes_kw": planned_homes_kw(points, PLANNING),
        },
        index=points["point_id"],
    )


def behind(grid, city):
    """What is planned behind every low-voltage cable, by cable, and the groups behind it."""
    tree = radial_tree(grid)
    at = planned(city).assign(points=1.0)
    node_of = grid.connections.set_index("point_id")["node_id"]
    total = at.groupby(node_of.reindex(at.index).to_numpy()).sum()
    total = total.reindex(tree.node_ids, fill_value=0.0).to_numpy()
    for node in tree.order[::-1]:
        if tree.parent[node] >= 0:
            total[tree.parent[node]] += total[node]
    low = tree.link_kind == LINK_KINDS.index("lv_cable")
    return pd.DataFrame(total[low], index=tree.link_ids[low], columns=at.columns)


def feeders(grid):
    return grid.cables.loc[grid.cables["from_node"].isin(grid.stations["node_lv"]), "cable_id"]


@TRIED
@given(cities)
def test_every_group_is_on_exactly_one_feeder(city):
    grid = build(city)
    low = grid.nodes.loc[grid.nodes["kind"] == "lv", "node_id"]
    assert sorted(low) == sorted("lv-" + city.points["point_id"])
    assert behind(grid, city).loc[feeders(grid), "points"].sum() == len(city.points)


@TRIED
@given(cities)
def test_a_feeder_above_its_limits_serves_a_single_group(city):
    grid = build(city)
    on_feeder = behind(grid, city).loc[feeders(grid)]
    several = on_feeder[on_feeder["points"] > 1]
    rated_kva = SQRT3 * RULES.voltage_v * CABLE_TYPES.loc[2, "rated_current_a"] / 1000.0
    power = power_of(several)
    assert (several["counted"] <= HOMES_MAX * (1 + 1e-9)).all()
    assert (power.load_kw <= rated_kva * RULES.fill_planned * PLANNING.power_factor).all()
    assert (power.feed_in_kw <= rated_kva * RULES.fill_planned).all()


def power_of(rows):
    demand = Demand(*rows[["homes", "firms_kw", "feed_in_kw"]].to_numpy().T)
    return planned_power(demand, PLANNING, rows["homes_kw"].to_numpy())


@TRIED
@given(cities, st.sampled_from(["group", "address"]))
def test_no_cable_is_planned_beyond_its_fill(city, detail):
    grid = build(city, detail)
    carried = behind(grid, by_address(city) if detail == "address" else city)
    cables = grid.cables.set_index("cable_id").loc[carried.index]
    rated_kva = SQRT3 * RULES.voltage_v * cables["rated_current_a"].to_numpy() / 1000.0
    power = power_of(carried)
    needed_kva = np.maximum(power.load_kw / PLANNING.power_factor, power.feed_in_kw)
    assert (needed_kva <= rated_kva * RULES.fill_planned * (1 + 1e-9)).all()


@TRIED
@given(cities, st.sampled_from(["group", "address"]))
def test_the_grid_is_a_tree_of_checked_tables_in_every_detail(city, detail):
    grid = build(city, detail)
    assert radial_tree(grid).order.size == len(grid.nodes)
    tables = {"nodes": NODES, "cables": CABLES, "connections": CONNECTIONS}
    assert [
        issue for name, table in tables.items() for issue in check(getattr(grid, name), table)
    ] == []


@TRIED
@given(cities, st.randoms(use_true_random=False), st.sampled_from(["group", "address"]))
def test_the_order_of_points_and_addresses_changes_nothing(city, random, detail):
    order, others = (list(range(len(rows))) for rows in (city.points, city.addresses))
    random.shuffle(order)
    random.shuffle(others)
    shuffled = replace(
        city,
        points=city.points.iloc[order].reset_index(drop=True),
        addresses=city.addresses.iloc[others].reset_index(drop=True),
    )
    grids = [build(each, detail) for each in (city, shuffled)]
    for name, key in (("nodes", "node_id"), ("cables", "cable_id"), ("connections", "point_id")):
        one, other = (getattr(grid, name).sort_values(key, ignore_index=True) for grid in grids)
        pd.testing.assert_frame_equal(one, other)


@TRIED
@given(cities)
def test_a_finer_grid_carries_the_same_behind_every_feeder(city):
    plain, fine = build(city), build(city, "address")
    split = by_address(city)
    names = ["homes", "firms_kw", "feed_in_kw"]
    one, other = (
        behind(grid, made).loc[feeders(grid), names]
        for grid, made in ((plain, city), (fine, split))
    )
    assert in_order(one) == pytest.approx(in_order(other), abs=1e-6)


def in_order(rows):
    """Rows in one order, in which the last bits of a sum do not count."""
    order = rows.round(3).sort_values(rows.columns.tolist(), kind="stable").index
    return rows.loc[order].to_numpy()


@TRIED
@given(cities)
def test_addresses_add_up_to_their_groups(city):
    counts = ["homes", "new_homes", "other_uses", "homes_terraced", "addresses"]
    names = [*counts, "buildings_kwh", "solar_kwp", "homes_neither"]
    points = by_address(city).points
    total = points.groupby(points["point_id"].str[:4])[names].sum()
    groups = city.points.set_index("point_id")[names]
    pd.testing.assert_frame_equal(total, groups, check_names=False, check_dtype=False)


@TRIED
@given(cities)
def test_a_link_leads_to_another_group_of_its_station_or_to_the_station(city):
    points = with_planning(city.points, PLANNING).assign(station=0)
    at = pd.Index(points["point_id"]).get_indexer(city.addresses["point_id"])
    sites = pd.DataFrame({"x_m": [140300.0], "y_m": [480300.0]})
    houses, found = follow_streets(
        points, city.addresses.assign(point=at), sites, CABLE_TYPES,
        parameters=PARAMETERS, planning=PLANNING,
    )  # fmt: skip
    assert len(found.groups) == len(points)
    assert (found.groups[:, 1] < 0).sum() == found.station.size
    inside = found.groups >= 0
    assert (houses["place"].to_numpy()[found.houses[inside]] == found.groups[inside]).all()
