"""Laws of lists, claims and plan files: nothing lost, nothing guessed, nothing breaks."""

import io
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lists import HEADERS, book, fits_of, stored
from openpyxl import load_workbook

from stroomstad.exchange import (
    answered_workbook,
    claim_workbook,
    read_sheet,
    read_toml,
    toml_text,
    workbook_bytes,
)
from stroomstad.exchange.sheets import text_of
from stroomstad.planning.cells import NUMBER_MAX, as_number
from stroomstad.planning.claim import (
    claim_by_project,
    claim_by_year,
    claim_origin,
    claim_table,
)
from stroomstad.planning.project_words import COLUMN_OF
from stroomstad.planning.projects import asked, kw_per_unit, queue_order, read_projects

FEW = settings(max_examples=50, deadline=None)
FEWER = settings(max_examples=15, deadline=None)
GOOD = stored(book())
KINDS = pd.DataFrame({"home_type": ["any"], "heating": ["unknown"], "kw_low": [1.0], "kw": [2.2],
                      "kw_high": [3.5], "status": ["assumed"], "source": ["made up"]})  # fmt: skip


@dataclass(frozen=True)
class Place:
    area_code: str = "WK000101"
    substation_id: str = "OS-A"
    x_m: float = 0.0
    y_m: float = 0.0
    assumed: bool = False


def words(key):
    return st.sampled_from([said for words in COLUMN_OF[key].words.values() for said in words])


@st.composite
def rows(draw, homes_only=False):
    """One row of a list as a person may write it."""
    first = draw(st.integers(2020, 2040))
    name = draw(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1))
    place = draw(st.sampled_from(["WK000101", "1000AA", "=x", "Pampus"]))
    day = draw(st.dates().map(str) | st.none())
    day = day if day and "2000" < day < "2100" else None
    if homes_only or draw(st.booleans()):
        homes = draw(st.integers(1, 5000))
        promised = draw(st.none() | st.floats(0.2, 19).map(lambda kw: round(kw * homes, 2)))
        last, kind, heating = first + draw(st.integers(0, 12)), "home_type", "heating"
        return (name, place, first, last, homes, draw(words(kind)), draw(words(heating)),
                promised, None, None, None, day)  # fmt: skip
    kw = draw(st.floats(0.5, 1e5))
    return (name, place, first, None, None, None, None, None, kw, draw(words("profile")),
            draw(st.integers(1, 4)), day)  # fmt: skip


def lists(**options):
    return st.lists(rows(**options), min_size=1, max_size=12, unique_by=lambda row: row[0])


def stored_and_read(content, name="list.xlsx"):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        return read_sheet(path)


def projects_of(content):
    cells, issues = stored_and_read(content)
    projects, found = read_projects(cells, "list.xlsx")
    assert [*issues, *found] == []
    return cells, projects


def claim_of(projects):
    unit = {case: kw_per_unit(projects, KINDS, case) for case in ("low", "mid", "high")}
    sites = dict.fromkeys(projects["place"], Place())
    claim = claim_table(projects, sites, unit, range(2026, 2061), fits_of(projects))
    return {
        "claim": claim,
        "by_project": claim_by_project(claim),
        "by_year": claim_by_year(claim),
        "origin": claim_origin(projects, KINDS, unit),
    }


def sheet_rows(sheet):
    names, *rows = sheet.values
    return pd.DataFrame(rows, columns=names)


def column_of(rows, start):
    """The first column whose header begins so."""
    return rows[next(name for name in rows if name.startswith(start))].astype(float)


def as_book(made):
    return workbook_bytes({"Projecten": pd.DataFrame(made, columns=list(HEADERS), dtype=object)})


@FEWER
@given(lists())
def test_an_answered_list_is_the_list_with_answers_beside_it(made):
    content = as_book(made)
    cells, projects = projects_of(content)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        path.write_bytes(content)
        answered = answered_workbook(path, fits_of(projects))
    again, same = projects_of(answered)
    pd.testing.assert_frame_equal(projects, same)
    pd.testing.assert_frame_equal(cells, again[cells.columns])
    written = load_workbook(io.BytesIO(answered))
    assert all(
        cell.data_type != "f" for sheet in written for row in sheet.iter_rows() for cell in row
    )


@FEWER
@given(lists())
def test_every_row_of_a_good_list_becomes_one_project_with_a_name_of_its_own(made):
    _, projects = projects_of(as_book(made))
    assert projects["row"].tolist() == list(range(2, 2 + len(made)))
    assert projects["project_id"].is_unique
    assert projects["homes"].tolist() == [row[4] or 0 for row in made]


@FEW
@given(st.binary(max_size=200), st.integers(0, len(GOOD) - 1), st.booleans())
def test_no_damage_to_a_file_is_more_than_an_issue(damage, at, cut):
    content = GOOD[:at] + damage + (b"" if cut else GOOD[at + len(damage) :])
    cells, issues = stored_and_read(content)
    assert cells is not None or issues


@FEW
@given(st.binary(min_size=1, max_size=400))
def test_no_delimited_bytes_are_more_than_an_issue(content):
    cells, issues = stored_and_read(content, "list.csv")
    assert cells is not None or issues
    if cells is not None:
        projects, found = read_projects(cells, "list.csv")
        assert projects is not None or found or issues


@FEW
@given(st.floats(-NUMBER_MAX, NUMBER_MAX) | st.integers(-int(NUMBER_MAX), int(NUMBER_MAX)))
def test_a_number_in_a_cell_is_read_as_that_number(value):
    assert as_number(text_of(value)) == value


@FEWER
@given(lists(), st.integers(2015, 2040))
def test_what_is_asked_never_falls_and_ends_at_the_whole(made, first):
    _, projects = projects_of(as_book(made))
    size = asked(projects, range(first, 2060))
    assert (np.diff(size, axis=1) >= 0).all()
    assert np.array_equal(size[:, -1], projects["homes"] + projects["connection_kw"])
    homes = projects["kind"] == "homes"
    assert np.array_equal(size[homes], np.round(size[homes]))


@FEWER
@given(lists(homes_only=True))
def test_the_kw_of_a_claim_add_up_to_what_was_promised(made):
    _, projects = projects_of(as_book(made))
    claim = claim_of(projects)["claim"]
    for column, case in (("kw_low", "high"), ("kw", "mid"), ("kw_high", "low")):
        unit = kw_per_unit(projects, KINDS, case)
        told = projects["kw_promised"].fillna(projects["homes"] * unit)
        assert np.allclose(claim.groupby("row")[column].sum().reindex(projects["row"]), told)
        if case == "mid":
            last = claim.groupby("row")["kw_cumulative"].last()
            assert np.allclose(last.reindex(projects["row"]), told)


@FEWER
@given(lists(), st.sampled_from([None, "Plan"]))
def test_sums_of_a_claim_agree_on_every_sheet_and_low_is_never_above_high(made, name):
    renamed = [(name or row[0], *row[1:]) for row in dict.fromkeys(made)]
    cells, _ = stored_and_read(as_book(renamed))
    projects, _ = read_projects(cells, "list.xlsx")
    assume(projects is not None)
    tables = claim_of(projects)
    written = load_workbook(io.BytesIO(claim_workbook(tables, {})))
    sheets = {name: sheet_rows(written[name]) for name in ("Claim", "Per project", "Per jaar")}
    for key in ("kW midden", "kW laag", "kW hoog", "Woningen"):
        sums = [column_of(rows, key).sum() for rows in sheets.values()]
        # Every cell is rounded to three decimals.
        assert np.allclose(sums, sums[0], rtol=1e-9, atol=1e-3 * (1 + len(sheets["Claim"])))
    for rows in sheets.values():
        low, mid, high = (column_of(rows, f"kW {side}") for side in ("laag", "midden", "hoog"))
        assert (low <= mid).all()
        assert (mid <= high).all()
    claim, by_project = tables["claim"], tables["by_project"]
    last = claim.sort_values("year").groupby("project")["kw_project"].last()
    assert np.allclose(last.reindex(by_project["project"]), by_project["kw"])


@FEWER
@given(lists(), st.randoms(use_true_random=False))
def test_the_queue_holds_everyone_once_and_category_comes_first(made, chance):
    _, projects = projects_of(as_book(made))
    order = queue_order(projects)
    assert sorted(order) == list(range(len(projects)))
    queue = projects.iloc[order]
    assert queue["category"].is_monotonic_increasing
    shuffled = projects.iloc[chance.sample(range(len(projects)), len(projects))]
    assert shuffled.iloc[queue_order(shuffled)]["row"].tolist() == queue["row"].tolist()


values = st.recursive(
    st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | st.dates()
    | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=12,
)  # fmt: skip


@FEW
@given(st.dictionaries(st.text(min_size=1, max_size=8), values, min_size=1, max_size=5))
def test_a_plan_file_reads_back_as_it_was_written(raw):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.toml"
        path.write_text(toml_text(raw), encoding="utf-8")
        assert read_toml(path) == (raw, [])
