"""Is a plan sound: its dates, sizes, dependencies, payers and budgets, all faults at once.

What needs the grid – an unknown place, an asset that does not stand then – is told where places
are looked up.
"""

from __future__ import annotations

import datetime as dt
import difflib
import math
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from stroomstad.errors import Issue, name_some
from stroomstad.planning.money import cost_table
from stroomstad.tables.plan import COUNTED_STATUSES, PAYERS, SHARE_COLUMNS, Plan

# Shares that people write with two decimals still count as whole.
SHARE_TOLERANCE = 0.005
# A budget is not exceeded by rounding of euros.
EUR_TOLERANCE = 0.5
DAYS_PER_YEAR = 365.25
_LEAD_MOST = 1000.0  # years; a later day than the calendar has would not be told
_SIDES = {"in_service_early": " at the earliest", "in_service_late": " at the latest"}
# Units of which no part can be built.
_WHOLE_UNITS = ("station", "cable", "transformer", "hub")
_SERVICE = ("in_service_early", "in_service", "in_service_late")

Row = Mapping[Hashable, object]


def plan_issues(plan: Plan, kinds: pd.DataFrame) -> list[Issue]:
    """Find every fault of a plan that shows without its city.

    Parameters
    ----------
    plan
        The plan.
    kinds
        As declared in `MEASURE_KINDS`.

    Returns
    -------
    Faults, and warnings for what is odd but may be meant, in the order of the plan. Budgets are
    held against all cost but cable of which the length is not known yet; `budget_issues` does so
    with every cost.
    """
    measures: Sequence[Row] = plan.measures.to_dict("records")
    by_kind: Mapping[Hashable, Row] = kinds.set_index("kind").to_dict("index")
    lines = {str(line["budget_line"]): line for line in plan.budgets.to_dict("records")}
    issues = [*_horizon_issues(plan), *_repeated(plan.measures["measure_id"], "measure")]
    for measure in measures:
        kind = by_kind.get(measure["kind"])
        issues += _size_issues(measure, kind)
        issues += _kind_issues(measure, kind, by_kind)
        issues += _date_issues(measure, plan)
        issues += _lead_time_issues(measure, kind)
        issues += _payer_issues(measure, lines)
    issues += _dependency_issues(measures)
    issues += _circle_issues(measures)
    issues += _overlap_issues(measures, by_kind)
    issues += _budget_line_issues(plan.budgets)
    issues += _promise_issues(plan)
    return [*issues, *_spent_issues(plan, kinds, issues)]


def budget_issues(plan: Plan, costs: pd.DataFrame) -> list[Issue]:
    """Find the budget lines that the measures of a plan exceed.

    Parameters
    ----------
    plan
        The plan.
    costs
        As `cost_table` gives them; costs that are missing are left out.

    Returns
    -------
    One fault per line, with the first year in which it is empty and the euros above it.
    """
    issues = []
    for line in plan.budgets.to_dict("records"):
        first, last = int(line["first_year"]), int(line["last_year"])
        mine = costs[(costs["budget_line"] == line["budget_line"]) & costs["year"].ge(first)]
        mine = mine[mine["year"] <= last]
        spent_eur = mine["investment_eur"].fillna(0) + mine["yearly_eur"].fillna(0)
        total_eur = spent_eur.groupby(mine["year"]).sum().sort_index().cumsum()
        above = total_eur[total_eur > line["eur"] + EUR_TOLERANCE]
        if above.empty:
            continue
        problem = (
            f"{line['eur']:,.0f} EUR for {first} to {last} is spent in {above.index[0]}; "
            f"the measures ask {total_eur.iloc[-1]:,.0f} EUR in all, "
            f"{total_eur.iloc[-1] - line['eur']:,.0f} EUR more."
        )
        remedy = "Raise the budget, take measures out, or let another payer bear a share."
        issues.append(Issue(f"budget {line['budget_line']}", problem, remedy))
    return issues


def _spent_issues(plan: Plan, kinds: pd.DataFrame, told: list[Issue]) -> list[Issue]:
    """Budgets exceeded by the measures that are sound, cable of unknown length left out."""
    faulty = {issue.where for issue in told if issue.severity == "fault"}
    sound = ~("measure " + plan.measures["measure_id"]).isin(faulty)
    lines = ~("budget " + plan.budgets["budget_line"]).isin(faulty)
    partly = replace(plan, measures=plan.measures[sound], budgets=plan.budgets[lines])
    no_cable = pd.Series(0.0, index=partly.measures["measure_id"])
    return budget_issues(partly, cost_table(partly, kinds, no_cable, "mid"))


def _horizon_issues(plan: Plan) -> list[Issue]:
    if plan.first_year <= plan.last_year:
        return []
    problem = f"first_year is {plan.first_year} and last_year {plan.last_year}."
    return [Issue("plan", problem, "Let the plan end in or after its first year.")]


def _repeated(names: pd.Series, what: str) -> list[Issue]:
    return [
        Issue(f"{what} {name}", "occurs more than once.", "Give each a name of its own.")
        for name in dict.fromkeys(names[names.duplicated()])
    ]


def _size_issues(measure: Row, kind: Row | None) -> list[Issue]:
    where, issues = _where(measure), []
    unit = f" {kind['unit']}" if kind else ""
    size, most = _value(measure["size"]), _value(measure["size_max"])
    if size <= 0:
        remedy = "Write how much of it is built, above 0."
        issues.append(Issue(where, f"size is {size:g}{unit}.", remedy))
    if unit.strip() in _WHOLE_UNITS and not (size.is_integer() and most.is_integer()):
        part = size if not size.is_integer() else most
        remedy = "Write a whole number of them."
        issues.append(
            Issue(where, f"size is {part:g}{unit}, which cannot be built in part.", remedy)
        )
    if most < size:
        problem = f"size_max {most:g}{unit} is below size {size:g}{unit}."
        issues.append(Issue(where, problem, "Let the largest size be at least the size."))
    if most > size and measure["status"] not in ("", "candidate"):
        problem = f"has a size_max of {most:g}{unit}, but status {measure['status']}."
        issues.append(Issue(where, problem, "Make it a candidate, or leave size_max out."))
    for name in ("kw_per_unit", "limit_kw", "lead_time_years", "investment_eur", "yearly_eur"):
        value = _value(measure[name])
        if value < 0:
            problem = f"{name} is {value:g}."
            issues.append(Issue(where, problem, "Write a number that is not below 0."))
    return issues


def _kind_issues(measure: Row, kind: Row | None, by_kind: Mapping[Hashable, Row]) -> list[Issue]:
    where = _where(measure)
    if kind is None and not measure["kind"]:
        return []  # it could not be read, which is told already
    if kind is None:
        near = difflib.get_close_matches(str(measure["kind"]), map(str, by_kind), n=1)
        known = name_some([str(name) for name in by_kind], most=40)
        remedy = f"Write {near[0]}." if near else f"Use one of {known}."
        return [Issue(where, f"kind {measure['kind']!r} is not in the catalogue.", remedy)]
    issues = []
    for name in ("investment_eur", "yearly_eur"):
        if math.isnan(_value(measure[name])) and math.isnan(_value(kind[name])):
            problem = f"has no {name}, and the catalogue has none for {measure['kind']}."
            issues.append(Issue(where, problem, f"State {name} of the whole measure."))
    limited = not math.isnan(_value(measure["limit_kw"]))
    if kind["shape"] == "cap" and not limited:
        problem = "has no limit_kw."
        issues.append(Issue(where, problem, "State the limit that its members share, in kW."))
    if kind["shape"] != "cap" and limited:
        problem = f"has a limit_kw, which {measure['kind']} does not use."
        issues.append(Issue(where, problem, "Leave limit_kw out, or choose energy_hub."))
    if not measure["source"] and not measure["assumed"]:
        problem, remedy = "names no source.", "Write source, or assumed = true."
        issues.append(Issue(where, problem, remedy, "warning"))
    return issues


def _date_issues(measure: Row, plan: Plan) -> list[Issue]:
    where, issues = _where(measure), []
    early, expected, late = (str(measure[name]) for name in _SERVICE)
    until, decided = str(measure["until"]), str(measure["decided_on"])
    if not expected:
        return []
    # Days are ISO 8601, so that their texts order as they do.
    if not early <= expected <= late:
        problem = f"in_service early {early}, expected {expected} and late {late} do not follow."
        issues.append(Issue(where, problem, "Put them in order of time."))
    if until and until < max(expected, late):
        problem = f"ends on {until}, before it is in service on {max(expected, late)}."
        issues.append(Issue(where, problem, "Mend until or in_service."))
    if decided > expected:
        problem = f"is decided on {decided}, after it is in service on {expected}."
        issues.append(Issue(where, problem, "Mend decided_on or in_service."))
    if measure["status"] in ("decided", "built") and not decided:
        problem = f"has status {measure['status']}, but no decided_on."
        issues.append(Issue(where, problem, "State the day of the decision.", "warning"))
    if expected > f"{plan.last_year}-12-31" and not issues:
        problem = f"is in service on {expected}, after the plan ends with {plan.last_year}."
        remedy = "It counts for nothing; lengthen the plan, or leave it out."
        issues.append(Issue(where, problem, remedy, "warning"))
    if until and until < f"{plan.first_year}-01-01":
        problem = f"ends on {until}, before the plan begins with {plan.first_year}."
        remedy = "It counts for nothing; leave it out."
        issues.append(Issue(where, problem, remedy, "warning"))
    return issues


def _lead_time_issues(measure: Row, kind: Row | None) -> list[Issue]:
    # What stands has proved its lead time, and what nobody decided has not begun it.
    decided, expected = str(measure["decided_on"]), str(measure["in_service"])
    if not decided or not expected or decided > expected or measure["status"] == "built":
        return []
    own = _value(measure["lead_time_years"])
    years = _value(kind["lead_time_years"]) if kind and math.isnan(own) else own
    if math.isnan(years) or years < 0:
        return []
    lead = dt.timedelta(days=math.floor(min(years, _LEAD_MOST) * DAYS_PER_YEAR))
    ready = (dt.date.fromisoformat(decided) + lead).isoformat()
    problem = f"decided on {decided} with a lead time of {years:g} years it is ready on {ready}, "
    if ready > expected:
        problem += f"after its service begins on {expected}."
        remedy = "Decide earlier, let it come later, or state lead_time_years of your own."
        return [Issue(_where(measure), problem, remedy)]
    early = str(measure["in_service_early"])
    if ready > early:
        problem += f"after the early day of service, {early}."
        return [Issue(_where(measure), problem, "Let early be no earlier than that.", "warning")]
    return []


def _payer_issues(measure: Row, lines: Mapping[str, Row]) -> list[Issue]:
    where, issues = _where(measure), []
    shares: dict[object, float] = {
        payer: _value(measure[column]) for payer, column in zip(PAYERS, SHARE_COLUMNS, strict=True)
    }
    total, line_name = sum(shares.values()), str(measure["budget_line"])
    wrong = [f"{payer} {share:g}" for payer, share in shares.items() if share < 0 or share > 1]
    if wrong:
        problem = f"shares of {name_some(wrong)} are not between 0 and 1."
        issues.append(Issue(where, problem, "Write parts of the whole, such as 0.4."))
    elif total == 0:
        issues.append(Issue(where, "nobody pays it.", "Name payers with their shares."))
    elif abs(total - 1) > SHARE_TOLERANCE:
        problem = f"the shares of its payers sum to {total:g}."
        issues.append(Issue(where, problem, "Let them sum to 1."))
    line = lines.get(line_name)
    if line_name and line is None:
        problem = f"budget line {line_name!r} is not in the plan."
        remedy = f"Use one of {name_some(list(lines))}." if lines else "Add it under [[budget]]."
        issues.append(Issue(where, problem, remedy))
    elif line is not None and shares.get(line["payer"]) == 0:
        problem = f"is on budget line {line_name} of the {line['payer']}, which pays no share."
        issues.append(Issue(where, problem, "Give that payer a share, or choose another line."))
    return issues


def _dependency_issues(measures: Sequence[Row]) -> list[Issue]:
    by_id = {str(measure["measure_id"]): measure for measure in measures}
    issues = []
    for measure in measures:
        for name in str(measure["depends_on"]).split():
            found = by_id.get(name)
            if found is None:
                problem = f"depends on {name}, which is not in the plan."
                issues.append(Issue(_where(measure), problem, "Name the id of a measure."))
            elif name != measure["measure_id"]:
                issues += _link_issues(measure, found)
    return issues


def _link_issues(measure: Row, needed: Row) -> Iterator[Issue]:
    where, name = _where(measure), needed["measure_id"]
    for column, side in (("in_service", ""), *_SIDES.items()):
        mine, its = str(measure[column]), str(needed[column])
        if mine and its > mine:
            problem = f"is in service{side} on {mine}, but depends on {name}, which is on {its}."
            yield Issue(where, problem, "Let it come later, or the other earlier.")
            break
    until = str(needed["until"])
    if until and (not measure["until"] or str(measure["until"]) > until):
        problem = f"depends on {name}, which ends on {until}, before this one does."
        yield Issue(where, problem, "Let it end no later than what it needs.")
    weaker = {"idea": ("candidate", *COUNTED_STATUSES), "candidate": COUNTED_STATUSES}
    if measure["status"] in weaker.get(str(needed["status"]), ()):
        problem = (
            f"is {measure['status']}, but depends on {name}, which is only {needed['status']}."
        )
        yield Issue(where, problem, "Give both a status that fits, or drop the dependency.")


def _circle_issues(measures: Sequence[Row]) -> list[Issue]:
    """Faults for measures that wait for each other, one per circle."""
    needs = {str(m["measure_id"]): str(m["depends_on"]).split() for m in measures}
    links = [(name, need) for name, all_ in needs.items() for need in all_ if need in needs]
    at = {name: position for position, name in enumerate(needs)}
    graph = coo_array(
        (np.ones(len(links)), ([at[a] for a, _ in links], [at[b] for _, b in links])),
        shape=(len(needs), len(needs)),
    )
    _, group = connected_components(graph, directed=True, connection="strong")
    names = list(needs)
    issues = []
    for number in dict.fromkeys(group.tolist()):
        members = [names[i] for i in np.flatnonzero(group == number)]
        if len(members) > 1 or members[0] in needs[members[0]]:
            others = f" by way of {name_some(members[1:])}" if members[1:] else ""
            problem = f"waits for itself{others}."
            remedy = "Take one of these out of depends_on."
            issues.append(Issue(f"measure {members[0]}", problem, remedy))
    return issues


def _overlap_issues(measures: Sequence[Row], by_kind: Mapping[Hashable, Row]) -> Iterator[Issue]:
    """Hubs with two limits at once, and measures that seem to have been copied."""
    before: dict[tuple[object, object], list[Row]] = {}
    for measure in measures:
        same = before.setdefault((measure["kind"], measure["place"]), [])
        shape = by_kind.get(measure["kind"], {}).get("shape")
        for other in same if measure["place"] else []:
            if _overlap(measure, other):
                yield from _pair_issues(measure, other, capped=shape == "cap")
        same.append(measure)


def _pair_issues(measure: Row, other: Row, *, capped: bool) -> Iterator[Issue]:
    where, name = _where(measure), other["measure_id"]
    if capped:
        problem = f"runs at {measure['place']} while {name} does."
        remedy = "One place has one shared limit: let one end before the other begins."
        yield Issue(where, problem, remedy)
    elif all(measure[column] == other[column] for column in ("size", "in_service")):
        problem = f"is the same as {name}: kind, place, size and day."
        yield Issue(where, problem, "Leave one out, unless both are meant.", "warning")


def _overlap(one: Row, other: Row) -> bool:
    if "candidate" in (one["status"], other["status"]) or not one["in_service"]:
        return False
    ends = [str(each["until"]) or "9999-12-31" for each in (one, other)]
    starts = [str(each["in_service"]) for each in (one, other)]
    return starts[0] <= ends[1] and starts[1] <= ends[0]


def _budget_line_issues(budgets: pd.DataFrame) -> list[Issue]:
    issues = _repeated(budgets["budget_line"], "budget")
    for line in budgets.to_dict("records"):
        where = f"budget {line['budget_line']}"
        if line["eur"] < 0:
            problem = f"eur is {line['eur']:,.0f}."
            issues.append(Issue(where, problem, "Write euros, not below 0."))
        if line["last_year"] < line["first_year"]:
            problem = f"runs from {line['first_year']} to {line['last_year']}."
            issues.append(Issue(where, problem, "Let it end in or after its first year."))
    return issues


def _promise_issues(plan: Plan) -> list[Issue]:
    issues = []
    for project, rows in plan.promises.groupby("project_id", sort=False):
        where = f"promise {project}"
        ordered = rows.sort_values("year", kind="stable")
        outside = [str(year) for year in ordered["year"] if year not in plan.years]
        if outside:
            problem = f"{name_some(outside)} is outside {plan.first_year} to {plan.last_year}."
            issues.append(Issue(where, problem, "Promise within the years of the plan."))
        if ordered["year"].duplicated().any():
            twice = name_some([str(year) for year in ordered["year"][ordered["year"].duplicated()]])
            issues.append(Issue(where, f"{twice} occurs more than once.", "Keep one size a year."))
        if (ordered["size"] < 0).any() or (ordered["size"].diff() < 0).any():
            problem = f"sizes {name_some([f'{size:g}' for size in ordered['size']])} do not rise."
            remedy = "Write what is connected in all by then: nothing is taken away again."
            issues.append(Issue(where, problem, remedy))
    return issues


def _where(measure: Row) -> str:
    return f"measure {measure['measure_id']}"


def _value(number: object) -> float:
    return float(str(number))
