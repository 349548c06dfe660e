"""How the jobs of the installation went: the last run of each, and whether it is still about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.timetable import SKEW
from app.models import JobRun

#: a run that says nothing for so long was cut off
LIFE = timedelta(seconds=90)


class LastRun(NamedTuple):
    """The last run of a job. Without `finished_at` it still runs, or was cut off."""

    name: str
    started_at: datetime
    finished_at: datetime | None
    #: what it did, in numbers and what stands behind them; also what fills in the failure
    result: Mapping[str, Any]
    #: English msgid; "" when it went well
    failure: str
    #: how many runs have failed since the last that went well
    failed_runs: int = 0
    #: by the machine's clock: when it was begun, and until when it shows that it goes on
    begun_at: datetime | None = None
    alive_until: datetime | None = None

    def goes_on(self, machine: datetime) -> bool:
        """Whether somebody is about it now, by the machine's clock.

        Nobody shows for longer than a life that he goes on: what says so was noted by a clock that was ahead.
        """
        return self.alive_until is not None and machine <= self.alive_until <= machine + LIFE + SKEW

    @property
    def numbers(self) -> dict[str, int]:
        """What it did, by the names of the numbers."""
        return {name: number for name, number in self.result.items() if isinstance(number, int)}

    @property
    def words(self) -> str:
        """The failure as an English sentence."""
        return self.failure % self.result if self.failure else ""


_RUNS = select(
    *(JobRun.name, JobRun.started_at, JobRun.finished_at, JobRun.result, JobRun.failure),
    *(JobRun.failed_runs, JobRun.begun_at, JobRun.alive_until),
)


def begin_run(
    session: Session,
    name: str,
    now: datetime,
    machine: datetime,
    wanted: Callable[[LastRun | None], bool] = lambda _last: True,
) -> int | None:
    """Note that a job begins, what its run before said is forgotten; the number of the run.

    None, and nothing is noted, unless it is `wanted` after its last run: of all who ask at the same moment
    the first alone still finds it so. `machine` is the machine's clock.
    """
    run = session.get(JobRun, name, with_for_update=True) or _first(session, name, now)
    if not wanted(_told(run) if run.run else None):
        return None
    run.started_at, run.finished_at, run.result, run.failure = now, None, {}, ""
    run.begun_at, run.alive_until = machine, machine + LIFE
    run.run += 1
    return run.run


def show_life(session: Session, name: str, number: int, machine: datetime) -> None:
    """The run of that number goes on."""
    session.execute(
        update(JobRun)
        .where(JobRun.name == name, JobRun.run == number, JobRun.finished_at.is_(None))
        .values(alive_until=machine + LIFE)
    )


def finish_run(
    session: Session, name: str, number: int, now: datetime, result: Mapping[str, Any], failure: str = ""
) -> None:
    """Note how the run of that number went; whoever has begun another since speaks for itself."""
    run = session.get_one(JobRun, name, with_for_update=True)
    if run.run == number:
        run.finished_at, run.result, run.failure, run.alive_until = now, dict(result), failure, None
        run.failed_runs = run.failed_runs + 1 if failure else 0


def last_runs(session: Session) -> dict[str, LastRun]:
    """The last run of each job that has run at all."""
    return {row.name: LastRun(*row) for row in session.execute(_RUNS)}


def last_run(session: Session, name: str) -> LastRun:
    """The last run of a job that has run."""
    return _told(session.get_one(JobRun, name))


def _first(session: Session, name: str, now: datetime) -> JobRun:
    """The row of a job that never ran, or the one that somebody else has just made."""
    run = JobRun(name=name, started_at=now, run=0, failed_runs=0, result={})
    try:
        with session.begin_nested():
            session.add(run)
    except IntegrityError:
        return session.get_one(JobRun, name, with_for_update=True)
    return run


def _told(run: JobRun) -> LastRun:
    return LastRun(
        *(run.name, run.started_at, run.finished_at, run.result, run.failure),
        *(run.failed_runs, run.begun_at, run.alive_until),
    )
