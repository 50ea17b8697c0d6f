"""What the search leaves out, and what it may not."""

from dataclasses import replace

import numpy as np
from small_cities import small_city, with_links

from stroomstad.search.flows import contract
from stroomstad.search.model import Choices, Demand, Links, Money, Problem
from stroomstad.search.narrowing import narrow

NONE = np.zeros(0, dtype=np.int64)


def chain(limits, asked=(100.0,), sites=((2,),), parent=(-1, 0, 1)):
    """Links in a tree without load, one quarter and one year; a home draws 1 kW."""
    count = len(parent)
    links = Links(
        np.array(parent),
        np.arange(count),
        np.zeros((1, count, 1), dtype=np.float32),
        np.array([limits], dtype=float),
        np.ones(count),
        np.ones(count),
        np.ones((1, 1)),
        np.array([np.inf]),
    )
    demand = Demand(
        np.ones(len(asked)),
        np.array(asked)[:, None],
        tuple(np.array(at) for at in sites),
        np.zeros(0), NONE, np.zeros(0), NONE, (), np.zeros(0),
    )  # fmt: skip
    flags, empty = np.zeros(0, dtype=bool), np.zeros((count, 0))
    choices = Choices(
        np.zeros(0), flags, np.zeros(0), NONE, NONE, empty, empty, NONE, flags, np.zeros(0),
        np.zeros((0, 2), dtype=np.int64), flags, (),
    )  # fmt: skip
    money = Money(
        np.zeros(0), np.zeros(0), NONE, np.ones(1), np.zeros(0), NONE, NONE,
        np.zeros((0, 0)), np.zeros((0, 0)),
    )  # fmt: skip
    return Problem(links, demand, choices, money, 0.0)


def test_a_link_that_everything_asked_passes_is_left_out():
    narrowed = narrow(chain([500.0, 60.0, 100.0]))
    assert narrowed.keep.tolist() == [False, True, False]


def test_links_in_series_share_one_flow_at_the_least_of_them():
    problem = chain([70.0, 60.0, 50.0])
    flows = contract(problem, narrow(problem))
    assert flows.parent.tolist() == [-1]
    assert flows.bound_kw.tolist() == [[50.0]]
    assert flows.share_sites[0].tolist() == [2]


def test_alike_places_behind_links_that_nothing_acts_on_are_one_place():
    problem = chain([90.0, 30.0, 40.0], sites=((1, 2),), parent=(-1, 0, 0))
    flows = contract(problem, narrow(problem))
    assert flows.share_project.tolist() == [0]
    assert sorted(flows.share_sites[0].tolist()) == [1, 2]
    assert flows.bound_kw.min() == 70.0


def test_places_of_other_projects_stay_apart():
    problem = chain(
        [90.0, 30.0, 40.0], asked=(100.0, 100.0), sites=((1,), (1, 2)), parent=(-1, 0, 0)
    )
    flows = contract(problem, narrow(problem))
    assert sorted(zip(flows.share_project.tolist(), flows.share_flow.tolist(), strict=True)) == [
        (0, 0),
        (1, 0),
        (1, 1),
    ]


def test_a_limit_that_falls_later_counts_from_the_beginning():
    problem = small_city(0, years=3, choices=0, connections=0)
    limit_kva = problem.links.limit_kva.copy()
    limit_kva[-1] *= 0.0
    narrowed = narrow(with_links(problem, limit_kva=limit_kva))
    assert (narrowed.capacity_kw[:, narrowed.below.homes] == 0.0).all()


def test_a_link_that_a_measure_raises_has_rows_instead_of_one_number():
    problem = small_city(1, years=2, choices=1, simple=True)
    at = int(problem.demand.sites[0][0])
    raise_kva = np.zeros_like(problem.choices.raise_kva)
    raise_kva[at] = 50.0
    choices = replace(problem.choices, raise_kva=raise_kva, earliest=np.zeros(1, dtype=np.int64))
    narrowed = narrow(replace(problem, choices=choices))
    assert narrowed.touched.links.tolist() == [at]
