"""Plans and lists that people save: the same files as on the command line, and who was first."""

import pytest
from services import plan_for, rows_for

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


def test_outlines_come_along_and_back(client, made):
    ring = [[5.0, 52.0], [5.001, 52.0], [5.001, 52.001], [5.0, 52.0]]
    outline = {"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"place": "Weide", "assumed": True},
         "geometry": {"type": "Polygon", "coordinates": [ring]}}]}  # fmt: skip
    answer = client.put("/v1/plans/omtrek", json=plan_for(made, outlines=outline), headers=NEW)
    assert answer.status_code == 201, answer.text
    back = client.get("/v1/plans/omtrek").json()["outlines"]
    assert back["features"][0]["properties"]["place"] == "Weide"


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
