"""Draws what a page shows: stairs of homes, curves of money, costs per year, a tornado, a map.

Each drawing is readable without colour (by dash, hatch, marker or name beside it) and is the
same, byte for byte, for the same numbers. Colours are those of Okabe and Ito (2008), which
colour-blind readers can tell apart.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure, SubFigure
from matplotlib.ticker import MaxNLocator

from stroomstad.blocks import Floats
from stroomstad.pages.answer import best_column, is_known
from stroomstad.pages.curves import (
    BLUE,
    INK,
    LIGHT_TEAL,
    ORANGE,
    QUIET,
    RULE,
    STEPS,
    TEAL,
    WARM,
    draw_curves,
    frame,
    plain,
)
from stroomstad.pages.maps import MAP_SIZE, draw_map, drawable
from stroomstad.pages.words import number
from stroomstad.tables.plan import PAYERS as PAYER_NAMES
from stroomstad.tables.words import PAYERS, Language, Words

_PAYER_STYLES = {
    "municipality": (TEAL, ""),
    "grid_operator": ("#56b4e9", "////"),
    "developer": ("#e69f00", "..."),
    "state": ("#cc79a7", "\\\\\\\\"),
    "resident": ("#c9d1d4", "xxxx"),
}
_SETTINGS = {
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "svg.hashsalt": "stroomstad",
    "svg.fonttype": "path",
    # A dollar sign in a name is a dollar sign.
    "text.parse_math": False,
    "hatch.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#33414c",
    "axes.axisbelow": True,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
}
_ASKED = Words("gevraagd", "asked")
_PROMISED = Words("beloofd", "promised")
_CONFIRMED = Words("bevestigd", "confirmed")
_REGION = Words("regio laat toe (aangenomen)", "region allows (assumed)")
# Dash, width and order of each line, and the sign that stands for it before its name.
_LINES = (
    ("asked", _ASKED, INK, (0, (1, 1.2)), 2.0, 5, "┅"),
    ("promised", _PROMISED, BLUE, "-", 2.6, 4, "━"),
    ("region_homes", _REGION, WARM, (0, (6, 3)), 1.8, 4, "╍"),
)
_BAR_SIGN = "■"
_HOMES = Words("woningen, opgeteld", "homes, cumulative")
_STAIRS_TITLE = Words(
    "Woningen per jaar: gevraagd, beloofd en bevestigd",
    "Homes per year: asked, promised and confirmed",
)
_CURVE_TITLE = Words("Woningen per euro: van wie?", "Homes per euro: whose euro?")
_ORIGIN = Words(
    "Berekend op een synthetisch net uit open data. Aangenomen: de regio, en in het plan maten, "
    "data, prijzen en wie betaalt, voor zover geen document ze noemt.",
    "Calculated on a synthetic grid made from open data. Assumed: the region and, in the plan, "
    "sizes, dates, prices and payers that no document names.",
)


@dataclass(frozen=True, slots=True)
class Stairs:
    """What one plan connects: its name and its rows, as on a staircase."""

    name: str
    rows: pd.DataFrame


def staircase_svg(rows: pd.DataFrame, language: Language, *, unsound: Sequence[int] = ()) -> str:
    """Draw homes asked, promised and confirmed at the end of each year, with band and region.

    Columns other than ``year`` are drawn where they are there and known in every year; years that
    are ``unsound``, in which the check does not hold, are hatched.
    """

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        _draw_staircase(axes, rows, language)
        _hatch_years(axes, rows, unsound)

    return _as_svg(draw, (10.4, 4.4))


def two_stairs_svg(first: Stairs, second: Stairs, language: Language) -> str:
    """Draw what two plans connect, each with its band."""
    return _as_svg(
        lambda figure: _draw_two_stairs(figure.subplots(), (first, second), language), (8.2, 2.9)
    )


def curves_svg(curve: pd.DataFrame, language: Language) -> str:
    """Draw homes against euros of the municipality, euros of society, and CO2, side by side."""
    return _as_svg(lambda figure: draw_curves(figure, curve, language), (10.4, 3.7))


def plan_png(
    rows: pd.DataFrame,
    curve: pd.DataFrame | None,
    language: Language,
    *,
    unsound: Sequence[int] = (),
) -> bytes:
    """Draw the staircase, with the curves below it when there are any, for pages without HTML."""

    def draw(figure: Figure) -> None:
        count = 1 if curve is None else 2
        figure.supxlabel(_ORIGIN.say(language), fontsize=9, color=QUIET)
        parts: list[SubFigure] = list(figure.subfigures(count, 1, squeeze=False)[:, 0])
        _entitle(parts[0], _STAIRS_TITLE, language)
        axes = parts[0].subplots()
        _draw_staircase(axes, rows, language)
        _hatch_years(axes, rows, unsound)
        if curve is not None:
            _entitle(parts[1], _CURVE_TITLE, language)
            draw_curves(parts[1], curve, language)

    return as_png(draw, (12.0, 5.2 if curve is None else 9.6))


def costs_svg(costs: pd.DataFrame, language: Language) -> str:
    """Stack cost per year by payer; ``costs`` has years down, payers across, in euros."""
    return _as_svg(lambda figure: _draw_costs(figure.subplots(), costs, language), (10.4, 3.3))


def tornado_svg(rows: pd.DataFrame, names: Sequence[str], language: Language) -> str:
    """Draw how far each input alone moves the homes, first row on top, ``names`` beside them."""
    size = (10.4, 0.9 + 0.42 * len(rows))
    return _as_svg(lambda figure: _draw_tornado(figure.subplots(), rows, names, language), size)


def room_svg(room: pd.DataFrame, asked: pd.DataFrame, unit: Words, language: Language) -> str:
    """Draw what fits at the end of each year beside what is asked by then.

    ``room`` has ``year`` and ``room``; ``asked`` has ``year`` and ``size``; both in ``unit``.
    """
    return _as_svg(
        lambda figure: _draw_room(figure.subplots(), room, asked, unit, language), (5.4, 3.5)
    )


def map_svg(layers: Mapping[str, pd.DataFrame | None], language: Language) -> str:
    """Draw a place: ``outline`` and ``areas`` with geometry, ``stations`` and ``substations``.

    Layers that are not there are not drawn. Coordinates in EPSG:28992.
    """
    return _as_svg(lambda figure: draw_map(figure.subplots(), layers, language), MAP_SIZE)


def _as_svg(draw: Callable[[Figure], None], size_in: tuple[float, float]) -> str:
    with mpl.rc_context(_settings()):
        figure = Figure(figsize=size_in, layout="constrained")
        draw(figure)
        content = io.StringIO()
        figure.savefig(content, format="svg", metadata={"Date": None, "Creator": None})
    return content.getvalue()


def as_png(draw: Callable[[Figure], None], size_in: tuple[float, float]) -> bytes:
    """Draw a figure of a size in inches as the bytes of a PNG, in the look of every picture."""
    with mpl.rc_context(_settings()):
        figure = Figure(figsize=size_in, dpi=120, layout="constrained", facecolor="#ffffff")
        FigureCanvasAgg(figure)
        draw(figure)
        content = io.BytesIO()
        figure.savefig(content, format="png", metadata={"Software": None})
    return content.getvalue()


def _settings() -> dict[Any, Any]:
    # A style file of the machine must not change the picture.
    return {**mpl.rcParamsDefault, **_SETTINGS}


def _entitle(figure: SubFigure, words: Words, language: Language) -> None:
    figure.suptitle(
        words.say(language), x=0.01, ha="left", fontsize=14, fontweight="bold", color=INK
    )


def _draw_staircase(axes: Axes, rows: pd.DataFrame, language: Language) -> None:
    years = rows["year"].to_numpy(dtype=float)
    top = _top([rows])
    labels: list[tuple[float, str, str]] = []
    if is_known(rows, "confirmed"):
        confirmed = rows["confirmed"].to_numpy(dtype=float)
        axes.bar(years, confirmed, width=0.8, color=LIGHT_TEAL, edgecolor=TEAL, lw=0.8)
        labels.append(
            (confirmed[-1], _signed(_BAR_SIGN, _CONFIRMED, confirmed[-1], language), TEAL)
        )
    _draw_band(axes, rows, BLUE, "")
    for name, words, colour, dash, width, order, sign in _LINES:
        if not is_known(rows, name):
            continue
        values = rows[name].to_numpy(dtype=float)
        across, up = _steps(years, values)
        axes.plot(across, up, color=colour, ls=dash, lw=width, zorder=order)
        labels.append((values[-1], _signed(sign, words, values[-1], language), colour))
    _frame_years(axes, years, top, language)
    axes.set_ylabel(_HOMES.say(language), color=INK)
    _write_beside(axes, labels, top)


def _hatch_years(axes: Axes, rows: pd.DataFrame, unsound: Sequence[int]) -> None:
    """Hatch the bars of years in which the check does not hold."""
    bad = rows[rows["year"].isin(unsound)]
    if len(bad) and is_known(rows, "confirmed"):
        axes.bar(
            bad["year"], bad["confirmed"], width=0.8, facecolor="none", edgecolor=WARM,
            hatch="xxx", lw=1.4, zorder=2,
        )  # fmt: skip


def _draw_two_stairs(axes: Axes, plans: Sequence[Stairs], language: Language) -> None:
    top = _top([plan.rows for plan in plans])
    labels: list[tuple[float, str, str]] = []
    same = _ask_the_same(*plans)
    for plan, style in zip(plans, ((TEAL, "-", ""), (ORANGE, "--", "////")), strict=True):
        colour, dash, hatch = style
        years = plan.rows["year"].to_numpy(dtype=float)
        _draw_band(axes, plan.rows, colour, hatch)
        values = plan.rows[best_column(plan.rows)].to_numpy(dtype=float)
        axes.plot(*_steps(years, values), color=colour, ls=dash, lw=2.2, zorder=4)
        labels.append(
            (values[-1], f"{drawable(plan.name)}: {number(values[-1], language)}", colour)
        )
        if is_known(plan.rows, "asked") and not any(label[2] == INK for label in labels):
            asked, ink = plan.rows["asked"].to_numpy(dtype=float), INK if same else colour
            axes.plot(*_steps(years, asked), color=ink, lw=1.4, ls=(0, (1, 1.2)))
            labels.append((asked[-1], _labelled(_ASKED, asked[-1], language), ink))
    every_year = np.union1d(*(plan.rows["year"].to_numpy(dtype=float) for plan in plans))
    _frame_years(axes, every_year, top, language)
    axes.set_ylabel(_HOMES.say(language), color=INK)
    _write_beside(axes, labels, top)


def _ask_the_same(first: Stairs, second: Stairs) -> bool:
    """Tell whether both plans are asked the same homes, so that one line says it."""
    if not all(is_known(plan.rows, "asked") for plan in (first, second)):
        return True
    one, other = (plan.rows.set_index("year")["asked"].astype(float) for plan in (first, second))
    return one.sort_index().equals(other.sort_index())


def _draw_band(axes: Axes, rows: pd.DataFrame, colour: str, hatch: str) -> None:
    if not (is_known(rows, "p10") and is_known(rows, "p90")):
        return
    years = rows["year"].to_numpy(dtype=float)
    across, low = _steps(years, rows["p10"].to_numpy(dtype=float))
    _, high = _steps(years, rows["p90"].to_numpy(dtype=float))
    axes.fill_between(
        across, low, high, facecolor=colour, edgecolor=colour, alpha=0.2, hatch=hatch, lw=0,
        zorder=3,
    )  # fmt: skip


def _draw_costs(axes: Axes, costs: pd.DataFrame, language: Language) -> None:
    years = costs.index.to_numpy(dtype=float)
    below = np.zeros(years.size)
    for payer in [name for name in PAYER_NAMES if name in costs and costs[name].abs().sum() > 0]:
        colour, hatch = _PAYER_STYLES[payer]
        values = costs[payer].to_numpy(dtype=float) / 1e6
        axes.bar(
            years, values, bottom=below, width=0.8, color=colour, hatch=hatch,
            edgecolor="#ffffff", lw=0.6, label=PAYERS[payer].say(language),
        )  # fmt: skip
        below = below + values
    _frame_years(axes, years, max(float(below.max(initial=0.0)), 1e-3) * 1.06, language)
    axes.set_ylabel(Words("mln € per jaar", "million € per year").say(language), color=INK)
    handles, names = axes.get_legend_handles_labels()
    axes.legend(handles[::-1], names[::-1], loc="upper left", bbox_to_anchor=(1, 1), frameon=False)


def _draw_tornado(axes: Axes, rows: pd.DataFrame, names: Sequence[str], language: Language) -> None:
    places = np.arange(len(rows))[::-1].astype(float)
    # What is counted may differ per row, and its middle with it.
    ends = rows[["homes_low", "homes_high", "homes_mid"]].to_numpy(dtype=float)
    for place, (low, high, mid) in zip(places, ends, strict=True):
        axes.plot([mid, mid], [place - 0.45, place + 0.45], color=INK, lw=1.2, zorder=5)
        for value, colour, hatch in ((low, ORANGE, "////"), (high, BLUE, "")):
            axes.barh(
                place, value - mid, left=mid, height=0.62, color=colour, hatch=hatch,
                edgecolor="#ffffff", lw=0.5,
            )  # fmt: skip
        for value, side, ha in (
            (min(low, high, mid), -4, "right"),
            (max(low, high, mid), 4, "left"),
        ):
            axes.annotate(
                number(value, language), (value, place), xytext=(side, 0), color=INK,
                textcoords="offset points", va="center", ha=ha, fontsize=8.5,
            )  # fmt: skip
    axes.set_yticks(places, [textwrap.fill(drawable(name, 90), 46) for name in names], color=INK)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    margin = 0.14 * max(float(np.ptp(ends)), 1.0)
    axes.set_xlim(ends.min() - margin, ends.max() + margin)
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=STEPS))
    axes.xaxis.set_major_formatter(plain(axes.xaxis, language))
    axes.grid(axis="x", color=RULE)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(Words("woningen", "homes").say(language), color=INK)


def _draw_room(
    axes: Axes, room: pd.DataFrame, asked: pd.DataFrame, unit: Words, language: Language
) -> None:
    years, fits = room["year"].to_numpy(dtype=float), room["room"].to_numpy(dtype=float)
    wanted = asked["size"].to_numpy(dtype=float)
    # Far more room than is asked says no more than enough room; the stairs must stay visible.
    top = max(float(wanted.max(initial=0.0)) * 1.5, 1.0)
    axes.bar(
        years, np.minimum(fits, top), width=0.8, color=LIGHT_TEAL, edgecolor=TEAL, lw=0.8,
        label=Words("past", "fits").say(language),
    )  # fmt: skip
    for year, value, before in zip(years, fits, [0.0, *fits[:-1]], strict=True):
        said = number(value, language) if value <= top else f"> {number(top, language)}"
        # Bars that leave the picture side by side need to be told so only once.
        said = "" if min(value, before) > top else said
        axes.annotate(
            said, (year, min(value, top)), xytext=(0, 2), textcoords="offset points",
            ha="center", fontsize=7, color=INK, zorder=6,
        )  # fmt: skip
    axes.plot(
        *_steps(asked["year"].to_numpy(dtype=float), wanted), color=WARM, lw=2.2, zorder=5,
        label=_labelled(_ASKED, wanted[-1], language),
    )  # fmt: skip
    _frame_years(axes, years, top * 1.1, language)
    axes.set_ylabel(unit.say(language), color=INK)
    axes.tick_params(axis="x", labelsize=8)
    handles, names = axes.get_legend_handles_labels()
    axes.legend(handles, names, loc="lower left", bbox_to_anchor=(0, 1), ncols=2, frameon=False)


def _frame_years(axes: Axes, years: Floats, top: float, language: Language) -> None:
    frame(axes, top, language)
    axes.set_xticks(years, [f"{year:.0f}" for year in years])
    axes.set_xlabel(Words("jaar", "year").say(language), color=INK)
    axes.set_xlim(years[0] - 0.6, years[-1] + 0.6)


def _steps(years: Floats, values: Floats) -> tuple[Floats, Floats]:
    """Flat treads a year wide, centred on the years."""
    return np.column_stack([years - 0.5, years + 0.5]).ravel(), np.repeat(values, 2)


def _top(frames: Sequence[pd.DataFrame]) -> float:
    names = ("asked", "promised", "confirmed", "p90")
    highest = [float(rows[name].max()) for rows in frames for name in names if is_known(rows, name)]
    return max([1.0, *highest]) * 1.06


def _labelled(words: Words, value: float, language: Language) -> str:
    return f"{words.say(language)}: {number(value, language)}"


def _signed(sign: str, words: Words, value: float, language: Language) -> str:
    """Name a line with its sign before it, so that it is found without colour."""
    return f"{sign} {_labelled(words, value, language)}"


def _write_beside(axes: Axes, labels: Sequence[tuple[float, str, str]], top: float) -> None:
    """Write names at the right ends of lines, apart from each other."""
    apart = 0.075 * top
    down = top
    for value, text, colour in sorted(labels, key=lambda label: -label[0]):
        place = min(max(value, 0.0), down)
        down = place - apart
        # A line that leaves the picture is named at the edge, with an arrow to where it is.
        axes.annotate(
            f"↑ {text}" if value > top else text, (1.005, place),
            xycoords=("axes fraction", "data"), color=colour, va="center", ha="left",
            fontweight="bold", annotation_clip=False,
        )  # fmt: skip
