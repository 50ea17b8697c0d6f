"""Hand-made and random horizons, and project lists, for the tests of what fits."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from tiny import make_grid, make_parameters
from trees import random_tree

from stroomstad.measures.twin import Horizon
from stroomstad.tables.grid import RadialTree, radial_tree
from stroomstad.tables.plan import POWER_SHAPES, Catalogue
from stroomstad.tables.profiles import TimeAxis

YEARS = (2026, 2027, 2028, 2029)
# Monday 16 January 2023: noon, then 17:00 in the peak window, then 2:00 in the night after it.
QUARTERS = np.array([44, 64, 96 + 4])
WEEK = TimeAxis.of_week(dt.date(2023, 1, 16))
SHAPES = {
    **{name: np.zeros(3) for name in POWER_SHAPES},
    "home": np.array([0.5, 1.0, 0.25]),
    "flat": np.ones(3),
    "window": np.array([0.0, 1.0, 0.0]),
    "outside_window": np.array([1.0, 0.0, 1.0]),
    "window_recharge": np.array([0.0, 1.0, -0.8]),
    "office": np.array([1.0, 0.5, 0.1]),
    "industry": np.array([1.0, 0.8, 0.8]),
    "charging": np.array([0.6, 1.0, 0.3]),
}
PLENTY_KVA = 1e5


def make_horizon(limits=None, base=None, case="mid", region_kw=1e6, home_kw=2.0):
    """Two stations on one feeder, without load and with plenty of room unless said otherwise.

    ``limits`` and ``base`` give, by link, one value or one per year. [kVA]
    """
    grid = make_grid()
    tree = radial_tree(grid)
    links = {str(name): at for at, name in enumerate(tree.link_ids)}
    limit_kva = np.full((len(YEARS), tree.parent.size), PLENTY_KVA)
    base_kva = np.zeros((*limit_kva.shape, QUARTERS.size), dtype=np.float32)
    for name, value in (limits or {}).items():
        limit_kva[:, links[name]] = value
    for name, value in (base or {}).items():
        base_kva[:, links[name]] = np.broadcast_to(np.asarray(value).T, (QUARTERS.size, 4)).T
    nodes = {str(name): at for at, name in enumerate(tree.node_ids)}
    busbars = {"west": ["S1-lv"], "east": ["S2-lv"], "both": ["S1-lv", "S2-lv"], "meadow": []}
    return Horizon(
        YEARS, case, "load", grid, tree, WEEK, QUARTERS, base_kva, limit_kva,
        np.ones(tree.parent.size), np.ones(tree.parent.size), SHAPES, home_kw,
        np.broadcast_to(np.asarray(region_kw, dtype=float), (len(YEARS),)),
        {place: np.array([nodes[n] for n in names], dtype=int) for place, names in busbars.items()},
        {place: np.array([nodes[n.replace("lv", "mv")] for n in names], dtype=int)
         for place, names in busbars.items()},
        dict.fromkeys(busbars, nodes["OS-A"]),
        (),
    )  # fmt: skip


def random_horizon(seed, nodes=12, years=4):
    """A random tree whose limits and loads change from year to year, and three places on it."""
    rng = np.random.default_rng(seed)
    made = random_tree(seed, nodes, quarters=QUARTERS.size)
    names = np.array([f"n{i}" for i in range(nodes)], dtype=object)
    kinds = np.where(made.parent < 0, 0, rng.integers(1, 4, nodes))
    tree = RadialTree(names, made.parent, names, kinds, made.order)
    root = np.arange(nodes)
    for node in made.order:
        if made.parent[node] >= 0:
            root[node] = root[made.parent[node]]
    places = {f"place {i}": np.unique(rng.choice(made.sites, 1 + i)) for i in range(3)}
    places["meadow"] = np.zeros(0, dtype=int)
    shape = (years, nodes, QUARTERS.size)
    base_kva = made.base_kva[None] + rng.uniform(-20, 20, shape)
    return Horizon(
        tuple(range(2026, 2026 + years)), "mid", "load", make_grid(), tree, WEEK, QUARTERS,
        base_kva.astype(np.float32), made.limit_kva * rng.uniform(0.5, 2.0, (years, nodes)),
        made.kva_per_kw, made.level_factor_unit, SHAPES, 2.0, rng.uniform(0, 200, years),
        places, places,
        {place: int(root[at[0]]) if at.size else int(made.order[0])
         for place, at in places.items()},
        (),
    )  # fmt: skip


def all_cases(horizon):
    return dict.fromkeys(("low", "mid", "high"), horizon)


def make_projects(*rows):
    """Projects of 20 homes of 2 kW at `west` in 2026, with what is said otherwise."""
    usual = {
        "name": "Plan", "kind": "homes", "place": "west", "first_year": 2026, "last_year": None,
        "homes": 20.0, "home_type": "any", "segment": "", "heating": "unknown",
        "kw_promised": np.nan, "connection_kw": 0.0, "profile": "home", "category": 3,
        "requested_on": "2026-01-01", "jobs": np.nan, "assumed": False, "source": "",
    }  # fmt: skip
    filled = []
    for number, row in enumerate(rows):
        made = {"project_id": f"p{number}", "row": number + 2, **usual, **row}
        if made["kind"] == "connection":
            made = {**made, "homes": 0.0, "home_type": "", "heating": ""}
            made["profile"] = row.get("profile", "flat")
        made["last_year"] = made["last_year"] or made["first_year"]
        filled.append(made)
    return pd.DataFrame(filled)


def make_catalogue(kw=(1.0, 2.0, 4.0)):
    low, mid, high = kw
    home_types = pd.DataFrame(
        {
            "home_type": ["any", "any"],
            "heating": ["unknown", "heat_net"],
            "kw_low": [low, low / 2],
            "kw": [mid, mid / 2],
            "kw_high": [high, high / 2],
            "status": "assumed",
            "source": "made up",
        }
    )
    return Catalogue(pd.DataFrame(), home_types, pd.DataFrame())


PARAMETERS = make_parameters()
