"""A manifest says all that is asked, agrees with itself and with the twin, or is refused."""

import copy

import pytest
from makeshift import DOCUMENT, REGISTER, document

from stroomstad.components import read_manifest, register_entry
from stroomstad.components.manifest import MANIFEST


def told(changed, **options):
    manifest, issues = read_manifest(changed, **options)
    assert (manifest is None) == bool(issues)
    return [str(issue) for issue in issues]


def with_part(path, value):
    """The manifest that holds, with one value inside it replaced."""
    made = document()
    inside = made
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = value
    return made


def test_a_whole_manifest_is_read():
    manifest, issues = read_manifest(DOCUMENT)
    assert issues == []
    assert manifest.id == "homes-counted"
    assert manifest.inputs == {"stations": ("station_id", "x_m", "y_m", "homes")}
    assert manifest.layers[0].columns[1].lowest == 0
    assert not manifest.layers[0].columns[1].nullable
    assert manifest.indicators[0].better == "up"
    assert manifest.parameters["least_homes"]["value"] == 0


def test_what_was_read_does_not_change_when_the_document_does():
    given = copy.deepcopy(DOCUMENT)
    manifest, _ = read_manifest(given)
    given["outputs"]["layers"].clear()
    assert manifest.document["outputs"]["layers"]


@pytest.mark.parametrize("key", [key for key, part in MANIFEST.parts.items() if part.required])
def test_every_field_is_needed(key):
    found = told(document(**{key: None}))
    assert [line for line in found if line.startswith(f"component.json: {key}: is missing.")]


@pytest.mark.parametrize("key", REGISTER)
def test_every_field_of_the_algorithm_register_is_needed(key):
    register = {name: value for name, value in REGISTER.items() if name != key}
    (found,) = told(document(algorithm_register=register))
    assert found.startswith(f"component.json: algorithm_register.{key}: is missing.")


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("id",), "Homes Counted", "id: is 'Homes Counted'. Write lower-case letters and digits"),
        (("version",), "1.2", "version: is '1.2'. Write a semantic version"),
        (("version",), "01.2.0", "version: is '01.2.0'."),
        (("kind",), "model", "kind: is 'model'. Write one of simulation, forecast, rule."),
        (("licence",), "GPL v3", "licence: is 'GPL v3'. Write an SPDX expression"),
        (("contact",), "javascript:alert(1)", "contact: is 'javascript:alert(1)'."),
        (("contact",), "http://example.org", "contact: is 'http://example.org'."),
        (("evidence", 0, "link"), "/etc/passwd.md", "evidence[0].link: is '/etc/passwd.md'."),
        (("evidence", 0, "link"), "docs/../x.md", "evidence[0].link: is 'docs/../x.md'."),
        (("inputs", 0, "table"), "rivers", "inputs[0].table: is 'rivers'. Write one of areas,"),
        (("inputs", 0, "columns"), [], "inputs[0].columns: has 0 items"),
        (("inputs", 0, "columns", 0, "name"), "colour", "has no column 'colour'. Take a column"),
        (("inputs", 0, "columns", 1, "unit"), "km", "is in m, and the manifest says 'km'."),
        (("inputs", 0, "columns", 1, "name"), "y_m", "names y_m 2 times."),
        (("parameters", 0, "value"), 2000, "least_homes is 2000 1, outside 0 to 1000."),
        (("outputs", "layers", 0, "crs"), "EPSG:4326", "crs: is 'EPSG:4326'."),
        (("outputs", "layers", 0, "geometry"), ["Circle"], "geometry[0]: is 'Circle'."),
        (("outputs", "layers", 0, "columns", 1, "unit"), "-", "homes is a number without unit."),
        (("outputs", "layers", 0, "columns", 2, "unit"), "%", "ends in 1, and its unit is '%'."),
        (("outputs", "layers", 0, "columns", 2, "lowest"), 2, "is above its highest."),
        (("outputs", "layers", 0, "columns", 0, "unit"), "m", "holds text, and has unit 'm'."),
        (("outputs", "layers", 0, "columns", 0, "lowest"), 1, "and has a lowest or highest value."),
        (("outputs", "layers", 0, "columns", 0, "name"), "geometry", "declares geometry."),
        (("outputs", "layers", 0, "columns", 0, "name"), "homes", "names homes 2 times."),
        (("outputs", "indicators", 0, "id"), "homes_kw", "ends in kW, and its unit is '1'."),
        (("outputs", "indicators", 0, "better"), "yes", "better: is 'yes'. Write one of up, down."),
        (("outputs",), {"layers": [], "indicators": []}, "outputs: holds nothing."),
        (("limits",), [], "limits: has 0 items where at least 1 is needed."),
        (("evidence",), [], "evidence: has 0 items where at least 1 is needed."),
        (("data", 0, "source", "nl"), "", "data[0].source.nl: is empty."),
        (("algorithm_register", "status"), "In gebruik", "begin_date: is missing where the status"),
        (("algorithm_register", "status"), "Buiten gebruik", "end_date: is missing where the"),
        (("algorithm_register", "description_short"), "x" * 351, "has 351 signs."),
    ],
)  # fmt: skip
def test_each_fault_is_told_alone_and_says_where(path, value, said):
    (found,) = told(with_part(path, value))
    assert found.startswith("component.json: ")
    assert said in found


def test_faults_of_all_kinds_are_told_together():
    made = document(id="No Good", limits=[], personal_data={"processed": True})
    made["inputs"][0]["columns"][1]["unit"] = "km"
    made["outputs"]["indicators"].append(made["outputs"]["indicators"][0])
    found = "\n".join(told(made))
    for said in (
        "id: is 'No Good'",
        "limits: has 0 items",
        "personal_data.purpose",
        "personal_data.legal_basis",
        "personal_data.dpia",
        "stations.x_m is in m",
        "outputs.indicators: names homes_total 2 times.",
    ):
        assert said in found


def test_personal_data_without_purpose_basis_and_assessment_are_refused():
    found = told(document(personal_data={"processed": True, "purpose": "Planning"}))
    assert [line.split(": ")[1] for line in found] == [
        "personal_data.legal_basis", "personal_data.dpia",
    ]  # fmt: skip
    whole = {"processed": True, "purpose": "p", "legal_basis": "l", "dpia": "2026-01"}
    assert told(document(personal_data=whole)) == []


def test_only_the_twin_itself_writes_tables_of_a_run():
    made = document()
    made["outputs"]["tables"] = [{"name": "links", "about": {"nl": "a", "en": "b"}}]
    assert "only the twin's own engines write" in told(made)[0]
    assert told(made, own=True) == []


def test_geometry_is_read_of_tables_that_have_a_place_only():
    column = {"name": "geometry", "unit": "-"}
    made = document(inputs=[{"table": "areas", "columns": [column]}])
    assert told(made) == []
    made = document(inputs=[{"table": "room", "columns": [column]}])
    assert "table room has no column 'geometry'" in told(made)[0]


@pytest.mark.parametrize("value", [None, [], "text", 3, {"id": []}])
def test_what_is_no_manifest_at_all_is_told_as_one(value):
    assert told(value)


def test_the_entry_of_the_register_has_its_version_and_language():
    manifest, _ = read_manifest(DOCUMENT)
    entry = register_entry(manifest)
    assert entry | {"lang": "nld", "standard_version": "1.0", "source_id": manifest.id} == entry
    assert entry["publication_category"] == "Overige algoritmes"
