"""What people hand in, read and checked against a city: plans, project lists, outlines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import geopandas as gpd
import pandas as pd

from stroomstad.errors import InvalidData, Issue, faults, name_some, raise_faults
from stroomstad.exchange import read_outlines, read_sheet, read_toml
from stroomstad.measures.presence import built_names
from stroomstad.measures.sites import resolve_sites
from stroomstad.measures.twin import Site, Twin
from stroomstad.planning import read_places, read_plan, read_projects
from stroomstad.powerflow import Network
from stroomstad.run.checks import list_issues, plan_faults
from stroomstad.run.model import Clock, build_twin, no_outlines, read_city
from stroomstad.synthesis import Detail
from stroomstad.tables.limits import AskedLimits
from stroomstad.tables.plan import Plan

OUTLINES_FILE = "outlines.geojson"
OUTLINE_ENDINGS = (".geojson", ".json")
# More faults of places than this are told together.
PLACES_TOLD_MAX = 100


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
    detail
        Whether low voltage has a node per address group, or one per address.
    grid_given
        Whether the city gave its grid; else it is drawn up.
    """

    folder: Path
    twin: Twin
    network: Network
    files: pd.DataFrame
    parameters_rows: pd.DataFrame
    warnings: tuple[Issue, ...]
    detail: Detail = "group"
    grid_given: bool = False


def open_city(
    city_folder: Path | str,
    *,
    seed: int = 1,
    clock: Clock | None = None,
    limits: AskedLimits | None = None,
    detail: Detail = "group",
) -> Desk:
    """Read a city, draw up its grid and solve its design weeks.

    Parameters
    ----------
    city_folder
        Folder with a ``city.toml``, and perhaps an ``outlines.geojson``.
    seed
        Seed of everything that is drawn.
    clock
        Tells which step runs.
    limits
        Which limits hold, where it is not as the city says.
    detail
        Whether low voltage has a node per address group, or one per address.

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
        inputs = read_city(folder, seed=seed, limits=limits)
        outlines = outlines_of(folder)
    twin, network = build_twin(inputs, seed, clock, outlines, detail)
    rows = twin.parameters["mid"].rows
    warnings, given = tuple(inputs.warnings), inputs.grid is not None
    return Desk(folder, twin, network, inputs.files, rows, warnings, detail, given)


def outlines_of(city_folder: Path) -> gpd.GeoDataFrame:
    """Outlines that a city has beside its areas, as declared in ``OUTLINES``.

    Raises
    ------
    InvalidData
        With every fault of their file.
    """
    path = city_folder / OUTLINES_FILE
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
    plan, _, issues = _plan_in(path, desk)
    if plan is None or faults(issues):
        raise InvalidData(issues)
    return plan, issues


def read_plan_and_list(
    plan_path: Path, list_path: Path, desk: Desk
) -> tuple[Plan, pd.DataFrame, list[Issue]]:
    """Read a plan and the projects that it is for, and tell the faults of both at once.

    Parameters
    ----------
    plan_path, list_path, desk
        As for `read_plan_file` and `read_project_list`.

    Returns
    -------
    The plan with the list's outlines, projects as in ``PROJECTS``, and warnings.

    Raises
    ------
    InvalidData
        With every fault of the plan and of the list, and of what the plan says of the list.
    """
    plan, projects, issues = _both_in(plan_path, list_path, desk)
    if plan is not None and projects is not None:
        found = list_issues(desk.twin.catalogue.kinds, plan, projects)
        issues += _named(found, plan_path)
    if plan is None or projects is None or faults(issues):
        raise InvalidData(issues)
    return plan, projects, issues


def read_list_under_plan(
    list_path: Path, plan_path: Path, desk: Desk
) -> tuple[pd.DataFrame, Plan, list[Issue]]:
    """Read a project list, and the plan that is carried out meanwhile, for whomever it is.

    As `read_plan_and_list`, but the plan may speak of projects that are not in the list.
    """
    plan, projects, issues = _both_in(plan_path, list_path, desk)
    if plan is None or projects is None or faults(issues):
        raise InvalidData(issues)
    return projects, plan, issues


def _both_in(
    plan_path: Path, list_path: Path, desk: Desk
) -> tuple[Plan | None, pd.DataFrame | None, list[Issue]]:
    """Plan with the outlines of a list, and that list, each nothing when unreadable; and issues."""
    plan, outlines, issues = _plan_in(plan_path, desk)
    projects, outlines, found = _list_in(list_path, desk.twin, outlines)
    issues += found
    if plan is None or projects is None:
        return plan, projects, issues
    issues += _late_issues(projects, plan, list_path.name)
    return replace(plan, outlines=outlines), projects, issues


def _plan_in(path: Path, desk: Desk) -> tuple[Plan | None, gpd.GeoDataFrame, list[Issue]]:
    """Plan in a file, or nothing when it cannot be read; the outlines it knows; and issues."""
    raw, issues = read_toml(path)
    outlines, kinds = desk.twin.outlines, desk.twin.catalogue.kinds
    if raw is None:
        return None, outlines, issues
    named = raw.get("outlines")
    if isinstance(named, str):
        own, found = read_outlines(path.parent / named)
        issues += found
        outlines = outlines if own is None else joined_outlines(outlines, own)
    plan, found = read_plan(raw, path.name, outlines, kinds)
    issues += found
    issues += _city_issues(desk.twin, raw, path.name)
    issues += _measure_place_issues(desk.twin, outlines, raw, path.name)
    if plan is not None:
        issues += _named(plan_faults(desk.twin, plan), path)
    return plan, outlines, issues


def _named(issues: list[Issue], path: Path) -> list[Issue]:
    """Put the name of a file before where each issue is."""
    return [replace(each, where=f"{path.name}, {each.where}") for each in issues]


def _city_issues(twin: Twin, raw: Mapping[str, object], where: str) -> list[Issue]:
    """Faults of a plan that is for another city."""
    named = raw.get("city")
    if not isinstance(named, str) or named.strip() in ("", twin.city.name):
        return []
    problem = f"is {named.strip()}, and the city that was read is {twin.city.name}."
    remedy = "Name the folder of the plan's city with --city, or mend the plan."
    return [Issue(f"{where}, city", problem, remedy)]


def _measure_place_issues(
    twin: Twin, outlines: gpd.GeoDataFrame, raw: Mapping[str, object], where: str
) -> list[Issue]:
    """Faults of the places of measures, also where the text of the plan is faulty."""
    entries = _measure_entries(raw)
    builder = {
        name: str(entry["id"])
        for _, entry in entries
        for name in built_names(str(entry.get("id")), str(entry.get("kind")))
        if "id" in entry
    }
    named = [
        (str(entry["place"]).strip(), f"measure {entry.get('id', number)}")
        for number, entry in entries
        if isinstance(entry.get("place"), str)
    ]
    places = pd.DataFrame([each for each in named if each[0]], columns=["place", "named_by"])
    to_come = places["place"].isin(builder) & ~places["place"].isin(outlines["place"])
    issues = _place_issues(twin, outlines, places[~to_come], where)
    for place, named_by in places[to_come].itertuples(index=False, name=None):
        problem = f"is what measure {builder[place]} is to build, and no place that stands."
        remedy = f"Name the place of {builder[place]}, and let this depend on it."
        issues.append(Issue(f"{where}, {named_by}, place {place!r}", problem, remedy))
    is_file = places["place"].str.lower().str.endswith(OUTLINE_ENDINGS)
    unknown = places[is_file & ~places["place"].isin(outlines["place"])]
    for place, named_by in unknown.itertuples(index=False, name=None):
        problem = "is called like a file, and no outline of the plan has that name."
        remedy = "Put it in the file that `outlines` of the plan names, and write its name there."
        issues.append(Issue(f"{where}, {named_by}, place {place!r}", problem, remedy))
    return issues


def _measure_entries(raw: Mapping[str, object]) -> list[tuple[int, dict[str, object]]]:
    """Measures in the text of a plan that can be read at all, with their number."""
    written = raw.get("measure")
    entries = written if isinstance(written, list) else []
    return [
        (number, entry) for number, entry in enumerate(entries, start=1) if isinstance(entry, dict)
    ]


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
    projects, outlines, issues = _list_in(path, desk.twin, plan.outlines)
    if projects is None or faults(issues):
        raise InvalidData(issues)
    issues += _late_issues(projects, plan, path.name)
    return projects, replace(plan, outlines=outlines), issues


def _list_in(
    path: Path, twin: Twin, outlines: gpd.GeoDataFrame
) -> tuple[pd.DataFrame | None, gpd.GeoDataFrame, list[Issue]]:
    """Projects in a file, or nothing when they cannot be read; outlines with theirs; issues."""
    cells, issues = read_sheet(path)
    if cells is None:
        return None, outlines, issues
    projects, found = read_projects(cells, path.name)
    issues += found
    places = read_places(cells)
    own, found = outlines_named(places["place"], path.parent)
    issues += found
    outlines = joined_outlines(outlines, own)
    named = places.assign(named_by="row " + places["row"].astype(str))
    return projects, outlines, issues + _place_issues(twin, outlines, named, path.name)


def read_single_project(
    asked: Mapping[str, object], desk: Desk, plan: Plan
) -> tuple[pd.DataFrame, Plan]:
    """Read one project as asked for by itself.

    Parameters
    ----------
    asked
        What stands in each column of a project list; nothing where it is left out. Without a
        name, that of the outline in the file of the place is taken, else the place.
    desk, plan
        The city, and what is planned there; an outline file of the place is added to the plan.

    Raises
    ------
    InvalidData
        With every fault of what is asked.
    """
    place = " ".join(str(asked["place"]).split())
    asked = {**asked, "name": asked.get("name") or _own_name(place)}
    cells = pd.DataFrame(
        [{key: "" if value is None else str(value) for key, value in asked.items()} | {"row": 1}]
    )
    projects, issues = read_projects(cells, "project")
    outlines, found = outlines_named([place], Path())
    plan = replace(plan, outlines=joined_outlines(plan.outlines, outlines))
    places = pd.DataFrame({"place": [place], "named_by": ["--place"]})
    issues += [*found, *_place_issues(desk.twin, plan.outlines, places, "project")]
    if projects is not None and projects["first_year"].iloc[0] not in plan.years:
        year = projects["first_year"].iloc[0]
        problem = f"{year} lies outside {plan.first_year} to {plan.last_year}."
        remedy = "Give a year that is answered, or a plan that lasts longer."
        issues.append(Issue("project, --year", problem, remedy))
    if projects is None or faults(issues):
        raise InvalidData(issues)
    return projects, plan


def _own_name(place: str) -> str:
    """Name that a place has by itself: that of the outline in its file, else as it is written."""
    if not place.lower().endswith(OUTLINE_ENDINGS):
        return place
    own, _ = read_outlines(Path(place))
    return str(own["place"].iloc[0]) if own is not None and len(own) == 1 else Path(place).stem


def _late_issues(projects: pd.DataFrame, plan: Plan, where: str) -> list[Issue]:
    """Warnings of projects that begin after the last year that is answered."""
    late = projects[projects["first_year"] > plan.last_year]
    if late.empty:
        return []
    rows = name_some([f"{row['row']}: {row['first_year']}" for row in late.to_dict("records")])
    problem = f"rows begin after {plan.last_year}, the last year that is answered ({rows})."
    remedy = f"They are answered as in {plan.last_year}; lengthen the plan for a later answer."
    return [Issue(where, problem, remedy, "warning")]


def _place_issues(
    twin: Twin, outlines: gpd.GeoDataFrame, places: pd.DataFrame, where: str
) -> list[Issue]:
    """Faults of places, each with the first row or measure that names it."""
    # A file that could not be read is told where it is read.
    is_file = places["place"].str.lower().str.endswith(OUTLINE_ENDINGS)
    asked = places[~is_file | places["place"].isin(outlines["place"])]
    first = asked.drop_duplicates("place").set_index("place")["named_by"]
    _, found = resolve_sites(
        first.index.astype(str), twin.grid, twin.city, outlines, twin.parameters["mid"]
    )
    # Who names a place stands before it; an issue is of ``place 'name'``.
    by_name = {f"place {str(place)!r}": named_by for place, named_by in first.items()}
    told = [replace(each, where=f"{where}, {by_name[each.where]}, {each.where}") for each in found]
    if len(told) <= PLACES_TOLD_MAX:
        return told
    rest = [each.where.removeprefix(f"{where}, ") for each in told[PLACES_TOLD_MAX:]]
    problem = f"{len(rest)} more places are not found ({name_some(rest)})."
    return [*told[:PLACES_TOLD_MAX], Issue(where, problem, found[-1].remedy)]


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
