"""How large is each firm? Drawn, since no register of firms and their use is open.

Each address that is not a home gets a sector and a size by chance, from a stated seed; the
sizes of a sector add up to its energy in the municipal balance. All of it is synthetic.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stroomstad.blocks import Floats
from stroomstad.tables.parameters import Parameters

FIRM_SECTORS = ("buildings", "ict", "industry", "agriculture")


def draw_firms(
    other: pd.DataFrame,
    energy_kwh: dict[str, float],
    parameters: Parameters,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Draw sector and yearly energy of every address that is not a home.

    Parameters
    ----------
    other
        Sorted by address, with flags ``business_area`` and ``rural_area``.
    energy_kwh
        Energy of each of `FIRM_SECTORS`. [kWh/year]
    parameters
        For the shares of sectors, and the spread and limit of sizes.
    rng
        Source of chance.

    Returns
    -------
    Columns ``sector`` and ``energy_kwh``, index as given; per sector the energy adds up.
    """
    sector = draw_sectors(other, energy_kwh, parameters, rng)
    spread = parameters.value("firm_size_spread")
    weight = np.exp(spread * rng.standard_normal(len(other)))
    largest_kwh = (
        parameters.value("firm_power_max_mw") * 1000 * parameters.value("firm_full_load_hours")
    )
    drawn_kwh = np.zeros(len(other))
    for name in FIRM_SECTORS:
        mine = sector == name
        drawn_kwh[mine] = share_capped(weight[mine], energy_kwh[name], largest_kwh)
    return pd.DataFrame({"sector": sector, "energy_kwh": drawn_kwh}, index=other.index)


def draw_sectors(
    other: pd.DataFrame,
    energy_kwh: dict[str, float],
    parameters: Parameters,
    rng: np.random.Generator,
) -> NDArray[np.object_]:
    """Draw a sector per address; a sector with energy gets at least one address.

    Industry and information technology are likelier in business areas, agriculture occurs in
    rural areas only; all else is services. Shape (addresses,)
    """
    chance = rng.random(len(other))
    business = other["business_area"].to_numpy(dtype=bool)
    rural = other["rural_area"].to_numpy(dtype=bool)
    farm = np.where(rural, parameters.value("firm_share_agriculture_rural"), 0.0)
    industry = _by_place(business, "firm_share_industry", parameters)
    ict = _by_place(business, "firm_share_ict", parameters)
    bounds = np.cumsum(np.stack([farm, industry, ict]), axis=0)
    sector = np.select(
        [chance < bounds[0], chance < bounds[1], chance < bounds[2]],
        ["agriculture", "industry", "ict"],
        default="buildings",
    ).astype(object)
    fitting = {"agriculture": rural, "industry": business, "ict": business}
    for name in FIRM_SECTORS:
        if energy_kwh[name] > 0 and not (sector == name).any():
            _give_one(sector, name, chance, fitting.get(name, np.ones(len(other), dtype=bool)))
    return sector


def share_capped(weight: Floats, total: float, largest: float) -> Floats:
    """Divide a total over weights, without any part above the largest.

    Where all parts together could not hold the total, the limit gives way and they are equal.

    Parameters
    ----------
    weight
        Larger than zero. [1], shape (parts,)
    total, largest
        What is divided, and the most one part may get; both in one unit.

    Returns
    -------
    Parts, in the unit of the total, that add up to it. Shape (parts,)

    Examples
    --------
    >>> share_capped(np.array([1.0, 1.0, 8.0]), 10.0, 4.0)
    array([3., 3., 4.])
    """
    if not len(weight) or total == 0:
        return np.zeros(len(weight))
    limit = max(largest, total / len(weight))
    capped = np.zeros(len(weight), dtype=bool)
    while True:
        rest = total - limit * capped.sum()
        scale = rest / weight[~capped].sum() if (~capped).any() else 0.0
        parts = np.where(capped, limit, weight * scale)
        over = ~capped & (parts > limit)
        if not over.any():
            return parts
        capped |= over


def needs_own_station(energy_kwh: Floats, parameters: Parameters) -> NDArray[np.bool_]:
    """Whether a firm's power, by its full-load hours, exceeds the largest small connection."""
    power_kva = (
        energy_kwh / parameters.value("firm_full_load_hours") / parameters.value("power_factor")
    )
    return np.asarray(power_kva > parameters.value("small_connection_max_kva"))


def _by_place(business: NDArray[np.bool_], name: str, parameters: Parameters) -> Floats:
    inside = parameters.value(f"{name}_business_area")
    return np.where(business, inside, parameters.value(f"{name}_elsewhere"))


def _give_one(
    sector: NDArray[np.object_], name: str, chance: Floats, fitting: NDArray[np.bool_]
) -> None:
    free = pd.Series(sector).map(pd.Series(sector).value_counts()).to_numpy() > 1
    for candidates in (fitting & free, free, fitting):
        if candidates.any():
            at = np.flatnonzero(candidates)
            sector[at[np.argmin(chance[at])]] = name
            return
