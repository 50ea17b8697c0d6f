"""Reads and writes a plan as TOML, the text that a person reads, mends and compares."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

import tomli_w

from stroomstad.errors import Issue
from stroomstad.exchange.sheets import read_file

_PLACE = re.compile(r" \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)")


def read_toml(path: Path) -> tuple[dict[str, object] | None, list[Issue]]:
    """Read a TOML file.

    Parameters
    ----------
    path
        The file, in UTF-8.

    Returns
    -------
    Its content, or ``None`` with a fault that names the line.
    """
    raw, issues = read_file(path)
    if raw is None:
        return None, issues
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        problem = "holds a sign that is not written in UTF-8."
        return None, [Issue(f"{path.name}, line {line}", problem, "Save the file as UTF-8.")]
    try:
        return tomllib.loads(text), []
    except (ValueError, RecursionError) as error:  # also a number of thousands of digits
        return None, [_syntax_issue(path.name, text, str(error))]


def toml_text(raw: Mapping[str, object]) -> str:
    """Write values as TOML; `read_toml` reads the same values back."""
    return tomli_w.dumps(raw)


def _syntax_issue(name: str, text: str, told: str) -> Issue:
    place = _PLACE.search(told)
    lines = text.splitlines()
    line = int(place["line"]) if place and place["line"] else len(lines)
    shown = lines[line - 1].strip()[:60] if line <= len(lines) else ""
    reason = _PLACE.sub("", told)
    problem = f'"{shown}" is not valid TOML ({reason[:1].lower()}{reason[1:]}).'
    return Issue(f"{name}, line {line}", problem, "Mend the text there, or just before it.")
