"""Acts on many tasks: what is foreseen is what is done, and nothing stays of a preview."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db import Database
from app.domain.errors import (
    ConflictError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    WrongStateError,
)
from app.models import Activity, Extension, JournalEntry, Notice, Task
from app.services import bulk, digests, extensions, journal, tasks
from app.services.bulk import Wanted
from app.storage import EvidenceStore
from tests import factories
from tests.services.cast import People

pytestmark = pytest.mark.data("plan")

#: after the demonstration's day, and after every due date that the tests move
LATER = date(2022, 9, 15)


def pair(task: Task) -> tuple[int, int]:
    return task.id, task.version


def trace(session: Session) -> list[int | None]:
    """What any act would leave behind."""
    tables = (JournalEntry.id, Notice.id, Extension.id, Task.version)
    return [session.scalar(select(func.sum(column))) for column in tables]


def kinds(result: bulk.Result) -> list[type[Exception] | None]:
    return [type(outcome.error) if outcome.error else None for outcome in result.outcomes]


@pytest.mark.parametrize("act", bulk.ACTS)
def test_a_preview_says_exactly_what_the_act_does_and_leaves_nothing(
    database: Database, store: EvidenceStore, people: People, now: datetime, act: str
) -> None:
    with database.transaction() as session:
        digests.set_letters(session, people.college.person_id, "college@example.org", "day", now=now)
        waiting = factories.submit(session, store, people.college, "2.3", now)
        changed = factories.submit(session, store, people.other, "2.3", now)
        owed = factories.find_task(session, "3.2", "college01")
        done = factories.submit(session, store, people.college, "2.4", now)
        tasks.fire(session, store, people.deputy, done.id, "accept", now=now)
        chosen = (pair(waiting), (changed.id, changed.version - 1), pair(owed), pair(done), (999_999, 1))
    wanted = Wanted(act, chosen, "Так решено.", LATER if act == bulk.EXTEND else None)
    with database.transaction() as session:
        before = trace(session)
        foreseen = bulk.foresee(session, store, people.deputy, wanted, now=now)
        assert trace(session) == before
    expected = {
        # what waits can be accepted or returned; what changed since the list was shown is left alone
        bulk.ACCEPT: [None, ConflictError, WrongStateError, WrongStateError, NotFoundError],
        bulk.RETURN: [None, ConflictError, WrongStateError, WrongStateError, NotFoundError],
        # only what is owed is worth a reminder
        bulk.REMIND: [WrongStateError, WrongStateError, None, WrongStateError, NotFoundError],
        # a date can move until the work is accepted
        bulk.EXTEND: [None, ConflictError, None, WrongStateError, NotFoundError],
        bulk.WITHDRAW: [None, ConflictError, None, WrongStateError, NotFoundError],
    }
    assert kinds(foreseen) == expected[act]
    with database.transaction() as session:
        performed = bulk.perform(session, store, people.deputy, wanted, now=now)
        assert trace(session) != before
        assert kinds(performed) == kinds(foreseen)
        assert [vars_of(outcome) for outcome in performed.outcomes] == [
            vars_of(outcome) for outcome in foreseen.outcomes
        ]
        assert performed.activities == foreseen.activities
        told = {outcome.task_id: (outcome.people, outcome.letters) for outcome in performed.done}
        # One person of the college, who reads letters; a withdrawal is no notice.
        assert set(told.values()) == {(0, 0) if act == bulk.WITHDRAW else (1, 1)}
        assert journal.first_broken(session, owed.plan_id) is None


def vars_of(outcome: bulk.Outcome) -> tuple[object, ...]:
    return (outcome.task_id, outcome.state, outcome.due_before, outcome.due, outcome.people, outcome.letters)


def test_the_last_acceptance_finishes_its_activity_and_the_preview_says_so(
    database: Database, store: EvidenceStore, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        handed_in = factories.submit(session, store, people.centre, "3.7", now)
        wanted = Wanted(bulk.ACCEPT, (pair(handed_in),))
        [moved] = bulk.foresee(session, store, people.deputy, wanted, now=now).activities
        assert (moved.code, moved.state) == ("3.7", "done")
        assert session.scalars(select(Activity.state).where(Activity.code == "3.7")).one() != "done"


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (Wanted(bulk.ACCEPT, ()), "task"),
        (Wanted(bulk.ACCEPT, tuple((number, 1) for number in range(bulk.MOST + 1))), "task"),
        (Wanted(bulk.RETURN, ((1, 1),)), "note"),
        (Wanted(bulk.WITHDRAW, ((1, 1),)), "note"),
        (Wanted(bulk.EXTEND, ((1, 1),), "Так решено."), "due"),
        (Wanted("promote", ((1, 1),)), "act"),
    ],
)
def test_an_act_that_is_incomplete_is_refused_as_a_whole(
    database: Database, store: EvidenceStore, people: People, now: datetime, wanted: Wanted, field: str
) -> None:
    with database.transaction() as session, pytest.raises(InvalidInputError) as refused:
        bulk.perform(session, store, people.deputy, wanted, now=now)
    assert list(refused.value.fields) == [field]


def test_only_the_controller_does_more_than_remind(
    database: Database, store: EvidenceStore, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        task = factories.find_task(session, "2.3", "college01")
        for act in (bulk.WITHDRAW, bulk.EXTEND, bulk.REMIND):
            for actor in (people.centre, people.college, people.auditor, people.other):
                wanted = Wanted(act, (pair(task),), "Так решено.", LATER)
                expected = NotFoundError if actor is people.other else NotAllowedError
                reminds = act == bulk.REMIND and actor is people.centre
                found = bulk.foresee(session, store, actor, wanted, now=now)
                assert kinds(found) == [None if reminds else expected], (act, actor.name)


def test_a_date_that_is_moved_unasked_grants_the_request_that_waits(
    database: Database, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        task = factories.find_task(session, "3.2", "college01")
        asked = extensions.ask(
            session, people.college, task.id, due=date(2022, 8, 1), reason="Педсовет.", now=now
        )
        moved = extensions.set_later(
            session, people.deputy, task.id, due=LATER, reason="Всем до сентября.", now=now
        )
        assert (moved.id, moved.state, moved.due_asked, moved.due_granted) == (
            *(asked.id, "granted"),
            *(date(2022, 8, 1), LATER),
        )
        again = extensions.set_later(
            session, people.deputy, task.id, due=date(2022, 10, 3), reason="Ещё раз.", now=now
        )
        assert again.id != asked.id
        assert (again.due_before, task.due) == (LATER, date(2022, 10, 3))
        for due, reason in ((None, "Нет."), (date(2022, 10, 4), " "), (LATER, "Назад нельзя.")):
            with pytest.raises(InvalidInputError):
                extensions.set_later(session, people.deputy, task.id, due=due, reason=reason, now=now)
