"""One question at a time: what fits at a place, and what a city is on a date."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from stroomstad.errors import InvalidData, Issue, name_some, raise_faults
from stroomstad.fitting import fits
from stroomstad.fitting.connections import build_terms, hub_rooms
from stroomstad.fitting.connections import connection_that_fits as contracts_that_fit
from stroomstad.fitting.queue import ledgers_ahead
from stroomstad.measures.twin import Horizon
from stroomstad.planning import home_kw
from stroomstad.run.desk import Desk, locate
from stroomstad.run.lists import empty_plan
from stroomstad.tables.parameters import CASES, Case
from stroomstad.tables.plan import Plan
from stroomstad.tables.projects import CATEGORIES, PROFILES
from stroomstad.timeline.days import CityDay, city_day
from stroomstad.timeline.horizons import build_horizon

_KW_PER_MW = 1000.0


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where and when a question is asked.

    Attributes
    ----------
    plan
        What is carried out meanwhile.
    places
        The place of the question first, then those of who waits.
    year
        The only year to answer; every year of the plan when left out.
    """

    plan: Plan
    places: tuple[str, ...]
    year: int | None


def homes_that_fit(  # noqa: PLR0913 - where, when, what and in which future
    desk: Desk,
    place: str,
    year: int | None = None,
    home_type: str = "any",
    heating: str = "unknown",
    *,
    plan: Plan | None = None,
    outlook: Case | None = None,
) -> pd.DataFrame:
    """How many homes of a type fit at a place, year by year, and what binds.

    Parameters
    ----------
    desk
        A city, as from `open_city`.
    place
        Area code, postcode, point, asset or named outline.
    year
        The only year to answer; every year of the plan when left out.
    home_type, heating
        As in the table of kinds of home.
    plan
        What is carried out meanwhile; nothing when left out.
    outlook
        ``low``, ``mid`` or ``high``; that of the plan when left out.

    Returns
    -------
    One row per year, as from ``stroomstad.fitting.fits.homes_that_fit``: ``room_lasting`` is
    what fits from that year on. ``homes_per_mw`` stands beside it.

    Raises
    ------
    InvalidData
        With every fault of the question.
    """
    frame = _frame(desk, place, year, plan, outlook)
    home_types = desk.twin.catalogue.home_types
    raise_faults(
        [
            *_frame_issues(desk, frame),
            *_choice_issues("home_type", home_type, set(home_types["home_type"])),
            *_choice_issues("heating", heating, set(home_types["heating"])),
        ]
    )
    horizon = _horizon(desk, frame)
    kw = home_kw(home_types, home_type, heating, horizon.case)
    answer = fits.homes_that_fit(horizon, place, kw)
    return _in_year(answer.assign(homes_per_mw=_KW_PER_MW / kw), frame)


def connection_that_fits(  # noqa: PLR0913, PLR0917 - what a connection asks, and among whom
    desk: Desk,
    place: str,
    kw: float,
    profile: str = "flat",
    category: int = 4,
    year: int | None = None,
    *,
    jobs: float | None = None,
    plan: Plan | None = None,
    projects: pd.DataFrame | None = None,
    outlook: Case | None = None,
) -> pd.DataFrame:
    """Whether a connection fits at a place, per year and contract, and what binds it.

    Parameters
    ----------
    desk, place, year, plan, outlook
        As for `homes_that_fit`.
    kw
        Its power, larger than zero. [kW]
    profile
        How it draws, one of ``PROFILES``.
    category
        Legal category of priority, 1 to 4; it comes last in its category.
    jobs
        Jobs that come with it; missing when unknown.
    projects
        Who waits, as from `read_project_list` with its plan: rows of this category and of those
        before it are served first. Nobody waits when left out.

    Returns
    -------
    One row per year and contract, as from
    ``stroomstad.fitting.connections.connection_that_fits``; ``jobs_per_mw`` of the connection
    beside ``homes_per_mw`` of the home that rooms are counted in.

    Raises
    ------
    InvalidData
        With every fault of the question.
    """
    waiting = () if projects is None else tuple(projects["place"].astype(str))
    frame = _frame(desk, place, year, plan, outlook, waiting)
    raise_faults(
        [
            *_frame_issues(desk, frame),
            *_choice_issues("profile", profile, PROFILES),
            *_choice_issues("category", category, CATEGORIES),
            *_amount_issues(kw, jobs),
        ]
    )
    horizon, twin = _horizon(desk, frame), desk.twin
    parameters = twin.parameters[horizon.case]
    ahead = None
    if projects is not None:
        ahead = ledgers_ahead(horizon, projects, twin.catalogue, parameters)
    terms = build_terms(horizon, parameters, hub_rooms(twin, frame.plan, horizon), ahead)
    answer = contracts_that_fit(horizon, place, kw, profile, category, terms=terms)
    usual_kw = home_kw(twin.catalogue.home_types, "any", "unknown", horizon.case)
    per_mw = {
        "homes_per_mw": _KW_PER_MW / usual_kw,
        "jobs_per_mw": np.nan if jobs is None else jobs / kw * _KW_PER_MW,
    }
    return _in_year(answer.assign(**per_mw), frame)


def city_on(desk: Desk, plan: Plan, date: dt.date) -> CityDay:
    """Tell what a city is on a date: its grid, loads, standing measures and outlook.

    Parameters
    ----------
    desk
        A city, as from `open_city`.
    plan
        What is carried out.
    date
        The day, in a year of the outlook.

    Raises
    ------
    InvalidData
        When the outlook lacks the year, or the city a place or asset of the plan.
    """
    told = desk.twin.catalogue.outlook["year"]
    if date.year not in set(told):
        problem = f"{date} lies outside the outlook, {told.min()} to {told.max()}."
        raise InvalidData([Issue("date", problem, "Ask for a day in one of these years.")])
    return city_day(desk.twin, plan, date)


def _frame(  # noqa: PLR0917 - passed on as they are asked
    desk: Desk,
    place: str,
    year: int | None,
    plan: Plan | None,
    outlook: Case | None,
    waiting: tuple[str, ...] = (),
) -> _Frame:
    plan = plan or empty_plan(desk, dt.datetime.now().astimezone().year)
    if outlook is not None:
        plan = replace(plan, outlook=outlook)
    return _Frame(plan, (place, *waiting), year)


def _horizon(desk: Desk, frame: _Frame) -> Horizon:
    return build_horizon(desk.twin, frame.plan, "mid", places=frame.places)


def _in_year(answer: pd.DataFrame, frame: _Frame) -> pd.DataFrame:
    if frame.year is None:
        return answer
    return answer[answer["year"] == frame.year].reset_index(drop=True)


def _frame_issues(desk: Desk, frame: _Frame) -> Iterator[Issue]:
    plan = frame.plan
    yield from locate(desk.twin, plan, frame.places)[1]
    yield from _choice_issues("outlook", plan.outlook, CASES)
    if frame.year is not None and frame.year not in plan.years:
        problem = f"{frame.year} lies outside {plan.first_year} to {plan.last_year}."
        yield Issue("year", problem, "Ask for a year that is answered, or give a longer plan.")


def _choice_issues(where: str, said: object, known: Collection[object]) -> Iterator[Issue]:
    if said not in known:
        names = name_some(sorted(str(each) for each in known), most=len(known))
        yield Issue(where, f"{said!r} is not known.", f"Use one of {names}.")


def _amount_issues(kw: float, jobs: float | None) -> Iterator[Issue]:
    if not (math.isfinite(kw) and kw > 0):
        yield Issue("kw", f"is {kw:g} kW.", "Give a power above 0.")
    if jobs is not None and not (math.isfinite(jobs) and jobs >= 0):
        yield Issue("jobs", f"is {jobs:g}.", "Give a number that is not below 0, or leave it out.")
