"""What happens when a medium-voltage cable or a substation transformer fails.

A cable of a ring is cut out, the open point is closed, and the other half carries both. The ring
is solved anew by AC, cable by cable, in its worst quarters; what stations draw stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stroomstad.blocks import Floats, Ints
from stroomstad.powerflow import Network, solved_cables
from stroomstad.powerflow.solver import (
    Cables,
    NetworkArrays,
    Transformers,
    build_model,
    solve_states,
)
from stroomstad.simulation.design_weeks import DesignWeek, LinkState
from stroomstad.simulation.downstream import downstream
from stroomstad.tables.grid import LINK_KINDS, Grid, RadialTree
from stroomstad.tables.parameters import Parameters
from stroomstad.tables.results import OUTAGES
from stroomstad.units import SQRT3

# Quarters of the design week in which each ring is solved: those in which it carries most.
WORST_QUARTERS = 20


@dataclass(frozen=True, slots=True)
class Outages:
    """What outages are asked about.

    Attributes
    ----------
    grid, network
        The grid, with its open cables, and what the solver takes of it.
    week, state
        A design week as solved, and what its links carry and may carry.
    homes
        Homes at each node. Shape (nodes,)
    """

    grid: Grid
    network: Network
    week: DesignWeek
    state: LinkState
    homes: Floats


def outage_table(asked: Outages, parameters: Parameters) -> pd.DataFrame:
    """Take every medium-voltage cable and one transformer of each substation out, one at a time.

    Parameters
    ----------
    asked
        The grid in a design week.
    parameters
        Limits of cables and substations.

    Returns
    -------
    As declared in `OUTAGES`; in the order of the cables, substations last.
    """
    tree = asked.network.tree
    homes = downstream(tree, asked.homes)
    station = (tree.link_kind == LINK_KINDS.index("station")).astype(np.float64)
    stations = downstream(tree, station)
    rows = [_cable_rows(asked, ring, parameters) for ring in _rings(asked)]
    rows.append(_lone_rows(asked))
    rows.append(_transformer_rows(asked))
    found = pd.concat([each for each in rows if len(each)], ignore_index=True)
    at = pd.Series(np.arange(tree.link_ids.size), index=tree.link_ids)
    link = at.loc[found["link_id"].tolist()].to_numpy()
    is_cable = (found["kind"] == "mv_cable").to_numpy()
    within = found["loading_max"].isna() | (found["loading_max"] <= 1.0)
    found["holds"] = found["solved"] & within & (found["stations_without"] == 0)
    found["stations_out"] = np.where(is_cable, stations[link], 0).astype(np.int64)
    found["homes_out"] = np.where(is_cable, homes[link], 0).astype(np.int64)
    return found.assign(direction=asked.week.direction)[list(OUTAGES.columns)]


def outage_facts(outages: pd.DataFrame) -> pd.DataFrame:
    """Sum up what outages do.

    Parameters
    ----------
    outages
        As from `outage_table`, of both directions.

    Returns
    -------
    ``quantity, value, unit, about, about_nl``.
    """
    cables = outages[outages["kind"] == "mv_cable"]
    load = cables[cables["direction"] == "load"]
    backed = load[load["stations_without"] == 0]
    over = cables[cables["loading_max"] > 1.0]["link_id"].nunique()
    unsolved = cables[~cables["solved"]]["link_id"].nunique()
    substations = outages[outages["kind"] == "substation"]
    rows = [
        ("outages_cables", len(load), "1", "medium-voltage cables taken out, one at a time",
         "middenspanningskabels die een voor een uitvallen"),
        ("outages_restored", len(backed), "1", "of these with supply for all after switching",
         "daarvan met stroom voor allen na omschakelen"),
        ("outages_over_limit", over, "1",
         "of these with a cable over its limit after switching, in either week",
         "daarvan met een kabel boven zijn grens na omschakelen, in een van beide weken"),
        ("outages_unsolved", unsolved, "1",
         "of these without an answer after switching: voltage collapses",
         "daarvan zonder oplossing na omschakelen: de spanning zakt in"),
        ("outages_homes_most", load["homes_out"].max() if len(load) else 0, "homes",
         "homes without supply until the open point is closed, at most",
         "woningen zonder stroom tot het netopeningspunt dicht is, hoogstens"),
        ("outages_loading_max", cables["loading_max"].max(), "1",
         "highest load over limit of a ring after switching",
         "hoogste belasting van een ring ten opzichte van de grens na omschakelen"),
        ("outages_voltage_min_pu", cables["voltage_min_pu"].min(), "1",
         "lowest voltage of a ring after switching",
         "laagste spanning van een ring na omschakelen"),
        ("outages_substation_max", substations["loading_max"].max(), "1",
         "highest load over limit of a substation with one transformer out",
         "hoogste belasting van een onderstation ten opzichte van de grens, één transformator uit"),
    ]  # fmt: skip
    facts = pd.DataFrame(rows, columns=["quantity", "value", "unit", "about", "about_nl"])
    return facts.astype({"value": float})


@dataclass(frozen=True, slots=True)
class _Ring:
    """A ring by itself: its start is node 0, and cable ``i`` leads to node ``i + 1``.

    Attributes
    ----------
    link
        Position in the tree of the ring itself.
    nodes
        Position in the tree of each node behind the start. Shape (cables,)
    above
        Node that feeds each cable, as a position within the ring. Shape (cables,)
    ends
        Nodes of the open cable, as positions within the ring.
    r_ohm, x_ohm, c_farad
        Of the open cable. [Ω] and [F]
    row
        Position of the open cable in its table.
    limit_kva
        What the open cable may carry. [kVA]
    """

    link: int
    nodes: Ints
    above: Ints
    ends: tuple[int, int]
    r_ohm: float
    x_ohm: float
    c_farad: float
    row: int
    limit_kva: float


def _rings(asked: Outages) -> Iterator[_Ring]:
    """Every ring with its open cable."""
    grid, tree = asked.grid, asked.network.tree
    at = {str(name): position for position, name in enumerate(tree.node_ids)}
    links = {str(name): position for position, name in enumerate(tree.link_ids)}
    below: dict[int, list[int]] = {}
    for node in np.flatnonzero(tree.link_kind == LINK_KINDS.index("mv_cable")):
        below.setdefault(int(tree.parent[node]), []).append(int(node))
    open_cables = grid.open_cables
    r_ohm, x_ohm, c_farad = solved_cables(open_cables)
    for number in np.flatnonzero(open_cables["feeder_id"].isin(links)).tolist():
        row = open_cables.iloc[number]
        start = links[row["feeder_id"]]
        nodes, waiting = [start], [start]
        while waiting:
            behind = below.get(waiting.pop(), [])
            nodes += behind
            waiting += behind
        within = {node: position for position, node in enumerate(nodes)}
        # The busbar is the end of an empty half; the ring's own link stands between.
        ends = [within.get(at[name], 0) for name in (row["from_node"], row["to_node"])]
        voltage_kv = asked.network.arrays.node_voltage_v[start] / 1000.0
        yield _Ring(
            start,
            np.array(nodes[1:], dtype=np.int64),
            np.array([within[int(tree.parent[node])] for node in nodes[1:]], dtype=np.int64),
            (ends[0], ends[1]),
            float(r_ohm[number]),
            float(x_ohm[number]),
            float(c_farad[number]),
            number,
            SQRT3 * voltage_kv * row["rated_current_a"],
        )


def _cable_rows(asked: Outages, ring: _Ring, parameters: Parameters) -> pd.DataFrame:
    """Each cable of a ring out in turn, its open cable closed, in the worst quarters."""
    tree, state = asked.network.tree, asked.state
    base_kva = state.base_kva[ring.link]
    quarters = np.sort(np.argsort(-base_kva, kind="stable")[:WORST_QUARTERS])
    outages, cables = ring.nodes.size, ring.nodes.size + 1
    arrays = _arrays(asked, ring)
    hanging = arrays.cables.r_ohm.size - cables
    on = np.ones((outages, quarters.size, cables), dtype=np.bool_)
    on[np.arange(outages), :, np.arange(outages)] = False
    active_w, reactive_var = _drawn(asked, ring, quarters)
    states = solve_states(
        build_model(arrays, np.arange(1, cables)),
        np.tile(active_w, (outages, 1)),
        np.tile(reactive_var, (outages, 1)),
        cables_on=np.pad(on.reshape(-1, cables), ((0, 0), (0, hanging)), constant_values=True),
    )
    shape = (outages, quarters.size, cables)
    voltage_v = arrays.node_voltage_v[0]
    kva = (states.cable_current_a[:, :cables] * SQRT3 * voltage_v / 1000.0).reshape(shape)
    limit_kva = np.append(
        state.limit_kva[ring.nodes], ring.limit_kva * parameters.value("limit_mv_ring")
    )
    names = np.append(tree.link_ids[ring.nodes], asked.grid.open_cables["cable_id"].iloc[ring.row])
    loading = np.where(on, kva / limit_kva, 0.0)
    voltage_pu = states.voltage_pu[:, :cables].reshape(shape)
    solved = states.converged.reshape(shape[:2]).all(axis=1)
    highest = np.nan_to_num(loading, nan=-1.0).reshape(outages, -1).argmax(axis=1)
    supplied = np.nan_to_num(voltage_pu, nan=1.0).min(axis=1) > 0.0
    rows = pd.DataFrame(
        {
            "link_id": tree.link_ids[ring.nodes],
            "kind": "mv_cable",
            "feeder_id": tree.link_ids[ring.link],
            "solved": solved,
            "loading_max": loading.reshape(outages, -1)[np.arange(outages), highest],
            "loading_max_link": names[highest % cables],
            "loading_max_at": asked.week.flows.axis.names(quarters[highest // cables]).to_numpy(),
            "voltage_min_pu": np.where(voltage_pu > 0.0, voltage_pu, np.inf).min(axis=(1, 2)),
            "voltage_max_pu": voltage_pu.max(axis=(1, 2)),
        }
    )
    return rows.join(_without(asked, ring, supplied))


def _drawn(asked: Outages, ring: _Ring, quarters: Ints) -> tuple[Floats, Floats]:
    """What each node of a ring draws with its stations. [W] and [var], shape (quarters, nodes)."""
    tree, flows, loads = asked.network.tree, asked.week.flows, asked.week.loads
    load_kw = (loads.load.weights[ring.nodes] @ loads.load.shapes[:, quarters]).T
    feed_in_kw = (loads.feed_in.weights[ring.nodes] @ loads.feed_in.shapes[:, quarters]).T
    active_kw = np.asarray(load_kw - feed_in_kw, dtype=np.float64)
    reactive_kvar = load_kw * np.tan(np.arccos(asked.network.power_factor))
    within = np.full(tree.parent.size, -1, dtype=np.int64)
    within[ring.nodes] = np.arange(ring.nodes.size)
    stations = np.flatnonzero(
        (tree.link_kind == LINK_KINDS.index("station")) & (within[tree.parent] >= 0)
    )
    power_kw = flows.power_kw[np.ix_(stations, quarters)].astype(np.float64)
    apparent_kva = flows.apparent_kva[np.ix_(stations, quarters)].astype(np.float64)
    kvar = np.sqrt(np.maximum(apparent_kva**2 - power_kw**2, 0.0))
    np.add.at(active_kw.T, within[tree.parent[stations]], power_kw)
    np.add.at(reactive_kvar.T, within[tree.parent[stations]], kvar)
    factor = 1000.0 * asked.state.level_factor[ring.link]
    return active_kw * factor, reactive_kvar * factor


def _arrays(asked: Outages, ring: _Ring) -> NetworkArrays:
    """The ring as a grid of its own, fed from its start; the open cable comes after the others.

    Behind that come the cables that hang open at the ring, each to a node of its own.
    """
    network = asked.network
    tree, of = network.tree, network.arrays
    row = np.zeros(tree.parent.size, dtype=np.int64)
    row[network.cable_link] = np.arange(network.cable_link.size)
    mine = row[ring.nodes]
    hung = _hung(asked, ring)
    ends = ring.nodes.size + 1 + np.arange(hung.from_node.size)
    cables = Cables(
        from_node=np.concatenate([ring.above, [ring.ends[0]], hung.from_node]),
        to_node=np.concatenate([np.arange(1, ring.nodes.size + 1), [ring.ends[1]], ends]),
        r_ohm=np.concatenate([of.cables.r_ohm[mine], [ring.r_ohm], hung.r_ohm]),
        x_ohm=np.concatenate([of.cables.x_ohm[mine], [ring.x_ohm], hung.x_ohm]),
        c_farad=np.concatenate([of.cables.c_farad[mine], [ring.c_farad], hung.c_farad]),
    )
    held_pu = of.source_voltage_pu[of.source_node == tree.parent[ring.link]]
    voltage_v = np.full(ring.nodes.size + 1 + ends.size, of.node_voltage_v[ring.link])
    return NetworkArrays(
        voltage_v, cables, _no_transformers(), np.zeros(1, dtype=np.int64), held_pu
    )


def _hung(asked: Outages, ring: _Ring) -> Cables:
    """What hangs open at the nodes of a ring and is charged, besides its own open cable."""
    tree, rows = asked.network.tree, asked.grid.open_cables
    within = pd.Series(np.arange(1, ring.nodes.size + 1), tree.node_ids[ring.nodes])
    near = rows["from_node"].map(within).to_numpy(dtype=np.float64)
    parts = solved_cables(rows)
    hung = np.flatnonzero(~np.isnan(near) & (parts[2] > 0.0) & (np.arange(len(rows)) != ring.row))
    at = near[hung].astype(np.int64)
    return Cables(at, at, *(part[hung] for part in parts))


def _no_transformers() -> Transformers:
    none, nothing = np.zeros(0, dtype=np.int64), np.zeros(0)
    return Transformers(none, none, nothing, nothing, nothing, nothing, nothing, nothing, nothing)


def _without(asked: Outages, ring: _Ring, supplied: NDArray[np.bool_]) -> pd.DataFrame:
    """Stations and homes that no cable reaches after switching, by outage."""
    tree = asked.network.tree
    below = np.isin(tree.parent, ring.nodes) & (tree.link_kind == LINK_KINDS.index("station"))
    stations = np.flatnonzero(below)
    homes = downstream(tree, asked.homes)[stations]
    within = np.full(tree.parent.size, -1, dtype=np.int64)
    within[ring.nodes] = np.arange(1, ring.nodes.size + 1)
    dark = ~supplied[:, within[tree.parent[stations]]]
    return pd.DataFrame(
        {"stations_without": dark.sum(axis=1), "homes_without": (dark @ homes).astype(np.int64)}
    )


def _lone_rows(asked: Outages) -> pd.DataFrame:
    """Medium-voltage cables that no open cable backs up: what is behind them stays without."""
    grid, tree = asked.grid, asked.network.tree
    ringed = np.zeros(tree.parent.size, dtype=np.bool_)
    ringed[np.isin(tree.link_ids, grid.open_cables["feeder_id"])] = True
    for node in tree.order:
        ringed[node] |= tree.parent[node] >= 0 and ringed[tree.parent[node]]
    lone = np.flatnonzero((tree.link_kind == LINK_KINDS.index("mv_cable")) & ~ringed)
    station = (tree.link_kind == LINK_KINDS.index("station")).astype(np.float64)
    fed_by = grid.nodes.set_index("node_id")["feeder_id"].loc[tree.node_ids[lone].tolist()]
    return _bare(tree, lone, "mv_cable").assign(
        feeder_id=fed_by.to_numpy(),
        stations_without=downstream(tree, station)[lone].astype(np.int64),
        homes_without=downstream(tree, asked.homes)[lone].astype(np.int64),
    )


def _transformer_rows(asked: Outages) -> pd.DataFrame:
    """One transformer of each substation out: the others carry what they did together."""
    tree, state = asked.network.tree, asked.state
    roots = np.flatnonzero(tree.link_kind == LINK_KINDS.index("substation"))
    several = asked.grid.substations.set_index("substation_id")["transformers"] > 1
    left = several.loc[tree.link_ids[roots].tolist()].to_numpy()
    at = state.base_kva[roots].argmax(axis=1)
    highest_kva = np.maximum(state.base_kva[roots, at].astype(np.float64), 0.0)
    shown = left & (state.limit_kva[roots] > 0.0)
    loading = np.divide(
        highest_kva, state.limit_kva[roots], out=np.full(roots.size, np.nan), where=shown
    )
    station = (tree.link_kind == LINK_KINDS.index("station")).astype(np.float64)
    return _bare(tree, roots, "substation").assign(
        feeder_id=tree.link_ids[roots],
        loading_max=loading,
        loading_max_link=tree.link_ids[roots],
        loading_max_at=asked.week.flows.axis.names(at).to_numpy(),
        stations_without=np.where(left, 0, downstream(tree, station)[roots]).astype(np.int64),
        homes_without=np.where(left, 0, downstream(tree, asked.homes)[roots]).astype(np.int64),
    )


def _bare(tree: RadialTree, links: Ints, kind: str) -> pd.DataFrame:
    """Rows of outages of which nothing is solved."""
    return pd.DataFrame(
        {
            "link_id": tree.link_ids[links],
            "kind": kind,
            "solved": True,
            "loading_max": np.nan,
            "loading_max_link": "",
            "loading_max_at": "",
            "voltage_min_pu": np.nan,
            "voltage_max_pu": np.nan,
        }
    )
