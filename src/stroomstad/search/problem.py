"""A horizon, a plan with candidates and a project list as the arrays that the search works on."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats, Ints
from stroomstad.capacity.headroom import Flags
from stroomstad.errors import Issue
from stroomstad.fitting.connections import build_terms, check_place, connection_nodes
from stroomstad.fitting.queue import Row, project_rows, region_factor
from stroomstad.measures.standing import plan_node
from stroomstad.measures.twin import Effect, Horizon
from stroomstad.planning.money import unit_costs
from stroomstad.search.model import Choices, Demand, Links, Money, Problem, ancestors
from stroomstad.tables.parameters import Case, Parameters
from stroomstad.tables.plan import COUNTED_STATUSES, PAYERS, Catalogue, Payer, Plan

# Kinds that change the homes of a project, and the heatings at which they have nothing to change.
VARIANT_KINDS: Mapping[str, tuple[str, ...]] = {
    "grid_aware_new_build": ("grid_aware", "heat_net", "gas"),
    "heat_net": ("heat_net", "grid_aware", "gas"),
    "hybrid_heat_pump": ("heat_net", "hybrid", "gas"),
}
# Own choice: a variant takes a fixed power off a home, so it is for homes that it leaves within a
# tenth of the lightest home of the table, or above.
_NEAR_ENOUGH = 0.9
# Units of which there are so many that a part of one makes no difference.
CONTINUOUS_UNITS = ("kW", "kVA", "kWp", "home", "charge point")
_POWER_UNITS = ("kW", "kVA", "kWp")
_POWER_STEP = 0.001
DAYS_PER_YEAR = 365.25

SERVICE: dict[Case, str] = {
    "low": "in_service_late",
    "mid": "in_service",
    "high": "in_service_early",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is searched for, and with whose money.

    Attributes
    ----------
    today
        Day on which everything that is chosen would be decided.
    payers
        Whose money is counted; all of them together are society.
    ceilings
        What some payers may spend together on what is chosen over the whole horizon, discounted
        nowhere; beside the budget lines of the plan. [EUR]
    committed
        What the counted measures of the plan cost, as from ``cost_table``: it is taken off the
        budget lines.
    region
        Whether what the region leaves is a limit.
    """

    today: dt.date
    payers: tuple[Payer, ...] = PAYERS
    ceilings: tuple[tuple[tuple[Payer, ...], float], ...] = ()
    committed: pd.DataFrame | None = None
    region: bool = True


@dataclass(frozen=True, slots=True)
class Posed:
    """A problem, and the names of what stands in it.

    Attributes
    ----------
    problem
        The arrays.
    measures
        Candidates in the order of the choices; columns as in ``PLAN_MEASURES``.
    first_days
        Earliest day of service of each in the case; ``None`` for never.
    unit_costs
        What one unit of each costs and emits, as from ``unit_costs``.
    homes, connections
        Projects in the order of the arrays.
    case
        Side of the band.
    issues
        Why a candidate cannot be chosen, or a project not be connected.
    """

    problem: Problem
    measures: pd.DataFrame
    first_days: tuple[dt.date | None, ...]
    unit_costs: pd.DataFrame
    homes: tuple[str, ...]
    connections: tuple[str, ...]
    case: Case
    issues: tuple[Issue, ...]


def pose(
    horizon: Horizon,
    plan: Plan,
    projects: pd.DataFrame,
    catalogue: Catalogue,
    parameters: Parameters,
    *,
    question: Question,
) -> Posed:
    """Turn a plan with candidates and a project list into arrays.

    Parameters
    ----------
    horizon
        The plan over the years; it holds the places of all projects.
    plan
        Its candidates may be chosen; what counts already stands in the horizon.
    projects
        As declared in ``PROJECTS``.
    catalogue
        Kinds of measure and of home.
    parameters
        In the case of the horizon: sizes of connections, ``discount_rate``,
        ``search_premium_per_year`` and ``search_connection_weight``.
    question
        What is searched for.

    Raises
    ------
    NotFound
        When the horizon does not hold the place of a project.
    """
    named = plan.measures.set_index("measure_id", drop=False)
    measures = named.loc[[effect.measure_id for effect in horizon.candidates]]
    kinds = catalogue.kinds.set_index("kind")
    shapes = ("home", *sorted(set(horizon.shapes) - {"home"}))
    rows = project_rows(projects, horizon, catalogue)
    for row in rows:
        check_place(horizon, row.place)
    homes = [i for i, row in enumerate(rows) if row.kind == "homes"]
    others = [i for i, row in enumerate(rows) if row.kind != "homes"]
    unit = _unit_costs(horizon, measures, catalogue)
    unpriced = np.flatnonzero(unit[["investment_eur", "yearly_eur"]].isna().any(axis=1)).tolist()
    money = _money(plan, measures, unit.fillna(0.0), parameters, question)
    first_days, issues = _first_days(plan, measures, kinds, horizon.case, question.today)
    first_days = tuple(None if i in unpriced else day for i, day in enumerate(first_days))
    demand = _demand(
        horizon, [rows[i] for i in homes], [rows[i] for i in others], shapes, parameters
    )
    lightest_kw = _NEAR_ENOUGH * float(catalogue.home_types["kw"].min())
    variants = _variants(measures, projects.iloc[homes], demand, horizon, lightest_kw)
    choices = _choices(horizon, measures, kinds, shapes, variants)
    choices = _dated(choices, plan, measures, first_days)
    links = _links(horizon, shapes, region=question.region)
    premium = parameters.value("search_premium_per_year")
    ids = projects["project_id"].astype(str).tolist()
    names = tuple(ids[i] for i in homes), tuple(ids[i] for i in others)
    issues += _unpriced_issues(measures, unpriced) + _nowhere_issues(demand, *names)
    return Posed(
        Problem(links, demand, choices, money, premium),
        measures.reset_index(drop=True),
        first_days,
        unit,
        *names,
        horizon.case,
        tuple(issues),
    )


def _links(horizon: Horizon, shapes: Sequence[str], *, region: bool) -> Links:
    left_kw = horizon.region_kw if region else np.full(len(horizon.years), np.inf)
    return Links(
        horizon.tree.parent,
        horizon.tree.order,
        horizon.base_kva,
        horizon.limit_kva,
        horizon.kva_per_kw,
        horizon.level_factor_unit,
        np.array([horizon.shapes[name] for name in shapes], dtype=np.float64),
        left_kw,
    )


def _demand(
    horizon: Horizon,
    homes: list[Row],
    others: list[Row],
    shapes: Sequence[str],
    parameters: Parameters,
) -> Demand:
    terms = build_terms(horizon, parameters)
    years = len(horizon.years)
    kw = np.array([row.size * row.kw for row in others])
    first = [row.first_year - horizon.years[0] for row in others]
    return Demand(
        home_kw=np.array([row.kw for row in homes]),
        asked=np.array([row.sizes for row in homes]).reshape(len(homes), years),
        sites=tuple(horizon.busbars[row.place] for row in homes),
        connection_kw=kw,
        connection_shape=np.array([shapes.index(row.profile) for row in others], dtype=np.int64),
        connection_region_kw=kw * [region_factor(horizon, row) for row in others],
        connection_from=np.clip(first, 0, years).astype(np.int64),
        connection_sites=tuple(
            _nearest_root(horizon, connection_nodes(horizon, row.place, row.size, terms)[0])
            for row in others
        ),
        connection_worth=kw * parameters.value("search_connection_weight") / horizon.home_kw,
    )


def _nearest_root(horizon: Horizon, nodes: Ints) -> Ints:
    """Nodes behind none of the others: what fits behind another fits at that other too."""
    parent = horizon.tree.parent
    behind_another = [
        parent[node] >= 0 and bool(_above(parent, int(parent[node])) & set(nodes.tolist()))
        for node in nodes
    ]
    return np.asarray(nodes[~np.array(behind_another, dtype=bool)], dtype=np.int64)


def _above(parent: Ints, node: int) -> set[int]:
    return set(np.flatnonzero(ancestors(parent, np.array([node]))).tolist())


def _choices(
    horizon: Horizon,
    measures: pd.DataFrame,
    kinds: pd.DataFrame,
    shapes: Sequence[str],
    variants: tuple[tuple[Ints, Ints], ...],
) -> Choices:
    count, nodes = len(horizon.candidates), horizon.tree.parent.size
    raise_kva, draw_kw = np.zeros((nodes, count)), np.zeros((nodes, count))
    for column, effect in enumerate(horizon.candidates):
        np.add.at(raise_kva[:, column], effect.links, effect.limit_kva)
        np.add.at(draw_kw[:, column], _where_it_counts(horizon, effect), effect.kw)
    unit = kinds["unit"].reindex(measures["kind"])
    size_max = measures[["size", "size_max"]].max(axis=1).to_numpy(dtype=np.float64)
    names = measures["measure_id"].tolist()
    needs = [
        (row, names.index(other))
        for row, said in enumerate(measures["depends_on"].fillna(""))
        for other in str(said).split()
        if other in names
    ]
    return Choices(
        size_max=size_max,
        whole=~unit.isin(CONTINUOUS_UNITS).to_numpy(),
        step=np.where(unit.isin(_POWER_UNITS), _POWER_STEP, 1.0),
        earliest=np.zeros(count, dtype=np.int64),
        latest=np.full(count, len(horizon.years) - 1, dtype=np.int64),
        raise_kva=raise_kva,
        draw_kw=draw_kw,
        shape=np.array([shapes.index(e.shape) for e in horizon.candidates], dtype=np.int64),
        as_homes=np.array([effect.as_homes for effect in horizon.candidates], dtype=bool),
        region_kw=np.array([effect.region_kw for effect in horizon.candidates], dtype=np.float64),
        needs=np.array(needs, dtype=np.int64).reshape(-1, 2),
        staged=np.array([not _is_new_feeder(horizon, e) for e in horizon.candidates], dtype=bool),
        variants=variants,
    )


def _where_it_counts(horizon: Horizon, effect: Effect) -> Ints:
    """Nodes at which the search counts power: what is taken away, where something always stands.

    Relief on a station that may never be built would else leave room there for homes. So it counts
    from the first node above that stands in every year: less than it does once that is built.
    """
    nodes, parent = effect.nodes.copy(), horizon.tree.parent
    stands = np.asarray(horizon.limit_kva.min(axis=0) > 0)
    moves = (effect.kw < 0) & ~stands[nodes] & (parent[nodes] >= 0)
    while moves.any():
        nodes[moves] = parent[nodes[moves]]
        moves &= ~stands[nodes] & (parent[nodes] >= 0)
    return nodes


def _is_new_feeder(horizon: Horizon, effect: Effect) -> bool:
    """Whether it is a new feeder: a second one would be a feeder of its own, not more of it."""
    name, links = plan_node(effect.measure_id), horizon.tree.link_ids
    return name in links[effect.links] and f"{name}-cable" not in links


def _variants(
    measures: pd.DataFrame,
    projects: pd.DataFrame,
    demand: Demand,
    horizon: Horizon,
    lightest_kw: float,
) -> tuple[tuple[Ints, Ints], ...]:
    """Per set of variants at one place the homes that they can change, never one home twice."""
    pairs = []
    for place in dict.fromkeys(measures["place"]):
        at_place = (projects["place"] == place).to_numpy()
        here = [
            row
            for row, measure in enumerate(measures.itertuples())
            if measure.kind in VARIANT_KINDS and measure.place == place
            and (at_place.any() or measure.kind == "grid_aware_new_build")
        ]  # fmt: skip
        changes = {
            row: np.flatnonzero(
                _other_heating(measures.iloc[row], projects)
                & (demand.home_kw + horizon.candidates[row].kw.sum() >= lightest_kw)
            )
            for row in here
        }
        for size in range(1, len(here) + 1):
            pairs += [
                (np.array(some), np.unique(np.concatenate([changes[row] for row in some])))
                for some in combinations(here, size)
            ]
    return tuple(pairs)


def _other_heating(measure: pd.Series, projects: pd.DataFrame) -> Flags:
    """Projects at the place of a variant whose homes are not as light already."""
    here = projects["place"] == measure["place"]
    light = projects["heating"].isin(VARIANT_KINDS[measure["kind"]])
    return np.asarray(here & ~light, dtype=np.bool_)


def _first_days(
    plan: Plan, measures: pd.DataFrame, kinds: pd.DataFrame, case: Case, today: dt.date
) -> tuple[tuple[dt.date | None, ...], list[Issue]]:
    """Earliest day of service: once decided and built, when it is wanted, after what it needs."""
    counted = plan.measures[plan.measures["status"].isin(COUNTED_STATUSES)]
    starts = dict(zip(counted["measure_id"], counted[SERVICE[case]], strict=True))
    known = {*starts, *measures["measure_id"]}
    usual_years = kinds["lead_time_years"].astype(float).to_dict()
    last = dt.date(plan.last_year, 12, 31)
    days: list[dt.date | None] = []
    issues = []
    for measure in measures.to_dict("records"):
        decided = _day(measure["decided_on"]) or today
        ready = _ready(decided, measure["lead_time_years"], usual_years[measure["kind"]])
        first = max(ready, _day(measure["in_service"]) or ready)
        first += shift(measure["in_service"], measure[SERVICE[case]])
        needed = str(measure["depends_on"] or "").split()
        first = max([first, *(day for n in needed if (day := _day(starts.get(n))) is not None)])
        missing = [name for name in needed if name not in known]
        problem = _never(first, _day(measure["until"]), last, missing)
        if problem:
            where = f"measures.{measure['measure_id']}"
            issues.append(Issue(where, problem, "The search leaves it out.", "warning"))
        days.append(None if problem else first)
    return tuple(days), issues


def _never(first: dt.date, until: dt.date | None, last: dt.date, missing: list[str]) -> str:
    """Why a candidate cannot be chosen; empty when it can."""
    if missing:
        return f"depends on {missing[0]}, which neither counts nor is a candidate."
    if until is not None and until < last:
        return f"ends on {until}, while what is connected must keep fitting to the end."
    if first > last:
        return f"can be in service on {first} at the earliest, after the plan ends."
    return ""


def shift(expected: object, in_case: object) -> dt.timedelta:
    """How much later one day of service is than another; nothing where either is missing.

    Examples
    --------
    >>> shift("2030-01-01", "2031-01-01").days
    365
    """
    one, other = _day(expected), _day(in_case)
    return dt.timedelta(0) if one is None or other is None else other - one


def _ready(decided: dt.date, own_years: float, usual_years: float) -> dt.date:
    years = usual_years if math.isnan(own_years) else own_years
    return decided + dt.timedelta(days=math.floor(years * DAYS_PER_YEAR))


def _day(said: object) -> dt.date | None:
    return dt.date.fromisoformat(str(said)) if isinstance(said, str) and said else None


def _dated(
    choices: Choices,
    plan: Plan,
    measures: pd.DataFrame,
    first_days: tuple[dt.date | None, ...],
) -> Choices:
    """Choices with the years in which they can be built, and their budget lines can pay."""
    years = len(plan.years)
    lines = {str(line["budget_line"]): line for line in plan.budgets.to_dict("records")}
    earliest = [years if day is None else day.year - plan.first_year for day in first_days]
    latest = [years - 1] * len(earliest)
    for row, measure in enumerate(measures.itertuples()):
        line = lines.get(str(measure.budget_line))
        if line is not None:
            earliest[row] = max(earliest[row], int(line["first_year"]) - plan.first_year)
            latest[row] = min(latest[row], int(line["last_year"]) - plan.first_year)
    return replace(
        choices,
        earliest=np.clip(earliest, 0, years).astype(np.int64),
        latest=np.array(latest, dtype=np.int64),
    )


def _unit_costs(horizon: Horizon, measures: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    lengths = {effect.measure_id: effect.length_m for effect in horizon.candidates}
    length_m = pd.Series(lengths, dtype=np.float64)
    return unit_costs(measures, catalogue.kinds, length_m, horizon.case)


def _money(
    plan: Plan,
    measures: pd.DataFrame,
    unit: pd.DataFrame,
    parameters: Parameters,
    question: Question,
) -> Money:
    share = _share(unit, question.payers)
    investment_eur, yearly_eur = unit["investment_eur"].to_numpy(), unit["yearly_eur"].to_numpy()
    lines = [
        _line(line, plan, measures, unit, question) for line in plan.budgets.to_dict("records")
    ]
    lines += [(eur, 0, len(plan.years) - 1, _share(unit, who)) for who, eur in question.ceilings]
    eur, first, last, pays = zip(*lines, strict=True) if lines else ((), (), (), ())
    pays_share = np.array(pays, dtype=np.float64).reshape(len(lines), share.size)
    rate = 1.0 + parameters.value("discount_rate")
    return Money(
        investment_eur=share * investment_eur,
        yearly_eur=share * yearly_eur,
        life_years=np.ceil(unit["life_years"].to_numpy()).clip(1).astype(np.int64),
        discount=rate ** -np.arange(len(plan.years), dtype=np.float64),
        line_eur=np.array(eur, dtype=np.float64),
        line_first=np.array(first, dtype=np.int64),
        line_last=np.array(last, dtype=np.int64),
        line_investment_eur=pays_share * investment_eur,
        line_yearly_eur=pays_share * yearly_eur,
    )


def _share(unit: pd.DataFrame, payers: tuple[Payer, ...]) -> Floats:
    """Share of each choice that some payers pay together."""
    columns = [f"share_{payer}" for payer in payers]
    return unit[columns].sum(axis=1).to_numpy(dtype=np.float64)


def _line(
    line: Mapping[Hashable, Any],
    plan: Plan,
    measures: pd.DataFrame,
    unit: pd.DataFrame,
    question: Question,
) -> tuple[float, int, int, Floats]:
    """Euros a line has left, its first and last year, and the share of each choice it pays."""
    years, name = len(plan.years), str(line["budget_line"])
    first = min(max(int(line["first_year"]) - plan.first_year, 0), years)
    last = min(int(line["last_year"]) - plan.first_year, years - 1)
    pays = unit[f"share_{line['payer']}"].to_numpy()
    pays = np.where((measures["budget_line"] == name).to_numpy(), pays, 0.0)
    left_eur = float(line["eur"])
    if question.committed is not None:
        rows = question.committed[question.committed["budget_line"] == name]
        rows = rows[rows["year"].between(line["first_year"], line["last_year"])]
        left_eur -= float(rows[["investment_eur", "yearly_eur"]].to_numpy().sum())
    return max(left_eur, 0.0), first, last, pays


def _unpriced_issues(measures: pd.DataFrame, unpriced: list[int]) -> list[Issue]:
    return [
        Issue(
            f"measures.{measures['measure_id'].iloc[row]}",
            "its cost is not known.",
            "Give investment_eur and yearly_eur; the search leaves it out until then.",
            "warning",
        )
        for row in unpriced
    ]


def _nowhere_issues(
    demand: Demand, homes: tuple[str, ...], connections: tuple[str, ...]
) -> list[Issue]:
    places = [*zip(homes, demand.sites, strict=True)]
    places += zip(connections, demand.connection_sites, strict=True)
    return [
        Issue(
            f"projects.{name}",
            "nothing stands at its place, and no candidate would be built there.",
            "Add a candidate station there, or choose another place.",
            "warning",
        )
        for name, sites in places
        if not sites.size
    ]
