"""The substations of a given grid: sources at high voltage, and the transformers below them.

Here a substation is a source that holds its busbar at medium voltage, with so many transformers of
a rating. A file may have the source above them instead, and each transformer by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from stroomstad.errors import Issue, name_some
from stroomstad.tables.given import LOW_VOLTAGE_MAX_V, MARKS, GivenGrid


def fold_substations(given: GivenGrid, where: str) -> tuple[GivenGrid | None, list[Issue]]:
    """Make one substation of a source and the transformers that feed a busbar from it.

    Parameters
    ----------
    given
        The grid as read.
    where
        Name of the file, for what is told.

    Returns
    -------
    The grid, with a substation for every busbar; or ``None`` with what lies above low voltage and
    is no part of a substation. A warning tells that the busbar is held, whatever the transformers.
    """
    voltage_v = given.nodes.drop_duplicates("node_id").set_index("node_id")["voltage_v"]
    stations = given.stations
    low_v = stations["node_lv"].map(voltage_v)
    above = (low_v > LOW_VOLTAGE_MAX_V) & (stations["node_mv"].map(voltage_v) > low_v)
    if not above.any():
        return given, []
    upper = stations[above]
    issues = list(_strange(given, upper, voltage_v, where))
    if issues:
        return None, issues
    folded = _folded(given.substations, upper)
    kept = given.substations[~given.substations["node_mv"].isin(upper["node_mv"])]
    made = replace(
        given,
        nodes=given.nodes[~given.nodes["node_id"].isin(upper["node_mv"])].reset_index(drop=True),
        stations=stations[~above].reset_index(drop=True),
        substations=pd.concat([kept, folded], ignore_index=True) if len(kept) else folded,
    )
    names = name_some(upper["station_id"].tolist())
    problem = f"{len(upper)} transformers above low voltage ({names}) count as substations."
    remedy = "Their busbars are held at source_voltage_pu; set that parameter where it differs."
    return made, [Issue(where, problem, remedy, "warning"), *_uneven(upper, where)]


def _strange(
    given: GivenGrid, upper: pd.DataFrame, voltage_v: pd.Series, where: str
) -> Iterator[Issue]:
    fed = upper["node_mv"].isin(given.substations["node_mv"])
    if not fed.all():
        lost = upper[~fed]
        ends = [f"{name} to {voltage_v[node]:g} V" for name, node in
                zip(lost["station_id"], lost["node_lv"], strict=True)]  # fmt: skip
        problem = f"{len(lost)} transformers step down to above low voltage and stand at no source"
        remedy = "Put the source at their high side, and leave out what lies above it."
        yield Issue(where, f"{problem} ({name_some(ends)}).", remedy)
    ends = ["from_node", "to_node"]
    beside = given.cables[given.cables[ends].isin(list(upper["node_mv"])).any(axis=1)]
    names = beside["cable_id"].tolist()
    sides = given.stations[["node_mv", "node_lv"]].isin(list(upper["node_mv"])).any(axis=1)
    names += given.stations["station_id"][sides & ~given.stations.index.isin(upper.index)].tolist()
    if names:
        problem = f"{len(names)} links hang above the transformers of a substation"
        remedy = "Leave out what lies above them."
        yield Issue(where, f"{problem} ({name_some(names)}).", remedy)


def _folded(substations: pd.DataFrame, upper: pd.DataFrame) -> pd.DataFrame:
    """A substation for every busbar that transformers feed, called after its source if it may."""
    source = substations.drop_duplicates("node_mv").set_index("node_mv")
    busbars = upper.groupby(["node_mv", "node_lv"], sort=False)
    one_mva = (upper["rating_kva"] / upper["transformers"] / 1e3).rename("rating_mva")
    made = busbars.agg(first=("station_id", "first"), transformers=("transformers", "sum"))
    # The smallest of them, on the safe side.
    made["rating_mva"] = one_mva.groupby([upper["node_mv"], upper["node_lv"]]).min()
    made = made.reset_index()
    alone = ~made["node_mv"].duplicated(keep=False)
    for name in ("substation_id", "substation_name"):
        made[name] = made["node_mv"].map(source[name]).where(alone, made["first"])
    made = made.assign(
        node_mv=made["node_lv"],
        voltage_pu=np.nan,
        rating_mva_low=made["rating_mva"],
        rating_mva_high=made["rating_mva"],
    )
    # How sure a rating of theirs is, no mark of a source tells.
    beside = {name: None for name in MARKS["substations"] if name in substations}
    return made.assign(**beside)[list(substations.columns)]


def _uneven(upper: pd.DataFrame, where: str) -> Iterator[Issue]:
    each_mva = upper["rating_kva"] / upper["transformers"] / 1e3
    spread = each_mva.groupby([upper["node_mv"], upper["node_lv"]]).agg(["min", "max"])
    spread = spread[spread["max"] > spread["min"]]
    if len(spread):
        shown = [f"{low:g} and {high:g} MVA" for low, high in spread.to_numpy()]
        problem = f"transformers of one substation differ ({name_some(shown)})."
        yield Issue(where, problem, "All count as the smallest.", "warning")
