"""For how long, and by how much, links carry more than shares of their limits over a year.

Counted portion by portion, so that memory does not follow the length of the year.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats, Ints
from stroomstad.powerflow import StepFlows
from stroomstad.simulation.design_weeks import Direction, LinkState
from stroomstad.tables.results import ABOVE_H, ABOVE_KVAH, ABOVE_SHARES
from stroomstad.units import HOURS_PER_QUARTER


@dataclass(frozen=True, slots=True)
class AboveTally:
    """What was seen so far; `count_above` adds to it.

    Attributes
    ----------
    limit_kva
        Limit of each link for load, and for feed-in. [kVA], shape (links, 2)
    level_factor
        Factor on what a link carries towards the customers. [1], shape (links,)
    quarters
        How many lie above each of `ABOVE_SHARES` of the limit. Shape (links, shares)
    excess_kva
        What was carried above it, over all quarters. [kVA], shape (links, shares)
    """

    limit_kva: Floats
    level_factor: Floats
    quarters: Ints
    excess_kva: Floats


def above_tally(states: Mapping[Direction, LinkState]) -> AboveTally:
    """Begin a tally of all links; one without a limit in a direction is never above it."""
    limits = np.stack([states[side].limit_kva for side in ("load", "feed_in")], axis=1)
    shape = (limits.shape[0], len(ABOVE_SHARES))
    return AboveTally(
        limit_kva=np.where(limits > 0, limits, np.inf),
        level_factor=states["load"].level_factor,
        quarters=np.zeros(shape, dtype=np.int64),
        excess_kva=np.zeros(shape),
    )


def count_above(tally: AboveTally, flows: StepFlows) -> None:
    """Count some quarters of all links; one without a solution counts nowhere.

    Parameters
    ----------
    tally
        Changed in place.
    flows
        Of these quarters.
    """
    least_kva = ABOVE_SHARES[0] * tally.limit_kva.min(axis=1)
    highest_kva = np.fmax.reduce(flows.apparent_kva, axis=1) * np.maximum(tally.level_factor, 1.0)
    some = np.flatnonzero(highest_kva > least_kva)
    outward = flows.power_kw[some] >= 0.0
    factor = np.where(outward, tally.level_factor[some, None], 1.0)
    carried_kva = flows.apparent_kva[some].astype(np.float64) * factor
    most_kva = np.where(outward, tally.limit_kva[some, :1], tally.limit_kva[some, 1:])
    for at, share in enumerate(ABOVE_SHARES):
        over_kva = carried_kva - share * most_kva
        above = over_kva > 0
        tally.quarters[some, at] += above.sum(axis=1)
        tally.excess_kva[some, at] += np.where(above, over_kva, 0.0).sum(axis=1)


def above_table(tally: AboveTally) -> pd.DataFrame:
    """Hours and kVAh above each share, columns `ABOVE_H` and `ABOVE_KVAH`; one row per link."""
    counted = np.hstack([tally.quarters, tally.excess_kva]) * HOURS_PER_QUARTER
    return pd.DataFrame(counted, columns=[*ABOVE_H, *ABOVE_KVAH])
