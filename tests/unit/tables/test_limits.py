"""Which limits hold: what a choice makes of the parameter table, and how it is told."""

import pytest
from tiny import make_parameters

from stroomstad.tables.limits import (
    USUAL_LIMITS,
    AskedLimits,
    LimitChoice,
    chosen_rows,
    limits_said,
    thermal_rows,
)
from stroomstad.tables.parameters import Parameters

ROWS = make_parameters().rows
FACTS = {
    "transformers": "cyclic",
    "n1_relaxed": False,
    "station": [1.0, 1.1, 1.2],
    "substation": [1.0, 1.0, 1.1],
    "n1_reserve_used": [0.0, 0.0, 0.0],
}


def seen(rows):
    return Parameters(rows, make_parameters().on)


def test_what_nobody_asks_leaves_the_table_as_it_is():
    assert chosen_rows(ROWS, USUAL_LIMITS) is ROWS
    assert chosen_rows(ROWS, LimitChoice("thermal")) is ROWS
    assert seen(ROWS).band("n1_reserve_used") == (0.0, 0.0, 0.0)


def test_nameplate_is_the_rating_and_says_why():
    found = seen(chosen_rows(ROWS, LimitChoice("nameplate")))
    for name in ("limit_station", "limit_substation"):
        assert found.band(name) == (1.0, 1.0, 1.0)
        assert "60076-1" in found.row(name)["source"]
    assert found.band("limit_mv_cable") == seen(ROWS).band("limit_mv_cable")


def test_relaxed_n1_uses_part_of_the_reserve_with_its_decision_as_source():
    found = seen(chosen_rows(ROWS, LimitChoice(n1_relaxed=True)))
    assert found.band("n1_reserve_used") == seen(ROWS).band("n1_reserve_used_relaxed")
    assert found.value("n1_reserve_used") > 0
    assert "12 March 2026" in found.row("n1_reserve_used")["source"]
    assert found.row("n1_reserve_used")["status"] == "assumed"


def test_computed_factors_come_in_with_what_computed_them():
    found = seen(thermal_rows(ROWS, (1.2, 1.3, 1.4), (1.1, 1.2, 1.3), "a model"))
    assert found.band("limit_station") == (1.2, 1.3, 1.4)
    assert found.band("limit_substation") == (1.1, 1.2, 1.3)
    assert found.row("limit_station")["source"] == "a model"


def test_what_a_run_asks_goes_before_what_the_city_says():
    city = LimitChoice("thermal", n1_relaxed=True)
    assert city.asked(AskedLimits()) == city
    assert city.asked(AskedLimits("nameplate")) == LimitChoice("nameplate", n1_relaxed=True)
    assert city.asked(AskedLimits(None, n1_relaxed=False)) == LimitChoice("thermal")


@pytest.mark.parametrize("transformers", ["nameplate", "cyclic", "thermal"])
def test_every_choice_is_said_in_both_languages(transformers):
    said = limits_said(FACTS | {"transformers": transformers})
    assert said.nl != said.en
    for text in (said.nl, said.en):
        assert text.endswith(".")
        assert "110" in text
        assert "N-1" in text


def test_relaxed_n1_is_said_with_its_decision_and_its_band():
    said = limits_said(FACTS | {"n1_relaxed": True, "n1_reserve_used": [0.25, 0.5, 1.0]})
    assert "50 % (25–100 %)" in said.nl
    assert "12 maart 2026" in said.nl
    assert "50% (25–100%)" in said.en
    assert "12 March 2026" in said.en


def test_thermal_factors_are_said_for_both_directions():
    factors = {
        "station": {"feed_in": [1.2, 1.21, 1.22], "load": [1.2, 1.4, 1.5]},
        "substation": {"load": [1.4, 1.4, 1.4]},
    }
    said = limits_said(FACTS | {"transformers": "thermal", "factors": factors})
    assert "station 140 % (120–150 %) bij afname en 121 % (120–122 %) bij teruglevering" in said.nl
    assert "substation 140% for load (the median; between brackets the lowest" in said.en


def test_what_cables_and_rings_are_held_to_is_said():
    bands = {"lv_cable": [0.9, 1.0, 1.0], "mv_cable": [0.5, 0.5, 0.5], "ring": [0.9, 1.0, 1.1]}
    said = limits_said(FACTS | bands)
    assert "laagspanning 100 % (90–100 %), middenspanning buiten ringen 50 %, ring 100 %" in said.nl
    assert "medium voltage outside rings 50%, ring 100% (90–110%) of its first cable" in said.en
    assert "ring" not in limits_said(FACTS).nl


def test_what_is_relaxed_holds_for_rings_too():
    said = limits_said(FACTS | {"n1_relaxed": True})
    assert "van de reserve van onderstations en ringen" in said.nl
    assert "reserve of substations and rings" in said.en


def test_a_run_of_an_earlier_version_says_nothing():
    assert limits_said(None).nl == limits_said({}).en == ""
