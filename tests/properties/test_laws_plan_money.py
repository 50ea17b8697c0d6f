"""Laws of money and of plans as text: nothing lost between payers, linear, and back to itself."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_texts import make_catalogue, measure, no_outlines, sound

from stroomstad.planning.checks import plan_issues
from stroomstad.planning.money import AMOUNTS, cost_table, costs_per_year, present_value
from stroomstad.planning.plan_text import plan_as_toml, read_plan
from stroomstad.tables.plan import PAYERS

KINDS = make_catalogue().kinds
FEW = settings(max_examples=20, deadline=None)
EUR = ["investment_eur", "yearly_eur"]
cases = st.sampled_from(["low", "mid", "high"])
years = st.integers(2015, 2045)
sizes = st.integers(1, 5000)
days = st.dates(pd.Timestamp(2015, 1, 1).date(), pd.Timestamp(2045, 12, 31).date())


@st.composite
def shares(draw):
    parts = draw(st.lists(st.integers(1, 9), min_size=1, max_size=len(PAYERS)))
    names = draw(st.permutations(PAYERS))
    return {name: part / sum(parts) for name, part in zip(names, parts, strict=False)}


@st.composite
def measures(draw, number=0):
    kind = draw(st.sampled_from(sorted(set(KINDS["kind"]) - {"energy_hub"})))
    stated = draw(st.booleans())
    return measure(
        f"m-{number}",
        kind=kind,
        size=draw(sizes),
        in_service=draw(st.one_of(years, days)),
        payers=draw(shares()),
        investment_eur=draw(st.integers(0, 10**6)) if stated else None,
        assumed=draw(st.booleans()),
    )


@st.composite
def plans(draw):
    count = draw(st.integers(1, 4))
    return sound([draw(measures(number)) for number in range(count)])


def lengths(plan):
    return pd.Series(250.0, index=plan.measures["measure_id"])


@FEW
@given(plans(), cases)
def test_cost_by_payer_sums_to_the_whole(plan, case):
    units = costs_per_year(plan, KINDS, lengths(plan), case)
    size = plan.measures.set_index("measure_id")["size"].loc[units["measure_id"]].to_numpy()
    costs = cost_table(plan, KINDS, lengths(plan), case)
    for amount in AMOUNTS:
        assert np.isclose(costs[amount].sum(), (units[amount] * size).sum(), rtol=1e-9)
    assert not costs.duplicated(["measure_id", "year", "payer"]).any()


@FEW
@given(plans(), cases, st.integers(2, 7))
def test_cost_is_linear_in_size(plan, case, factor):
    priced = sound(
        [
            {key: value for key, value in entry.items() if key != "investment_eur"}
            for entry in plan_as_toml(plan)["measure"]
        ]
    )
    larger = priced.measures.assign(
        size=priced.measures["size"] * factor, size_max=priced.measures["size"] * factor
    )
    one = cost_table(priced, KINDS, lengths(plan), case)
    other = cost_table(type(priced)(*_fields(priced, measures=larger)), KINDS, lengths(plan), case)
    assert np.allclose(one[list(AMOUNTS)] * factor, other[list(AMOUNTS)], rtol=1e-9)


def _fields(plan, **changes):
    names = ("name", "city", "first_year", "last_year", "outlook", "measures", "budgets",
             "promises", "outlines")  # fmt: skip
    return [changes.get(name, getattr(plan, name)) for name in names]


@FEW
@given(measures(), cases, st.integers(2037, 2045))
def test_a_measure_after_the_horizon_costs_nothing_in_it(entry, case, year):
    plan = sound([entry | {"in_service": year}])
    assert cost_table(plan, KINDS, lengths(plan), case).empty


@FEW
@given(plans(), cases, st.integers(2020, 2040))
def test_at_a_rate_of_zero_the_present_value_is_the_sum(plan, case, year):
    costs = cost_table(plan, KINDS, lengths(plan), case)
    pd.testing.assert_frame_equal(present_value(costs, 0.0, year), costs)


@FEW
@given(plans(), cases, st.floats(0.001, 0.2))
def test_a_higher_rate_never_makes_later_euros_worth_more(plan, case, rate):
    costs = cost_table(plan, KINDS, lengths(plan), case)
    now = present_value(costs, rate, 2026)
    assert (now[EUR].to_numpy() <= costs[EUR].to_numpy() + 1e-9).all()


@FEW
@given(plans(), plans(), cases)
def test_costs_of_measures_add_up(one, other, case):
    second = other.measures.assign(measure_id="n-" + other.measures["measure_id"])
    both = type(one)(*_fields(one, measures=pd.concat([one.measures, second], ignore_index=True)))
    whole = cost_table(both, KINDS, lengths(both), case)[list(AMOUNTS)].sum()
    parts = [cost_table(p, KINDS, lengths(p), case)[list(AMOUNTS)].sum() for p in (one, other)]
    assert np.allclose(whole, parts[0] + parts[1], rtol=1e-9)


@FEW
@given(plans())
def test_a_plan_as_text_reads_back_to_itself(plan):
    again, issues = read_plan(plan_as_toml(plan), "plan.toml", no_outlines(), KINDS)
    assert issues == []
    pd.testing.assert_frame_equal(plan.measures, again.measures)


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "kind", "size", "expected", "x"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)
keys = st.sampled_from([*measure(), "payers", "until", "depends_on", "budget_line", "x"])


@FEW
@given(st.lists(st.dictionaries(keys, json_like, max_size=6), max_size=3), json_like)
def test_whatever_is_written_is_told_and_never_breaks(entries, first_year):
    raw = {"name": "p", "city": "c", "first_year": first_year, "last_year": 2036}
    plan, issues = read_plan(raw | {"measure": entries}, "plan.toml", no_outlines(), KINDS)
    assert (plan is None) == any(issue.severity == "fault" for issue in issues)
    if plan is not None:
        plan_issues(plan, KINDS)
