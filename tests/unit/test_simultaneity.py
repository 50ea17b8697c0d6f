import numpy as np
import pytest

from stroomstad.simultaneity import level_factor, rusck


def test_one_home_is_fully_simultaneous():
    assert rusck(np.array([1.0]), 0.12) == pytest.approx([1.0])


def test_simultaneity_follows_rusck_for_a_hundred_homes():
    assert rusck(np.array([100.0]), 0.12) == pytest.approx([0.12 + 0.88 / 10])


def test_the_factor_is_one_at_the_reference_number_of_homes():
    assert level_factor(np.array([224.0]), np.array([1.0]), 0.12, 224.0) == pytest.approx([1.0])


def test_a_link_without_homes_keeps_its_load():
    assert level_factor(np.array([0.0]), np.array([1.0]), 0.12, 224.0).tolist() == [1.0]


def test_load_that_is_not_of_homes_keeps_its_shape():
    assert level_factor(np.array([40.0]), np.array([0.0]), 0.12, 224.0).tolist() == [1.0]


def test_fewer_homes_than_the_reference_raise_the_load_and_more_lower_it():
    few, many = level_factor(np.array([40.0, 5000.0]), np.array([1.0, 1.0]), 0.12, 224.0)
    assert few > 1.0 > many
