import numpy as np
import pandas as pd
import pytest
from queues import PARAMETERS, YEARS, all_cases, make_catalogue, make_horizon, make_projects

from stroomstad.errors import NotFound
from stroomstad.fitting.connections import HubRoom
from stroomstad.fitting.fits import fit_projects, fits_in_case, homes_that_fit
from stroomstad.fitting.queue import ledgers_ahead
from stroomstad.tables.plan import PROMISES
from stroomstad.tables.projects import FITS
from stroomstad.tables.schema import check


def answer(horizon, *rows, kw=(2.0, 2.0, 2.0)):
    """Answers and promises, in kW per home of 2 unless a band is given."""
    horizons = horizon if isinstance(horizon, dict) else all_cases(horizon)
    return fit_projects(horizons, make_projects(*rows), make_catalogue(kw), PARAMETERS)


def promised(promises, project):
    mine = promises[promises["project_id"] == project].set_index("year")["size"]
    return mine.reindex(YEARS, fill_value=0.0).tolist()


def test_a_station_takes_what_its_limit_leaves():
    table = homes_that_fit(make_horizon({"S1": 30.0}, {"S1": 9.0}), "west", 2.0)
    assert table["room"].tolist() == [10.0] * 4
    assert set(table["binding"]) == {"S1"}
    assert set(table["binding_kind"]) == {"station"}
    assert set(table["binding_at"]) == {"2023-01-16T16:00Z"}


def test_what_fits_must_keep_fitting():
    table = homes_that_fit(make_horizon({"S1": [40.0, 20.0, 60.0, 60.0]}), "west", 2.0)
    assert table["room"].tolist() == [20.0, 10.0, 30.0, 30.0]
    assert table["room_lasting"].tolist() == [10.0, 10.0, 30.0, 30.0]
    assert table["binding_year"].tolist() == [2027, 2027, 2028, 2029]


def test_homes_that_are_connected_stay_at_their_station():
    # Every year 40 kVA in all, but each station has it in another year.
    limits = {"S1": [40.0, 0.0, 0.0, 0.0], "S2": [0.0, 40.0, 40.0, 40.0]}
    table = homes_that_fit(make_horizon(limits), "both", 2.0)
    assert table["room"].tolist() == [20.0] * 4
    assert table["room_lasting"].tolist() == [0.0, 20.0, 20.0, 20.0]


def test_a_place_without_a_station_takes_no_homes():
    table = homes_that_fit(make_horizon(), "meadow", 2.0)
    assert table["room_lasting"].tolist() == [0.0] * 4
    assert set(table["binding"]) == {"no station"}
    assert set(table["binding_kind"]) == {"no_station"}


def test_the_region_is_told_apart_from_the_room():
    table = homes_that_fit(make_horizon({"S1": 40.0}, region_kw=[10, 30, 100, 100]), "west", 2.0)
    assert table["room_lasting"].tolist() == [20.0] * 4
    assert table["region_mw"].tolist() == [0.04] * 4
    assert table["fits_with_region"].tolist() == ["no", "no", "yes", "yes"]
    assert table["room_with_region"].tolist() == [5.0, 15.0, 20.0, 20.0]


def test_a_place_that_the_horizon_lacks_is_named():
    with pytest.raises(NotFound, match="'moon'"):
        homes_that_fit(make_horizon(), "moon", 2.0)


def test_the_answers_are_as_declared_also_where_nothing_binds():
    for rows in ([{}], [{"homes": 1e6}, {"kind": "connection", "connection_kw": 5.0}]):
        fits, promises = answer(make_horizon(), *rows)
        assert check(fits, FITS) == []
        assert check(promises, PROMISES) == []
        assert list(fits.columns[: len(FITS.columns)]) == list(FITS.columns)


def test_a_row_that_fits_is_reserved_year_by_year():
    fits, promises = answer(make_horizon({"S1": 40.0}), {"first_year": 2027, "last_year": 2028})
    row = fits.iloc[0]
    assert (row["fits"], row["size_mid"], row["first_year_fits"]) == ("yes", 20.0, 2027.0)
    assert row["binding"] is None
    assert row["kw_short"] == 0.0
    assert promised(promises, "p0") == [0.0, 10.0, 20.0, 20.0]


def test_a_row_that_fits_in_part_keeps_its_part_and_says_what_is_short():
    fits, promises = answer(make_horizon({"S1": 30.0}), {})
    row = fits.iloc[0]
    assert (row["fits"], row["size_mid"], row["kw_short"]) == ("partly", 15.0, 10.0)
    assert np.isnan(row["first_year_fits"])
    assert (row["binding"], row["binding_kind"]) == ("S1", "station")
    assert promised(promises, "p0") == [15.0] * 4


def test_a_shortage_that_is_there_already_counts_as_short_too():
    fits, _ = answer(make_horizon({"S1": 30.0}, {"S1": 42.0}), {})
    assert (fits["fits"].iloc[0], fits["kw_short"].iloc[0]) == ("no", 52.0)


def test_an_overloaded_link_is_told_in_its_fullest_quarter():
    base = [[50.0, 42.0, 31.0]] * 4
    fits, _ = answer(make_horizon({"S1": 30.0}, {"S1": base}), {})
    assert fits["binding_at"].iloc[0] == "2023-01-16T11:00Z"
    assert fits["kw_short"].iloc[0] == 60.0


def test_the_first_year_is_that_of_the_whole_programme_shifted():
    limits = {"S1": [20.0, 20.0, 30.0, 40.0]}
    fits, promises = answer(make_horizon(limits), {"first_year": 2026, "last_year": 2027})
    # Ten homes in the first year and twenty in the second fit from 2028 on: 15 and 20.
    assert fits["first_year_fits"].iloc[0] == 2028.0
    assert promised(promises, "p0") == [10.0, 10.0, 15.0, 20.0]


def test_what_is_asked_after_the_horizon_counts_in_its_last_year():
    fits, promises = answer(make_horizon({"S1": 30.0}), {"first_year": 2028, "last_year": 2035})
    assert (fits["fits"].iloc[0], fits["size_mid"].iloc[0]) == ("partly", 15.0)
    assert promised(promises, "p0")[-1] == 15.0


def test_the_legal_order_decides_and_not_the_order_of_the_list():
    late, early, safety = {}, {"requested_on": "2025-01-01"}, {"category": 2, "homes": 5.0}
    fits, _ = answer(make_horizon({"S1": 40.0}), late, early, safety)
    assert fits["queue_place"].tolist() == [3, 2, 1]
    assert fits["size_mid"].tolist() == [0.0, 15.0, 5.0]
    assert fits["fits_alone"].tolist() == ["yes", "yes", "yes"]
    assert fits["fits"].tolist() == ["no", "partly", "yes"]


def test_the_region_runs_out_in_the_legal_order_too():
    fits, _ = answer(make_horizon(region_kw=50.0), {}, {})
    assert fits["fits"].tolist() == ["yes", "yes"]
    assert fits["fits_with_region"].tolist() == ["yes", "no"]
    assert fits["region_mw"].tolist() == [0.04, 0.04]


def test_each_case_runs_its_own_queue_with_its_own_power():
    horizons = {
        case: make_horizon({"S1": 40.0}, case=case, home_kw=kw)
        for case, kw in (("low", 4.0), ("mid", 2.0), ("high", 1.0))
    }
    fits, _ = answer(horizons, {"homes": 100.0}, kw=(1.0, 2.0, 4.0))
    row = fits.iloc[0]
    assert (row["size_low"], row["size_mid"], row["size_high"]) == (10.0, 20.0, 40.0)
    assert (row["kw_low"], row["kw_mid"], row["kw_high"]) == (100.0, 200.0, 400.0)


def test_a_promise_is_what_counts_in_every_case_and_is_marked():
    fits, _ = answer(make_horizon({"S1": 30.0}), {"kw_promised": 20.0}, kw=(1.0, 2.0, 4.0))
    row = fits.iloc[0]
    assert row["fits"] == "yes"
    assert (row["kw_low"], row["kw_mid"], row["kw_high"]) == (20.0, 20.0, 20.0)
    assert row["kw_is_promised"]


def test_homes_that_promise_to_draw_nothing_fit_everywhere():
    fits, promises = answer(make_horizon({"S1": 0.0}), {"kw_promised": 0.0})
    assert (fits["fits"].iloc[0], fits["size_mid"].iloc[0]) == ("yes", 20.0)
    assert promised(promises, "p0") == [20.0] * 4


def test_a_connection_takes_its_place_in_the_queue_and_leaves_less_to_homes():
    firm = {"kind": "connection", "connection_kw": 25.0, "category": 2, "jobs": 10.0}
    fits, promises = answer(make_horizon({"S1": 40.0}), {}, firm)
    assert fits["fits"].tolist() == ["partly", "yes"]
    assert fits["size_mid"].tolist() == [7.0, 25.0]
    assert promised(promises, "p1") == [25.0] * 4
    assert fits["jobs_per_mw"].tolist()[1] == 400.0
    assert fits["homes_per_mw"].tolist()[0] == 500.0


def test_a_connection_by_day_leaves_the_evening_to_homes():
    office = {"kind": "connection", "connection_kw": 20.0, "profile": "office", "category": 2}
    fits, _ = answer(make_horizon({"S1": 30.0}), {}, office)
    # At noon 20 kW and half of 10 homes of 2 kW; in the evening 10 kW and 10 homes of 2 kW.
    assert fits["size_mid"].tolist() == [10.0, 20.0]


def test_a_connection_that_waits_is_told_which_contract_fits_earlier():
    firm = {"kind": "connection", "connection_kw": 25.0}
    evening = [[0, 20, 0], [0, 20, 0], [0, 20, 0], [0, 0, 0]]
    fits, _ = answer(make_horizon({"S1": 30.0}, {"S1": evening}), firm)
    row = fits.iloc[0]
    assert (row["fits"], row["first_year_fits"]) == ("partly", 2029.0)
    assert (row["flexible"], row["flexible_year"]) == ("time_block", 2026.0)


def test_ledgers_ahead_hold_the_rows_of_a_category_and_those_before_it():
    rows = ({"category": 3, "homes": 5.0}, {"category": 4, "homes": 3.0})
    ahead = ledgers_ahead(
        make_horizon({"S1": 40.0}), make_projects(*rows), make_catalogue((2.0,) * 3), PARAMETERS
    )
    room = {
        category: homes_that_fit(ledger.horizon, "west", 2.0, ledger=ledger)["room_lasting"].iloc[0]
        for category, ledger in ahead.items()
    }
    assert room == {1: 20.0, 2: 20.0, 3: 15.0, 4: 12.0}


def offers_in_hubs(horizon, *rows, hubs):
    projects = make_projects(*({"kind": "connection"} | row for row in rows))
    fits, _ = fit_projects(
        all_cases(horizon), projects, make_catalogue((2.0,) * 3), PARAMETERS, hubs={"mid": hubs}
    )
    return fits


def queue_with_hub(room_kw):
    """20 kW are free at the station; the first row takes 15 of them for itself."""
    hub = HubRoom("hub", "west", np.full((4, 3), room_kw))
    rows = [{"connection_kw": kw, "category": 4} for kw in (15.0, 15.0, 5.5)]
    first = {"connection_kw": 15.0, "category": 1}
    horizon = make_horizon({"S1": 80.0}, {"S1": [[60.0] * 3] * 4})
    return offers_in_hubs(horizon, first, *rows, hubs=(hub,))


def test_a_hub_offers_its_room_once():
    fits = queue_with_hub(20.0)
    assert fits["fits"].tolist() == ["yes", "partly", "partly", "partly"]
    assert fits["flexible"].fillna("").tolist() == ["", "hub", "", ""]
    assert fits["flexible_year"].tolist()[1] == 2026.0


def test_what_a_hub_has_left_is_offered_to_who_needs_no_more():
    hub = HubRoom("hub", "west", np.full((4, 3), 20.5))
    rows = [{"connection_kw": kw, "category": 4} for kw in (15.0, 15.0, 5.5)]
    full = make_horizon({"S1": 90.0}, {"S1": [[60.0] * 3] * 4})
    before = {"connection_kw": 26.0, "category": 1}
    fits = offers_in_hubs(full, before, *rows, hubs=(hub,))
    assert fits["flexible"].fillna("").tolist() == ["", "hub", "", "hub"]


def test_offers_in_a_hub_share_the_links_too():
    assert queue_with_hub(1000.0)["flexible"].fillna("").tolist() == ["", "hub", "", ""]


def test_one_case_by_itself_says_what_all_three_say_of_it():
    horizon = make_horizon({"S1": [40.0, 60.0, 90.0, 90.0]})
    rows = (
        {"homes": 40.0, "last_year": 2028, "category": 4},
        {"homes": 10.0, "first_year": 2027},
        {"kind": "connection", "connection_kw": 15.0, "place": "west"},
        {"homes": 900.0},
        {"place": "meadow"},
    )
    fits, _ = answer(horizon, *rows)
    alone = fits_in_case(horizon, make_projects(*rows), make_catalogue((2.0,) * 3), PARAMETERS)
    assert set(alone["fits"]) == {"yes", "partly", "no"}
    assert alone["first_year_fits"].notna().any()
    pd.testing.assert_frame_equal(alone, fits[list(alone.columns)])
