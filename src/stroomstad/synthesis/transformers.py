"""How large the transformers of stations and substations are.

A station takes the smallest standard transformer that carries its planning load with a margin.
The margin differs from station to station and nobody publishes it, so it is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats
from stroomstad.tables.parameters import Parameters

# Standard sizes of Dutch 10/0.4 kV stations: 630 kVA is the standard for a new one (RNB-2019),
# the others are trade practice. They are the rows of the table of transformer types, which holds
# their source; a test keeps both the same. [kVA]
STANDARD_RATINGS_KVA = (250.0, 400.0, 630.0, 1000.0)


@dataclass(frozen=True, slots=True)
class TransformerRules:
    """Rules for the size of a station, each named as in the parameter table.

    Attributes
    ----------
    station_fill_planned
        Share of the rating that may be planned. [1]
    power_factor
        Of every load. [1]
    station_margin
        Low, middle and high size over planning load. [1]
    """

    station_fill_planned: float
    power_factor: float
    station_margin: tuple[float, float, float]


def transformer_rules(parameters: Parameters) -> TransformerRules:
    """Read the rules."""
    return TransformerRules(
        parameters.value("station_fill_planned"),
        parameters.value("power_factor"),
        parameters.band("station_margin"),
    )


def largest_load_kw(rules: TransformerRules) -> float:
    """Largest planning load that one standard transformer carries at every margin. [kW]."""
    planned = rules.station_fill_planned * rules.power_factor
    return STANDARD_RATINGS_KVA[-1] * planned / rules.station_margin[2]


def draw_ratings(
    load_kw: Floats, rules: TransformerRules, generator: np.random.Generator
) -> tuple[Floats, Floats, Floats]:
    """Draw the rating of each station in the low, middle and high case.

    Parameters
    ----------
    load_kw
        Planning load, or planning feed-in where that is higher. [kW], shape (stations,)
    rules
        Fill, power factor and margin.
    generator
        Source of one number per station.

    Returns
    -------
    Ratings in the case with least room, the middle one and the one with most room; never
    decreasing from one to the next. [kVA], shape (stations,) each

    Notes
    -----
    One number u between 0 and 1 serves all three cases, so that they differ by the margin
    alone: the middle case takes the quantile u of the triangular distribution over the
    band, the low case lies at u between low and middle, the high case at u between middle
    and high. These keep their order for every u.
    """
    low, mid, high = rules.station_margin
    drawn = generator.uniform(size=load_kw.size)
    margins = (
        low + drawn * (mid - low),
        triangular_quantile(drawn, low, mid, high),
        mid + drawn * (high - mid),
    )
    planned = rules.station_fill_planned * rules.power_factor
    first, second, third = (standard_rating_kva(load_kw * m / planned) for m in margins)
    return first, second, third


def triangular_quantile(fraction: Floats, low: float, mid: float, high: float) -> Floats:
    """Quantile of the triangular distribution.

    References
    ----------
    .. [1] M. Evans, N. Hastings, B. Peacock, Statistical Distributions, 3rd ed., Wiley,
       2000, triangular distribution: inverse of the distribution function.

    Examples
    --------
    >>> triangular_quantile(np.array([0.0, 0.5, 1.0]), 1.0, 1.25, 1.5)
    array([1.  , 1.25, 1.5 ])
    """
    width = high - low
    if width == 0.0:
        return np.full(fraction.shape, mid)
    rising = low + np.sqrt(fraction * width * (mid - low))
    falling = high - np.sqrt((1.0 - fraction) * width * (high - mid))
    return np.where(fraction * width < mid - low, rising, falling)


def standard_rating_kva(needed_kva: Floats) -> Floats:
    """Smallest standard rating that is large enough.

    Returns
    -------
    A standard rating; above the largest a multiple of it, as transformers side by side.
    [kVA], shape of ``needed_kva``

    Examples
    --------
    >>> standard_rating_kva(np.array([0.0, 250.0, 251.0, 1001.0]))
    array([ 250.,  250.,  400., 2000.])
    """
    standard = np.array(STANDARD_RATINGS_KVA)
    position = np.minimum(np.searchsorted(standard, needed_kva), standard.size - 1)
    several = np.ceil(needed_kva / standard[-1]) * standard[-1]
    return np.where(needed_kva > standard[-1], several, standard[position])


def build_substations(sites: pd.DataFrame, parameters: Parameters) -> pd.DataFrame:
    """Make the table of substations; ratings are assumed until known facts say otherwise.

    Parameters
    ----------
    sites
        High-voltage stations that feed the distribution grid, sorted by identifier.
    parameters
        The parameter table.
    """
    low, mid, high = parameters.band("substation_transformer_mva")
    return pd.DataFrame(
        {
            "substation_id": sites["substation_id"].to_numpy(dtype=object),
            "substation_name": sites["substation_name"].to_numpy(dtype=object),
            "node_mv": sites["substation_id"].to_numpy(dtype=object),
            "x_m": sites["x_m"].to_numpy(dtype=np.float64),
            "y_m": sites["y_m"].to_numpy(dtype=np.float64),
            "transformers": round(parameters.value("substation_transformers")),
            "rating_mva_low": low,
            "rating_mva": mid,
            "rating_mva_high": high,
            "rating_known": False,
            "place_known": sites["place_known"].to_numpy(dtype=bool),
            "load_max_known_mw": np.nan,
            "contracted_unused_known_mw": np.nan,
        }
    )
