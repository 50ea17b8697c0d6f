import io

import pandas as pd
from openpyxl import load_workbook

from stroomstad.exchange import claim_csv, claim_workbook
from stroomstad.tables.projects import CLAIM

CLAIM_ROWS = pd.DataFrame(
    {
        "project": ["=Haven"], "place": ["WK000101"], "area_code": ["WK000101"],
        "substation": ["OS-A"], "x_m": [140300.0], "y_m": [480300.0], "year": [2028],
        "homes": [100.0], "kw": [120.5], "kw_cumulative": [120.5], "category": [3],
        "assumed": [True],
    },
    columns=list(CLAIM.columns),
)  # fmt: skip
BY_YEAR = pd.DataFrame(
    {"year": [2028], "homes": [100.0], "kw": [120.5], "kw_cumulative": [120.5],
     "kw_assumed": [120.5]}
)  # fmt: skip
ORIGIN = pd.DataFrame(
    {"project": ["=Haven"], "row": [2], "homes": [100.0], "home_type": ["appartement"],
     "heating": ["warmtenet"], "kw_per_home": [1.205], "kw": [120.5], "promised": [False],
     "status": ["sourced"], "source": ["a publication"]}
)  # fmt: skip


def test_the_heading_says_that_no_official_form_was_available_and_where_kw_come_from():
    facts = {"Gemeente": "Proefstad"}
    book = load_workbook(io.BytesIO(claim_workbook(CLAIM_ROWS, BY_YEAR, ORIGIN, facts)))
    assert book.sheetnames == ["Over", "Claim", "Per jaar", "Herkomst"]
    told = " ".join(str(cell.value) for row in book["Over"].iter_rows() for cell in row)
    for words in ("Proefstad", "geen officieel formulier", "No official form", "synthetic"):
        assert words in told


def test_project_place_year_and_kw_come_first_and_numbers_are_numbers():
    sheet = load_workbook(io.BytesIO(claim_workbook(CLAIM_ROWS, BY_YEAR, ORIGIN, {})))["Claim"]
    assert [cell.value for cell in sheet[1]][:4] == [
        "Project",
        "Plaats (place)",
        "Jaar (year)",
        "kW",
    ]
    assert [cell.value for cell in sheet[2]][:4] == ["=Haven", "WK000101", 2028, 120.5]
    assert sheet["A2"].data_type == "s"
    assert sheet.max_column == len(CLAIM.columns)


def test_the_delimited_claim_holds_the_same_rows():
    lines = claim_csv(CLAIM_ROWS).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Project;Plaats (place);Jaar (year);kW;")
    assert lines[1].startswith("'=Haven;WK000101;2028;120,5;")
