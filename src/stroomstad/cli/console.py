"""The terminal: what is told on which stream, progress of long work, and a clean stop."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

import pandas as pd
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from stroomstad.errors import InvalidData, Issue
from stroomstad.tables.words import Language

# Without markup, since names of cities and folders may hold square brackets.
OUT = Console(markup=False)
ERR = Console(stderr=True)


def tell_issues(issues: Iterable[Issue]) -> None:
    """Tell faults and warnings on the error stream, one per line."""
    for issue in issues:
        ERR.print(f"{issue.severity}: {issue}", markup=False, highlight=False, soft_wrap=True)


def tell_limits(tables: Mapping[str, pd.DataFrame], language: Language) -> None:
    """Tell which limits an answer holds to, given its tables."""
    held = tables["limits"]["about_nl" if language == "nl" else "about"].iloc[0]
    OUT.print(str(held), soft_wrap=True, highlight=False)


@contextmanager
def stoppable() -> Iterator[None]:
    """See to it that a stop is told as one: pandas takes it for a damaged file while it reads."""
    stops: list[int] = []

    def stop(number: int, _frame: object) -> None:
        stops.append(number)
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield  # The system sends its signals to the main thread only.
        return
    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
        if stops:  # Libraries that call back may swallow it.
            raise KeyboardInterrupt
    except InvalidData:
        if stops:
            raise KeyboardInterrupt from None
        raise
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def progress() -> Iterator[Callable[[str, float], None]]:
    """Show one line per step; `tell(step, fraction)` moves it."""
    columns = (TextColumn("{task.description:<44}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=ERR) as bars:
        tasks: dict[str, object] = {}

        def tell(step: str, fraction: float) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(step, total=1.0)
            bars.update(tasks[step], completed=fraction)  # type: ignore[arg-type]

        yield tell
