"""The twin's own engines say of themselves what the declarations and the documents say too."""

import re
import tomllib

import pytest
from repository import ROOT

from stroomstad.components import own_manifests, register_entry
from stroomstad.components.own import OWN

MANIFESTS = own_manifests()
FIGURE = re.compile(r"[-+]?\d[\d.,]*(?:e-\d+)?")


def heading_links(text):
    """What the headings of a page are called in a link."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}


def test_all_engines_are_listed_in_the_order_of_the_flow():
    assert [each.id for each in MANIFESTS] == list(OWN)
    files = (ROOT / "src/stroomstad/components/engines").glob("*.json")
    assert {path.stem for path in files} == set(OWN)


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda each: each.id)
def test_an_engine_has_the_version_and_licence_of_the_twin(manifest):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert manifest.version == project["version"]
    assert manifest.licence == project["license"]
    assert not manifest.document["personal_data"]["processed"]


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda each: each.id)
def test_an_engine_gives_tables_that_a_run_keeps(manifest):
    shell = "".join(path.read_text("utf-8") for path in (ROOT / "src/stroomstad/run").glob("*.py"))
    tables = [each["name"] for each in manifest.document["outputs"]["tables"]]
    assert tables
    assert [name for name in tables if f'"{name}"' not in shell] == []


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda each: each.id)
def test_evidence_points_at_a_page_that_holds_its_figures(manifest):
    for each in manifest.document["evidence"]:
        path, _, heading = each["link"].partition("#")
        text = (ROOT / path).read_text(encoding="utf-8")
        assert not heading or heading in heading_links(text), each["link"]
        figures = {found.rstrip(".,") for found in FIGURE.findall(each["about"]["en"])}
        if path.endswith(".md"):
            assert [figure for figure in figures if figure not in text] == [], each["link"]


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda each: each.id)
def test_both_languages_tell_the_same_figures(manifest):
    for each in manifest.document["evidence"]:
        figures = [
            sorted(re.sub(r"[.,]", "", found) for found in FIGURE.findall(each["about"][language]))
            for language in ("nl", "en")
        ]
        assert figures[0] == figures[1]


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda each: each.id)
def test_the_register_gets_its_texts_in_dutch_and_within_bounds(manifest):
    entry = register_entry(manifest)
    assert entry["lang"] == "nld"
    assert len(entry["description_short"]) <= 350
    assert {"het", "de", "een"} & set(entry["description_short"].lower().split())


def test_who_says_who_goes_first_is_no_harmless_algorithm():
    categories = {each.id: register_entry(each)["publication_category"] for each in MANIFESTS}
    impactful = {name for name, said in categories.items() if said == "Impactvolle algoritmes"}
    assert impactful == {"project-queue", "search"}
