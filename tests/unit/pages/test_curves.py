"""Curves of homes per euro: each against its own euros, and in words where there is no line."""

import pagetables
import pytest
from matplotlib.figure import Figure

from stroomstad.pages.curves import draw_curves


def drawn(curve, language="en"):
    figure = Figure()
    draw_curves(figure, curve, language)
    return figure.axes


def texts(axes):
    return " ".join(text.get_text() for text in axes.texts).replace("\n", " ")


def test_each_budget_is_drawn_against_its_own_euros_and_both_against_co2():
    municipality, society, co2 = drawn(pagetables.make_curve())
    assert [len(axes.lines) for axes in (municipality, society, co2)] == [1, 1, 2]
    styles = {(line.get_linestyle(), line.get_marker()) for line in co2.lines}
    assert len(styles) == 2
    assert all(axes.get_xlabel() for axes in (municipality, society, co2))


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "0 at every budget: 1,450 – 3,337 homes"), ("nl", "0 bij elk budget: 1.450 – 3.337")],
)
def test_a_curve_of_which_all_points_have_one_value_is_told_in_words(language, said):
    curve = pagetables.make_curve().assign(co2_kg=0.0)
    axes = drawn(curve, language)[2]
    assert not axes.lines
    assert not axes.get_xticks().size
    assert said in texts(axes)


def test_a_curve_of_one_point_is_told_in_words():
    curve = pagetables.make_curve().query("budget_eur == 0")
    assert "at every budget: 1,450 homes" in texts(drawn(curve)[0])


def test_numbers_on_an_axis_are_told_apart():
    curve = pagetables.make_curve()
    curve["eur_municipality"] = curve["eur_municipality"] / 1000
    axes = drawn(curve)[0]
    axes.figure.canvas.draw()
    told = [label.get_text() for label in axes.get_xticklabels()]
    assert len(set(told)) == len(told)
    assert "−0.0" not in told
