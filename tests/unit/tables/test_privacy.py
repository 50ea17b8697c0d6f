import numpy as np
import pandas as pd

from stroomstad.tables.privacy import assets_not_public, without_hidden

BEHIND = pd.Series({"few": 3.0, "many": 10.0, "firm": 1.0})


def known(*rows):
    columns = ["asset", "attribute", "value", "unit", "date", "source", "public"]
    return pd.DataFrame(
        [
            (asset, what, value, "", "2025-01-01", "letter", public)
            for asset, what, value, public in rows
        ],
        columns=columns,
    )


def test_a_fact_on_fewer_than_ten_connections_is_hidden():
    facts = known(("few", "load_max_mw", 0.1, "no"), ("many", "load_max_mw", 0.2, "no"))
    assert assets_not_public(facts, BEHIND) == {"few"}


def test_a_fact_that_is_public_is_shown():
    assert assets_not_public(known(("firm", "rating_kva", 630.0, "yes")), BEHIND) == frozenset()


def test_one_fact_that_is_not_public_hides_the_asset():
    facts = known(("firm", "rating_kva", 630.0, "yes"), ("firm", "load_max_mw", 0.1, "no"))
    assert assets_not_public(facts, BEHIND) == {"firm"}


def test_the_number_of_connections_may_itself_be_known():
    facts = known(("few", "load_max_mw", 0.1, "no"), ("few", "connections", 40.0, "no"))
    assert assets_not_public(facts, BEHIND) == frozenset()


def test_an_asset_nobody_counted_is_hidden():
    assert assets_not_public(known(("new", "rating_kva", 400.0, "no")), BEHIND) == {"new"}


def test_hidden_values_are_missing_and_marked_and_others_stay():
    stations = pd.DataFrame(
        {"station_id": ["few", "many"], "load_max_kva": [1.0, 2.0], "homes": [1, 2]}
    )
    links = pd.DataFrame({"link_id": ["few", "many"], "limit_kva": [5.0, 6.0]})
    shown = without_hidden({"stations": stations, "links": links}, frozenset({"few"}))
    assert np.isnan(shown["stations"].loc[0, "load_max_kva"])
    assert shown["stations"]["known_not_public"].tolist() == [True, False]
    assert shown["links"].loc[1, "limit_kva"] == 6.0
    assert stations["load_max_kva"].tolist() == [1.0, 2.0]
