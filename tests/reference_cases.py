"""The stored reference cases, read into the arrays that are solved."""

from pathlib import Path

import numpy as np
import pandas as pd

from stroomstad.powerflow.solver import Cables, NetworkArrays, Transformers

CASES = sorted(path.parent for path in (Path(__file__).parent / "reference").glob("*/case.toml"))


def read_arrays(case):
    nodes, cables, transformers, sources = (
        pd.read_csv(case / "input" / f"{name}.csv")
        for name in ("nodes", "cables", "transformers", "sources")
    )
    at = pd.Series(np.arange(len(nodes)), index=nodes["node"])

    def columns(rows, names):
        return [rows[name].to_numpy(dtype=np.float64) for name in names]

    def ends(rows):
        return [at.loc[rows[name]].to_numpy() for name in ("from_node", "to_node")]

    return at, NetworkArrays(
        nodes["voltage_v"].to_numpy(dtype=np.float64),
        Cables(*ends(cables), *columns(cables, ["r_ohm", "x_ohm", "c_farad"])),
        Transformers(*ends(transformers), *columns(transformers, transformers.columns[3:])),
        at.loc[sources["node"]].to_numpy(),
        sources["voltage_pu"].to_numpy(dtype=np.float64),
    )
