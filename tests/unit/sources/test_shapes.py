"""Hourly shapes as shares of a year, and the reference profile."""

import numpy as np
import pandas as pd
import pytest


def test_every_shape_is_a_share_of_the_year(inputs):
    for table in (inputs.shapes.base, inputs.shapes.design):
        shares = table.drop(columns="air_temperature").sum()
        np.testing.assert_allclose(shares, 1.0)


def test_temperature_is_left_as_it_is(inputs):
    assert (inputs.shapes.base["air_temperature"] == 5.0).all()


def test_loads_and_weather_stand_in_one_table(inputs):
    assert {"households_appliances", "solar_pv_on_roof_households"} <= set(inputs.shapes.base)
    assert len(inputs.shapes.base) == 8760


def test_the_reference_profile_is_indexed_by_utc_and_has_no_gaps_filled(inputs):
    reference = inputs.shapes.reference
    assert reference.index.tolist() == [
        pd.Timestamp("2020-08-15T00:00Z"), pd.Timestamp("2020-10-31T00:15Z"),
    ]  # fmt: skip
    assert reference.tolist() == pytest.approx([1.9e-5, 2.1e-5])
