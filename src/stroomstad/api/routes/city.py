"""Routes of the city itself: what the picture is of, how to find a place in it, and assumptions."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from stroomstad.api.answers import as_json, kept_answer
from stroomstad.api.faults_nl import line_in_dutch
from stroomstad.api.picture.encoding import CRS84, encode, plain, records
from stroomstad.api.picture.finding import find_places
from stroomstad.api.picture.layers import areas
from stroomstad.api.picture.pictures import Picture, newest
from stroomstad.api.problems import documented
from stroomstad.api.routes.runs import JSON_OF
from stroomstad.api.service import AtHand
from stroomstad.errors import NotFound
from stroomstad.tables.grid import LINK_KINDS
from stroomstad.tables.limits import limits_said
from stroomstad.tables.parameters import CASES
from stroomstad.tables.words import Words

router = APIRouter(tags=["city"])
_SYNTHETIC = Words(
    "Het net is synthetisch: netbeheerders maken het hunne niet openbaar. Het is volgens "
    "beschreven regels opgesteld; bekende feiten gaan voor.",
    "The grid is synthetic: operators do not publish theirs. It is drawn up by written rules; "
    "known facts win.",
)
_GIVEN = Words(
    "Het net is dat wat de stad opgaf; wie waar aansluit is aangenomen waar het niet is opgegeven.",
    "The grid is the one that the city gave; who connects where is assumed where it is not given.",
)
_DIRECTIONS = {"winter": "load", "summer": "feed_in"}


@router.get("/city", operation_id="getCity", responses=documented() | JSON_OF, response_model=None)
def city(request: Request, service: AtHand) -> Response | dict[str, Any]:
    """Tell what the picture is of; its run is missing while none is finished."""
    picture = newest(service.runs, "city", service.municipality_code)
    if picture is None:
        return {"name": None, "municipality_code": service.municipality_code, "run": None}
    return kept_answer(request, ("city", picture.id), lambda: as_json(_about(picture)))


@router.get(
    "/search", operation_id="getPlaces", responses=documented() | JSON_OF, response_model=None
)
def search(
    request: Request,
    service: AtHand,
    q: Annotated[str, Query(max_length=100, description="what is sought")] = "",
) -> Response | dict[str, Any]:
    """Find postcodes, addresses, areas, drawn places and assets by what somebody types."""
    picture = newest(service.runs, "city", service.municipality_code)
    if picture is None:
        return {"results": []}
    question = ("search", picture.id, q.strip().casefold())
    return kept_answer(
        request, question, lambda: as_json({"results": find_places(picture, service.outlines, q)})
    )


@router.get(
    "/parameters",
    operation_id="getParameters",
    responses=documented(404) | JSON_OF,
    response_model=None,
)
def parameters(request: Request, service: AtHand) -> Response:
    """Tell every assumption, with its source, vintage and band."""
    picture = newest(service.runs, "city", service.municipality_code)
    if picture is None:
        raise NotFound("there is no run of the city yet.")
    rows = picture.tables["parameters"]
    question = ("parameters", picture.id)
    return kept_answer(request, question, lambda: as_json({"parameters": records(rows)}))


def _about(picture: Picture) -> dict[str, Any]:
    tables, manifest = picture.tables, picture.manifest
    room = tables["city_room"]
    load = room[room["direction"] == "load"].set_index("case")
    mid = load.loc["mid"]
    bounds = encode(areas(tables), "area_code", CRS84).bounds
    box = [*np.nanmin(bounds[:, :2], axis=0), *np.nanmax(bounds[:, 2:], axis=0)]
    bound = ("binding", "binding_kind", "binding_count", "binding_at", "next_binding")
    curve = tables["regional_curve"]
    said = _GIVEN if manifest.get("grid") == "given" else _SYNTHETIC
    held = limits_said(manifest.get("limits"))
    return {
        "name": manifest["city"],
        "municipality_code": manifest["municipality_code"],
        "base_year": manifest["base_year"],
        "created_at": manifest["created_at"],
        "version": manifest["version"],
        "seed": manifest["seed"],
        "run": picture.id,
        "bbox": [round(float(value), 6) for value in box],
        "homes": {case: plain(load.loc[case, "room"]) for case in CASES},
        "binding": {name: plain(mid[name]) for name in bound},
        "weeks": [
            {"id": name, "direction": _DIRECTIONS.get(name, "load"), "quarters": told["steps"],
             "from": told["from"], "minutes": told["minutes"],
             "kinds": told.get("kinds", LINK_KINDS)}
            for name, told in manifest.get("series", {}).items()
        ],
        "links": len(tables["links"]),
        "regional_curve": [
            {"case": case, "regional_mw": rows["regional_mw"].tolist(),
             "homes": rows["homes"].tolist()}
            for case, rows in curve.groupby("case", sort=False)
        ],
        "notes": records(tables["notes"]),
        "flow_facts": records(tables["flow_facts"]),
        "files": records(tables["files"]),
        "synthetic": {"nl": said.nl, "en": said.en},
        "limits": {"nl": held.nl, "en": held.en} | (manifest.get("limits") or {}),
        "warnings": [
            {"nl": line_in_dutch(each), "en": each} for each in manifest.get("warnings", [])
        ],
    }  # fmt: skip
