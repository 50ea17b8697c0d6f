"""Plans and lists that people save: the same files as on the command line, and who was first."""

import json
import os
from contextlib import contextmanager
from pathlib import Path

import pytest
from services import plan_for, rows_for
from shapely.geometry import shape

from stroomstad.run.desk import open_city, read_plan_and_list
from stroomstad.store.shelf import tag_of

NEW = {"If-None-Match": "*"}


def test_what_is_saved_is_what_the_command_line_reads(client, made, tmp_path):
    client.put("/v1/plans/zelfde", json=plan_for(made), headers=NEW)
    client.put("/v1/lists/zelfde", json={"rows": rows_for(made)}, headers=NEW)
    desk = open_city(made.city)
    plan, projects, _ = read_plan_and_list(
        made.plans.path("zelfde"), made.lists.path("zelfde"), desk
    )
    assert plan.measures["measure_id"].tolist() == ["groter"]
    assert projects["homes"].tolist() == [40.0, 0.0]


def test_who_saves_second_is_told_and_loses_nothing(client, made):
    client.put("/v1/plans/samen", json=plan_for(made), headers=NEW)
    tag = client.get("/v1/plans/samen").headers["ETag"]
    first = client.put(
        "/v1/plans/samen", json=plan_for(made, name="Een"), headers={"If-Match": tag}
    )
    second = client.put(
        "/v1/plans/samen", json=plan_for(made, name="Twee"), headers={"If-Match": tag}
    )
    assert (first.status_code, second.status_code) == (200, 412)
    assert second.json()["current"]["name"] == "Een"
    assert client.get("/v1/plans/samen").json()["name"] == "Een"
    assert second.json()["etag"] == tag_of(made.plans.read("samen"))


def test_a_new_plan_never_replaces_one(client, made):
    assert client.put("/v1/plans/nieuw", json=plan_for(made), headers=NEW).status_code == 201
    assert client.put("/v1/plans/nieuw", json=plan_for(made), headers=NEW).status_code == 412


def test_saving_needs_to_say_what_was_seen(client, made):
    answer = client.put("/v1/plans/zonder", json=plan_for(made))
    assert answer.status_code == 400
    assert "zonder" not in made.plans.names()


def test_faults_stand_beside_their_fields_and_nothing_is_saved(client, made):
    plan = plan_for(made)
    good = plan["measure"][0]
    plan["measure"] = [
        good | {"id": "a", "size": -3},
        good | {"id": "b", "kind": "toverstation"},
        good | {"id": "c", "status": "misschien"},
        good | {"id": "d", "payers": {"municipality": 0.4}},
        good | {"id": "e", "in_service": 2040, "until": 2030},
        good | {"id": "f", "depends_on": ["nergens"]},
        good | {"id": "f"},
        good | {"id": "h", "budget_line": "weg"},
    ]
    answer = client.put("/v1/plans/fout", json=plan, headers=NEW)
    fields = {each.get("field") for each in answer.json()["issues"]}
    assert answer.status_code == 400
    assert fields >= {
        "/measure/0/size", "/measure/1/kind", "/measure/2/status", "/measure/3/payers",
        "/measure/4/until", "/measure/5/depends_on", "/measure/6/id", "/measure/7/budget_line",
    }  # fmt: skip
    assert "fout" not in made.plans.names()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"in_service": "2026-02-30"}, "in_service"),
        ({"in_service": "0001-01-01"}, "in_service"),
        ({"in_service": 1}, "in_service"),
        ({"in_service": "ooit"}, "in_service"),
        ({"in_service": {"early": "2026-02-30", "expected": 2027, "late": 2028}}, "in_service"),
        ({"in_service": {"early": 2028, "expected": 2027, "late": 2026}}, "in_service"),
        ({"in_service": 2028, "until": "2027-02-30"}, "until"),
        ({"in_service": 2028, "until": 2027}, "until"),
        ({"decided_on": "2026-13-01"}, "decided_on"),
        ({"in_service": 2027, "decided_on": "2028-01-01"}, "decided_on"),
        ({"limit_kw": 5}, "limit_kw"),
        ({"payers": {"municipality": 1.4, "state": -0.4}}, "payers"),
    ],
)
def test_an_impossible_day_or_number_is_told_beside_its_field(client, made, changes, field):
    measure = plan_for(made)["measure"][0] | changes
    answer = client.put("/v1/plans/dag", json=plan_for(made, measure=[measure]), headers=NEW)
    fields = {each.get("field") for each in answer.json()["issues"]}
    assert answer.status_code == 400
    assert fields == {f"/measure/0/{field}"}
    # In words, not as a program writes it.
    assert "{" not in "".join(each["problem"] for each in answer.json()["issues"])
    assert "dag" not in made.plans.names()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"first_year": 1}, "/first_year"),
        ({"first_year": "2026-02-30"}, "/first_year"),
        ({"first_year": 2030, "last_year": 2026}, "/first_year"),
        ({"last_year": "ooit"}, "/last_year"),
        ({"budget": [{"line": "a", "payer": "municipality", "eur": 1, "first_year": 2028,
                      "last_year": 2026}]}, "/budget/0/last_year"),
        ({"budget": [{"line": "a", "payer": "municipality", "eur": "veel"}]}, "/budget/0/eur"),
    ],
)  # fmt: skip
def test_impossible_years_of_a_plan_are_told_beside_their_field(client, made, changes, field):
    answer = client.put("/v1/plans/jaar", json=plan_for(made, **changes), headers=NEW)
    assert answer.status_code == 400
    assert {each.get("field") for each in answer.json()["issues"]} == {field}
    assert "jaar" not in made.plans.names()


@pytest.mark.parametrize("year", ["2026-02-30", "0001", "ooit", "-3", "99999"])
@pytest.mark.parametrize("column", ["first_year", "last_year"])
def test_an_impossible_year_of_a_project_is_told_beside_its_cell(client, made, column, year):
    rows = rows_for(made, **{column: year})
    answer = client.put("/v1/lists/jaar", json={"rows": rows}, headers=NEW)
    assert answer.status_code == 400
    assert {each.get("field") for each in answer.json()["issues"]} == {
        f"/rows/0/{column}", f"/rows/1/{column}",
    }  # fmt: skip
    assert "jaar" not in made.lists.names()


def test_faults_of_a_list_stand_beside_their_cells(client, made):
    rows = [*rows_for(made), {"name": "", "place": "", "first_year": "ooit", "homes": "veel"}]
    answer = client.put("/v1/lists/fout", json={"rows": rows}, headers=NEW)
    fields = {each.get("field") for each in answer.json()["issues"]}
    assert answer.status_code == 400
    assert fields >= {"/rows/2/name", "/rows/2/place", "/rows/2/first_year", "/rows/2/homes"}
    assert "fout" not in made.lists.names()


def test_an_empty_list_is_told(client):
    answer = client.put("/v1/lists/leeg", json={"rows": []}, headers=NEW)
    assert answer.status_code == 400
    assert answer.json()["issues"]


@pytest.mark.parametrize("place", ["/etc/passwd.geojson", "../geheim.json", "blok.geojson"])
def test_no_file_that_a_list_names_is_opened(client, made, place):
    answer = client.put("/v1/lists/pad", json={"rows": rows_for(made, place=place)}, headers=NEW)
    assert answer.status_code == 400
    assert "names a file" in answer.text


def test_no_file_that_a_plan_names_is_opened(client, made):
    text = f'name = "P"\ncity = "{made.city_name}"\nfirst_year = 2026\nlast_year = 2028\n'
    toml = text + 'outlines = "/etc/passwd"\n'
    answer = client.put("/v1/plans/pad", content=toml,
                        headers=NEW | {"Content-Type": "application/toml"})  # fmt: skip
    assert answer.status_code == 201
    assert b"passwd" not in made.plans.read("pad")
    faulty = client.put("/v1/plans/pad2", json=plan_for(made, outlines="/etc/passwd"), headers=NEW)
    assert faulty.status_code == 400


@pytest.mark.parametrize("cell", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0"])
def test_no_cell_that_begins_as_a_formula_is_kept(client, made, cell):
    answer = client.put("/v1/lists/som", json={"rows": rows_for(made, segment=cell)}, headers=NEW)
    assert answer.status_code == 400


@pytest.mark.parametrize("name", ["..", ".hidden", "a/b", "a" * 65, "%2e%2e%2fx", "a b", "é"])
def test_no_name_leads_out_of_the_folder(client, made, name):
    before = sorted(made.plans.folder.parent.rglob("*.toml"))
    answer = client.put(f"/v1/plans/{name}", json=plan_for(made), headers=NEW)
    assert answer.status_code in (400, 404, 405)
    assert sorted(made.plans.folder.parent.rglob("*.toml")) == before


def outline_in(client, place="Weide", size=0.001):
    """An outline drawn in the middle of the first area, as a browser sends it."""
    area = client.get("/v1/collections/areas/items?limit=1").json()["features"][0]
    west, south, east, north = shape(area["geometry"]).bounds
    lon, lat = (west + east) / 2, (south + north) / 2
    ring = [[lon, lat], [lon + size, lat], [lon + size, lat + size], [lon, lat]]
    return {"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"place": place, "assumed": True, "source": "drawn"},
         "geometry": {"type": "Polygon", "coordinates": [ring]}}]}  # fmt: skip


def plan_at(made, place, **changes):
    measures = [
        each | {"kind": "new_station", "place": place} for each in plan_for(made)["measure"]
    ]
    return plan_for(made, measure=measures, **changes)


def test_outlines_come_along_and_back(client, made):
    sent = outline_in(client)
    answer = client.put("/v1/plans/omtrek", json=plan_for(made, outlines=sent), headers=NEW)
    assert answer.status_code == 201, answer.text
    back = client.get("/v1/plans/omtrek").json()["outlines"]
    assert back["features"][0]["properties"]["place"] == "Weide"
    # In degrees, as it was drawn, to a millimetre of the national grid.
    told, drawn = (shape(each["features"][0]["geometry"]) for each in (back, sent))
    assert told.equals_exact(drawn, 2e-8)


def test_a_place_that_is_drawn_is_one_on_the_command_line_too(client, made):
    plan = plan_at(made, "Weide", outlines=outline_in(client))
    client.put("/v1/plans/getekend", json=plan, headers=NEW)
    client.put("/v1/lists/getekend", json={"rows": rows_for(made, place="Weide")}, headers=NEW)
    read, projects, _ = read_plan_and_list(
        made.plans.path("getekend"), made.lists.path("getekend"), open_city(made.city)
    )
    assert read.measures["place"].tolist() == ["Weide"]
    assert projects["place"].tolist() == ["Weide", "Weide"]
    assert read.outlines.set_index("place").loc["Weide", "geometry"].area > 1000


def test_what_is_saved_again_stays_the_same_file(client, made):
    client.put("/v1/plans/weer", json=plan_for(made, outlines=outline_in(client)), headers=NEW)
    told = client.get("/v1/plans/weer")
    seen = {"If-Match": told.headers["ETag"]}
    again = client.put("/v1/plans/weer", json=told.json(), headers=seen)
    assert again.headers["ETag"] == told.headers["ETag"]
    assert len(list(made.plans.folder.glob("weer.*.geojson"))) == 1


def test_who_draws_second_is_told_though_the_text_of_the_plan_is_alike(client, made):
    plan = plan_for(made, outlines=outline_in(client))
    client.put("/v1/plans/tekenen", json=plan, headers=NEW)
    seen = {"If-Match": client.get("/v1/plans/tekenen").headers["ETag"]}
    statuses = [
        client.put(
            "/v1/plans/tekenen", json=plan | {"outlines": outline_in(client, size=size)},
            headers=seen,
        ).status_code
        for size in (0.002, 0.003)
    ]  # fmt: skip
    assert statuses == [200, 412]


def test_outlines_go_with_the_last_that_names_them(client, made):
    plan = plan_for(made, outlines=outline_in(client))
    client.put("/v1/plans/kaal", json=plan, headers=NEW)
    for sent in (plan | {"outlines": None}, plan_for(made, name="Nog kaler")):
        seen = {"If-Match": client.get("/v1/plans/kaal").headers["ETag"]}
        assert client.put("/v1/plans/kaal", json=sent, headers=seen).status_code == 200
        assert "outlines" not in client.get("/v1/plans/kaal").json()
    assert list(made.plans.folder.glob("kaal.*.geojson")) == []


def test_the_file_of_the_outlines_is_given_under_the_name_that_the_plan_has_for_it(client, made):
    client.put("/v1/plans/twee", json=plan_for(made, outlines=outline_in(client)), headers=NEW)
    toml = client.get("/v1/plans/twee?format=toml").text
    drawn = client.get("/v1/plans/twee?format=geojson")
    name = drawn.headers["Content-Disposition"].split('"')[1]
    assert f'outlines = "{name}"' in toml
    assert drawn.json()["features"][0]["properties"]["place"] == "Weide"
    client.put("/v1/plans/geen", json=plan_for(made), headers=NEW)
    assert client.get("/v1/plans/geen?format=geojson").status_code == 404


@pytest.mark.parametrize("named", ["../buiten.geojson", "weg.geojson", "koppel.geojson"])
def test_outlines_are_read_from_beside_a_plan_only(client, made, named, tmp_path):
    outside = made.plans.folder.parent / "buiten.geojson"
    outside.write_text(json.dumps(outline_in(client)), encoding="utf-8")
    link = made.plans.folder / "koppel.geojson"
    link.unlink(missing_ok=True)
    link.symlink_to(outside)
    text = f'name = "P"\ncity = "{made.city_name}"\nfirst_year = 2026\nlast_year = 2028\n'
    path = made.plans.folder / "hand.toml"
    path.write_text(f'{text}outlines = "{named}"\n', encoding="utf-8")
    told = client.get("/v1/plans/hand")
    path.unlink()
    link.unlink()
    assert told.status_code == 200
    assert "outlines" not in told.json()


@pytest.mark.parametrize(
    ("ring", "said"),
    [
        ([[5.0, 52.0], [5.1, 52.1], [5.1, 52.0], [5.0, 52.1], [5.0, 52.0]], "not a sound outline"),
        ([[5.0, 52.0], [5.1, 52.0], [5.0, 52.0]], "Too few points"),
        ([[0.0, 0.0], [0.1, 0.0], [0.1, 0.1], [0.0, 0.0]], "outside the Netherlands"),
        ([[5.0, 52.0], [5.0000000001, 52.0], [5.0, 52.0000000001], [5.0, 52.0]], "sound outline"),
    ],
)
def test_an_outline_that_is_none_is_told_and_nothing_is_saved(client, made, ring, said):
    drawn = outline_in(client)
    drawn["features"][0]["geometry"]["coordinates"] = [ring]
    answer = client.put("/v1/plans/scheef", json=plan_for(made, outlines=drawn), headers=NEW)
    assert answer.status_code == 400
    assert said in answer.text
    assert list(made.plans.folder.glob("scheef.*")) == []


@contextmanager
def full_disk(shelf, file):
    """As if the disk is full when a file is written: its bytes go to a device that takes none."""
    partial = shelf.folder / f".{file}.{os.getpid()}.partial"
    partial.symlink_to("/dev/full")
    try:
        yield
    finally:
        partial.unlink(missing_ok=True)


needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="only where it exists")


@needs_full
def test_on_a_full_disk_a_plan_and_its_outlines_stay_as_they_were_together(client, made):
    first = plan_for(made, name="Eerst", outlines=outline_in(client))
    client.put("/v1/plans/vol", json=first, headers=NEW)
    told = client.get("/v1/plans/vol")
    seen, files = {"If-Match": told.headers["ETag"]}, sorted(made.plans.folder.iterdir())
    sent = plan_for(made, name="Later", outlines=outline_in(client, size=0.002))
    with full_disk(made.plans, "vol.toml"):
        answer = client.put("/v1/plans/vol", json=sent, headers=seen)
    assert answer.status_code == 400
    assert "disk is full" in answer.text
    assert "still does" in answer.text
    assert sorted(made.plans.folder.iterdir()) == files
    assert client.get("/v1/plans/vol").json() == told.json()
    # And it works again when there is space.
    assert client.put("/v1/plans/vol", json=sent, headers=seen).status_code == 200
    assert client.get("/v1/plans/vol").json()["name"] == "Later"


@needs_full
def test_on_a_full_disk_nothing_of_a_new_list_stays(client, made):
    rows = {"rows": rows_for(made)}
    with full_disk(made.lists, "vollijst.csv"):
        answer = client.put("/v1/lists/vollijst", json=rows, headers=NEW)
    assert answer.status_code == 400
    assert "disk is full" in answer.text
    assert not [path for path in made.lists.folder.iterdir() if "vollijst" in path.name]
    assert client.put("/v1/lists/vollijst", json=rows, headers=NEW).status_code == 201


def test_a_deleted_plan_is_gone_and_only_for_who_saw_it(client, made):
    client.put("/v1/plans/weg", json=plan_for(made), headers=NEW)
    assert client.delete("/v1/plans/weg", headers={"If-Match": '"oud"'}).status_code == 412
    tag = client.get("/v1/plans/weg").headers["ETag"]
    assert client.delete("/v1/plans/weg", headers={"If-Match": tag}).status_code == 204
    assert client.get("/v1/plans/weg").status_code == 404


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"{" * 100_000, "application/json"),
        (b"[" * 100_000 + b"]" * 100_000, "application/json"),
        (b'{"name": NaN}', "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"[]", "application/json"),
        (b"name = ", "application/toml"),
        (b"\xff\xfe\x00", "application/toml"),
    ],
)
def test_garbage_is_told_and_never_breaks_anything(client, content, kind):
    answer = client.put("/v1/plans/rommel", content=content, headers=NEW | {"Content-Type": kind})
    assert answer.status_code == 400
    assert answer.json()["issues"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04rommel", b"\xd0\xcf\x11\xe0oud", b"%PDF-1.7"])
def test_a_wrong_file_is_told(client, content):
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    answer = client.put("/v1/lists/bestand", content=content, headers=NEW | {"Content-Type": kind})
    assert answer.status_code == 400
    assert answer.json()["issues"]


def test_an_unknown_kind_of_content_is_told(client):
    answer = client.put("/v1/lists/x", content=b"<a/>", headers=NEW | {"Content-Type": "text/xml"})
    assert answer.status_code == 415


def test_the_template_reads_back_as_a_list(client):
    template = client.get("/v1/lists/template")
    kind = template.headers["Content-Type"]
    answer = client.put("/v1/lists/sjabloon", content=template.content,
                        headers=NEW | {"Content-Type": kind})  # fmt: skip
    assert answer.status_code == 201
    assert len(answer.json()["rows"]) == 6
