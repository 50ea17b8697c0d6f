import dataclasses

import numpy as np
import pytest
from tiny import make_city, make_parameters, make_shapes

from stroomstad.errors import InvalidData
from stroomstad.loads.almanac import Clock
from stroomstad.loads.published import find_clocks, heating_degree_days, published_in_utc

CITY = make_city()


def read(shapes):
    return published_in_utc(shapes, find_clocks(shapes, 2023, CITY.boundary), make_parameters())


@pytest.fixture(scope="module")
def published():
    return read(make_shapes())


def test_made_up_people_live_by_the_dutch_clock_and_the_made_up_sun_does_not(published):
    assert published.household.clock == Clock(1, summer_time=True)
    assert published.clocks["solar_pv_on_land"] == Clock(1, summer_time=False)


def test_weather_and_heat_demand_share_the_clock_of_the_sun(published):
    for name in ("air_temperature", "insulation_apartments_high", "buildings_heating"):
        assert published.clocks[name] == published.solar.clock


def test_every_shape_of_the_base_year_holds_one_unit_of_energy(published):
    sums = published.base.drop(columns="air_temperature").sum()
    assert sums.to_numpy() == pytest.approx(np.ones(len(sums)))


def test_temperature_is_moved_in_time_and_not_scaled(published):
    assert published.base["air_temperature"].to_numpy() == pytest.approx(
        np.roll(make_shapes().base["air_temperature"].to_numpy(), -1)
    )


def test_heat_of_the_design_weather_is_scaled_by_degree_days(published):
    assert published.heat_scale > 1
    assert published.design["insulation_apartments_high"].sum() == pytest.approx(
        published.heat_scale
    )
    assert published.design["buildings_heating"].sum() == pytest.approx(published.heat_scale)


def test_sun_and_wind_of_the_design_weather_keep_their_yearly_energy(published):
    assert published.design["solar_pv_on_land"].sum() == pytest.approx(1.0)


def test_shapes_without_design_weather_are_those_of_the_base_year(published):
    assert published.design["buildings_appliances"].equals(published.base["buildings_appliances"])


def test_the_unit_of_the_published_shapes_does_not_matter(published):
    shapes = make_shapes()
    kept = shapes.base["air_temperature"]
    scaled = dataclasses.replace(shapes, base=(shapes.base / 3600).assign(air_temperature=kept))
    assert read(scaled).base.to_numpy() == pytest.approx(published.base.to_numpy())


def test_a_missing_column_and_a_short_year_are_told_at_once():
    shapes = make_shapes()
    broken = dataclasses.replace(
        shapes, base=shapes.base.drop(columns="electric_buses"), design=shapes.design.iloc[:-24]
    )
    with pytest.raises(InvalidData) as told:
        read(broken)
    assert len(told.value.issues) == 2
    assert "electric_buses" in str(told.value)
    assert "8736 hours, where 2023 has 8760" in str(told.value)


def test_a_day_above_the_base_is_no_heating_day():
    temperature = np.repeat([18.5, 8.0], 24)
    assert heating_degree_days(temperature, 18.0) == pytest.approx(10.0)
