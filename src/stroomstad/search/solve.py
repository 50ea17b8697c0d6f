"""The search itself: HiGHS on the programme, anytime, and whole homes afterwards.

First comes a feasible answer, then a bound and better answers. The solver stops on a gap or on
work that is counted, so that the same question has the same answer; a clock can only cancel,
and cancelling leaves the best answer so far.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from stroomstad.blocks import Floats
from stroomstad.search.flows import Flows, contract, mix_of, sizes_of, variants_over
from stroomstad.search.highs import Ended, Found, Stage, solve
from stroomstad.search.kernel import EUR_PER_UNIT, Programme, build_programme, variant_rows
from stroomstad.search.limits import broken_rows
from stroomstad.search.model import (
    Mix,
    Problem,
    check_mix,
    cost,
    nothing,
    size_max_by_year,
    spent,
    worth,
)
from stroomstad.search.narrowing import Narrowed, narrow
from stroomstad.search.rows import Rows, row_of

# Best answer so far, bound, and gap as a fraction.
Progress = Callable[[float, float, float], None]

_ROUNDS_MAX = 20  # rounds of rows that were left out at first; each adds every broken one
_SLACK_FRACTION = 1e-6  # of what was found, so that saving money has room for rounding
_SAVED_FRACTION = 0.1  # gap at which enough money is saved
_CLOSE_FRACTION = 0.05  # gap at which a first answer is good enough to begin with
_ROUND_UP_FROM = (0.001, 0.5, 1.0)  # fractions of a unit from which a first answer has it


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchOptions:
    """When the search stops, and what it is for.

    Attributes
    ----------
    gap_fraction
        Distance between answer and bound, as a share of the answer, that is good enough. [1]
    nodes_max
        Nodes of the search tree after which it stops.
    homes_for_least_money
        Homes at the end of the last year to be reached for the least money; without it the
        search is for the most homes that the budgets allow.
    tidy
        Whether money that buys nothing is saved afterwards.
    """

    gap_fraction: float = 0.01
    nodes_max: int = 1_000
    homes_for_least_money: float | None = None
    tidy: bool = True


@dataclass(frozen=True, slots=True)
class Effort:
    """How large the programme was, and what it took.

    Attributes
    ----------
    links, links_kept
        Links on the way to a place, and those that can be full.
    rows, rows_kept
        Rows of links on which something acts: one per year and quarter, and those needed.
    flows, shares
        Flows and shares of projects that are left of the tree.
    columns, columns_whole, programme_rows
        Size of the programme.
    rows_added
        Rows that were broken and came back.
    nodes
        Nodes of the search tree.
    """

    links: int
    links_kept: int
    rows: int
    rows_kept: int
    flows: int
    shares: int
    columns: int
    columns_whole: int
    programme_rows: int
    rows_added: int
    nodes: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What the search found.

    Attributes
    ----------
    mix
        Sizes, whole homes at every place, and connections.
    worth
        What they count for, in homes.
    programme_worth
        The same in the programme, in which homes need not be whole.
    bound
        No answer of the stated model is better: most homes, or least euros.
    gap_fraction
        Distance between the programme's answer and the bound. [1]
    ended
        ``gap`` when it is close enough, ``work`` when the work was done, ``cancelled``, or
        ``impossible``.
    reason
        Why, in a sentence.
    cost_eur
        Present value of the measures, for those whose money is counted. [EUR]
    homes_lost
        Homes of the last year lost by placing them whole.
    effort
        How large the programme was, and what it took.
    """

    mix: Mix
    worth: float
    programme_worth: float
    bound: float
    gap_fraction: float
    ended: Ended
    reason: str
    cost_eur: float
    homes_lost: float
    effort: Effort


@dataclass(frozen=True, slots=True)
class _Task:
    """What a problem is searched with; ``work`` is counted in it, and broken rows are added."""

    problem: Problem
    options: SearchOptions
    narrowed: Narrowed
    flows: Flows
    programme: Programme
    progress: Progress | None
    cancelled: Callable[[], bool] | None
    work: Counter[str]
    rows: list[Rows]

    @property
    def stage(self) -> Stage:
        """What every call of the solver begins with."""
        homes = self.options.homes_for_least_money
        reach = None if homes is None else row_of(self.programme.homes, homes)
        return Stage(saves=homes is not None, reach=reach, cancelled=self.cancelled)

    @property
    def saves(self) -> bool:
        """Whether the search is for the least money."""
        return self.options.homes_for_least_money is not None


def search(
    problem: Problem,
    options: SearchOptions | None = None,
    *,
    start: Mix | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Answer:
    """Search the sizes and years that connect most, or that cost least.

    Parameters
    ----------
    problem
        What is asked, what may be built, and what it costs.
    options
        When to stop, and what it is for.
    start
        An answer for a smaller budget; the new one counts for no less.
    progress
        Told the best answer so far, the bound and the gap.
    cancelled
        Asked now and then whether to stop with the best answer so far.

    Raises
    ------
    SolverFailed
        When what was found breaks a limit after all.
    """
    options = options or SearchOptions()
    narrowed = narrow(problem)
    flows = contract(problem, narrowed)
    programme = build_programme(problem, narrowed, flows)
    watch = progress, cancelled
    task = _Task(
        problem, options, narrowed, flows, programme, *watch, Counter(), [programme.rows]
    )  # fmt: skip
    relaxed = _solve(task, replace(task.stage, relaxed=True, cancelled=None))
    found = relaxed
    if relaxed.columns is not None:
        found = _improve(task, _first_answer(task, relaxed.columns, relaxed.bound, start))
    return _conclude(task, found, start)


def _solve(task: _Task, stage: Stage) -> Found:
    """Solve, and bring back every row that is broken, until none is."""
    for _ in range(_ROUNDS_MAX):
        found = solve(task.programme, task.rows, stage)
        task.work["nodes"] += found.nodes
        if found.columns is None or not _add_broken(task, found.columns):
            return found
    return Found(None, np.nan, found.bound, "work")


def _add_broken(task: _Task, columns: Floats) -> bool:
    """Bring back rows of links that were left out and that an answer breaks."""
    broken = broken_rows(task.problem, task.narrowed, task.flows, task.programme.layout, columns)
    if broken.lower.size:
        task.work["rows_added"] += broken.lower.size
        task.rows.append(broken)
    return bool(broken.lower.size)


def _first_answer(task: _Task, columns: Floats, bound: float, start: Mix | None) -> Found:
    """Best of a few answers with sizes that are rounded from those that need not be whole."""
    best = Found(None, np.nan, bound, "work")
    for fixed in _guesses(task, columns, start):
        if _gap(best) <= _CLOSE_FRACTION or _stopped(task, best):
            break
        # The first guess is worked out even when the search is cancelled: then there is an answer.
        heeds = None if best.columns is None else task.cancelled
        given = _given(task, fixed)
        found = _solve(task, replace(task.stage, lower=given, upper=given, cancelled=heeds))
        if _better(task, found, best):
            best = replace(found, bound=bound)
            _tell(task, best.objective, best.bound)
    return best


def _stopped(task: _Task, best: Found) -> bool:
    return best.columns is not None and task.cancelled is not None and task.cancelled()


def _given(task: _Task, size: Floats) -> Floats:
    """Columns of sizes; missing where a size is, and where it is something else."""
    layout = task.programme.layout
    columns = np.full(layout.columns, np.nan)
    columns[layout.size : layout.homes] = size.ravel()
    return columns


def _guesses(task: _Task, columns: Floats, start: Mix | None) -> Iterator[Floats]:
    size = sizes_of(task.programme.layout, columns)
    whole = task.problem.choices.whole
    if start is not None:
        yield start.size
    if not task.saves:
        yield np.zeros(size.shape)
    for at_least in _ROUND_UP_FROM:
        rounded = _affordable(task, size, np.floor(size + 1.0 - at_least + _SLACK_FRACTION))
        rounded[~whole] = np.nan
        yield rounded


def _affordable(task: _Task, size: Floats, wanted: Floats) -> Floats:
    """Round up choice by choice, the nearest to whole first, while every line can pay."""
    problem = task.problem
    rounded = np.where(problem.choices.whole[:, None], np.floor(size + _SLACK_FRACTION), 0.0)
    wanted = np.minimum(wanted, size_max_by_year(problem))
    once = np.flatnonzero(~problem.choices.staged)
    for sizes in (rounded, wanted):
        # What is built in one go has its last size from its first year on.
        sizes[once] = np.where(sizes[once] > 0, sizes[once, -1:], 0.0)
    nearest = np.argsort(-(size - np.floor(size)).max(axis=1), kind="stable")
    for choice in nearest[problem.choices.whole[nearest]]:
        tried = rounded.copy()
        tried[choice] = wanted[choice]
        if task.saves or (spent(problem, tried) <= problem.money.line_eur).all():
            rounded = tried
    for one, other in problem.choices.needs:
        if problem.choices.whole[other] and problem.choices.whole[one]:
            rounded[one, rounded[other] < 1.0] = 0.0
    return rounded


def _better(task: _Task, one: Found, other: Found) -> bool:
    if one.columns is None or other.columns is None:
        return one.columns is not None
    return one.objective < other.objective if task.saves else one.objective > other.objective


def _improve(task: _Task, first: Found) -> Found:
    """Let the solver improve on a first answer until a gap, or until the work is done."""
    best = first
    for _ in range(_ROUNDS_MAX):
        if _stopped(task, best):
            return replace(best, ended="cancelled")
        stage = replace(
            task.stage,
            start=best.columns,
            nodes_max=max(1, task.options.nodes_max - task.work["nodes"]),
            gap_fraction=task.options.gap_fraction,
            tell=_teller(task, best.bound),
        )
        found = solve(task.programme, task.rows, stage)
        task.work["nodes"] += found.nodes
        bound = (max if task.saves else min)(best.bound, found.bound)
        if found.columns is None or not _add_broken(task, found.columns):
            better = found if _better(task, found, best) else best
            return replace(better, bound=bound, ended=found.ended)
        given = _given(task, sizes_of(task.programme.layout, found.columns))
        mended = _solve(task, replace(task.stage, lower=given, upper=given))
        best = replace(mended if _better(task, mended, best) else best, bound=bound)
        if found.ended != "gap":
            return replace(best, ended=found.ended)
    return best


def _teller(task: _Task, known: float) -> Callable[[float, float], None]:
    """Tell progress with the better of a bound that is known and that of the solver."""

    def tell(objective: float, bound: float) -> None:
        _tell(task, objective, max(known, bound) if task.saves else min(known, bound))

    return tell


def _tell(task: _Task, objective: float, bound: float) -> None:
    if task.progress is not None and np.isfinite(objective):
        unit = EUR_PER_UNIT if task.saves else 1.0
        task.progress(objective * unit, bound * unit, _gap(Found(None, objective, bound, "work")))


def _gap(found: Found) -> float:
    if np.isnan(found.objective):
        return float("inf")
    away = abs(found.bound - found.objective)
    return 0.0 if away <= _SLACK_FRACTION else away / max(abs(found.objective), _SLACK_FRACTION)


def _conclude(task: _Task, found: Found, start: Mix | None) -> Answer:
    """Save what buys nothing, place homes whole, and check every link once more."""
    problem, programme = task.problem, task.programme
    columns = np.zeros(programme.layout.columns) if found.columns is None else found.columns
    mix = nothing(problem)
    if found.columns is not None:
        mix = _placed(task, columns if found.ended == "cancelled" else _tidied(task, columns))
        check_mix(problem, mix)
    if start is not None and _serves(task, start) and worth(problem, start) > worth(problem, mix):
        mix = start
    at_last = sum(float(homes[:, -1].sum()) for homes in mix.homes)
    return Answer(
        mix=mix,
        worth=worth(problem, mix),
        programme_worth=float(programme.worth @ columns),
        bound=found.bound * (EUR_PER_UNIT if task.saves else 1.0),
        gap_fraction=_gap(found),
        ended=found.ended,
        reason=_reason(task, found),
        cost_eur=cost(problem, mix.size),
        homes_lost=max(0.0, float(programme.homes @ columns) - at_last),
        effort=_effort(task),
    )


def _serves(task: _Task, start: Mix) -> bool:
    """Whether an earlier answer is one for these budgets too."""
    paid = (spent(task.problem, start.size) <= task.problem.money.line_eur + 1.0).all()
    return bool(paid) and not task.saves


def _tidied(task: _Task, columns: Floats) -> Floats:
    """Columns that count for as much and cost less, as far as that is found at once."""
    if task.saves or not task.options.tidy:
        return columns
    layout, whole = task.programme.layout, task.programme.whole
    saves = replace(task.stage, saves=True)
    least = np.full(layout.columns, np.nan)
    for block in (slice(layout.homes, layout.flow), slice(layout.connected, layout.gate)):
        least[block] = columns[block] * (1.0 - _SLACK_FRACTION)
    # First with every home where it is.
    alike = _solve(task, replace(saves, lower=least, start=columns))
    columns = columns if alike.columns is None else alike.columns
    # Then wherever it costs least, with whole columns between this answer and the one in which
    # nothing need be whole.
    least_worth = float(task.programme.worth @ columns) * (1.0 - _SLACK_FRACTION)
    freely = replace(saves, reach=row_of(task.programme.worth, least_worth))
    ideal = _solve(task, replace(freely, relaxed=True)).columns
    if ideal is None:
        return columns
    lower, upper = np.full(layout.columns, np.nan), np.full(layout.columns, np.nan)
    lower[whole] = np.minimum(np.floor(ideal + _SLACK_FRACTION), columns)[whole]
    upper[whole] = np.maximum(np.ceil(ideal - _SLACK_FRACTION), columns)[whole]
    between = replace(freely, lower=lower, upper=upper, start=columns)
    saved = _solve(task, replace(between, nodes_max=1, gap_fraction=_SAVED_FRACTION)).columns
    return columns if saved is None else saved


def _placed(task: _Task, columns: Floats) -> Mix:
    """Whole homes at every place, and variants of no more homes than there are."""
    problem, flows, layout = task.problem, task.flows, task.programme.layout
    stage = _settling(task, sizes_of(layout, columns))
    spare = np.zeros((len(problem.choices.variants), problem.years))
    mix = nothing(problem)
    for _ in range(_ROUNDS_MAX):
        settled = _solve(task, replace(stage, reach=variant_rows(problem, flows, layout, spare)))
        if settled.columns is None:
            return _without_variants(task, stage)
        mix = mix_of(problem, flows, layout, settled.columns)
        over = variants_over(problem, mix)
        if (over <= _SLACK_FRACTION).all():
            return mix
        # Placing homes whole lost some that were to be changed; as many are spared next time.
        spare = np.where(over > _SLACK_FRACTION, spare + np.ceil(over), spare)
    return _without_variants(task, stage)


def _settling(task: _Task, size: Floats) -> Stage:
    """Stage in which sizes stay, and what is counted becomes whole."""
    choices, layout = task.problem.choices, task.programme.layout
    # Charge points and homes are counted, though too many to search one by one.
    counted = choices.whole | (choices.step == 1.0)
    whole = task.programme.whole.copy()
    whole[layout.size : layout.homes] = np.repeat(counted, layout.years)
    least = np.where(choices.whole[:, None], size, np.nan)
    most = np.where(counted[:, None], np.ceil(size - _SLACK_FRACTION), size)
    return Stage(saves=False, lower=_given(task, least), upper=_given(task, most), whole=whole)


def _without_variants(task: _Task, stage: Stage) -> Mix:
    """The mix without any variant, where homes cannot be placed so that they fit."""
    problem, layout = task.problem, task.programme.layout
    none = np.full((problem.choices.size_max.size, layout.years), np.nan)
    for choices, _ in problem.choices.variants:
        none[choices] = 0.0
    given = np.fmin(stage.upper if stage.upper is not None else np.inf, _given(task, none))
    settled = _solve(task, replace(stage, lower=None, upper=given))
    if settled.columns is None:
        return nothing(problem)
    return mix_of(problem, task.flows, layout, settled.columns)


def _reason(task: _Task, found: Found) -> str:
    if found.columns is None:
        homes = task.options.homes_for_least_money
        if found.ended == "impossible" and homes is not None:
            return f"No choice of measures within the budgets connects {homes:.0f} homes."
        return "No answer was found before the search stopped."
    gap = _gap(found)
    near = f"within {gap:.2%} of the bound" if gap <= 1.0 else "not yet half of the bound"
    if found.ended == "cancelled":
        return f"Stopped on request; the best so far is {near}."
    if found.ended == "work":
        return f"Stopped after its work; the best so far is {near}."
    return f"{near[0].upper()}{near[1:]}."


def _effort(task: _Task) -> Effort:
    narrowed, layout = task.narrowed, task.programme.layout
    return Effort(
        links=int(narrowed.below.homes.sum()),
        links_kept=int(narrowed.keep.sum()),
        rows=int(narrowed.needed.size),
        rows_kept=int(narrowed.rows.shape[0]),
        flows=int(task.flows.parent.size),
        shares=int(task.flows.share_project.size),
        columns=layout.columns,
        columns_whole=int(task.programme.whole.sum()),
        programme_rows=sum(rows.lower.size for rows in task.rows),
        rows_added=task.work["rows_added"],
        nodes=task.work["nodes"],
    )
