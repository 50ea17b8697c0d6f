"""One question at a time: how many homes fit at a place, and whether a connection does."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd

from stroomstad.errors import raise_faults
from stroomstad.fitting import fits
from stroomstad.fitting.connections import build_terms, hub_rooms
from stroomstad.fitting.connections import connection_that_fits as contracts_that_fit
from stroomstad.measures.twin import Horizon
from stroomstad.planning import home_kw
from stroomstad.run.desk import Desk, locate
from stroomstad.run.lists import empty_plan
from stroomstad.tables.parameters import Case
from stroomstad.tables.plan import Plan
from stroomstad.timeline.horizons import build_horizon


def homes_that_fit(
    desk: Desk,
    place: str,
    *,
    home_type: str = "any",
    heating: str = "unknown",
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
    home_type, heating
        As in the table of kinds of home.
    plan
        What is carried out meanwhile; nothing when left out.
    outlook
        ``low``, ``mid`` or ``high``; that of the plan when left out.

    Returns
    -------
    One row per year, as from ``stroomstad.fitting.fits.homes_that_fit``: ``room_lasting`` is
    what fits from that year on.

    Raises
    ------
    InvalidData
        When the place is not there.
    """
    horizon, _ = _horizon(desk, place, plan, outlook)
    kw = home_kw(desk.twin.catalogue.home_types, home_type, heating, horizon.case)
    return fits.homes_that_fit(horizon, place, kw)


def connection_that_fits(
    desk: Desk,
    place: str,
    kw: float,
    profile: str = "flat",
    category: int = 4,
    *,
    plan: Plan | None = None,
) -> pd.DataFrame:
    """Whether a connection fits at a place, per year and contract, and what binds it.

    Parameters
    ----------
    desk, place, plan
        As for `homes_that_fit`.
    kw
        Its power, larger than zero. [kW]
    profile
        How it draws, one of ``PROFILES``.
    category
        Legal category of priority, 1 to 4.

    Returns
    -------
    One row per year and contract, as from
    ``stroomstad.fitting.connections.connection_that_fits``.

    Raises
    ------
    InvalidData
        When the place is not there.
    """
    horizon, plan = _horizon(desk, place, plan, None)
    terms = build_terms(
        horizon, desk.twin.parameters[horizon.case], hub_rooms(desk.twin, plan, horizon)
    )
    return contracts_that_fit(horizon, place, kw, profile, category, terms=terms)


def _horizon(
    desk: Desk, place: str, plan: Plan | None, outlook: Case | None
) -> tuple[Horizon, Plan]:
    plan = plan or empty_plan(desk, dt.datetime.now().astimezone().year)
    if outlook is not None:
        plan = replace(plan, outlook=outlook)
    _, issues = locate(desk.twin, plan, [place])
    raise_faults(issues)
    return build_horizon(desk.twin, plan, "mid", places=[place]), plan
