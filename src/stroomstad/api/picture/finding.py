"""Finds a place in the city by what a person types: postcode, address, area, drawn place, asset."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from stroomstad.api.picture.encoding import records
from stroomstad.api.picture.pictures import Picture
from stroomstad.tables.geometry import CRS

FOUND_MAX = 12
# In this order when several are as near to what was typed.
_KINDS = ("area", "outline", "substation", "station", "postcode", "address", "cable")
_POSTCODE = re.compile(r"^([1-9][0-9]{3}) ?([a-z]{2})\b")


def places_of(picture: Picture, outlines: gpd.GeoDataFrame) -> pd.DataFrame:
    """Everything that can be found in a city.

    Parameters
    ----------
    picture
        The city.
    outlines
        Places that it has beside its areas, as declared in `OUTLINES`.

    Returns
    -------
    ``kind, id, label, form, lon, lat, link``; ``form`` is what is compared with what is typed.
    """
    if "places" not in picture.kept:
        tables = picture.tables
        parts = [_areas(tables["areas"]), _outlines(outlines), _assets(picture),
                 *_addresses(tables["addresses"])]  # fmt: skip
        rows = pd.concat(parts, ignore_index=True)
        points = gpd.GeoSeries(gpd.points_from_xy(rows["x_m"], rows["y_m"]), crs=CRS)
        told = points.to_crs("OGC:CRS84")
        rows = rows.assign(lon=told.x.round(7), lat=told.y.round(7), form=_forms(rows["label"]))
        picture.kept["places"] = rows
    found: pd.DataFrame = picture.kept["places"]
    return found


def find_places(picture: Picture, outlines: gpd.GeoDataFrame, said: str) -> list[dict[str, Any]]:
    """Places whose name holds all words that were typed; at most `FOUND_MAX`, nearest first."""
    words = _form(_POSTCODE.sub(r"\1\2", said.casefold().strip())).split()
    if not words:
        return []
    found = places_of(picture, outlines)
    for word in sorted(words, key=len, reverse=True):
        # Every word that was typed begins a word of the name, in any order.
        found = found[(" " + found["form"]).str.contains(f" {word}", regex=False)]
    begins = found["form"].str.startswith(" ".join(words))
    rank = found["kind"].map(_KINDS.index)
    length = found["form"].str.len()
    order = np.lexsort((found["form"], length, rank, ~begins))
    best = found.iloc[order[:FOUND_MAX]]
    return records(best[["kind", "id", "label", "lon", "lat", "link"]])


def _areas(areas: gpd.GeoDataFrame) -> pd.DataFrame:
    middle = areas.geometry.representative_point()
    label = areas["area_name"] + " (" + areas["area_code"] + ")"
    return pd.DataFrame(
        {"kind": "area", "id": areas["area_code"], "label": label, "x_m": middle.x, "y_m": middle.y}
    )


def _outlines(outlines: gpd.GeoDataFrame) -> pd.DataFrame:
    middle = outlines.geometry.representative_point()
    place = outlines["place"].astype(str)
    return pd.DataFrame(
        {"kind": "outline", "id": place, "label": place, "x_m": middle.x, "y_m": middle.y}
    )


def _assets(picture: Picture) -> pd.DataFrame:
    """Substations, stations and medium-voltage cables."""
    tables = picture.tables
    substations, stations, cables = (tables[n] for n in ("substations", "stations", "cables"))
    cables = cables[cables["kind"] == "mv_cable"]
    middle = gpd.GeoSeries(shapely.line_interpolate_point(cables.geometry, 0.5, normalized=True))
    middle.index = cables.index
    rows = pd.concat(
        [
            substations.assign(
                kind="substation", id=substations["substation_id"],
                label=substations["substation_name"] + " (" + substations["substation_id"] + ")",
            ),
            stations.assign(kind="station", id=stations["station_id"],
                            label=stations["station_id"]),
            cables.assign(kind="cable", id=cables["cable_id"], label=cables["cable_id"],
                          x_m=middle.x, y_m=middle.y),
        ],
        ignore_index=True,
    )  # fmt: skip
    link = rows["id"].map(picture.link_at).astype("Int64")
    return pd.DataFrame(rows[["kind", "id", "label", "x_m", "y_m"]]).assign(link=link)


def _addresses(addresses: pd.DataFrame) -> list[pd.DataFrame]:
    """Postcodes at the middle of their addresses, and every address."""
    if "street" not in addresses:
        return []
    middle = addresses.groupby("postcode", sort=True)[["x_m", "y_m"]].mean().reset_index()
    postcodes = middle.assign(kind="postcode", id=middle["postcode"], label=middle["postcode"])
    told = addresses["street"] + " " + addresses["house_number"] + ", " + addresses["postcode"]
    each = addresses.assign(kind="address", id=addresses["postcode"], label=told)
    columns = ["kind", "id", "label", "x_m", "y_m"]
    return [postcodes[columns], each[columns].drop_duplicates("label")]


def _forms(labels: pd.Series) -> pd.Series:
    return labels.map(_form)


def _form(text: str) -> str:
    """Text as it is compared: without case, accents and signs.

    Examples
    --------
    >>> _form("Café 't Gooi, 1311 RC")
    'cafe t gooi 1311 rc'
    """
    flat = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    return " ".join(re.sub(r"[^a-z0-9]+", " ", flat).split())
