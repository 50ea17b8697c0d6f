"""The low-voltage net of one station in three phases, cut out of the grid of a city.

Its impedances are those of the balanced network, so that equal phases give the voltages of the
city's own power flow. What three phases need besides is the way back: the neutral, as a
zero-sequence impedance of cables, and a transformer that feeds it (delta to star).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stroomstad.blocks import Floats, Ints
from stroomstad.powerflow.asymmetric import PhaseArrays, PhaseSource
from stroomstad.powerflow.network import Network
from stroomstad.powerflow.solver import Cables, Transformers
from stroomstad.tables.grid import Grid, RadialTree
from stroomstad.tables.parameters import Parameters
from stroomstad.units import SQRT3


@dataclass(frozen=True, slots=True)
class StationNet:
    """The net behind one station in three phases; its first node is the medium-voltage side.

    Attributes
    ----------
    station_id
        The station.
    nodes
        Position of each node in the tree of the city: the medium-voltage side, the busbar, then
        what lies behind it. Shape (nodes,)
    node_ids
        Their identifiers. Shape (nodes,)
    distance_m
        Length of cable between the station and each node. [m], shape (nodes,)
    cable_ids
        Cables, each the one that feeds node ``cable_node``. Shape (cables,)
    cable_node
        Position in ``nodes`` of the far end of each cable. Shape (cables,)
    cable_rated_a
        Rated current of all cables side by side. [A], shape (cables,)
    station_rated_a
        Rated current of the transformer on its low side. [A]
    arrays
        What is solved.
    """

    station_id: str
    nodes: Ints
    node_ids: NDArray[np.object_]
    distance_m: Floats
    cable_ids: NDArray[np.object_]
    cable_node: Ints
    cable_rated_a: Floats
    station_rated_a: float
    arrays: PhaseArrays


def build_station_net(
    grid: Grid, network: Network, station_id: str, parameters: Parameters
) -> StationNet:
    """Cut the net of one station out of a grid, in three phases.

    Parameters
    ----------
    grid
        A radial grid.
    network
        The same grid as it is solved in balance.
    station_id
        A station with cables behind it.
    parameters
        ``lv_cable_r0_over_r1`` and ``lv_cable_x0_over_x1``.

    Raises
    ------
    ValueError
        When there is no such station.
    """
    tree, whole = network.tree, network.arrays
    found = np.flatnonzero(tree.link_ids[network.station_link] == station_id)
    if not found.size:
        raise ValueError(f"grid: there is no station {station_id!r}.")
    above, busbar = whole.transformers.from_node[found[0]], network.station_link[found[0]]
    nodes = _behind(tree, int(above), int(busbar))
    at = np.full(tree.parent.size, -1)
    at[nodes] = np.arange(nodes.size)
    mine = np.flatnonzero(at[whole.cables.from_node] > 0)
    cables = Cables(**_renumbered(whole.cables, mine, at))
    hung = np.flatnonzero(at[whole.hanging.from_node] > 0)
    # Their far ends may be of another net: at an open end is nothing.
    hanging = Cables(**_renumbered(whole.hanging, hung, at))
    transformers = Transformers(**_renumbered(whole.transformers, found[:1], at))
    busbar_v = float(transformers.to_voltage_v[0])
    cable_ids = tree.link_ids[network.cable_link[mine]]
    rows = grid.cables.set_index("cable_id").loc[cable_ids.tolist()]
    return StationNet(
        station_id=station_id,
        nodes=nodes,
        node_ids=tree.node_ids[nodes],
        distance_m=_distances(cables, rows["length_m"].to_numpy(dtype=np.float64), nodes.size),
        cable_ids=cable_ids,
        cable_node=cables.to_node,
        cable_rated_a=rows["rated_current_a"].to_numpy(dtype=np.float64),
        station_rated_a=float(transformers.rating_va[0]) / (SQRT3 * busbar_v),
        arrays=PhaseArrays(
            whole.node_voltage_v[nodes],
            cables,
            np.append(cables.r_ohm, hanging.r_ohm) * parameters.value("lv_cable_r0_over_r1"),
            np.append(cables.x_ohm, hanging.x_ohm) * parameters.value("lv_cable_x0_over_x1"),
            transformers,
            PhaseSource(0, parameters.value("source_voltage_pu")),
            hanging=hanging,
        ),
    )


def _behind(tree: RadialTree, above: int, busbar: int) -> Ints:
    """Positions of a station's node above, its busbar, and all behind that, parents first."""
    inside = np.zeros(tree.parent.size, dtype=np.bool_)
    inside[busbar] = True
    found = [above, busbar]
    for node in tree.order:
        if tree.parent[node] >= 0 and inside[tree.parent[node]]:
            inside[node] = True
            found.append(int(node))
    return np.array(found, dtype=np.int64)


def _renumbered(links: Cables | Transformers, mine: Ints, at: Ints) -> dict[str, Any]:
    """Columns of some of the links, with their ends as positions in the net."""
    columns = {each.name: getattr(links, each.name)[mine] for each in fields(links)}
    ends = {name: at[columns[name]] for name in ("from_node", "to_node")}
    return {**columns, **ends}


def _distances(cables: Cables, length_m: Floats, nodes: int) -> Floats:
    distance_m = np.zeros(nodes)
    # Nodes are numbered parents first, so the near end of each cable is known by then.
    for cable in np.argsort(cables.to_node, kind="stable"):
        distance_m[cables.to_node[cable]] = distance_m[cables.from_node[cable]] + length_m[cable]
    return distance_m
