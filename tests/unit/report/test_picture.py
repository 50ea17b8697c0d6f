"""The picture of the map has its size and its parts, in either language."""

import struct

import pytest
from proefstad import FACTS, make_tables

from stroomstad.report import render_map_png
from stroomstad.report.picture import name_sources


@pytest.fixture(scope="module")
def tables():
    return make_tables()


def test_the_picture_is_1600_by_1100(tables):
    assert struct.unpack(">II", render_map_png(tables, FACTS)[16:24]) == (1600, 1100)


def test_the_same_tables_give_the_same_bytes(tables):
    assert render_map_png(tables, FACTS) == render_map_png(tables, FACTS)


def test_the_languages_differ(tables):
    assert render_map_png(tables, FACTS, "nl") != render_map_png(tables, FACTS, "en")


def test_a_city_without_a_grid_gives_a_picture(tables):
    assert render_map_png({name: tables[name] for name in ("areas", "room")}, {})[:4] == b"\x89PNG"


def test_a_name_with_a_dollar_sign_is_not_a_formula(tables):
    named = tables["substations"].assign(substation_name="A$b$")
    assert render_map_png({**tables, "substations": named}, {"city": "A$b$"})[:4] == b"\x89PNG"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_makers_that_a_city_names_stand_below_the_map(language):
    told = {"grid_places": ["© OpenStreetMap, ODbL", "2017-01"], "areas": ["", "2022-01-01"]}
    words = name_sources({"sources": told}, language)
    assert "© OpenStreetMap, ODbL (" in words
    assert " 2017)" in words
    assert "2022;" in words
    assert "Liander" not in words


def test_a_run_without_named_sources_points_to_its_report():
    assert "rapport" in name_sources({}, "nl")
    assert "see the report" in name_sources({}, "en")


def test_the_title_names_the_city(tables):
    assert render_map_png(tables, FACTS) != render_map_png(tables, {**FACTS, "city": "Elders"})
