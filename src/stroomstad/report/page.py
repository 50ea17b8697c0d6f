"""Renders the report: one page with everything in it, that needs no network to be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import jinja2
import numpy as np
import pandas as pd
from markupsafe import Markup

from stroomstad.blocks import Floats
from stroomstad.report import views
from stroomstad.report.answer import (
    homes_today,
    known_facts,
    loading_of_year,
    not_public,
    read_headline,
    read_voltage,
    read_year,
    room_by_area,
    substation_names,
)
from stroomstad.report.charts import (
    Axes,
    Curve,
    band_chart,
    bar_chart,
    curve_style,
    line_chart,
    round_up,
)
from stroomstad.report.city_map import (
    LOADING_COLOURS,
    area_fill,
    draw_map,
    loading_class_names,
    room_class_names,
    station_mark,
)
from stroomstad.report.outages import ring_view
from stroomstad.report.picture import render_map_png
from stroomstad.report.words import (
    CHECKED,
    KINDS,
    STATUSES,
    TOPICS,
    Words,
    both,
    moment_words,
    name_of,
    number_words,
    voltage_words,
)
from stroomstad.sources.file_kinds import FILE_KINDS, FileKind
from stroomstad.tables.limits import limits_said

# More points than this do not show on a chart 760 units wide.
POINTS_MAX = 240
ERROR_BIN_PERCENT = 2.5
# Files whose counts stand side by side per area.
_COMPARED = ("addresses", "areas", "connections")
# Files that a city writes itself.
_BY_HAND = ("energy", "known")
# How names of quantities end that are a share of something; voltages are not among them.
_SHARES = ("losses_fraction", "outages_loading_max", "outages_substation_max")


def render_report(tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any]) -> str:
    """Render the whole report as one HTML page, Dutch first, with a switch to English.

    Parameters
    ----------
    tables
        Result tables by name. ``areas`` (with geometry in EPSG:28992) and ``room`` must be
        there; a section without its table says that it is not in this run.
    facts
        What is known of the run: ``city, base_year, version, created_at, seed, seconds``;
        all may be missing.

    Returns
    -------
    HTML without any reference outside itself.
    """
    rooms = room_by_area(tables["room"], "load")
    return _page().render(
        facts=_facts(facts),
        homes_today=homes_today(tables),
        head=read_headline(tables),
        year=read_year(tables),
        voltage=_voltage(tables),
        substation_names=substation_names(tables),
        area_sum=rooms["mid"].sum(),
        checked_name=_checked_name,
        binding_name=_binding_name,
        status_name=_status_name,
        topic_name=_topic_name,
        map=draw_map(tables, rooms),
        room_legend=list(enumerate(room_class_names())),
        loading_legend=_loading_legend(),
        area_fill=area_fill,
        views=_views(tables, rooms),
        charts=_charts(tables),
        counts=_counts(tables, facts.get("published") or {}),
        errors=_errors(tables.get("reconciliation")),
        curves=_curve_names(_shown_durations(tables)),
        notes=_records(tables.get("notes")),
        band=_band(tables.get("parameters")),
        substations=_substations(tables.get("substations")),
        statuses=_statuses(tables.get("parameters")),
        known_facts=known_facts(tables),
        sources=_sources(facts, [kind for kind in FILE_KINDS if kind.key not in _BY_HAND]),
        compared=_sources(facts, [kind for kind in FILE_KINDS if kind.key in _COMPARED]),
    )


@cache
def _page() -> jinja2.Template:
    """The page without its content, which is the same for every run."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("stroomstad.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(t=_say, n=_number, when=_moment)
    return environment.get_template("page.html")


def render_files(tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any]) -> dict[str, bytes]:
    """Render everything that people read of a run: the report and the picture of its map."""
    return {
        "report.html": render_report(tables, facts).encode(),
        "map.png": render_map_png(tables, facts),
    }


def _say(nl: str, en: str) -> Markup:
    return both(Words(nl, en))


def _number(value: object, decimals: int = 0) -> Markup:
    return both(number_words(value, decimals))


def _moment(value: object) -> Markup:
    return both(moment_words(value))


def _binding_name(kind: object) -> Markup:
    return both(name_of(kind, KINDS))


def _status_name(status: object) -> Markup:
    return both(name_of(status, STATUSES))


def _checked_name(checked: object) -> Markup:
    return both(name_of(checked, CHECKED))


def _topic_name(topic: object) -> Markup:
    return both(name_of(topic, TOPICS))


def _facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    seconds = facts.get("seconds")
    total = sum(seconds.values()) if isinstance(seconds, Mapping) else seconds
    names = ("city", "base_year", "version", "created_at", "seed", "grid")
    held = limits_said(facts.get("limits"))
    limits = both(Words(held.nl, held.en)) if held.nl else None
    thermal = (facts.get("limits") or {}).get("transformers") == "thermal"
    told = {name: facts.get(name) for name in names}
    return {**told, "seconds": total, "limits": limits, "thermal": thermal}


def _sources(facts: Mapping[str, Any], kinds: Iterable[FileKind]) -> list[dict[str, Any]]:
    """Files of the city of these kinds, as the run tells them: name, date and who made it."""
    told = facts.get("sources") or {}
    return [
        {
            "name": both(Words(kind.name.nl, kind.name.en)),
            "by": told[kind.key][0],
            "vintage": told[kind.key][1],
        }
        for kind in kinds
        if kind.key in told
    ]


def _in_percent(rows: pd.DataFrame | None) -> pd.DataFrame | None:
    """Shares as a percentage and voltages of the nominal one; other quantities as they are."""
    if rows is None:
        return None
    bare = rows["unit"] == "1"
    share = rows["quantity"].str.endswith(_SHARES) & bare
    voltage = rows["quantity"].str.endswith("_pu") & bare
    return rows.assign(
        value=rows["value"].mask(share, rows["value"] * 100),
        unit=rows["unit"].mask(share, "%").mask(voltage, "pu"),
    )


def _voltage(tables: Mapping[str, pd.DataFrame]) -> Markup | None:
    said = voltage_words(read_voltage(tables))
    return both(said) if said.nl else None


def _views(tables: Mapping[str, pd.DataFrame], rooms: pd.DataFrame) -> dict[str, Any]:
    calibration = Words("IJking van de belasting", "Calibration of the loads")
    flow = Words("Uitkomst van de netberekening", "Outcome of the power flow")
    outages = Words("Uitval van een kabel of transformator", "Outage of a cable or transformer")
    links = tables.get("links")
    places = pd.concat([tables["room"], tables.get("city_room")])
    names = dict(zip(places["area_code"], places["area_name"], strict=True))
    return {
        "areas": views.area_view(rooms, room_by_area(tables["room"], "feed_in")),
        "overload": views.overload_view(links),
        "loading": views.loading_view(links, not_public(tables)),
        "reconciliation": views.reconciliation_view(tables.get("reconciliation")),
        "sectors": views.sector_view(tables.get("sectors")),
        "counts": views.count_view(tables.get("station_counts")),
        "distances": views.distance_view(tables.get("distances")),
        "parameters": views.parameter_view(tables.get("parameters")),
        "files": views.file_view(tables.get("files")),
        "calibration": views.quantity_view(tables.get("calibration"), calibration),
        "flow": views.quantity_view(_in_percent(tables.get("flow_facts")), flow),
        "evidence": views.evidence_view(tables.get("evidence"), names),
        "outages": views.quantity_view(_in_percent(tables.get("outage_facts")), outages),
        "rings": ring_view(tables.get("outages"), tables.get("links")),
        "year": views.year_view(loading_of_year(tables), not_public(tables)),
    }


def _charts(tables: Mapping[str, pd.DataFrame]) -> dict[str, Markup | None]:
    return {
        "duration": _duration_chart(_shown_durations(tables)),
        "regional": _regional_chart(tables.get("regional_curve")),
        "errors": _error_chart(tables.get("reconciliation")),
    }


def _shown_durations(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame | None:
    rows = tables.get("load_duration")
    if rows is None or rows.empty:
        return None
    return rows[~rows["station_id"].isin(not_public(tables))]


def _duration_chart(rows: pd.DataFrame | None) -> Markup | None:
    if rows is None or rows.empty:
        return None
    curves = [
        _thinned(str(station), part.sort_values("rank"))
        for station, part in rows.groupby("station_id", sort=False)
    ]
    axes = Axes(
        Words("deel van de tijd (%)", "share of the time (%)"),
        Words("belasting (% van de grens)", "loading (% of the limit)"),
        100.0,
        round_up(max(float(curve.y.max()) for curve in curves)),
    )
    title = Words("Belastingduurkrommen", "Load duration curves")
    return line_chart(title, axes, curves, limit=100.0)


def _thinned(name: str, part: pd.DataFrame) -> Curve:
    kept = np.unique(np.linspace(0, len(part) - 1, min(len(part), POINTS_MAX)).astype(int))
    share = part["share_of_limit"].to_numpy(dtype=float)[kept] * 100
    return Curve(name, kept / max(len(part) - 1, 1) * 100, share)


def _curve_names(rows: pd.DataFrame | None) -> list[tuple[str, str, str, float]]:
    if rows is None or rows.empty:
        return []
    highest = rows.groupby("station_id", sort=False)["share_of_limit"].max() * 100
    return [
        (str(station), *curve_style(number), float(share))
        for number, (station, share) in enumerate(highest.items())
    ]


def _regional_chart(rows: pd.DataFrame | None) -> Markup | None:
    if rows is None or rows.empty:
        return None
    curves = {}
    for case, part in rows.groupby("case"):
        ordered = part.sort_values("regional_mw")
        curves[str(case)] = Curve(
            str(case), ordered["regional_mw"].to_numpy(float), ordered["homes"].to_numpy(float)
        )
    axes = Axes(
        Words(
            "vermogen dat de regio overlaat, aangenomen (MW)",
            "power the region leaves, assumed (MW)",
        ),
        Words("woningen", "homes"),
        float(rows["regional_mw"].max()) or 1.0,
        round_up(float(rows["homes"].max())),
    )
    title = Words("Woningen bij regionaal vermogen", "Homes at regional power")
    return band_chart(title, axes, curves["low"], curves["mid"], curves["high"])


def _error_percent(rows: pd.DataFrame | None) -> Floats:
    if rows is None:
        return np.zeros(0)
    tested = rows[rows["stable"] & (rows["dwellings_cbs"] > 0)]
    percent: Floats = (
        (tested["homes_predicted"] / tested["dwellings_cbs"] - 1).mul(100).to_numpy(dtype=float)
    )
    return percent[np.isfinite(percent)]


def _errors(rows: pd.DataFrame | None) -> dict[str, float] | None:
    percent = _error_percent(rows)
    if rows is None or not percent.size:
        return None
    tested = rows[rows["stable"] & (rows["dwellings_cbs"] > 0)]
    total = tested["homes_predicted"].sum() / tested["dwellings_cbs"].sum() - 1
    low, mid, high = np.quantile(percent, [0.1, 0.5, 0.9])
    return {
        "areas": percent.size,
        "sum": float(total) * 100,
        "p10": float(low),
        "p50": float(mid),
        "p90": float(high),
    }


def _error_chart(rows: pd.DataFrame | None) -> Markup | None:
    percent = _error_percent(rows)
    if not percent.size:
        return None
    # The tails are gathered in the outer bars, so that one odd area does not flatten the rest.
    reach = float(np.clip(np.ceil(np.abs(percent).max() / ERROR_BIN_PERCENT), 4, 10))
    edges = np.arange(-reach, reach + 1) * ERROR_BIN_PERCENT
    counts, _ = np.histogram(np.clip(percent, edges[0], edges[-1]), edges)
    axes = Axes(
        Words("voorspeld min CBS (%)", "predicted minus CBS (%)"),
        Words("wijken", "areas"),
        float(edges.size - 1),
        round_up(float(counts.max())),
    )
    title = Words("Afwijking per stabiele wijk", "Error per stable area")
    places = np.arange(edges.size, dtype=float)
    return bar_chart(title, axes, places, counts.astype(float), edges)


def _counts(tables: Mapping[str, pd.DataFrame], told: Mapping[str, Any]) -> dict[str, Any] | None:
    rows = tables.get("station_counts")
    if rows is None or rows.empty:
        return None
    together = rows["stations_public"] + rows["stations_customer"]
    published = float(told.get("stations", np.nan))
    return {
        "public": (int(rows["stations_public"].min()), int(rows["stations_public"].max())),
        "together": (int(together.min()), int(together.max())),
        "published": None if np.isnan(published) else published,
        "published_by": told.get("stations_source"),
        "place_public": _place(published, rows["stations_public"]),
        "place_together": _place(published, together),
    }


def _place(value: float, range_of: pd.Series) -> Words:
    if value < range_of.min():
        return Words("onder", "below")
    return Words("boven", "above") if value > range_of.max() else Words("binnen", "within")


def _loading_legend() -> list[tuple[str, str, Words]]:
    return [
        (station_mark(number, 9.0, 9.0), LOADING_COLOURS[number], words)
        for number, words in enumerate(loading_class_names())
    ]


def _records(rows: pd.DataFrame | None) -> list[dict[str, Any]]:
    return [] if rows is None else [dict(row) for _, row in rows.iterrows()]


def _band(parameters: pd.DataFrame | None) -> dict[str, tuple[float, float, float]]:
    if parameters is None:
        return {}
    low_mid_high = parameters[["low", "mid", "high"]].to_numpy(dtype=float)
    return {
        str(name): (float(low), float(mid), float(high))
        for name, (low, mid, high) in zip(parameters["parameter"], low_mid_high, strict=True)
    }


def _substations(rows: pd.DataFrame | None) -> dict[str, int] | None:
    if rows is None:
        return None
    places_known = (
        rows["place_known"] if "place_known" in rows else pd.Series(data=True, index=rows.index)
    )
    return {
        "all": len(rows),
        "known": int(rows["rating_known"].sum()),
        "assumed_places": int((~places_known).sum()),
    }


def _statuses(parameters: pd.DataFrame | None) -> dict[str, int]:
    return (
        {}
        if parameters is None
        else {
            str(status): int(count) for status, count in parameters["status"].value_counts().items()
        }
    )
