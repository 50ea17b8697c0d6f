"""Plans as people write them, sound and unsound, in a city that needs no grid."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path

import geopandas as gpd
import pandas as pd

from stroomstad.planning.plan_text import read_plan
from stroomstad.tables.plan import HOME_TYPES, MEASURE_KINDS, OUTLOOK, Catalogue

NATIONAL = Path(__file__).parents[1] / "data" / "national"
HEAD = {"name": "Proefplan", "city": "Proefstad", "first_year": 2026, "last_year": 2036}

ENERGY = {"line": "energy", "payer": "municipality", "eur": 100_000, "source": "made up"}
CITY_PAYS = {"municipality": 1}
# Changes of a measure, and what must be told of it: of what cannot be read, of what is at fault
# beside the budget ENERGY, and of what is odd. Then promises by year and size.
UNREADABLE = [
    ({"size": "10"}, ["size", "'10'", "number"]),
    ({"size": True}, ["size", "number"]),
    ({"size": float("nan")}, ["size", "number"]),
    ({"size": 10**400}, ["size", "number up to"]),
    ({"size": 1e300}, ["size", "number up to"]),
    ({"size": None}, ["size is missing"]),
    ({"place": 7}, ["place is 7", "between quotes"]),
    ({"place": "  "}, ["place"]),
    ({"in_service": "soon"}, ["'soon'", "2030-07-01"]),
    ({"in_service": "2030-02-30"}, ["2030-02-30"]),
    ({"in_service": 30}, ["in_service is 30"]),
    ({"in_service": {"early": 2029}}, ["in_service", "expected"]),
    ({"in_service": {"expected": 2029, "soon": 2028}}, ["in_service", "early"]),
    ({"in_service": dt.datetime(2030, 1, 1, 12, tzinfo=dt.UTC)}, ["in_service"]),
    ({"until": 31}, ["until is 31"]),
    ({"depends_on": "other"}, ["depends_on", "list"]),
    ({"depends_on": ["two words"]}, ["depends_on"]),
    ({"status": None}, ["status is missing", "candidate"]),
    ({"status": "done"}, ["'done'", "candidate"]),
    ({"payers": {"city": 1}}, ["payers", "municipality"]),
    ({"payers": {"state": "all"}}, ["payers"]),
    ({"assumed": "yes"}, ["assumed", "true or false"]),
    ({"investment": 5}, ["'investment' is not a known key", "investment_eur"]),
    ({"colour": 5}, ["'colour' is not a known key", "budget_line"]),
]
UNSOUND = [
    ({"size": -3}, ["size is -3 kW"]),
    ({"size": 0}, ["size is 0"]),
    ({"size": 10, "size_max": 5, "status": "candidate"}, ["size_max 5 kW is below size 10"]),
    ({"size_max": 50}, ["size_max of 50", "candidate"]),
    ({"kw_per_unit": -1}, ["kw_per_unit is -1"]),
    ({"investment_eur": -1}, ["investment_eur is -1"]),
    ({"kind": "generatr"}, ["'generatr'", "Write generator"]),
    ({"kind": "xyz"}, ["'xyz'", "energy_hub"]),
    ({"kind": "energy_hub"}, ["limit_kw"]),
    ({"limit_kw": 100}, ["limit_kw", "generator does not use"]),
    ({"in_service": {"early": 2031, "expected": 2030, "late": 2032}}, ["2031-01-01", "order"]),
    ({"until": 2028}, ["ends on 2028-12-31", "2030-01-01"]),
    (
        {"in_service": {"expected": 2030, "late": 2033}, "until": 2031},
        ["ends on 2031-12-31", "2033-01-01"],
    ),
    ({"decided_on": 2031}, ["decided on 2031-01-01, after"]),
    ({"decided_on": 2029}, ["lead time of 2 years", "2031-01-01", "2030-01-01"]),
    ({"decided_on": 2029, "lead_time_years": 1.5}, ["lead time of 1.5 years"]),
    ({"decided_on": 2029, "lead_time_years": 1e11}, ["lead time of 1e+11 years"]),
    ({"payers": {"state": 0.4, "resident": 0.4}}, ["sum to 0.8"]),
    ({"payers": {"state": 1.4, "resident": -0.4}}, ["state 1.4", "resident -0.4"]),
    ({"payers": {"state": 0}}, ["nobody pays"]),
    ({"budget_line": "roads"}, ["'roads'", "Use one of energy"]),
    ({"budget_line": "energy"}, ["energy of the municipality", "no share"]),
    ({"depends_on": ["x"]}, ["depends on x", "not in the plan"]),
    ({"depends_on": ["m"]}, ["waits for itself"]),
]
ODD = [
    ({"source": None}, ["source"]),
    ({"in_service": 2040}, ["2040-01-01", "after the plan ends with 2036"]),
    ({"in_service": 2020, "until": 2024}, ["before the plan begins with 2026"]),
    ({"status": "decided"}, ["no decided_on"]),
    (
        {"decided_on": 2028, "in_service": {"early": 2029, "expected": 2031}},
        ["2029-12-31", "2029-01-01"],
    ),
]
PROMISES_WRONG = [
    ([(2025, 10)], ["2025 is outside 2026 to 2036"]),
    ([(2030, 10), (2030, 12)], ["2030 occurs more than once"]),
    ([(2030, 10), (2031, 8)], ["10, 8 do not rise"]),
    ([(2030, -1)], ["-1 do not rise"]),
]


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
