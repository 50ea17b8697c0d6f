"""Conversions between units, and the lengths of time that the twin counts in."""

from __future__ import annotations

QUARTERS_PER_HOUR = 4
HOURS_PER_QUARTER = 0.25
MINUTES_PER_QUARTER = 15
QUARTERS_PER_DAY = 96
QUARTERS_PER_WEEK = 672
KWH_PER_TJ = 1e12 / 3.6e6
SQRT3 = 3.0**0.5


def kwh_from_tj(energy_tj: float) -> float:
    """Energy in kilowatt-hours.

    Examples
    --------
    >>> round(kwh_from_tj(0.0036), 6)
    1000.0
    """
    return energy_tj * KWH_PER_TJ


def kva_from_current(current_a: float, voltage_v: float) -> float:
    """Apparent power of a three-phase circuit, from line current and line-to-line voltage.

    Examples
    --------
    >>> round(kva_from_current(270.0, 400.0), 1)
    187.1
    """
    return SQRT3 * voltage_v * current_a / 1000.0
