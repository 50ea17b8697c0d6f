"""Laws of reading a city: nothing lost, nothing above its limit, order of rows without effect."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny import make_parameters

from stroomstad.sources.addresses import group_numbers, group_radius_m
from stroomstad.sources.coordinates import degree_issues, metres
from stroomstad.sources.energy import home_weights
from stroomstad.sources.files import parse_numbers
from stroomstad.sources.firms import share_capped
from stroomstad.sources.heating import HeatingShares, heat_homes

PARAMETERS = make_parameters()
FEW = settings(max_examples=50, deadline=None)
weights = st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=40).map(np.array)


@FEW
@given(weights, st.floats(1.0, 1e6), st.floats(0.01, 1e6))
def test_what_is_shared_adds_up_and_keeps_its_limit(weight, total, largest):
    parts = share_capped(weight, total, largest)
    assert np.isclose(parts.sum(), total)
    assert parts.max() <= max(largest, total / len(weight)) * (1 + 1e-9)
    assert (parts >= 0).all()


@FEW
@given(weights, st.floats(1.0, 1e6))
def test_a_heavier_part_never_gets_less(weight, total):
    parts = share_capped(np.sort(weight), total, 0.3 * total)
    assert (np.diff(parts) >= -1e-9 * total).all()


@FEW
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.floats(0, 400), st.floats(0, 400)), min_size=1, max_size=120
    )
)
def test_groups_are_small_compact_and_within_one_postcode(rows):
    addresses = pd.DataFrame(rows, columns=["postcode", "x_m", "y_m"])
    addresses["postcode"] = "100" + addresses["postcode"].astype(str) + "AA"
    addresses = addresses.sort_values("postcode", ignore_index=True).assign(area_code="A")
    numbers = group_numbers(addresses, PARAMETERS)
    radius_m = group_radius_m(addresses["x_m"].to_numpy(), addresses["y_m"].to_numpy(), numbers)
    assert np.bincount(numbers).max() <= 24
    assert radius_m.max() <= 100
    assert (addresses.groupby(numbers)["postcode"].nunique() == 1).all()
    assert set(np.diff(numbers)) <= {0, 1}


@FEW
@given(
    st.lists(st.tuples(st.floats(0, 1), st.booleans(), st.integers(0, 2)), min_size=1, max_size=60),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_every_home_is_heated_once(rows, gas, split):
    gas_share, later, use = (np.array(part) for part in zip(*rows, strict=True))
    addresses = pd.DataFrame(
        {"gas_share": gas_share, "era": np.where(later, "after_2010", "before_2010")}
    )
    target = HeatingShares(gas, (1 - gas) * split, (1 - gas) * (1 - split), 2022)
    heated = heat_homes(addresses, (use == 1, use == 2), target, PARAMETERS)
    assert np.allclose(heated.sum(axis=1), use > 0)
    assert (heated >= 0).all(axis=None)


@FEW
@given(st.lists(st.tuples(st.booleans(), st.floats(1, 1e5)), min_size=1, max_size=50))
def test_other_uses_weigh_nothing_among_homes(rows):
    home, use_kwh = (np.array(part) for part in zip(*rows, strict=True))
    weight = home_weights(pd.DataFrame({"home": home, "mean_use_kwh": use_kwh}), PARAMETERS)
    assert (weight[~home] == 0).all()
    assert (weight[home] > 0).all()
    assert weight.max() <= PARAMETERS.value("home_use_relative_max")


@FEW
@given(st.floats(-1e9, 1e9))
def test_a_number_reads_the_same_with_either_decimal_mark(value):
    point = pd.Series([f"{value:.6f}"])
    with_point, found = parse_numbers(point, ".", "")
    with_comma, more = parse_numbers(point.str.replace(".", ",", regex=False), ",", "")
    assert found == more == []
    assert with_point[0] == with_comma[0]


@FEW
@given(st.floats(3.4, 7.2), st.floats(50.7, 53.6))
def test_a_place_in_the_country_is_accepted_and_its_swap_is_told(lon, lat):
    assert degree_issues(np.array([lon]), np.array([lat]), "file") == []
    assert "swapped" in str(degree_issues(np.array([lat]), np.array([lon]), "file")[0])
    x_m, y_m = metres(np.array([lon]), np.array([lat]))
    assert "EPSG:28992" in str(degree_issues(x_m, y_m, "file")[0])
