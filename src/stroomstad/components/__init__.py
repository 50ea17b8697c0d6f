"""Calculations of others beside the twin's own: found, described, run and checked alike."""

from stroomstad.components.found import Component, Found, Outputs, found_components
from stroomstad.components.manifest import Manifest, read_manifest, register_entry
from stroomstad.components.own import own_manifests
from stroomstad.components.running import run_component

__all__ = [
    "Component",
    "Found",
    "Manifest",
    "Outputs",
    "found_components",
    "own_manifests",
    "read_manifest",
    "register_entry",
    "run_component",
]
