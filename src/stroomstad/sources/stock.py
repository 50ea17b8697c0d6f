"""Which addresses are homes, which of these were built since, and how sure is that.

Three vintages stand beside each other: the register of today, the dwellings that CBS counted,
and the connections of 2010. The *split rule* gives each address a chance to be a home from the
connections of its postcode range. It is fitted on stable areas, where little was built or
pulled down since 2010, and judged on areas that were left out of the fit. Homes are not scaled
to CBS afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import least_squares
from scipy.special import expit, logit

from stroomstad.blocks import Floats, Ints
from stroomstad.tables.city import RECONCILIATION
from stroomstad.tables.parameters import Parameters

# Numerical only: pulls the fit towards its start where too few areas decide it.
_PULL = 1e-3


@dataclass(frozen=True, slots=True)
class Cells:
    """Addresses of one area and one matched postcode range, taken together.

    Attributes
    ----------
    area
        Position of the area. Shape (cells,)
    addresses
        How many. Shape (cells,)
    mean_use_mwh, other_size_share
        Mean use per connection [MWh/year] and share of connections of another size than a
        home's [1]; 0 where not matched. Shape (cells,)
    matched
        Whether a range of 2010 matches. Shape (cells,)
    """

    area: Ints
    addresses: Floats
    mean_use_mwh: Floats
    other_size_share: Floats
    matched: NDArray[np.bool_]

    def within(self, areas: Ints) -> Cells:
        """Keep the cells of some areas."""
        keep = np.isin(self.area, areas)
        return Cells(
            self.area[keep],
            self.addresses[keep],
            self.mean_use_mwh[keep],
            self.other_size_share[keep],
            self.matched[keep],
        )


@dataclass(frozen=True, slots=True)
class Stock:
    """Which addresses are homes, per address, and the reconciliation per area.

    Attributes
    ----------
    home, new_home
        Homes of the base year, and homes built since. Shape (addresses,)
    business_areas
        Codes of areas without dwellings to speak of.
    reconciliation
        As declared in `RECONCILIATION`.
    error_spread
        Standard deviation of the relative error of the rule in areas left out of its fit. [1]
    """

    home: NDArray[np.bool_]
    new_home: NDArray[np.bool_]
    business_areas: frozenset[str]
    reconciliation: pd.DataFrame
    error_spread: float


def split_stock(
    addresses: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    new_home_areas: tuple[str, ...],
    parameters: Parameters,
) -> Stock:
    """Split homes from other uses, and homes of the base year from those built since.

    Parameters
    ----------
    addresses
        Sorted by postcode and house number, with ``area_code`` and the columns that
        `connections.with_ranges` adds.
    areas
        As declared in `AREAS`.
    new_home_areas
        Areas whose homes were all built since the CBS count.
    parameters
        For the tolerances.

    Notes
    -----
    Without a stable area, as where no connections are known, there is nothing to fit the rule
    on, and `count_stock` holds.
    """
    area = pd.Index(areas["area_code"]).get_indexer(addresses["area_code"])
    counts = area_counts(area, addresses, areas, parameters)
    business = _is_business(counts, areas, new_home_areas, parameters)
    stable = counts["stable"].to_numpy() & ~business
    if not stable.any():
        return count_stock(addresses, areas, new_home_areas, parameters)
    cells = make_cells(addresses, area)
    dwellings = areas["dwellings"].to_numpy(dtype=float)
    rule = fit_rule(cells, dwellings, np.flatnonzero(stable), parameters)
    predicted = np.where(business, 0.0, predict(rule, cells, len(areas)))
    predicted[stable] = predict_left_out(cells, dwellings, np.flatnonzero(stable), parameters)
    errors = (predicted[stable] / dwellings[stable]) - 1
    spread = float(errors.std()) if errors.size else 0.0
    chance = np.where(business[area], 0.0, home_chance(rule, _address_cells(addresses, area)))
    home = _spread(chance, area)
    tolerance = spread * parameters.value("new_homes_error_spreads")
    built = _built_since(
        np.bincount(area[home], minlength=len(areas)), areas, new_home_areas, tolerance
    )
    new_home = _place_new(home, area, addresses, built)
    table = counts.assign(dwellings_cbs=dwellings, homes_predicted=predicted)
    codes = frozenset(areas["area_code"][business])
    return Stock(home & ~new_home, new_home, codes, _reconcile(table, area, home, built), spread)


def count_stock(
    addresses: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    new_home_areas: tuple[str, ...],
    parameters: Parameters,
) -> Stock:
    """Give every area the homes that CBS counts, where no area is stable enough to fit a rule.

    Parameters
    ----------
    addresses, areas, new_home_areas, parameters
        As of `split_stock`.

    Notes
    -----
    An area without a count, and one whose homes were all built since, has
    ``home_share_default`` homes per address.
    """
    area = pd.Index(areas["area_code"]).get_indexer(addresses["area_code"])
    counts = area_counts(area, addresses, areas, parameters)
    business = _is_business(counts, areas, new_home_areas, parameters)
    dwellings = areas["dwellings"].to_numpy(dtype=float)
    number = np.maximum(counts["addresses"].to_numpy(dtype=float), 1.0)
    uncounted = np.isnan(dwellings) | areas["area_code"].isin(new_home_areas).to_numpy()
    share = np.where(uncounted, parameters.value("home_share_default"), dwellings / number)
    chance = np.where(business, 0.0, np.minimum(share, 1.0))
    home = _spread(chance[area], area)
    homes = np.bincount(area[home], minlength=len(areas))
    all_new = areas["area_code"].isin(new_home_areas).to_numpy()
    built = np.where(all_new, homes, 0).astype(np.int64)
    new_home = home & all_new[area]
    table = counts.assign(dwellings_cbs=dwellings, homes_predicted=chance * number)
    codes = frozenset(areas["area_code"][business])
    return Stock(home & ~new_home, new_home, codes, _reconcile(table, area, home, built), 0.0)


def _reconcile(
    table: pd.DataFrame, area: Ints, home: NDArray[np.bool_], built: Ints
) -> pd.DataFrame:
    """Add homes, those built since and other uses to what stands per area."""
    homes = np.bincount(area[home], minlength=len(table))
    table = table.assign(
        homes=homes - built, new_homes=built, other_uses=table["addresses"] - homes
    )
    table["difference"] = table["homes"] - table["dwellings_cbs"]
    return table[list(RECONCILIATION.columns)]


def area_counts(
    area: Ints, addresses: pd.DataFrame, areas: gpd.GeoDataFrame, parameters: Parameters
) -> pd.DataFrame:
    """Addresses and connections of 2010 per area, and whether the two agree."""
    count = np.bincount(area, minlength=len(areas))
    connections = np.bincount(
        area, addresses["connections_2010"].to_numpy(dtype=float), minlength=len(areas)
    )
    tolerance = parameters.value("stable_area_tolerance")
    stable = (np.abs(count - connections) <= tolerance * connections) & (connections > 0)
    known = (areas["dwellings"] > 0).to_numpy()
    return pd.DataFrame(
        {
            "area_code": areas["area_code"].to_numpy(),
            "area_name": areas["area_name"].to_numpy(),
            "addresses": count.astype(np.int64),
            "connections_2010": connections,
            "stable": stable & known,
        }
    )


def make_cells(addresses: pd.DataFrame, area: Ints) -> Cells:
    """Take addresses of the same area and matched range together."""
    part = _address_cells(addresses, area)
    matched_range = np.where(part.matched, addresses["range"].to_numpy(), -1)
    keys, first, count = np.unique(
        np.stack([area, matched_range]), axis=1, return_index=True, return_counts=True
    )
    return Cells(
        keys[0].astype(np.int64),
        count.astype(float),
        part.mean_use_mwh[first],
        part.other_size_share[first],
        part.matched[first],
    )


def home_chance(rule: Floats, cells: Cells) -> Floats:
    """Chance that an address is a home.

    Parameters
    ----------
    rule
        Four coefficients: intercept, per MWh of mean use, per share of connections of another
        size than 3x25 A (logistic), and the chance where no range matches.
    cells
        What is known of the addresses.

    Returns
    -------
    Chance. [1], shape (cells,)
    """
    score = rule[0] + rule[1] * cells.mean_use_mwh + rule[2] * cells.other_size_share
    return np.asarray(np.where(cells.matched, expit(score), rule[3]), dtype=np.float64)


def predict(rule: Floats, cells: Cells, areas: int) -> Floats:
    """Homes per area according to the rule. Shape (areas,)."""
    expected = home_chance(rule, cells) * cells.addresses
    return np.asarray(np.bincount(cells.area, expected, minlength=areas), dtype=np.float64)


def fit_rule(cells: Cells, dwellings: Floats, fit_areas: Ints, parameters: Parameters) -> Floats:
    """Fit the rule to the CBS dwellings of some areas, by weighted least squares.

    An area weighs as the inverse of its addresses, since its error grows with their root. A
    higher use or fewer connections of the usual size never makes a home likelier.

    Returns
    -------
    Coefficients as in `home_chance`; without areas, ``home_share_default`` for everyone.
    """
    share = parameters.value("home_share_default")
    start = np.array([float(logit(share)), 0.0, 0.0, share])
    if not fit_areas.size:
        return start
    mine = cells.within(fit_areas)
    size = np.bincount(mine.area, mine.addresses, minlength=len(dwellings))[fit_areas]

    def residuals(rule: Floats) -> Floats:
        errors = predict(rule, mine, len(dwellings))[fit_areas] - dwellings[fit_areas]
        return np.concatenate([errors / np.sqrt(size), _PULL * (rule - start)])

    highest = np.array([12.0, 1e-9, 1e-9, 1.0])
    lowest = np.array([-12.0, -20.0, -20.0, 0.0])
    inside = np.clip(start, lowest + 1e-10, highest - 1e-10)
    return np.asarray(least_squares(residuals, inside, bounds=(lowest, highest)).x)


def predict_left_out(
    cells: Cells, dwellings: Floats, stable: Ints, parameters: Parameters
) -> Floats:
    """Homes of each stable area by the rule fitted on the other ones. Shape (stable,)."""
    answers = np.zeros(len(stable))
    for i, left_out in enumerate(stable):
        rule = fit_rule(cells, dwellings, np.delete(stable, i), parameters)
        answers[i] = predict(rule, cells.within(np.array([left_out])), len(dwellings))[left_out]
    return answers


def _address_cells(addresses: pd.DataFrame, area: Ints) -> Cells:
    matched = addresses["matched"].to_numpy(dtype=bool)
    use_mwh = addresses["mean_use_kwh"].to_numpy(dtype=float) / 1000
    other_size = 1 - addresses["home_size_share"].to_numpy(dtype=float)
    return Cells(
        area.astype(np.int64),
        np.ones(len(area)),
        np.where(matched, use_mwh, 0.0),
        np.where(matched, other_size, 0.0),
        matched,
    )


def _is_business(
    counts: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    new_home_areas: tuple[str, ...],
    parameters: Parameters,
) -> NDArray[np.bool_]:
    share_max = parameters.value("business_area_dwellings_max")
    dwellings = areas["dwellings"].to_numpy(dtype=float)
    few = dwellings < share_max * counts["addresses"].to_numpy()
    named = areas["area_code"].isin(new_home_areas).to_numpy()
    return np.asarray(few & ~named)


def _spread(chance: Floats, area: Ints) -> NDArray[np.bool_]:
    # Systematic sampling along the sorted addresses of each area: whole homes, no chance, and
    # every postcode within one home of what is expected of it.
    order = np.argsort(area, kind="stable")
    total = np.cumsum(chance[order])
    first = np.searchsorted(area[order], area[order])
    before = np.where(first > 0, total[first - 1], 0.0)
    count = np.floor(total - before + 0.5)
    step = np.diff(count, prepend=0.0)
    starts = np.arange(len(order)) == first
    home = np.zeros(len(order), dtype=bool)
    home[order] = np.where(starts, count, step) >= 1
    return home


def _built_since(
    homes: Ints, areas: gpd.GeoDataFrame, new_home_areas: tuple[str, ...], tolerance: float
) -> Ints:
    dwellings = areas["dwellings"].to_numpy(dtype=float)
    counted = np.where(np.isnan(dwellings), homes, dwellings)
    excess = np.maximum(homes - counted, 0.0)
    grown = excess > tolerance * counted
    all_new = areas["area_code"].isin(new_home_areas).to_numpy()
    return np.where(all_new, homes, np.where(grown, excess, 0.0)).astype(np.int64)


def _place_new(
    home: NDArray[np.bool_], area: Ints, addresses: pd.DataFrame, built: Ints
) -> NDArray[np.bool_]:
    # Newest first: postcodes that did not stand in 2010, and of these the last ones handed out.
    rank = addresses["era"].map({"after_2010": 0, "unknown": 1, "before_2010": 2}).to_numpy()
    position = np.arange(len(area))
    order = np.lexsort((-position, rank, ~home, area))
    first = np.searchsorted(area[order], area[order])
    chosen = (np.arange(len(order)) - first) < built[area[order]]
    new_home = np.zeros(len(area), dtype=bool)
    new_home[order] = chosen & home[order]
    return new_home
