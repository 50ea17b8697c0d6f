"""In which quarters of the base year a link carries more than in its design week.

A design week is that of the whole city; a street with many roofs may feed in more on a quiet
Sunday in June. Such quarters are added to the week, so that nothing is judged by a mild one. Found
without losses, by what lies behind each link.
"""

from __future__ import annotations

import numpy as np

from stroomstad.blocks import Ints
from stroomstad.loads import PeriodLoads
from stroomstad.simulation.downstream import downstream
from stroomstad.tables.grid import LINK_KINDS, RadialTree
from stroomstad.tables.results import Floats32

_LINKS_AT_ONCE = 128
# How much of the course of new homes or roofs lies on top, over what a link carries at most: with
# none the highest quarter is sought, with very much that of the course itself.
_WEIGHTS = (0.0, 0.1, 0.3, 1.0, 3.0)
# A year that is higher by no more than this share says nothing that its week does not.
_MORE = 1e-3


def extreme_quarters(year: PeriodLoads, week: PeriodLoads, tree: RadialTree, sign: int) -> Ints:
    """Find quarters in which some link above low voltage carries more than ever in a week.

    Parameters
    ----------
    year, week
        The base year and a design week, in the same case.
    tree
        The grid.
    sign
        1 for load, with more homes on top; -1 for feed-in, with more roofs.

    Returns
    -------
    Positions in the year, rising: per link the highest quarter of the year with none and with some
    homes or roofs on top, where it is above all of the week.
    """
    upper = np.flatnonzero(tree.link_kind != LINK_KINDS.index("lv_cable"))
    behind = [
        (np.float32(side) * downstream(tree, blocks.weights.toarray())[upper].astype(np.float32))
        for side, blocks in ((sign, week.load), (-sign, week.feed_in))
    ]
    unit_year, unit_week = (
        (each.home_kw if sign > 0 else each.roof_kw).astype(np.float32) for each in (year, week)
    )
    found: set[int] = set()
    for start in range(0, upper.size, _LINKS_AT_ONCE):
        part = slice(start, start + _LINKS_AT_ONCE)
        year_kw, week_kw = (
            behind[0][part] @ each.load.shapes.astype(np.float32)
            + behind[1][part] @ each.feed_in.shapes.astype(np.float32)
            for each in (year, week)
        )
        found.update(_higher(year_kw, week_kw, unit_year, unit_week))
    return np.array(sorted(found), dtype=np.int64)


def _higher(
    year_kw: Floats32, week_kw: Floats32, unit_year: Floats32, unit_week: Floats32
) -> list[int]:
    """Highest quarter of the year of each link, by what is on top, where no week is as high."""
    most_kw = np.maximum(np.maximum(year_kw.max(axis=1), week_kw.max(axis=1)), 1.0)
    found: list[int] = []
    links = np.arange(most_kw.size)
    for weight in _WEIGHTS:
        on_top = (weight * most_kw / max(float(unit_year.max()), float(unit_week.max())))[:, None]
        topped_kw = year_kw + on_top * unit_year
        at = topped_kw.argmax(axis=1)
        level_kw = (week_kw + on_top * unit_week).max(axis=1)
        more = topped_kw[links, at] > level_kw + _MORE * most_kw
        found += at[more].tolist()
    return found
