"""A document is held against its declaration, and every fault is told at once."""

import pytest

from stroomstad.components.shapes import (
    Each,
    Fields,
    Flag,
    Number,
    Text,
    check_shape,
    shape_rows,
)

PERSON = Fields(
    "a person",
    {
        "name": Text("the name", r"[a-z]+", "lower-case letters", longest=5),
        "age": Number("the age"),
        "asleep": Flag("whether they sleep", required=False),
        "pets": Each("the pets", Text("a pet", isin=("cat", "dog")), least=1),
    },
)


def told(value, shape=PERSON):
    return [str(issue) for issue in check_shape(value, shape, "a.json: ")]


def test_what_is_as_declared_has_no_fault():
    assert told({"name": "ann", "age": 3, "pets": ["cat"]}) == []


def test_all_faults_are_told_at_once_each_with_its_place():
    found = told({"name": "Ann!", "age": True, "pets": ["cat", "cow"], "size": 2})
    assert [line.partition(". ")[0] for line in found] == [
        "a.json: name: is 'Ann!'",
        "a.json: age: holds true where a finite number is expected",
        "a.json: pets[1]: is 'cow'",
        "a.json: 'size': is not a key that stands here",
    ]
    assert found[0].endswith("Write lower-case letters.")
    assert found[1].endswith("Write a finite number: the age.")
    assert found[2].endswith("Write one of cat, dog.")
    assert found[3].endswith("Leave it out, or write one of name, age, asleep, pets.")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"age": 1, "pets": ["cat"]}, "a.json: name: is missing. Add it: the name."),
        ({"name": "ann", "age": 1, "pets": []}, "has 0 items where at least 1 is needed."),
        ({"name": "abcdefgh", "age": 1, "pets": ["cat"]}, "has 8 signs. Write at most 5."),
        ({"name": "   ", "age": 1, "pets": ["cat"]}, "a.json: name: is empty."),
        ({"name": "ann", "age": float("nan"), "pets": ["cat"]}, "holds nan where"),
        ({"name": "ann", "age": float("inf"), "pets": ["cat"]}, "holds inf where"),
        ({"name": "ann", "age": "3", "pets": ["cat"]}, "holds '3' where a finite number"),
        ({"name": "ann", "age": 1, "pets": "cat"}, "holds 'cat' where a list is expected."),
        ({"name": "ann", "age": 1, "pets": [None]}, "holds null where a text is expected."),
        ({"name": "ann", "age": 1, "asleep": 1, "pets": ["cat"]}, "where true or false"),
        ([], "holds [] where an object is expected."),
    ],
)
def test_one_fault_is_told_in_a_sentence(value, said):
    found = told(value)
    assert len(found) == 1
    assert said in found[0]


@pytest.mark.parametrize("sign", ["\x00", "\x1b[2J", "\u202e", "\x7f"])
def test_signs_that_steer_a_screen_are_refused_and_not_repeated(sign):
    (found,) = check_shape(f"name{sign}", Text("a name"), "a.json: name")
    assert "steer a screen" in found.problem
    assert sign not in str(found)


def test_lines_may_be_cut_in_a_text():
    assert check_shape("one\ntwo", Text("a text"), "here") == []


def test_a_long_value_is_not_repeated_whole():
    (found,) = check_shape(["x" * 10_000], Text("a name"), "a.json: name")
    assert len(str(found)) < 200


def test_the_rows_of_a_page_tell_every_key_down_to_the_last():
    rows = list(shape_rows(Fields("all", {"people": Each("everybody", PERSON)})))
    assert [key for key, *_ in rows] == [
        "people", "people[].name", "people[].age", "people[].asleep", "people[].pets",
    ]  # fmt: skip
    assert rows[3] == ("people[].asleep", "true or false", "no", "whether they sleep")
    assert rows[4][1] == "list of texts, at least 1"
