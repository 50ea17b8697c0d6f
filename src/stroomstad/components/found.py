"""Components that are installed beside the twin: what one gives, and how they are found.

A component is a process in the sense of OGC API - Processes: inputs and outputs that its manifest
describes, and one call that turns the first into the second. Here it runs in this process, found
by an entry point; nothing in the manifest says so, so that it can be a remote one later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Protocol

import geopandas as gpd
import pandas as pd

from stroomstad.components.manifest import Manifest, read_manifest
from stroomstad.components.own import OWN
from stroomstad.errors import Issue

GROUP = "stroomstad.components"
_SAID_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class Outputs:
    """What a component gives.

    Attributes
    ----------
    layers
        Layers of the map by name, with the columns that the manifest declares.
    indicators
        One row per declared indicator: ``id, value, unit, status``, and where they are known
        ``low`` and ``high``.
    """

    layers: Mapping[str, gpd.GeoDataFrame]
    indicators: pd.DataFrame


Tables = Mapping[str, pd.DataFrame]
Run = Callable[[Tables, Mapping[str, float]], Outputs]


class Calculation(Protocol):
    """What an entry point of the group ``stroomstad.components`` names: a module or an object."""

    def manifest(self) -> dict[str, Any]:
        """Return what stands in ``component.json``."""

    def run(self, tables: Tables, parameters: Mapping[str, float]) -> Outputs:
        """Turn the declared tables and parameters into the declared outputs."""


@dataclass(frozen=True, slots=True)
class Component:
    """A component whose manifest holds.

    Attributes
    ----------
    manifest
        What it says of itself.
    run
        Its calculation; call it through `run_component`.
    entry
        Where it is imported from, as in its entry point: ``module`` or ``module:name``.
    distribution_version
        Version of the package it came with; missing when it came with none.
    """

    manifest: Manifest
    run: Run
    entry: str
    distribution_version: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Components that can be used, by id; and by name of the entry point what others lack."""

    components: dict[str, Component]
    refused: dict[str, list[Issue]]

    @property
    def issues(self) -> list[Issue]:
        """Every fault of every component that was refused."""
        return [issue for issues in self.refused.values() for issue in issues]


def found_components(entries: Iterable[EntryPoint] | None = None) -> Found:
    """Find the components that are installed; one that is broken never stops the others.

    Parameters
    ----------
    entries
        Entry points to look at; those that are installed when left out.
    """
    listed = entry_points(group=GROUP) if entries is None else entries
    components: dict[str, Component] = {}
    refused: dict[str, list[Issue]] = {}
    for entry in sorted(listed, key=lambda each: (each.name, each.value)):
        where = f"component {entry.name}"
        if entry.name in OWN:
            problem, remedy = "has the name of an engine of the twin.", "Give it another name."
            refused.setdefault(entry.name, []).append(Issue(where, problem, remedy))
        elif entry.name in components:
            problem = f"is installed a second time, as {entry.value}."
            issue = Issue(where, problem, "Uninstall one; the other is used.")
            refused.setdefault(entry.name, []).append(issue)
        else:
            component, issues = _loaded(entry, where)
            if component is None:
                refused.setdefault(entry.name, []).extend(issues)
            else:
                components[entry.name] = component
    return Found(components, refused)


def said_of(found: BaseException) -> str:
    """Name an exception and the first line of what it says, fit for any screen."""
    lines = str(found).strip().splitlines() or [""]
    text = f"{type(found).__name__}: {lines[0]}" if lines[0] else type(found).__name__
    plain = "".join(sign if sign.isprintable() else "\N{WHITE SQUARE}" for sign in text)
    return plain if len(plain) <= _SAID_AT_MOST else f"{plain[:_SAID_AT_MOST]}…"


def _loaded(entry: EntryPoint, where: str) -> tuple[Component | None, list[Issue]]:
    try:
        calculation = entry.load()
        document = calculation.manifest()
        run = calculation.run
    # What others wrote may fail in any way, and may try to end the program.
    except (Exception, SystemExit) as found:  # noqa: BLE001
        problem = f"cannot be loaded from {entry.value} ({said_of(found)})."
        remedy = "Mend or uninstall it; it needs the functions manifest() and run()."
        return None, [Issue(where, problem, remedy)]
    manifest, issues = read_manifest(document, where)
    if manifest is None:
        return None, issues
    if manifest.id != entry.name:
        problem = f"its manifest has the id {manifest.id}."
        return None, [Issue(where, problem, "Give the entry point and the manifest one name.")]
    if not callable(run):
        return None, [Issue(where, "its run is no function.", "Make it run(tables, parameters).")]
    version = entry.dist.version if entry.dist else None
    return Component(manifest, run, entry.value, version), []
