"""My tasks as calendar programs keep them: what has changed since they looked, and what they may not do.

A program may only tick: that fires the task's own `submit`. Whatever else it sends is refused, and noted on
the task, for two readers: the executor sees on the task's page why a tick did not count, and the program is
sent the task anew, for only what is noted as changed is fetched again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Integer, Select, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from app.domain.errors import GuardRefusedError, NotFoundError, VekhaError, WrongStateError
from app.domain.permissions import Actor
from app.models import FigureField, JournalEntry, Requirement, Task
from app.services.tasks import OpenTask, record_task, take
from workflows import WORKFLOWS
from workflows.definition import EXECUTOR

TICK = "tick_refused"
UNTICK = "untick_refused"
CHANGE = "change_refused"
DELETE = "delete_refused"
#: what is noted when a program asks for something that it may not do
REFUSALS = frozenset({TICK, UNTICK, CHANGE, DELETE})

#: a refusal is noted once in this time, as long as nothing else happens to the task
_REPEATED_WITHIN = timedelta(days=1)
#: and so many different ones, at most
_MOST_IN_THAT_TIME = 20
#: for so long every look for changes brings the task along, noted anew or not
_RETURNED_FOR = 2 * _REPEATED_WITHIN


class Refused(NamedTuple):
    """How often a program was refused something about a task, and when last."""

    times: int
    at: datetime


_PLAN: BindParameter[int] = bindparam("plan_id", type_=Integer)
_ORGANIZATION: BindParameter[int] = bindparam("organization_id", type_=Integer)
_OWN = (Task.plan_id == _PLAN, Task.organization_id == _ORGANIZATION)
_SINCE = (
    JournalEntry.plan_id == _PLAN,
    JournalEntry.position > bindparam("position", type_=Integer),
)
#: entries that are about neither a task nor an activity may be about every text; accounts are in none
_ABOUT_ALL = select(
    exists().where(
        *_SINCE,
        JournalEntry.task_id.is_(None),
        JournalEntry.activity_id.is_(None),
        JournalEntry.subject != "person",
    )
)
_ALL_OWN = select(Task.occurrence_id).where(*_OWN)
_OTHER = Task.__table__.alias("other")
# Somebody else's task counts as well: the occurrence that both belong to has a revision for all of them.
_CHANGED_OWN = _ALL_OWN.where(
    or_(
        Task.occurrence_id.in_(
            select(_OTHER.c.occurrence_id)
            .join(JournalEntry, JournalEntry.task_id == _OTHER.c.id)
            .where(*_SINCE)
        ),
        Task.activity_id.in_(
            select(JournalEntry.activity_id).where(
                *_SINCE, JournalEntry.task_id.is_(None), JournalEntry.activity_id.is_not(None)
            )
        ),
    )
)
_REFUSED: Select[*tuple[Any, ...]] = (
    select(JournalEntry.task_id, func.count(), func.max(JournalEntry.at))
    .join(Task, Task.id == JournalEntry.task_id)
    .where(*_OWN, JournalEntry.action.in_(REFUSALS))
    .group_by(JournalEntry.task_id)
)


def all_occurrences(session: Session, plan_id: int, organization_id: int) -> set[int]:
    """Every occurrence in which the organisation has a task, shown or not."""
    return set(session.scalars(_ALL_OWN, {"plan_id": plan_id, "organization_id": organization_id}))


def changed_occurrences(session: Session, plan_id: int, organization_id: int, position: int) -> set[int]:
    """Of these, what anything after that entry of the plan's journal may have changed; rather too many."""
    here = {"plan_id": plan_id, "organization_id": organization_id, "position": position}
    statement = _ALL_OWN if session.scalar(_ABOUT_ALL, here) else _CHANGED_OWN
    return set(session.scalars(statement, here))


def refusals(session: Session, plan_id: int, organization_id: int) -> dict[int, Refused]:
    """What programs were refused, by task."""
    found = session.execute(_REFUSED, {"plan_id": plan_id, "organization_id": organization_id})
    return {task_id: Refused(times, at) for task_id, times, at in found}


def is_returned(refused: Refused, now: datetime) -> bool:
    """Whether the task is sent back to every program that looks, noted anew or not."""
    return refused.at > now - _RETURNED_FOR


def note_refused_tick(
    session: Session, actor: Actor, task_id: int, error: VekhaError, *, program: str, now: datetime
) -> dict[str, Any]:
    """Note on the task that a tick was not taken, and why; the details of the entry. Raises NotFoundError."""
    open_ = _take(session, actor, task_id)
    details = {"program": program, "missing": list(_missing(session, open_, error))}
    _note(session, open_, actor, TICK, details, now)
    return details


def note_refused(
    session: Session, actor: Actor, task_id: int, action: str, *, details: Mapping[str, Any], now: datetime
) -> None:
    """Note on the task that a program was refused something else, one of `REFUSALS`. Raises NotFoundError."""
    _note(session, _take(session, actor, task_id), actor, action, dict(details), now)


def _take(session: Session, actor: Actor, task_id: int) -> OpenTask:
    open_ = take(session, actor, task_id)
    if EXECUTOR not in open_.roles:
        raise NotFoundError
    return open_


def _note(
    session: Session, open_: OpenTask, actor: Actor, action: str, details: dict[str, Any], now: datetime
) -> None:
    recent = session.scalars(
        select(JournalEntry)
        .where(JournalEntry.task_id == open_.task.id, JournalEntry.at > now - _REPEATED_WITHIN)
        .order_by(JournalEntry.position.desc())
    ).all()
    if sum(entry.action in REFUSALS for entry in recent) >= _MOST_IN_THAT_TIME:
        return
    for entry in recent:
        if entry.action not in REFUSALS:
            break
        if (entry.action, entry.details) == (action, details):
            return
    record_task(session, open_, actor, now, action, details=details)


def _missing(session: Session, open_: OpenTask, error: VekhaError) -> Iterable[dict[str, str]]:
    """What stood in the way, with the names that it had at the time."""
    if isinstance(error, GuardRefusedError):
        names = _names(session, open_)
        for code, detail in error.missing:
            ru, en = names.get((code, detail), ("", ""))
            yield {"code": code, "ru": ru, "en": en}
    elif isinstance(error, WrongStateError):
        label = WORKFLOWS[open_.task.workflow].state(open_.task.state).label
        yield {"code": "state", "ru": label.ru, "en": label.en}


def _names(session: Session, open_: OpenTask) -> dict[tuple[str, str], tuple[str, str]]:
    activity_id, cohort = open_.task.activity_id, open_.occurrence.cohort
    slots = select(Requirement.key, Requirement.label_ru, Requirement.label_en).where(
        Requirement.activity_id == activity_id
    )
    figures = select(FigureField.key, FigureField.label_ru, FigureField.label_en).where(
        FigureField.activity_id == activity_id, FigureField.cohort.in_(("", cohort))
    )
    return {
        (code, key): (ru, en or ru)
        for code, statement in (("evidence", slots), ("figure", figures))
        for key, ru, en in session.execute(statement)
    }
