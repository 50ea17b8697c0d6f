"""Which connection fits where, from which year, and under which contract it fits earlier.

A size *fits in year y* when every link between its place and the region takes it, in every kept
quarter of year y and of every later year of the horizon, beside what was connected before it.

A small connection hangs on the low-voltage busbar of a station, a larger one on the
medium-voltage side, and the largest on cables of its own from the substation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats, Ints
from stroomstad.capacity.headroom import Flags, branch_to
from stroomstad.errors import NotFound, raise_faults
from stroomstad.fitting.ledger import (
    Binding,
    Ledger,
    find_binding,
    lasting,
    open_ledger,
    power_offer,
    takes_at_nodes,
)
from stroomstad.measures.effects import hub_drawn_kw, plan_sites
from stroomstad.measures.power_shapes import window_and_night
from stroomstad.measures.sites import with_outlines
from stroomstad.measures.standing import measures_of
from stroomstad.measures.twin import Horizon, Twin
from stroomstad.tables.parameters import Parameters
from stroomstad.tables.plan import Plan
from stroomstad.timeline.years import outlook_at, sizes_at

CONTRACTS = ("firm", "time_block", "non_firm", "hub")
NO_STATION = "no station"
NO_STATION_KIND = "no_station"
# Own choice: a thousandth of a watt, far above what sums of loads lose by rounding.
TOLERANCE_KW = 1e-6
NOTHING = Binding(None, None, None, None, 0.0)


@dataclass(frozen=True, slots=True)
class HubRoom:
    """What an energy hub leaves under its shared limit.

    Attributes
    ----------
    measure_id, place
        The hub, and where it lies.
    room_kw
        Shared limit less what the members draw; none before it is in service.
        [kW], shape (years, quarters)
    """

    measure_id: str
    place: str
    room_kw: Floats


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms on which connections are judged.

    Attributes
    ----------
    busbar_max_kw
        Largest connection at a low-voltage busbar. [kW]
    feeder_max_kw
        Largest connection on a feeder that others use too. [kW]
    may_be_off
        Parts of the week in which a non-firm connection may have to stay off, as choices.
        Shape (quarters,) each
    hubs
        Energy hubs of the plan.
    ahead
        Per legal category the ledger after every waiting row of that category and those before
        it; a category that is not there has nobody before it.
    """

    busbar_max_kw: float
    feeder_max_kw: float
    may_be_off: tuple[Flags, ...]
    hubs: tuple[HubRoom, ...] = ()
    ahead: Mapping[int, Ledger] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """A connection that is asked for.

    Attributes
    ----------
    place
        Where.
    power_kw
        Power at the end of each year. [kW], shape (years,)
    profile
        Name of its course.
    nodes
        Where it may hang, by its size; none where the place has no such node yet.
    """

    place: str
    power_kw: Floats
    profile: str
    nodes: Ints


@dataclass(frozen=True, slots=True)
class Chance:
    """What fits under one contract.

    Attributes
    ----------
    contract
        One of `CONTRACTS`.
    kw
        What fits from each year on, at most what is asked. [kW], shape (years,)
    held_by
        Tells by position of a year what holds it there.
    nodes
        Where it would hang when it starts in a year; none where it has no node. Shape (years,)
    hub
        The hub in which it fits; nothing under another contract.
    """

    contract: str
    kw: Floats
    held_by: Callable[[int], Binding]
    nodes: Ints
    hub: str | None = None


def build_terms(
    horizon: Horizon,
    parameters: Parameters,
    hubs: tuple[HubRoom, ...] = (),
    ahead: Mapping[int, Ledger] | None = None,
) -> Terms:
    """Terms by the parameters, for one horizon.

    Parameters
    ----------
    horizon
        Gives the quarters.
    parameters
        ``lv_connection_max_kva``, ``power_factor``, ``own_feeder_min_mw``,
        ``non_firm_share_max`` and the hours of the peak window and the night.
    hubs, ahead
        As in `Terms`.
    """
    busbar_max_kw = parameters.value("lv_connection_max_kva") * parameters.value("power_factor")
    return Terms(
        busbar_max_kw,
        parameters.value("own_feeder_min_mw") * 1000.0,
        _parts_off(horizon, parameters),
        hubs,
        ahead or {},
    )


def _parts_off(horizon: Horizon, parameters: Parameters) -> tuple[Flags, ...]:
    """Parts of the week that are together short enough for a non-firm connection to be off.

    A horizon keeps the quarters that can be full in the peak window, in the night and in the
    rest of the week apart, so what it keeps tells for each part whether any of it is full.
    """
    window, night = window_and_night(horizon.axis, parameters)
    parts = [window > 0, night > 0, (window <= 0) & (night <= 0)]
    week = horizon.axis.stretch.quarters
    most = parameters.value("non_firm_share_max") * week
    choices = [
        np.logical_or.reduce(chosen)
        for size in range(1, len(parts))
        for chosen in combinations(parts, size)
    ]
    return tuple(choice[horizon.quarters] for choice in choices if choice[:week].sum() <= most)


def hub_rooms(twin: Twin, plan: Plan, horizon: Horizon) -> tuple[HubRoom, ...]:
    """What every energy hub of a plan leaves under its shared limit.

    Parameters
    ----------
    twin, plan
        The city and the plan; hubs that count and have a shared limit are taken.
    horizon
        Horizon of that plan; gives the case, the years and the quarters.

    Raises
    ------
    InvalidData
        With every place or asset of the plan that is not there.
    """
    twin = with_outlines(twin, plan)
    sites, issues = plan_sites(twin, plan)
    raise_faults(issues)
    is_hub = twin.catalogue.kinds.set_index("kind")["shape"].eq("cap")
    found = []
    for measure in measures_of(plan):
        if not (measure.counts and is_hub.get(measure.kind, False)):
            continue
        room_kw = np.zeros((len(horizon.years), horizon.quarters.size))
        drawn_kw = hub_drawn_kw(twin, sites[measure.place], horizon.case)[horizon.quarters]
        for at, year in enumerate(horizon.years):
            if measure.measure_id in sizes_at(plan, sites, year, horizon.case):
                index = outlook_at(twin, plan, year, horizon.case, "load").demand_index
                room_kw[at] = np.maximum(measure.limit_kw - drawn_kw * index, 0.0)
        found.append(HubRoom(measure.measure_id, measure.place, room_kw))
    return tuple(found)


def connection_that_fits(
    horizon: Horizon, place: str, kw: float, profile: str, category: int, *, terms: Terms
) -> pd.DataFrame:
    """Whether a connection fits, per year and contract, and what binds it.

    Parameters
    ----------
    horizon
        The city over the years.
    place
        One of the places of the horizon.
    kw
        Its power, larger than zero. [kW]
    profile
        Its course, one of ``PROFILES``.
    category
        Legal category of priority; a new request is the last of its category.
    terms
        Sizes, shares, hubs, and who waits before it.

    Returns
    -------
    One row per year and contract: ``year, contract, fits, kw, connects_at, binding,
    binding_kind, binding_at, kw_short, first_year``. ``kw`` is what fits from that year on;
    ``first_year`` is the first year in which all of it does, missing when none.

    Raises
    ------
    NotFound
        When the horizon does not hold the place.

    Notes
    -----
    Time block: nothing is drawn in the peak window. Non-firm: it stays off in a part of the
    design week (the window, the night, or the rest) in which a link would be over its limit,
    where that part is no longer than is allowed; a stand-in until dispatch is simulated. Hub:
    within what the shared limit leaves, and on links as they are before anyone waits, since the
    contract of the group has been granted already.
    """
    nodes, connects_at = connection_nodes(horizon, place, kw, terms)
    request = Request(place, np.full(len(horizon.years), kw), profile, nodes)
    first = open_ledger(horizon, np.zeros(0, dtype=np.int64))
    ledger = terms.ahead.get(category, first)
    rows = []
    for chance in (firm_chance(ledger, request), *flexible_chances(ledger, first, request, terms)):
        fits = chance.kw >= kw - TOLERANCE_KW
        first_year = float(horizon.years[int(np.argmax(fits))]) if fits.any() else np.nan
        for year, calendar_year in enumerate(horizon.years):
            binding = NOTHING if fits[year] else chance.held_by(year)
            rows.append(
                {
                    "year": calendar_year,
                    "contract": chance.contract,
                    "fits": "yes" if fits[year] else "no",
                    "kw": float(chance.kw[year]),
                    "connects_at": connects_at,
                    "binding": binding.name,
                    "binding_kind": binding.kind,
                    "binding_at": binding.at,
                    "kw_short": binding.short + binding.overload_kw,
                    "first_year": first_year,
                }
            )
    return pd.DataFrame(rows)


def earliest_contract(chances: pd.DataFrame) -> tuple[str | None, int | None]:
    """Contract with which a connection fits first, the firmer of equal ones, and its year.

    Parameters
    ----------
    chances
        Answer of `connection_that_fits`.
    """
    first = chances.groupby("contract", sort=False)["first_year"].first().dropna()
    if first.empty:
        return None, None
    return str(first.idxmin()), int(first.min())


def connection_nodes(horizon: Horizon, place: str, kw: float, terms: Terms) -> tuple[Ints, str]:
    """Nodes at which a connection of this size may hang, and what they are.

    Parameters
    ----------
    horizon
        The city over the years.
    place
        One of its places.
    kw
        Size of the connection. [kW]
    terms
        Largest sizes.

    Returns
    -------
    Positions of nodes, none where the place has none of that kind; and ``busbar``, ``feeder``
    or ``substation``.
    """
    check_place(horizon, place)
    if kw <= terms.busbar_max_kw:
        return horizon.busbars[place], "busbar"
    if kw <= terms.feeder_max_kw:
        return horizon.feeders[place], "feeder"
    return np.array([horizon.roots[place]], dtype=np.int64), "substation"


def check_place(horizon: Horizon, place: str) -> None:
    """Make sure that a horizon holds a place.

    Raises
    ------
    NotFound
        When it does not.
    """
    if place not in horizon.busbars:
        raise NotFound(
            f"place {place!r}: the horizon was built without it. "
            "Name it among the places that the horizon is built for."
        )


def firm_chance(ledger: Ledger, request: Request) -> Chance:
    """What fits of a connection that may draw whenever it wants."""
    return _by_course("firm", ledger, request, ledger.horizon.shapes[request.profile])


def flexible_chances(
    ledger: Ledger, before: Ledger, request: Request, terms: Terms
) -> tuple[Chance, ...]:
    """What fits under each contract but the firm one; a hub only where there is one.

    Parameters
    ----------
    ledger
        What is connected before it.
    before
        The same before anyone who waits, but for who is in a hub.
    request
        What is asked.
    terms
        Shares, and what hubs leave beside those who are in them.
    """
    horizon = ledger.horizon
    course = horizon.shapes[request.profile]
    blocked = course * horizon.shapes["outside_window"]
    parts_off = [np.where(off, 0.0, course) for off in terms.may_be_off] or [course]
    chances = [
        _by_course("time_block", ledger, request, blocked),
        max((_by_course("non_firm", ledger, request, each) for each in parts_off), key=_most),
    ]
    hubs = [hub for hub in terms.hubs if hub.place == request.place]
    if hubs:
        chances.append(max((_in_hub(before, request, course, hub) for hub in hubs), key=_most))
    return tuple(chances)


def no_station(short: float = 0.0) -> Binding:
    """What binds where a place has no station to hang on."""
    return Binding(NO_STATION, NO_STATION_KIND, None, None, short)


def _most(chance: Chance) -> float:
    return float(chance.kw.sum())


def _by_course(contract: str, ledger: Ledger, request: Request, course: Floats) -> Chance:
    """What fits in every quarter in which it draws."""
    power_kw = request.power_kw
    if not request.nodes.size:
        nowhere = np.zeros(0, dtype=np.int64)
        fits_kw = np.zeros(power_kw.size)
        return Chance(contract, fits_kw, lambda year: no_station(power_kw[year]), nowhere)
    takes_kw = takes_at_nodes(ledger, request.nodes, course)
    # Who starts in a year picks the node that takes most from then on.
    best = request.nodes[takes_kw.argmax(axis=0)]

    def held_by(year: int) -> Binding:
        tree = ledger.horizon.tree
        branch = branch_to(tree.parent, tree.order, best[year : year + 1])
        offer = power_offer(ledger, branch, course)
        return find_binding(ledger, offer, year, float(power_kw[year]))

    return Chance(contract, np.minimum(takes_kw.max(axis=0), power_kw), held_by, best)


def _in_hub(before: Ledger, request: Request, course: Floats, hub: HubRoom) -> Chance:
    """What fits within what the shared limit leaves, and on the links beside who is in a hub."""
    on_links = _by_course("hub", before, request, course)
    drawing = np.flatnonzero(course > 0)
    takes = np.maximum(hub.room_kw[:, drawing] / course[drawing], 0.0)
    alone = takes.min(axis=1, initial=np.inf)
    left = lasting(alone)

    def held_by(year: int) -> Binding:
        if left[year] > on_links.kw[year]:
            return on_links.held_by(year)
        tightest = year + int(np.argmin(alone[year:]))
        at = before.times[drawing[int(np.argmin(takes[tightest]))]]
        short = float(request.power_kw[year] - left[year])
        return Binding(hub.measure_id, "hub", at, before.horizon.years[tightest], short)

    fits_kw = np.minimum(left, on_links.kw)
    return Chance("hub", fits_kw, held_by, on_links.nodes, hub.measure_id)
