"""Heating of homes against municipal shares."""

import numpy as np
import pandas as pd
import pytest
from tiny import make_parameters

from stroomstad.sources.heating import HeatingShares, heat_homes

PARAMETERS = make_parameters()
TARGET = HeatingShares(gas=0.4, heat_net=0.5, neither=0.1, year=2022)


def heat(era, gas_share, new=0, target=TARGET):
    addresses = pd.DataFrame({"era": era, "gas_share": gas_share})
    new_home = np.arange(len(addresses)) < new
    return heat_homes(addresses, (~new_home, new_home), target, PARAMETERS)


def test_a_postcode_that_stood_keeps_its_own_ratio():
    heated = heat(["before_2010"] * 4, [0.0, 0.25, 1.0, 1.0])
    assert heated["homes_gas"].tolist() == [0.0, 0.25, 1.0, 1.0]
    assert heated["homes_heat_net"].tolist() == [1.0, 0.75, 0.0, 0.0]


def test_later_postcodes_bring_the_municipality_to_the_table():
    heated = heat(["before_2010"] * 6 + ["after_2010"] * 4, [0.5] * 10)
    assert heated.mean().tolist() == pytest.approx([0.4, 0.5, 0.1])


def test_what_shares_cannot_reach_is_left_as_a_residual():
    heated = heat(["before_2010"] * 9 + ["unknown"], [0.9] * 10)
    assert heated["homes_gas"].iloc[-1] == 0
    assert heated["homes_gas"].mean() == pytest.approx(0.81)


def test_new_homes_have_no_gas():
    heated = heat(["after_2010"] * 10, [0.9] * 10, new=3)
    assert heated["homes_gas"].iloc[:3].tolist() == [0, 0, 0]
    assert heated["homes_heat_net"].iloc[0] == PARAMETERS.value("new_home_heat_net_share")


def test_other_uses_are_not_heated_as_homes():
    addresses = pd.DataFrame({"era": ["before_2010"], "gas_share": [1.0]})
    nothing = np.array([False])
    assert heat_homes(addresses, (nothing, nothing), TARGET, PARAMETERS).to_numpy().sum() == 0
