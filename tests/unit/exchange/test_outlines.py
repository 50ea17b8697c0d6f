import json

import pytest
from drawings import BOW_TIE, FAULTS, RD_CRS, SQUARE, SQUARE_RD, collection, feature
from shapely.geometry import box, mapping

from stroomstad.exchange import read_outlines


def read(tmp_path, content):
    path = tmp_path / "blok3.geojson"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return read_outlines(path)


@pytest.mark.parametrize(
    "content",
    [
        feature(SQUARE),
        mapping(SQUARE),
        collection(feature(SQUARE)),
        collection(feature(SQUARE_RD), crs=RD_CRS),
        {**feature(SQUARE_RD), "crs": {"type": "name", "properties": {"name": "EPSG:28992"}}},
        collection(
            feature(SQUARE),
            crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}},
        ),
    ],
)
def test_an_outline_is_found_in_degrees_and_in_metres(tmp_path, content):
    outlines, issues = read(tmp_path, content)
    assert issues == []
    assert outlines.crs.to_epsg() == 28992
    assert outlines["place"].tolist() == ["blok3"]
    assert outlines["assumed"].tolist() == [True]
    assert outlines.area.iloc[0] == pytest.approx(360_000, rel=1e-4)
    assert outlines.geometry.iloc[0].centroid.distance(SQUARE_RD.centroid) < 0.1


def test_names_source_and_assumption_come_from_the_properties(tmp_path):
    outlines, issues = read(
        tmp_path,
        collection(
            feature(SQUARE, naam="Noord", assumed=False, source="kaart"),
            feature(SQUARE, Place="Zuid"),
        ),
    )
    assert issues == []
    assert outlines[["place", "assumed", "source"]].to_numpy().tolist() == [
        ["Noord", False, "kaart"], ["Zuid", True, "blok3.geojson"],
    ]  # fmt: skip


@pytest.mark.parametrize("kind", FAULTS)
def test_a_faulty_outline_is_told(tmp_path, kind):
    content, words = FAULTS[kind]
    outlines, (issue,) = read(tmp_path, content)
    assert outlines is None
    assert words in issue.problem
    assert issue.where.startswith("blok3.geojson")
    assert issue.remedy


def test_all_faults_are_told_at_once(tmp_path):
    point = {"type": "Point", "coordinates": [5.2, 52.4]}
    outlines, issues = read(
        tmp_path,
        collection(feature(BOW_TIE, name="A"), feature(point, name="B"), feature(point, name="C"),
                   feature(box(13.0, 52.4, 13.1, 52.5), name="D")),
    )  # fmt: skip
    assert outlines is None
    assert [issue.where for issue in issues] == [
        "blok3.geojson, A", "blok3.geojson, B, C", "blok3.geojson",
    ]  # fmt: skip
