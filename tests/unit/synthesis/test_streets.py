import numpy as np
import pandas as pd
import pytest
from tiny import make_parameters, make_types

from stroomstad.synthesis.cables import standard_cables
from stroomstad.synthesis.low_voltage import low_voltage_rules
from stroomstad.synthesis.planning import Demand, planning_rules
from stroomstad.synthesis.streets import (
    FeederLoad,
    along_streets,
    gather_feeders,
    group_forest,
    house_forest,
    neighbours_along,
    street_rules,
)

PARAMETERS = make_parameters()
PLANNING = planning_rules(PARAMETERS)
CABLES = low_voltage_rules(PARAMETERS)
STREETS = street_rules(
    PARAMETERS, standard_cables(make_types()[0], "lv_cable"), CABLES, PLANNING.power_factor
)
DETOUR, DETOUR_STREET = CABLES.detour_factor, STREETS.detour_factor


def row(place, numbers, where, step=(10.0, 0.0), street="Dorpsstraat", postcode="1000AA"):
    """Addresses of one group with these house numbers, one step apart."""
    along = np.arange(len(numbers))[:, None] * np.array(step) + np.array(where)
    return pd.DataFrame(
        {
            "place": place,
            "station": 0,
            "postcode": postcode,
            "street": street,
            "house_number": [str(number) for number in numbers],
            "x_m": along[:, 0],
            "y_m": along[:, 1],
        }
    )


def houses_of(*rows):
    return along_streets(pd.concat(rows, ignore_index=True), STREETS)


def gather(houses, homes, sites=((0.0, 0.0),), station=None, homes_kw=None):
    homes = np.array(homes, dtype=float)
    zero = np.zeros(homes.size)
    load = FeederLoad(
        homes,
        Demand(homes, zero, zero),
        1.2 * homes if homes_kw is None else np.array(homes_kw),
        STREETS,
        PLANNING,
    )
    station = np.zeros(homes.size, dtype=np.int64) if station is None else np.array(station)
    return gather_feeders(houses, station, np.array(sites), load, CABLES)


def middles(houses):
    return houses.groupby("place")[["x_m", "y_m"]].mean().to_numpy()


def test_odd_and_even_numbers_face_each_other():
    odd = row(0, [1, 3, 5], (0.0, 0.0), postcode="1000AA")
    even = row(1, [2, 4, 6], (0.0, 20.0), postcode="1000AB")
    assert houses_of(odd, even)["stretch"].nunique() == 2


def test_a_postcode_with_odd_and_even_numbers_in_turn_is_one_row_of_houses():
    ordered = houses_of(row(0, [1, 2, 3, 4], (0.0, 0.0))).sort_values("along")
    assert ordered["stretch"].nunique() == 1
    assert ordered["house_number"].tolist() == ["1", "2", "3", "4"]


def test_house_numbers_are_ordered_as_numbers_and_additions_follow_them():
    ordered = houses_of(row(0, ["11", "9", "9A", "101"], (0.0, 0.0))).sort_values("along")
    assert ordered["house_number"].tolist() == ["9", "9A", "11", "101"]


def test_groups_with_consecutive_numbers_are_neighbours():
    first, second, third = (row(i, [10 * i + 1, 10 * i + 3], (30.0 * i, 0.0)) for i in range(3))
    assert neighbours_along(houses_of(third, first, second)).tolist() == [[0, 1], [1, 2]]


def test_a_gap_interrupts_a_street():
    near = row(0, [1, 3], (0.0, 0.0))
    beyond = row(1, [5, 7], (11.0 + STREETS.gap_max_m, 0.0))
    assert len(neighbours_along(houses_of(near, beyond))) == 0


def test_what_has_no_street_has_no_neighbours():
    nameless = [row(i, [""], (10.0 * i, 0.0), street="") for i in range(2)]
    assert len(neighbours_along(houses_of(*nameless))) == 0


def test_neighbours_of_a_street_share_a_feeder_before_those_across_a_block():
    """Two streets 12 m apart, two groups of 20 homes in each: as near across as along."""
    upper = [
        row(i, [10 * i + 1, 10 * i + 3], (100.0 + 22.0 * i, 6.0), street="Boven") for i in range(2)
    ]
    lower = [
        row(2 + i, [10 * i + 1, 10 * i + 3], (100.0 + 22.0 * i, -6.0), street="Onder")
        for i in range(2)
    ]
    feeder = gather(houses_of(*upper, *lower), [20.0] * 4).feeder
    assert feeder.tolist() == [0, 0, 1, 1]


def test_a_feeder_follows_its_street_one_group_after_another():
    groups = [row(i, [10 * i + 1, 10 * i + 3], (40.0 + 30.0 * i, 0.0)) for i in range(3)]
    houses = houses_of(*groups)
    forest = group_forest(gather(houses, [10.0] * 3), houses, middles(houses), DETOUR_STREET)
    assert forest.parent.tolist() == [-1, 0, 1]
    # 5 m from the middle to the last house, 20 m to the next, 5 m to its middle
    assert forest.length_m[1:] == pytest.approx(30.0 * DETOUR_STREET)
    assert forest.length_m[0] == pytest.approx(40.0 * DETOUR + 5.0 * DETOUR_STREET)


def test_streets_are_joined_where_they_come_nearest():
    near = row(0, [1, 3, 5], (100.0, 0.0), street="Eerste")
    far = row(1, [1, 3, 5], (120.0, 15.0), (0.0, 10.0), street="Tweede")
    feeders = gather(houses_of(near, far), [10.0, 10.0])
    joined = feeders.groups[:, 1] >= 0
    # house 5 of the first street stands at (120, 0), house 1 of the second at (120, 15)
    assert sorted(feeders.houses[joined].ravel().tolist()) == [2, 3]
    assert feeders.length_m[joined] == pytest.approx(15.0 * DETOUR)


def test_groups_on_either_side_of_the_station_have_feeders_of_their_own():
    east, west = row(0, [1, 3], (50.0, 0.0)), row(1, [5, 7], (-60.0, 0.0))
    assert gather(houses_of(east, west), [5.0, 5.0]).feeder.tolist() == [0, 1]


def test_a_group_above_the_limit_is_alone_on_its_feeder():
    groups = [row(i, [10 * i + 1, 10 * i + 3], (200.0 + 30.0 * i, 0.0)) for i in range(3)]
    assert gather(houses_of(*groups), [5.0, 90.0, 5.0]).feeder.tolist().count(1) == 1


def test_fewer_homes_share_a_feeder_where_they_are_planned_for_more_power():
    groups = [row(i, [10 * i + 1, 10 * i + 3], (200.0 + 30.0 * i, 0.0)) for i in range(2)]
    houses = houses_of(*groups)
    assert gather(houses, [20.0, 20.0]).station.size == 1
    assert gather(houses, [20.0, 20.0], homes_kw=[70.0, 70.0]).station.size == 2


def test_feeders_of_two_stations_are_apart():
    groups = [row(i, [10 * i + 1], (10.0 + 80.0 * i, 0.0)).assign(station=i) for i in range(2)]
    feeders = gather(
        houses_of(*groups), [5.0, 5.0], sites=((0.0, 0.0), (100.0, 0.0)), station=[0, 1]
    )
    assert feeders.station[feeders.feeder].tolist() == [0, 1]


def test_house_by_house_a_cable_passes_every_address_and_no_group_twice():
    groups = [row(i, [10 * i + 1, 10 * i + 3, 10 * i + 5], (40.0 + 30.0 * i, 0.0)) for i in (0, 1)]
    houses = houses_of(*groups)
    forest = house_forest(gather(houses, [10.0, 10.0]), houses, DETOUR_STREET, 1.0)
    assert forest.parent.tolist() == [-1, 0, 1, 2, 3, 4]
    assert forest.length_m[1:] == pytest.approx(10.0 * DETOUR_STREET)


def test_addresses_at_one_place_are_the_shortest_cable_apart():
    houses = houses_of(row(0, [1, 2, 3], (40.0, 0.0), (0.0, 0.0)))
    forest = house_forest(gather(houses, [3.0]), houses, DETOUR_STREET, 2.5)
    assert sorted(forest.length_m)[:2] == [2.5, 2.5]
