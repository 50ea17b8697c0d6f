"""A supply area moves stations to another substation, and every answer says how that is known."""

import datetime as dt

import pytest
from cityfiles import SOUTH_M, WEST_M, write_city, write_national
from shapely.geometry import box
from supplied import feature, name_supply

from stroomstad.api.picture.assets import explain, find_link
from stroomstad.api.picture.pictures import open_picture
from stroomstad.run import lay_out, read_city, run_city, write_grid
from stroomstad.sources import list_gaps, read_inputs
from stroomstad.store import load_run
from stroomstad.synthesis import build_grid
from stroomstad.tables.parameters import Parameters

NORTH, SOUTH = "150kV Proefstad", "OS Zuid"
WEST_HALF = box(WEST_M - 50, SOUTH_M - 50, WEST_M + 600, SOUTH_M + 650)
EAST_EDGE = box(WEST_M + 1290, SOUTH_M - 50, WEST_M + 1350, SOUTH_M + 650)
PLACED = f"""
[substations."{SOUTH}"]
x_m = {WEST_M + 300}
y_m = {SOUTH_M - 200}
status = "known"
"""


@pytest.fixture(scope="module")
def country(tmp_path_factory):
    return write_national(tmp_path_factory.mktemp("country"))


def write_plain(folder):
    """The city with two substations, without supply areas."""
    path = write_city(folder) / "city.toml"
    path.write_text(path.read_text() + PLACED)
    return folder


def write_supplied(folder):
    """The same city with a known and an assumed supply area."""
    return name_supply(
        write_plain(folder),
        feature(WEST_HALF, substation=NORTH),
        feature(EAST_EDGE, substation=SOUTH, status="assumed"),
    )


@pytest.fixture(scope="module")
def before(tmp_path_factory, country):
    return grid_of(read_inputs(write_plain(tmp_path_factory.mktemp("plain") / "city"), country))


@pytest.fixture(scope="module")
def supplied(tmp_path_factory):
    return write_supplied(tmp_path_factory.mktemp("supplied") / "city")


@pytest.fixture(scope="module")
def finished(supplied, tmp_path_factory):
    return run_city(supplied, tmp_path_factory.mktemp("runs"), seed=1)


def grid_of(inputs):
    parameters = Parameters(inputs.parameters, dt.date(2023, 1, 1))
    return build_grid(inputs.city, parameters, inputs.cable_types, 1)


def assert_moved(before, stations, nodes):
    before, after = (rows.set_index("station_id") for rows in (before, stations))
    west, east = before["x_m"] < WEST_M + 600, before["x_m"] > WEST_M + 1290
    assert set(before["supply"]) == {"nearest"}
    assert set(before.loc[west, "substation_id"]) == {"OS-P1"}
    assert set(after.loc[west, "substation_id"]) == {"OS-1"}
    assert set(after.loc[west, "supply"]) == {"known"}
    assert set(before.loc[east, "substation_id"]) == {"OS-1"}
    assert set(after.loc[east, "substation_id"]) == {"OS-P1"}
    assert set(after.loc[east, "supply"]) == {"assumed"}
    rest = ~west & ~east
    assert set(after.loc[rest, "supply"]) == {"nearest"}
    assert after.loc[rest, "substation_id"].equals(before.loc[rest, "substation_id"])
    fed_by = nodes.set_index("node_id")["substation_id"]
    assert set(fed_by[after.loc[west, "node_lv"]]) == {"OS-1"}


def test_stations_move_to_the_substation_of_their_supply_area(before, supplied, country):
    inputs = read_inputs(supplied, country)
    grid = grid_of(inputs)
    assert_moved(before.stations, grid.stations, grid.nodes)
    assert "supply_areas" not in inputs.assumed
    notes = inputs.city.notes.set_index("topic")
    assert "Supply areas (2026) say which substation" in notes.loc["supply areas", "en"]
    assert "without supply_areas" not in notes.index
    assert "supply_areas" not in set(list_gaps(supplied)["key"])


@pytest.mark.slow
def test_a_run_takes_the_areas(before, finished):
    tables = load_run(finished).tables
    assert tables["supply_areas"]["substation_id"].tolist() == ["OS-1", "OS-P1"]
    assert_moved(before.stations, tables["stations"], tables["nodes"])


@pytest.mark.slow
def test_a_station_tells_its_substation_and_how_that_is_known(finished):
    picture = open_picture(finished)
    stations, cables = (load_run(finished).tables[name] for name in ("stations", "cables"))
    words = {
        "known": (
            f"Het hangt aan {NORTH}: dat is bekend.", f"It hangs on {NORTH}: that is known."
        ),
        "assumed": (
            f"Het hangt aan {SOUTH}: dat is aangenomen.", f"It hangs on {SOUTH}: that is assumed."
        ),
        "nearest": (
            f"naar aanname aan {NORTH}, het dichtstbijzijnde onderstation.",
            f"It is assumed to hang on {NORTH}, the nearest substation.",
        ),
    }  # fmt: skip
    for supply, (dutch, english) in words.items():
        name = stations.loc[stations["supply"] == supply, "station_id"].iloc[0]
        why = explain(picture, find_link(picture, name))["why"]
        assert why["nl"].endswith(dutch)
        assert why["en"].endswith(english)
    cable = cables["cable_id"].iloc[0]
    assert NORTH not in explain(picture, find_link(picture, cable))["why"]["nl"]


@pytest.mark.slow
def test_beside_a_grid_of_its_own_they_are_not_used_and_that_is_told(tmp_path):
    city = write_plain(tmp_path / "city")
    write_grid(lay_out(read_city(city), 1), city / "net.json")
    path = name_supply(city, feature(WEST_HALF, substation=NORTH)) / "city.toml"
    named = '[files.grid]\npath = "net.json"\nvintage = "2026"\nlicence = "own"\n'
    path.write_text(f"{path.read_text()}\n{named}")
    inputs = read_city(city)
    assert any("which substation feeds each station" in str(issue) for issue in inputs.warnings)
    assert inputs.city.supply_areas.empty
    assert not {"supply areas", "without supply_areas"} & set(inputs.city.notes["topic"])
    assert set(lay_out(inputs, 1).grid.stations["supply"]) == {"nearest"}
