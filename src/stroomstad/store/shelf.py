"""Keeps documents that people write, such as plans, and tells who was first when two save.

A document is a file in a folder. Its *tag* follows from its content; who saves over it names the
tag that he saw, and is refused when it has become another meanwhile.

What lies *beside* a document, such as its drawn places, is a file of its own that the document
names by its content. So a document and what lies beside it change in one step.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from stroomstad.errors import InvalidData, Issue, NotFound, StroomstadError
from stroomstad.store.folders import write_file

_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")
_BESIDE = re.compile(r"^(?P<name>[^.]+)\.[0-9a-f]{12}$")
_SAVING = threading.Lock()


class ChangedMeanwhile(StroomstadError):
    """A document is not what its writer thinks.

    ``tag`` is what it is now, empty when it is gone; ``current`` may tell its content.
    """

    def __init__(self, name: str, tag: str) -> None:
        self.tag = tag
        self.current: object = None
        super().__init__(f"{name} was changed meanwhile by somebody else.")


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder with documents of one kind.

    Attributes
    ----------
    folder
        Where they lie; made when something is saved.
    endings
        How their files are called; the first is that of what is saved here.
    beside_ending
        How files that lie beside a document are called; empty where none do.
    """

    folder: Path
    endings: tuple[str, ...]
    beside_ending: str = ""

    def names(self) -> list[str]:
        """Names of the documents, sorted."""
        found = [path for ending in self.endings for path in self.folder.glob(f"*{ending}")]
        return sorted({path.stem for path in found if _NAME.match(path.stem)})

    def path(self, name: str) -> Path:
        """File of a document.

        Raises
        ------
        NotFound
            When there is none of that name.
        """
        if _NAME.match(name):
            for ending in self.endings:
                path = self.folder / f"{name}{ending}"
                if path.is_file():
                    return path
        raise NotFound(f"{name!r} is not there.")

    def read(self, name: str) -> bytes:
        """Content of a document.

        Raises
        ------
        NotFound
            When there is none of that name.
        """
        try:
            return self.path(name).read_bytes()
        except FileNotFoundError as found:
            raise NotFound(f"{name!r} is not there.") from found

    def save(
        self, name: str, content: bytes, seen: str | None, beside: Mapping[str, bytes] | None = None
    ) -> str:
        """Save a document, whole or not at all, and give its tag.

        Parameters
        ----------
        name
            Letters, digits, dashes and underscores, at most 64.
        content
            What is to stand there.
        seen
            Tag of what the writer saw; nothing for a document that is new.
        beside
            What is to lie beside it, by the names that `beside_name` gives.

        Raises
        ------
        InvalidData
            When it cannot be called so, or cannot be written.
        ChangedMeanwhile
            When another stands there than the writer saw.
        """
        if not _NAME.match(name):
            remedy = "Use letters, digits, dashes and underscores, at most 64, a letter first."
            raise InvalidData([Issue("name", f"{name[:80]!r} cannot be a name.", remedy)])
        with _SAVING:
            self._check(name, seen)
            old = [self.folder / f"{name}{ending}" for ending in self.endings[1:]]
            before, stood = self._content(name), self._beside(name)
            try:
                for each, held in (beside or {}).items():
                    write_file(self.folder / each, held)
                write_file(self.folder / f"{name}{self.endings[0]}", content)
            except StroomstadError:
                self._remove(set(beside or {}) - stood)
                raise
            for path in old:
                path.unlink(missing_ok=True)
            # Whoever is reading the document as it was still finds what lay beside it.
            gone = {each for each in stood if each.encode() not in (before or b"")}
            self._remove(gone - set(beside or {}))
        return tag_of(content)

    def delete(self, name: str, seen: str) -> None:
        """Delete a document that is still what its writer saw.

        Raises
        ------
        ChangedMeanwhile
            When it is not.
        """
        with _SAVING:
            self._check(name, seen)
            self.path(name).unlink()
            self._remove(self._beside(name))

    def _content(self, name: str) -> bytes | None:
        try:
            return self.read(name)
        except NotFound:
            return None

    def _beside(self, name: str) -> set[str]:
        """Names of the files that lie beside a document."""
        if not self.beside_ending:
            return set()
        found = self.folder.glob(f"{name}.*{self.beside_ending}")
        stems = ((path.name, _BESIDE.match(path.stem)) for path in found)
        return {file for file, stem in stems if stem and stem["name"] == name}

    def _remove(self, names: Iterable[str]) -> None:
        for each in names:
            (self.folder / each).unlink(missing_ok=True)

    def _check(self, name: str, seen: str | None) -> None:
        content = self._content(name)
        tag = "" if content is None else tag_of(content)
        if tag != (seen or ""):
            raise ChangedMeanwhile(name, tag)


def beside_name(name: str, content: bytes, ending: str) -> str:
    """Name of a file that lies beside a document; another content has another name.

    Examples
    --------
    >>> beside_name("plan", b"", ".geojson")
    'plan.e3b0c44298fc.geojson'
    """
    return f"{name}.{tag_of(content)[:12]}{ending}"


def tag_of(content: bytes) -> str:
    """Short name of a content: equal only for equal bytes, as far as SHA-256 goes."""
    return hashlib.sha256(content).hexdigest()[:32]


def free_name(wanted: str, taken: Iterable[str]) -> str:
    """Give a name, with a number when it is taken.

    Examples
    --------
    >>> free_name("plan", ["plan", "plan-2"])
    'plan-3'
    """
    used, number, name = set(taken), 1, wanted
    while name in used:
        number += 1
        name = f"{wanted}-{number}"
    return name
