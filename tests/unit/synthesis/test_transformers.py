import numpy as np
import pytest
from scattered import make_sites
from tiny import make_parameters

from stroomstad.synthesis.transformers import (
    TransformerRules,
    build_substations,
    draw_ratings,
    largest_load_kw,
    standard_rating_kva,
    transformer_rules,
    triangular_quantile,
)
from stroomstad.tables.grid import SUBSTATIONS
from stroomstad.tables.schema import check

RULES = TransformerRules(0.8, 0.98, (1.0, 1.25, 1.5))


def draw(load_kw, seed=1):
    return draw_ratings(np.asarray(load_kw, dtype=float), RULES, np.random.default_rng(seed))


def test_the_next_standard_size_is_taken():
    needed = np.array([1.0, 250.0, 250.1, 400.1, 630.1])
    assert standard_rating_kva(needed).tolist() == [250.0, 250.0, 400.0, 630.0, 1000.0]


def test_above_the_largest_size_transformers_stand_side_by_side():
    assert standard_rating_kva(np.array([1000.1, 2000.0, 2000.1])).tolist() == [2000, 2000, 3000]


def test_a_station_carries_its_load_at_the_lowest_margin_in_every_case():
    load_kw = np.linspace(0.0, 3000.0, 500)
    for rating_kva in draw(load_kw):
        assert (rating_kva * 0.8 * 0.98 >= load_kw - 1e-9).all()


def test_ratings_never_fall_from_the_low_to_the_high_case():
    low, mid, high = draw(np.linspace(0.0, 3000.0, 2000))
    assert (low <= mid).all()
    assert (mid <= high).all()
    assert (low < high).any()


def test_the_same_seed_draws_the_same_ratings():
    load_kw = np.full(300, 280.0)
    assert np.array_equal(draw(load_kw)[1], draw(load_kw)[1])


def test_another_seed_draws_other_ratings():
    load_kw = np.full(300, 280.0)
    assert not np.array_equal(draw(load_kw, 1)[1], draw(load_kw, 2)[1])


def test_margins_of_the_middle_case_follow_the_triangular_distribution():
    drawn = triangular_quantile(np.linspace(0.0005, 0.9995, 1000), 1.0, 1.2, 1.8)
    assert drawn.mean() == pytest.approx((1.0 + 1.2 + 1.8) / 3.0, rel=1e-4)
    assert np.mean(drawn <= 1.2) == pytest.approx(0.2 / 0.8, abs=2e-3)


def test_a_band_without_width_draws_its_only_value():
    assert triangular_quantile(np.array([0.0, 0.7]), 1.2, 1.2, 1.2).tolist() == [1.2, 1.2]


def test_the_largest_load_needs_exactly_the_largest_transformer_at_the_highest_margin():
    needed_kva = largest_load_kw(RULES) * 1.5 / 0.8 / 0.98
    assert needed_kva == pytest.approx(1000.0)


def test_rules_come_from_the_parameter_table():
    assert transformer_rules(make_parameters()) == RULES


def test_substations_take_the_band_of_the_parameter_table():
    substations = build_substations(make_sites((0, 0), (5, 5)), make_parameters())
    assert check(substations, SUBSTATIONS) == []
    assert substations["transformers"].tolist() == [3, 3]
    assert substations["rating_mva_low"].tolist() == [40.0, 40.0]
    assert substations["rating_mva_high"].tolist() == [80.0, 80.0]
    assert not substations["rating_known"].any()
