"""How much every link of the grid may carry."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats
from stroomstad.powerflow.network import rating_column
from stroomstad.tables.grid import Grid, RadialTree, in_ring
from stroomstad.tables.parameters import Parameters
from stroomstad.units import SQRT3


def link_limits(
    grid: Grid,
    tree: RadialTree,
    parameters: Parameters,
    direction: Literal["load", "feed_in"] = "load",
) -> Floats:
    """Largest apparent power of every link, in the case of the parameters.

    Parameters
    ----------
    grid
        The grid.
    tree
        Its tree; sets the order of the result.
    parameters
        ``limit_*``, what is taken first at a substation, and ``power_factor``.
    direction
        What the limits are held against. Claims on power to draw leave feed-in alone; what is
        contracted to feed in is not published and taken as none.

    Returns
    -------
    Limit, never negative. [kVA], shape (links,)

    Notes
    -----
    A cable may carry its rated current at nominal voltage times the limit of its level; a
    station its rating times ``limit_station``. Both halves of a ring together may carry what the
    smaller of its first cables may, since in the worst outage one half feeds the other too; a
    medium-voltage cable outside any ring is held to ``limit_mv_cable``, which keeps a part of it
    for another. A substation is judged with one of its equal
    transformers out; one that has a single transformer is judged with that one in service,
    since no plan could otherwise use it at all. From it is taken, first, what is contracted
    but not drawn, reserved, or queued before homes; what is known of the first wins.
    """
    limits = pd.concat(
        [
            _cable_limits(grid, parameters),
            _station_limits(grid.stations, parameters),
            _substation_limits(grid.substations, parameters, direction),
        ]
    )
    return np.asarray(limits.loc[tree.link_ids], dtype=np.float64)


def _cable_limits(grid: Grid, parameters: Parameters) -> pd.Series:
    cables = grid.cables
    voltage_v = grid.nodes.set_index("node_id")["voltage_v"].loc[cables["to_node"]].to_numpy()
    rating_kva = SQRT3 * voltage_v * cables["rated_current_a"].to_numpy() / 1000.0
    return pd.Series(rating_kva * limit_shares(grid, parameters), index=cables["cable_id"])


def limit_shares(grid: Grid, parameters: Parameters) -> Floats:
    """Share of its rating that each cable may carry. [1], shape (cables,)."""
    return np.select(
        [in_ring(grid), grid.cables["kind"] == "mv_cable"],
        [parameters.value("limit_mv_ring"), parameters.value("limit_mv_cable")],
        parameters.value("limit_lv_cable"),
    )


def _station_limits(stations: pd.DataFrame, parameters: Parameters) -> pd.Series:
    rating_kva = stations[rating_column("rating_kva", parameters.case)].to_numpy()
    return pd.Series(
        rating_kva * parameters.value("limit_station"), index=stations["station_id"].to_numpy()
    )


def _substation_limits(
    substations: pd.DataFrame, parameters: Parameters, direction: str
) -> pd.Series:
    count = substations["transformers"].to_numpy()
    rating_mva = substations[rating_column("rating_mva", parameters.case)].to_numpy()
    firm_kva = np.where(count > 1, count - 1, count) * rating_mva * 1000.0
    unused_mw = substations["contracted_unused_known_mw"].fillna(
        parameters.value("contracted_unused_mw")
    )
    taken_mw = unused_mw.to_numpy(dtype=np.float64) + sum(
        parameters.value(name) for name in ("reserved_mw", "queue_mw")
    )
    taken_kva = taken_mw * 1000.0 / parameters.value("power_factor") * (direction == "load")
    left_kva = firm_kva * parameters.value("limit_substation") - taken_kva
    return pd.Series(np.maximum(left_kva, 0.0), index=substations["substation_id"].to_numpy())
