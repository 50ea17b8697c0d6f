"""What every link still takes, year by year, while the rows of a queue are connected in turn.

A size *fits in year y* when every link between its place and the region takes it, in every kept
quarter of year y and of every later year of the horizon, beside what was connected before it:
what is connected stays connected, and stays where it is. That is the one meaning of "fits" in
this room.

All new homes draw one shape, so homes are kept as multiples of the home that rooms are counted
in; connections draw shapes of their own and are kept per quarter. Because what fits must keep
fitting, the least of this and all later years counts at every link, and what fits can only grow
over the years: a size that is connected early is never in the way of its own later phases.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from stroomstad.blocks import Floats, Ints
from stroomstad.capacity.headroom import (
    Branch,
    binding_links,
    branch_to,
    in_proportion,
    link_capacity,
    room,
    room_total,
    spread,
    whole,
)
from stroomstad.capacity.homes import largest_link
from stroomstad.measures.twin import Horizon
from stroomstad.tables.grid import LINK_KINDS

# Own choice: with ten years and a hundred quarters this keeps the working memory below 50 MB.
_LINKS_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Ledger:
    """A horizon, and what has been connected on it so far; its arrays change as rows are booked.

    Attributes
    ----------
    horizon
        The city over the years, before any project is connected.
    times
        Start of each kept quarter, ISO 8601 in UTC. Shape (quarters,)
    homes_left
        Homes of ``horizon.home_kw`` that each link still takes in the year alone; negative is
        a shortage. Shape (years, links)
    quarter
        Kept quarter in which the link is full; -1 for none. Shape (years, links)
    homes_booked
        Homes of ``horizon.home_kw`` behind each link that rows added. Shape (years, links)
    kva_booked
        What connections added, per link that carries any. [kVA], shape (years, quarters) each
    region_kw_left
        What the region still leaves. [kW], shape (years,)
    """

    horizon: Horizon
    times: tuple[str, ...]
    homes_left: Floats
    quarter: Ints
    homes_booked: Floats
    kva_booked: dict[int, Floats]
    region_kw_left: Floats


@dataclass(frozen=True, slots=True)
class Offer:
    """What a place still takes, in homes of one kind or in kW of one profile.

    Attributes
    ----------
    branch
        Where it may hang, and what leads there.
    alone
        What each link takes in the year alone; negative is a shortage. Shape (years, branch)
    quarter
        Kept quarter in which the link is full; -1 for none. Shape (years, branch)
    left
        What each link takes in this and all later years. Shape (years, branch)
    most
        The same, never negative, and whole for homes. Shape (years, branch)
    fits
        What fits at the place from each year on. Shape (years,)
    shape
        Course of what would be connected. [1], shape (quarters,)
    """

    branch: Branch
    alone: Floats
    quarter: Ints
    left: Floats
    most: Floats
    fits: Floats
    shape: Floats


@dataclass(frozen=True, slots=True)
class Binding:
    """The asset that holds a place where it is.

    Attributes
    ----------
    name, kind
        Identifier of the link, and its kind.
    at
        Start of the quarter in which it is full, ISO 8601 in UTC.
    year
        Year in which it leaves least, this one or a later one.
    short
        What is lacking to the size asked, in its own unit.
    overload_kw
        What the links that bind lack already, before anything of it. [kW]
    """

    name: str | None
    kind: str | None
    at: str | None
    year: int | None
    short: float
    overload_kw: float = 0.0


def open_ledger(horizon: Horizon, links: Ints | None = None) -> Ledger:
    """Make a ledger on which nothing is booked yet.

    Parameters
    ----------
    horizon
        The city over the years.
    links
        Links that will be asked for homes; all when left out. The others take none.

    Raises
    ------
    ValueError
        When the horizon is not of the direction load.
    """
    if horizon.direction != "load":
        raise ValueError(f"ledger: what fits is asked of load, not of {horizon.direction}.")
    shape = horizon.limit_kva.shape
    ledger = Ledger(
        horizon,
        tuple(horizon.axis.names(horizon.quarters)),
        np.zeros(shape),
        np.zeros(shape, dtype=np.int64),
        np.zeros(shape),
        {},
        horizon.region_kw.astype(np.float64),
    )
    wanted = np.arange(shape[1]) if links is None else links
    for start in range(0, wanted.size, _LINKS_AT_ONCE):
        _count_homes(ledger, wanted[start : start + _LINKS_AT_ONCE])
    return ledger


def copied(ledger: Ledger) -> Ledger:
    """Make a ledger with the same bookings that changes on its own."""
    return replace(
        ledger,
        homes_left=ledger.homes_left.copy(),
        quarter=ledger.quarter.copy(),
        homes_booked=ledger.homes_booked.copy(),
        kva_booked={link: kva.copy() for link, kva in ledger.kva_booked.items()},
        region_kw_left=ledger.region_kw_left.copy(),
    )


def lasting(values: Floats) -> Floats:
    """Least of this and all later years.

    Parameters
    ----------
    values
        Any quantity. Shape (years, …)

    Examples
    --------
    >>> lasting(np.array([3.0, 1.0, 2.0]))
    array([1., 1., 2.])
    """
    return np.asarray(np.minimum.accumulate(values[::-1], axis=0)[::-1])


def home_offer(ledger: Ledger, branch: Branch, kw_per_home: float) -> Offer:
    """What a place still takes in homes of one kind.

    Parameters
    ----------
    ledger
        What is connected before them.
    branch
        Busbars at which they may hang, and what leads there.
    kw_per_home
        What one of them draws at its peak at station level, larger than zero. [kW]
    """
    per_home = kw_per_home / ledger.horizon.home_kw
    alone = ledger.homes_left[:, branch.nodes] / per_home
    left = lasting(alone)
    most = whole(left)
    quarter, shape = ledger.quarter[:, branch.nodes], ledger.horizon.shapes["home"]
    return Offer(branch, alone, quarter, left, most, _fits(branch, most), shape)


def homes_year_by_year(offer: Offer) -> Floats:
    """Whole homes that a place takes in each year alone, whatever comes later. Shape (years,)."""
    return _fits(offer.branch, whole(offer.alone))


def power_offer(ledger: Ledger, branch: Branch, shape: Floats) -> Offer:
    """What a place still takes in kW of one profile.

    Parameters
    ----------
    ledger
        What is connected before it.
    branch
        Nodes at which it may hang, and what leads there.
    shape
        Its course, 1 at its power. [1], shape (quarters,)
    """
    alone, quarter = _takes(
        left_kva(ledger, branch.nodes), shape, ledger.horizon.kva_per_kw[branch.nodes]
    )
    left = lasting(alone)
    most = np.maximum(left, 0.0)
    return Offer(branch, alone, quarter, left, most, _fits(branch, most), shape)


def left_kva(ledger: Ledger, links: Ints) -> Floats:
    """What some links have left beside everything booked.

    Parameters
    ----------
    ledger
        What is connected.
    links
        Positions of the links.

    Returns
    -------
    Limit less load; negative is a shortage. [kVA], shape (years, links, quarters)
    """
    of_homes = ledger.homes_booked[:, links] * _home_kva(ledger.horizon, links)
    drawn_kva = of_homes[:, :, None] * ledger.horizon.shapes["home"]
    return _left_by_homes_kva(ledger, links) - drawn_kva


def takes_at_nodes(ledger: Ledger, nodes: Ints, shape: Floats) -> Floats:
    """What each of some nodes takes on its own, from each year on.

    Parameters
    ----------
    ledger
        What is connected before it.
    nodes
        Where it may hang, at least one.
    shape
        Its course. [1], shape (quarters,)

    Returns
    -------
    [kW], shape (nodes, years)
    """
    tree = ledger.horizon.tree
    offer = power_offer(ledger, branch_to(tree.parent, tree.order, nodes), shape)
    least = offer.most.T.copy()
    for link, above in enumerate(offer.branch.parent.tolist()):
        if above >= 0:
            np.minimum(least[link], least[above], out=least[link])
    at = np.searchsorted(np.sort(offer.branch.nodes), nodes)
    return np.asarray(least[np.argsort(offer.branch.nodes)[at]])


def best_node(ledger: Ledger, nodes: Ints, shape: Floats, power_kw: Floats) -> int:
    """Node at which a connection fits first, and of equal ones the one that takes most.

    Parameters
    ----------
    ledger
        What is connected before it.
    nodes
        Where it may hang, at least one.
    shape
        Its course. [1], shape (quarters,)
    power_kw
        What it asks in each year. [kW], shape (years,)
    """
    if nodes.size == 1:
        return int(nodes[0])
    by_node = takes_at_nodes(ledger, nodes, shape)
    short = (by_node < power_kw).sum(axis=1)
    return int(nodes[np.lexsort((nodes, -by_node.sum(axis=1), short))[0]])


def book_homes(ledger: Ledger, offer: Offer, homes: Floats, kw_per_home: float) -> Floats:
    """Connect homes year by year, spread over the busbars so that no link takes more than it may.

    Parameters
    ----------
    ledger
        What is connected before them; changes.
    offer
        Answer of `home_offer` for these homes and this ledger.
    homes
        Whole homes at the end of each year, never falling and at most what fits. Shape (years,)
    kw_per_home
        What one of them draws at its peak. [kW]

    Returns
    -------
    Homes behind each link of the branch at the end of each year. Shape (years, branch)
    """
    branch = offer.branch
    start = int(np.argmax(homes > 0))
    most = np.minimum(offer.most, homes[-1])
    behind = np.zeros(branch.nodes.size)
    each_year = np.zeros(offer.most.shape)
    if offer.fits[start] >= homes[-1]:
        # All of it fits from the start, so one way to place it serves every phase: the phases
        # fill one busbar after the other.
        at_nodes = _placed(branch, most[start], homes[-1])
        placed_before = np.cumsum(at_nodes) - at_nodes
        phases = dict.fromkeys(homes.tolist())
        for phase in phases:
            filled = np.clip(phase - placed_before, 0.0, at_nodes)
            each_year[homes == phase] = _behind(branch, filled)
    else:
        for year, more in enumerate(np.diff(homes, prepend=0.0).tolist()):
            if more > 0:
                behind += _behind(branch, _placed(branch, most[year] - behind, more))
            each_year[year] = behind
    equivalents = each_year * (kw_per_home / ledger.horizon.home_kw)
    ledger.homes_left[:, branch.nodes] -= equivalents
    ledger.homes_booked[:, branch.nodes] += equivalents
    return each_year


def book_power(ledger: Ledger, offer: Offer, power_kw: Floats, shape: Floats) -> Floats:
    """Connect power at the one node of an offer.

    Parameters
    ----------
    ledger
        What is connected before it; changes.
    offer
        Answer of `power_offer` for one node.
    power_kw
        Power at the end of each year, at most what fits. [kW], shape (years,)
    shape
        Its course. [1], shape (quarters,)

    Returns
    -------
    Power behind each link of the branch at the end of each year. [kW], shape (years, branch)
    """
    added_kw = power_kw[:, None] * shape
    for link in offer.branch.nodes.tolist():
        added_kva = added_kw * ledger.horizon.kva_per_kw[link]
        ledger.kva_booked[link] = ledger.kva_booked.get(link, 0.0) + added_kva
    _count_homes(ledger, offer.branch.nodes)
    return np.tile(power_kw[:, None], offer.branch.nodes.size)


def find_binding(ledger: Ledger, offer: Offer, year: int, asked: float) -> Binding:
    """Find what holds an offer where it is: the largest link of the smallest cut.

    Parameters
    ----------
    ledger
        The ledger of the offer.
    offer
        What fits.
    year
        Position of the year.
    asked
        Size that is asked, in the unit of the offer.
    """
    branch, tree = offer.branch, ledger.horizon.tree
    most = offer.most[year]
    cut = binding_links(branch, most, room(branch, most))
    if not cut.size:
        return Binding(None, None, None, None, 0.0)
    sizes = np.zeros(tree.parent.size)
    sizes[branch.nodes] = offer.left[year]
    link = largest_link(branch.nodes[cut], tree, sizes)
    at = int(np.flatnonzero(branch.nodes == link)[0])
    tightest = year + int(np.argmin(offer.alone[year:, at]))
    quarter, overload_kw = int(offer.quarter[tightest, at]), 0.0
    if (offer.left[year, cut] < 0).any():
        over_kw = _overloads_kw(ledger, offer, branch.nodes[cut], year)
        overload_kw = float(over_kw.max(axis=(0, 2)).sum())
        of_link = over_kw[:, np.flatnonzero(branch.nodes[cut] == link)[0]]
        if of_link.any():
            # Where a link is over its limit already, its fullest quarter tells more than the
            # one in which most of what is asked would have to go.
            later, quarter = divmod(int(np.argmax(of_link)), of_link.shape[1])
            tightest = year + later
    return Binding(
        str(tree.link_ids[link]),
        LINK_KINDS[tree.link_kind[link]],
        None if quarter < 0 else ledger.times[quarter],
        ledger.horizon.years[tightest],
        max(0.0, asked - float(np.maximum(offer.left[year, cut], 0.0).sum())),
        overload_kw,
    )


def _overloads_kw(ledger: Ledger, offer: Offer, links: Ints, year: int) -> Floats:
    """Power by which links are over their limit in this and later years, when anything is drawn.

    Returns
    -------
    [kW], shape (years, links, quarters)
    """
    lacking_kva = np.maximum(-left_kva(ledger, links)[year:], 0.0) * (offer.shape > 0)
    return np.asarray(lacking_kva / ledger.horizon.kva_per_kw[links][:, None])


def _home_kva(horizon: Horizon, links: Ints) -> Floats:
    """What one home of ``horizon.home_kw`` adds to some links at its peak. [kVA]."""
    return horizon.home_kw * horizon.kva_per_kw[links] * horizon.level_factor_unit[links]


def _left_by_homes_kva(ledger: Ledger, links: Ints) -> Floats:
    """What links have left beside booked connections. [kVA], shape (years, links, quarters)."""
    horizon = ledger.horizon
    left = horizon.limit_kva[:, links][:, :, None] - horizon.base_kva[:, links]
    for row, link in enumerate(links.tolist()):
        if link in ledger.kva_booked:
            left[:, row] -= ledger.kva_booked[link]
    return np.asarray(left, dtype=np.float64)


def _takes(left_kva: Floats, unit_kw: Floats, kva_per_kw: Floats) -> tuple[Floats, Ints]:
    """Units that links take in each year, and the quarter in which they are full.

    Parameters
    ----------
    left_kva
        What they have left. [kVA], shape (years, links, quarters)
    unit_kw
        What one unit draws. [kW], shape (quarters,)
    kva_per_kw
        Apparent power per kW, level factors included. [kVA/kW], shape (links,)
    """
    years, links, quarters = left_kva.shape
    capacity, quarter = link_capacity(
        np.zeros(years * links),
        -left_kva.reshape(years * links, quarters),
        unit_kw,
        np.tile(kva_per_kw, years),
        np.ones(years * links),
    )
    return capacity.reshape(years, links), quarter.reshape(years, links)


def _count_homes(ledger: Ledger, links: Ints) -> None:
    """Count anew how many homes some links still take, beside everything booked."""
    horizon = ledger.horizon
    capacity, quarter = _takes(
        _left_by_homes_kva(ledger, links), horizon.shapes["home"], _home_kva(horizon, links)
    )
    ledger.homes_left[:, links] = capacity - ledger.homes_booked[:, links]
    ledger.quarter[:, links] = quarter


def _fits(branch: Branch, most: Floats) -> Floats:
    """Room of a branch in every year; years that are alike are counted once."""
    fits = np.empty(most.shape[0])
    for year in range(fits.size):
        same = year > 0 and np.array_equal(most[year], most[year - 1])
        fits[year] = fits[year - 1] if same else room_total(branch, room(branch, most[year]))
    return fits


def _placed(branch: Branch, most: Floats, homes: float) -> Floats:
    """Whole homes at each node, in proportion to what each side takes. Shape (branch,)."""
    through = room(branch, most)
    roots = np.flatnonzero(branch.parent < 0)
    through[roots] = in_proportion(homes, through[roots])
    return spread(branch, through)


def _behind(branch: Branch, at_nodes: Floats) -> Floats:
    """Sum over each node and everything behind it within a branch. Shape (branch,)."""
    behind = at_nodes.tolist()
    above = branch.parent.tolist()
    for link in range(len(behind) - 1, -1, -1):
        if above[link] >= 0:
            behind[above[link]] += behind[link]
    return np.asarray(behind, dtype=np.float64)
