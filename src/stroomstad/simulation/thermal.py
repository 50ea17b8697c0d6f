"""How much every transformer may carry, by how warm it gets in the design weeks.

A station's own course of load is scaled until a temperature of the loading guide binds. Courses
are sorted into a few classes by how long their load lasts; the most lasting one of a class stands
for all of it, so that hardly any transformer is given more than its own course allows. In the
direction of feed-in every course is that of sun on roofs, which more panels approach: what is
left of it today after own use is shorter, and would allow more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats, Ints
from stroomstad.powerflow import FACTOR_COLUMNS
from stroomstad.simulation.design_weeks import Direction, LinkState
from stroomstad.tables.grid import Grid, RadialTree
from stroomstad.tables.parameters import CASES, Case, Parameters
from stroomstad.tables.results import Floats32
from stroomstad.units import MINUTES_PER_QUARTER, QUARTERS_PER_WEEK

# Own choice: the factors of neighbouring classes are a few hundredths apart.
CLASSES = 8
# Three hours, in which the oil of a small transformer follows its load, and the exponent with
# which its hottest point does; they only sort courses.
_OIL_MINUTES, _WINDING_EXPONENT = 180.0, 1.6
_Band = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Heat:
    """What transformers may carry because of their temperature.

    Attributes
    ----------
    table
        As declared in ``TRANSFORMER_LIMITS``, in the middle case.
    station, substation
        Low, middle and high value of the parameter of each kind: the median of its transformers
        in the direction of load, and how surroundings that are warmer or cooler move it. [1]
    """

    table: pd.DataFrame
    station: _Band
    substation: _Band


@dataclass(frozen=True, slots=True)
class _Asked:
    """Transformers of one kind: who they are, and how each loses its heat, by case."""

    kind: str
    names: tuple[str, ...]
    at: Ints
    loss_ratio: Floats
    load_max: Floats
    surcharge_k: dict[Case, float]


@dataclass(frozen=True, slots=True)
class _Week:
    """Seven days on end: load of every link, course of a new roof, and outdoor temperature."""

    base_kva: Floats32
    unit_kw: Floats
    outdoor_c: Floats


def transformer_heat(
    grid: Grid,
    tree: RadialTree,
    states: Mapping[Direction, tuple[LinkState, Floats]],
    transformer_types: pd.DataFrame,
    parameters: Parameters,
) -> Heat:
    """Compute how much every transformer may carry.

    Parameters
    ----------
    grid, tree
        The grid, and the order of its links.
    states
        Per direction what every link carries in its week in the middle case, and the outdoor
        temperature. [°C], shape (quarters,). What comes after the seven days of the week is left
        out.
    transformer_types
        As declared in ``TRANSFORMER_TYPES``; a station loses heat as the type nearest in rating.
    parameters
        ``transformer_*``, ``station_surcharge_k``, ``substation_*``, in the middle case.
    """
    at = pd.Series(np.arange(tree.link_ids.size), index=list(tree.link_ids))
    weeks = {direction: _week(*told) for direction, told in states.items()}
    kinds = [
        _stations(grid.stations, at, transformer_types, parameters),
        _substations(grid.substations, at, parameters),
    ]
    tables, bands = [], []
    for kind in kinds:
        load = _by_course(kind, weeks["load"], parameters)
        tables += [load, _by_roofs(kind, weeks["feed_in"], parameters)]
        bands.append(_band(kind, load, weeks["load"], parameters))
    return Heat(pd.concat(tables, ignore_index=True), bands[0], bands[1])


def with_heat(grid_table: pd.DataFrame, key: str, heat: Heat, kind: str) -> pd.DataFrame:
    """Add to stations or substations the share that each has of the parameter of its kind.

    Parameters
    ----------
    grid_table, key
        Stations or substations, and the column that names them.
    heat
        What was computed.
    kind
        ``station`` or ``substation``.
    """
    middle = heat.station[1] if kind == "station" else heat.substation[1]
    changed = grid_table.copy()
    for direction, column in FACTOR_COLUMNS.items():
        mine = heat.table[(heat.table["kind"] == kind) & (heat.table["direction"] == direction)]
        factor = mine.set_index("link_id")["factor"]
        changed[column] = (changed[key].map(factor) / middle).to_numpy(dtype=np.float64)
    return changed


def lasting(course: Floats) -> Floats:
    """How long loads last: the highest that oil, which follows with delay, makes of them.

    Parameters
    ----------
    course
        1 at its highest. [1], shape (transformers, quarters)

    Returns
    -------
    1 for a load that stays, less for one that is soon over. [1], shape (transformers,)
    """
    share = 1.0 - np.exp(-MINUTES_PER_QUARTER / _OIL_MINUTES)
    lost = course**_WINDING_EXPONENT
    # scipy.signal does this in one call, and takes most of a second to load.
    kept = lost[:, 0] * (1.0 - share)
    most = np.zeros(len(lost))
    for now in np.ascontiguousarray(lost.T):
        follows = kept + share * now
        most = np.maximum(most, follows)
        kept = follows * (1.0 - share)
    return most


def _week(state: LinkState, outdoor_c: Floats) -> _Week:
    """Only the days on end: heat follows what went before."""
    whole = slice(0, QUARTERS_PER_WEEK)
    return _Week(state.base_kva[:, whole], state.unit_kw[whole], outdoor_c[whole])


def _heating() -> ModuleType:
    """The module that knows the thermal model; it takes a tenth of a second to load."""
    return import_module("stroomstad.powerflow.heating")


def _stations(
    stations: pd.DataFrame, at: pd.Series, types: pd.DataFrame, parameters: Parameters
) -> _Asked:
    ordered = types.sort_values("rating_kva")
    away = np.abs(
        stations["rating_kva"].to_numpy()[:, None] - ordered["rating_kva"].to_numpy()[None, :]
    )
    ratio = (ordered["copper_loss_kw"] / ordered["no_load_loss_kw"]).to_numpy(dtype=np.float64)
    names = tuple(stations["station_id"].astype(str))
    return _Asked(
        "station",
        names,
        at.loc[list(names)].to_numpy(dtype=np.int64),
        ratio[away.argmin(axis=1)] if names else np.zeros(0),
        np.full(len(names), parameters.value("transformer_load_max")),
        {case: parameters.in_case(case).value("station_surcharge_k") for case in CASES},
    )


def _substations(substations: pd.DataFrame, at: pd.Series, parameters: Parameters) -> _Asked:
    names = tuple(substations["substation_id"].astype(str))
    large = substations["rating_mva"].to_numpy() > parameters.value("transformer_large_mva")
    most, most_large = (parameters.value(f"transformer_load_max{size}") for size in ("", "_large"))
    return _Asked(
        "substation",
        names,
        at.loc[list(names)].to_numpy(dtype=np.int64),
        np.full(len(names), parameters.value("substation_loss_ratio")),
        np.where(large, most_large, most),
        {case: parameters.in_case(case).value("substation_surcharge_k") for case in CASES},
    )


def _by_course(kind: _Asked, week: _Week, parameters: Parameters) -> pd.DataFrame:
    """Factor of every transformer by its class; missing where it carries nothing this way."""
    load_kva = np.maximum(week.base_kva[kind.at].astype(np.float64), 0.0)
    highest_kva = load_kva.max(axis=1)
    drawn = np.flatnonzero(highest_kva > 0)
    course = load_kva[drawn] / highest_kva[drawn, None]
    factor = np.full(len(kind.names), np.nan)
    stands_for = np.full(len(kind.names), None, dtype=object)
    lasts = lasting(course) if drawn.size else np.zeros(0)
    for members in _classes(lasts, kind.loss_ratio[drawn], kind.load_max[drawn], CLASSES):
        first = members[np.argmax(lasts[members])]
        most = _factor(kind, int(drawn[first]), course[first], (week.outdoor_c, "mid"), parameters)
        factor[drawn[members]] = most
        stands_for[drawn[members]] = kind.names[drawn[first]]
    return _rows(kind, "load", factor, stands_for)


def _by_roofs(kind: _Asked, week: _Week, parameters: Parameters) -> pd.DataFrame:
    """Factor of every transformer by the course of sun on roofs."""
    factor = np.full(len(kind.names), np.nan)
    course = week.unit_kw / week.unit_kw.max()
    for members in _classes(np.zeros(len(kind.names)), kind.loss_ratio, kind.load_max, 1):
        first = int(members[0])
        factor[members] = _factor(kind, first, course, (week.outdoor_c, "mid"), parameters)
    return _rows(kind, "feed_in", factor, np.full(len(kind.names), None, dtype=object))


def _classes(lasts: Floats, loss_ratio: Floats, load_max: Floats, count: int) -> list[Ints]:
    """Transformers that are answered together: of one type, and with loads that last alike."""
    groups = pd.DataFrame({"ratio": loss_ratio, "most": load_max})
    found = []
    for rows in groups.groupby(["ratio", "most"], sort=True).indices.values():
        members = np.asarray(rows, dtype=np.int64)
        ordered = members[np.argsort(lasts[members], kind="stable")]
        found += [part for part in np.array_split(ordered, count) if part.size]
    return found


def _factor(
    kind: _Asked,
    number: int,
    course: Floats,
    around: tuple[Floats, Case],
    parameters: Parameters,
) -> float:
    """Factor of one transformer on a course, in surroundings of a case."""
    heating = _heating()
    outdoor_c, case = around
    transformer = heating.HeatedTransformer(
        is_station=kind.kind == "station",
        loss_ratio=float(kind.loss_ratio[number]),
        surcharge_k=kind.surcharge_k[case],
        load_max=float(kind.load_max[number]),
    )
    warmest = heating.Warmest(
        parameters.value("transformer_top_oil_max_c"),
        parameters.value("transformer_hot_spot_max_c"),
    )
    return float(heating.highest_factor(course, outdoor_c, transformer, warmest))


def _band(kind: _Asked, load: pd.DataFrame, week: _Week, parameters: Parameters) -> _Band:
    """Median factor, and how far it moves with the surroundings where it moves least room on."""
    known = load["factor"].notna()
    if not known.any():
        return 1.0, 1.0, 1.0
    factors = load.loc[known].drop_duplicates("stands_for").set_index("stands_for")["factor"]
    moved: dict[Case, list[float]] = {"low": [], "high": []}
    for name, factor in factors.items():
        number = kind.names.index(str(name))
        load_kva = np.maximum(week.base_kva[kind.at[number]].astype(np.float64), 0.0)
        for case, ratios in moved.items():
            around = (week.outdoor_c, case)
            most = _factor(kind, number, load_kva / load_kva.max(), around, parameters)
            ratios.append(most / factor)
    median = float(load.loc[known, "factor"].median())
    low, high = (float(min(ratios)) for ratios in moved.values())
    return median * min(low, 1.0), median, median * max(high, 1.0)


def _rows(kind: _Asked, direction: Direction, factor: Floats, stands_for: Floats) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "link_id": list(kind.names),
            "kind": kind.kind,
            "direction": direction,
            "factor": factor,
            "stands_for": stands_for,
        }
    )
