"""The one time axis: quarters of an hour in UTC, named by their start."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from stroomstad.blocks import Ints
from stroomstad.units import QUARTERS_PER_WEEK

LOCAL_TIME_ZONE = "Europe/Amsterdam"


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """A stretch of quarters, and quarters apart from it.

    Attributes
    ----------
    start
        Start of the first quarter, in UTC.
    quarters
        How many quarters, those apart included.
    apart
        Of the last quarters, how many quarters after the start each lies, below 0 before it; the
        others follow each other.
    """

    start: dt.datetime
    quarters: int
    apart: tuple[int, ...] = ()

    @classmethod
    def of_year(cls, year: int) -> TimeAxis:
        """Make the axis of a calendar year in UTC: 35,040 quarters, 35,136 in a leap year.

        Examples
        --------
        >>> TimeAxis.of_year(2023).quarters, TimeAxis.of_year(2024).quarters
        (35040, 35136)
        """
        start = dt.datetime(year, 1, 1, tzinfo=dt.UTC)
        days = (dt.datetime(year + 1, 1, 1, tzinfo=dt.UTC) - start).days
        return cls(start, days * 96)

    @classmethod
    def of_week(cls, monday: dt.date) -> TimeAxis:
        """Make the axis of 672 quarters from Monday 0:00 UTC."""
        start = dt.datetime(monday.year, monday.month, monday.day, tzinfo=dt.UTC)
        return cls(start, QUARTERS_PER_WEEK)

    @property
    def stretch(self) -> TimeAxis:
        """The quarters that follow each other."""
        return TimeAxis(self.start, self.quarters - len(self.apart))

    def with_apart(self, quarters: Ints, start: dt.datetime) -> TimeAxis:
        """Add quarters that are counted from another start.

        Examples
        --------
        >>> year = TimeAxis.of_year(2023)
        >>> week = TimeAxis.of_week(dt.date(2023, 1, 9)).with_apart(np.array([0]), year.start)
        >>> week.names(np.array([0, 672])).tolist()
        ['2023-01-09T00:00Z', '2023-01-01T00:00Z']
        """
        later = round((start - self.start) / dt.timedelta(minutes=15))
        apart = (*self.apart, *(int(quarter) + later for quarter in quarters))
        return TimeAxis(self.start, self.quarters + len(quarters), apart)

    def times(self) -> pd.DatetimeIndex:
        """Start of every quarter, in UTC."""
        return _times(self)

    def names(self, quarters: Ints) -> pd.Series:
        """Start of some quarters as ISO 8601 text in UTC; missing where the position is negative.

        Examples
        --------
        >>> TimeAxis.of_year(2023).names(np.array([0, -1])).tolist()
        ['2023-01-01T00:00Z', None]
        """
        at = np.maximum(quarters, 0)
        named = pd.Series(self.times()[at].strftime("%Y-%m-%dT%H:%MZ"), dtype=object)
        return named.where(quarters >= 0, None)

    def local_times(self) -> pd.DatetimeIndex:
        """Start of every quarter on the Dutch clock."""
        return _times(self).tz_convert(LOCAL_TIME_ZONE)


@lru_cache(maxsize=8)
def _times(axis: TimeAxis) -> pd.DatetimeIndex:
    follow = axis.quarters - len(axis.apart)
    times = pd.date_range(axis.start, periods=follow, freq="15min", name="time")
    if not axis.apart:
        return times
    later = pd.to_timedelta(np.array(axis.apart) * 15, unit="min")
    apart = pd.Timestamp(axis.start) + later
    return pd.DatetimeIndex(times.append(apart), name="time")


@dataclass(frozen=True, slots=True)
class HourlyShapes:
    """Shapes as published, hour by hour, before any time zone or sharpening is applied.

    Attributes
    ----------
    base
        Load and weather-driven shapes of the base year, one column each, 8,760 rows; each
        column is a share of the year per hour, ``air_temperature`` is in °C.
    design
        Weather-driven shapes of the design cold year, same columns where they exist.
    reference
        Quarter-hour shares of the household standard profile, indexed by UTC start; used only
        to find the time zone of the shapes.
    """

    base: pd.DataFrame
    design: pd.DataFrame
    reference: pd.Series
