"""Reminders: who may remind whom of what, and when one counts as read."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.domain.errors import NotAllowedError, NotFoundError, WrongStateError
from app.models import Reminder
from app.services import reminders
from app.storage import EvidenceStore
from tests import factories
from tests.services.cast import People

pytestmark = pytest.mark.data("plan")


def unread(session: Session, task_id: int) -> list[Reminder]:
    return list(
        session.scalars(select(Reminder).where(Reminder.task_id == task_id, Reminder.seen_at.is_(None)))
    )


def test_a_reminder_is_counted_and_leaves_an_open_form_good(
    database: Database, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        task = factories.find_task(session, "2.3", "college01")
        for actor in (people.deputy, people.centre):
            assert reminders.remind(session, actor, [task.id], now=now, note=" Ждём план. ") == 1
        assert (task.reminders, task.reminded_at, task.version) == (2, now, 1)
        assert [reminder.note for reminder in unread(session, task.id)] == ["Ждём план."] * 2
        reminders.mark_seen(session, task.id, 2, now)
        assert unread(session, task.id) == []


def test_a_reminder_that_came_while_others_were_read_stays_unread(
    database: Database, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        task = factories.find_task(session, "2.3", "college01")
        for note in ("first", "second", "third"):
            reminders.remind(session, people.deputy, [task.id], now=now, note=note)
        reminders.mark_seen(session, task.id, 2, now)
        assert [reminder.note for reminder in unread(session, task.id)] == ["third"]


def test_a_task_that_is_named_twice_is_reminded_of_once(
    database: Database, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        task = factories.find_task(session, "2.3", "college01")
        assert reminders.remind(session, people.deputy, [task.id, task.id], now=now) == 1
        assert task.reminders == 1


def test_what_is_not_owed_any_more_is_passed_over(
    database: Database, store: EvidenceStore, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        submitted = factories.submit(session, store, people.college, "2.3", now)
        owed = factories.find_task(session, "2.3", "college02")
        assert reminders.remind(session, people.centre, [submitted.id, owed.id], now=now) == 1
        with pytest.raises(WrongStateError):
            reminders.remind(session, people.centre, [submitted.id], now=now)


def test_neither_the_executor_nor_the_auditor_reminds(
    database: Database, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        task = factories.find_task(session, "2.3", "college01")
        for actor in (people.college, people.auditor):
            with pytest.raises(NotAllowedError):
                reminders.remind(session, actor, [task.id], now=now)
        with pytest.raises(NotFoundError):
            reminders.remind(session, people.other, [task.id], now=now)
