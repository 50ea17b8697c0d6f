"""How many of the homes asked a plan connects, when all that is not known is drawn at once.

Between the three corners of a plan the same six things move as in `staircase`. Here every draw
makes a horizon of its own, and the whole list is served on it in the legal order: the rule is that
of the answer itself, on other numbers. Only links between the places of the list and the region
are looked at, since no others can hold it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats, Ints
from stroomstad.capacity.headroom import Branch, branch_to, whole
from stroomstad.fitting.queue import Row, open_queue, project_rows, reserve
from stroomstad.measures.twin import Horizon, Twin
from stroomstad.planning.projects import queue_order
from stroomstad.tables.grid import LINK_KINDS, RadialTree
from stroomstad.tables.parameters import CASES, Case, Parameters
from stroomstad.tables.plan import Catalogue, Plan
from stroomstad.tables.results import Floats32
from stroomstad.timeline.horizons import link_loads
from stroomstad.trust.band import REGIONAL, draw_inputs, quantiles, records
from stroomstad.trust.pieces import between, positions_within
from stroomstad.trust.staircase import HOME, LOAD, MOVED, Positions, moved_by

# What moves, in words, and its unit: loads and limits are told as multiples of the middle ones.
_TOLD = {
    LOAD: ("Existing load with its growth", "Bestaande belasting met haar groei", "of the middle"),
    HOME: ("Peak per new home", "Piek per nieuwe woning", "kW/home"),
    "station": ("What stations may carry", "Wat stations mogen dragen", "of the middle"),
    "mv_cable": ("What medium-voltage cables may carry",
                 "Wat middenspanningskabels mogen dragen", "of the middle"),
    "substation": ("What substations may carry", "Wat onderstations mogen dragen",
                   "of the middle"),
    REGIONAL: ("What the region leaves, with what the plan frees",
               "Wat de regio overlaat, met wat het plan vrijmaakt", "MW"),
}  # fmt: skip
# Of these a low value leaves most room.
_LOWERS_ROOM = (LOAD, HOME)


@dataclass(frozen=True, slots=True)
class Span:
    """A plan between its corners, and the list that is served on it.

    Attributes
    ----------
    low, mid, high
        Horizons with the same links and quarters.
    rows
        Per corner the rows of the list, in the legal order.
    parameters
        Terms of the queue, as for `build_terms`.
    """

    low: Horizon
    mid: Horizon
    high: Horizon
    rows: tuple[list[Row], list[Row], list[Row]]
    parameters: Parameters


def plan_span(
    twin: Twin, plan: Plan, projects: pd.DataFrame, horizons: Mapping[Case, Horizon]
) -> Span:
    """Span of a plan over a city, on the links between the places of a list and the region.

    Parameters
    ----------
    twin, plan
        The city and the plan.
    projects
        As declared in ``PROJECTS``.
    horizons
        Of that plan in every case, with the places of the list.
    """
    mid = horizons["mid"]
    nodes = _nodes_of(mid, projects["place"].unique())
    branch = branch_to(mid.tree.parent, mid.tree.order, nodes)
    quarters = np.unique(np.concatenate([each.quarters for each in horizons.values()]))
    parts: dict[Case, Horizon] = {
        case: _part(horizons[case], branch, quarters, link_loads(twin, plan, case, branch.nodes,
                                                               quarters))
        for case in CASES
    }  # fmt: skip
    return span_of(parts, projects, twin.catalogue, twin.parameters["mid"])


def span_of(
    horizons: Mapping[Case, Horizon],
    projects: pd.DataFrame,
    catalogue: Catalogue,
    parameters: Parameters,
) -> Span:
    """Span between three horizons of the same links and quarters.

    Parameters
    ----------
    horizons
        In every case, with the places of the list.
    projects
        As declared in ``PROJECTS``.
    catalogue
        Kinds of home.
    parameters
        As for `build_terms`.

    Raises
    ------
    ValueError
        When a horizon has other links or quarters than the middle one.
    """
    low, mid, high = (horizons[case] for case in CASES)
    for each in (low, high):
        same_links = np.array_equal(each.tree.link_ids, mid.tree.link_ids)
        if not (same_links and np.array_equal(each.quarters, mid.quarters)):
            raise ValueError(
                f"horizons: that of case {each.case} has other links or quarters than mid's."
            )
    order = queue_order(projects).tolist()
    of_low, of_mid, of_high = (
        [rows[row] for row in order]
        for rows in (project_rows(projects, each, catalogue) for each in (low, mid, high))
    )
    return Span(low, mid, high, (of_low, of_mid, of_high), parameters)


def connected_band(
    span: Span,
    *,
    draws: int = 200,
    seed: int = 1,
    done: Callable[[float], None] = lambda _share: None,
) -> pd.DataFrame:
    """Band of the homes of a list that are connected at the end of each year.

    Parameters
    ----------
    span
        The plan between its corners, and the list.
    draws
        How many times all inputs are drawn, independent of each other, triangular.
    seed
        Start of the draws: the same as those of `horizon_band`.
    done
        Is told which share of the draws is ready.

    Returns
    -------
    ``year``; ``lowest, p10, p50, p90, highest`` by the city's own grid; and the same with
    ``with_region_`` before them, with what the region leaves. [homes]

    Notes
    -----
    Each draw is a queue of its own. More room for an early row of heavy homes, or a firm that
    then fits, can leave less for a later one of light homes, so that more of something need
    not mean more homes; where all homes are alike and each place has one busbar, it does.
    """
    rows = pd.DataFrame(
        {"parameter": list(MOVED), "low": -1.0, "mid": 0.0, "high": 1.0}, index=range(len(MOVED))
    )
    drawn = records(draw_inputs(rows, MOVED, draws, seed))
    homes = []
    for number, positions in enumerate(drawn, start=1):
        homes.append(_connected(span, positions))
        done(number / draws)
    local, with_region = np.stack(homes).transpose(1, 0, 2)
    table = pd.DataFrame({"year": span.mid.years})
    return table.join(quantiles(local)).join(quantiles(with_region).add_prefix("with_region_"))


def connected_tornado(span: Span) -> pd.DataFrame:
    """Tell what moves the homes most that a plan connects in its last year.

    Parameters
    ----------
    span
        The plan between its corners, and the list.

    Returns
    -------
    Each of what moves at its low and high value, the others in the middle, those with the
    largest swing first: ``input, low_value, mid_value, high_value, unit, about, about_nl``;
    ``homes_low, homes_mid, homes_high`` of the list in the last year; ``swing``. [homes]

    Notes
    -----
    By the city's own grid; the row of ``regional_mw`` is with what the region leaves.
    """
    middle = dict.fromkeys(MOVED, 0.0)
    told = []
    for name in MOVED:
        ends = (1.0, 0.0, -1.0) if name in _LOWERS_ROOM else (-1.0, 0.0, 1.0)
        homes = [
            float(_connected(span, {**middle, name: end})[int(name == REGIONAL), -1])
            for end in ends
        ]
        values = [_value(span, name, end) for end in ends]
        about, about_nl, unit = _TOLD[name]
        told.append([name, *values, unit, about, about_nl, *homes, max(homes) - min(homes)])
    columns = [
        "input", "low_value", "mid_value", "high_value", "unit", "about", "about_nl",
        "homes_low", "homes_mid", "homes_high", "swing",
    ]  # fmt: skip
    rows = pd.DataFrame(told, columns=columns)
    return rows.sort_values(["swing", "input"], ascending=[False, True], ignore_index=True)


def _nodes_of(horizon: Horizon, places: Iterable[str]) -> Ints:
    """Every node at which something at some places may hang."""
    of_places = [
        np.array([horizon.roots[place], *horizon.busbars[place], *horizon.feeders[place]])
        for place in places
    ]
    return np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *of_places]))


def _part(
    horizon: Horizon, branch: Branch, quarters: Ints, loads: tuple[Floats32, dict[str, Floats]]
) -> Horizon:
    """Branch of a horizon, in other quarters; places that lie on it in full."""
    tree, links = horizon.tree, branch.nodes
    part = RadialTree(
        node_ids=tree.node_ids[links],
        parent=branch.parent,
        link_ids=tree.link_ids[links],
        link_kind=tree.link_kind[links],
        order=np.arange(links.size),
    )
    return replace(
        horizon,
        tree=part,
        quarters=quarters,
        base_kva=loads[0],
        limit_kva=horizon.limit_kva[:, links],
        kva_per_kw=horizon.kva_per_kw[links],
        level_factor_unit=horizon.level_factor_unit[links],
        shapes=loads[1],
        busbars=_within(branch, horizon.busbars),
        feeders=_within(branch, horizon.feeders),
        roots={
            place: int(nodes[0])
            for place, nodes in _within(
                branch, {name: np.array([at]) for name, at in horizon.roots.items()}
            ).items()
        },
        candidates=(),
    )


def _within(branch: Branch, nodes_of: Mapping[str, Ints]) -> dict[str, Ints]:
    """Positions within a branch, of the places that lie on it in full."""
    held = {place: nodes for place, nodes in nodes_of.items() if np.isin(nodes, branch.nodes).all()}
    return {place: np.sort(positions_within(branch, nodes)) for place, nodes in held.items()}


def _drawn_horizon(span: Span, positions: Positions) -> Horizon:
    """Horizon between the corners."""
    corners = (span.low, span.mid, span.high)

    def moved(arrays: Sequence[Floats | Floats32], name: str) -> Floats:
        return between(np.asarray(arrays), positions[name])

    limit_kva = span.mid.limit_kva.copy()
    for kind, name in enumerate(LINK_KINDS):
        ours = span.mid.tree.link_kind == kind
        mover = moved_by(name)
        if mover in positions and ours.any():
            limit_kva[:, ours] = moved([each.limit_kva[:, ours] for each in corners], mover)
    return replace(
        span.mid,
        base_kva=moved([each.base_kva for each in corners], LOAD).astype(np.float32, copy=False),
        limit_kva=limit_kva,
        kva_per_kw=moved([each.kva_per_kw for each in corners], LOAD),
        level_factor_unit=moved([each.level_factor_unit for each in corners], HOME),
        shapes={
            name: moved([each.shapes[name] for each in corners], LOAD) for name in span.mid.shapes
        },
        home_kw=float(moved([np.array(each.home_kw) for each in corners], HOME)),
        region_kw=moved([each.region_kw for each in corners], REGIONAL),
    )


def _connected(span: Span, positions: Positions) -> Floats:
    """Homes connected at the end of each year, without and with the region. Shape (2, years)."""
    queue = open_queue(_drawn_horizon(span, positions), span.parameters)
    homes = np.zeros((2, len(span.mid.years)))
    for low, mid, high in zip(*span.rows, strict=True):
        kw = float(between(np.array([low.kw, mid.kw, high.kw]), positions[HOME]))
        taken, given = reserve(queue, replace(mid, kw=kw))
        if mid.kind == "homes":
            homes += taken, whole(given)
    return homes


def _value(span: Span, name: str, end: float) -> float:
    """Value of what moves at one end of its band, in the last year."""
    corner = (span.low, span.mid, span.high)[1 + round(end)]
    if name == HOME:
        return corner.home_kw
    if name == REGIONAL:
        return float(corner.region_kw[-1]) / 1000.0
    if name == LOAD:
        at, mid_at = (each.base_kva[-1, each.tree.parent < 0] for each in (corner, span.mid))
        return _over(at.sum(axis=0).max(), mid_at.sum(axis=0).max())
    kinds = [number for number, kind in enumerate(LINK_KINDS) if moved_by(kind) == name]
    ours = np.isin(span.mid.tree.link_kind, kinds)
    return _over(corner.limit_kva[-1, ours].sum(), span.mid.limit_kva[-1, ours].sum())


def _over(part: float, total: float) -> float:
    return float(part / total) if total > 0 else np.nan
