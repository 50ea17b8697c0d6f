import dataclasses
import datetime as dt

import numpy as np
import pytest
from tiny import make_parameters

from stroomstad.errors import InvalidData
from stroomstad.loads import build_loads, build_year
from stroomstad.loads.build import node_weights
from stroomstad.tables.city import FEED_IN_COLUMNS, LOAD_COLUMNS


def test_the_weeks_are_672_quarters_from_monday_midnight_utc(loads):
    for week in (loads["mid"].winter, loads["mid"].summer):
        assert week.axis.quarters == week.load.quarters == week.feed_in.quarters == 672
        assert week.axis.start.weekday() == 0
        assert week.axis.start.time() == dt.time(0)


def test_the_winter_week_of_the_made_up_city_is_in_its_cold_january(loads):
    assert loads["mid"].winter.axis.start.date() == dt.date(2023, 1, 9)


def test_rows_are_nodes_and_columns_are_kinds_of_energy(loads, grid):
    week = loads["mid"].winter
    assert week.load.weights.shape == (len(grid.nodes), len(LOAD_COLUMNS))
    assert week.feed_in.weights.shape == (len(grid.nodes), len(FEED_IN_COLUMNS))


def test_all_energy_of_the_points_arrives_at_the_nodes(loads, city):
    arrived = np.asarray(loads["mid"].winter.load.weights.sum(axis=0)).ravel()
    assert arrived == pytest.approx(city.points[list(LOAD_COLUMNS)].sum().to_numpy())


def test_a_point_draws_at_its_own_node(loads, city, grid):
    at = grid.nodes["node_id"].tolist().index("OS-A")
    rail = list(LOAD_COLUMNS).index("rail_kwh")
    assert loads["mid"].winter.load.weights[at, rail] == pytest.approx(300e3)


def test_the_year_holds_the_yearly_energy_of_every_node(city, grid, shapes):
    year = build_year(city, grid, shapes, make_parameters())
    assert year.axis.quarters == year.load.quarters == 35040
    drawn_kwh = year.load.block(0, 35040).sum(axis=1) / 4
    assert drawn_kwh == pytest.approx(np.asarray(year.load.weights.sum(axis=1)).ravel())


def test_the_summer_week_is_cut_from_the_year(city, grid, shapes, loads):
    year = build_year(city, grid, shapes, make_parameters())
    summer = loads["mid"].summer
    start = int((summer.axis.start - year.axis.start) / dt.timedelta(minutes=15))
    assert summer.load.block(0, 672) == pytest.approx(year.load.block(start, start + 672))
    assert summer.home_kw == pytest.approx(year.home_kw[start : start + 672])


def test_a_kwp_yields_its_full_load_hours_in_a_year(city, grid, shapes):
    parameters = make_parameters()
    year = build_year(city, grid, shapes, parameters)
    assert year.roof_kw.sum() / 4 == pytest.approx(parameters.value("solar_full_load_hours"))


def test_permuting_points_and_connections_changes_no_bit(city, grid, shapes, loads):
    mixed_city = dataclasses.replace(city, points=city.points.sample(frac=1, random_state=5))
    mixed_grid = dataclasses.replace(
        grid, connections=grid.connections.sample(frac=1, random_state=6)
    )
    mixed = build_loads(mixed_city, mixed_grid, shapes, make_parameters()).winter.load
    assert (mixed.weights.toarray() == loads["mid"].winter.load.weights.toarray()).all()


def test_permuting_nodes_permutes_the_rows(city, grid):
    columns = list(LOAD_COLUMNS)
    reversed_grid = dataclasses.replace(grid, nodes=grid.nodes.iloc[::-1])
    forward = node_weights(city.points, grid, columns).toarray()
    assert (node_weights(city.points, reversed_grid, columns).toarray()[::-1] == forward).all()


def test_points_without_a_node_are_named(city, grid, shapes):
    broken = dataclasses.replace(grid, connections=grid.connections.iloc[1:])
    with pytest.raises(InvalidData, match="1 points without a node \\(1000AA-1\\)"):
        build_loads(city, broken, shapes, make_parameters())


def test_the_same_input_gives_the_same_bits(city, grid, shapes, loads):
    again = build_loads(city, grid, shapes, make_parameters())
    assert (again.winter.load.shapes == loads["mid"].winter.load.shapes).all()
    assert (again.summer.home_kw == loads["mid"].summer.home_kw).all()
