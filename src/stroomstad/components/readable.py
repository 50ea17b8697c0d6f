"""Which tables of a run a component may read, and a small made-up one of each to try it on.

Only tables that are declared with a meaning and a unit per column can be read: what is not
declared may change without notice.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import ModuleType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pandera.pandas as pa
import shapely

from stroomstad.tables import city, grid, parameters, plan, projects, results
from stroomstad.tables.geometry import CRS
from stroomstad.tables.schema import Table

GEOMETRY = "geometry"
NO_UNIT = "-"
_SAMPLE_ROWS = 6
# Own choice: somewhere in the city that the tests use, in metres of EPSG:28992.
_CORNER_X_M, _CORNER_Y_M, _STEP_M = 140_000.0, 480_000.0, 100.0
# Tables that have a geometry in a run, and of which kind. Addresses keep coordinates alone, since
# there are so many.
_GEOMETRIES = {
    "areas": "area",
    "outlines": "area",
    "supply_areas": "area",
    "cables": "line",
    "chargers": "point",
    "nodes": "point",
    "points": "point",
    "stations": "point",
    "substations": "point",
}


def _declared(modules: Iterable[ModuleType]) -> dict[str, Table]:
    found: dict[str, Table] = {}
    for module in modules:
        for value in vars(module).values():
            if isinstance(value, Table):
                found.setdefault(str(value.name), value)
    return found


READABLE = _declared((city, grid, parameters, plan, projects, results))


def unit_of(table: str, column: str) -> str | None:
    """Unit of a column of a declared table; ``-`` for what has none, nothing when it is not there.

    Examples
    --------
    >>> unit_of("points", "radius_m"), unit_of("points", "kind"), unit_of("points", "colour")
    ('m', '-', None)
    """
    if column == GEOMETRY:
        return NO_UNIT if table in _GEOMETRIES else None
    declared = READABLE[table].columns.get(column)
    return None if declared is None else declared.metadata["unit"] or NO_UNIT


def sample_tables(rows: int = _SAMPLE_ROWS) -> dict[str, pd.DataFrame]:
    """A made-up table of each declaration: values of the right kind, and nothing real.

    Identifiers of one name agree between tables, so that they can be joined; what may be missing
    is missing in the last row.
    """
    return {name: _sample(name, declared, rows) for name, declared in READABLE.items()}


def _sample(name: str, declared: Table, rows: int) -> pd.DataFrame:
    made = pd.DataFrame(
        {column: _values(column, about, rows) for column, about in declared.columns.items()}
    )
    west = _CORNER_X_M + np.arange(rows) * _STEP_M
    east, south = west + _STEP_M, np.full(rows, _CORNER_Y_M)
    shapes: Any
    match _GEOMETRIES.get(name):
        case "area":
            shapes = shapely.box(west, south, east, south + 2 * _STEP_M)
        case "line":
            starts, ends = (west, south), (east, south + _STEP_M)
            shapes = shapely.linestrings(np.stack([np.stack(starts, 1), np.stack(ends, 1)], axis=1))
        case "point":
            shapes = shapely.points(made["x_m"], made["y_m"])
        case _:
            return made
    placed: pd.DataFrame = gpd.GeoDataFrame(made, geometry=shapes, crs=CRS)
    return placed


def _values(column: str, declared: pa.Column, rows: int) -> pd.Series:
    kind = str(declared.dtype)[0]
    at = np.arange(rows)
    made: Any
    if column == "x_m":
        made = _CORNER_X_M + at * _STEP_M + _STEP_M / 2
    elif column == "y_m":
        made = _CORNER_Y_M + at % 2 * _STEP_M + _STEP_M / 2
    elif kind == "f":
        made = 1.0 + at % 3
    elif kind == "i":
        made = at + 1
    elif kind == "b":
        made = at % 2 == 0
    else:
        made = [_text(column, declared, int(each)) for each in at]
    values = pd.Series(made)
    if declared.nullable and rows:
        values = values.where(at < rows - 1)
    return values


def _text(column: str, declared: pa.Column, row: int) -> str:
    for each in declared.checks:
        allowed = each.statistics.get("allowed_values") if each.statistics else None
        if allowed:
            return str(list(allowed)[row % len(allowed)])
    return f"{column}-{row}"
