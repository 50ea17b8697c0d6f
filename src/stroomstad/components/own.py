"""The twin's own engines, listed by the same manifest as what others add to it."""

from __future__ import annotations

import json
from importlib.resources import files

from stroomstad.components.manifest import Manifest, read_manifest
from stroomstad.errors import raise_faults

# In the order in which data flow through them; each has a file in `engines`.
OWN = (
    "grid-synthesis",
    "loads",
    "power-flow",
    "room",
    "project-queue",
    "search",
    "band",
)


def own_manifests() -> list[Manifest]:
    """Manifests of the twin's own engines, in the order in which data flow through them."""
    return [_read(name) for name in OWN]


def _read(name: str) -> Manifest:
    path = files("stroomstad.components") / "engines" / f"{name}.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    manifest, issues = read_manifest(document, f"engines/{name}.json", own=True)
    raise_faults(issues)
    if manifest is None or manifest.id != name:
        raise AssertionError(f"engines/{name}.json does not hold the manifest of {name}")
    return manifest
