from dataclasses import dataclass

import numpy as np
import pytest
from lists import ROWS, cells, changed, fits_of

from stroomstad.errors import NotFound
from stroomstad.planning.claim import (
    claim_by_project,
    claim_by_year,
    claim_origin,
    claim_table,
)
from stroomstad.planning.projects import kw_per_unit, read_projects
from stroomstad.tables.projects import CLAIM
from stroomstad.tables.schema import check


@dataclass(frozen=True)
class Place:
    area_code: str = "WK000101"
    substation_id: str = "OS-A"
    x_m: float = 140300.4567
    y_m: float = 480300.0
    assumed: bool = False


SITES = {"WK000101": Place(), "WK000102": Place("WK000102", assumed=True)}


@pytest.fixture
def projects():
    rows = [
        (*changed(Woningen=10, Eerste_jaar=2027, Laatste_jaar=2029, Beloofde_kW=25), "brief"),
        (*changed(Project="B", Plaats="WK000102", Woningen=4, Laatste_jaar=2028), "brief"),
        (*ROWS[2], "brief"),
    ]
    return read_projects(cells(*rows, headers=(*HEADED, "Bron")), "list.xlsx")[0]


HEADED = cells().columns[:-1]


@pytest.fixture
def kinds():
    rows = {"home_type": ["any"], "heating": ["unknown"], "kw_low": [1.0], "kw": [2.0],
            "kw_high": [3.0], "status": ["sourced"], "source": ["a book"]}  # fmt: skip
    return cells().iloc[:1].assign(**rows)[list(rows)]


def band(projects, kinds):
    return {case: kw_per_unit(projects, kinds, case) for case in ("low", "mid", "high")}


def claimed(projects, kinds, years=range(2026, 2037), fits=None, sites=SITES):
    told = fits_of(projects) if fits is None else fits
    return claim_table(projects, sites, band(projects, kinds), years, told)


def test_a_claim_has_a_row_per_project_and_year_and_leaves_connections_out(projects, kinds):
    claim = claimed(projects, kinds)
    assert check(claim, CLAIM) == []
    assert claim[["project", "year", "homes", "kw", "kw_cumulative"]].to_numpy().tolist() == [
        ["Havenkwartier", 2027, 3.0, 7.5, 7.5],
        ["Havenkwartier", 2028, 4.0, 10.0, 17.5],
        ["Havenkwartier", 2029, 3.0, 7.5, 25.0],
        ["B", 2028, 4.0, 8.0, 8.0],
    ]
    assert claim["assumed"].tolist() == [False, False, False, True]
    assert claim["area_code"].tolist() == ["WK000101"] * 3 + ["WK000102"]


def test_homes_that_were_due_before_count_in_the_first_year_of_the_claim(projects, kinds):
    claim = claimed(projects, kinds, [2028])
    assert claim[["year", "homes"]].to_numpy().tolist() == [[2028, 7.0], [2028, 4.0]]


def test_sums_per_year_are_those_of_the_rows_and_say_what_is_assumed(projects, kinds):
    claim = claimed(projects, kinds)
    sums = claim_by_year(claim)
    assert sums["year"].tolist() == [2027, 2028, 2029]
    assert sums["kw"].tolist() == [7.5, 18.0, 7.5]
    assert sums["kw_cumulative"].tolist() == [7.5, 25.5, 33.0]
    assert sums["kw_assumed"].tolist() == [0.0, 8.0, 0.0]


def test_every_kw_says_whether_it_was_promised_or_where_it_comes_from(projects, kinds):
    origin = claim_origin(projects, kinds, band(projects, kinds))
    assert origin["promised"].tolist() == [True, False]
    assert origin["source"].tolist() == ["brief", "a book"]
    assert origin["status"].tolist() == ["stated", "sourced"]
    assert origin["kw"].tolist() == [25.0, 8.0]
    assert origin["kw_per_home_low"].tolist() == [2.5, 1.0]
    assert origin["kw_per_home_high"].tolist() == [2.5, 3.0]
    assert origin["home_type"].tolist() == ["appartement", "appartement"]


def test_a_promise_holds_in_every_case_and_the_table_has_a_band(projects, kinds):
    claim = claimed(projects, kinds, [2030])
    assert claim[["kw_low", "kw", "kw_high"]].to_numpy().tolist() == [
        [25.0, 25.0, 25.0],
        [4.0, 8.0, 12.0],
    ]


def test_parts_of_one_project_are_told_apart_and_summed_under_its_name(projects, kinds):
    parts = projects.assign(name="Haven", heating=["heat_net", "heat_pump", ""])
    claim = claimed(parts, kinds)
    assert claim["row"].tolist() == [2, 2, 2, 3]
    assert claim["heating"].tolist() == ["warmtenet"] * 3 + ["warmtepomp"]
    assert claim["kw_cumulative"].tolist() == [7.5, 17.5, 25.0, 8.0]
    assert claim["kw_project"].tolist() == [7.5, 25.5, 33.0, 25.5]
    sums = claim_by_project(claim)
    assert sums["project"].tolist() == ["Haven"]
    assert sums[["first_year", "last_year", "homes"]].to_numpy().tolist() == [[2027, 2029, 14]]
    assert sums[["kw", "kw_assumed"]].to_numpy().tolist() == [[33.0, 8.0]]


def test_each_row_says_whether_it_fits_and_claims_what_is_asked_all_the_same(projects, kinds):
    fits = fits_of(projects).assign(
        fits=["yes", "no", "yes"], first_year_fits=[2027.0, np.nan, 2028.0]
    )
    # In another order than the list, as nothing promises that they are in that one.
    claim = claimed(projects, kinds, [2030], fits.iloc[::-1])
    assert claim["fits"].tolist() == ["yes", "no"]
    assert claim["first_year_fits"].fillna(0).tolist() == [2027.0, 0.0]
    assert claim["kw"].tolist() == [25.0, 8.0]


def test_coordinates_are_whole_metres(projects, kinds):
    assert set(claimed(projects, kinds)["x_m"]) == {140300.0}


def test_a_place_without_a_site_is_told(projects, kinds):
    with pytest.raises(NotFound, match="WK000102"):
        claimed(projects, kinds, [2028], sites={"WK000101": Place()})


def test_a_list_of_connections_alone_claims_nothing(projects, kinds):
    claim = claimed(projects.iloc[2:], kinds, [2028])
    assert claim.empty
    assert check(claim, CLAIM) == []
    assert claim_by_year(claim).empty
    assert claim_by_project(claim).empty
