"""Reports that are made beside requests: asked for in one transaction, made by whoever takes them, kept once.

The table says what is asked for, so that a queue that forgets loses nothing: a making that gives no sign of
life any more is begun anew by the next who looks, and only the one who began it last may keep what it made.
Signs of life go by the machine's clock, everything that is shown by the installation's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app.domain.errors import NotFoundError
from app.domain.permissions import Actor
from app.models import Person, Report
from app.services import journal
from app.services.people import actor_of
from app.services.plans import PlanInfo, plan_by_id
from app.services.reports.rights import ask_reader
from app.storage import EvidenceStore, StagedFile

WAITING = "waiting"
MAKING = "making"
READY = "ready"
FAILED = "failed"
#: what will still change by itself
UNDER_WAY = (WAITING, MAKING)

#: a making that says nothing for so long was cut off
LIFE = timedelta(seconds=90)
#: so often is a making begun that is cut off every time
ATTEMPTS = 3
#: the parameter that says for whom a deputy asked
_FOR = "for"
_LONGEST_ERROR = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants. `as_of` is a date of the plan's time zone; `name` ends in the format."""

    kind: str
    format: str
    as_of: date
    name: str
    #: what part of the plan; "": all of it
    scope: str = ""
    #: what else its kind needs to know, as JSON has it
    parameters: Mapping[str, Any] = field(default_factory=dict)


class Taken(NamedTuple):
    """A report that this process makes now, as its `attempt`-th making."""

    id: int
    attempt: int
    plan: PlanInfo
    actor: Actor
    asked: Asked


def ask_for(
    session: Session, actor: Actor, plan: PlanInfo, asked: Asked, *, now: datetime, nonce: str = ""
) -> int:
    """Ask for a report; its id. What the person asked for already and waits for is not asked for twice,
    nor is what the same form asked for, though it is ready by now; what failed is tried again.

    Raises NotAllowedError.
    """
    ask_reader(session, actor, asked.kind, asked.scope)
    parameters = dict(asked.parameters)
    if actor.for_id is not None:
        parameters[_FOR] = {"id": actor.for_id, "name": actor.for_name}
    # One after another, so that two clicks at once find each other.
    journal.hold(session, plan.id)
    present = session.scalars(
        select(Report)
        .where(
            *(Report.plan_id == plan.id, Report.person_id == actor.person_id, Report.kind == asked.kind),
            *(Report.format == asked.format, Report.scope == asked.scope, Report.as_of == asked.as_of),
            or_(Report.state != READY, (Report.nonce == nonce) & (Report.nonce != "")),
        )
        .order_by(Report.id.desc())
    )
    for report in present:
        if report.parameters == parameters:
            if report.state == FAILED:
                _wait_again(report, now)
            return report.id
    report = Report(
        plan_id=plan.id,
        kind=asked.kind,
        format=asked.format,
        scope=asked.scope,
        as_of=asked.as_of,
        parameters=parameters,
        person_id=actor.person_id,
        nonce=nonce,
        made_at=now,
        name=asked.name,
    )
    session.add(report)
    session.flush()
    return report.id


def ask_again(session: Session, actor: Actor, plan_id: int, report_id: int, *, now: datetime) -> str:
    """Have a report that failed tried again; one that is under way already stays as it is. Its scope.

    Raises NotAllowedError and NotFoundError (also for one that is ready).
    """
    report = session.scalars(
        select(Report)
        .where(Report.id == report_id, Report.plan_id == plan_id, Report.state != READY)
        .with_for_update()
    ).first()
    if report is None:
        ask_reader(session, actor)
        raise NotFoundError
    ask_reader(session, actor, report.kind, report.scope)
    if report.state == FAILED:
        _wait_again(report, now)
    return report.scope


def take(session: Session, machine: datetime, report_id: int | None = None) -> Taken | None:
    """The next report that waits or was cut off, or that one of them; None when there is none to make.

    One that was cut off as often as it may be is given up on the way. `machine` is the machine's clock.
    """
    statement = (
        select(Report)
        .where(or_(Report.state == WAITING, (Report.state == MAKING) & (Report.alive_until < machine)))
        .order_by(Report.id)
        .with_for_update(skip_locked=True)
    )
    if report_id is not None:
        statement = statement.where(Report.id == report_id)
    for report in session.scalars(statement):
        if report.attempt < ATTEMPTS:
            return _begin(session, report, machine)
        report.state = FAILED
    return None


def show_life(session: Session, taken: Taken, machine: datetime) -> None:
    """The making goes on."""
    _change(session, taken, alive_until=machine + LIFE)


def show_progress(session: Session, taken: Taken, done: int, of: int, machine: datetime) -> None:
    """The making has come so far: `done` steps of `of`."""
    _change(session, taken, steps_done=min(done, of), steps=of, alive_until=machine + LIFE)


def keep(session: Session, store: EvidenceStore, taken: Taken, file: StagedFile, now: datetime) -> bool:
    """Keep what was made: first the bytes, then the row and the journal's entry. Raises StorageError.

    False: somebody else has begun the making anew, or it was given up; nothing is kept then.
    """
    journal.hold(session, taken.plan.id)
    ready = {"state": READY, "made_at": now, "alive_until": None, "error": ""}
    if not _change(session, taken, size=file.size, sha256=file.sha256, name=file.name, **ready):
        return False
    store.keep(file)
    asked = taken.asked
    details = {"kind": asked.kind, "format": asked.format, "sha256": file.sha256, **asked.parameters}
    if asked.scope:
        details["scope"] = asked.scope
    journal.record(
        *(session, taken.plan.id, taken.actor, now),
        subject="report",
        subject_id=taken.id,
        action="make",
        details=details | {"as_of": asked.as_of.isoformat()},
    )
    return True


def give_up(session: Session, taken: Taken, error: str) -> None:
    """The report cannot be made; it waits for somebody to ask again."""
    _change(session, taken, state=FAILED, alive_until=None, error=error[:_LONGEST_ERROR])


def _begin(session: Session, report: Report, machine: datetime) -> Taken:
    report.state, report.attempt, report.alive_until = MAKING, report.attempt + 1, machine + LIFE
    report.steps_done = report.steps = 0
    return Taken(
        report.id,
        report.attempt,
        plan_by_id(session, report.plan_id),
        _asker(session, report),
        Asked(report.kind, report.format, report.as_of, report.name, report.scope, report.parameters),
    )


def _asker(session: Session, report: Report) -> Actor:
    """Who asked, with the rights of the person that it acted for, if it did."""
    actor = actor_of(session.get_one(Person, report.person_id))
    if _FOR not in report.parameters:
        return actor
    absent = session.get_one(Person, report.parameters[_FOR]["id"])
    return replace(
        actor,
        role=absent.role,
        organization_id=absent.organization_id,
        home_id=actor.organization_id,
        for_id=absent.id,
        for_name=report.parameters[_FOR]["name"],
    )


def _wait_again(report: Report, now: datetime) -> None:
    report.state, report.attempt, report.error, report.made_at = WAITING, 0, "", now
    report.steps_done = report.steps = 0


def _change(session: Session, taken: Taken, **values: Any) -> bool:
    """Change the row, as long as this is its last making."""
    changed = session.execute(
        update(Report)
        .where(Report.id == taken.id, Report.state == MAKING, Report.attempt == taken.attempt)
        .values(values)
        .returning(Report.id)
        .execution_options(synchronize_session=False)
    )
    return changed.first() is not None
