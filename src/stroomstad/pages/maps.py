"""Draws the map of a place: its outline, the stations in it, and the substation that feeds it."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.font_manager import findfont, get_font

from stroomstad.tables.words import (
    Language,
    Words,
)

INK, ORANGE = "#1b2733", "#d55e00"
NAME_LENGTH_MAX = 32


MAP_SIZE = (5.4, 3.5)


MAP_RATIO = MAP_SIZE[0] / MAP_SIZE[1]


def draw_map(axes: Axes, layers: Mapping[str, pd.DataFrame | None], language: Language) -> None:
    """Draw outline, areas, stations and substations; layers that are not there are left out."""
    axes.set(xticks=[], yticks=[], facecolor="#f2f6f7")
    axes.spines[:].set(visible=True, color="#d9dedc")
    areas, outline = layers.get("areas"), layers.get("outline")
    if areas is not None and not areas.empty:
        gpd.GeoDataFrame(areas).plot(
            ax=axes, facecolor="#e6ecea", edgecolor="#ffffff", lw=1, aspect=None
        )
    if outline is not None and not outline.empty:
        gpd.GeoDataFrame(outline).plot(
            ax=axes, facecolor="#d55e0030", edgecolor=ORANGE, lw=1.8,
            ls="--" if bool(outline["assumed"].any()) else "-", aspect=None,
        )  # fmt: skip
    for layer, marker, size, fill, edge in _POINTS:
        rows = layers.get(layer)
        if rows is not None and not rows.empty:
            axes.scatter(
                rows["x_m"], rows["y_m"], marker=marker, s=size, facecolors=fill,
                edgecolors=edge, lw=1.1, zorder=5, label=_POINT_NAMES[layer].say(language),
            )  # fmt: skip
    axes.set(xlabel="", ylabel="")
    _look_at(axes, layers)
    _name_substations(axes, layers.get("substations"))
    _draw_scale(axes)
    handles, names = axes.get_legend_handles_labels()
    if handles:
        axes.legend(handles, names, loc="upper left", fontsize=8, framealpha=0.9)


_POINTS = (
    ("stations", "o", 26, "#ffffff", INK),
    ("substations", "s", 90, "#111111", "#ffffff"),
)


_POINT_NAMES = {
    "stations": Words("station (synthetisch)", "station (synthetic)"),
    "substations": Words("onderstation", "substation"),
}


def _look_at(axes: Axes, layers: Mapping[str, pd.DataFrame | None]) -> None:
    """Show the outline and the points around it, in the proportions of the picture."""
    x_m, y_m = [], []
    outline = layers.get("outline")
    if outline is not None and not outline.empty:
        west, south, east, north = gpd.GeoDataFrame(outline).total_bounds
        x_m, y_m = [west, east], [south, north]
    for layer, *_ in _POINTS:
        rows = layers.get(layer)
        if rows is not None:
            x_m += rows["x_m"].tolist()
            y_m += rows["y_m"].tolist()
    wide = 1.25 * max(max(x_m) - min(x_m), (max(y_m) - min(y_m)) * MAP_RATIO, 100.0)
    middle_x_m, middle_y_m = (min(x_m) + max(x_m)) / 2, (min(y_m) + max(y_m)) / 2
    axes.set_aspect("equal", adjustable="box")
    axes.set_xlim(middle_x_m - wide / 2, middle_x_m + wide / 2)
    axes.set_ylim(middle_y_m - wide / 2 / MAP_RATIO, middle_y_m + wide / 2 / MAP_RATIO)


def _name_substations(axes: Axes, rows: pd.DataFrame | None) -> None:
    """Write names beside their points, towards the middle, so that they stay in the picture."""
    if rows is None:
        return
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    for name, x_m, y_m in zip(rows["substation_name"], rows["x_m"], rows["y_m"], strict=True):
        right, high = x_m > (west + east) / 2, y_m > (south + north) / 2
        axes.annotate(
            drawable(str(name)), (x_m, y_m), xytext=(-7 if right else 7, -9 if high else 4),
            textcoords="offset points", ha="right" if right else "left", fontsize=9,
            fontweight="bold", color="#111111", zorder=6, annotation_clip=True,
            bbox={"boxstyle": "round,pad=0.12", "fc": "#ffffffcc", "ec": "none"},
        )  # fmt: skip


def _draw_scale(axes: Axes) -> None:
    west, east = axes.get_xlim()
    south, north = axes.get_ylim()
    length_m = 10.0 ** np.floor(np.log10((east - west) / 3))
    x_m, y_m = west + 0.03 * (east - west), south + 0.03 * (north - south)
    axes.plot([x_m, x_m + length_m], [y_m, y_m], color=INK, lw=2.5, solid_capstyle="butt")
    said = f"{length_m / 1000:.0f} km" if length_m >= 1000 else f"{length_m:.0f} m"
    axes.annotate(
        said, (x_m + length_m, y_m), xytext=(5, 0), textcoords="offset points", va="center",
        fontsize=8, color=INK,
    )  # fmt: skip


def drawable(name: str, length_max: int = NAME_LENGTH_MAX) -> str:
    """Cut a name to a length, with a box for each sign that the font cannot draw."""
    known = get_font(findfont("DejaVu Sans")).get_charmap()
    drawn = "".join(sign if ord(sign) in known else "□" for sign in " ".join(name.split()))
    return drawn if len(drawn) <= length_max else drawn[: length_max - 1] + "…"
