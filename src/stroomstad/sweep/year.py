"""A stretch of time swept and reduced, in portions and on several cores, always to the same bytes.

A quarter is solved together with the fifteen that share its block, from a flat start. Blocks
begin at multiples of sixteen wherever a stretch begins, and what is kept does not depend on the
order in which it comes; so a year may be cut anywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from stroomstad.blocks import Floats, Ints, LoadBlocks
from stroomstad.sweep.demand import Drawn, build_demand, demand_at
from stroomstad.sweep.keep import NEVER, SHARES, Kept, Limits, Series, join, keep_all, start_keeping
from stroomstad.sweep.kernel import Demand
from stroomstad.sweep.lanes import WIDTH
from stroomstad.sweep.radial import Radial
from stroomstad.sweep.solve import Precision, Task, adopt_quarter, make_work, solve_feeders

Progress = Callable[[float], None]

_NO_SERIES = np.zeros((0, 0))


@dataclass(frozen=True, slots=True)
class SweepOptions:
    """How precisely, and in which portions, a grid is swept.

    Attributes
    ----------
    tolerance_pu
        Largest error of a voltage that may be left, proven. [pu of the nominal voltage]
    rounds_max
        Rounds before a quarter counts as not solved.
    portion_quarters
        Quarters after which progress is told.
    """

    tolerance_pu: float = 1e-6
    rounds_max: int = 200
    portion_quarters: int = 672


DEFAULT_OPTIONS = SweepOptions()


@dataclass(frozen=True, slots=True)
class Sweep:
    """A grid and what it must carry, ready to be swept.

    Attributes
    ----------
    radial
        The grid.
    drawn
        What its nodes draw and feed in, as it was given.
    demand
        The same, in the order of the rows.
    limits
        Most that every row, and after them every source, may carry. Shape (rows + sources,)
    """

    radial: Radial
    drawn: Drawn
    demand: Demand
    limits: Limits

    @property
    def quarters(self) -> int:
        """Number of quarters that the loads cover."""
        return self.drawn.load.quarters


@dataclass(frozen=True, slots=True)
class Span:
    """Which quarters are solved, of which feeders, and of which rows the series are kept.

    Attributes
    ----------
    start, stop
        First quarter, and the one after the last.
    feeders
        Feeders to solve.
    asked
        Where the series of each row stands; `NEVER` when it is not kept. Shape (rows,)
    is_whole
        Whether power and voltage are kept in the series, beside the loading.
    """

    start: int
    stop: int
    feeders: Ints
    asked: Ints
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep found, as the kernel keeps it; `stroomstad.sweep.results` tells it in units.

    Attributes
    ----------
    sweep
        What was swept.
    start, stop
        First quarter, and the one after the last.
    kept
        Extremes and sums of every row, and after them of every source.
    series
        Results quarter by quarter.
    """

    sweep: Sweep
    start: int
    stop: int
    kept: Kept
    series: Series

    @property
    def failed(self) -> tuple[Ints, Ints]:
        """Feeders and quarters without a proven answer, pair by pair."""
        feeder, column = np.nonzero(self.series.failed)
        return feeder, column + self.start


def build_sweep(
    radial: Radial,
    drawn: Drawn,
    limit_kva: Floats | None = None,
    limit_back_kva: Floats | None = None,
) -> Sweep:
    """Bring grid, loads and limits together.

    Parameters
    ----------
    radial
        The grid.
    drawn
        What its nodes draw and feed in.
    limit_kva, limit_back_kva
        Most that the link above each node may carry towards the customers, and towards the
        source; no limit when left out. [kVA], shape (nodes,)

    Raises
    ------
    ValueError
        When shapes do not fit each other, or a power is not a finite number.
    """
    shapes = {(blocks.nodes, blocks.quarters) for blocks in _blocks(drawn)}
    nodes = radial.rows + radial.source_node.size
    if len(shapes) > 1 or nodes != drawn.load.nodes:
        raise ValueError(
            f"load: {sorted(shapes)} are the nodes and quarters of load and feed-in where the grid "
            f"has {nodes} nodes. Build the loads for this grid and one stretch of time."
        )
    out, back = (_limit(radial, given) for given in (limit_kva, limit_back_kva))
    watch_out, watch_back = ((SHARES[0] * limit) ** 2 for limit in (out, back))
    return Sweep(
        radial, drawn, build_demand(radial, drawn), Limits(out, back, watch_out, watch_back)
    )


def _blocks(drawn: Drawn) -> list[LoadBlocks]:
    return [drawn.load, drawn.feed_in] + ([] if drawn.reactive is None else [drawn.reactive])


def _limit(radial: Radial, limit_kva: Floats | None) -> Floats:
    place = np.concatenate([radial.node, radial.source_node])
    if limit_kva is None:
        return np.full(place.size, np.inf)
    unit = np.concatenate([radial.loading, np.ones(radial.source_node.size)])
    limit: Floats = np.asarray(limit_kva, dtype=np.float64)[place] / 1e3 / unit
    return limit


def sweep_year(
    sweep: Sweep,
    *,
    span: tuple[int, int] | None = None,
    series_nodes: Ints | None = None,
    options: SweepOptions = DEFAULT_OPTIONS,
    pool: tuple[Executor, int] | None = None,
    progress: Progress | None = None,
) -> Swept:
    """Solve every quarter of a stretch of time, and keep what is asked of it.

    Parameters
    ----------
    sweep
        As `build_sweep` made it.
    span
        First quarter, and the one after the last; all when left out.
    series_nodes
        Nodes whose links' loading is kept quarter by quarter.
    options
        Precision and portions.
    pool
        Threads or processes that share the quarters, and their number.
    progress
        Called with the fraction that is done.
    """
    start, stop = span or (0, sweep.quarters)
    asked = np.full(sweep.radial.rows, NEVER, dtype=np.int64)
    if series_nodes is not None:
        place = {int(node): at for at, node in enumerate(series_nodes)}
        asked = np.array(
            [place.get(int(node), NEVER) for node in sweep.radial.node], dtype=np.int64
        )
    whole = Span(start, stop, np.arange(sweep.radial.feeders), asked)
    kept, series = _sweep_split(sweep, whole, options, pool, progress)
    return _with_sources(Swept(sweep, start, stop, kept, series))


def sweep_steps(
    sweep: Sweep, start: int, stop: int, *, options: SweepOptions = DEFAULT_OPTIONS
) -> Swept:
    """As `sweep_year`, but power, loading and voltage of every row are kept quarter by quarter."""
    rows = sweep.radial.rows
    span = Span(start, stop, np.arange(sweep.radial.feeders), np.arange(rows), is_whole=True)
    return _with_sources(Swept(sweep, start, stop, *_sweep_span(sweep, span, options, None)))


def solve_subtree(
    before: Swept, after: Sweep, nodes: Ints, *, options: SweepOptions = DEFAULT_OPTIONS
) -> Swept:
    """Solve the feeders of some nodes anew, and take the others as they were.

    Parameters
    ----------
    before
        What was found before the change.
    after
        The same grid with changed loads or limits.
    nodes
        Nodes at which something changed.

    Notes
    -----
    A source holds its voltage, so a change is felt on its own feeder and at the source, and
    nowhere else. The answer is that of a full solve, byte for byte.
    """
    radial = after.radial
    feeders = radial.feeders_of(nodes)
    span = Span(before.start, before.stop, feeders, before.series.asked)
    kept, series = _sweep_span(after, span, options, None)
    rows = np.flatnonzero(np.isin(radial.feeder, feeders))
    merged = Kept._make(array.copy() for array in before.kept)
    changed = np.append(rows, np.arange(radial.rows, merged.out.size))
    for name in Kept._fields:
        getattr(merged, name)[changed] = getattr(kept, name)[changed]
    lines = Series._make(array.copy() for array in before.series)
    for name in ("supply_p", "supply_q", "losses", "failed"):
        getattr(lines, name)[feeders] = getattr(series, name)[feeders]
    asked = lines.asked[rows]
    if lines.loading.size:
        lines.loading[asked[asked >= 0]] = series.loading[asked[asked >= 0]]
    return _with_sources(replace(before, sweep=after, kept=merged, series=lines))


def adopt_voltages(swept: Swept, quarters: Ints, voltage_pu: Floats) -> Swept:
    """Take quarters without a proven answer from another solver.

    Parameters
    ----------
    swept
        What was found so far.
    quarters
        The quarters that another solved.
    voltage_pu
        What it found for every node; NaN where it found nothing either. Shape (quarters, nodes)

    Notes
    -----
    Flows and losses follow from the voltages; only feeders that lack an answer take them.
    """
    sweep, radial = swept.sweep, swept.sweep.radial
    swept = replace(
        swept,
        kept=Kept._make(array.copy() for array in swept.kept),
        series=Series._make(array.copy() for array in swept.series),
    )
    work = make_work(int(np.diff(radial.tree.first).max(initial=0)))
    task = Task(radial.tree, sweep.demand, sweep.limits, Precision(0.0, 0))
    fixed = (task, work, swept.kept, swept.series)
    adopted = []
    for quarter, voltage in zip(quarters.tolist(), voltage_pu, strict=True):
        squared = (voltage[radial.node] / radial.voltage) ** 2
        failed = np.flatnonzero(swept.series.failed[:, quarter - swept.start])
        for feeder in failed.tolist():
            rows = slice(radial.tree.first[feeder], radial.tree.first[feeder + 1])
            if np.isfinite(squared[rows]).all():
                adopt_quarter(*fixed, (feeder, quarter, swept.start), squared[rows])
                adopted.append(quarter)
    return _with_sources(swept, np.unique(np.array(adopted, dtype=np.int64)))


def _sweep_split(
    sweep: Sweep,
    whole: Span,
    options: SweepOptions,
    pool: tuple[Executor, int] | None,
    progress: Progress | None,
) -> tuple[Kept, Series]:
    if pool is None:
        return _sweep_span(sweep, whole, options, progress)
    executor, workers = pool
    portions = _portions(whole, options, workers)
    waiting = [
        executor.submit(_sweep_portions, sweep, whole, portions[worker::workers], options)
        for worker in range(min(workers, len(portions)))
    ]
    parts: list[Kept] = []
    series: dict[tuple[int, int], Series] = {}
    for worker, part in enumerate(waiting):
        kept, found = part.result()
        parts.append(kept)
        series |= zip(portions[worker::workers], found, strict=True)
        if progress is not None:
            progress(len(parts) / len(waiting))
    for other in parts[1:]:
        join(parts[0], other)
    return parts[0], _side_by_side([series[portion] for portion in portions])


def _portions(whole: Span, options: SweepOptions, workers: int) -> list[tuple[int, int]]:
    """First quarter of every portion, and the one after its last; at least one for each worker."""
    first = whole.start // WIDTH
    blocks = -(-whole.stop // WIDTH) - first
    most = min(-(-options.portion_quarters // WIDTH), -(-blocks // workers))
    cuts = [max(whole.start, WIDTH * (first + at)) for at in range(0, blocks, most)]
    return list(pairwise([*cuts, whole.stop]))


def _sweep_portions(
    sweep: Sweep, whole: Span, portions: list[tuple[int, int]], options: SweepOptions
) -> tuple[Kept, list[Series]]:
    """Sweep portions that rise in time, with gaps between them.

    Each worker takes one portion in turn, so that all have every season: they are busy equally
    long, and each meets high loads early, after which few records are broken. Of equal loadings
    the first is kept, whoever had it.
    """
    kept, series = _start_keeping(sweep.radial), []
    for start, stop in portions:
        span = replace(whole, start=start, stop=stop)
        series.append(_sweep_span(sweep, span, options, None, kept)[1])
    return kept, series


def _start_keeping(radial: Radial) -> Kept:
    return start_keeping(radial.rows + radial.source_node.size)


def _side_by_side(parts: list[Series]) -> Series:
    columns = {
        name: np.concatenate([getattr(part, name) for part in parts], axis=1)
        for name in Series._fields
        if name != "asked"
    }
    return Series(asked=parts[0].asked, **columns)


def _sweep_span(
    sweep: Sweep,
    span: Span,
    options: SweepOptions,
    progress: Progress | None,
    kept: Kept | None = None,
) -> tuple[Kept, Series]:
    """Sweep one stretch of time, a portion after the other; add it to what is kept already."""
    radial = sweep.radial
    kept = _start_keeping(radial) if kept is None else kept
    series = _start_series(radial, span)
    work = make_work(int(np.diff(radial.tree.first).max(initial=0)))
    precision = Precision(
        2.0 * options.tolerance_pu / radial.voltage.max(initial=1.0), options.rounds_max
    )
    fixed = (Task(radial.tree, sweep.demand, sweep.limits, precision), work, kept, series)
    portion = -(-options.portion_quarters // WIDTH) * WIDTH
    begin = span.start
    while begin < span.stop:
        end = min(begin // WIDTH * WIDTH + portion, span.stop)
        solve_feeders(*fixed, span.feeders, (begin, end, span.start))
        begin = end
        if progress is not None:
            progress((end - span.start) / (span.stop - span.start))
    return kept, series


def _start_series(radial: Radial, span: Span) -> Series:
    quarters = span.stop - span.start

    def missing(rows: int, columns: int = quarters) -> Floats:
        return np.full((rows, columns), np.nan)

    asked = int(span.asked.max(initial=NEVER)) + 1
    whole = quarters if span.is_whole else 0
    return Series(
        supply_p=missing(radial.feeders),
        supply_q=missing(radial.feeders),
        losses=missing(radial.feeders),
        failed=np.zeros((radial.feeders, quarters), dtype=np.bool_),
        asked=span.asked,
        power=missing(asked, whole),
        loading=missing(asked, quarters if asked or span.is_whole else 0),
        voltage=missing(asked, whole),
    )


def source_powers(swept: Swept) -> tuple[Floats, Floats]:
    """Active and reactive power of every source. [pu], shape (sources, quarters) each."""
    radial, series = swept.sweep.radial, swept.series
    powers = demand_at(swept.sweep.drawn, radial.source_node)
    active, reactive = (power[:, swept.start : swept.stop].copy() for power in powers)
    for feeder, source in enumerate(radial.source.tolist()):
        active[source] += series.supply_p[feeder]
        reactive[source] += series.supply_q[feeder]
    return active, reactive


def _with_sources(swept: Swept, quarters: Ints | None = None) -> Swept:
    """Keep what the sources carry, once all their feeders are known."""
    radial = swept.sweep.radial
    active, reactive = source_powers(swept)
    rows = radial.rows + np.arange(radial.source_node.size)
    if quarters is None:
        quarters = np.arange(swept.start, swept.stop)
    active, reactive = (power[:, quarters - swept.start] for power in (active, reactive))
    keep_all(swept.kept, swept.sweep.limits, rows, quarters, active, active**2 + reactive**2)
    return swept
