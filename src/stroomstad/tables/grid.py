"""The grid as tables, and the radial tree that is derived from them whenever it is needed.

Five kinds of link carry power from the region down to an address: a *substation* (its
transformers), a *ring* (what both halves of an open ring carry together), a *medium-voltage
cable*, a *station* (its transformer) and a *low-voltage cable*. In a radial grid every node but
the roots has exactly one link towards its parent.

A ring has no length: it joins the busbar to the node where its two halves begin. It stands for
the worst outage, in which one half feeds the other too, so its rating is that of the smaller of
its two first cables. The cable between the ends of both halves is open, and no part of the tree.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import breadth_first_order

from stroomstad.blocks import Ints
from stroomstad.tables.schema import count, flag, number, table, text
from stroomstad.tables.schema import key as key_

LINK_KINDS = ("substation", "ring", "mv_cable", "station", "lv_cable")
CABLE_KINDS = ("ring", "mv_cable", "lv_cable")
SUPPLIES = ("known", "assumed", "nearest")

# Own choice: two nodes in one place are joined by this much cable, since an impedance of zero
# cannot be solved: at 400 V and 100 A the drop over a cable is under one millionth, at 10 kV and
# 400 A that over the start of a ring under a hundred-millionth. [m]
SOLVED_LENGTH_MIN_M = 0.1
RING_LENGTH_M = 0.001

NODES = table(
    "nodes",
    "Places where cables and transformers meet.",
    {
        "node_id": key_("identifier"),
        "kind": text("what it is", isin=("substation", "ring", "station_mv", "station_lv", "lv")),
        "voltage_v": number("nominal line-to-line voltage", "V"),
        "x_m": number("easting, EPSG:28992", "m", lowest=None),
        "y_m": number("northing, EPSG:28992", "m", lowest=None),
        "area_code": text("area it lies in"),
        "substation_id": text("substation that feeds it"),
        "feeder_id": text("ring or feeder that feeds it; empty at the substation"),
        "station_id": text("station it belongs to; empty at the substation"),
    },
)

CABLES = table(
    "cables",
    "Cables of medium and low voltage; `from_node` is nearer to the substation.",
    {
        "cable_id": key_("identifier"),
        "kind": text("voltage level, or the start of a ring", isin=CABLE_KINDS),
        "from_node": text("node nearer to the substation"),
        "to_node": text("node further from the substation"),
        "cable_type": text("name of the type in the table of cable types"),
        "parallel": count("cables side by side"),
        "length_m": number("route length", "m"),
        "r_ohm_per_km": number("resistance of one cable", "ohm/km"),
        "x_ohm_per_km": number("reactance of one cable", "ohm/km"),
        "rated_current_a": number("continuous rating of all cables side by side", "A"),
        "synthetic": flag("whether it was generated"),
    },
)

OPEN_CABLES = table(
    "open_cables",
    "Medium-voltage cables that are switched off: the open point of each ring.",
    {
        **{name: column for name, column in CABLES.columns.items() if name != "kind"},
        "feeder_id": text("ring that it closes; empty where it closes none"),
    },
)

STATIONS = table(
    "stations",
    "Medium to low-voltage stations, public ones and those of a customer.",
    {
        "station_id": key_("identifier"),
        "owner": text("whose it is", isin=("public", "customer")),
        "area_code": text("area it lies in"),
        "x_m": number("easting, EPSG:28992", "m", lowest=None),
        "y_m": number("northing, EPSG:28992", "m", lowest=None),
        "substation_id": text("substation that feeds it"),
        "supply": text(
            "how that is known: by a known or an assumed supply area, or as the nearest; known "
            "in a grid that is given and says nothing else, assumed for a station of a plan",
            isin=SUPPLIES,
        ),
        "feeder_id": text("ring or feeder that feeds it"),
        "node_mv": text("its node on the medium-voltage side"),
        "node_lv": text("its node on the low-voltage side"),
        "homes": count("homes behind it, new homes included"),
        "addresses": count("addresses behind it"),
        "rating_kva_low": number("transformer rating in the case with least room", "kVA"),
        "rating_kva": number("transformer rating", "kVA"),
        "rating_kva_high": number("transformer rating in the case with most room", "kVA"),
        "distance_p50_m": number("median straight-line distance to its addresses", "m"),
        "distance_max_m": number("largest straight-line distance to its addresses", "m"),
        "synthetic": flag("whether it was generated"),
        "rating_known": flag("whether the rating is a known fact"),
        "load_max_known_mw": number("measured peak; missing when unknown", "MW", nullable=True),
    },
)

SUBSTATIONS = table(
    "substations",
    "High to medium-voltage substations that feed the distribution grid.",
    {
        "substation_id": key_("identifier"),
        "substation_name": text("name"),
        "node_mv": text("its medium-voltage busbar"),
        "x_m": number("easting, EPSG:28992", "m", lowest=None),
        "y_m": number("northing, EPSG:28992", "m", lowest=None),
        "transformers": count("transformers side by side"),
        "rating_mva_low": number("rating of each transformer in the case with least room", "MVA"),
        "rating_mva": number("rating of each transformer", "MVA"),
        "rating_mva_high": number("rating of each transformer in the case with most room", "MVA"),
        "rating_known": flag("whether the rating is a known fact"),
        "place_known": flag("whether its place is known; else assumed"),
        "load_max_known_mw": number("measured peak; missing when unknown", "MW", nullable=True),
        "contracted_unused_known_mw": number(
            "contracted power that is not drawn yet; missing when unknown", "MW", nullable=True
        ),
    },
)

_STATUS = ("sourced", "derived", "assumed", "calibrated")

CABLE_TYPES = table(
    "cable_types",
    "Standard cables.",
    {
        "cable_type": key_("name"),
        "kind": text("voltage level", isin=("mv_cable", "lv_cable")),
        "r_ohm_per_km": number("resistance", "ohm/km"),
        "x_ohm_per_km": number("reactance", "ohm/km"),
        "rated_current_a": number("continuous rating", "A"),
        "status": text("where the values come from", isin=_STATUS),
        "source": text("publication"),
    },
)

TRANSFORMER_TYPES = table(
    "transformer_types",
    "Standard transformers of a station, 10/0.4 kV.",
    {
        "rating_kva": number("rating", "kVA"),
        "short_circuit_voltage_fraction": number("short-circuit voltage", "1"),
        "copper_loss_kw": number("loss at full load", "kW"),
        "no_load_loss_kw": number("loss without load", "kW"),
        "no_load_current_fraction": number("current without load", "1"),
        "status": text("where the values come from", isin=_STATUS),
        "source": text("publication"),
    },
)

CONNECTIONS = table(
    "connections",
    "Which node each point of the city draws from.",
    {
        "point_id": key_("point of the city"),
        "node_id": text("node of the grid"),
        "station_id": text("station; empty for what connects to a substation"),
        "distance_m": number("straight-line distance from point to station", "m"),
    },
)


def no_open_cables() -> pd.DataFrame:
    """Make an empty table of open cables."""
    return pd.DataFrame(
        {name: pd.Series(dtype=column.dtype.type) for name, column in OPEN_CABLES.columns.items()}
    )


@dataclass(frozen=True, slots=True)
class Grid:
    """A distribution grid: nodes, cables, stations, substations and who connects where.

    Attributes
    ----------
    nodes, cables, stations, substations, connections, open_cables
        As declared above.
    counts
        Number of stations over the sourced range of rule parameters:
        ``homes_per_station, distance_max_m, stations_public, stations_customer``.
    """

    nodes: pd.DataFrame
    cables: pd.DataFrame
    stations: pd.DataFrame
    substations: pd.DataFrame
    connections: pd.DataFrame
    counts: pd.DataFrame
    open_cables: pd.DataFrame = field(default_factory=no_open_cables)


def in_ring(grid: Grid) -> NDArray[np.bool_]:
    """Which cables are part of a ring, its start included. Shape (cables,)."""
    cables = grid.cables
    rings = cables.loc[cables["kind"] == "ring", "cable_id"]
    fed_by = grid.nodes.set_index("node_id")["feeder_id"]
    return (
        cables["to_node"].map(fed_by).isin(rings) & cables["kind"].isin(("ring", "mv_cable"))
    ).to_numpy()


@dataclass(frozen=True, slots=True)
class RadialTree:
    """A radial grid as arrays; position ``i`` is node ``i`` and the link from it to its parent.

    Attributes
    ----------
    node_ids
        Identifier of each node, in the order of the nodes table.
    parent
        Position of the parent; -1 at a substation, whose link goes to the region.
    link_ids
        Identifier of the link to the parent: cable, station or substation.
    link_kind
        Position in `LINK_KINDS`.
    order
        Positions sorted so that a parent comes before its children.
    """

    node_ids: NDArray[np.object_]
    parent: Ints
    link_ids: NDArray[np.object_]
    link_kind: Ints
    order: Ints


def radial_tree(grid: Grid) -> RadialTree:
    """Derive the tree from the tables.

    Raises
    ------
    ValueError
        When the grid is not radial: a node has two parents or cannot be reached, a link leads
        into a substation, or an end of a link is not among the nodes.
    """
    ids = grid.nodes["node_id"].to_numpy(dtype=object)
    links = _links(grid)
    _check_radial(ids, links, grid.substations["node_mv"])
    at = pd.Series(np.arange(ids.size), index=ids)
    parent = np.full(ids.size, -1, dtype=np.int64)
    link_ids = np.full(ids.size, "", dtype=object)
    kind = np.zeros(ids.size, dtype=np.int64)
    child = at.loc[links["to_node"]].to_numpy()
    parent[child] = at.loc[links["from_node"]].to_numpy()
    link_ids[child] = links["link_id"].to_numpy(dtype=object)
    kind[child] = links["kind"].map(LINK_KINDS.index).to_numpy()
    roots = at.loc[grid.substations["node_mv"]].to_numpy()
    link_ids[roots] = grid.substations["substation_id"].to_numpy(dtype=object)
    return RadialTree(ids, parent, link_ids, kind, _order(parent, roots))


def _links(grid: Grid) -> pd.DataFrame:
    """Every link that leads from one node to another: cables and stations."""
    return pd.concat(
        [
            grid.cables[["from_node", "to_node", "cable_id", "kind"]].set_axis(
                ["from_node", "to_node", "link_id", "kind"], axis=1
            ),
            pd.DataFrame(
                {
                    "from_node": grid.stations["node_mv"],
                    "to_node": grid.stations["node_lv"],
                    "link_id": grid.stations["station_id"],
                    "kind": "station",
                }
            ),
        ]
    )


def _check_radial(ids: NDArray[np.object_], links: pd.DataFrame, roots: pd.Series) -> None:
    twice = pd.Series(ids)[pd.Series(ids).duplicated()]
    if not twice.empty:
        raise ValueError(f"grid: node {twice.iloc[0]} occurs more than once.")
    ends = pd.concat([links["from_node"], links["to_node"], roots])
    unknown = ends[~ends.isin(ids)]
    if not unknown.empty:
        raise ValueError(f"grid: a link ends at {unknown.iloc[0]}, which is not among the nodes.")
    fed_twice = links.loc[links["to_node"].duplicated(), "to_node"]
    if not fed_twice.empty:
        raise ValueError(
            f"grid: node {fed_twice.iloc[0]} has two links towards the substation; "
            "the grid is not radial."
        )
    fed_root = links.loc[links["to_node"].isin(roots), "link_id"]
    if not fed_root.empty:
        raise ValueError(f"grid: link {fed_root.iloc[0]} leads into a substation.")


def _order(parent: Ints, roots: Ints) -> Ints:
    size = parent.size
    child = np.flatnonzero(parent >= 0)
    rows = np.concatenate([parent[child], np.full(roots.size, size)])
    columns = np.concatenate([child, roots])
    graph = csr_matrix((np.ones(rows.size), (rows, columns)), shape=(size + 1, size + 1))
    order = breadth_first_order(graph, size, return_predecessors=False)[1:]
    if order.size != size:
        raise ValueError(f"grid: {size - order.size} nodes have no path to a substation.")
    return np.asarray(order, dtype=np.int64)
