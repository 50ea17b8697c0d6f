"""Which limits a city is held to: computed where they follow from heat, and told beside answers."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version

import numpy as np
import pandas as pd

from stroomstad.measures.twin import Twin
from stroomstad.powerflow import link_limits, own_factor
from stroomstad.run.shown import hidden_assets
from stroomstad.simulation import Direction, transformer_heat, with_heat
from stroomstad.tables.limits import (
    CABLES,
    RESERVE_USED,
    STATION,
    SUBSTATION,
    limits_said,
    thermal_rows,
)
from stroomstad.tables.parameters import Parameters

_BY = "transformer-thermal-model"


def with_thermal_limits(twin: Twin) -> Twin:
    """Replace what transformers may carry by what their temperature allows.

    Parameters
    ----------
    twin
        A city whose design weeks are solved.

    Returns
    -------
    The city with the parameters, the own factors of its transformers, and the limits that follow.
    """
    middle = twin.parameters["mid"]
    weeks = {
        direction: (by_case["mid"], twin.weeks[direction].loads.outdoor_c)
        for direction, by_case in twin.states.items()
    }
    heat = transformer_heat(twin.grid, twin.tree, weeks, twin.transformer_types, middle)
    source = (
        f"{_BY} {version(_BY)} (IEC 60076-7, normal cyclic loading): the course of load of each "
        "transformer in the winter week, at its outdoor temperature; median of all"
    )
    rows = thermal_rows(middle.rows, heat.station, heat.substation, source)
    parameters = {
        case: Parameters(rows, of_case.on, case) for case, of_case in twin.parameters.items()
    }
    grid = replace(
        twin.grid,
        stations=with_heat(twin.grid.stations, "station_id", heat, "station"),
        substations=with_heat(twin.grid.substations, "substation_id", heat, "substation"),
    )
    states = {
        direction: {
            case: replace(
                state, limit_kva=link_limits(grid, twin.tree, parameters[case], direction)
            )
            for case, state in by_case.items()
        }
        for direction, by_case in twin.states.items()
    }
    return replace(twin, grid=grid, parameters=parameters, states=states, heat=heat.table)


def new_station_share(twin: Twin) -> dict[Direction, float]:
    """What a station that is built later carries of ``limit_station``, per direction. [1]."""
    ways: tuple[Direction, ...] = ("load", "feed_in")
    return {way: float(np.median(own_factor(twin.grid.stations, way))) for way in ways}


def limit_facts(twin: Twin) -> dict[str, object]:
    """Say which limits hold, as kept in the manifest of a run.

    Returns
    -------
    ``transformers, n1_relaxed``; low, middle and high value of what stations, substations and
    cables may carry, and of the share of the reserve that is used; and where thermal limits were
    computed
    the least, median and most of the factors of each kind and direction. [1]
    """
    middle = twin.parameters["mid"]
    facts: dict[str, object] = {
        "transformers": twin.limits.transformers,
        "n1_relaxed": twin.limits.n1_relaxed,
        "station": list(middle.band(STATION)),
        "substation": list(middle.band(SUBSTATION)),
        "n1_reserve_used": list(middle.band(RESERVE_USED)),
        **{kind: list(middle.band(name)) for kind, name in CABLES.items()},
    }
    if twin.heat is not None:
        facts["factors"] = _spread(twin.heat)
    return facts


def limit_tables(twin: Twin) -> dict[str, pd.DataFrame]:
    """Tables on limits that stand in every answer, as declared in ``LIMITS`` and beside it."""
    said = limits_said(limit_facts(twin))
    row = {
        "transformers": twin.limits.transformers,
        "n1_relaxed": twin.limits.n1_relaxed,
        "about": said.en,
        "about_nl": said.nl,
    }
    tables = {"limits": pd.DataFrame([row])}
    if twin.heat is None:
        return tables
    # What follows from a fact that is not public is not shown either.
    hidden = twin.heat["link_id"].isin(hidden_assets(twin))
    shown = twin.heat.assign(
        factor=twin.heat["factor"].mask(hidden),
        stands_for=twin.heat["stands_for"].mask(twin.heat["stands_for"].isin(hidden_assets(twin))),
    )
    return tables | {"transformer_limits": shown}


def _spread(heat: pd.DataFrame) -> dict[str, dict[str, list[float]]]:
    """Least, median and most of the factors, by kind and direction."""
    found: dict[str, dict[str, list[float]]] = {}
    for (kind, direction), rows in heat.groupby(["kind", "direction"], sort=True):
        factor = rows["factor"].dropna().to_numpy(dtype=np.float64)
        if factor.size:
            told = [float(factor.min()), float(np.median(factor)), float(factor.max())]
            found.setdefault(str(kind), {})[str(direction)] = told
    return found
