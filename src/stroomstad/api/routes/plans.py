"""Routes of plans and project lists: the files that people write, from here or by hand."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import JSONResponse, Response

from stroomstad.api.answers import GEOJSON
from stroomstad.api.drafts import (
    PlanDraft,
    list_draft,
    list_rows,
    outlines_beside,
    plan_draft,
    plan_kept,
    plan_sent,
    rows_draft,
    sheet_of,
)
from stroomstad.api.problems import Spoken, UnknownContent, documented, issue_told
from stroomstad.api.routes.runs import JSON_OF
from stroomstad.api.service import AtHand, Service
from stroomstad.errors import InvalidData, Issue, NotFound
from stroomstad.exchange import template_bytes
from stroomstad.planning.project_words import list_choices, list_examples, list_explanation
from stroomstad.store.shelf import ChangedMeanwhile, Shelf, free_name, tag_of
from stroomstad.tables.words import Language

router = APIRouter(tags=["plans"])
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TOML = "application/toml"
_ENDINGS = {XLSX: ".xlsx", "text/csv": ".csv"}
_NAME_REMEDY = "Give If-Match with the tag that you saw, or If-None-Match: * for a new one."
_SAVED: dict[int | str, dict[str, Any]] = {
    200: JSON_OF[200] | {"description": "saved over what was there"},
    201: JSON_OF[200] | {"description": "saved as new"},
}
_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "the file",
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}}
            for kind in (XLSX, TOML, GEOJSON)
        },
    }
}
_BODY_OF_PLAN = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"type": "object"}},
            TOML: {"schema": {"type": "string"}},
        },
    }
}
_BODY_OF_LIST = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"type": "object"}},
            **{kind: {"schema": {"type": "string", "format": "binary"}} for kind in _ENDINGS},
        },
    }
}


async def _sent(request: Request) -> bytes:
    return await request.body()


def _tag_seen(
    if_match: Annotated[str | None, Header(description="tag that the writer saw")] = None,
    if_none_match: Annotated[str | None, Header(description="* for a new one")] = None,
) -> str | None:
    """Tag that a writer saw; nothing for a new document.

    Raises
    ------
    InvalidData
        When neither header is given.
    """
    if if_match:
        return if_match.strip().removeprefix("W/").strip('"')
    if if_none_match == "*":
        return None
    raise InvalidData([Issue("If-Match", "is missing.", _NAME_REMEDY)])


Sent = Annotated[bytes, Depends(_sent)]
Seen = Annotated[str | None, Depends(_tag_seen)]


@router.get(
    "/plans", operation_id="getPlans", responses=documented() | JSON_OF, response_model=None
)
def plans(service: AtHand) -> dict[str, Any]:
    """Tell which plans are in the workspace."""
    return {"plans": _documents(service.plans)}


@router.get(
    "/plans/{plan}", operation_id="getPlan", responses=documented(404) | JSON_OF | _FILE,
    response_model=None,
)  # fmt: skip
def plan(
    plan: str,
    service: AtHand,
    form: Annotated[
        Language | str, Query(alias="format", pattern="^(json|toml|geojson)$")
    ] = "json",
) -> Response:
    """Give a plan as JSON, or its file, or the file of its outlines."""
    content = service.plans.read(plan)
    headers = {"ETag": f'"{tag_of(content)}"'}
    if form == "toml":
        headers["Content-Disposition"] = f'attachment; filename="{plan}.toml"'
        return Response(content, headers=headers, media_type=TOML)
    if form == "geojson":
        path = outlines_beside(content, service.plans.folder)
        if path is None:
            raise NotFound(f"{plan!r} has no outlines.")
        headers["Content-Disposition"] = f'attachment; filename="{path.name}"'
        return Response(path.read_bytes(), headers=headers, media_type=GEOJSON)
    return JSONResponse(plan_kept(content, service.plans.folder), headers=headers)


@router.put(
    "/plans/{plan}", operation_id="putPlan", responses=documented(412, 415) | _SAVED,
    response_model=None, openapi_extra=_BODY_OF_PLAN,
)  # fmt: skip
def put_plan(  # noqa: PLR0917 - FastAPI fills these in by name
    plan: str, request: Request, service: AtHand, sent: Sent, seen: Seen, language: Spoken
) -> JSONResponse:
    """Save a plan; what is faulty, or changed meanwhile, is not saved."""
    draft = _plan_draft(service, plan, _plan_body(request, sent))
    try:
        tag = service.plans.save(plan, draft.toml, seen, draft.beside)
    except ChangedMeanwhile as found:
        raise _with_current(service, plan, found) from found
    issues = [issue_told(each, language) for each in draft.warnings]
    told = {"id": plan, "etag": tag, "issues": issues}
    return JSONResponse(told, 201 if seen is None else 200, headers={"ETag": f'"{tag}"'})


@router.delete(
    "/plans/{plan}", operation_id="deletePlan", status_code=204, responses=documented(404, 412),
    response_model=None,
)  # fmt: skip
def delete_plan(plan: str, service: AtHand, seen: Seen) -> Response:
    """Delete a plan that is still what its writer saw."""
    service.plans.path(plan)
    service.plans.delete(plan, seen or "")
    return Response(status_code=204)


@router.get(
    "/lists", operation_id="getLists", responses=documented() | JSON_OF, response_model=None
)
def lists(service: AtHand) -> dict[str, Any]:
    """Tell which project lists are in the workspace."""
    return {"lists": _documents(service.lists)}


@router.get(
    "/lists/template", operation_id="getListTemplate", responses=documented() | _FILE,
    response_model=None,
)  # fmt: skip
def template(
    language: Annotated[Language, Query(description="of the headers")] = "nl",
) -> Response:
    """Give a list to fill in, with examples."""
    content = template_bytes(
        list_examples(language), list_explanation(), list_choices(language), language
    )
    name = "projecten.xlsx" if language == "nl" else "projects.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, headers=headers, media_type=XLSX)


@router.get(
    "/lists/{name}", operation_id="getList", responses=documented(404) | JSON_OF,
    response_model=None,
)  # fmt: skip
def list_of(name: str, service: AtHand, language: Spoken) -> JSONResponse:
    """Give a project list as text under the keys of its columns."""
    content = service.lists.read(name)
    cells, issues = sheet_of(content, service.lists.path(name).suffix)
    if cells is None:
        raise InvalidData(issues)
    tag = tag_of(content)
    told = {"id": name, "etag": tag, "rows": list_rows(cells),
            "issues": [issue_told(each, language) for each in issues]}  # fmt: skip
    return JSONResponse(told, headers={"ETag": f'"{tag}"'})


@router.put(
    "/lists/{name}", operation_id="putList", responses=documented(412, 415) | _SAVED,
    response_model=None, openapi_extra=_BODY_OF_LIST,
)  # fmt: skip
def put_list(  # noqa: PLR0917 - FastAPI fills these in by name
    name: str, request: Request, service: AtHand, sent: Sent, seen: Seen, language: Spoken
) -> JSONResponse:
    """Save a project list, sent as a workbook, a delimited file or rows."""
    kind = _kind_of(request)
    if kind in _ENDINGS:
        draft = list_draft(sent, _ENDINGS[kind])
    elif kind == "application/json":
        draft = rows_draft(_rows_in(_json(sent)))
    else:
        remedy = f"Send {', '.join((*_ENDINGS, 'application/json'))}."
        raise UnknownContent([Issue("Content-Type", f"is {kind[:60]!r}.", remedy)])
    tag = service.lists.save(name, draft.csv, seen)
    told = {"id": name, "etag": tag, "rows": draft.rows,
            "issues": [issue_told(each, language) for each in draft.warnings]}  # fmt: skip
    return JSONResponse(told, 201 if seen is None else 200, headers={"ETag": f'"{tag}"'})


@router.delete(
    "/lists/{name}", operation_id="deleteList", status_code=204, responses=documented(404, 412),
    response_model=None,
)  # fmt: skip
def delete_list(name: str, service: AtHand, seen: Seen) -> Response:
    """Delete a project list that is still what its writer saw."""
    service.lists.path(name)
    service.lists.delete(name, seen or "")
    return Response(status_code=204)


@router.get(
    "/examples", operation_id="getExamples", responses=documented() | JSON_OF, response_model=None
)
def examples(service: AtHand) -> dict[str, Any]:
    """Tell which examples there are for this city."""
    return {"examples": [{"id": name} for name in service.examples]}


@router.post(
    "/examples/{example}", operation_id="copyExample", status_code=201,
    responses=documented(404) | {201: _SAVED[201]}, response_model=None,
)  # fmt: skip
def copy_example(example: str, service: AtHand) -> dict[str, Any]:
    """Copy an example into the workspace, under a name that is free."""
    if example not in service.examples:
        raise NotFound(f"example {example!r} is not there.")
    plan_path, list_path = service.examples[example]
    taken = {*service.plans.names(), *service.lists.names()}
    name = free_name(example.replace(".", "-"), taken)
    draft = _plan_draft(service, name, plan_sent(plan_path.read_bytes()))
    projects = list_draft(list_path.read_bytes(), list_path.suffix)
    service.plans.save(name, draft.toml, None)
    service.lists.save(name, projects.csv, None)
    return {"plan": name, "list": name}


def _documents(shelf: Shelf) -> list[dict[str, Any]]:
    told = []
    for name in shelf.names():
        try:
            content, changed = shelf.read(name), shelf.path(name).stat().st_mtime
        except (NotFound, OSError):
            continue
        told.append({"id": name, "etag": tag_of(content), "changed_at": changed})
    return told


def _plan_draft(service: Service, name: str, sent: dict[str, Any]) -> PlanDraft:
    return plan_draft(sent, name, service.city_name, service.catalogue, service.outlines)


def _with_current(service: Service, name: str, found: ChangedMeanwhile) -> ChangedMeanwhile:
    """Tell with a refusal what stands there now, so that nothing of either is lost."""
    if found.tag:
        found.current = plan_kept(service.plans.read(name), service.plans.folder)
    return found


def _plan_body(request: Request, sent: bytes) -> dict[str, Any]:
    kind = _kind_of(request)
    if kind == TOML:
        return plan_sent(sent)
    if kind != "application/json":
        remedy = f"Send application/json or {TOML}."
        raise UnknownContent([Issue("Content-Type", f"is {kind[:60]!r}.", remedy)])
    told = _json(sent)
    if not isinstance(told, dict):
        raise InvalidData([Issue("plan", "is no JSON object.", "Send the keys of a plan.")])
    return told


def _kind_of(request: Request) -> str:
    return request.headers.get("content-type", "").split(";")[0].strip().lower()


def _json(sent: bytes) -> Any:  # noqa: ANN401 - JSON nests anything
    try:
        return json.loads(sent, parse_constant=_no_number)
    except (ValueError, RecursionError) as found:
        raise InvalidData([Issue("body", f"is no JSON ({found}).", "Send JSON.")]) from found


def _no_number(said: str) -> float:
    raise ValueError(f"{said} is no number")


def _rows_in(told: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - JSON nests anything
    rows = told.get("rows") if isinstance(told, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InvalidData([Issue("rows", "is no list of rows.", 'Send {"rows": [{...}, ...]}.')])
    return rows
