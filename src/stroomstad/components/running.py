"""Runs a component: it gets what it declared and no more, and gives what it declared and no less.

It works on copies. What it gives is held against its manifest before anybody sees it, and whatever
goes wrong inside it becomes a fault with its name.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from stroomstad.components.found import Component, Outputs, Tables, said_of
from stroomstad.components.manifest import Column, Indicator, Layer, Manifest
from stroomstad.components.readable import GEOMETRY
from stroomstad.errors import Issue, name_some
from stroomstad.tables.geometry import CRS
from stroomstad.tables.parameters import STATUSES

_EPSG = int(CRS.removeprefix("EPSG:"))
# Area of use of EPSG:28992 in its own metres, rounded outwards: west, south, east, north.
_RD_AREA_M = (-10_000.0, 280_000.0, 300_000.0, 640_000.0)
_NEEDED = ("id", "value", "unit", "status")
_BAND = ("low", "high")


def run_component(
    component: Component, tables: Tables, parameters: Mapping[str, float] | None = None
) -> tuple[Outputs | None, list[Issue]]:
    """Run a component on the tables of a run.

    Parameters
    ----------
    component
        As found by `found_components`.
    tables
        Tables of a run by name. They stay as they are; only declared columns are handed over.
    parameters
        Values that are chosen otherwise than the manifest says, by name.

    Returns
    -------
    What it gives, columns in the order of the manifest; missing when something is wrong. And every
    fault.
    """
    handed, issues = hand_over(component.manifest, tables)
    chosen, more = _chosen(component.manifest, parameters or {})
    if issues or more:
        return None, issues + more
    return call(component, handed, chosen)


def call(
    component: Component, handed: dict[str, pd.DataFrame], parameters: Mapping[str, float]
) -> tuple[Outputs | None, list[Issue]]:
    """Call a component on what was handed over, and check what it gives."""
    manifest = component.manifest
    where = f"component {manifest.id}"
    try:
        given: object = component.run(handed, parameters)
        # What others give may fail too when it is looked at.
        issues = _output_issues(given, manifest, where)
    except (Exception, SystemExit) as found:  # noqa: BLE001
        remedy = f"Tell {manifest.owner} ({manifest.document['contact']}); it is left out."
        return None, [Issue(where, f"stopped with {said_of(found)}.", remedy)]
    if issues or not isinstance(given, Outputs):
        return None, issues
    return _in_order(given, manifest), []


def hand_over(manifest: Manifest, tables: Tables) -> tuple[dict[str, pd.DataFrame], list[Issue]]:
    """Copies of the declared columns of the declared tables, and what is not there."""
    where = f"component {manifest.id}"
    handed: dict[str, pd.DataFrame] = {}
    issues = []
    for name, columns in manifest.inputs.items():
        if name not in tables:
            problem = f"reads table {name}, which this run does not have."
            issues.append(Issue(where, problem, "Name a run of a city that has it."))
            continue
        absent = [column for column in columns if column not in tables[name]]
        if absent:
            problem = f"reads {name_some(absent)} of table {name}, which this run does not have."
            issues.append(Issue(where, problem, "Calculate the run again with this version."))
            continue
        copied = tables[name][list(columns)].reset_index(drop=True).copy(deep=True)
        copied.attrs = {}
        handed[name] = copied
    return handed, issues


def defaults(manifest: Manifest) -> dict[str, float]:
    """Value of every parameter as the manifest has it."""
    return {name: float(each["value"]) for name, each in manifest.parameters.items()}


def _chosen(
    manifest: Manifest, parameters: Mapping[str, float]
) -> tuple[dict[str, float], list[Issue]]:
    where = f"component {manifest.id}"
    issues = []
    for name, value in parameters.items():
        declared = manifest.parameters.get(name)
        if declared is None:
            known = ", ".join(manifest.parameters) or "none"
            problem = f"has no parameter {name!r}."
            issues.append(Issue(where, problem, f"Choose one of: {known}."))
        elif not (math.isfinite(value) and declared["lowest"] <= value <= declared["highest"]):
            problem = f"{name} is {value:g} {declared['unit']}."
            remedy = f"Choose from {declared['lowest']:g} to {declared['highest']:g}."
            issues.append(Issue(where, problem, remedy))
    return defaults(manifest) | dict(parameters), issues


def _output_issues(given: object, manifest: Manifest, where: str) -> list[Issue]:
    if (
        not isinstance(given, Outputs)
        or not isinstance(given.layers, Mapping)
        or not isinstance(given.indicators, pd.DataFrame)
    ):
        problem = (
            f"gives {type(given).__name__} where Outputs of layers and indicators is expected."
        )
        return [Issue(where, problem, "Return Outputs({name: GeoDataFrame}, DataFrame).")]
    declared = {layer.name: layer for layer in manifest.layers}
    issues = _names(f"{where}: layers", list(given.layers), list(declared))
    for name, layer in declared.items():
        if name in given.layers:
            issues += _layer_issues(f"{where}: layer {name}", given.layers[name], layer)
    return issues + _indicator_issues(
        f"{where}: indicators", given.indicators, {each.id: each for each in manifest.indicators}
    )


def _names(where: str, given: list[str], declared: list[str]) -> list[Issue]:
    """Names that are given and not declared, declared and not given, or given twice."""
    issues = []
    extra = sorted({str(name) for name in given} - set(declared))
    if extra:
        problem = f"hold {name_some(extra)}, which the manifest does not declare."
        issues.append(Issue(where, problem, "Declare it, or leave it out."))
    absent = [name for name in declared if name not in given]
    if absent:
        problem = f"lack {name_some(absent)}, which the manifest declares."
        issues.append(Issue(where, problem, "Give it, or take it out of the manifest."))
    twice = sorted({str(name) for name in given if given.count(name) > 1})
    if twice:
        issues.append(Issue(where, f"hold {name_some(twice)} twice.", "Give it once."))
    return issues


def _layer_issues(where: str, rows: object, declared: Layer) -> list[Issue]:
    if not isinstance(rows, gpd.GeoDataFrame) or rows.active_geometry_name != GEOMETRY:
        problem = f"is {type(rows).__name__} where a GeoDataFrame with geometry is expected."
        return [Issue(where, problem, "Give a GeoDataFrame with a column geometry.")]
    names = [str(name) for name in rows.columns if name != GEOMETRY]
    issues = _names(f"{where}, columns", names, [column.name for column in declared.columns])
    if rows.crs is None or rows.crs.to_epsg() != _EPSG:
        said = "none" if rows.crs is None else rows.crs.name
        issues.append(Issue(where, f"has coordinate system {said}.", f"Give it {CRS}."))
    issues += _geometry_issues(where, rows.geometry, declared)
    for column in declared.columns:
        if names.count(column.name) == 1:
            issues += _column_issues(f"{where}.{column.name}", rows[column.name], column)
    return issues


def _geometry_issues(where: str, shapes: gpd.GeoSeries, declared: Layer) -> list[Issue]:
    found = shapes.to_numpy()
    absent = shapely.is_missing(found) | shapely.is_empty(found)
    here = found[~absent]
    kinds = sorted(set(shapes[~absent].geom_type) - set(declared.geometry))
    west, south, east, north = _RD_AREA_M
    bounds = shapely.bounds(here)
    inside = (bounds >= (west, south, west, south)) & (bounds <= (east, north, east, north))
    wrong = [
        (absent.sum(), "has {n} rows without geometry.", "Leave these rows out."),
        (
            (~shapely.is_valid(here)).sum(),
            "has {n} geometries that cross themselves.",
            "Mend them.",
        ),
        (len(kinds), f"holds {', '.join(kinds)}.", f"Declare it beside {declared.geometry[0]}."),
        (
            (~inside.all(axis=1)).sum(),
            "has {n} geometries that lie outside the Netherlands.",
            f"Give coordinates in metres of {CRS}.",
        ),
    ]
    return [Issue(where, problem.format(n=n), remedy) for n, problem, remedy in wrong if n]


def _column_issues(where: str, values: pd.Series, declared: Column) -> list[Issue]:
    if not _is_kind(values.dropna(), declared.kind):
        problem = f"holds {values.dtype} where {declared.kind} is declared."
        return [Issue(where, problem, f"Give {declared.kind} only.")]
    issues = []
    if not declared.nullable and values.isna().any():
        problem = f"is missing in {_rows(values.isna())}, and the manifest says it never is."
        issues.append(Issue(where, problem, "Fill it in, or declare it nullable."))
    if declared.kind in ("number", "whole number"):
        issues += _number_issues(where, _floats(values), declared)
    return issues


def _number_issues(where: str, values: np.ndarray, declared: Column) -> list[Issue]:
    issues = []
    if np.isinf(values).any():
        problem = f"is infinite in {_rows(np.isinf(values))}."
        issues.append(Issue(where, problem, "Leave it missing where there is no answer."))
    for beyond, word, bound in (
        (values < -math.inf if declared.lowest is None else values < declared.lowest,
         "below", declared.lowest),
        (values > math.inf if declared.highest is None else values > declared.highest,
         "above", declared.highest),
    ):  # fmt: skip
        if beyond.any():
            problem = f"is {word} {bound:g} {declared.unit} in {_rows(beyond)}."
            issues.append(Issue(where, problem, "Mend it, or widen what the manifest allows."))
    return issues


def _indicator_issues(
    where: str, rows: pd.DataFrame, declared: dict[str, Indicator]
) -> list[Issue]:
    names = [str(name) for name in rows.columns]
    if not declared and rows.empty:
        return []
    issues = _names(
        f"{where}, columns",
        [name for name in names if name not in _BAND],
        list(_NEEDED),
    )
    if issues:
        return issues
    issues = _names(where, rows["id"].tolist(), list(declared))
    for row in rows.to_dict("records"):
        if row["id"] in declared:
            at = f"{where}, {row['id']}"
            issues += _value_issues(at, row, declared[row["id"]])
    return issues


def _value_issues(where: str, row: dict[object, object], declared: Indicator) -> list[Issue]:
    issues = []
    if row["unit"] != declared.unit:
        problem = f"is in {row['unit']}, and the manifest says {declared.unit}."
        issues.append(Issue(where, problem, "Give it in the declared unit."))
    if row["status"] not in STATUSES:
        remedy = f"Write one of {', '.join(STATUSES)}."
        issues.append(Issue(where, f"has status {row['status']}.", remedy))
    low, value, high = (row.get(name, math.nan) for name in ("low", "value", "high"))
    if not all(_is_number(each) for each in (low, value, high)):
        return [*issues, Issue(where, "holds what is no finite number.", "Give numbers.")]
    if math.isnan(value) and not declared.nullable:  # type: ignore[arg-type]
        problem = "has no value, and the manifest says it always has."
        issues.append(Issue(where, problem, "Give it, or declare it nullable."))
    if low > value or value > high or low > high:  # type: ignore[operator]
        problem = f"has {value:g} outside its own band of {low:g} to {high:g}."
        issues.append(Issue(where, problem, "Let low, value and high rise."))
    return issues


def _is_number(value: object) -> bool:
    """Whether it is a finite number, or missing."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | float | np.number):
        return False
    return not np.iscomplexobj(value) and not math.isinf(value)


def _is_kind(values: pd.Series, kind: str) -> bool:
    """Whether values, of which none is missing, are what the manifest calls them."""
    if kind == "text":
        return all(isinstance(value, str) for value in values)
    if kind == "true or false":
        return all(isinstance(value, bool | np.bool_) for value in values)
    if values.dtype.kind not in "iuf":
        return False
    found = _floats(values)
    return kind == "number" or bool((found[np.isfinite(found)] % 1 == 0).all())


def _floats(values: pd.Series) -> np.ndarray:
    return values.to_numpy(dtype=np.float64, na_value=np.nan)


def _rows(where: pd.Series | np.ndarray) -> str:
    places = np.flatnonzero(np.asarray(where))
    said = name_some([str(place) for place in places])
    return f"{len(places)} row{'s' if len(places) > 1 else ''} ({said})"


def _in_order(given: Outputs, manifest: Manifest) -> Outputs:
    layers = {
        layer.name: given.layers[layer.name][[*(each.name for each in layer.columns), GEOMETRY]]
        .reset_index(drop=True)
        .copy(deep=True)
        for layer in manifest.layers
    }
    columns = ["id", "value", "unit", "low", "high", "status"]
    order = [each.id for each in manifest.indicators]
    rows = given.indicators.reindex(columns=columns).set_index("id").loc[order].reset_index()
    return Outputs(layers, rows.astype(dict.fromkeys(("value", *_BAND), "float64")))
