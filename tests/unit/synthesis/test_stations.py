from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scattered import make_points
from tiny import make_parameters

from stroomstad.synthesis.planning import planning_rules, with_planning
from stroomstad.synthesis.stations import (
    Places,
    StationRule,
    count_stations,
    farthest_m,
    gather_stations,
    middle_site,
    rules_over_range,
    station_rule,
)
from stroomstad.synthesis.stations import (
    make_places as make_places_of,
)
from stroomstad.tables.parameters import override

RULE = StationRule(homes_max=100.0, distance_max_m=200.0, feed_in_max_kw=500.0)


# 1000 kVA x 0.8 x 0.98 / 1.5, by hand
LARGEST_KW = pytest.approx(522.667, rel=1e-5)


def make_places(x_m, homes=10.0, radius_m=0.0, y_m=0.0, feed_in_kw=0.0):
    """Groups with one address ``radius_m`` west and one as far east of their middle."""
    x = np.asarray(x_m, dtype=float)
    given = (np.broadcast_to(v, x.shape).astype(float) for v in (y_m, radius_m, homes, feed_in_kw))
    y, radius, *demand = given
    corner_x_m = np.column_stack([x - radius, x + radius]).ravel()
    return Places(x, y, *demand, corner_x_m, np.repeat(y, 2), np.full(x.size, 2))


def test_neighbours_share_one_station_in_their_middle():
    station, site = gather_stations(make_places([0.0, 100.0, 200.0]), RULE)
    assert station.tolist() == [0, 0, 0]
    assert site.tolist() == [1]


def test_groups_too_far_apart_have_stations_of_their_own():
    station, _ = gather_stations(make_places([0.0, 1000.0]), RULE)
    assert station[0] != station[1]


def test_the_farthest_address_of_a_group_counts_towards_the_distance():
    near = gather_stations(make_places([0.0, 150.0], radius_m=50.0), RULE)[1]
    far = gather_stations(make_places([0.0, 150.0], radius_m=51.0), RULE)[1]
    assert (near.size, far.size) == (1, 2)


def test_an_address_on_the_near_side_of_its_group_leaves_room():
    # The middles are 300 m apart, but from the middle one nobody lives further than 200 m.
    places = replace(
        make_places([0.0, 150.0, 300.0]),
        corner_x_m=np.array([-10.0, 60.0, 150.0, 150.0, 250.0, 350.0]),
    )
    assert gather_stations(places, RULE)[1].tolist() == [1]


def test_feed_in_fills_a_station_as_homes_do():
    station, site = gather_stations(make_places([0.0, 10.0, 20.0], feed_in_kw=250.0), RULE)
    assert site.size == 2
    assert np.bincount(station).max() == 2


def test_a_group_does_not_move_to_a_station_that_has_no_space_for_its_panels():
    places = make_places([0.0, 190.0, 380.0, 500.0], feed_in_kw=np.array([10.0, 10.0, 10.0, 495.0]))
    assert gather_stations(places, RULE)[0].tolist() == [0, 0, 0, 1]


def test_a_group_does_not_move_where_one_of_its_addresses_would_be_too_far():
    places = replace(
        make_places([0.0, 190.0, 380.0, 500.0]),
        corner_x_m=np.array([0.0, 0, 190, 190, 290, 380, 500, 500]),
    )
    assert gather_stations(places, RULE)[0].tolist() == [0, 0, 0, 1]


def test_the_outermost_addresses_tell_how_far_a_group_reaches():
    points = with_planning(
        make_points([{"x_m": 0, "y_m": 0}, {"x_m": 50, "y_m": 0}]),
        planning_rules(make_parameters()),
    )
    addresses = pd.DataFrame(
        {
            "point": [1, 0, 0, 0, 0, 1],
            "x_m": [50.0, -3.0, 0.0, 3.0, 0.0, 60.0],
            "y_m": [0.0, 0.0, 4.0, 0.0, 1.0, 0.0],
        }
    )
    places = make_places_of(points, addresses, planning_rules(make_parameters()))
    assert places.corners.tolist() == [4, 2]
    away_m = farthest_m(places, np.array([0, 1]), np.array([[0.0, 0.0], [40.0, 0.0]]))
    assert away_m.tolist() == [4.0, 20.0]


def test_groups_that_are_all_out_of_reach_of_each_other_have_no_middle():
    with pytest.raises(ValueError, match="near enough"):
        middle_site(make_places([0.0, 900.0]), np.array([0, 1]), RULE)


def test_a_full_station_leaves_the_rest_to_another():
    station, site = gather_stations(make_places([0.0, 10.0, 20.0], homes=50.0), RULE)
    assert site.size == 2
    assert np.bincount(station).max() == 2


def test_a_group_above_the_capacity_has_a_station_alone():
    places = make_places([0.0, 10.0], homes=np.array([150.0, 10.0]))
    station, site = gather_stations(places, RULE)
    assert station[0] != station[1]
    assert site.size == 2


def test_a_group_wider_than_the_distance_is_served_from_its_own_middle():
    places = make_places([0.0, 50.0], radius_m=np.array([300.0, 0.0]))
    station, site = gather_stations(places, RULE)
    assert site[station[0]] == 0


def test_the_station_is_nearest_to_the_middle_of_the_homes_not_of_the_map():
    places = make_places([0.0, 100.0, 190.0], homes=np.array([50.0, 1.0, 1.0]))
    assert middle_site(places, np.array([0, 1, 2]), RULE) == 0


def test_the_middle_gives_way_when_an_address_would_be_too_far_from_it():
    places = make_places([0.0, 100.0, 260.0], homes=np.array([50.0, 1.0, 1.0]))
    assert middle_site(places, np.array([0, 1, 2]), RULE) == 1


def test_groups_without_homes_are_served_too():
    station, site = gather_stations(make_places([0.0, 10.0], homes=0.0), RULE)
    assert station.tolist() == [0, 0]
    assert site.size == 1


def test_a_group_goes_to_the_nearer_station_while_there_is_space():
    # From the west the first station takes all up to x = 380; the group at 380 is nearer to 500.
    places = make_places([0.0, 190.0, 380.0, 500.0])
    station, site = gather_stations(places, RULE)
    assert site.tolist() == [1, 3]
    assert station.tolist() == [0, 0, 1, 1]


def test_a_group_stays_where_it_is_when_the_nearer_station_is_full():
    places = make_places([0.0, 190.0, 380.0, 500.0], homes=np.array([10.0, 10.0, 10.0, 95.0]))
    station, _ = gather_stations(places, RULE)
    assert station.tolist() == [0, 0, 0, 1]


def test_two_groups_at_one_place_that_do_not_fit_together_are_both_served():
    station, site = gather_stations(make_places([5.0, 5.0], homes=80.0), RULE)
    assert sorted(site[station].tolist()) == [0, 1]


def test_no_groups_need_no_stations():
    station, site = gather_stations(make_places([]), RULE)
    assert (station.size, site.size) == (0, 0)


def test_the_rule_comes_from_the_parameter_table():
    parameters = make_parameters()
    rule = station_rule(parameters, planning_rules(parameters))
    assert rule == StationRule(224.0, 200.0, LARGEST_KW)


def test_the_range_holds_every_pair_of_sourced_values():
    parameters = make_parameters()
    rules = rules_over_range(parameters, planning_rules(parameters))
    assert {(r.homes_max, r.distance_max_m) for r in rules} == {
        (homes, distance) for homes in (141.0, 224.0, 411.0) for distance in (150.0, 200.0)
    }


def test_no_station_is_planned_beyond_the_largest_standard_transformer():
    parameters = make_parameters()
    homes = {"low": 9999.0, "mid": 9999.0, "high": 9999.0, "status": "assumed", "source": "none"}
    raised = replace(parameters, rows=override(parameters.rows, {"station_homes_max": homes}))
    rule = station_rule(raised, planning_rules(raised))
    # 1000 kVA x 0.8 x 0.98 / 1.5 / 1.2 kW, by hand
    assert rule.homes_max == pytest.approx(435.5556, rel=1e-5)


def test_counts_tell_public_and_customers_stations_apart():
    rules = [RULE, StationRule(15.0, 200.0, 500.0)]
    counts = count_stations(make_places([0.0, 100.0, 200.0]), rules, stations_customer=4)
    assert counts["stations_public"].tolist() == [1, 3]
    assert counts["stations_customer"].tolist() == [4, 4]
    assert counts["homes_per_station"].tolist() == [100.0, 15.0]
