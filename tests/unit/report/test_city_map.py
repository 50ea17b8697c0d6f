"""The map shows every area and station in the class it belongs to."""

import numpy as np
import pytest
from proefstad import make_tables

from stroomstad.report.answer import room_by_area
from stroomstad.report.city_map import (
    area_fill,
    draw_map,
    loading_class,
    loading_class_names,
    mv_cable_places,
    room_class,
    room_class_names,
    station_mark,
    with_loading,
)


@pytest.fixture
def tables():
    return make_tables()


def _draw(tables):
    return str(draw_map(tables, room_by_area(tables["room"], "load")))


@pytest.mark.parametrize(
    ("homes", "number"),
    [(0.0, 0), (1.0, 1), (249.0, 1), (250.0, 2), (1999.0, 4), (2000.0, 5), (np.nan, -1)],
)
def test_an_area_falls_in_the_class_with_its_name(homes, number):
    assert room_class(homes) == number


def test_the_names_of_the_classes_are_their_borders():
    names = [words.nl for words in room_class_names()]
    assert names[0] == "geen ruimte"
    assert names[2] == "250 – 499 woningen"
    assert names[-1] == "2.000 of meer woningen"


def test_a_station_tells_that_its_substation_is_known_or_assumed(tables):
    supply = np.full(len(tables["stations"]), "nearest", dtype=object)
    supply[:3] = ["known", "assumed", "assumed"]
    drawn = _draw(tables | {"stations": tables["stations"].assign(supply=supply)})
    assert drawn.count("onderstation bekend / substation known") == 1
    assert drawn.count("onderstation aangenomen / substation assumed") == 2
    assert "onderstation bekend" not in _draw(tables)


@pytest.mark.parametrize(
    ("loading", "number"), [(0.3, 0), (0.5, 1), (0.8, 2), (1.2, 3), (np.nan, -1)]
)
def test_a_station_falls_in_the_class_of_its_loading(loading, number):
    assert loading_class(loading) == number


def test_every_class_of_stations_has_a_shape_of_its_own():
    marks = {station_mark(number, 0.0, 0.0) for number in range(len(loading_class_names()))}
    assert len(marks) == 4


def test_no_room_is_hatched_and_unknown_is_not():
    assert area_fill(0) == "url(#hatch)"
    assert area_fill(-1).startswith("#")


def test_every_area_links_to_its_row(tables):
    drawn = _draw(tables)
    assert all(f'href="#area-{code}"' in drawn for code in tables["areas"]["area_code"])


def test_an_area_without_an_answer_is_unknown(tables):
    tables["room"] = tables["room"][tables["room"]["area_code"] != "WK000100"]
    assert "Noordwijk: onbekend / unknown" in _draw(tables)


def test_every_station_has_a_mark_and_a_text(tables):
    drawn = _draw(tables)
    assert drawn.count('class="made"') + drawn.count('class="known"') == 60
    assert drawn.count('class="known"') == 2


def test_a_station_shows_its_room_when_the_run_has_it(tables):
    tables["stations"] = tables["stations"].assign(room_low=1.0, room_mid=2.0, room_high=3.0)
    assert "1 – 2 – 3 woningen / homes" in _draw(tables)


def test_a_rating_that_is_not_public_is_not_shown(tables):
    name = tables["stations"].loc[7, "station_id"]
    tables["stations"]["known_not_public"] = tables["stations"]["station_id"] == name
    drawn = _draw(tables)
    assert f"{name}: bekend, niet openbaar / known, not public" in drawn
    assert f"{name}: bekend, niet openbaar / known, not public ·" not in drawn


def test_loading_comes_from_the_links_when_stations_lack_it(tables):
    expected = tables["stations"]["loading_max"]
    tables["stations"] = tables["stations"].drop(columns="loading_max")
    assert np.allclose(with_loading(tables)["loading_max"], expected)


def test_loading_is_unknown_without_links(tables):
    tables["stations"] = tables["stations"].drop(columns="loading_max")
    del tables["links"]
    assert with_loading(tables)["loading_max"].isna().all()


def test_low_voltage_cables_stay_off_the_map(tables):
    tables["cables"].loc[0, "kind"] = "lv_cable"
    assert len(mv_cable_places(tables)) == len(tables["cables"]) - 1


def test_cables_over_their_limit_are_drawn_apart(tables):
    tables["links"]["loading_max"] = 0.5
    assert 'class="cable over" d=""' in _draw(tables)


def test_a_city_without_a_grid_is_drawn_too(tables):
    drawn = _draw({name: tables[name] for name in ("areas", "room")})
    assert 'class="area"' in drawn


def test_a_name_cannot_bring_markup_in(tables):
    tables["areas"].loc[0, "area_name"] = '"><script>alert(1)</script>'
    tables["substations"]["substation_name"] = "<i>"
    assert "<script" not in _draw(tables)
    assert "<i>" not in _draw(tables)
