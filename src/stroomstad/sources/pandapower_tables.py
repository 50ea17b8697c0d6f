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
from stroomstad.sources.coordinates import EASTING_RANGE_M, NORTHING_RANGE_M
from stroomstad.sources.grid_values import (
    NUMBER,
    RATING_KVA,
    RATING_MVA,
    SIDE_BY_SIDE,
    VOLTAGE_PU,
    Bounds,
    is_missing,
    is_number,
    passed_over,
    value_issues,
)

# What a grid is read from, with the columns of numbers that it cannot do without.
NEEDED = {
    "bus": ("vn_kv",),
    "line": ("from_bus", "to_bus", "length_km", "r_ohm_per_km", "x_ohm_per_km", "max_i_ka"),
    "trafo": ("hv_bus", "lv_bus", "sn_mva", "vn_hv_kv", "vn_lv_kv", "vk_percent", "vkr_percent"),
    "ext_grid": ("bus",),
    "switch": ("bus", "element"),
    "load": ("bus",),
}
_TAPS = {
    f"{tap}_{name}": bounds
    for tap in ("tap", "tap2")
    for name, bounds in {
        "pos": Bounds(-127, 127), "neutral": Bounds(-127, 127), "min": Bounds(-127, 127),
        "max": Bounds(-127, 127), "step_percent": Bounds(-50, 50, "%"),
        "step_degree": Bounds(-360, 360, "degrees"),
    }.items()
}  # fmt: skip
_VOLTAGE, _OHM = Bounds(0.1, 1000, "kV"), Bounds(0, 100, "ohm/km")
_BOUNDS = {
    "bus": {"vn_kv": _VOLTAGE, "x_m": Bounds(*EASTING_RANGE_M, "m"),
            "y_m": Bounds(*NORTHING_RANGE_M, "m")},
    "line": {"from_bus": NUMBER, "to_bus": NUMBER, "length_km": Bounds(0, 100, "km"),
             "length_m": Bounds(0, 1e5, "m"), "r_ohm_per_km": _OHM, "x_ohm_per_km": _OHM,
             "c_nf_per_km": Bounds(0, 1e4, "nF/km"), "g_us_per_km": Bounds(0, 1e6, "uS/km"),
             "max_i_ka": Bounds(0, 1e5, "kA"), "df": Bounds(0, 2), "parallel": SIDE_BY_SIDE},
    "trafo": {"hv_bus": NUMBER, "lv_bus": NUMBER, "sn_mva": Bounds(1e-3, 1000, "MVA"),
              "vn_hv_kv": _VOLTAGE, "vn_lv_kv": _VOLTAGE, "vk_percent": Bounds(0.2, 50, "%"),
              "vkr_percent": Bounds(0, 50, "%"), "pfe_kw": Bounds(0, 1000, "kW"),
              "i0_percent": Bounds(0, 100, "%"), "parallel": SIDE_BY_SIDE, "df": Bounds(1, 1),
              "rating_kva_low": RATING_KVA, "rating_kva_high": RATING_KVA, **_TAPS},
    "ext_grid": {"bus": NUMBER, "vm_pu": VOLTAGE_PU, "transformers": SIDE_BY_SIDE,
                 "rating_mva_low": RATING_MVA, "rating_mva": RATING_MVA,
                 "rating_mva_high": RATING_MVA},
    "switch": {"bus": NUMBER, "element": NUMBER, "z_ohm": Bounds(0, 1e6, "ohm")},
    "load": {"bus": NUMBER},
}  # fmt: skip
_TRUTHS = (
    "in_service",
    "closed",
    "tap_dependency_table",
    "tap_phase_shifter",
    "tap2_phase_shifter",
)
_FREQUENCY = Bounds(10, 100, "Hz")
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
    tables, issues = _frames(parts, where)
    for name in NEEDED:
        tables.setdefault(name, pd.DataFrame())
    hertz = [("f_hz", parts.get("f_hz"))]
    issues += [*value_issues(hertz, "f_hz", _FREQUENCY, where, needed=False)]
    found = [*_truth_issues(tables, where), *_bound_issues(tables, where)]
    if "c_nf_per_km" in tables["line"]:
        # Reactances are told at the frequency of the network, capacitances for any.
        own = column(tables["line"], "c_nf_per_km") * _frequency_hz(parts) / FREQUENCY_HZ
        tables["line"]["c_nf_per_km"] = own
    found += [*_kind_issues(tables, where), *_number_issues(tables, where), *_passed(tables, where)]
    return tables, [*issues, *found]


def _frames(parts: Mapping[str, Any], where: str) -> tuple[Tables, list[Issue]]:
    """Every table that can be decoded, and what is wrong with the others."""
    tables: Tables = {}
    issues: list[Issue] = []
    for name, part in parts.items():
        is_table = isinstance(part, Mapping) and part.get("_class") == "DataFrame"
        if name in NEEDED and not is_table:
            problem = "is no table."
            issues.append(Issue(f"{where}, {name}", problem, "Write it with to_json."))
        if is_table:
            frame = _frame(part)
            if frame is None:
                problem = "cannot be read: its rows are not written as text with `split`."
                issues.append(Issue(f"{where}, {name}", problem, "Write it with to_json."))
            else:
                tables[str(name)] = frame
    return tables, issues


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
    return float(told) if is_number(told) else FREQUENCY_HZ  # type: ignore[arg-type]


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
        index, columns = held["index"], held["columns"]
        if not all(isinstance(each, int | str) for each in index) or len(set(columns)) < len(
            columns
        ):
            return None
        return pd.DataFrame(held["data"], index=index, columns=columns)
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
            told = rows[key].tolist() if key in rows else [None] * len(rows)
            odd = np.array([not is_number(each) for each in told], dtype=np.bool_)
            lacks = names_of(rows, name)[odd].tolist()
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


def _truth_issues(tables: Tables, where: str) -> Iterator[Issue]:
    """What should be true or false, and is neither; text would count as true."""
    for name in (*NEEDED, *_DRAWN):
        rows = tables.get(name, pd.DataFrame())
        for key in _TRUTHS:
            if key not in rows:
                continue
            told = zip(names_of(rows, name), rows[key], strict=True)
            odd = [
                f"{row}: {value!r:.20}"
                for row, value in told
                if not (isinstance(value, bool | np.bool_) or value in (0, 1))
                and not (is_missing(value) and key != "closed")
            ]
            if odd:
                problem = f"{key} is neither true nor false ({name_some(odd)})."
                yield Issue(f"{where}, {name}", problem, "Give true or false.")


def _bound_issues(tables: Tables, where: str) -> Iterator[Issue]:
    for name, limits in _BOUNDS.items():
        rows = tables[name] if name == "switch" else in_service(tables[name])
        names = names_of(rows, name).tolist()
        for key, bounds in limits.items():
            if key in rows:
                told = list(zip(names, rows[key].tolist(), strict=True))
                needed = key in NEEDED[name]
                yield from value_issues(told, key, bounds, f"{where}, {name}", needed=needed)


def _passed(tables: Tables, where: str) -> Iterator[Issue]:
    """Warnings of what is passed over."""
    for name in _DRAWN:
        rows = in_service(tables.get(name, pd.DataFrame()))
        rows = rows[rows["point_id"].isna()] if "point_id" in rows else rows
        if len(rows):
            power_mw = float(np.abs(column(rows, "p_mw", 0.0) * column(rows, "scaling", 1.0)).sum())
            yield passed_over(f"{where}, {name}", len(rows), power_mw)
    rows = in_service(tables.get(_TURNED, pd.DataFrame()))
    if len(rows):
        problem = f"{len(rows)} controllers are passed over: taps stay where the file has them."
        remedy = "Run them with pandapower first where that matters."
        yield Issue(f"{where}, {_TURNED}", problem, remedy, "warning")
