from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from horizons import EAST, NORTH, OUTLINE, WEST, make_outlines, make_plan, make_twin, measure
from queues import make_projects

from stroomstad.fitting.fits import fit_projects
from stroomstad.fitting.remedies import REASONS, find_remedies, with_remedies
from stroomstad.tables.projects import FITS, REMEDY_REASONS
from stroomstad.tables.schema import check
from stroomstad.timeline.horizons import build_horizon

ROWS = {
    "some homes": {"place": WEST, "homes": 30.0, "heating": "heat_net"},
    "many homes": {"place": WEST, "homes": 400.0},
    "more homes than a feeder takes": {"place": EAST, "homes": 1500.0, "first_year": 2027},
    "homes where nothing stands": {"place": NORTH, "homes": 100.0},
    "homes in an outline": {"place": OUTLINE, "homes": 50.0},
    "a connection where nothing stands": {
        "place": NORTH, "kind": "connection", "connection_kw": 100.0,
    },
    "a large connection": {"place": WEST, "kind": "connection", "connection_kw": 1700.0},
}  # fmt: skip


def test_every_reason_that_is_declared_is_explained():
    assert tuple(REASONS) == REMEDY_REASONS


def plan_with(*measures):
    return make_plan(*measures, outlines=make_outlines())


def fits_of(plan, projects):
    places = tuple(projects["place"])
    horizon = build_horizon(make_twin(), plan, places=places)
    horizons = dict.fromkeys(("low", "mid", "high"), horizon)
    twin = make_twin()
    return fit_projects(horizons, projects, twin.catalogue, twin.parameters["mid"])[0]


@cache
def solved(name):
    """The answer to one row alone, and its remedies."""
    projects = make_projects(ROWS[name])
    fits = fits_of(plan_with(), projects)
    return projects, fits, find_remedies(make_twin(), plan_with(), projects, fits)


def as_planned(remedies):
    """The remedies as measures of a plan, in service in their year."""
    return [
        measure(
            row.kind, row.place, row.size, measure_id=f"m{i}", in_service=f"{row.year:.0f}-01-01"
        )
        for i, row in enumerate(remedies.itertuples())
    ]


@pytest.mark.parametrize("name", ["many homes", "more homes than a feeder takes",
                                  "homes where nothing stands", "homes in an outline",
                                  "a connection where nothing stands"])  # fmt: skip
def test_a_row_fits_once_its_remedy_is_built_and_not_with_one_unit_less(name):
    projects, fits, remedies = solved(name)
    assert fits["fits"].iloc[0] != "yes"
    assert remedies["kind"].notna().all()
    year = int(remedies["year"].max())
    later = projects.assign(first_year=year, last_year=year)
    assert fits_of(plan_with(*as_planned(remedies)), later)["fits"].tolist() == ["yes"]
    fewer = remedies.assign(size=remedies["size"].where(remedies.index != 0, remedies["size"] - 1))
    fewer = fewer[fewer["size"] > 0]
    assert fits_of(plan_with(*as_planned(fewer)), later)["fits"].tolist() != ["yes"]


def test_a_row_that_fits_needs_no_remedy():
    projects = make_projects({"place": WEST, "homes": 1.0})
    fits = fits_of(plan_with(), projects)
    remedies = find_remedies(make_twin(), plan_with(), projects, fits)
    assert remedies.empty
    answered = with_remedies(fits, remedies)
    assert answered["remedy"].iloc[0] is None
    assert check(answered, FITS) == []


def test_remedies_stand_beside_the_answers():
    projects, fits, remedies = solved("more homes than a feeder takes")
    answered = with_remedies(fits, remedies)
    row = answered.iloc[0]
    assert check(answered, FITS) == []
    assert row["remedy"] == "mv_cable + new_station"
    assert np.isnan(row["remedy_size"])
    assert row["remedy_eur"] == remedies["investment_eur"].sum() > 0
    assert row["remedy_payer"] == "grid_operator"
    assert len(projects) == len(answered)


def test_where_the_station_of_today_is_full_a_larger_one_is_the_cheapest():
    _, fits, remedies = solved("many homes")
    assert fits["binding_kind"].iloc[0] == "station"
    assert remedies["kind"].iloc[0] in ("larger_station", "new_station")
    assert remedies["investment_eur"].sum() < 1e6


def test_a_remedy_comes_no_sooner_than_its_lead_time():
    _, _, remedies = solved("homes where nothing stands")
    assert remedies["kind"].tolist() == ["new_station"]
    # One and a half years from the start of 2026.
    assert remedies["year"].tolist() == [2027]


def test_homes_that_draw_less_are_a_remedy_where_building_is_dear():
    twin = make_twin()
    dear = twin.catalogue.kinds.assign(
        investment_eur=lambda kinds: kinds["investment_eur"].where(
            kinds["kind"] == "grid_aware_new_build", 1e9
        )
    )
    twin = replace(twin, catalogue=replace(twin.catalogue, kinds=dear))
    projects = make_projects({"place": WEST, "homes": 80.0, "first_year": 2027})
    fits = fits_of(plan_with(), projects)
    assert fits["fits"].iloc[0] != "yes"
    remedies = find_remedies(twin, plan_with(), projects, fits)
    assert remedies["kind"].tolist() == ["grid_aware_new_build"]
    assert remedies["size"].tolist() == [80.0]
    assert remedies["payer"].tolist() == ["developer"]


def test_a_row_that_only_has_to_wait_is_told_so():
    station = measure("new_station", WEST, 20.0, measure_id="n", in_service="2028-01-01")
    feeder = measure("mv_cable", WEST, 9.0, measure_id="f", in_service="2028-01-01")
    projects = make_projects({"place": WEST, "homes": 400.0, "first_year": 2026, "last_year": 2028})
    plan = plan_with(station, feeder)
    fits = fits_of(plan, projects)
    remedies = find_remedies(make_twin(), plan, projects, fits)
    assert remedies["why_not"].tolist() == ["waits"]
    assert fits["fits"].iloc[0] == "partly"


def test_where_nothing_helps_in_time_the_reason_is_told():
    twin = make_twin()
    slow = replace(twin, catalogue=replace(
        twin.catalogue, kinds=twin.catalogue.kinds.assign(lead_time_years=20.0)))  # fmt: skip
    projects, fits, _ = solved("many homes")
    remedies = find_remedies(slow, plan_with(), projects, fits)
    assert remedies["why_not"].tolist() == ["too_late"]
    assert with_remedies(fits, remedies)["why_no_remedy"].tolist() == ["too_late"]
    assert set(remedies["why_not"]) <= set(REASONS)


def test_candidates_and_ideas_of_the_plan_do_not_count():
    idea = measure("new_station", WEST, 5.0, measure_id="i", status="candidate")
    projects, fits, remedies = solved("many homes")
    again = find_remedies(make_twin(), plan_with(idea), projects, fits)
    pd.testing.assert_frame_equal(again, remedies)
