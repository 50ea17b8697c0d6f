"""The answer to a project list, the claim that follows from it, and one page for one project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd

from stroomstad.capacity.headroom import whole
from stroomstad.fitting.connections import build_terms, connection_that_fits, hub_rooms
from stroomstad.fitting.fits import fit_projects, fits_in_case, homes_that_fit
from stroomstad.fitting.ledger import Ledger
from stroomstad.fitting.queue import ledgers_ahead
from stroomstad.fitting.remedies import find_remedies, with_remedies
from stroomstad.measures.twin import Horizon
from stroomstad.planning import claim_by_project, claim_by_year, claim_origin, claim_table
from stroomstad.planning.projects import kw_per_unit
from stroomstad.powerflow import solve_steps_fastest
from stroomstad.run.desk import Desk, locate
from stroomstad.run.limits import limit_tables
from stroomstad.run.model import Clock
from stroomstad.tables.parameters import CASES, Case
from stroomstad.tables.plan import BUDGETS, PLAN_MEASURES, PROMISES, Plan
from stroomstad.timeline.horizons import build_horizon, in_years
from stroomstad.trust.confirm import confirm_plan

Tables = dict[str, pd.DataFrame]
Horizons = Mapping[Case, Horizon]
YEARS_AHEAD = 10


def empty_plan(desk: Desk, first_year: int) -> Plan:
    """Make the plan in which nobody does anything: the city and the outlook alone.

    Parameters
    ----------
    desk
        The city.
    first_year
        First year of the horizon, which is as long as that of a claim: ten years ahead; both
        within the years of the outlook.
    """
    told = desk.twin.catalogue.outlook["year"]
    first, last = (
        int(min(max(year, told.min()), told.max()))
        for year in (first_year, first_year + YEARS_AHEAD)
    )
    empty = {
        declared.name: pd.DataFrame(
            {name: pd.Series(dtype=str(column.dtype)) for name, column in declared.columns.items()}
        )
        for declared in (PLAN_MEASURES, BUDGETS, PROMISES)
    }
    return Plan(
        name="",
        city=desk.twin.city.name,
        first_year=first,
        last_year=last,
        outlook="mid",
        outlines=desk.twin.outlines,
        **{str(name): table for name, table in empty.items()},
    )


def plan_horizons(desk: Desk, plan: Plan, projects: pd.DataFrame, clock: Clock) -> Horizons:
    """Lay a plan over a city in every case, with the places of the projects."""
    places = sorted(set(projects["place"]))
    horizons: dict[Case, Horizon] = {}
    with clock.step("years") as done:
        for at, case in enumerate(CASES):
            horizons[case] = build_horizon(desk.twin, plan, case, places=places)
            done((at + 1) / len(CASES))
    return horizons


def answer_projects(
    desk: Desk, plan: Plan, projects: pd.DataFrame, horizons: Horizons, clock: Clock
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Say of every project whether it fits, with the cheapest remedy; and what is reserved.

    Returns
    -------
    As declared in ``FITS`` and ``PROMISES``.
    """
    twin = desk.twin
    hubs = {case: hub_rooms(twin, plan, horizons[case]) for case in CASES}
    with clock.step("fit"):
        fits, reserved = fit_projects(
            horizons, projects, twin.catalogue, twin.parameters["mid"], hubs=hubs
        )
    with clock.step("remedies"):
        fits = with_remedies(fits, find_remedies(twin, plan, projects, fits))
    return fits, reserved


def answer_list(desk: Desk, plan: Plan, projects: pd.DataFrame, clock: Clock) -> Tables:
    """Answer a project list: ``fits``, ``promises`` and the ``limits`` that they hold to."""
    horizons = plan_horizons(desk, plan, projects, clock)
    fits, reserved = answer_projects(desk, plan, projects, horizons, clock)
    return {"fits": fits, "promises": reserved, **limit_tables(desk.twin)}


def claim_list(desk: Desk, plan: Plan, projects: pd.DataFrame, clock: Clock) -> Tables:
    """Power to claim for the homes of a list, with what fits of it in the middle case.

    Returns
    -------
    As `claim_tables`.
    """
    with clock.step("years"):
        horizon = build_horizon(desk.twin, plan, places=sorted(set(projects["place"])))
    with clock.step("fit"):
        hubs = hub_rooms(desk.twin, plan, horizon)
        catalogue, parameters = desk.twin.catalogue, desk.twin.parameters["mid"]
        fits = fits_in_case(horizon, projects, catalogue, parameters, hubs)
    return claim_tables(desk, plan, projects, fits)


def claim_tables(desk: Desk, plan: Plan, projects: pd.DataFrame, fits: pd.DataFrame) -> Tables:
    """Power to claim for the homes of a list.

    Parameters
    ----------
    desk, plan
        The city, and what is planned there.
    projects
        As declared in ``PROJECTS``.
    fits
        What fits of it: columns ``row, fits, first_year_fits`` of ``FITS``.

    Returns
    -------
    ``claim`` as declared in ``CLAIM``, its sums ``by_project`` and ``by_year``, and the ``origin``
    of its kW.
    """
    sites, _ = locate(desk.twin, plan, projects["place"])
    home_types = desk.twin.catalogue.home_types
    kw = {case: kw_per_unit(projects, home_types, case) for case in CASES}
    rows = claim_table(projects, sites, kw, plan.years, fits)
    return {
        **limit_tables(desk.twin),
        "claim": rows,
        "by_project": claim_by_project(rows),
        "by_year": claim_by_year(rows),
        "origin": claim_origin(projects, home_types, kw),
    }


def project_tables(
    desk: Desk,
    plan: Plan,
    projects: pd.DataFrame,
    clock: Clock,
    waiting: pd.DataFrame | None = None,
) -> tuple[dict[str, object], Tables]:
    """Answer one project by itself: facts and tables of its page.

    Parameters
    ----------
    desk, plan
        The city, and what is planned there.
    projects
        One row, as declared in ``PROJECTS``.
    clock
        Tells which step runs.
    waiting
        Who waits beside it, as declared in ``PROJECTS``: served in the legal order, in which it
        comes last in its category. Nobody when left out.
    """
    everyone = projects if waiting is None else _joined(waiting, projects)
    horizons = plan_horizons(desk, plan, everyone, clock)
    fits, reserved = answer_projects(desk, plan, everyone, horizons, clock)
    with clock.step("check"):
        confirmation = _confirmed(desk, plan, everyone, reserved, horizons["mid"])
    own = confirmation["project_id"] == everyone["project_id"].iloc[-1]
    name = projects["project_id"].iloc[0]
    fits = fits.tail(1).reset_index(drop=True).assign(**projects[["project_id", "row"]].iloc[0])
    ahead = {} if waiting is None else _ahead(desk, waiting, horizons["mid"])
    row = projects.iloc[0]
    place = str(row["place"])
    sites, _ = locate(desk.twin, plan, [place])
    site = sites[place]
    substations = desk.twin.grid.substations
    names = substations.set_index("substation_id")["substation_name"]
    areas = desk.twin.city.areas
    claimed = claim_tables(desk, plan, projects, fits)
    sources = claimed["origin"]["source"]
    tables = {
        "projects": projects,
        "fits": fits,
        "confirmation": confirmation[own].assign(project_id=name),
        "claim": claimed["claim"],
        "kinds": desk.twin.catalogue.kinds,
        "areas": areas,
        "substations": substations,
        "stations": desk.twin.grid.stations[
            desk.twin.grid.stations["station_id"].isin(site.stations)
        ],
        "outline": _outline(plan, areas, place),
        **limit_tables(desk.twin),
        **_room_there(desk, plan, projects, horizons["mid"], ahead),
    }
    area = areas.set_index("area_code")["area_name"].get(site.area_code, "")
    facts = {
        "place": place,
        "area_name": area,
        "substation_name": names[site.substation_id],
        "waiting": None if waiting is None else len(waiting),
        "kw_per_home_source": sources.iloc[0] if len(sources) else "",
        **_kw_per_home(desk, projects, fits, horizons["mid"], ahead),
    }
    return facts, tables


def _confirmed(
    desk: Desk, plan: Plan, projects: pd.DataFrame, reserved: pd.DataFrame, horizon: Horizon
) -> pd.DataFrame:
    """What AC confirms of what is reserved, in the first and last year of the last project."""
    first, last = (
        projects[["first_year", "last_year"]].iloc[-1].clip(plan.first_year, plan.last_year)
    )
    promised = replace(plan, promises=reserved)
    horizon = in_years(horizon, (int(first), int(last)))
    confirmation, _ = confirm_plan(desk.twin, promised, projects, horizon, solve_steps_fastest)
    return confirmation


def _outline(plan: Plan, areas: gpd.GeoDataFrame, place: str) -> gpd.GeoDataFrame:
    """Outline of a place: a drawn one, or that of an area; no rows for a point."""
    drawn = plan.outlines[plan.outlines["place"] == place]
    if len(drawn):
        return drawn
    mine = areas[areas["area_code"] == place]
    return mine.assign(place=place, assumed=False, source="CBS")[[*drawn.columns]]


def _joined(waiting: pd.DataFrame, projects: pd.DataFrame) -> pd.DataFrame:
    """Put a project below those that wait, under a row and a name that none of them has."""
    row = int(waiting["row"].max()) + 1
    own = projects.assign(row=row, project_id=f"row {row}: {projects['name'].iloc[0]}")
    return pd.concat([waiting, own], ignore_index=True)


def _ahead(desk: Desk, waiting: pd.DataFrame, horizon: Horizon) -> dict[int, Ledger]:
    twin = desk.twin
    return ledgers_ahead(horizon, waiting, twin.catalogue, twin.parameters["mid"])


def _room_there(
    desk: Desk, plan: Plan, projects: pd.DataFrame, horizon: Horizon, ahead: Mapping[int, Ledger]
) -> Tables:
    row, twin = projects.iloc[0], desk.twin
    place, category, parameters = str(row["place"]), int(row["category"]), twin.parameters["mid"]
    if row["kind"] == "homes":
        kw = float(kw_per_unit(projects, twin.catalogue.home_types, "mid")[0])
        return {"room": homes_that_fit(horizon, place, kw, ledger=ahead.get(category))}
    terms = build_terms(horizon, parameters, hub_rooms(twin, plan, horizon), ahead)
    power_kw, profile = float(row["connection_kw"]), str(row["profile"])
    contracts = connection_that_fits(horizon, place, power_kw, profile, category, terms=terms)
    firm = contracts[contracts["contract"] == "firm"]
    return {"room": firm.rename(columns={"kw": "room"}), "contracts": contracts}


def _kw_per_home(
    desk: Desk,
    projects: pd.DataFrame,
    fits: pd.DataFrame,
    horizon: Horizon,
    ahead: Mapping[int, Ledger],
) -> dict[str, float]:
    """Power per home by type, and the power with which all homes would fit when asked."""
    row = projects.iloc[0]
    if row["kind"] != "homes":
        return {}
    home_types = desk.twin.catalogue.home_types
    kw = {case: float(kw_per_unit(projects, home_types, case)[0]) for case in CASES}
    facts = {
        "kw_per_home_low": kw["high"],
        "kw_per_home_mid": kw["mid"],
        "kw_per_home_high": kw["low"],
    }
    # Room is linear in the power of a home, so one question tells the power with which all fit.
    ledger = ahead.get(int(row["category"]))
    rooms = homes_that_fit(horizon, str(row["place"]), 1.0, ledger=ledger)
    one_kw = rooms.set_index("year")["room_lasting"]
    at = min(max(int(row["last_year"]), horizon.years[0]), horizon.years[-1])
    room_kw = float(one_kw[at])
    if str(fits["fits"].iloc[0]) != "yes" and room_kw > 0:
        facts["kw_per_home_fits"] = float(whole(np.array([room_kw / row["homes"] * 1e3]))[0]) / 1e3
    return facts
