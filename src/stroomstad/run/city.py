"""The whole line: read a city, build its grid, solve its design weeks, say what still fits."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from importlib import metadata
from pathlib import Path

import numpy as np
import pandas as pd

from stroomstad.blocks import LoadBlocks
from stroomstad.capacity import (
    Capacities,
    Places,
    Question,
    add_new_stations,
    area_rooms,
    build_capacities,
    build_limits,
    build_places,
    check_rooms,
    city_curve,
    city_place,
    station_rooms,
)
from stroomstad.errors import raise_faults
from stroomstad.loads import Loads, build_loads, build_year
from stroomstad.powerflow import Network, build_network, link_limits, solve_steps, solve_year
from stroomstad.simulation import (
    Behind,
    DesignWeek,
    Direction,
    LinkState,
    distance_table,
    downstream,
    flow_facts,
    link_states,
    link_table,
    load_duration,
    node_factors,
    scaled,
    solve_week,
)
from stroomstad.sources import Inputs, read_inputs
from stroomstad.store import check_writable, hash_table, safe_name, save_run
from stroomstad.synthesis import build_grid, check_known_dates
from stroomstad.tables.city import City
from stroomstad.tables.geometry import as_lines, as_points
from stroomstad.tables.grid import Grid, RadialTree
from stroomstad.tables.parameters import CASES, Case, Parameters
from stroomstad.tables.privacy import assets_not_public, without_hidden

Tables = dict[str, pd.DataFrame]
Weeks = Mapping[Direction, DesignWeek]
States = Mapping[Direction, Mapping[Case, LinkState]]
AllCapacities = Mapping[Direction, Mapping[Case, Capacities]]
Tell = Callable[[str, float], None]
Render = Callable[[Mapping[str, pd.DataFrame], Mapping[str, object]], Mapping[str, bytes]]


BUNDLED = Path(__file__).parents[2] / "data"


def default_city() -> Path:
    """Folder of the bundled city, Almere."""
    return BUNDLED / "almere"


def read_city(city_folder: Path | str, *, seed: int = 1) -> Inputs:
    """Read and check a city folder, beside the bundled national files.

    Raises
    ------
    InvalidData
        With every fault that was found.
    """
    inputs = read_inputs(Path(city_folder), BUNDLED / "national", seed)
    today = dt.datetime.now().astimezone().date()
    raise_faults(check_known_dates(inputs.city.known, today))
    return inputs


def check_city(city_folder: Path | str, *, seed: int = 1) -> Inputs:
    """Read a city and build its grid and loads, which shows faults that no file shows by itself.

    Raises
    ------
    InvalidData
        With every fault of the files, or else every fault of the grid.
    """
    inputs = read_city(city_folder, seed=seed)
    _build_model(inputs, seed)
    return inputs


@dataclass(frozen=True, slots=True)
class _Clock:
    """Tells which step runs and keeps how long each took, in the order in which they ran."""

    tell: Tell
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[Callable[[float], None]]:
        started = time.perf_counter()
        self.tell(name, 0.0)
        yield lambda done: self.tell(name, done)
        self.tell(name, 1.0)
        self.seconds[name] = round(time.perf_counter() - started, 3)


@dataclass(frozen=True, slots=True)
class _Model:
    """What every later step needs: the grid, its network, loads and parameters per case."""

    inputs: Inputs
    grid: Grid
    tree: RadialTree
    network: Network
    parameters: dict[Case, Parameters]
    loads: dict[Case, Loads]
    behind: Behind


def run_city(
    city_folder: Path | str,
    runs_folder: Path | str = "runs",
    *,
    seed: int = 1,
    year: bool = False,
    tell: Tell | None = None,
    render: Render | None = None,
) -> Path:
    """Run a city from open data to an answer, and keep it.

    Parameters
    ----------
    city_folder
        Folder with a ``city.toml``.
    runs_folder
        Folder that keeps runs; a new one is made in it.
    seed
        Seed of everything that is drawn.
    year
        Whether to solve all quarters of the base year too.
    tell
        Called with the name of a step and the fraction of it that is done.
    render
        Makes files to keep with the run, from its tables and facts; a report for instance.

    Returns
    -------
    Folder of the run.

    Raises
    ------
    InvalidData
        When the city is faulty, or the run cannot be written.
    SolverFailed
        When the power flow has no answer.
    """
    clock = _Clock(tell or (lambda _step, _done: None))
    # The last step must not be the first to find out that nothing can be kept.
    check_writable(Path(runs_folder))
    with clock.step("read"):
        inputs = read_city(city_folder, seed=seed)
    tables = answer(inputs, seed=seed, year=year, clock=clock)
    created_at = dt.datetime.now(dt.UTC).replace(microsecond=0)
    facts = {
        "city": inputs.city.name,
        "municipality_code": inputs.city.municipality_code,
        "base_year": inputs.city.base_year,
        "version": metadata.version("stroomstad"),
        "created_at": created_at.isoformat(),
        "seed": seed,
        "year": year,
        "warnings": [str(issue) for issue in inputs.warnings],
        "seconds": clock.seconds,
        "inputs": dict(zip(inputs.files["file"], inputs.files["sha256"], strict=True)),
        "parameters_sha256": hash_table(inputs.parameters),
    }
    with clock.step("report"):
        files = render(tables, facts) if render else {}
    name = f"{safe_name(Path(city_folder).resolve().name)}-{created_at:%Y%m%d-%H%M%S}"
    return save_run(Path(runs_folder), name, tables, facts, files)


def answer(
    inputs: Inputs, *, seed: int = 1, year: bool = False, clock: _Clock | None = None
) -> Tables:
    """Say for every link what it carries and for every area what still fits; touches no disk.

    Parameters
    ----------
    inputs
        A city as read.
    seed
        Seed of the synthetic grid.
    year
        Whether to solve all quarters of the base year too.
    clock
        Tells which step runs.

    Returns
    -------
    Tables by name; see the reference of tables.
    """
    clock = clock or _Clock(lambda _step, _done: None)
    with clock.step("grid"):
        model = _build_model(inputs, seed)
    with clock.step("winter week") as done:
        winter = solve_week(model.network, model.loads["mid"].winter, "load", done)
    with clock.step("summer week") as done:
        summer = solve_week(model.network, model.loads["mid"].summer, "feed_in", done)
    weeks: Weeks = {"load": winter, "feed_in": summer}
    with clock.step("room"):
        states = {direction: _states(model, week) for direction, week in weeks.items()}
        places = _places(model)
        capacities = {
            direction: {
                case: build_capacities(state, case, direction, weeks[direction].flows.axis)
                for case, state in by_case.items()
            }
            for direction, by_case in states.items()
        }
        rooms = _rooms(model, places, capacities)
    with clock.step("check"):
        rooms, evidence = _check(rooms, places, _questions(model, weeks, states, capacities), model)
        rooms = add_new_stations(rooms, places, capacities, model.parameters)
    whole_city = rooms["area_code"] == inputs.city.municipality_code
    tables = {
        "room": rooms[~whole_city].reset_index(drop=True),
        "city_room": rooms[whole_city].reset_index(drop=True),
        "regional_curve": _regional_curve(
            model, states["load"], capacities["load"], rooms[whole_city]
        ),
        "evidence": evidence,
        **_link_tables(model, weeks, states, capacities),
        **_source_tables(model),
    }
    if year:
        with clock.step("year") as done:
            tables["year"] = _year_table(model, done)
    known = inputs.city.known
    return without_hidden(tables, assets_not_public(known, _connections_behind(model)))


def _build_model(inputs: Inputs, seed: int) -> _Model:
    day = dt.date(inputs.city.base_year, 1, 1)
    parameters = {case: Parameters(inputs.parameters, day, case) for case in CASES}
    grid = build_grid(inputs.city, parameters["mid"], inputs.cable_types, seed)
    network = build_network(grid, inputs.transformer_types, parameters["mid"])
    behind = _behind(inputs.city, grid, network.tree)
    loads = {
        case: _measured(
            build_loads(inputs.city, grid, inputs.shapes, parameters[case]),
            network.tree,
            behind,
            parameters[case],
        )
        for case in CASES
    }
    return _Model(inputs, grid, network.tree, network, parameters, loads, behind)


def _measured(loads: Loads, tree: RadialTree, behind: Behind, parameters: Parameters) -> Loads:
    """Loads with which measured assets reach their measured peak."""
    homes = downstream(tree, behind.homes)
    factor = node_factors(loads.winter, tree, homes, behind.load_max_known_mw, parameters)
    winter = replace(loads.winter, load=scaled(loads.winter.load, factor))
    summer = replace(loads.summer, load=scaled(loads.summer.load, factor))
    return replace(loads, winter=winter, summer=summer)


def _states(model: _Model, week: DesignWeek) -> dict[Case, LinkState]:
    cases = {
        case: (
            model.loads[case].winter if week.direction == "load" else model.loads[case].summer,
            model.parameters[case],
            link_limits(model.grid, model.tree, model.parameters[case], week.direction),
        )
        for case in CASES
    }
    return link_states(week, model.tree, model.behind, cases)


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


def _places(model: _Model) -> tuple[Places, ...]:
    """Every area, and last the whole city at once."""
    city = model.inputs.city
    areas = build_places(model.grid, model.tree, city.areas)
    return (*areas, city_place(model.grid, model.tree, city.municipality_code, city.name))


def _rooms(model: _Model, places: tuple[Places, ...], capacities: AllCapacities) -> pd.DataFrame:
    """Room of every place by the linear rule, in both directions and every case."""
    rooms = [
        area_rooms(places, model.tree, of_case)
        for by_case in capacities.values()
        for of_case in by_case.values()
    ]
    return pd.concat(rooms, ignore_index=True)


def _questions(
    model: _Model, weeks: Weeks, states: States, capacities: AllCapacities
) -> list[Question]:
    """What is checked by AC: both directions, in the middle case."""
    parameters = model.parameters["mid"]
    return [
        Question(
            model.tree,
            build_limits(week, states[direction]["mid"], model.grid, parameters),
            capacities[direction]["mid"],
        )
        for direction, week in weeks.items()
    ]


def _check(
    rooms: pd.DataFrame, places: tuple[Places, ...], questions: list[Question], model: _Model
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Check the rooms by AC: the mended rooms, and the evidence."""
    evidence = []
    for question in questions:
        rooms, found = check_rooms(rooms, places, question, partial(solve_steps, model.network))
        evidence.append(found)
    return rooms, pd.concat(evidence, ignore_index=True)


def _regional_curve(
    model: _Model,
    states: Mapping[Case, LinkState],
    capacities: Mapping[Case, Capacities],
    city_rooms: pd.DataFrame,
) -> pd.DataFrame:
    homes = city_rooms[city_rooms["direction"] == "load"].set_index("case")["room"]
    curves = [
        city_curve(
            float(homes[case]),
            capacities[case],
            model.tree,
            state.level_factor_unit,
            model.parameters[case],
        )
        for case, state in states.items()
    ]
    return pd.concat(curves, ignore_index=True)


def _link_tables(model: _Model, weeks: Weeks, states: States, capacities: AllCapacities) -> Tables:
    """What links and stations carry, and what stations still take."""
    grid, tree = model.grid, model.tree
    mid = {direction: by_case["mid"] for direction, by_case in states.items()}
    links = link_table(tree, weeks, mid)
    room_of_stations = pd.concat(
        [
            station_rooms(grid, tree, of_case)
            for by_case in capacities.values()
            for of_case in by_case.values()
        ],
        ignore_index=True,
    )
    return {
        "links": links,
        "station_room": room_of_stations,
        "stations": as_points(_with_answer(grid.stations, "station_id", links, room_of_stations)),
        "substations": as_points(_with_answer(grid.substations, "substation_id", links)),
        "load_duration": load_duration(tree, mid["load"], links, grid.stations),
        "flow_facts": flow_facts(grid, weeks),
    }


def _source_tables(model: _Model) -> Tables:
    """What the answer was made from."""
    city, grid = model.inputs.city, model.grid
    return {
        "areas": city.areas,
        "boundary": city.boundary,
        "points": as_points(city.points),
        "reconciliation": city.reconciliation,
        "sectors": city.sectors,
        "chargers": as_points(city.chargers),
        "known": city.known,
        "notes": city.notes,
        "nodes": as_points(grid.nodes),
        "cables": as_lines(grid.cables, grid.nodes),
        "connections": grid.connections,
        "station_counts": grid.counts,
        "distances": distance_table(city, grid, model.parameters["mid"]),
        "calibration": model.loads["mid"].calibration,
        "parameters": model.inputs.parameters,
        "files": model.inputs.files,
    }


def _connections_behind(model: _Model) -> pd.Series:
    """Addresses behind every link, by its identifier; a substation also goes by its name."""
    points, grid = model.inputs.city.points, model.grid
    node_of = points["point_id"].map(grid.connections.set_index("point_id")["node_id"])
    at_nodes = points["addresses"].groupby(node_of).sum()
    at_nodes = at_nodes.reindex(grid.nodes["node_id"], fill_value=0)
    behind = downstream(model.tree, at_nodes.to_numpy(dtype=np.float64))
    by_id = pd.Series(behind, index=model.tree.link_ids)
    names = grid.substations.set_index("substation_name")["substation_id"].map(by_id)
    return pd.concat([by_id, names])


def _with_answer(
    assets: pd.DataFrame, key: str, links: pd.DataFrame, rooms: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Assets with their loading and, for stations, their room in homes in each case."""
    loading = links.set_index("link_id")[["load_max_kva", "loading_max", "load_max_at"]]
    answered = assets.join(loading, on=key)
    if rooms is None:
        return answered
    homes = rooms[rooms["direction"] == "load"].pivot_table(
        index=key, columns="case", values="room"
    )
    return answered.join(homes[list(CASES)].add_prefix("room_"), on=key)


def _year_table(model: _Model, done: Callable[[float], None]) -> pd.DataFrame:
    """Extremes of every link and node over the base year, station-level loads."""
    city, grid, parameters = model.inputs.city, model.grid, model.parameters["mid"]
    loads = build_year(city, grid, model.inputs.shapes, parameters)
    # The weights of the design week, in which measured peaks already tell.
    load = LoadBlocks(model.loads["mid"].winter.load.weights, loads.load.shapes)
    year = solve_year(model.network, load, loads.feed_in, loads.axis, done)
    return pd.DataFrame(
        {
            "node_id": model.tree.node_ids,
            "link_id": model.tree.link_ids,
            "load_max_kva": year.load_max.value.astype(np.float64),
            "load_max_at": loads.axis.names(year.load_max.at),
            "feed_in_max_kva": year.feed_in_max.value.astype(np.float64),
            "feed_in_max_at": loads.axis.names(year.feed_in_max.at),
            "voltage_min_pu": year.voltage_min.value.astype(np.float64),
            "voltage_min_at": loads.axis.names(year.voltage_min.at),
            "voltage_max_pu": year.voltage_max.value.astype(np.float64),
            "voltage_max_at": loads.axis.names(year.voltage_max.at),
        }
    )
