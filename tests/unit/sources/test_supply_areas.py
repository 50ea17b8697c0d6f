"""Supply areas as somebody draws them, and every way in which that may go wrong."""

import pytest
from cityfiles import FILES, SOUTH_M, WEST_M
from shapely.geometry import MultiPolygon, Point, Polygon, box
from supplied import feature, name_supply

from stroomstad.errors import InvalidData
from stroomstad.sources import list_gaps, read_inputs
from stroomstad.tables.city import SUPPLY_AREAS
from stroomstad.tables.schema import check

NORTH = "150kV Proefstad"
MIDDLE_M = SOUTH_M + 300
LOWER = box(WEST_M, SOUTH_M, WEST_M + 1800, MIDDLE_M)
UPPER = box(WEST_M, MIDDLE_M, WEST_M + 1800, SOUTH_M + 600)
PLACED = f"""
[substations."OS Zuid"]
x_m = {WEST_M + 900}
y_m = {SOUTH_M - 100}
status = "known"

[substations."OS Dicht"]
x_m = {WEST_M + 1700}
y_m = {SOUTH_M + 300}
status = "known"
feeds_mv = false
"""


@pytest.fixture
def supplied(folders):
    """Read the city of these supply areas, with two substations that feed and one that does not."""

    def read(*features, more=PLACED):
        path = name_supply(folders / "city", *features) / "city.toml"
        path.write_text(path.read_text() + more)
        return read_inputs(folders / "city", folders / "national")

    return read


@pytest.fixture
def faults(supplied):
    def read(*features, **more):
        with pytest.raises(InvalidData) as caught:
            supplied(*features, **more)
        return [str(issue) for issue in caught.value.issues]

    return read


def test_an_area_gets_the_identifier_of_its_substation(supplied):
    whole = MultiPolygon([UPPER])
    inputs = supplied(feature(LOWER), feature(whole, substation=NORTH, status="assumed"))
    areas = inputs.city.supply_areas
    assert check(areas, SUPPLY_AREAS) == []
    assert areas["substation_id"].tolist() == ["OS-1", "OS-P2"]
    assert areas["status"].tolist() == ["assumed", "known"]
    assert areas.geometry.area.tolist() == [1800 * 300, 1800 * 300]
    assert "supply_areas" not in inputs.assumed
    note = inputs.city.notes.set_index("topic").loc["supply areas", "en"]
    assert note.startswith("Supply areas (2026) say which substation")


def test_without_the_file_stations_are_said_to_hang_on_the_nearest(inputs, written):
    assert inputs.city.supply_areas.empty
    assert check(inputs.city.supply_areas, SUPPLY_AREAS) == []
    note = inputs.city.notes.set_index("topic").loc["without supply_areas"]
    assert (note["status"], "nearest substation" in note["en"]) == ("assumed", True)
    gaps = list_gaps(written / "city").set_index("key")
    assert gaps.loc["supply_areas", "status"] == "assumed"


SLIPS = {
    "an unknown substation": (
        {"substation": "OS Zuidd"},
        "there is no substation OS Zuidd. Use one of 150kV Proefstad, OS Zuid.",
    ),
    "one that does not feed": ({"substation": "OS Dicht"}, "OS Dicht does not feed the medium"),
    "an unknown status": (
        {"status": "certain"},
        "areas whose status is not known or assumed (feature 1 (OS Zuid): 'certain').",
    ),
    "an empty source": ({"source": " "}, "source: 1 areas without a source (feature 1 (OS Zuid))."),
    "a source of null": ({"source": None}, "source: 1 areas without a source"),
    "no name": ({"substation": ""}, "substation: 1 areas without a substation (feature 1 ())."),
    "no status at all": ({"status": ...}, "voeding.json: property status is missing."),
}  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_in_what_an_area_says_is_told(faults, slip):
    changes, words = SLIPS[slip]
    (told,) = faults(feature(LOWER, **changes))
    assert words in told


BOW_TIE = Polygon([(WEST_M, SOUTH_M), (WEST_M + 500, SOUTH_M + 500), (WEST_M + 500, SOUTH_M),
                   (WEST_M, SOUTH_M + 500)])  # fmt: skip
SHAPES = {
    "a point": (Point(WEST_M, SOUTH_M), "1 geometries are not polygons (Point)."),
    "none": (None, "1 geometries cannot be read"),
    "degrees": (box(5.1, 52.3, 5.2, 52.4), "polygons outside EPSG:28992 (feature 1 (OS Zuid)"),
    "a bow tie": (BOW_TIE, "1 polygons cross themselves (feature 1 (OS Zuid))."),
}


@pytest.mark.parametrize("slip", SHAPES)
def test_a_shape_that_is_no_area_is_told(faults, slip):
    shape, words = SHAPES[slip]
    (told,) = faults(feature(shape))
    assert told.startswith("voeding.json: ")
    assert words in told


def test_areas_of_two_substations_may_not_lie_over_each_other(faults):
    wide = LOWER.buffer(60)
    (told,) = faults(feature(wide), feature(UPPER, substation=NORTH))
    assert "1 pairs of supply areas overlap (150kV Proefstad and OS Zuid for 20%)" in told


def test_a_sliver_and_areas_of_one_substation_may_overlap(supplied):
    areas = supplied(
        feature(LOWER.buffer(2)), feature(UPPER, substation=NORTH), feature(LOWER, status="assumed")
    ).city.supply_areas
    assert len(areas) == 3


def test_all_that_is_wrong_is_told_at_once(faults):
    told = faults(
        feature(LOWER, substation="OS Noord"),
        feature(UPPER, substation="OS Dicht", status="certain", source=""),
    )
    assert len(told) == 4


def test_areas_beside_assumed_substations_say_nothing(faults, folders):
    path = folders / "city" / FILES["grid_places"]
    header, *lines = path.read_text().splitlines()
    kept = [line for line in lines if "substation" not in line]
    path.write_text("\n".join([header, *kept]) + "\n")
    city = folders / "city" / "city.toml"
    city.write_text(city.read_text().replace(f'[substations]\n"{NORTH}" = true', ""))
    (told,) = faults(feature(LOWER), more="")
    assert "names substations, but none is known: their number and places are assumed." in told


@pytest.mark.parametrize("asset", ["OS Zuid", "OS-P2"])
def test_a_known_fact_says_last_whether_a_substation_feeds(faults, folders, asset):
    known = folders / "city" / FILES["known"]
    known.write_text(known.read_text() + f"{asset},feeds_mv,0,1,2026-01-01,operator,yes\n")
    (told,) = faults(feature(LOWER))
    assert "OS Zuid does not feed the medium voltage." in told


def test_two_substations_of_one_name_are_told(faults, folders):
    path = folders / "city" / FILES["grid_places"]
    first = next(line for line in path.read_text().splitlines() if NORTH in line)
    path.write_text(path.read_text() + first.replace("1#", "9#", 1) + "\n")
    (told,) = faults(feature(UPPER, substation=NORTH))
    assert f"several substations are called {NORTH}." in told


def test_the_content_must_be_features(faults, folders):
    (told,) = faults()
    assert told.startswith("voeding.json: holds no features.")
