"""A grid with a node for every address says the same of all above low voltage."""

import pandas as pd
import pytest
from cityfiles import write_city

from stroomstad.cli import main
from stroomstad.errors import InvalidData
from stroomstad.run import grid_facts, grid_of, write_grid
from stroomstad.store import list_runs, load_run

# What may differ: losses, which low voltage has less of where loads are spread along the street.
LOSSES_MAX = 0.02
GIVEN = """
[files.grid]
path = "grid.json"
vintage = "2026-01-01"
licence = "own"
"""


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    return write_city(tmp_path_factory.mktemp("city"))


@pytest.fixture(scope="module")
def runs(city, tmp_path_factory):
    """The same city run in both details."""
    folder = tmp_path_factory.mktemp("runs")
    for detail in ("group", "address"):
        assert main(["run", str(city), "--runs", str(folder), "--detail", detail]) == 0
    by_detail = {run.manifest["detail"]: run.tables for run in map(load_run, list_runs(folder))}
    return by_detail["group"], by_detail["address"]


def test_every_address_at_low_voltage_has_a_node(runs):
    plain, fine = ((tables["nodes"]["kind"] == "lv").sum() for tables in runs)
    points = runs[0]["points"]
    assert plain == (points["level"] == "lv").sum()
    assert fine == points.loc[points["level"] == "lv", "addresses"].sum()


def test_the_same_station_and_substation_binds_and_as_many_homes_fit_up_to_losses(runs):
    room = [tables["room"].set_index(["area_code", "direction", "case"]) for tables in runs]
    assert room[0]["binding"].tolist() == room[1]["binding"].tolist()
    assert room[1]["room"].to_numpy() == pytest.approx(room[0]["room"].to_numpy(), rel=0.05, abs=3)


def test_links_above_low_voltage_carry_the_same_up_to_losses(runs):
    links = [tables["links"].set_index("link_id") for tables in runs]
    above = links[0].index[links[0]["kind"] != "lv_cable"]
    carried = [each.loc[above, "load_max_kva"].to_numpy() for each in links]
    assert carried[1] == pytest.approx(carried[0], rel=LOSSES_MAX)


def test_the_stations_are_the_same(runs):
    columns = ["station_id", "homes", "addresses", "rating_kva", "feeder_id", "distance_p50_m"]
    one, other = (pd.DataFrame(tables["stations"])[columns] for tables in runs)
    pd.testing.assert_frame_equal(one, other)


def test_loads_of_both_details_add_up_to_the_same(city):
    plain, fine = (grid_of(city, detail=detail).loads["mid"] for detail in ("group", "address"))
    for week in ("winter", "summer"):
        for side in ("load", "feed_in"):
            one, other = (
                getattr(getattr(loads, week), side).weights.sum(axis=0) for loads in (plain, fine)
            )
            assert one == pytest.approx(other)


def test_homes_per_feeder_are_those_of_the_stations_in_both_details(city):
    layouts = [grid_of(city, detail=detail) for detail in ("group", "address")]
    one, other = (
        grid_facts(layout, layout.city).set_index("quantity").loc["homes per low-voltage feeder"]
        for layout in layouts
    )
    assert one["mid"] > 0
    assert one[["low", "mid", "high"]].tolist() == other[["low", "mid", "high"]].tolist()


def test_a_grid_that_is_given_has_no_other_detail(city, tmp_path):
    folder = write_city(tmp_path / "given")
    write_grid(grid_of(city), folder / "grid.json")
    toml = folder / "city.toml"
    text = toml.read_text(encoding="utf-8")
    toml.write_text(text.replace("\n[substations]", f"{GIVEN}\n[substations]"), encoding="utf-8")
    with pytest.raises(InvalidData, match=r"as fine as it is given.*Leave the detail out"):
        grid_of(folder, detail="address")
