"""Drawing dwelling types: the municipal counts hold, and what stands close is an apartment."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tiny import make_parameters

from stroomstad.sources.dwellings import apportion, draw_dwellings, dwelling_keys, read_dwellings
from stroomstad.tables.city import DWELLING_COLUMNS
from stroomstad.tables.parameters import override

PARAMETERS = make_parameters()
# Older periods hold all types, the newest only apartments and detached homes.
STOCK = np.array(
    [
        [0.0, 0.0, 10.0, 10.0, 15.0],
        [5.0, 5.0, 30.0, 40.0, 0.0],
        [0.0, 5.0, 10.0, 10.0, 0.0],
        [0.0, 0.0, 5.0, 0.0, 5.0],
    ]
)


def weighing(**weights):
    """The parameter table with these weights of the drivers, and 0 for the others."""
    names = ("density", "shared_number", "use", "chance")
    values = {
        f"dwelling_weight_{name}": {
            **dict.fromkeys(("low", "mid", "high"), weights.get(name, 0.0)),
            "status": "assumed",
            "source": "made up",
        }
        for name in names
    }
    return replace(PARAMETERS, rows=override(PARAMETERS.rows, values))


def make_addresses(groups=60, size=10, era="before_2010"):
    """Groups of homes in a row, each group twice as wide as the one before it."""
    at = np.repeat(np.arange(groups), size)
    place = np.tile(np.arange(size), groups)
    return pd.DataFrame(
        {
            "group": at,
            "postcode": [f"1000A{chr(65 + g % 26)}" for g in at],
            "street": [f"Straat {g}" for g in at],
            "number": place + 1,
            "x_m": 1000.0 * at + (1.0 + at) * place,
            "y_m": 0.0,
            "era": era,
            "mean_use_kwh": 3000.0,
            "home": True,
            "new_home": False,
        }
    )


def draw(addresses, parameters=PARAMETERS, stock=STOCK, seed=1):
    return draw_dwellings(addresses, stock, parameters, np.random.default_rng(seed))


def test_the_shares_of_the_municipality_hold_to_within_rounding():
    drawn = draw(make_addresses()).sum()
    shares = STOCK.sum(axis=1) / STOCK.sum()
    assert np.abs(drawn.to_numpy() - 600 * shares).max() < 1.0


def test_every_home_has_one_type_and_nothing_else_has_any():
    addresses = make_addresses()
    addresses.loc[:9, "home"] = False
    addresses.loc[:4, "new_home"] = True
    drawn = draw(addresses).sum(axis=1)
    assert drawn.tolist() == [1] * 5 + [0] * 5 + [1] * 590


def test_new_postcodes_hold_no_dwelling_of_an_older_period():
    addresses = make_addresses()
    later = np.arange(600) >= 540
    addresses.loc[later, "era"] = "after_2010"
    drawn = draw(addresses)
    # The newest period has three apartments to one detached home.
    assert drawn[later].sum().tolist() == [45, 0, 0, 15]
    shares = STOCK.sum(axis=1) / STOCK.sum()
    assert np.abs(drawn.sum().to_numpy() - 600 * shares).max() < 1.0


def test_homes_built_since_have_the_types_of_the_newest_period():
    addresses = make_addresses(groups=4)
    addresses["new_home"] = ~addresses["home"]
    addresses[["home", "new_home"]] = [False, True]
    assert draw(addresses).sum().tolist() == [30, 0, 0, 10]


def test_more_new_homes_than_the_newest_period_has_still_hold_its_types_only():
    addresses = make_addresses(groups=10)
    later = np.arange(100) >= 20
    addresses.loc[later, "era"] = "after_2010"
    drawn = draw(addresses)
    assert drawn[later].sum().tolist() == [60, 0, 0, 20]
    assert drawn[~later].sum().to_numpy().sum() == 20


def test_homes_close_together_are_apartments_and_roomy_ones_detached():
    drawn = draw(make_addresses(), weighing(density=1.0))
    group = np.repeat(np.arange(60), 10)
    middle = [group[drawn[name] == 1].mean() for name in DWELLING_COLUMNS]
    assert middle == sorted(middle)


def test_many_additions_on_one_house_number_make_apartments():
    addresses = make_addresses()
    shared = addresses["group"] % 6 == 0
    addresses.loc[shared, "number"] = 1
    drawn = draw(addresses, weighing(shared_number=1.0))
    assert drawn.loc[shared, "homes_apartment"].all()


def test_a_higher_use_makes_a_larger_home():
    addresses = make_addresses()
    thrifty, heavy = addresses["group"] < 6, addresses["group"] >= 58
    addresses.loc[thrifty, "mean_use_kwh"] = 1500.0
    addresses.loc[heavy, "mean_use_kwh"] = 5000.0
    drawn = draw(addresses, weighing(use=1.0))
    assert drawn.loc[thrifty, "homes_apartment"].all()
    assert drawn.loc[heavy, "homes_detached"].all()


def test_the_same_seed_draws_the_same_types():
    assert draw(make_addresses()).equals(draw(make_addresses()))
    assert not draw(make_addresses()).equals(draw(make_addresses(), seed=2))


def test_a_stock_without_a_newest_period_gives_new_homes_the_types_of_all():
    addresses = make_addresses(era="after_2010")
    stock = STOCK.copy()
    stock[:, -1] = 0.0
    shares = stock.sum(axis=1) / stock.sum()
    assert np.abs(draw(addresses, stock=stock).sum().to_numpy() - 600 * shares).max() < 1.0


def test_the_largest_remainders_get_what_is_left():
    assert apportion(7, np.array([1.0, 2.0, 3.0])).tolist() == [1, 2, 4]
    assert apportion(0, np.array([1.0, 2.0])).tolist() == [0, 0]


def test_dwellings_are_read_by_type_and_period():
    balance = pd.Series({key: str(i) for i, key in enumerate(dwelling_keys())})
    stock, issues = read_dwellings(balance, "balans.csv")
    assert issues == []
    assert stock[0].tolist() == [0, 1, 2, 3, 4]
    assert stock[:, -1].tolist() == [4, 9, 14, 19]


def test_a_municipality_without_dwellings_is_a_fault():
    balance = pd.Series(dict.fromkeys(dwelling_keys(), "0"))
    (issue,) = read_dwellings(balance, "balans.csv")[1]
    assert "0 dwellings" in issue.problem


@pytest.mark.parametrize(("value", "told"), [("", "number of dwellings"), ("-3", "-3 dwellings")])
def test_a_count_that_is_no_number_of_dwellings_is_told(value, told):
    balance = pd.Series(dict.fromkeys(dwelling_keys(), "1"))
    balance["present_number_of_apartments_1945_1964"] = value
    (issue,) = read_dwellings(balance, "balans.csv")[1]
    assert "present_number_of_apartments_1945_1964" in issue.where
    assert told in issue.problem
