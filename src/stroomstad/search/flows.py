"""The tree of homes that is left to search, and back: whole homes at every place.

Links in series share one flow. Places of the same projects behind links that nothing acts on
stand for one place: what such links let through is a polymatroid that grows with the years, so
every total that grows can be spread over them [1]_.

References
----------
.. [1] Edmonds (1970), Submodular functions, matroids, and certain polyhedra.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from stroomstad.blocks import Floats, Ints
from stroomstad.search.model import (
    HOME,
    TOLERANCE_KVA,
    Flags,
    Mix,
    Problem,
    ancestors,
    draw_per_unit_kva,
    new_power,
    nothing,
)
from stroomstad.search.narrowing import Narrowed
from stroomstad.search.rows import Layout

# The programme is solved to a tolerance; a share this near a whole home counts as whole.
_WHOLE = 1e-5
_DECIMALS = 6
_NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Flows:
    """Flows of homes, and shares of projects in them.

    Attributes
    ----------
    parent
        Position of the flow that each flow joins, which comes later; -1 at a substation.
        Shape (flows,)
    bound_kw
        Most that may pass, whatever is built. [kW], shape (flows, years)
    region_factor
        What the region sees of it; zero but at a substation. [1], shape (flows,)
    of_link
        Flow through each link that is kept; -1 for others. Shape (links,)
    share_project, share_flow
        Project of each share, and the flow it joins. Shape (shares,) each
    share_sites
        Per share its places.
    """

    parent: Ints
    bound_kw: Floats
    region_factor: Floats
    of_link: Ints
    share_project: Ints
    share_flow: Ints
    share_sites: tuple[Ints, ...]


@dataclass(frozen=True, slots=True)
class _Room:
    """What links still take in a year: paths from places, capacity, and what passes so far."""

    paths: Mapping[int, Ints]
    capacity_kw: Floats
    passing_kw: Floats


@dataclass(slots=True)
class _Stream:
    """A flow while the tree is contracted."""

    bound_kw: Floats
    links: list[int]
    acted_on: bool
    shares: dict[int, list[int]] = field(default_factory=dict)
    children: list[_Stream] = field(default_factory=list)

    @property
    def pure(self) -> bool:
        """Whether it is one number per year, whatever is built."""
        return not self.acted_on and not self.children


def contract(problem: Problem, narrowed: Narrowed) -> Flows:
    """Contract the tree to the flows that can be full, and merge places that are alike."""
    links = problem.links
    tops = _streams(problem, narrowed)
    ordered: list[tuple[_Stream, int]] = []
    region: list[float] = []
    for root, top in tops:
        first = len(ordered)
        _number(top, ordered)
        region += [0.0] * (len(ordered) - first - 1) + [float(links.level_factor_unit[root])]
    of_link = np.full(links.parent.size, -1, dtype=np.int64)
    for position, (stream, _) in enumerate(ordered):
        of_link[stream.links] = position
    shares = [
        (project, position, np.asarray(sites, dtype=np.int64))
        for position, (stream, _) in enumerate(ordered)
        for project, sites in sorted(stream.shares.items())
    ]
    return Flows(
        np.asarray([above for _, above in ordered], dtype=np.int64),
        np.asarray([s.bound_kw for s, _ in ordered]).reshape(len(ordered), problem.years),
        np.asarray(region),
        of_link,
        np.asarray([project for project, _, _ in shares], dtype=np.int64),
        np.asarray([flow for _, flow, _ in shares], dtype=np.int64),
        tuple(sites for _, _, sites in shares),
    )


def _streams(problem: Problem, narrowed: Narrowed) -> list[tuple[int, _Stream]]:
    """Per substation with homes behind it the stream through it."""
    links = problem.links
    acted_on = np.zeros(links.parent.size, dtype=bool)
    acted_on[narrowed.touched.links[np.unique(narrowed.rows[:, 1])]] = True
    keep = narrowed.keep | (narrowed.below.homes & (links.parent < 0))
    near = _nearest_kept(problem, keep)
    streams = {
        int(link): _Stream(narrowed.capacity_kw[:, link].copy(), [int(link)], bool(acted_on[link]))
        for link in links.order[keep[links.order]]
    }
    for project, sites in enumerate(problem.demand.sites):
        for site in sites.tolist():
            streams[int(near[site])].shares.setdefault(project, []).append(site)
    asked_kw = problem.demand.home_kw[:, None] * problem.demand.asked
    for link in reversed(streams):
        _simplify(streams[link], asked_kw)
        above = int(links.parent[link])
        if above >= 0:
            streams[int(near[above])].children.append(streams[link])
    return [(link, streams[link]) for link in streams if links.parent[link] < 0]


def _nearest_kept(problem: Problem, keep: Flags) -> Ints:
    parent = problem.links.parent
    near = np.full(parent.size, -1, dtype=np.int64)
    for link in problem.links.order:
        near[link] = link if keep[link] else (near[parent[link]] if parent[link] >= 0 else -1)
    return near


def _simplify(stream: _Stream, asked_kw: Floats) -> None:
    """Merge what is alike behind a stream, and let a lone stream in series take its place."""
    alike: dict[tuple[int, ...], _Stream] = {}
    others = []
    for child in stream.children:
        projects = tuple(sorted(child.shares))
        if not child.pure:
            others.append(child)
        elif projects in alike:
            _merge(alike[projects], child)
        else:
            alike[projects] = child
    stream.children = others
    for projects, child in sorted(alike.items()):
        anyway = all(project in stream.shares for project in projects)
        most_kw = asked_kw[list(projects)].sum(axis=0)
        if anyway or (child.bound_kw >= most_kw - TOLERANCE_KVA).all():
            _take_shares(stream, child)
        else:
            stream.children.append(child)
    if len(stream.children) == 1 and not stream.shares:
        _take_over(stream, stream.children[0])


def _merge(one: _Stream, other: _Stream) -> None:
    one.bound_kw = one.bound_kw + other.bound_kw
    one.links += other.links
    _take_shares(one, other)


def _take_shares(stream: _Stream, other: _Stream) -> None:
    for project, sites in other.shares.items():
        stream.shares.setdefault(project, []).extend(sites)


def _take_over(stream: _Stream, child: _Stream) -> None:
    stream.bound_kw = np.minimum(stream.bound_kw, child.bound_kw)
    stream.links += child.links
    stream.acted_on |= child.acted_on
    stream.shares, stream.children = child.shares, child.children


def _number(stream: _Stream, ordered: list[tuple[_Stream, int]]) -> None:
    """Append a stream after everything behind it, and tell the latter where it joins."""
    mine = []
    for child in stream.children:
        _number(child, ordered)
        mine.append(len(ordered) - 1)
    for position in mine:
        ordered[position] = (ordered[position][0], len(ordered))
    ordered.append((stream, -1))


def capacity_with(problem: Problem, mix: Mix) -> Floats:
    """Homes that every link takes beside the sizes and connections of a mix, now and ever after.

    Returns
    -------
    Infinite where no home can pass. [kW], shape (years, links)
    """
    links, choices = problem.links, problem.choices
    drawing = np.flatnonzero(links.shapes[HOME] > 0)
    some = np.flatnonzero(ancestors(links.parent, np.concatenate([_NONE, *problem.demand.sites])))
    no_homes = tuple(np.zeros(homes.shape) for homes in mix.homes)
    connected_kw = new_power(problem, Mix(mix.size, no_homes, mix.connected))[1][some]
    unit_kva = draw_per_unit_kva(links, choices)[some]
    per_kw = (links.kva_per_kw * links.level_factor_unit)[some]
    capacity_kw = np.full(links.limit_kva.shape, np.inf)
    courses = links.shapes[:, drawing]
    for year in range(problem.years if drawing.size else 0):
        size = mix.size[:, year]
        limit_kva = links.limit_kva[year, some] + choices.raise_kva[some] @ size
        load_kva = links.base_kva[year, some][:, drawing].astype(np.float64)
        load_kva += (unit_kva * size) @ courses[choices.shape]
        load_kva += links.kva_per_kw[some][:, None] * (connected_kw[:, year] @ courses)
        fits = ((limit_kva[:, None] - load_kva) / courses[HOME]).min(axis=1)
        capacity_kw[year, some] = np.maximum(fits / per_kw, 0.0)
    return np.asarray(np.minimum.accumulate(capacity_kw[::-1], axis=0)[::-1])


def spread_whole(
    problem: Problem, flows: Flows, capacity_kw: Floats, shares: Floats
) -> tuple[Floats, ...]:
    """Place whole homes, no more of each project than its shares hold.

    Parameters
    ----------
    problem, flows
        What was searched.
    capacity_kw
        Homes that every link takes, never falling over the years. [kW], shape (years, links)
    shares
        Homes of each share at the end of each year, never falling. Shape (shares, years)

    Returns
    -------
    Per project whole homes at each of its sites. Shape (sites, years) each

    Notes
    -----
    A share that is no whole number is rounded down; what its places lose is offered to the
    other places of the project, up to the whole homes of all its shares together.
    """
    demand, parent = problem.demand, problem.links.parent
    homes = tuple(np.zeros((sites.size, problem.years)) for sites in demand.sites)
    total = np.zeros((len(demand.sites), problem.years))
    np.add.at(total, flows.share_project, shares)
    in_share = np.zeros(flows.share_project.size)
    passing_kw = np.zeros(parent.size)
    paths = {site: _path(parent, site) for sites in demand.sites for site in sites.tolist()}
    for year in range(problem.years):
        for at in homes if year else ():
            at[:, year] = at[:, year - 1]
        room = _Room(paths, capacity_kw[year], passing_kw)
        left = np.floor(total[:, year] + _WHOLE) - [at[:, year].sum() for at in homes]
        for share, project in enumerate(flows.share_project.tolist()):
            here = np.flatnonzero(np.isin(demand.sites[project], flows.share_sites[share]))
            more = min(left[project], np.floor(shares[share, year] + _WHOLE) - in_share[share])
            placed = _place(room, demand.sites[project][here], demand.home_kw[project], more)
            homes[project][here, year] += placed
            in_share[share] += placed.sum()
            left[project] -= placed.sum()
        for project, sites in enumerate(demand.sites):
            homes[project][:, year] += _place(room, sites, demand.home_kw[project], left[project])
    return homes


def _path(parent: Ints, node: int) -> Ints:
    """A node and everything between it and its substation."""
    passed = [node]
    while parent[passed[-1]] >= 0:
        passed.append(int(parent[passed[-1]]))
    return np.asarray(passed, dtype=np.int64)


def _place(room: _Room, sites: Ints, kw: float, want: float) -> Floats:
    """Place whole homes where they fit, first site first; what passes the links is added up."""
    placed = np.zeros(sites.size)
    for i, site in enumerate(sites.tolist()):
        if want <= 0:
            break
        path = room.paths[site]
        fits = np.floor((room.capacity_kw[path] - room.passing_kw[path]).min() / kw + _WHOLE)
        placed[i] = max(0.0, min(want, fits))
        room.passing_kw[path] += placed[i] * kw
        want -= placed[i]
    return placed


def sizes_of(layout: Layout, columns: Floats) -> Floats:
    """Sizes of an answer. Shape (choices, years)."""
    each = columns[layout.size : layout.homes].reshape(-1, layout.years)
    size: Floats = np.maximum(each, 0.0).round(_DECIMALS)
    return np.asarray(np.maximum.accumulate(size, axis=1))


def mix_of(problem: Problem, flows: Flows, layout: Layout, columns: Floats) -> Mix:
    """Sizes and connections of an answer, with its homes placed whole."""
    connected = columns[layout.connected : layout.gate].reshape(-1, layout.years)
    split = np.cumsum([sites.size for sites in problem.demand.connection_sites])
    shares = columns[layout.homes : layout.flow].reshape(-1, layout.years)
    shares = np.maximum.accumulate(np.maximum(shares, 0.0), axis=1)
    mix = replace(
        nothing(problem),
        size=sizes_of(layout, columns),
        connected=tuple(np.split(connected, split)[:-1]),
    )
    capacity_kw = capacity_with(problem, mix)
    return replace(mix, homes=spread_whole(problem, flows, capacity_kw, shares))


def variants_over(problem: Problem, mix: Mix) -> Floats:
    """How many more homes variants change than there are; negative is to spare.

    Returns
    -------
    Per group of variants. [1], shape (groups, years)
    """
    homes = np.asarray([at.sum(axis=0) for at in mix.homes]).reshape(-1, problem.years)
    over = [
        mix.size[choices].sum(axis=0) - homes[projects].sum(axis=0)
        for choices, projects in problem.choices.variants
    ]
    return np.asarray(over, dtype=np.float64).reshape(-1, problem.years)
