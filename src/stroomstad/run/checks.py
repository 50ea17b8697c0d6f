"""Whether a plan holds on its city: told before anything heavy, and by every command alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from stroomstad.errors import Issue, faults, name_some
from stroomstad.measures.effects import plan_sites, unit_effects
from stroomstad.measures.plan_grid import grid_ever
from stroomstad.measures.presence import absence_issues
from stroomstad.measures.sites import with_outlines
from stroomstad.measures.twin import Effect, Twin
from stroomstad.planning import budget_issues, cost_table, plan_issues
from stroomstad.tables.grid import radial_tree
from stroomstad.tables.plan import COUNTED_STATUSES, Plan
from stroomstad.timeline.harmless import harm_issues

# A search may choose a part of a home.
HOMES_TOLERANCE = 1.0


def plan_faults(twin: Twin, plan: Plan) -> list[Issue]:
    """Find everything that is wrong with a plan on its city, places that are not there apart.

    Parameters
    ----------
    twin
        The city as it stands.
    plan
        The plan, well written.

    Returns
    -------
    Faults and warnings. Harm, and budgets that need the length of cables, are looked for only
    where all else is sound, since they follow from sizes, places and dates.
    """
    sites, missing = plan_sites(with_outlines(twin, plan), plan)
    assets = [each for each in missing if not each.where.startswith("place ")]
    issues = [
        *plan_issues(plan, twin.catalogue.kinds),
        *_outlook_issues(twin, plan),
        *_as_people_say(assets),
        *absence_issues(twin, plan, sites),
    ]
    if missing or faults(issues):
        return issues
    return [*issues, *find_harm(twin, plan), *_budget_issues(twin, plan)]


def find_harm(twin: Twin, plan: Plan) -> list[Issue]:
    """Relief measures that press an asset further above its limit than the plan without them."""
    return _as_people_say(harm_issues(twin, plan, "mid"))


def list_issues(kinds: pd.DataFrame, plan: Plan, projects: pd.DataFrame) -> list[Issue]:
    """Find where a plan speaks of homes and projects that nobody asks.

    Parameters
    ----------
    kinds
        As declared in ``MEASURE_KINDS``.
    plan
        The plan.
    projects
        As declared in ``PROJECTS``.
    """
    return [*home_count_issues(kinds, plan, projects), *_promise_issues(plan, projects)]


def home_count_issues(kinds: pd.DataFrame, plan: Plan, projects: pd.DataFrame) -> list[Issue]:
    """Measures that change more new homes than are asked at their place."""
    acts_at = plan.measures["kind"].map(kinds.set_index("kind")["acts_at"])
    counts = plan.measures["status"].isin(COUNTED_STATUSES)
    changes = plan.measures[counts & (acts_at == "new_homes")]
    changed = changes.groupby("place")["size"].sum()
    asked_there = projects.groupby("place")["homes"].sum().to_dict()
    return [
        Issue(
            f"measure {', '.join(changes.loc[changes['place'] == place, 'measure_id'])}",
            f"{size:g} new homes are built otherwise at {place}, where "
            f"{asked_there.get(place, 0.0):g} are asked.",
            "Lower the size, or add the homes to the project list at that place.",
        )
        for place, size in changed.items()
        if size > asked_there.get(place, 0.0) + HOMES_TOLERANCE
    ]


def lengths_of(effects: Sequence[Effect]) -> pd.Series:
    """Length of cable that each measure lays. [m], by measure."""
    return pd.Series({each.measure_id: each.length_m for each in effects}, dtype=float)


def _budget_issues(twin: Twin, plan: Plan) -> list[Issue]:
    """Budget lines that the measures exceed once the length of their cables is known."""
    if plan.budgets.empty:
        return []
    sites, _ = plan_sites(twin, plan)
    grid = grid_ever(with_outlines(twin, plan), plan, sites)
    effects = unit_effects(twin, plan, sites, grid, radial_tree(grid), "mid")
    return budget_issues(plan, cost_table(plan, twin.catalogue.kinds, lengths_of(effects), "mid"))


def _promise_issues(plan: Plan, projects: pd.DataFrame) -> list[Issue]:
    """Promises to projects that are not in the list."""
    listed = projects["project_id"].astype(str).tolist()
    promised = dict.fromkeys(plan.promises["project_id"].astype(str))
    remedy = f"Write the name and number of a project of the list, such as {name_some(listed, 3)}."
    return [
        Issue(f"promise {name}", "is to no project of the list.", remedy)
        for name in promised
        if name not in set(listed)
    ]


def _as_people_say(issues: list[Issue]) -> list[Issue]:
    """Call a measure as in the other faults of a plan, not by the table that it stands in."""
    return [replace(each, where=each.where.replace("measures.", "measure ", 1)) for each in issues]


def _outlook_issues(twin: Twin, plan: Plan) -> list[Issue]:
    """Fault of a plan that runs beyond what is told of the years nobody decides on."""
    told = twin.catalogue.outlook["year"]
    first, last = int(told.min()), int(told.max())
    if first <= plan.first_year and plan.last_year <= last:
        return []
    problem = f"runs from {plan.first_year} to {plan.last_year}; the outlook, {first} to {last}."
    return [Issue("plan", problem, "Let it begin and end within those years.")]
