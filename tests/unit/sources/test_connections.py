"""Postcode ranges of 2010 beside the addresses of today."""

import numpy as np
import pandas as pd
from tiny import make_parameters

from stroomstad.sources.connections import Ranges, gas_share, with_ranges

PARAMETERS = make_parameters()


def ranges(*rows):
    first, last, connections, use, share = zip(*rows, strict=True)
    return Ranges(
        np.array(first, dtype=object),
        np.array(last, dtype=object),
        np.array(connections, dtype=float),
        np.array(use, dtype=float),
        np.array(share, dtype=float),
    )


def addresses(**counts):
    names = [name.strip("_") for name, count in counts.items() for _ in range(count)]
    return pd.DataFrame({"postcode": names})


def test_a_postcode_between_the_ends_of_a_range_belongs_to_it():
    found = ranges(("1000AA", "1000AD", 10, 3000, 0.9)).of(
        pd.Series(["1000AA", "1000AC", "1000AD", "1000AE", "0999ZZ"])
    )
    assert found.tolist() == [0, 0, 0, -1, -1]


def test_connections_match_within_a_fifth():
    known = ranges(("1000AA", "1000AA", 10, 3000, 0.9), ("1000AB", "1000AB", 10, 4000, 0.9))
    told = with_ranges(addresses(_1000AA=12, _1000AB=13), known, PARAMETERS)
    assert told.groupby("postcode")["matched"].first().tolist() == [True, False]


def test_what_does_not_match_has_no_mean_use():
    known = ranges(("1000AA", "1000AA", 10, 3000, 0.9))
    told = with_ranges(addresses(_1000AA=20), known, PARAMETERS)
    assert told["mean_use_kwh"].isna().all()
    assert told["connections_2010"].sum() == 10


def test_a_postcode_without_range_came_later():
    known = ranges(("1000AA", "1000AA", 10, 3000, 0.9))
    told = with_ranges(addresses(_1000AA=10, _1000AB=5), known, PARAMETERS)
    assert told.groupby("postcode")["era"].first().tolist() == ["before_2010", "after_2010"]


def test_inside_a_range_that_more_than_doubled_only_its_ends_stood():
    known = ranges(("1000AA", "1000AC", 10, 3000, 0.9))
    told = with_ranges(addresses(_1000AA=5, _1000AB=20, _1000AC=5), known, PARAMETERS)
    assert told.groupby("postcode")["era"].first().tolist() == [
        "before_2010", "after_2010", "before_2010",
    ]  # fmt: skip


def test_inside_a_range_that_grew_somewhat_the_era_is_unknown():
    known = ranges(("1000AA", "1000AC", 20, 3000, 0.9))
    told = with_ranges(addresses(_1000AA=10, _1000AB=10, _1000AC=10), known, PARAMETERS)
    assert told.groupby("postcode")["era"].first().tolist()[1] == "unknown"


def test_without_any_range_nothing_is_known():
    empty = Ranges(*(np.array([], dtype=object),) * 2, *(np.array([]),) * 3)
    told = with_ranges(addresses(_1000AA=3), empty, PARAMETERS)
    assert not told["matched"].any()
    assert gas_share(told, empty).tolist() == [0, 0, 0]


def test_gas_share_is_gas_over_electricity_connections_of_its_range():
    power = ranges(("1000AA", "1000AA", 10, 3000, 0.9), ("1000AB", "1000AB", 10, 3000, 0.9))
    gas = ranges(("1000AA", "1000AB", 15, 1500, 0.0))
    told = with_ranges(addresses(_1000AA=10, _1000AB=10, _1000AC=1), power, PARAMETERS)
    np.testing.assert_allclose(gas_share(told, gas), [0.75] * 20 + [0.0])


def test_gas_share_is_at_most_one():
    power = ranges(("1000AA", "1000AA", 10, 3000, 0.9))
    told = with_ranges(addresses(_1000AA=10), power, PARAMETERS)
    assert gas_share(told, ranges(("1000AA", "1000AA", 14, 1500, 0.0))).max() == 1
