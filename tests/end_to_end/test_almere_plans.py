"""The example plan and list of Almere: what is promised, what AC confirms, what a search finds."""

from pathlib import Path

import pytest

from stroomstad.run import (
    Wish,
    answer_plan,
    default_city,
    homes_that_fit,
    open_city,
    read_plan_file,
    read_project_list,
    search_plan,
)
from stroomstad.run.model import Clock

pytestmark = pytest.mark.slow
EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def asked():
    desk = open_city(default_city())
    plan, _ = read_plan_file(EXAMPLES / "almere_2035.toml", desk)
    projects, plan, _ = read_project_list(EXAMPLES / "almere_projects.xlsx", desk, plan)
    return desk, plan, projects


def quiet():
    return Clock(lambda _step, _done: None)


def test_of_what_the_example_promises_ac_confirms_nearly_all(asked):
    tables = answer_plan(*asked, quiet())
    last = tables["staircase"].iloc[-1]
    assert last["promised"] > 1000
    assert last["promised"] - last["confirmed"] <= 0.05 * last["promised"]


def test_a_search_comes_within_one_per_cent_of_its_bound_and_connects_more(asked):
    desk, plan, projects = asked
    found, tables = search_plan(desk, plan, projects, Wish(budget_eur=5e7), quiet())
    (ended,) = tables["search"].to_dict("records")
    assert ended["gap_fraction"] <= 0.01
    homes = projects.loc[projects["kind"] == "homes", "project_id"]
    promised = found.promises[found.promises["project_id"].isin(homes)]
    assert promised.groupby("year")["size"].sum().is_monotonic_increasing


def test_every_area_is_answered_year_by_year(asked):
    rooms = homes_that_fit(asked[0], "WK003476", heating="heat_net", plan=asked[1])
    assert rooms["year"].tolist() == list(asked[1].years)
    assert (rooms["room_lasting"] <= rooms["room"]).all()
