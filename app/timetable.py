"""When the jobs of an installation begin, which are due, and whether somebody runs them at all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, tzinfo
from typing import NamedTuple

from sqlalchemy.orm import Session

from app import jobs
from app.domain.errors import NotFoundError
from app.domain.timetable import Daily, Every, Timetable, is_due, is_late
from app.services.job_runs import LastRun, last_runs
from app.services.plans import find_plan, loaded_at
from app.work import Work
from config import Config

#: when each begins, in the zone of the installation's plan
TIMETABLES: dict[str, Timetable] = {
    "sessions": Daily(time(3, 0)),
    "uploads": Daily(time(3, 10)),
    "anchor": Every(minutes=10),
    "anchor_mail": Daily(time(7, 0)),
    "journal": Daily(time(3, 20)),
    "evidence": Daily(time(3, 30)),
    # After the checks: it holds what they have found to be whole.
    "backup": Daily(time(3, 40)),
    "scan": Every(minutes=1),
    "ladder": Daily(time(6, 0)),
    "digest": Daily(time(7, 0)),
    "reminders": Every(minutes=1),
    "mail": Every(minutes=1),
    "reports": Every(minutes=1),
}
#: what must have been done before: a digest tells what the ladder wrote, mail sends what was written
AFTER = {"digest": "ladder", "mail": "reminders"}


class Health(NamedTuple):
    """Jobs that nobody seems to run, and jobs whose last run failed, by their names."""

    late: list[str]
    failing: list[str]


def due(work: Work) -> list[str]:
    """The jobs whose time has come, in the order in which to begin them."""
    machine = work.config.clock.machine()
    with work.database.read() as session:
        runs, zone = last_runs(session), zone_of(session, work.config.plan)

    def is_open(name: str) -> bool:
        last = runs.get(name)
        return _wanted(name, last, machine, zone) or (last is not None and last.goes_on(machine))

    return [
        name
        for name in jobs.JOBS
        if _wanted(name, runs.get(name), machine, zone) and not (name in AFTER and is_open(AFTER[name]))
    ]


def run_if_due(name: str, work: Work) -> LastRun | None:
    """Run a job if its time has come and nobody is about it; None when there is nothing to do."""
    machine = work.config.clock.machine()
    with work.database.read() as session:
        zone = zone_of(session, work.config.plan)
    return jobs.run_if(name, work, lambda last: _wanted(name, last, machine, zone))


def next_runs(runs: Mapping[str, LastRun], machine: datetime, zone: tzinfo) -> dict[str, datetime]:
    """When each job begins next, by the machine's clock."""
    return {
        name: machine if _wanted(name, runs.get(name), machine, zone) else timetable.following(machine, zone)
        for name, timetable in TIMETABLES.items()
    }


def health(session: Session, config: Config) -> Health:
    """What does not run as it should; reports are made by workers alone, where there are any."""
    runs, machine, zone = last_runs(session), config.clock.machine(), zone_of(session, config.plan)
    # A demonstration's plan was loaded by another clock than the one that its jobs go by.
    since = loaded_at(session, config.plan) if config.clock.today is None else None

    def is_missed(name: str) -> bool:
        last = runs.get(name)
        if (name == "reports" and config.queue is None) or (last is not None and last.goes_on(machine)):
            return False
        return is_late(TIMETABLES[name], begun_at(last), machine, zone, since)

    late = [name for name in TIMETABLES if is_missed(name)]
    return Health(late, [name for name, last in runs.items() if last.failure])


def zone_of(session: Session, plan_code: str) -> tzinfo:
    """The time zone of the timetables: that of the installation's plan, UTC as long as it has none."""
    try:
        return find_plan(session, plan_code).zone
    except NotFoundError:
        return UTC


def begun_at(last: LastRun | None) -> datetime | None:
    """When a job was begun last by the machine's clock; None: never, or before anybody noted it."""
    return last.begun_at if last else None


def _wanted(name: str, last: LastRun | None, machine: datetime, zone: tzinfo) -> bool:
    if last is not None and last.goes_on(machine):
        return False
    if last is not None and last.finished_at is None:
        # It was cut off.
        return True
    return is_due(TIMETABLES[name], begun_at(last), machine, zone)
