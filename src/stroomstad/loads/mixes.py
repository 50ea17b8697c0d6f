"""What each kind of user draws per hour, put together from the published shapes.

A mix names a published or derived shape and the parameter that weighs it. Weights are taken
relative to their sum. Two shapes are derived here: the heating of existing homes (direct
electric heating and heat pumps) and the heat pump of a new home.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats
from stroomstad.tables.parameters import Parameters

DWELLING_TYPES = ("apartments", "terraced_houses", "semi_detached_houses", "detached_houses")
EXISTING_INSULATION = "medium"
NEW_INSULATION = "high"

MIXES: dict[str, tuple[tuple[str, str], ...]] = {
    "households_kwh": (
        # Lighting and cooking have no published shape; they follow the appliances (assumed).
        ("households_appliances", "households_share_appliances"),
        ("households_appliances", "households_share_lighting"),
        ("households_appliances", "households_share_cooking"),
        ("households_cooling", "households_share_cooling"),
        ("households_hot_water", "households_share_hot_water"),
        ("homes_heating", "households_share_space_heating"),
    ),
    "buildings_kwh": (
        ("buildings_appliances", "buildings_share_appliances"),
        ("buildings_appliances", "buildings_share_lighting"),
        ("buildings_cooling", "buildings_share_cooling"),
        ("buildings_heating", "buildings_share_space_heating"),
    ),
    "road_public_kwh": (
        ("electric_vehicle_profile_1", "road_mix_public"),
        ("electric_vehicle_profile_3", "road_mix_fast"),
        ("electric_vehicle_profile_4", "road_mix_work"),
        ("electric_buses", "road_mix_depot"),
    ),
    "rail_kwh": (
        ("passenger_trains", "rail_share_passenger"),
        ("freight_trains", "rail_share_freight"),
    ),
}
SINGLES = {
    "ict_kwh": "industry_ict",
    "industry_kwh": "industry_other_electricity",
    "agriculture_kwh": "agriculture_electricity",
    "road_home_kwh": "electric_vehicle_profile_2",
    "own_use_kwh": "flat",
    "solar_homes_kwh": "solar_pv_on_roof_households",
    "solar_firms_kwh": "solar_pv_on_roof_buildings",
    "solar_field_kwh": "solar_pv_on_land",
    "wind_kwh": "wind_inland_baseline",
    "new_home_heat_pump": "new_home_heat_pump",
}

_DERIVED = ("homes_heating", "new_home_heat_pump", "flat")


def published_columns() -> list[str]:
    """Names of the published shapes that the mixes are made of, temperature included."""
    named = {shape for mix in MIXES.values() for shape, _ in mix} | set(SINGLES.values())
    heat = {
        f"insulation_{kind}_{level}"
        for kind in DWELLING_TYPES
        for level in (EXISTING_INSULATION, NEW_INSULATION)
    }
    return sorted((named - set(_DERIVED)) | heat | {"air_temperature"})


def mix_columns(
    base: pd.DataFrame, design: pd.DataFrame, dwellings: Floats, parameters: Parameters
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Put the published shapes together, for the base year and for the design weather.

    Parameters
    ----------
    base, design
        Published shapes in UTC, per unit of energy of the base year, and ``air_temperature``
        in °C; the same columns in both.
    dwellings
        Homes of each of `DWELLING_TYPES`, in proportion to which their heat demands are mixed.
        [1], shape (types,)
    parameters
        Weights of the mixes and the heat pump's COP.

    Returns
    -------
    Per column of the load and feed-in tables, and for the heat pump of a new home, the energy
    per hour as a share of the base year's: two tables of shape (hours, columns). Homes built
    since the base year have the shape of the others.
    """
    base, design = _with_derived(base, design, dwellings, parameters)
    return _mixed(base, parameters), _mixed(design, parameters)


def heat_pump_electricity(heat: Floats, temperature_c: Floats, parameters: Parameters) -> Floats:
    """Electricity that an air heat pump needs for a heat demand.

    Parameters
    ----------
    heat
        Heat demand. [any], shape (hours,)
    temperature_c
        Outdoor temperature. [°C], shape (hours,)
    parameters
        COP at 0 °C and its rise per degree; never below 1, which is direct heating.

    Returns
    -------
    Electricity. [as ``heat``], shape (hours,)
    """
    cop = (
        parameters.value("heat_pump_cop_at_zero")
        + parameters.value("heat_pump_cop_per_degree") * temperature_c
    )
    electricity: Floats = heat / cop.clip(min=1.0)
    return electricity


def _with_derived(
    base: pd.DataFrame, design: pd.DataFrame, dwellings: Floats, parameters: Parameters
) -> list[pd.DataFrame]:
    heating = [_heating(published, dwellings, parameters) for published in (base, design)]
    energy_of_base_year = heating[0].sum()
    pumped = parameters.value("households_heat_pump_share")
    tables = []
    for published, electricity in zip((base, design), heating, strict=True):
        relative = electricity / energy_of_base_year
        mixed = (1 - pumped) * relative["direct"] + pumped * relative["heat_pump"]
        tables.append(
            published.assign(
                homes_heating=mixed, new_home_heat_pump=relative["new"], flat=1.0 / len(published)
            )
        )
    return tables


def _heating(published: pd.DataFrame, dwellings: Floats, parameters: Parameters) -> pd.DataFrame:
    """Heat demand of homes, and what heat pumps need for it."""
    shares = dwellings / dwellings.sum()
    existing, new = (
        published[[f"insulation_{kind}_{level}" for kind in DWELLING_TYPES]].to_numpy() @ shares
        for level in (EXISTING_INSULATION, NEW_INSULATION)
    )
    temperature_c = published["air_temperature"].to_numpy()
    return pd.DataFrame(
        {
            "direct": existing,
            "heat_pump": heat_pump_electricity(existing, temperature_c, parameters),
            "new": heat_pump_electricity(new, temperature_c, parameters),
        }
    )


def _mixed(published: pd.DataFrame, parameters: Parameters) -> pd.DataFrame:
    columns = {name: published[shape].to_numpy() for name, shape in SINGLES.items()}
    for name, mix in MIXES.items():
        weights = np.array([parameters.value(weight) for _, weight in mix])
        shapes = published[[shape for shape, _ in mix]].to_numpy()
        columns[name] = shapes @ (weights / weights.sum())
    columns["new_homes_kwh"] = columns["households_kwh"]
    return pd.DataFrame(columns)
