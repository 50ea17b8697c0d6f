"""Faults as answers: `application/problem+json` with every issue at once, as in RFC 9457."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from stroomstad.errors import (
    InvalidData,
    Issue,
    MissingParameter,
    NotFound,
    SolverFailed,
    StroomstadError,
)
from stroomstad.store.shelf import ChangedMeanwhile


class FaultyDraft(InvalidData):
    """Faults of what was sent; ``fields`` tells where each stands in it, as a JSON pointer."""

    def __init__(self, issues: list[Issue], fields: list[str | None]) -> None:
        super().__init__(issues)
        self.fields = fields


class UnknownContent(InvalidData):
    """A body of a kind that is not read here."""


MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: "What was asked is faulty",
    403: "This is not allowed from here",
    404: "This is not there",
    405: "This cannot be done here",
    406: "It is not given in that form",
    409: "This is taken",
    412: "Somebody else saved meanwhile",
    413: "This is too large",
    415: "This kind of content is not read here",
    421: "This is asked of another host",
    429: "Too much is asked at once",
    500: "Something went wrong here",
    503: "This is not ready yet",
}


# What any request may meet before it is answered: see `guards`.
_ALWAYS = (400, 403, 413, 421, 429)


class IssueTold(BaseModel):
    """One fault or warning."""

    where: str
    problem: str
    remedy: str
    severity: str
    field: str | None = None


class Problem(BaseModel):
    """Why a request has no answer."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    issues: list[IssueTold]


def issue_told(issue: Issue, field: str | None = None) -> dict[str, Any]:
    """Give an issue as JSON; ``field`` points to where it stands in what was sent."""
    told = {name: getattr(issue, name) for name in ("where", "problem", "remedy", "severity")}
    return told if field is None else {**told, "field": field}


def problem(
    request: Request,
    status: int,
    detail: str,
    issues: Sequence[Mapping[str, Any]] = (),
    **more: object,
) -> JSONResponse:
    """Answer with a fault."""
    content = {
        "type": "about:blank",
        "title": TITLES.get(status, "This did not work"),
        "status": status,
        "detail": detail,
        "instance": request.url.path,
        "issues": [dict(each) for each in issues],
        **more,
    }
    return JSONResponse(content, status, media_type=MEDIA_TYPE)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """How faults of a route are told in the description of the interface."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    told = sorted({*statuses, *_ALWAYS})
    return {each: {"description": TITLES[each], "content": content} for each in told}


def answer_faults(app: FastAPI) -> None:
    """Let an application tell every fault as a problem."""

    @app.exception_handler(RequestValidationError)
    def _invalid(request: Request, found: RequestValidationError) -> JSONResponse:
        issues = [_slip(each) for each in found.errors()]
        return problem(request, 400, f"Faults: {len(issues)}.", issues)

    @app.exception_handler(HTTPException)
    def _http(request: Request, found: HTTPException) -> JSONResponse:
        answer = problem(request, found.status_code, str(found.detail))
        answer.headers.update(found.headers or {})
        return answer

    @app.exception_handler(StroomstadError)
    def _known(request: Request, found: StroomstadError) -> JSONResponse:
        if isinstance(found, InvalidData):
            fields = found.fields if isinstance(found, FaultyDraft) else [None] * len(found.issues)
            told = [issue_told(*each) for each in zip(found.issues, fields, strict=True)]
            status = 415 if isinstance(found, UnknownContent) else 400
            return problem(request, status, f"Faults: {len(told)}.", told)
        if isinstance(found, ChangedMeanwhile):
            return problem(request, 412, str(found), etag=found.tag, current=found.current)
        status = 404 if isinstance(found, NotFound) else 400
        known = isinstance(found, NotFound | MissingParameter | SolverFailed)
        return problem(request, status if known else 500, str(found))


def _slip(error: Mapping[str, Any]) -> dict[str, Any]:
    """Give what pydantic found as an issue."""
    place = [str(part) for part in error["loc"]]
    said = error.get("input")
    shown = repr(said)[:60] if isinstance(said, str | int | float | bool) else "nothing readable"
    issue = Issue(
        ", ".join(place[1:]) or place[0],
        f"is {shown}: {str(error['msg'])[:1].lower()}{str(error['msg'])[1:]}.",
        "See the description of the interface for what may stand there.",
    )
    field = "/" + "/".join(place[1:]) if place[0] == "body" else None
    return issue_told(issue, field)
