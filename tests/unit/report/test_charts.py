"""Charts put numbers where they belong and close no eye to what they show."""

import re

import numpy as np
import pytest

from stroomstad.report.charts import (
    Axes,
    Curve,
    band_chart,
    bar_chart,
    curve_style,
    line_chart,
    round_up,
)
from stroomstad.report.words import Words

AXES = Axes(Words("vermogen", "power"), Words("woningen", "homes"), 100.0, 50.0)
TITLE = Words("Kromme", "Curve")


def _curve(name="A", y=(0.0, 25.0, 50.0)):
    return Curve(name, np.array([0.0, 50.0, 100.0]), np.array(y))


def test_the_corners_of_the_axes_are_the_corners_of_the_drawing():
    across, down = AXES.at(np.array([0.0, 100.0]), np.array([0.0, 50.0]))
    assert across[1] > across[0]
    assert down[1] < down[0]


def test_a_line_halfway_stands_halfway():
    drawn = str(line_chart(TITLE, AXES, [_curve()]))
    points = re.search(r'<path d="M([^"]+)" fill="none"', drawn)[1].replace("L", " ").split()
    x, y = np.array(points, dtype=float).reshape(-1, 2).T
    assert x[1] == pytest.approx((x[0] + x[2]) / 2, abs=0.1)
    assert y[1] == pytest.approx((y[0] + y[2]) / 2, abs=0.1)


def test_every_line_has_its_name():
    drawn = str(line_chart(TITLE, AXES, [_curve("S<1"), _curve("S2")]))
    assert "<title>S&lt;1</title>" in drawn
    assert "<title>S2</title>" in drawn


def test_a_limit_out_of_sight_is_not_drawn():
    assert 'class="limit"' in line_chart(TITLE, AXES, [_curve()], limit=40.0)
    assert 'class="limit"' not in line_chart(TITLE, AXES, [_curve()], limit=60.0)


def test_a_band_has_three_lines_and_a_fill():
    drawn = str(band_chart(TITLE, AXES, _curve("low"), _curve("mid"), _curve("high")))
    assert drawn.count("<title>") == 3
    assert drawn.count("fill-opacity") == 1


def test_bars_tell_their_height():
    drawn = bar_chart(TITLE, AXES, np.arange(3.0), np.array([4.0, 7.0]), np.array([-2.5, 0, 2.5]))
    assert "<title>4</title>" in drawn
    assert '<tspan lang="nl">−2,5</tspan>' in drawn


def test_a_chart_says_in_both_languages_what_it_is():
    assert 'aria-label="Kromme / Curve"' in line_chart(TITLE, AXES, [_curve()])


def test_ten_lines_are_ten_different_styles():
    assert len({curve_style(number) for number in range(10)}) == 10


@pytest.mark.parametrize(
    ("value", "top"),
    [(0.0, 1.0), (float("nan"), 1.0), (99.0, 100.0), (100.0, 100.0), (101.0, 150.0)],
)
def test_an_axis_ends_on_a_round_number(value, top):
    assert round_up(value) == top


def test_ticks_are_round_numbers():
    drawn = str(line_chart(TITLE, Axes(AXES.x, AXES.y, 150.0, 80.0), [_curve()]))
    ticks = re.findall(r'<text class="tick"[^>]*>([^<]+)<', drawn)
    assert ticks == ["0", "20", "40", "60", "80", "0", "50", "100", "150"]


def test_what_lies_below_zero_is_drawn_at_zero():
    below = line_chart(TITLE, AXES, [_curve(y=(50.0, 25.0, -30.0))])
    assert below == line_chart(TITLE, AXES, [_curve(y=(50.0, 25.0, 0.0))])
