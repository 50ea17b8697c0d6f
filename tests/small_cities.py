"""Small made-up cities for the search: random trees, projects, connections and measures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from stroomstad.search.model import Choices, Demand, Links, Money, Problem


def small_city(seed, *, years=None, choices=None, connections=None, simple=False):
    """A city of 5 to 15 links; ``simple`` leaves out everything but homes and higher limits."""
    rng = np.random.default_rng(seed)
    years = years or int(rng.integers(2, 5))
    choices = int(rng.integers(1, 7)) if choices is None else choices
    if connections is None:
        connections = 0 if simple else int(rng.integers(0, 3))
    links = _links(rng, years)
    demand = _demand(rng, links, years, connections)
    measures = _choices(rng, links, demand, years, choices, simple)
    premium = float(rng.choice([0.0, 0.05]))
    return Problem(links, demand, measures, _money(rng, measures, years), premium)


def _links(rng, years):
    count, quarters = int(rng.integers(5, 16)), int(rng.integers(2, 6))
    name = rng.permutation(count)
    parent = np.full(count, -1)
    for i in range(1, count):
        parent[name[i]] = name[rng.integers(0, i)]
    depth = np.zeros(count)
    for i in range(1, count):
        depth[name[i]] = depth[parent[name[i]]] + 1
    limit = rng.uniform(80, 400, count) * np.where(depth == 0, 4.0, 1.0)
    growth = 1 + rng.uniform(0, 0.08) * np.arange(years)
    shapes = np.vstack(
        [
            np.append(rng.uniform(0.1, 1.0, quarters - 1), 1.0),
            np.ones(quarters),
            np.append(np.zeros(quarters - 1), 1.0),
            np.append(np.full(quarters - 1, -0.5), 1.0),
        ]
    )
    share = rng.uniform(0.1, 1.05, count)
    base = limit[:, None] * share[:, None] * rng.uniform(0.6, 1.0, (count, quarters))
    region = np.full(years, np.inf)
    if rng.random() < 0.3:
        region = rng.uniform(-50, 400) + np.cumsum(rng.uniform(0, 80, years))
    return Links(
        parent,
        name,
        (base[None] * growth[:, None, None]).astype(np.float32),
        np.tile(limit, (years, 1)),
        rng.uniform(1.0, 1.1, count),
        np.where(depth < 2, 0.8, 1.0),
        shapes,
        region,
    )


def _demand(rng, links, years, connections):
    nodes, projects = links.parent.size, int(rng.integers(1, 4))
    leaves = np.setdiff1d(np.arange(nodes), links.parent)
    sites = tuple(
        np.sort(rng.choice(leaves, size=rng.integers(1, leaves.size + 1), replace=False))
        for _ in range(projects)
    )
    asked = np.cumsum(rng.integers(0, 60, (projects, years)), axis=1).astype(float)
    return Demand(
        rng.choice([1.0, 1.5, 2.5], projects),
        asked,
        sites,
        rng.uniform(20, 150, connections),
        rng.integers(1, 3, connections),
        rng.uniform(10, 150, connections),
        rng.integers(0, years, connections),
        tuple(
            np.sort(rng.choice(nodes, size=rng.integers(1, 3), replace=False))
            for _ in range(connections)
        ),
        rng.uniform(10, 60, connections),
    )


def _choices(rng, links, demand, years, count, simple):
    nodes = links.parent.size
    raises, draws = np.zeros((nodes, count)), np.zeros((nodes, count))
    shape, as_homes = np.ones(count, dtype=np.int64), np.zeros(count, dtype=bool)
    variants = []
    whole, size_max = np.ones(count, dtype=bool), rng.integers(1, 3, count).astype(float)
    region = np.zeros(count)
    for m in range(count):
        kind = "raise" if simple else rng.choice(["raise", "relief", "battery", "variant"])
        at = _on_a_way(rng, links.parent, demand.sites)
        if kind == "raise":
            raises[at, m] = rng.uniform(60, 300)
        if kind == "relief":
            draws[at, m], size_max[m], whole[m] = -1.0, rng.uniform(20, 120), False
            region[m] = 0.5
        if kind == "battery":
            draws[at, m], shape[m] = -rng.uniform(20, 80), 3
        if kind == "variant":
            project = int(rng.integers(0, len(demand.sites)))
            sites = demand.sites[project]
            draws[sites, m] = -0.5 * demand.home_kw[project] / sites.size
            shape[m], as_homes[m], whole[m], size_max[m] = 0, True, False, 1e4
            variants.append((np.asarray([m]), np.asarray([project])))
    needs = np.zeros((0, 2), dtype=np.int64)
    if count > 1 and not simple and rng.random() < 0.4:
        needs = np.asarray([[1, 0]])
    return Choices(
        size_max,
        whole,
        np.where(whole | (shape == 0), 1.0, 0.001),
        rng.integers(0, years, count),
        np.full(count, years - 1),
        raises,
        draws,
        shape,
        as_homes,
        region,
        needs,
        rng.random(count) < 0.7,
        tuple(variants),
    )


def _on_a_way(rng, parent, sites):
    """A link between some place and its substation."""
    way = [int(rng.choice(np.concatenate(sites)))]
    while parent[way[-1]] >= 0:
        way.append(int(parent[way[-1]]))
    return int(rng.choice(way))


def _money(rng, choices, years):
    count = choices.size_max.size
    share = np.where(choices.size_max > 100, 0.02, np.where(choices.whole, 1.0, 0.01))
    invest = rng.uniform(1e4, 1e5, count) * share
    yearly = invest * rng.uniform(0, 0.05, count)
    lines = int(rng.integers(1, 3))
    pays = rng.random((lines, count))
    pays /= np.maximum(pays.sum(axis=0), 1e-9)
    return Money(
        invest,
        yearly,
        rng.integers(1, 5, count),
        1.02 ** -np.arange(years),
        rng.uniform(0.2e5, 2e5, lines),
        np.zeros(lines, dtype=np.int64),
        np.full(lines, years - 1),
        pays * invest,
        pays * yearly,
    )


def with_money(problem, **changes):
    return replace(problem, money=replace(problem.money, **changes))


def with_links(problem, **changes):
    return replace(problem, links=replace(problem.links, **changes))
