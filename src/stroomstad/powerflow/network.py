"""What the tables of a grid mean to the solver.

A substation is a source that holds its medium-voltage busbar at the set voltage, or at that which
a given grid tells: its tap changer sees to that, so its own transformers have no impedance in the
model. A cable has resistance and reactance; its capacitance is left out where no given grid tells
it, which overstates the reactive power drawn from the substation a little. Where it is told, a
cable that is open at its far end draws its charging current at the near one. A station has the
impedance and no-load loss of the standard transformer nearest to its rating.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats, Ints
from stroomstad.powerflow.solver import Cables, NetworkArrays, Transformers
from stroomstad.tables.grid import (
    LINK_KINDS,
    RING_LENGTH_M,
    SOLVED_LENGTH_MIN_M,
    Grid,
    RadialTree,
    radial_tree,
)
from stroomstad.tables.parameters import Case, Parameters

_RATING_COLUMNS: dict[Case, str] = {"low": "_low", "mid": "", "high": "_high"}


@dataclass(frozen=True, slots=True)
class Network:
    """A radial grid, ready to be solved; position ``i`` is node ``i`` and the link to its parent.

    Attributes
    ----------
    tree
        Order of nodes and links.
    arrays
        What the solver needs.
    cable_link, station_link
        Position in the tree of each cable and each station transformer of ``arrays``.
    power_factor
        Power factor of every load, inductive; feed-in is at unity. [1]
    """

    tree: RadialTree
    arrays: NetworkArrays
    cable_link: Ints
    station_link: Ints
    power_factor: float


def build_network(grid: Grid, transformer_types: pd.DataFrame, parameters: Parameters) -> Network:
    """Turn a grid into the arrays that are solved.

    Parameters
    ----------
    grid
        A radial grid.
    transformer_types
        As declared in `TRANSFORMER_TYPES`.
    parameters
        ``source_voltage_pu``, ``station_tap`` and ``power_factor``; their case also says which
        rating the stations have.

    Raises
    ------
    ValueError
        When the grid is not radial.
    """
    tree = radial_tree(grid)
    at = pd.Series(np.arange(tree.node_ids.size), index=tree.node_ids)
    voltage_v = grid.nodes["voltage_v"].to_numpy(dtype=np.float64)
    cables = _cables(grid.cables, at)
    transformers = _transformers(grid.stations, transformer_types, at, voltage_v, parameters)
    sources = np.flatnonzero(tree.link_kind == LINK_KINDS.index("substation"))
    substations = grid.substations.set_index("substation_id").reindex(list(tree.link_ids[sources]))
    held_pu = np.full(sources.size, parameters.value("source_voltage_pu"))
    held_pu = _told(substations, "voltage_pu", held_pu)
    hanging = _hanging(grid.open_cables, at)
    arrays = NetworkArrays(voltage_v, cables, transformers, sources, held_pu, hanging)
    return Network(
        tree, arrays, cables.to_node, transformers.to_node, parameters.value("power_factor")
    )


def rating_column(name: str, case: Case) -> str:
    """Name of the rating column that a case uses: the low one, the middle one or the high one.

    Examples
    --------
    >>> rating_column("rating_kva", "low"), rating_column("rating_kva", "mid")
    ('rating_kva_low', 'rating_kva')
    """
    return name + _RATING_COLUMNS[case]


def solved_cables(cables: pd.DataFrame) -> tuple[Floats, Floats, Floats]:
    """Tell what the solver takes of cables: all of a row side by side, none of no length.

    Parameters
    ----------
    cables
        Columns of `CABLES` or of `OPEN_CABLES`, and ``c_nf_per_km`` where a given grid tells it.

    Returns
    -------
    Resistance and reactance in Ω and capacitance in F. Shape (cables,)
    """
    ring = cables["kind"] == "ring" if "kind" in cables else np.zeros(len(cables), dtype=np.bool_)
    shortest_m = np.where(ring, RING_LENGTH_M, SOLVED_LENGTH_MIN_M)
    length_km = np.maximum(cables["length_m"].to_numpy(dtype=np.float64), shortest_m) / 1000.0
    parallel = cables["parallel"].to_numpy(dtype=np.float64)
    return (
        cables["r_ohm_per_km"].to_numpy(dtype=np.float64) * length_km / parallel,
        cables["x_ohm_per_km"].to_numpy(dtype=np.float64) * length_km / parallel,
        _told(cables, "c_nf_per_km", np.zeros(len(cables))) * length_km * parallel / 1e9,
    )


def _cables(cables: pd.DataFrame, at: pd.Series) -> Cables:
    near, far = (_positions(at, cables[end]) for end in ("from_node", "to_node"))
    return Cables(near, far, *solved_cables(cables))


def _hanging(cables: pd.DataFrame, at: pd.Series) -> Cables:
    """Cables that are open at their far end, as far as anything charges them."""
    charge = _told(cables, "c_nf_per_km", np.zeros(len(cables)))
    return _cables(cables[charge > 0.0], at)


def _transformers(
    stations: pd.DataFrame,
    types: pd.DataFrame,
    at: pd.Series,
    voltage_v: Floats,
    parameters: Parameters,
) -> Transformers:
    """Station transformers: the fractions of the nearest type, on the rating of the station.

    A given grid tells of its transformers and cables itself; see `GivenGrid`.
    A rating that is a multiple of the largest type thus is so many of them side by side.
    """
    rating_kva = stations[rating_column("rating_kva", parameters.case)].to_numpy(dtype=np.float64)
    type_kva = types["rating_kva"].to_numpy(dtype=np.float64)
    nearest = np.abs(rating_kva[:, None] - type_kva[None, :]).argmin(axis=1)
    chosen = types.iloc[nearest]
    scale = rating_kva / type_kva[nearest]
    from_node, to_node = _positions(at, stations["node_mv"]), _positions(at, stations["node_lv"])
    tap = np.full(len(stations), parameters.value("station_tap"))

    def of_type(name: str, factor: Floats | float = 1.0) -> Floats:
        return _told(stations, name, _numbers(chosen, name) * factor)

    return Transformers(
        from_node=from_node,
        to_node=to_node,
        from_voltage_v=voltage_v[from_node] * _told(stations, "turns_fraction", tap),
        to_voltage_v=voltage_v[to_node],
        rating_va=rating_kva * 1000.0,
        short_circuit_voltage_fraction=of_type("short_circuit_voltage_fraction"),
        copper_loss_w=of_type("copper_loss_kw", scale) * 1000.0,
        no_load_current_fraction=of_type("no_load_current_fraction"),
        no_load_loss_w=of_type("no_load_loss_kw", scale) * 1000.0,
    )


def _positions(at: pd.Series, ids: pd.Series) -> Ints:
    return np.asarray(at.loc[ids], dtype=np.int64)


def _told(rows: pd.DataFrame, column: str, otherwise: Floats) -> Floats:
    """What a given grid tells itself, and else what its type says."""
    if column not in rows:
        return otherwise
    told = rows[column].to_numpy(dtype=np.float64)
    return np.where(np.isnan(told), otherwise, told)


def _numbers(rows: pd.DataFrame, column: str) -> Floats:
    return rows[column].to_numpy(dtype=np.float64)
