import pytest

from stroomstad.errors import (
    InvalidData,
    Issue,
    StroomstadError,
    faults,
    name_some,
    raise_faults,
)

FAULT = Issue("cables.length_m", "2 rows below 0 m (c17, c40).", "Give route length in m.")
WARNING = Issue("areas", "Oostwijk has no connections.", "Nothing to do.", "warning")


def test_an_issue_reads_as_where_what_and_remedy():
    assert str(FAULT) == "cables.length_m: 2 rows below 0 m (c17, c40). Give route length in m."


def test_a_warning_is_not_a_fault():
    assert faults([WARNING, FAULT]) == [FAULT]


def test_warnings_alone_stop_nothing():
    raise_faults([WARNING])


def test_every_fault_is_told_at_once():
    second = Issue("nodes", "column x_m is missing.", "Add the column.")
    with pytest.raises(InvalidData) as told:
        raise_faults([FAULT, WARNING, second])
    assert told.value.issues == [FAULT, second]
    assert str(told.value) == f"{FAULT}\n{second}"


def test_a_caller_can_catch_everything_that_is_raised_on_purpose():
    assert issubclass(InvalidData, StroomstadError)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([], ""),
        (["a"], "a"),
        (list("abcde"), "a, b, c, d, e"),
        (list("abcdefg"), "a, b, c, d, e and 2 more"),
    ],
)
def test_at_most_five_examples_are_named(values, told):
    assert name_some(values) == told
