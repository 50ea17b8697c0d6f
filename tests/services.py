"""A service over the made-up city, with a finished run and a plan that was answered."""

import json
import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import httpx2
from cityfiles import write_city
from starlette.testclient import TestClient

from stroomstad.api import Rate, build_app, open_service
from stroomstad.api.work import Bench, carry_out
from stroomstad.run.desk import open_city

BASE = "http://127.0.0.1"
PLENTY = 1e9
SOURCE = Path(__file__).parents[1] / "src"
PLAN = {
    "name": "Proefplan",
    "first_year": 2026,
    "last_year": 2028,
    "measure": [
        {"id": "groter", "kind": "larger_station", "size": 1, "in_service": 2027,
         "status": "planned", "assumed": True, "source": "made up"},
    ],
}  # fmt: skip
ROWS = [
    {"name": "Nieuwbouw", "first_year": "2026", "last_year": "2027", "homes": "40",
     "home_type": "appartement", "heating": "warmtenet"},
    {"name": "School", "first_year": "2027", "connection_kw": "60", "profile": "kantoor",
     "category": "3"},
]  # fmt: skip


# Every layer of the twin itself, as its collections are called.
LAYERS = (
    "areas",
    "stations",
    "substations",
    "cables",
    "open_cables",
    "projects",
    "measures",
    "results",
)


def area_codes(city):
    """Codes of the areas of a city folder."""
    features = json.loads(next(city.glob("*wijken*")).read_text(encoding="utf-8"))["features"]
    names = [feature["properties"] for feature in features]
    key = next(key for key, value in names[0].items() if str(value).startswith("WK"))
    return [str(each[key]) for each in names]


def make_service(folder, *, known="", year=False):
    """A service in a folder, whose city was run; ``known`` is added to its known facts."""
    city = write_city(folder / "city")
    if known:
        path = city / "known.csv"
        path.write_text(path.read_text(encoding="utf-8") + known, encoding="utf-8")
    service = open_service(city, folder / "runs", folder / "plans")
    assert carry_out("city", {"year": year}, bench_of(service)).run
    return service


def client_of(service, rate=None):
    """A client of an application over a service, without any process."""
    application = build_app(service, rate=rate or Rate(PLENTY, PLENTY))
    return TestClient(application, base_url=BASE, raise_server_exceptions=False)


def bench_of(service):
    """What a job works with, here in this process."""

    def opened(clock, limits=None):
        return open_city(service.city, seed=service.seed, clock=clock, limits=limits)

    return Bench(service, opened, lambda _step, _done: None)


def plan_for(service, **changes):
    """The plan of these tests, at the first area of the city."""
    place = area_codes(service.city)[0]
    measures = [each | {"place": place} for each in PLAN["measure"]]
    return PLAN | {"city": service.city_name, "measure": measures} | changes


def rows_for(service, **changes):
    """The project list of these tests, at the first area of the city."""
    place = area_codes(service.city)[0]
    return [row | {"place": place} | changes for row in ROWS]


def searchable(service):
    """A plan with candidates, and a list that asks more than fits without them."""
    place = area_codes(service.city)[0]
    rest = {"place": place, "in_service": 2027, "status": "candidate", "assumed": True,
            "source": "made up"}  # fmt: skip
    candidates = [
        {"id": "streng", "kind": "mv_cable", "size": 3, **rest},
        {
            "id": "stations",
            "kind": "new_station",
            "size": 12,
            "depends_on": ["streng"],
            "payers": {"municipality": 0.5, "grid_operator": 0.5},
            **rest,
        },
    ]
    homes, _ = rows_for(service)
    return plan_for(service, name="Zoekplan", measure=candidates), [homes | {"homes": "3000"}]


@contextmanager
def running(folder, city, *, source=SOURCE):
    """A service as a process of its own on a free port of this machine; gives its client."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "stroomstad.cli", "serve", str(city), "--port", str(port),
               "--runs", str(folder / "runs"), "--plans", str(folder / "plans")]  # fmt: skip
    if city is None:
        command.remove("None")
    environment = os.environ | {"PYTHONPATH": str(source)}
    silent = subprocess.DEVNULL
    with subprocess.Popen(command, env=environment, stdout=silent, cwd=folder) as process:
        try:
            with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
                wait_until(lambda: answers(client), 60)
                client.process = process
                yield client
        finally:
            process.terminate()
            process.wait(20)


def answers(client):
    """Whether a service answers."""
    try:
        return client.get("/v1").status_code == 200
    except httpx2.TransportError:
        return False


def wait_until(holds, seconds):
    """Wait until something holds, for so many seconds at most; gives what it was."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = holds()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("waited too long")
