"""The base year of a city, every quarter of it: extremes, and what links carry when."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from stroomstad.blocks import LoadBlocks
from stroomstad.loads.build import PeriodLoads
from stroomstad.measures.twin import Twin
from stroomstad.powerflow import Network, StepFlows, YearFlows, solve_year_fastest
from stroomstad.simulation import (
    count_voltage,
    loading_steps,
    voltage_bounds,
    voltage_norm,
    voltage_tally,
)
from stroomstad.tables.grid import LINK_KINDS, RadialTree
from stroomstad.tables.results import Flags, Loading

# What a series tells of where it does not tell of every link.
KINDS_OF = {"year": ("substation", "ring", "mv_cable", "station")}


def solve_base_year(
    twin: Twin,
    network: Network,
    loads: PeriodLoads,
    withheld: Flags,
    done: Callable[[float], None],
) -> tuple[dict[str, pd.DataFrame], Loading]:
    """Extremes of every link and node over the base year, and what links carry in each quarter.

    Beside them, low voltage against the norm in every week. Loads are those of stations: of
    low-voltage cables, the extremes are too low.

    Parameters
    ----------
    twin, network
        The city, and what solved it.
    loads
        Of the whole year.
    withheld
        Links that are not shown. Shape (links,)
    done
        Called with the fraction that is done.

    Returns
    -------
    The tables ``year`` and ``voltage_norm``; and load over limit [1] of the kinds in `KINDS_OF`.
    Shape (quarters, links)
    """
    # The weights of the design week, in which measured peaks already tell.
    load = LoadBlocks(twin.loads["mid"].winter.load.weights, loads.load.shapes)
    limit_kva = twin.states["load"]["mid"].limit_kva
    kept = np.flatnonzero(np.isin(twin.tree.link_kind, _positions(KINDS_OF["year"])))
    series = np.empty((loads.axis.quarters, kept.size), dtype=np.float16)
    tally = voltage_tally(twin.grid, voltage_bounds(twin.parameters["mid"]), loads.axis.quarters)

    def keep(start: int, flows: StepFlows) -> None:
        stop = start + flows.converged.size
        load_kva = np.copysign(flows.apparent_kva[kept], flows.power_kw[kept])
        series[start:stop] = loading_steps(load_kva, limit_kva[kept], withheld[kept])
        count_voltage(tally, start, flows.voltage_pu)
        done(stop / loads.axis.quarters)

    year = solve_year_fastest(network, load, loads.feed_in, loads.axis, keep)
    norm = voltage_norm(tally, twin.grid, "year")
    return {"year": _year_table(twin.tree, year), "voltage_norm": norm}, series


def _positions(kinds: Sequence[str]) -> list[int]:
    return [LINK_KINDS.index(kind) for kind in kinds]


def _year_table(tree: RadialTree, year: YearFlows) -> pd.DataFrame:
    extremes = {
        "load_max": (year.load_max, "kva"),
        "feed_in_max": (year.feed_in_max, "kva"),
        "voltage_min": (year.voltage_min, "pu"),
        "voltage_max": (year.voltage_max, "pu"),
    }
    table = pd.DataFrame({"node_id": tree.node_ids, "link_id": tree.link_ids})
    for name, (found, unit) in extremes.items():
        table[f"{name}_{unit}"] = found.value.astype(np.float64)
        table[f"{name}_at"] = year.axis.names(found.at)
    return table
