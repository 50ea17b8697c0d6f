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
from typing import Literal, get_args

import pandas as pd

from stroomstad.tables.parameters import BAND, override

TransformerLimits = Literal["nameplate", "cyclic", "thermal"]
TRANSFORMER_LIMITS: tuple[TransformerLimits, ...] = get_args(TransformerLimits)
STATION, SUBSTATION, RESERVE_USED = "limit_station", "limit_substation", "n1_reserve_used"
RELAXED = "n1_reserve_used_relaxed"
_NAMEPLATE = (
    "IEC 60076-1: rated power is what a transformer carries without end, whatever the course of "
    "its load"
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


def _row(values: Sequence[float], source: str, status: str = "sourced") -> dict[str, object]:
    band: dict[str, object] = {name: float(value) for name, value in zip(BAND, values, strict=True)}
    return band | {"status": status, "source": source}
