"""Whether what a measure acts on stands while the measure does."""

import pytest
from horizons import NORTH, OUTLINE, WEST, make_plan, make_twin, measure

from stroomstad.measures.effects import plan_sites
from stroomstad.measures.presence import absence_issues, built_names

TWIN = make_twin()


def told(*rows):
    plan = make_plan(*rows)
    sites, _ = plan_sites(TWIN, plan)
    return [str(issue) for issue in absence_issues(TWIN, plan, sites)]


def stations(place=OUTLINE, start="2028-01-01", **changes):
    return measure("new_station", place, 2, measure_id="st", in_service=start, **changes)


def chargers(place=OUTLINE, **changes):
    return measure("chargers", place, 10, measure_id="ch", **changes)


def feeder(start="2028-01-01", **changes):
    return measure("mv_cable", OUTLINE, 1, measure_id="line", in_service=start, **changes)


def test_what_acts_on_stations_to_come_may_not_be_earlier():
    assert told(stations(), chargers()) == [
        (
            f"measure ch: acts on what st builds at {OUTLINE!r}, which stands from 2028-01-01, "
            "and is in service on 2027-01-01. Let it come later, or what it needs earlier."
        )
    ]
    assert told(stations(), chargers(in_service="2028-01-01")) == []


def test_what_acts_on_stations_may_not_stay_longer():
    ends = stations(start="2027-01-01", until="2028-06-30")
    assert told(ends, chargers()) == [
        (
            f"measure ch: acts on what st builds at {OUTLINE!r}, which ends on 2028-06-30, before "
            "this one does. Let it end no later than what it needs."
        )
    ]
    assert told(ends, chargers(until="2028-06-30")) == []


def test_stations_under_a_feeder_to_come_may_not_be_earlier_or_stay_longer():
    early = told(feeder(until="2030-12-31"), stations(start="2027-01-01"))
    assert len(early) == 2
    assert "measure st: acts on what line builds" in early[0]
    assert "stands from 2028-01-01, and is in service on 2027-01-01" in early[0]
    assert "ends on 2030-12-31" in early[1]
    assert told(feeder(), stations()) == []


def test_stations_wait_for_their_feeder_and_so_does_what_acts_on_them():
    late = told(
        feeder("2029-01-01"), stations(start="2027-06-01"), chargers(in_service="2028-01-01")
    )
    assert [line.split(":")[0] for line in late] == ["measure st", "measure ch"]
    assert "which stands from 2029-01-01" in late[1]


def test_the_end_of_a_feeder_to_come_counts_where_no_station_is_built():
    connection = measure("connection", OUTLINE, 50, measure_id="ch")
    assert "acts on what line builds" in told(feeder(), connection)[0]
    at_firms = measure("peak_shaving_contract", OUTLINE, 1, measure_id="ch")
    assert told(feeder(), at_firms) == []


def test_nothing_that_counts_may_act_on_a_candidate_alone():
    assert told(stations(status="candidate"), chargers()) == [
        (
            f"measure ch: acts on what st builds at {OUTLINE!r}, which is only a candidate. "
            "Give both a status that fits, or choose a place where something stands."
        )
    ]
    firm = stations(start="2027-01-01")
    other = stations(status="candidate") | {"measure_id": "perhaps"}
    assert told(firm, other, chargers()) == []


@pytest.mark.parametrize("status", ["candidate", "idea"])
def test_what_does_not_count_is_left_to_the_search(status):
    assert told(stations(), chargers(status=status)) == []


def test_where_something_stands_nothing_has_to_be_built():
    assert told(stations(WEST), chargers(WEST)) == []
    assert told(stations(OUTLINE), chargers(NORTH)) == []
    assert told(chargers(NORTH)) == []


def test_the_first_of_several_stations_to_the_last_of_them_counts():
    first = stations(start="2026-01-01", until="2027-12-31")
    second = stations(start="2028-01-01") | {"measure_id": "st-2"}
    assert told(first, second, chargers()) == []


def test_what_is_written_as_a_dependency_is_told_there():
    assert told(stations(), chargers(depends_on="st")) == []


def test_measures_of_unknown_kinds_and_places_are_left_out():
    odd = [chargers("WK000999"), measure("zeppelin", OUTLINE, 1)]
    assert len(told(*odd, stations(), chargers() | {"measure_id": "m"})) == 1


def test_only_stations_and_feeders_give_names_to_what_they_build():
    assert built_names("a", "new_station") == ("a", "plan-a", "plan-a-cable")
    assert built_names("a", "generator") == ()
