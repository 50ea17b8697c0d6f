"""Ten thousand rows: read as a workbook, answered by the queue, or all their faults told."""

import re
from dataclasses import replace

import pytest
from horizons import EAST, WEST, make_plan
from lists import book, stored
from towns import make_town

from stroomstad.errors import InvalidData
from stroomstad.fitting.fits import fit_projects
from stroomstad.run.desk import read_project_list
from stroomstad.tables.parameters import CASES
from stroomstad.timeline.horizons import build_horizon

ROWS = 10_000


@pytest.fixture(scope="module")
def desk():
    return make_town(3)


def good_row(number):
    place, year = (WEST, EAST)[number % 2], 2026 + number % 3
    if number % 10 == 9:
        return (f"Bedrijf {number}", place, year, None, None, None, None, None, 5 + number % 50,
                "kantoor", 4, f"2025-{1 + number % 12:02d}-01")  # fmt: skip
    return (f"Plan {number}", place, year, year + 1, 1 + number % 7, "appartement", "warmtepomp",
            None, None, None, 3, f"2025-{1 + number % 12:02d}-01")  # fmt: skip


def bad_row(number):
    """Faults that follow each other: text in a number, no such place, negative, years crossed."""
    slips = (
        {4: "ca. 500"}, {1: f"WK99{number % 500:04d}"}, {4: -5}, {2: 2030, 3: 2027}, {4: "=1+1"},
    )  # fmt: skip
    row = list(good_row(10 * number))
    for column, value in slips[number % len(slips)].items():
        row[column] = value
    return tuple(row)


def write(path, make):
    path.write_bytes(stored(book([make(number) for number in range(ROWS)])))
    return path


@pytest.mark.slow
def test_ten_thousand_good_rows_are_read_and_each_one_is_answered(desk, tmp_path):
    plan = make_plan()
    projects, _, issues = read_project_list(write(tmp_path / "lang.xlsx", good_row), desk, plan)
    assert issues == []
    assert len(projects) == ROWS
    assert projects["project_id"].is_unique
    horizon = build_horizon(desk.twin, plan)
    horizons = {case: replace(horizon, case=case) for case in CASES}
    fits, reserved = fit_projects(
        horizons, projects, desk.twin.catalogue, desk.twin.parameters["mid"]
    )
    assert fits["row"].tolist() == list(range(2, ROWS + 2))
    assert sorted(fits["queue_place"]) == list(range(1, ROWS + 1))
    assert set(fits["fits"]) == {"yes", "partly", "no"}
    # What waits has its reason; what is reserved is no more than what is asked.
    waits = fits[fits["fits"] != "yes"]
    assert waits["binding"].notna().all()
    asked = fits.set_index("project_id")["size_asked"]
    assert (reserved["size"] <= reserved["project_id"].map(asked) + 1e-9).all()
    assert 0 < len(waits) < ROWS


def test_all_faults_of_ten_thousand_bad_rows_are_told_in_bounded_words(desk, tmp_path):
    with pytest.raises(InvalidData) as told:
        read_project_list(write(tmp_path / "fout.xlsx", bad_row), desk, make_plan())
    places = [each for each in told.value.issues if "there is no area" in each.problem]
    others = [each for each in told.value.issues if each not in places]
    # Every place that is not there is told once, and of the rest one line per kind.
    told_at = {int(re.search(r"row (\d+)", each.where).group(1)) for each in places}
    assert told_at == {2 + number for number in range(500) if number % 5 == 1}
    assert len(others) == 4
    for kind, part in enumerate(("ca. 500", "-5", "2027", "=1+1")):
        (line,) = (each for each in others if part in each.problem)
        first = 2 + (0, 2, 3, 4)[kind]
        assert f"rows {first}, {first + 5}, " in line.where
        assert "and 1995 more" in line.where
    assert max(len(str(each)) for each in told.value.issues) < 300
