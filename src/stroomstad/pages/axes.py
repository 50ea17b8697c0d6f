"""What the axes of all pictures share: colours, round numbers, and a quiet frame."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FuncFormatter, MaxNLocator

from stroomstad.pages.words import Language, number

INK, QUIET, RULE = "#1b2733", "#52606b", "#e3e7e5"
TEAL, LIGHT_TEAL, BLUE, ORANGE, WARM = "#0b5566", "#9fcbd4", "#0072b2", "#d55e00", "#8f3d26"
# Round numbers on the axes.
STEPS = (1, 2, 2.5, 5, 10)
DECIMALS_MAX = 6


def frame(axes: Axes, top: float, language: Language) -> None:
    """Let an axis rise from 0 to ``top``, with a quiet rule at every round number."""
    axes.set_ylim(0, top)
    axes.grid(axis="y", color=RULE)
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=STEPS))
    axes.yaxis.set_major_formatter(plain(axes.yaxis, language))


def plain(axis: Axis, language: Language) -> FuncFormatter:
    """Write the numbers of an axis with as many decimals as tell them apart, and no more."""

    def written(value: float, _position: int | None) -> str:
        ticks = np.asarray(axis.get_majorticklocs(), dtype=float)
        close = 1e-9 * max(float(np.ptp(ticks)), 1e-9)
        told = [n for n in range(DECIMALS_MAX)
                if np.abs(np.round(ticks, n) - ticks).max(initial=0.0) <= close]  # fmt: skip
        return number(value, language, told[0] if told else DECIMALS_MAX)

    return FuncFormatter(written)
