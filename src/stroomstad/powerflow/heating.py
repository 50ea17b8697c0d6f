"""How warm a transformer gets, and how much it may therefore carry; IEC 60076-7.

The temperatures come from Alliander's ``transformer-thermal-model``, which solves the difference
equations of that guide. Loading it takes a tenth of a second, so it is loaded by name, by who
asks for thermal limits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from transformer_thermal_model.cooler import CoolerType
from transformer_thermal_model.model import Model
from transformer_thermal_model.schemas import InputProfile, UserTransformerSpecifications
from transformer_thermal_model.schemas.thermal_model.initial_state import InitialLoad
from transformer_thermal_model.transformer import DistributionTransformer, PowerTransformer

from stroomstad.blocks import Floats
from stroomstad.units import MINUTES_PER_QUARTER

# Factors are told in steps of a thousandth, downwards.
_STEPS = 1000.0
_CLOSE = 1e-4
# The guide looks at the course of the load alone; on which day it begins does not matter.
_START = np.datetime64("2000-01-01T00:00")


@dataclass(frozen=True, slots=True)
class HeatedTransformer:
    """A transformer as the loading guide sees it.

    Attributes
    ----------
    is_station
        Whether it is the transformer of a station, cooled by oil and air that move by
        themselves; otherwise that of a substation, with fans.
    loss_ratio
        Loss at full load over that without load. [1]
    surcharge_k
        How much warmer it stands than in the open: of a station added to the rise of its oil
        at rated load, of a substation to the air around it. [K]
    load_max
        Highest load over rating, however cool it is. [1]
    """

    is_station: bool
    loss_ratio: float
    surcharge_k: float
    load_max: float


@dataclass(frozen=True, slots=True)
class Warmest:
    """Temperatures that may not be passed.

    Attributes
    ----------
    top_oil_c, hot_spot_c
        Of the oil at the top, and of the hottest point of a winding. [°C]
    """

    top_oil_c: float
    hot_spot_c: float


def temperatures(
    loading: Floats, outdoor_c: Floats, transformer: HeatedTransformer
) -> tuple[Floats, Floats]:
    """Temperature of the oil at the top and of the hottest point of a winding.

    Parameters
    ----------
    loading
        Load over rating, never negative. [1], shape (quarters,)
    outdoor_c
        Outdoor temperature. [°C], shape (quarters,)
    transformer
        The transformer; it begins as warm as its first load keeps it.

    Returns
    -------
    [°C], shape (quarters,) each
    """
    quarter = np.timedelta64(MINUTES_PER_QUARTER, "m")
    profile = InputProfile.create(
        datetime_index=_START + quarter * np.arange(loading.size),
        load_profile=loading,
        ambient_temperature_profile=outdoor_c,
    )
    start = InitialLoad(initial_load=float(loading[0]))
    warm = Model(profile, _model(transformer), start).run()
    return (
        np.asarray(warm.top_oil_temp_profile, dtype=np.float64),
        np.asarray(warm.hot_spot_temp_profile, dtype=np.float64),
    )


def highest_factor(
    course: Floats, outdoor_c: Floats, transformer: HeatedTransformer, warmest: Warmest
) -> float:
    """Highest load over rating at which a transformer stays cool enough.

    Parameters
    ----------
    course
        Course of its load, 1 at its highest. [1], shape (quarters,)
    outdoor_c
        Outdoor temperature. [°C], shape (quarters,)
    transformer, warmest
        The transformer, and what may not be passed.

    Returns
    -------
    Rounded down to a thousandth; 0 where it is too warm without any load. [1]
    """

    def excess_k(factor: float) -> float:
        oil_c, spot_c = temperatures(factor * course, outdoor_c, transformer)
        return float(max(oil_c.max() - warmest.top_oil_c, spot_c.max() - warmest.hot_spot_c))

    most = transformer.load_max
    if excess_k(most) > 0:
        if excess_k(0.0) >= 0:
            return 0.0
        most = float(brentq(excess_k, 0.0, most, xtol=_CLOSE)) - _CLOSE
    return max(math.floor(most * _STEPS + _CLOSE) / _STEPS, 0.0)


def _model(transformer: HeatedTransformer) -> DistributionTransformer | PowerTransformer:
    # Only the ratio of the losses counts, and the load is over the rating already.
    asked = UserTransformerSpecifications(
        load_loss=transformer.loss_ratio,
        no_load_loss=1.0,
        nom_load_sec_side=1.0,
        amb_temp_surcharge=transformer.surcharge_k,
    )
    if transformer.is_station:
        return DistributionTransformer(user_specs=asked)
    return PowerTransformer(user_specs=asked, cooling_type=CoolerType.ONAF)
