"""What room the published homes imply, beside what the model has at the same substations.

In November 2023 the grid operators told per supply area how many homes still fitted. This holds
the model against that the other way round: how much power those homes imply, and how much would
have to be taken already for no more to fit. Nothing in the model is set by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats, Ints
from stroomstad.capacity.headroom import branch_to, link_capacity, room, room_total, whole
from stroomstad.errors import Issue, name_some, raise_faults
from stroomstad.measures.twin import Twin
from stroomstad.powerflow import firm_transformers, own_factor
from stroomstad.powerflow.network import rating_column
from stroomstad.tables.parameters import CASES, Case

NEW_HOMES = "new_homes"

# Columns of the table, in English and in Dutch.
COLUMNS = {
    "supply_area": ("substations", "onderstations"),
    "quantity": ("quantity", "grootheid"),
    "low": ("case with least room", "geval met de minste ruimte"),
    "mid": ("middle case", "middelste geval"),
    "high": ("case with most room", "geval met de meeste ruimte"),
    "unit": ("unit", "eenheid"),
    "kind": ("kind of number", "soort getal"),
    "about": ("what it is", "wat het is (Engels)"),
    "about_nl": ("what it is, in Dutch", "wat het is"),
}
# Kind, unit, and what it is in English and in Dutch; in the order of the table.
QUANTITIES = {
    "new_homes_published": (
        "published",
        "homes",
        "new homes that were said to fit",
        "nieuwe woningen die volgens de netbeheerders pasten",
    ),
    "home_peak": (
        "assumed",
        "kW/home",
        "peak that a new home adds at station level",
        "piek die een nieuwe woning op stationsniveau toevoegt",
    ),
    "implied": (
        "derived",
        "MW",
        "power that the published homes imply at that peak",
        "vermogen dat bij de gepubliceerde woningen hoort, bij die piek",
    ),
    "implied_at_substation": (
        "derived",
        "MW",
        "the same where homes coincide less: at the substation",
        "hetzelfde op het onderstation, waar woningen minder samenvallen",
    ),
    "load": (
        "modelled",
        "MW",
        "highest load of the substations together in the winter week",
        "hoogste belasting van de onderstations samen in de winterweek",
    ),
    "outage_limit": (
        "assumed",
        "MW",
        "what they may carry with one transformer out at each",
        "wat ze mogen dragen met op elk één transformator uit bedrijf",
    ),
    "outage_room": (
        "modelled",
        "MW",
        "what that leaves above the load, each substation at its own peak",
        "wat dat boven de belasting overlaat, elk onderstation op zijn eigen piek",
    ),
    "contracted_unused": (
        "assumed",
        "MW",
        "contracted and not drawn yet, with what is reserved or queued before homes",
        "gecontracteerd en nog niet gebruikt, met wat is gereserveerd of voorrang heeft",
    ),
    "room": (
        "modelled",
        "MW",
        "what is then left for new homes at the substations",
        "wat er dan op de onderstations over is voor nieuwe woningen",
    ),
    "room_at_substation": (
        "modelled",
        "homes",
        "homes for which the substations have room",
        "woningen waarvoor de onderstations ruimte hebben",
    ),
    "room_with_grid_below": (
        "modelled",
        "homes",
        "homes for which stations and cables below have room too",
        "woningen waarvoor ook de stations en kabels eronder ruimte hebben",
    ),
    "taken_if_published_holds": (
        "derived",
        "MW",
        "what must be taken by others if no more than the published homes fit",
        "wat anderen moeten innemen als er niet meer dan de gepubliceerde woningen passen",
    ),
}


@dataclass(frozen=True, slots=True)
class _Area:
    """A supply area in one case; arrays over its substations."""

    homes: float
    home_kw: Floats
    level_factor_unit: Floats
    power_factor: float
    base_kva: Floats
    outage_kva: Floats
    taken_mw: Floats
    room_homes: Floats
    room_below: float


def yardstick_table(twin: Twin, published: pd.DataFrame) -> pd.DataFrame:
    """Hold the room that was published per supply area against the model, the other way round.

    Parameters
    ----------
    twin
        The city as it stands.
    published
        ``substations`` (names, with a semicolon between), ``quantity`` and ``value``; rows with
        another quantity than ``new_homes`` are left out.

    Returns
    -------
    One row per supply area and quantity, columns as in `COLUMNS`.

    Raises
    ------
    InvalidData
        When a substation is not in the grid.
    """
    homes = published[published["quantity"] == NEW_HOMES]
    raise_faults(_unknown(twin, homes["substations"].tolist()))
    rows = []
    for names, value in zip(homes["substations"], homes["value"], strict=True):
        roots = _roots(twin, names)
        told: dict[Case, dict[str, float]] = {
            case: _told(_area(twin, roots, float(value), case)) for case in CASES
        }
        for quantity, (kind, unit, about, about_nl) in QUANTITIES.items():
            values = [told[case][quantity] for case in CASES]
            rows.append((names, quantity, *values, unit, kind, about, about_nl))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _told(area: _Area) -> dict[str, float]:
    """Every quantity of `QUANTITIES` for one area and case."""
    home_kw = float(area.home_kw.max())
    implied_mw = area.homes * home_kw / 1000.0
    at_substation_mw = implied_mw * float(area.level_factor_unit.max())
    to_mw = area.power_factor / 1000.0
    outage_mw = (area.outage_kva - area.base_kva.max(axis=1)) * to_mw
    return {
        "new_homes_published": area.homes,
        "home_peak": home_kw,
        "implied": implied_mw,
        "implied_at_substation": at_substation_mw,
        "load": float(area.base_kva.sum(axis=0).max()) * to_mw,
        "outage_limit": float(area.outage_kva.sum()) * to_mw,
        "outage_room": float(outage_mw.sum()),
        "contracted_unused": float(area.taken_mw.sum()),
        "room": float(np.maximum(outage_mw - area.taken_mw, 0.0).sum()),
        "room_at_substation": float(whole(area.room_homes).sum()),
        "room_with_grid_below": area.room_below,
        "taken_if_published_holds": float(outage_mw.sum()) - at_substation_mw,
    }


def _area(twin: Twin, roots: Ints, homes: float, case: Case) -> _Area:
    state, parameters = twin.states["load"][case], twin.parameters[case]
    takes, _ = link_capacity(
        state.limit_kva,
        state.base_kva,
        state.unit_kw,
        state.kva_per_kw,
        state.level_factor_unit,
    )
    substations = twin.grid.substations.set_index("substation_id").loc[
        twin.tree.link_ids[roots].tolist()
    ]
    size_kva = substations[rating_column("rating_mva", case)].to_numpy(dtype=np.float64) * 1000.0
    firm = firm_transformers(substations["transformers"].to_numpy(), parameters)
    firm_kva = firm * own_factor(substations, "load") * size_kva
    unused_mw = substations["contracted_unused_known_mw"].fillna(
        parameters.value("contracted_unused_mw")
    )
    others_mw = parameters.value("reserved_mw") + parameters.value("queue_mw")
    return _Area(
        homes=homes,
        home_kw=state.unit_kw,
        level_factor_unit=state.level_factor_unit[roots],
        power_factor=parameters.value("power_factor"),
        base_kva=state.base_kva[roots].astype(np.float64),
        outage_kva=firm_kva * parameters.value("limit_substation"),
        taken_mw=unused_mw.to_numpy(dtype=np.float64) + others_mw,
        room_homes=takes[roots],
        room_below=_room_below(twin, roots, takes),
    )


def _room_below(twin: Twin, roots: Ints, takes: Floats) -> float:
    """Homes that all public stations fed by the substations take together."""
    stations = twin.grid.stations
    fed = stations["substation_id"].isin(twin.tree.link_ids[roots].tolist())
    ours = stations.loc[fed & (stations["owner"] == "public"), "node_lv"]
    at = pd.Series(np.arange(twin.tree.node_ids.size), index=twin.tree.node_ids)
    branch = branch_to(twin.tree.parent, twin.tree.order, at.loc[ours].to_numpy(dtype=np.int64))
    return room_total(branch, room(branch, whole(takes)[branch.nodes]))


def _names(substations: str) -> list[str]:
    return [name.strip() for name in substations.split(";")]


def _roots(twin: Twin, substations: str) -> Ints:
    named = twin.grid.substations.set_index("substation_name").loc[_names(substations)]
    at = pd.Series(np.arange(twin.tree.node_ids.size), index=twin.tree.node_ids)
    return np.asarray(at.loc[named["node_mv"]], dtype=np.int64)


def _unknown(twin: Twin, told: Sequence[str]) -> list[Issue]:
    known = set(twin.grid.substations["substation_name"])
    absent = sorted({name for names in told for name in _names(names)} - known)
    if not absent:
        return []
    return [
        Issue(
            "published_room.substations",
            f"there is no substation named {name_some(absent)} in the grid.",
            f"Use one of {name_some(sorted(known))}.",
        )
    ]
