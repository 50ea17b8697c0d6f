"""A city made ready: read, drawn up, loaded, and its design weeks solved."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from stroomstad.blocks import Ints
from stroomstad.errors import InvalidData, Issue, SolverFailed, raise_faults
from stroomstad.loads import (
    NO_QUARTERS,
    Loads,
    PeriodLoads,
    build_loads,
    build_year,
    calibrated_years,
)
from stroomstad.measures.twin import Twin
from stroomstad.powerflow import Network, build_network, grid_issues, link_limits
from stroomstad.run.limits import with_thermal_limits
from stroomstad.simulation import (
    Behind,
    DesignWeek,
    Direction,
    LinkState,
    downstream,
    extreme_quarters,
    highest_kva,
    link_states,
    node_factors,
    scaled,
    solve_week,
)
from stroomstad.sources import Inputs, read_inputs
from stroomstad.synthesis import Detail, build_grid, by_address, check_known_dates, hang_grid
from stroomstad.tables.city import City
from stroomstad.tables.grid import Grid, RadialTree
from stroomstad.tables.limits import AskedLimits, chosen_rows
from stroomstad.tables.parameters import CASES, Case, Parameters

Tell = Callable[[str, float], None]

# Beside the package where it was installed from a wheel, and beside its source otherwise.
_ROOT = Path(__file__).parents[1]
_ROOT = _ROOT if (_ROOT / "data").is_dir() else _ROOT.parents[1]
BUNDLED = _ROOT / "data"
EXAMPLES = _ROOT / "examples"


def default_city() -> Path:
    """Folder of the bundled city, Almere."""
    return BUNDLED / "almere"


def read_city(
    city_folder: Path | str, *, seed: int = 1, limits: AskedLimits | None = None
) -> Inputs:
    """Read and check a city folder, beside the bundled national files.

    Parameters
    ----------
    city_folder
        Folder with a ``city.toml``.
    seed
        Seed of everything that is drawn.
    limits
        Which limits hold, where it is not as the city says.

    Raises
    ------
    InvalidData
        With every fault that was found.
    """
    inputs = read_inputs(Path(city_folder), BUNDLED / "national", seed)
    today = dt.datetime.now().astimezone().date()
    raise_faults(check_known_dates(inputs.city.known, today))
    choice = inputs.limits.asked(limits or AskedLimits())
    return replace(inputs, limits=choice, parameters=chosen_rows(inputs.parameters, choice))


def check_city(city_folder: Path | str, *, seed: int = 1) -> Inputs:
    """Read a city and build its grid and loads, which shows faults that no file shows by itself.

    Raises
    ------
    InvalidData
        With every fault of the files, or else every fault of the grid.
    """
    inputs = read_city(city_folder, seed=seed)
    lay_out(inputs, seed)
    return inputs


@dataclass(frozen=True, slots=True)
class Clock:
    """Tells which step runs and keeps how long each took, in the order in which they ran.

    Attributes
    ----------
    tell
        Called with the name of a step and the fraction of it that is done.
    seconds
        How long each step took. [s]
    """

    tell: Tell
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[Callable[[float], None]]:
        """Run a step; what is yielded tells the fraction that is done."""
        started = time.perf_counter()
        self.tell(name, 0.0)
        yield lambda done: self.tell(name, done)
        self.tell(name, 1.0)
        self.seconds[name] = round(time.perf_counter() - started, 3)


@dataclass(frozen=True, slots=True)
class Layout:
    """A city drawn up and loaded, before anything is solved.

    Attributes
    ----------
    city
        The city, its points as fine as the grid.
    grid, network
        The grid, and what the solver needs of it.
    parameters, loads
        Per case.
    behind
        Homes at the nodes, and measured peaks.
    """

    city: City
    grid: Grid
    network: Network
    parameters: dict[Case, Parameters]
    loads: dict[Case, Loads]
    behind: Behind


def lay_out(inputs: Inputs, seed: int, detail: Detail = "group") -> Layout:
    """Draw up the grid of a city and hang its loads on it.

    Raises
    ------
    InvalidData
        With every fault of the grid, or when a given grid is asked for in another detail.
    """
    day = dt.date(inputs.city.base_year, 1, 1)
    middle = Parameters(inputs.parameters, day)
    parameters = {case: middle.in_case(case) for case in CASES}
    grid = _grid(inputs, parameters["mid"], seed, detail)
    city = by_address(inputs.city) if detail == "address" else inputs.city
    raise_faults(grid_issues(grid))
    network = build_network(grid, inputs.transformer_types, parameters["mid"])
    behind = _behind(city, grid, network.tree)
    # Calibrated once per case: it takes longer than all that follows from it.
    years = calibrated_years(city, inputs.shapes, parameters)

    def of_case(case: Case, apart: tuple[Ints, Ints] = NO_QUARTERS) -> Loads:
        of = (city, grid, inputs.shapes, parameters[case])
        return build_loads(*of, apart, year=years[case])

    year = build_year(city, grid, inputs.shapes, parameters["mid"], year=years["mid"])
    apart = _apart(year, of_case("mid"), network.tree)
    loads = {
        case: _measured(
            of_case(case, apart),
            network.tree,
            behind,
            parameters[case],
        )
        for case in CASES
    }
    return Layout(city, grid, network, parameters, loads, behind)


def _apart(year: PeriodLoads, weeks: Loads, tree: RadialTree) -> tuple[Ints, Ints]:
    """Quarters of the base year in which some link carries more than in its design week."""
    return (
        extreme_quarters(year, weeks.winter, tree, 1),
        extreme_quarters(year, weeks.summer, tree, -1),
    )


def _grid(inputs: Inputs, parameters: Parameters, seed: int, detail: Detail) -> Grid:
    if inputs.grid is None:
        return build_grid(inputs.city, parameters, inputs.cable_types, seed, detail)
    if detail != "group":
        problem = "a grid that the city gives is as fine as it is given."
        raise InvalidData([Issue("detail", problem, "Leave the detail out.")])
    return hang_grid(inputs.grid, inputs.city, parameters)


def build_twin(
    inputs: Inputs,
    seed: int,
    clock: Clock,
    outlines: gpd.GeoDataFrame | None = None,
    detail: Detail = "group",
) -> tuple[Twin, Network]:
    """Make a city ready for questions: its grid, its loads, both design weeks solved by AC.

    Parameters
    ----------
    inputs
        A city as read.
    seed
        Seed of the synthetic grid.
    clock
        Tells which step runs.
    outlines
        Places with an outline, as declared in ``OUTLINES``.
    detail
        Whether low voltage has a node per address group, or one per address.

    Returns
    -------
    The twin, and the network that solved it.
    """
    with clock.step("grid"):
        layout = lay_out(inputs, seed, detail)
    loads = layout.loads["mid"]
    with clock.step("winter week") as done:
        winter = _solved(layout, loads.winter, "load", done)
    with clock.step("summer week") as done:
        summer = _solved(layout, loads.summer, "feed_in", done)
    weeks: dict[Direction, DesignWeek] = {"load": winter, "feed_in": summer}
    twin = Twin(
        limits=inputs.limits,
        city=layout.city,
        grid=layout.grid,
        tree=layout.network.tree,
        parameters=layout.parameters,
        loads=layout.loads,
        behind=layout.behind,
        weeks=weeks,
        states={direction: _states(layout, week) for direction, week in weeks.items()},
        catalogue=inputs.catalogue,
        cable_types=inputs.cable_types,
        transformer_types=inputs.transformer_types,
        outlines=no_outlines() if outlines is None else outlines,
    )
    if inputs.limits.transformers == "thermal":
        with clock.step("heat"):
            twin = with_thermal_limits(twin)
    return twin, layout.network


def _solved(
    layout: Layout, loads: PeriodLoads, direction: Direction, done: Callable[[float], None]
) -> DesignWeek:
    """A design week; where it cannot be solved, the fault says where too much is asked."""
    try:
        return solve_week(layout.network, loads, direction, done)
    except SolverFailed as failed:
        tree, parameters = layout.network.tree, layout.parameters["mid"]
        limit_kva = link_limits(layout.grid, tree, parameters, direction)
        asked_kva = highest_kva(loads, tree, parameters)
        over = np.divide(asked_kva, limit_kva, out=np.zeros_like(asked_kva), where=limit_kva > 0)
        link = int(over.argmax())
        raise SolverFailed(
            f"{failed} Most over its limit is {tree.link_ids[link]}: {asked_kva[link]:,.0f} kVA "
            f"where it may carry {limit_kva[link]:,.0f} kVA."
        ) from failed


def no_outlines() -> gpd.GeoDataFrame:
    """Make an empty table of outlines."""
    columns = {"place": pd.Series(dtype=str), "assumed": pd.Series(dtype=bool)}
    return gpd.GeoDataFrame(
        {**columns, "source": pd.Series(dtype=str)}, geometry=gpd.GeoSeries([]), crs=28992
    )


def _measured(loads: Loads, tree: RadialTree, behind: Behind, parameters: Parameters) -> Loads:
    """Loads with which measured assets reach their measured peak."""
    homes = downstream(tree, behind.homes)
    factor = node_factors(loads.winter, tree, homes, behind.load_max_known_mw, parameters)
    winter = replace(loads.winter, load=scaled(loads.winter.load, factor))
    summer = replace(loads.summer, load=scaled(loads.summer.load, factor))
    return replace(loads, winter=winter, summer=summer)


def _states(layout: Layout, week: DesignWeek) -> dict[Case, LinkState]:
    tree = layout.network.tree
    cases = {
        case: (
            layout.loads[case].winter if week.direction == "load" else layout.loads[case].summer,
            layout.parameters[case],
            link_limits(layout.grid, tree, layout.parameters[case], week.direction),
        )
        for case in CASES
    }
    return link_states(week, tree, layout.behind, cases)


def _behind(city: City, grid: Grid, tree: RadialTree) -> Behind:
    points = city.points
    node_of = points["point_id"].map(grid.connections.set_index("point_id")["node_id"])
    homes = (points["homes"] + points["new_homes"]).groupby(node_of).sum()
    measured = pd.concat(
        [
            grid.stations.set_index("station_id")["load_max_known_mw"],
            grid.substations.set_index("substation_id")["load_max_known_mw"],
        ]
    )
    return Behind(
        homes.reindex(grid.nodes["node_id"], fill_value=0).to_numpy(dtype=np.float64),
        measured.reindex(tree.link_ids).to_numpy(dtype=np.float64),
    )
