"""What people hand in, read and checked against a city: plans, project lists, outlines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import geopandas as gpd
import pandas as pd

from stroomstad.errors import InvalidData, Issue, faults, raise_faults
from stroomstad.exchange import read_outlines, read_sheet, read_toml
from stroomstad.measures.effects import plan_sites
from stroomstad.measures.sites import resolve_sites, with_outlines
from stroomstad.measures.twin import Site, Twin
from stroomstad.planning import plan_issues, read_plan, read_projects
from stroomstad.powerflow import Network
from stroomstad.run.model import Clock, build_twin, no_outlines, read_city
from stroomstad.tables.plan import Plan

OUTLINES_FILE = "outlines.geojson"
OUTLINE_ENDINGS = (".geojson", ".json")


@dataclass(frozen=True, slots=True)
class Desk:
    """A city that is ready for questions about plans and projects.

    Attributes
    ----------
    folder
        Folder of the city.
    twin, network
        The city as it stands, and what solves it.
    files
        Fingerprints of everything that was read.
    parameters_rows
        The parameter table.
    warnings
        What was noticed while the city was read.
    """

    folder: Path
    twin: Twin
    network: Network
    files: pd.DataFrame
    parameters_rows: pd.DataFrame
    warnings: tuple[Issue, ...]


def open_city(city_folder: Path | str, *, seed: int = 1, clock: Clock | None = None) -> Desk:
    """Read a city, draw up its grid and solve its design weeks.

    Parameters
    ----------
    city_folder
        Folder with a ``city.toml``, and perhaps an ``outlines.geojson``.
    seed
        Seed of everything that is drawn.
    clock
        Tells which step runs.

    Raises
    ------
    InvalidData
        With every fault of the files.
    SolverFailed
        When the power flow has no answer.
    """
    clock = clock or Clock(lambda _step, _done: None)
    folder = Path(city_folder)
    with clock.step("read"):
        inputs = read_city(folder, seed=seed)
        outlines = _outlines_of(folder / OUTLINES_FILE)
    twin, network = build_twin(inputs, seed, clock, outlines)
    return Desk(folder, twin, network, inputs.files, inputs.parameters, tuple(inputs.warnings))


def _outlines_of(path: Path) -> gpd.GeoDataFrame:
    if not path.exists():
        return no_outlines()
    outlines, issues = read_outlines(path)
    raise_faults(issues)
    return no_outlines() if outlines is None else outlines


def read_plan_file(path: Path, desk: Desk) -> tuple[Plan, list[Issue]]:
    """Read a plan and hold it against a city.

    Parameters
    ----------
    path
        TOML file of the plan; outlines it names lie beside it.
    desk
        The city that it is for.

    Returns
    -------
    The plan, and warnings.

    Raises
    ------
    InvalidData
        With every fault of the plan.
    """
    raw, issues = read_toml(path)
    if raw is None:
        raise InvalidData(issues)
    outlines = desk.twin.outlines
    named = raw.get("outlines")
    if isinstance(named, str):
        own, found = read_outlines(path.parent / named)
        issues += found
        outlines = outlines if own is None else joined_outlines(outlines, own)
    plan, found = read_plan(raw, path.name, outlines, desk.twin.catalogue.kinds)
    issues += found
    if plan is None:
        raise InvalidData(issues)
    issues += plan_issues(plan, desk.twin.catalogue.kinds)
    issues += city_issues(desk.twin, plan, path.name)
    raise_faults(issues)
    return plan, issues


def city_issues(twin: Twin, plan: Plan, where: str) -> list[Issue]:
    """Faults of a plan that only show beside its city: another city, places that are not there."""
    issues = []
    if plan.city != twin.city.name:
        issues.append(
            Issue(
                f"{where}, city",
                f"is {plan.city}, and the city that was read is {twin.city.name}.",
                "Name the folder of the plan's city with --city, or mend the plan.",
            )
        )
    _, found = plan_sites(with_outlines(twin, plan), plan)
    return [*issues, *found]


def locate(twin: Twin, plan: Plan, places: Iterable[str]) -> tuple[dict[str, Site], list[Issue]]:
    """Look places up in a city and among the outlines of a plan; faults as values."""
    return resolve_sites(places, twin.grid, twin.city, plan.outlines, twin.parameters["mid"])


def read_project_list(path: Path, desk: Desk, plan: Plan) -> tuple[pd.DataFrame, Plan, list[Issue]]:
    """Read a project list and hold its places against a city.

    Parameters
    ----------
    path
        XLSX or CSV file; outline files it names lie beside it.
    desk
        The city.
    plan
        Gives outlines; those of the list are added to it.

    Returns
    -------
    Projects as in ``PROJECTS``, the plan with the list's outlines, and warnings.

    Raises
    ------
    InvalidData
        With every fault of the list.
    """
    cells, issues = read_sheet(path)
    if cells is None:
        raise InvalidData(issues)
    projects, found = read_projects(cells, path.name)
    issues += found
    if projects is None:
        raise InvalidData(issues)
    outlines, found = outlines_named(projects["place"], path.parent)
    issues += found
    plan = replace(plan, outlines=joined_outlines(plan.outlines, outlines))
    issues += _place_issues(desk.twin, plan, projects, path.name)
    if faults(issues):
        raise InvalidData(issues)
    return projects, plan, issues


def read_single_project(
    asked: Mapping[str, object], desk: Desk, plan: Plan
) -> tuple[pd.DataFrame, Plan]:
    """Read one project as asked for by itself.

    Parameters
    ----------
    asked
        What stands in each column of a project list; nothing where it is left out.
    desk, plan
        The city, and what is planned there; an outline file of the place is added to the plan.

    Raises
    ------
    InvalidData
        With every fault of what is asked.
    """
    cells = pd.DataFrame(
        [{key: "" if value is None else str(value) for key, value in asked.items()} | {"row": 1}]
    )
    projects, issues = read_projects(cells, "project")
    if projects is None:
        raise InvalidData(issues)
    place = str(projects["place"].iloc[0])
    outlines, found = outlines_named([place], Path())
    plan = replace(plan, outlines=joined_outlines(plan.outlines, outlines))
    raise_faults([*issues, *found, *_place_issues(desk.twin, plan, projects, "project")])
    return projects, plan


def _place_issues(twin: Twin, plan: Plan, projects: pd.DataFrame, where: str) -> list[Issue]:
    """Faults of places, each with the first row that names it."""
    issues = []
    for place, rows in projects.groupby("place", sort=False)["row"]:
        _, found = locate(twin, plan, [str(place)])
        issues += [
            replace(each, where=f"{where}, row {rows.iloc[0]}, {each.where}") for each in found
        ]
    return issues


def outlines_named(places: Iterable[str], folder: Path) -> tuple[gpd.GeoDataFrame, list[Issue]]:
    """Read the outline files that places name; each goes by the name of its file."""
    outlines, issues = no_outlines(), []
    for place in sorted({each for each in places if each.lower().endswith(OUTLINE_ENDINGS)}):
        own, found = read_outlines(folder / place)
        issues += found
        if own is not None:
            whole = own.dissolve().assign(place=place)
            outlines = joined_outlines(outlines, whole)
    return outlines, issues


def joined_outlines(outlines: gpd.GeoDataFrame, more: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Outlines with others added; of one name the later wins."""
    kept = outlines[~outlines["place"].isin(more["place"])]
    parts = [each for each in (kept, more) if len(each)]
    if not parts:
        return outlines
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=28992)
