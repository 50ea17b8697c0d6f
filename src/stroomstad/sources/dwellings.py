"""Which homes are apartments, and which are terraced, semi-detached or detached? Drawn.

Types and years of building are open per municipality only. The homes are put in order of how
roomy they seem, with some chance in it, and the municipal counts cut that order into types.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stroomstad.blocks import Floats, Ints
from stroomstad.errors import Issue
from stroomstad.sources.addresses import group_radius_m
from stroomstad.sources.balance import values_of
from stroomstad.tables.city import DWELLING_COLUMNS
from stroomstad.tables.parameters import Parameters

# Names of types and periods in the keys of the balance; the smallest type and the oldest
# period first.
TYPES = ("apartments", "terraced_houses", "semi_detached_houses", "detached_houses")
PERIODS = ("before_1945", "1945_1964", "1965_1984", "1985_2004", "2005_present")


def dwelling_keys() -> list[str]:
    """Keys of the balance that count dwellings, type by type."""
    return [f"present_number_of_{kind}_{period}" for kind in TYPES for period in PERIODS]


def read_dwellings(balance: pd.Series, balance_name: str) -> tuple[Floats | None, list[Issue]]:
    """Read the dwellings of the municipality.

    Returns
    -------
    Dwellings. [1], shape (types, periods)
    """
    counts, issues = values_of(" + ".join(dwelling_keys()), balance, balance_name, "dwellings")
    if not issues and counts.sum() == 0:
        problem = "counts 0 dwellings under present_number_of_…."
        issues = [Issue(balance_name, problem, "Give the dwellings by type and period.")]
    return (None if issues else counts.reshape(len(TYPES), len(PERIODS))), issues


def draw_dwellings(
    addresses: pd.DataFrame, stock: Floats, parameters: Parameters, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw the type of every home.

    Parameters
    ----------
    addresses
        Sorted by address, with ``home, new_home, group, postcode, street, number, x_m, y_m, era``
        and ``mean_use_kwh``.
    stock
        Dwellings of the municipality, by type and period. [1], shape (types, periods)
    parameters
        For the weights of what tells the types apart.
    rng
        Source of one number per group: neighbours resemble each other.

    Returns
    -------
    Per address 1 under the type of its home, of `DWELLING_COLUMNS`, and 0 elsewhere.

    Notes
    -----
    Homes of the base year have the types of the municipality. Those in postcodes that came
    after 2010 and homes built since have the types of its newest period only, as long as
    it has that many.
    """
    roominess = _roominess(addresses, parameters, rng)
    home, new_home = (addresses[name].to_numpy(dtype=bool) for name in ("home", "new_home"))
    later = home & (addresses["era"] == "after_2010").to_numpy()
    of_later, of_others = _counts(stock, int(home.sum()), int(later.sum()))
    kind = np.full(len(addresses), -1, dtype=np.int64)
    for members, counts in (
        (later, of_later),
        (home & ~later, of_others),
        (new_home, apportion(int(new_home.sum()), _newest(stock))),
    ):
        kind[members] = _cut(roominess[members], counts)
    columns = {name: (kind == i).astype(np.int64) for i, name in enumerate(DWELLING_COLUMNS)}
    return pd.DataFrame(columns, index=addresses.index)


def apportion(total: int, weight: Floats) -> Ints:
    """Divide a whole number in proportion to weights, by largest remainder.

    Examples
    --------
    >>> apportion(10, np.array([1.0, 1.0, 1.0]))
    array([4, 3, 3])
    """
    quota = total * weight / weight.sum()
    parts: Ints = np.floor(quota).astype(np.int64)
    left = total - int(parts.sum())
    parts[np.argsort(parts - quota, kind="stable")[:left]] += 1
    return parts


def _counts(stock: Floats, homes: int, later: int) -> tuple[Ints, Ints]:
    """Homes of each type: those that came after 2010, and the others."""
    of_all = apportion(homes, stock.sum(axis=1))
    of_later = apportion(later, _newest(stock))
    if (of_later <= of_all).all():
        return of_later, of_all - of_later
    older = stock[:, :-1].sum(axis=1)
    return of_later, apportion(homes - later, older if older.sum() else _newest(stock))


def _newest(stock: Floats) -> Floats:
    newest: Floats = stock[:, -1]
    return newest if newest.sum() else np.asarray(stock.sum(axis=1))


def _roominess(addresses: pd.DataFrame, parameters: Parameters, rng: np.random.Generator) -> Floats:
    """How roomy each home seems beside the others; only the order means anything."""
    home = (addresses["home"] | addresses["new_home"]).to_numpy(dtype=bool)
    _, group = np.unique(addresses["group"].to_numpy(), return_inverse=True)
    radius_m = group_radius_m(addresses["x_m"].to_numpy(), addresses["y_m"].to_numpy(), group)
    with np.errstate(divide="ignore"):
        density = np.bincount(group) / radius_m
    door = addresses.groupby(["postcode", "street", "number"], sort=False)["number"]
    drivers: dict[str, Any] = {
        "use": addresses["mean_use_kwh"],
        "density": density[group],
        "shared_number": door.transform("size"),
    }
    sign = {"use": 1.0, "density": -1.0, "shared_number": -1.0}
    score = parameters.value("dwelling_weight_chance") * rng.standard_normal(density.size)[group]
    for name, values in drivers.items():
        weight = sign[name] * parameters.value(f"dwelling_weight_{name}")
        score += weight * _rank(np.asarray(values, dtype=np.float64), home)
    return np.asarray(score)


def _rank(values: Floats, home: NDArray[np.bool_]) -> Floats:
    """Place among the homes, from 0 to 1; the middle where nothing is known."""
    rank = pd.Series(values).where(home).rank(pct=True)
    return np.asarray(rank.fillna(0.5), dtype=np.float64)


def _cut(roominess: Floats, counts: Ints) -> Ints:
    kind = np.zeros(roominess.size, dtype=np.int64)
    kind[np.argsort(roominess, kind="stable")] = np.repeat(np.arange(counts.size), counts)
    return kind
