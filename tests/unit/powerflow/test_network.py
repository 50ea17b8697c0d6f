"""What the tables of a grid become as arrays."""

from dataclasses import replace

import pytest
from tiny import make_grid, make_parameters, make_types

from stroomstad.powerflow import build_network


def network_of(grid=None, case="mid"):
    return build_network(grid or make_grid(), make_types()[1], make_parameters(case))


def with_cables(**columns):
    grid = make_grid()
    return replace(grid, cables=grid.cables.assign(**columns))


def with_rating(rating_kva):
    grid = make_grid()
    return replace(grid, stations=grid.stations.assign(rating_kva=float(rating_kva)))


def test_a_cable_joins_its_nodes_with_its_length_of_impedance():
    cables = network_of().arrays.cables
    assert (cables.from_node[0], cables.to_node[0]) == (0, 1)
    assert cables.r_ohm[0] == pytest.approx(0.122 * 0.8)
    assert cables.x_ohm[0] == pytest.approx(0.105 * 0.8)
    assert cables.c_farad.tolist() == [0.0] * 6


def test_two_cables_side_by_side_have_half_the_impedance():
    once, twice = network_of(), network_of(with_cables(parallel=2))
    assert twice.arrays.cables.r_ohm == pytest.approx(once.arrays.cables.r_ohm / 2)
    assert twice.arrays.cables.x_ohm == pytest.approx(once.arrays.cables.x_ohm / 2)


def test_a_cable_without_length_keeps_a_little_impedance():
    r_ohm = network_of(with_cables(length_m=0.0)).arrays.cables.r_ohm
    assert (r_ohm > 0).all()
    assert (r_ohm < 1e-4).all()


def test_a_station_has_the_values_of_its_standard_transformer():
    transformers = network_of().arrays.transformers
    assert transformers.rating_va.tolist() == [400e3, 250e3]
    assert transformers.short_circuit_voltage_fraction.tolist() == [0.04, 0.04]
    assert transformers.copper_loss_w == pytest.approx([5300.0, 3000.0])
    assert transformers.no_load_loss_w == pytest.approx([950.0, 600.0])
    assert transformers.no_load_current_fraction == pytest.approx([0.0024, 0.0024])


def test_a_rating_of_two_large_transformers_loses_twice_as_much():
    one, two = (network_of(with_rating(kva)).arrays.transformers for kva in (1000, 2000))
    assert two.rating_va == pytest.approx(2 * one.rating_va)
    assert two.copper_loss_w == pytest.approx(2 * one.copper_loss_w)
    assert two.no_load_loss_w == pytest.approx(2 * one.no_load_loss_w)
    assert two.short_circuit_voltage_fraction == pytest.approx(one.short_circuit_voltage_fraction)


@pytest.mark.parametrize(
    ("case", "rating_va"),
    [("low", [250e3, 250e3]), ("mid", [400e3, 250e3]), ("high", [630e3, 400e3])],
)
def test_the_case_says_which_rating_a_station_has(case, rating_va):
    assert network_of(case=case).arrays.transformers.rating_va.tolist() == rating_va


def test_every_substation_holds_its_busbar():
    arrays = network_of().arrays
    assert arrays.source_node.tolist() == [0]
    assert arrays.source_voltage_pu.tolist() == [make_parameters().value("source_voltage_pu")]


def test_the_tap_sets_the_voltage_of_the_high_side():
    parameters = make_parameters()
    tapped = parameters.rows.assign(
        mid=parameters.rows["mid"].where(parameters.rows["parameter"] != "station_tap", 0.975)
    )
    network = build_network(make_grid(), make_types()[1], replace(parameters, rows=tapped))
    assert network.arrays.transformers.from_voltage_v == pytest.approx([9750.0, 9750.0])
    assert network.arrays.transformers.to_voltage_v == pytest.approx([400.0, 400.0])


def test_links_stand_where_their_further_node_stands():
    network = network_of()
    ids = network.tree.link_ids
    assert ids[network.cable_link].tolist() == make_grid().cables["cable_id"].tolist()
    assert ids[network.station_link].tolist() == ["S1", "S2"]


def test_a_ring_is_refused():
    grid = make_grid()
    ring = grid.cables.iloc[[0]].assign(cable_id="M3", to_node="S2-mv")
    looped = replace(grid, cables=grid.cables.merge(ring, how="outer"))
    with pytest.raises(ValueError, match="not radial"):
        network_of(looped)
