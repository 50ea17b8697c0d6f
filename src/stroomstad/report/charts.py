"""Draws lines, bands and bars as SVG that stands inside the page, readable without colour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from stroomstad.blocks import Floats
from stroomstad.report.words import Words, both, number_words, shared_decimals

WIDTH, HEIGHT = 760, 330
_LEFT, _RIGHT, _TOP, _BOTTOM = 88, 18, 18, 52
# Okabe and Ito (2008), a palette that colour-blind readers can tell apart; yellow left out
# because it has too little contrast on white.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#1b2733")
# Parts into which an axis is divided by its leading digits, so that ticks are round numbers.
_PARTS = {1.0: 5, 1.5: 3, 2.0: 4, 3.0: 3, 4.0: 4, 5.0: 5, 6.0: 3, 8.0: 4}
DASHES = ("", "7 4", "2 3", "10 3 2 3", "1 4")


@dataclass(frozen=True, slots=True)
class Axes:
    """What the axes of a chart mean, and how far they reach."""

    x: Words
    y: Words
    x_max: float
    y_max: float

    def at(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Position on the drawing of points in the units of the axes."""
        across = _LEFT + x / self.x_max * (WIDTH - _LEFT - _RIGHT)
        down = HEIGHT - _BOTTOM - y / self.y_max * (HEIGHT - _TOP - _BOTTOM)
        return across, down


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of a chart."""

    name: str
    x: Floats
    y: Floats


def line_chart(title: Words, axes: Axes, curves: list[Curve], limit: float | None = None) -> Markup:
    """Draw lines, each told apart by colour and by dash, with an optional level across.

    What lies below zero is drawn at zero.
    """
    drawn = [_frame(axes)]
    if limit is not None and limit <= axes.y_max:
        drawn.append(_level(axes, limit))
    for number, curve in enumerate(curves):
        drawn.append(
            Markup(
                '<path d="{}" fill="none" stroke="{}" stroke-width="1.8" stroke-dasharray="{}">'
                "<title>{}</title></path>"
            ).format(_path(axes, curve.x, curve.y), *curve_style(number), curve.name)
        )
    return _chart(title, drawn)


def band_chart(title: Words, axes: Axes, low: Curve, mid: Curve, high: Curve) -> Markup:
    """Draw a middle line inside the band between a low and a high line."""
    x = np.concatenate([low.x, high.x[::-1]])
    y = np.concatenate([low.y, high.y[::-1]])
    drawn = [
        _frame(axes),
        Markup('<path d="{}Z" fill="#0072b2" fill-opacity="0.16"/>').format(_path(axes, x, y)),
    ]
    styles = (("#0072b2", "2 3"), ("#0b4f71", ""), ("#0072b2", "7 4"))
    for curve, (colour, dash) in zip((low, mid, high), styles, strict=True):
        drawn.append(
            Markup(
                '<path d="{}" fill="none" stroke="{}" stroke-width="2" stroke-dasharray="{}">'
                "<title>{}</title></path>"
            ).format(_path(axes, curve.x, curve.y), colour, dash, curve.name)
        )
    return _chart(title, drawn)


def bar_chart(title: Words, axes: Axes, edges: Floats, heights: Floats, names: Floats) -> Markup:
    """Draw touching bars, as of a histogram; ``names`` are the numbers below the edges."""
    drawn = [_frame(axes, x_ticks=False)]
    across, down = axes.at(edges, np.zeros_like(edges))
    _, tops = axes.at(edges[:-1], heights)
    for left, right, top, height in zip(across[:-1], across[1:], tops, heights, strict=True):
        drawn.append(
            Markup(
                '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="#0072b2" '
                'fill-opacity="0.75" stroke="#fff"><title>{:.0f}</title></rect>'
            ).format(left, top, right - left, down[0] - top, height)
        )
    decimals = shared_decimals(names)
    drawn += [
        _tick_below(place, value, decimals) for place, value in zip(across, names, strict=True)
    ]
    return _chart(title, drawn)


def curve_style(number: int) -> tuple[str, str]:
    """Colour and dash of the curve with this number; no two of the first 35 are alike."""
    return COLOURS[number % len(COLOURS)], DASHES[number % len(DASHES)]


def round_up(value: float) -> float:
    """Smallest of 1, 1.5, 2, 3, 4, 5, 6 or 8 times a power of ten that is not below the value.

    Examples
    --------
    >>> round_up(0.73), round_up(1234.0)
    (0.8, 1500.0)
    """
    if not value > 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(value))
    steps = (1, 1.5, 2, 3, 4, 5, 6, 8, 10)
    return float(next(step * power for step in steps if step * power >= value * (1 - 1e-12)))


def _chart(title: Words, drawn: list[Markup]) -> Markup:
    content = Markup("").join(drawn)
    return Markup(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    ).format(WIDTH, HEIGHT, f"{title.nl} / {title.en}", content)


def _frame(axes: Axes, *, x_ticks: bool = True) -> Markup:
    right, bottom = WIDTH - _RIGHT, HEIGHT - _BOTTOM
    parts = [
        Markup('<text class="axis" x="{}" y="{}" text-anchor="end">{}</text>').format(
            right, HEIGHT - 10, both(axes.x, "tspan")
        ),
        Markup(
            '<text class="axis" transform="translate(14 {}) rotate(-90)" text-anchor="end">'
            "{}</text>"
        ).format(_TOP, both(axes.y, "tspan")),
    ]
    levels = _ticks(axes.y_max)
    for value in levels:
        _, down = axes.at(np.zeros(1), np.array([value]))
        parts.append(
            Markup(
                '<path class="grid" d="M{0} {1:.1f}H{2}"/><text class="tick" x="{3}" y="{4:.1f}" '
                'text-anchor="end">{5}</text>'
            ).format(
                _LEFT,
                down[0],
                right,
                _LEFT - 8,
                down[0] + 4,
                _tick_text(value, shared_decimals(levels)),
            )
        )
    if x_ticks:
        places = _ticks(axes.x_max)
        for value in places:
            across, _ = axes.at(np.array([value]), np.zeros(1))
            parts.append(_tick_below(float(across[0]), value, shared_decimals(places)))
    parts.append(Markup('<path class="base" d="M{} {}H{}"/>').format(_LEFT, bottom, right))
    return Markup("").join(parts)


def _tick_below(across: float, value: float, decimals: int) -> Markup:
    return Markup('<text class="tick" x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(
        across, HEIGHT - _BOTTOM + 18, _tick_text(value, decimals)
    )


def _tick_text(value: float, decimals: int) -> Markup:
    return both(number_words(value, decimals), "tspan")


def _level(axes: Axes, level: float) -> Markup:
    _, down = axes.at(np.zeros(1), np.array([level]))
    return Markup('<path class="limit" d="M{} {:.1f}H{}"/>').format(_LEFT, down[0], WIDTH - _RIGHT)


def _ticks(highest: float) -> list[float]:
    leading = round(highest / 10.0 ** np.floor(np.log10(highest)), 6)
    return [float(value) for value in np.linspace(0.0, highest, _PARTS.get(leading, 5) + 1)]


def _path(axes: Axes, x: Floats, y: Floats) -> str:
    across, down = axes.at(x, np.clip(y, 0.0, axes.y_max))
    points = [f"{a:.1f} {d:.1f}" for a, d in zip(across, down, strict=True)]
    return "M" + "L".join(points) if points else ""
