"""A small grid as the files of others tell it: a busbar, a station, and an open cable."""

import json

import pandas as pd

from stroomstad.sources.files import SourceFile
from stroomstad.sources.grid_file import read_grid

PLACES_M = {"A": (140000.0, 480000.0), "B": (140800.0, 480000.0), "C": (140800.0, 480000.0),
            "D": (140900.0, 480000.0), "E": (141600.0, 480000.0)}  # fmt: skip
VOLTS = {"A": 10e3, "B": 10e3, "C": 400.0, "D": 400.0, "E": 10e3}
# Name, both ends, length, and whether it is on at its far end.
LINES = (("AB", "A", "B", 800.0, 1), ("AE", "A", "E", 1600.0, 1), ("CD", "C", "D", 110.0, 1),
         ("BE", "B", "E", 820.0, 0))  # fmt: skip


def power_grid_model():
    """The grid in the JSON of power-grid-model, to be spoiled."""
    at = {name: number for number, name in enumerate(VOLTS)}
    nodes = [
        {"id": at[name], "name": name, "u_rated": volt, "x_m": x_m, "y_m": y_m}
        for (name, volt), (x_m, y_m) in zip(VOLTS.items(), PLACES_M.values(), strict=True)
    ]
    lines = [
        {"id": 10 + number, "name": name, "from_node": at[near], "to_node": at[far],
         "from_status": 1, "to_status": on, "r1": 2e-4 * metres, "x1": 1e-4 * metres,
         "c1": 3e-10 * metres, "tan1": 0.0, "i_n": 300.0, "length_m": metres}
        for number, (name, near, far, metres, on) in enumerate(LINES)
    ]  # fmt: skip
    station = {
        "id": 20, "name": "S", "from_node": at["B"], "to_node": at["C"], "from_status": 1,
        "to_status": 1, "u1": 10e3, "u2": 400.0, "sn": 400e3, "uk": 0.04, "pk": 4600.0,
        "i0": 0.004, "p0": 430.0, "winding_from": 1, "winding_to": 1, "clock": 0, "tap_side": 0,
        "tap_pos": 0, "tap_min": -2, "tap_max": 2, "tap_nom": 0, "tap_size": 250.0,
    }  # fmt: skip
    data = {
        "node": nodes, "line": lines, "transformer": [station],
        "source": [{"id": 30, "name": "OS", "node": at["A"], "status": 1, "u_ref": 1.02}],
        "sym_load": [{"id": 40, "node": at["D"], "status": 1, "type": 0, "p_specified": 0.0,
                      "q_specified": 0.0, "point_id": "p"}],
    }  # fmt: skip
    return {"version": "1.0", "type": "input", "is_batch": False, "attributes": {}, "data": data}


def pandapower():
    """The grid as tables of pandapower, to be spoiled."""
    at = {name: number for number, name in enumerate(VOLTS)}
    buses = [
        {"name": name, "vn_kv": VOLTS[name] / 1e3, "x_m": x_m, "y_m": y_m, "in_service": True}
        for name, (x_m, y_m) in PLACES_M.items()
    ]
    lines = [
        {"name": name, "from_bus": at[near], "to_bus": at[far], "length_km": metres / 1e3,
         "r_ohm_per_km": 0.2, "x_ohm_per_km": 0.1, "c_nf_per_km": 300.0, "g_us_per_km": 0.0,
         "max_i_ka": 0.3, "df": 1.0, "parallel": 1, "in_service": True}
        for name, near, far, metres, _ in LINES
    ]  # fmt: skip
    station = {
        "name": "S", "hv_bus": at["B"], "lv_bus": at["C"], "sn_mva": 0.4, "vn_hv_kv": 10.0,
        "vn_lv_kv": 0.4, "vk_percent": 4.0, "vkr_percent": 1.15, "pfe_kw": 0.43,
        "i0_percent": 0.4, "tap_side": "hv", "tap_pos": 0, "tap_neutral": 0, "tap_min": -2,
        "tap_max": 2, "tap_step_percent": 2.5, "tap_changer_type": "Ratio", "parallel": 1,
        "df": 1.0, "in_service": True,
    }  # fmt: skip
    rows = {
        "bus": buses,
        "line": lines,
        "trafo": [station],
        "ext_grid": [{"name": "OS", "bus": at["A"], "vm_pu": 1.02, "in_service": True}],
        "switch": [{"name": "o", "bus": at["E"], "element": 3, "et": "l", "closed": False,
                    "z_ohm": 0.0}],
        "load": [{"name": "p", "bus": at["D"], "point_id": "p", "p_mw": 0.0, "in_service": True}],
    }  # fmt: skip
    return {name: pd.DataFrame(each).astype(object) for name, each in rows.items()}


def as_network(tables, **others):
    """Tables as the content of a file of pandapower."""
    parts = {}
    for name, rows in tables.items():
        held = {"columns": list(rows.columns), "index": rows.index.tolist(),
                "data": rows.to_numpy(dtype=object).tolist()}  # fmt: skip
        parts[name] = as_table(json.dumps(held, default=float))
    return {"_class": "pandapowerNet", "_object": {**parts, "f_hz": 50.0, **others}}


def as_table(text):
    """A table as the format wraps it."""
    return {"_class": "DataFrame", "_object": text, "orient": "split"}


def read(folder, content):
    """Read what a file holds: text, bytes, or what becomes JSON."""
    path = folder / "grid.json"
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    path.write_bytes(raw)
    return read_grid(SourceFile("grid", path, "2026", "own"))
