"""What each kind of job does: the same lines that the commands run, with files of the workspace."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from stroomstad.api.service import Service
from stroomstad.errors import InvalidData, Issue
from stroomstad.exchange import claim_csv, claim_workbook
from stroomstad.pages import plan_run_files
from stroomstad.pages.answer import gap_said
from stroomstad.report import render_files
from stroomstad.run import (
    Wish,
    answer_plan,
    claim_list,
    empty_plan,
    run_city,
    search_plan,
)
from stroomstad.run.desk import (
    OUTLINE_ENDINGS,
    OUTLINES_FILE,
    Desk,
    read_list_under_plan,
    read_plan_and_list,
    read_plan_file,
    read_project_list,
)
from stroomstad.run.limits import limit_facts
from stroomstad.run.model import Clock, Tell
from stroomstad.run.plans import plan_files, save_plan
from stroomstad.run.searches import SEARCH_STEPS
from stroomstad.store import safe_name, save_run
from stroomstad.store.shelf import beside_name, free_name
from stroomstad.tables.limits import AskedLimits
from stroomstad.tables.plan import Plan

# How a plan is called that a search had found when it was stopped, after the one it searched;
# names are no longer than the workspace allows, a number at the end included.
_FOUND = "gevonden"
_NAME_MAX = 50


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a job leaves.

    Attributes
    ----------
    run
        Run that it leaves; nothing where it leaves none.
    issues
        What it noticed.
    kept
        What was kept of a search that somebody stopped; nothing of any other job.
    """

    run: str | None
    issues: list[Issue]
    kept: Kept | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """What a search had found when it was stopped.

    Attributes
    ----------
    plan
        Plan of the workspace that holds it; nothing when nothing was found yet.
    homes
        Homes that it promises at the end of its last year.
    year
        That year.
    gap
        Distance to the bound. [1]
    """

    plan: str | None = None
    homes: float | None = None
    year: int | None = None
    gap: float | None = None

    def __str__(self) -> str:
        if self.plan is None:
            return "stopped before anything was found; nothing is kept."
        return (
            f"stopped early; the best so far is kept as plan {self.plan}: {self.homes:,.0f} homes "
            f"promised in {self.year}, within {gap_said(self.gap, 'en')} of the proven best of "
            "this linear model."
        )


class _Stopped(Exception):
    """Somebody asked a search to stop, in a step that does not see to that itself."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What a job works with.

    Attributes
    ----------
    service
        Where it reads and writes.
    desk
        Opens the city with the limits that are asked, or gives it where it is open already;
        whichever is open where nothing is said of limits.
    tell
        Called with the name of a step and the fraction of it that is done.
    stopped
        Whether somebody asked to stop with what there is; only a search asks.
    """

    service: Service
    desk: Callable[[Clock, AskedLimits | None], Desk]
    tell: Tell
    stopped: Callable[[], bool] = lambda: False


def carry_out(kind: str, inputs: Mapping[str, Any], bench: Bench) -> Outcome:
    """Do a job.

    Raises
    ------
    InvalidData
        With every fault of what it works on.
    NotFound
        When a plan or a list is not there any more.
    SolverFailed
        When the power flow has no answer.
    """
    return _JOBS[kind](inputs, bench)


def _city(inputs: Mapping[str, Any], bench: Bench) -> Outcome:
    service = bench.service
    folder = run_city(
        service.city,
        service.runs,
        seed=service.seed,
        year=bool(inputs.get("year")),
        limits=_limits(inputs),
        tell=bench.tell,
        render=render_files,
    )
    return Outcome(folder.name, [])


def _check(inputs: Mapping[str, Any], bench: Bench) -> Outcome:
    """What is wrong is the answer here, and no failure."""
    plan_path, list_path = _paths(inputs, bench.service)
    desk = bench.desk(Clock(bench.tell), None)
    try:
        if list_path is None:
            _, issues = read_plan_file(_given(plan_path), desk)
        else:
            _, _, issues = read_plan_and_list(_given(plan_path), list_path, desk)
    except InvalidData as found:
        issues = found.issues
    return Outcome(None, issues)


def _plan(inputs: Mapping[str, Any], bench: Bench) -> Outcome:
    clock = Clock(bench.tell)
    plan_path, list_path = _paths(inputs, bench.service)
    desk = bench.desk(clock, _limits(inputs))
    plan, projects, issues = read_plan_and_list(_given(plan_path), _given(list_path), desk)
    tables = answer_plan(desk, plan, projects, clock)
    folder = save_plan(desk, plan, tables, _keep(bench.service), clock)
    return Outcome(folder.name, issues)


def _search(inputs: Mapping[str, Any], bench: Bench) -> Outcome:
    """Search, and answer what is found; who stops it gets the best so far as a plan."""
    clock = Clock(_heeding(bench))
    plan_path, list_path = _paths(inputs, bench.service)
    kept = Kept()
    try:
        desk = bench.desk(clock, _limits(inputs))
        plan, projects, issues = read_plan_and_list(_given(plan_path), _given(list_path), desk)
        wish = Wish(
            budgets_eur=inputs.get("budgets_eur") or {},
            homes=inputs.get("homes"),
            gap_fraction=inputs.get("gap") or Wish().gap_fraction,
            curve=bool(inputs.get("curve")),
        )
        found, more = search_plan(desk, plan, projects, wish, clock, stopped=bench.stopped)
        left_out = [Issue(*row) for row in more["left_out"].itertuples(index=False)]
        kept = _found(found, projects, more)
        tables = answer_plan(desk, found, projects, clock) | more
        folder = save_plan(desk, found, tables, _keep(bench.service), clock)
    except _Stopped:
        if kept.gap is None:
            return Outcome(None, [], kept)
        name = _shelve(desk, found, str(inputs["plan"]), bench.service)
        return Outcome(None, [*issues, *left_out], replace(kept, plan=name))
    except InvalidData as wrong:
        if kept.gap is None:
            raise
        name = _shelve(desk, found, str(inputs["plan"]), bench.service)
        problem, remedy = "holds what the search found.", "Mend it, and have it calculated."
        issue = Issue(f"plan {name}", problem, remedy, "warning")
        raise InvalidData([*wrong.issues, issue]) from wrong
    return Outcome(folder.name, [*issues, *left_out])


def _heeding(bench: Bench) -> Tell:
    """Tell how far a search is; where it does not see to a stop itself, stop it here."""

    def tell(step: str, fraction: float) -> None:
        bench.tell(step, fraction)
        if step not in SEARCH_STEPS and bench.stopped():
            raise _Stopped

    return tell


def _found(found: Plan, projects: pd.DataFrame, tables: Mapping[str, pd.DataFrame]) -> Kept:
    """What there is to keep of a search; nothing when it has found nothing yet."""
    gap = float(tables["search"]["gap_fraction"].iloc[0])
    if not np.isfinite(gap):
        return Kept()
    homes = projects.loc[projects["kind"] == "homes", "project_id"]
    promises = found.promises
    last = promises[(promises["year"] == found.last_year) & promises["project_id"].isin(homes)]
    return Kept(homes=float(last["size"].sum()), year=found.last_year, gap=gap)


def _shelve(desk: Desk, found: Plan, searched: str, service: Service) -> str:
    """Keep a plan that was found in the workspace, beside the one that was searched."""
    name = free_name(f"{searched[:_NAME_MAX]}-{_FOUND}", service.plans.names())
    drawn = plan_files(desk, found).get(OUTLINES_FILE, b"")
    outlines = beside_name(name, drawn, OUTLINE_ENDINGS[0])
    files = plan_files(desk, found, outlines)
    beside = {outlines: files[outlines]} if outlines in files else {}
    service.plans.save(name, files["plan.toml"], None, beside)
    return name


def _claim(inputs: Mapping[str, Any], bench: Bench) -> Outcome:
    clock, service = Clock(bench.tell), bench.service
    plan_path, list_path = _paths(inputs, service)
    desk = bench.desk(clock, _limits(inputs))
    if plan_path is None:
        plan = empty_plan(desk, dt.datetime.now().astimezone().year)
        projects, plan, issues = read_project_list(_given(list_path), desk, plan)
    else:
        projects, plan, issues = read_list_under_plan(_given(list_path), plan_path, desk)
    tables = claim_list(desk, plan, projects, clock)
    named = {
        "Gemeente": service.city_name,
        "Plan": plan.name or "geen",
        "Grenzen": str(tables["limits"]["about_nl"].iloc[0]),
    }
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    facts = {
        "city": service.city_name,
        "municipality_code": service.municipality_code,
        "plan": plan.name or None,
        "list": inputs["list"],
        "limits": limit_facts(desk.twin),
        "version": metadata.version("stroomstad"),
        "created_at": now.isoformat(),
    }
    files = {"claim.xlsx": claim_workbook(tables, named), "claim.csv": claim_csv(tables["claim"])}
    name = f"claim-{safe_name(str(inputs['list']))}-{now:%Y%m%d-%H%M%S}"
    return Outcome(save_run(service.runs, name, tables, facts, files).name, issues)


_JOBS: dict[str, Callable[[Mapping[str, Any], Bench], Outcome]] = {
    "city": _city,
    "check": _check,
    "plan": _plan,
    "search": _search,
    "claim": _claim,
}


def _limits(inputs: Mapping[str, Any]) -> AskedLimits:
    """What a job asks of limits."""
    return AskedLimits(inputs.get("limits"), inputs.get("n1_relaxed"))


def _paths(inputs: Mapping[str, Any], service: Service) -> tuple[Path | None, Path | None]:
    plan, projects = inputs.get("plan"), inputs.get("list")
    return (
        service.plans.path(str(plan)) if plan else None,
        service.lists.path(str(projects)) if projects else None,
    )


def _given(path: Path | None) -> Path:
    if path is None:
        remedy = "Name a plan and a project list of the workspace."
        raise InvalidData([Issue("job", "lacks a plan or a list.", remedy)])
    return path


def _keep(service: Service) -> tuple[Path, Any]:
    return service.runs, partial(plan_run_files, "nl")
