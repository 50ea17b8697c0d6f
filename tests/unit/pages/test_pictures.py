"""Pictures are the same for the same numbers, and draw any name."""

import xml.etree.ElementTree as ET

import pagetables
import pytest
from matplotlib.figure import Figure

from stroomstad.pages import maps, pictures
from stroomstad.pages.pictures import Stairs
from stroomstad.pages.views import cost_per_year
from stroomstad.tables.words import Words

HOMES = Words("woningen", "homes")


def draw_all(language="nl", name="Plan"):
    stairs, tables = pagetables.make_staircase(), pagetables.make_project_tables()
    tornado = pagetables.make_tornado()
    layers = {layer: tables[layer] for layer in ("areas", "outline", "stations", "substations")}
    layers["substations"] = layers["substations"].assign(substation_name=name)
    asked = stairs.assign(size=stairs["asked"])
    return {
        "staircase": pictures.staircase_svg(stairs, language),
        "two stairs": pictures.two_stairs_svg(Stairs(name, stairs), Stairs("B", stairs), language),
        "curves": pictures.curves_svg(pagetables.make_curve(), language),
        "costs": pictures.costs_svg(cost_per_year(pagetables.make_costs()), language),
        "tornado": pictures.tornado_svg(tornado, [name] * len(tornado), language),
        "room": pictures.room_svg(pagetables.make_room(), asked, HOMES, language),
        "map": pictures.map_svg(layers, language),
    }


@pytest.fixture(scope="module")
def drawn():
    return draw_all()


def test_pictures_are_valid_svg_of_modest_size(drawn):
    for svg in drawn.values():
        assert ET.fromstring(svg).tag.endswith("svg")
        assert len(svg) < 200_000


def test_the_same_numbers_give_the_same_bytes(drawn):
    assert draw_all() == drawn


def test_the_language_of_a_picture_is_that_of_its_page(drawn):
    english = draw_all("en")
    assert [name for name in drawn if drawn[name] == english[name]] == []


@pytest.mark.parametrize("name", ["$x$ {y} %s", "中文 🏠", "a\0b", "x" * 3000, "<b>&amp;"])
def test_any_name_can_be_drawn(name):
    stairs = pagetables.make_staircase().tail(2)
    place = pagetables.make_project_tables()["substations"].assign(substation_name=name)
    tornado = pagetables.make_tornado().head(1)
    ET.fromstring(pictures.two_stairs_svg(Stairs(name, stairs), Stairs("B", stairs), "nl"))
    ET.fromstring(pictures.map_svg({"substations": place}, "nl"))
    ET.fromstring(pictures.tornado_svg(tornado, [name], "nl"))


def test_a_staircase_draws_what_is_known_and_nothing_else(drawn):
    stairs = pagetables.make_staircase()
    bare = pictures.staircase_svg(stairs[["year", "asked", "promised"]], "nl")
    # Five lines and areas fewer: bars, band, region and their names.
    assert len(bare) < len(drawn["staircase"])
    gap = stairs.assign(confirmed=stairs["confirmed"].where(stairs["year"] > 2030))
    without = stairs.drop(columns="confirmed")
    assert pictures.staircase_svg(gap, "nl") == pictures.staircase_svg(without, "nl")


def test_a_place_without_stations_has_a_map():
    tables = pagetables.make_project_tables(built=False)
    layers = {name: tables[name] for name in ("outline", "stations", "substations")}
    assert "<svg" in pictures.map_svg(layers, "nl")


def test_a_plan_that_costs_nothing_can_be_drawn():
    nothing = cost_per_year(pagetables.make_costs()) * 0.0
    assert "<svg" in pictures.costs_svg(nothing, "nl")


def test_room_far_above_what_is_asked_does_not_flatten_it():
    stairs = pagetables.make_staircase()
    room = pagetables.make_room().assign(room=1e6)
    asked = stairs.assign(size=10.0)
    assert "<svg" in pictures.room_svg(room, asked, HOMES, "nl")


def text_drawn(draw):
    """Texts of a picture, with where they begin in its frame, and that frame."""
    figure = Figure(figsize=(5.4, 3.5), layout="constrained")
    axes = figure.subplots()
    draw(axes)
    figure.draw_without_rendering()
    return {
        text.get_text(): text.get_window_extent() for text in axes.texts
    }, axes.get_window_extent()


@pytest.mark.parametrize("corner", [(0.0, 0.0), (4000.0, 0.0), (0.0, 2600.0), (4000.0, 2600.0)])
def test_names_of_substations_stay_inside_the_map(corner):
    name = "150kV Almere - De Vaart"
    places = pagetables.make_project_tables()["substations"].assign(
        substation_name=name, x_m=corner[0], y_m=corner[1]
    )
    far = pagetables.make_project_tables()["stations"]
    drawn, frame = text_drawn(
        lambda axes: maps.draw_map(axes, {"substations": places, "stations": far}, "nl")
    )
    assert frame.x0 <= drawn[name].x0
    assert drawn[name].x1 <= frame.x1
    assert frame.y0 <= drawn[name].y0
    assert drawn[name].y1 <= frame.y1


def test_a_line_that_leaves_the_picture_is_named_with_an_arrow():
    wide = pagetables.make_staircase().assign(region_homes=1e6)
    drawn, _ = text_drawn(lambda axes: pictures._draw_staircase(axes, wide, "nl"))
    assert [text for text in drawn if text.startswith("↑")] == [
        "↑ ╍ regio laat toe (aangenomen): 1.000.000"
    ]


def test_years_that_do_not_hold_are_hatched():
    stairs = pagetables.make_staircase()
    plain = pictures.staircase_svg(stairs, "nl")
    assert pictures.staircase_svg(stairs, "nl", unsound=[2031]) != plain
    assert pictures.staircase_svg(stairs, "nl", unsound=[1999]) == plain


def test_each_plan_draws_its_own_line_of_what_is_asked():
    stairs = pagetables.make_staircase()
    half = stairs.assign(asked=stairs["asked"] / 2)
    for second, lines in ((stairs, 1), (half, 2)):
        drawn, _ = text_drawn(lambda axes, rows=second: pictures._draw_two_stairs(
            axes, (Stairs("A", stairs), Stairs("B", rows)), "nl"))  # fmt: skip
        assert len([text for text in drawn if "gevraagd" in text]) == lines
