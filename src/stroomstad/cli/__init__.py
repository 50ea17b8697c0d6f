"""The command line: it starts at once, and ends in an exit status and, when stopped, a sentence."""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType

EXIT_DATA, EXIT_STOPPED = 1, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status.

    Returns
    -------
    0 when all went well, 1 for faulty data or a folder or output that does not work, 2 for
    faulty use, 3 when the solver failed, 130 when the user stopped it.
    """
    _allow_any_terminal()
    try:
        Path.cwd()
        commands = _load_commands()
        status = int(commands.run_command(arguments))
        sys.stdout.flush()
    except KeyboardInterrupt as stopped:
        return _end(str(stopped) or "stopped: nothing was written.", EXIT_STOPPED)
    except OSError as found:
        return _end(_said(found), EXIT_DATA)
    return status


def _load_commands() -> ModuleType:
    """Load the libraries, which takes seconds in which a user may stop; some swallow that."""
    if threading.current_thread() is not threading.main_thread():
        return import_module("stroomstad.cli.commands")
    stops: list[int] = []

    def stop(number: int, _frame: object) -> None:
        stops.append(number)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, stop)
    try:
        commands = import_module("stroomstad.cli.commands")
    finally:
        signal.signal(signal.SIGINT, before)
    if stops:
        raise KeyboardInterrupt
    return commands


def _allow_any_terminal() -> None:
    """Let a terminal that lacks a sign show a question mark in its place."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _said(found: OSError) -> str:
    try:
        Path.cwd()
    except OSError:
        return "the working folder is no longer there. Go to a folder that exists."
    if found.filename is None:
        _drop_output()
        return f"the output cannot be written ({found.strerror}). Write it elsewhere."
    return f"{found.filename}: this does not work ({found.strerror}). Choose another."


def _drop_output() -> None:
    """Send what is left to nowhere, or the interpreter fails once more when it ends."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def _end(sentence: str, status: int) -> int:
    sys.stderr.write(f"{sentence}\n")
    return status
