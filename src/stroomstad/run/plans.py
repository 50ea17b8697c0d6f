"""The answer of a plan: what fits, what it costs whom, what AC says of it, and how sure that is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from stroomstad.errors import raise_faults
from stroomstad.exchange import outlines_text, toml_text
from stroomstad.fitting.fits import homes_that_fit
from stroomstad.measures.effects import plan_sites, unit_effects
from stroomstad.measures.sites import CITY, with_outlines
from stroomstad.measures.twin import Horizon
from stroomstad.planning import asked, cost_table, plan_as_toml, present_value
from stroomstad.powerflow import solve_steps_fastest
from stroomstad.run.checks import find_harm, lengths_of, list_issues
from stroomstad.run.desk import OUTLINES_FILE, Desk, locate
from stroomstad.run.limits import limit_facts, limit_tables
from stroomstad.run.lists import Horizons, Tables, answer_projects, plan_horizons
from stroomstad.run.model import Clock
from stroomstad.run.shown import withheld_links
from stroomstad.store import hash_table, safe_name, save_run
from stroomstad.tables.geometry import as_points
from stroomstad.tables.grid import LINK_KINDS
from stroomstad.tables.plan import Plan
from stroomstad.trust.confirm import confirm_plan
from stroomstad.trust.connected import connected_band, connected_tornado, plan_span
from stroomstad.trust.staircase import horizon_band

DRAWS = 200
# Own choice: each row is served in every draw, so with more rows the band takes minutes.
BAND_ROWS_MAX = 300
Render = Callable[[Mapping[str, pd.DataFrame], Mapping[str, object]], Mapping[str, bytes]]
Keep = tuple[Path, Render]


def answer_plan(desk: Desk, plan: Plan, projects: pd.DataFrame, clock: Clock) -> Tables:
    """Answer a plan and the projects that wait.

    Parameters
    ----------
    desk
        The city.
    plan
        Its counted measures stand from their dates; its promises, where it has any, are what is
        put to the test, and otherwise what the queue reserves.
    projects
        As declared in ``PROJECTS``.
    clock
        Tells which step runs.

    Returns
    -------
    Tables by name.

    Raises
    ------
    InvalidData
        When a relief measure would press an asset further above its limit, or the plan speaks
        of homes and projects that nobody asks.
    SolverFailed
        When the power flow has no answer.
    """
    with clock.step("harm"):
        # A plan that was found is held to what the reader of a file holds one to.
        kinds = desk.twin.catalogue.kinds
        raise_faults([*find_harm(desk.twin, plan), *list_issues(kinds, plan, projects)])
    horizons = plan_horizons(desk, plan, projects, clock)
    fits, reserved = answer_projects(desk, plan, projects, horizons, clock)
    promises = plan.promises if len(plan.promises) else reserved
    kept = replace(plan, promises=promises)
    with clock.step("check") as done:
        confirmation, evidence = confirm_plan(
            desk.twin, kept, projects, horizons["mid"], solve_steps_fastest, done=done
        )
    stairs = staircase(projects, promises, confirmation, horizons["mid"])
    with clock.step("band") as done:
        band, full = horizon_band(horizons, draws=DRAWS)
        certain = how_certain(desk, plan, projects, horizons, done)
    return {
        "projects": projects,
        "fits": fits,
        "promises": promises,
        "measures": plan.measures,
        "budgets": plan.budgets,
        "costs": plan_costs(desk, plan, horizons["mid"]),
        "staircase": stairs.merge(certain["connected"], on="year") if certain else stairs,
        "room": city_years(horizons["mid"]),
        "years_areas": area_years(desk, horizons["mid"]),
        "years_links": link_years(desk, horizons["mid"]),
        "band": band,
        "full": full,
        **({"tornado": certain["tornado"]} if certain else {}),
        "confirmation": confirmation,
        "evidence": evidence,
        "sites": sites_of(desk, plan, projects),
        "outlines": plan.outlines,
        "kinds": desk.twin.catalogue.kinds,
        "substations": desk.twin.grid.substations[["substation_id", "substation_name"]],
        "home_types": desk.twin.catalogue.home_types,
        "outlook": desk.twin.catalogue.outlook,
        "parameters": desk.parameters_rows,
        "files": desk.files,
        **limit_tables(desk.twin),
    }


def how_certain(
    desk: Desk,
    plan: Plan,
    projects: pd.DataFrame,
    horizons: Horizons,
    done: Callable[[float], None],
) -> Tables:
    """How sure it is that the list is connected, and what moves that; nothing for a long list.

    Returns
    -------
    ``connected``, the band per year, and ``tornado``, of the last year.
    """
    if len(projects) > BAND_ROWS_MAX:
        return {}
    span = plan_span(desk.twin, plan, projects, horizons)
    return {
        "connected": connected_band(span, draws=DRAWS, done=done),
        "tornado": connected_tornado(span),
    }


def plan_costs(desk: Desk, plan: Plan, horizon: Horizon) -> pd.DataFrame:
    """Cost of a plan per measure, year and payer; columns as from ``cost_table``."""
    sites, issues = plan_sites(with_outlines(desk.twin, plan), plan)
    raise_faults(issues)
    effects = unit_effects(desk.twin, plan, sites, horizon.grid, horizon.tree, horizon.case)
    return cost_table(plan, desk.twin.catalogue.kinds, lengths_of(effects), horizon.case)


def staircase(
    projects: pd.DataFrame, promises: pd.DataFrame, confirmation: pd.DataFrame, horizon: Horizon
) -> pd.DataFrame:
    """Homes at the end of each year: asked, promised, confirmed, and what the region would hold.

    Returns
    -------
    ``year, asked, promised, confirmed, region_homes``.
    """
    years = list(horizon.years)
    homes = projects[projects["kind"] == "homes"]
    names = homes["project_id"]
    promised = _by_year(promises[promises["project_id"].isin(names)], "size", years)
    confirmed = _by_year(confirmation[confirmation["project_id"].isin(names)], "confirmed", years)
    return pd.DataFrame(
        {
            "year": years,
            "asked": asked(homes, years).sum(axis=0),
            "promised": promised,
            "confirmed": confirmed,
            "region_homes": np.floor(horizon.region_kw / _region_kw_per_home(horizon)),
        }
    )


def _region_kw_per_home(horizon: Horizon) -> float:
    """What the home that rooms are counted in adds where homes coincide most. [kW]."""
    return horizon.home_kw * float(horizon.level_factor_unit[horizon.tree.parent < 0].max())


def _by_year(rows: pd.DataFrame, column: str, years: list[int]) -> np.ndarray:
    """Sum over projects at the end of each year; a year that is not told is as the one before."""
    if rows.empty:
        return np.zeros(len(years))
    told = rows.pivot_table(index="project_id", columns="year", values=column)
    told = told.reindex(columns=sorted({*told.columns, *years})).ffill(axis=1)
    return told[years].sum(axis=0).to_numpy(dtype=np.float64)


def city_years(horizon: Horizon) -> pd.DataFrame:
    """Homes that still fit in the whole city per year, of the home that rooms are counted in."""
    return (
        homes_that_fit(horizon, CITY, horizon.home_kw)
        .drop(columns="room")
        .rename(columns={"room_lasting": "room"})
    )


def sites_of(desk: Desk, plan: Plan, projects: pd.DataFrame) -> gpd.GeoDataFrame:
    """Where the measures of a plan and the projects of a list lie; unknown places are left out.

    Returns
    -------
    ``place, kind, area_code, x_m, y_m, substation_id, assumed`` with a point, EPSG:28992.
    """
    places = sorted({*projects["place"].astype(str), *plan.measures["place"].astype(str)})
    found, _ = locate(desk.twin, plan, places)
    columns = ["place", "kind", "area_code", "x_m", "y_m", "substation_id", "assumed"]
    rows = [[getattr(site, name) for name in columns] for site in found.values()]
    return as_points(pd.DataFrame(rows, columns=columns))


def area_years(desk: Desk, horizon: Horizon) -> pd.DataFrame:
    """Homes that fit in each area per year with the plan, before any project is connected.

    Returns
    -------
    ``area_code, year, room, room_lasting, binding, binding_kind, binding_at``; homes as rooms are
    counted in.
    """
    parts = [
        homes_that_fit(horizon, area, horizon.home_kw).assign(area_code=area)
        for area in desk.twin.city.areas["area_code"].astype(str)
    ]
    columns = ["area_code", "year", "room", "room_lasting", "binding", "binding_kind", "binding_at"]
    return pd.concat(parts, ignore_index=True)[columns]


def link_years(desk: Desk, horizon: Horizon) -> pd.DataFrame:
    """Highest loading of each link per year with the plan, before any project is connected.

    Returns
    -------
    ``link_id, kind, year, loading_max``: load over limit [1]; missing where nothing stands yet,
    or where it is withheld.
    """
    tree, years = horizon.tree, horizon.years
    highest_kva = np.maximum(horizon.base_kva.max(axis=2), 0.0).astype(np.float64)
    shown = (horizon.limit_kva > 0) & ~withheld_links(desk.twin, tree)
    loading = np.divide(
        highest_kva, horizon.limit_kva, out=np.full(highest_kva.shape, np.nan), where=shown
    )
    kinds = np.array(LINK_KINDS, dtype=object)[tree.link_kind]
    return pd.DataFrame(
        {
            "link_id": np.tile(tree.link_ids, len(years)),
            "kind": np.tile(kinds, len(years)),
            "year": np.repeat(years, tree.parent.size),
            "loading_max": loading.ravel(),
        }
    )


def plan_facts(desk: Desk, plan: Plan) -> dict[str, object]:
    """Facts that the head and the foot of a page about a plan tell."""
    return {
        "city": desk.twin.city.name,
        "municipality_code": desk.twin.city.municipality_code,
        "plan": plan.name or None,
        "outlook": plan.outlook,
        "detail": desk.detail,
        "grid": "given" if desk.grid_given else "drawn up",
        "first_year": plan.first_year,
        "last_year": plan.last_year,
        "limits": limit_facts(desk.twin),
        "discount_rate": desk.twin.parameters["mid"].value("discount_rate"),
        "draws": DRAWS,
        "version": metadata.version("stroomstad"),
        "created_at": dt.datetime.now(dt.UTC).replace(microsecond=0).isoformat(),
    }


def save_plan(desk: Desk, plan: Plan, tables: Tables, keep: Keep, clock: Clock) -> Path:
    """Keep the answer of a plan: its tables, its pages, and the plan itself.

    Parameters
    ----------
    desk, plan, tables
        What was asked and answered.
    keep
        Folder that keeps runs, in which a new one is made; and what makes the files that
        people read.
    clock
        Tells which step runs.

    Returns
    -------
    Folder of the run.
    """
    facts = plan_facts(desk, plan) | {
        "present_value_eur": present_worth(desk, plan, tables["costs"]),
        "parameters_sha256": hash_table(desk.parameters_rows),
        "inputs": dict(zip(desk.files["file"], desk.files["sha256"], strict=True)),
        "warnings": [str(issue) for issue in desk.warnings],
        "seconds": clock.seconds,
    }
    with clock.step("report"):
        files = dict(keep[1](tables, facts))
    files |= plan_files(desk, plan)
    moment = dt.datetime.now(dt.UTC)
    name = f"plan-{safe_name(plan.name)}-{moment:%Y%m%d-%H%M%S}"
    return save_run(keep[0], name, tables, facts, files)


def plan_files(desk: Desk, plan: Plan, outlines: str = OUTLINES_FILE) -> dict[str, bytes]:
    """Write a plan as files by name, so that it reads back: its TOML, and the outlines it added."""
    city = dict(zip(desk.twin.outlines["place"], desk.twin.outlines.geometry, strict=True))
    added = [
        place not in city or not shape.equals(city[place])
        for place, shape in zip(plan.outlines["place"], plan.outlines.geometry, strict=True)
    ]
    raw, files = plan_as_toml(plan), {}
    if any(added):
        raw["outlines"] = outlines
        files[outlines] = outlines_text(plan.outlines[added]).encode("utf-8")
    return {"plan.toml": toml_text(raw).encode("utf-8"), **files}


def present_worth(desk: Desk, plan: Plan, costs: pd.DataFrame) -> float:
    """All costs of a plan brought to its first year. [EUR]."""
    rate = desk.twin.parameters["mid"].value("discount_rate")
    worth = present_value(costs, rate, plan.first_year)
    return float(worth[["investment_eur", "yearly_eur"]].sum().sum())
