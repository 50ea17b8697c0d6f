"""Safe by default: who may ask, how much, and what no answer gives away."""

import json

import numpy as np
import pandas as pd
import pytest
from services import bench_of, client_of, make_service, plan_for, rows_for

from stroomstad.api import Rate
from stroomstad.api.guards import BODY_BYTES_MAX
from stroomstad.api.routes.runs import NOT_SHOWN
from stroomstad.api.work import carry_out
from stroomstad.store import load_run

SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/city", "/v1/nothing", "/nothing", "/v1/runs/x"])
def test_every_answer_carries_headers_of_safety(client, path):
    headers = client.get(path).headers
    assert all(headers[name] == value for name, value in SECURITY.items())
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("host", ["example.org", "127.0.0.1.example.org", "", "localhost.evil"])
def test_a_name_of_another_host_is_refused(client, host):
    assert client.get("/v1", headers={"Host": host}).status_code == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://example.org"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://127.0.0.1.example.org"},
    ],
)
def test_pages_of_elsewhere_change_nothing(client, made, headers):
    before = len(made.jobs.all())
    answer = client.post("/v1/jobs", json={"kind": "city"}, headers=headers)
    assert answer.status_code == 403
    assert len(made.jobs.all()) == before


def test_too_much_at_once_is_refused_and_told(made):
    with client_of(made, Rate(per_second=0.001, burst=3)) as client:
        statuses = [client.get("/v1").status_code for _ in range(5)]
        assert statuses == [200, 200, 200, 429, 429]
        assert client.get("/v1").headers["Retry-After"]


def test_a_body_that_is_too_large_is_refused(client):
    new = {"If-None-Match": "*", "Content-Type": "text/csv"}
    big = b"a" * (BODY_BYTES_MAX + 1)
    assert client.put("/v1/lists/groot", content=big, headers=new).status_code == 413

    def parts():
        for _ in range(BODY_BYTES_MAX // 1_000_000 + 2):
            yield b"a" * 1_000_000

    assert client.put("/v1/lists/groot", content=parts(), headers=new).status_code == 413


def test_a_question_that_is_too_long_is_refused(client):
    assert client.get(f"/v1/search?q={'a' * 5000}").status_code == 400


def test_text_of_people_is_data_and_never_a_page(client, made):
    name = "<script>alert(1)</script>"
    plan = plan_for(made, name=name)
    client.put("/v1/plans/script", json=plan, headers={"If-None-Match": "*"})
    answer = client.get("/v1/plans/script")
    assert answer.json()["name"] == name
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_name_with_markup_is_escaped_on_the_pages_of_a_run(made):
    name = "<img src=x onerror=alert(1)>"
    with client_of(made) as client:
        new = {"If-None-Match": "*"}
        client.put("/v1/plans/beeld", json=plan_for(made, name=name), headers=new)
        rows = {"rows": rows_for(made, name=name)[:1]}
        client.put("/v1/lists/beeld", json=rows, headers=new)
        run = carry_out("plan", {"plan": "beeld", "list": "beeld"}, bench_of(made)).run
        for file in ("report.html", "report-en.html"):
            page = client.get(f"/v1/runs/{run}/files/{file}").text
            assert "<img src=x" not in page
            assert "&lt;img src=x" in page


SECRET_MW = 0.0317459
# The winter week, and the same week of the year.
SERIES = (("winter", 0), ("year", 8 * 96))


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """A city in which the peak of one customer is measured and not public."""
    first = make_service(tmp_path_factory.mktemp("open"))
    run = load_run(next(first.runs.glob("city-*")))
    stations = run.tables["stations"]
    customer = stations[stations["owner"] == "customer"].iloc[0]["station_id"]
    known = f"{customer},load_max_mw,{SECRET_MW},MW,2024-01-01,measured,no\n"
    return make_service(tmp_path_factory.mktemp("guarded"), known=known, year=True), customer


def numbers_in(content):
    """Every number of a JSON answer."""
    found = []

    def gather(part):
        if isinstance(part, dict):
            for value in part.values():
                gather(value)
        elif isinstance(part, list):
            for value in part:
                gather(value)
        elif isinstance(part, int | float) and not isinstance(part, bool):
            found.append(float(part))

    gather(content)
    return np.array(found)


def forms_of(secret_mw):
    """The secret as somebody may meet it: in MW, kW, and kVA at any power factor of the model."""
    kw = secret_mw * 1000.0
    return [secret_mw, kw, *(kw / factor for factor in (0.95, 0.98, 1.0))]


def test_no_answer_holds_a_measured_peak_of_few_connections(guarded):
    service, customer = guarded
    (run,) = [path.name for path in service.runs.glob("city-*")]
    with client_of(service) as client:
        facts = client.get(f"/v1/runs/{run}").json()
        paths = [f"/v1/runs/{run}/tables/{each['name']}?limit=10000" for each in facts["tables"]]
        layers = ("areas", "stations", "substations", "cables", "open_cables", "results")
        paths += [f"/v1/collections/{name}/items?limit=10000" for name in layers]
        paths += [f"/v1/runs/{run}/links/{customer}", f"/v1/runs/{run}", "/v1/city",
                  f"/v1/runs/{run}/links/{customer}/loading", "/v1/indicators",
                  f"/v1/runs/{run}/links/{customer}/loading?series=year"]  # fmt: skip
        for path in paths:
            answer = client.get(path)
            assert answer.status_code == 200, path
            numbers = numbers_in(answer.json())
            for secret in forms_of(SECRET_MW):
                near = np.abs(numbers - secret) < 1e-4 * secret
                assert not near.any(), (path, numbers[near])
        told = client.get(f"/v1/runs/{run}/links/{customer}").json()
        assert told["known_not_public"] is True
        assert told["load_max_kva"] is None
        assert told["worst"] == []
        for name in facts["files"]:
            content = client.get(f"/v1/runs/{run}/files/{name}").content
            assert str(SECRET_MW).encode() not in content


@pytest.mark.parametrize(("series", "first"), SERIES)
def test_no_difference_of_series_gives_it_away(guarded, series, first):
    """Every node: what flows in, less what flows on through links that are shown."""
    service, customer = guarded
    (run,) = [path.name for path in service.runs.glob("city-*")]
    tables = load_run(service.runs / run).tables
    with client_of(service) as client:
        answer = client.get(f"/v1/runs/{run}/loading/{series}?from={first}&to={first + 672}")
        steps = np.frombuffer(answer.content, dtype="<i2").reshape(672, -1)
        fed_by = {
            name: client.get(f"/v1/runs/{run}/links/{name}").json()["fed_by"][:1]
            for name in tables["links"]["link_id"]
        }
    links = tables["links"]["link_id"].tolist()
    limit_kva = tables["links"]["limit_kva"].to_numpy()
    shown = ~(steps == NOT_SHOWN).all(axis=0)
    load_kva = np.where(shown, steps / 1000.0 * limit_kva, np.nan)
    assert not shown[links.index(customer)]
    above = [links.index(way[0]["id"]) if way else -1 for way in fed_by.values()]
    secret_kva = SECRET_MW * 1000.0 / np.array([0.95, 0.98, 1.0])
    for at in range(len(links)):
        below = [i for i, each in enumerate(above) if each == at]
        if not shown[at] or not below:
            continue
        rest = load_kva[:, at] - np.nansum(load_kva[:, below], axis=1)
        hidden = [links[i] for i in below if not shown[i]]
        if customer in hidden:
            assert len(hidden) > 1
            assert (np.abs(rest.max() - secret_kva) > 1e-3 * secret_kva).all()


@pytest.mark.slow
def test_the_attack_would_find_a_peak_that_is_public(guarded, tmp_path):
    """The same search on a city that publishes the fact: proof that the search can find it."""
    _, customer = guarded
    known = f"{customer},load_max_mw,{SECRET_MW},MW,2024-01-01,measured,yes\n"
    service = make_service(tmp_path, known=known)
    (run,) = [path.name for path in service.runs.glob("city-*")]
    with client_of(service) as client:
        told = client.get(f"/v1/runs/{run}/links/{customer}")
        numbers = numbers_in(json.loads(told.content))
    assert any((np.abs(numbers - each) < 1e-3 * each).any() for each in forms_of(SECRET_MW))
    assert not pd.isna(told.json()["load_max_kva"])
