"""Where the homes and connections that a plan promises hang, and what they add behind every link.

Promises are hung with the ledger of `fitting`, as the queue reserves them or as a search counts
them, so that they lie as they did when they were found to fit. A limit may be another than that
of the horizon: what an AC power flow made of it. Promises hung anew may wander: what leaves one
link breaks another. Where they are lowered nothing moves, and what comes last in the legal order
gives way first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from stroomstad.blocks import Floats, Ints
from stroomstad.capacity.headroom import Branch, Flags, branch_to
from stroomstad.capacity.trial import flow_through
from stroomstad.fitting.ledger import (
    Binding,
    Ledger,
    Offer,
    best_node,
    book_homes,
    book_power,
    copied,
    find_binding,
    home_offer,
    open_ledger,
    power_offer,
)
from stroomstad.measures.twin import Horizon
from stroomstad.tables.grid import LINK_KINDS


@dataclass(frozen=True, slots=True)
class Promise:
    """What a plan promises to one project.

    Attributes
    ----------
    project_id
        The project.
    size
        Homes, or kW of a connection, at the end of each year; never falling. Shape (years,)
    kw
        Peak of one home at station level, or of one kW of a connection. [kW]
    shape
        Name of its course.
    as_homes
        Whether it is homes, which coincide as homes do.
    nodes
        Where it may hang. Shape (nodes,)
    """

    project_id: str
    size: Floats
    kw: float
    shape: str
    as_homes: bool
    nodes: Ints


@dataclass(frozen=True, slots=True)
class Hung:
    """Where a promise hangs.

    Attributes
    ----------
    branch
        The nodes, and what leads to them.
    placed
        Homes or kW at each node of the branch at the end of each year. Shape (branch, years)
    held_by
        What keeps it below what is promised, per year; ``None`` where it is whole.
    """

    branch: Branch
    placed: Floats
    held_by: tuple[Binding | None, ...]

    @property
    def size(self) -> Floats:
        """Homes or kW that hang there at the end of each year. Shape (years,)."""
        return np.asarray(self.placed.sum(axis=0))


def hang(
    promises: tuple[Promise, ...],
    horizon: Horizon,
    *,
    kept: Mapping[int, Hung] | None = None,
) -> tuple[Hung, ...]:
    """Hang promises on the grid, as far as it takes them, in the one of two ways that leaves less.

    One promise after the other with all its years is how the queue reserves; all promises year by
    year leaves stations that stand early to who comes early, as a search does.

    Parameters
    ----------
    promises
        In the legal order of the queue.
    horizon
        The years; its limits say what every link takes.
    kept
        Promises that stay as they hang, by position. When left out nothing is decided yet, and
        all of every promise is hung: what the linear rule has no room for in proportion to the
        rest, for AC to judge.
    """
    ledger = open_ledger(horizon)
    for position, hung in (kept or {}).items():
        _book_as_it_hangs(ledger, promises[position], hung)
    every = range(len(horizon.years))
    found = []
    for by_year in (False, True):
        pending = {at: _Hanging(one) for at, one in enumerate(promises) if at not in (kept or {})}
        if by_year:
            turns = [(one, year) for year in every for one in _in_turn(pending, anew=kept is None)]
        else:
            turns = [(one, year) for one in pending.values() for year in every]
        booked = copied(ledger)
        for hanging, year in turns:
            _hang_more(booked, hanging, year, whole_promise=kept is None)
        found.append(pending)
    best = min(found, key=_short_kw)
    return tuple(
        kept[at] if kept and at in kept else _as_hung(best[at]) for at in range(len(promises))
    )


def lower(
    promises: tuple[Promise, ...],
    hung: tuple[Hung, ...],
    horizon: Horizon,
    year: int,
    links: Ints,
    *,
    keep_unit: float,
) -> tuple[Hung, ...]:
    """Lower what hangs behind some links in a year to a share of what they still take.

    Parameters
    ----------
    promises, hung
        In the legal order of the queue, and where they hang.
    horizon
        Its limits say what every link takes, its base what is there already.
    year
        Position of the year; years before it keep no more than what is left in it.
    links
        Links that must give way, as positions in the tree.
    keep_unit
        Share of what each of them takes by its limit that is left in the end. [1]

    Returns
    -------
    The promises, whole homes and whole kW, none larger than before.
    """
    lowered = list(hung)
    # A link further from the substation first: what leaves it leaves those above it too.
    for link in horizon.tree.order[np.isin(horizon.tree.order, links)][::-1].tolist():
        _lower_behind(promises, lowered, horizon, (year, link), keep_unit)
    return tuple(lowered)


def added_kw(
    hung: tuple[Hung, ...], promises: tuple[Promise, ...], horizon: Horizon, year: int
) -> tuple[Ints, Floats]:
    """Power that the promises draw at the end of a year, as the power flow sees it.

    Parameters
    ----------
    hung, promises
        What hangs where.
    horizon
        Its shapes.
    year
        Position of the year.

    Returns
    -------
    Nodes at which anything hangs, sorted, and what each draws in the kept quarters.
    Shape (nodes,); [kW], shape (nodes, quarters)
    """
    power_kw = np.zeros((horizon.tree.parent.size, horizon.quarters.size))
    for promise, of_promise in zip(promises, hung, strict=True):
        firm_kw = of_promise.placed[:, year] * promise.kw
        at = np.flatnonzero(firm_kw)
        rows = of_promise.branch.nodes[at]
        power_kw[rows] += np.outer(firm_kw[at], horizon.shapes[promise.shape])
    nodes = np.flatnonzero(power_kw.any(axis=1))
    return nodes, power_kw[nodes]


def added_kva(
    hung: tuple[Hung, ...], promises: tuple[Promise, ...], horizon: Horizon, year: int
) -> tuple[Floats, Floats]:
    """Load that the promises add to every link by the linear rule.

    Parameters
    ----------
    hung, promises, horizon, year
        As in `added_kw`.

    Returns
    -------
    With level factors, and without. [kVA], shape (links, quarters) each
    """
    links = horizon.tree.parent.size
    behind_kw: dict[tuple[str, bool], Floats] = {}
    for promise, of_promise in zip(promises, hung, strict=True):
        course = behind_kw.setdefault((promise.shape, promise.as_homes), np.zeros(links))
        course[of_promise.branch.nodes] += behind(of_promise)[:, year] * promise.kw
    leveled_kva = np.zeros((links, horizon.quarters.size))
    station_kva = np.zeros_like(leveled_kva)
    for (shape, as_homes), firm_kw in behind_kw.items():
        added = np.outer(firm_kw * horizon.kva_per_kw, horizon.shapes[shape])
        station_kva += added
        leveled_kva += added * horizon.level_factor_unit[:, None] if as_homes else added
    return leveled_kva, station_kva


def behind(hung: Hung) -> Floats:
    """Homes or kW behind each link of the branch. Shape (branch, years)."""
    return flow_through(hung.branch, hung.placed)


@dataclass(slots=True)
class _Hanging:
    """A promise while it is hung; ``branch`` and ``placed`` follow when any of it hangs."""

    promise: Promise
    branch: Branch | None = None
    placed: Floats | None = None
    held_by: dict[int, Binding] = field(default_factory=dict)

    @property
    def places(self) -> int:
        return self.promise.nodes.size if self.promise.as_homes else 1


def _short_kw(pending: Mapping[int, _Hanging]) -> float:
    """What the linear rule has no room for, summed over the years. [kW]."""
    return sum(
        one.promise.kw * binding.short
        for one in pending.values()
        for binding in one.held_by.values()
    )


def _in_turn(pending: Mapping[int, _Hanging], *, anew: bool) -> list[_Hanging]:
    """Promises in the order in which what is new in a year is hung.

    Promises are made because all of them fit together. So at first who can hang at one place only
    goes before who can hang at many; when something must give way, the legal order holds.
    """
    return sorted(pending.values(), key=lambda one: one.places if anew else 0)


def _hang_more(ledger: Ledger, hanging: _Hanging, year: int, *, whole_promise: bool) -> None:
    """Hang what a promise has more in a year than hangs of it; a connection hangs all at once."""
    promise = hanging.promise
    if not promise.nodes.size or promise.size[year] <= 0:
        return
    if promise.as_homes:
        _hang_homes(ledger, hanging, year, whole_promise=whole_promise)
    elif hanging.branch is None:
        _hang_connection(ledger, hanging, whole_promise=whole_promise)


def _as_hung(hanging: _Hanging) -> Hung:
    promise, branch, placed = hanging.promise, hanging.branch, hanging.placed
    years = range(promise.size.size)
    if branch is None or placed is None:
        none = np.zeros(0, dtype=np.int64)
        branch, placed = Branch(none, none, np.zeros(0, dtype=np.bool_)), np.zeros((0, len(years)))
    nothing = None if promise.nodes.size else Binding(None, None, None, None, promise.size[-1])
    return Hung(branch, placed, tuple(hanging.held_by.get(year, nothing) for year in years))


def _hang_homes(ledger: Ledger, hanging: _Hanging, year: int, *, whole_promise: bool) -> None:
    """Hang the homes that a promise has more from a year on."""
    tree, promise = ledger.horizon.tree, hanging.promise
    if hanging.branch is None or hanging.placed is None:
        hanging.branch = branch_to(tree.parent, tree.order, promise.nodes)
        hanging.placed = np.zeros((hanging.branch.nodes.size, promise.size.size))
    branch = hanging.branch
    asked = float(promise.size[year] - hanging.placed[:, year].sum())
    if asked <= 0:
        return
    offer = home_offer(ledger, branch, promise.kw)
    more = np.where(np.arange(promise.size.size) < year, 0.0, min(asked, offer.fits[year]))
    if more[year] < asked:
        hanging.held_by[year] = find_binding(ledger, offer, year, asked)
        if whole_promise:
            wanted = np.where(np.arange(promise.size.size) < year, 0.0, asked)
            offer, more = _stretched(offer, wanted, ledger.horizon.limit_kva[:, branch.nodes])
    before = ledger.homes_booked[:, branch.nodes]
    book_homes(ledger, offer, more, promise.kw)
    booked = ledger.homes_booked[:, branch.nodes] - before
    through = np.rint(booked.T * (ledger.horizon.home_kw / promise.kw))
    hanging.placed += _at_nodes(branch, through)


def _hang_connection(ledger: Ledger, hanging: _Hanging, *, whole_promise: bool) -> None:
    """Hang a connection on one node; what does not fit whole is cut to whole kW."""
    promise = hanging.promise
    tree, shape = ledger.horizon.tree, ledger.horizon.shapes[promise.shape]
    asked_kw = promise.size * promise.kw
    node = best_node(ledger, promise.nodes, shape, asked_kw)
    branch = branch_to(tree.parent, tree.order, np.array([node]))
    offer = power_offer(ledger, branch, shape)
    power_kw = np.where(offer.fits < asked_kw, np.floor(offer.fits), asked_kw)
    for year in np.flatnonzero(power_kw < asked_kw).tolist():
        hanging.held_by[year] = find_binding(ledger, offer, year, float(asked_kw[year]))
    if whole_promise:
        stands = (ledger.horizon.limit_kva[:, branch.nodes] > 0).all(axis=1)
        power_kw = np.where(stands, asked_kw, power_kw)
    book_power(ledger, offer, power_kw, shape)
    hanging.branch, hanging.placed = branch, np.outer(branch.site, power_kw / promise.kw)


def _stretched(offer: Offer, homes: Floats, limit_kva: Floats) -> tuple[Offer, Floats]:
    """Let an offer take homes that do not fit by the linear rule, as far as anything stands.

    Parameters
    ----------
    offer
        What fits.
    homes
        What is promised. Shape (years,)
    limit_kva
        Limits of the links of the branch. [kVA], shape (years, branch)
    """
    fits = offer.fits
    ratio = np.divide(homes, fits, out=np.ones_like(homes), where=fits > 0)
    most = np.ceil(offer.most * np.maximum(ratio, 1.0)[:, None])
    standing = np.logical_and.accumulate(limit_kva[::-1] > 0)[::-1]
    open_ = (fits <= 0)[:, None] & standing
    most = np.maximum.accumulate(np.where(open_, homes[:, None], most))
    built = standing[:, offer.branch.site].any(axis=1)
    return replace(offer, most=most), np.where(built, homes, 0.0)


def _book_as_it_hangs(ledger: Ledger, promise: Promise, hung: Hung) -> None:
    nodes = hung.branch.nodes
    if promise.as_homes:
        equivalents = behind(hung).T * (promise.kw / ledger.horizon.home_kw)
        ledger.homes_left[:, nodes] -= equivalents
        ledger.homes_booked[:, nodes] += equivalents
    elif nodes.size:
        shape = ledger.horizon.shapes[promise.shape]
        book_power(ledger, power_offer(ledger, hung.branch, shape), hung.size * promise.kw, shape)


def _at_nodes(branch: Branch, through: Floats) -> Floats:
    """What hangs at each node, from what is behind each link. Shape (branch, years)."""
    placed = through.copy()
    below = np.flatnonzero(branch.parent >= 0)
    np.subtract.at(placed, branch.parent[below], through[below])
    return placed


def _lower_behind(
    promises: tuple[Promise, ...],
    hung: list[Hung],
    horizon: Horizon,
    at: tuple[int, int],
    keep_unit: float,
) -> None:
    year, link = at
    below = {position: behind for position, one in enumerate(hung)
             if (behind := _behind(one.branch, link)).any()}  # fmt: skip
    added_kva = {
        position: hung[position].placed[behind, year].sum()
        * _per_unit_kva(promises[position], horizon, link)
        for position, behind in below.items()
    }
    if not added_kva:
        return
    total_kva = np.sum(list(added_kva.values()), axis=0)
    left_kva = horizon.limit_kva[year, link] - horizon.base_kva[year, link].astype(np.float64)
    ratio = np.divide(left_kva, total_kva, out=np.ones_like(left_kva), where=total_kva > 0)
    quarter = int(ratio.argmin())
    binding = Binding(
        str(horizon.tree.link_ids[link]),
        LINK_KINDS[horizon.tree.link_kind[link]],
        horizon.axis.names(horizon.quarters[[quarter]])[0],
        horizon.years[year],
        0.0,
    )
    too_much_kva = total_kva[quarter] * (1.0 - keep_unit * np.clip(ratio[quarter], 0.0, 1.0))
    for position in sorted(below, reverse=True):
        own_kva = float(added_kva[position][quarter])
        if too_much_kva <= 0 or own_kva <= 0:
            continue
        keep = max(0.0, 1.0 - too_much_kva / own_kva)
        hung[position] = _kept(
            promises[position], hung[position], below[position], (year, binding), keep
        )
        too_much_kva -= own_kva * (1.0 - keep)


def _behind(branch: Branch, link: int) -> Flags:
    """Which nodes of a branch a link leads to. Shape (branch,)."""
    found = branch.nodes == link
    for at, parent in enumerate(branch.parent.tolist()):
        if parent >= 0:
            found[at] |= found[parent]
    return np.asarray(found, dtype=np.bool_)


def _per_unit_kva(promise: Promise, horizon: Horizon, link: int) -> Floats:
    """What a home or a kW behind a link adds to it. [kVA], shape (quarters,)."""
    level = horizon.level_factor_unit[link] if promise.as_homes else 1.0
    firm_kva = promise.kw * float(horizon.kva_per_kw[link] * level)
    return np.asarray(firm_kva * horizon.shapes[promise.shape], dtype=np.float64)


def _kept(
    promise: Promise, hung: Hung, below: Flags, binding: tuple[int, Binding], keep_unit: float
) -> Hung:
    """A promise of which a share is kept at some nodes in a year, and no more before it."""
    year, limit = binding
    unit = 1.0 if promise.as_homes else promise.kw
    left = np.floor(hung.placed[below, year] * unit * keep_unit) / unit
    placed = hung.placed.copy()
    placed[below, : year + 1] = np.minimum(placed[below, : year + 1], left[:, None])
    less = placed.sum(axis=0) < hung.size
    held_by = tuple(limit if less[at] else old for at, old in enumerate(hung.held_by))
    return replace(hung, placed=placed, held_by=held_by)
