"""One project by itself, and among those that wait."""

from desks import make_desk
from horizons import WEST, make_plan
from queues import make_projects

from stroomstad.run.lists import project_tables
from stroomstad.run.model import Clock

DESK = make_desk()
WAITING = make_projects(
    {"place": WEST, "category": 3, "homes": 40.0}, {"place": WEST, "category": 4, "homes": 20.0}
)


def answered(waiting=None, **asked):
    projects = make_projects({"place": WEST, "requested_on": "", "name": "Eigen"} | asked)
    quiet = Clock(lambda _step, _done: None)
    return project_tables(DESK, make_plan(), projects, quiet, waiting)


def test_homes_come_after_those_that_wait_in_their_category_and_before_the_others():
    facts, tables = answered(WAITING, homes=40.0)
    (fits,) = tables["fits"].to_dict("records")
    assert (fits["project_id"], fits["row"], fits["queue_place"]) == ("p0", 2, 2)
    assert (fits["fits_alone"], fits["fits"]) == ("yes", "partly")
    assert facts["waiting"] == 2
    _, alone = answered(homes=40.0)
    assert alone["fits"]["fits"].tolist() == ["yes"]
    left = alone["room"]["room_lasting"] - tables["room"]["room_lasting"]
    assert left.tolist() == [40.0, 40.0, 40.0]


def test_the_power_with_which_all_homes_fit_is_lower_behind_those_that_wait():
    behind, alone = (answered(waiting, homes=200.0)[0] for waiting in (WAITING, None))
    assert 0 < behind["kw_per_home_fits"] < alone["kw_per_home_fits"]


def test_a_connection_comes_after_those_that_wait_in_its_category():
    own = {"kind": "connection", "connection_kw": 100.0, "profile": "flat"}
    first, last = (answered(WAITING, category=category, **own)[1] for category in (2, 4))
    assert first["fits"]["queue_place"].tolist() == [1]
    assert last["fits"]["queue_place"].tolist() == [3]
    assert (first["contracts"].query("contract == 'firm'")["fits"] == "yes").all()
    assert (last["contracts"].query("contract == 'firm'")["fits"] == "no").all()
    assert last["room"]["room"].max() < first["room"]["room"].min()


def test_nobody_is_told_to_wait_where_no_list_is_given():
    assert answered(homes=10.0)[0]["waiting"] is None
