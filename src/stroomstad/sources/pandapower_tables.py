"""Tables of a network in the JSON of pandapower, and what in them cannot be understood.

The format (https://pandapower.readthedocs.io, *File I/O*) wraps every value with its module and
class; a table is text in turn: rows, columns and index as pandas writes them with ``split``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats
from stroomstad.errors import Issue, name_some

# What a grid is read from, with the columns of numbers that it cannot do without.
NEEDED = {
    "bus": ("vn_kv",),
    "line": ("from_bus", "to_bus", "length_km", "r_ohm_per_km", "x_ohm_per_km", "max_i_ka"),
    "trafo": ("hv_bus", "lv_bus", "sn_mva", "vn_hv_kv", "vn_lv_kv", "vk_percent", "vkr_percent"),
    "ext_grid": ("bus",),
    "switch": ("bus", "element"),
    "load": ("bus",),
}
# What draws or feeds in comes from the city's own data.
_DRAWN = ("load", "sgen", "storage", "asymmetric_load", "asymmetric_sgen")
# Places, meters, costs and names: no part of what is solved.
_BESIDE = ("bus_geodata", "line_geodata", "measurement", "poly_cost", "pwl_cost", "group")
_TURNED = "controller"
# Of what we solve. [Hz]
FREQUENCY_HZ = 50.0
Tables = dict[str, pd.DataFrame]


def is_pandapower(content: object) -> bool:
    """Whether the content of a file says of itself that it is a network of pandapower."""
    return isinstance(content, Mapping) and content.get("_class") == "pandapowerNet"


def decode_tables(content: Mapping[str, Any], where: str) -> tuple[Tables, list[Issue]]:
    """Decode every table of a network.

    Parameters
    ----------
    content
        The file as JSON.
    where
        Name of the file, for what is told.

    Returns
    -------
    Tables by name, with those of `NEEDED` always among them; and every fault of the content:
    what cannot be decoded, a component of a kind that is not read, and numbers that are missing.
    Warnings tell what is passed over. Capacitances are those that charge as much at 50 Hz.
    """
    parts = content.get("_object")
    if isinstance(parts, str):
        parts = _loaded(parts)
    if not isinstance(parts, Mapping):
        problem = "is a network of pandapower without tables."
        return {}, [Issue(where, problem, "Write it again with pandapower.to_json.")]
    tables: Tables = {}
    issues: list[Issue] = []
    for name, part in parts.items():
        if isinstance(part, Mapping) and part.get("_class") == "DataFrame":
            frame = _frame(part)
            if frame is None:
                problem = "cannot be read: its rows are not written as text with `split`."
                issues.append(Issue(f"{where}, {name}", problem, "Write it with to_json."))
            else:
                tables[str(name)] = frame
    for name in NEEDED:
        tables.setdefault(name, pd.DataFrame())
    if "c_nf_per_km" in tables["line"]:
        # Reactances are told at the frequency of the network, capacitances for any.
        own = column(tables["line"], "c_nf_per_km") * _frequency_hz(parts) / FREQUENCY_HZ
        tables["line"]["c_nf_per_km"] = own
    found = [*_kind_issues(tables, where), *_number_issues(tables, where), *_passed(tables, where)]
    return tables, [*issues, *found]


def column(rows: pd.DataFrame, name: str, otherwise: float = np.nan) -> Floats:
    """Numbers of a column; ``otherwise`` where the column or a number is missing."""
    if name not in rows:
        return np.full(len(rows), otherwise)
    values = pd.to_numeric(rows[name], errors="coerce").to_numpy(dtype=np.float64)
    return np.where(np.isnan(values), otherwise, values)


def in_service(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows that are in service; all of them where the table does not tell."""
    if "in_service" not in rows:
        return rows
    told = rows["in_service"]
    return rows[told.isna() | told.fillna(value=True).astype(bool)]


def names_of(rows: pd.DataFrame, table: str) -> pd.Series:
    """Name of every row: its own where no other has it, else the table and the index."""
    own = rows["name"] if "name" in rows else pd.Series(None, rows.index, dtype=object)
    told = own.map(lambda each: "" if each is None or each != each else str(each).strip())  # noqa: PLR0124
    fits = (told != "") & ~told.duplicated(keep=False)
    index = pd.Series([f"{table} {each}" for each in rows.index], rows.index, dtype=object)
    return told.where(fits, index).astype(object)


def _frequency_hz(parts: Mapping[str, Any]) -> float:
    told = parts.get("f_hz")
    return float(told) if isinstance(told, int | float) and told > 0 else FREQUENCY_HZ


def _loaded(text: str) -> Any:  # noqa: ANN401 - what a file holds
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _frame(part: Mapping[str, Any]) -> pd.DataFrame | None:
    held = part.get("_object")
    held = _loaded(held) if isinstance(held, str) else held
    if part.get("orient", "split") != "split" or not isinstance(held, Mapping):
        # Tables with an index of several levels are written otherwise; of ours none is.
        return pd.DataFrame() if part.get("is_multiindex") else None
    try:
        return pd.DataFrame(held["data"], index=held["index"], columns=held["columns"])
    except (KeyError, TypeError, ValueError):
        return None


def _kind_issues(tables: Tables, where: str) -> Iterator[Issue]:
    known = (*NEEDED, *_DRAWN, *_BESIDE, _TURNED)
    for name, rows in tables.items():
        if name in known or name.startswith(("res_", "_")):
            continue
        joined = [each for each in rows.columns if "bus" in str(each).split("_")]
        count = len(in_service(rows)) if joined else 0
        if count:
            problem = f"holds {count} components of a kind that is not read."
            remedy = f"Use {', '.join(list(NEEDED)[:5])}, or take them out of service."
            yield Issue(f"{where}, {name}", problem, remedy)
    for name in ("bus", "ext_grid"):
        if in_service(tables[name]).empty:
            yield Issue(f"{where}, {name}", "is not there.", f"Give at least one {name}.")


def _number_issues(tables: Tables, where: str) -> Iterator[Issue]:
    for name, needed in NEEDED.items():
        rows = in_service(tables[name])
        for key in needed:
            lacks = names_of(rows, name)[~np.isfinite(column(rows, key))].tolist()
            if lacks:
                problem = f"{name_some(lacks)} lack {key}, or it is no number."
                yield Issue(f"{where}, {name}", problem, f"Give {key} of every {name}.")
        if rows.index.duplicated().any():
            twice = sorted({str(each) for each in rows.index[rows.index.duplicated()]})
            problem = f"index {name_some(twice)} occurs more than once."
            yield Issue(f"{where}, {name}", problem, "Give each row an index of its own.")
    rows = tables["switch"]
    if len(rows) and not {"et", "closed"} <= set(rows.columns):
        problem = "lacks et or closed: what a switch opens is not told."
        yield Issue(f"{where}, switch", problem, "Give et (b, l or t) and closed of every switch.")


def _passed(tables: Tables, where: str) -> Iterator[Issue]:
    """Warnings of what is passed over."""
    for name in _DRAWN:
        rows = in_service(tables.get(name, pd.DataFrame()))
        rows = rows[rows["point_id"].isna()] if "point_id" in rows else rows
        if len(rows):
            power_mw = float(np.abs(column(rows, "p_mw", 0.0) * column(rows, "scaling", 1.0)).sum())
            problem = f"{len(rows)} components of {power_mw:g} MW together are passed over."
            remedy = "What is drawn comes from the city's own data; take care that it is there."
            yield Issue(f"{where}, {name}", problem, remedy, "warning")
    rows = in_service(tables.get(_TURNED, pd.DataFrame()))
    if len(rows):
        problem = f"{len(rows)} controllers are passed over: taps stay where the file has them."
        remedy = "Run them with pandapower first where that matters."
        yield Issue(f"{where}, {_TURNED}", problem, remedy, "warning")
