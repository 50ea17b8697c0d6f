"""Whether what a measure acts on stands while the measure does.

What stood in the base year always does. What the plan builds stands from the first day of
service of what builds it to the last, and acts on nothing before: so a measure that needs it
may be in service neither earlier nor longer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from stroomstad.errors import Issue, name_some
from stroomstad.measures.standing import (
    ENDLESS,
    GRID_KINDS,
    MV_CABLE,
    NEW_STATION,
    Measure,
    kind_of,
    makes_node,
    measures_of,
    new_feeders,
    plan_node,
    service_days,
)
from stroomstad.measures.twin import Site, Twin
from stroomstad.tables.plan import Plan

_ACTS_ON_STATIONS = ("stations", "new_homes", "feeders")


def absence_issues(twin: Twin, plan: Plan, sites: Mapping[str, Site]) -> list[Issue]:
    """Find the counted measures that act on what the plan has not built yet, or no longer has.

    Parameters
    ----------
    twin
        The city as it stands.
    plan
        The plan; what is not of a known kind and place is left out.
    sites
        The sites that are known, by place.

    Notes
    -----
    Dates are held against each other on the expected days. What a measure says that it depends
    on is told among its dependencies.
    """
    known = plan.measures["place"].isin(list(sites))
    known &= plan.measures["kind"].isin(twin.catalogue.kinds["kind"])
    plan = replace(plan, measures=plan.measures[known])
    days, above = service_days(plan, sites, "mid"), new_feeders(plan, sites)
    measures = measures_of(plan)
    issues: list[Issue] = []
    for measure in measures:
        needed = _needed(twin, measure, measures, sites[measure.place], above)
        if measure.counts and needed and not _depends_on(measure, needed):
            issues += _told(measure, needed, days)
    return issues


def built_names(measure_id: str, kind: str) -> tuple[str, ...]:
    """Names under which a person may look for what a measure builds; none where it builds nothing.

    Examples
    --------
    >>> built_names("feeder-west", "mv_cable")
    ('feeder-west', 'plan-feeder-west', 'plan-feeder-west-cable')
    """
    if kind not in (NEW_STATION, MV_CABLE):
        return ()
    node = plan_node(measure_id)
    return (measure_id, node, f"{node}-cable")


def _needed(
    twin: Twin,
    measure: Measure,
    measures: tuple[Measure, ...],
    site: Site,
    above: Mapping[str, str],
) -> list[Measure]:
    """Measures that build what another acts on: its feeder, or the stations of an empty place."""
    if measure.kind == NEW_STATION:
        return [other for other in measures if other.measure_id == above.get(measure.measure_id)]
    if measure.kind in GRID_KINDS or site.stations or site.kind == "station":
        return []
    if kind_of(twin.catalogue.kinds, measure)["acts_at"] not in _ACTS_ON_STATIONS:
        return []
    there = [other for other in measures if other.place == measure.place]
    built = [other for other in there if other.counts or other.is_candidate]
    stations = [other for other in built if other.kind == NEW_STATION]
    feeders = [other for other in built if other.kind == MV_CABLE and makes_node(site)]
    found = stations or feeders
    return [other for other in found if other.counts] or found


def _depends_on(measure: Measure, needed: list[Measure]) -> bool:
    return any(other.measure_id in measure.depends_on.split() for other in needed)


def _told(
    measure: Measure, needed: list[Measure], days: Mapping[str, tuple[str, str]]
) -> Iterator[Issue]:
    where = f"measure {measure.measure_id}"
    names = name_some([other.measure_id for other in needed])
    what = f"acts on what {names} builds at {measure.place!r}"
    if not needed[0].counts:
        remedy = "Give both a status that fits, or choose a place where something stands."
        yield Issue(where, f"{what}, which is only a candidate.", remedy)
        return
    first = min(days[other.measure_id][0] for other in needed)
    last = max(days[other.measure_id][1] for other in needed)
    if measure.in_service < first:
        problem = f"{what}, which stands from {first}, and is in service on {measure.in_service}."
        yield Issue(where, problem, "Let it come later, or what it needs earlier.")
    if last < (measure.until or ENDLESS):
        problem = f"{what}, which ends on {last}, before this one does."
        yield Issue(where, problem, "Let it end no later than what it needs.")
