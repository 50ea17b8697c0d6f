"""The service as one application: the picture in the browser, and the interface under ``/v1``."""

from __future__ import annotations

import mimetypes
from importlib import metadata
from pathlib import Path
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles

from stroomstad.api.guards import BodyTooLarge, Guard, Rate
from stroomstad.api.openapi import describe
from stroomstad.api.problems import Problem, answer_faults, problem, spoken
from stroomstad.api.routes import added, catalogue, city, downloads, features, jobs, plans, runs
from stroomstad.api.service import Service
from stroomstad.api.workers import Workers

STATIC = Path(__file__).parent / "static"
_ROUTERS = (
    downloads.router, features.router, city.router, runs.router, plans.router, jobs.router,
    catalogue.router, added.router,
)  # fmt: skip


def build_app(service: Service, workers: Workers | None = None, rate: Rate | None = None) -> Guard:
    """Make the application of a service.

    Parameters
    ----------
    service
        What it answers from.
    workers
        Who does its jobs; they wait when left out.
    rate
        How much may be asked; enough for a team when left out.
    """
    version = metadata.version("stroomstad")
    app = FastAPI(title="Stroomstad", version=version, openapi_url=None, docs_url=None,
                  redoc_url=None, redirect_slashes=False)  # fmt: skip
    app.state.service, app.state.workers = service, workers
    answer_faults(app)
    app.add_exception_handler(BodyTooLarge, _too_large)
    for router in _ROUTERS:
        app.include_router(router, prefix="/v1", dependencies=[Depends(spoken)])
    _describe(app, version)
    _serve_pages(app)
    return Guard(app, version, rate or Rate())


def _too_large(request: Request, _found: Exception) -> Response:
    return problem(request, 413, "More was sent than is read at once.")


def _describe(app: FastAPI, version: str) -> None:
    described: dict[str, Any] = {}

    @app.get("/v1/openapi.json", include_in_schema=False)
    def _openapi() -> JSONResponse:
        if not described:
            described.update(_with_problem(describe(app, version)))
        kind = "application/vnd.oai.openapi+json;version=3.0"
        return JSONResponse(
            described, media_type=kind, headers={"Access-Control-Allow-Origin": "*"}
        )


def _with_problem(described: dict[str, Any]) -> dict[str, Any]:
    """Add what a fault looks like, which every route refers to."""
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    parts = schema.pop("$defs", {})
    field = parts["IssueTold"]["properties"]["field"]
    field.clear()
    field |= {"type": "string", "nullable": True}
    schemas = described.setdefault("components", {}).setdefault("schemas", {})
    schemas |= {"Problem": schema, **parts}
    return described


def _serve_pages(app: FastAPI) -> None:
    """Serve the picture; the bundle is part of the package."""
    # Some systems do not know these, and a browser runs no script of an unknown type.
    mimetypes.add_type("text/javascript", ".mjs")
    mimetypes.add_type("text/javascript", ".js")
    mimetypes.add_type("font/woff2", ".woff2")

    @app.get("/", include_in_schema=False)
    def _page() -> Response:
        return FileResponse(STATIC / "index.html", headers={"Cache-Control": "no-cache"})

    if STATIC.is_dir():
        app.mount("/", StaticFiles(directory=STATIC), name="static")
