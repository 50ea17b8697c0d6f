"""The public contract test: what everybody may expect of a component, tried one by one.

It tries on a made-up table of each kind, and on a run where one is given. It trusts the component
no further than any library that is installed: it is run in this process, and not fenced in.
"""

from __future__ import annotations

import ast
import hashlib
import io
import time
import tracemalloc
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path

import pandas as pd

from stroomstad.components.found import GROUP, Component, Outputs, Tables, said_of
from stroomstad.components.manifest import Manifest
from stroomstad.components.readable import sample_tables
from stroomstad.components.running import call, defaults, hand_over
from stroomstad.errors import Issue
from stroomstad.store import hash_table
from stroomstad.tables.words import Words

_BYTES_PER_MB = 1e6
# Rooms of the twin that others may build on; the rest may change without notice.
OPEN_ROOMS = ("components", "errors", "tables", "units")
_CALLS = ("import_module", "__import__", "find_spec")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was tried, and what was wrong with it; nothing when it holds."""

    tried: Words
    issues: tuple[Issue, ...]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a component took on one set of tables.

    Attributes
    ----------
    tables
        What it was run on.
    seconds
        Wall time of one call, reading not included.
    memory_mb
        Peak of what Python and NumPy held for it; what libraries of C keep is not in it.
    """

    tables: Words
    seconds: float
    memory_mb: float


@dataclass(frozen=True, slots=True)
class Report:
    """What the contract test found of a component."""

    findings: tuple[Finding, ...]
    costs: tuple[Cost, ...]

    @property
    def issues(self) -> list[Issue]:
        """Every fault that was found; none when the component keeps the contract."""
        return [issue for finding in self.findings for issue in finding.issues]


def check_component(
    component: Component, others: Iterable[Component] = (), run: Tables | None = None
) -> Report:
    """Try a component against the contract.

    Parameters
    ----------
    component
        As found by `found_components`; its manifest holds.
    others
        Other components that are installed, which it may not import.
    run
        Tables of a run, to try it on beside the made-up ones.
    """
    findings = [
        Finding(Words("manifest en pakket", "manifest and package"), _versions(component)),
        Finding(
            Words("staat los van andere componenten", "stands apart from other components"),
            tuple(import_issues(component, [each for each in others if each != component])),
        ),
    ]
    costs = []
    tried = {Words("voorbeeldtabellen", "made-up tables"): sample_tables()}
    if run is not None:
        tried[Words("rekenronde", "run")] = dict(run)
    for name, tables in tried.items():
        more, cost = _try(component, tables, name)
        findings += more
        costs += cost
    return Report(tuple(findings), tuple(costs))


def import_issues(component: Component, others: Iterable[Component]) -> list[Issue]:
    """Tell every import of another component, and of a room of the twin that is not open.

    Read from its source, so that an import that is never reached is seen too.

    Parameters
    ----------
    component
        Whose source is read.
    others
        Components that it may not import.
    """
    where = f"component {component.manifest.id}"
    homes = {each.manifest.id: _home(each) for each in others}
    own = _home(component)
    issues = []
    for module, path in _modules(own, [home for home in homes.values() if home != own]):
        try:
            imported = list(_imported(module, path))
        except (SyntaxError, ValueError) as found:
            problem = f"cannot be read as Python ({said_of(found)})."
            issues.append(Issue(f"{where}, {module}", problem, "Mend it, or leave it out."))
            continue
        for line, name in imported:
            other = next((id_ for id_, home in homes.items() if _reaches(name, home, own)), None)
            at = f"{where}, {module}:{line}"
            if other is not None:
                problem = f"imports {name}, of component {other}."
                issues.append(Issue(at, problem, "Read a table, or give a layer, instead."))
            elif name.startswith("stroomstad.") and name.split(".")[1] not in OPEN_ROOMS:
                open_said = ", ".join(f"stroomstad.{room}" for room in OPEN_ROOMS)
                problem = f"imports {name}, which is inside the twin."
                issues.append(Issue(at, problem, f"Use the declared tables and {open_said}."))
    return issues


def _versions(component: Component) -> tuple[Issue, ...]:
    said, packed = component.manifest.version, component.distribution_version
    if packed is None or packed == said:
        return ()
    where = f"component {component.manifest.id}"
    problem = f"its manifest says version {said}, and its package {packed}."
    return (Issue(where, problem, "Give both one version."),)


def _try(component: Component, tables: Tables, on: Words) -> tuple[list[Finding], list[Cost]]:
    given = Words(f"{on.nl}: uitvoer volgens manifest", f"{on.en}: outputs as declared")
    handed, issues = hand_over(component.manifest, tables)
    if issues:
        return [Finding(given, tuple(issues))], []
    parameters = defaults(component.manifest)
    before = {name: (list(rows.columns), hash_table(rows)) for name, rows in handed.items()}
    started = time.perf_counter()
    outputs, issues = call(component, handed, parameters)
    seconds = time.perf_counter() - started
    findings = [
        Finding(given, tuple(issues)),
        Finding(
            Words(f"{on.nl}: invoer onaangeroerd", f"{on.en}: inputs untouched"),
            tuple(_touched(component, handed, before)),
        ),
    ]
    if outputs is None:
        return findings, []
    again, memory_mb = _measured(component, tables)
    elsewhere = _elsewhere(component, tables)
    same = Words(f"{on.nl}: zelfde bytes", f"{on.en}: same bytes")
    answers = [_content(outputs), again, elsewhere]
    findings.append(Finding(same, tuple(_differences(component, answers))))
    return findings, [Cost(on, seconds, memory_mb)]


def _touched(
    component: Component, handed: dict[str, pd.DataFrame], before: dict[str, tuple[list[str], str]]
) -> list[Issue]:
    def is_same(rows: object, columns: list[str], content: str) -> bool:
        # Columns first: what has one twice has no content to tell.
        if not isinstance(rows, pd.DataFrame) or list(rows.columns) != columns:
            return False
        return hash_table(rows) == content

    return [
        Issue(
            f"component {component.manifest.id}",
            f"changes or drops table {name}, which it was given to read.",
            "Work on a copy.",
        )
        for name, was in before.items()
        if not is_same(handed.get(name), *was)
    ]


def _measured(component: Component, tables: Tables) -> tuple[str, float]:
    """Content of a second answer, and the memory that it took in MB."""
    handed, _ = hand_over(component.manifest, tables)
    tracemalloc.start()
    outputs, issues = call(component, handed, defaults(component.manifest))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return _told(outputs, issues), peak / _BYTES_PER_MB


def _elsewhere(component: Component, tables: Tables) -> str:
    """Content of an answer from another process, in which sets have another order."""
    handed, _ = hand_over(component.manifest, tables)
    try:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            return pool.submit(_answer, component.manifest, component.entry, handed).result()
    except BrokenProcessPool as found:
        return f"no answer ({said_of(found)})"


def _answer(manifest: Manifest, entry: str, handed: dict[str, pd.DataFrame]) -> str:
    try:
        loaded = EntryPoint(manifest.id, entry, GROUP).load()
    except (Exception, SystemExit) as found:  # noqa: BLE001 - somebody else's code
        return f"no answer ({said_of(found)})"
    component = Component(manifest, loaded.run, entry)
    return _told(*call(component, handed, defaults(manifest)))


def _differences(component: Component, answers: list[str]) -> list[Issue]:
    where = f"component {component.manifest.id}"
    asked = ("a second time", "in another process")
    return [
        Issue(
            where,
            f"answers otherwise when it is asked {when}"
            + (f": {answer}." if " " in answer else "."),
            "Let no chance, clock, order of sets or earlier call change the answer.",
        )
        for when, answer in zip(asked, answers[1:], strict=True)
        if answer != answers[0]
    ]


def _told(outputs: Outputs | None, issues: list[Issue]) -> str:
    return _content(outputs) if outputs else f"no answer ({issues[0]})"


def _content(outputs: Outputs) -> str:
    """Hash of the bytes of every output, in the order of the manifest."""
    total = hashlib.sha256()
    for rows in (*outputs.layers.values(), outputs.indicators):
        written = io.BytesIO()
        rows.to_parquet(written)
        total.update(written.getvalue())
    return total.hexdigest()


def _home(component: Component) -> str:
    return component.entry.partition(":")[0].strip()


def _reaches(name: str, home: str, own: str) -> bool:
    """Whether an imported name lies in the package of another component.

    Components that come in one package may share what is beside them in it, not each other.
    """
    if home == own:
        return False
    top = home.partition(".")[0]
    taken = home if top == own.partition(".")[0] else top
    return name == taken or name.startswith(f"{taken}.")


def _modules(home: str, foreign: list[str]) -> Iterator[tuple[str, Path]]:
    """Name and path of every module in the package of a component, those of others left out."""
    top = home.partition(".")[0]
    spec = find_spec(top)
    if spec is None:
        return
    if spec.submodule_search_locations is None:
        if spec.origin:
            yield top, Path(spec.origin)
        return
    for folder in map(Path, spec.submodule_search_locations):
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(folder).with_suffix("").parts
            name = ".".join((top, *parts)).removesuffix(".__init__")
            if not any(name == each or name.startswith(f"{each}.") for each in foreign):
                yield name, path


def _imported(module: str, path: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of everything that a module imports."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_bytes())):
        match node:
            case ast.Import():
                yield from ((node.lineno, each.name) for each in node.names)
            case ast.ImportFrom():
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                start = ".".join([*(above if node.level else []), *filter(None, [node.module])])
                yield from ((node.lineno, f"{start}.{each.name}") for each in node.names)
            case ast.Call(args=[ast.Constant(value=str(name)), *_]) if _called(node) in _CALLS:
                yield node.lineno, name


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
