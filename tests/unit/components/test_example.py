"""The example component keeps the contract, without being installed."""

import json
import subprocess
import sys
import tomllib

import pytest
from makeshift import entry
from repository import ROOT

from stroomstad.cli import main
from stroomstad.components import found_components, run_component
from stroomstad.components.check import check_component
from stroomstad.components.readable import sample_tables

EXAMPLE = ROOT / "examples" / "component"
PROJECT = tomllib.loads((EXAMPLE / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def example():
    ((name, value),) = PROJECT["entry-points"]["stroomstad.components"].items()
    return found_components([entry(name, value)]).components[name]


def test_it_keeps_the_contract():
    assert check_component(example()).issues == []


def test_it_adds_the_layer_and_the_indicators_of_its_manifest():
    outputs, issues = run_component(example(), sample_tables())
    assert issues == []
    assert list(outputs.layers) == ["charger_access"]
    assert outputs.indicators["id"].tolist() == [
        "homes_within_reach_fraction", "charger_distance_p50_m",
    ]  # fmt: skip


def test_a_city_without_chargers_has_an_answer_too():
    outputs, issues = run_component(
        example(), sample_tables() | {"chargers": sample_tables(0)["chargers"]}
    )
    assert issues == []
    assert outputs.indicators["value"].isna().tolist() == [False, True]


def test_its_evidence_stands_in_its_own_readme():
    text = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    told = example().manifest.document["evidence"][0]["about"]["en"]
    for figure in ("91.7 %", "91.8 %", "92.9 m"):
        assert figure in told
        assert figure in text


@pytest.fixture
def installed(tmp_path, monkeypatch, capsys):
    """Where the example stands as if it were installed; and how a command sees it there."""
    kept = tmp_path / f"{PROJECT['name'].replace('-', '_')}-{PROJECT['version']}.dist-info"
    kept.mkdir()
    said = f"Metadata-Version: 2.1\nName: {PROJECT['name']}\nVersion: {PROJECT['version']}\n"
    (kept / "METADATA").write_text(said, encoding="utf-8")
    group = "[stroomstad.components]\n"
    lines = [f"{name} = {value}\n" for name, value in
             PROJECT["entry-points"]["stroomstad.components"].items()]  # fmt: skip
    lines.append("broken = no_such_module_anywhere\n")
    (kept / "entry_points.txt").write_text(group + "".join(lines), encoding="utf-8")
    for path in (tmp_path, EXAMPLE / "src"):
        monkeypatch.syspath_prepend(path)
    monkeypatch.setenv("COLUMNS", "160")

    def tell(*words):
        status = main(["component", *words])
        return status, *capsys.readouterr()

    return tell


def test_the_commands_find_it_list_it_and_check_it(installed):
    status, told, faults = installed("list")
    assert status == 0
    assert "charger-access" in told
    assert "toegevoegd" in told
    assert "component broken: cannot be loaded" in faults
    status, told, faults = installed("check", "charger-access", "--language", "en")
    assert status == 0, faults
    assert told.count("holds") == 5
    assert "fault" not in told
    status, _, faults = installed("check", "broken")
    assert status == 1
    assert "component broken: cannot be loaded from no_such_module_anywhere" in faults


@pytest.mark.slow
def test_it_can_be_installed_from_its_folder(tmp_path):
    told = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--no-build-isolation", "--no-deps", "--no-index",
         "--quiet", "--disable-pip-version-check", "--target", tmp_path, EXAMPLE],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    said = json.loads((tmp_path / "stroomstad_laadnabijheid/component.json").read_text("utf-8"))
    assert said["id"] == "charger-access"
    (kept,) = tmp_path.glob("*.dist-info/entry_points.txt")
    assert "charger-access = stroomstad_laadnabijheid" in kept.read_text("utf-8")
