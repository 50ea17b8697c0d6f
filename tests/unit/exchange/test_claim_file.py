import io

import pandas as pd
from openpyxl import load_workbook

from stroomstad.exchange import claim_csv, claim_workbook
from stroomstad.tables.projects import CLAIM

CLAIM_ROWS = pd.DataFrame(
    {
        "project": ["=Haven"], "place": ["WK000101"], "area_code": ["WK000101"],
        "substation": ["OS-A"], "x_m": [140300.0], "y_m": [480300.0], "year": [2028],
        "homes": [100.0], "kw_low": [100.0], "kw": [120.5], "kw_high": [180.0],
        "kw_cumulative": [120.5], "kw_project": [120.5], "category": [3], "assumed": [True],
        "row": [2], "home_type": ["appartement"], "heating": ["warmtenet"], "fits": ["partly"],
        "first_year_fits": [2031.0],
    },
    columns=list(CLAIM.columns),
)  # fmt: skip
BY_YEAR = pd.DataFrame(
    {"year": [2028], "homes": [100.0], "kw_low": [100.0], "kw": [120.5], "kw_high": [180.0],
     "kw_cumulative": [120.5], "kw_assumed": [120.5]}
)  # fmt: skip
ORIGIN = pd.DataFrame(
    {"project": ["=Haven"], "row": [2], "homes": [100.0], "home_type": ["appartement"],
     "heating": ["warmtenet"], "kw_per_home_low": [1.0], "kw_per_home": [1.205],
     "kw_per_home_high": [1.8], "kw": [120.5], "promised": [False], "status": ["assumed"],
     "source": ["a publication"]}
)  # fmt: skip
BY_PROJECT = pd.DataFrame(
    {"project": ["=Haven"], "first_year": [2028], "last_year": [2028], "homes": [100.0],
     "kw_low": [100.0], "kw": [120.5], "kw_high": [180.0], "kw_assumed": [120.5]}
)  # fmt: skip
TABLES = {"claim": CLAIM_ROWS, "by_project": BY_PROJECT, "by_year": BY_YEAR, "origin": ORIGIN}


def opened(facts=None):
    return load_workbook(io.BytesIO(claim_workbook(TABLES, facts or {})))


def column(sheet, start):
    """Values below the one header that begins so."""
    (found,) = (each for each in sheet.columns if str(each[0].value).startswith(start))
    return [cell.value for cell in found[1:]]


def test_the_heading_says_that_no_official_form_was_available_and_where_kw_come_from():
    book = opened({"Gemeente": "Proefstad"})
    assert book.sheetnames == ["Over", "Claim", "Per project", "Per jaar", "Herkomst"]
    told = " ".join(str(cell.value) for row in book["Over"].iter_rows() for cell in row)
    for words in ("Proefstad", "geen officieel formulier", "No official form", "synthetic"):
        assert words in told


def test_project_place_year_and_kw_come_first_and_numbers_are_numbers():
    sheet = opened()["Claim"]
    assert [cell.value for cell in sheet[1]][:4] == [
        "Project",
        "Plaats (place)",
        "Jaar (year)",
        "kW midden, geclaimd (claimed)",
    ]
    assert [cell.value for cell in sheet[2]][:4] == ["=Haven", "WK000101", 2028, 120.5]
    assert sheet["A2"].data_type == "s"
    assert sheet.max_column == len(CLAIM.columns)


def test_the_delimited_claim_holds_the_same_rows():
    lines = claim_csv(CLAIM_ROWS).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Project;Plaats (place);Jaar (year);kW midden, geclaimd (claimed);")
    assert lines[1].startswith("'=Haven;WK000101;2028;120,5;100;180;")


def test_each_row_says_which_part_it_is_and_whether_it_fits():
    sheet = opened()["Claim"]
    starts = ("Rij", "Woningtype", "Verwarming", "Past", "Eerste jaar", "kW laag", "kW hoog")
    told = [column(sheet, start) for start in starts]
    assert told == [[2], ["appartement"], ["warmtenet"], ["deels"], [2031], [100], [180]]


def test_an_assumed_project_and_an_assumed_kw_have_names_of_their_own():
    book = opened()
    headers = [cell.value for sheet in book.worksheets[1:] for cell in sheet[1]]
    assert not [name for name in headers if name.startswith("Aangenomen")]
    assert column(book["Claim"], "Project aangenomen") == ["ja"]
    assert column(book["Herkomst"], "Herkomst van het kW-getal") == ["aangenomen (assumed)"]


def test_english_stands_below_dutch_and_every_row_is_as_high_as_its_text():
    sheet = opened({"Gemeente": "Proefstad"})["Over"]
    assert sheet.max_column == 2
    topics = [row[0].value for row in sheet.iter_rows(min_row=2)]
    half = (len(topics) - 1) // 2
    assert (topics[0], topics[1], topics[1 + half]) == ("Gemeente", "Wat dit is", "What this is")
    for row in sheet.iter_rows(min_row=2):
        lines = len(row[1].value) / sheet.column_dimensions["B"].width
        assert sheet.row_dimensions[row[0].row].height >= 15 * lines


def test_every_sheet_prints_lying_down_with_its_headers_on_each_page():
    for sheet in opened():
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.print_title_rows == "$1:$1"
