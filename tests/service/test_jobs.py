"""Jobs: asked, followed, cancelled, and what is left of them when something is killed."""

import os
import signal
from dataclasses import replace

import pytest
from services import PLAN, bench_of, plan_for, rows_for, running, wait_until

from stroomstad.api.work import carry_out
from stroomstad.api.workers import _Opened, _work_on
from stroomstad.store import list_runs
from stroomstad.store.jobs import ATTEMPTS_MAX, JobStore
from stroomstad.tables.limits import AskedLimits

NEW = {"If-None-Match": "*"}
GONE = 2**22 - 3  # a process that is not there


@pytest.fixture
def store(tmp_path):
    return JobStore(tmp_path / "jobs.sqlite")


def test_jobs_are_done_in_the_order_in_which_they_are_asked(store):
    names = [store.add("city", {}).id for _ in range(3)]
    assert [store.claim(os.getpid()).id for _ in range(3)] == names
    assert store.claim(os.getpid()) is None


def test_what_a_dead_worker_did_is_begun_again_and_then_fails_by_name(store):
    job = store.add("plan", {"plan": "a"})
    for attempt in range(1, ATTEMPTS_MAX + 1):
        assert store.claim(GONE).attempt == attempt
        store.tell(job.id, GONE, "fit", 0.5)
        (left,) = store.take_back()
    assert left.status == "failed"
    assert "cut off" in left.message
    assert "fit" in left.message


def test_what_a_living_worker_does_is_left_alone(store):
    store.add("city", {})
    store.claim(os.getpid())
    assert store.take_back() == []
    assert store.all()[0].status == "running"


def test_a_worker_ends_only_what_is_its_own(store):
    job = store.add("city", {})
    store.claim(GONE)
    store.take_back()
    store.claim(os.getpid())
    assert not store.end(job.id, "done", worker=GONE, run="x")
    assert not store.tell(job.id, GONE, "late", 1.0)
    assert store.end(job.id, "done", worker=os.getpid(), run="y")
    assert store.get(job.id).run == "y"


def test_a_cancelled_job_stays_cancelled(store):
    job = store.add("city", {})
    store.claim(os.getpid())
    store.end(job.id, "cancelled")
    assert not store.end(job.id, "done", worker=os.getpid())
    assert store.get(job.id).status == "cancelled"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"kind": "plan"}, "plan"),
        ({"kind": "dance"}, "kind"),
        ({"kind": "claim"}, "list"),
        (
            {"kind": "search", "plan": "proef", "list": "proef", "budgets_eur": {"koning": 1}},
            "payer",
        ),
        (
            {"kind": "search", "plan": "proef", "list": "proef", "budgets_eur": {"state": -1}},
            "budget",
        ),
        ({"kind": "city", "surprise": 1}, "surprise"),
        ({"kind": "claim", "list": "proef", "limits": "warm"}, "limits"),
        ({"kind": "claim", "list": "proef", "n1_relaxed": "ja"}, "n1_relaxed"),
        ({"kind": "check", "plan": ["a"]}, "plan"),
    ],
)
def test_a_faulty_job_is_told_and_not_queued(client, made, asked, said):
    before = len(made.jobs.all())
    answer = client.post("/v1/jobs", json=asked)
    assert answer.status_code == 400
    assert said in answer.text
    assert len(made.jobs.all()) == before


def test_a_job_on_a_plan_that_is_not_there_is_refused(client):
    assert client.post("/v1/jobs", json={"kind": "check", "plan": "nergens"}).status_code == 404


class Reached(Exception):
    """The city is asked for, under some limits."""


@pytest.mark.parametrize("kind", ["plan", "search", "claim"])
def test_the_limits_that_a_job_asks_are_those_under_which_the_city_is_opened(made, kind):
    def opened(_clock, limits):
        raise Reached(limits)

    asked = {"plan": "proef", "list": "proef", "limits": "thermal", "n1_relaxed": True}
    with pytest.raises(Reached) as found:
        carry_out(kind, asked, replace(bench_of(made), desk=opened))
    assert found.value.args == (AskedLimits("thermal", True),)


@pytest.mark.slow
def test_the_limits_that_a_job_asks_are_kept_with_it_and_told_with_its_answer(client, made):
    """One worker: a claim under asked limits, then others under those of the city."""
    asked, opened = {"limits": "nameplate", "n1_relaxed": True}, _Opened(made)
    claim = worked(client, made, opened, {"kind": "claim", "list": "proef", **asked})
    assert claim["inputs"] == {"list": "proef"} | asked
    held = client.get(f"/v1/runs/{claim['run']}").json()
    facts = {name: held["facts"]["limits"][name] for name in ("transformers", "n1_relaxed")}
    assert facts == {"transformers": "nameplate", "n1_relaxed": True}
    assert "hun nominale vermogen" in held["limits"]["nl"]
    assert "N-1 relaxed" in held["limits"]["en"]
    desk = opened.desk
    worked(client, made, opened, {"kind": "check", "plan": "proef", "list": "proef"})
    assert opened.desk is desk
    usual = worked(client, made, opened, {"kind": "claim", "list": "proef"})
    listed = {each["id"]: each["limits"] for each in client.get("/v1/runs").json()["runs"]}
    assert "bedrijfspraktijk" in listed[usual["run"]]["nl"]
    assert listed[claim["run"]] == held["limits"]


def test_a_form_is_told_which_limits_there_are_and_which_are_usual(client):
    told = client.get("/v1/catalogue").json()["limits"]
    assert told["usual"] == {"transformers": "cyclic", "n1_relaxed": False}
    assert set(told["transformers"]) == {"nameplate", "cyclic", "thermal"}


def worked(client, service, opened, asked):
    """Ask a job and carry it out here, as a worker would."""
    posted = client.post("/v1/jobs", json=asked)
    assert posted.status_code == 201
    _work_on(service.jobs.claim(os.getpid()), service, opened)
    told = client.get(f"/v1/jobs/{posted.json()['id']}").json()
    assert told["status"] == "done", told
    return told


@pytest.mark.slow
def test_the_whole_story_over_the_wire(made, tmp_path):
    """A process of its own: save, check, claim, cancel; kill the worker; kill the service."""
    with running(tmp_path, made.city) as client:
        city = wait_until(lambda: client.get("/v1/city").json().get("run"), 120)
        assert client.put("/v1/plans/p", json=plan_for(made), headers=NEW).status_code == 201
        rows = {"rows": rows_for(made)}
        assert client.put("/v1/lists/p", json=rows, headers=NEW).status_code == 201
        assert ended(client, {"kind": "check", "plan": "p", "list": "p"})["issues"] == []
        claim = ended(client, {"kind": "claim", "list": "p"})
        assert client.get(f"/v1/runs/{claim['run']}/files/claim.xlsx").content[:2] == b"PK"

        asked = client.post("/v1/jobs", json={"kind": "plan", "plan": "p", "list": "p"}).json()
        wait_until(lambda: status(client, asked) == "running", 30)
        assert client.delete(f"/v1/jobs/{asked['id']}").json()["status"] == "cancelled"

        asked = client.post("/v1/jobs", json={"kind": "plan", "plan": "p", "list": "p"}).json()
        store = JobStore(tmp_path / "runs" / "jobs.sqlite")
        worker = wait_until(lambda: store.get(asked["id"]).worker, 30)
        os.kill(worker, signal.SIGKILL)
        wait_until(lambda: status(client, asked) == "done", 90)
        assert client.get(f"/v1/jobs/{asked['id']}").json()["attempt"] == 2

        asked = client.post("/v1/jobs", json={"kind": "plan", "plan": "p", "list": "p"}).json()
        wait_until(lambda: store.get(asked["id"]).worker, 30)
        client.process.kill()
        client.process.wait()
    with running(tmp_path, made.city) as client:
        job = wait_until(lambda: done(client, asked), 90)
        assert job["status"] == "done"
        assert client.get("/v1/city").json()["run"] == city
        assert client.get("/v1/plans/p").json()["measure"][0]["id"] == PLAN["measure"][0]["id"]
        kept = {folder.name for folder in list_runs(tmp_path / "runs")}
        assert {each["id"] for each in client.get("/v1/runs").json()["runs"]} == kept


def status(client, job):
    return client.get(f"/v1/jobs/{job['id']}").json()["status"]


def done(client, job):
    told = client.get(f"/v1/jobs/{job['id']}").json()
    return told if told["status"] in ("done", "failed") else None


def ended(client, asked):
    """Ask a job and wait until it is done."""
    job = client.post("/v1/jobs", json=asked).json()
    told = wait_until(lambda: done(client, job), 60)
    assert told["status"] == "done", told
    return told
