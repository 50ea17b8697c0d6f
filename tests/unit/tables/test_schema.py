import pandas as pd
import pytest
from tiny import make_city, make_grid, make_parameters, make_types

from stroomstad.tables import city, grid, parameters
from stroomstad.tables.schema import check, count, flag, key, number, table, text

BOXES = table(
    "boxes",
    "Boxes of the test.",
    {
        "box_id": key("identifier"),
        "kind": text("kind", isin=("round", "square")),
        "height_m": number("height", "m"),
        "depth_m": number("depth, may be unknown", "m", lowest=None, nullable=True),
        "lids": count("lids"),
        "open": flag("whether it is open"),
    },
)


def make_boxes(**changes):
    columns = {
        "box_id": ["a", "b", "c"],
        "kind": ["round", "square", "round"],
        "height_m": [1.0, 2.0, 0.0],
        "depth_m": [-1.0, None, 3.0],
        "lids": [0, 1, 2],
        "open": [True, False, True],
    }
    return pd.DataFrame(columns | changes)


def told(rows):
    return [str(issue) for issue in check(rows, BOXES)]


def test_a_table_as_declared_has_no_issues():
    assert told(make_boxes()) == []


def test_an_empty_table_with_the_right_columns_has_no_issues():
    assert told(make_boxes().iloc[:0]) == []


def test_columns_that_are_not_declared_are_left_alone():
    assert told(make_boxes(colour=["red", "blue", None])) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"height_m": [-1.0, 2.0, -3.5]},
            (
                "boxes.height_m: 2 rows where the value is below 0 m (a has -1.0, c has -3.5). "
                "Mend these rows, or leave them out."
            ),
        ),
        (
            {"height_m": [None, 2.0, 0.0]},
            (
                "boxes.height_m: 1 row where the value is missing (a). "
                "Mend these rows, or leave them out."
            ),
        ),
        (
            {"kind": ["round", "flat", "round"]},
            (
                "boxes.kind: 1 row where the value is not one of round, square (b has flat). "
                "Mend these rows, or leave them out."
            ),
        ),
        (
            {"box_id": ["a", "b", "a"]},
            (
                "boxes.box_id: 1 row where the value occurs more than once (a). "
                "Mend these rows, or leave them out."
            ),
        ),
        (
            {"box_id": ["a", None, "c"]},
            (
                "boxes.box_id: 1 row where the value is missing (row 1). "
                "Mend these rows, or leave them out."
            ),
        ),
        (
            {"lids": [0.5, 1.0, 2.0]},
            "boxes.lids: holds float64 where whole numbers are expected. Give whole numbers only.",
        ),
        (
            {"height_m": ["1,5", "2", "3"]},
            "boxes.height_m: holds str where numbers are expected. Give numbers only.",
        ),
    ],
)
def test_a_fault_is_told_with_its_place_value_and_remedy(changes, sentence):
    assert sentence in told(make_boxes(**changes))


def test_missing_columns_are_all_named():
    assert told(make_boxes().drop(columns=["kind", "lids"])) == [
        "boxes: column kind is missing. Add the column.",
        "boxes: column lids is missing. Add the column.",
    ]


def test_every_fault_is_found_at_once():
    assert len(told(make_boxes(height_m=[-1.0, 2.0, 3.0], kind=["x", "y", "z"]))) == 2


def test_the_reader_meets_the_name_of_the_file_that_was_read():
    rows = make_boxes(height_m=[-1.0, 2.0, 3.0])
    assert check(rows, BOXES, "boxes.csv")[0].where == "boxes.csv.height_m"


def test_units_stand_in_the_declaration():
    assert BOXES.columns["height_m"].metadata["unit"] == "m"


@pytest.mark.parametrize(
    ("rows", "declared"),
    [
        (make_grid().nodes, grid.NODES),
        (make_grid().cables, grid.CABLES),
        (make_grid().stations, grid.STATIONS),
        (make_grid().substations, grid.SUBSTATIONS),
        (make_grid().connections, grid.CONNECTIONS),
        (make_city().areas, city.AREAS),
        (make_city().points, city.POINTS),
        (make_city().substation_sites, city.SUBSTATION_SITES),
        (make_parameters().rows, parameters.PARAMETERS),
        (make_types()[0], grid.CABLE_TYPES),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_the_made_up_city_and_the_national_tables_are_as_declared(rows, declared):
    kinds = {
        name: float
        for name, column in declared.columns.items()
        if str(column.dtype) == "float64" and name in rows
    }
    assert [str(issue) for issue in check(rows.astype(kinds), declared)] == []
