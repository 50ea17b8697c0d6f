"""The search for a plan: which candidates, when, for whose money; and what each euro connects."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from stroomstad.blocks import LoadBlocks
from stroomstad.errors import InvalidData, Issue
from stroomstad.measures.twin import Horizon
from stroomstad.powerflow import Network, StepFlows, solve_steps_fastest
from stroomstad.run.desk import Desk, locate
from stroomstad.run.lists import Tables
from stroomstad.run.model import Clock
from stroomstad.run.plans import plan_costs
from stroomstad.search import (
    Answer,
    Posed,
    Question,
    SearchOptions,
    ceilinged,
    heeding_interrupt,
    homes_per_euro,
    plan_of,
    pose,
    propose,
    search,
)
from stroomstad.tables.plan import COUNTED_STATUSES, PAYERS, Payer, Plan
from stroomstad.timeline.horizons import build_horizon, lowered_limits
from stroomstad.trust.confirm import limits_by_ac

SOCIETY = "society"
# Steps in which a search sees to it itself that it is stopped with the best so far.
SEARCH_STEPS = ("search", "cuts", "search again", "curve")
# How a search ends that was not stopped and has an answer.
_DONE = ("gap", "work")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a search is asked.

    Attributes
    ----------
    budgets_eur
        What may be spent over the horizon, by payer or ``society`` for everybody together; beside
        the budget lines of the plan, which hold too. [EUR]
    homes
        Homes to reach for the least money; the most homes when left out.
    gap_fraction
        Distance to the bound that is good enough. [1]
    seconds
        Wall time after which it is stopped with the best plan so far; never when left out. [s]
    curve
        Whether smaller budgets are searched too.
    propose
        Whether candidates are added by rule.
    """

    budgets_eur: Mapping[str, float] = field(default_factory=dict)
    homes: float | None = None
    gap_fraction: float = 0.01
    seconds: float | None = None
    curve: bool = False
    propose: bool = False


def search_plan(
    desk: Desk,
    plan: Plan,
    projects: pd.DataFrame,
    wish: Wish,
    clock: Clock,
    *,
    stopped: Callable[[], bool] | None = None,
) -> tuple[Plan, Tables]:
    """Choose among the candidates of a plan.

    Parameters
    ----------
    desk
        The city.
    plan
        Its candidates may be chosen; what counts in it already stands.
    projects
        As declared in ``PROJECTS``.
    wish
        What is asked.
    clock
        Tells which step runs, and how far the gap is closed.
    stopped
        Whether somebody asked to stop with the best so far; beside Ctrl-C.

    Returns
    -------
    The plan with what was chosen and what it promises, the best so far when it is stopped; and
    the tables ``search`` (how it ended, one row), ``asked_budgets``, ``chosen`` (measures that it
    chose), ``left_out`` (candidates and projects that could not take part, and why) and, when
    asked for, ``curve``.

    Raises
    ------
    InvalidData
        When the plan has no candidates, or no choice among them reaches the homes asked for.

    Notes
    -----
    The power flow is asked once what it leaves of the limits that the plan found runs into; the
    search is then done again with those limits, as long as it is not stopped.
    """
    plan = _with_candidates(desk, plan, projects, wish)
    with clock.step("years"):
        horizon = build_horizon(desk.twin, plan, "mid", places=sorted(set(projects["place"])))
    twin = desk.twin
    question = _question(plan, wish.budgets_eur, plan_costs(desk, plan, horizon))
    options = SearchOptions(gap_fraction=wish.gap_fraction, homes_for_least_money=wish.homes)

    def ask(horizon: Horizon, step: str) -> tuple[Posed, Answer]:
        parameters = twin.parameters["mid"]
        posed = pose(horizon, plan, projects, twin.catalogue, parameters, question=question)
        with clock.step(step) as done:
            tell = _progress(wish, done)
            return posed, search(posed.problem, options, progress=tell, cancelled=cancelled)

    by_ac = False
    stopped = stopped or (lambda: False)
    with _stopping(wish.seconds, stopped) as cancelled:
        posed, answer = ask(horizon, "search")
        if answer.ended == "impossible":
            remedy = "Ask for fewer homes, add candidates (--propose adds some), or more budget."
            raise InvalidData([Issue(plan.name, answer.reason, remedy)])
        if answer.ended in _DONE and not cancelled():
            with clock.step("cuts"):
                found = plan_of(plan, posed, answer.mix)
                lower = _lowered(desk, found, projects, horizon, cancelled)
            if lower is not None:
                second = ask(lower, "search again")
                by_ac = second[1].ended in _DONE
                if by_ac:
                    (posed, answer), horizon = second, lower
    found = plan_of(plan, posed, answer.mix)
    tables = _told(answer, posed, wish) | {"chosen": _chosen(plan, found)}
    tables["search"]["by_ac_limits"] = by_ac
    if wish.curve and answer.ended != "cancelled" and not stopped():
        with clock.step("curve"):
            tables["curve"] = _curve(desk, horizon, plan, projects, wish, stopped=stopped)
    return found, tables


def _with_candidates(desk: Desk, plan: Plan, projects: pd.DataFrame, wish: Wish) -> Plan:
    if wish.propose:
        sites, _ = locate(desk.twin, plan, projects["place"])
        plan = propose(desk.twin, plan, projects, sites)
    if not (plan.measures["status"] == "candidate").any():
        problem = "has no measure of status candidate, so there is nothing to choose from."
        raise InvalidData([Issue(plan.name, problem, "Add candidates, or use --propose.")])
    return plan


def _lowered(
    desk: Desk,
    found: Plan,
    projects: pd.DataFrame,
    horizon: Horizon,
    cancelled: Callable[[], bool],
) -> Horizon | None:
    """The horizon of a search with the limits that AC leaves to what was found on it.

    Nothing when it is stopped meanwhile.
    """
    own = build_horizon(desk.twin, found, horizon.case, places=sorted(set(projects["place"])))

    def heeding(network: Network, load: LoadBlocks, feed_in: LoadBlocks) -> StepFlows:
        if cancelled():
            raise _Stopped
        return solve_steps_fastest(network, load, feed_in)

    try:
        by_ac_kva = limits_by_ac(desk.twin, found, projects, own, heeding)
    except _Stopped:
        return None
    return lowered_limits(horizon, own, by_ac_kva)


def _chosen(plan: Plan, found: Plan) -> pd.DataFrame:
    """Measures that count in what was found, and did not in the plan that was searched."""
    names = [
        each.measures.loc[each.measures["status"].isin(COUNTED_STATUSES), "measure_id"]
        for each in (found, plan)
    ]
    return pd.DataFrame({"measure_id": names[0][~names[0].isin(names[1])].to_numpy()})


def _question(plan: Plan, budgets_eur: Mapping[str, float], committed: pd.DataFrame) -> Question:
    """Everything is decided on the first day of the plan, so that the same plan answers alike."""
    ceilings = tuple((_payers(payer), eur) for payer, eur in budgets_eur.items())
    return Question(
        today=dt.date(plan.first_year, 1, 1),
        payers=ceilings[0][0] if len(ceilings) == 1 else PAYERS,
        ceilings=ceilings,
        committed=committed,
    )


def _payers(name: str) -> tuple[Payer, ...]:
    return tuple(each for each in PAYERS if name in (SOCIETY, each))


def _told(answer: Answer, posed: Posed, wish: Wish) -> Tables:
    """How a search ended, in one row; what it was asked; and what could not take part."""
    effort = {f"effort_{name}": value for name, value in dataclasses.asdict(answer.effort).items()}
    ended = {
        "worth": answer.worth,
        "bound": answer.bound,
        "gap_fraction": answer.gap_fraction,
        "ended": answer.ended,
        "reason": answer.reason,
        "cost_eur": answer.cost_eur,
        "homes_lost": answer.homes_lost,
        **effort,
    }
    left_out = [dataclasses.asdict(issue) for issue in posed.issues]
    return {
        "search": pd.DataFrame([ended]),
        "asked_budgets": pd.DataFrame(
            {"payer": list(wish.budgets_eur), "budget_eur": list(wish.budgets_eur.values())}
        ),
        "left_out": pd.DataFrame(left_out, columns=["where", "problem", "remedy", "severity"]),
    }


def _curve(
    desk: Desk,
    horizon: Horizon,
    plan: Plan,
    projects: pd.DataFrame,
    wish: Wish,
    *,
    stopped: Callable[[], bool],
) -> pd.DataFrame:
    """Homes over the euros of the municipality, and over those of everybody.

    Returns
    -------
    ``payer, budget_eur, homes, connections_kw, eur_municipality, eur_society, co2_kg, gap``.
    """
    parts = []
    # A curve needs the homes of each budget, not the last euro saved.
    options = SearchOptions(gap_fraction=wish.gap_fraction, tidy=False)
    committed = plan_costs(desk, plan, horizon)
    for payer in ("municipality", SOCIETY):
        posed = ceilinged(
            horizon,
            plan,
            projects,
            desk.twin.catalogue,
            desk.twin.parameters["mid"],
            question=_question(plan, {payer: np.inf}, committed),
        )
        with _stopping(wish.seconds, stopped) as cancelled:
            rows = homes_per_euro(posed, options=options, cancelled=cancelled)
        rows = rows.rename(
            columns={
                "ceiling_eur": "budget_eur",
                "connection_kw": "connections_kw",
                "gap_fraction": "gap",
            }
        )
        parts.append(rows.assign(payer=payer))
        if stopped():
            break
    return pd.concat(parts, ignore_index=True)


def _progress(wish: Wish, done: Callable[[float], None]) -> Callable[[float, float, float], None]:
    """Tell how far the gap is closed: all of it when it is good enough."""

    def tell(_best: float, _bound: float, gap_fraction: float) -> None:
        closed = wish.gap_fraction / gap_fraction if gap_fraction > wish.gap_fraction else 1.0
        done(closed if np.isfinite(gap_fraction) else 0.0)

    return tell


class _Stopped(Exception):
    """A power flow was left because somebody asked to stop."""


@contextmanager
def _stopping(seconds: float | None, stopped: Callable[[], bool]) -> Iterator[Callable[[], bool]]:
    """Whether to stop with the best so far: on request, or when so many seconds have passed."""
    end = math.inf if seconds is None else time.monotonic() + seconds
    with heeding_interrupt() as pressed:
        yield lambda: pressed() or stopped() or time.monotonic() > end
