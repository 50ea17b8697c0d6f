"""What an AC power flow of the design weeks confirms of what a plan promises.

Every year of the plan is solved on the grid of its last day, with the outlook and the measures
in service on it: the winter week of every year, and the summer week of the last one. What does
not hold in the winter week is lowered. In the summer week new homes and connections only draw
from what roofs feed in, so it is solved once, as evidence.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stroomstad.blocks import Floats, Ints, LoadBlocks
from stroomstad.capacity.stress import stress_of, voltage_limits
from stroomstad.capacity.trial import TOLERANCE
from stroomstad.errors import Issue, name_some, raise_faults
from stroomstad.fitting.connections import build_terms, connection_nodes, no_station
from stroomstad.fitting.ledger import Binding
from stroomstad.measures.effects import plan_sites
from stroomstad.measures.plan_grid import grid_on
from stroomstad.measures.power_shapes import power_shapes
from stroomstad.measures.twin import Horizon, Site, Twin
from stroomstad.planning.projects import kw_per_unit, queue_order
from stroomstad.powerflow import Network, StepFlows, build_network, link_limits
from stroomstad.simulation.design_weeks import Direction
from stroomstad.tables.grid import LINK_KINDS, Grid
from stroomstad.tables.plan import Plan
from stroomstad.tables.results import Flags
from stroomstad.tables.schema import count, flag, number, table, text
from stroomstad.timeline.horizons import loads_on
from stroomstad.trust.placing import Hung, Promise, added_kw
from stroomstad.trust.rounds import (
    Confirmation,
    Done,
    YearGrid,
    confirm,
    limits_found,
    signed_kva,
)
from stroomstad.units import QUARTERS_PER_DAY

Solve = Callable[[Network, LoadBlocks, LoadBlocks], StepFlows]

CONFIRMED = table(
    "confirmed",
    "What AC confirms of each promise; one row per project and year.",
    {
        "project_id": text("project, as in the project list"),
        "year": count("end of this year"),
        "promised": number("homes, or kW of a connection, that the plan promises", "home or kW"),
        "confirmed": number("the same as far as AC confirms it", "home or kW"),
        "limit": text("what keeps it below the promise: a link, or the node of a voltage",
                      nullable=True),
        "limit_kind": text("kind of that link, 'voltage' or 'no_station'", nullable=True),
        "limit_at": text("quarter in which that link is full, UTC", nullable=True),
    },
)  # fmt: skip

CONFIRMATION = table(
    "confirmation",
    "What AC found of the promises; one row per year, and one for the summer week.",
    {
        "year": count("state on the last day of this year"),
        "direction": text("winter week of load or summer week of feed-in",
                          isin=("load", "feed_in")),
        "quarters": count("quarters solved"),
        "rounds": count("times solved with the promises"),
        "homes_promised": number("homes that the plan promises", "1"),
        "homes_confirmed": number("the same as far as AC confirms it", "1"),
        "homes_lost_fraction": number("share of the homes promised that is not confirmed", "1",
                                      nullable=True),
        "connections_promised_kw": number("connections that the plan promises", "kW"),
        "connections_confirmed_kw": number("the same as far as AC confirms it", "kW"),
        "connections_lost_fraction": number("share of them that is not confirmed", "1",
                                            nullable=True),
        "pressed": count("limits that the promises broke when all of them were connected"),
        "pressed_before": count("limits broken without them, that what is confirmed presses "
                                "further"),
        "worst_link": text("link with the highest loading, of those that carry more and held "
                           "without the promises; in summer of all links", nullable=True),
        "loading_max": number("its loading with what is confirmed; 1 means at the limit, "
                              "negative that it runs the other way", "1", lowest=None,
                              nullable=True),
        "worst_node": text("node with the worst voltage, of the same", nullable=True),
        "voltage_pu": number("its voltage with what is confirmed", "1", nullable=True),
        "mismatch_kw": number("largest balance of a quarter that does not close", "kW"),
        "holds": flag("whether what is confirmed breaks no limit"),
    },
)  # fmt: skip


def confirm_plan(
    twin: Twin,
    plan: Plan,
    projects: pd.DataFrame,
    horizon: Horizon,
    solve: Solve,
    *,
    done: Done | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Hold the promises of a plan against AC, and lower what does not hold.

    Parameters
    ----------
    twin
        The city as it stands.
    plan
        Its counted measures are built; its promises are put to the test.
    projects
        As declared in ``PROJECTS``.
    horizon
        The plan over the city, direction load, with every place of the projects, in the years
        to be solved; what holds in them is confirmed.
    solve
        AC power flow of independent steps on a network, from load and feed-in.
    done
        Told the share of the years that hold so far.

    Returns
    -------
    What is confirmed, as in `CONFIRMED`, and what was found, as in `CONFIRMATION`.

    Raises
    ------
    InvalidData
        When a promise is of no project of the list, or falls from one year to the next.
    NotFound
        When the horizon does not hold the place of a project.
    SolverFailed
        When a year has no solution even without promises.

    Notes
    -----
    A connection that does not fit whole is confirmed as far as it fits, in whole kW.
    """
    promises = build_promises(twin, plan, projects, horizon)
    ground = _ground(twin, plan, horizon, solve)
    grids = [_year_grid(ground, year) for year in horizon.years]
    answer = confirm(promises, horizon, grids, done=done)
    rows = [_evidence(answer, promises, horizon, year) for year in range(len(horizon.years))]
    rows.append(rows[-1] | _summer(ground, promises, answer.hung))
    return _confirmed(answer, promises, horizon), pd.DataFrame(rows)


def limits_by_ac(
    twin: Twin, plan: Plan, projects: pd.DataFrame, horizon: Horizon, solve: Solve
) -> Floats:
    """Limits with which the linear rule says what AC says of the promises of a plan.

    Parameters
    ----------
    twin, plan, projects, horizon, solve
        As in `confirm_plan`.

    Returns
    -------
    [kVA], shape (years, links)

    Raises
    ------
    InvalidData, NotFound, SolverFailed
        As `confirm_plan`.
    """
    promises = build_promises(twin, plan, projects, horizon)
    ground = _ground(twin, plan, horizon, solve)
    return limits_found(promises, horizon, [_year_grid(ground, year) for year in horizon.years])


def build_promises(
    twin: Twin, plan: Plan, projects: pd.DataFrame, horizon: Horizon
) -> tuple[Promise, ...]:
    """Promises of a plan in the legal order, with their power and where they may hang.

    Parameters
    ----------
    twin
        Its catalogue knows the kinds of home.
    plan
        The plan.
    projects
        As declared in ``PROJECTS``.
    horizon
        Tells where places are, and the years; a year that is not promised is as the one before.

    Raises
    ------
    InvalidData
        When a promise is of no project of the list, or falls from one year to the next.
    """
    sizes = plan.promises.pivot_table(index="project_id", columns="year", values="size")
    sizes = sizes.reindex(columns=sorted({*sizes.columns, *horizon.years})).ffill(axis=1)
    sizes = sizes.fillna(0.0)
    raise_faults(_promise_issues(sizes, projects))
    kw = kw_per_unit(projects, twin.catalogue.home_types, horizon.case)
    terms = build_terms(horizon, twin.parameters[horizon.case])
    promises = []
    for row in queue_order(projects).tolist():
        project = projects.iloc[row]
        name, place = str(project["project_id"]), str(project["place"])
        if name not in sizes.index:
            continue
        as_homes = project["kind"] == "homes"
        power_kw = float(project["connection_kw"])
        nodes = (
            horizon.busbars[place]
            if as_homes
            else connection_nodes(horizon, place, power_kw, terms)[0]
        )
        size = sizes.loc[name, list(horizon.years)].to_numpy(dtype=np.float64)
        shape = "home" if as_homes else str(project["profile"])
        promises.append(Promise(name, size, float(kw[row]), shape, as_homes, nodes))
    return tuple(promises)


@dataclass(frozen=True, slots=True)
class _Ground:
    """What every year is built from."""

    twin: Twin
    plan: Plan
    sites: Mapping[str, Site]
    horizon: Horizon
    solve: Solve


def _ground(twin: Twin, plan: Plan, horizon: Horizon, solve: Solve) -> _Ground:
    sites, issues = plan_sites(twin, plan)
    raise_faults(issues)
    return _Ground(twin, plan, sites, horizon, solve)


def _promise_issues(sizes: pd.DataFrame, projects: pd.DataFrame) -> list[Issue]:
    issues = []
    unknown = sorted(set(sizes.index) - set(projects["project_id"]))
    if unknown:
        problem = f"{len(unknown)} promises are of no project of the list ({name_some(unknown)})."
        issues.append(Issue("promises.project_id", problem, "Leave them out, or add the project."))
    falling = sizes.index[(sizes.diff(axis=1) < 0).any(axis=1)].tolist()
    if falling:
        problem = f"{len(falling)} promises fall from one year to the next ({name_some(falling)})."
        remedy = "What is connected stays connected: give the size reached at the end of each year."
        issues.append(Issue("promises.size", problem, remedy))
    return issues


def _year_grid(ground: _Ground, year: int) -> YearGrid:
    """Grid and loads of the last day of a year, in the kept quarters of the winter week."""
    horizon = ground.horizon
    grid, network = _built(ground, year)
    load, feed_in = _loads(ground, grid, year, "load")
    parameters = ground.twin.parameters[horizon.case]
    return YearGrid(
        _positions(horizon.tree.node_ids, network.tree.node_ids),
        network.tree.parent,
        voltage_limits(grid, parameters, "load"),
        load.select(horizon.quarters),
        feed_in.select(horizon.quarters),
        lambda drawn, fed: ground.solve(network, drawn, fed),
    )


def _positions(among: NDArray[np.object_], names: NDArray[np.object_]) -> Ints:
    at = pd.Series(np.arange(among.size), index=list(among))
    return at.loc[list(names)].to_numpy(dtype=np.int64)


def _built(ground: _Ground, year: int) -> tuple[Grid, Network]:
    twin, case = ground.twin, ground.horizon.case
    grid = grid_on(twin, ground.plan, ground.sites, dt.date(year, 12, 31), case)
    return grid, build_network(grid, twin.transformer_types, twin.parameters[case])


def _loads(
    ground: _Ground, grid: Grid, year: int, direction: Direction
) -> tuple[LoadBlocks, LoadBlocks]:
    case = ground.horizon.case
    return loads_on(ground.twin, ground.plan, ground.sites, grid, year, case, direction)


def _confirmed(
    answer: Confirmation, promises: tuple[Promise, ...], horizon: Horizon
) -> pd.DataFrame:
    rows = []
    for promise, hung in zip(promises, answer.hung, strict=True):
        for at, year in enumerate(horizon.years):
            short = promise.size[at] - hung.size[at] > TOLERANCE
            binding = hung.held_by[at] if short else None
            name, kind, when = _limit(binding, answer, horizon)
            rows.append(
                {
                    "project_id": promise.project_id,
                    "year": year,
                    "promised": float(promise.size[at]),
                    "confirmed": float(hung.size[at] if short else promise.size[at]),
                    "limit": name,
                    "limit_kind": kind,
                    "limit_at": when,
                }
            )
    table = pd.DataFrame(rows, columns=[*CONFIRMED.columns])
    texts = ("project_id", "limit", "limit_kind", "limit_at")
    return table.astype({"year": int, "promised": float, "confirmed": float}).astype(
        dict.fromkeys(texts, str)
    )


def _limit(
    binding: Binding | None, answer: Confirmation, horizon: Horizon
) -> tuple[str | None, str | None, str | None]:
    """Name, kind and quarter of a limit: the one for which the link is held that binds."""
    if binding is None:
        return None, None, None
    if binding.name is None or binding.year is None:
        nothing = no_station(binding.short)
        return nothing.name, nothing.kind, None
    link = int(np.flatnonzero(horizon.tree.link_ids == binding.name)[0])
    limit = int(answer.capped_for[horizon.years.index(binding.year), link])
    links = horizon.tree.parent.size
    if limit >= links:
        return str(horizon.tree.node_ids[limit - links]), "voltage", binding.at
    named = link if limit < 0 else limit
    kind = LINK_KINDS[horizon.tree.link_kind[named]]
    return str(horizon.tree.link_ids[named]), kind, binding.at


def _evidence(
    answer: Confirmation, promises: tuple[Promise, ...], horizon: Horizon, at: int
) -> dict[str, object]:
    """Row of a year."""
    found, tree = answer.last[at], horizon.tree
    pairs = list(zip(promises, answer.hung, strict=True))
    homes = np.array([[p.size[at], h.size[at]] for p, h in pairs if p.as_homes]).reshape(-1, 2)
    power_kw = np.array(
        [[p.size[at] * p.kw, h.size[at] * p.kw] for p, h in pairs if not p.as_homes]
    ).reshape(-1, 2)
    homes_promised, homes_confirmed = homes.sum(axis=0).tolist()
    promised_kw, confirmed_kw = power_kw.sum(axis=0).tolist()
    return {
        "year": horizon.years[at],
        "direction": "load",
        "quarters": int(horizon.quarters.size),
        "rounds": answer.rounds[at],
        "homes_promised": homes_promised,
        "homes_confirmed": homes_confirmed,
        "homes_lost_fraction": _lost(homes_promised, homes_confirmed),
        "connections_promised_kw": promised_kw,
        "connections_confirmed_kw": confirmed_kw,
        "connections_lost_fraction": _lost(promised_kw, confirmed_kw),
        "pressed": answer.first[at].pressed,
        "pressed_before": found.further,
        "worst_link": str(tree.link_ids[found.link]) if found.link >= 0 else None,
        "loading_max": found.loading,
        "worst_node": str(tree.node_ids[found.node]) if found.node >= 0 else None,
        "voltage_pu": found.voltage_pu,
        "mismatch_kw": found.mismatch_kw,
        "holds": found.pressed == 0,
    }


def _lost(promised: float, confirmed: float) -> float:
    """Share of a promise that is not confirmed; missing where nothing is promised."""
    return (promised - confirmed) / promised if promised > 0 else np.nan


def _summer(
    ground: _Ground, promises: tuple[Promise, ...], hung: tuple[Hung, ...]
) -> dict[str, object]:
    """What the summer week of the last year changes in its row: feed-in, and high voltages."""
    twin, horizon = ground.twin, ground.horizon
    parameters, year = twin.parameters[horizon.case], len(horizon.years) - 1
    grid, network = _built(ground, horizon.years[year])
    load, feed_in = _loads(ground, grid, horizon.years[year], "feed_in")
    week = replace(
        horizon,
        quarters=np.arange(load.quarters),
        shapes=power_shapes(twin, horizon.case, "feed_in"),
    )
    nodes, power_kw = added_kw(hung, promises, week, year)
    rows = _positions(network.tree.node_ids, horizon.tree.node_ids[nodes])
    full = load.with_rows(rows, power_kw)
    limit_kva = link_limits(grid, network.tree, parameters, "feed_in")
    bounds_pu = voltage_limits(grid, parameters, "feed_in")

    def state(drawn: LoadBlocks, quarters: Ints) -> tuple[StepFlows, Floats]:
        steps = ground.solve(network, drawn.select(quarters), feed_in.select(quarters))
        # Sun shines on all roofs alike: no level factor applies to what is fed in.
        fed_kva = -signed_kva(steps).astype(np.float64)
        return steps, stress_of(limit_kva, bounds_pu, fed_kva, steps.voltage_pu)

    # A day at a time, so that memory does not follow the length of the week.
    days = [
        _summer_day(state(load, quarters)[1], *state(full, quarters))
        for quarters in np.split(
            week.quarters, range(QUARTERS_PER_DAY, load.quarters, QUARTERS_PER_DAY)
        )
    ]
    before, over, further = (
        np.any([getattr(day, name) for day in days], axis=0)
        for name in ("before", "over", "further")
    )
    stress, voltage_pu = (
        np.max([getattr(day, name) for day in days], axis=0) for name in ("stress", "voltage_pu")
    )
    links = network.tree.parent.size
    link, node = int(stress[:links].argmax()), int(stress[links:].argmax())
    newly = int((over & ~before).sum())
    return {
        "direction": "feed_in",
        "quarters": load.quarters,
        "rounds": 1,
        "pressed": newly,
        "pressed_before": int((before & further).sum()),
        "worst_link": str(network.tree.link_ids[link]),
        "loading_max": float(stress[link]),
        "worst_node": str(network.tree.node_ids[node]),
        "voltage_pu": float(voltage_pu[node]),
        "mismatch_kw": max(day.mismatch_kw for day in days),
        "holds": newly == 0,
    }


@dataclass(frozen=True, slots=True)
class _SummerDay:
    """What a day of the summer week says of every limit, without promises and with them.

    Attributes
    ----------
    before, over
        Whether it is passed without and with the promises. Shape (links + nodes,)
    further
        Whether the promises bring it further. Shape (links + nodes,)
    stress
        Highest stress with the promises. [1], shape (links + nodes,)
    voltage_pu
        Highest voltage with them. [1], shape (nodes,)
    mismatch_kw
        Largest mismatch of the balance with them. [kW]
    """

    before: Flags
    over: Flags
    further: Flags
    stress: Floats
    voltage_pu: Floats
    mismatch_kw: float


def _summer_day(before: Floats, steps: StepFlows, after: Floats) -> _SummerDay:
    return _SummerDay(
        before=np.asarray((before > 1 + TOLERANCE).any(axis=1)),
        over=np.asarray((after > 1 + TOLERANCE).any(axis=1)),
        further=np.asarray((after > before + TOLERANCE).any(axis=1)),
        stress=after.max(axis=1),
        voltage_pu=steps.voltage_pu.max(axis=1),
        mismatch_kw=float(np.nanmax(np.abs(steps.mismatch_kw), initial=0.0)),
    )
