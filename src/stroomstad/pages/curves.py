"""Draws what each euro connects: homes against euros of the municipality, of society, and CO2.

The colours and the frame are those of every picture.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from stroomstad.pages.words import number
from stroomstad.tables.words import Language, Words

INK, QUIET, RULE = "#1b2733", "#52606b", "#e3e7e5"
TEAL, LIGHT_TEAL, BLUE, ORANGE, WARM = "#0b5566", "#9fcbd4", "#0072b2", "#d55e00", "#8f3d26"
# Round numbers on the axes.
STEPS = (1, 2, 2.5, 5, 10)
DECIMALS_MAX = 6
_BUDGETS = {
    "municipality": (TEAL, "-", "o", Words("budget van de gemeente", "budget of the municipality")),
    "society": (ORANGE, "--", "s", Words("budget van de samenleving", "budget of society")),
}
# A budget is drawn against the euros that it counts; CO2 of both is told.
_PANELS = (
    (
        "eur_municipality",
        ("municipality",),
        Words("mln € van de gemeente, alle jaren", "million € of the municipality, all years"),
    ),
    (
        "eur_society",
        ("society",),
        Words("mln € van iedereen samen, alle jaren", "million € of everyone, all years"),
    ),
    (
        "co2_kg",
        ("municipality", "society"),
        Words(
            "kiloton CO2, alle jaren (min: vermeden)",
            "kilotonnes CO2, all years (minus: avoided)",
        ),
    ),
)
_ONE_VALUE = Words(
    "{value} bij elk budget: {homes} woningen", "{value} at every budget: {homes} homes"
)
_HOMES = Words("woningen in het laatste jaar", "homes in the last year")
_PER_MILLION = 1e6
# A difference of less than a euro or a kilogram is none.
_NO_DIFFERENCE = 1e-6


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


def draw_curves(figure: Figure | SubFigure, curve: pd.DataFrame, language: Language) -> None:
    """Draw homes against what each budget counts, and against CO2, side by side.

    Columns of which nothing is known have no panel; a panel in which all budgets come to the same
    value says so in words.
    """
    panels = [(_rows_of(curve, column, payers), column, title)
              for column, payers, title in _PANELS if curve.get(column) is not None
              and curve[column].notna().any()]  # fmt: skip
    top = max(float(curve["homes"].max()), 1.0) * 1.08
    drawn: dict[str, Line2D] = {}
    places = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    for axes, (rows, column, title) in zip(places, panels, strict=True):
        frame(axes, top, language)
        axes.set_xlabel(title.say(language), color=INK)
        values = np.concatenate([one[column].to_numpy(dtype=float) for one in rows.values()])
        if np.ptp(values) / _PER_MILLION <= _NO_DIFFERENCE:
            _say_one_value(axes, rows, float(values[0]) / _PER_MILLION, language)
            continue
        for payer, one in rows.items():
            colour, dash, marker, words = _BUDGETS[payer]
            drawn[words.say(language)] = axes.plot(
                one[column] / _PER_MILLION, one["homes"], color=colour, ls=dash, marker=marker,
                ms=6, lw=1.8, mfc="#ffffff", mew=1.4,
            )[0]  # fmt: skip
        axes.xaxis.set_major_locator(MaxNLocator(5, steps=STEPS))
        axes.xaxis.set_major_formatter(plain(axes.xaxis, language))
    places[0].set_ylabel(_HOMES.say(language), color=INK)
    if drawn:
        figure.legend(
            list(drawn.values()), list(drawn), loc="outside upper right", ncols=2, frameon=False
        )


def _rows_of(
    curve: pd.DataFrame, column: str, payers: tuple[str, ...]
) -> Mapping[str, pd.DataFrame]:
    """Known points of each budget that a panel shows; of any budget where it knows none of them."""
    known = curve[curve[column].notna()].sort_values("budget_eur")
    told = {payer: known[known["payer"] == payer] for payer in _BUDGETS}
    rows = {payer: told[payer] for payer in payers if len(told[payer])}
    return rows or {payer: one for payer, one in told.items() if len(one)}


def _say_one_value(
    axes: Axes, rows: Mapping[str, pd.DataFrame], value: float, language: Language
) -> None:
    """Write what all points of a panel share, where a line would be upright or a single point."""
    homes = np.concatenate([one["homes"].to_numpy(dtype=float) for one in rows.values()])
    ends = dict.fromkeys(number(end, language) for end in (homes.min(), homes.max()))
    decimals = 0 if value.is_integer() else 2
    told = _ONE_VALUE.say(language).format(
        value=number(value, language, decimals), homes=" – ".join(ends)
    )
    axes.set_xticks([])
    axes.text(
        0.5, 0.5, textwrap.fill(told, 24), transform=axes.transAxes, ha="center", va="center",
        color=QUIET, fontsize=11,
    )  # fmt: skip
