"""The contract test sees what is wrong with a component, and nothing where nothing is."""

import dataclasses
import json
import sys

import pytest
from makeshift import DOCUMENT, component, entry, stations

from stroomstad.components import check, found_components
from stroomstad.components.check import check_component, import_issues
from stroomstad.components.running import hand_over

# As a component of somebody else would: a package with a manifest and one module.
PACKAGE = """
import json
import sys
from importlib.resources import files
from {package}.core import run

def manifest():
    return json.loads((files(__package__) / "component.json").read_text(encoding="utf-8"))
"""
CORE = """
from makeshift import count_homes
{head}

def run(tables, parameters):
    answer = count_homes(tables, parameters)
{body}
    return answer
"""


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Write a package with a component into a folder that is imported from; and find it."""
    monkeypatch.syspath_prepend(tmp_path)
    packages = []

    def install(package, body="    pass", head="", name="homes-counted"):
        packages.append(package)
        folder = tmp_path / package
        folder.mkdir()
        (folder / "__init__.py").write_text(PACKAGE.format(package=package), encoding="utf-8")
        (folder / "core.py").write_text(CORE.format(body=body, head=head), encoding="utf-8")
        said = json.dumps(DOCUMENT | {"id": name})
        (folder / "component.json").write_text(said, encoding="utf-8")
        found = found_components([entry(name, package)])
        assert found.issues == []
        return found.components[name]

    yield install
    for name in [name for name in sys.modules if name.partition(".")[0] in packages]:
        del sys.modules[name]


@pytest.fixture
def here(monkeypatch):
    """Ask in this process alone, for what another one has nothing to say about."""

    def answer(component, tables):
        handed, _ = hand_over(component.manifest, tables)
        return check._answer(component.manifest, component.entry, handed)

    monkeypatch.setattr(check, "_elsewhere", answer)


def told(component, others=(), run=None):
    report = check_component(component, others, run)
    return {finding.tried.en: [str(i) for i in finding.issues] for finding in report.findings}


def test_a_component_that_keeps_the_contract_has_no_fault_and_a_cost(installed):
    good = installed("stroomstad_good")
    report = check_component(good, [good], {"stations": stations()})
    assert report.issues == []
    assert [finding.tried.en for finding in report.findings] == [
        "manifest and package",
        "stands apart from other components",
        "made-up tables: outputs as declared",
        "made-up tables: inputs untouched",
        "made-up tables: same bytes",
        "run: outputs as declared",
        "run: inputs untouched",
        "run: same bytes",
    ]
    assert [cost.tables.en for cost in report.costs] == ["made-up tables", "run"]
    assert all(cost.seconds > 0 and cost.memory_mb > 0 for cost in report.costs)


@pytest.mark.usefixtures("here")
def test_a_component_that_changes_what_it_was_given_is_told(installed):
    body = '    tables["stations"]["homes"] += 1'
    found = told(installed("stroomstad_spoils", body))
    (touched,) = found["made-up tables: inputs untouched"]
    assert "changes or drops table stations, which it was given to read." in touched
    assert found["made-up tables: outputs as declared"] == []


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    "body",
    [
        '    del tables["stations"]',
        '    tables["stations"] = None',
        '    tables["stations"].insert(0, "homes", 1, allow_duplicates=True)',
        '    tables["stations"] = tables["stations"].iloc[::-1]',
    ],
)
def test_whatever_it_does_to_what_it_was_given_is_told_the_same(installed, body):
    report = check_component(installed("stroomstad_rough", body))
    assert [issue.remedy for issue in report.issues] == ["Work on a copy."]


def test_a_module_that_is_no_python_is_told(installed, tmp_path):
    one = installed("stroomstad_torn")
    (tmp_path / "stroomstad_torn" / "late.py").write_text("def (", encoding="utf-8")
    (found,) = import_issues(one, [])
    assert found.where == "component homes-counted, stroomstad_torn.late"
    assert "cannot be read as Python (SyntaxError: invalid syntax" in found.problem


def test_a_component_that_draws_by_chance_is_told(installed):
    body = '    answer.indicators["value"] += random.random()'
    found = told(installed("stroomstad_chance", body, "import random"))
    assert len(found["made-up tables: same bytes"]) == 2


def test_a_component_that_remembers_is_told(installed):
    body = '    calls.append(1)\n    answer.indicators["value"] += len(calls)'
    (found, *_) = told(installed("stroomstad_keeps", body, "calls = []"))[
        "made-up tables: same bytes"
    ]
    assert "answers otherwise when it is asked a second time." in found


def test_a_component_that_leans_on_the_order_of_a_set_is_told(installed):
    body = '    answer.indicators["value"] += hash("a") % 1_000_003'
    (found,) = told(installed("stroomstad_sets", body))["made-up tables: same bytes"]
    assert "answers otherwise when it is asked in another process." in found


def test_what_is_wrong_with_its_outputs_is_told_and_nothing_is_timed():
    def run(_tables, _parameters):
        raise ValueError("no")

    report = check_component(component(run))
    assert [issue.problem for issue in report.issues] == ["stopped with ValueError: no."]
    assert report.costs == ()


@pytest.mark.usefixtures("here")
def test_a_run_that_lacks_a_table_is_told(installed):
    found = told(installed("stroomstad_lacks"), run={})
    assert (
        "reads table stations, which this run does not have."
        in found["run: outputs as declared"][0]
    )
    assert found["made-up tables: outputs as declared"] == []


@pytest.mark.usefixtures("here")
def test_a_manifest_and_a_package_of_two_versions_are_told():
    two = dataclasses.replace(component(), distribution_version="1.3.0")
    (found,) = told(two)["manifest and package"]
    assert "its manifest says version 1.2.0, and its package 1.3.0." in found


@pytest.mark.usefixtures("here")
def test_two_components_that_import_each_other_are_both_told(installed):
    one = installed("stroomstad_one", head="def late():\n    import stroomstad_two", name="one")
    two = installed("stroomstad_two", head="import stroomstad_one.core", name="two")
    for each, package, line, imported in (
        (one, "stroomstad_one", 4, "stroomstad_two, of component two"),
        (two, "stroomstad_two", 3, "stroomstad_one.core, of component one"),
    ):
        (found,) = told(each, [one, two])["stands apart from other components"]
        at = f"component {each.manifest.id}, {package}.core:{line}"
        assert found == f"{at}: imports {imported}. Read a table, or give a layer, instead."


@pytest.mark.parametrize(
    "head",
    [
        "def late():\n    import stroomstad_other",
        "def late():\n    from stroomstad_other.core import run as other",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import stroomstad_other.core",
        "import importlib\ndef late():\n    importlib.import_module('stroomstad_other')",
        "def late():\n    __import__('stroomstad_other.core')",
    ],
)
def test_an_import_of_another_component_is_seen_wherever_it_hides(installed, head):
    other = installed("stroomstad_other", name="other")
    one = installed("stroomstad_one", head=head, name="one")
    (found,) = import_issues(one, [other])
    assert found.where.startswith("component one, stroomstad_one.core:")
    assert "of component other." in found.problem
    assert import_issues(other, [one]) == []


def test_an_import_of_what_is_inside_the_twin_is_told_and_of_what_is_open_not(installed):
    head = "from stroomstad.tables.schema import check\nimport stroomstad.run.city\n"
    head += "from stroomstad.components import Outputs\nfrom stroomstad import errors, run as r"
    found = import_issues(installed("stroomstad_inside", head=head), [])
    assert [issue.problem for issue in found] == [
        "imports stroomstad.run.city, which is inside the twin.",
        "imports stroomstad.run, which is inside the twin.",
    ]


def test_components_of_one_package_may_share_what_is_beside_them_but_not_each_other(
    tmp_path, monkeypatch
):
    monkeypatch.syspath_prepend(tmp_path)
    folder = tmp_path / "stroomstad_pair"
    folder.mkdir()
    (folder / "__init__.py").write_text("", encoding="utf-8")
    (folder / "shared.py").write_text("", encoding="utf-8")
    (folder / "left.py").write_text("from . import shared, right\n", encoding="utf-8")
    (folder / "right.py").write_text("from .shared import *\n", encoding="utf-8")
    left, right = (
        dataclasses.replace(component(id=name), entry=f"stroomstad_pair.{name}")
        for name in ("left", "right")
    )
    (found,) = import_issues(left, [right])
    assert found.problem == "imports stroomstad_pair.right, of component right."
    assert import_issues(right, [left]) == []
