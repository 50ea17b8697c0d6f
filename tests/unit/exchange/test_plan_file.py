import datetime as dt

import pytest

from stroomstad.exchange import read_toml, toml_text


def read(tmp_path, content):
    path = tmp_path / "plan.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_toml(path)


def test_what_was_written_is_read(tmp_path):
    raw = {"name": 'Een "plan"', "measures": [{"on": dt.date(2029, 1, 1), "size": 2.5}]}
    assert read(tmp_path, toml_text(raw)) == (raw, [])


def test_a_mark_that_says_utf8_does_not_matter(tmp_path):
    assert read(tmp_path, b'\xef\xbb\xbfname = "a"\r\n') == ({"name": "a"}, [])


@pytest.mark.parametrize(
    ("content", "line", "shown"),
    [
        ('name = "a"\nsize = 1,5\n', 2, "size = 1,5"),
        ('name = "a"\n\nsize = \nmore = 1', 3, "size ="),
        ('a = 1\nname = """never closed\n', 2, "never closed"),
        ("a = 1\na = 2\n", 2, "a = 2"),
    ],
)
def test_a_slip_in_the_syntax_is_told_with_its_line(tmp_path, content, line, shown):
    raw, (issue,) = read(tmp_path, content)
    assert raw is None
    assert issue.where == f"plan.toml, line {line}"
    assert shown in issue.problem


def test_another_encoding_is_told_with_its_line(tmp_path):
    raw, (issue,) = read(tmp_path, 'a = 1\nname = "één"'.encode("cp1252"))
    assert raw is None
    assert issue.where == "plan.toml, line 2"
    assert "UTF-8" in issue.problem


def test_a_file_that_is_not_there_is_told(tmp_path):
    raw, (issue,) = read_toml(tmp_path / "absent.toml")
    assert raw is None
    assert "absent.toml" in issue.where


def test_a_number_of_thousands_of_digits_is_a_slip_and_no_crash(tmp_path):
    raw, (issue,) = read(tmp_path, "size = " + "9" * 5000)
    assert raw is None
    assert issue.where.startswith("plan.toml")
