"""A search that is asked over the wire: its answer, and what is kept of it when it is cancelled."""

import multiprocessing
import sqlite3
import time
from dataclasses import replace

import pytest
from services import bench_of, running, searchable, wait_until

from stroomstad.api import open_service, work
from stroomstad.api.work import Kept, carry_out
from stroomstad.api.workers import Workers
from stroomstad.errors import InvalidData, Issue
from stroomstad.run.model import Clock
from stroomstad.store import list_runs, load_run
from stroomstad.store.jobs import JobStore

from .conftest import client_of

NEW = {"If-None-Match": "*"}
ASKED = {"plan": "zoek", "list": "zoek", "budgets_eur": {"society": 1e8}, "curve": True}


def save(client, service):
    plan, rows = searchable(service)
    assert client.put("/v1/plans/zoek", json=plan, headers=NEW).status_code == 201
    assert client.put("/v1/lists/zoek", json={"rows": rows}, headers=NEW).status_code == 201


@pytest.fixture(scope="module")
def service(made, tmp_path_factory):
    """A service of the same city with a workspace and jobs of its own."""
    folder = tmp_path_factory.mktemp("searched")
    service = open_service(made.city, folder / "runs", folder / "plans")
    with client_of(service) as client:
        save(client, service)
    return service


@pytest.fixture(scope="module")
def desk(service):
    """The city, opened once for every search of these tests."""
    return bench_of(service).desk(Clock(lambda _step, _done: None))


def search(service, desk, *, stop_in=None):
    """Search, and ask to stop as soon as a step has begun; gives what it leaves, and its steps."""
    steps = []

    def opened(clock, _limits):
        with clock.step("read"):
            return desk

    bench = replace(
        bench_of(service),
        desk=opened,
        tell=lambda step, _done: steps.append(step),
        stopped=lambda: stop_in in steps,
    )
    return carry_out("search", ASKED, bench), list(dict.fromkeys(steps))


def test_a_search_leaves_what_it_chose_and_the_homes_of_every_budget(service, desk):
    outcome, steps = search(service, desk)
    assert outcome.kept is None
    assert {"search", "cuts", "search again", "curve", "fit", "report"} <= set(steps)
    tables = load_run(service.runs / outcome.run).tables
    counts = tables["measures"].loc[tables["measures"]["status"] == "planned", "measure_id"]
    assert set(tables["chosen"]["measure_id"]) == set(counts) != set()
    budgets = tables["curve"].groupby("payer")["budget_eur"].nunique()
    assert (budgets[["municipality", "society"]] > 1).all()


@pytest.mark.parametrize("step", ["read", "years"])
def test_a_search_that_is_stopped_before_it_found_anything_says_so(service, desk, step):
    plans, runs = service.plans.names(), list_runs(service.runs)
    outcome, _ = search(service, desk, stop_in=step)
    assert outcome.run is None
    assert outcome.kept == Kept()
    assert "nothing is kept" in str(outcome.kept)
    assert (service.plans.names(), list_runs(service.runs)) == (plans, runs)


@pytest.mark.parametrize("step", ["search", "cuts", "search again", "curve", "fit"])
def test_a_search_that_is_stopped_leaves_the_best_so_far_as_a_plan(service, desk, step):
    before, runs = set(service.plans.names()), list_runs(service.runs)
    outcome, steps = search(service, desk, stop_in=step)
    assert steps[-1] == {"search": "harm", "cuts": "harm", "search again": "harm",
                         "curve": "harm", "fit": "fit"}[step]  # fmt: skip
    (name,) = set(service.plans.names()) - before
    assert outcome.run is None
    assert outcome.kept.plan == name
    assert list_runs(service.runs) == runs
    with client_of(service) as client:
        plan = client.get(f"/v1/plans/{name}").json()
    promised = [each["size"] for each in plan["promise"] if each["year"] == plan["last_year"]]
    assert outcome.kept.homes == pytest.approx(sum(promised))
    assert outcome.kept.homes > 0
    assert outcome.kept.year == plan["last_year"]
    assert outcome.kept.gap >= 0
    assert f"plan {name}: {outcome.kept.homes:,.0f} homes" in str(outcome.kept)
    checked = carry_out("check", {"plan": name, "list": "zoek"},
                        replace(bench_of(service), desk=lambda *_asked: desk))  # fmt: skip
    assert [each for each in checked.issues if each.severity == "fault"] == []


def test_what_a_search_found_is_kept_also_where_it_is_refused_afterwards(
    service, desk, monkeypatch
):
    def refuse(*_asked):
        raise InvalidData([Issue("plan", "is refused.", "Change it.")])

    monkeypatch.setattr(work, "answer_plan", refuse)
    before = set(service.plans.names())
    with pytest.raises(InvalidData, match=r"is refused.*\n.*holds what the search found") as found:
        search(service, desk)
    (name,) = set(service.plans.names()) - before
    assert found.value.issues[-1].where == f"plan {name}"
    assert found.value.issues[-1].severity == "warning"


def test_a_stop_that_is_not_heeded_ends_the_process_all_the_same(service):
    workers, job = at_work(service, stop_s=0.0)
    asked = workers.cancel(job)
    assert asked.status == "stopping"
    assert workers._worker.is_alive()
    while service.jobs.get(job.id).status == "stopping":
        workers._cut_late()
    assert not workers._worker.is_alive()
    left = service.jobs.get(job.id)
    assert (left.status, left.kept) == ("cancelled", None)
    assert "nothing is kept" in left.message


def test_who_cancels_a_search_twice_need_not_wait(service):
    workers, job = at_work(service)
    left = workers.cancel(workers.cancel(job))
    assert (left.status, left.kept) == ("cancelled", None)
    assert not workers._worker.is_alive()


def test_a_search_that_still_waits_is_cancelled_at_once(service):
    job = service.jobs.add("search", ASKED)
    assert Workers(service).cancel(job).status == "cancelled"


def at_work(service, **more):
    """Workers whose process is busy with a search, and heeds nothing."""
    workers = Workers(service, **more)
    workers._worker = multiprocessing.get_context("spawn").Process(
        target=time.sleep, args=(600,), daemon=True
    )
    workers._worker.start()
    service.jobs.add("search", ASKED)
    return workers, service.jobs.claim(workers._worker.pid)


def test_what_was_to_stop_is_cancelled_when_its_worker_is_gone(tmp_path):
    store = JobStore(tmp_path / "jobs.sqlite")
    job = store.add("search", {})
    assert not store.ask_to_stop(job.id)
    store.claim(2**22 - 3)  # a process that is not there
    assert store.ask_to_stop(job.id)
    (left,) = store.take_back()
    assert left.status == "cancelled"


def test_jobs_of_an_earlier_version_are_read(tmp_path):
    store = JobStore(tmp_path / "jobs.sqlite")
    job = store.add("city", {})
    with sqlite3.connect(store.path) as rows:
        rows.execute("ALTER TABLE job DROP COLUMN kept")
    assert JobStore(store.path).get(job.id) == job


@pytest.mark.slow
def test_a_search_is_asked_followed_and_stopped_over_the_wire(service, tmp_path):
    with running(tmp_path, service.city) as client:
        wait_until(lambda: client.get("/v1/city").json().get("run"), 120)
        save(client, service)
        job = client.post("/v1/jobs", json={"kind": "search", **ASKED}).json()
        wait_until(lambda: told(client, job)["status"] == "running", 30)
        assert client.delete(f"/v1/jobs/{job['id']}").json()["status"] == "stopping"
        left = wait_until(lambda: ended(client, job), 60)
        assert left["status"] == "cancelled"
        plans = {each["id"] for each in client.get("/v1/plans").json()["plans"]}
        assert plans == {"zoek", left["kept"]["plan"] or "zoek"}
        again = client.post("/v1/jobs", json={"kind": "search", **ASKED}).json()
        assert wait_until(lambda: ended(client, again), 120)["status"] == "done"


def told(client, job):
    return client.get(f"/v1/jobs/{job['id']}").json()


def ended(client, job):
    now = told(client, job)
    return now if now["finished_at"] else None
