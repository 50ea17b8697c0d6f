"""What components add to the picture: layers, indicators, and their manifests."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import geopandas as gpd
from fastapi import APIRouter

from stroomstad.api.picture.encoding import plain
from stroomstad.api.picture.layers import Layer
from stroomstad.api.picture.pictures import Picture, newest
from stroomstad.api.problems import Spoken, documented, issue_told
from stroomstad.api.routes.runs import JSON_OF
from stroomstad.api.service import AtHand
from stroomstad.components import (
    Component,
    Found,
    Outputs,
    found_components,
    own_manifests,
    run_component,
)
from stroomstad.components.manifest import Manifest
from stroomstad.errors import Issue, NotFound

router = APIRouter(tags=["components"])


@router.get(
    "/components", operation_id="getComponents", responses=documented() | JSON_OF,
    response_model=None,
)  # fmt: skip
def components(language: Spoken) -> dict[str, Any]:
    """Tell every component: the twin's own engines, and what is installed beside them."""
    found = installed()
    return {
        "components": [_manifest_told(each) for each in _manifests()],
        "refused": [
            {"entry": name, "issues": [issue_told(each, language) for each in issues]}
            for name, issues in found.refused.items()
        ],
    }


@router.get(
    "/components/{component}", operation_id="getComponent", responses=documented(404) | JSON_OF,
    response_model=None,
)  # fmt: skip
def component(component: str) -> dict[str, Any]:
    """Give the manifest of a component."""
    for manifest in _manifests():
        if manifest.id == component:
            return _manifest_told(manifest)
    raise NotFound(f"component {component!r} is not there.")


@router.get(
    "/indicators", operation_id="getIndicators", responses=documented() | JSON_OF,
    response_model=None,
)  # fmt: skip
def indicators(service: AtHand, language: Spoken) -> dict[str, Any]:
    """Tell what every component says of the city as it stands, in figures."""
    picture = newest(service.runs, "city", service.municipality_code)
    if picture is None:
        return {"indicators": [], "issues": []}
    told, issues = [], []
    for each in installed().components.values():
        outputs, found = outputs_of(picture, each.manifest.id)
        issues += [issue_told(issue, language) for issue in found]
        told += [] if outputs is None else _indicators_told(each.manifest, outputs)
    return {"indicators": told, "issues": issues}


@lru_cache(maxsize=1)
def installed() -> Found:
    """Components that are installed, looked up once."""
    return found_components()


@lru_cache(maxsize=32)
def outputs_of(picture: Picture, component: str) -> tuple[Outputs | None, list[Issue]]:
    """What a component makes of a run; worked out once."""
    return run_component(installed().components[component], picture.tables)


@lru_cache(maxsize=1)
def component_layers() -> tuple[Layer, ...]:
    """Layers that components add, as collections of features."""
    return tuple(
        Layer(
            _collection_name(each, layer.name),
            layer.columns[0].name,
            each.manifest.name,
            layer.about,
            "city",
            lambda picture, each=each, name=layer.name: _rows(picture, each, name),  # type: ignore[misc]
        )
        for each in installed().components.values()
        for layer in each.manifest.layers
    )


def _rows(picture: Picture, component: Component, layer: str) -> gpd.GeoDataFrame:
    outputs, issues = outputs_of(picture, component.manifest.id)
    if outputs is None:
        said = " ".join(str(issue) for issue in issues)
        raise NotFound(f"component {component.manifest.id} gave no layers. {said}")
    return outputs.layers[layer].assign(component=component.manifest.id)


def _collection_name(component: Component, layer: str) -> str:
    """Name of a layer in an address; the component stands before it unless it says so already."""
    own, name = component.manifest.id, layer.replace("_", "-")
    return name if name.startswith(own) else f"{own}-{name}"


def _manifests() -> list[Manifest]:
    return [*own_manifests(), *(each.manifest for each in installed().components.values())]


def _manifest_told(manifest: Manifest) -> dict[str, Any]:
    installed_here = manifest.id in installed().components
    return manifest.document | {"own": not installed_here}


def _indicators_told(manifest: Manifest, outputs: Outputs) -> list[dict[str, Any]]:
    declared = {each.id: each for each in manifest.indicators}
    told = []
    for row in outputs.indicators.to_dict("records"):
        about = declared[str(row["id"])]
        told.append(
            {
                **{str(key): plain(value) for key, value in row.items()},
                "component": manifest.id,
                "kind": manifest.kind,
                "name_nl": about.name.nl,
                "name_en": about.name.en,
                "about_nl": about.about.nl,
                "about_en": about.about.en,
                "better": about.better,
            }
        )
    return told
