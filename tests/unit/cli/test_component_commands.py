"""What the terminal shows of components, in both languages, and how it ends."""

import json

import pytest

from stroomstad.cli import main
from stroomstad.components.own import OWN


def told(capsys, *words):
    status = main(["component", *words])
    said = capsys.readouterr()
    return status, said.out, said.err


def test_the_engines_of_the_twin_are_listed(capsys):
    status, out, err = told(capsys, "list")
    assert (status, err) == (0, "")
    assert all(name in out for name in OWN)
    assert out.count("tweeling") == len(OWN)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nl", ("wat het beantwoordt", "weet niet", "persoonsgegevens", "geen")),
        ("en", ("what it answers", "does not know", "personal data", "none")),
    ],
)
def test_an_engine_is_shown_in_the_language_that_is_asked(capsys, language, words):
    status, out, _ = told(capsys, "show", "room", "--language", language)
    assert status == 0
    assert [word for word in words if word not in out] == []


def test_what_the_register_asks_is_written_as_json(capsys):
    status, out, _ = told(capsys, "show", "search", "--register")
    assert status == 0
    entry = json.loads(out)
    assert entry["source_id"] == "search"
    assert entry["standard_version"] == "1.0"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "nobody"), "component nobody: it is not here. Install it, or name one of: band,"),
        (("check", "nobody"), "component nobody: it is not here. Install it, or name one of: "),
        (("check", "room"), "component room: is an engine of the twin; its checks are the tests"),
    ],
)
def test_a_name_that_cannot_be_is_told_and_ends_in_1(capsys, words, said):
    status, out, err = told(capsys, *words)
    assert status == 1
    assert out == ""
    assert said in err


def test_help_is_wrong_use_when_no_command_is_given(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["component"])
    assert ended.value.code == 2
    assert "COMMAND" in capsys.readouterr().err
