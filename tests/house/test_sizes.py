"""Functions, modules and rooms stay small; an exception needs a reason and a date."""

import ast
import datetime as dt
import tomllib
from collections import Counter
from functools import cache

import pytest
from repository import ROOT, modules

FUNCTION_LINES_MAX = 70
MODULE_LINES_MAX = 500
ROOM_MODULES_MAX = 8
CLASS_METHODS_MAX = 12

EXCEPTIONS = tomllib.loads((ROOT / "tests/house/exceptions.toml").read_text(encoding="utf-8"))


def allowed(kind, name, usual):
    found = [row["lines"] for row in EXCEPTIONS.get(kind, []) if row["name"] == name]
    return max([usual, *found])


def functions(tree, prefix):
    for node in ast.iter_child_nodes(tree):
        name = f"{prefix}.{getattr(node, 'name', '')}"
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield name, node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from functions(node, name)


def length_without_docstring(node):
    lines = node.end_lineno - node.lineno + 1
    if ast.get_docstring(node) is None:
        return lines
    docstring = node.body[0]
    return lines - (docstring.end_lineno - docstring.lineno + 1)


def test_no_function_is_longer_than_a_screen():
    too_long = [
        f"{name}: {length_without_docstring(node)} lines"
        for module, _, tree in modules()
        for name, node in functions(tree, module)
        if length_without_docstring(node) > allowed("function", name, FUNCTION_LINES_MAX)
    ]
    assert too_long == []


def test_no_module_is_longer_than_one_idea():
    too_long = []
    for name, path, _ in modules():
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > allowed("module", name, MODULE_LINES_MAX):
            too_long.append(f"{name}: {lines} lines")
    assert too_long == []


def test_no_room_holds_more_modules_than_one_can_remember():
    rooms = Counter(
        ".".join(name.split(".")[:2])
        for name, path, _ in modules()
        if len(name.split(".")) > 2 and path.name != "__init__.py"
    )
    crowded = {
        room: count
        for room, count in rooms.items()
        if count > allowed("room", room, ROOM_MODULES_MAX)
    }
    assert crowded == {}


def test_no_class_grows_into_a_facade():
    crowded = [
        f"{module}.{node.name}"
        for module, _, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        and sum(isinstance(part, ast.FunctionDef) for part in node.body) > CLASS_METHODS_MAX
    ]
    assert crowded == []


def test_a_docstring_does_not_count_as_length():
    tree = ast.parse('def one():\n    """First.\n\n    Second.\n    """\n    return 1\n')
    assert length_without_docstring(tree.body[0]) == 2


@pytest.mark.parametrize(
    "row", [row for rows in EXCEPTIONS.values() for row in rows], ids=lambda row: row["name"]
)
def test_every_exception_is_explained_and_still_needed(row):
    assert row["reason"].strip()
    assert isinstance(row["date"], dt.date)
    assert row["name"] in all_names()


@cache
def all_names():
    """Names of every room, module and function."""
    names = {name for name, _, _ in modules()}
    names |= {name for module, _, tree in modules() for name, _ in functions(tree, module)}
    return names | {".".join(name.split(".")[:2]) for name in names}
