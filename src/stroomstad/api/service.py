"""What a running service has at hand: the city, its runs, plans, lists and jobs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from stroomstad.store.jobs import JobStore
from stroomstad.store.shelf import Shelf

PLAN_ENDINGS = (".toml",)
LIST_ENDINGS = (".csv", ".xlsx")


@dataclass(frozen=True, slots=True)
class Service:
    """Where a service reads and writes.

    Attributes
    ----------
    city
        Folder of the city.
    municipality_code
        Which city that is.
    runs
        Folder that keeps runs.
    plans, lists
        Plans and project lists that people write.
    jobs
        Long work.
    seed
        Seed of everything that is drawn.
    """

    city: Path
    municipality_code: str
    runs: Path
    plans: Shelf
    lists: Shelf
    jobs: JobStore
    seed: int = 1


def service_at(
    city: Path, municipality_code: str, runs: Path, desk: Path, seed: int = 1
) -> Service:
    """Make a service over folders; ``desk`` holds the plans and lists that people write."""
    return Service(
        city,
        municipality_code,
        runs,
        Shelf(desk, PLAN_ENDINGS),
        Shelf(desk, LIST_ENDINGS),
        JobStore(runs / "jobs.sqlite"),
        seed,
    )


def service_of(request: Request) -> Service:
    """Give the service that a request was sent to."""
    service: Service = request.app.state.service
    return service


AtHand = Annotated[Service, Depends(service_of)]
