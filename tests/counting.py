"""The best plan for a small city of the search, by counting out every plan it could have.

Counted out are the whole sizes, which connection hangs where from when, from when a link that is
short is open, and from when a measure of any size stands. What is left is linear in homes and
sizes. No part of the search is used but what money costs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations_with_replacement, product

import numpy as np
from scipy.optimize import linprog

from stroomstad.search.model import line_unit_eur

REGION = -1


def paths(size_max, years, first, staged):
    """Every way in which a size can grow over the years."""
    grown = combinations_with_replacement(range(int(size_max) + 1), years)
    return [
        path
        for path in grown
        if not any(path[:first]) and (staged or len(set(path) - {0}) <= 1)
    ]  # fmt: skip


def way_up(parent, node):
    while node >= 0:
        yield int(node)
        node = parent[node]


@dataclass
class Counter:
    """A city taken apart; ``solved`` counts the linear programmes that it took."""

    problem: object
    solved: int = 0
    links: int = field(init=False)

    def __post_init__(self):
        links, demand, choices = self.problem.links, self.problem.demand, self.problem.choices
        self.links, self.years = links.parent.size, self.problem.years
        self.ways = [list(way_up(links.parent, node)) for node in range(self.links)]
        behind = np.zeros((self.links, self.links))
        for node, way in enumerate(self.ways):
            behind[way, node] = 1.0
        self.behind = behind
        self.free = links.limit_kva[:, :, None] - links.base_kva.astype(float)
        level = np.where(choices.as_homes[None, :], links.level_factor_unit[:, None], 1.0)
        drawn = (behind @ choices.draw_kw) * level * links.kva_per_kw[:, None]
        # What one unit adds to a link less what it adds to its limit: (links, choices, quarters).
        courses = links.shapes[choices.shape]
        self.unit = drawn[:, :, None] * courses[None] - choices.raise_kva[:, :, None]
        self.home = (links.kva_per_kw * links.level_factor_unit)[:, None] * links.shapes[0]
        self.whole = np.flatnonzero(choices.whole)
        self.part = np.flatnonzero(~choices.whole)
        self.columns = [
            (p, int(s), y)
            for p, sites in enumerate(demand.sites)
            for s in sites
            for y in range(self.years)
        ]
        self.at = np.array(self.columns).T.reshape(3, -1)
        self.used = sorted({link for _, s, _ in self.columns for link in self.ways[s]})
        self.line_eur = line_unit_eur(self.problem)

    # ----------------------------------------------------------------- what is counted out

    def size_plans(self):
        """Whole sizes of every year that needs and budgets allow, none of them surely worse."""
        choices, money = self.problem.choices, self.problem.money
        ways = [
            paths(choices.size_max[m], self.years, int(choices.earliest[m]), choices.staged[m])
            for m in self.whole
        ]
        allowed = np.zeros([len(way) for way in ways], dtype=bool)
        for at in np.ndindex(*allowed.shape):
            size = self.sizes(ways, at)
            spent = (self.line_eur * size).sum(axis=(1, 2))
            allowed[at] = (spent <= money.line_eur).all() and self.needed(size)
        best = allowed.copy()
        for axis, (m, way) in enumerate(zip(self.whole, ways, strict=True)):
            # A larger measure that only raises limits is never worse, money apart.
            frees = not choices.draw_kw[:, m].any() and not self.pays_for_parts()
            for small, large in product(range(len(way)), repeat=2):
                if frees and small != large and np.all(np.array(way[small]) <= way[large]):
                    here = (slice(None),) * axis + (small,)
                    best[here] &= ~np.take(allowed, large, axis=axis)
        return [self.sizes(ways, at) for at in np.argwhere(best)]

    def pays_for_parts(self):
        return self.part.size > 0

    def sizes(self, ways, at):
        size = np.zeros((self.problem.choices.size_max.size, self.years))
        for m, way, i in zip(self.whole, ways, at, strict=True):
            size[m] = way[i]
        return size

    def needed(self, size):
        """Whether what stands has what it needs, as far as both are whole."""
        whole = self.problem.choices.whole
        return all(
            (size[other][size[one] > 0] >= 1).all()
            for one, other in self.problem.choices.needs
            if whole[one] and whole[other]
        )

    def connection_plans(self):
        """Per connection a place and a first year or neither; those worth most come first."""
        demand, weight = self.problem.demand, self.problem.year_weight
        ways = [
            [None, *product(sites.tolist(), range(int(first), self.years))]
            for sites, first in zip(demand.connection_sites, demand.connection_from, strict=True)
        ]
        plans = []
        for plan in product(*ways):
            each = [
                demand.connection_worth[k] * weight[chosen[1] :].sum() if chosen else 0.0
                for k, chosen in enumerate(plan)
            ]
            plans.append((sum(each), plan))
        return sorted(plans, key=lambda one: -one[0])

    def starts(self):
        """Per measure of any size whose first year matters, every first year, or none."""
        choices = self.problem.choices
        ones = {int(one) for one, _ in choices.needs} if choices.needs.size else set()
        dated = [m for m in self.part.tolist() if m in ones or not choices.staged[m]]
        every = [range(int(min(choices.earliest[m], self.years)), self.years + 1) for m in dated]
        for first in product(*every):
            yield dict(zip(dated, first, strict=True))

    def gates(self, room, made):
        """First open year of every link that is short, and of the region: all that may be best."""
        ways = {}
        for link in self.used:
            short = (self.free[:, link] < 0).any(axis=1)
            over = (room[:, link] < -1e-9) & (self.free[:, link] < 0)
            ways[link] = self.first_years(
                short, over.any(axis=1), (self.unit[link, self.part] < 0).any()
            )
        left = self.problem.links.region_kw
        short = left < 0
        ways[REGION] = self.first_years(
            short, left - self.region_of(made) < 0, (self.problem.choices.region_kw > 0).any()
        )
        names = list(ways)
        for firsts in product(*ways.values()):
            yield dict(zip(names, firsts, strict=True))

    def first_years(self, short, over, helped):
        """First years in which something may pass: once open, nothing that passes ever goes."""
        last = np.flatnonzero(short & over)
        alone = int(last[-1]) + 1 if last.size else 0
        return range(alone + 1) if helped and short.any() else [alone]

    # ----------------------------------------------------------------- what is worked out

    def region_of(self, made):
        kw = np.zeros(self.years)
        for k, chosen in enumerate(made):
            if chosen:
                kw[chosen[1] :] += self.problem.demand.connection_region_kw[k]
        return kw

    def connected(self, made):
        """What connections add. [kVA], shape (years, links, quarters)."""
        links, demand = self.problem.links, self.problem.demand
        added = np.zeros((self.years, self.links, links.shapes.shape[1]))
        for k, chosen in enumerate(made):
            if chosen:
                way = self.ways[chosen[0]]
                course = links.shapes[demand.connection_shape[k]]
                added[chosen[1] :, way] += (
                    demand.connection_kw[k] * links.kva_per_kw[way, None] * course
                )
        return added

    def most_homes(self, size, made=None, *, ceiling=False):
        """Most that homes count for with these sizes and connections; -inf where it is not sound.

        With ``ceiling`` shortages need not be covered: no connections bring more than that.
        """
        made = made or [None] * len(self.problem.demand.connection_sites)
        added = self.connected(made)
        change = np.einsum("lmq,my->ylq", self.unit, size)
        room = self.free - change - added
        if ceiling:
            limit = np.where(self.free < 0, -change, room)
            return self.solve(size, limit, {}, made, {}, ceiling=True)
        best = -np.inf
        for start in self.starts():
            for gate in self.gates(room, made):
                limit = np.where(self.free < 0, -change - added, room)
                for link in self.used:
                    y = np.arange(self.years) >= gate[link]
                    short = self.free[:, link] < 0
                    limit[:, link] = np.where(short & y[:, None], room[:, link], limit[:, link])
                # A connection that draws while a link is short needs the shortage covered too.
                draws = (self.free < 0) & (added > 0)
                limit = np.where(draws, room, limit)
                best = max(best, self.solve(size, limit, gate, made, start))
        return best

    def solve(self, size, limit, gate, made, start, *, ceiling=False):
        """Best worth of homes with everything but homes and parts decided."""
        self.solved += 1
        bounds = self.bounds(size, gate, start)
        if bounds is None:
            return -np.inf
        rows = [
            *self.flow_rows(limit),
            *self.region_rows(gate, made, ceiling=ceiling),
            *self.money_rows(size),
            *self.growth_rows(start),
        ]
        a_ub = np.vstack([row for row, _ in rows])
        b_ub = np.concatenate([np.atleast_1d(most) for _, most in rows])
        used = np.abs(a_ub).max(axis=1) > 0
        if (b_ub[~used] < -1e-6).any():
            return -np.inf
        worth = np.zeros(a_ub.shape[1])
        worth[: len(self.columns)] = -self.problem.year_weight[self.at[2]]
        found = linprog(worth, A_ub=a_ub[used], b_ub=b_ub[used] + 1e-9, bounds=bounds)
        assert found.status in (0, 2), found.message
        return -found.fun if found.status == 0 else -np.inf

    def flow_rows(self, limit):
        """Every link, quarter and year, and what each project asks."""
        demand, (project, site, year) = self.problem.demand, self.at
        parts = self.part.size * self.years
        for y in range(self.years):
            here = (year == y) * demand.home_kw[project] * self.behind[:, site]
            part = np.zeros((self.links, parts, limit.shape[2]))
            part[:, y :: self.years] = self.unit[:, self.part]
            home = here[:, :, None] * self.home[:, None, :]
            block = np.concatenate([home, part], axis=1).transpose(0, 2, 1)
            yield block.reshape(-1, len(self.columns) + parts), limit[y].ravel()
            for p in range(len(demand.sites)):
                asked = ((year == y) & (project == p)).astype(float)
                yield self.row(homes=asked), demand.asked[p, y]

    def row(self, homes=None, parts=None):
        left = np.zeros(len(self.columns)) if homes is None else homes
        right = np.zeros(self.part.size * self.years) if parts is None else parts
        return np.concatenate([left, right])[None]

    def parts(self, m, y, value=1.0):
        values = np.zeros((self.part.size, self.years))
        values[int(np.flatnonzero(self.part == m)[0]), y] = value
        return values.ravel()

    def region_rows(self, gate, made, *, ceiling):
        links, demand, choices = self.problem.links, self.problem.demand, self.problem.choices
        project, site, year = self.at
        top = np.array([links.level_factor_unit[self.ways[s][-1]] for s in site])
        connected = self.region_of(made)
        for y in np.flatnonzero(np.isfinite(links.region_kw)):
            left = links.region_kw[y]
            opened = not ceiling and (y >= gate[REGION] or connected[y] > 0)
            relief = np.zeros((self.part.size, self.years))
            relief[:, y] = -choices.region_kw[self.part]
            row = self.row((year == y) * demand.home_kw[project] * top, relief.ravel())
            yield row, (left if left >= 0 or opened else 0.0) - connected[y]

    def money_rows(self, size):
        spent = (self.line_eur * size).sum(axis=(1, 2))
        for line, eur in enumerate(self.problem.money.line_eur):
            yield self.row(parts=self.line_eur[line][self.part].ravel()), eur - spent[line]

    def growth_rows(self, start):
        """Nothing shrinks, variants change no more homes than there are, and all at once."""
        project, _, year = self.at
        for i in np.flatnonzero(year < self.years - 1):
            row = np.zeros(len(self.columns))
            row[i], row[i + 1] = 1.0, -1.0
            yield self.row(row), 0.0
        for m in self.part:
            for y in range(self.years - 1):
                yield self.row(parts=self.parts(m, y) - self.parts(m, y + 1)), 0.0
                if not self.problem.choices.staged[m] and y >= start.get(int(m), self.years):
                    yield self.row(parts=self.parts(m, y + 1) - self.parts(m, y)), 0.0
        for some, projects in self.problem.choices.variants:
            for y in range(self.years):
                homes = -(np.isin(project, projects) & (year == y)).astype(float)
                yield self.row(homes, sum(self.parts(m, y) for m in some)), 0.0

    def bounds(self, size, gate, start):
        """Least and most of every column; None where what is needed does not stand."""
        choices, (_, site, year) = self.problem.choices, self.at
        most = np.full(len(self.columns), np.inf)
        for link, first in gate.items():
            left = self.problem.links.region_kw[:, None] if link == REGION else self.free[:, link]
            closed = (left < 0).any(axis=1) & (np.arange(self.years) < first)
            passes = np.ones(site.size, bool) if link == REGION else self.behind[link, site] > 0
            most[passes & closed[year]] = 0.0
        low = np.zeros((self.part.size, self.years))
        high = np.zeros((self.part.size, self.years))
        for i, m in enumerate(self.part):
            first = max(int(choices.earliest[m]), start.get(int(m), 0))
            high[i, first:] = choices.size_max[m]
        for one, other in choices.needs:
            stands = size[one] > 0 if choices.whole[one] else None
            if stands is None:
                stands = np.arange(self.years) >= start.get(int(one), self.years)
            least = min(1.0, choices.size_max[other])
            if choices.whole[other]:
                if (size[other][stands] < least).any():
                    return None
            else:
                i = int(np.flatnonzero(self.part == other)[0])
                low[i, stands] = np.maximum(low[i, stands], least)
        if (low > high).any():
            return None
        return np.column_stack(
            [np.concatenate([np.zeros(most.size), low.ravel()]),
             np.concatenate([most, high.ravel()])]
        )  # fmt: skip


def count_out(problem):
    """Best worth of all plans: every plan is worked out whose ceiling is above the best so far.

    Returns
    -------
    The best worth, and the counter that found it.
    """
    counter = Counter(problem)
    ceilings = [(counter.most_homes(size, ceiling=True), size) for size in counter.size_plans()]
    connections = counter.connection_plans()
    best = -np.inf
    for ceiling, size in sorted(ceilings, key=lambda one: -one[0]):
        for worth, made in connections:
            if ceiling + worth <= best + 1e-9:
                break
            best = max(best, worth + counter.most_homes(size, made))
    return best, counter
