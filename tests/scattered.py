"""Made-up cities with points wherever a test wants them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from tiny import make_addresses, make_city

from stroomstad.tables.city import DWELLING_COLUMNS, FEED_IN_COLUMNS, LOAD_COLUMNS


def make_points(rows):
    """Points from dicts; what is not given is 0, the level is low voltage, homes are terraced."""
    columns = ["radius_m", "homes_gas", "homes_heat_net", "homes_neither", "solar_kwp"]
    numbers = [*columns, *LOAD_COLUMNS, *FEED_IN_COLUMNS]
    start = {
        "kind": "group",
        "level": "lv",
        "area_code": "WK000101",
        "postcode": "",
        "era": "unknown",
        "synthetic": False,
        "addresses": 0,
        "homes": 0,
        "new_homes": 0,
        "other_uses": 0,
        **dict.fromkeys(DWELLING_COLUMNS, 0),
        **dict.fromkeys(numbers, 0.0),
    }
    points = pd.DataFrame([{"point_id": f"p{i:03d}", **start, **row} for i, row in enumerate(rows)])
    points["homes_terraced"] = points["homes"] + points["new_homes"]
    return points.astype({"x_m": float, "y_m": float, **dict.fromkeys(numbers, float)})


def make_sites(*positions):
    """High-voltage stations OS-A, OS-B … at these positions; all of them feed the grid."""
    names = [chr(65 + i) for i in range(len(positions))]
    return pd.DataFrame(
        {
            "substation_id": [f"OS-{name}" for name in names],
            "substation_name": [f"Onderstation {name}" for name in names],
            "x_m": [float(x) for x, _ in positions],
            "y_m": [float(y) for _, y in positions],
            "feeds_mv": True,
            "place_known": True,
        }
    )


def make_known(*rows):
    """Known facts from (asset, attribute, value, unit), or with a date as fifth."""
    return pd.DataFrame(
        [(*row[:4], row[4] if len(row) > 4 else "2024-01-01", "made up", "yes") for row in rows],
        columns=["asset", "attribute", "value", "unit", "date", "source", "public"],
    )


def make_scattered_city(rows, sites=((140500, 480700),)):
    """A city with these points and high-voltage stations, in the areas of the tiny city."""
    points = make_points(rows)
    return replace(
        make_city(),
        points=points,
        addresses=make_addresses(points),
        substation_sites=make_sites(*sites),
    )


def make_large_city(points=9000, customers=1200, seed=1):
    """Clusters of address groups over 20 x 15 km, customers among them, three substations."""
    generator = np.random.default_rng(seed)
    middles = generator.uniform((0.0, 0.0), (20000.0, 15000.0), (60, 2))
    where = middles[generator.integers(0, 60, points + customers)]
    where = where + generator.normal(0.0, 350.0, where.shape)
    homes = generator.integers(4, 24, points)
    rows = [
        {"x_m": x, "y_m": y, "homes": int(n), "addresses": int(n), "radius_m": 25.0}
        for (x, y), n in zip(where[:points], homes, strict=True)
    ]
    sizes_kwh = 150e3 * generator.lognormal(0.0, 1.2, customers)
    rows += [
        {"x_m": x, "y_m": y, "level": "mv", "kind": "firm", "industry_kwh": size}
        for (x, y), size in zip(where[points:], sizes_kwh, strict=True)
    ]
    for i, row in enumerate(rows):
        row["point_id"] = f"p{i:05d}"
    return make_scattered_city(rows, ((4000, 4000), (10000, 11000), (16000, 5000)))
