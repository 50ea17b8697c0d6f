"""Routes of jobs: ask for long work, see how far it is, and cancel it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from stroomstad.api.problems import Spoken, documented, issue_told, line_told
from stroomstad.api.routes.runs import JSON_OF
from stroomstad.api.service import AtHand, Service
from stroomstad.api.workers import Workers
from stroomstad.errors import Issue, raise_faults
from stroomstad.run.searches import SOCIETY
from stroomstad.store.jobs import ENDED, Job
from stroomstad.tables.limits import TransformerLimits
from stroomstad.tables.plan import PAYERS
from stroomstad.tables.words import Language

router = APIRouter(tags=["jobs"])
WAITING_MAX = 50
_NEEDS = {
    "city": (), "check": ("plan",), "plan": ("plan", "list"), "search": ("plan", "list"),
    "claim": ("list",),
}  # fmt: skip
_CREATED: dict[int | str, dict[str, Any]] = {
    201: {
        "description": "queued",
        "content": {"application/json": {"schema": {"type": "object"}}},
        "headers": {"Location": {"schema": {"type": "string"}}},
    }
}
_LEFT_OUT = "as the city says when left out, and no matter to a check"
Euros = Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]


class Asked(BaseModel):
    """What a job is to do, on a plan and a list of the workspace."""

    model_config = ConfigDict(extra="forbid", strict=True)

    kind: Literal["city", "check", "plan", "search", "claim"]
    plan: str | None = Field(None, max_length=64)
    list: str | None = Field(None, max_length=64)
    budgets_eur: dict[str, Euros] | None = None
    homes: Annotated[float, Field(gt=0, le=1e7, allow_inf_nan=False)] | None = None
    gap: Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)] | None = None
    curve: bool | None = None
    year: Annotated[bool, Field(description="solve the whole year too, for a city")] | None = None
    limits: (
        Annotated[TransformerLimits, Field(description=f"what transformers may carry; {_LEFT_OUT}")]
        | None
    ) = None
    n1_relaxed: (
        Annotated[bool, Field(description=f"use part of the reserve for an outage; {_LEFT_OUT}")]
        | None
    ) = None


@router.post(
    "/jobs", operation_id="postJob", status_code=201, responses=documented(404) | _CREATED,
    response_model=None,
)  # fmt: skip
def post_job(asked: Asked, response: Response, service: AtHand, language: Spoken) -> dict[str, Any]:
    """Queue a job."""
    raise_faults(_asked_issues(asked, service))
    inputs = asked.model_dump(exclude={"kind"}, exclude_none=True)
    if asked.plan:
        service.plans.path(asked.plan)
    if asked.list:
        service.lists.path(asked.list)
    job = service.jobs.add(asked.kind, inputs)
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return job_told(job, language)


@router.get("/jobs", operation_id="getJobs", responses=documented() | JSON_OF, response_model=None)
def jobs(service: AtHand, language: Spoken) -> dict[str, Any]:
    """Tell every job, newest first."""
    return {"jobs": [job_told(job, language) for job in service.jobs.all()]}


@router.get(
    "/jobs/{job}", operation_id="getJob", responses=documented(404) | JSON_OF, response_model=None
)
def job(job: str, service: AtHand, language: Spoken) -> dict[str, Any]:
    """Tell how far a job is, or how it ended."""
    return job_told(service.jobs.get(job), language)


@router.delete(
    "/jobs/{job}", operation_id="deleteJob", responses=documented(404) | JSON_OF,
    response_model=None,
)  # fmt: skip
def delete_job(job: str, request: Request, service: AtHand, language: Spoken) -> dict[str, Any]:
    """Cancel a job; one that has ended stays as it ended.

    A search that runs is ``stopping`` until it has kept the best plan that it had found, and is
    cancelled then; asked once more, it is cancelled at once, and nothing is kept.
    """
    found = service.jobs.get(job)
    if found.status in ENDED:
        return job_told(found, language)
    workers: Workers | None = request.app.state.workers
    if workers is not None:
        return job_told(workers.cancel(found), language)
    service.jobs.end(job, "cancelled", message="cancelled.")
    return job_told(service.jobs.get(job), language)


def job_told(job: Job, language: Language) -> dict[str, Any]:
    """Give a job as JSON; ``language`` is that of its message, and each issue has its own."""
    names = ("id", "kind", "inputs", "status", "step", "fraction", "created_at", "started_at",
             "finished_at", "attempt", "run", "kept")  # fmt: skip
    told = {name: getattr(job, name) for name in names}
    message, said_in = line_told(job.message, language)
    issues = [issue_told(each, language) for each in job.issues]
    return told | {"message": message, "language": said_in, "issues": issues}


def _asked_issues(asked: Asked, service: Service) -> list[Issue]:
    issues = [
        Issue(name, f"is missing for a job of kind {asked.kind}.", f"Name a {name}.")
        for name in _NEEDS[asked.kind]
        if getattr(asked, name) is None
    ]
    known = (SOCIETY, *PAYERS)
    issues += [
        Issue("budgets_eur", f"{payer[:40]!r} is no payer.", f"Use {', '.join(known)}.")
        for payer in asked.budgets_eur or {}
        if payer not in known
    ]
    if len(service.jobs.all("queued")) >= WAITING_MAX:
        issues.append(Issue("jobs", f"{WAITING_MAX} are waiting already.", "Wait, or cancel some."))
    return issues
