"""Requirements are pinned and hashed, agree with each other, and name no address."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, requires

import pytest
from packaging.requirements import Requirement
from repository import ROOT

FILES = ("requirements.txt", "requirements-dev.txt")
PINNED = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[a-z0-9,]+\])?==([^ ;\\]+)", re.MULTILINE)
ADDRESS = re.compile(r"https?://|file:|git\+|--(extra-)?index-url|--find-links|(?<![\w.])/\w+/")


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def asked(name):
    lines = [line.split("#")[0].strip() for line in read(name).splitlines()]
    return {line.lower() for line in lines if line and not line.startswith("-")}


@pytest.mark.parametrize("name", FILES)
def test_every_requirement_is_pinned_and_hashed(name):
    blocks = re.split(r"\n(?=\S)", read(name).strip())
    wanting = [
        block.split()[0]
        for block in blocks
        if not block.startswith("#") and not (PINNED.match(block) and "--hash=sha256:" in block)
    ]
    assert wanting == []


@pytest.mark.parametrize("name", [*FILES, "requirements.in", "requirements-dev.in"])
def test_no_requirement_names_an_address_or_a_place_on_a_machine(name):
    assert ADDRESS.findall(read(name)) == []


def test_both_files_pin_the_same_versions():
    run, dev = (dict(PINNED.findall(read(name))) for name in FILES)
    assert {name: (version, dev.get(name)) for name, version in run.items()} == {
        name: (version, version) for name, version in run.items()
    }


def test_everything_asked_for_is_pinned():
    run, dev = (dict(PINNED.findall(read(name))) for name in FILES)
    assert asked("requirements.in") <= set(run)
    assert asked("requirements-dev.in") <= set(dev)


def test_the_package_asks_for_nothing_that_is_not_pinned():
    project = tomllib.loads(read("pyproject.toml"))
    asked_for = set(project["project"]["dependencies"]) | set(project["build-system"]["requires"])
    assert asked_for <= asked("requirements.in")


def test_what_is_asked_with_extras_is_pinned_with_them():
    # An older pip takes the newest `name[extra]` where only `name` is pinned, and then stops.
    locked = read("requirements-dev.txt")
    installed = dict(PINNED.findall(locked))
    needs = (Requirement(line) for name in installed for line in requires_of(name))
    lacking = [
        f"{need.name}[{','.join(need.extras)}]"
        for need in needs
        if need.extras and f"\n{need.name}[{','.join(sorted(need.extras))}]==" not in locked
    ]
    assert lacking == []


def requires_of(name):
    """What an installed package always asks for; nothing of one that this platform leaves out."""
    try:
        lines = requires(name) or []
    except PackageNotFoundError:
        return []
    return [
        line
        for line in lines
        if (marker := Requirement(line).marker) is None or marker.evaluate({"extra": ""})
    ]
