"""Faults in Dutch: every sentence has one, it says the same, and what has none stays English."""

import json
import tomllib
from fnmatch import fnmatch

import pytest
from drawings import FAULTS
from dutch import english_left, lost_values, numbers
from hypothesis import example, given
from hypothesis import strategies as st
from lists import ROWS, SLIPS, book, cells, changed, stored
from plan_texts import (
    ENERGY,
    ODD,
    PROMISES_WRONG,
    UNREADABLE,
    UNSOUND,
    make_catalogue,
    measure,
    read,
    sound,
)
from repository import ROOT, SOURCE, modules
from sentences import sentences

from stroomstad.api.faults_nl import (
    PHRASES,
    in_dutch,
    line_in_dutch,
    place_in_dutch,
    sentence_in_dutch,
)
from stroomstad.api.problems import TITLES
from stroomstad.errors import Issue
from stroomstad.exchange import read_outlines, read_sheet, read_toml
from stroomstad.planning import read_projects
from stroomstad.planning.checks import plan_issues

TABLE = tomllib.loads(PHRASES.read_text(encoding="utf-8"))
KINDS = make_catalogue().kinds
# Told to whoever makes a city folder or a component, on the command line and in English.
TO_MAKERS = (
    "cli.*", "components.*", "sources.*", "synthesis.*", "loads.*", "tables.parameters", "errors",
    "powerflow.soundness", "powerflow.swept", "run.fact_sheet",
)  # fmt: skip
# Sentences without Dutch, each with why it needs none.
EXCEPTIONS = {
    "x1.": "measures.sites: parts a sentence that is read where it is made",
    "Choose a folder. x1": "store.folders: what is left of it is told where it is made",
    "component x1 gave no layers. x1": "what a component says of itself is in its own language",
    "search: in the answer x1. Please report this.": "what goes between is read where it is made",
    "Stopped on request; the best so far is within 7 of the bound.": "told in an answer",
    "Stopped on request; the best so far is not yet half of the bound.": "told in an answer",
    "Stopped after its work; the best so far is within 7 of the bound.": "told in an answer",
    "Stopped after its work; the best so far is not yet half of the bound.": "told in an answer",
}


def told_in_source():
    found = {}
    for name, path, tree in modules():
        short = name.removeprefix("stroomstad.")
        if not any(fnmatch(short, pattern) for pattern in TO_MAKERS):
            for line, text in sentences(tree):
                found.setdefault(text, f"{path.relative_to(SOURCE)}:{line}")
    found.pop("", None)
    return found


def test_every_sentence_of_the_source_has_its_dutch_or_a_reason_for_none():
    told = told_in_source()
    missing = {text for text in told if line_in_dutch(text) is None}
    assert {text: told[text] for text in missing - set(EXCEPTIONS)} == {}
    assert set(EXCEPTIONS) <= missing, "these have Dutch by now"


def test_sentences_are_found_in_the_source_at_all():
    told = told_in_source()
    assert "nobody pays it." in told
    assert '"x1" cannot be read as a year.' in told
    assert "size is 7 x1, which cannot be built in part." in told
    assert sum(where.startswith("planning/checks") for where in told.values()) > 60


def test_every_title_has_its_dutch():
    assert [title for title in TITLES.values() if sentence_in_dutch(title) is None] == []


@pytest.mark.parametrize("name", ["sentences", "where"])
def test_every_phrase_says_all_that_it_heard(name):
    """What stands in braces in the English stands in braces in the Dutch."""
    wrong = []
    for english, dutch in TABLE[name].items():
        heard = {part.partition(":")[0] for part in _braces(english)}
        if heard != set(_braces(dutch)):
            wrong.append(english)
    assert wrong == []


def _braces(text):
    return [each.split("}")[0] for each in text.split("{")[1:]
            if each.split("}")[0].replace(":", "").replace("_", "").isalnum()]  # fmt: skip


def test_no_phrase_is_left_in_english():
    codes = {"or", "name"}
    left = {
        dutch: english_left(dutch, codes)
        for dutch in TABLE["sentences"].values()
        if english_left(dutch, codes)
    }
    assert left == {}


def test_fields_are_called_as_in_the_forms():
    forms = json.loads((ROOT / "web/src/i18n/nl.json").read_text(encoding="utf-8"))
    elsewhere = {"name": "plan_name", "payer": "payer", "in_service": "f_expected"}
    seen = 0
    for key, label in TABLE["tables"]["field"].items():
        shown = forms.get(elsewhere.get(key, f"f_{key}"), forms.get(key))
        if shown is not None:
            seen += 1
            assert shown.startswith(label), key
    assert seen > 25


# --- what people get wrong


def faults_of_plans():
    for changes, _ in [*UNSOUND, *ODD]:
        yield from plan_issues(sound([measure(**changes)], [ENERGY]), KINDS)
    for changes, _ in UNREADABLE:
        yield from read([measure("m-1", **changes)])[1]
    for promises in PROMISES_WRONG:
        rows = [{"project": "p", "year": year, "size": size} for year, size in promises[0]]
        yield from plan_issues(sound(promises=rows), KINDS)
    costly = measure(payers={"municipality": 1}, budget_line="energy")
    yield from plan_issues(sound([costly], [ENERGY | {"eur": 8_000}]), KINDS)
    yield from plan_issues(sound(budgets=[ENERGY | {"first_year": 2030, "last_year": 2028}]), KINDS)
    yield from plan_issues(sound([measure("a", depends_on=["b"]), measure("b", depends_on=["a"])]),
                           KINDS)  # fmt: skip
    yield from plan_issues(sound([measure("half", kind="new_station", size=1.5)]), KINDS)
    for part in ("measures", "budgets", "promises"):
        yield from read(**{part: ["x"]})[1]


def faults_of_lists():
    for row, *_ in SLIPS.values():
        yield from read_projects(cells(row), "list")[1]
    many = [changed(Project=f"P{n}", Woningen=f"ca. {n}") for n in range(20)]
    yield from read_projects(cells(*many), "list.xlsx")[1]
    yield from read_projects(cells(ROWS[0], ROWS[0]), "list")[1]
    yield from read_projects(cells(("A", "x"), headers=("Naam", "Wonigen")), "list")[1]


def faults_of_files(folder):
    for content, name in _files():
        path = folder / name
        path.write_bytes(content)
        reader = {".toml": read_toml, ".geojson": read_outlines}.get(path.suffix, read_sheet)
        yield from reader(path)[1]
    yield from read_sheet(folder / "absent.csv")[1]


def _files():
    made = book(title="Blad1")
    made.create_sheet("Blad2").append(["meer"])
    made.active["E3"] = "=E2*2"
    made.active.merge_cells("A2:A3")
    made.active.row_dimensions[3].hidden = True
    made.active.column_dimensions["B"].hidden = True
    yield stored(made), "list.xlsx"
    for content in (b"", b"PK\x03\x04rommel", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1oud", b"A;A\n1;2\n",
                    b'A;B\n"x;1\n', b"A;B\n1;2;3\n", b"A\x00B"):  # fmt: skip
        yield content, "list.csv"
    for text in ("name = ", "a = 1\na = 2\n", '"""x', "[x\n", "x = 1,5\n", "a.b = 1\na = 2\n",
                 "x = [1\n", "x = 2026-13-01\n", "= 3\n", "x = '\\\n"):  # fmt: skip
        yield text.encode(), "plan.toml"
    yield b"\xff", "plan.toml"
    for content, _ in FAULTS.values():
        text = content if isinstance(content, str) else json.dumps(content)
        yield text.encode(), "blok3.geojson"


@pytest.fixture(scope="module")
def faults(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    return sorted({*faults_of_plans(), *faults_of_lists(), *faults_of_files(folder)})


def test_every_fault_that_people_make_is_told_in_dutch(faults):
    assert len(faults) > 130
    assert [str(issue) for issue in faults if in_dutch(issue) is None] == []


def test_no_english_is_left_in_any_of_them(faults):
    codes = {*KINDS["kind"], "measure", "budget", "promise", "homes"}
    said = [f"{each.where}: {each.problem} {each.remedy}" for each in map(in_dutch, faults)]
    assert [(text, english_left(text, codes)) for text in said if english_left(text, codes)] == []


def test_every_value_of_a_fault_stands_in_its_dutch(faults):
    lost = {
        str(issue): gone
        for issue in faults
        if (gone := lost_values(issue.problem, in_dutch(issue).problem)
            + lost_values(issue.remedy, in_dutch(issue).remedy))
    }  # fmt: skip
    assert lost == {}


def test_a_fault_keeps_how_bad_it_is():
    issue = Issue("plan, measure a", "names no source.", "Write source, or assumed = true.",
                  "warning")  # fmt: skip
    assert in_dutch(issue).severity == "warning"


def test_a_sentence_that_no_phrase_fits_has_no_dutch():
    known = Issue("plan", "nobody pays it.", "Let them sum to 1.")
    assert in_dutch(known) is not None
    assert in_dutch(Issue("plan", "nobody pays it.", "Ask the mayor.")) is None
    assert in_dutch(Issue("plan", "it rains.", "Let them sum to 1.")) is None
    assert sentence_in_dutch("colour is missing.") is None
    assert sentence_in_dutch("x" * 100_000) is None


@given(st.floats(-1e9, 1e9), st.integers(1900, 2200), st.integers(0, 10**9))
def test_numbers_keep_their_value(size, year, eur):
    """As the sentences write them: with six digits, as a year, or with commas."""
    ends = f"ends on {year}-12-31, before the plan begins with {year}."
    english = (f"size is {size:g} kW.", f"eur is {eur:,.0f}.", ends)
    for text in english:
        assert numbers(text, "en") <= numbers(sentence_in_dutch(text), "nl"), text


@example("' or '")
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=30))
def test_names_that_people_give_stay_as_they_are(name):
    quoted = repr(name)
    if ": " not in name:
        assert sentence_in_dutch(f"budget line {quoted} is not in the plan.") == (
            f"begrotingspost {quoted} staat niet in het plan."
        )
    if ", " not in name:
        assert place_in_dutch(f"plan, measure {name}") == f"plan, maatregel {name}"


def test_long_names_full_of_our_own_words_take_no_time_to_speak_of():
    """Each part is sought once, so the work grows with the text and not with its square."""
    name = ", which is on " * 200
    text = f"is in service on 2030-01-01, but depends on a, which is on {name}."
    assert len(text) < 4000
    sentence_in_dutch(text)
