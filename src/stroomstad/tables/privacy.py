"""Known facts on few connections: used in every sum, shown nowhere.

A measured or contracted value of fewer than ten connections says something of a person or a
firm. Such a fact wins over synthesis like any other, but what it is, and what follows from it
for that asset alone, is taken out of the tables before anybody sees them. Loads add up along the
grid, so the load of links around such an asset is withheld too, until no sum or difference of
what is shown concerns it among fewer than ten connections.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from stroomstad.blocks import Floats, Ints
from stroomstad.tables.grid import RadialTree
from stroomstad.tables.results import ABOVE_H, ABOVE_KVAH, Flags

CONNECTIONS_SHOWN_MIN = 10
_ABOVE = (*ABOVE_H, *ABOVE_KVAH)
# Columns that tell what a link carries.
_LOADS = (
    "load_max_kva",
    "loading_max",
    "feed_in_max_kva",
    "load_kva",
    "share_of_limit",
    *_ABOVE,
)

# Per table the column that names the asset, and the columns that would give the fact away.
HIDDEN_COLUMNS: dict[str, tuple[str, tuple[str, ...]]] = {
    "stations": (
        "station_id",
        (
            "rating_kva_low",
            "rating_kva",
            "rating_kva_high",
            "load_max_known_mw",
            "load_max_kva",
            "loading_max",
            "room_low",
            "room_mid",
            "room_high",
            "limit_factor_load",
            "limit_factor_feed_in",
        ),
    ),
    "transformer_limits": ("link_id", ("factor",)),
    "cables": ("cable_id", ("rated_current_a",)),
    "links": ("link_id", ("limit_kva", "load_max_kva", "loading_max", "feed_in_max_kva")),
    "station_room": ("station_id", ("room", "shortage")),
    "load_duration": ("station_id", ("load_kva", "share_of_limit")),
    "year": ("link_id", ("load_max_kva", "feed_in_max_kva", *_ABOVE)),
    "known": ("asset", ("value",)),
}


def assets_not_public(known: pd.DataFrame, connections: pd.Series) -> frozenset[str]:
    """Assets with a known fact that may be used but not shown.

    Parameters
    ----------
    known
        As in ``KNOWN``. A row ``connections`` tells how many connections lie behind an asset
        and wins over the model; ``public`` says that the fact may be shown.
    connections
        Addresses behind each asset, by its identifier.

    Notes
    -----
    An asset that is not in ``connections`` counts as having none. An asset with one fact that
    is not public is hidden whole.
    """
    counted = known[known["attribute"] == "connections"].set_index("asset")["value"]
    facts = known[(known["attribute"] != "connections") & (known["public"] != "yes")]
    assets = pd.Index(facts["asset"].unique())
    behind = counted.groupby(level=0).last().reindex(assets)
    behind = behind.fillna(connections.reindex(assets)).fillna(0.0)
    return frozenset(assets[(behind < CONNECTIONS_SHOWN_MIN).to_numpy()])


def links_withheld(tree: RadialTree, connections: Floats, hidden: frozenset[str]) -> Flags:
    """Links whose load is not shown, so that no difference gives away a hidden asset.

    Parameters
    ----------
    tree
        The radial grid.
    connections
        Connections at each node itself. Shape (nodes,)
    hidden
        Assets as `assets_not_public` tells.

    Returns
    -------
    Shape (links,)

    Notes
    -----
    Who sees the load of some links of a tree can work out the sum of every part into which those
    links cut it, and nothing finer. Around a hidden asset, with all that lies behind it, links are
    therefore withheld until that part holds ten connections. Losses are left out of account.
    """
    size = tree.parent.size
    # The region above is one more node, with connections enough.
    above = np.where(tree.parent >= 0, tree.parent, size)
    count = np.append(connections, CONNECTIONS_SHOWN_MIN)
    secret = np.isin(tree.link_ids, list(hidden))
    for node in tree.order:
        secret[node] |= tree.parent[node] >= 0 and secret[tree.parent[node]]
    withheld = secret.copy()
    while True:
        part = _parts(above, withheld)
        few = np.bincount(part, weights=count)[part[:-1]] < CONNECTIONS_SHOWN_MIN
        if not (few & secret).any():
            return withheld
        inside = part == part[np.argmax(few & secret)]
        leads_out = inside[:-1] != inside[above]
        beyond = np.where(inside[:-1], above, np.arange(size))
        # The link to the region last: it is the load of a whole substation.
        gained = np.where(beyond < size, 1.0 + count[beyond], 0.0)
        withheld[np.argmax(np.where(leads_out, gained, -1.0))] = True


def _parts(above: Ints, withheld: Flags) -> Ints:
    """Number of the part that each node is in, when links that are shown cut the tree."""
    joined = np.flatnonzero(withheld)
    nodes = above.size + 1
    edges = csr_matrix((np.ones(joined.size), (joined, above[joined])), shape=(nodes, nodes))
    return np.asarray(connected_components(edges, directed=False)[1], dtype=np.int64)


def without_hidden(
    tables: Mapping[str, pd.DataFrame],
    hidden: frozenset[str],
    withheld: frozenset[str] = frozenset(),
) -> dict[str, pd.DataFrame]:
    """Tables in which what is not public is missing; the asset is marked ``known_not_public``.

    Parameters
    ----------
    tables
        Result tables by name.
    hidden
        Assets as `assets_not_public` tells.
    withheld
        Links as `links_withheld` tells, whose load alone is missing.
    """
    shown = dict(tables)
    for name, (key, columns) in HIDDEN_COLUMNS.items():
        if name not in shown:
            continue
        rows = shown[name]
        rows = rows.assign(known_not_public=rows[key].isin(hidden))
        blank = [column for column in columns if column in rows]
        rows[blank] = rows[blank].astype(float).mask(rows["known_not_public"], np.nan)
        loads = [column for column in blank if column in _LOADS]
        rows[loads] = rows[loads].mask(rows[key].isin(withheld), np.nan)
        shown[name] = rows
    return shown
