"""Tells whether two tables hold the same content, also when two machines made them.

Machines may differ in the last bits of a sum, so numbers are rounded before they are hashed:
to `SIGNIFICANT_DIGITS` digits, and what is closer to zero than `DECIMALS` decimals is zero.
Rounding narrows the chance of a difference and cannot exclude it: a number that lies on the
border between two roundings may still fall on either side.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

# Own choice: the solver stops at 1e-6 or better, so a seventh digit carries no information.
SIGNIFICANT_DIGITS = 6
DECIMALS = 6
# Own choice: centimetres; the polygons of the areas are published in metres.
COORDINATE_DECIMALS = 2


def hash_table(
    table: pd.DataFrame, *, digits: int = SIGNIFICANT_DIGITS, decimals: int = DECIMALS
) -> str:
    """SHA-256 of the content of a table: column names, order of columns and rows, and values.

    The index is not content, and neither is the type of column in which texts are kept.

    Parameters
    ----------
    table
        Any table, with or without geometry.
    digits
        Significant digits that count.
    decimals
        Decimals that count at most.

    Returns
    -------
    Sixty-four hexadecimal characters.

    Examples
    --------
    >>> one, other = pd.DataFrame({"load_kw": [0.1 + 0.2]}), pd.DataFrame({"load_kw": [0.3]})
    >>> hash_table(one) == hash_table(other)
    True
    """
    total = hashlib.sha256()
    total.update(f"{len(table)} rows".encode())
    for name in table.columns:
        values = _canonical(table[name], digits, decimals)
        # Lengths stand in front, so that no value can run over into the next one.
        for value in (str(name), *values):
            content = b"" if value is None else value.encode()
            total.update(b"missing" if value is None else f"{len(content)}:".encode())
            total.update(content)
    return total.hexdigest()


def hash_file(path: Path) -> str:
    """SHA-256 of the bytes of a file, as sixty-four hexadecimal characters."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _canonical(values: pd.Series, digits: int, decimals: int) -> list[str | None]:
    if isinstance(values, gpd.GeoSeries):
        return _canonical_geometry(values)
    if isinstance(values.dtype, pd.DatetimeTZDtype) or values.dtype.kind == "M":
        moments = pd.to_datetime(values, utc=True)
        texts = moments.dt.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return [None if pd.isna(text) else text for text in texts]
    if values.dtype.kind == "b":
        return ["true" if value else "false" for value in values]
    if values.dtype.kind == "f":
        return _canonical_floats(values.to_numpy(dtype=np.float64), digits, decimals)
    return [_canonical_object(value, digits, decimals) for value in values.tolist()]


def _canonical_floats(values: np.ndarray, digits: int, decimals: int) -> list[str | None]:
    # Adding zero turns -0.0 into 0.0.
    rounded = np.round(values, decimals) + 0.0
    texts = [f"{value:.{digits - 1}e}" for value in rounded.tolist()]
    return [None if text == "nan" else text for text in texts]


def _canonical_object(value: object, digits: int, decimals: int) -> str | None:
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, float):
        return _canonical_floats(np.array([value]), digits, decimals)[0]
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _canonical_geometry(shapes: gpd.GeoSeries) -> list[str | None]:
    rounded = shapely.transform(
        shapes.to_numpy(), lambda xy: np.round(xy, COORDINATE_DECIMALS) + 0.0
    )
    binary = shapely.to_wkb(rounded, hex=True, byte_order=1, output_dimension=2)
    return [None if text is None else text for text in binary]
