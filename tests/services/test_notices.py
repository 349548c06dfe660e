"""Notices: what the controller's acts tell, to whom, and when it counts as read."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.domain.permissions import Actor
from app.models import Notice, Person
from app.services import extensions, ladder, notices, reminders, tasks
from app.services.plans import find_plan
from app.storage import EvidenceStore
from tests import factories
from tests.services.cast import People

pytestmark = pytest.mark.data("plan")

TODAY = date(2022, 6, 15)


def kinds(session: Session, actor: Actor) -> list[tuple[str, dict[str, object]]]:
    """What a person was told, the oldest first."""
    found = session.scalars(select(Notice).where(Notice.person_id == actor.person_id).order_by(Notice.id))
    return [(notice.kind, notice.details) for notice in found]


def shown(session: Session, actor: Actor) -> list[str]:
    return [
        line.kind
        for line in notices.unread(session, actor.person_id, find_plan(session, "2022").id, TODAY).lines
    ]


def test_what_the_controller_decides_reaches_everybody_of_the_organisation(
    database: Database, store: EvidenceStore, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        colleague = factories.actor(session, "colleague", now, organization="college01")
        task = factories.submit(session, store, people.college, "3.2", now)
        for trigger, note in (("return", "Нет даты."), ("submit", ""), ("accept", ""), ("reopen", "Ошибка.")):
            actor = people.college if trigger == "submit" else people.deputy
            tasks.fire(session, store, actor, task.id, trigger, now=now, note=note)
        expected = [
            ("returned", {"note": "Нет даты."}),
            ("accepted", {"note": ""}),
            ("reopened", {"note": "Ошибка."}),
        ]
        assert kinds(session, people.college) == kinds(session, colleague) == expected
        for uninvolved in (people.other, people.centre, people.deputy, people.auditor):
            assert kinds(session, uninvolved) == []


def test_a_person_who_is_switched_off_is_told_nothing(
    database: Database, store: EvidenceStore, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        gone = factories.actor(session, "gone", now, organization="college01")
        session.get_one(Person, gone.person_id).active = False
        session.flush()
        task = factories.submit(session, store, people.college, "3.2", now)
        tasks.fire(session, store, people.deputy, task.id, "accept", now=now)
        assert kinds(session, gone) == []


@pytest.mark.parametrize(
    ("trigger", "told"),
    [
        ("grant", [("extension", {"decision": "granted", "due": "2022-09-15", "note": "Решено."})]),
        ("refuse", [("extension", {"decision": "refused", "due": None, "note": "Решено."})]),
        ("withdraw", []),
    ],
)
def test_a_decision_about_a_later_date_is_told_and_taking_it_back_is_not(
    database: Database, people: People, now: datetime, trigger: str, told: list[tuple[str, object]]
) -> None:
    with database.transaction() as session:
        colleague = factories.actor(session, "colleague", now, organization="college01")
        task = factories.find_task(session, "3.2", "college01")
        day = now.date().replace(month=9)
        asked = extensions.ask(session, people.college, task.id, due=day, reason="Педсовет.", now=now)
        actor = people.college if trigger == "withdraw" else people.deputy
        extensions.decide(session, actor, asked.id, trigger, now=now, note="Решено.")
        assert kinds(session, colleague) == told


def test_a_reminder_is_a_notice_too_but_stands_in_its_own_place(
    database: Database, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        task = factories.find_task(session, "2.3", "college01")
        reminders.remind(session, people.centre, [task.id], now=now, note="Ждём план.")
        assert kinds(session, people.college) == [("reminder", {"note": "Ждём план."})]
        assert kinds(session, people.centre) == []
        assert shown(session, people.college) == []


def test_who_acts_on_a_task_of_its_own_organisation_is_not_told_of_it(
    database: Database, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        task = factories.find_task(session, "2.3", "college01")
        task.organization_id = people.centre.organization_id or 0
        session.flush()
        reminders.remind(session, people.centre, [task.id], now=now)
        assert kinds(session, people.centre) == []


def test_a_reminder_of_a_date_leaves_when_nothing_is_owed_any_more(
    database: Database, store: EvidenceStore, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        ladder.climb(session, find_plan(session, "2022").id, now)
        before = notices.unread(session, people.college.person_id, find_plan(session, "2022").id, TODAY)
        task = factories.find_task(session, "2.3", "college01")
        assert task.id in {line.task_id for line in before.lines}
        factories.submit(session, store, people.college, "2.3", now)
        after = notices.unread(session, people.college.person_id, find_plan(session, "2022").id, TODAY)
        assert {line.task_id for line in before.lines} - {line.task_id for line in after.lines} == {task.id}
        assert after.total == before.total - 1


def test_only_what_was_shown_is_read_and_only_by_whom_it_was_shown_to(
    database: Database, store: EvidenceStore, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        colleague = factories.actor(session, "colleague", now, organization="college01")
        task = factories.submit(session, store, people.college, "3.2", now)
        tasks.fire(session, store, people.deputy, task.id, "return", now=now, note="Нет даты.")
        plan = find_plan(session, "2022").id
        [line] = notices.unread(session, people.college.person_id, plan, TODAY).lines
        tasks.fire(session, store, people.college, task.id, "submit", now=now)
        tasks.fire(session, store, people.deputy, task.id, "accept", now=now)
        notices.mark_read(session, people.college.person_id, line.id, line.id, now)
        assert shown(session, people.college) == ["accepted"]
        assert shown(session, colleague) == ["accepted", "returned"]
        notices.mark_task_read(session, colleague.person_id, task.id, now + timedelta(hours=1))
        assert shown(session, colleague) == []
        assert shown(session, people.college) == ["accepted"]
