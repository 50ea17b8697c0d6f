"""What may be shown of a city: which known facts are hidden, and which loads with them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats
from stroomstad.measures.twin import Twin
from stroomstad.simulation import downstream
from stroomstad.tables.grid import RadialTree
from stroomstad.tables.privacy import assets_not_public, links_withheld
from stroomstad.tables.results import Flags


def hidden_assets(twin: Twin) -> frozenset[str]:
    """Assets with a known fact that is used and not shown."""
    behind = downstream(twin.tree, connections_at(twin, twin.tree))
    by_id = pd.Series(behind, index=twin.tree.link_ids)
    substations = twin.grid.substations
    # A substation also goes by its name.
    names = substations.set_index("substation_name")["substation_id"].map(by_id)
    return assets_not_public(twin.city.known, pd.concat([by_id, names]))


def withheld_links(twin: Twin, tree: RadialTree) -> Flags:
    """Links of a tree over the city whose load is not shown. Shape (links,)."""
    return links_withheld(tree, connections_at(twin, tree), hidden_assets(twin))


def connections_at(twin: Twin, tree: RadialTree) -> Floats:
    """Addresses at every node of a tree over the city; none at what is still to be built."""
    points = twin.city.points
    node_of = points["point_id"].map(twin.grid.connections.set_index("point_id")["node_id"])
    at_nodes = points["addresses"].groupby(node_of).sum()
    return at_nodes.reindex(tree.node_ids, fill_value=0).to_numpy(dtype=np.float64)
