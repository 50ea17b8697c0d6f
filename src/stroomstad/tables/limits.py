"""Which limits hold: a named choice, and what it makes of the parameter table.

What transformers may carry is a choice of three: *nameplate* (their rating), *cyclic* (what grid
operators practise, which the parameter table holds) or *thermal* (what IEC 60076-7 allows in the
outdoor temperature of the design weeks, computed once those are solved). Whether part of the
reserve for an outage may be used is a switch. Either replaces rows of the table, so that every
answer that shows the table shows them with their source.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import pandas as pd

from stroomstad.tables.parameters import BAND, override
from stroomstad.tables.words import Words

TransformerLimits = Literal["nameplate", "cyclic", "thermal"]
TRANSFORMER_LIMITS: tuple[TransformerLimits, ...] = get_args(TransformerLimits)
STATION, SUBSTATION, RESERVE_USED = "limit_station", "limit_substation", "n1_reserve_used"
RELAXED = "n1_reserve_used_relaxed"
# What cables may carry, by the key under which a run keeps it.
CABLES = {"lv_cable": "limit_lv_cable", "mv_cable": "limit_mv_cable", "ring": "limit_mv_ring"}
_NAMEPLATE = (
    "IEC 60076-1: rated power is what a transformer carries without end, whatever the course of "
    "its load"
)
_BY = {
    "nameplate": Words("hun nominale vermogen", "their rating"),
    "cyclic": Words("bedrijfspraktijk (cyclisch)", "practice (cyclic)"),
    "thermal": Words(
        "hun temperatuur (IEC 60076-7, buitentemperatuur van de ontwerpweken)",
        "their temperature (IEC 60076-7, outdoor temperature of the design weeks)",
    ),
}
_OF_KIND = {
    "station": Words("station {share}", "station {share}"),
    "substation": Words("onderstation {share}", "substation {share}"),
}
_OF_CABLES = {
    "lv_cable": Words("laagspanning {share}", "low voltage {share}"),
    "mv_cable": Words(
        "middenspanning buiten ringen {share}", "medium voltage outside rings {share}"
    ),
    "ring": Words(
        "ring {share} van zijn eerste kabel, beide helften samen",
        "ring {share} of its first cable, both halves together",
    ),
}
_BETWEEN = Words(
    " (de mediaan; tussen haakjes het laagste en het hoogste van alle)",
    " (the median; between brackets the lowest and the highest of all)",
)
_OF_DIRECTION = {
    "load": Words("{share} bij afname", "{share} for load"),
    "feed_in": Words("{share} bij teruglevering", "{share} for feed-in"),
}
_N1_KEPT = Words(
    "N-1: de reserve voor één uitval blijft vrij",
    "N-1: the reserve for one outage stays free",
)
_N1_RELAXED = Words(
    "N-1 verruimd (Kamerbrief van 12 maart 2026; hoe ver is een aanname): {share} van de reserve "
    "van onderstations en ringen wordt belast",
    "N-1 relaxed (letter to Parliament of 12 March 2026; how far is an assumption): {share} of the "
    "reserve of substations and rings is loaded",
)


@dataclass(frozen=True, slots=True)
class AskedLimits:
    """What is asked of limits, and otherwise left to the city.

    Attributes
    ----------
    transformers, n1_relaxed
        As in `LimitChoice`; nothing where it is not asked.
    """

    transformers: TransformerLimits | None = None
    n1_relaxed: bool | None = None


@dataclass(frozen=True, slots=True)
class LimitChoice:
    """Which limits hold.

    Attributes
    ----------
    transformers
        What station and substation transformers may carry.
    n1_relaxed
        Whether part of the reserve for one outage is used, as decided in March 2026.
    """

    transformers: TransformerLimits = "cyclic"
    n1_relaxed: bool = False

    def asked(self, asked: AskedLimits) -> LimitChoice:
        """Return the choice with what is asked in place."""
        return LimitChoice(
            asked.transformers or self.transformers,
            self.n1_relaxed if asked.n1_relaxed is None else asked.n1_relaxed,
        )


USUAL_LIMITS = LimitChoice()


def chosen_rows(rows: pd.DataFrame, choice: LimitChoice) -> pd.DataFrame:
    """Put a choice of limits into the parameter table.

    Parameters
    ----------
    rows
        As declared in ``PARAMETERS``.
    choice
        The choice; *thermal* leaves what transformers may carry as it is, since that needs their
        load.

    Returns
    -------
    The table; where everything stays as it is, the table itself.
    """
    changes: dict[str, Mapping[str, object]] = {}
    if choice.transformers == "nameplate":
        changes |= {name: _row((1.0, 1.0, 1.0), _NAMEPLATE) for name in (STATION, SUBSTATION)}
    if choice.n1_relaxed:
        relaxed = rows[rows["parameter"] == RELAXED].iloc[-1]
        changes[RESERVE_USED] = {name: relaxed[name] for name in (*BAND, "status", "source")}
    return override(rows, changes) if changes else rows


def thermal_rows(
    rows: pd.DataFrame,
    stations: Sequence[float],
    substations: Sequence[float],
    source: str,
) -> pd.DataFrame:
    """Put computed factors into the parameter table.

    Parameters
    ----------
    rows
        As declared in ``PARAMETERS``.
    stations, substations
        Highest load over rating: low, middle and high. [1]
    source
        What they were computed with.
    """
    changes = {
        STATION: _row(stations, source, "derived"),
        SUBSTATION: _row(substations, source, "derived"),
    }
    return override(rows, changes)


def limits_said(facts: Mapping[str, Any] | None) -> Words:
    """Say in a sentence which limits an answer holds to.

    Parameters
    ----------
    facts
        What the manifest of a run keeps under ``limits``; nothing in one of an earlier version.

    Returns
    -------
    The sentence in both languages; empty where nothing was kept.
    """
    if not facts:
        return Words("", "")
    factors = facts.get("factors") or {}
    kinds = [
        _filled(words, _shares(factors[kind]) if kind in factors else _share(facts[kind]))
        for kind, words in _OF_KIND.items()
    ]
    between = _BETWEEN if factors else Words("", "")
    outage = (
        _filled(_N1_RELAXED, _share(facts["n1_reserve_used"])) if facts["n1_relaxed"] else _N1_KEPT
    )
    by = _BY[facts["transformers"]]
    cables = _cables_said(facts)
    return Words(
        f"Grenzen: transformatoren naar {by.nl}: {', '.join(each.nl for each in kinds)}"
        f"{between.nl}.{cables.nl} {outage.nl}.",
        f"Limits: transformers by {by.en}: {', '.join(each.en for each in kinds)}"
        f"{between.en}.{cables.en} {outage.en}.",
    )


def _cables_said(facts: Mapping[str, Any]) -> Words:
    """What cables and rings are held to; empty in a run of an earlier version."""
    told = [
        _filled(words, _share(facts[kind])) for kind, words in _OF_CABLES.items() if kind in facts
    ]
    if not told:
        return Words("", "")
    return Words(
        f" Kabels naar hun nominale stroom: {', '.join(each.nl for each in told)}.",
        f" Cables by their rated current: {', '.join(each.en for each in told)}.",
    )


def _shares(by_direction: Mapping[str, Sequence[float]]) -> Words:
    told = [
        _filled(words, _share(by_direction[direction]))
        for direction, words in _OF_DIRECTION.items()
        if direction in by_direction
    ]
    return Words(" en ".join(each.nl for each in told), " and ".join(each.en for each in told))


def _share(band: Sequence[float]) -> Words:
    """Say the middle of three shares, and the ends where they differ."""
    low, mid, high = (f"{100 * value:.0f}" for value in band)
    said = f"{mid} %" if low == high else f"{mid} % ({low}–{high} %)"
    return Words(said, said.replace(" %", "%"))


def _filled(words: Words, share: Words) -> Words:
    return Words(words.nl.format(share=share.nl), words.en.format(share=share.en))


def _row(values: Sequence[float], source: str, status: str = "sourced") -> dict[str, object]:
    band: dict[str, object] = {name: float(value) for name, value in zip(BAND, values, strict=True)}
    return band | {"status": status, "source": source}
