"""Layers of the picture as tables with geometry, put together from the tables of runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from stroomstad.api.picture.pictures import Picture, RunKind
from stroomstad.tables.geometry import CRS
from stroomstad.tables.grid import no_open_cables
from stroomstad.tables.parameters import CASES
from stroomstad.tables.words import Words

Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True, slots=True)
class Layer:
    """One collection of features.

    Attributes
    ----------
    name
        As in an address.
    key
        Column that names each feature.
    title, about
        What it shows.
    of
        Kind of run that it is made from.
    build
        Makes it from such a run.
    kinds
        Kinds that are made ready apart, since one of them is asked first and small.
    """

    name: str
    key: str
    title: Words
    about: Words
    of: RunKind
    build: Callable[[Picture], gpd.GeoDataFrame]
    kinds: tuple[str, ...] = ()


def areas(tables: Tables) -> gpd.GeoDataFrame:
    """Areas with the homes and the roofs that still fit, and what binds the homes."""
    room = tables["room"]
    wide = pd.concat([_by_case(room, "load", "room"), _by_case(room, "feed_in", "feed_in_room")],
                     axis=1)  # fmt: skip
    mid = room[(room["direction"] == "load") & (room["case"] == "mid")].set_index("area_code")
    told = ["binding", "binding_kind", "binding_at", "next_binding", "next_binding_kind",
            "checked", "stations", "room_existing_cables", "room_with_new_stations",
            "new_stations_needed"]  # fmt: skip
    return tables["areas"].join(wide, on="area_code").join(mid[told], on="area_code")


def _by_case(room: pd.DataFrame, direction: str, prefix: str) -> pd.DataFrame:
    rows = room[room["direction"] == direction]
    wide = rows.pivot_table(index="area_code", columns="case", values="room")
    return wide[list(CASES)].add_prefix(f"{prefix}_")


def stations(tables: Tables) -> gpd.GeoDataFrame:
    """Stations with what they carry and what still fits there."""
    rows = tables["stations"].drop(columns=["x_m", "y_m", "node_mv", "node_lv"])
    return _linked(rows, "station_id", tables)


def substations(tables: Tables) -> gpd.GeoDataFrame:
    """Substations with what they carry."""
    rows = tables["substations"].drop(columns=["x_m", "y_m", "node_mv"])
    return _linked(rows.assign(synthetic=~rows["rating_known"]), "substation_id", tables)


def cables(tables: Tables) -> gpd.GeoDataFrame:
    """Cables as straight lines, with what they carry."""
    links = tables["links"].set_index("link_id")
    told = ["limit_kva", "load_max_kva", "loading_max", "load_max_at"]
    return _linked(tables["cables"].join(links[told], on="cable_id"), "cable_id", tables)


def open_cables(tables: Tables) -> gpd.GeoDataFrame:
    """Open cables as straight lines; runs of an earlier version have none."""
    none = gpd.GeoDataFrame(no_open_cables(), geometry=[], crs=CRS)
    return gpd.GeoDataFrame(tables.get("open_cables", none))


def _linked(rows: gpd.GeoDataFrame, key: str, tables: Tables) -> gpd.GeoDataFrame:
    """Rows with the position of each in the series of loading."""
    links = tables["links"]["link_id"]
    at = pd.Series(range(len(links)), index=links, dtype="Int64")
    return rows.assign(link=rows[key].map(at))


def projects(tables: Tables) -> gpd.GeoDataFrame:
    """Projects at the middle of their place, with what fits of each."""
    rows = tables["projects"].drop(columns=["row"])
    fits = tables["fits"].drop(columns=["row"]).set_index("project_id")
    return _at_sites(rows.join(fits, on="project_id"), tables)


def measures(tables: Tables) -> gpd.GeoDataFrame:
    """Measures of a plan at the middle of their place."""
    return _at_sites(tables["measures"], tables)


def _at_sites(rows: pd.DataFrame, tables: Tables) -> gpd.GeoDataFrame:
    sites = tables["sites"].set_index("place")
    told = rows.assign(area_code=rows["place"].map(sites["area_code"]))
    points = gpd.GeoSeries(rows["place"].map(sites.geometry), index=rows.index, crs=CRS)
    return gpd.GeoDataFrame(told, geometry=points, crs=CRS)


def results(tables: Tables) -> gpd.GeoDataFrame:
    """Every answer of an area by itself: per direction and case the room, and what binds it."""
    room = tables["room"]
    names = room["area_code"] + "-" + room["direction"].str.replace("_", "-") + "-" + room["case"]
    shapes = tables["areas"].set_index("area_code").geometry
    points = shapes.representative_point()
    geometry = gpd.GeoSeries(room["area_code"].map(points), crs=CRS)
    return gpd.GeoDataFrame(room.assign(result_id=names), geometry=geometry, crs=CRS)


def _from(build: Callable[[Tables], gpd.GeoDataFrame]) -> Callable[[Picture], gpd.GeoDataFrame]:
    return lambda picture: build(picture.tables)


LAYERS = (
    Layer("areas", "area_code", Words("Buurten", "Areas"),
          Words("Buurten met de woningen en daken die er nog bij passen.",
                "Areas with the homes and roofs that still fit."), "city", _from(areas)),
    Layer("stations", "station_id", Words("Stations", "Stations"),
          Words("Transformatorhuisjes; de meeste volgens regels opgesteld (synthetisch).",
                "Distribution stations; most are drawn up by rules (synthetic)."),
          "city", _from(stations)),
    Layer("substations", "substation_id", Words("Onderstations", "Substations"),
          Words("Onderstations; plaats uit open data, vermogen aangenomen waar het niet bekend is.",
                "Substations; places from open data, ratings assumed where they are not known."),
          "city", _from(substations)),
    Layer("cables", "cable_id", Words("Kabels", "Cables"),
          Words("Kabels als rechte lijn tussen hun knopen; synthetisch.",
                "Cables as straight lines between their nodes; synthetic."), "city", _from(cables),
          ("mv_cable", "lv_cable")),
    Layer("open_cables", "cable_id", Words("Open kabels", "Open cables"),
          Words("Kabels die een ring sluiten als een andere kabel uitvalt; synthetisch.",
                "Cables that close a ring when another one fails; synthetic."),
          "city", _from(open_cables)),
    Layer("projects", "project_id", Words("Projecten", "Projects"),
          Words("Woningen en aansluitingen die wachten, met wat ervan past.",
                "Homes and connections that wait, with what fits of each."),
          "plan", _from(projects)),
    Layer("measures", "measure_id", Words("Maatregelen", "Measures"),
          Words("Maatregelen van een plan.", "Measures of a plan."), "plan", _from(measures)),
    Layer("results", "result_id", Words("Uitkomsten per buurt", "Results per area"),
          Words("Ruimte per buurt, richting en kant van de band, en wat bindt.",
                "Room per area, direction and side of the band, and what binds."),
          "city", _from(results)),
)  # fmt: skip
