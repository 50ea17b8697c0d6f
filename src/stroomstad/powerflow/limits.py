"""How much every link of the grid may carry."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats, Ints
from stroomstad.powerflow.network import rating_column
from stroomstad.tables.grid import Grid, RadialTree, in_ring
from stroomstad.tables.parameters import Parameters
from stroomstad.units import SQRT3

# What a transformer may carry over its rating, as a share of the parameter of its kind.
FACTOR_COLUMNS = {"load": "limit_factor_load", "feed_in": "limit_factor_feed_in"}


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
    for another. A substation is judged with as many of its equal transformers as
    `firm_transformers` says. From it is taken, first, what is contracted but not drawn, reserved,
    or queued before homes; what is known of the first wins. Where thermal limits were computed,
    each transformer has its own share of either parameter.
    """
    limits = pd.concat(
        [
            _cable_limits(grid, parameters),
            _station_limits(grid.stations, parameters, direction),
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
    """Share of its rating that each cable may carry. [1], shape (cables,).

    The second first cable of a ring is its reserve, as the last transformer is of a substation:
    a ring may use the share ``n1_reserve_used`` of it.
    """
    kind, ring = grid.cables["kind"], parameters.value("limit_mv_ring")
    return np.select(
        [kind == "ring", in_ring(grid), kind == "mv_cable"],
        [
            ring * (1.0 + parameters.value("n1_reserve_used")),
            ring,
            parameters.value("limit_mv_cable"),
        ],
        parameters.value("limit_lv_cable"),
    )


def firm_transformers(count: Floats | Ints, parameters: Parameters) -> Floats:
    """How many transformers of a substation may be loaded in normal service.

    Parameters
    ----------
    count
        Equal transformers side by side. Shape (substations,)
    parameters
        ``n1_reserve_used``.

    Returns
    -------
    All but one, and of that one the share of the reserve that is used; a single transformer
    counts whole, since no plan could otherwise use it at all. Shape (substations,)
    """
    used = parameters.value("n1_reserve_used")
    return np.asarray(np.where(count > 1, count - 1.0 + used, count), dtype=np.float64)


def own_factor(transformers: pd.DataFrame, direction: str) -> Floats:
    """Share that transformers have of the limit parameter of their kind.

    Parameters
    ----------
    transformers
        Stations or substations of a grid, perhaps with ``limit_factor_load`` and
        ``limit_factor_feed_in``.
    direction
        ``load`` or ``feed_in``.

    Returns
    -------
    1 where nothing was computed; the median of the others for a transformer that came later.
    [1], shape (transformers,)
    """
    column = FACTOR_COLUMNS[direction]
    if column not in transformers or not len(transformers):
        return np.ones(len(transformers))
    factor = transformers[column].astype(np.float64)
    return np.asarray(factor.fillna(factor.median()).fillna(1.0), dtype=np.float64)


def _station_limits(stations: pd.DataFrame, parameters: Parameters, direction: str) -> pd.Series:
    rating_kva = stations[rating_column("rating_kva", parameters.case)].to_numpy()
    limit_kva = rating_kva * parameters.value("limit_station") * own_factor(stations, direction)
    return pd.Series(limit_kva, index=stations["station_id"].to_numpy())


def _substation_limits(
    substations: pd.DataFrame, parameters: Parameters, direction: str
) -> pd.Series:
    count = substations["transformers"].to_numpy()
    rating_mva = substations[rating_column("rating_mva", parameters.case)].to_numpy()
    firm_kva = firm_transformers(count, parameters) * rating_mva * 1000.0
    unused_mw = substations["contracted_unused_known_mw"].fillna(
        parameters.value("contracted_unused_mw")
    )
    taken_mw = unused_mw.to_numpy(dtype=np.float64) + sum(
        parameters.value(name) for name in ("reserved_mw", "queue_mw")
    )
    taken_kva = taken_mw * 1000.0 / parameters.value("power_factor") * (direction == "load")
    most_kva = firm_kva * parameters.value("limit_substation") * own_factor(substations, direction)
    left_kva = most_kva - taken_kva
    return pd.Series(np.maximum(left_kva, 0.0), index=substations["substation_id"].to_numpy())
