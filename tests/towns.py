"""Small generated towns: made-up addresses, a grid drawn up for them, plans and lists for them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
from horizons import EAST, WEST, make_catalogue
from scattered import make_scattered_city
from tiny import NATIONAL, make_shapes, make_types

from stroomstad.run.desk import Desk
from stroomstad.run.model import Clock, build_twin
from stroomstad.tables.limits import LimitChoice

NOBODY = pd.DataFrame(columns=["file", "sha256", "bytes", "licence", "vintage"])


def quiet():
    return Clock(lambda _step, _done: None)


def make_town(seed):
    """A town of up to sixty groups of homes and a few firms in two areas, its weeks solved."""
    rng = np.random.default_rng(seed)
    rows = [_group(rng) for _ in range(int(rng.integers(15, 60)))]
    rows += [_firm(rng) for _ in range(int(rng.integers(1, 5)))]
    for at, row in enumerate(rows):
        row["point_id"] = f"p{at:04d}"
    city = make_scattered_city(rows, ((140600.0, 480300.0),))
    cables, transformers = make_types()
    parameters = pd.read_csv(
        NATIONAL / "parameters.csv", dtype={"valid_from": str, "valid_to": str}
    )
    inputs = SimpleNamespace(
        grid=None,
        city=city, parameters=parameters, cable_types=cables, transformer_types=transformers,
        shapes=make_shapes(), catalogue=make_catalogue(), files=NOBODY, warnings=[],
        limits=LimitChoice(),
    )  # fmt: skip
    twin, network = build_twin(inputs, seed, quiet())
    return Desk(Path(), twin, network, NOBODY, parameters, ())


def _group(rng):
    homes = int(rng.integers(3, 25))
    x_m, y_m = rng.uniform(140050, 141150), rng.uniform(480050, 480550)
    return {
        "x_m": x_m, "y_m": y_m, "area_code": WEST if x_m < 140600 else EAST, "homes": homes,
        "addresses": homes, "radius_m": 20.0, "era": "before_2010", "homes_gas": float(homes),
        "households_kwh": 2900.0 * homes, "solar_kwp": 0.8 * homes,
        "solar_homes_kwh": 690.0 * homes,
    }  # fmt: skip


def _firm(rng):
    x_m = rng.uniform(140050, 141150)
    return {
        "x_m": x_m, "y_m": rng.uniform(480050, 480550), "kind": "firm", "level": "mv",
        "area_code": WEST if x_m < 140600 else EAST, "industry_kwh": rng.uniform(5e4, 6e5),
        "synthetic": True,
    }  # fmt: skip
