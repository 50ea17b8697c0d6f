"""Drawing firms: every sector adds up, nobody is too large."""

import numpy as np
import pandas as pd
import pytest
from tiny import make_parameters

from stroomstad.sources.firms import FIRM_SECTORS, draw_firms, needs_own_station, share_capped

PARAMETERS = make_parameters()
ENERGY_KWH = {"buildings": 5e6, "ict": 2e6, "industry": 1e6, "agriculture": 1e6}


def other_uses(count=400, business=0.5, rural=0.1):
    place = np.arange(count) / count
    return pd.DataFrame({"business_area": place < business, "rural_area": place >= 1 - rural})


def draw(other, energy_kwh=ENERGY_KWH, seed=1):
    return draw_firms(other, energy_kwh, PARAMETERS, np.random.default_rng(seed))


def test_every_sector_adds_up():
    drawn = draw(other_uses()).groupby("sector")["energy_kwh"].sum()
    assert drawn.to_dict() == pytest.approx(ENERGY_KWH)


def test_industry_is_likelier_in_business_areas():
    other = other_uses()
    industry = draw(other)["sector"] == "industry"
    assert industry[other["business_area"]].mean() > 2 * industry[~other["business_area"]].mean()


def test_agriculture_occurs_in_rural_areas_only():
    other = other_uses()
    farms = draw(other)["sector"] == "agriculture"
    assert farms.any()
    assert not farms[~other["rural_area"]].any()


def test_a_sector_with_energy_gets_an_address_even_where_none_fits():
    drawn = draw(other_uses(count=8, business=0.0, rural=0.0))
    assert set(drawn["sector"]) == set(FIRM_SECTORS)
    assert drawn["energy_kwh"].sum() == pytest.approx(sum(ENERGY_KWH.values()))


def test_no_firm_is_above_the_largest():
    parts = share_capped(np.array([1.0, 2.0, 50.0, 60.0]), 100.0, 40.0)
    assert parts.max() <= 40
    assert parts.sum() == pytest.approx(100)


def test_where_the_limit_cannot_hold_all_are_equal():
    assert share_capped(np.array([1.0, 9.0]), 100.0, 10.0).tolist() == [50.0, 50.0]


def test_the_limit_of_a_small_connection_follows_from_full_load_hours():
    limit_kwh = 55 * 0.98 * 3000
    needs = needs_own_station(np.array([0.99 * limit_kwh, 1.01 * limit_kwh]), PARAMETERS)
    assert needs.tolist() == [False, True]
