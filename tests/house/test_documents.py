"""What is written down is complete, up to date, and speaks of this project alone."""

import ast
import importlib.util
import re

import pandas as pd
import pytest
from repository import ROOT, kept_files, modules, text_files

BANNED_WORDS = {
    "manager", "handler", "helper", "helpers", "util", "utils", "common", "misc", "process",
    "do", "data2", "info", "obj", "tmp", "bus", "buses", "scenario", "scenarios",
}  # fmt: skip
# Words that mean here what they say: a process of the operating system.
ALLOWED_NAMES = {"stroomstad.store.folders: process"}


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


REFERENCE = load(ROOT / "docs/make_reference.py")
PARAMETERS = pd.read_csv(ROOT / "data/national/parameters.csv", dtype=str, keep_default_na=False)
TABLES = list(REFERENCE.declared_tables().values())


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def names_in(tree):
    """Names that a module gives: modules, functions, classes, arguments and variables."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        if isinstance(node, ast.arg):
            yield node.arg
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def test_the_readme_fits_on_one_screen_and_a_half():
    assert len(read("README.md").splitlines()) <= 120


def test_the_readme_names_the_two_commands_and_shows_its_own_output():
    text = read("README.md")
    assert "make demo" in text
    assert "make test" in text
    assert "docs/images/browser.png" in text


@pytest.mark.parametrize(
    "page", ["tables.md", "parameters.md", "measures.md", "components.md", "files.md"]
)
def test_the_generated_reference_is_up_to_date(page):
    written = read(f"docs/reference/{page}")
    assert written == REFERENCE.PAGES[page](), "run: make docs"


def test_every_command_is_documented():
    text = read("docs/reference/commands.md")
    targets = dict(REFERENCE.make_targets())
    phony = re.search(r"^\.PHONY: (.*)$", read("Makefile"), re.MULTILINE)[1].split()
    assert set(phony) == set(targets)
    assert [name for name in targets if f"`make {name}`" not in text] == []
    for name in REFERENCE.subcommands():
        options = re.findall(r"(?<![\w-])--[a-z-]+", REFERENCE.told(*name.split()))
        assert f"### stroomstad {name}" in text
        assert [option for option in options if option not in text] == []


def test_everyday_commands_stand_in_the_guide_for_contributors():
    text = read("CONTRIBUTING.md")
    absent = [name for name, _ in REFERENCE.make_targets() if f"make {name}" not in text]
    assert absent == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_says_what_it_means_and_in_which_unit(table):
    assert table.description.endswith(".")
    for name, column in table.columns.items():
        assert column.description.strip(), name
        assert "unit" in column.metadata, name
        if str(column.dtype).startswith(("float", "int")):
            assert column.metadata["unit"], name


@pytest.mark.parametrize("row", PARAMETERS.to_dict("records"), ids=lambda row: row["parameter"])
def test_every_parameter_is_complete_and_in_both_languages(row):
    for column in ("unit", "status", "source", "about", "about_nl", "valid_from"):
        assert row[column].strip(), column
    assert row["status"] in {"sourced", "derived", "assumed", "calibrated"}
    assert float(row["low"]) <= float(row["mid"]) <= float(row["high"])
    assert float(row["raises_room"]) in {-1.0, 0.0, 1.0}
    assert row["about"] != row["about_nl"]


def test_periods_of_one_parameter_do_not_overlap():
    for name, rows in PARAMETERS.sort_values("valid_from").groupby("parameter"):
        ends = rows["valid_to"].replace("", "9999-12-31").to_list()
        starts = rows["valid_from"].to_list()
        assert all(e < s for e, s in zip(ends[:-1], starts[1:], strict=True)), name


def parameters_asked(path, tree):
    """Names asked for outright, and a pattern for names that are put together."""
    text = path.read_text(encoding="utf-8")
    asked = set(re.findall(r"parameters\.(?:value|band|row)\(\s*\"([a-z0-9_]+)\"", text))
    built = [
        "".join(
            re.escape(part.value) if isinstance(part, ast.Constant) else "[a-z0-9_]+"
            for part in node.values
        )
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        and any("_" in part.value for part in node.values if isinstance(part, ast.Constant))
    ]
    words = set(re.findall(r"[a-z][a-z0-9_]+", text))
    used = {
        name
        for name in PARAMETERS["parameter"]
        if name in words or any(re.fullmatch(pattern, name) for pattern in built)
    }
    return asked, used


def test_every_parameter_is_used_and_every_used_one_exists():
    asked, used = set(), set()
    for _, path, tree in modules():
        more_asked, more_used = parameters_asked(path, tree)
        asked |= more_asked
        used |= more_used
    assert asked - set(PARAMETERS["parameter"]) == set()
    assert set(PARAMETERS["parameter"]) - used == set()


def test_the_glossary_holds_the_words_of_the_field():
    text = read("docs/glossary.md").lower()
    words = [
        "node", "cable", "station", "substation", "feeder", "connection", "area", "measure",
        "plan", "outlook", "run", "indicator", "goal", "target", "claim", "room", "limit",
        "loading", "known fact", "synthetic", "assumed", "calibrated", "case", "level factor",
        "simultaneity", "feed-in", "design week",
        "project list", "staircase", "time block", "non-firm", "energy hub", "share to homes",
        "harmless", "lead time", "gap", "present value", "component", "manifest",
    ]  # fmt: skip
    assert [word for word in words if f"\n{word}" not in text] == []


def test_the_glossary_knows_every_kind_of_link_and_every_status():
    text = read("docs/glossary.md")
    for word in ("substation", "mv_cable", "station", "lv_cable"):
        assert f"`{word}`" in text
    for word in ("sourced", "derived", "assumed", "calibrated"):
        assert word in text


def test_no_name_hides_what_it_is_for():
    banned = [
        f"{module}: {name}"
        for module, _, tree in modules()
        for name in [*names_in(tree), module.split(".")[-1]]
        if f"{module}: {name}" not in ALLOWED_NAMES
        and BANNED_WORDS & set(name.lower().strip("_").split("_"))
    ]
    assert banned == []


def test_nothing_points_outside_the_repository():
    outside = re.compile(
        r"\.\./" + r"shared|(?<![\w.])/" + r"work/|(?<![\w.])/" + r"(root|home)/\w"
    )
    pointing = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in text_files()
        if (found := outside.search(path.read_text(encoding="utf-8")))
    ]
    assert pointing == []


def test_every_reference_case_says_where_it_comes_from():
    cases = [path.parent for path in (ROOT / "tests/reference").glob("*/case.toml")]
    assert cases
    for case in cases:
        origin = case / "ORIGIN.md"
        assert origin.is_file(), case.name
        assert len(origin.read_text(encoding="utf-8")) > 100, case.name


def test_every_data_file_has_its_origin_written_down():
    unnamed = []
    for path in kept_files():
        parts = path.relative_to(ROOT).parts
        if parts[0] != "data" or path.name == "ORIGIN.md":
            continue
        origin = path.parent / "ORIGIN.md"
        if not origin.is_file() or f"`{path.name}`" not in origin.read_text(encoding="utf-8"):
            unnamed.append(str(path.relative_to(ROOT)))
    assert unnamed == []


def test_the_data_stay_small_enough_to_clone():
    size = sum(path.stat().st_size for path in kept_files() if "data" in path.parts)
    assert size <= 15e6


def test_every_decision_has_its_four_parts():
    records = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
    assert [int(path.name[:4]) for path in records] == list(range(1, len(records) + 1))
    for path in records:
        text = path.read_text(encoding="utf-8")
        for part in ("## Context", "## Decision", "## Alternatives", "## Consequences"):
            assert part in text, path.name
        assert len(text.splitlines()) <= 60, path.name


def test_the_changelog_says_which_numbers_change():
    assert "### Numbers that change" in read("CHANGELOG.md")


def test_the_licence_is_whole_and_named_everywhere():
    text = read("LICENSE")
    assert text.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")
    assert all(f"\n{n}." in text for n in range(1, 16))
    for name in ("pyproject.toml", "publiccode.yml", "CITATION.cff", "README.md"):
        assert "EUPL-1.2" in read(name)


def test_descriptions_for_catalogues_have_the_length_the_standard_asks():
    text = read("publiccode.yml")
    for short in re.findall(r"shortDescription: >-\n((?:      .*\n)+)", text):
        assert len(" ".join(short.split())) <= 150
    for long in re.findall(r"longDescription: >-\n((?:      .*\n)+)", text):
        assert 150 <= len(" ".join(long.split())) <= 10_000
