"""What measures cost, by hand."""

import numpy as np
import pandas as pd
import pytest
from plan_texts import make_catalogue, measure, sound

from stroomstad.planning.money import (
    COST_COLUMNS,
    cost_table,
    costs_per_year,
    present_value,
    unit_costs,
)

KINDS = make_catalogue().kinds
NO_CABLE = pd.Series(dtype=float)


def costs_of(*measures, case="mid", length_m=NO_CABLE, budgets=()):
    return cost_table(sound(measures, budgets), KINDS, length_m, case)


def by_year(costs, column):
    return costs.groupby("year")[column].sum().to_dict()


def test_an_investment_falls_in_the_year_of_service_and_yearly_cost_runs_on():
    costs = costs_of(measure(size=10, in_service=2034))
    assert by_year(costs, "investment_eur") == {2034: 6500.0, 2035: 0.0, 2036: 0.0}
    assert by_year(costs, "yearly_eur") == {2034: 650.0, 2035: 650.0, 2036: 650.0}
    assert by_year(costs, "co2_kg") == {2034: 2300.0, 2035: 2300.0, 2036: 2300.0}


def test_yearly_cost_counts_the_days_of_service():
    costs = costs_of(measure(in_service="2034-07-02", until="2036-01-31"))
    share = {2034: 183 / 365, 2035: 1.0, 2036: 31 / 366}
    assert by_year(costs, "yearly_eur") == pytest.approx({y: 650 * s for y, s in share.items()})


def test_a_measure_after_the_horizon_costs_nothing():
    assert costs_of(measure(in_service=2037)).empty


def test_what_ended_before_the_horizon_costs_nothing():
    assert costs_of(measure(in_service=2020, until=2025, status="built")).empty


def test_what_stood_before_costs_its_upkeep_only():
    costs = costs_of(measure(in_service=2020, status="built"))
    assert costs["investment_eur"].sum() == 0
    assert by_year(costs, "yearly_eur")[2026] == 650.0


def test_what_wears_out_is_paid_again_while_it_serves():
    chargers = measure(kind="chargers", size=1, in_service="2026-07-01")
    renewed = by_year(costs_of(chargers), "investment_eur")
    assert {year for year, eur in renewed.items() if eur} == {2026, 2036}
    ends = by_year(costs_of(chargers | {"until": "2036-06-30"}), "investment_eur")
    assert {year for year, eur in ends.items() if eur} == {2026}


def test_what_stood_before_is_renewed_within_the_horizon():
    costs = costs_of(measure(kind="chargers", size=1, in_service=2020, status="built"))
    paid = by_year(costs, "investment_eur")
    assert {year for year, eur in paid.items() if eur} == {2030}


@pytest.mark.parametrize("status", ["idea", "candidate"])
def test_only_what_counts_costs(status):
    assert costs_of(measure(status=status)).empty


def test_an_empty_plan_costs_nothing_and_keeps_its_columns():
    costs = costs_of()
    assert costs.empty
    assert list(costs.columns) == list(COST_COLUMNS)
    assert present_value(costs, 0.0225, 2026).empty


def test_cost_is_shared_among_payers():
    costs = costs_of(measure(payers={"municipality": 0.25, "state": 0.75}))
    paid = costs.groupby("payer")["investment_eur"].sum().to_dict()
    assert paid == {"municipality": 1625.0, "state": 4875.0}


def test_a_budget_line_bears_the_share_of_its_own_payer_only():
    line = {"line": "energy", "payer": "municipality", "eur": 1e6}
    shared = measure(payers={"municipality": 0.25, "state": 0.75}, budget_line="energy")
    costs = costs_of(shared, budgets=[line])
    lines = costs.groupby("payer")["budget_line"].unique().map(list).to_dict()
    assert lines == {"municipality": ["energy"], "state": [""]}


def test_euros_of_the_plan_replace_the_catalogue():
    costs = costs_of(measure(investment_eur=900, yearly_eur=0))
    assert costs["investment_eur"].sum() == 900
    assert costs["yearly_eur"].sum() == 0


def test_cable_is_priced_by_the_metre():
    cable = measure("c", kind="mv_cable", size=2)
    assert costs_of(cable, length_m=pd.Series({"c": 500.0}))["investment_eur"].sum() == 160_000


def test_cable_of_unknown_length_is_missing_and_not_free():
    costs = costs_of(measure("c", kind="mv_cable", size=2))
    assert np.isnan(costs["investment_eur"].iloc[0])


def test_what_lays_a_cable_pays_it_beside_its_price():
    station = measure("s", kind="new_station", size=3)
    costs = costs_of(station, length_m=pd.Series({"s": 100.0}))
    assert costs["investment_eur"].sum() == 3 * (125_000 + 100 * 160)
    assert costs_of(station)["investment_eur"].sum() == 3 * 125_000


def test_the_case_with_least_room_is_the_dear_and_late_one():
    uncertain = measure(size=1, in_service={"early": 2030, "expected": 2031, "late": 2033})
    paid = {
        case: by_year(costs_of(uncertain, case=case), "investment_eur")
        for case in ("low", "mid", "high")
    }
    first = {case: (min(years), years[min(years)]) for case, years in paid.items()}
    assert first == {"low": (2033, 1000.0), "mid": (2031, 650.0), "high": (2030, 458.0)}


def test_costs_of_a_unit_hold_for_candidates_too():
    plan = sound([measure("a", status="candidate"), measure("b", status="idea")])
    costs = costs_per_year(plan, KINDS, NO_CABLE, "mid")
    assert set(costs["measure_id"]) == {"a", "b"}
    assert costs.loc[costs["year"] == 2030, "investment_eur"].tolist() == [650.0, 650.0]


def test_unit_costs_carry_life_emission_and_shares():
    unit = unit_costs(sound([measure()]).measures, KINDS, NO_CABLE, "mid").loc["m"]
    assert unit["life_years"] == 25
    assert unit["co2_kg_per_year"] == 230
    assert unit["share_grid_operator"] == 1


def test_later_euros_are_worth_less():
    costs = pd.DataFrame({"year": [2026, 2027], "investment_eur": 100.0, "yearly_eur": 10.0})
    costs["co2_kg"] = 5.0
    now = present_value(costs, 0.25, 2026)
    assert now["investment_eur"].tolist() == [100.0, 80.0]
    assert now["yearly_eur"].tolist() == [10.0, 8.0]
    assert now["co2_kg"].tolist() == [5.0, 5.0]
    assert present_value(costs, 0.25, 2027)["investment_eur"].tolist() == [125.0, 100.0]
