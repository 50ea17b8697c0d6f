"""What a document may hold, declared as data: one declaration checks it and documents it.

Our own two hundred lines, and not a JSON Schema library: a person who writes a manifest must be
told in sentences what to do, all faults at once; the same declaration writes the reference page;
and rules between fields would need code beside a schema anyway.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from stroomstad.errors import Issue

# Own choice: longer than any field of the algorithm register (5,000), short enough to show.
_LONGEST = 5_000
_SHOWN = 60
# Line ends and tabs may stand in a text; other control characters steer a screen.
_HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Text:
    """A text; ``pattern`` says by machine what ``form`` says in words."""

    about: str
    pattern: str = ""
    form: str = ""
    isin: tuple[str, ...] = ()
    longest: int = _LONGEST
    required: bool = True


@dataclass(frozen=True, slots=True)
class Number:
    """A finite number."""

    about: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    about: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class Each:
    """A list of at least so many things of one shape."""

    about: str
    of: Shape
    least: int = 0
    required: bool = True


@dataclass(frozen=True, slots=True)
class Fields:
    """An object with these keys and no others."""

    about: str
    parts: Mapping[str, Shape]
    required: bool = True


Shape = Text | Number | Flag | Each | Fields


def check_shape(value: object, shape: Shape, where: str) -> list[Issue]:
    """Compare a value read from JSON with its declaration and return every fault.

    Parameters
    ----------
    value
        What stands in the document.
    shape
        What should stand there.
    where
        The document and the place in it, as the writer knows them.

    Examples
    --------
    >>> [str(issue) for issue in check_shape(3, Text("name"), "component.json: name")]
    ['component.json: name: holds 3 where a text is expected. Write a text: name.']
    """
    match shape:
        case Text():
            return _check_text(value, shape, where)
        case Number():
            fits = isinstance(value, int | float) and not isinstance(value, bool)
            return [] if fits and math.isfinite(value) else [_kind(value, shape, where)]  # type: ignore[arg-type]
        case Flag():
            return [] if isinstance(value, bool) else [_kind(value, shape, where)]
        case Each():
            return _check_list(value, shape, where)
        case Fields():
            return _check_fields(value, shape, where)


def shape_rows(shape: Shape, name: str = "") -> Iterator[tuple[str, str, str, str]]:
    """Key, what it holds, whether it is needed and what it means: rows for a reference page.

    Examples
    --------
    >>> list(shape_rows(Fields("all", {"id": Text("its name")})))
    [('id', 'text', 'yes', 'its name')]
    """
    if name:
        yield name, _held(shape), "yes" if shape.required else "no", shape.about
    if isinstance(shape, Each) and isinstance(shape.of, Fields):
        for key, part in shape.of.parts.items():
            yield from shape_rows(part, f"{name}[].{key}")
    if isinstance(shape, Fields):
        for key, part in shape.parts.items():
            yield from shape_rows(part, f"{name}.{key}" if name else key)


def shown(value: object) -> str:
    """Write a value as in JSON, cut off where it is long, without signs that steer a screen."""
    named = {True: "true", False: "false", None: "null"}
    known = value is None or isinstance(value, bool)
    text = named[value] if known else repr(value)  # type: ignore[index]
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _held(shape: Shape) -> str:
    match shape:
        case Text():
            return f"one of {', '.join(shape.isin)}" if shape.isin else shape.form or "text"
        case Number():
            return "number"
        case Flag():
            return "true or false"
        case Each():
            least = f", at least {shape.least}" if shape.least else ""
            return f"list{least}" if isinstance(shape.of, Fields) else f"list of texts{least}"
        case Fields():
            return "object"


def _kind(value: object, shape: Shape, where: str) -> Issue:
    kinds = {
        Text: "a text",
        Number: "a finite number",
        Flag: "true or false",
        Each: "a list",
        Fields: "an object",
    }
    wanted = kinds[type(shape)]
    return Issue(
        where,
        f"holds {shown(value)} where {wanted} is expected.",
        f"Write {wanted}: {shape.about}.",
    )


def _check_text(value: object, shape: Text, where: str) -> list[Issue]:
    if not isinstance(value, str):
        return [_kind(value, shape, where)]
    if not value.strip():
        return [Issue(where, "is empty.", f"Write it: {shape.about}.")]
    issues = []
    if _HIDDEN.search(value):
        problem = f"is {shown(value)}, with signs that steer a screen."
        issues.append(Issue(where, problem, "Take them out."))
    if len(value) > shape.longest:
        problem = f"has {len(value):,} signs."
        issues.append(Issue(where, problem, f"Write at most {shape.longest:,}."))
    if shape.isin and value not in shape.isin:
        remedy = f"Write one of {', '.join(shape.isin)}."
        issues.append(Issue(where, f"is {shown(value)}.", remedy))
    if shape.pattern and not re.fullmatch(shape.pattern, value):
        issues.append(Issue(where, f"is {shown(value)}.", f"Write {shape.form}."))
    return issues


def _check_list(value: object, shape: Each, where: str) -> list[Issue]:
    if not isinstance(value, list):
        return [_kind(value, shape, where)]
    issues = []
    if len(value) < shape.least:
        problem = f"has {len(value)} items where at least {shape.least} is needed."
        issues.append(Issue(where, problem, f"Add what is missing: {shape.about}."))
    for place, item in enumerate(value):
        issues += check_shape(item, shape.of, f"{where}[{place}]")
    return issues


def _check_fields(value: object, shape: Fields, where: str) -> list[Issue]:
    if not isinstance(value, dict):
        return [_kind(value, shape, where)]
    issues = []
    inside = where if where.endswith(": ") else f"{where}."
    for key, part in shape.parts.items():
        if key in value:
            issues += check_shape(value[key], part, f"{inside}{key}")
        elif part.required:
            issues.append(Issue(f"{inside}{key}", "is missing.", f"Add it: {part.about}."))
    known = ", ".join(shape.parts)
    issues += [
        Issue(f"{inside}{shown(key)}", "is not a key that stands here.",
              f"Leave it out, or write one of {known}.")
        for key in value
        if key not in shape.parts
    ]  # fmt: skip
    return issues
