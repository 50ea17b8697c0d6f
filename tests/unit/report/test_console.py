"""The terminal shows the answer within eighty columns."""

import io

import pytest
from proefstad import FACTS, make_tables
from rich.console import Console

from stroomstad.report import console_tables


def _print(tables, facts=None, language="nl", width=80):
    console = Console(width=width, file=io.StringIO(), color_system=None)
    for part in console_tables(tables, facts, language):
        console.print(part)
    return console.file.getvalue()


def _words(printed):
    """What is printed as one line, without the frame."""
    return " ".join(printed.replace("│", " ").split())


@pytest.fixture
def tables():
    return make_tables()


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_line_fits_in_eighty_columns(tables, language):
    assert max(map(len, _print(tables, FACTS, language).splitlines())) <= 80


def test_the_answer_is_a_range(tables):
    assert "4.210 – 23.904 woningen; midden 11.385" in _words(_print(tables))
    assert "4,210 – 23,904 homes" in _words(_print(tables, language="en"))


def test_a_sum_over_areas_is_called_a_bound(tables):
    del tables["city_room"]
    assert "hoogstens" in _print(tables)
    assert "Som van de wijken, hoogstens: " in _print(tables)


def test_the_end_tells_the_city_at_once_and_the_stations(tables):
    city, stations = _print(tables).splitlines()[-2:]
    assert city == "Hele stad tegelijk: 4.210 – 11.385 – 23.904 woningen"
    assert stations == "Stations: 53 openbaar, 7 van klanten"


def test_without_stations_the_end_is_the_city(tables):
    del tables["stations"]
    assert _print(tables, language="en").splitlines()[-1].startswith("Whole city at once: 4,210")


def test_kinds_that_bind_stand_with_their_number_of_areas(tables):
    assert "station (8), middenspanningskabel (4)." in _words(_print(tables))


def test_no_column_is_cut_at_eighty(tables):
    for language, heading in (("nl", "Toets"), ("en", "Check")):
        assert heading in _print(tables, language=language)
        assert "…" not in _print(tables, language=language)


def test_an_area_shows_room_limit_and_quarter(tables):
    line = next(line for line in _print(tables).splitlines() if line.startswith("Zuidwijk"))
    assert line.split()[1:4] == ["144", "410", "861"]
    assert "station" in line
    assert "di 17 jan 18:15" in line
    assert "bevestigd" in line


def test_an_area_where_nothing_binds_has_dashes(tables):
    tables["room"][["binding_kind", "binding_at"]] = None
    line = next(line for line in _print(tables).splitlines() if line.startswith("Zuidwijk"))
    assert line.split()[4:6] == ["–", "–"]


def test_a_name_in_brackets_is_not_read_as_style(tables):
    tables["room"]["area_name"] = "[red]Wijk[/red]"
    assert "[red]Wijk[/red]" in _print(tables)
