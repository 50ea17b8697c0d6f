"""The whole line: read a city, build its grid, solve its design weeks, say what still fits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Literal

import pandas as pd

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
from stroomstad.loads import PeriodLoads, build_year
from stroomstad.measures.twin import Twin
from stroomstad.powerflow import (
    Network,
    audit_fastest,
    solve_steps_fastest,
)
from stroomstad.run.base_year import KINDS_OF, solve_base_year
from stroomstad.run.limits import limit_facts, limit_tables, new_station_share
from stroomstad.run.model import Clock, Tell, build_twin, read_city
from stroomstad.run.shown import hidden_assets, withheld_links
from stroomstad.simulation import (
    Direction,
    Outages,
    distance_table,
    flow_facts,
    link_table,
    load_duration,
    loading_steps,
    outage_facts,
    outage_table,
    week_norm,
)
from stroomstad.sources import Inputs
from stroomstad.store import (
    POWER_YEAR,
    check_writable,
    hash_table,
    hidden_folder,
    power_facts,
    safe_name,
    save_run,
    series_files,
)
from stroomstad.synthesis import Detail
from stroomstad.tables.geometry import as_lines, as_points
from stroomstad.tables.grid import LINK_KINDS
from stroomstad.tables.limits import AskedLimits
from stroomstad.tables.parameters import CASES, Case
from stroomstad.tables.privacy import without_hidden
from stroomstad.tables.profiles import TimeAxis
from stroomstad.tables.results import Flags, Loading
from stroomstad.units import QUARTERS_PER_WEEK

Tables = dict[str, pd.DataFrame]
Series = dict[str, Loading]
AllCapacities = Mapping[Direction, Mapping[Case, Capacities]]
# Design week of each direction, as series are called.
SEASONS: dict[Direction, Literal["winter", "summer"]] = {"load": "winter", "feed_in": "summer"}
Render = Callable[[Mapping[str, pd.DataFrame], Mapping[str, object]], Mapping[str, bytes]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a run finds.

    Attributes
    ----------
    tables
        Tables by name; see the reference of tables.
    series
        Loading of every link of table ``links``, in its order, in each quarter of the ``winter``
        and of the ``summer`` week. Shape (quarters, links)
    axes
        The quarters of each series; those of the ``year`` too where it was solved.
    limits
        Which limits hold, as `limit_facts` tells.
    files
        Files that stand ready for the run, by name: the year of all but low-voltage cables.
    """

    tables: Tables
    series: Series
    axes: dict[str, TimeAxis]
    limits: dict[str, object]
    files: dict[str, Path] = field(default_factory=dict)


def run_city(  # noqa: PLR0913 -- everything that a run can be asked
    city_folder: Path | str,
    runs_folder: Path | str = "runs",
    *,
    seed: int = 1,
    year: bool = False,
    limits: AskedLimits | None = None,
    detail: Detail = "group",
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
        Whether to solve all quarters of the base year too, and keep the power in each of them.
    limits
        Which limits hold, where it is not as the city says.
    detail
        Whether low voltage has a node per address group, or one per address.
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
    clock = Clock(tell or (lambda _step, _done: None))
    # The last step must not be the first to find out that nothing can be kept.
    check_writable(Path(runs_folder))
    with clock.step("read"):
        inputs = read_city(city_folder, seed=seed, limits=limits)
    stem = safe_name(Path(city_folder).resolve().name)
    kept = hidden_folder(Path(runs_folder), f"{stem}-year") if year else nullcontext()
    with kept as folder:
        found = answer(inputs, seed=seed, detail=detail, clock=clock, year_folder=folder)
        created_at = dt.datetime.now(dt.UTC).replace(microsecond=0)
        asked = {
            "created_at": created_at.isoformat(),
            "seed": seed,
            "year": year,
            "detail": detail,
        }
        facts = _facts(inputs, found, asked, clock.seconds)
        with clock.step("report"):
            files: dict[str, bytes | memoryview] = {**series_files(found.series)}
            files |= render(found.tables, facts) if render else {}
        name = f"{stem}-{created_at:%Y%m%d-%H%M%S}"
        return save_run(Path(runs_folder), name, found.tables, facts, files, ready=found.files)


def _facts(
    inputs: Inputs, found: Answer, asked: Mapping[str, object], seconds: Mapping[str, float]
) -> dict[str, object]:
    """What made a run, as its manifest tells."""
    facts = {
        "city": inputs.city.name,
        "municipality_code": inputs.city.municipality_code,
        "base_year": inputs.city.base_year,
        "version": metadata.version("stroomstad"),
        **asked,
        "grid": "drawn up" if inputs.grid is None else "given",
        "warnings": [str(issue) for issue in inputs.warnings],
        "seconds": seconds,
        "series": {
            name: {
                "from": axis.start.isoformat(),
                "steps": axis.quarters,
                "minutes": 15,
                "kinds": list(KINDS_OF.get(name, LINK_KINDS)),
            }
            for name, axis in found.axes.items()
        },
        "sources": {key: [file.by, file.vintage] for key, file in inputs.sources.items()},
        "assumed": list(inputs.assumed),
        "published": inputs.published,
        "inputs": dict(zip(inputs.files["file"], inputs.files["sha256"], strict=True)),
        "parameters_sha256": hash_table(found.tables["parameters"]),
        "limits": found.limits,
    }
    return facts | ({POWER_YEAR: power_facts(found.axes["year"])} if found.files else {})


def answer(
    inputs: Inputs,
    *,
    seed: int = 1,
    detail: Detail = "group",
    clock: Clock | None = None,
    year_folder: Path | None = None,
) -> Answer:
    """Say for every link what it carries and for every area what still fits.

    Touches no disk but the folder, where one is given.

    Parameters
    ----------
    inputs
        A city as read.
    seed
        Seed of the synthetic grid.
    detail
        Whether low voltage has a node per address group, or one per address.
    clock
        Tells which step runs.
    year_folder
        Where the power in every quarter of the base year is written; the year is not solved when
        it is left out.
    """
    clock = clock or Clock(lambda _step, _done: None)
    twin, network = build_twin(inputs, seed, clock, detail=detail)
    with clock.step("room"):
        places = _places(twin)
        capacities = {
            direction: {
                case: build_capacities(state, case, direction, twin.weeks[direction].flows.axis)
                for case, state in by_case.items()
            }
            for direction, by_case in twin.states.items()
        }
        rooms = _rooms(twin, places, capacities)
    with clock.step("check"):
        rooms, evidence = _check(rooms, places, _questions(twin, capacities), network)
        rooms = add_new_stations(
            rooms, places, capacities, twin.parameters, new_station_share(twin)
        )
    hidden, withheld = hidden_assets(twin), withheld_links(twin, twin.tree)
    with clock.step("outages"):
        outages = _outages(twin, network, withheld)
    whole_city = rooms["area_code"] == twin.city.municipality_code
    tables = {
        "room": rooms[~whole_city].reset_index(drop=True),
        "city_room": rooms[whole_city].reset_index(drop=True),
        "regional_curve": _regional_curve(twin, capacities["load"], rooms[whole_city]),
        "evidence": evidence,
        "outages": outages,
        "outage_facts": outage_facts(outages),
        **_link_tables(twin, capacities),
        "voltage_norm": _voltage_norm(twin),
        "flow_facts": _flow_facts(twin, network, seed),
        **_source_tables(twin, inputs),
    }
    names = frozenset(twin.tree.link_ids[withheld])
    axes: dict[str, TimeAxis] = {
        SEASONS[direction]: week.flows.axis.stretch for direction, week in twin.weeks.items()
    }
    files: dict[str, Path] = {}
    if year_folder is not None:
        with clock.step("year") as done:
            loads = build_year(twin.city, twin.grid, inputs.shapes, twin.parameters["mid"])
            axes["year"] = loads.axis
            found = solve_base_year(twin, network, loads, withheld, done, folder=year_folder)
            files = found.files
            audit = _audits(network, {"year": found.loads}, seed)
            norm = [tables["voltage_norm"], found.tables["voltage_norm"]]
            told = [tables["flow_facts"], found.tables["flow_facts"], audit]
            tables |= found.tables | {
                "voltage_norm": pd.concat(norm, ignore_index=True),
                "flow_facts": pd.concat(told, ignore_index=True),
            }
    shown = without_hidden(tables, hidden, names)
    return Answer(shown, _series(twin, withheld), axes, limit_facts(twin), files)


def _outages(twin: Twin, network: Network, withheld: Flags) -> pd.DataFrame:
    """What outages do in both design weeks; loads of a ring that would tell of a hidden asset miss.

    Every outage of a ring tells of another part of it, and so of what each station draws.
    """
    found = pd.concat(
        [
            outage_table(
                Outages(twin.grid, network, week, twin.states[direction]["mid"], twin.behind.homes),
                twin.parameters["mid"],
            )
            for direction, week in twin.weeks.items()
        ],
        ignore_index=True,
    )
    fed_by = twin.grid.nodes["feeder_id"].to_numpy(dtype=object)
    secret = {*fed_by[withheld], *twin.tree.link_ids[withheld]} - {""}
    loads = ["loading_max", "voltage_min_pu", "voltage_max_pu"]
    found[loads] = found[loads].mask(found["feeder_id"].isin(secret))
    return found


def _series(twin: Twin, withheld: Flags) -> Series:
    """Loading of every link in both design weeks, in the middle case."""
    series: Series = {}
    for direction, week in twin.weeks.items():
        state, quarters = twin.states[direction]["mid"], week.flows.axis.stretch.quarters
        series[SEASONS[direction]] = loading_steps(
            state.base_kva[:, :quarters], state.limit_kva, withheld
        )
    return series


def _places(twin: Twin) -> tuple[Places, ...]:
    """Every area, and last the whole city at once."""
    city = twin.city
    areas = build_places(twin.grid, twin.tree, city.areas, city.supply_areas)
    return (*areas, city_place(twin.grid, twin.tree, city.municipality_code, city.name))


def _rooms(twin: Twin, places: tuple[Places, ...], capacities: AllCapacities) -> pd.DataFrame:
    """Room of every place by the linear rule, in both directions and every case."""
    rooms = [
        area_rooms(places, twin.tree, of_case)
        for by_case in capacities.values()
        for of_case in by_case.values()
    ]
    return pd.concat(rooms, ignore_index=True)


def _questions(twin: Twin, capacities: AllCapacities) -> list[Question]:
    """What is checked by AC: both directions, in the middle case."""
    parameters = twin.parameters["mid"]
    return [
        Question(
            twin.tree,
            build_limits(week, twin.states[direction]["mid"], twin.grid, parameters),
            capacities[direction]["mid"],
        )
        for direction, week in twin.weeks.items()
    ]


def _check(
    rooms: pd.DataFrame, places: tuple[Places, ...], questions: list[Question], network: Network
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Check the rooms by AC: the mended rooms, and the evidence."""
    evidence = []
    for question in questions:
        rooms, found = check_rooms(rooms, places, question, partial(solve_steps_fastest, network))
        evidence.append(found)
    return rooms, pd.concat(evidence, ignore_index=True)


def _regional_curve(
    twin: Twin,
    capacities: Mapping[Case, Capacities],
    city_rooms: pd.DataFrame,
) -> pd.DataFrame:
    homes = city_rooms[city_rooms["direction"] == "load"].set_index("case")["room"]
    curves = [
        city_curve(
            float(homes[case]),
            capacities[case],
            twin.tree,
            state.level_factor_unit,
            twin.parameters[case],
        )
        for case, state in twin.states["load"].items()
    ]
    return pd.concat(curves, ignore_index=True)


def _link_tables(twin: Twin, capacities: AllCapacities) -> Tables:
    """What links and stations carry, and what stations still take."""
    grid, tree = twin.grid, twin.tree
    mid = {direction: by_case["mid"] for direction, by_case in twin.states.items()}
    week = twin.weeks["load"].flows.axis.stretch
    links = link_table(tree, twin.weeks, mid)
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
        "load_duration": load_duration(tree, mid["load"], links, grid.stations, week.quarters),
    }


def _voltage_norm(twin: Twin) -> pd.DataFrame:
    """Low voltage against the Netcode in both design weeks."""
    parameters = twin.parameters["mid"]
    weeks = [
        week_norm(
            twin.grid,
            week.flows.voltage_pu[:, :QUARTERS_PER_WEEK],
            parameters,
            SEASONS[direction],
        )
        for direction, week in twin.weeks.items()
    ]
    return pd.concat(weeks, ignore_index=True)


def _flow_facts(twin: Twin, network: Network, seed: int) -> pd.DataFrame:
    """Outcome of the power flow, and how far a sample of it is from another solver."""
    loads: dict[str, PeriodLoads] = {
        SEASONS[direction]: week.loads for direction, week in twin.weeks.items()
    }
    audits = _audits(network, loads, seed)
    return pd.concat([flow_facts(twin.grid, twin.weeks), audits], ignore_index=True)


def _audits(network: Network, loads: Mapping[str, PeriodLoads], seed: int) -> pd.DataFrame:
    """How far a sample of every period is from another solver; none where that solves all."""
    told = (
        "largest difference of a voltage from power-grid-model, in 20 quarters drawn",
        "grootste verschil van een spanning met power-grid-model, in 20 getrokken kwartieren",
    )
    audits = [
        (
            f"{period}_audit_ppm",
            audit_fastest(network, each.load, each.feed_in, seed=seed) * 1e6,
            "ppm",
            *told,
        )
        for period, each in loads.items()
    ]
    made = pd.DataFrame(audits, columns=["quantity", "value", "unit", "about", "about_nl"])
    return made[made["value"].notna()]


def _source_tables(twin: Twin, inputs: Inputs) -> Tables:
    """What the answer was made from."""
    city, grid = twin.city, twin.grid
    given = {"supply_areas": city.supply_areas} if len(city.supply_areas) else {}
    return given | {
        "areas": city.areas,
        "boundary": city.boundary,
        "addresses": city.addresses,
        "points": as_points(city.points),
        "reconciliation": city.reconciliation,
        "sectors": city.sectors,
        "chargers": as_points(city.chargers),
        "known": city.known,
        "notes": city.notes,
        "nodes": as_points(grid.nodes),
        "cables": as_lines(grid.cables, grid.nodes),
        "open_cables": as_lines(grid.open_cables, grid.nodes),
        "connections": grid.connections,
        "station_counts": grid.counts,
        "distances": distance_table(city, grid, twin.parameters["mid"]),
        "calibration": twin.loads["mid"].calibration,
        "parameters": twin.parameters["mid"].rows,
        "files": inputs.files,
        **limit_tables(twin),
    }


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
