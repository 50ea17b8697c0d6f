"""Which measures of a plan stand on a date, under what, and with how much power per unit.

A measure counts once it is planned, decided or built. It stands from its first day of service,
the late one in the case with least room and the early one in that with most, to its last.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from stroomstad.measures.twin import Site
from stroomstad.tables.parameters import Case
from stroomstad.tables.plan import COUNTED_STATUSES, Plan

NEW_STATION = "new_station"
LARGER_STATION = "larger_station"
LV_CABLE = "lv_cable"
MV_CABLE = "mv_cable"
SUBSTATION_TRANSFORMER = "substation_transformer"
GRID_KINDS = (NEW_STATION, LARGER_STATION, LV_CABLE, MV_CABLE, SUBSTATION_TRANSFORMER)

CANDIDATE = "candidate"
_POWER: dict[Case, str] = {"low": "kw_low", "mid": "kw", "high": "kw_high"}
_OTHER_SIDE: dict[Case, Case] = {"low": "high", "mid": "mid", "high": "low"}
ENDLESS = "9999-12-31"


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure as far as the grid is concerned; fields as in ``PLAN_MEASURES``."""

    measure_id: str
    kind: str
    place: str
    size: float
    size_max: float
    in_service: str
    in_service_early: str
    in_service_late: str
    until: str
    depends_on: str
    status: str
    kw_per_unit: float
    limit_kw: float

    @property
    def counts(self) -> bool:
        """Whether it is planned, decided or built."""
        return self.status in COUNTED_STATUSES

    @property
    def is_candidate(self) -> bool:
        """Whether a search may choose it."""
        return self.status == CANDIDATE

    def start(self, case: Case) -> str:
        """First day of its own service in a case."""
        in_case = {"low": self.in_service_late, "high": self.in_service_early}
        return in_case.get(case, "") or self.in_service


def measures_of(plan: Plan) -> tuple[Measure, ...]:
    """Measures of a plan, in its order; a missing text reads as empty."""
    columns = []
    for field in fields(Measure):
        cells = plan.measures[field.name].tolist()
        is_number = field.type == "float"
        columns.append(
            cells if is_number else ["" if pd.isna(cell) else str(cell) for cell in cells]
        )
    return tuple(Measure(*values) for values in zip(*columns, strict=True))


def standing_sizes(
    plan: Plan, sites: Mapping[str, Site], on: dt.date, case: Case
) -> dict[str, float]:
    """Size of each counted measure that is in service on a date.

    Parameters
    ----------
    plan, sites
        The plan, and the site of the place of each of its measures.
    on
        The date.
    case
        Which date of service counts.
    """
    wanted = {measure.measure_id for measure in measures_of(plan) if measure.counts}
    return {
        measure.measure_id: measure.size
        for measure in in_service(plan, sites, on, case)
        if measure.measure_id in wanted
    }


def in_service(
    plan: Plan, sites: Mapping[str, Site], on: dt.date, case: Case
) -> tuple[Measure, ...]:
    """Measures in service on a date, whatever their status, in the order of the plan.

    Notes
    -----
    A measure waits for the counted measures that it depends on, and a new station for the new
    feeder that it hangs under, with which it also ends.
    """
    day = on.isoformat()
    days = service_days(plan, sites, case)
    return tuple(
        measure
        for measure in measures_of(plan)
        if days[measure.measure_id][0] <= day <= days[measure.measure_id][1]
    )


def service_days(plan: Plan, sites: Mapping[str, Site], case: Case) -> dict[str, tuple[str, str]]:
    """First and last day of service of each measure, after all that it waits for.

    As `in_service`; what stays ends on a day beyond all others. Days are ISO 8601.
    """
    measures = measures_of(plan)
    above = new_feeders(plan, sites)
    starts = _starts(measures, above, case)
    ends = {measure.measure_id: measure.until or ENDLESS for measure in measures}
    for station, feeder in above.items():
        ends[station] = min(ends[station], ends[feeder])
    return {name: (starts[name], ends[name]) for name in starts}


def _starts(measures: tuple[Measure, ...], above: Mapping[str, str], case: Case) -> dict[str, str]:
    """First day of service of each measure, after all that it waits for."""
    starts = {measure.measure_id: measure.start(case) for measure in measures}
    counts = {measure.measure_id for measure in measures if measure.counts}
    waits = {
        measure.measure_id: [
            *[name for name in measure.depends_on.split() if name in counts],
            *[above[name] for name in (measure.measure_id,) if name in above],
        ]
        for measure in measures
    }
    # As often as there are measures: by then the longest chain has been walked.
    for _ in measures:
        later = {
            name: max([own, *(starts[other] for other in waits[name])])
            for name, own in starts.items()
        }
        if later == starts:
            break
        starts = later
    return starts


def makes_node(site: Site) -> bool:
    """Tell whether a medium-voltage cable to this place is a new feeder, with a node at its end."""
    return site.kind not in ("feeder", "cable")


def new_feeders(plan: Plan, sites: Mapping[str, Site]) -> dict[str, str]:
    """Measure of the new feeder under which each new station hangs, where there is one.

    Notes
    -----
    A station that counts hangs under a feeder that counts; a candidate may also hang under a
    candidate. Of several feeders to one place the first by identifier is taken.
    """
    measures = sorted(measures_of(plan), key=lambda measure: measure.measure_id)
    firm: dict[str, str] = {}
    open_: dict[str, str] = {}
    for measure in measures:
        if measure.kind == MV_CABLE and makes_node(sites[measure.place]):
            if measure.counts:
                firm.setdefault(measure.place, measure.measure_id)
            elif measure.is_candidate:
                open_.setdefault(measure.place, measure.measure_id)
    either = open_ | firm
    under = {
        measure.measure_id: (firm if measure.counts else either).get(measure.place)
        for measure in measures
        if measure.kind == NEW_STATION
    }
    return {station: cable for station, cable in under.items() if cable is not None}


def plan_node(measure_id: str) -> str:
    """Identifier of what a measure builds: its station, or its feeder and the node at its end."""
    return f"plan-{measure_id}"


def busbar(measure_id: str) -> str:
    """Identifier of the low-voltage busbar of a measure's new stations."""
    return f"{plan_node(measure_id)}-lv"


def power_kw(kinds: pd.DataFrame, measure: Measure, case: Case) -> float:
    """Firm power of one unit of a measure: its own, or else that of its kind in a case. [kW].

    Parameters
    ----------
    kinds
        As declared in ``MEASURE_KINDS``.
    measure
        The measure.
    case
        ``low`` takes the most of what draws power, and the least of what takes power away or
        adds capacity; ``high`` the other way round.
    """
    if not np.isnan(measure.kw_per_unit):
        return measure.kw_per_unit
    kind = kind_of(kinds, measure)
    side = _OTHER_SIDE[case] if kind["group"] == "demand" else case
    return float(kind[_POWER[side]])


def kind_of(kinds: pd.DataFrame, measure: Measure) -> pd.Series:
    """Row of the catalogue of a measure's kind."""
    return kinds.iloc[int(np.flatnonzero(kinds["kind"] == measure.kind)[0])]
