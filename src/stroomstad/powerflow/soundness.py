"""What is wrong with a grid, told before anything is solved.

A drawn-up grid is sound by its rules; one that comes from elsewhere need not be. Every fault is
found at once and named by the element that has it, so that nobody has to read it from a solver
that does not converge.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import breadth_first_order, connected_components

from stroomstad.blocks import Ints
from stroomstad.errors import Issue, name_some
from stroomstad.tables.grid import Grid

# IEC 60038: low voltage is up to and including 1,000 V. [V]
LOW_VOLTAGE_MAX_V = 1000.0
_KEYS = {"nodes": "node_id", "cables": "cable_id", "stations": "station_id",
         "substations": "substation_id"}  # fmt: skip
_AS_LINK = {"cable_id": "link_id"}


def grid_issues(grid: Grid) -> list[Issue]:
    """Find everything for which a grid cannot be solved as a radial one.

    Parameters
    ----------
    grid
        A grid whose tables have their columns.

    Returns
    -------
    Faults: of names, of values, and, when every link has its ends, of the shape of the grid.
    """
    naming = [*_name_issues(grid), *_end_issues(grid), *_source_issues(grid)]
    values = [*_cable_issues(grid.cables), *_transformer_issues(grid)]
    values += _cable_issues(grid.open_cables, "open cable")
    if naming:
        return [*naming, *values]
    return [*values, *_level_issues(grid), *_shape_issues(grid)]


def _issue(where: str, names: pd.Series, problem: str, remedy: str) -> Iterator[Issue]:
    """One fault for all rows that have it, none where there are none."""
    if len(names):
        yield Issue(f"grid, {where} {name_some([str(each) for each in names])}", problem, remedy)


def _name_issues(grid: Grid) -> Iterator[Issue]:
    remedy = "Give each a name of its own."
    for table, key in _KEYS.items():
        names = getattr(grid, table)[key]
        twice = names[names.duplicated()].drop_duplicates()
        yield from _issue(table, twice, "occurs more than once.", remedy)
    names = grid.open_cables["cable_id"]
    twice = names[names.duplicated() | names.isin(grid.cables["cable_id"])].drop_duplicates()
    yield from _issue("open cables", twice, "is the name of another cable too.", remedy)
    links = _links(grid)["link_id"]
    both = links[links.duplicated()].drop_duplicates()
    both = both[~both.isin(grid.cables["cable_id"][grid.cables["cable_id"].duplicated()])]
    both = both[~both.isin(grid.stations["station_id"][grid.stations["station_id"].duplicated()])]
    yield from _issue("links", both, "names a cable and a station.", remedy)


def _end_issues(grid: Grid) -> Iterator[Issue]:
    nodes, open_cables = grid.nodes["node_id"], grid.open_cables.rename(columns=_AS_LINK)
    for where, links in (("link", _links(grid)), ("open cable", open_cables)):
        for end in ("from_node", "to_node"):
            lost = links[~links[end].isin(nodes)]
            problem = f"ends at {name_some(lost[end].astype(str).tolist())}, which is no node."
            yield from _issue(where, lost["link_id"], problem, "Add the node, or mend the name.")
    lost = grid.connections[~grid.connections["node_id"].isin(nodes)]
    problem = f"hangs at {name_some(lost['node_id'].astype(str).tolist())}, which is no node."
    yield from _issue("connection", lost["point_id"], problem, "Add the node, or mend the name.")


def _source_issues(grid: Grid) -> Iterator[Issue]:
    if grid.substations.empty:
        yield Issue("grid", "has no source: no substation.", "Add the substation that feeds it.")
    lost = grid.substations[~grid.substations["node_mv"].isin(grid.nodes["node_id"])]
    problem = "has a busbar that is no node."
    remedy = "Add its node, or mend the name."
    yield from _issue("substation", lost["substation_id"], problem, remedy)


def _cable_issues(cables: pd.DataFrame, where: str = "cable") -> Iterator[Issue]:
    names, length_m = cables["cable_id"], cables["length_m"]
    bad = ~(np.isfinite(length_m) & (length_m >= 0.0))
    problem = f"is {name_some([f'{each:g}' for each in length_m[bad]])} m long."
    yield from _issue(where, names[bad], problem, "Give a length of 0 m or more.")
    r, x = cables["r_ohm_per_km"], cables["x_ohm_per_km"]
    nothing = ~((np.isfinite(r) & np.isfinite(x)) & (r >= 0.0) & (np.hypot(r, x) > 0.0))
    problem = "has no impedance: resistance and reactance are 0 ohm/km, negative or missing."
    remedy = "Give its type, or join both nodes into one."
    yield from _issue(where, names[nothing], problem, remedy)
    if "c_nf_per_km" in cables:
        charge = cables["c_nf_per_km"]
        below = (charge < 0.0) | np.isinf(charge)
        problem = (
            f"has a capacitance of {name_some([f'{each:g}' for each in charge[below]])} nF/km."
        )
        yield from _issue(where, names[below], problem, "Give 0 nF/km or more.")
    few = ~(cables["parallel"] >= 1)
    yield from _issue(where, names[few], "lies less than once.", "Give 1 or more side by side.")
    slack = ~(cables["rated_current_a"] > 0.0)
    remedy = "Give its rating in A."
    yield from _issue(where, names[slack], "has a rating of no more than 0 A.", remedy)
    itself = cables["from_node"] == cables["to_node"]
    remedy = "Mend one of its ends."
    yield from _issue(where, names[itself], "leads from a node to itself.", remedy)


def _transformer_issues(grid: Grid) -> Iterator[Issue]:
    stations, substations = grid.stations, grid.substations
    nothing = ~(stations["rating_kva"] > 0.0)
    problem = "has a transformer of no more than 0 kVA."
    remedy = "Give its rating in kVA."
    yield from _issue("station", stations["station_id"][nothing], problem, remedy)
    nothing = ~((substations["rating_mva"] > 0.0) & (substations["transformers"] >= 1))
    problem = "has no transformer of more than 0 MVA."
    remedy = "Give number and rating in MVA."
    yield from _issue("substation", substations["substation_id"][nothing], problem, remedy)


def _level_issues(grid: Grid) -> Iterator[Issue]:
    voltage_v = grid.nodes.set_index("node_id")["voltage_v"]
    names = pd.Series(voltage_v.index[~(voltage_v > 0.0)])
    remedy = "Give its nominal line-to-line voltage in V."
    yield from _issue("node", names, "has a voltage of no more than 0 V.", remedy)
    cables, stations, open_cables = grid.cables, grid.stations, grid.open_cables
    near, far = (open_cables[end].map(voltage_v) for end in ("from_node", "to_node"))
    apart = near != far
    problem = f"joins two voltages: {_pairs(near[apart], far[apart], '/')}."
    remedy = "Mend the voltage of a node or an end of the cable, or leave it out."
    yield from _issue("open cable", open_cables["cable_id"][apart], problem, remedy)
    near, far = (cables[end].map(voltage_v) for end in ("from_node", "to_node"))
    apart = near != far
    problem = f"joins two voltages: {_pairs(near[apart], far[apart], 'and')}."
    remedy = "Put a transformer between them, or mend the voltage of a node."
    yield from _issue("cable", cables["cable_id"][apart], problem, remedy)
    low = near <= LOW_VOLTAGE_MAX_V
    for kind, strange in (("mv_cable", low), ("lv_cable", ~low)):
        odd = ~apart & strange & (cables["kind"] == kind)
        levels = name_some([f"{each:g} V" for each in near[odd]])
        problem = f"is an {kind} at {levels}."
        yield from _issue("cable", cables["cable_id"][odd], problem, "Mend its kind or its nodes.")
    high, low_v = (stations[end].map(voltage_v) for end in ("node_mv", "node_lv"))
    turned = high <= low_v
    problem = f"stands the wrong way round: {_pairs(high[turned], low_v[turned], 'above')}."
    yield from _issue("station", stations["station_id"][turned], problem, "Swap its two nodes.")


def _pairs(first_v: pd.Series, second_v: pd.Series, between: str) -> str:
    both = zip(first_v, second_v, strict=True)
    return name_some([f"{first:g} V {between} {second:g} V" for first, second in both])


def _shape_issues(grid: Grid) -> Iterator[Issue]:
    """Islands, loops, double feeds, and links that lead back towards the substation."""
    ids = grid.nodes["node_id"].to_numpy(dtype=object)
    links = _links(grid)
    at = pd.Series(np.arange(ids.size), index=ids)
    near, far = (at.loc[links[end]].to_numpy() for end in ("from_node", "to_node"))
    roots = at.loc[grid.substations["node_mv"]].to_numpy()
    both_ways = coo_matrix((np.ones(near.size), (near, far)), shape=(ids.size, ids.size)).tocsr()
    _, found = connected_components(both_ways, directed=False)
    part = found.astype(np.int64)
    sources = np.bincount(part[roots], minlength=part.max() + 1)
    yield from _islands(ids, part, sources)
    yield from _double_feeds(grid, part, sources, at)
    tree, spare = _spanning(near, far, ids.size, roots, part)
    single = sources[part[near[spare]]] == 1
    problem = "closes a loop."
    remedy = "Leave out the cable at the open point."
    yield from _issue("link", links["link_id"].iloc[spare[single]], problem, remedy)
    # Where a loop is, which way is towards the substation has no answer.
    plain = (sources == 1) & ~np.isin(np.arange(sources.size), part[near[spare]])
    turned = (tree[far] != near) & plain[part[near]]
    problem = "leads back towards the substation."
    remedy = "Swap its two ends, so that the first is nearer to the substation."
    yield from _issue("link", links["link_id"][turned], problem, remedy)


def _islands(ids: NDArray[np.object_], part: Ints, sources: Ints) -> Iterator[Issue]:
    lost = pd.Series(ids[sources[part] == 0])
    count = int((np.unique(part[sources[part] == 0])).size)
    problem = f"has no path to a substation: {len(lost)} nodes in {count} islands."
    yield from _issue("node", lost, problem, "Add the link that feeds it, or leave it out.")


def _double_feeds(grid: Grid, part: Ints, sources: Ints, at: pd.Series) -> Iterator[Issue]:
    rows = grid.substations
    fed = part[at.loc[rows["node_mv"]].to_numpy()]
    for which in np.flatnonzero(sources > 1):
        names = rows["substation_id"][fed == which]
        problem = "feed the same nodes: they are joined below their busbars."
        yield from _issue("substations", names, problem, "Open the link between them.")


def _spanning(near: Ints, far: Ints, size: int, roots: Ints, part: Ints) -> tuple[Ints, Ints]:
    """Parent of every node in a tree from its substation, and the links that it leaves out."""
    top = np.full(roots.size, size)
    rows, columns = np.concatenate([near, far, top]), np.concatenate([far, near, roots])
    graph = csr_matrix((np.ones(rows.size), (rows, columns)), shape=(size + 1, size + 1))
    order, before = breadth_first_order(graph, size, return_predecessors=True)
    parent = np.full(size, -1, dtype=np.int64)
    reached = order[1:]
    parent[reached] = np.where(before[reached] == size, -1, before[reached])
    used = (parent[far] == near) | (parent[near] == far)
    # Of links side by side between two nodes, the first is in the tree.
    pair = np.minimum(near, far) * (size + 1) + np.maximum(near, far)
    used &= ~pd.Series(pair).duplicated().to_numpy()
    return parent, np.flatnonzero(~used & np.isin(part[near], part[roots]))


def _links(grid: Grid) -> pd.DataFrame:
    """Both ends of every cable and station, with its name."""
    cables = grid.cables[["cable_id", "from_node", "to_node"]]
    stations = grid.stations[["station_id", "node_mv", "node_lv"]]
    names = ["link_id", "from_node", "to_node"]
    return pd.concat([cables.set_axis(names, axis=1), stations.set_axis(names, axis=1)],
                     ignore_index=True)  # fmt: skip
