"""Layers as files that people's own programs open."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Literal

import geopandas as gpd
import pandas as pd
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from stroomstad.api.answers import kept_answer
from stroomstad.api.picture.encoding import CRS84
from stroomstad.api.problems import documented
from stroomstad.api.routes.features import encoded_layer, find_layer, picture_of
from stroomstad.api.service import AtHand
from stroomstad.errors import NotFound
from stroomstad.exchange import csv_bytes, workbook_bytes

router = APIRouter(tags=["features"])
Form = Literal["gpkg", "parquet", "geojson", "csv", "xlsx"]
_TYPES: dict[str, str] = {
    "gpkg": "application/geopackage+sqlite3",
    "parquet": "application/vnd.apache.parquet",
    "geojson": "application/geo+json",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_FILE_OF: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "the layer as a file",
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}} for kind in _TYPES.values()
        },
    },
    304: {"description": "nothing has changed"},
}


@router.get(
    "/collections/{collection}/download",
    operation_id="getDownload",
    responses=documented(404) | _FILE_OF,
    response_model=None,
)
def download(
    collection: str,
    request: Request,
    service: AtHand,
    form: Annotated[Form, Query(alias="format", description="kind of file")] = "gpkg",
    run: Annotated[str, Query(description="run to take it from; the newest otherwise")] = "",
) -> Response:
    """Give a whole layer as a file, in EPSG:28992; GeoJSON in CRS84."""
    layer = find_layer(collection)
    picture = picture_of(layer, service, run)
    if picture is None:
        raise NotFound(f"{collection}: there is no run to take them from yet.")
    rows = encoded_layer(picture, layer.name, CRS84).rows
    answer = kept_answer(
        request,
        ("download", picture.id, layer.name, form),
        lambda: as_file(rows, layer.name, form),
        _TYPES[form],
    )
    name = f"{picture.id}-{layer.name}.{form}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def as_file(rows: gpd.GeoDataFrame, name: str, form: Form) -> bytes:
    """Write a layer as a file of some kind."""
    if form in ("csv", "xlsx"):
        return _sheet(rows, name, form)
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.{form}"
        if form == "parquet":
            rows.to_parquet(path, index=False)
        elif form == "gpkg":
            # The version that the Dutch list of standards names; the driver writes a newer one.
            rows.to_file(path, layer=name, driver="GPKG", VERSION="1.3", engine="pyogrio")
        else:
            rows.to_crs("OGC:CRS84").to_file(path, driver="GeoJSON", RFC7946="YES")
        return path.read_bytes()


def _sheet(rows: gpd.GeoDataFrame, name: str, form: Form) -> bytes:
    """Rows with the middle of each in place of its geometry."""
    middle = rows.geometry.representative_point()
    told = pd.DataFrame(rows.drop(columns=rows.geometry.name))
    told = told.assign(x_m=middle.x.round(2), y_m=middle.y.round(2))
    return csv_bytes(told) if form == "csv" else workbook_bytes({name: told})
