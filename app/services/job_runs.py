"""How the jobs of the installation went: the last run of each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import JobRun


class LastRun(NamedTuple):
    """The last run of a job. Without `finished_at` it still runs, or was cut off."""

    name: str
    started_at: datetime
    finished_at: datetime | None
    #: what it did, in numbers; also what fills in the failure
    result: Mapping[str, Any]
    #: English msgid; "" when it went well
    failure: str

    @property
    def words(self) -> str:
        """The failure as an English sentence."""
        return self.failure % self.result if self.failure else ""


_RUNS = select(JobRun.name, JobRun.started_at, JobRun.finished_at, JobRun.result, JobRun.failure)


def begin_run(session: Session, name: str, now: datetime) -> None:
    """Note that a job begins; what its run before said is forgotten."""
    run = session.get(JobRun, name)
    if run is None:
        session.add(JobRun(name=name, started_at=now))
    else:
        run.started_at, run.finished_at, run.result, run.failure = now, None, {}, ""


def finish_run(
    session: Session, name: str, now: datetime, result: Mapping[str, Any], failure: str = ""
) -> None:
    """Note how a job went."""
    run = session.get_one(JobRun, name)
    run.finished_at, run.result, run.failure = now, dict(result), failure


def last_runs(session: Session) -> dict[str, LastRun]:
    """The last run of each job that has run at all."""
    return {row.name: LastRun(*row) for row in session.execute(_RUNS)}
