"""Draws the map as a picture, for pages that cannot show the report itself."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from stroomstad.report.answer import room_by_area
from stroomstad.report.city_map import (
    LOADING_COLOURS,
    ROOM_COLOURS,
    ROOM_UNKNOWN,
    loading_class,
    loading_class_names,
    mv_cable_places,
    room_class,
    room_class_names,
    with_loading,
)
from stroomstad.report.words import MISSING, Language, Words
from stroomstad.sources.file_kinds import FILE_KINDS

INK = "#1b2733"
QUIET = "#52606b"
SIZE = (16.0, 11.0)
PANEL = (0.03, 0.085, 0.715, 0.805)
PANEL_RATIO = PANEL[2] * SIZE[0] / (PANEL[3] * SIZE[1])
_MARKS = (("o", 5.0), ("o", 12.0), ("D", 16.0), ("^", 34.0))

TITLE = Words(
    "Hoeveel woningen passen nog op het lokale net{}?",
    "How many homes still fit on the local grid{}?",
)
SUBTITLE = Words(
    "Net uit open data · ruimte per wijk, middelste geval · stations naar belasting",
    "Grid from open data · room per area, middle case · stations by loading",
)
_ON_THE_MAP = ("areas", "addresses", "connections", "balance", "grid_places")
SOURCES = Words(
    "Bronnen: {}.\n"
    "Stations en kabels zijn synthetisch tenzij opgegeven; vermogens van onderstations zijn "
    "aangenomen tenzij bekend.",
    "Sources: {}.\n"
    "Stations and cables are synthetic unless given; ratings of substations are assumed "
    "unless known.",
)


def render_map_png(
    tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any], language: Language = "nl"
) -> bytes:
    """Render the map as a PNG of 1600 by 1100 pixels.

    Parameters
    ----------
    tables
        Must hold ``areas`` (geometry in EPSG:28992) and ``room``; the grid is drawn when its
        tables are there.
    facts
        What is known of the run; its ``city`` stands in the title, and the makers of its
        ``sources`` below the map, when they are there.
    language
        ``nl`` or ``en``.

    Returns
    -------
    The bytes of the file; the same tables give the same bytes on the same machine.
    """
    # A style file of the machine must not change the picture.
    with mpl.rc_context(
        {
            **mpl.rcParamsDefault,
            "font.family": "DejaVu Sans",
            "font.size": 10,
            "hatch.color": "#8f3d26",
        }
    ):
        figure = Figure(figsize=SIZE, dpi=100, facecolor="#fbfbf9")
        FigureCanvasAgg(figure)
        axes = figure.add_axes(PANEL)
        axes.set(xticks=[], yticks=[], facecolor="#f2f6f7")
        axes.spines[:].set_color("#d9dedc")
        axes.set_aspect("equal")
        _draw_areas(axes, tables)
        _draw_cables(axes, tables)
        _draw_stations(axes, with_loading(tables))
        _draw_substations(axes, tables.get("substations"))
        _draw_scale(axes)
        _write_words(figure, facts, language)
        _write_legends(figure, language)
        content = io.BytesIO()
        figure.savefig(content, format="png", metadata={"Software": None})
    return content.getvalue()


def _draw_areas(axes: Axes, tables: Mapping[str, pd.DataFrame]) -> None:
    areas = gpd.GeoDataFrame(tables["areas"])
    boundary = tables.get("boundary")
    if boundary is not None:
        gpd.GeoDataFrame(boundary).plot(
            ax=axes, facecolor="#e2ebee", edgecolor="#b4c3ca", lw=0.8, aspect=None
        )
    mid = room_by_area(tables["room"], "load").set_index("area_code")["mid"]
    classes = areas["area_code"].map(mid).astype(float).map(room_class).to_numpy()
    for number in np.unique(classes):
        fill, hatch = _area_style(int(number))
        areas[classes == number].plot(
            ax=axes, facecolor=fill, edgecolor="#ffffff", lw=1.0, hatch=hatch, aspect=None
        )
    west, south, east, north = areas.total_bounds
    # GeoPandas names the axes by itself; a map needs no such names.
    axes.set(xlabel="", ylabel="")
    # The longer side fills the panel; the other is widened to the shape of the panel.
    half_m = 0.52 * max(east - west, (north - south) * PANEL_RATIO)
    middle_x_m, middle_y_m = (west + east) / 2, (south + north) / 2
    axes.set_xlim(middle_x_m - half_m, middle_x_m + half_m)
    axes.set_ylim(middle_y_m - half_m / PANEL_RATIO, middle_y_m + half_m / PANEL_RATIO)


def _draw_cables(axes: Axes, tables: Mapping[str, pd.DataFrame]) -> None:
    places = mv_cable_places(tables)
    if places is None:
        return
    ends = places[["x_m", "y_m", "x_to_m", "y_to_m"]].to_numpy(float).reshape(-1, 2, 2)
    over = (places["loading_max"] > 1).to_numpy()
    axes.add_collection(
        LineCollection(list(ends[~over]), colors="#33414c", lw=0.6, alpha=0.55, ls=(0, (4, 2)))
    )
    axes.add_collection(LineCollection(list(ends[over]), colors=LOADING_COLOURS[3], lw=1.6))


def _draw_stations(axes: Axes, stations: pd.DataFrame | None) -> None:
    if stations is None:
        return
    classes = stations["loading_max"].map(loading_class).to_numpy()
    for number, (marker, size) in enumerate(_MARKS):
        for made in (True, False):
            part = stations[(classes == number) & (stations["synthetic"] == made).to_numpy()]
            colour = LOADING_COLOURS[number]
            axes.scatter(
                part["x_m"], part["y_m"], s=size, marker=marker, lw=0.8, zorder=3 + number,
                facecolors="#ffffff" if made else colour, edgecolors=colour,
            )  # fmt: skip


def _draw_substations(axes: Axes, substations: pd.DataFrame | None) -> None:
    if substations is None:
        return
    axes.scatter(
        substations["x_m"], substations["y_m"], s=120, marker="s", c="#111111",
        edgecolors="#ffffff", lw=1.5, zorder=8,
    )  # fmt: skip
    for name, x_m, y_m in zip(
        substations["substation_name"], substations["x_m"], substations["y_m"], strict=True
    ):
        axes.annotate(
            str(name).replace("$", r"\$"),
            (x_m, y_m),
            xytext=(9, 5),
            textcoords="offset points",
            fontsize=11,
            fontweight="bold",
            color="#111111",
            zorder=9,
            bbox={"boxstyle": "round,pad=0.15", "fc": "#ffffffcc", "ec": "none"},
        )


def _draw_scale(axes: Axes) -> None:
    west, east = axes.get_xlim()
    south, north = axes.get_ylim()
    length_m = 10.0 ** np.floor(np.log10((east - west) / 5))
    x_m, y_m = west + 0.02 * (east - west), south + 0.015 * (north - south)
    axes.plot([x_m, x_m + length_m], [y_m, y_m], color=INK, lw=2.5, solid_capstyle="butt")
    label = f"{length_m / 1000:.0f} km" if length_m >= 1000 else f"{length_m:.0f} m"
    axes.annotate(
        label, (x_m + length_m, y_m), xytext=(6, 0), textcoords="offset points", va="center"
    )


def name_sources(facts: Mapping[str, Any], language: Language) -> str:
    """Name the makers of what is on the map, as the city folder names them.

    Parameters
    ----------
    facts
        What is known of the run; ``sources`` holds per kind of file its maker and its date.
    language
        ``nl`` or ``en``.
    """
    told = facts.get("sources", {})
    parts = []
    for kind in FILE_KINDS:
        if kind.key in _ON_THE_MAP and kind.key in told:
            by, vintage = told[kind.key]
            what = f"{kind.name.say(language)} {vintage[:4]}"
            parts.append(f"{by} ({what})" if by else what)
    report = Words("zie het rapport", "see the report").in_language(language)
    return SOURCES.in_language(language).format("; ".join(parts) or report)


def _write_words(figure: Figure, facts: Mapping[str, Any], language: Language) -> None:
    city = facts.get("city")
    of = "" if not city else Words(f" van {city}", f" of {city}").in_language(language)
    title = TITLE.in_language(language).format(of).replace("$", r"\$")
    figure.text(0.03, 0.945, title, fontsize=23, fontweight="bold", color=INK)
    figure.text(0.03, 0.912, SUBTITLE.in_language(language), fontsize=13, color=QUIET)
    sources = name_sources(facts, language).replace("$", r"\$")
    figure.text(0.03, 0.022, sources, fontsize=9.5, color=QUIET, linespacing=1.5)
    figure.text(
        0.97, 0.945, "Stroomstad", fontsize=17, fontweight="bold", color="#0b5566", ha="right"
    )


def _write_legends(figure: Figure, language: Language) -> None:
    rooms: list[Patch | Line2D] = []
    for number, words in enumerate(room_class_names()):
        fill, hatch = _area_style(number)
        rooms.append(
            Patch(fc=fill, ec="#7b8a90", hatch=hatch, lw=0.6, label=words.in_language(language))
        )
    rooms.append(Patch(fc=ROOM_UNKNOWN, ec="#7b8a90", lw=0.6, label=MISSING.in_language(language)))
    stations: list[Patch | Line2D] = [
        _mark(marker, size, LOADING_COLOURS[number], words.in_language(language))
        for number, ((marker, size), words) in enumerate(
            zip(_MARKS, loading_class_names(), strict=True)
        )
    ]
    cable = Words("middenspanningskabel (synthetisch)", "medium-voltage cable (synthetic)")
    over = Words("idem, boven de grens", "the same, over its limit")
    stations += [
        Line2D([], [], color="#33414c", lw=1, ls=(0, (4, 2)), label=cable.in_language(language)),
        Line2D([], [], color=LOADING_COLOURS[3], lw=2, label=over.in_language(language)),
        _mark(
            "s",
            90.0,
            "#111111",
            Words("onderstation", "substation").in_language(language),
            "#111111",
        ),
    ]
    titles = (
        Words("Woningen die nog passen", "Homes that still fit"),
        Words("Stations, open = synthetisch", "Stations, hollow = synthetic"),
    )
    for handles, title, top in zip((rooms, stations), titles, (0.895, 0.655), strict=True):
        legend = figure.legend(
            handles=handles, title=title.in_language(language), loc="upper left",
            bbox_to_anchor=(0.757, top), frameon=False, fontsize=11.5, title_fontsize=12.5,
            alignment="left", labelspacing=0.65, handlelength=2.2, handleheight=1.2,
        )  # fmt: skip
        legend.get_title().set_fontweight("bold")


def _mark(marker: str, size: float, colour: str, label: str, fill: str = "#ffffff") -> Line2D:
    return Line2D(
        [], [], ls="", marker=marker, ms=size**0.5 * 1.25, mfc=fill, mec=colour, label=label
    )


def _area_style(number: int) -> tuple[str, str | None]:
    if number < 0:
        return ROOM_UNKNOWN, None
    return ROOM_COLOURS[number], "////" if number == 0 else None
