"""Whether a relief measure presses any asset further above its limit than without it.

Each is held, in the plan with it against the plan without it, over every quarter of the winter
week: what it takes away may turn the flow round, and what it draws again at night may make a new
peak. In the summer week only what acts on the sun is held. What runs as homes do takes away
power of homes that may still have to come, so it is not read as power that flows back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stroomstad.blocks import Floats, Ints
from stroomstad.errors import Issue
from stroomstad.measures.standing import kind_of, measures_of
from stroomstad.measures.twin import Effect, Twin
from stroomstad.simulation.design_weeks import Direction
from stroomstad.tables.grid import LINK_KINDS
from stroomstad.tables.parameters import Case
from stroomstad.tables.plan import Plan
from stroomstad.timeline.years import Years, course_in, plan_years, year_base, year_limits

# A rise above the limit of less than this share of it counts as rounding.
HARM_FRACTION = 0.001

_FLOWS: dict[Direction, str] = {"load": "load", "feed_in": "feed-in"}


@dataclass(frozen=True, slots=True)
class Harm:
    """The worst that a measure does.

    Attributes
    ----------
    more
        Rise above the limit, over the limit. [1]
    year, link, quarter
        When and where; positions in the tree and in the design week.
    flow
        ``load``, or ``feed-in`` where power flows back.
    with_kva, without_kva, limit_kva
        Highest load with the measure, without it, and the limit. [kVA]
    """

    more: float
    year: int
    link: int
    quarter: int
    flow: str
    with_kva: float
    without_kva: float
    limit_kva: float


def harm_issues(twin: Twin, plan: Plan, case: Case) -> list[Issue]:
    """Find the relief measures that leave an asset further above its limit.

    Parameters
    ----------
    twin
        The city as it stands.
    plan
        The plan; its counted relief measures and rights are judged.
    case
        Side of the band.

    Returns
    -------
    A fault per measure that harms, with the asset that it harms most, and when.

    Raises
    ------
    InvalidData
        With every place or asset that is not there.
    """
    both = {
        "load": plan_years(twin, plan, case, "load"),
        "feed_in": plan_years(twin, plan, case, "feed_in"),
    }
    kinds = twin.catalogue.kinds
    relief = {
        measure.measure_id
        for measure in measures_of(plan)
        if measure.counts and kind_of(kinds, measure)["group"] in ("relief", "right")
    }
    issues = []
    for at, effect in enumerate(both["load"].effects):
        if effect.measure_id in relief and effect.nodes.size:
            years = both["feed_in" if effect.shape == "sun" else "load"]
            harm = _worst(years, both["feed_in"], at)
            if harm.more > HARM_FRACTION:
                issues.append(_told(years, effect, harm))
    return issues


def _worst(years: Years, back: Years, at: int) -> Harm:
    """Worst that an effect does in any year, in either direction of flow."""
    effect = years.effects[at]
    links = np.flatnonzero(years.weights_kva[:, at])
    worst = Harm(0.0, 0, 0, 0, "", 0.0, 0.0, 0.0)
    for year in years.plan.years:
        size = years.sizes[year].get(effect.measure_id, 0.0)
        if size <= 0:
            continue
        every = np.arange(years.week.axis.quarters)
        with_kva = year_base(years, year, links, every).astype(np.float64)
        course = course_in(years, effect.shape, year)
        added_kva = size * np.outer(years.weights_kva[links, at], course)
        if years.direction == "feed_in":
            added_kva = -added_kva
        pair = with_kva, with_kva - added_kva
        limit_kva = year_limits(years, year)
        worst = _worse(worst, (year, _FLOWS[years.direction]), links, pair, limit_kva)
        if years.direction == "load" and not effect.as_homes:
            turned = -pair[0], -pair[1]
            worst = _worse(worst, (year, "feed-in"), links, turned, year_limits(back, year))
    return worst


def _worse(
    worst: Harm,
    when: tuple[int, str],
    links: Ints,
    pair: tuple[Floats, Floats],
    limits_kva: Floats,
) -> Harm:
    """Compare the peaks with and without a measure with the limits; keep the larger harm."""
    limit_kva = limits_kva[links]
    stands = limit_kva > 0
    if not stands.any():
        return worst
    with_kva, without_kva = (flow.max(axis=1) for flow in pair)
    over = [
        np.maximum(np.divide(kva, limit_kva, out=np.zeros_like(kva), where=stands) - 1.0, 0.0)
        for kva in (with_kva, without_kva)
    ]
    more = over[0] - over[1]
    at = int(np.argmax(more))
    if more[at] <= worst.more:
        return worst
    return Harm(
        more=float(more[at]),
        year=when[0],
        link=int(links[at]),
        quarter=int(np.argmax(pair[0][at])),
        flow=when[1],
        with_kva=float(with_kva[at]),
        without_kva=float(without_kva[at]),
        limit_kva=float(limit_kva[at]),
    )


def _told(years: Years, effect: Effect, harm: Harm) -> Issue:
    kind = LINK_KINDS[years.tree.link_kind[harm.link]].replace("_", " ")
    when = years.week.axis.names(np.array([harm.quarter])).iloc[0]
    problem = (
        f"at the end of {harm.year} it presses {kind} {years.tree.link_ids[harm.link]} further "
        f"above its limit of {harm.limit_kva:.0f} kVA: {harm.flow} of {harm.with_kva:.0f} kVA at "
        f"{when} with it, and at most {harm.without_kva:.0f} kVA without it."
    )
    remedy = "Make it smaller, place it elsewhere, or first raise that limit."
    return Issue(f"measures.{effect.measure_id}", problem, remedy)
