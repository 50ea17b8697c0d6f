"""The search: its promises about stopping, least money, and what it says when it fails."""

import signal
import threading
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from counting import Counter, paths
from small_cities import small_city, with_money

from stroomstad.search.highs import heeding_interrupt
from stroomstad.search.model import check_mix, cost, nothing, spent, worth
from stroomstad.search.solve import SearchOptions, search

EXACT = SearchOptions(gap_fraction=1e-7)


@pytest.mark.parametrize("seed", range(100))
def test_every_grid_is_answered_within_bounded_work_by_a_plan_that_holds(seed):
    problem = small_city(seed + 500)
    answer = search(problem, SearchOptions(nodes_max=50))
    assert answer.ended in ("gap", "work")
    assert answer.reason
    assert answer.effort.nodes <= 500
    check_mix(problem, answer.mix)
    assert answer.worth <= answer.bound + 1e-6


@pytest.mark.parametrize("seed", range(10))
def test_homes_are_whole_and_never_go(seed):
    answer = search(small_city(seed + 700))
    for homes in answer.mix.homes:
        assert (homes == np.round(homes)).all()
        assert (np.diff(homes, axis=1) >= 0).all()
    assert (np.diff(answer.mix.size, axis=1) >= 0).all()


@pytest.mark.parametrize("seed", range(5))
def test_the_same_question_has_the_same_answer(seed):
    problem = small_city(seed, years=4, choices=12, connections=3)
    one, other = search(problem), search(problem)
    assert (one.mix.size == other.mix.size).all()
    assert one.worth == other.worth
    assert one.effort == other.effort


def test_a_feasible_answer_comes_before_the_bound_is_reached():
    told = []
    problem = small_city(1, years=4, choices=40, connections=6)
    answer = search(problem, EXACT, progress=lambda *values: told.append(values))
    best = [value for value, _, _ in told]
    assert (np.diff(best) >= -1e-6).all()
    assert told[0][2] > 0.1
    assert all(bound >= value - 1e-6 for value, bound, _ in told)
    assert best[-1] == pytest.approx(answer.programme_worth, rel=1e-6)


@pytest.mark.parametrize("pauses", [0, 20])
def test_cancelling_leaves_the_best_so_far(pauses):
    problem = small_city(1, years=4, choices=40, connections=6)
    asked = iter(range(10**9))
    answer = search(problem, EXACT, cancelled=lambda: next(asked) >= pauses)
    assert answer.ended == "cancelled"
    assert answer.worth > 0
    assert answer.gap_fraction > 0
    assert "on request" in answer.reason
    check_mix(problem, answer.mix)


def test_control_c_is_heeded_only_while_a_search_runs():
    before = signal.getsignal(signal.SIGINT)
    with heeding_interrupt() as cancelled:
        assert not cancelled()
        signal.raise_signal(signal.SIGINT)
        assert cancelled()
    assert signal.getsignal(signal.SIGINT) is before


def test_control_c_is_left_alone_outside_the_main_thread():
    heard = []

    def ask():
        with heeding_interrupt() as cancelled:
            heard.append(cancelled())

    other = threading.Thread(target=ask)
    other.start()
    other.join()
    assert heard == [False]


@pytest.mark.parametrize("seed", [0, 2, 7, 9, 13])
def test_the_least_money_for_some_homes_is_what_most_homes_for_that_money_cost(seed):
    problem = small_city(seed, choices=4, simple=True)
    problem = replace(problem, premium_per_year=0.0)
    rich = with_money(problem, line_eur=np.full(problem.money.line_eur.size, 1e9))
    most = search(rich, EXACT).programme_worth
    few = search(with_money(problem, line_eur=problem.money.line_eur * 0.0), EXACT).programme_worth
    wanted = few + 0.6 * (most - few)
    answer = search(rich, replace(EXACT, homes_for_least_money=wanted))
    assert answer.ended == "gap"
    assert answer.programme_worth >= wanted - 1e-3
    spends = np.array([[cost(rich, answer.mix.size)]])
    assert answer.bound == pytest.approx(spends.item(), rel=1e-4, abs=1.0)
    assert counted_least(rich, wanted) == pytest.approx(answer.cost_eur, rel=1e-4, abs=1.0)


def counted_least(problem, wanted):
    """Least money that reaches some homes, by counting out every plan."""
    counter, choices = Counter(problem), problem.choices
    facts = zip(choices.size_max, choices.earliest, choices.staged, strict=True)
    ways = [paths(most, problem.years, first, staged) for most, first, staged in facts]
    plans = [np.array(plan, dtype=float) for plan in product(*ways)]
    for size in sorted(plans, key=lambda size: cost(problem, size)):
        if counter.most_homes(size) >= wanted - 1e-6:
            return cost(problem, size)
    return np.nan


def test_homes_that_no_money_reaches_are_refused_with_a_reason():
    problem = small_city(3)
    answer = search(problem, SearchOptions(homes_for_least_money=1e6))
    assert answer.ended == "impossible"
    assert "1000000 homes" in answer.reason
    assert answer.worth == 0.0


def test_money_that_buys_nothing_is_saved():
    problem = small_city(7, choices=4, simple=True)
    asked = np.zeros_like(problem.demand.asked)
    idle = replace(problem, demand=replace(problem.demand, asked=asked))
    assert search(idle).cost_eur == 0.0


def test_an_earlier_answer_is_kept_where_nothing_better_is_found():
    problem = small_city(11, choices=5)
    before = search(problem, EXACT)
    again = search(problem, SearchOptions(gap_fraction=0.5, nodes_max=1), start=before.mix)
    assert again.worth >= before.worth


def test_an_earlier_answer_that_costs_too_much_is_not_kept():
    problem = small_city(5, choices=5, simple=True)
    rich = with_money(problem, line_eur=np.full(problem.money.line_eur.size, 1e9))
    poor = with_money(problem, line_eur=np.zeros(problem.money.line_eur.size))
    start = search(rich, EXACT).mix
    assert (spent(poor, search(poor, start=start).mix.size) <= 1.0).all()


def test_a_city_without_anything_asked_is_answered():
    problem = small_city(4, connections=0)
    demand = replace(
        problem.demand, home_kw=np.zeros(0), asked=np.zeros((0, problem.years)), sites=()
    )
    choices = replace(problem.choices, variants=())
    answer = search(replace(problem, demand=demand, choices=choices))
    assert answer.worth == 0.0
    assert worth(problem, nothing(problem)) == 0.0
