"""Rules between the fields of a manifest: what one field says of another, and of the twin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from stroomstad.components.readable import GEOMETRY, NO_UNIT, unit_of
from stroomstad.components.shapes import shown
from stroomstad.errors import Issue

Part = Mapping[str, Any]
# Units that a name ends in, as everywhere in the twin.
_ENDINGS = {
    "_m": "m", "_km": "km", "_kw": "kW", "_mw": "MW", "_kva": "kVA", "_mva": "MVA",
    "_kwh": "kWh", "_eur": "EUR", "_fraction": "1", "_years": "years",
}  # fmt: skip
_NUMBERS = ("number", "whole number")


def rule_issues(sound: Part, where: str, *, own: bool) -> list[Issue]:
    """Hold the fields of a manifest against each other.

    Parameters
    ----------
    sound
        The fields that are as declared, each by itself; what is missing is not looked at.
    where
        How the writer knows the document.
    own
        Whether it is of an engine of the twin itself.
    """
    issues = [
        *_inputs(sound.get("inputs", [])),
        *_parameters(sound.get("parameters", [])),
        *_outputs(sound.get("outputs"), own=own),
        *_personal_data(sound.get("personal_data")),
        *_register(sound.get("algorithm_register")),
    ]
    return [Issue(f"{where}: {each.where}", each.problem, each.remedy) for each in issues]


def _inputs(inputs: list[Part]) -> Iterator[Issue]:
    yield from _twice("inputs", (each["table"] for each in inputs))
    for place, each in enumerate(inputs):
        at = f"inputs[{place}].columns"
        yield from _twice(at, (column["name"] for column in each["columns"]))
        for column in each["columns"]:
            yield from _input_column(at, each["table"], column)


def _input_column(at: str, table: str, column: Part) -> Iterator[Issue]:
    name, unit = column["name"], unit_of(table, column["name"])
    if unit is None:
        yield Issue(
            at,
            f"table {table} has no column {shown(name)}.",
            "Take a column of the reference page on tables.",
        )
    elif unit != column["unit"]:
        problem = f"{table}.{name} is in {unit}, and the manifest says {shown(column['unit'])}."
        yield Issue(at, problem, f"Write {unit}, and reckon with it.")


def _parameters(parameters: list[Part]) -> Iterator[Issue]:
    yield from _twice("parameters", (each["name"] for each in parameters))
    for place, each in enumerate(parameters):
        at = f"parameters[{place}]"
        if not each["lowest"] <= each["value"] <= each["highest"]:
            problem = (
                f"{each['name']} is {each['value']:g} {each['unit']}, outside "
                f"{each['lowest']:g} to {each['highest']:g}."
            )
            yield Issue(at, problem, "Let lowest, value and highest rise.")
        yield from _ending(at, each["name"], each["unit"])


def _outputs(outputs: Part | None, *, own: bool) -> Iterator[Issue]:
    if outputs is None:
        return
    tables = outputs.get("tables", [])
    if not (outputs["layers"] or outputs["indicators"] or tables):
        yield Issue("outputs", "holds nothing.", "Declare a layer or an indicator.")
    if tables and not own:
        problem = "holds tables, which only the twin's own engines write."
        yield Issue("outputs.tables", problem, "Declare a layer or an indicator instead.")
    yield from _twice("outputs.layers", (each["name"] for each in outputs["layers"]))
    yield from _twice("outputs.indicators", (each["id"] for each in outputs["indicators"]))
    yield from _twice("outputs.tables", (each["name"] for each in tables))
    for place, layer in enumerate(outputs["layers"]):
        at = f"outputs.layers[{place}].columns"
        yield from _twice(at, (column["name"] for column in layer["columns"]))
        for column in layer["columns"]:
            yield from _output_column(at, column)
    for place, each in enumerate(outputs["indicators"]):
        yield from _number_unit(f"outputs.indicators[{place}]", each["id"], each["unit"])


def _output_column(at: str, column: Part) -> Iterator[Issue]:
    name, unit = column["name"], column["unit"]
    if name == GEOMETRY:
        yield Issue(at, "declares geometry.", "Leave it out; the layer says which it has.")
    if column["kind"] in _NUMBERS:
        yield from _number_unit(at, name, unit)
        if column.get("lowest", -float("inf")) > column.get("highest", float("inf")):
            problem = f"the lowest value of {name} is above its highest."
            yield Issue(at, problem, "Turn them round.")
        return
    if unit != NO_UNIT:
        problem = f"{name} holds {column['kind']}, and has unit {shown(unit)}."
        yield Issue(at, problem, f"Write {NO_UNIT} as its unit.")
    if "lowest" in column or "highest" in column:
        problem = f"{name} holds {column['kind']}, and has a lowest or highest value."
        yield Issue(at, problem, "Leave it out.")


def _number_unit(at: str, name: str, unit: str) -> Iterator[Issue]:
    if unit == NO_UNIT:
        yield Issue(at, f"{name} is a number without unit.", "Write its unit; 1 for a count.")
    else:
        yield from _ending(at, name, unit)


def _ending(at: str, name: str, unit: str) -> Iterator[Issue]:
    """A name that ends in a unit has that unit."""
    said = next((_ENDINGS[end] for end in _ENDINGS if name.endswith(end)), unit)
    if said != unit:
        problem = f"{name} ends in {said}, and its unit is {shown(unit)}."
        yield Issue(at, problem, "Let name and unit agree.")


def _personal_data(said: Part | None) -> Iterator[Issue]:
    """Who works on personal data says for what, on which basis, and how that was assessed."""
    if said is None or not said["processed"]:
        return
    for key, what in (
        ("purpose", "the purpose"),
        ("legal_basis", "the legal basis"),
        ("dpia", "the data protection impact assessment"),
    ):
        if key not in said:
            yield Issue(
                f"personal_data.{key}",
                "is missing where personal data are processed.",
                f"Add {what}, or do without personal data; it is not run before.",
            )


def _register(said: Part | None) -> Iterator[Issue]:
    if said is None:
        return
    for status, key in (("In gebruik", "begin_date"), ("Buiten gebruik", "end_date")):
        if said["status"] == status and key not in said:
            problem = f"is missing where the status is {status!r}."
            yield Issue(f"algorithm_register.{key}", problem, "Add the month, as in 2026-11.")


def _twice(at: str, names: Iterable[str]) -> Iterator[Issue]:
    for name, count in Counter(names).items():
        if count > 1:
            yield Issue(at, f"names {name} {count} times.", "Name each once.")
