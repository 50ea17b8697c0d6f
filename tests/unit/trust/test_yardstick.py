from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from horizons import make_twin
from repository import ROOT

from stroomstad.errors import InvalidData
from stroomstad.trust.yardstick import COLUMNS, QUANTITIES, yardstick_table

PUBLISHED = pd.read_csv(ROOT / "data/almere/published_room.csv")


def told(homes=100.0, twin=None, substations="Onderstation A"):
    published = pd.DataFrame(
        {
            "substations": [substations, substations],
            "quantity": ["new_homes", "gas_to_electric_switches"],
            "value": [homes, 7.0],
        }
    )
    return yardstick_table(twin or make_twin(), published).set_index("quantity")


def test_homes_imply_their_peak():
    table = told(6200.0)
    assert table.loc["implied", ["low", "mid", "high"]].tolist() == pytest.approx(
        [21.7, 13.64, 7.44]
    )
    assert table.loc["home_peak", ["low", "mid", "high"]].tolist() == pytest.approx([3.5, 2.2, 1.2])


def test_one_row_per_quantity_told_in_both_languages():
    table = told()
    assert table.index.tolist() == list(QUANTITIES)
    assert (table["about"] != table["about_nl"]).all()
    assert table[["about", "about_nl", "unit", "kind"]].notna().all().all()
    assert set(table.reset_index().columns) == set(COLUMNS)


def test_the_power_adds_up_by_hand():
    twin = make_twin()
    table = told(twin=twin)
    state = twin.states["load"]["mid"]
    root = int(np.flatnonzero(twin.tree.link_ids == "OS-A")[0])
    load_mw = float(state.base_kva[root].max()) * 0.98 / 1000.0
    mid = table["mid"]
    assert mid["load"] == pytest.approx(load_mw)
    assert mid["outage_limit"] == pytest.approx(2 * 60 * 0.98)
    assert mid["outage_room"] == pytest.approx(117.6 - load_mw)
    assert mid["contracted_unused"] == 10.0
    assert mid["room"] == pytest.approx(107.6 - load_mw)


def test_the_room_of_the_grid_below_is_at_most_that_of_the_substation():
    table = told()
    for case in ("low", "mid", "high"):
        assert 0 < table[case]["room_with_grid_below"] <= table[case]["room_at_substation"]


def test_what_must_be_taken_by_others_rises_as_fewer_homes_were_published():
    none, many = told(0.0)["mid"], told(1000.0)["mid"]
    assert none["taken_if_published_holds"] == pytest.approx(none["outage_room"])
    less = none["taken_if_published_holds"] - many["taken_if_published_holds"]
    assert less == pytest.approx(many["implied_at_substation"])


def test_what_is_known_to_be_contracted_counts():
    twin = make_twin()
    known = twin.grid.substations.assign(contracted_unused_known_mw=33.0)
    table = told(twin=replace(twin, grid=replace(twin.grid, substations=known)))
    assert table.loc["contracted_unused", ["low", "mid", "high"]].tolist() == [33.0] * 3


def test_the_published_number_changes_nothing_in_the_model():
    few, many = told(1.0), told(1e6)
    modelled = few.index[few["kind"] == "modelled"]
    assert len(modelled) == 5
    pd.testing.assert_frame_equal(few.loc[modelled], many.loc[modelled])


def test_a_substation_that_is_not_there_is_told():
    with pytest.raises(InvalidData) as fault:
        told(substations="Onderstation A; Onderstation Z")
    assert "no substation named Onderstation Z" in str(fault.value)
    assert "Use one of Onderstation A" in str(fault.value)


def test_the_published_figures_of_almere_are_complete():
    assert PUBLISHED.notna().all().all()
    homes = PUBLISHED[PUBLISHED["quantity"] == "new_homes"].set_index("substations")["value"]
    assert homes.to_dict() == {
        "150kV Almere Pampus; 150kV Almere - De Vaart": 6200,
        "150kV Almere": 0,
    }
