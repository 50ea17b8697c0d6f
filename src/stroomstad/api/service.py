"""What a running service has at hand: the city, its runs, plans, lists and jobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import geopandas as gpd
from fastapi import Depends, Request

from stroomstad.run.desk import outlines_of
from stroomstad.run.model import EXAMPLES, read_city
from stroomstad.store import check_writable
from stroomstad.store.jobs import JobStore
from stroomstad.store.shelf import Shelf
from stroomstad.tables.limits import LimitChoice
from stroomstad.tables.plan import Catalogue

PLAN_ENDINGS, OUTLINES_ENDING = (".toml",), ".geojson"
LIST_ENDINGS = (".csv", ".xlsx")
# Plan and project list of each example, by the municipality that it is of.
_EXAMPLES = {"GM0034": {"almere_2035": ("almere_2035.toml", "almere_projects.xlsx")}}


@dataclass(frozen=True, slots=True)
class Service:
    """Where a service reads and writes, and what it knows of its city.

    Attributes
    ----------
    city, city_name, municipality_code
        Folder of the city, and which one it is.
    runs
        Folder that keeps runs.
    plans, lists
        Plans and project lists that people write.
    jobs
        Long work.
    seed
        Seed of everything that is drawn.
    limits
        Which limits hold where a job does not ask for others.
    catalogue, outlines
        What plans may choose from, and the outlines that the city has.
    examples
        Plan and project list to begin with, by name.
    """

    city: Path
    city_name: str
    municipality_code: str
    runs: Path
    plans: Shelf
    lists: Shelf
    jobs: JobStore
    seed: int
    limits: LimitChoice
    catalogue: Catalogue
    outlines: gpd.GeoDataFrame
    examples: Mapping[str, tuple[Path, Path]]


def open_service(city: Path, runs: Path, desk: Path, seed: int = 1) -> Service:
    """Open a service over folders.

    Parameters
    ----------
    city
        Folder of the city.
    runs
        Folder that keeps runs and jobs.
    desk
        Folder with the plans and lists that people write.
    seed
        Seed of everything that is drawn.

    Raises
    ------
    InvalidData
        With every fault of the city, or when a folder cannot be written to.
    """
    for folder in (runs, desk):
        check_writable(folder)
    inputs = read_city(city, seed=seed)
    code = inputs.city.municipality_code
    examples = {
        name: (EXAMPLES / plan, EXAMPLES / projects)
        for name, (plan, projects) in _EXAMPLES.get(code, {}).items()
        if (EXAMPLES / plan).is_file()
    }
    return Service(
        city=city,
        city_name=inputs.city.name,
        municipality_code=code,
        runs=runs,
        plans=Shelf(desk, PLAN_ENDINGS, OUTLINES_ENDING),
        lists=Shelf(desk, LIST_ENDINGS),
        jobs=JobStore(runs / "jobs.sqlite"),
        seed=seed,
        limits=inputs.limits,
        catalogue=inputs.catalogue,
        outlines=outlines_of(city),
        examples=examples,
    )


def service_of(request: Request) -> Service:
    """Give the service that a request was sent to."""
    service: Service = request.app.state.service
    return service


AtHand = Annotated[Service, Depends(service_of)]
