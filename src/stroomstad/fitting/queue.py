"""The rows of a project list, served in the legal order.

A size *fits in year y* when every link between its place and the region takes it, in every kept
quarter of year y and of every later year of the horizon, beside what was connected before it.

What fits is reserved for the row that asks first, year by year and up to what it asks, also when
not all of it fits: so a row that fits in part keeps its part, and takes the rest as soon as a
measure makes room, before those behind it. What a row asks after the horizon counts in its last
year, which stands for all later ones.

The local answer and the region are told apart: a row is reserved locally whether or not the
region leaves power for it.

Offers in a hub are made in turn and hold together: what is offered to a row is taken off the
shared limit and off the links of the hub before the next row is told of them. Offers of a time
block or a non-firm connection are each made as if nobody else took theirs.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats, Ints
from stroomstad.capacity.headroom import Branch, branch_to
from stroomstad.fitting.connections import (
    NOTHING,
    TOLERANCE_KW,
    Chance,
    HubRoom,
    Request,
    Terms,
    build_terms,
    check_place,
    connection_nodes,
    flexible_chances,
    no_station,
)
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
    lasting,
    open_ledger,
    power_offer,
)
from stroomstad.measures.twin import Horizon
from stroomstad.planning.projects import asked, kw_per_unit, queue_order
from stroomstad.tables.parameters import Parameters
from stroomstad.tables.plan import Catalogue
from stroomstad.tables.projects import CATEGORIES

# What the power of a row follows from.
_POWER_COLUMNS = ("kind", "home_type", "heating", "homes", "connection_kw", "kw_promised")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a project list, over the years of a horizon.

    Attributes
    ----------
    place, kind, profile
        As in the list.
    size
        Homes, or kW of the connection.
    kw
        What one home, or one kW of the connection, draws at its peak. [kW]
    before, sizes
        Size asked at the end of each of as many years before the horizon, and of each year of
        it. Shape (years,) each
    first_year
        First year of delivery.
    last
        Position of the last year of delivery, within the horizon.
    """

    place: str
    kind: str
    profile: str
    size: float
    kw: float
    before: Floats
    sizes: Floats
    first_year: int
    last: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What the queue leaves for a row.

    Attributes
    ----------
    fits
        Size that fits from each year on, also beyond what is asked.
    taken
        Size that is reserved for it at the end of each year.
    binding
        What holds it in the first year in which it does not fit.
    kw_short
        What is lacking there. [kW]
    with_region
        Whether the region leaves what it asks.
    flexible, flexible_year
        Contract with which it fits earlier, and the first year with it.
    links, behind
        Where a part of it hangs: links, and homes or kW behind each, kept only where not all
        of it fits. Shape (branch,) and (years, branch)
    """

    fits: Floats
    taken: Floats
    binding: Binding
    kw_short: float
    with_region: bool
    flexible: str | None
    flexible_year: float
    links: Ints
    behind: Floats


@dataclass(frozen=True, slots=True)
class Queue:
    """Where the rows of one case are taken in turn.

    Attributes
    ----------
    ledger, first
        What is connected so far, and the same before any row.
    terms
        Terms on which connections are judged.
    branches
        Busbars of each place that came up, and what leads there.
    alone
        What fits before any row, by place, kind and power.
    in_hubs, hub_kw
        What hubs offer so far: on the links, beside what was there before any row; and per hub.
        [kW], shape (years, quarters)
    """

    ledger: Ledger
    first: Ledger
    terms: Terms
    in_hubs: Ledger
    branches: dict[str, Branch] = field(default_factory=dict)
    alone: dict[tuple[object, ...], Floats] = field(default_factory=dict)
    hub_kw: dict[str, Floats] = field(default_factory=dict)


def ledgers_ahead(
    horizon: Horizon, projects: pd.DataFrame, catalogue: Catalogue, parameters: Parameters
) -> dict[int, Ledger]:
    """Per legal category the ledger after every row of that category and of those before it.

    Parameters
    ----------
    horizon
        The city over the years, with every place of the list.
    projects
        As declared in ``PROJECTS``.
    catalogue
        Kinds of home.
    parameters
        As for `build_terms`.
    """
    order, categories = queue_order(projects), projects["category"].to_numpy()
    rows = project_rows(projects, horizon, catalogue)
    queue = open_queue(horizon, parameters)
    ahead = {}
    for category in CATEGORIES:
        take_all(queue, rows, order[categories[order] == category].tolist(), flexible=False)
        ahead[category] = copied(queue.ledger)
    return ahead


def project_rows(projects: pd.DataFrame, horizon: Horizon, catalogue: Catalogue) -> list[Row]:
    """Rows of a project list over the years and in the case of a horizon, in the same order.

    Parameters
    ----------
    projects
        As declared in ``PROJECTS``.
    horizon
        Gives the years and the case.
    catalogue
        Kinds of home.
    """
    first, span = horizon.years[0], len(horizon.years)
    sizes = asked(projects, range(first - span, first + span))
    size = np.where(projects["homes"] > 0, projects["homes"], projects["connection_kw"])
    # The last year stands for all later ones, so what is asked after it is asked in it.
    sizes[:, -1] = size
    last = np.clip(projects["last_year"].to_numpy() - first, 0, span - 1)
    # Rows that are alike are looked up once: lists are long and the kinds of home are few.
    alike = projects.groupby(list(_POWER_COLUMNS), sort=False, dropna=False).ngroup().to_numpy()
    distinct = projects[~projects.duplicated(list(_POWER_COLUMNS))]
    each_kw = kw_per_unit(distinct, catalogue.home_types, horizon.case)[alike]
    columns = projects[["place", "kind", "profile", "first_year"]]
    return [
        Row(str(place), str(kind), str(profile), float(size[i]), float(each_kw[i]),
            sizes[i, :span], sizes[i, span:], int(first_year), int(last[i]))
        for i, (place, kind, profile, first_year) in enumerate(
            columns.itertuples(index=False, name=None)
        )
    ]  # fmt: skip


def open_queue(horizon: Horizon, parameters: Parameters, hubs: tuple[HubRoom, ...] = ()) -> Queue:
    """Make a queue in which nobody has been served yet; parameters as for `build_terms`."""
    first = open_ledger(horizon)
    return Queue(copied(first), first, build_terms(horizon, parameters, hubs), copied(first))


def busbar_branch(horizon: Horizon, place: str) -> Branch:
    """Busbars of a place and what leads there; empty where it has no station."""
    return branch_to(horizon.tree.parent, horizon.tree.order, horizon.busbars[place])


def take_all(
    queue: Queue, rows: list[Row], order: list[int], *, flexible: bool = True
) -> dict[int, Answer]:
    """Serve some rows in turn; the queue's ledger holds them afterwards.

    Parameters
    ----------
    queue
        Who was served before; its ledger changes.
    rows
        All rows.
    order
        Positions of those that are served, in turn.
    flexible
        As for `take`.

    Returns
    -------
    Answers by position.
    """
    return {row: take(queue, rows[row], flexible=flexible) for row in order}


def take(queue: Queue, row: Row, *, flexible: bool = True) -> Answer:
    """Serve a row: of homes what fits is reserved, a connection only when all of it fits.

    Parameters
    ----------
    queue
        Who was served before; its ledgers change.
    row
        Who is next.
    flexible
        Whether to look for a contract with which a connection fits earlier.

    Raises
    ------
    NotFound
        When the horizon does not hold its place.
    """
    offer, shape = _offer(queue, queue.ledger, row)
    fits = _in_sizes(offer, row)
    taken, short = _reserved(row, fits), short_years(row, fits)
    binding, kw_short = _binding(queue.ledger, offer, row, fits)
    contract, year = _flexible(queue, row, fits) if flexible else (None, np.nan)
    links, behind = np.zeros(0, dtype=np.int64), np.zeros((row.sizes.size, 0))
    if offer is not None and taken[-1] > 0:
        if row.kind == "homes":
            booked = book_homes(queue.ledger, offer, taken, row.kw)
        else:
            booked = book_power(queue.ledger, offer, taken * row.kw, shape)
        if short.size:
            links, behind = offer.branch.nodes, booked
    with_region = _take_of_region(queue.ledger, row, taken)
    return Answer(fits, taken, binding, kw_short, with_region, contract, year, links, behind)


def _reserved(row: Row, fits: Floats) -> Floats:
    """What is reserved in each year: homes as far as they fit, a connection whole or not at all."""
    if row.kind == "homes":
        return np.minimum(row.sizes, fits)
    whole_fits = row.sizes * row.kw <= fits * row.kw + TOLERANCE_KW
    return np.where(whole_fits, row.sizes, 0.0)


def region_factor(horizon: Horizon, row: Row) -> float:
    """Share of the peak of a row that the region sees. [1].

    Homes coincide less above a substation than behind a station; a connection counts with what
    it draws in the peak window, in which the region is short.
    """
    if row.kind == "homes":
        return float(horizon.level_factor_unit[horizon.roots[row.place]])
    course, window = horizon.shapes[row.profile], horizon.shapes["window"] > 0
    return float(course[window].max()) if window.any() else float(course.max())


def _offer(queue: Queue, ledger: Ledger, row: Row) -> tuple[Offer | None, Floats]:
    """What the place takes of a row, none where it draws nothing or cannot hang anywhere."""
    horizon = ledger.horizon
    check_place(horizon, row.place)
    if row.kw <= 0:
        return None, np.zeros(0)
    if row.kind == "homes":
        if row.place not in queue.branches:
            queue.branches[row.place] = busbar_branch(horizon, row.place)
        return home_offer(ledger, queue.branches[row.place], row.kw), np.zeros(0)
    shape = horizon.shapes[row.profile]
    nodes, _ = connection_nodes(horizon, row.place, row.size, queue.terms)
    if not nodes.size:
        return None, shape
    node = best_node(ledger, nodes, shape, row.sizes * row.kw)
    branch = branch_to(horizon.tree.parent, horizon.tree.order, np.array([node]))
    return power_offer(ledger, branch, shape), shape


def _in_sizes(offer: Offer | None, row: Row) -> Floats:
    if offer is None:
        return np.full(row.sizes.size, 0.0 if row.kw > 0 else row.size)
    return offer.fits if row.kind == "homes" else offer.fits / row.kw


def fits_alone(queue: Queue, row: Row) -> Floats:
    """What fits if nobody stood before the row. Shape (years,)."""
    connection = (row.profile, row.size, row.first_year) if row.kind == "connection" else ()
    key = (row.place, row.kind, row.kw, *connection)
    if key not in queue.alone:
        queue.alone[key] = _in_sizes(_offer(queue, queue.first, row)[0], row)
    return queue.alone[key]


def short_years(row: Row, fits: Floats) -> Ints:
    """Positions of the years in which not all that is asked fits."""
    return np.flatnonzero(row.sizes * row.kw > fits * row.kw + TOLERANCE_KW)


def _binding(ledger: Ledger, offer: Offer | None, row: Row, fits: Floats) -> tuple[Binding, float]:
    short = short_years(row, fits)
    if not short.size:
        return NOTHING, 0.0
    asked_size = float(row.sizes[short[0]])
    if offer is None or not offer.branch.nodes.size:
        return no_station(), asked_size * row.kw
    each_kw = row.kw if row.kind == "homes" else 1.0
    binding = find_binding(ledger, offer, int(short[0]), asked_size * row.kw / each_kw)
    return binding, binding.short * each_kw + binding.overload_kw


def _flexible(queue: Queue, row: Row, fits: Floats) -> tuple[str | None, float]:
    """Contract with which a connection fits earlier than a firm one, and its first year."""
    horizon = queue.ledger.horizon
    if row.kind == "homes" or not short_years(row, fits).size:
        return None, np.nan
    nodes, _ = connection_nodes(horizon, row.place, row.size, queue.terms)
    power_kw = row.size * row.kw
    request = Request(row.place, np.full(row.sizes.size, power_kw), row.profile, nodes)
    asked_at = int(np.argmax(row.sizes > 0))
    best, offered = _first_from(fits * row.kw, power_kw, asked_at), None
    terms = replace(queue.terms, hubs=tuple(_left_in(queue, hub) for hub in queue.terms.hubs))
    for chance in flexible_chances(queue.ledger, queue.in_hubs, request, terms):
        year = _first_from(chance.kw, power_kw, asked_at)
        if year < best:
            best, offered = year, chance
    if offered is None:
        return None, np.nan
    if offered.hub is not None:
        _take_of_hub(queue, row, offered, best)
    return offered.contract, float(horizon.years[best])


def _left_in(queue: Queue, hub: HubRoom) -> HubRoom:
    """What a hub leaves beside what it offers already."""
    return replace(hub, room_kw=hub.room_kw - queue.hub_kw.get(hub.measure_id, 0.0))


def _take_of_hub(queue: Queue, row: Row, offered: Chance, first: int) -> None:
    """Take what a hub offers to a row off what it leaves, from a year on, for those behind it."""
    horizon, course = queue.ledger.horizon, queue.ledger.horizon.shapes[row.profile]
    power_kw = np.where(np.arange(row.sizes.size) >= first, row.size * row.kw, 0.0)
    taken_kw = power_kw[:, None] * course
    hub = str(offered.hub)
    queue.hub_kw[hub] = queue.hub_kw.get(hub, 0.0) + taken_kw
    node = offered.nodes[first : first + 1]
    branch = branch_to(horizon.tree.parent, horizon.tree.order, node)
    book_power(queue.in_hubs, power_offer(queue.in_hubs, branch, course), power_kw, course)


def _first_from(kw: Floats, power_kw: float, start: int) -> int:
    """Position of the first year from a start in which the power fits; their number if none."""
    found = np.flatnonzero(kw[start:] >= power_kw - TOLERANCE_KW)
    return start + int(found[0]) if found.size else kw.size


def _take_of_region(ledger: Ledger, row: Row, taken: Floats) -> bool:
    """Reserve what the region leaves for a row; tells whether it leaves all that is asked."""
    each_kw = row.kw * region_factor(ledger.horizon, row)
    left_kw = lasting(ledger.region_kw_left)
    np.subtract(
        ledger.region_kw_left,
        np.minimum(taken * each_kw, np.maximum(left_kw, 0.0)),
        out=ledger.region_kw_left,
    )
    needed_kw = row.sizes * each_kw
    return bool(((needed_kw <= left_kw + TOLERANCE_KW) | (needed_kw <= 0)).all())
