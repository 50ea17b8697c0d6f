"""What there is to say of one asset: what feeds it, what it carries, what binds there, and why."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from stroomstad.api.picture.encoding import plain, records
from stroomstad.api.picture.pictures import YEAR, Picture, course, keeps_year
from stroomstad.blocks import Floats
from stroomstad.errors import NotFound
from stroomstad.pages.words import name_of, number, quarter
from stroomstad.simulation import downstream
from stroomstad.tables.grid import RadialTree
from stroomstad.tables.parameters import CASES
from stroomstad.tables.words import LANGUAGES, LINK_KINDS, Language, Words

WORST_QUARTERS = 20
QUARTER_MINUTES = 15
# Parameters that decide what a kind of link may carry, or what a new home adds to it.
_DECIDE = {
    "substation": ("limit_substation", "substation_transformers", "substation_transformer_mva",
                   "contracted_unused_mw", "reserved_mw", "queue_mw"),
    "ring": ("limit_mv_ring", "mv_voltage_v", "mv_feeder_fill_planned"),
    "mv_cable": ("limit_mv_ring", "limit_mv_cable", "mv_voltage_v", "mv_feeder_fill_planned"),
    "station": ("limit_station", "station_margin", "station_fill_planned", "station_homes_max"),
    "lv_cable": ("limit_lv_cable", "lv_voltage_v", "lv_cable_fill_planned", "lv_feeder_homes_max"),
}  # fmt: skip
_ALWAYS = ("new_home_peak_kw", "base_home_peak_kw", "power_factor")
_WHY_ROOM = Words(
    "Hier {homes} nieuwe woningen (laag {low}, hoog {high}). {binding} is het eerst vol, op {at}.",
    "Here {homes} new homes fit (low {low}, high {high}). {binding} is full first, on {at}.",
)
_WHY_LINK = Words(
    "Draagt ten hoogste {load} van de {limit} kVA die mag, op {at}. Dit onderdeel is het eerst vol "
    "in {areas} buurten en voor {stations} stations.",
    "Carries at most {load} of the {limit} kVA that it may, on {at}. It is full first in {areas} "
    "areas and for {stations} stations.",
)
_DARK = Words(
    "Valt {name} uit, dan zitten {homes} woningen en {stations} stations zonder stroom tot het "
    "netopeningspunt dicht is.",
    "When {name} fails, {homes} homes and {stations} stations are without supply until the open "
    "point is closed.",
)
_WITHOUT = Words(
    "Valt {name} uit, dan blijven {homes} woningen en {stations} stations zonder stroom tot het "
    "hersteld is: er is geen tweede weg.",
    "When {name} fails, {homes} homes and {stations} stations stay without supply until it is "
    "mended: there is no second way.",
)
_AFTER = Words(
    " Daarna draagt {link} {loading} van wat mag, op {at}.",
    " After that {link} carries {loading} of what it may, on {at}.",
)
_ONE_OUT = Words(
    "Valt een van de transformatoren uit, dan dragen de andere {loading} van wat mag, op {at}.",
    "When one of the transformers fails, the others carry {loading} of what they may, on {at}.",
)
_SUPPLY = {
    "known": Words(
        " Het hangt aan {substation}: dat is bekend.",
        " It hangs on {substation}: that is known.",
    ),
    "assumed": Words(
        " Het hangt aan {substation}: dat is aangenomen.",
        " It hangs on {substation}: that is assumed.",
    ),
    "nearest": Words(
        " Het hangt naar aanname aan {substation}, het dichtstbijzijnde onderstation.",
        " It is assumed to hang on {substation}, the nearest substation.",
    ),
}
_HIDDEN = Words(
    "Wat dit onderdeel draagt wordt niet getoond: het gaat over minder dan tien aansluitingen, of "
    "zou verraden wat zulke aansluitingen gebruiken.",
    "What this asset carries is not shown: it concerns fewer than ten connections, or would give "
    "away what such connections use.",
)


def find_link(picture: Picture, said: str) -> int:
    """Position of a link that is named by its identifier or by that position.

    Raises
    ------
    NotFound
        When there is none.
    """
    if said in picture.link_at:
        return picture.link_at[said]
    if said.isascii() and said.isdigit() and int(said) < len(picture.link_at):
        return int(said)
    raise NotFound(f"asset {said!r} is not there.")


def explain(picture: Picture, at: int) -> dict[str, Any]:
    """Everything there is to say of a link, as JSON."""
    links = picture.tables["links"]
    row = links.iloc[at]
    kind, name = str(row["kind"]), str(row["link_id"])
    asset = _asset_row(picture, kind, name)
    return {
        "id": name,
        "kind": kind,
        "link": at,
        "run": picture.id,
        "name": str(asset.get("substation_name", name)),
        "area_name": _area_name(picture, asset),
        "synthetic": bool(asset.get("synthetic", not asset.get("rating_known", False))),
        "known_not_public": bool(row.get("known_not_public", False)),
        "limit_kva": plain(row["limit_kva"]),
        "load_max_kva": plain(row["load_max_kva"]),
        "load_max_at": plain(row["load_max_at"]),
        "loading_max": plain(row["loading_max"]),
        "feed_in_max_kva": plain(row["feed_in_max_kva"]),
        "feed_in_max_at": plain(row["feed_in_max_at"]),
        "fed_by": _fed_by(picture, at),
        "feeds": _feeds(picture, at),
        **_worst(picture, at),
        "outage": _outage(picture, kind, name),
        "room": _room(picture, kind, name),
        "binds": _binds(picture, name),
        "why": {
            each: _why(picture, at, each) + _supplied(picture, asset, each) for each in LANGUAGES
        },
        "properties": {key: plain(value) for key, value in asset.items() if key != "geometry"},
        "facts": _facts(picture, kind),
    }


def load_over_time(picture: Picture, at: int, series: str) -> dict[str, Any]:
    """Load of a link in every quarter of a series, to four figures. [kVA]."""
    limit_kva = float(picture.tables["links"]["limit_kva"].iloc[at])
    load_kva, _ = course(picture, series, at)
    axis = picture.manifest["series"][series]
    return {
        "id": str(picture.tables["links"]["link_id"].iloc[at]),
        "series": series,
        "from": axis["from"],
        "minutes": axis["minutes"],
        "limit_kva": plain(limit_kva),
        "load_kva": [plain(float(f"{value:.4g}")) for value in load_kva.tolist()],
    }


def _asset_row(picture: Picture, kind: str, name: str) -> dict[str, Any]:
    table, key = {
        "substation": ("substations", "substation_id"),
        "station": ("stations", "station_id"),
    }.get(kind, ("cables", "cable_id"))
    row = _indexed(picture, table, key).loc[name]
    return {key: name, **{str(column): value for column, value in row.items()}}


def _indexed(picture: Picture, table: str, key: str) -> pd.DataFrame:
    """Table of a run by one of its columns, put in order once."""
    kept = f"{table} by {key}"
    if kept not in picture.kept:
        picture.kept[kept] = picture.tables[table].set_index(key).sort_index()
    found: pd.DataFrame = picture.kept[kept]
    return found


def _area_name(picture: Picture, asset: dict[str, Any]) -> str | None:
    areas = _indexed(picture, "areas", "area_code")["area_name"]
    code = str(asset.get("area_code", ""))
    if not code and "to_node" in asset:
        code = str(_indexed(picture, "nodes", "node_id").loc[asset["to_node"], "area_code"])
    return None if code not in areas.index else str(areas[code])


def _fed_by(picture: Picture, at: int) -> list[dict[str, Any]]:
    """Links on the way to the region, nearest first."""
    links, way = picture.tables["links"], []
    above = int(picture.above[at])
    while above >= 0:
        row = links.iloc[above]
        way.append({"id": str(row["link_id"]), "kind": str(row["kind"]), "link": above,
                    "loading_max": plain(row["loading_max"])})  # fmt: skip
        above = int(picture.above[above])
    return way


def _feeds(picture: Picture, at: int) -> dict[str, Any]:
    """How much lies behind a link."""
    behind = behind_links(picture)
    return {name: int(values[at]) for name, values in behind.items()}


def behind_links(picture: Picture) -> dict[str, np.ndarray[Any, np.dtype[np.float64]]]:
    """Public and customers' stations, homes and addresses behind every link."""
    if "behind" not in picture.kept:
        names = picture.tables["links"]["link_id"]
        none = np.zeros(len(names), dtype=np.int64)
        tree = RadialTree(names.to_numpy(), picture.above, names.to_numpy(), none,
                          np.argsort(picture.depth, kind="stable"))  # fmt: skip
        stations = picture.tables["stations"].set_index("station_id")
        at = {
            "stations": pd.Series(1.0, index=stations.index),
            "homes": stations["homes"],
            "addresses": stations["addresses"],
        }
        own = {key: each.reindex(names).fillna(0.0).to_numpy(float) for key, each in at.items()}
        kept = {key: downstream(tree, each) for key, each in own.items()}
        picture.kept["behind"] = kept
    found: dict[str, np.ndarray[Any, np.dtype[np.float64]]] = picture.kept["behind"]
    return found


def _worst(picture: Picture, at: int) -> dict[str, Any]:
    """Quarters in which a link carries most: of the year where the run tells, else of the winter.

    Most is towards the customers; ``worst_of`` names the series.
    """
    axes = picture.manifest.get("series", {})
    for series in (YEAR, "winter") if keeps_year(picture) else ("winter",):
        if series not in axes:
            continue
        load_kva, loading = course(picture, series, at)
        if not np.isnan(load_kva).all():
            worst = _highest(load_kva, loading, pd.Timestamp(axes[series]["from"]))
            return {"worst_of": series, "worst": worst}
    return {"worst_of": None, "worst": []}


def _highest(load_kva: Floats, loading: Floats, start: pd.Timestamp) -> list[dict[str, Any]]:
    """Quarters of the highest loads that are told; no loading where there is no limit."""
    told = np.flatnonzero(~np.isnan(load_kva))
    most = told[np.argsort(-load_kva[told], kind="stable")[:WORST_QUARTERS]]
    return [
        {
            "at": f"{start + pd.Timedelta(minutes=QUARTER_MINUTES * int(step)):%Y-%m-%dT%H:%MZ}",
            "load_kva": float(f"{load_kva[step]:.4g}"),
            "loading": plain(float(f"{loading[step]:.4g}")),
        }
        for step in most
    ]


def _room(picture: Picture, kind: str, name: str) -> dict[str, Any] | None:
    """Homes that fit at a station; other links have no place for homes of their own."""
    if kind != "station":
        return None
    rooms = _indexed(picture, "station_room", "station_id")
    if name not in rooms.index:
        return None
    mine = rooms.loc[[name]]
    mine = mine[mine["direction"] == "load"].set_index("case")
    if not set(CASES) <= set(mine.index):
        return None
    mid = mine.loc["mid"]
    bound = {key: plain(mid[key]) for key in ("binding", "binding_kind", "binding_at")}
    return {case: plain(mine.loc[case, "room"]) for case in CASES} | bound


def _binds(picture: Picture, name: str) -> dict[str, Any]:
    """Where a link is the first to be full, in the middle case."""
    if "first full" not in picture.kept:
        room, at_stations = picture.tables["room"], picture.tables["station_room"]
        areas = room[_middle(room)].groupby("binding")
        stations = at_stations[_middle(at_stations)]["binding"].value_counts()
        told = {key: records(rows[["area_code", "area_name", "room"]]) for key, rows in areas}
        picture.kept["first full"] = (told, stations.to_dict())
    areas_of, stations_of = picture.kept["first full"]
    return {"areas": areas_of.get(name, []), "stations": int(stations_of.get(name, 0))}


def _middle(rows: pd.DataFrame) -> pd.Series:
    return (rows["direction"] == "load") & (rows["case"] == "mid")


def _why(picture: Picture, at: int, language: Language) -> str:
    row = picture.tables["links"].iloc[at]
    kind, name = str(row["kind"]), str(row["link_id"])
    if pd.isna(row["load_max_kva"]):
        return _HIDDEN.say(language)
    room = _room(picture, kind, name)
    if room is not None and room["mid"] is not None:
        fits = number(room["mid"], language)
        passen = {"nl": f"passen nog {fits}", "en": fits}[language]
        binding = f"{name_of(room['binding_kind'], LINK_KINDS, language)} {room['binding']}"
        return _WHY_ROOM.say(
            language,
            homes=passen,
            low=number(room["low"], language),
            high=number(room["high"], language),
            binding=binding[:1].upper() + binding[1:],
            at=quarter(room["binding_at"], language),
        )
    bound = _binds(picture, name)
    return _WHY_LINK.say(
        language,
        load=number(row["load_max_kva"], language),
        limit=number(row["limit_kva"], language),
        at=quarter(row["load_max_at"], language),
        areas=number(len(bound["areas"]), language),
        stations=number(bound["stations"], language),
    )


def _supplied(picture: Picture, asset: dict[str, Any], language: Language) -> str:
    """From which substation a station is fed, and how that is known; older runs do not tell."""
    told = _SUPPLY.get(str(asset.get("supply")))
    if told is None:
        return ""
    names = _indexed(picture, "substations", "substation_id")["substation_name"]
    return told.say(language, substation=names[asset["substation_id"]])


def _outage(picture: Picture, kind: str, name: str) -> dict[Language, str] | None:
    """What happens when a cable, a transformer of a substation, or the worst cable of a ring fails.

    In the winter week; None for what has no outage of its own, or in a run that has none.
    """
    if kind not in ("substation", "ring", "mv_cable") or "outages" not in picture.tables:
        return None
    rows = picture.tables["outages"]
    rows = rows[rows["direction"] == "load"]
    mine = rows[(rows["feeder_id" if kind == "ring" else "link_id"] == name)]
    if mine.empty:
        return None
    row = mine.iloc[int(np.argmax(mine["loading_max"].fillna(-1.0).to_numpy()))]
    return {language: _outage_said(row, language) for language in LANGUAGES}


def _outage_said(row: pd.Series, language: Language) -> str:
    told = {"name": row["link_id"], "link": row["loading_max_link"]}
    if pd.notna(row["loading_max"]):
        percent = f"{number(100.0 * row['loading_max'], language)} %"
        told |= {"loading": percent, "at": quarter(row["loading_max_at"], language)}
    if row["stations_without"]:
        counts = {name: number(row[f"{name}_without"], language) for name in ("homes", "stations")}
        return _WITHOUT.say(language, **told, **counts)
    if row["kind"] == "substation":
        return _ONE_OUT.say(language, **told) if "loading" in told else _HIDDEN.say(language)
    counts = {name: number(row[f"{name}_out"], language) for name in ("homes", "stations")}
    after = _AFTER.say(language, **told) if "loading" in told else ""
    return _DARK.say(language, **told, **counts) + after


def _facts(picture: Picture, kind: str) -> list[dict[str, Any]]:
    """Assumptions behind the limit and the room of a kind of link."""
    rows = picture.tables["parameters"]
    wanted = (*_DECIDE[kind], *_ALWAYS)
    chosen = rows[rows["parameter"].isin(wanted)].set_index("parameter")
    columns = ["low", "mid", "high", "unit", "status", "source", "about", "about_nl", "valid_from"]
    told = chosen.loc[[name for name in wanted if name in chosen.index], columns]
    return records(told.reset_index())
