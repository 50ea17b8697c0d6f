"""Data flow one way, and no import hides where the import laws cannot see it."""

import ast
import subprocess
import sys
from pathlib import Path

from repository import ROOT, modules


def test_the_import_laws_hold():
    command = Path(sys.executable).with_name("lint-imports")
    told = subprocess.run(
        [command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stdout + told.stderr


def test_no_import_hides_inside_a_function_or_behind_the_type_checker():
    hidden = [
        f"{name}:{inner.lineno}"
        for name, _, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.If)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []
