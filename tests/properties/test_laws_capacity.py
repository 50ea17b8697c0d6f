import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from tiny import make_city, make_grid, make_parameters
from trees import LinearSolver, make_state, make_week, random_tree

from stroomstad.capacity import Question, build_capacities, build_limits, build_places
from stroomstad.capacity.check import find_verdicts
from stroomstad.capacity.headroom import (
    binding_links,
    branch_to,
    link_capacity,
    room,
    room_total,
    spread,
    whole,
)
from stroomstad.tables.grid import radial_tree

seeds = st.integers(0, 10**6)
sizes = st.integers(1, 40)
laws = settings(max_examples=50, deadline=None)


def answer(tree, sites, capacity):
    branch = branch_to(tree.parent, tree.order, sites)
    return branch, room(branch, capacity[branch.nodes])


def total(tree, sites, capacity):
    return room_total(*answer(tree, sites, capacity))


def programme(tree):
    """The same question put to a linear programme over every link and quarter."""
    reaches = np.zeros((tree.parent.size, tree.sites.size))
    for column, site in enumerate(tree.sites):
        link = site
        while link >= 0:
            reaches[link, column] = 1.0
            link = tree.parent[link]
    per_home_kva = np.outer(tree.kva_per_kw * tree.level_factor_unit, tree.unit_kw)
    left_kva = np.maximum(tree.limit_kva[:, None] - tree.base_kva, 0.0)
    rows = (per_home_kva[:, :, None] * reaches[:, None, :]).reshape(-1, tree.sites.size)
    drawing = np.tile(tree.unit_kw > 0, tree.parent.size)
    return linprog(
        -np.ones(tree.sites.size),
        A_ub=rows[drawing],
        b_ub=left_kva.ravel()[drawing],
        method="highs",
    )


def test_room_equals_the_linear_programme_on_200_random_trees():
    for seed in range(200):
        tree = random_tree(seed, nodes=3 + seed % 15)
        capacity, _ = link_capacity(*tree.headroom)
        found = total(tree, tree.sites, np.maximum(capacity, 0.0))
        solved = programme(tree)
        assert solved.status == 0
        assert abs(found + solved.fun) <= 1e-9 * max(1.0, found)


@laws
@given(seeds, sizes)
def test_raising_or_removing_a_limit_never_lowers_room(seed, nodes):
    tree = random_tree(seed, nodes)
    rng = np.random.default_rng(seed)
    capacity = whole(link_capacity(*tree.headroom)[0])
    before = total(tree, tree.sites, capacity)
    capacity[rng.integers(nodes)] += rng.choice([10.0, np.inf])
    assert total(tree, tree.sites, capacity) >= before


@laws
@given(seeds, sizes)
def test_adding_load_never_raises_room(seed, nodes):
    tree = random_tree(seed, nodes)
    rng = np.random.default_rng(seed)
    limit_kva, base_kva, *rest = tree.headroom
    more_kva = base_kva + rng.uniform(0, 30, base_kva.shape).astype(np.float32)
    before = total(tree, tree.sites, whole(link_capacity(limit_kva, base_kva, *rest)[0]))
    after = total(tree, tree.sites, whole(link_capacity(limit_kva, more_kva, *rest)[0]))
    assert after <= before


@laws
@given(seeds, sizes)
def test_permuting_rows_changes_nothing(seed, nodes):
    tree = random_tree(seed, nodes)
    shuffle = np.random.default_rng(seed).permutation(nodes)
    back = np.argsort(shuffle)
    capacity = whole(link_capacity(*tree.headroom)[0])
    parent = np.where(tree.parent[shuffle] >= 0, back[tree.parent[shuffle]], -1)
    branch = branch_to(parent, back[tree.order], back[tree.sites])
    through = room(branch, capacity[shuffle][branch.nodes])
    original, through_original = answer(tree, tree.sites, capacity)
    assert room_total(branch, through) == room_total(original, through_original)
    cut = binding_links(branch, capacity[shuffle][branch.nodes], through)
    cut_original = binding_links(original, capacity[original.nodes], through_original)
    assert set(shuffle[branch.nodes[cut]]) == set(original.nodes[cut_original])


@laws
@given(seeds, sizes)
def test_the_room_of_two_areas_together_is_at_most_their_sum(seed, nodes):
    tree = random_tree(seed, nodes)
    capacity = whole(link_capacity(*tree.headroom)[0])
    half = tree.sites.size // 2
    parts = [part for part in (tree.sites[:half], tree.sites[half:]) if part.size]
    assert total(tree, tree.sites, capacity) <= sum(total(tree, p, capacity) for p in parts)


@laws
@given(seeds, sizes)
def test_the_spread_sums_to_the_room_in_whole_homes_and_breaks_no_capacity(seed, nodes):
    tree = random_tree(seed, nodes)
    capacity = np.minimum(whole(link_capacity(*tree.headroom)[0]), 1e4)
    branch, through = answer(tree, tree.sites, capacity)
    placed = spread(branch, through)
    assert placed.sum() == room_total(branch, through)
    assert np.array_equal(placed, np.floor(placed))
    assert (placed >= 0).all()
    assert not placed[~branch.site].any()
    behind = placed.copy()
    for link in range(behind.size - 1, 0, -1):
        if branch.parent[link] >= 0:
            behind[branch.parent[link]] += behind[link]
    assert (behind <= capacity[branch.nodes]).all()


@laws
@given(seeds, sizes)
def test_the_capacities_of_the_cut_sum_to_the_room(seed, nodes):
    tree = random_tree(seed, nodes)
    capacity = np.minimum(whole(link_capacity(*tree.headroom)[0]), 1e4)
    branch, through = answer(tree, tree.sites, capacity)
    cut = binding_links(branch, capacity[branch.nodes], through)
    assert capacity[branch.nodes][cut].sum() == room_total(branch, through)


@laws
@given(seeds, sizes)
def test_whole_room_is_within_one_home_per_cut_link_of_the_relaxed_room(seed, nodes):
    tree = random_tree(seed, nodes)
    exact = np.minimum(np.maximum(link_capacity(*tree.headroom)[0], 0.0), 1e4)
    branch, through = answer(tree, tree.sites, whole(exact))
    cut = binding_links(branch, whole(exact)[branch.nodes], through)
    relaxed = total(tree, tree.sites, exact)
    assert room_total(branch, through) - 1e-3 <= relaxed <= room_total(branch, through) + cut.size


@settings(max_examples=20, deadline=None)
@given(
    st.sampled_from(["load", "feed_in"]),
    st.floats(0.8, 1.3),
    st.floats(0.0, 0.0003),
    st.lists(st.floats(90.0, 900.0), min_size=9, max_size=9),
)
def test_the_checked_answer_breaks_no_limit_and_the_probe_breaks_the_named_one(
    direction, gain, drop_pu_per_kw, limits_kva
):
    grid, parameters = make_grid(), make_parameters()
    solve = LinearSolver(radial_tree(grid), gain, drop_pu_per_kw)
    tree, week = make_week(grid, solve, direction)
    state = make_state(week, np.array(limits_kva))
    capacities = build_capacities(state, "mid", direction, week.flows.axis)
    places = build_places(grid, tree, make_city().areas)
    question = Question(tree, build_limits(week, state, grid, parameters), capacities)
    for verdict in find_verdicts(places, question, solve).values():
        assert verdict.settled
        assert (
            verdict.placing.probe.sum()
            <= max(verdict.placing.homes + 1.0, 1.01 * verdict.placing.homes) + 1e-9
        )
