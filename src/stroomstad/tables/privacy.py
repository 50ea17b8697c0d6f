"""Known facts on few connections: used in every sum, shown nowhere.

A measured or contracted value of fewer than ten connections says something of a person or a
firm. Such a fact wins over synthesis like any other, but what it is, and what follows from it
for that asset alone, is taken out of the tables before anybody sees them.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

CONNECTIONS_SHOWN_MIN = 10

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
        ),
    ),
    "cables": ("cable_id", ("rated_current_a",)),
    "links": ("link_id", ("limit_kva", "load_max_kva", "loading_max", "feed_in_max_kva")),
    "station_room": ("station_id", ("room", "shortage")),
    "load_duration": ("station_id", ("load_kva", "share_of_limit")),
    "year": ("link_id", ("load_max_kva", "feed_in_max_kva")),
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


def without_hidden(
    tables: Mapping[str, pd.DataFrame], hidden: frozenset[str]
) -> dict[str, pd.DataFrame]:
    """Tables in which what is not public is missing; the asset is marked ``known_not_public``.

    Parameters
    ----------
    tables
        Result tables by name.
    hidden
        Assets as `assets_not_public` tells.
    """
    shown = dict(tables)
    for name, (key, columns) in HIDDEN_COLUMNS.items():
        if name not in shown:
            continue
        rows = shown[name]
        rows = rows.assign(known_not_public=rows[key].isin(hidden))
        blank = [column for column in columns if column in rows]
        rows[blank] = rows[blank].astype(float).mask(rows["known_not_public"], np.nan)
        shown[name] = rows
    return shown
