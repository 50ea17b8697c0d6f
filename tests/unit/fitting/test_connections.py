from dataclasses import replace

import numpy as np
import pytest
from horizons import WEST, make_plan, make_twin, measure
from queues import PARAMETERS, make_catalogue, make_horizon, make_projects

from stroomstad.errors import NotFound
from stroomstad.fitting.connections import (
    HubRoom,
    build_terms,
    connection_that_fits,
    earliest_contract,
    hub_rooms,
)
from stroomstad.fitting.queue import ledgers_ahead
from stroomstad.timeline.horizons import build_horizon

EVENING = [[0.0, 20.0, 0.0]] * 4


def ask(horizon, kw=25.0, profile="flat", place="west", **terms):
    with_terms = replace(build_terms(horizon, PARAMETERS), **terms)
    return connection_that_fits(horizon, place, kw, profile, 4, terms=with_terms)


def of(table, contract):
    return table[table["contract"] == contract].set_index("year")


def test_a_connection_that_fits_is_told_so_for_every_year_and_contract():
    table = ask(make_horizon({"S1": 30.0}))
    assert set(table["fits"]) == {"yes"}
    assert set(table["kw"]) == {25.0}
    assert table["contract"].unique().tolist() == ["firm", "time_block", "non_firm"]
    assert earliest_contract(table) == ("firm", 2026)


def test_what_binds_and_what_is_short_is_told_where_it_does_not_fit():
    firm = of(ask(make_horizon({"S1": [10.0, 10.0, 30.0, 30.0]})), "firm")
    assert firm["kw"].tolist() == [10.0, 10.0, 25.0, 25.0]
    assert firm.loc[2026, ["binding", "binding_kind", "kw_short"]].tolist() == [
        "S1", "station", 15.0,
    ]  # fmt: skip
    assert firm["first_year"].tolist() == [2028.0] * 4


def test_time_block_and_non_firm_fit_where_only_the_evening_is_full():
    table = ask(make_horizon({"S1": 30.0}, {"S1": EVENING}))
    assert set(of(table, "firm")["kw"]) == {10.0}
    assert set(of(table, "time_block")["fits"]) == {"yes"}
    assert set(of(table, "non_firm")["fits"]) == {"yes"}
    assert earliest_contract(table) == ("time_block", 2026)


def test_a_non_firm_connection_may_not_be_off_for_longer_than_is_allowed():
    night_and_noon = [[20.0, 0.0, 20.0]] * 4
    table = ask(make_horizon({"S1": 30.0}, {"S1": night_and_noon}))
    assert set(of(table, "non_firm")["kw"]) == {10.0}


def test_the_size_of_a_connection_decides_where_it_hangs():
    horizon = make_horizon({"S1": 1.0, "M1": 5000.0})
    assert ask(horizon, 100.0)["connects_at"].unique().tolist() == ["busbar"]
    assert of(ask(horizon, 100.0), "firm")["kw"].iloc[0] == 1.0
    assert ask(horizon, 1000.0)["connects_at"].unique().tolist() == ["feeder"]
    assert of(ask(horizon, 1000.0), "firm")["fits"].iloc[0] == "yes"
    assert ask(horizon, 6000.0)["connects_at"].unique().tolist() == ["substation"]
    assert of(ask(horizon, 6000.0), "firm")["fits"].iloc[0] == "yes"


def test_of_several_busbars_the_one_at_which_it_fits_first_is_taken():
    limits = {"S1": [10.0, 10.0, 10.0, 99.0], "S2": [10.0, 30.0, 30.0, 30.0]}
    firm = of(ask(make_horizon(limits), place="both"), "firm")
    assert firm["first_year"].iloc[0] == 2027.0


def test_a_small_connection_needs_a_station_and_a_large_one_does_not():
    assert of(ask(make_horizon(), place="meadow"), "firm")["binding"].iloc[0] == "no station"
    large = of(ask(make_horizon(), 6000.0, place="meadow"), "firm")
    assert large["fits"].iloc[0] == "yes"


def test_a_place_that_the_horizon_lacks_is_named():
    with pytest.raises(NotFound, match="'moon'"):
        ask(make_horizon(), place="moon")


def test_a_hub_gives_what_its_shared_limit_leaves_and_no_more():
    room_kw = np.array([[40.0, 12.0, 40.0]] * 4)
    hub = of(ask(make_horizon({"S1": 30.0}), hubs=(HubRoom("hub", "west", room_kw),)), "hub")
    assert set(hub["kw"]) == {12.0}
    assert hub.iloc[0][["binding", "binding_kind", "kw_short"]].tolist() == ["hub", "hub", 13.0]
    assert hub["binding_at"].iloc[0] == "2023-01-16T16:00Z"


def test_a_hub_never_lets_a_link_above_its_limit():
    room_kw = np.full((4, 3), 1000.0)
    hub = of(ask(make_horizon({"S1": 7.0}), hubs=(HubRoom("hub", "west", room_kw),)), "hub")
    assert set(hub["kw"]) == {7.0}
    assert set(hub["binding"]) == {"S1"}


def test_those_who_wait_stand_before_a_firm_connection_but_not_before_a_hub():
    horizon = make_horizon({"S1": 40.0})
    ahead = ledgers_ahead(horizon, make_projects({}), make_catalogue((2.0,) * 3), PARAMETERS)
    hubs = (HubRoom("hub", "west", np.full((4, 3), 1000.0)),)
    table = ask(horizon, ahead=ahead, hubs=hubs)
    assert of(table, "firm")["fits"].iloc[0] == "no"
    assert of(table, "hub")["fits"].iloc[0] == "yes"


def test_a_hub_of_a_plan_leaves_its_limit_less_what_its_members_draw():
    plan = make_plan(
        measure("energy_hub", WEST, measure_id="hub", limit_kw=1000.0, in_service="2027-01-01")
    )
    horizon = build_horizon(make_twin(), plan)
    (hub,) = hub_rooms(make_twin(), plan, horizon)
    assert (hub.measure_id, hub.place) == ("hub", WEST)
    assert not hub.room_kw[0].any()
    assert (hub.room_kw[1:] > 0).all()
    assert (hub.room_kw[1:] < 1000.0).any()
