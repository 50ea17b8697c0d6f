"""What does a plan say, as a person writes it: text to `Plan` and back.

A plan is one TOML file::

    name = "Almere 2035"
    city = "Almere"
    first_year = 2026
    last_year = 2036
    outlook = "mid"                    # low, mid or high; mid when left out
    outlines = "places.geojson"        # only when the plan names places with an outline

    [[budget]]
    line = "energy"
    payer = "municipality"
    first_year = 2026                  # first and last year of the plan when left out
    last_year = 2030
    eur = 12_000_000
    source = "Programme 2026, line energy"

    [[measure]]
    id = "hub-de-vaart"                # no spaces
    name = "Energiehub De Vaart"       # the id when left out
    kind = "energy_hub"
    place = "De Vaart"
    size = 1
    in_service = { early = 2028, expected = 2028-07-01, late = 2029 }
    decided_on = 2025-12-18
    depends_on = ["cable-de-vaart"]
    decides = "College van B en W"
    budget_line = "energy"
    status = "planned"                 # idea, candidate, planned, decided or built
    limit_kw = 4500
    payers = { municipality = 0.4, developer = 0.6 }
    assumed = true
    source = "Own assumption"

    [[measure]]
    id = "cable-de-vaart"
    kind = "mv_cable"
    place = "De Vaart"
    size = 2
    in_service = 2028
    status = "planned"
    investment_eur = 900_000           # of the whole; by the price of the kind when left out
    source = "Investment plan of the grid operator"

    [[promise]]
    project = "pampus-1"
    year = 2030
    size = 400                         # homes, or kW, in all at the end of that year

A year that stands for a day is its 1 January, and in ``until`` its 31 December. Euros are those of
the whole measure; without them the prices of its kind count. The search may choose a candidate's
size up to ``size_max``.
"""

from __future__ import annotations

import datetime as dt
import difflib
import math
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace

import geopandas as gpd
import pandas as pd

from stroomstad.errors import Issue, name_some
from stroomstad.planning.checks import plan_issues
from stroomstad.tables.parameters import CASES, Case
from stroomstad.tables.plan import (
    BUDGETS,
    MEASURE_STATUSES,
    PAYERS,
    PLAN_MEASURES,
    PROMISES,
    SHARE_COLUMNS,
    Plan,
)
from stroomstad.tables.schema import Table

_SAID_MAX = 60
SERVICE_KEYS = ("early", "expected", "late")
# A calendar year as people write it; anything else is a slip of the pen.
YEARS = range(1900, 2201)
NUMBER_MAX = 1e12  # own choice: a million million euros, and more of any unit than a country has

Entry = dict[str, object]
# Gives the value as the tables hold it, or nothing when the text cannot mean one.
Reader = Callable[[object], object | None]


@dataclass(frozen=True, slots=True)
class _Key:
    """One key that an entry may have: how it is read, and what a person should write."""

    reader: Reader
    remedy: str
    required: bool = False
    otherwise: object = None


def read_plan(
    raw: Mapping[str, object], where: str, outlines: gpd.GeoDataFrame, kinds: pd.DataFrame
) -> tuple[Plan | None, list[Issue]]:
    """Turn the text of a plan into a plan.

    Parameters
    ----------
    raw
        What the TOML file holds.
    where
        Name of the file, for messages.
    outlines
        Places with an outline, as declared in `OUTLINES`.
    kinds
        As declared in `MEASURE_KINDS`; gives payer and owner where the plan does not.

    Returns
    -------
    The plan, or ``None`` with every fault of its text. What is well written in such a plan is
    checked as `plan_issues` does, so that its other faults are told at once too.
    """
    alone = {key: value for key, value in raw.items() if key not in _PARTS}
    head, issues = _read_entry(alone, _HEAD, where)
    parts: dict[str, list[Entry]] = {}
    for part in _PARTS:
        parts[part], found = _read_list(raw.get(part, []), part, where)
        issues += found
    plan = _plan(head, parts, outlines, kinds)
    if not issues:
        return plan, []
    found = plan_issues(plan, kinds)
    if head["first_year"] is None or head["last_year"] is None:
        # Without the years of the plan nothing can be said of what it spends in them.
        found = [each for each in found if not each.where.startswith("budget ")]
    return None, [*issues, *(replace(each, where=_within(where, each.where)) for each in found)]


def plan_as_toml(plan: Plan) -> dict[str, object]:
    """Write a plan as the mapping that its TOML file holds; it reads back to the same plan.

    Outlines stand in a file of their own and are not written.
    """
    raw: dict[str, object] = {
        "name": plan.name,
        "city": plan.city,
        "first_year": plan.first_year,
        "last_year": plan.last_year,
        "outlook": plan.outlook,
    }
    tables = {"budget": plan.budgets, "measure": plan.measures, "promise": plan.promises}
    for part, rows in tables.items():
        if len(rows):
            raw[part] = [_WRITERS[part](row) for row in rows.to_dict("records")]
    return raw


def _within(where: str, part: str) -> str:
    """Part of a plan, with the name of its file before it; the plan as a whole is its file."""
    return where if part == "plan" else f"{where}, {part}"


# --- from entries to tables


def _read_list(value: object, part: str, where: str) -> tuple[list[Entry], list[Issue]]:
    if not isinstance(value, list):
        problem = f"{part} is {_kind_of(value)} where a list of tables is expected."
        return [], [Issue(where, problem, f"Write [[{part}]] above each.")]
    entries, issues = [], []
    for number, raw in enumerate(value, start=1):
        if not isinstance(raw, dict):
            problem = f"{part} {number} is {_kind_of(raw)} where a table is expected."
            issues.append(Issue(where, problem, f"Write [[{part}]] above it."))
            continue
        key = _NAMED_BY[part]
        # An entry without a name goes by its number, so that its other faults can be told.
        name = _PARTS[part][key].reader(raw.get(key)) or str(number)
        entry, found = _read_entry(raw, _PARTS[part], f"{where}, {part} {name}")
        entries.append({**entry, key: name})
        issues += found
    return entries, issues


def _read_entry(
    raw: Mapping[str, object], keys: Mapping[str, _Key], where: str
) -> tuple[Entry, list[Issue]]:
    """Values by key: nothing for what is required and missing, and for what cannot be meant."""
    unknown = sorted(set(raw) - set(keys))
    issues = [_unknown_key(name, keys, where) for name in unknown]
    entry: Entry = {}
    for name, key in keys.items():
        entry[name] = key.reader(raw[name]) if name in raw else key.otherwise
        if name in raw and entry[name] is None:
            issues.append(Issue(where, f"{name} is {_said(raw[name])}.", key.remedy))
        elif name not in raw and key.required:
            issues.append(Issue(where, f"{name} is missing.", key.remedy))
    return entry, issues


def _unknown_key(name: str, keys: Mapping[str, _Key], where: str) -> Issue:
    near = difflib.get_close_matches(name, [*keys, *_PARTS], n=1)
    remedy = f"Write {near[0]}." if near else f"Use one of {name_some(sorted(keys), most=30)}."
    return Issue(where, f"{name!r} is not a known key.", remedy)


def _plan(
    head: Entry, parts: dict[str, list[Entry]], outlines: gpd.GeoDataFrame, kinds: pd.DataFrame
) -> Plan:
    first = int(str(head["first_year"] or YEARS[0]))
    last = int(str(head["last_year"] or YEARS[-1]))
    by_kind = kinds.set_index("kind")[["payer", "owner"]].to_dict("index")
    rows = {
        "measure": [_measure_row(entry, by_kind) for entry in parts["measure"]],
        "budget": [_budget_row(entry, (first, last)) for entry in parts["budget"]],
        "promise": [_promise_row(entry, last) for entry in parts["promise"]],
    }
    outlook: Case = next((case for case in CASES if case == head["outlook"]), "mid")
    return Plan(
        name=str(head["name"] or ""),
        city=str(head["city"] or ""),
        first_year=first,
        last_year=last,
        outlook=outlook,
        measures=_frame(rows["measure"], PLAN_MEASURES),
        budgets=_frame(rows["budget"], BUDGETS),
        promises=_frame(rows["promise"], PROMISES),
        outlines=outlines,
    )


def _measure_row(entry: Entry, by_kind: Mapping[Hashable, Mapping[Hashable, str]]) -> Entry:
    row = {**entry, "measure_id": entry["id"]}
    kind = by_kind.get(str(entry["kind"]), {})
    row["name"] = entry["name"] or entry["id"]
    row["owner"] = entry["owner"] or kind.get("owner", "")
    if entry["size_max"] is not None and math.isnan(float(str(entry["size_max"]))):
        row["size_max"] = entry["size"]
    service = entry["in_service"] if isinstance(entry["in_service"], tuple) else ("", "", "")
    row["in_service_early"], row["in_service"], row["in_service_late"] = service
    shares = entry["payers"]
    if shares == {}:
        shares = {kind["payer"]: 1.0} if "payer" in kind else None
    for column, payer in zip(SHARE_COLUMNS, PAYERS, strict=True):
        row[column] = shares.get(payer, 0.0) if isinstance(shares, dict) else math.nan
    return row


def _budget_row(entry: Entry, years: tuple[int, int]) -> Entry:
    first, last = entry["first_year"] or years[0], entry["last_year"] or years[1]
    return {**entry, "budget_line": entry["line"], "first_year": first, "last_year": last}


def _promise_row(entry: Entry, last_year: int) -> Entry:
    return {**entry, "project_id": entry["project"], "year": entry["year"] or last_year}


def _frame(rows: list[Entry], declared: Table) -> pd.DataFrame:
    # What could not be read is told already; here it only needs a value of the right kind.
    columns = {}
    for name, column in declared.columns.items():
        unread, kind = _UNREAD[str(column.dtype)[0]]
        values = [unread if row[name] is None else row[name] for row in rows]
        columns[name] = pd.Series(values, dtype=kind)
    return pd.DataFrame(columns)


# By the first letter of the declared dtype, which differs between versions of pandas after it.
_UNREAD: dict[str, tuple[object, str]] = {
    "s": ("", "str"),
    "f": (math.nan, "float64"),
    "i": (0, "int64"),
    "b": (False, "bool"),
}


# --- from tables to entries


def _measure_entry(row: Mapping[Hashable, object]) -> Entry:
    shares = {payer: _short(row[f"share_{payer}"]) for payer in PAYERS}
    entry: Entry = {
        "id": row["measure_id"],
        "name": None if row["name"] == row["measure_id"] else row["name"],
        "kind": row["kind"],
        "place": row["place"],
        "size": _short(row["size"]),
        "size_max": None if row["size_max"] == row["size"] else _short(row["size_max"]),
        "in_service": _service_entry(row),
        **{name: _date(row[name]) for name in ("until", "decided_on")},
        "depends_on": str(row["depends_on"]).split(),
        **{name: row[name] for name in ("owner", "decides", "budget_line", "status")},
        **{name: _short(row[name]) for name in _NUMBERS},
        "payers": {payer: share for payer, share in shares.items() if share},
        "assumed": row["assumed"] or None,
        "source": row["source"],
    }
    return {name: value for name, value in entry.items() if value not in (None, "", [])}


def _service_entry(row: Mapping[Hashable, object]) -> object:
    columns = ("in_service_early", "in_service", "in_service_late")
    days = [_short_day(str(row[column])) for column in columns]
    return days[1] if len(set(days)) == 1 else dict(zip(SERVICE_KEYS, days, strict=True))


def _budget_entry(row: Mapping[Hashable, object]) -> Entry:
    entry: Entry = {"line": row["budget_line"], "payer": row["payer"]}
    entry |= {"first_year": int(str(row["first_year"])), "last_year": int(str(row["last_year"]))}
    entry["eur"] = _short(row["eur"])
    return entry | ({"source": row["source"]} if row["source"] else {})


def _promise_entry(row: Mapping[Hashable, object]) -> Entry:
    year = int(str(row["year"]))
    return {"project": row["project_id"], "year": year, "size": _short(row["size"])}


def _short(value: object) -> int | float | None:
    number = float(str(value))
    if math.isnan(number):
        return None
    return int(number) if number.is_integer() else number


def _date(said: object) -> dt.date | None:
    return dt.date.fromisoformat(str(said)) if said else None


def _short_day(said: str) -> int | dt.date:
    day = dt.date.fromisoformat(said)
    return day.year if (day.month, day.day) == (1, 1) else day


# --- reading single values: nothing means that the text cannot be meant


def _text(value: object) -> str | None:
    said = value.strip() if isinstance(value, str) else ""
    return said if said and said.isprintable() else None


def _any_text(value: object) -> str | None:
    said = value.strip() if isinstance(value, str) else None
    return said if said is None or said.isprintable() or not said else None


def _identifier(value: object) -> str | None:
    said = _text(value)
    return said if said and len(said.split()) == 1 else None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) <= NUMBER_MAX else None  # neither endless nor missing


def _year(value: object) -> int | None:
    return value if type(value) is int and value in YEARS else None


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _one_of(allowed: tuple[str, ...]) -> Reader:
    return lambda value: value if isinstance(value, str) and value in allowed else None


def _names(value: object) -> str | None:
    if not isinstance(value, list):
        return None
    named = [_identifier(each) for each in value]
    return None if None in named else " ".join(str(each) for each in named)


def _day(value: object, month: int = 1, day: int = 1) -> str | None:
    if isinstance(value, dt.datetime):
        return None
    if isinstance(value, dt.date):
        return value.isoformat() if value.year in YEARS else None
    if _year(value):
        return dt.date(int(str(value)), month, day).isoformat()
    try:
        said = dt.date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return said.isoformat() if said and said.year in YEARS else None


def _last_day(value: object) -> str | None:
    return _day(value, month=12, day=31)


def _service(value: object) -> tuple[str, str, str] | None:
    if not isinstance(value, dict):
        said = _day(value)
        return (said, said, said) if said else None
    if "expected" not in value or set(value) - set(SERVICE_KEYS):
        return None
    early, expected, late = (_day(value.get(key, value["expected"])) for key in SERVICE_KEYS)
    return (early, expected, late) if early and expected and late else None


def _shares(value: object) -> dict[str, float] | None:
    if not isinstance(value, dict) or set(value) - set(PAYERS):
        return None
    shares = {payer: _number(share) for payer, share in value.items()}
    return None if None in shares.values() else {p: s for p, s in shares.items() if s is not None}


def _said(value: object) -> str:
    if isinstance(value, dict):
        said = ", ".join(f"{name} {part}" for name, part in value.items()) or "empty"
    else:
        said = repr(value) if isinstance(value, str) else str(value)
    return said if len(said) <= _SAID_MAX else _kind_of(value)


def _kind_of(value: object) -> str:
    names = {str: "text", bool: "true or false", dict: "a table", list: "a list"}
    return names.get(type(value), "a number" if isinstance(value, int | float) else "a date")


_WRITE_TEXT = "Write text between quotes."
_WRITE_NUMBER = "Write a number up to 1e12, with a point before decimals and no unit."
_WRITE_YEAR = "Write a year, such as 2030."
_WRITE_DAY = "Write a date such as 2030-07-01, or a year."
_WRITE_ID = "Write text without spaces."
_WRITE_SERVICE = (
    "Write a date such as 2030-07-01, a year, or { early = 2033, expected = 2034, late = 2036 }."
)
_WRITE_PAYERS = (
    f"Write shares such as {{ municipality = 0.4, developer = 0.6 }}, of {', '.join(PAYERS)}."
)


def _optional(reader: Reader, remedy: str, otherwise: object = "") -> _Key:
    return _Key(reader, remedy, otherwise=otherwise)


_NUMBERS = ("kw_per_unit", "limit_kw", "lead_time_years", "investment_eur", "yearly_eur")
_HEAD = {
    "name": _Key(_text, _WRITE_TEXT, required=True),
    "city": _Key(_text, _WRITE_TEXT, required=True),
    "first_year": _Key(_year, _WRITE_YEAR, required=True),
    "last_year": _Key(_year, _WRITE_YEAR, required=True),
    "outlook": _optional(_one_of(CASES), "Write low, mid or high.", "mid"),
    "outlines": _optional(_text, "Write the name of a GeoJSON file."),
}
_MEASURE = {
    "id": _Key(_identifier, _WRITE_ID, required=True),
    "name": _optional(_text, _WRITE_TEXT),
    "kind": _Key(_text, "Write the name of a kind of measure.", required=True),
    "place": _Key(_text, _WRITE_TEXT, required=True),
    "size": _Key(_number, _WRITE_NUMBER, required=True),
    "size_max": _optional(_number, _WRITE_NUMBER, math.nan),
    "in_service": _Key(_service, _WRITE_SERVICE, required=True),
    "until": _optional(_last_day, _WRITE_DAY),
    "decided_on": _optional(_day, _WRITE_DAY),
    "depends_on": _optional(_names, 'Write a list of ids, such as ["cable-1"].'),
    "owner": _optional(_any_text, _WRITE_TEXT),
    "decides": _optional(_any_text, _WRITE_TEXT),
    "budget_line": _optional(_any_text, _WRITE_TEXT),
    "status": _Key(
        _one_of(MEASURE_STATUSES), f"Write one of {', '.join(MEASURE_STATUSES)}.", required=True
    ),
    **{name: _optional(_number, _WRITE_NUMBER, math.nan) for name in _NUMBERS},
    "payers": _optional(_shares, _WRITE_PAYERS, {}),
    "assumed": _optional(_flag, "Write true or false.", otherwise=False),
    "source": _optional(_any_text, _WRITE_TEXT),
}
# Year 0 stands for the first or last year of the plan.
_BUDGET = {
    "line": _Key(_text, _WRITE_TEXT, required=True),
    "payer": _Key(_one_of(PAYERS), f"Write one of {', '.join(PAYERS)}.", required=True),
    "first_year": _optional(_year, _WRITE_YEAR, 0),
    "last_year": _optional(_year, _WRITE_YEAR, 0),
    "eur": _Key(_number, _WRITE_NUMBER, required=True),
    "source": _optional(_any_text, _WRITE_TEXT),
}
_PROMISE = {
    "project": _Key(_text, _WRITE_TEXT, required=True),
    "year": _Key(_year, _WRITE_YEAR, required=True),
    "size": _Key(_number, _WRITE_NUMBER, required=True),
}
_PARTS = {"measure": _MEASURE, "budget": _BUDGET, "promise": _PROMISE}
_NAMED_BY = {"measure": "id", "budget": "line", "promise": "project"}
_WRITERS = {"measure": _measure_entry, "budget": _budget_entry, "promise": _promise_entry}
