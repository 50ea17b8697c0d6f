"""Where the repository's files are, for the tests of the house."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "stroomstad"
TEXT_SUFFIXES = {
    "", ".py", ".md", ".toml", ".yml", ".yaml", ".cff", ".in", ".txt", ".cfg", ".j2", ".html",
    ".css", ".js", ".csv", ".json",
}  # fmt: skip


def kept_files():
    """Every file that is or would be committed: tracked, or neither tracked nor ignored."""
    names = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if names.returncode == 0:
        found = [ROOT / name for name in names.stdout.splitlines()]
    else:  # an unpacked archive, without its history
        found = [p for p in ROOT.rglob("*") if not {".venv", "runs"} & set(p.parts)]
    return sorted(path for path in found if path.is_file())


def text_files():
    """Kept files that hold sentences or code; the cities' data are left out."""
    return [
        path
        for path in kept_files()
        if path.suffix in TEXT_SUFFIXES and "data" not in path.relative_to(ROOT).parts[:1]
    ]


@cache
def modules():
    """Name, path and syntax tree of every module of the package."""
    paths = sorted(SOURCE.rglob("*.py"))
    names = [".".join(path.relative_to(ROOT / "src").with_suffix("").parts) for path in paths]
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in paths]
    return tuple(zip(names, paths, trees, strict=True))
