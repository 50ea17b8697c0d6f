"""One calendar: which clock the published shapes follow, and which weeks test the grid.

Published shapes carry hours 0 to 8759 and no time zone. Two independent facts give it away:
when homes draw most, which the standard profile of the same country tells in UTC, and when
the sun stands highest. Whether a shape keeps to the clock that people live by shows between
January and July: a shape in a fixed zone moves an hour back in summer, one on the
Dutch clock stays where it is.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats, Ints
from stroomstad.loads.shapes import quarters_from_hours
from stroomstad.tables.profiles import TimeAxis
from stroomstad.units import QUARTERS_PER_DAY, QUARTERS_PER_HOUR, QUARTERS_PER_WEEK

# The reference runs from mid-August to January: these months are well inside summer and
# winter time, and free of most of the summer holidays.
WINTER_MONTHS = (11, 12, 1)
SUMMER_MONTHS = (8, 9)
LARGEST_LAG_HOURS = 4
HOURS_PER_WEEK = QUARTERS_PER_WEEK // QUARTERS_PER_HOUR


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock that published hours may follow.

    Attributes
    ----------
    offset_hours
        How far it is ahead of UTC in winter.
    summer_time
        Whether it moves an hour ahead when the Dutch clock does.
    """

    offset_hours: int
    summer_time: bool

    def __str__(self) -> str:
        kind = "with Dutch summer time" if self.summer_time else "all year"
        return f"UTC{self.offset_hours:+d} {kind}"


@dataclass(frozen=True, slots=True)
class ClockFinding:
    """A clock, and the measured lags behind UTC that speak for it.

    Attributes
    ----------
    clock
        The clock that fits best.
    winter_lag_hours, summer_lag_hours
        How much later than in UTC things happen according to the published hours.
    """

    clock: Clock
    winter_lag_hours: float
    summer_lag_hours: float


def published_hours(axis: TimeAxis, clock: Clock) -> Ints:
    """Position in the published year of every UTC hour of the axis.

    The first and last hours wrap around the year. On a clock with summer time the hour that
    the Dutch clock skips in March is never used, the one it repeats in October twice.

    Returns
    -------
    Positions. Shape (hours,)
    """
    hours = axis.quarters // QUARTERS_PER_HOUR
    positions = np.arange(hours, dtype=np.int64) + clock.offset_hours
    if clock.summer_time:
        local = axis.local_times()[::QUARTERS_PER_HOUR].tz_localize(None)
        utc = axis.times()[::QUARTERS_PER_HOUR].tz_localize(None)
        ahead = ((local - utc) / pd.Timedelta(hours=1)).to_numpy().astype(np.int64)
        positions += ahead - ahead.min()
    wrapped: Ints = positions % hours
    return wrapped


def household_clock(hourly: Floats, reference: pd.Series, axis: TimeAxis) -> ClockFinding:
    """Find the clock of the household shape from the standard profile, which is in UTC.

    Every clock within four hours of UTC, with and without summer time, is scored by the mean
    correlation of the average working day in winter and in summer; the best one wins.

    Parameters
    ----------
    hourly
        Published household shape. Shape (hours,)
    reference
        Standard profile per quarter, indexed by UTC start; only the timing is used.
    axis
        The year of the shape.
    """
    winter, summer = (
        _correlations(_working_day(hourly, axis, months), _reference_day(reference, months))
        for months in (WINTER_MONTHS, SUMMER_MONTHS)
    )
    # One lag per quarter, so every fourth is a whole hour; a clock with summer time is
    # another whole hour ahead in summer.
    fixed = winter[::QUARTERS_PER_HOUR] + summer[::QUARTERS_PER_HOUR]
    moving = (
        winter[:-QUARTERS_PER_HOUR:QUARTERS_PER_HOUR] + summer[QUARTERS_PER_HOUR::QUARTERS_PER_HOUR]
    )
    summer_time = bool(moving.max() > fixed.max())
    best = int(np.argmax(moving if summer_time else fixed)) - LARGEST_LAG_HOURS
    return ClockFinding(Clock(best, summer_time), _best_lag(winter), _best_lag(summer))


def summer_shift_hours(hourly: Floats, axis: TimeAxis) -> float:
    """How much later the average working day of July runs than that of January.

    Returns
    -------
    About 0 on a clock with summer time and about -1 in a fixed zone; NaN for a shape that is
    flat or absent in one of the months. [h]
    """
    january, july = (_working_day(hourly, axis, (month,)) for month in (1, 7))
    if min(np.ptp(january), np.ptp(july)) <= 1e-6 * max(january.max(), july.max()):
        return math.nan
    return _best_lag(_correlations(july, january))


def solar_clock(hourly: Floats, axis: TimeAxis, longitude_deg: float) -> ClockFinding:
    """Find the clock of the weather-driven shapes from the middle of the solar day.

    Parameters
    ----------
    hourly
        Published shape of solar panels. Shape (hours,)
    axis
        The year of the shape.
    longitude_deg
        Longitude, east positive. [degree]
    """
    times = axis.times()[::QUARTERS_PER_HOUR]
    noon = _solar_noon_utc_hours(times.day_of_year.to_numpy(), longitude_deg)
    late = times.hour.to_numpy() + 0.5 - noon
    winter = float(np.average(late, weights=hourly * times.month.isin((12, 1))))
    summer = float(np.average(late, weights=hourly * times.month.isin((6, 7))))
    if round(summer - winter) >= 1:
        return ClockFinding(Clock(round(winter), summer_time=True), winter, summer)
    return ClockFinding(Clock(round((winter + summer) / 2), summer_time=False), winter, summer)


def week_starts(axis: TimeAxis) -> Ints:
    """First quarter of every whole week of the axis, Monday 0:00 UTC to Sunday.

    Returns
    -------
    Positions on the axis. Shape (weeks,)
    """
    to_monday = (7 - axis.start.weekday()) % 7
    return np.arange(
        to_monday * QUARTERS_PER_DAY,
        axis.quarters - QUARTERS_PER_WEEK + 1,
        QUARTERS_PER_WEEK,
        dtype=np.int64,
    )


def coldest_spell(temperature_c: Floats) -> int:
    """First hour of the seven days with the lowest mean temperature.

    Parameters
    ----------
    temperature_c
        Outdoor temperature of the design year. [°C], shape (hours,)
    """
    total = np.concatenate([[0.0], np.cumsum(temperature_c)])
    return int(np.argmin(total[HOURS_PER_WEEK:] - total[:-HOURS_PER_WEEK]))


def overlapping(starts: Ints, first_quarter: int) -> Ints:
    """Weeks that share a quarter with the seven days from ``first_quarter``."""
    return starts[np.abs(starts - first_quarter) < QUARTERS_PER_WEEK]


def week_of_highest(power_kw: Floats, starts: Ints) -> int:
    """First quarter of the week with the highest power; the earliest of equals.

    Parameters
    ----------
    power_kw
        Power of the whole city. [kW], shape (quarters,)
    starts
        First quarters of the weeks to choose from. Shape (weeks,)
    """
    highest = [power_kw[start : start + QUARTERS_PER_WEEK].max() for start in starts]
    return int(starts[int(np.argmax(highest))])


def monday(axis: TimeAxis, start: int) -> dt.date:
    """Date on which a week begins."""
    return (axis.start + dt.timedelta(minutes=15 * start)).date()


def _working_day(hourly: Floats, axis: TimeAxis, months: tuple[int, ...]) -> Floats:
    """Mean of Monday to Friday in the given months, per quarter of the published day."""
    times = axis.times()[::QUARTERS_PER_HOUR]
    chosen = times.month.isin(months) & (times.day_of_week < 5)
    return quarters_from_hours(hourly[chosen].reshape(-1, 24).mean(axis=0))


def _reference_day(reference: pd.Series, months: tuple[int, ...]) -> Floats:
    """Mean of Monday to Friday in the given months, per quarter of the UTC day."""
    times = pd.DatetimeIndex(reference.index)
    chosen = times.month.isin(months) & (times.day_of_week < 5)
    quarter = (times.hour * QUARTERS_PER_HOUR + times.minute // 15)[chosen].to_numpy()
    mean = reference[chosen].groupby(quarter).mean()
    day: Floats = mean.reindex(range(QUARTERS_PER_DAY)).to_numpy(dtype=np.float64)
    return day


def _correlations(late: Floats, early: Floats) -> Floats:
    """Correlation of two days when the first is taken back by every lag, in quarters."""
    largest = LARGEST_LAG_HOURS * QUARTERS_PER_HOUR
    return np.array(
        [np.corrcoef(np.roll(late, -lag), early)[0, 1] for lag in range(-largest, largest + 1)]
    )


def _best_lag(correlations: Floats) -> float:
    return int(np.argmax(correlations)) / QUARTERS_PER_HOUR - LARGEST_LAG_HOURS


def _solar_noon_utc_hours(day_of_year: Ints, longitude_deg: float) -> Floats:
    """Hour of the highest sun in UTC.

    References
    ----------
    .. [1] J. A. Duffie, W. A. Beckman, Solar Engineering of Thermal Processes: 4 minutes per
       degree of longitude; equation of time in the short form of
       9.87 sin 2B - 7.53 cos B - 1.5 sin B minutes, B = 360 (n - 81) / 364 degrees.
    """
    angle = 2.0 * np.pi * (day_of_year - 81) / 364.0
    equation_min = 9.87 * np.sin(2 * angle) - 7.53 * np.cos(angle) - 1.5 * np.sin(angle)
    noon: Floats = 12.0 - longitude_deg * 4.0 / 60.0 - equation_min / 60.0
    return noon
