"""The search against counting out every plan, in cities with everything that it knows of."""

from dataclasses import replace

import numpy as np
import pytest
from counting import Counter, count_out
from small_cities import small_city, with_money

from stroomstad.search.solve import SearchOptions, search

EXACT = SearchOptions(gap_fraction=1e-7)
FAST = SearchOptions(tidy=False)
CITIES = range(60)
LONG = {29: pytest.mark.slow}  # thousands of linear programmes
# So many homes for each of a small city that placing them whole loses far less than 2 %.
MANY = 50


def mixed_city(seed):
    """Relief, batteries, variants, dependencies and connections, few enough to count out."""
    return small_city(
        seed + 2000, years=2 + seed % 2, choices=2 + seed % 3, connections=1 + seed % 2
    )


def of_many_homes(problem, times=MANY):
    """The same city in which every home is so many that each draw and count for less."""
    demand, choices, money = problem.demand, problem.choices, problem.money
    of_homes = np.isin(np.arange(choices.size_max.size), [m for m, _ in choices.variants])
    share = np.where(of_homes, 1.0 / times, 1.0)
    return replace(
        problem,
        demand=replace(
            demand,
            home_kw=demand.home_kw / times,
            asked=demand.asked * times,
            connection_worth=demand.connection_worth * times,
        ),
        choices=replace(
            choices,
            size_max=choices.size_max / share,
            draw_kw=choices.draw_kw * share,
            region_kw=choices.region_kw * share,
        ),
        money=replace(
            money,
            investment_eur=money.investment_eur * share,
            yearly_eur=money.yearly_eur * share,
            line_investment_eur=money.line_investment_eur * share,
            line_yearly_eur=money.line_yearly_eur * share,
        ),
    )


@pytest.mark.parametrize("seed", [pytest.param(s, marks=LONG.get(s, ())) for s in CITIES])
def test_the_answer_is_as_good_as_the_best_of_all_plans_counted_out(seed):
    problem = mixed_city(seed)
    best, _ = count_out(problem)
    answer = search(problem, EXACT)
    assert answer.programme_worth == pytest.approx(best, rel=1e-4, abs=1e-3)
    assert answer.bound >= best - 1e-3
    # Of few homes every place loses less than one.
    places = sum(sites.size for sites in problem.demand.sites)
    assert best - places * problem.year_weight.sum() <= answer.worth <= best + 1e-3
    # Of many homes whole ones are within two per cent.
    many = search(of_many_homes(problem), EXACT)
    assert many.programme_worth == pytest.approx(MANY * best, rel=1e-4, abs=1e-2)
    assert 0.98 * MANY * best <= many.worth <= MANY * best + 1e-2


def test_these_cities_need_measures_of_every_kind_connections_and_open_gates():
    told = dict.fromkeys(
        ("built", "raise", "relief", "battery", "variant", "needs", "connected", "short",
         "region", "waited"), 0
    )  # fmt: skip
    for seed in CITIES:
        problem = mixed_city(seed)
        answer = search(problem, FAST)
        choices, stands = problem.choices, answer.mix.size[:, -1] > 0
        poor = with_money(problem, line_eur=problem.money.line_eur * 0.0)
        told["built"] += answer.programme_worth > 1.05 * search(poor, FAST).programme_worth + 1.0
        told["raise"] += (stands & choices.raise_kva.any(axis=0)).any()
        told["relief"] += (stands & (choices.shape == 1) & (choices.draw_kw < 0).any(axis=0)).any()
        told["battery"] += (stands & (choices.shape == 3)).any()
        told["variant"] += (stands & choices.as_homes).any()
        told["needs"] += any(stands[one] and stands[other] for one, other in choices.needs)
        told["connected"] += any(each.any() for each in answer.mix.connected)
        told["short"] += (problem.links.base_kva.max(axis=2) > problem.links.limit_kva).any()
        told["region"] += bool(np.isfinite(problem.links.region_kw).all())
        told["waited"] += bool((np.diff(answer.mix.size, axis=1) > 0).any())
    assert min(told.values()) >= 5, told


def test_what_counting_out_passes_over_could_not_have_been_better():
    for seed in (0, 1, 6, 9):
        counter = Counter(mixed_city(seed))
        every = [
            worth + counter.most_homes(size, made)
            for size in counter.size_plans()
            for worth, made in counter.connection_plans()
        ]
        assert max(every) == pytest.approx(count_out(mixed_city(seed))[0], rel=1e-9)
