"""Faults as answers: `application/problem+json` with every issue at once, as in RFC 9457.

They are told in Dutch where that is asked, and in English otherwise; what has no Dutch stays
English and says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, Header, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from stroomstad.api.faults_nl import in_dutch, line_in_dutch, sentence_in_dutch
from stroomstad.errors import (
    InvalidData,
    Issue,
    MissingParameter,
    NotFound,
    SolverFailed,
    StroomstadError,
)
from stroomstad.store.shelf import ChangedMeanwhile
from stroomstad.tables.words import LANGUAGES, Language


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


# A range of languages and how much it is wanted, as in RFC 9110.
_WANTED = re.compile(r"\s*(nl|en)(?:-[a-z0-9-]+)?\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?", re.I)
_ASKED_MAX = 1000


class IssueTold(BaseModel):
    """One fault or warning."""

    where: str
    problem: str
    remedy: str
    severity: str
    field: str | None = None
    language: Literal["nl", "en"] = Field(description="language in which it is told")


class Problem(BaseModel):
    """Why a request has no answer."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    language: Literal["nl", "en"] = Field(description="language of title and detail")
    issues: list[IssueTold]


def spoken(
    request: Request,
    accept_language: Annotated[
        str | None, Header(description="nl or en: language of faults and of how jobs end")
    ] = None,
) -> Language:
    """Language in which faults are asked, English when none is; a question for one goes first."""
    named = request.query_params.get("language")
    chosen: Language | None = next((each for each in LANGUAGES if each == named), None)
    return chosen or _wanted(accept_language or "")


def language_of(request: Request) -> Language:
    """Language in which the faults of a request are told."""
    return spoken(request, request.headers.get("accept-language"))


Spoken = Annotated[Language, Depends(spoken)]


def _wanted(said: str) -> Language:
    """The language of ours that is wanted most; of two as wanted the first."""
    found = [_WANTED.fullmatch(part) for part in said[:_ASKED_MAX].split(",")]
    asked = [(float(each[2] or 1), each[1].lower()) for each in found if each]
    best = max(asked, key=lambda pair: pair[0], default=(0.0, "en"))
    return "nl" if best[0] > 0 and best[1] == "nl" else "en"


def issue_told(issue: Issue, language: Language, field: str | None = None) -> dict[str, Any]:
    """Give an issue as JSON, in a language if it has that, else in English.

    ``field`` points to where it stands in what was sent.
    """
    dutch = in_dutch(issue) if language == "nl" else None
    shown = dutch or issue
    told = {name: getattr(shown, name) for name in ("where", "problem", "remedy", "severity")}
    told["language"] = "en" if dutch is None else "nl"
    return told if field is None else {**told, "field": field}


def line_told(text: str, language: Language) -> tuple[str, Language]:
    """Give a line such as how a job ended, and the language in which it stands."""
    dutch = line_in_dutch(text) if language == "nl" else None
    return (text, "en") if dutch is None else (dutch, "nl")


def problem(
    request: Request,
    status: int,
    detail: str,
    issues: Sequence[Mapping[str, Any]] = (),
    **more: object,
) -> JSONResponse:
    """Answer with a fault."""
    title = TITLES.get(status, "This did not work")
    said, language = line_told(detail, language_of(request))
    content = {
        "type": "about:blank",
        "title": sentence_in_dutch(title) if language == "nl" else title,
        "status": status,
        "detail": said,
        "instance": request.url.path,
        "language": language,
        "issues": [dict(each) for each in issues],
        **more,
    }
    headers = {"Content-Language": language, "Vary": "Accept-Language"}
    return JSONResponse(content, status, headers, media_type=MEDIA_TYPE)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """How faults of a route are told in the description of the interface."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    told = sorted({*statuses, *_ALWAYS})
    return {each: {"description": TITLES[each], "content": content} for each in told}


def answer_faults(app: FastAPI) -> None:
    """Let an application tell every fault as a problem."""

    @app.exception_handler(RequestValidationError)
    def _invalid(request: Request, found: RequestValidationError) -> JSONResponse:
        language = language_of(request)
        issues = [_slip(each, language) for each in found.errors()]
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
            language = language_of(request)
            pairs = zip(found.issues, fields, strict=True)
            told = [issue_told(issue, language, field) for issue, field in pairs]
            status = 415 if isinstance(found, UnknownContent) else 400
            return problem(request, status, f"Faults: {len(told)}.", told)
        if isinstance(found, ChangedMeanwhile):
            return problem(request, 412, str(found), etag=found.tag, current=found.current)
        status = 404 if isinstance(found, NotFound) else 400
        known = isinstance(found, NotFound | MissingParameter | SolverFailed)
        return problem(request, status if known else 500, str(found))


def _slip(error: Mapping[str, Any], language: Language) -> dict[str, Any]:
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
    return issue_told(issue, language, field)
