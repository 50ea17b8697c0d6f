"""The base year of a city, every quarter of it: extremes, and what links carry when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from stroomstad.blocks import Ints, LoadBlocks
from stroomstad.errors import name_some
from stroomstad.loads.build import PeriodLoads
from stroomstad.measures.twin import Twin
from stroomstad.powerflow import Network, StepFlows, YearFlows, solve_year_fastest
from stroomstad.simulation import (
    above_table,
    above_tally,
    count_above,
    count_voltage,
    voltage_bounds,
    voltage_norm,
    voltage_tally,
)
from stroomstad.store import add_portion, finish_power, start_scratch
from stroomstad.tables.grid import LINK_KINDS, RadialTree
from stroomstad.tables.results import Flags
from stroomstad.units import HOURS_PER_QUARTER

# What a series tells of where it does not tell of every link.
KINDS_OF = {"year": ("substation", "ring", "mv_cable", "station")}


@dataclass(frozen=True, slots=True)
class BaseYear:
    """What is found of the base year.

    Attributes
    ----------
    tables
        ``year``, ``voltage_norm``, ``year_scale`` and, of the year, ``flow_facts``.
    loads
        What was solved.
    files
        Power of the kinds in `KINDS_OF` in every quarter, by name of file.
    """

    tables: dict[str, pd.DataFrame]
    loads: PeriodLoads
    files: dict[str, Path]


def solve_base_year(
    twin: Twin,
    network: Network,
    loads: PeriodLoads,
    withheld: Flags,
    done: Callable[[float], None],
    *,
    folder: Path,
) -> BaseYear:
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
    folder
        Where the power in every quarter is written.

    Raises
    ------
    InvalidData
        When the disk is full, or the folder cannot be written to.
    SolverFailed
        When the balance of a quarter does not close.
    """
    # The weights of the design week, in which measured peaks already tell.
    weights = twin.loads["mid"].winter.load.weights
    loads = replace(loads, load=LoadBlocks(weights, loads.load.shapes))
    kept = np.flatnonzero(np.isin(twin.tree.link_kind, _positions(KINDS_OF["year"])))
    tally = voltage_tally(twin.grid, voltage_bounds(twin.parameters["mid"]), loads.axis.quarters)
    above = above_tally({side: by_case["mid"] for side, by_case in twin.states.items()})
    scratch = start_scratch(folder, kept.size)

    def keep(start: int, flows: StepFlows) -> None:
        power_kva = np.copysign(flows.apparent_kva[kept], flows.power_kw[kept])
        power_kva[withheld[kept]] = np.nan
        add_portion(scratch, power_kva)
        count_voltage(tally, start, flows.voltage_pu)
        count_above(above, flows)
        done(scratch.quarters / loads.axis.quarters)

    year = solve_year_fastest(network, loads.load, loads.feed_in, loads.axis, keep)
    norm = voltage_norm(tally, twin.grid, "year")
    scale, files = finish_power(scratch)
    tables = {
        "year": pd.concat([_year_table(twin.tree, year), above_table(above)], axis=1),
        "voltage_norm": norm,
        "year_scale": _named(twin.tree, kept, scale),
        "flow_facts": _flow_facts(year, loads),
    }
    return BaseYear(tables, loads, files)


def _flow_facts(year: YearFlows, loads: PeriodLoads) -> pd.DataFrame:
    """Losses of the year, and quarters without a solution; columns as `flow_facts` has them."""
    solved = year.solved
    drawn_kw = np.asarray(loads.load.weights.sum(axis=0)).ravel() @ loads.load.shapes
    drawn_kwh = float(drawn_kw[solved].sum() * HOURS_PER_QUARTER)
    unsolved = np.flatnonzero(~solved)
    first = name_some(year.axis.names(unsolved).tolist()) if unsolved.size else ""
    rows = [
        (
            "year_losses_mwh",
            year.losses_kwh / 1e3,
            "MWh",
            "losses of all cables and transformers",
            "verliezen van alle kabels en transformatoren",
        ),
        (
            "year_losses_fraction",
            year.losses_kwh / drawn_kwh if drawn_kwh > 0 else np.nan,
            "1",
            "losses over the energy that is drawn",
            "verliezen gedeeld door de afgenomen energie",
        ),
        (
            "year_unsolved_quarters",
            float(unsolved.size),
            "1",
            f"quarters in which the grid cannot carry its load at any voltage {first}".strip(),
            f"kwartieren waarin het net zijn belasting bij geen spanning draagt {first}".strip(),
        ),
    ]
    return pd.DataFrame(rows, columns=["quantity", "value", "unit", "about", "about_nl"])


def _named(tree: RadialTree, links: Ints, scale: pd.DataFrame) -> pd.DataFrame:
    """Scale of links with their names and kinds."""
    kinds = [LINK_KINDS[kind] for kind in tree.link_kind[links]]
    named = pd.DataFrame({"link_id": tree.link_ids[links], "kind": kinds})
    return pd.concat([named, scale], axis=1)


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
