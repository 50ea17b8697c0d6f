"""From files to an answer on the made-up city, through the command line."""

import _thread
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from cityfiles import write_city

from stroomstad.cli import main
from stroomstad.cli.console import stoppable
from stroomstad.errors import InvalidData
from stroomstad.run import run_city
from stroomstad.store import list_runs, load_run, safe_name, save_run
from stroomstad.tables import grid, results, schema

COMMAND = [sys.executable, "-m", "stroomstad.cli"]


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    return write_city(tmp_path_factory.mktemp("city"))


@pytest.fixture(scope="module")
def finished(city, tmp_path_factory):
    runs = tmp_path_factory.mktemp("runs")
    assert main(["run", str(city), "--runs", str(runs), "--seed", "3"]) == 0
    return runs


def _interrupt_when_finished(runs):
    for _ in range(60_000):
        if list_runs(runs):
            _thread.interrupt_main()
            return
        time.sleep(0.001)


def test_a_run_keeps_its_tables_its_report_and_its_map(finished):
    (folder,) = list_runs(finished)
    run = load_run(folder)
    assert {"room", "links", "regional_curve", "evidence", "stations"} <= set(run.tables)
    assert (folder / "report.html").stat().st_size > 50_000
    assert (folder / "map.png").read_bytes().startswith(b"\x89PNG")


def test_every_declared_table_of_a_run_is_as_declared(finished):
    tables = load_run(list_runs(finished)[0]).tables
    declared = {
        "room": results.ROOM,
        "station_room": results.STATION_ROOM,
        "links": results.LINK_LOADING,
        "regional_curve": results.REGIONAL_CURVE,
        "evidence": results.ROOM_EVIDENCE,
        "stations": grid.STATIONS,
        "cables": grid.CABLES,
        "nodes": grid.NODES,
        "limits": results.LIMITS,
        "voltage_norm": results.VOLTAGE_NORM,
    }
    issues = {name: schema.check(tables[name], table) for name, table in declared.items()}
    assert not any(issues.values()), issues


def test_room_never_falls_from_the_low_to_the_middle_to_the_high_case(finished):
    room = load_run(list_runs(finished)[0]).tables["room"]
    by_case = room.pivot_table(index=["area_code", "direction"], columns="case", values="room")
    assert (by_case["low"] <= by_case["mid"]).all()
    assert (by_case["mid"] <= by_case["high"]).all()


def test_the_same_inputs_and_seed_give_the_same_hashes(city, finished, tmp_path):
    again = run_city(city, tmp_path, seed=3)
    hashes = [
        {name: table["sha256"] for name, table in load_run(folder).manifest["tables"].items()}
        for folder in (list_runs(finished)[0], again)
    ]
    assert hashes[0] == hashes[1]


def test_another_seed_draws_another_grid(city, finished, tmp_path):
    other = load_run(run_city(city, tmp_path, seed=4)).tables["stations"]
    first = load_run(list_runs(finished)[0]).tables["stations"]
    assert not first["rating_kva"].equals(other["rating_kva"]) or not first["load_max_kva"].equals(
        other["load_max_kva"]
    )


def test_a_second_run_stands_beside_the_first_and_reuses_nothing(city, tmp_path):
    first, second = run_city(city, tmp_path), run_city(city, tmp_path)
    assert first != second
    assert list_runs(tmp_path) == [first, second]


def test_the_whole_year_is_solved_when_asked(city, tmp_path):
    tables = load_run(run_city(city, tmp_path, year=True)).tables
    year, links = tables["year"].set_index("link_id"), tables["links"].set_index("link_id")
    assert set(year.index) == set(links.index)
    assert schema.check(tables["year"], results.YEAR) == []
    full = year["load_max_kva"] * links["level_factor"] > links["limit_kva"] * (1 + 1e-6)
    assert (year.loc[full, ["above_100_h", "above_100_kvah"]] > 0).all(axis=None)
    facts = tables["flow_facts"].set_index("quantity")["value"]
    assert facts["year_unsolved_quarters"] == 0
    assert 0 < facts["year_losses_fraction"] < 0.1
    assert facts["year_audit_ppm"] < 1
    assert year["voltage_min_pu"].between(0.8, 1.1).all()
    assert year["load_max_at"].dropna().str.startswith("2023-").all()
    norm = tables["voltage_norm"].query("period == 'year'").set_index("node_id")
    lowest = year.set_index("node_id")["voltage_min_pu"]
    np.testing.assert_allclose(norm["voltage_min_pu"], lowest[norm.index], atol=1e-6)


def test_limits_are_kept_and_said_wherever_the_answer_is(city, finished, tmp_path, capsys):
    asked = ["--limits", "nameplate", "--n1-relaxed"]
    assert main(["run", str(city), "--runs", str(tmp_path), "--seed", "3", *asked]) == 0
    printed = " ".join(capsys.readouterr().out.replace("│", " ").split())
    assert "transformatoren naar hun nominale vermogen" in printed
    assert "N-1 verruimd" in printed
    (folder,) = list_runs(tmp_path)
    run, usual = load_run(folder), load_run(list_runs(finished)[0])
    assert run.manifest["limits"]["transformers"] == "nameplate"
    assert usual.manifest["limits"]["transformers"] == "cyclic"
    told = (run.tables["limits"]["about_nl"].item(), run.tables["limits"]["about"].item())
    report = (folder / "report.html").read_text(encoding="utf-8")
    assert all(each in report for each in told)
    limit_kva, usual_kva = (
        each.tables["links"].set_index("link_id")["limit_kva"] for each in (run, usual)
    )
    stations = usual.tables["links"].set_index("link_id")["kind"] == "station"
    assert (limit_kva[stations] < usual_kva[stations]).all()


def test_low_voltage_is_held_against_the_norm_in_both_weeks(finished):
    tables = load_run(list_runs(finished)[0]).tables
    norm, low = tables["voltage_norm"], (tables["nodes"]["voltage_v"] < 1000).sum()
    assert norm["period"].value_counts().to_dict() == {"winter": low, "summer": low}
    assert norm["share_within"].between(0, 1).all()


def test_a_sample_of_both_weeks_is_held_against_another_program(finished):
    facts = load_run(list_runs(finished)[0]).tables["flow_facts"].set_index("quantity")["value"]
    for season in ("winter", "summer"):
        assert 0.0 <= facts[f"{season}_audit_ppm"] <= 0.5


def test_a_measured_peak_of_one_firm_is_used_and_shown_nowhere(finished, tmp_path):
    before = load_run(list_runs(finished)[0]).tables["stations"].set_index("station_id")
    firm = before[before["owner"] == "customer"].index[0]
    own = write_city(tmp_path / "own")
    row = f"{firm},load_max_mw,0.0987,MW,2025-01-01,letter,no"
    (own / "known.csv").write_text(f"asset,attribute,value,unit,date,source,public\n{row}\n")
    assert main(["run", str(own), "--runs", str(tmp_path / "runs"), "--seed", "3"]) == 0
    run = load_run(list_runs(tmp_path / "runs")[0])
    station = run.tables["stations"].set_index("station_id").loc[firm]
    assert station["known_not_public"]
    assert station[["load_max_known_mw", "load_max_kva", "loading_max"]].isna().all()
    assert run.tables["known"]["value"].isna().all()
    feeder = run.tables["cables"].set_index("to_node").loc[f"{firm}-mv", "cable_id"]
    loads = [
        tables["links"].set_index("link_id").loc[feeder, "load_max_kva"]
        for tables in (run.tables, load_run(list_runs(finished)[0]).tables)
    ]
    assert loads[0] != pytest.approx(loads[1], rel=0.01)
    page = (run.folder / "report.html").read_text(encoding="utf-8")
    assert "0.0987" not in page
    assert "0,0987" not in page
    assert "98,7" not in page


def test_show_prints_the_newest_run(finished, capfd):
    assert main(["show", "--runs", str(finished)]) == 0
    assert "Westwijk" in capfd.readouterr().out


def test_show_does_not_read_square_brackets_as_layout(finished, tmp_path, capfd):
    folder = shutil.copytree(list_runs(finished)[0], tmp_path / "R[" / "old]")
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "city": "Proef[/b]stad"}))
    assert main(["show", str(folder)]) == 0
    assert str(folder) in capfd.readouterr().out


@pytest.mark.parametrize("name", ["mijn stad", "städ"])
def test_any_folder_name_of_a_city_can_be_run(city, tmp_path, name):
    shutil.copytree(city, tmp_path / name)
    run = run_city(tmp_path / name, tmp_path / "runs")
    assert run.name.startswith(safe_name(name))


def test_show_of_a_run_without_an_answer_is_told(tmp_path, capfd):
    save_run(tmp_path, "empty", {}, {})
    assert main(["show", "--runs", str(tmp_path)]) == 1
    assert "no table room" in capfd.readouterr().err


def test_show_of_a_run_whose_room_is_another_table_is_told(tmp_path, capfd):
    save_run(tmp_path, "foreign", {"room": pd.DataFrame({"room": [1.0]})}, {})
    assert main(["show", "--runs", str(tmp_path)]) == 1
    assert "column area_code is missing" in capfd.readouterr().err


def test_show_of_a_run_whose_report_is_gone_is_told(finished, tmp_path, capfd):
    (folder,) = list_runs(finished)
    copied = shutil.copytree(folder, tmp_path / "copied")
    (copied / "report.html").unlink()
    assert main(["show", str(copied)]) == 1
    assert "report.html: the file is missing." in capfd.readouterr().err


def test_show_names_only_files_that_were_written(city, tmp_path, capfd):
    folder = run_city(city, tmp_path)
    assert main(["show", str(folder)]) == 0
    assert "report.html" not in capfd.readouterr().out


def test_a_full_output_is_told_without_a_traceback(finished):
    with Path("/dev/full").open("w") as full:
        told = subprocess.run(
            [*COMMAND, "show", "--runs", str(finished)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert told.returncode == 1
    assert told.stderr.startswith("the output cannot be written (No space left")
    assert len(told.stderr.splitlines()) == 1


def test_a_terminal_without_accents_gets_the_answer_too(finished):
    told = subprocess.run(
        [*COMMAND, "show", "--runs", str(finished)],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert told.returncode == 0, told.stderr
    assert b"Westwijk" in told.stdout


def test_a_working_folder_that_is_gone_is_told(tmp_path):
    there = tmp_path / "there"
    there.mkdir()
    told = subprocess.run(
        ["sh", "-c", 'rmdir "$PWD" && exec "$@"', "sh", *COMMAND, "check", "x"],
        cwd=there,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 1
    assert told.stderr.startswith("the working folder is no longer there.")


def test_stopping_while_the_libraries_load_is_a_sentence(city):
    command = [sys.executable, "-X", "importtime", "-m", "stroomstad.cli", "check", str(city)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        # The interpreter names every module that it has loaded.
        next(each for each in running.stderr if "numpy" in each)
        running.send_signal(signal.SIGINT)
        told = running.stderr.read()
    assert running.returncode == 130
    assert told.endswith("stopped: nothing was written.\n")
    assert "Traceback" not in told


def test_show_without_any_run_says_how_to_make_one(tmp_path, capfd):
    assert main(["show", "--runs", str(tmp_path)]) == 1
    assert "stroomstad demo" in capfd.readouterr().err


def test_check_says_that_a_sound_city_has_no_faults(city, capfd):
    assert main(["check", str(city)]) == 0
    assert "no faults" in capfd.readouterr().out


@pytest.mark.parametrize("command", ["check", "run"])
def test_check_and_run_tell_the_same_fault_that_only_the_grid_shows(city, tmp_path, capfd, command):
    copied = shutil.copytree(city, tmp_path / "copied")
    with (copied / "known.csv").open("a") as known:
        known.write("MSR-9999-001,rating_kva,630,kVA,2023-03-01,letter,yes\n")
    options = ["--runs", str(tmp_path / "runs")] if command == "run" else []
    assert main([command, str(copied), *options]) == 1
    assert "assets that the grid does not have (MSR-9999-001)" in capfd.readouterr().err


def test_a_week_without_a_solution_names_the_link_that_is_most_over_its_limit(
    city, finished, tmp_path, capfd
):
    copied = shutil.copytree(city, tmp_path / "copied")
    stations = load_run(list_runs(finished)[0]).tables["stations"]
    station = stations.loc[stations["owner"] == "public", "station_id"].iloc[0]
    with (copied / "known.csv").open("a") as known:
        known.write(f"{station},load_max_mw,60,MW,2023-03-01,letter,yes\n")
    assert main(["run", str(copied), "--runs", str(tmp_path / "runs"), "--seed", "3"]) == 3
    told = capfd.readouterr().err
    assert "quarters did not converge" in told
    assert "Most over its limit is " in told
    assert list_runs(tmp_path / "runs") == []


def test_a_fact_of_the_future_is_a_fault(city, tmp_path, capfd):
    copied = shutil.copytree(city, tmp_path / "copied")
    with (copied / "known.csv").open("a") as known:
        known.write("MSR-0101-001,rating_kva,630,kVA,2199-03-01,letter,yes\n")
    assert main(["check", str(copied)]) == 1
    assert "dated after today" in capfd.readouterr().err


def test_the_folder_of_runs_is_tried_before_the_work(city, tmp_path):
    (tmp_path / "runs").write_text("not a folder")
    steps = []
    with pytest.raises(InvalidData, match="this is a file, not a folder"):
        run_city(city, tmp_path / "runs", tell=lambda step, _: steps.append(step))
    assert steps == []


def test_a_faulty_city_gives_every_fault_exit_status_1_and_no_run(city, tmp_path, capfd):
    broken = write_city(tmp_path / "broken")
    (broken / "known.csv").write_text("asset,attribute\n")
    (broken / "kleinverbruik.csv.gz").write_bytes(b"")
    runs = tmp_path / "runs"
    assert main(["run", str(broken), "--runs", str(runs)]) == 1
    told = capfd.readouterr().err
    assert "known.csv" in told
    assert "kleinverbruik.csv.gz" in told
    assert list_runs(runs) == []


def test_a_folder_that_is_no_city_is_told_in_a_sentence(tmp_path, capfd):
    assert main(["check", str(tmp_path / "nowhere")]) == 1
    assert "nowhere" in capfd.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["run"], ["run", "x", "--seed", "-1"], ["fly"]])
def test_faulty_use_has_exit_status_2(arguments):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2


def test_a_run_killed_half_way_leaves_earlier_runs_readable(city, finished):
    before = list_runs(finished)
    running = subprocess.Popen(
        [*COMMAND, "run", str(city), "--runs", str(finished)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    time.sleep(2.0)
    running.send_signal(signal.SIGKILL)
    running.wait(timeout=10)
    running.stderr.close()
    assert list_runs(finished) == before
    assert load_run(before[0]).tables["room"].shape[0] > 0


def test_an_interrupted_run_says_that_nothing_was_kept(city, tmp_path, capfd):
    interrupt = threading.Timer(0.3, _thread.interrupt_main)
    interrupt.start()
    status = main(["run", str(city), "--runs", str(tmp_path)])
    interrupt.cancel()
    assert status == 130
    assert "nothing of this run was kept" in capfd.readouterr().err
    assert list_runs(tmp_path) == []


# A stop may come in the midst of reading a file, which Python then closes late, and says so.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_stopping_after_the_run_was_kept_says_where_it_is(city, tmp_path, capfd):
    watched = threading.Thread(target=_interrupt_when_finished, args=(tmp_path,))
    watched.start()
    status = main(["run", str(city), "--runs", str(tmp_path)])
    watched.join()
    told = capfd.readouterr().err
    assert (status, len(list_runs(tmp_path))) == (130, 1)
    assert f"stopped: {list_runs(tmp_path)[0]} was finished before that, and is kept." in told


def test_a_stop_that_a_library_takes_for_a_damaged_file_is_still_a_stop():
    def read():
        with contextlib.suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        raise InvalidData([])

    with pytest.raises(KeyboardInterrupt), stoppable():
        read()


def test_a_fault_without_a_stop_stays_a_fault():
    with pytest.raises(InvalidData), stoppable():
        raise InvalidData([])


def test_a_run_stopped_at_any_step_leaves_nothing(city, tmp_path):
    def stop(step, done):
        if step == "check" and done == 0.0:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_city(city, tmp_path, tell=stop)
    assert list(tmp_path.iterdir()) == []


def test_the_manifest_names_every_input_with_its_hash(finished):
    run = load_run(list_runs(finished)[0])
    assert run.tables["files"]["sha256"].str.fullmatch("[0-9a-f]{64}").all()
    assert "adressen.csv" in set(run.tables["files"]["file"])
    assert json.loads((run.folder / "manifest.json").read_text())["seed"] == 3
