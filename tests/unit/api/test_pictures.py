"""What a picture tells of the year: load and loading from the one way in which a run keeps it."""

import json

import numpy as np
import pandas as pd
import pytest

from stroomstad.api.picture.assets import _worst
from stroomstad.api.picture.pictures import course, open_picture, step_count, steps
from stroomstad.api.routes.runs import per_mille
from stroomstad.errors import NotFound
from stroomstad.store import (
    POWER_YEAR,
    add_portion,
    finish_power,
    hidden_folder,
    power_facts,
    save_run,
    series_files,
    start_scratch,
)
from stroomstad.store.runs import MANIFEST
from stroomstad.tables.profiles import TimeAxis

AXIS = TimeAxis(pd.Timestamp("2023-01-01", tz="UTC").to_pydatetime(), 4)
LINKS = pd.DataFrame(
    {
        "link_id": ["OS-1", "LV-1", "MSR-1", "MSR-2", "MSR-3"],
        "kind": ["substation", "lv_cable", "station", "station", "station"],
        # Nothing is left of the third, and the last is hidden.
        "limit_kva": [400.0, 10.0, 0.0, 50.0, np.nan],
    }
)
TOLD = [0, 2, 3, 4]
POWER_KVA = np.array(
    [[100.0, -200.0, 600.0, 0.0], [3.0, 1.0, 4.0, 2.0], [np.nan, 1e9, 25.0, -5.0], [np.nan] * 4],
    dtype=np.float32,
)


def axis_of(kinds):
    return {"from": AXIS.start.isoformat(), "steps": 4, "minutes": 15, "kinds": kinds}


@pytest.fixture
def run(tmp_path):
    """A run with two ways to keep its year: the one that counts, and a week."""
    with hidden_folder(tmp_path, "year") as folder:
        scratch = start_scratch(folder, len(TOLD))
        add_portion(scratch, POWER_KVA)
        scale, ready = finish_power(scratch)
        named = LINKS.loc[TOLD, ["link_id", "kind"]].reset_index(drop=True).join(scale)
        series = {
            "winter": axis_of(list(LINKS["kind"])),
            "year": axis_of(["substation", "station"]),
        }
        facts = {"series": series, POWER_YEAR: power_facts(AXIS)}
        week = series_files({"winter": np.full((4, len(LINKS)), 0.5, dtype=np.float16)})
        tables = {"links": LINKS, "year_scale": named, "city_room": pd.DataFrame({"room": [1.0]})}
        return save_run(tmp_path, "town", tables, facts, week, ready=ready)


def test_loading_is_power_over_the_limit_with_its_sign(run):
    links, told = steps(open_picture(run), "year", 1, 3)
    assert links.tolist() == TOLD
    half_step = 800.0 / 65534 / 2 / 400.0
    assert told[:, 0] == pytest.approx([-0.5, 1.5], abs=half_step)
    # A limit of nothing and what is hidden are not told.
    assert np.isnan(told[:, [1, 3]]).all()


def test_a_loading_that_is_far_too_much_is_sent_as_the_most_that_can_be(run):
    _, told = steps(open_picture(run), "year", 0, 4)
    sent = per_mille(told)
    assert sent[:, 0].tolist() == [250, -500, 1500, 0]
    assert sent[1, 2] == 32767


def test_the_load_of_a_link_without_a_limit_is_told_and_its_loading_is_not(run):
    load_kva, loading = course(open_picture(run), "year", 2)
    assert load_kva == pytest.approx([3.0, 1.0, 4.0, 2.0], abs=1e-4)
    assert np.isnan(loading).all()
    worst = _worst(open_picture(run), 2)
    assert worst["worst_of"] == "year"
    assert [each["load_kva"] for each in worst["worst"]] == [4.0, 3.0, 2.0, 1.0]
    assert {each["loading"] for each in worst["worst"]} == {None}
    assert worst["worst"][0]["at"] == "2023-01-01T00:30Z"


def test_a_quarter_that_is_not_told_leaves_the_others(run):
    worst = _worst(open_picture(run), 3)
    assert worst["worst_of"] == "year"
    assert [each["at"][11:] for each in worst["worst"]] == ["00:15Z", "00:30Z", "00:45Z"]
    assert _worst(open_picture(run), 4) == {"worst_of": None, "worst": []}


def test_the_heaviest_quarters_of_low_voltage_are_those_of_the_winter(run):
    assert np.isnan(course(open_picture(run), "year", 1)[0]).all()
    worst = _worst(open_picture(run), 1)
    assert worst["worst_of"] == "winter"
    assert worst["worst"][0] == {"at": "2023-01-01T00:00Z", "load_kva": 5.0, "loading": 0.5}


def test_a_year_that_an_earlier_version_kept_is_a_named_fault_and_the_rest_is_told(run):
    manifest = json.loads((run / MANIFEST).read_text(encoding="utf-8"))
    del manifest[POWER_YEAR]
    (run / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    picture = open_picture(run)
    with pytest.raises(NotFound, match=r"town: its year is kept as loading.*run again with its"):
        step_count(picture, "year")
    assert _worst(picture, 0)["worst_of"] == "winter"
    assert step_count(picture, "winter") == 4


def test_a_run_without_its_year_says_so(run):
    manifest = json.loads((run / MANIFEST).read_text(encoding="utf-8"))
    del manifest[POWER_YEAR], manifest["series"]["year"]
    (run / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(NotFound, match=r"town: its year was not solved\. Calculate the run"):
        step_count(open_picture(run), "year")
