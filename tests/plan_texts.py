"""Plans as people write them, in a city that needs no grid."""

from __future__ import annotations

import tomllib
from pathlib import Path

import geopandas as gpd
import pandas as pd

from stroomstad.planning.plan_text import read_plan
from stroomstad.tables.plan import HOME_TYPES, MEASURE_KINDS, OUTLOOK, Catalogue

NATIONAL = Path(__file__).parents[1] / "data" / "national"
HEAD = {"name": "Proefplan", "city": "Proefstad", "first_year": 2026, "last_year": 2036}


def make_catalogue():
    """The catalogue of the country, as the sources read it."""
    return Catalogue(
        _read("measures", MEASURE_KINDS), _read("home_types", HOME_TYPES), _read("outlook", OUTLOOK)
    )


def no_outlines():
    columns = {"place": [], "assumed": [], "source": []}
    return gpd.GeoDataFrame(columns, geometry=[], crs=28992)


def measure(name="m", **changes):
    """A measure as its text says it, sound unless the changes say otherwise; None leaves out."""
    entry = {
        "id": name,
        "kind": "generator",
        "place": "WK000101",
        "size": 10,
        "in_service": 2030,
        "status": "planned",
        "source": "made up",
    }
    return {key: value for key, value in (entry | changes).items() if value is not None}


def read(measures=(), budgets=(), promises=(), **head):
    """Read a plan of these entries; what `read_plan` returns."""
    raw = HEAD | head | {"measure": [*measures], "budget": [*budgets], "promise": [*promises]}
    return read_plan(raw, "plan.toml", no_outlines(), make_catalogue().kinds)


def read_text(text):
    return read_plan(tomllib.loads(text), "plan.toml", no_outlines(), make_catalogue().kinds)


def sound(measures=(), budgets=(), promises=(), **head):
    """The plan of these entries, whose text is well written."""
    plan, issues = read(measures, budgets, promises, **head)
    assert plan is not None, issues
    return plan


def _read(name, declared):
    return pd.read_csv(NATIONAL / f"{name}.csv").astype(
        {
            column: "float64"
            for column, kind in declared.columns.items()
            if str(kind.dtype) == "float64"
        }
    )
