"""OGC API - Features, part 1 and 2: the layers of the picture as collections of features."""

from __future__ import annotations

import datetime as dt
import math
from functools import lru_cache
from typing import Annotated, Any
from urllib.parse import urlencode

import numpy as np
import pandas as pd
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from numpy.typing import NDArray
from pydantic import BaseModel

from stroomstad.api.answers import GEOJSON, as_json, kept_answer
from stroomstad.api.picture.encoding import CRS84, RD, SYSTEMS, Encoded, encode
from stroomstad.api.picture.layers import LAYERS, Layer
from stroomstad.api.picture.pictures import Picture, find_run, newest
from stroomstad.api.problems import documented
from stroomstad.api.routes.added import component_layers
from stroomstad.api.service import AtHand, Service
from stroomstad.errors import InvalidData, Issue, NotFound, raise_faults

router = APIRouter(tags=["features"])
CONFORMS = (
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
)
LIMIT_MAX = 10_000
_KINDS_OF = "kind"
_RD_MIN = 1000.0  # degrees are smaller, metres of the national grid are larger


class Link(BaseModel):
    """A link to something that belongs to this."""

    href: str
    rel: str
    type: str
    title: str


class Collection(BaseModel):
    """What a collection of features is."""

    id: str
    title: str
    description: str
    itemType: str  # noqa: N815 - the name that OGC gives it
    crs: list[str]
    storageCrs: str  # noqa: N815
    extent: dict[str, Any]
    links: list[Link]


class Collections(BaseModel):
    """Every collection there is."""

    links: list[Link]
    crs: list[str]
    collections: list[Collection]


class Landing(BaseModel):
    """Where the interface begins."""

    title: str
    description: str
    links: list[Link]


class Conformance(BaseModel):
    """Requirements that the interface is made to."""

    conformsTo: list[str]  # noqa: N815


_FEATURES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "features",
        "headers": {"Content-Crs": {"schema": {"type": "string"}}},
        "content": {GEOJSON: {"schema": {"type": "object", "required": ["type"]}}},
    },
    304: {"description": "nothing has changed"},
}


@router.get("", operation_id="getLandingPage", responses=documented())
def landing(request: Request) -> Landing:
    """Tell where everything is."""
    base = base_of(request)
    return Landing(
        title="Stroomstad",
        description="An open digital twin of a city's electricity grid. The grid is synthetic "
        "unless the city gives its own.",
        links=[
            _link(base, "self", title="this page"),
            _link(f"{base}/openapi.json", "service-desc",
                  "application/vnd.oai.openapi+json;version=3.0", "the interface in OpenAPI 3.0"),
            _link(f"{base}/conformance", "conformance", title="requirements it is made to"),
            _link(f"{base}/collections", "data", title="collections of features"),
            _link(f"{base}/components", "related", title="components and their manifests"),
        ],
    )  # fmt: skip


@router.get("/conformance", operation_id="getConformance", responses=documented())
def conformance() -> Conformance:
    """Tell to which requirements the interface is made."""
    return Conformance(conformsTo=list(CONFORMS))


@router.get("/collections", operation_id="getCollections", responses=documented())
def collections(request: Request, service: AtHand) -> Collections:
    """Tell every collection."""
    told = [_collection(layer, request, service) for layer in every_layer()]
    links = [_link(f"{base_of(request)}/collections", "self", title="collections")]
    return Collections(links=links, crs=list(SYSTEMS), collections=told)


@router.get("/collections/{collection}", operation_id="getCollection", responses=documented(404))
def collection(collection: str, request: Request, service: AtHand) -> Collection:
    """Tell what a collection is."""
    return _collection(find_layer(collection), request, service)


@router.get(
    "/collections/{collection}/items",
    operation_id="getFeatures",
    responses=documented(404) | _FEATURES,
    response_model=None,
)
def items(  # noqa: PLR0913, PLR0917 - the parameters of the standard
    collection: str,
    request: Request,
    service: AtHand,
    bbox: Annotated[str, Query(description="west,south,east,north in the system of bbox-crs")] = "",
    limit: Annotated[int, Query(ge=1, description="features at most; 10,000 at most")] = 1000,
    offset: Annotated[int, Query(ge=0, le=10**9, description="features to pass over")] = 0,
    datetime: Annotated[str, Query(description="a moment, or two with / between them")] = "",
    crs: Annotated[str, Query(description="reference system of the answer")] = CRS84,
    bbox_crs: Annotated[str, Query(alias="bbox-crs", description="that of bbox")] = CRS84,
    kind: Annotated[str, Query(description="only features of this kind")] = "",
    run: Annotated[str, Query(description="run to take them from; the newest otherwise")] = "",
) -> Response:
    """Give features of a collection."""
    layer = find_layer(collection)
    issues = [
        *_unknown(request),
        *_system_issues("crs", crs),
        *_system_issues("bbox-crs", bbox_crs),
    ]
    box, found = _read_box(bbox, bbox_crs)
    period, more = _read_period(datetime)
    raise_faults([*issues, *found, *more])
    picture = picture_of(layer, service, run)
    limit = min(limit, LIMIT_MAX)
    question = ("items", picture and picture.id, layer.name, box, bbox_crs, limit, offset, period,
                crs, kind, base_of(request))  # fmt: skip

    def make() -> bytes:
        if picture is None:
            return _joined([], 0, "", [_link(str(request.url), "self", GEOJSON, "these features")])
        apart = kind if kind in layer.kinds else ""
        encoded = encoded_layer(picture, layer.name, crs, apart)
        seen = encoded if bbox_crs == crs else encoded_layer(picture, layer.name, bbox_crs, apart)
        keep = np.flatnonzero(
            _inside(seen, box) & _in_period(encoded.rows, period) & _of_kind(encoded.rows, kind)
        )
        page = keep[offset : offset + limit]
        links = _page_links(request, offset, limit, len(keep))
        texts = [encoded.texts[at] for at in page]
        return _joined(texts, len(keep), picture.manifest["created_at"], links)

    answer = kept_answer(request, question, make, GEOJSON)
    answer.headers["Content-Crs"] = f"<{crs}>"
    return answer


@router.get(
    "/collections/{collection}/items/{feature}",
    operation_id="getFeature",
    responses=documented(404) | _FEATURES,
    response_model=None,
)
def item(  # noqa: PLR0917 - the parameters of the standard
    collection: str,
    feature: str,
    request: Request,
    service: AtHand,
    crs: Annotated[str, Query(description="reference system of the answer")] = CRS84,
    run: Annotated[str, Query(description="run to take it from; the newest otherwise")] = "",
) -> Response:
    """Give one feature."""
    layer = find_layer(collection)
    raise_faults([*_unknown(request), *_system_issues("crs", crs)])
    picture = picture_of(layer, service, run)
    encoded = None if picture is None else encoded_layer(picture, layer.name, crs)
    if encoded is None or feature not in encoded.names:
        raise NotFound(f"{collection}: feature {feature!r} is not there.")
    base = f"{base_of(request)}/collections/{layer.name}"
    links = as_json(
        [
            _link(f"{base}/items/{feature}", "self", GEOJSON, feature).model_dump(),
            _link(base, "collection", title=layer.title.en).model_dump(),
        ]
    )
    text = encoded.texts[encoded.names.index(feature)].encode()
    content = text[:-1] + b',"links":' + links + b"}"
    answer = kept_answer(request, ("item", content), lambda: content, GEOJSON)
    answer.headers["Content-Crs"] = f"<{crs}>"
    return answer


def base_of(request: Request) -> str:
    """Address at which the interface stands."""
    return f"{request.url.scheme}://{request.headers.get('host', 'localhost')}/v1"


def find_layer(name: str) -> Layer:
    """Look a layer up.

    Raises
    ------
    NotFound
        When there is none of that name.
    """
    for layer in every_layer():
        if layer.name == name:
            return layer
    raise NotFound(f"collection {name!r} is not there.")


def every_layer() -> tuple[Layer, ...]:
    """Layers of the twin itself, and those that components add."""
    return (*LAYERS, *component_layers())


def picture_of(layer: Layer, service: Service, run: str = "") -> Picture | None:
    """Run that a layer is taken from; nothing while there is none yet."""
    if not run:
        return newest(service.runs, layer.of, service.municipality_code)
    picture = find_run(service.runs, run)
    if picture.kind != layer.of:
        problem = f"{run} is a run of kind {picture.kind}; {layer.name} are of kind {layer.of}."
        raise InvalidData([Issue("run", problem, "Name another run, or leave it out.")])
    return picture


@lru_cache(maxsize=64)
def encoded_layer(picture: Picture, layer: str, system: str, kind: str = "") -> Encoded:
    """Features of a layer of a run in a reference system, of one of its kinds; made once."""
    found = find_layer(layer)
    rows = found.build(picture)
    return encode(rows[rows["kind"] == kind] if kind else rows, found.key, system)


def _collection(layer: Layer, request: Request, service: Service) -> Collection:
    base = f"{base_of(request)}/collections/{layer.name}"
    picture = picture_of(layer, service)
    bounds = None if picture is None else encoded_layer(picture, layer.name, CRS84).bounds
    box = [None] * 4 if bounds is None or not len(bounds) else _around(bounds)
    spatial = {} if None in box else {"spatial": {"bbox": [box], "crs": CRS84}}
    return Collection(
        id=layer.name,
        title=layer.title.en,
        description=f"{layer.about.en} {layer.about.nl}",
        itemType="feature",
        crs=list(SYSTEMS),
        storageCrs=RD,
        extent=spatial,
        links=[
            _link(base, "self", title=layer.title.en),
            _link(f"{base}/items", "items", GEOJSON, layer.title.en),
            _link(f"{base}/download?format=gpkg", "enclosure", "application/geopackage+sqlite3",
                  "GeoPackage 1.3"),
        ],
    )  # fmt: skip


def _around(bounds: NDArray[np.float64]) -> list[float]:
    low, high = np.nanmin(bounds[:, :2], axis=0), np.nanmax(bounds[:, 2:], axis=0)
    return [round(float(value), 6) for value in (*low, *high)]


def _link(href: str, rel: str, kind: str = "application/json", title: str = "") -> Link:
    return Link(href=href, rel=rel, type=kind, title=title)


def _page_links(request: Request, offset: int, limit: int, matched: int) -> list[Link]:
    asked = {name: value for name, value in request.query_params.items() if name != "offset"}
    here = f"{base_of(request)}{request.url.path.removeprefix('/v1')}"

    def at(start: int) -> str:
        return f"{here}?{urlencode(asked | {'limit': str(limit), 'offset': str(start)})}"

    links = [_link(at(offset), "self", GEOJSON, "these features")]
    if offset + limit < matched:
        links.append(_link(at(offset + limit), "next", GEOJSON, "the next ones"))
    if offset > 0:
        links.append(_link(at(max(offset - limit, 0)), "prev", GEOJSON, "the ones before"))
    links.append(_link(here.removesuffix("/items"), "collection", title="the collection"))
    return links


def _joined(texts: list[str], matched: int, at: str, links: list[Link]) -> bytes:
    head = {
        "type": "FeatureCollection",
        "numberMatched": matched,
        "numberReturned": len(texts),
        "links": [link.model_dump() for link in links],
        **({"timeStamp": at} if at else {}),
    }
    return as_json(head)[:-1] + b',"features":[' + ",".join(texts).encode() + b"]}"


# --- what was asked


_ASKED = {"items": {"bbox", "limit", "offset", "datetime", "crs", "bbox-crs", "kind", "run"},
          "item": {"crs", "run"}}  # fmt: skip


def _unknown(request: Request) -> list[Issue]:
    known = _ASKED["items" if request.url.path.endswith("/items") else "item"]
    return [
        Issue(name[:40], "is not a parameter of this question.",
              f"Use {', '.join(sorted(known))}.")
        for name in sorted(set(request.query_params) - known)
    ]  # fmt: skip


def _system_issues(where: str, system: str) -> list[Issue]:
    if system in SYSTEMS:
        return []
    return [Issue(where, f"{system[:80]!r} is not known.", f"Use one of {', '.join(SYSTEMS)}.")]


def _read_box(said: str, system: str) -> tuple[tuple[float, ...], list[Issue]]:
    """Read west, south, east and north; heights are passed over."""
    if not said:
        return (), []
    parts = said.split(",")
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        numbers = []
    remedy = "Give west,south,east,north."
    if len(numbers) not in (4, 6) or not all(math.isfinite(each) for each in numbers):
        return (), [Issue("bbox", f"is {said[:60]!r}, which is not four numbers.", remedy)]
    half = len(numbers) // 2
    box = (*numbers[:2], *numbers[half : half + 2])
    if box[1] > box[3] or box[0] > box[2]:
        return (), [Issue("bbox", "has its lowest and highest numbers swapped.", remedy)]
    if system == CRS84 and max(map(abs, box)) > _RD_MIN:
        remedy = f"Give degrees, or add bbox-crs={RD}."
        return (), [Issue("bbox", "looks like metres of the national grid (RD).", remedy)]
    return box, []


def _inside(encoded: Encoded, box: tuple[float, ...]) -> NDArray[np.bool_]:
    """Which features have a part within a box of their system, by their own bounds."""
    if not box:
        return np.ones(len(encoded.names), dtype=bool)
    west, south, east, north = encoded.bounds.T
    found: NDArray[np.bool_] = (
        (west <= box[2]) & (east >= box[0]) & (south <= box[3]) & (north >= box[1])
    )
    return found


def _read_period(said: str) -> tuple[tuple[str, str], list[Issue]]:
    """Read a moment or a period as its first and last day; open ends are empty."""
    if not said:
        return ("", ""), []
    parts = said.split("/")
    days = [_day(part) for part in parts]
    if len(parts) > 2 or None in days or days == ["", ""]:
        remedy = "Give a moment as in RFC 3339, or two with / between them, or .. for an open end."
        return ("", ""), [Issue("datetime", f"{said[:60]!r} is no moment or period.", remedy)]
    first, last = str(days[0]), str(days[-1])
    if first and last and first > last:
        return ("", ""), [Issue("datetime", "ends before it begins.", "Give the first day first.")]
    return (first, last), []


def _day(said: str) -> str | None:
    if said in ("", ".."):
        return ""
    try:
        return dt.datetime.fromisoformat(said).date().isoformat()
    except ValueError:
        return None


def _in_period(rows: pd.DataFrame, period: tuple[str, str]) -> NDArray[np.bool_]:
    """Which features exist in a period: measures in service, projects from their first year."""
    everything = np.ones(len(rows), dtype=bool)
    first, last = period
    if "in_service" in rows:
        begins, ends = rows["in_service"], rows["until"].where(rows["until"] != "", "9999-12-31")
    elif "first_year" in rows:
        begins, ends = rows["first_year"].astype(str) + "-01-01", pd.Series("9999", rows.index)
    else:
        return everything
    return everything & (begins <= (last or "9999-99")) & (ends >= first)


def _of_kind(rows: pd.DataFrame, kind: str) -> NDArray[np.bool_]:
    if not kind:
        return np.ones(len(rows), dtype=bool)
    if _KINDS_OF not in rows:
        remedy = "Leave kind out for this collection."
        raise InvalidData([Issue("kind", "features of this collection have no kind.", remedy)])
    return np.asarray(rows[_KINDS_OF] == kind, dtype=bool)
