import pytest

from stroomstad.planning.cells import Slip, Wrong, as_date, as_number, grouped


@pytest.mark.parametrize(
    ("text", "value"),
    [("500", 500), ("17,5", 17.5), ("17.5", 17.5), ("+3", 3), ("0.125", 0.125), ("1.2340", 1.234),
     ("1234.5", 1234.5), ("2e3", 2000)],
)  # fmt: skip
def test_a_number_is_read_with_a_comma_or_a_point(text, value):
    assert as_number(text) == value


@pytest.mark.parametrize(
    "text", ["", "-", "ca. 500", "1.200", "1,200", "1.200,50", "12-14", "nan", "inf", "١٢", "1..2"]
)
def test_what_is_in_doubt_is_never_guessed(text):
    assert isinstance(as_number(text), Wrong)


@pytest.mark.parametrize(
    "text", ["2026-03-31", "31-3-2026", "31/03/2026", "31.3.2026", "2026-03-31 14:00:00"]
)
def test_a_day_is_read_however_it_is_written(text):
    assert as_date(text) == "2026-03-31"


@pytest.mark.parametrize("text", ["31-3-26", "1026-03-31", "46112", "2026-13-01", "31 maart 2026"])
def test_what_is_no_day_is_told(text):
    assert isinstance(as_date(text), Wrong)


def test_slips_of_one_kind_are_told_together_and_others_apart():
    slips = [Slip(n, "kW", f'"{n}"', "cannot be.", f"Mend {n}.") for n in range(1, 9)]
    slips.append(Slip(3, "kW", '"x"', "cannot be read.", "Mend it."))
    slips.append(Slip(3, "kW", '"3"', "cannot be.", "Mend it.", "warning"))
    issues = grouped(slips, "list.csv")
    many = '"1", "2", "3", "4", "5" and 3 more cannot be. Mend 1.'
    assert [str(issue) for issue in issues] == [
        f"list.csv, rows 1, 2, 3, 4, 5 and 3 more, kW: {many}",
        'list.csv, row 3, kW: "x" cannot be read. Mend it.',
        'list.csv, row 3, kW: "3" cannot be. Mend it.',
    ]
    assert [issue.severity for issue in issues] == ["fault", "fault", "warning"]


@pytest.mark.parametrize("text", ["99999999999999999999", "1e19", "1e300", "-1e300", "10000001"])
def test_more_than_any_project_asks_is_told(text):
    assert "larger than 10,000,000" in as_number(text).problem
