"""The terminal shows the answer within a hundred columns."""

import io

import pytest
from proefstad import FACTS, make_tables
from rich.console import Console

from stroomstad.report import console_tables


def _print(tables, facts=None, language="nl", width=100):
    console = Console(width=width, file=io.StringIO(), color_system=None)
    for part in console_tables(tables, facts, language):
        console.print(part)
    return console.file.getvalue()


@pytest.fixture
def tables():
    return make_tables()


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_line_fits_in_a_hundred_columns(tables, language):
    assert max(map(len, _print(tables, FACTS, language).splitlines())) <= 100


def test_the_answer_is_a_range(tables):
    assert "4.210 – 23.904 woningen; midden 11.385" in _print(tables)
    assert "4,210 – 23,904 homes" in _print(tables, language="en")


def test_a_sum_over_areas_is_called_a_bound(tables):
    del tables["regional_curve"]
    assert "hoogstens" in _print(tables)


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
