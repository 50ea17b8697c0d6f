"""What the search found, as a plan that a person reads: sizes, dates and promises."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats
from stroomstad.search.model import Mix
from stroomstad.search.problem import SERVICE, Posed, shift
from stroomstad.tables.plan import Plan

_CHOSEN, _LEFT = "planned", "idea"


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Size of a candidate at the end of each year, and the first day on which it can stand."""

    size: Floats
    first: dt.date | None


def plan_of(plan: Plan, posed: Posed, mix: Mix) -> Plan:
    """Plan in which what was chosen is planned, and what was not is an idea.

    Parameters
    ----------
    plan
        The plan that was searched.
    posed
        Names of what stands in the mix.
    mix
        What was found.

    Returns
    -------
    The plan with its promises. A measure that grows after its first year has a row for each
    further year, named after it with a number. A day of service is the first in its year on
    which the measure can stand; early and late lie as far from it as those of the candidate. An
    idea comes no earlier than what it depends on.
    """
    chosen = {
        str(name): _Chosen(size, first)
        for name, size, first in zip(
            posed.measures["measure_id"], mix.size, posed.first_days, strict=True
        )
    }
    taken = set(plan.measures["measure_id"])
    rows: list[dict[Any, Any]] = []
    for measure in plan.measures.to_dict("records"):
        one = chosen.get(str(measure["measure_id"]))
        if one is None:
            rows.append(measure)
        elif one.first is None or one.size[-1] <= 0:
            rows.append(measure | {"status": _LEFT})
        else:
            rows += _stages(measure, one, plan.first_year, SERVICE[posed.case], taken)
    _postpone_ideas(rows, set(chosen))
    measures = pd.DataFrame(rows, columns=plan.measures.columns).astype(plan.measures.dtypes)
    return replace(plan, measures=measures, promises=promises_of(plan, posed, mix))


def _postpone_ideas(rows: list[dict[Any, Any]], candidates: set[str]) -> None:
    """Let candidates that were left come no earlier than what they depend on, by its new day."""
    by_id = {str(row["measure_id"]): row for row in rows}
    left = [row for name, row in by_id.items() if name in candidates and row["status"] == _LEFT]
    # An idea may wait for another one: as often as there are ideas is enough for any chain.
    for row in left * len(left):
        for name in str(row["depends_on"] or "").split():
            for column in SERVICE.values():
                needed = by_id[name][column] if name in by_id else ""
                if row[column] and needed:
                    row[column] = max(row[column], needed)


def promises_of(plan: Plan, posed: Posed, mix: Mix) -> pd.DataFrame:
    """What a mix connects; columns as in ``PROMISES``, a row per project and year."""
    demand = posed.problem.demand
    sizes = [homes.sum(axis=0) for homes in mix.homes]
    sizes += [
        kw * made.sum(axis=0) for kw, made in zip(demand.connection_kw, mix.connected, strict=True)
    ]
    names = [*posed.homes, *posed.connections]
    years = len(plan.years)
    return pd.DataFrame(
        {
            "project_id": np.repeat(np.array(names, dtype=object), years).astype(str),
            "year": np.tile(np.array(plan.years, dtype=np.int64), len(names)),
            "size": np.concatenate([np.zeros(0), *sizes]),
        }
    )


def _stages(
    measure: Mapping[Any, Any], chosen: _Chosen, first_year: int, service: str, taken: set[Any]
) -> Iterator[dict[Any, Any]]:
    """Rows of a measure that was chosen, one for each year in which it grows."""
    grown = np.diff(chosen.size, prepend=0.0)
    for number, year in enumerate(np.flatnonzero(grown > 0).tolist(), start=1):
        part, size = float(grown[year]), float(measure["size"])
        name = str(measure["measure_id"]) if number == 1 else _name(measure, number, taken)
        taken.add(name)
        day = max(chosen.first or dt.date.min, dt.date(first_year + year, 1, 1))
        day -= shift(measure["in_service"], measure[service])
        yield {
            **measure,
            **{
                column: (day + shift(measure["in_service"], measure[column])).isoformat()
                for column in SERVICE.values()
            },
            **{
                column: measure[column] * part / size if size > 0 else measure[column]
                for column in ("investment_eur", "yearly_eur")
            },
            "measure_id": name,
            "name": measure["name"] if number == 1 else f"{measure['name']} ({number})",
            "size": part,
            "size_max": part,
            "status": _CHOSEN,
            "assumed": True,
            "source": f"{measure['source']}; size and year chosen by the search".lstrip("; "),
        }


def _name(measure: Mapping[Any, Any], number: int, taken: set[Any]) -> str:
    name = f"{measure['measure_id']}-{number}"
    while name in taken:
        name += "x"
    return name
