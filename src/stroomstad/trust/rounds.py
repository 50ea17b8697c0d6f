"""Promises lowered until an AC power flow finds nothing that they break.

Every year is solved without the promises and with them. Where they break a limit, what AC makes
of the links concerned takes the place of the linear rule, the promises behind them are hung
anew, and the years that change are solved again, until nothing is broken. So a promise never
grows, and what hangs elsewhere stays where it is.

Loads are those of the station level: what AC says of new homes on a link is brought to its level
by the factor of the linear rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from stroomstad.blocks import Floats, Ints, LoadBlocks
from stroomstad.capacity.check import ROUNDS_MOST
from stroomstad.capacity.headroom import Flags
from stroomstad.capacity.pressure import (
    Pressure,
    caps,
    find_broken,
    halved_limits,
    hardest,
    own_limits,
    reached_through,
)
from stroomstad.capacity.stress import stress_of
from stroomstad.capacity.trial import TOLERANCE
from stroomstad.errors import SolverFailed
from stroomstad.measures.twin import Horizon
from stroomstad.powerflow import StepFlows
from stroomstad.tables.results import Floats32
from stroomstad.trust.placing import Hung, Promise, added_kva, added_kw, behind, hang, lower

Done = Callable[[float], None]
# Own choice: less than a hundredth more is not worth another round of power flow.
WORTHWHILE = 0.01
# Own choice: what is left of what AC says that a link takes, where the rounds did not suffice.
KEEP_UNIT = (0.99, 0.98, 0.96, 0.92, 0.84, 0.68, 0.36, 0.0)


@dataclass(frozen=True, slots=True)
class YearGrid:
    """A year as the power flow sees it, before any promise.

    Attributes
    ----------
    at
        Position in the horizon of each node that stands. Shape (nodes,)
    parent
        Position of the parent of each node; -1 at a substation. Shape (nodes,)
    voltage_limit_pu
        Lowest voltage allowed at each node. [1], shape (nodes,)
    load, feed_in
        What they draw and feed in, in the kept quarters.
    solve
        AC power flow of that grid, from load and feed-in.
    """

    at: Ints
    parent: Ints
    voltage_limit_pu: Floats
    load: LoadBlocks
    feed_in: LoadBlocks
    solve: Callable[[LoadBlocks, LoadBlocks], StepFlows]


@dataclass(frozen=True, slots=True)
class Finding:
    """What AC says of a year with its promises; links and nodes as positions in the horizon.

    Attributes
    ----------
    solved
        Whether every quarter has a solution.
    broken
        Links behind which promises must give way.
    beside
        Limits that they break by the voltage only; link ``i`` is ``i``, the voltage at node
        ``i`` is ``links + i``.
    pressed
        How many limits the promises break.
    further
        How many more were broken before, and are pressed further.
    own_kva
        Limit with which the linear rule says of each link what AC says of it; missing where the
        promises add nothing. [kVA], shape (links,)
    cap_kva
        The same for the sake of another limit; infinite where none asks for it.
        [kVA], shape (links,)
    capped_for
        That limit, numbered as in ``beside``; -1 for none. Shape (links,)
    link, loading
        Link with the highest loading, of those that carry more and held before; -1 for none.
    node, voltage_pu
        Node with the worst voltage, of the same.
    mismatch_kw
        Largest balance that does not close. [kW]
    """

    solved: bool
    broken: Ints
    beside: frozenset[int]
    pressed: int
    further: int
    own_kva: Floats
    cap_kva: Floats
    capped_for: Ints
    link: int
    loading: float
    node: int
    voltage_pu: float
    mismatch_kw: float


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What is left of the promises.

    Attributes
    ----------
    hung, rounds
        Where they hang, and how often each year was solved with them.
    first, last
        What AC said of each year in the first round, and when it was last solved.
    capped_for
        Limit that sets what a link takes, as in `Finding`; -1 where its own does.
        Shape (years, links)
    """

    hung: tuple[Hung, ...]
    first: tuple[Finding, ...]
    last: tuple[Finding, ...]
    capped_for: Ints
    rounds: tuple[int, ...]


def confirm(
    promises: tuple[Promise, ...],
    horizon: Horizon,
    years: Sequence[YearGrid],
    *,
    done: Done | None = None,
) -> Confirmation:
    """Lower promises until AC finds nothing that they break.

    Parameters
    ----------
    promises
        In the legal order of the queue.
    horizon
        Base load and limits of the links; direction load.
    years
        Each year of the horizon as the power flow sees it.
    done
        Told the share of the years that hold so far; it may fall.

    Raises
    ------
    SolverFailed
        When a year has no solution even without promises.
    """
    question, state = _open(promises, horizon, years)
    best: _State | None = None
    first: tuple[Finding, ...] = ()
    pending = urgent = set(range(len(years)))
    while pending and state.rounds.max() < ROUNDS_MOST:
        # A year in which nothing was broken can wait until the others hold.
        solved = pending & urgent or pending
        state = _solved(state, question, solved)
        first = first or tuple(state.last.values())
        pending = pending - solved
        if done is not None:
            done(1.0 - sum(year.pressed > 0 for year in state.last.values()) / len(years))
        moving = _touched(state)
        holds = not moving and not pending
        if holds:
            best, moving = state, _short(state, promises)
        if moving:
            other = _hung_anew(state, question, moving)
            if holds and not _worthwhile(promises, state.hung, other):
                break
            pending = pending | _changed(state.hung, other)
            urgent = {year for year in state.last if state.last[year].pressed}
            state = replace(state, hung=other)
    state = _solved(state, question, pending)
    if best is not None and any(finding.pressed for finding in state.last.values()):
        state = replace(best, rounds=state.rounds)
    return _confirmation(_lowered(state, question), first)


def limits_found(
    promises: tuple[Promise, ...], horizon: Horizon, years: Sequence[YearGrid]
) -> Floats:
    """Limits with which the linear rule says what AC says, when all of every promise hangs.

    As in `confirm`. [kVA], shape (years, links).
    """
    question, state = _open(promises, horizon, years)
    return _solved(state, question, set(range(len(years)))).limits.least_kva


@dataclass(frozen=True, slots=True)
class _Standing:
    """A year solved without any promise."""

    grid: YearGrid
    signed_kva: Floats32
    voltage_pu: Floats32


@dataclass(frozen=True, slots=True)
class _Limits:
    """What the linear rule is to use, and what is known of it.

    Attributes
    ----------
    own_kva, cap_kva, capped_for
        As in `Finding`. Shape (years, links) each
    passing
        Whether a cap only stands until the year has a solution again. Shape (years, links)
    watched
        Per year the limits that were broken by the voltage in any round.
    """

    own_kva: Floats
    cap_kva: Floats
    capped_for: Ints
    passing: Flags
    watched: tuple[frozenset[int], ...]

    @property
    def least_kva(self) -> Floats:
        return np.minimum(self.own_kva, self.cap_kva)


@dataclass(frozen=True, slots=True)
class _Question:
    """What is promised, on which horizon, and its years without any promise."""

    promises: tuple[Promise, ...]
    horizon: Horizon
    standing: tuple[_Standing, ...]


@dataclass(frozen=True, slots=True)
class _State:
    """Where promises hang, what the rule is to use, what was found last, in how many rounds."""

    hung: tuple[Hung, ...]
    limits: _Limits
    last: Mapping[int, Finding]
    rounds: Ints


@dataclass(frozen=True, slots=True)
class _View:
    """The promises in one year."""

    horizon: Horizon
    promises: tuple[Promise, ...]
    hung: tuple[Hung, ...]
    year: int


def _open(
    promises: tuple[Promise, ...], horizon: Horizon, years: Sequence[YearGrid]
) -> tuple[_Question, _State]:
    """The question, and the state before anything is solved."""
    standing = tuple(_without_promises(horizon, *pair) for pair in enumerate(years))
    none = np.zeros(len(years), dtype=np.int64)
    state = _State(hang(promises, horizon), _open_limits(horizon), {}, none)
    return _Question(promises, horizon, standing), state


def _solved(state: _State, question: _Question, years: set[int]) -> _State:
    """Solve some years, and learn from them."""
    limits, last, rounds = state.limits, dict(state.last), state.rounds.copy()
    for year in sorted(years):
        view = _View(question.horizon, question.promises, state.hung, year)
        last[year] = _examined(question.standing[year], view, limits.watched[year])
        limits = _learned(limits, year, last[year])
        rounds[year] += 1
    return _State(state.hung, limits, last, rounds)


def _hung_anew(state: _State, question: _Question, moving: set[int]) -> tuple[Hung, ...]:
    """Hang some promises by what is known of the links; the others stay."""
    kept = {at: one for at, one in enumerate(state.hung) if at not in moving}
    horizon = replace(question.horizon, limit_kva=state.limits.least_kva)
    return hang(question.promises, horizon, kept=kept)


def _lowered(state: _State, question: _Question) -> _State:
    """Lower what hangs behind links that must give way, further each time, until all holds."""
    for keep_unit in KEEP_UNIT:
        pressed = [year for year, found in state.last.items() if found.pressed]
        hung = state.hung
        horizon = replace(question.horizon, limit_kva=state.limits.least_kva)
        for year in pressed:
            links = state.last[year].broken
            hung = lower(question.promises, hung, horizon, year, links, keep_unit=keep_unit)
        state = _solved(replace(state, hung=hung), question, _changed(state.hung, hung))
    return state


def _confirmation(state: _State, first: tuple[Finding, ...]) -> Confirmation:
    limits = state.limits
    return Confirmation(
        state.hung,
        first,
        tuple(state.last[year] for year in sorted(state.last)),
        np.where(limits.cap_kva < limits.own_kva, limits.capped_for, -1),
        tuple(state.rounds.tolist()),
    )


def _without_promises(horizon: Horizon, at: int, grid: YearGrid) -> _Standing:
    steps = grid.solve(grid.load, grid.feed_in)
    if (unsolved := np.flatnonzero(~steps.converged)).size:
        step = unsolved[:1]
        net_kw = (grid.load.select(step).block(0, 1) - grid.feed_in.select(step).block(0, 1))[:, 0]
        node = int(np.abs(np.where(grid.parent < 0, 0.0, net_kw)).argmax())
        does = "draws" if net_kw[node] > 0 else "feeds in"
        raise SolverFailed(
            f"confirmation: {unsolved.size} quarters of {horizon.years[at]} have no solution "
            f"without any promise; node {horizon.tree.node_ids[grid.at[node]]} {does} most, "
            f"{abs(net_kw[node]):.0f} kW. Make the measures that act there smaller, or add grid."
        )
    return _Standing(grid, signed_kva(steps), steps.voltage_pu)


def signed_kva(steps: StepFlows) -> Floats32:
    """Apparent power of each link, negative where it runs towards the region.

    [kVA], shape (links, steps).
    """
    return np.asarray(np.sign(steps.power_kw) * steps.apparent_kva, dtype=np.float32)


def _examined(standing: _Standing, view: _View, watched: frozenset[int]) -> Finding:
    """Solve a year with its promises, and hold it against the same year without them."""
    grid, links = standing.grid, view.horizon.tree.parent.size
    nodes, power_kw = added_kw(view.hung, view.promises, view.horizon, view.year)
    rows = _rows_of(grid.at, nodes, links)
    steps = grid.solve(grid.load.with_rows(rows, power_kw), grid.feed_in)
    pressure = _pressure(standing, steps, view, rows)
    broken = find_broken(pressure)
    limit_at = np.concatenate([grid.at, links + grid.at])
    solved = bool(steps.converged.all())
    if solved:
        also = np.flatnonzero(np.isin(limit_at, list(watched)))
        cap_kva, capped_for = caps(pressure, np.union1d(broken.beside, also))
        gives = np.union1d(broken.own, reached_through(pressure)[broken.beside % grid.at.size])
    else:
        cap_kva = halved_limits(pressure)
        gives = np.flatnonzero(np.isfinite(cap_kva))
        capped_for = np.where(np.isfinite(cap_kva), grid.at.size + np.arange(cap_kva.size), -1)
    asked_by = np.full(links, -1)
    asked_by[grid.at] = np.append(limit_at, -1)[capped_for]
    link, node = hardest(pressure)
    return Finding(
        solved=solved,
        broken=np.unique(grid.at[gives]),
        beside=frozenset(limit_at[broken.beside].tolist() if solved else ()),
        pressed=broken.own.size + broken.beside.size,
        further=broken.further,
        own_kva=_over_all(own_limits(pressure), grid.at, links, np.nan),
        cap_kva=_over_all(cap_kva, grid.at, links, np.inf),
        capped_for=asked_by,
        link=int(grid.at[link]) if link >= 0 else -1,
        loading=float(pressure.after[link].max()) if link >= 0 else np.nan,
        node=int(grid.at[node]) if node >= 0 else -1,
        voltage_pu=float(steps.voltage_pu[node].min()) if node >= 0 else np.nan,
        mismatch_kw=float(np.nanmax(np.abs(steps.mismatch_kw), initial=0.0)),
    )


def _pressure(standing: _Standing, steps: StepFlows, view: _View, rows: Ints) -> Pressure:
    grid, horizon = standing.grid, view.horizon
    leveled_kva, station_kva = (
        kva[grid.at] for kva in added_kva(view.hung, view.promises, horizon, view.year)
    )
    base_kva = horizon.base_kva[view.year, grid.at].astype(np.float64)
    limit_kva = horizon.limit_kva[view.year, grid.at]
    solved_kva = (signed_kva(steps) - standing.signed_kva).astype(np.float64)
    solved_kva -= station_kva - leveled_kva
    before, after = (
        stress_of(limit_kva, grid.voltage_limit_pu, kva, voltage_pu)
        for kva, voltage_pu in (
            (base_kva, standing.voltage_pu),
            (base_kva + solved_kva, steps.voltage_pu),
        )
    )
    drawn = np.zeros(grid.at.size, dtype=np.bool_)
    drawn[rows] = True
    return Pressure(
        grid.parent,
        before,
        after,
        base_kva,
        limit_kva,
        leveled_kva,
        solved_kva,
        station_kva / horizon.kva_per_kw[grid.at, None],
        drawn,
        np.abs(grid.voltage_limit_pu - 1.0),
    )


def _open_limits(horizon: Horizon) -> _Limits:
    shape = horizon.limit_kva.shape
    none, nowhere = np.full(shape, -1), np.zeros(shape, dtype=np.bool_)
    nothing = (frozenset[int](),) * shape[0]
    return _Limits(horizon.limit_kva, np.full(shape, np.inf), none, nowhere, nothing)


def _learned(limits: _Limits, year: int, finding: Finding) -> _Limits:
    """Let what AC says of a year take the place of what was held before."""
    own_kva, cap_kva = limits.own_kva.copy(), limits.cap_kva.copy()
    capped_for, passing = limits.capped_for.copy(), limits.passing.copy()
    known = ~np.isnan(finding.own_kva)
    own_kva[year, known] = finding.own_kva[known]
    asked = np.isfinite(finding.cap_kva)
    if finding.solved:
        cap_kva[year, passing[year]] = np.inf
        passing[year] = False
    else:
        asked &= finding.cap_kva < cap_kva[year]
        passing[year] |= asked
    cap_kva[year, asked] = finding.cap_kva[asked]
    capped_for[year, asked] = finding.capped_for[asked]
    watched = list(limits.watched)
    watched[year] |= finding.beside
    return _Limits(own_kva, cap_kva, capped_for, passing, tuple(watched))


def _short(state: _State, promises: tuple[Promise, ...]) -> set[int]:
    """Promises of which not all hangs."""
    return {
        position
        for position, (promise, one) in enumerate(zip(promises, state.hung, strict=True))
        if (one.size < promise.size - TOLERANCE).any()
    }


def _worthwhile(
    promises: tuple[Promise, ...], hung: tuple[Hung, ...], other: tuple[Hung, ...]
) -> bool:
    """Whether more hangs than before, by so much that it is worth another round."""
    promised_kw, more_kw = 0.0, 0.0
    for promise, before, after in zip(promises, hung, other, strict=True):
        promised_kw += promise.kw * float(before.size.sum())
        more_kw += promise.kw * float((after.size - before.size).sum())
    return more_kw > WORTHWHILE * promised_kw


def _touched(state: _State) -> set[int]:
    """Promises that hang behind a link that must give way."""
    touched = set()
    for position, one in enumerate(state.hung):
        through = behind(one)
        for year, finding in state.last.items():
            gives = np.isin(one.branch.nodes, finding.broken)
            if (through[gives, year] > 0).any():
                touched.add(position)
    return touched


def _changed(before: tuple[Hung, ...], after: tuple[Hung, ...]) -> set[int]:
    """Years in which anything hangs otherwise."""
    changed: set[int] = set()
    for old, new in zip(before, after, strict=True):
        if np.array_equal(old.branch.nodes, new.branch.nodes):
            differs = (old.placed != new.placed).any(axis=0)
        else:
            differs = (old.size > 0) | (new.size > 0)
        changed |= set(np.flatnonzero(differs).tolist())
    return changed


def _rows_of(at: Ints, nodes: Ints, size: int) -> Ints:
    """Rows of a grid that hold some nodes of the horizon; all of them must stand."""
    within = np.full(size, -1, dtype=np.int64)
    within[at] = np.arange(at.size)
    if (within[nodes] < 0).any():
        raise ValueError("confirmation: promises hang on nodes that do not stand.")
    return within[nodes]


def _over_all(values: Floats, at: Ints, size: int, missing: float) -> Floats:
    """Values of the links that stand, among all links of the horizon."""
    every = np.full(size, missing)
    every[at] = values
    return every
