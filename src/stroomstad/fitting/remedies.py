"""What makes a row fit that does not: the cheapest measure, or small bundle of measures.

A size *fits in year y* when every link between its place and the region takes it, in every kept
quarter of year y and of every later year of the horizon, beside what was connected before it.

Every place is given candidates of the catalogue, all in one plan, so that one horizon tells what
a unit of each does. For each row the smallest cut that holds it is then lifted, again and again,
by the cheapest of the measures that may be used, until all of the row fits. That is done for
each measure alone, for new stations under a new feeder, and for all together; the cheapest wins.
A remedy is for its row alone: rows before it that do not fit either are left as they are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats, Ints
from stroomstad.capacity.headroom import (
    Branch,
    binding_links,
    branch_to,
    link_capacity,
    room,
    room_total,
    whole,
)
from stroomstad.fitting.candidates import (
    HEATINGS,
    Unit,
    as_measures,
    bound_feeders,
    candidates,
    lighter_heating,
    units_of,
)
from stroomstad.fitting.connections import TOLERANCE_KW, connection_nodes
from stroomstad.fitting.ledger import best_node, left_kva
from stroomstad.fitting.queue import Answer, Queue, Row, open_queue, project_rows, take_all
from stroomstad.measures.standing import SUBSTATION_TRANSFORMER, busbar, plan_node
from stroomstad.measures.twin import Horizon, Twin
from stroomstad.planning.projects import queue_order
from stroomstad.tables.plan import COUNTED_STATUSES, Plan
from stroomstad.tables.projects import BESIDE
from stroomstad.timeline.horizons import build_horizon

REASONS = {
    "waits": "all of it fits later without any measure",
    "too_late": "every measure that would help is in service only after the horizon",
    "not_enough": "no measure of the catalogue lifts what binds",
    "not_looked_at": "places with a larger shortage were looked at first",
}
# Own choice: each place brings up to six candidates, and work grows with their number.
PLACES_MOST = 150
_STEPS_MOST = 40
_COLUMNS = (
    "project_id", "kind", "place", "size", "unit", "investment_eur", "yearly_eur", "payer",
    "year", "why_not",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a row may hang, and what one unit of its size adds there.

    Attributes
    ----------
    branch
        The nodes, and what leads there.
    kva_per_kw
        What one kW of its peak adds to each link. [kVA/kW], shape (branch,)
    shape
        Its course. [1], shape (quarters,)
    in_whole
        Whether sizes are whole.
    """

    branch: Branch
    kva_per_kw: Floats
    shape: Floats
    in_whole: bool


@dataclass(frozen=True, slots=True)
class Search:
    """What remedies are looked for with.

    Attributes
    ----------
    queue
        The ledger after all rows, on a horizon with all candidates.
    units
        Candidates by measure.
    at_place
        Candidates by place of the list, those of its substation and feeders included.
    seats
        Seats that came up, by place, kind, profile and level.
    left, gains
        What the links of a seat have left, and what one unit of a measure adds to that.
        [kVA], shape (years, branch, quarters) and (branch, quarters) each
    """

    queue: Queue
    units: Mapping[str, Unit]
    at_place: Mapping[str, tuple[str, ...]]
    seats: dict[tuple[str, ...], tuple[Seat, ...]] = field(default_factory=dict)
    left: dict[bytes, Floats] = field(default_factory=dict)
    gains: dict[tuple[str, bytes], Floats] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bundle:
    """Units that together make a row fit.

    Attributes
    ----------
    sizes
        Units and how many of each.
    year
        First year in which the row fits with them.
    """

    sizes: tuple[tuple[Unit, float], ...]
    year: int

    def cost_eur(self, last_year: int) -> float:
        """Investment, and yearly cost until the horizon ends, not discounted. [EUR]."""
        years = last_year - self.year + 1
        return sum(size * (unit.investment_eur + years * unit.yearly_eur)
                   for unit, size in self.sizes)  # fmt: skip


def find_remedies(
    twin: Twin, plan: Plan, projects: pd.DataFrame, fits: pd.DataFrame
) -> pd.DataFrame:
    """Find the cheapest measures with which each row fits that does not, in the middle case.

    Parameters
    ----------
    twin
        The city.
    plan
        The plan; what counts in it stands, its candidates and ideas do not.
    projects
        As declared in ``PROJECTS``.
    fits
        Answers of `fit_projects` for this plan.

    Returns
    -------
    ``project_id, kind, place, size, unit, investment_eur, yearly_eur, payer, year, why_not``: one
    row per project and measure; one with only ``why_not``, a key of `REASONS`, where there is no
    remedy.

    Raises
    ------
    InvalidData
        With every place that is not there.

    Notes
    -----
    Which is cheapest is told by investment plus yearly cost until the horizon ends. All cables
    and stations come in whole numbers. What a measure does to assets off the way to the place
    is not looked at here; a plan that holds the measure is checked for that.
    """
    short = fits[fits["fits"] != "yes"].sort_values("kw_short", ascending=False, kind="stable")
    place_of = projects.set_index("project_id")["place"]
    places = tuple(dict.fromkeys(place_of.loc[short["project_id"]]))[:PLACES_MOST]
    if not places:
        return pd.DataFrame(columns=list(_COLUMNS))
    search, rows, answers = _prepared(twin, plan, projects, fits, places)
    lighter = lighter_heating(twin, projects["home_type"].unique())
    found = []
    for i, project_id in enumerate(projects["project_id"]):
        if fits["fits"].iloc[i] == "yes":
            continue
        if rows[i].place not in search.at_place:
            found.append(_none(project_id, "not_looked_at"))
            continue
        heat = lighter[projects["home_type"].iloc[i]] if _may_change(projects, i) else ()
        best = _cheapest(search, rows[i], answers[i], heat)
        if isinstance(best, str):
            found.append(_none(project_id, best))
        else:
            found += [_told(project_id, rows[i], used, best.year) for used in best.sizes]
    return pd.DataFrame(found, columns=list(_COLUMNS))


def with_remedies(fits: pd.DataFrame, remedies: pd.DataFrame) -> pd.DataFrame:
    """Put remedies beside the answers: kinds with `` + `` between them, and their cost together.

    Parameters
    ----------
    fits
        As declared in ``FITS``.
    remedies
        Answer of `find_remedies`.

    Returns
    -------
    The answers with ``remedy, remedy_size`` (missing for a bundle), ``remedy_eur, remedy_payer,
    remedy_year`` and ``why_no_remedy``.
    """
    known = remedies[remedies["kind"].notna()].groupby("project_id", sort=False)
    at = fits["project_id"]
    joined = {name: known[name].agg(_joined) for name in ("kind", "payer")}
    size = known["size"].first().where(known.size() == 1)
    reason = remedies[remedies["kind"].isna()].set_index("project_id")["why_not"]
    texts = {
        "remedy": at.map(joined["kind"]),
        "remedy_payer": at.map(joined["payer"]),
        "why_no_remedy": at.map(reason),
    }
    return fits.assign(
        remedy_size=at.map(size).astype(float),
        remedy_eur=at.map(known["investment_eur"].sum()).astype(float),
        remedy_year=at.map(known["year"].max()).astype(float),
        **{name: text.astype(object).where(text.notna(), None) for name, text in texts.items()},
    )


def _joined(values: pd.Series) -> str:
    return BESIDE.join(dict.fromkeys(values))


def _none(project_id: str, reason: str) -> dict[str, object]:
    return dict.fromkeys(_COLUMNS) | {"project_id": project_id, "why_not": reason}


def _may_change(projects: pd.DataFrame, at: int) -> bool:
    """Whether homes have no light heating yet, nor a promise that tells what they draw."""
    row = projects[["kind", "heating", "kw_promised"]].iloc[at]
    is_light = row["heating"] in dict(HEATINGS)
    return bool(row["kind"] == "homes" and not is_light and np.isnan(row["kw_promised"]))


def _told(project_id: str, row: Row, used: tuple[Unit, float], year: int) -> dict[str, object]:
    unit, size = used
    return {
        "project_id": project_id,
        "kind": unit.kind,
        "place": unit.place or row.place,
        "size": size,
        "unit": unit.unit,
        "investment_eur": size * unit.investment_eur,
        "yearly_eur": size * unit.yearly_eur,
        "payer": unit.payer,
        "year": year,
        "why_not": None,
    }


def _prepared(
    twin: Twin,
    plan: Plan,
    projects: pd.DataFrame,
    fits: pd.DataFrame,
    places: tuple[str, ...],
) -> tuple[Search, list[Row], list[Answer]]:
    """Serve the whole queue on a horizon on which every place has candidates."""
    standing = replace(plan, measures=plan.measures[plan.measures["status"].isin(COUNTED_STATUSES)])
    wanted, at_place = candidates(twin, standing, places, bound_feeders(twin, projects, fits))
    measures = as_measures(wanted, standing, twin.catalogue.kinds)
    most = {name: units_most for name, (_, _, units_most) in wanted.items()}
    every = pd.concat([standing.measures, measures], ignore_index=True)
    every_place = tuple(dict.fromkeys(projects["place"]))
    horizon = build_horizon(twin, replace(standing, measures=every), "mid", places=every_place)
    rows = project_rows(projects, horizon, twin.catalogue)
    queue = open_queue(horizon, twin.parameters["mid"])
    answers = take_all(queue, rows, queue_order(projects).tolist(), flexible=False)
    units = units_of(measures, twin.catalogue, horizon, most)
    search = Search(queue, units, at_place)
    return search, rows, [answers[row] for row in range(len(rows))]


def _cheapest(
    search: Search, row: Row, answer: Answer, heat: tuple[tuple[Unit, float], ...]
) -> Bundle | str:
    """Cheapest bundle with which all of a row fits, or else a key of `REASONS`."""
    if answer.taken[row.last] * row.kw >= row.size * row.kw - TOLERANCE_KW:
        return "waits"
    years = search.queue.ledger.horizon.years
    tried = [
        *((members, None) for members in _options(search, row, years)),
        *(((unit,), kw) for unit, kw in heat if kw < row.kw),
    ]
    starts = [max(row.last, *(_first_year(unit) for unit in members)) for members, _ in tried]
    bundles = []
    for (members, kw), start in zip(tried, starts, strict=True):
        if start >= len(years):
            continue
        for sizes in _sizes_of(search, members, kw, (row, answer, start)):
            used = tuple((u, n) for u, n in zip(members, sizes, strict=True) if n > 0)
            bundles.append(Bundle(used, years[start]))
    if bundles:
        best = min(bundles, key=lambda bundle: bundle.cost_eur(years[-1]))
        return best if best.sizes else "waits"
    return "too_late" if max(starts, default=0) >= len(years) else "not_enough"


def _sizes_of(
    search: Search, members: tuple[Unit, ...], kw: float | None, asked: tuple[Row, Answer, int]
) -> list[list[float]]:
    """Units with which a row fits: of measures in the grid, or of homes that draw less."""
    row, answer, start = asked
    if kw is not None:
        return [[row.size]] if _fits_at(search, row, answer, start, kw) else []
    grown = [_grown(search, seat, members, asked) for seat in _seats(search, row)]
    return [sizes.tolist() for sizes in grown if sizes is not None]


def _options(search: Search, row: Row, years: tuple[int, ...]) -> list[tuple[Unit, ...]]:
    """Bundles of measures that are tried: each alone, and those that need one another."""
    mine = {n: search.units[n] for n in search.at_place[row.place] if n in search.units}
    feeder = tuple(name for name in mine if "-feeder" in name)
    transformer = tuple(n for n, unit in mine.items() if unit.kind == SUBSTATION_TRANSFORMER)
    in_time = tuple(n for n, unit in mine.items() if _first_year(unit) <= row.last)
    early = tuple(n for n, unit in mine.items() if _first_year(unit) < len(years))
    options = [*((name,) for name in mine), feeder, (*feeder, *transformer), in_time, early]
    return [tuple(mine[n] for n in option) for option in dict.fromkeys(options) if option]


def _first_year(unit: Unit) -> int:
    """Position of the first year at whose end a unit serves that is decided at the start."""
    return math.floor(unit.lead_time_years)


def _seats(search: Search, row: Row) -> tuple[Seat, ...]:
    """Where a row may hang: homes over all busbars, a connection at its best node or a new one."""
    queue = search.queue
    horizon = queue.ledger.horizon
    new = next((n for n in search.at_place[row.place] if n.endswith("-feeder")), "")
    if row.kind == "homes":
        homes = (row.place, row.kind)
        if homes not in search.seats:
            at = _positions(horizon, busbar(f"{new}-station"))
            nodes = np.union1d(horizon.busbars[row.place], at).astype(np.int64)
            search.seats[homes] = (_seat(horizon, nodes, "home", as_homes=True),)
        return search.seats[homes]
    nodes, level = connection_nodes(horizon, row.place, row.size, queue.terms)
    key = (row.place, row.profile, level)
    if key not in search.seats:
        shape = horizon.shapes[row.profile]
        names = {"busbar": busbar(f"{new}-station"), "feeder": plan_node(new)}
        added = _positions(horizon, names.get(level, ""))
        built = nodes[np.isin(nodes, added, invert=True)]
        power_kw = row.sizes * row.kw
        best = [best_node(queue.ledger, built, shape, power_kw)] if built.size else []
        search.seats[key] = tuple(
            _seat(horizon, np.array([node]), row.profile, as_homes=False)
            for node in dict.fromkeys([*best, *added.tolist()])
        )
    return search.seats[key]


def _positions(horizon: Horizon, node_id: str) -> Ints:
    return np.flatnonzero(horizon.tree.node_ids == node_id)


def _seat(horizon: Horizon, nodes: Ints, shape: str, *, as_homes: bool) -> Seat:
    branch = branch_to(horizon.tree.parent, horizon.tree.order, nodes)
    factor = horizon.level_factor_unit[branch.nodes] if as_homes else 1.0
    kva_per_kw = horizon.kva_per_kw[branch.nodes] * factor
    return Seat(branch, kva_per_kw, horizon.shapes[shape], as_homes)


def _grown(
    search: Search,
    seat: Seat,
    members: tuple[Unit, ...],
    asked: tuple[Row, Answer, int],
) -> Floats | None:
    """Units of each member with which all of a row fits from a year on; none where they do not.

    The cheapest member for what the smallest cut lacks is added, until the row fits. For one
    member alone the answer is the least: each step is needed for the cut that it lifts.
    """
    row, answer, start = asked
    left = _left_for(search, seat, answer, row)[start:].min(axis=0)
    gains = [_gain(search, seat, unit) for unit in members]
    sizes = np.zeros(len(members))
    per_size = row.kw if row.kind == "homes" else 1.0
    size = row.size * row.kw / per_size
    for _ in range(_STEPS_MOST):
        capacity, quarter = link_capacity(
            np.zeros(left.shape[0]), -left, seat.shape * per_size, seat.kva_per_kw,
            np.ones(left.shape[0]),
        )  # fmt: skip
        through, most = _through(seat, capacity)
        if room_total(seat.branch, through) >= size - TOLERANCE_KW:
            return sizes
        cut = binding_links(seat.branch, most, through)
        lacking = max(size - float(capacity[cut].sum()), TOLERANCE_KW)
        at = quarter[cut]
        each_kva = seat.kva_per_kw[cut] * seat.shape[at] * per_size
        lifts = np.array([float((gain[cut, at] / each_kva).sum()) for gain in gains])
        price = [unit.investment_eur + unit.yearly_eur for unit in members]
        best = _best_lift(lifts, np.array(price), np.array([u.most for u in members]) - sizes)
        if best < 0:
            return None
        more = min(math.ceil(lacking / lifts[best] - TOLERANCE_KW), members[best].most)
        more = min(max(more, 1), members[best].most - sizes[best])
        sizes[best] += more
        left = left + more * gains[best]
    return None


def _through(seat: Seat, capacity: Floats) -> tuple[Floats, Floats]:
    most = whole(capacity) if seat.in_whole else np.maximum(capacity, 0.0)
    return room(seat.branch, most), most


def _best_lift(lifts: Floats, price: Floats, may_be_added: Floats) -> int:
    """Position of the member that lifts a cut at least cost; -1 where none does."""
    helps = np.flatnonzero((lifts > TOLERANCE_KW) & (may_be_added > 0))
    if not helps.size:
        return -1
    return int(helps[np.argmin(price[helps] / lifts[helps])])


def _fits_at(search: Search, row: Row, answer: Answer, start: int, kw: float) -> bool:
    """Whether all homes of a row fit from a year on if each draws so much."""
    (seat,) = _seats(search, row)
    left = _left_for(search, seat, answer, row)[start:].min(axis=0)
    ones = np.ones(left.shape[0])
    capacity, _ = link_capacity(0.0 * ones, -left, seat.shape * kw, seat.kva_per_kw, ones)
    return room_total(seat.branch, _through(seat, capacity)[0]) >= row.size


def _left_for(search: Search, seat: Seat, answer: Answer, row: Row) -> Floats:
    """What links have left for a row, its own part given back. [kVA], (years, branch, quarters)."""
    nodes = seat.branch.nodes
    key = nodes.tobytes()
    if key not in search.left:
        search.left[key] = left_kva(search.queue.ledger, nodes)
    if not answer.links.size:
        return search.left[key]
    own_kw = np.zeros((row.sizes.size, nodes.size))
    order = np.argsort(nodes)
    at = np.searchsorted(nodes[order], answer.links)
    known = (at < nodes.size) & (nodes[order][np.minimum(at, nodes.size - 1)] == answer.links)
    per_size = row.kw if row.kind == "homes" else 1.0
    own_kw[:, order[at[known]]] = answer.behind[:, known] * per_size
    own_kva = (own_kw * seat.kva_per_kw)[:, :, None] * seat.shape
    return np.asarray(search.left[key] + own_kva)


def _gain(search: Search, seat: Seat, unit: Unit) -> Floats:
    """What one unit leaves to the links of a seat. [kVA], shape (branch, quarters)."""
    nodes = seat.branch.nodes
    key = (unit.measure_id, nodes.tobytes())
    if key in search.gains or unit.effect is None:
        return search.gains.get(key, np.zeros((nodes.size, seat.shape.size)))
    horizon, effect = search.queue.ledger.horizon, unit.effect
    at = {link: row for row, link in enumerate(nodes.tolist())}
    gain = np.zeros((nodes.size, seat.shape.size))
    for link, limit_kva in zip(effect.links.tolist(), effect.limit_kva.tolist(), strict=True):
        if link in at:
            gain[at[link]] += limit_kva
    course = horizon.shapes[effect.shape]
    for node, kw in zip(effect.nodes.tolist(), effect.kw.tolist(), strict=True):
        link = node
        while link >= 0:
            if link in at:
                factor = horizon.level_factor_unit[link] if effect.as_homes else 1.0
                gain[at[link]] -= kw * horizon.kva_per_kw[link] * factor * course
            link = int(horizon.tree.parent[link])
    search.gains[key] = gain
    return gain
