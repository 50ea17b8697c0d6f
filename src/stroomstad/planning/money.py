"""What does a plan cost, whom, and when.

An investment falls in the year in which its measure comes into service, and again each time that
its life is over; yearly cost and emissions run with the days of service. What was in service
before the horizon costs its upkeep and its renewals only. Dates and prices follow the case: in
``"low"``, the case that leaves least room, measures come late and at the highest price, in
``"high"`` early and at the lowest, so that no case is sunny on one side and dark on the other.
Prices are those of the price year of each kind; nothing is indexed.
"""

from __future__ import annotations

import calendar
import datetime as dt
import math
from collections.abc import Hashable, Iterator, Mapping

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats
from stroomstad.tables.parameters import Case
from stroomstad.tables.plan import COUNTED_STATUSES, PAYERS, SHARE_COLUMNS, Plan

AMOUNTS = ("investment_eur", "yearly_eur", "co2_kg")
COST_COLUMNS = ("measure_id", "year", "payer", "budget_line", *AMOUNTS)
# The cable to what is built; its price is per metre.
CABLE_KIND = "mv_cable"
# Column of the catalogue with the price, and column of the plan with the day of service.
_PRICE = {"low": "_high", "mid": "", "high": "_low"}
_SERVICE = {"low": "in_service_late", "mid": "in_service", "high": "in_service_early"}


def unit_costs(
    measures: pd.DataFrame, kinds: pd.DataFrame, length_m: pd.Series, case: Case
) -> pd.DataFrame:
    """Cost of one unit of size of each measure.

    Parameters
    ----------
    measures
        As declared in `PLAN_MEASURES`. Euros that the plan states are those of its ``size``.
    kinds
        As declared in `MEASURE_KINDS`.
    length_m
        Cable per unit of size, by measure. A kind that is priced per unit pays the cable that it
        lays at the price of `CABLE_KIND`. [m]
    case
        Side of the band of the catalogue's prices.

    Returns
    -------
    By ``measure_id``: ``investment_eur``, ``yearly_eur``, ``co2_kg_per_year``, ``life_years`` and
    the share of each payer. Missing where nothing gives it, as for a cable of unknown length.
    """
    kind = kinds.set_index("kind").reindex(measures["kind"])
    size = measures["size"].to_numpy(dtype=float)
    column = f"investment_eur{_PRICE[case]}"
    price = kind[column].to_numpy(dtype=float)
    metres = length_m.reindex(measures["measure_id"]).to_numpy(dtype=float)
    cable = kinds.loc[kinds["kind"] == CABLE_KIND, column].sum() * np.nan_to_num(metres)
    priced = np.where(kind["cost_per"] == "m", price * metres, price + cable)
    yearly = kind[f"yearly_eur{_PRICE[case]}"].to_numpy(dtype=float)
    return pd.DataFrame(
        {
            "investment_eur": _own(measures["investment_eur"], size, priced),
            "yearly_eur": _own(measures["yearly_eur"], size, yearly),
            "co2_kg_per_year": kind["co2_kg_per_year"].to_numpy(dtype=float),
            "life_years": kind["life_years"].to_numpy(dtype=float),
            **{name: measures[name].to_numpy(dtype=float) for name in SHARE_COLUMNS},
        },
        index=pd.Index(measures["measure_id"], name="measure_id"),
    )


def costs_per_year(
    plan: Plan, kinds: pd.DataFrame, length_m: pd.Series, case: Case
) -> pd.DataFrame:
    """Cost of one unit of every measure of a plan, candidates and ideas too, year by year.

    Returns
    -------
    ``measure_id, year, investment_eur, yearly_eur, co2_kg``; one row per measure and year of the
    horizon in which a unit costs or emits something or serves.
    """
    units = unit_costs(plan.measures, kinds, length_m, case)
    rows = [
        row
        for measure, unit in zip(
            plan.measures.to_dict("records"), units.to_dict("records"), strict=True
        )
        for row in _years_of(measure, unit, plan, case)
    ]
    return _table(rows, ("measure_id", "year", *AMOUNTS))


def cost_table(plan: Plan, kinds: pd.DataFrame, length_m: pd.Series, case: Case) -> pd.DataFrame:
    """Cost of the measures of a plan that count, by year and payer.

    Parameters
    ----------
    plan
        The plan; its candidates and ideas cost nothing.
    kinds, length_m, case
        As for `unit_costs`.

    Returns
    -------
    `COST_COLUMNS`, one row per measure, year and payer; over payers they sum to the whole, also
    in emissions. ``budget_line`` is that of the measure where the line is the payer's own.
    """
    counted = plan.measures[plan.measures["status"].isin(COUNTED_STATUSES)]
    whole = costs_per_year(plan, kinds, length_m, case)
    whole = whole.merge(counted.drop(columns=list(AMOUNTS[:2])), on="measure_id")
    whole[list(AMOUNTS)] = whole[list(AMOUNTS)].mul(whole["size"], axis=0)
    payer_of = dict(zip(plan.budgets["budget_line"], plan.budgets["payer"], strict=True))
    parts = []
    for payer in PAYERS:
        part = whole[whole[f"share_{payer}"] > 0].assign(payer=payer)
        part[list(AMOUNTS)] = part[list(AMOUNTS)].mul(part[f"share_{payer}"], axis=0)
        own = part["budget_line"].map(payer_of) == payer
        parts.append(part.assign(budget_line=part["budget_line"].where(own, "")))
    costs = pd.concat(parts, ignore_index=True)[list(COST_COLUMNS)]
    rank = {name: i for i, name in enumerate(plan.measures["measure_id"])}
    order = costs.assign(rank=costs["measure_id"].map(rank)).sort_values(
        ["rank", "year"], kind="stable"
    )
    return order.drop(columns="rank").reset_index(drop=True)


def present_value(costs: pd.DataFrame, discount_rate: float, price_date_year: int) -> pd.DataFrame:
    """Bring euros of later years to the worth that they have in one year.

    Parameters
    ----------
    costs
        With ``year``, ``investment_eur`` and ``yearly_eur``, as `cost_table` gives it.
    discount_rate
        Real rate a year, larger than -1. [1]
    price_date_year
        Year to whose worth they are brought; earlier years count for more.

    Returns
    -------
    The same rows with both columns discounted. Emissions are not: a tonne stays a tonne.
    """
    factor: Floats = (1 + discount_rate) ** (price_date_year - costs["year"].to_numpy(dtype=float))
    euros = ["investment_eur", "yearly_eur"]
    return costs.assign(**costs[euros].mul(factor, axis=0))


def _own(stated_eur: pd.Series, size: Floats, otherwise: Floats) -> Floats:
    stated = stated_eur.to_numpy(dtype=float)
    per_unit = np.divide(stated, size, out=np.full(len(size), np.nan), where=size > 0)
    return np.where(np.isnan(stated), otherwise, per_unit)


def _years_of(
    measure: Mapping[Hashable, object], unit: Mapping[Hashable, float], plan: Plan, case: Case
) -> Iterator[dict[str, object]]:
    start = _day(measure[_SERVICE[case]])
    if start is None:
        return
    stop = _day(measure["until"]) or dt.date(plan.last_year, 12, 31)
    paid = set(_investment_years(start, stop, unit["life_years"]))
    for year in plan.years:
        served = _served_fraction(start, stop, year)
        if served > 0:
            yield {
                "measure_id": measure["measure_id"],
                "year": year,
                "investment_eur": unit["investment_eur"] if year in paid else 0.0,
                "yearly_eur": unit["yearly_eur"] * served,
                "co2_kg": unit["co2_kg_per_year"] * served,
            }


def _investment_years(start: dt.date, stop: dt.date, life_years: float) -> Iterator[int]:
    years = max(1, math.ceil(life_years)) if life_years > 0 else stop.year - start.year + 1
    for year in range(start.year, stop.year + 1, max(1, years)):
        # Compared as month and day, since 29 February does not come every year.
        if (year, start.month, start.day) <= (stop.year, stop.month, stop.day):
            yield year


def _served_fraction(start: dt.date, stop: dt.date, year: int) -> float:
    from_day, to_day = max(start, dt.date(year, 1, 1)), min(stop, dt.date(year, 12, 31))
    days = (to_day - from_day).days + 1
    return max(0, days) / (366 if calendar.isleap(year) else 365)


def _day(said: object) -> dt.date | None:
    return dt.date.fromisoformat(str(said)) if said else None


def _table(rows: list[dict[str, object]], columns: tuple[str, ...]) -> pd.DataFrame:
    kinds = {"measure_id": "str", "year": "int64"}
    return pd.DataFrame(
        {
            name: pd.Series([row[name] for row in rows], dtype=kinds.get(name, "float64"))
            for name in columns
        }
    )
