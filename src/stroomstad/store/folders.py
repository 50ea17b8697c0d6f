"""Writes a folder whole or not at all.

Everything goes into a hidden folder beside the final place, ``.<name>.partial-<process>``, and
is renamed when the last byte is on disk. Renaming a folder is one step for the file system, so
a reader sees the whole run or none of it. What a killed process left behind is swept away by
the next one.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stroomstad.errors import InvalidData, Issue

_PARTIAL = re.compile(r"^\..+\.partial-(?P<process>\d+)$")
_TAKEN = (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR)
_PROBLEMS = {
    errno.ENOSPC: ("the disk is full.", "Free some space, or choose another folder."),
    errno.EDQUOT: ("the disk quota is used up.", "Free some space, or choose another folder."),
    errno.EFBIG: (
        "a file grew larger than the system allows.",
        "Raise the limit on the size of files, or choose another folder.",
    ),
    errno.EACCES: ("the folder may not be written to.", "Change its rights, or choose another."),
    errno.EPERM: ("the folder may not be written to.", "Change its rights, or choose another."),
    errno.EROFS: ("the disk is read-only.", "Choose a folder on another disk."),
    errno.ENOTDIR: ("this is a file, not a folder.", "Choose a folder."),
    errno.EEXIST: ("this is a file, not a folder.", "Choose a folder."),
}


@contextmanager
def written_whole(parent: Path, name: str) -> Iterator[Path]:
    """Give a `hidden_folder` to write into; the caller publishes it with `publish`.

    Raises
    ------
    InvalidData
        When the folder cannot be written to, or the disk is full.
    """
    with disk_faults(parent), hidden_folder(parent, name) as partial:
        yield partial


@contextmanager
def hidden_folder(parent: Path, name: str) -> Iterator[Path]:
    """Give a hidden folder to write into, and remove it afterwards, whatever happens.

    Parameters
    ----------
    parent
        Folder in which the result will stand; made when it is not there.
    name
        Name of the result.

    Yields
    ------
    The hidden folder.

    Raises
    ------
    InvalidData
        When the folder cannot be made. Who writes into it tells of the disk by `disk_faults`.
    """
    partial = parent / f".{name}.partial-{os.getpid()}"
    try:
        with disk_faults(parent):
            parent.mkdir(parents=True, exist_ok=True)
            sweep(parent)
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir()
        yield partial
    finally:
        shutil.rmtree(partial, ignore_errors=True)


@contextmanager
def disk_faults(parent: Path) -> Iterator[None]:
    """Tell what the disk refuses as a fault of the folder in which a run will stand.

    Raises
    ------
    InvalidData
        When something cannot be written, or the disk is full.
    """
    try:
        yield
    except OSError as found:
        raise InvalidData([_issue(parent, found)]) from found


def check_writable(parent: Path) -> None:
    """Find out before the work starts whether its result can be written.

    Parameters
    ----------
    parent
        Folder in which the result will stand; made when it is not there.

    Raises
    ------
    InvalidData
        When the folder cannot be written to, or the disk is full.
    """
    with written_whole(parent, "trial") as partial:
        write_bytes(partial / "trial", b"trial")


def publish(partial: Path, parent: Path, name: str) -> Path:
    """Rename the hidden folder to its name, or to ``name-2``, ``name-3``… when that is taken."""
    place, number = parent / name, 1
    while True:
        try:
            return partial.rename(place)
        except OSError as found:
            if found.errno not in _TAKEN:
                raise
            number += 1
            place = parent / f"{name}-{number}"


def write_bytes(path: Path, content: bytes | memoryview) -> None:
    """Write a file and wait until the disk has it, so that a full disk is noticed here."""
    with path.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())


def write_file(path: Path, content: bytes) -> None:
    """Write one file whole or not at all; what stood there before stays until then.

    A link is followed; a device, a pipe or a folder is not replaced.

    Raises
    ------
    InvalidData
        When it cannot be written there.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        raise InvalidData([Issue(str(path), "is no ordinary file.", "Name a file to write.")])
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(partial, content)
        partial.replace(path)
    except OSError as found:
        raise InvalidData([_issue(path, found, "What stood there still does.")]) from found
    finally:
        partial.unlink(missing_ok=True)


def sweep(parent: Path) -> None:
    """Remove hidden folders of processes that no longer run."""
    for folder in sorted(parent.iterdir()):
        found = _PARTIAL.match(folder.name)
        if found and not is_alive(int(found["process"])):
            shutil.rmtree(folder, ignore_errors=True)


def is_alive(process: int) -> bool:
    """Whether a process of that number is there."""
    if os.name != "posix":
        # Elsewhere a signal 0 is not a question but ends the process; its folder stays.
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _issue(parent: Path, found: OSError, left: str = "Nothing was kept of this run.") -> Issue:
    problem, remedy = _PROBLEMS.get(
        found.errno or 0,
        (f"writing failed ({found.strerror or found}).", "Choose another folder."),
    )
    return Issue(str(parent), problem, f"{remedy} {left}")
