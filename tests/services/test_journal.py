"""The journal: one chain a plan, in which nothing can be changed, left out or put in unnoticed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, select, update

from app.db import Database
from app.domain.errors import WrongStateError
from app.models import Activity, JournalEntry, JournalHead
from app.services import activities, tasks
from app.services.journal import GENESIS, first_broken, hold, record
from app.services.plans import find_plan
from app.storage import EvidenceStore
from tests import factories
from tests.infrastructure.tampering import behind_the_triggers
from tests.services.cast import People

pytestmark = pytest.mark.data("plan")


@pytest.fixture
def chain(database: Database, store: EvidenceStore, people: People, now: datetime) -> int:
    """A plan in which a few things have happened; its id."""
    with database.transaction() as session:
        task = factories.submit(session, store, people.college, "2.3", now, note="Готово")
        tasks.fire(session, store, people.deputy, task.id, "return", now=now, note="Нет подписи")
        return task.plan_id


def test_every_entry_names_the_one_before_it(database: Database, chain: int) -> None:
    with database.read() as session:
        entries = session.scalars(
            select(JournalEntry).where(JournalEntry.plan_id == chain).order_by(JournalEntry.position)
        ).all()
        head = session.get_one(JournalHead, chain)
        assert [entry.position for entry in entries] == list(range(1, len(entries) + 1))
        assert [entry.previous_hash for entry in entries] == [
            GENESIS,
            *(entry.hash for entry in entries[:-1]),
        ]
        assert (head.position, head.hash) == (entries[-1].position, entries[-1].hash)
        assert first_broken(session, chain) is None


@pytest.mark.parametrize(
    "change",
    [
        {"note": "Принято"},
        {"person_id": None},
        {"action": "accept"},
        {"state_after": "accepted"},
        {"details": {}},
        {"task_id": None},
    ],
    ids=lambda change: next(iter(change)),
)
def test_an_entry_that_was_changed_afterwards_is_found(
    change: dict[str, Any], database: Database, chain: int
) -> None:
    with behind_the_triggers(database) as session:
        position = session.scalars(select(JournalEntry.position).where(JournalEntry.action == "submit")).one()
        session.execute(update(JournalEntry).where(JournalEntry.position == position).values(change))
    with database.read() as session:
        assert first_broken(session, chain) == position


def test_an_entry_that_was_left_out_is_found_wherever_it_stood(database: Database, chain: int) -> None:
    with database.read() as session:
        last = session.get_one(JournalHead, chain).position
    for position in (last, 2):
        with behind_the_triggers(database) as session:
            session.execute(delete(JournalEntry).where(JournalEntry.position == position))
        with database.read() as session:
            assert first_broken(session, chain) == position


def test_an_instant_is_the_same_in_whichever_zone_it_was_given(
    database: Database, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        plan_id = find_plan(session, "2022").id
        local = now.astimezone(ZoneInfo("Asia/Vladivostok"))
        record(session, plan_id, people.deputy, local, subject="plan", subject_id=plan_id, action="load")
    with database.read() as session:
        assert first_broken(session, plan_id) is None


def test_what_was_refused_leaves_no_gap(
    database: Database, store: EvidenceStore, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        first = factories.submit(session, store, people.college, "2.3", now)
        second = factories.submit(session, store, people.other, "2.3", now)
        chosen = [(first.id, first.version), (second.id, second.version - 1), (second.id, second.version)]
        done, refused = tasks.fire_many(session, store, people.deputy, chosen, "accept", now=now)
        assert (done, [task_id for task_id, _ in refused]) == ([first.id, second.id], [second.id])
    with database.read() as session:
        assert first_broken(session, first.plan_id) is None


def test_a_transaction_that_fails_leaves_the_chain_as_it_was(
    database: Database, chain: int, people: People, now: datetime
) -> None:
    with database.read() as session:
        before = session.get_one(JournalHead, chain).hash
        activity_id = session.scalars(select(Activity.id).where(Activity.code == "2.3")).one()

    def suspend_twice() -> None:
        with database.transaction() as session:
            for _ in range(2):
                activities.act(session, people.deputy, activity_id, "suspend", now=now, note="Приказ")

    with pytest.raises(WrongStateError):
        suspend_twice()
    with database.read() as session:
        assert session.get_one(JournalHead, chain).hash == before
        assert first_broken(session, chain) is None


def test_whoever_holds_the_plan_sees_the_newest_end_of_its_chain(
    database: Database, chain: int, now: datetime
) -> None:
    with database.transaction() as session:
        stale = session.get_one(JournalHead, chain).position
        record(session, chain, None, now, subject="plan", subject_id=chain, action="load")
        session.flush()
        assert hold(session, chain).position == stale + 1
