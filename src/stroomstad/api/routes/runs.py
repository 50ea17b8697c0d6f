"""Routes of runs: which there are, what they found, what every asset carries, and their files."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import pandas as pd
from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, Response
from numpy.typing import NDArray

from stroomstad.api.answers import JSON, as_json, kept_answer
from stroomstad.api.guards import PAGE_POLICY
from stroomstad.api.picture.assets import explain, find_link, load_over_time
from stroomstad.api.picture.declared import about_column, about_table
from stroomstad.api.picture.encoding import records
from stroomstad.api.picture.pictures import (
    Picture,
    find_run,
    kind_of,
    manifest_of,
    runs_of,
    step_count,
    steps,
)
from stroomstad.api.problems import documented
from stroomstad.api.service import AtHand
from stroomstad.blocks import Floats
from stroomstad.errors import InvalidData, Issue, NotFound, raise_faults
from stroomstad.tables.limits import limits_said
from stroomstad.tables.results import Loading
from stroomstad.tables.words import Language

router = APIRouter(tags=["runs"])
STEPS_MAX = 672
PER_MILLE_MAX, NOT_SHOWN = 32767, -32768
ROWS_MAX = 10_000
BYTES = "application/octet-stream"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".toml": "application/toml",
    ".csv": "text/csv; charset=utf-8",
    ".geojson": "application/geo+json",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
JSON_OF: dict[int | str, dict[str, Any]] = {
    200: {"content": {JSON: {"schema": {"type": "object"}}}, "description": "what was asked"},
    304: {"description": "nothing has changed"},
}
_BYTES_OF: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "int16, little endian: thousandths of the limit, row after row",
        "content": {BYTES: {"schema": {"type": "string", "format": "binary"}}},
        "headers": {"X-Links": {"schema": {"type": "integer"}}},
    },
    304: {"description": "nothing has changed"},
}
_FILE_OF: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "the file",
        "content": {
            kind.split(";")[0]: {"schema": {"type": "string", "format": "binary"}}
            for kind in _TYPES.values()
        },
    }
}


@router.get("/runs", operation_id="getRuns", responses=documented() | JSON_OF, response_model=None)
def runs(service: AtHand) -> dict[str, Any]:
    """Tell which runs are kept, newest first."""
    told = [(folder.name, manifest_of(folder)) for folder in runs_of(service.runs)]
    mine = [
        (name, manifest)
        for name, manifest in told
        if manifest.get("municipality_code") == service.municipality_code
    ]
    return {"runs": [_run(name, manifest) for name, manifest in mine]}


@router.get(
    "/runs/{run}",
    operation_id="getRun",
    responses=documented(404) | JSON_OF,
    response_model=None,
)
def run_facts(run: str, service: AtHand) -> dict[str, Any]:
    """Tell what made a run, and which tables and files it has."""
    picture = find_run(service.runs, run)
    manifest = picture.manifest
    hidden = {"tables", "files_written", "hashes", "format"}
    facts = {key: value for key, value in manifest.items() if key not in hidden}
    series = [*manifest.get("series", {}), *(["years"] if "years_links" in picture.tables else [])]
    return _run(run, manifest) | {
        "facts": facts,
        "series": series,
        "tables": [
            {"name": name, "rows": len(rows), "about": about_table(name)}
            for name, rows in picture.tables.items()
        ],
        "files": _files(picture),
    }


@router.get(
    "/runs/{run}/tables/{table}",
    operation_id="getTable",
    responses=documented(404) | JSON_OF,
    response_model=None,
)
def table(  # noqa: PLR0913, PLR0917 - paging and words
    run: str,
    table: str,
    request: Request,
    service: AtHand,
    limit: Annotated[int, Query(ge=1, le=ROWS_MAX, description="rows at most")] = 1000,
    offset: Annotated[int, Query(ge=0, le=10**9, description="rows to pass over")] = 0,
    language: Annotated[Language, Query(description="of the titles")] = "nl",
) -> Response:
    """Give rows of a table of a run."""
    picture = find_run(service.runs, run)
    if table not in picture.tables:
        raise NotFound(f"{run}: table {table!r} is not there.")

    def make() -> bytes:
        rows = pd.DataFrame(picture.tables[table])
        rows = rows.drop(columns="geometry", errors="ignore")
        page = rows.iloc[offset : offset + limit]
        return as_json(
            {
                "name": table,
                "about": about_table(table, language),
                "total": len(rows),
                "columns": [about_column(table, str(name), language) for name in rows.columns],
                "rows": [list(row.values()) for row in records(page)],
            }
        )

    return kept_answer(request, ("table", run, table, limit, offset, language), make)


@router.get(
    "/runs/{run}/files/{file}",
    operation_id="getFile",
    responses=documented(404) | _FILE_OF,
    response_model=None,
)
def file(run: str, file: str, service: AtHand) -> Response:
    """Give a file of a run, such as its report."""
    picture = find_run(service.runs, run)
    if file not in _files(picture):
        raise NotFound(f"{run}: file {file!r} is not there.")
    path = picture.folder / file
    headers = {"Content-Security-Policy": PAGE_POLICY} if path.suffix == ".html" else {}
    shown = "inline" if path.suffix in (".html", ".pdf", ".png") else "attachment"
    return FileResponse(
        path,
        media_type=_TYPES[path.suffix],
        filename=f"{run}-{file}",
        content_disposition_type=shown,
        headers=headers,
    )


@router.get(
    "/runs/{run}/loading/{series}",
    operation_id="getLoading",
    responses=documented(404) | _BYTES_OF,
    response_model=None,
)
def loading(  # noqa: PLR0917 - a stretch of a series of a run
    run: str,
    series: str,
    request: Request,
    service: AtHand,
    first: Annotated[int, Query(alias="from", ge=0, le=10**6, description="first step")] = 0,
    to: Annotated[int, Query(ge=1, le=10**6, description="step to stop before")] = 96,
) -> Response:
    """Give the loading of every link in some steps of a series.

    Thousandths of the limit as int16, little endian; -32768 where it is not shown or nothing
    stands, negative where power flows back. One row per step, in the order of table ``links``.
    """
    picture = find_run(service.runs, run)
    raise_faults([*_stretch_issues(first, to, step_count(picture, series))])

    def make() -> bytes:
        links, found = steps(picture, series, first, to)
        sent = np.full((len(found), len(picture.link_at)), NOT_SHOWN, dtype="<i2")
        sent[:, links] = per_mille(found)
        return sent.tobytes()

    answer = kept_answer(request, ("loading", run, series, first, to), make, BYTES)
    answer.headers["X-Links"] = str(len(picture.link_at))
    return answer


@router.get(
    "/runs/{run}/links/{link}",
    operation_id="getLink",
    responses=documented(404) | JSON_OF,
    response_model=None,
)
def link(run: str, link: str, request: Request, service: AtHand) -> Response:
    """Tell what feeds an asset, what it carries, what binds there and what that is based on."""
    picture = _city_run(service, run)
    at = find_link(picture, link)
    return kept_answer(request, ("link", run, at), lambda: as_json(explain(picture, at)))


@router.get(
    "/runs/{run}/links/{link}/loading",
    operation_id="getLinkLoading",
    responses=documented(404) | JSON_OF,
    response_model=None,
)
def link_loading(
    run: str,
    link: str,
    request: Request,
    service: AtHand,
    series: Annotated[str, Query(description="winter, summer or year")] = "winter",
) -> Response:
    """Give the load of an asset in every quarter of a series. [kVA]."""
    picture = _city_run(service, run)
    at = find_link(picture, link)
    if series not in picture.manifest.get("series", {}):
        raise NotFound(f"{run}: there is no series {series!r}.")
    question = ("link loading", run, at, series)
    return kept_answer(request, question, lambda: as_json(load_over_time(picture, at, series)))


def per_mille(loading: Loading | Floats) -> NDArray[np.int16]:
    """Loading as it is sent, in thousandths; beyond 32.767 it is told as that."""
    parts = np.clip(np.rint(loading.astype(np.float32) * 1000.0), -PER_MILLE_MAX, PER_MILLE_MAX)
    return np.where(np.isnan(parts), NOT_SHOWN, parts).astype("<i2")


def _city_run(service: AtHand, run: str) -> Picture:
    picture = find_run(service.runs, run)
    if picture.kind != "city":
        problem = f"{run} is no run of a city as it stands."
        raise InvalidData([Issue("run", problem, "Name a run of kind city.")])
    return picture


def _run(name: str, manifest: dict[str, Any]) -> dict[str, Any]:
    held = limits_said(manifest.get("limits"))
    return {
        "id": name,
        "kind": kind_of(manifest),
        "name": manifest.get("plan") or manifest.get("city"),
        "created_at": manifest.get("created_at"),
        "first_year": manifest.get("first_year"),
        "last_year": manifest.get("last_year"),
        "outlook": manifest.get("outlook"),
        "limits": {"nl": held.nl, "en": held.en},
    }


def _files(picture: Picture) -> list[str]:
    written = picture.manifest.get("files_written", {})
    return [name for name in written if f".{name.rsplit('.')[-1]}" in _TYPES]


def _stretch_issues(first: int, to: int, steps: int) -> list[Issue]:
    remedy = f"Ask for steps from 0 to {steps}, at most {STEPS_MAX} at once."
    if not first < to <= steps:
        return [Issue("from, to", f"{first} to {to} lies outside the {steps} steps.", remedy)]
    if to - first > STEPS_MAX:
        return [Issue("from, to", f"{to - first} steps are asked.", remedy)]
    return []
