"""A grid that somebody gave, hung onto a city: which point draws where, and in which area.

What the file does not tell of a substation is assumed as for a drawn-up grid. Points of the city
whose connection is not told go to the nearest node of their voltage. What the file does not mark as
assumed counts as known.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import breadth_first_order
from scipy.spatial import cKDTree

from stroomstad.errors import Issue, name_some, raise_faults
from stroomstad.synthesis.grid import areas_at
from stroomstad.synthesis.known import apply_known, check_known
from stroomstad.synthesis.rings import close_rings
from stroomstad.synthesis.transformers import build_substations
from stroomstad.tables.city import City
from stroomstad.tables.given import MARKS, TRANSFORMER_COLUMNS, GivenGrid
from stroomstad.tables.grid import CABLES, NODES, OPEN_CABLES, STATIONS, SUPPLIES, Grid
from stroomstad.tables.parameters import Parameters


def hang_grid(given: GivenGrid, city: City, parameters: Parameters) -> Grid:
    """Make a given grid that of a city.

    Parameters
    ----------
    given
        The grid as it was read.
    city
        Whose points it serves.
    parameters
        What substations are assumed to be where the file does not tell.

    Raises
    ------
    InvalidData
        When nodes lack a place, a told connection is of no point or node, or a known fact speaks
        of an asset that is not there.

    Notes
    -----
    A customer at medium voltage draws behind the nearest station of a customer, one each, as long
    as there are any; else from the nearest node of that voltage.
    """
    parameters = parameters.in_case("mid")
    raise_faults(_issues(given, city))
    links = _outward(given)
    nodes = _nodes(given, city, links)
    connections = _connections(given, city, nodes)
    stations = _stations(given, city, nodes, connections)
    grid = Grid(
        nodes[list(NODES.columns)],
        _cables(given, links),
        stations,
        _substations(given, nodes, parameters),
        connections,
        _counts(stations),
        _open_cables(given),
    )
    grid = close_rings(grid)
    raise_faults(check_known(city.known, grid, city.substation_sites))
    return apply_known(grid, city.known)


def _issues(given: GivenGrid, city: City) -> list[Issue]:
    issues = []
    nodes, told = given.nodes, given.connections
    lacks = nodes[nodes[["x_m", "y_m"]].isna().any(axis=1)]["node_id"].tolist()
    if lacks:
        problem = f"{len(lacks)} nodes have no place ({name_some(lacks)})."
        remedy = "Give x_m and y_m of every node, in metres in EPSG:28992."
        issues.append(Issue("grid, nodes", problem, remedy))
    lost = told[~told["point_id"].isin(city.points["point_id"])]["point_id"].tolist()
    if lost:
        problem = f"{len(lost)} connections are of points that the city does not have"
        remedy = "Leave point_id out of these loads, or mend it."
        issues.append(Issue("grid, connections", f"{problem} ({name_some(lost)}).", remedy))
    ends = given.open_cables[["from_node", "to_node"]]
    loose = given.open_cables[~ends.isin(set(nodes["node_id"])).all(axis=1)]["cable_id"].tolist()
    if loose:
        problem = f"{len(loose)} open cables end at no node ({name_some(loose)})."
        issues.append(Issue("grid, open cables", problem, "Let each end at two nodes."))
    twice = told[told["point_id"].duplicated()]["point_id"].unique().tolist()
    if twice:
        problem = f"{len(twice)} points are connected more than once ({name_some(twice)})."
        issues.append(Issue("grid, connections", problem, "Connect each point at one node."))
    return [*issues, *_mark_issues(given)]


def _mark_issues(given: GivenGrid) -> Iterator[Issue]:
    """Marks that say neither yes nor no, or no way in which a supply is known."""
    for table, names in MARKS.items():
        rows = getattr(given, table)
        for name in names:
            said = rows[name].dropna() if name in rows else pd.Series(dtype=object)
            allowed = SUPPLIES if name == "supply" else (True, False)
            odd = [str(each) for each in said if each not in allowed]
            if odd:
                problem = f"{name} of {len(odd)} rows is not understood ({name_some(odd)})."
                choice = ", ".join(str(each).lower() for each in allowed)
                remedy = f"Use one of {choice}, or leave it out."
                yield Issue(f"grid, {table}", problem, remedy)


def _marks(rows: pd.DataFrame, name: str, otherwise: object) -> NDArray[np.object_]:
    """What a file marks, and ``otherwise`` where it says nothing. Shape (rows,)."""
    told = rows[name] if name in rows else pd.Series(index=rows.index, dtype=object)
    return np.array([otherwise if pd.isna(each) else each for each in told], dtype=object)


def _flags(rows: pd.DataFrame, name: str, *, otherwise: bool) -> NDArray[np.bool_]:
    return _marks(rows, name, otherwise).astype(np.bool_)


def _outward(given: GivenGrid) -> pd.DataFrame:
    """Every link with its ends turned away from the source that reaches it first.

    Columns ``link_id, from_node, to_node, turned, above``; where no source comes, as it was told.
    """
    names = ["link_id", "from_node", "to_node"]
    cables = given.cables[["cable_id", "from_node", "to_node"]].set_axis(names, axis=1)
    stations = given.stations[["station_id", "node_mv", "node_lv"]].set_axis(names, axis=1)
    links = pd.concat([cables, stations], ignore_index=True)
    depth = _depth(given, links)
    near, far = depth.reindex(links["from_node"]), depth.reindex(links["to_node"])
    # A transformer is never turned: the wrong way round is a fault, told by the check.
    is_cable = np.arange(len(links)) < len(cables)
    turned = is_cable & (far.to_numpy() < near.to_numpy())
    return links.assign(
        from_node=np.where(turned, links["to_node"], links["from_node"]),
        to_node=np.where(turned, links["from_node"], links["to_node"]),
    )


def _depth(given: GivenGrid, links: pd.DataFrame) -> pd.Series:
    """Number of links between each node and the nearest source; missing where none comes."""
    names = given.nodes["node_id"].drop_duplicates()
    at = pd.Series(np.arange(len(names)), index=names)
    known = links[links["from_node"].isin(names) & links["to_node"].isin(names)]
    near, far = (at.loc[known[end]].to_numpy() for end in ("from_node", "to_node"))
    roots = at.loc[given.substations["node_mv"][given.substations["node_mv"].isin(names)]]
    size = len(names)
    rows = np.concatenate([near, far, np.full(len(roots), size)])
    columns = np.concatenate([far, near, roots.to_numpy()])
    graph = coo_matrix((np.ones(rows.size), (rows, columns)), shape=(size + 1, size + 1)).tocsr()
    order, before = breadth_first_order(graph, size, return_predecessors=True)
    depth = np.full(size + 1, np.nan)
    depth[size] = -1.0
    for node in order[1:]:
        depth[node] = depth[before[node]] + 1.0
    return pd.Series(depth[:size], index=names)


def _nodes(given: GivenGrid, city: City, links: pd.DataFrame) -> pd.DataFrame:
    """Nodes with what they are, where they lie and what feeds them."""
    nodes, stations = given.nodes, given.stations
    busbar = given.substations.drop_duplicates("node_mv").set_index("node_mv")["substation_id"]
    name = nodes["node_id"]
    high, low = name.isin(stations["node_mv"]), name.isin(stations["node_lv"])
    volt = nodes["voltage_v"] <= nodes["voltage_v"].where(low).max()
    cables = given.cables
    start = name.isin(cables.loc[cables["kind"] == "ring", ["from_node", "to_node"]].stack())
    # A joint at medium voltage without a station counts as the node of one.
    which = [name.isin(busbar.index), start, high, low, volt]
    kinds = ["substation", "ring", "station_mv", "station_lv", "lv"]
    kind = np.select(which, kinds, "station_mv")
    fed = _fed_by(given, links, busbar).reindex(name).fillna("").set_axis(nodes.index)
    feeder = nodes["feeder_id"].where(nodes["feeder_id"] != "", fed["feeder_id"])
    made = nodes.assign(kind=kind, area_code=areas_at(nodes, city.areas), feeder_id=feeder)
    return pd.concat([made, fed[["substation_id", "station_id"]]], axis=1)


def _fed_by(given: GivenGrid, links: pd.DataFrame, busbar: pd.Series) -> pd.DataFrame:
    """Substation, feeder and station of every node, handed down from the busbars."""
    columns = ("substation_id", "feeder_id", "station_id")
    told = {str(node): (str(name), "", "") for node, name in busbar.items()}
    low = set(given.cables["cable_id"][given.cables["kind"] == "lv_cable"])
    is_station = set(given.stations["station_id"])
    high = dict(zip(given.stations["node_mv"], given.stations["station_id"], strict=True))
    below: dict[str, list[tuple[str, str]]] = {}
    for link, near, far in links[["link_id", "from_node", "to_node"]].itertuples(index=False):
        below.setdefault(near, []).append((link, far))
    waiting = list(told)
    while waiting:
        node = waiting.pop()
        substation, feeder, station = told[node]
        for link, far in below.get(node, ()):
            if far in told:
                continue
            own = link if link in is_station else station if link in low else high.get(far, "")
            told[far] = (substation, feeder or link, own)
            waiting.append(far)
    return pd.DataFrame.from_dict(told, orient="index", columns=list(columns))


def _connections(given: GivenGrid, city: City, nodes: pd.DataFrame) -> pd.DataFrame:
    """Node of every point: as told, else the nearest of its voltage."""
    points = city.points
    told = given.connections.set_index("point_id")["node_id"]
    node = points["point_id"].map(told).to_numpy(dtype=object)
    owner = given.stations.set_index("station_id")["owner"]
    own = nodes["kind"].eq("station_lv") & nodes["station_id"].map(owner).eq("customer")
    public = nodes["kind"].eq("lv")
    # A grid without low-voltage cables: its stations themselves.
    public = public if public.any() else nodes["kind"].eq("station_lv") & ~own
    choices = {"lv": public, "mv": own, "substation": nodes["kind"] == "substation"}
    for level, fits in choices.items():
        left = np.flatnonzero(pd.isna(node) & (points["level"] == level))
        node[left] = _nearest(points.iloc[left], nodes[fits], once=level == "mv")
    rest = np.flatnonzero(pd.isna(node))
    node[rest] = _nearest(points.iloc[rest], nodes[nodes["kind"] != "lv"], once=False)
    place_m = nodes.set_index("node_id")[["x_m", "y_m"]]
    station = nodes.set_index("node_id")["station_id"].reindex(node).fillna("")
    sites = given.stations.set_index("station_id")["node_mv"].reindex(station).to_numpy()
    seen = np.where(pd.isna(sites), node, sites)
    away_m = points[["x_m", "y_m"]].to_numpy() - place_m.reindex(seen).to_numpy()
    return pd.DataFrame(
        {
            "point_id": points["point_id"].to_numpy(),
            "node_id": node,
            "station_id": station.to_numpy(dtype=object),
            "distance_m": np.hypot(*away_m.T),
        }
    )


def _nearest(points: pd.DataFrame, nodes: pd.DataFrame, *, once: bool) -> NDArray[np.object_]:
    """Nearest node of each point; each node ``once``, and nothing when they are used up."""
    found = np.full(len(points), None, dtype=object)
    if points.empty or nodes.empty:
        return found
    names = nodes["node_id"].to_numpy(dtype=object)
    tree = cKDTree(nodes[["x_m", "y_m"]].to_numpy())
    places_m = points[["x_m", "y_m"]].to_numpy()
    if not once:
        found[:] = names[np.asarray(tree.query(places_m)[1])]
        return found
    near = tree.query(places_m, k=min(len(nodes), 8))
    apart_m, choice = (np.asarray(each).reshape(len(points), -1) for each in near)
    used: set[int] = set()
    for flat in np.argsort(apart_m, axis=None, kind="stable"):
        point, at = divmod(int(flat), apart_m.shape[1])
        node = int(choice[point, at])
        if found[point] is None and node not in used:
            found[point] = names[node]
            used.add(node)
    return found


def _stations(
    given: GivenGrid, city: City, nodes: pd.DataFrame, connections: pd.DataFrame
) -> pd.DataFrame:
    at = nodes.drop_duplicates("node_id").set_index("node_id")
    rows = given.stations
    site = at.reindex(rows["node_mv"])
    points = city.points.assign(homes=city.points["homes"] + city.points["new_homes"])
    behind = points.merge(connections, on="point_id")
    sums = behind.groupby("station_id")[["homes", "addresses"]].sum().reindex(rows["station_id"])
    away_m = behind.groupby("station_id")["distance_m"].agg(["median", "max"])
    away_m = away_m.reindex(rows["station_id"])
    places = site[["area_code", "x_m", "y_m", "substation_id", "feeder_id"]]
    beside = [each.set_axis(rows.index) for each in (places, sums.fillna(0))]
    made = pd.concat([rows, *beside], axis=1).assign(
        distance_p50_m=away_m["median"].fillna(0.0).to_numpy(),
        distance_max_m=away_m["max"].fillna(0.0).to_numpy(),
        supply=_marks(rows, "supply", "known"),
        synthetic=_flags(rows, "synthetic", otherwise=False),
        rating_known=_flags(rows, "rating_known", otherwise=True),
        load_max_known_mw=np.nan,
    )
    return made[[*STATIONS.columns, *TRANSFORMER_COLUMNS]]


def _cables(given: GivenGrid, links: pd.DataFrame) -> pd.DataFrame:
    ends = links.iloc[: len(given.cables)]
    cables = given.cables.assign(
        from_node=ends["from_node"].to_numpy(),
        to_node=ends["to_node"].to_numpy(),
        synthetic=_flags(given.cables, "synthetic", otherwise=False),
    )
    return cables[[*CABLES.columns, "c_nf_per_km"]]


def _open_cables(given: GivenGrid) -> pd.DataFrame:
    charge = [name for name in ("c_nf_per_km",) if name in given.open_cables]
    synthetic = _flags(given.open_cables, "synthetic", otherwise=False)
    return given.open_cables.assign(synthetic=synthetic)[[*OPEN_CABLES.columns, *charge]]


def _substations(given: GivenGrid, nodes: pd.DataFrame, parameters: Parameters) -> pd.DataFrame:
    """Substations; what the file does not tell of their transformers is assumed."""
    rows = given.substations.reset_index(drop=True)
    place = nodes.drop_duplicates("node_id").set_index("node_id").reindex(rows["node_mv"])
    known = _flags(rows, "place_known", otherwise=True)
    assumed = build_substations(
        rows.assign(x_m=place["x_m"].to_numpy(), y_m=place["y_m"].to_numpy(), place_known=known),
        parameters,
    )
    told = rows["rating_mva"].notna() & _flags(rows, "rating_known", otherwise=True)
    made = assumed.assign(node_mv=rows["node_mv"].to_numpy(dtype=object), rating_known=told)
    made["transformers"] = rows["transformers"].fillna(assumed["transformers"]).astype(np.int64)
    for name in ("rating_mva_low", "rating_mva_high"):
        made[name] = rows[name].fillna(rows["rating_mva"]).fillna(assumed[name])
    made["rating_mva"] = rows["rating_mva"].fillna(assumed["rating_mva"])
    made["voltage_pu"] = rows["voltage_pu"]
    return made


def _counts(stations: pd.DataFrame) -> pd.DataFrame:
    """One row: what is there, in place of the range of rules."""
    public = stations[stations["owner"] == "public"]
    return pd.DataFrame(
        {
            "homes_per_station": [float(public["homes"].max()) if len(public) else np.nan],
            "distance_max_m": [float(public["distance_max_m"].max()) if len(public) else np.nan],
            "stations_public": [len(public)],
            "stations_customer": [len(stations) - len(public)],
        }
    )
