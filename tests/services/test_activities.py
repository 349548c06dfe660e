"""Activities: they follow their tasks, and the controller takes them off the road and back."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.domain.errors import (
    ConflictError,
    GuardRefusedError,
    NotAllowedError,
    NotFoundError,
    VekhaError,
    WrongStateError,
)
from app.models import Activity, JournalEntry, Occurrence, Task
from app.services import activities, tasks
from app.services.plans import find_plan
from app.services.task_filter import Filter
from app.services.task_list import task_lines
from app.storage import EvidenceStore
from tests import factories
from tests.services.cast import People

pytestmark = pytest.mark.data("plan")


def find_activity(session: Session, code: str) -> Activity:
    return session.scalars(select(Activity).where(Activity.code == code)).one()


def overdue(session: Session, code: str, today: date) -> int:
    """How many tasks of an activity the lists call overdue."""
    plan = find_plan(session, "2022")
    return len(task_lines(session, plan, today, "overdue", narrowed=Filter(activity=code)))


def test_tasks_of_a_suspended_activity_are_not_overdue_until_it_is_resumed(
    database: Database, people: People, now: datetime, today: date
) -> None:
    with database.transaction() as session:
        activity_id = find_activity(session, "2.3").id
        assert overdue(session, "2.3", today) == 35
        activities.act(session, people.deputy, activity_id, "suspend", now=now, note="Приказ № 1")
        assert overdue(session, "2.3", today) == 0
        activities.act(session, people.deputy, activity_id, "resume", now=now)
    with database.read() as session:
        assert overdue(session, "2.3", today) == 35
        # Nothing has been begun: that is where it stands again.
        assert find_activity(session, "2.3").state == "planned"


def test_an_act_is_written_down_with_its_basis_and_moves_the_calendar(
    database: Database, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        activity_id = find_activity(session, "4.4").id
        activities.act(session, people.deputy, activity_id, "withdraw", now=now, note=" Приказ № 7 ")
    with database.read() as session:
        entry = session.scalars(select(JournalEntry).where(JournalEntry.subject == "activity")).one()
        assert (entry.action, entry.state_before, entry.state_after) == ("withdraw", "planned", "withdrawn")
        assert (entry.note, entry.at, entry.person_id) == ("Приказ № 7", now, people.deputy.person_id)
        occurrence = session.scalars(
            select(Occurrence)
            .join(Activity, Activity.id == Occurrence.activity_id)
            .where(Activity.code == "4.4")
        ).one()
        assert (occurrence.revision, occurrence.revised_at) == (1, now)


@pytest.mark.parametrize(
    ("who", "trigger", "note", "version", "refusal"),
    [
        ("deputy", "suspend", "  ", None, GuardRefusedError),
        ("deputy", "withdraw", "", None, GuardRefusedError),
        ("deputy", "resume", "Приказ", None, WrongStateError),
        ("deputy", "explode", "Приказ", None, WrongStateError),
        # A step of the program itself is nobody's.
        ("deputy", "start", "Приказ", None, NotAllowedError),
        ("deputy", "suspend", "Приказ", 7, ConflictError),
        ("college", "suspend", "Приказ", None, NotAllowedError),
        ("centre", "suspend", "Приказ", None, NotAllowedError),
        ("auditor", "withdraw", "Приказ", None, NotAllowedError),
    ],
)
def test_an_act_that_is_refused_changes_nothing(
    who: str,
    trigger: str,
    note: str,
    version: int | None,
    refusal: type[VekhaError],
    database: Database,
    people: People,
    now: datetime,
) -> None:
    with database.read() as session:
        activity_id = find_activity(session, "2.3").id
        entries = len(session.scalars(select(JournalEntry.id)).all())
    person = getattr(people, who)
    with pytest.raises(refusal), database.transaction() as session:
        activities.act(session, person, activity_id, trigger, now=now, note=note, version=version)
    with database.read() as session:
        activity = find_activity(session, "2.3")
        assert (activity.state, activity.version) == ("planned", 1)
        assert len(session.scalars(select(JournalEntry.id)).all()) == entries


def test_nobody_acts_on_an_activity_that_does_not_exist(
    database: Database, people: People, now: datetime
) -> None:
    with pytest.raises(NotFoundError), database.transaction() as session:
        activities.act(session, people.deputy, 999_999, "suspend", now=now, note="Приказ")


def test_an_activity_follows_its_only_task_from_the_first_step_to_done(
    database: Database, store: EvidenceStore, people: People, now: datetime
) -> None:
    seen = []
    with database.transaction() as session:
        lead = factories.actor(session, "department", now)
        task = factories.find_task(session, "1.1", "department")
        for person, trigger in ((lead, "start"), (lead, "submit"), (people.deputy, "accept")):
            submission = factories.proof(session, task) if trigger == "submit" else tasks.NOTHING
            tasks.fire(session, store, person, task.id, trigger, now=now, submission=submission)
            seen.append(find_activity(session, "1.1").state)
    assert seen == ["in_progress", "under_review", "done"]


def test_a_collective_activity_is_not_done_while_one_of_its_tasks_is_missing(
    database: Database, store: EvidenceStore, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        task = factories.submit(session, store, people.college, "2.3", now)
        tasks.fire(session, store, people.deputy, task.id, "accept", now=now)
        assert find_activity(session, "2.3").state == "in_progress"
        for other in session.scalars(
            select(Task).where(Task.activity_id == task.activity_id, Task.id != task.id)
        ).all():
            tasks.fire(session, store, people.deputy, other.id, "withdraw", now=now, note="Приказ № 2")
        # Those that were withdrawn are not waited for.
        assert find_activity(session, "2.3").state == "done"
        tasks.fire(session, store, people.deputy, task.id, "reopen", now=now, note="Нет подписи")
        assert find_activity(session, "2.3").state == "reopened"


def test_a_reopened_activity_stands_where_its_tasks_say(
    database: Database, store: EvidenceStore, people: People, now: datetime, today: date
) -> None:
    with database.transaction() as session:
        lead = factories.actor(session, "department", now)
        factories.submit(session, store, lead, "1.1", now)
        activity_id = find_activity(session, "1.1").id
        activities.act(session, people.deputy, activity_id, "withdraw", now=now, note="Приказ № 3")
        task = factories.find_task(session, "1.1", "department")
        assert task.phase == "off"
        activities.act(session, people.deputy, activity_id, "reopen", now=now, note="Приказ № 4")
        session.refresh(task)
        assert (task.state, task.phase) == ("submitted", "review")
        assert find_activity(session, "1.1").state == "under_review"


def test_a_form_that_was_filled_in_before_the_activity_was_suspended_is_refused(
    database: Database, store: EvidenceStore, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        task = factories.find_task(session, "2.3", "college01")
        seen = task.version
        activities.act(session, people.deputy, task.activity_id, "suspend", now=now, note="Приказ № 5")
    with pytest.raises(ConflictError), database.transaction() as session:
        tasks.fire(session, store, people.college, task.id, "start", now=now, version=seen)
