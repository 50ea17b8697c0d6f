"""What a city folder lacks, in words: needed, named but not there, or assumed instead."""

from __future__ import annotations

import pandas as pd

from stroomstad.cli.console import OUT

_HEADS = {
    "needed": "Needed, and not named in city.toml:",
    "named": "Named in city.toml, but not there:",
    "assumed": "Not named in city.toml; assumed instead, and marked so in every run:",
}
_PARTS = {"default": "assumed", "form": "form", "published": "published by"}


def tell_gaps(gaps: pd.DataFrame) -> None:
    """Tell what a city folder lacks.

    Parameters
    ----------
    gaps
        As `sources.list_gaps` returns it.
    """
    for status, rows in gaps.groupby("status", sort=False):
        _say(_HEADS[str(status)])
        for row in rows.to_dict("records"):
            _say(f"  {row['key']}: {row['holds']}")
            for name, words in _PARTS.items():
                if row[name] and (name != "default" or status == "assumed"):
                    _say(f"    {words}: {row[name]}")


def tell_notes(notes: pd.DataFrame, topic: str) -> None:
    """Tell the notes of a city on one topic, in English.

    Parameters
    ----------
    notes
        Columns ``topic, nl, en, status``.
    topic
        Which of them.
    """
    for note in notes.loc[notes["topic"] == topic, "en"]:
        _say(str(note))


def _say(line: str) -> None:
    OUT.print(line, highlight=False, soft_wrap=True)
