"""The year of the made-up city in 16 bits: from the command to the numbers that are read back."""

import re

import numpy as np
import pytest
from cityfiles import write_city
from repository import ROOT
from services import client_of

from stroomstad.api import open_service
from stroomstad.api.picture.pictures import find_run, steps
from stroomstad.blocks import LoadBlocks
from stroomstad.cli import main
from stroomstad.loads import build_year
from stroomstad.powerflow import solve_steps
from stroomstad.run import run_city
from stroomstad.run.model import Clock, build_twin, read_city
from stroomstad.store import list_runs, load_run, open_year, power_at, power_of
from stroomstad.store.year_power import STEPS
from stroomstad.tables.results import YEAR_SCALE
from stroomstad.tables.schema import check


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    return write_city(tmp_path_factory.mktemp("city"))


@pytest.fixture(scope="module")
def runs(city, tmp_path_factory):
    """Folder of runs with one run, which has its year."""
    runs = tmp_path_factory.mktemp("place") / "runs"
    assert main(["run", str(city), "--runs", str(runs), "--year"]) == 0
    return runs


@pytest.fixture(scope="module")
def year(runs):
    return open_year(list_runs(runs)[0])


@pytest.fixture(scope="module")
def solved(city, year):
    """Seven quarters, and the power in them by power-grid-model from the loads of the city."""
    inputs = read_city(city, seed=1)
    twin, network = build_twin(inputs, 1, Clock(lambda _step, _done: None))
    loads = build_year(twin.city, twin.grid, inputs.shapes, twin.parameters["mid"])
    load = LoadBlocks(twin.loads["mid"].winter.load.weights, loads.load.shapes)
    quarters = np.linspace(0, 35_039, 7).astype(np.int64)
    flows = solve_steps(network, load.select(quarters), loads.feed_in.select(quarters))
    place = {name: at for at, name in enumerate(twin.tree.link_ids)}
    rows = [place[name] for name in year.scale["link_id"]]
    power_kva = np.copysign(flows.apparent_kva[rows], flows.power_kw[rows]).T
    # Both solvers stop at 1e-8 of the voltage, and keep seven figures.
    apart_kva = 1e-6 * np.abs(power_kva).max()
    return quarters.tolist(), power_kva, year.scale["step_kva"].to_numpy() / 2 + apart_kva


def test_the_year_is_kept_of_all_but_low_voltage_cables(runs, year):
    assert [path.suffix for path in runs.iterdir() if path.name.startswith(".")] == []
    run = load_run(list_runs(runs)[0])
    assert check(run.tables["year_scale"], YEAR_SCALE) == []
    links = run.tables["links"]
    told = links.loc[links["kind"] != "lv_cable", "link_id"]
    assert year.scale["link_id"].tolist() == told.tolist()
    assert year.by_quarter.shape == (35_040, len(told))
    assert run.manifest["year"]


def test_the_year_is_a_solve_of_another_within_half_a_step(year, solved):
    quarters, power_kva, within_kva = solved
    told_kva = np.array([power_at(year, quarter) for quarter in quarters])
    assert (np.abs(told_kva - power_kva) <= within_kva).all()


def test_the_slider_shows_the_solved_loading_within_half_a_step(city, runs, year, solved):
    """As it is read within half a step; as it is sent within half a thousandth besides."""
    quarters, power_kva, within_kva = solved
    run = list_runs(runs)[0]
    links = load_run(run).tables["links"]
    at = np.flatnonzero(links["kind"] != "lv_cable")
    limit_kva = links["limit_kva"].to_numpy()[at]
    assert (limit_kva > 0).all()
    loading, within = power_kva / limit_kva, within_kva / limit_kva + 1e-7
    picture = find_run(runs, run.name)
    read = np.vstack([steps(picture, "year", each, each + 1)[1] for each in quarters])
    assert (np.abs(read - loading) <= within).all()
    with client_of(open_service(city, runs, runs / "plans")) as client:
        paths = [f"/v1/runs/{run.name}/loading/year?from={n}&to={n + 1}" for n in quarters]
        sent = np.array([np.frombuffer(client.get(path).content, "<i2")[at] for path in paths])
    assert (np.abs(sent / 1000.0 - loading) <= within + 5e-4).all()


def test_the_extremes_of_the_year_are_those_of_the_table(runs, year):
    table = load_run(list_runs(runs)[0]).tables["year"].set_index("link_id")
    for row in year.scale.itertuples():
        power_kva = power_of(year, row.link_id)
        highest_kva = table["load_max_kva"][row.link_id]
        assert power_kva.max() == pytest.approx(highest_kva, abs=row.step_kva / 2 + 1e-9)
        assert row.low_kva + STEPS * row.step_kva == pytest.approx(highest_kva)
        assert year.axis.names(power_kva.argmax()[None])[0] == table["load_max_at"][row.link_id]


def test_a_run_without_the_option_keeps_no_year_and_is_the_same_otherwise(city, runs, tmp_path):
    plain, kept = load_run(run_city(city, tmp_path)), load_run(list_runs(runs)[0])
    hashes = [
        {name: each["sha256"] for name, each in run.manifest["tables"].items()}
        for run in (plain, kept)
    ]
    assert hashes[1].keys() - hashes[0].keys() == {"year", "year_scale"}
    told_more = {name for name, each in hashes[0].items() if hashes[1][name] != each}
    assert told_more == {"voltage_norm", "flow_facts"}
    assert set(plain.manifest) == set(kept.manifest) - {"power_year"}
    assert kept.manifest["series"].keys() - plain.manifest["series"].keys() == {"year"}
    files = [{path.name for path in run.folder.glob("*.npy")} for run in (plain, kept)]
    assert files[1] - files[0] == {"power_year_by_link.npy", "power_year_by_quarter.npy"}


def test_a_stop_in_the_middle_of_the_year_leaves_nothing(city, tmp_path):
    def stop(name, done):
        if name == "year" and done > 0:
            assert len(list(tmp_path.glob(".*/scratch.f4"))) == 1
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_city(city, tmp_path, year=True, tell=stop)
    assert list(tmp_path.iterdir()) == []


def test_show_tells_the_year_of_an_asset(runs, capsys):
    assert main(["show", "--runs", str(runs), "--asset", "OS-1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("OS-1 (onderstation), grens voor afname ")
    months = [line.split()[0] for line in lines if line.startswith("2023-")]
    assert months == [f"2023-{n:02}" for n in range(1, 13)]
    head = next(at for at, line in enumerate(lines) if line.startswith("Zwaarste kwartieren"))
    assert [line.split()[0] for line in lines[head + 1 : head + 21]] == [
        str(rank) for rank in range(1, 21)
    ]
    assert lines[head + 21].startswith("Uren boven 80, 100 en 120 % van de grens: ")
    assert max(map(len, lines)) <= 80


def test_show_of_an_asset_that_is_not_there_is_told(runs, capfd):
    assert main(["show", "--runs", str(runs), "--asset", "OS-9"]) == 1
    assert "asset 'OS-9' is not among those of which the year is kept." in capfd.readouterr().err


def test_the_lines_of_the_page_run(runs, year, monkeypatch, capsys):
    page = (ROOT / "docs/how-to/year_series.md").read_text(encoding="utf-8")
    lines = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    monkeypatch.chdir(runs.parent)
    exec("".join(lines), {})
    highest_kva = power_of(year, "OS-1").max()
    assert f"{highest_kva:.1f} kVA" in capsys.readouterr().out
