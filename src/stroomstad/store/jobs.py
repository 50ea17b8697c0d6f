"""Keeps long work in SQLite, so that what was asked survives a restart of whoever does it.

A job is ``queued``, then ``running``, and ends as ``done``, ``failed`` or ``cancelled``. Whoever
works claims the oldest that is queued. What was running when its worker died is queued again,
and after `ATTEMPTS_MAX` attempts it has failed. A job that is to keep what it has when it is
cancelled is ``stopping`` until its worker has seen to that.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import sqlite3
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from stroomstad.errors import InvalidData, Issue, NotFound
from stroomstad.store.folders import is_alive

Status = Literal["queued", "running", "stopping", "done", "failed", "cancelled"]
ENDED: tuple[Status, ...] = ("done", "failed", "cancelled")
ATTEMPTS_MAX = 2
# Own choice: more than a team asks in a month; the oldest that ended make room.
KEPT_MAX = 1000
_TABLE = """
CREATE TABLE IF NOT EXISTS job (
  number INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, kind TEXT NOT NULL, inputs TEXT NOT NULL,
  status TEXT NOT NULL, step TEXT NOT NULL DEFAULT '', fraction REAL NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL, started_at TEXT, finished_at TEXT, attempt INTEGER NOT NULL DEFAULT 0,
  worker INTEGER, run TEXT, issues TEXT NOT NULL DEFAULT '[]', message TEXT NOT NULL DEFAULT '',
  kept TEXT
)
"""


@dataclass(frozen=True, slots=True)
class Job:
    """Long work that was asked.

    Attributes
    ----------
    id
        Its name.
    kind, inputs
        What is asked, and of what.
    status
        How far it is.
    step, fraction
        What is being done, and how much of that. [1]
    created_at, started_at, finished_at
        Moments in UTC; nothing where it is not so far.
    attempt
        How many times it was begun.
    worker
        Process that does it.
    run
        Run that it left; nothing where it leaves none.
    issues
        Faults and warnings that it met.
    message
        How it ended, in one sentence; empty while it has not.
    kept
        What was kept of it when it was cancelled; nothing where that does not apply.
    """

    id: str
    kind: str
    inputs: dict[str, Any]
    status: Status
    step: str
    fraction: float
    created_at: str
    started_at: str | None
    finished_at: str | None
    attempt: int
    worker: int | None
    run: str | None
    issues: tuple[Issue, ...]
    message: str
    kept: dict[str, Any] | None


class JobStore:
    """Jobs in one file; any number of processes may use it at once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with self._open() as rows:
                rows.execute("PRAGMA journal_mode = WAL")
                rows.execute(_TABLE)
                _add_column(rows)
        except (OSError, sqlite3.Error) as found:
            problem = f"jobs cannot be kept here ({found})."
            raise InvalidData([Issue(str(path), problem, "Name another folder.")]) from found

    def add(self, kind: str, inputs: Mapping[str, Any]) -> Job:
        """Queue a job."""
        name = uuid.uuid4().hex
        with self._open() as rows:
            rows.execute(
                "INSERT INTO job (id, kind, inputs, status, created_at) VALUES (?, ?, ?, ?, ?)",
                (name, kind, json.dumps(dict(inputs)), "queued", _now()),
            )
            rows.execute(
                "DELETE FROM job WHERE status NOT IN ('queued', 'running', 'stopping')"
                " AND number <= (SELECT max(number) FROM job) - ?",
                (KEPT_MAX,),
            )
        return self.get(name)

    def get(self, name: str) -> Job:
        """Look a job up.

        Raises
        ------
        NotFound
            When there is none of that name.
        """
        with self._open() as rows:
            found = rows.execute("SELECT * FROM job WHERE id = ?", (name,)).fetchone()
        if found is None:
            raise NotFound(f"job {name!r} is not there.")
        return _job(found)

    def all(self, *statuses: Status) -> list[Job]:
        """Jobs, newest first; only those of some statuses where these are given."""
        with self._open() as rows:
            found = rows.execute("SELECT * FROM job ORDER BY number DESC").fetchall()
        return [_job(row) for row in found if not statuses or row["status"] in statuses]

    def claim(self, worker: int) -> Job | None:
        """Take the oldest job that is queued; nothing when none is."""
        with self._open() as rows:
            found = rows.execute(
                "UPDATE job SET status = 'running', worker = ?, started_at = ?,"
                " attempt = attempt + 1, step = '', fraction = 0 WHERE number ="
                " (SELECT min(number) FROM job WHERE status = 'queued') RETURNING *",
                (worker, _now()),
            ).fetchone()
        return None if found is None else _job(found)

    def tell(self, name: str, worker: int, step: str, fraction: float) -> bool:
        """Keep how far a job is; false when it is not this worker's any more."""
        with self._open() as rows:
            changed = rows.execute(
                "UPDATE job SET step = ?, fraction = ? WHERE id = ? AND worker = ?",
                (step, fraction, name, worker),
            ).rowcount
        return changed > 0

    def ask_to_stop(self, name: str) -> bool:
        """Let the worker of a job keep what it has and end it; false when it does not run."""
        with self._open() as rows:
            changed = rows.execute(
                "UPDATE job SET status = 'stopping' WHERE id = ? AND status = 'running'", (name,)
            ).rowcount
        return changed > 0

    def keep(self, name: str, worker: int, kept: Mapping[str, Any]) -> None:
        """Tell what is kept of a job that was asked to stop, before its worker ends it."""
        with self._open() as rows:
            rows.execute(
                "UPDATE job SET kept = ? WHERE id = ? AND worker = ?",
                (json.dumps(dict(kept)), name, worker),
            )

    def end(
        self,
        name: str,
        status: Status,
        *,
        worker: int | None = None,
        run: str | None = None,
        issues: Sequence[Issue] = (),
        message: str = "",
    ) -> bool:
        """End a job; false when it had ended already, as when it was cancelled meanwhile.

        A worker names itself, and then ends only what is still its own.
        """
        told = json.dumps([[i.where, i.problem, i.remedy, i.severity] for i in issues])
        with self._open() as rows:
            changed = rows.execute(
                "UPDATE job SET status = ?, finished_at = ?, run = ?, issues = ?, message = ?,"
                " worker = NULL WHERE id = ? AND status IN ('queued', 'running', 'stopping')"
                " AND (? IS NULL OR worker = ?)",
                (status, _now(), run, told, message, name, worker, worker),
            ).rowcount
        return changed > 0

    def take_back(self) -> list[Job]:
        """Queue again what workers that are gone were doing.

        What was begun too often has failed, and what was to stop is cancelled.
        """
        at_work = self.all("running", "stopping")
        left = [job for job in at_work if job.worker and not is_alive(job.worker)]
        for job in left:
            if job.status == "stopping":
                self.end(job.id, "cancelled", worker=job.worker, message="cancelled.")
                continue
            if job.attempt >= ATTEMPTS_MAX:
                message = f"the calculation was cut off {job.attempt} times, last at {job.step!r}."
                self.end(job.id, "failed", worker=job.worker, message=message)
                continue
            with self._open() as rows:
                rows.execute(
                    "UPDATE job SET status = 'queued', worker = NULL WHERE id = ? AND worker = ?",
                    (job.id, job.worker),
                )
        return [self.get(job.id) for job in left]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        rows = sqlite3.connect(self.path, timeout=10.0)
        rows.row_factory = sqlite3.Row
        try:
            with rows:
                yield rows
        finally:
            rows.close()


def _job(row: sqlite3.Row) -> Job:
    told = {key: row[key] for key in row.keys() if key != "number"}  # noqa: SIM118 - no mapping
    issues = tuple(Issue(*each) for each in json.loads(told["issues"]))
    kept = json.loads(told["kept"] or "null")
    return Job(**told | {"inputs": json.loads(told["inputs"]), "issues": issues, "kept": kept})


def _add_column(rows: sqlite3.Connection) -> None:
    """Give a file of an earlier version the column that it lacks."""
    if "kept" not in {row["name"] for row in rows.execute("PRAGMA table_info(job)")}:
        with contextlib.suppress(sqlite3.OperationalError):  # Another process was first.
            rows.execute("ALTER TABLE job ADD COLUMN kept TEXT")


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
