"""The description of the interface in OpenAPI 3.0, which the Dutch API rules and OGC ask for.

FastAPI describes in 3.1. What 3.0 says in other words is put so here.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

VERSION = "3.0.3"
# Documentation addresses (RFC 2606), as in publiccode.yml: the project has no fixed place yet.
CONTACT = {
    "name": "Stroomstad contributors",
    "url": "https://example.org/stroomstad",
    "email": "stroomstad@example.org",
}
ABOUT = (
    "What Stroomstad knows of a city: its areas, stations and cables, what they carry per quarter "
    "of an hour, how many homes still fit, and what a plan changes. The grid is synthetic unless "
    "a feature says otherwise. Times are in UTC; coordinates are in CRS84 unless asked otherwise."
)


def describe(app: FastAPI, version: str) -> dict[str, Any]:
    """Describe every route of an application in OpenAPI 3.0."""
    told = get_openapi(
        title="Stroomstad",
        version=version,
        description=ABOUT,
        routes=app.routes,
        contact=CONTACT,
        license_info={"name": "EUPL-1.2", "url": "https://eupl.eu/1.2/en/"},
        separate_input_output_schemas=False,
    )
    described: dict[str, Any] = _older(told)
    described["openapi"] = VERSION
    described["servers"] = [{"url": "/", "description": "this machine"}]
    schemas = described.get("components", {}).get("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for path in described["paths"].values():
        for operation in path.values():
            operation.get("responses", {}).pop("422", None)
    return described


def _older(part: Any) -> Any:  # noqa: ANN401 - a description nests anything
    """Say in words of 3.0 what a part of a description says in those of 3.1."""
    if isinstance(part, list):
        return [_older(each) for each in part]
    if not isinstance(part, dict):
        return part
    return _in_older_words({key: _older(value) for key, value in part.items()})


def _in_older_words(told: dict[str, Any]) -> dict[str, Any]:
    choices = told.get("anyOf")
    if isinstance(choices, list) and {"type": "null"} in choices:
        rest = [each for each in choices if each != {"type": "null"}]
        del told["anyOf"]
        told |= rest[0] if len(rest) == 1 and "$ref" not in rest[0] else {"anyOf": rest}
        told["nullable"] = True
    if "const" in told:
        told["enum"] = [told.pop("const")]
    for bound, plain in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(told.get(bound), int | float) and not isinstance(told[bound], bool):
            told |= {plain: told[bound], bound: True}
    if isinstance(told.get("examples"), list) and told["examples"]:
        told["example"] = told.pop("examples")[0]
    if told.pop("contentMediaType", None) or told.pop("contentEncoding", None):
        told["format"] = "binary"
    return told
