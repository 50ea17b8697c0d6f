from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from horizons import EAST, NORTH, OUTLINE, WEST, make_outlines, make_plan, make_twin
from shapely.geometry import box
from supplied import make_supply

from stroomstad.errors import NotFound
from stroomstad.measures.sites import firm_nodes, resolve_site, resolve_sites, with_outlines

TWIN = make_twin()


def around(twin=TWIN):
    return twin.grid, twin.city, twin.outlines, twin.parameters["mid"]


def resolve(place, twin=TWIN):
    return resolve_site(place, *around(twin))


def test_an_area_is_served_by_its_public_stations():
    site = resolve(WEST)
    assert (site.kind, site.area_code, site.stations) == ("area", WEST, ("S1",))
    assert (site.substation_id, site.assumed) == ("OS-A", False)


def test_a_station_of_a_customer_serves_no_area():
    assert resolve(EAST).stations == ("S2",)


def test_an_area_without_a_station_belongs_to_the_nearest_substation():
    site = resolve(NORTH)
    assert (site.stations, site.substation_id) == ((), "OS-A")


def test_an_area_without_a_station_belongs_to_the_substation_of_its_supply_area():
    far = TWIN.grid.substations.assign(substation_id="OS-B", x_m=9e5)
    both = replace(TWIN.grid, substations=pd.concat([TWIN.grid.substations, far]))
    north = TWIN.city.areas.set_index("area_code").geometry[NORTH]
    city = replace(TWIN.city, supply_areas=make_supply(("OS-B", north)))
    assert resolve(NORTH, replace(TWIN, grid=both)).substation_id == "OS-A"
    assert resolve(NORTH, replace(TWIN, grid=both, city=city)).substation_id == "OS-B"


def test_the_city_is_served_by_every_public_station():
    site = resolve("city")
    assert (site.kind, site.area_code, site.stations) == ("city", "", ("S1", "S2"))


def test_an_outline_tells_that_it_is_assumed():
    site = resolve(OUTLINE)
    assert (site.kind, site.area_code, site.assumed) == ("outline", NORTH, True)
    assert 140200 <= site.x_m <= 140600
    assert 480700 <= site.y_m <= 480900


def test_an_outline_holds_the_stations_inside_it():
    west = make_outlines(West=box(140000, 480000, 140600, 480600))
    assert resolve("West", replace(TWIN, outlines=west)).stations == ("S1",)


@pytest.mark.parametrize("place", ["1000AA", "1000 aa", "1000"])
def test_a_postcode_is_served_by_the_stations_of_its_addresses(place):
    site = resolve(place)
    assert site.kind == "postcode"
    assert "S1" in site.stations


def test_four_digits_hold_more_than_six_characters():
    assert set(resolve("1000AA").stations) < set(resolve("1000").stations)


@pytest.mark.parametrize("place", ["140380, 480310", "140380 480310", "140380.0;480310.0"])
def test_a_point_is_served_by_the_stations_within_reach(place):
    site = resolve(place)
    assert (site.kind, site.area_code, site.stations) == ("point", WEST, ("S1",))
    assert (site.x_m, site.y_m) == (140380.0, 480310.0)


def test_a_point_in_degrees_is_the_same_place():
    site = resolve("52.310557, 5.172821")
    assert np.hypot(site.x_m - 140380, site.y_m - 480310) < 1.0
    assert (site.kind, site.stations) == ("point", ("S1",))


def test_a_point_further_away_falls_to_the_nearest_station():
    assert resolve("140100, 480100").stations == ("S1",)


def test_a_point_too_far_from_any_station_has_none():
    assert resolve("140010, 480990").stations == ()


@pytest.mark.parametrize(
    ("place", "kind", "stations"),
    [
        ("OS-A", "substation", ("S1", "S2")),
        ("F1", "feeder", ("S1", "S2")),
        ("S2", "station", ("S2",)),
        ("K1", "station", ()),
        ("M2", "cable", ("S2",)),
        ("L1", "cable", ("S1",)),
    ],
)
def test_an_asset_is_a_place(place, kind, stations):
    site = resolve(place)
    assert (site.kind, site.stations, site.substation_id) == (kind, stations, "OS-A")


def test_a_point_outside_the_municipality_is_refused():
    with pytest.raises(NotFound, match="lies outside Proefstad"):
        resolve("150000, 480300")


def test_an_outline_outside_the_municipality_is_refused():
    far = make_outlines(Ver=box(150000, 480000, 150100, 480100))
    with pytest.raises(NotFound, match=r"'Ver'.*lies outside"):
        resolve("Ver", replace(TWIN, outlines=far))


def test_all_places_that_are_not_there_are_told_at_once():
    sites, issues = resolve_sites(["Nergens", WEST, "9999ZZ", WEST, "plan-m1"], *around())
    assert list(sites) == [WEST]
    assert [issue.where for issue in issues] == [
        "place 'Nergens'",
        "place '9999ZZ'",
        "place 'plan-m1'",
    ]
    assert all(issue.problem.endswith(".") and issue.remedy.startswith("Use") for issue in issues)


@pytest.mark.parametrize(
    ("place", "nodes"),
    [
        (WEST, ["S1-lv"]),
        (EAST, ["K1-lv"]),
        ("K1", ["K1-lv"]),
        ("M3", ["K1-lv"]),
        ("F1", ["K1-lv", "S1-lv"]),
        ("city", ["K1-lv", "S1-lv"]),
        ("OS-A", ["K1-lv", "S1-lv"]),
        (OUTLINE, []),
        ("141100, 480100", ["K1-lv"]),
        ("1000AA", []),
    ],
)
def test_firms_are_found_in_any_kind_of_place(place, nodes):
    found = firm_nodes(TWIN, resolve(place))
    assert sorted(TWIN.tree.node_ids[found]) == nodes


def test_firms_are_found_inside_an_outline():
    south = make_outlines(Zuid=box(141000, 480000, 141200, 480200))
    twin = replace(TWIN, outlines=south)
    assert TWIN.tree.node_ids[firm_nodes(twin, resolve("Zuid", twin))].tolist() == ["K1-lv"]


def test_an_outline_of_the_plan_wins_over_one_of_the_city():
    own = make_outlines(**{OUTLINE: box(140000, 480000, 140100, 480100)})
    both = with_outlines(TWIN, make_plan(outlines=own)).outlines
    assert both["place"].tolist() == [OUTLINE]
    assert both.geometry.iloc[0].bounds == (140000, 480000, 140100, 480100)


def test_without_outlines_of_its_own_a_plan_leaves_the_city_as_it_is():
    assert with_outlines(TWIN, make_plan()) is TWIN
