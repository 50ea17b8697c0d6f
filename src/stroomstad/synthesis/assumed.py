"""How many substations a city would have, and where, when nobody says so.

As many as the planned load asks with one transformer of each out; each in the middle of the load
nearest to it, found by moving every place to that middle until none moves.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats, Ints
from stroomstad.synthesis.planning import PlanningRules, demand_of, planned_power
from stroomstad.tables.parameters import Parameters

# Numerical only: rounds in which places may move; they settle in far fewer.
_ROUNDS = 100


def assume_sites(
    points: pd.DataFrame, parameters: Parameters, planning: PlanningRules
) -> pd.DataFrame:
    """Assume the substations that would feed a city.

    Parameters
    ----------
    points
        With what is planned for each.
    parameters
        For number and rating of a substation's transformers.
    planning
        Peak per home and its simultaneity.

    Returns
    -------
    As declared in `SUBSTATION_SITES`, none of them at a known place, from west to east.
    """
    weight_kw = _weight_kw(points, planning)
    count = min(count_needed(points, parameters, planning), int((weight_kw > 0).sum()) or 1)
    places_m = points[["x_m", "y_m"]].to_numpy(dtype=np.float64)
    middles_m = middles(places_m, weight_kw, count)
    middles_m = middles_m[np.lexsort(middles_m.T[::-1])]
    numbers = range(1, count + 1)
    return pd.DataFrame(
        {
            "substation_id": [f"OS-A{number}" for number in numbers],
            "substation_name": [f"Onderstation {number} (aangenomen)" for number in numbers],
            "x_m": middles_m[:, 0],
            "y_m": middles_m[:, 1],
            "feeds_mv": True,
            "place_known": False,
        }
    )


def count_needed(points: pd.DataFrame, parameters: Parameters, planning: PlanningRules) -> int:
    """Substations whose firm power carries what is planned for a whole city, at least one.

    Notes
    -----
    The firm power of a substation is that of its transformers but one, in the middle case.
    Load and feed-in are held against the same power.
    """
    planned = planned_power(demand_of(points.sum(numeric_only=True).to_frame().T), planning)
    transformers = round(parameters.value("substation_transformers"))
    firm_mva = max(transformers - 1, 1) * parameters.value("substation_transformer_mva")
    firm_kw = firm_mva * 1000.0 * planning.power_factor * parameters.value("limit_substation")
    return max(int(np.ceil(planned.highest_kw()[0] / firm_kw)), 1)


def middles(places_m: Floats, weight: Floats, count: int) -> Floats:
    """Weighted middles of groups of places, each place in the group whose middle is nearest.

    Parameters
    ----------
    places_m
        Positions. [m], shape (places, 2)
    weight
        Not negative; places without any do not matter unless all are without.
    count
        How many groups, at most as many as there are places with weight.

    Returns
    -------
    Middles. [m], shape (count, 2)
    """
    weight = weight if weight.sum() > 0 else np.ones(len(places_m))
    places_m, weight = places_m[weight > 0], weight[weight > 0]
    middles_m = _spread_out(places_m, weight, count)
    for _ in range(_ROUNDS):
        group = _nearest(places_m, middles_m)
        sums = np.maximum(np.bincount(group, weight, minlength=count), 1e-300)[:, None]
        axes_m = [np.bincount(group, weight * axis_m, minlength=count) for axis_m in places_m.T]
        moved_m: Floats = np.stack(axes_m, axis=1) / sums
        moved_m = np.where(sums > 1e-300, moved_m, middles_m)
        if np.allclose(moved_m, middles_m, rtol=0.0, atol=0.01):
            break
        middles_m = moved_m
    return middles_m


def _spread_out(places_m: Floats, weight: Floats, count: int) -> Floats:
    """Start with the middle of all, and go on with whatever has most load far from a start."""
    starts = [np.average(places_m, axis=0, weights=weight)]
    while len(starts) < count:
        away_m = np.hypot(*(places_m[:, None, :] - np.array(starts)[None, :, :]).T).min(axis=0)
        starts.append(places_m[int(np.argmax(weight * away_m))])
    return np.array(starts)


def _nearest(places_m: Floats, middles_m: Floats) -> Ints:
    apart_m = np.hypot(*(places_m[:, None, :] - middles_m[None, :, :]).T)
    return np.asarray(apart_m.argmin(axis=0), dtype=np.int64)


def _weight_kw(points: pd.DataFrame, planning: PlanningRules) -> Floats:
    """What each point counts for: homes by their peak at station level, and everything else."""
    demand = demand_of(points)
    return np.maximum(
        demand.homes * planning.base_home_peak_kw + demand.firms_kw, demand.feed_in_kw
    )
