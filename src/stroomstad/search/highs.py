"""The one place that knows HiGHS: arrays in, columns out, stopped by a gap, by nodes or on request.

One thread and a fixed seed, so that the same arrays give the same answer. The limit is a number of
nodes of the search tree, which no clock has a say in; a clock can only ask to stop.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import FrameType
from typing import Literal

import highspy
import numpy as np

from stroomstad.blocks import Floats
from stroomstad.search.kernel import Programme
from stroomstad.search.model import Flags
from stroomstad.search.rows import Rows, stack

Ended = Literal["gap", "work", "cancelled", "impossible"]

_FEASIBLE = int(highspy.SolutionStatus.kSolutionStatusFeasible)
_SAME = 1e-6  # of an objective; integer columns are rounded, which moves it by less


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One call of the solver.

    Attributes
    ----------
    saves
        Whether it is for the least money; else it is for the most homes.
    relaxed
        Whether nothing need be whole.
    lower, upper
        Columns that may not be lower or higher; missing where they are free. Shape (columns,)
    whole
        Columns that are whole, where these are not those of the programme. Shape (columns,)
    start
        Columns of an answer to begin with.
    reach
        Row to be kept besides those of the model, such as homes to be reached.
    nodes_max, gap_fraction
        When to stop.
    tell
        Told the best answer so far and the bound.
    cancelled
        Asked now and then whether to stop.
    """

    saves: bool
    relaxed: bool = False
    lower: Floats | None = None
    upper: Floats | None = None
    whole: Flags | None = None
    start: Floats | None = None
    reach: Rows | None = None
    nodes_max: int = 20
    gap_fraction: float = 0.0
    tell: Callable[[float, float], None] | None = None
    cancelled: Callable[[], bool] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What the solver found.

    Attributes
    ----------
    columns
        Value of every column; none when there is no answer. Shape (columns,)
    objective
        What they are worth in homes, or cost in 1000 EUR; missing when there is no answer.
    bound
        No answer is better.
    ended
        ``gap`` when it is close enough to the bound, ``work`` when all nodes were used up,
        ``cancelled``, or ``impossible``.
    nodes
        Nodes of the search tree.
    """

    columns: Floats | None
    objective: float
    bound: float
    ended: Ended
    nodes: int = 0


def solve(programme: Programme, rows: list[Rows], stage: Stage) -> Found:
    """Hand a programme to HiGHS and read the answer.

    Parameters
    ----------
    programme
        Columns and objectives.
    rows
        Its rows, and those that were added since.
    stage
        What for, from where, and how far.

    Notes
    -----
    HiGHS 1.16 was seen to tell the objective of a better answer and give back the columns that it
    began with. The objective is therefore that of the columns, and where it is not the one told
    the programme is solved again from nothing.
    """
    found, told = _solve_once(programme, rows, stage)
    if stage.start is None or found.columns is None or _is_close(found.objective, told):
        return found
    again, _ = _solve_once(programme, rows, replace(stage, start=None))
    return again if again.columns is not None else found


def _is_close(one: float, other: float) -> bool:
    return abs(one - other) <= _SAME * max(1.0, abs(other))


def _solve_once(programme: Programme, rows: list[Rows], stage: Stage) -> tuple[Found, float]:
    """Solve, and tell the answer and the objective that HiGHS says it has."""
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    options = {
        "output_flag": False,
        "threads": 1,
        "random_seed": 1,
        "solve_relaxation": stage.relaxed,
        "mip_max_nodes": stage.nodes_max,
        "mip_rel_gap": stage.gap_fraction,
    }
    for name, chosen in options.items():
        highs.setOptionValue(name, chosen)
    _pass(highs, programme, stack(rows if stage.reach is None else [*rows, stage.reach]), stage)
    if stage.start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = stage.start.tolist()
        highs.setSolution(solution)
    stopped = _listen(highs, stage)
    highs.run()
    return _read(highs, programme, stage, cancelled=bool(stopped))


def _pass(highs: highspy.Highs, programme: Programme, rows: Rows, stage: Stage) -> None:
    layout, matrix = programme.layout, rows.matrix
    matrix.sort_indices()
    lower, upper = np.zeros(layout.columns), programme.upper
    if stage.lower is not None:
        lower = np.fmax(lower, stage.lower)
    if stage.upper is not None:
        upper = np.fmin(upper, stage.upper)
    none = np.zeros(0, dtype=np.int32)
    highs.passModel(
        layout.columns,
        rows.lower.size,
        matrix.nnz,
        0,
        int(highspy.MatrixFormat.kRowwise),
        1,
        int(highspy.ObjSense.kMinimize if stage.saves else highspy.ObjSense.kMaximize),
        0.0,
        programme.cost if stage.saves else programme.worth,
        lower,
        upper,
        rows.lower,
        rows.upper,
        matrix.indptr.astype(np.int32),
        matrix.indices.astype(np.int32),
        matrix.data,
        none,
        none,
        np.zeros(0),
        _whole(programme, stage).astype(np.int32),
    )


def _whole(programme: Programme, stage: Stage) -> Flags:
    return programme.whole if stage.whole is None else stage.whole


def _listen(highs: highspy.Highs, stage: Stage) -> list[bool]:
    """Hear whether to stop, and tell better answers; the list fills when it is stopped."""
    stopped: list[bool] = []

    def pause(event: highspy.highs.HighsCallbackEvent) -> None:
        if stopped or (stage.cancelled is not None and stage.cancelled()):
            stopped[:] = [True]
            event.interrupt()

    def improve(event: highspy.highs.HighsCallbackEvent) -> None:
        if stage.tell is not None:
            stage.tell(event.data_out.mip_primal_bound, event.data_out.mip_dual_bound)

    if stage.cancelled is not None:
        highs.cbMipInterrupt.subscribe(pause)
        highs.cbSimplexInterrupt.subscribe(pause)
    if stage.tell is not None:
        highs.cbMipImprovingSolution.subscribe(improve)
        highs.cbMipLogging.subscribe(improve)
    return stopped


def _read(
    highs: highspy.Highs, programme: Programme, stage: Stage, *, cancelled: bool
) -> tuple[Found, float]:
    status, facts = highs.getModelStatus(), highs.getInfo()
    ended: Ended = "gap" if status == highspy.HighsModelStatus.kOptimal else "work"
    if status == highspy.HighsModelStatus.kInfeasible:
        ended = "impossible"
    elif cancelled:
        ended = "cancelled"
    whole = _whole(programme, stage)
    mixed = bool(whole.any()) and not stage.relaxed
    told = float(facts.objective_function_value)
    nodes = max(0, int(facts.mip_node_count))
    unknown = -np.inf if stage.saves else np.inf
    bound = float(facts.mip_dual_bound) if mixed else (told if ended == "gap" else unknown)
    if facts.primal_solution_status != _FEASIBLE or (stage.relaxed and ended != "gap"):
        return Found(None, np.nan, bound, ended, nodes), told
    columns = np.array(highs.getSolution().col_value)
    if mixed:
        columns[whole] = np.rint(columns[whole])
    weight = programme.cost if stage.saves else programme.worth
    return Found(columns, float(weight @ columns), bound, ended, nodes), told


@contextmanager
def heeding_interrupt() -> Iterator[Callable[[], bool]]:
    """Let Ctrl-C cancel a search instead of ending the program, while the context lasts.

    Yields
    ------
    What to give to `search` as ``cancelled``. Outside the main thread it is never true.
    """
    pressed = threading.Event()

    def press(_number: int, _frame: FrameType | None) -> None:
        pressed.set()

    if threading.current_thread() is not threading.main_thread():
        yield pressed.is_set
        return
    before = signal.signal(signal.SIGINT, press)
    try:
        yield pressed.is_set
    finally:
        signal.signal(signal.SIGINT, before)
