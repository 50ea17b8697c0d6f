"""How the power of homes, firms and measures runs over the quarters of a design week.

A course is 1 at the firm power that it belongs to. What homes, firms and chargers draw is 1 in
its highest quarter of the winter week. New vehicles are many: they are 1 in the hours of the
peak window of every day and spread evenly over the others, since the published profiles are of
few vehicles and jump from hour to hour. Relief in the window stands by a stated firm power
until dispatch is simulated; it is called on in the winter week only.
"""

from __future__ import annotations

import numpy as np

from stroomstad.blocks import Floats
from stroomstad.loads import PeriodLoads
from stroomstad.measures.twin import Twin
from stroomstad.simulation.design_weeks import Direction
from stroomstad.tables.city import LOAD_COLUMNS
from stroomstad.tables.parameters import Case, Parameters
from stroomstad.tables.plan import POWER_SHAPES
from stroomstad.tables.profiles import TimeAxis

_WORKING_DAYS = 5
_SECTORS = {"office": "buildings_kwh", "industry": "industry_kwh", "charging": "road_public_kwh"}

Courses = dict[str, Floats]


def power_shapes(twin: Twin, case: Case, direction: Direction) -> Courses:
    """Course of every one of ``POWER_SHAPES`` over the design week.

    Parameters
    ----------
    twin
        Its loads tell how homes, firms and roofs run.
    case
        Side of the band.
    direction
        ``load`` for the winter week, ``feed_in`` for the summer week.

    Returns
    -------
    Power over firm power, [1], shape (quarters,) each. The course of a hub differs from hub
    to hub, so ``cap`` is zero here.
    """
    loads = twin.loads[case]
    winter, week = loads.winter, loads.winter if direction == "load" else loads.summer
    parameters = twin.parameters[case]
    zero = np.zeros(week.axis.quarters)
    shapes = dict.fromkeys(POWER_SHAPES, zero)
    shapes["home"] = week.home_kw / winter.home_kw.max()
    shapes["sun"] = week.roof_kw / loads.summer.roof_kw.max()
    shapes["flat"] = zero + 1.0
    shapes["vehicle"] = _vehicles(week.axis, parameters)
    for name, column in _SECTORS.items():
        shapes[name] = _over(_sector(week, column), float(_sector(winter, column).max()))
    window, night = window_and_night(week.axis, parameters)
    shapes["outside_window"] = 1.0 - window
    if direction == "load":
        shapes |= _dispatched(window, night, parameters)
    return shapes


def window_and_night(axis: TimeAxis, parameters: Parameters) -> tuple[Floats, Floats]:
    """Tell which quarters lie in the peak window of working days, and in the nights after them.

    Parameters
    ----------
    axis
        The quarters; hours are those of the Dutch clock.
    parameters
        ``window_start_hour``, ``window_end_hour``, ``recharge_start_hour`` and
        ``recharge_end_hour``.

    Returns
    -------
    1 inside and 0 outside. [1], shape (quarters,) each
    """
    hour = _hour(axis)
    weekday = np.asarray(axis.local_times().day_of_week, dtype=np.int64)
    window = (weekday < _WORKING_DAYS) & (_window_hours(axis, parameters) > 0)
    dusk, dawn = (parameters.value(f"recharge_{name}_hour") for name in ("start", "end"))
    late = (weekday < _WORKING_DAYS) & (hour >= dusk)
    early = np.isin(weekday, np.arange(1, _WORKING_DAYS + 1)) & (hour < dawn)
    return window.astype(np.float64), (late | early).astype(np.float64)


def _hour(axis: TimeAxis) -> Floats:
    """Hour of the Dutch clock at the start of every quarter."""
    local = axis.local_times()
    return np.asarray(local.hour + local.minute / 60.0, dtype=np.float64)


def _window_hours(axis: TimeAxis, parameters: Parameters) -> Floats:
    """Tell which quarters lie in the hours of the peak window, on any day."""
    hour = _hour(axis)
    start, end = (parameters.value(f"window_{name}_hour") for name in ("start", "end"))
    return ((hour >= start) & (hour < end)).astype(np.float64)


def _vehicles(axis: TimeAxis, parameters: Parameters) -> Floats:
    """Course of many vehicles that charge at home: 1 in the window's hours, even outside them."""
    inside = _window_hours(axis, parameters)
    part = float(inside.mean())
    share = parameters.value("vehicle_window_share")
    if part in (0.0, 1.0) or share <= 0:
        return np.ones(inside.size)
    outside = (1.0 - share) / (1.0 - part) * part / share
    return np.where(inside > 0, 1.0, outside)


def _dispatched(window: Floats, night: Floats, parameters: Parameters) -> Courses:
    """Courses of what is steered: in the window, and back again at night."""
    ratio = float(window.sum() / night.sum()) if night.any() else 0.0
    lost = 1.0 / parameters.value("battery_round_trip_fraction")
    return {
        "window": window,
        "window_recharge": window - ratio * lost * night,
        "shift": window - ratio * night,
    }


def _sector(week: PeriodLoads, column: str) -> Floats:
    course: Floats = week.load.shapes[list(LOAD_COLUMNS).index(column)]
    return course


def _over(course: Floats, one: float) -> Floats:
    return course / one if one > 0 else np.zeros_like(course)
