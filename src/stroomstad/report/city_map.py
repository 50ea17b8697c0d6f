"""Draws the city: areas by room, stations by loading, and what of it is synthetic.

Every class has a colour and a shape or pattern, so the map reads without colour too. An area
is a link to its row in the table, which is the same map for who uses a keyboard.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from markupsafe import Markup
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from stroomstad.blocks import Floats
from stroomstad.report.answer import not_public
from stroomstad.report.words import (
    MISSING,
    NOT_PUBLIC,
    Words,
    format_number,
    joined,
    number_words,
)
from stroomstad.tables.parameters import CASES

WIDTH = 1000.0
_MARGIN = 14.0
# Yellow to blue after ColorBrewer YlGnBu (Brewer 2003), marked there as safe for colour-blind
# readers; no room at all is rust and hatched, so that it stands apart in grey as well.
ROOM_BREAKS = (0.0, 250.0, 500.0, 1000.0, 2000.0)
ROOM_COLOURS = ("#c8664a", "#fbf6c8", "#bfe3c4", "#7cc4c9", "#3f8fbe", "#2a5a9b")
ROOM_UNKNOWN = "#e3e3e0"
LOADING_BREAKS = (0.5, 0.8, 1.0)
LOADING_COLOURS = ("#4a5a66", "#4a5a66", "#8a5a00", "#8b0f1a")
_HOMES = Words("woningen", "homes")
# Where no supply area says which substation feeds a station, the report says so once for all.
_SUPPLY = {
    "known": "onderstation bekend / substation known",
    "assumed": "onderstation aangenomen / substation assumed",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where a place on earth lands on the drawing.

    Attributes
    ----------
    west_m, north_m
        Corner of the drawing, EPSG:28992.
    scale
        Units of the drawing per metre.
    height
        Height of the drawing, in its units; the width is `WIDTH`.
    """

    west_m: float
    north_m: float
    scale: float
    height: float

    def at(self, x_m: Floats, y_m: Floats) -> tuple[Floats, Floats]:
        """Position on the drawing."""
        return (x_m - self.west_m) * self.scale, (self.north_m - y_m) * self.scale


def room_class(homes: float) -> int:
    """Class of an area by the homes that fit: 0 for none, -1 when unknown."""
    if np.isnan(homes):
        return -1
    return int(np.searchsorted(ROOM_BREAKS, homes, side="left" if homes <= 0 else "right"))


def room_class_names() -> list[Words]:
    """Names of the classes, from no room to the most."""
    names = [Words("geen ruimte", "no room")]
    lows = (1.0, *ROOM_BREAKS[1:])
    for low, high in zip(lows, (*ROOM_BREAKS[1:], np.inf), strict=True):
        if np.isinf(high):
            names.append(
                joined("{} {}", number_words(low), Words("of meer woningen", "homes or more"))
            )
        else:
            names.append(joined("{} – {} {}", number_words(low), number_words(high - 1), _HOMES))
    return names


def loading_class(loading: float) -> int:
    """Class of a station by its highest loading; -1 when unknown."""
    return -1 if np.isnan(loading) else int(np.searchsorted(LOADING_BREAKS, loading, side="right"))


def loading_class_names() -> list[Words]:
    """Names of the classes, from quiet to over the limit."""
    return [
        Words("belast tot 50 %", "loaded up to 50 %"),
        Words("50 – 80 %", "50 – 80 %"),
        Words("80 – 100 %", "80 – 100 %"),
        Words("boven de grens", "over its limit"),
    ]


def draw_map(tables: Mapping[str, pd.DataFrame], rooms: pd.DataFrame) -> Markup:
    """Draw the map as SVG.

    Parameters
    ----------
    tables
        Must hold ``areas`` with geometry in EPSG:28992; ``boundary``, ``cables``, ``nodes``,
        ``links``, ``stations`` and ``substations`` are drawn when they are there.
    rooms
        Room per area, as `room_by_area` gives it.
    """
    areas = gpd.GeoDataFrame(tables["areas"]).sort_values("area_code")
    sheet = _sheet(areas.total_bounds)
    layers = [
        _boundary(tables.get("boundary"), sheet),
        _areas(areas, rooms, sheet),
        _cables(tables, sheet),
        _stations(with_loading(tables), sheet, not_public(tables)),
        _substations(tables.get("substations"), sheet),
        _scale_bar(sheet),
    ]
    return Markup(
        '<svg id="map" viewBox="0 0 {:.0f} {:.0f}" role="group" aria-labelledby="map-title">'
        '<title id="map-title">{}</title><defs><pattern id="hatch" width="7" height="7" '
        'patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="7" height="7" '
        'fill="{}"/><path d="M0 0V7" stroke="#8f3d26" stroke-width="2.4"/></pattern></defs>{}</svg>'
    ).format(
        WIDTH,
        sheet.height,
        "Ruimte per wijk en belasting per station / Room per area and loading per station",
        ROOM_COLOURS[0],
        Markup("").join(layers),
    )


def area_fill(number: int) -> str:
    """Fill of a class of areas; no room is hatched."""
    if number < 0:
        return ROOM_UNKNOWN
    return "url(#hatch)" if number == 0 else ROOM_COLOURS[number]


def station_mark(number: int, across: float, down: float) -> str:
    """Path of a station's mark: circle, larger circle, diamond, triangle by class of loading."""
    place = f"M{across:.1f} {down:.1f}"
    if number == 3:
        return f"{place}m0-6l5.4 9.6h-10.8z"
    if number == 2:
        return f"{place}m0-4.6l4.6 4.6l-4.6 4.6l-4.6-4.6z"
    radius = 2.8 if number == 1 else 1.9
    arc = f"a{radius} {radius} 0 1 0"
    return f"{place}m-{radius} 0{arc} {2 * radius} 0{arc}-{2 * radius} 0"


def with_loading(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame | None:
    """Stations with their highest loading, taken from the links when they lack it."""
    stations, links = tables.get("stations"), tables.get("links")
    if stations is None or "loading_max" in stations:
        return stations
    loading = (
        pd.Series(dtype=float)
        if links is None
        else links[links["kind"] == "station"].set_index("link_id")["loading_max"]
    )
    return stations.assign(loading_max=stations["station_id"].map(loading).astype(float))


def mv_cable_places(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame | None:
    """Medium-voltage cables with the places of both ends and their loading.

    Returns
    -------
    ``x_m, y_m, x_to_m, y_to_m, loading_max``; None when the run has no cables or nodes.
    """
    cables, nodes, links = tables.get("cables"), tables.get("nodes"), tables.get("links")
    if cables is None or nodes is None:
        return None
    rows = cables[cables["kind"] == "mv_cable"]
    at = nodes.set_index("node_id")[["x_m", "y_m"]]
    ends = at.reindex(rows["from_node"]).reset_index(drop=True)
    others = at.reindex(rows["to_node"]).reset_index(drop=True).add_suffix("_to")
    others.columns = pd.Index(["x_to_m", "y_to_m"])
    loading = (
        np.full(len(rows), np.nan)
        if links is None
        else rows["cable_id"].map(links.set_index("link_id")["loading_max"]).to_numpy(dtype=float)
    )
    return (
        pd.concat([ends, others], axis=1)
        .assign(loading_max=loading)
        .dropna(subset=["x_m", "y_m", "x_to_m", "y_to_m"])
    )


def _sheet(bounds: Floats) -> Sheet:
    west, south, east, north = (float(value) for value in bounds)
    scale = (WIDTH - 2 * _MARGIN) / (east - west)
    return Sheet(
        west - _MARGIN / scale,
        north + _MARGIN / scale,
        scale,
        (north - south) * scale + 2 * _MARGIN + 26,
    )


def _outline(shape: BaseGeometry, sheet: Sheet) -> str:
    # Half a unit of the drawing cannot be seen.
    plain = shape.simplify(0.5 / sheet.scale)
    parts = plain.geoms if isinstance(plain, MultiPolygon) else [plain]
    rings = [
        ring
        for part in parts
        if isinstance(part, Polygon) and not part.is_empty
        for ring in (part.exterior, *part.interiors)
    ]
    return "".join(_ring(np.asarray(ring.coords), sheet) for ring in rings)


def _ring(places: Floats, sheet: Sheet) -> str:
    across, down = sheet.at(places[:-1, 0], places[:-1, 1])
    return "M" + "L".join(f"{a:.1f} {d:.1f}" for a, d in zip(across, down, strict=True)) + "Z"


def _boundary(boundary: pd.DataFrame | None, sheet: Sheet) -> Markup:
    if boundary is None:
        return Markup("")
    outlines = "".join(_outline(shape, sheet) for shape in gpd.GeoDataFrame(boundary).geometry)
    return Markup('<path class="boundary" d="{}"/>').format(outlines)


def _areas(areas: gpd.GeoDataFrame, rooms: pd.DataFrame, sheet: Sheet) -> Markup:
    known = rooms.set_index("area_code")
    drawn = []
    for code, name, shape in zip(
        areas["area_code"], areas["area_name"], areas.geometry, strict=True
    ):
        row = known.loc[code] if code in known.index else None
        drawn.append(
            Markup(
                '<a href="#area-{0}" data-area="{0}" aria-label="{3}">'
                '<path class="area" fill="{1}" d="{2}"><title>{3}</title></path></a>'
            ).format(
                code,
                area_fill(-1 if row is None else room_class(float(row["mid"]))),
                _outline(shape, sheet),
                f"{name}: {_room_text(row)}",
            )
        )
    return Markup("<g>{}</g>").format(Markup("").join(drawn))


def _room_text(row: pd.Series | None, prefix: str = "") -> str:
    if row is None:
        return f"{MISSING.nl} / {MISSING.en}"
    low, mid, high = (format_number(row[prefix + case], "nl") for case in CASES)
    return f"{low} – {mid} – {high} woningen / homes"


def _cables(tables: Mapping[str, pd.DataFrame], sheet: Sheet) -> Markup:
    places = mv_cable_places(tables)
    if places is None:
        return Markup("")
    over = (places["loading_max"] > 1).to_numpy()
    return Markup('<path class="cable" d="{}"/><path class="cable over" d="{}"/>').format(
        _segments(places[~over], sheet), _segments(places[over], sheet)
    )


def _segments(places: pd.DataFrame, sheet: Sheet) -> str:
    xy = places[["x_m", "y_m", "x_to_m", "y_to_m"]].to_numpy(dtype=float)
    across, down = sheet.at(xy[:, 0], xy[:, 1])
    across_to, down_to = sheet.at(xy[:, 2], xy[:, 3])
    ends = zip(across, down, across_to, down_to, strict=True)
    return "".join(f"M{a:.1f} {b:.1f}L{c:.1f} {d:.1f}" for a, b, c, d in ends)


def _stations(stations: pd.DataFrame | None, sheet: Sheet, hidden: frozenset[str]) -> Markup:
    if stations is None:
        return Markup("")
    classes = stations["loading_max"].map(loading_class).to_numpy()
    across, down = sheet.at(stations["x_m"].to_numpy(), stations["y_m"].to_numpy())
    known = stations.get("rating_known", ~stations["synthetic"].astype(bool)).to_numpy(dtype=bool)
    groups = []
    # The most loaded are drawn last, on top of the others.
    for number in (-1, 0, 1, 2, 3):
        marks = [
            Markup('<path class="{}" d="{}"><title>{}</title></path>').format(
                "known" if known[i] else "made",
                station_mark(number, across[i], down[i]),
                _station_text(stations.iloc[i], hidden),
            )
            for i in np.flatnonzero(classes == number)
        ]
        groups.append(
            Markup('<g class="stations" aria-hidden="true" style="--ink:{}">{}</g>').format(
                LOADING_COLOURS[max(number, 0)], Markup("").join(marks)
            )
        )
    return Markup("").join(groups)


def _station_text(row: pd.Series, hidden: frozenset[str]) -> str:
    if row["station_id"] in hidden:
        return f"{row['station_id']}: {NOT_PUBLIC.nl} / {NOT_PUBLIC.en}"
    origin = "synthetisch / synthetic" if row["synthetic"] else "bekend / known"
    if row["synthetic"] and row.get("rating_known", False):
        origin = "plaats synthetisch, vermogen bekend / place synthetic, rating known"
    load = format_number(row["loading_max"] * 100, "nl")
    supply = _SUPPLY.get(str(row.get("supply")), "")
    room = _room_text(row, "room_") if "room_mid" in row and row["room_mid"] >= 0 else ""
    size = f"{row['rating_kva']:.0f} kVA"
    parts = (f"{row['station_id']}: {load} %", size, room, origin, supply)
    return " · ".join(part for part in parts if part)


def _substations(substations: pd.DataFrame | None, sheet: Sheet) -> Markup:
    if substations is None:
        return Markup("")
    across, down = sheet.at(substations["x_m"].to_numpy(), substations["y_m"].to_numpy())
    loading = substations.get("loading_max", pd.Series(np.nan, index=substations.index))
    marks = [
        Markup(
            '<g class="substation"><rect x="{:.1f}" y="{:.1f}" width="13" height="13"/>'
            '<text x="{:.1f}" y="{:.1f}"{}>{}</text><title>{}</title></g>'
        ).format(
            a - 6.5,
            d - 6.5,
            a + 11 if a < WIDTH * 0.8 else a - 11,
            d + 4.5,
            Markup("") if a < WIDTH * 0.8 else Markup(' text-anchor="end"'),
            name,
            f"{name}: {joined('{} %', number_words(value * 100)).nl}",
        )
        for a, d, name, value in zip(
            across, down, substations["substation_name"], loading, strict=True
        )
    ]
    return Markup("").join(marks)


def _scale_bar(sheet: Sheet) -> Markup:
    # The longest of these that takes at most a fifth of the width.
    lengths_m = (100, 200, 500, 1000, 2000, 5000, 10000)
    length_m = max((m for m in lengths_m if m * sheet.scale <= WIDTH / 5), default=lengths_m[0])
    label = f"{length_m} m" if length_m < 1000 else f"{length_m // 1000} km"
    return Markup(
        '<g class="scale"><path d="M14 {0:.0f}v6h{1:.1f}v-6"/>'
        '<text x="{2:.1f}" y="{3:.0f}">{4}</text></g>'
    ).format(
        sheet.height - 16,
        length_m * sheet.scale,
        22 + length_m * sheet.scale,
        sheet.height - 8,
        label,
    )
