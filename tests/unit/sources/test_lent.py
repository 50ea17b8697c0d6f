"""Values of one municipality: others take them over as an assumption, and are told so."""

from dataclasses import replace

import pandas as pd
import pytest
from cityfiles import NATIONAL

from stroomstad.sources.city_file import CityFile
from stroomstad.sources.lent import lent_notes, lent_values, mark_lent, read_owners

ROWS = pd.read_csv(NATIONAL / "parameters.csv", dtype={"valid_from": str, "valid_to": str})
(OWNER,) = read_owners(NATIONAL)[0]
HERE = CityFile("Elders", "GM0001", 2023, {}, {}, (), (), None, "", "", {})
OF_ALMERE = "Almere|GM0034"


def test_every_known_value_of_almere_is_in_the_list_and_every_one_of_the_list_is_known():
    assert str(OWNER) == "Almere (GM0034)"
    known = ROWS[ROWS["status"] != "assumed"]
    named = known["source"].str.contains(OF_ALMERE)
    assert set(OWNER.parameters) <= set(ROWS["parameter"])
    # The parts of the last are values of Almere.
    assert set(OWNER.parameters) == {*known["parameter"][named], "road_public_share"}


def test_another_city_assumes_them_and_says_whose_they_are():
    lent = lent_values([OWNER], HERE)
    assert tuple(lent) == OWNER.parameters
    marked = mark_lent(ROWS, lent)
    taken = marked["parameter"].isin(OWNER.parameters)
    assert (marked.loc[taken, "status"] == "assumed").all()
    assert (
        marked.loc[taken, "source"].str.startswith("value of Almere (GM0034), taken over; ").all()
    )
    known = marked[marked["status"] != "assumed"]
    assert not known["source"].str.contains(OF_ALMERE).any()
    pd.testing.assert_frame_equal(marked[~taken], ROWS[~taken])
    told = marked.drop(columns=["status", "source"])
    pd.testing.assert_frame_equal(told, ROWS.drop(columns=["status", "source"]))


def test_its_own_city_and_a_value_of_ones_own_are_left_as_they_are():
    assert lent_values([OWNER], replace(HERE, municipality_code=OWNER.code)) == {}
    assert mark_lent(ROWS, {}) is ROWS
    own = replace(HERE, overrides={"rail_share_freight": {"mid": 0.2}})
    assert set(OWNER.parameters) - set(lent_values([OWNER], own)) == {"rail_share_freight"}


def test_a_note_names_them_in_both_languages():
    (note,) = lent_notes(lent_values([OWNER], HERE)).to_dict("records")
    assert note["status"] == "assumed"
    for text in (note["nl"], note["en"]):
        assert "Almere (GM0034)" in text
        assert f" {len(OWNER.parameters)} parameters" in text
        assert all(name in text for name in OWNER.parameters)
    assert lent_notes({}).empty


@pytest.mark.parametrize("row", ["GM0002 = 3", "[of_municipality.GM0002]\nname = 'Ver'"])
def test_a_municipality_without_its_name_or_list_is_told(tmp_path, row):
    head = "" if row.startswith("[") else "[of_municipality]\n"
    (tmp_path / "national.toml").write_text(head + row)
    owners, (issue,) = read_owners(tmp_path)
    assert owners == []
    assert str(issue).startswith("national.toml [of_municipality.GM0002]: lacks")


def test_a_country_of_which_nothing_can_be_read_has_no_owners(tmp_path):
    assert read_owners(tmp_path) == ([], [])
