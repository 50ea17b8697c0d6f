"""Commands about components: which there are, what one says of itself, and whether it holds."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.table import Table

from stroomstad.cli.console import OUT, stoppable, tell_issues
from stroomstad.cli.options import add_language
from stroomstad.components import (
    Component,
    Manifest,
    found_components,
    own_manifests,
    register_entry,
)
from stroomstad.components.check import Cost, Report, check_component
from stroomstad.components.manifest import KINDS
from stroomstad.components.own import OWN
from stroomstad.errors import NotFound, name_some, raise_faults
from stroomstad.pages.words import number, speaker
from stroomstad.store import load_run
from stroomstad.tables.words import Language, Words

Commands = argparse._SubParsersAction  # noqa: SLF001 - argparse gives it no public name


def add_component_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the commands about components to the command line."""
    group = commands.add_parser("component", help="calculations beside the twin's own")
    actions = group.add_subparsers(required=True, metavar="COMMAND")
    listing = actions.add_parser("list", help="list the twin's engines and what is installed")
    listing.set_defaults(command=_list)
    show = actions.add_parser("show", help="show what one reads, gives, knows and does not know")
    show.add_argument("name", help="name of the component")
    show.add_argument(
        "--register", action="store_true", help="write what the algorithm register asks, as JSON"
    )
    show.set_defaults(command=_show)
    check = actions.add_parser("check", help="try one that is installed against the contract")
    check.add_argument("name", help="name of the component")
    check.add_argument("--run", type=Path, help="folder of a run, to try it on that too")
    check.set_defaults(command=_check)
    for each in (listing, show, check):
        add_language(each)


def _list(chosen: argparse.Namespace) -> None:
    with stoppable():
        found = found_components()
    say = speaker(chosen.language)
    table = Table(title=say("Componenten", "Components"), title_justify="left")
    for head in (
        say("naam", "name"),
        say("versie", "version"),
        say("soort", "kind"),
        say("van wie", "whose"),
        say("wat het beantwoordt", "what it answers"),
    ):
        table.add_column(head, overflow="fold")
    own, added = say("tweeling", "the twin"), say("toegevoegd", "added")
    for whose, manifests in (
        (own, own_manifests()),
        (added, [each.manifest for each in found.components.values()]),
    ):
        for each in manifests:
            kind = KINDS[each.kind].say(chosen.language).split(":")[0]
            about = each.about.say(chosen.language)
            table.add_row(each.id, each.version, kind, whose, about)
    OUT.print(table)
    # What is broken is told, and does not stop the others.
    tell_issues(found.issues)


def _show(chosen: argparse.Namespace) -> None:
    with stoppable():
        manifest = _manifest(chosen.name)
    if chosen.register:
        entry = json.dumps(register_entry(manifest), indent=2, ensure_ascii=False)
        OUT.print(entry, soft_wrap=True, highlight=False)
        return
    say = speaker(chosen.language)
    title = f"{manifest.name.say(chosen.language)} ({manifest.id} {manifest.version})"
    table = Table(title=title, title_justify="left", show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for head, told in _facts(manifest, chosen.language):
        table.add_row(say(head.nl, head.en), told)
    OUT.print(table)


def _check(chosen: argparse.Namespace) -> None:
    with stoppable():
        component, others = _installed(chosen.name)
        tables = None if chosen.run is None else load_run(chosen.run).tables
        report = check_component(component, others, tables)
    OUT.print(_findings(report, component.manifest, chosen.language))
    for cost in report.costs:
        OUT.print(_cost(cost, chosen.language), soft_wrap=True, highlight=False)
    raise_faults(report.issues)


def _installed(name: str) -> tuple[Component, list[Component]]:
    """Find a component that is installed, and all that are."""
    if name in OWN:
        problem = "is an engine of the twin; its checks are the tests of the twin."
        raise NotFound(f"component {name}: {problem} Name one that is installed beside it.")
    found = found_components()
    raise_faults(found.refused.get(name, []))
    if name not in found.components:
        raise NotFound(_absent(name, found.components))
    return found.components[name], list(found.components.values())


def _cost(cost: Cost, language: Language) -> str:
    return speaker(language)(
        "{on}: {s} s en {mb} MB van Python en NumPy",
        "{on}: {s} s and {mb} MB of Python and NumPy",
        on=cost.tables.say(language),
        s=number(cost.seconds, language, 2),
        mb=number(cost.memory_mb, language, 1),
    )


def _findings(report: Report, manifest: Manifest, language: Language) -> Table:
    say = speaker(language)
    table = Table(title=f"{manifest.id} {manifest.version}", title_justify="left")
    table.add_column(say("wat is geprobeerd", "what was tried"))
    table.add_column(say("uitkomst", "outcome"))
    for finding in report.findings:
        faults = len(finding.issues)
        good, bad = say("in orde", "holds"), say("fout ({n})", "fault ({n})", n=faults)
        table.add_row(finding.tried.say(language), bad if faults else good)
    return table


def _manifest(name: str) -> Manifest:
    found = found_components()
    raise_faults(found.refused.get(name, []))
    known = {each.id: each for each in own_manifests()}
    known |= {id_: each.manifest for id_, each in found.components.items()}
    if name not in known:
        raise NotFound(_absent(name, known))
    return known[name]


def _absent(name: str, known: Iterable[str]) -> str:
    listed = name_some(sorted(known), most=20) or "none"
    return f"component {name}: it is not here. Install it, or name one of: {listed}."


def _facts(manifest: Manifest, language: Language) -> Iterable[tuple[Words, str]]:
    """Heading and text of everything that a manifest says; the algorithm register aside."""
    said = manifest.document

    def lines(items: Iterable[str]) -> str:
        return "\n".join(f"– {item}" for item in items) or "–"

    yield Words("wat het beantwoordt", "what it answers"), manifest.about.say(language)
    yield Words("soort", "kind"), KINDS[manifest.kind].say(language)
    yield Words("licentie", "licence"), manifest.licence
    yield Words("eigenaar", "owner"), f"{manifest.owner} ({said['contact']})"
    yield (
        Words("leest", "reads"),
        lines(f"{table}: {', '.join(columns)}" for table, columns in manifest.inputs.items()),
    )
    yield (
        Words("parameters", "parameters"),
        lines(_parameter(each, language) for each in manifest.parameters.values()),
    )
    yield (
        Words("kaartlagen", "layers"),
        lines(f"{each.name}: {each.about.say(language)}" for each in manifest.layers),
    )
    yield (
        Words("indicatoren", "indicators"),
        lines(
            f"{each.id} [{each.unit}]: {each.name.say(language)}" for each in manifest.indicators
        ),
    )
    tables = said["outputs"].get("tables", [])
    yield (
        Words("tabellen", "tables"),
        lines(f"{each['name']}: {each['about'][language]}" for each in tables),
    )
    yield (
        Words("data", "data"),
        lines(_data(each, language) for each in said["data"]),
    )
    yield Words("weet niet", "does not know"), lines(each[language] for each in said["limits"])
    yield (
        Words("bewijs", "evidence"),
        lines(f"{each['about'][language]} ({each['link']})" for each in said["evidence"]),
    )
    yield Words("persoonsgegevens", "personal data"), _personal(said["personal_data"], language)


def _data(each: dict[str, Any], language: Language) -> str:
    return f"{each['source'][language]}; {each['vintage']}; {each['licence']}"


def _parameter(each: dict[str, Any], language: Language) -> str:
    bounds = f"{each['lowest']:g} – {each['highest']:g}"
    return (
        f"{each['name']} = {each['value']:g} {each['unit']} ({bounds}): {each['about'][language]}"
    )


def _personal(said: dict[str, Any], language: Language) -> str:
    if not said["processed"]:
        return speaker(language)("geen", "none")
    return f"{said['purpose']}; {said['legal_basis']}; {said['dpia']}"
