"""Reminders: the controller, or the coordinator of an activity, asks executors for what they owe."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.errors import NotAllowedError, WrongStateError
from app.domain.permissions import Actor, may_remind
from app.domain.texts import kept_lines
from app.models import Reminder
from app.services.notices import REMINDER, announce
from app.services.tasks import record_task, take
from workflows.definition import OWING


def remind(session: Session, actor: Actor, task_ids: Sequence[int], *, now: datetime, note: str = "") -> int:
    """Remind the executors of tasks that are still owed; how many were reminded.

    Tasks that are no longer owed are passed over. Raises NotFoundError, NotAllowedError, InvalidInputError,
    and WrongStateError when nothing at all is owed.
    """
    note = kept_lines("note", note)
    reminded = 0
    for task_id in dict.fromkeys(task_ids):
        open_ = take(session, actor, task_id)
        if not may_remind(actor, open_.activity.coordinator_id):
            raise NotAllowedError
        task = open_.task
        if task.phase != OWING:
            continue
        session.add(Reminder(task_id=task.id, sent_at=now, person_id=actor.person_id, note=note))
        # Neither the version nor the calendar's revision: a form that is being filled in stays good.
        task.reminders += 1
        task.reminded_at = now
        record_task(session, open_, actor, now, "remind", note=note)
        announce(session, actor, task, REMINDER, now, note=note)
        reminded += 1
    if not reminded:
        raise WrongStateError("Nobody owes anything here any more.")
    return reminded


def mark_seen(session: Session, task_id: int, shown: int, now: datetime) -> None:
    """The executor has read the `shown` oldest of the unread reminders; one that came since stays unread."""
    read = (
        select(Reminder.id)
        .where(Reminder.task_id == task_id, Reminder.seen_at.is_(None))
        .order_by(Reminder.id)
        .limit(shown)
    )
    session.execute(
        update(Reminder)
        .where(Reminder.id.in_(read.scalar_subquery()))
        .values(seen_at=now)
        .execution_options(synchronize_session=False)
    )
