"""Says in Dutch what is told in English: faults, where they are, and how a request or job ended.

Faults are made in English, at the place where they are known. Here, at the edge, a table of
phrases (`faults_nl.toml`) turns each sentence into a Dutch one with the same values. A sentence
that no phrase fits has no Dutch, and whoever asked for it gets the English one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path

from stroomstad.errors import Issue
from stroomstad.pages.words import UNITS, UNITS_OF_ONE
from stroomstad.planning.project_words import key_of_header, normal_form
from stroomstad.tables.words import KINDS, PAYERS

PHRASES = Path(__file__).with_name("faults_nl.toml")
_PART = re.compile(r"\{(\w+)(?::(\w+))?\}")
_NUMBER = re.compile(
    r"(?<![\w.,])-?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+(?:e[+-]?\d+)?|\d+e[+-]?\d+)(?![\d.,]*\d)"
)
_SIZED = re.compile(rf"(-?[\d.,]+) ({'|'.join(sorted(UNITS_OF_ONE, key=len, reverse=True))})\b")
_MORE = re.compile(r" and (\d+) more$")
_SHARE = re.compile(r"\b([a-z_]+) (?=-?[\d.]+)")
# The name of an entry in a table that somebody wrote.
_ENTRY = re.compile(r"'(\w+)': ")
# The English header beside the Dutch one.
_BESIDE = re.compile(r" \([^()]*\)")
# Words of these tables are all there are; codes of other tables may stand as they are.
_CLOSED = ("field", "why")
# Own choices: longer sentences are no fault of ours, and a person hears some thousand at most.
_TEXT_MAX, _KEPT_MAX = 4000, 4096
_SPLITS_MAX = 12

# Gives the Dutch of what stands at a part, or nothing when the part cannot stand for it.
Reader = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Phrase:
    """An English sentence with parts that differ, and its Dutch.

    Attributes
    ----------
    literals
        What stands round the parts, one more than there are parts.
    parts
        Name and kind of each part.
    dutch
        The Dutch sentence, with the names of the parts between braces.
    """

    literals: tuple[str, ...]
    parts: tuple[tuple[str, str], ...]
    dutch: str

    @property
    def weight(self) -> int:
        """How much of the sentence is fixed; the heaviest phrase that fits is the one meant."""
        return sum(map(len, self.literals))

    def values(self, text: str) -> list[str] | None:
        """What stands at each part of a sentence; nothing when it is another sentence."""
        first, *rest = self.literals
        if not text.startswith(first) or not text.endswith(self.literals[-1]):
            return None
        if not rest:
            return [] if text == first else None
        at, found = len(first), []
        for literal in rest[:-1]:
            # The nearest is enough: no part is held to a length, so a later one fits no better.
            end = text.find(literal, at + 1)
            if end < 0:
                return None
            found.append(text[at:end])
            at = end + len(literal)
        end = len(text) - len(rest[-1])
        return [*found, text[at:end]] if end > at else None

    def say(self, text: str, readers: Mapping[str, Reader]) -> str | None:
        """Give the Dutch of a sentence; nothing when it is another sentence."""
        values = self.values(text)
        if values is None:
            return None
        said: dict[str, str] = {}
        for (name, kind), value in zip(self.parts, values, strict=True):
            meant = readers[kind](value)
            if meant is None:
                return None
            said[name] = meant
        return _PART.sub(lambda part: said.get(part[1], part[0]), self.dutch)


def in_dutch(issue: Issue) -> Issue | None:
    """Give an issue in Dutch.

    Parameters
    ----------
    issue
        As it was made, in English.

    Returns
    -------
    The issue with the same values, dates and numbers written as in Dutch; nothing when a
    sentence of it has no Dutch.
    """
    problem, remedy = sentence_in_dutch(issue.problem), sentence_in_dutch(issue.remedy)
    if problem is None or remedy is None:
        return None
    return replace(issue, where=place_in_dutch(issue.where), problem=problem, remedy=remedy)


@lru_cache(maxsize=_KEPT_MAX)
def sentence_in_dutch(text: str) -> str | None:
    """Give one sentence in Dutch; nothing when it has none.

    Examples
    --------
    >>> sentence_in_dutch("size_max 5 kW is below size 10.5 kW.")
    '‘Ten hoogste’ 5 kW is minder dan ‘Aantal’ 10,5 kW.'
    """
    if not text or len(text) > _TEXT_MAX:
        return "" if not text else None
    return _said(text, _phrases()[0])


def place_in_dutch(where: str) -> str:
    """Say in Dutch where an issue is; names that people gave stay as they are.

    Examples
    --------
    >>> place_in_dutch("plan, measure hub-1")
    'plan, maatregel hub-1'
    """
    parts = where[:_TEXT_MAX].split(", ")
    return ", ".join(_said(part, _phrases()[1]) or part for part in parts) + where[_TEXT_MAX:]


def line_in_dutch(text: str) -> str | None:
    """Give a line "where: what is wrong. What to do." in Dutch, or a sentence by itself.

    Examples
    --------
    >>> line_in_dutch("area WK01 (Haven): is empty. Fill it in.")
    'buurt WK01 (Haven): is leeg. Vul het in.'
    """
    said = _two_in_dutch(text)
    if said is not None:
        return said
    for start in _ends(text, ": "):
        said = _two_in_dutch(text[start:])
        if said is not None:
            return f"{place_in_dutch(text[: start - 2])}: {said}"
    return None


def _two_in_dutch(text: str) -> str | None:
    """Problem, and remedy where there is one."""
    said = sentence_in_dutch(text)
    if said is not None:
        return said
    for start in _ends(text, ". "):
        both = (sentence_in_dutch(text[: start - 1]), sentence_in_dutch(text[start:]))
        if all(both):
            return " ".join(each for each in both if each)
    return None


def _ends(text: str, sign: str) -> list[int]:
    return [found.end() for found in re.finditer(re.escape(sign), text)][:_SPLITS_MAX]


def _said(text: str, phrases: tuple[Phrase, ...]) -> str | None:
    readers = _readers()
    for phrase in phrases:
        said = phrase.say(text, readers)
        if said is not None:
            return said
    return None


# --- the table of phrases


@cache
def _table() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads(PHRASES.read_text(encoding="utf-8"))


@cache
def _phrases() -> tuple[tuple[Phrase, ...], tuple[Phrase, ...]]:
    """Phrases of sentences, and of places; the heaviest first."""
    table = _table()
    made = (
        sorted((_phrase(*pair) for pair in table[name].items()), key=lambda each: -each.weight)
        for name in ("sentences", "where")
    )
    sentences, places = (tuple(each) for each in made)
    return sentences, places


def _phrase(english: object, dutch: object) -> Phrase:
    text = str(english)
    parts = tuple((found[1], found[2] or "") for found in _PART.finditer(text))
    return Phrase(tuple(_PART.sub("\0", text).split("\0")), parts, str(dutch))


@cache
def _readers() -> dict[str, Reader]:
    """How what stands at each kind of part is said in Dutch."""
    tables = _table()["tables"] | {
        "kind": {code: words.nl for code, words in KINDS.items()},
        "payer": {code: words.nl for code, words in PAYERS.items()},
    }
    looked_up = {name: _look_up(name, words) for name, words in tables.items()}
    return looked_up | {
        "": lambda text: text,
        "n": _number,
        "some": _some,
        "token": lambda text: text if len(text.split()) == 1 else None,
        "quoted": lambda text: text if text[0] in "'\"" else None,
        "choices": lambda text: text.replace("' or '", "' of '") if text[0] == "'" else None,
        "told": sentence_in_dutch,
        "cause": lambda text: tables["why"].get(text) or sentence_in_dutch(text) or _quoted(text),
        "header": lambda text: text if normal_form(text) in key_of_header() else None,
        "payers": lambda text: _number(_SHARE.sub(_payer, _some(text))),
        "headers": lambda text: _BESIDE.sub("", _some(text)),
        "pairs": lambda text: _some(text).replace(" and ", " en "),
        "hints": lambda text: _some(text).replace(" for ", " voor "),
        "columns": lambda text: _some(text).replace("column ", "kolom "),
        "held": lambda text: _some(text).replace(" has ", " heeft "),
        "places": lambda text: _some(place_in_dutch(text)),
        "fewer": lambda text: _written(_some(text)).replace(" for ", " voor "),
    }


def _look_up(name: str, words: Mapping[str, str]) -> Reader:
    if name == "field":
        return lambda text: f"‘{words[text]}’" if text in words else None
    if name in _CLOSED:
        return words.get
    if name == "said":
        return lambda text: words.get(text) or _as_said(text)
    return lambda text: words.get(text, text if len(text.split()) == 1 else None)


def _as_said(text: str) -> str:
    """A value as somebody wrote it; of a table its entries."""
    if text.startswith("{'") and text.endswith("}"):
        names = _table()["tables"]["entry"] | {code: words.nl for code, words in PAYERS.items()}
        return _ENTRY.sub(lambda entry: f"{names.get(entry[1], entry[1])} ", text[1:-1])
    return _written(text) if _NUMBER.fullmatch(text) else text


def _payer(found: re.Match[str]) -> str:
    return f"{PAYERS[found[1]].nl if found[1] in PAYERS else found[1]} "


def _quoted(text: str) -> str:
    return f'melding: "{text}"'


def _some(text: str) -> str:
    """Names of which the last may be "and 3 more"."""
    return _MORE.sub(r" en nog \1", text)


def _number(text: str) -> str | None:
    """Numbers with their units as the Dutch write them."""
    if ". " in text or not re.search(r"\d|nan|inf", text):
        return None
    return _SIZED.sub(_with_unit, _written(_some(text)))


def _written(text: str) -> str:
    return _NUMBER.sub(_in_figures, text)


def _in_figures(found: re.Match[str]) -> str:
    figures = found[0].replace(",", "")
    if "e" in figures and 1 <= abs(float(figures)) < 1e15:
        figures = f"{float(figures):.12f}".rstrip("0").rstrip(".")
    whole, point, decimals = figures.partition(".")
    if "," in found[0] or "e" in found[0]:
        whole = f"{int(whole):,}".replace(",", ".") if whole.lstrip("-").isdigit() else whole
    return f"{whole},{decimals}" if point else whole


def _with_unit(found: re.Match[str]) -> str:
    words = UNITS_OF_ONE if found[1] == "1" else UNITS
    return f"{found[1]} {words[found[2]].nl}"
