"""One process beside the service that does its jobs, so that long work holds nobody up.

It opens the city once and keeps it, and opens it anew where a job asks for other limits. To cancel
is to end the process: that works whatever it is doing, a run is kept whole or not at all, and
another takes its place. Only a search is asked to stop first, so that it keeps the best that it has
found; who cancels it again, or waits too long, ends the process after all.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import threading
import time
from dataclasses import asdict, dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

from stroomstad.api.service import Service, open_service
from stroomstad.api.work import Bench, Outcome, carry_out
from stroomstad.errors import InvalidData, Issue, StroomstadError, faults
from stroomstad.run.desk import Desk, open_city
from stroomstad.run.model import Clock
from stroomstad.store.jobs import Job
from stroomstad.tables.limits import AskedLimits

_LOOK_S = 0.3
_TELL_S = 0.25
# Own choice: on Almere, on two cores that were busy otherwise too, a search took 6 to 21 s.
STOP_S = 60.0
_CUT = "cancelled before it had stopped by itself; nothing is kept."


@dataclass
class Workers:
    """Keeps a worker at work.

    Attributes
    ----------
    service
        What it works for.
    stop_s
        How long a search that is cancelled may take to keep what it has found. [s]
    """

    service: Service
    stop_s: float = STOP_S
    _stops: dict[str, float] = field(default_factory=dict)
    _worker: BaseProcess | None = None
    _stopping: threading.Event = field(default_factory=threading.Event)
    _watch: threading.Thread | None = None

    def start(self) -> None:
        """Start working, and queue again what was cut off earlier."""
        self.service.jobs.take_back()
        self._watch = threading.Thread(target=self._keep_working, daemon=True)
        self._watch.start()

    def stop(self) -> None:
        """Stop working; what was begun is queued again."""
        self._stopping.set()
        if self._watch:
            self._watch.join()
        self._end()
        self.service.jobs.take_back()

    def cancel(self, job: Job) -> Job:
        """Cancel a job that has not ended; a search that runs keeps what it has found first."""
        jobs = self.service.jobs
        if job.kind == "search" and jobs.ask_to_stop(job.id):
            return jobs.get(job.id)
        self._cut(job)
        return jobs.get(job.id)

    def _cut(self, job: Job) -> None:
        message = _CUT if job.status == "stopping" else "cancelled."
        ended = self.service.jobs.end(job.id, "cancelled", message=message)
        if ended and self._worker and self._worker.pid == job.worker:
            self._end()

    def _cut_late(self) -> None:
        """End what was asked to stop too long ago."""
        now, stops = time.monotonic(), self.service.jobs.all("stopping")
        self._stops = {job.id: self._stops.get(job.id, now) for job in stops}
        for job in stops:
            if now - self._stops[job.id] > self.stop_s:
                self._cut(job)

    def _keep_working(self) -> None:
        while not self._stopping.wait(_LOOK_S):
            self.service.jobs.take_back()
            self._cut_late()
            if self._worker is None or not self._worker.is_alive():
                self._worker = self._begun()

    def _begun(self) -> BaseProcess:
        service = self.service
        folders = (service.city, service.runs, service.plans.folder, service.seed, os.getpid())
        # Spawned, not forked: a fork would copy locks that other threads of this process hold.
        worker = multiprocessing.get_context("spawn").Process(
            target=work, args=folders, daemon=True
        )
        worker.start()
        return worker

    def _end(self) -> None:
        worker = self._worker
        if worker and worker.is_alive():
            worker.terminate()
            worker.join(5.0)
            if worker.is_alive():
                worker.kill()
                worker.join()


def work(city: Path, runs: Path, desk: Path, seed: int, parent: int) -> None:
    """Do jobs, one after the other, until the process that asked for it is gone."""
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    with contextlib.suppress(KeyboardInterrupt):
        service = open_service(city, runs, desk, seed)
        bench = _Opened(service)
        while True:
            job = service.jobs.claim(os.getpid())
            if job is None:
                time.sleep(_LOOK_S)
            else:
                _work_on(job, service, bench)


def _end_with(parent: int) -> None:
    """End this process when the one that started it is gone, in the midst of anything."""
    while os.getppid() == parent:
        time.sleep(_LOOK_S)
    os._exit(1)


@dataclass
class _Opened:
    """A city that is opened when it is first needed, and anew where other limits are asked."""

    service: Service
    desk: Desk | None = None

    def __call__(self, clock: Clock, limits: AskedLimits | None) -> Desk:
        wanted = None if limits is None else self.service.limits.asked(limits)
        if self.desk is not None and wanted not in {None, self.desk.twin.limits}:
            self.desk = None  # Before another is opened: no two are held at once.
        if self.desk is None:
            city, seed = self.service.city, self.service.seed
            self.desk = open_city(city, seed=seed, clock=clock, limits=limits)
        return self.desk


def _work_on(job: Job, service: Service, desk: _Opened) -> None:
    """Do one job and keep how it ended; a fault of ours ends the job, not the worker."""
    jobs, bench = service.jobs, Bench(service, desk, _Told(job, service), _Heeded(job, service))
    try:
        _end_well(job, carry_out(job.kind, job.inputs, bench), service)
    except InvalidData as found:
        message = f"faults: {len(faults(found.issues))}."
        jobs.end(job.id, "failed", worker=os.getpid(), issues=found.issues, message=message)
    except StroomstadError as found:
        jobs.end(job.id, "failed", worker=os.getpid(), message=str(found))
    except Exception as found:  # noqa: BLE001 - whatever it is, who waits must be told
        problem = f"stopped by a fault of the program ({type(found).__name__}: {found})."
        issue = Issue(f"job {job.kind}", problem, "Report it with what you asked.")
        jobs.end(job.id, "failed", worker=os.getpid(), issues=[issue], message=problem)


def _end_well(job: Job, outcome: Outcome, service: Service) -> None:
    jobs, kept, worker = service.jobs, outcome.kept, os.getpid()
    if kept is None:
        jobs.end(job.id, "done", worker=worker, run=outcome.run, issues=outcome.issues)
        return
    jobs.keep(job.id, worker, asdict(kept))
    jobs.end(job.id, "cancelled", worker=worker, issues=outcome.issues, message=str(kept))


@dataclass
class _Heeded:
    """Whether somebody asked a job to stop; looked up not more often than that can matter."""

    job: Job
    service: Service
    last: float = 0.0
    asked: bool = False

    def __call__(self) -> bool:
        now = time.monotonic()
        if not self.asked and now - self.last > _TELL_S:
            self.last = now
            self.asked = self.service.jobs.get(self.job.id).status == "stopping"
        return self.asked


@dataclass
class _Told:
    """Keeps how far a job is, not more often than somebody can read."""

    job: Job
    service: Service
    last: float = 0.0
    step: str = ""

    def __call__(self, step: str, fraction: float) -> None:
        now = time.monotonic()
        if step != self.step or now - self.last > _TELL_S:
            self.step, self.last = step, now
            self.service.jobs.tell(self.job.id, os.getpid(), step, fraction)
