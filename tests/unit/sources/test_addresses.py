"""Groups of neighbours: small, compact and in house-number order."""

import numpy as np
import pandas as pd
from tiny import make_parameters

from stroomstad.sources.addresses import group_names, group_numbers, group_radius_m

PARAMETERS = make_parameters()


def row_of(count, spacing_m=6.0, postcode="1000AA"):
    return pd.DataFrame(
        {
            "postcode": postcode,
            "area_code": "A",
            "x_m": spacing_m * np.arange(count),
            "y_m": 0.0,
        }
    )


def test_a_long_postcode_is_cut_into_equal_stretches():
    numbers = group_numbers(row_of(50, spacing_m=1.0), PARAMETERS)
    assert np.bincount(numbers).tolist() == [17, 17, 16]
    assert (np.diff(numbers) >= 0).all()


def test_a_short_postcode_stays_whole():
    assert set(group_numbers(row_of(24), PARAMETERS)) == {0}


def test_neighbours_that_lie_far_apart_are_split():
    addresses = row_of(8, spacing_m=100.0)
    numbers = group_numbers(addresses, PARAMETERS)
    radius_m = group_radius_m(addresses["x_m"].to_numpy(), addresses["y_m"].to_numpy(), numbers)
    assert radius_m.max() <= 100
    assert np.bincount(numbers).tolist() == [2, 2, 2, 2]


def test_two_addresses_far_apart_become_two_groups():
    assert group_numbers(row_of(2, spacing_m=5000.0), PARAMETERS).tolist() == [0, 1]


def test_postcodes_and_areas_do_not_share_a_group():
    addresses = pd.concat([row_of(3), row_of(3, postcode="1000AB")], ignore_index=True)
    addresses["area_code"] = ["A", "A", "B", "B", "B", "B"]
    assert group_numbers(addresses, PARAMETERS).tolist() == [0, 0, 1, 2, 2, 2]


def test_a_radius_is_the_largest_distance_to_the_mean():
    radius_m = group_radius_m(
        np.array([0.0, 6.0, 0.0]), np.array([0.0, 8.0, 5.0]), np.array([0, 0, 1])
    )
    assert radius_m.tolist() == [5.0, 0.0]


def test_groups_are_named_by_postcode_and_rank():
    postcodes = pd.Series(["1000AA", "1000AA", "1000AB"])
    assert group_names(postcodes, np.array([0, 1, 2])).tolist() == [
        "1000AA-1", "1000AA-2", "1000AB-1",
    ]  # fmt: skip
