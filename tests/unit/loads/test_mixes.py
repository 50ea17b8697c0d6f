import numpy as np
import pandas as pd
import pytest
from tiny import make_parameters

from stroomstad.loads.mixes import (
    MIXES,
    SINGLES,
    heat_pump_electricity,
    mix_columns,
    published_columns,
)
from stroomstad.tables.city import FEED_IN_COLUMNS, LOAD_COLUMNS

PARAMETERS = make_parameters()
DWELLINGS = np.array([30.0, 55.0, 10.0, 5.0])


def published(seed=3, hours=48):
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({name: rng.random(hours) for name in published_columns()})
    table = table / table.sum()
    table["air_temperature"] = rng.uniform(-10, 15, hours)
    return table


def test_every_kind_of_load_and_feed_in_has_a_shape():
    base, _ = mix_columns(published(), published(), DWELLINGS, PARAMETERS)
    assert set(base.columns) == {*LOAD_COLUMNS, *FEED_IN_COLUMNS, "new_home_heat_pump"}


def test_no_column_is_mixed_and_taken_single():
    assert not set(MIXES) & set(SINGLES)


def test_every_shape_of_the_base_year_holds_one_unit_of_energy():
    base, _ = mix_columns(published(), published(4), DWELLINGS, PARAMETERS)
    assert base.sum().to_numpy() == pytest.approx(np.ones(base.shape[1]), rel=1e-9)


def test_the_same_weather_gives_the_same_shapes():
    base, design = mix_columns(published(), published(), DWELLINGS, PARAMETERS)
    pd.testing.assert_frame_equal(base, design)


def test_twice_the_heat_demand_is_twice_the_electricity_of_the_heat_pump():
    weather = published()
    heat = [name for name in weather if name.startswith("insulation_")]
    colder = weather.assign(**{name: 2 * weather[name] for name in heat})
    base, design = mix_columns(weather, colder, DWELLINGS, PARAMETERS)
    assert design["new_home_heat_pump"].to_numpy() == pytest.approx(
        2 * base["new_home_heat_pump"].to_numpy()
    )


def test_buildings_follow_the_shares_of_the_parameter_table():
    table = published()
    base, _ = mix_columns(table, table, DWELLINGS, PARAMETERS)
    share = {
        name: PARAMETERS.value(f"buildings_share_{name}")
        for name in ("appliances", "lighting", "cooling", "space_heating")
    }
    expected = (
        (share["appliances"] + share["lighting"]) * table["buildings_appliances"]
        + share["cooling"] * table["buildings_cooling"]
        + share["space_heating"] * table["buildings_heating"]
    ) / sum(share.values())
    assert base["buildings_kwh"].to_numpy() == pytest.approx(expected.to_numpy())


def test_own_use_is_the_same_in_every_hour():
    base, _ = mix_columns(published(), published(), DWELLINGS, PARAMETERS)
    assert base["own_use_kwh"].to_numpy() == pytest.approx(np.full(48, 1 / 48))


def test_a_heat_pump_needs_more_for_the_same_heat_when_it_is_colder():
    cold, mild = heat_pump_electricity(np.ones(2), np.array([-15.0, 10.0]), PARAMETERS)
    assert cold == pytest.approx(1 / (2.323 - 15 * 0.0578))
    assert mild == pytest.approx(1 / (2.323 + 10 * 0.0578))


def test_a_heat_pump_never_needs_more_than_direct_heating():
    assert heat_pump_electricity(np.ones(1), np.array([-60.0]), PARAMETERS).tolist() == [1.0]


def test_heat_demand_follows_the_types_of_the_dwellings():
    table = published()
    base, _ = mix_columns(table, table, np.array([0.0, 0.0, 0.0, 7.0]), PARAMETERS)
    heat = table["insulation_detached_houses_high"]
    pumped = heat_pump_electricity(heat.to_numpy(), table["air_temperature"].to_numpy(), PARAMETERS)
    assert base["new_home_heat_pump"].to_numpy() == pytest.approx(pumped / pumped.sum())
