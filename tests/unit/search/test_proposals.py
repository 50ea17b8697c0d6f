"""What a search may choose from by rule has names that a person can read."""

import pytest
from horizons import WEST, make_plan, make_twin
from lists import cells

from stroomstad.measures.sites import resolve_sites
from stroomstad.planning.projects import read_projects
from stroomstad.search.proposals import propose

NAME_LENGTH_MAX = 50


@pytest.fixture(scope="module")
def proposed():
    twin = make_twin()
    point = twin.grid.stations.iloc[0]
    place = f"{point['x_m']:.0f},{point['y_m']:.0f}"
    row = (2026, 2028, 900, "rijwoning", "warmtepomp", None, None, None, None, None)
    projects, _ = read_projects(cells(("Kwartier", WEST, *row), ("Veld", place, *row)), "list")
    sites, issues = resolve_sites(
        [WEST, place], twin.grid, twin.city, twin.outlines, twin.parameters["mid"]
    )
    assert not issues
    return twin, place, propose(twin, make_plan(), projects, sites).measures


def test_a_proposal_is_called_by_its_kind_and_the_name_of_its_area(proposed):
    twin, _, measures = proposed
    area = twin.city.areas.set_index("area_code")["area_name"][WEST]
    names = measures.set_index("measure_id")["name"]
    assert names[f"neighbourhood_battery@{WEST}"] == f"Buurtbatterij {area}"
    substation = twin.grid.substations.iloc[0]
    transformer = names[f"substation_transformer@{substation['substation_id']}"]
    assert transformer == f"Extra transformator {substation['substation_name']}"


def test_a_point_is_called_by_its_project_and_every_name_is_short(proposed):
    _, place, measures = proposed
    names = measures.set_index("measure_id")["name"]
    assert names[f"neighbourhood_battery@{place}"] == "Buurtbatterij Veld"
    assert names.str.len().max() <= NAME_LENGTH_MAX
    assert not names.str.contains(place).any()
