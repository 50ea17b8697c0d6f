"""The layers of the picture as OGC API - Features."""

import io
import json
import sqlite3

import geopandas as gpd
import pyproj
import pytest
from services import LAYERS

RD = "http://www.opengis.net/def/crs/EPSG/0/28992"


def test_the_landing_page_leads_to_everything(client):
    links = {each["rel"]: each["href"] for each in client.get("/v1").json()["links"]}
    for rel in ("self", "service-desc", "conformance", "data"):
        assert client.get(links[rel]).status_code == 200


@pytest.mark.parametrize("layer", LAYERS)
def test_every_layer_gives_features_and_each_of_them(client, layer):
    about = client.get(f"/v1/collections/{layer}").json()
    assert about["id"] == layer
    assert about["itemType"] == "feature"
    found = client.get(f"/v1/collections/{layer}/items?limit=2").json()
    assert found["numberReturned"] == len(found["features"]) == min(2, found["numberMatched"])
    for feature in found["features"]:
        one = client.get(f"/v1/collections/{layer}/items/{feature['id']}").json()
        assert one["geometry"] == feature["geometry"]
        assert one["properties"] == feature["properties"]


def test_pages_hold_every_feature_once(client):
    address, names = "/v1/collections/cables/items?limit=7", []
    while address:
        page = client.get(address).json()
        names += [each["id"] for each in page["features"]]
        address = next((each["href"] for each in page["links"] if each["rel"] == "next"), None)
    assert len(names) == len(set(names)) == page["numberMatched"]


def test_a_box_gives_what_lies_in_it_and_nothing_else(client):
    everything = client.get("/v1/collections/stations/items?limit=10000").json()["features"]
    east = sorted(each["geometry"]["coordinates"][0] for each in everything)
    middle = east[len(east) // 2]
    west = client.get(f"/v1/collections/stations/items?limit=10000&bbox=0,0,{middle},90").json()
    wanted = {e["id"] for e in everything if e["geometry"]["coordinates"][0] <= middle}
    assert {each["id"] for each in west["features"]} == wanted
    assert 0 < len(wanted) < len(everything)


def test_coordinates_agree_with_another_transformation(client):
    asked = "/v1/collections/stations/items?limit=5"
    degrees, metres = client.get(asked), client.get(f"{asked}&crs={RD}")
    assert metres.headers["Content-Crs"] == f"<{RD}>"
    to_degrees = pyproj.Transformer.from_crs(28992, 4326, always_xy=True)
    geod = pyproj.Geod(ellps="WGS84")
    for one, other in zip(degrees.json()["features"], metres.json()["features"], strict=True):
        lon, lat = to_degrees.transform(*other["geometry"]["coordinates"])
        assert geod.inv(*one["geometry"]["coordinates"], lon, lat)[2] < 1.0


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("bbox=1,2,3", "four numbers"),
        ("bbox=5,53,6,52", "swapped"),
        ("bbox=nan,52,6,53", "four numbers"),
        ("bbox=140000,480000,150000,490000", "metres of the national grid"),
        ("crs=EPSG:4326", "not known"),
        ("datetime=yesterday", "no moment"),
        ("datetime=2030-01-01/2020-01-01", "ends before"),
        ("colour=red", "not a parameter"),
        ("limit=-1", "limit"),
        ("kind=lv_cable", "no kind"),
    ],
)
def test_a_faulty_question_is_told_and_not_guessed(client, asked, said):
    answer = client.get(f"/v1/collections/areas/items?{asked}")
    assert answer.status_code == 400
    assert said in json.dumps(answer.json()["issues"])


def test_all_faults_of_a_question_are_told_at_once(client):
    asked = "bbox=1&crs=x&bbox-crs=y&datetime=z&colour=red"
    issues = client.get(f"/v1/collections/areas/items?{asked}").json()["issues"]
    assert {each["where"] for each in issues} == {"bbox", "crs", "bbox-crs", "datetime", "colour"}


def test_a_moment_gives_the_measures_in_service_then(client):
    asked = "/v1/collections/measures/items?datetime="
    assert client.get(f"{asked}2026-06-01").json()["numberMatched"] == 0
    assert client.get(f"{asked}2027-06-01T00:00:00Z/..").json()["numberMatched"] == 1


def test_what_an_asker_has_is_not_sent_again(client):
    first = client.get("/v1/collections/areas/items")
    again = client.get(
        "/v1/collections/areas/items", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert again.status_code == 304
    assert not again.content


@pytest.mark.parametrize("form", ["gpkg", "parquet", "geojson"])
def test_a_layer_as_a_file_holds_the_same_features(client, form, tmp_path):
    path = tmp_path / f"areas.{form}"
    path.write_bytes(client.get(f"/v1/collections/areas/download?format={form}").content)
    read = gpd.read_parquet(path) if form == "parquet" else gpd.read_file(path)
    told = client.get("/v1/collections/areas/items").json()["features"]
    assert sorted(read["area_code"]) == sorted(each["id"] for each in told)
    assert read.crs.to_epsg() == (4326 if form == "geojson" else 28992)
    if form == "gpkg":
        with sqlite3.connect(path) as rows:
            assert rows.execute("PRAGMA user_version").fetchone()[0] == 10300
        rows.close()


def test_a_layer_as_a_sheet_has_a_place_for_each_row(client):
    text = client.get("/v1/collections/stations/download?format=csv").content.decode("utf-8-sig")
    header, *rows = text.splitlines()
    assert header.split(";")[-2:] == ["x_m", "y_m"]
    assert len(rows) == client.get("/v1/collections/stations/items").json()["numberMatched"]
    assert (
        io.BytesIO(client.get("/v1/collections/stations/download?format=xlsx").content).read(2)
        == b"PK"
    )
