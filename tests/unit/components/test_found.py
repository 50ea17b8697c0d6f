"""Components are found by their entry points; what is broken is named and stops nothing else."""

import pytest
from makeshift import entry

from stroomstad.components import found_components


def found(*pairs):
    return found_components([entry(name, value) for name, value in pairs])


def test_a_component_is_found_by_its_entry_point():
    one = found(("homes-counted", "makeshift:counter"))
    assert list(one.components) == ["homes-counted"]
    assert one.components["homes-counted"].entry == "makeshift:counter"
    assert one.issues == []


def test_nothing_installed_is_nothing_found():
    assert found_components([]).components == {}


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("away", "no_such_module_anywhere", "(ModuleNotFoundError: No module"),
        ("away", "makeshift:nobody", "cannot be loaded from makeshift:nobody (AttributeError"),
        ("away", "makeshift", "cannot be loaded from makeshift (AttributeError"),
        ("away", "makeshift:DOCUMENT", "cannot be loaded from makeshift:DOCUMENT (AttributeError"),
        ("away", "makeshift:misnamed", "its manifest has the id homes-counted. Give the entry"),
        ("personal", "makeshift:personal", "personal_data.purpose: is missing where personal data"),
        ("grid-synthesis", "makeshift:own_engine", "has the name of an engine of the twin."),
    ],
)  # fmt: skip
def test_a_broken_component_is_named_and_stops_no_other(name, value, said):
    both = found((name, value), ("homes-counted", "makeshift:counter"))
    assert list(both.components) == ["homes-counted"]
    assert list(both.refused) == [name]
    assert both.issues[0].where.startswith(f"component {name}")
    assert said in str(both.issues[0])


def test_a_component_that_ends_the_program_when_imported_is_named(tmp_path, monkeypatch):
    (tmp_path / "stroomstad_quits.py").write_text("import sys\nsys.exit(1)\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    one = found(("quits", "stroomstad_quits"))
    assert "(SystemExit: 1)" in one.issues[0].problem


def test_of_two_with_one_name_one_is_used_and_the_other_told_in_any_order():
    pairs = [("homes-counted", "makeshift:counter"), ("homes-counted", "makeshift:misnamed")]
    for listed in (pairs, pairs[::-1]):
        both = found(*listed)
        assert both.components["homes-counted"].entry == "makeshift:counter"
        assert "is installed a second time, as makeshift:misnamed." in both.issues[0].problem
