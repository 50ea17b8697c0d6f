"""Which substation serves a place, and how that is known."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scattered import make_known, make_scattered_city
from shapely.geometry import MultiPolygon, box
from supplied import make_supply
from tiny import make_parameters, make_types

from stroomstad.synthesis import build_grid, serving_substation
from stroomstad.synthesis.supply import nearest_substation, serving_substations
from stroomstad.tables.city import no_supply_areas

# OS-A lies west, OS-B east; OS-C is nobody's nearest here.
SUBSTATIONS = pd.DataFrame(
    {
        "substation_id": ["OS-A", "OS-B", "OS-C"],
        "x_m": [0.0, 1000.0, 9000.0],
        "y_m": [0.0, 0.0, 0.0],
    }
)
RING = box(100, -500, 900, 500).difference(box(300, -100, 500, 100))


def serves(*places, areas, substations=SUBSTATIONS):
    """Names and statuses for these places."""
    rows = pd.DataFrame(places, columns=["x_m", "y_m"], dtype=float)
    at, supply = serving_substations(rows, substations, areas)
    return substations["substation_id"].to_numpy()[at].tolist(), supply.tolist()


def test_the_nearest_substation_serves():
    places_m, substations_m = np.array([[0.0, 0], [90, 0]]), np.array([[100.0, 0], [-50, 0]])
    assert nearest_substation(places_m, substations_m).tolist() == [1, 0]


def test_the_first_of_two_substations_at_the_same_distance_serves():
    assert nearest_substation(np.zeros((1, 2)), np.array([[5.0, 0], [-5, 0]])).tolist() == [0]


def test_without_areas_the_nearest_serves_and_that_is_said():
    told = serves((10, 0), (900, 0), areas=no_supply_areas())
    assert told == (["OS-A", "OS-B"], ["nearest", "nearest"])


def test_within_an_area_its_substation_serves_however_far_and_outside_the_nearest():
    areas = make_supply(("OS-C", RING, "assumed"), ("OS-B", box(-50, -50, 50, 50)))
    names, supply = serves((200, 0), (0, 0), (800, 0), (-400, 0), areas=areas)
    assert names == ["OS-C", "OS-B", "OS-C", "OS-A"]
    assert supply == ["assumed", "known", "assumed", "nearest"]


def test_a_hole_lies_outside():
    names, supply = serves((400, 0), areas=make_supply(("OS-C", RING)))
    assert (names, supply) == (["OS-A"], ["nearest"])


def test_every_part_of_an_area_counts():
    parts = MultiPolygon([box(-50, -50, 50, 50), box(950, -50, 1050, 50)])
    names, _ = serves((0, 0), (1000, 0), (500, 500), areas=make_supply(("OS-C", parts)))
    assert names == ["OS-C", "OS-C", "OS-A"]


@pytest.mark.parametrize("turned", [False, True])
def test_on_a_border_the_first_substation_by_identifier_serves(turned):
    rows = [("OS-B", box(0, 0, 100, 100), "known"), ("OS-C", box(100, 0, 200, 100), "assumed")]
    areas = make_supply(*(rows[::-1] if turned else rows))
    assert serves((100, 50), areas=areas) == (["OS-B"], ["known"])


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_areas_of_one_substation_the_known_one_is_told(turned):
    rows = [("OS-B", box(0, 0, 100, 100), "known"), ("OS-B", box(0, 0, 200, 100), "assumed")]
    areas = make_supply(*(rows[::-1] if turned else rows))
    assert serves((50, 50), (150, 50), areas=areas) == (["OS-B"] * 2, ["known", "assumed"])


def test_an_area_of_a_substation_that_does_not_feed_says_nothing():
    told = serves((50, 50), areas=make_supply(("OS-D", box(0, 0, 100, 100))))
    assert told == (["OS-A"], ["nearest"])


def test_one_place_gets_the_row_of_its_substation():
    areas = make_supply(("OS-C", RING))
    assert serving_substation((200, 0), SUBSTATIONS, areas)["substation_id"] == "OS-C"
    # Equally near: the first by identifier, whatever the order of the table.
    turned = SUBSTATIONS.iloc[::-1]
    assert serving_substation((500, 0), turned, no_supply_areas())["substation_id"] == "OS-A"


ROWS = [
    {"x_m": 140100, "y_m": 480100, "homes": 20},
    {"x_m": 140900, "y_m": 480100, "homes": 20},
    {"x_m": 140150, "y_m": 480400, "level": "mv", "industry_kwh": 9e6},
    {"x_m": 140200, "y_m": 480300, "level": "substation", "rail_kwh": 3e6},
]
SITES = ((140000, 480100), (141000, 480100))
WEST_HALF = box(139000, 479000, 140500, 481000)


def grid_of(areas, known=()):
    city = make_scattered_city(ROWS, SITES)
    city = replace(city, supply_areas=areas, known=make_known(*known))
    return build_grid(city, make_parameters(), make_types()[0], seed=1)


def test_stations_and_what_connects_to_a_busbar_go_where_the_area_says():
    grid = grid_of(make_supply(("OS-B", WEST_HALF, "assumed")))
    stations = grid.stations.set_index("station_id")
    assert set(stations["substation_id"]) == {"OS-B"}
    supply = {"MSR-0001-001": "assumed", "MSR-0001-002": "nearest", "KLANT-0001-001": "assumed"}
    assert stations["supply"].to_dict() == supply
    railway = grid.connections.set_index("point_id").loc["p003"]
    assert railway["node_id"] == grid.substations.set_index("substation_id").loc["OS-B", "node_mv"]
    assert railway["distance_m"] == pytest.approx(np.hypot(800, 200))


def test_a_known_fact_that_a_substation_does_not_feed_wins_over_its_area():
    grid = grid_of(make_supply(("OS-B", WEST_HALF)), [("OS-B", "feeds_mv", 0.0, "1")])
    assert set(grid.stations["substation_id"]) == {"OS-A"}
    assert set(grid.stations["supply"]) == {"nearest"}
