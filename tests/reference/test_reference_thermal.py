"""The thermal model against the example of the loading guide that it follows."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from transformer_thermal_model.cooler import CoolerType
from transformer_thermal_model.model import Model
from transformer_thermal_model.schemas import InputProfile, UserTransformerSpecifications
from transformer_thermal_model.schemas.thermal_model.initial_state import InitialTopOilTemp
from transformer_thermal_model.transformer import PowerTransformer

CASE = Path(__file__).parent / "iec_60076_7"
AROUND_C, OIL_AT_FIRST_K = 25.6, 12.7


@pytest.fixture(scope="module")
def warm():
    """Temperatures by minute: of the oil at the top, and of the hottest point of the winding."""
    steps = pd.read_csv(CASE / "steps.csv")
    minutes = np.arange(steps["until_min"].iloc[-1] + 1)
    load = steps["load"].to_numpy()[np.searchsorted(steps["until_min"], minutes)]
    specifications = UserTransformerSpecifications(
        load_loss=1000.0, no_load_loss=1.0, nom_load_sec_side=1.0, amb_temp_surcharge=0.0,
        top_oil_temp_rise=38.3, winding_oil_gradient=14.5, hot_spot_fac=1.4,
    )  # fmt: skip
    profile = InputProfile.create(
        datetime_index=np.datetime64("2000-01-01T00:00") + np.timedelta64(1, "m") * minutes,
        load_profile=load,
        ambient_temperature_profile=np.full(minutes.size, AROUND_C),
    )
    transformer = PowerTransformer(user_specs=specifications, cooling_type=CoolerType.ONAF)
    start = InitialTopOilTemp(initial_top_oil_temp=AROUND_C + OIL_AT_FIRST_K)
    found = Model(profile, transformer, start).run()
    return found.top_oil_temp_profile.to_numpy(), found.hot_spot_temp_profile.to_numpy()


def test_every_temperature_is_that_of_the_loading_guide(warm):
    expected = pd.read_csv(CASE / "expected.csv")
    minutes = expected["minute"].to_numpy()
    for found, told in zip(warm, ("top_oil_c", "hot_spot_c"), strict=True):
        assert np.abs(found[minutes] - expected[told]).max() < 1.1
        close = minutes != 500
        assert np.abs(found[minutes] - expected[told])[close].max() < 0.1


def test_the_case_tells_its_origin():
    origin = (CASE / "ORIGIN.md").read_text(encoding="utf-8")
    assert {"Made by", "Licence", "Does not agree"} <= {
        line.strip("# ") for line in origin.splitlines() if line.startswith("#")
    }
