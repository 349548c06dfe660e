"""The database itself refuses every change of the journal but one: a next entry at its end."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from app.db import Database
from app.models import JournalEntry
from app.schema import migrate
from app.services.journal import first_broken, record
from app.services.plans import find_plan
from tests.infrastructure.tampering import behind_the_triggers

pytestmark = pytest.mark.data("plan")

_COLUMNS = (
    "plan_id, {position}, at, person_id, subject, subject_id, activity_id, task_id, action, state_before,"
    " state_after, note, details, {previous}, hash"
)
_COPY = (
    "INSERT INTO journal_entry (plan_id, position, at, person_id, subject, subject_id, activity_id, task_id,"
    " action, state_before, state_after, note, details, previous_hash, hash) SELECT "
)

REFUSED = {
    "a word of an entry": "UPDATE journal_entry SET note = 'Принято' WHERE position = 2",
    "every entry": "UPDATE journal_entry SET note = note",
    "an entry at the end": "DELETE FROM journal_entry WHERE position = 3",
    "all entries": "DELETE FROM journal_entry",
    # in its place there is one
    "an entry in between": _COPY
    + _COLUMNS.format(position="2", previous="previous_hash")
    + " FROM journal_entry WHERE position = 2",
    # 4 is next
    "an entry after a gap": _COPY
    + _COLUMNS.format(position="5", previous="hash")
    + " FROM journal_entry WHERE position = 3",
    # it must follow from the third
    "an entry that does not follow": _COPY
    + _COLUMNS.format(position="4", previous="previous_hash")
    + " FROM journal_entry WHERE position = 3",
    "the head back": "UPDATE journal_head SET position = position - 1",
    "another end of the same length": "UPDATE journal_head SET hash = 'f'",
    "no head": "DELETE FROM journal_head",
}
ON_SQLITE = {
    # REPLACE deletes the row that is in its way, and asks no trigger for deletions
    "an entry in another's place": _COPY.replace("INSERT", "INSERT OR REPLACE")
    .replace("(plan_id", "(id, plan_id")
    .replace("SELECT ", "SELECT 1, ")
    + _COLUMNS.format(position="4", previous="hash")
    + " FROM journal_entry WHERE position = 3",
    "another head in its place": "INSERT OR REPLACE INTO journal_head (plan_id, position, hash)"
    " SELECT plan_id, 1, 'f' FROM journal_head",
    "what comes first": "UPDATE OR REPLACE journal_entry SET position = 1 WHERE position = 2",
}
ON_POSTGRESQL = {
    "all entries at once": "TRUNCATE journal_entry",
    "all tables that hang together": "TRUNCATE plan CASCADE",
    "all heads at once": "TRUNCATE journal_head",
}


@pytest.fixture
def plan_id(database: Database, now: datetime) -> int:
    """A plan with three entries."""
    with database.transaction() as session:
        plan_id = find_plan(session, "2022").id
        for note in ("Второе", "Третье"):
            record(
                session, plan_id, None, now, subject="plan", subject_id=plan_id, action="ladder", note=note
            )
        return plan_id


def test_every_change_but_a_next_entry_is_refused_and_leaves_the_chain_whole(
    database: Database, plan_id: int, now: datetime
) -> None:
    for statement in (REFUSED | (ON_SQLITE if database.is_sqlite else ON_POSTGRESQL)).values():
        with pytest.raises(DBAPIError, match="journal"), database.transaction() as session:
            session.execute(text(statement))
    with database.transaction() as session:
        record(session, plan_id, None, now, subject="plan", subject_id=plan_id, action="ladder")
    with database.read() as session:
        assert find_plan(session, "2022").revision == 4
        assert first_broken(session, plan_id) is None


def test_the_statements_that_are_refused_would_work_without_the_triggers(
    database: Database, plan_id: int
) -> None:
    # A statement with a mistake would be refused as well, and prove nothing.
    for what, statement in (REFUSED | (ON_SQLITE if database.is_sqlite else {})).items():
        if what == "an entry in between":  # the constraint on positions refuses that one too
            continue
        with pytest.raises(KeyboardInterrupt), behind_the_triggers(database) as session:  # noqa: PT012
            changed = session.execute(text(statement)).rowcount  # type: ignore[attr-defined]
            assert changed > 0, what
            raise KeyboardInterrupt


def test_the_triggers_go_and_come_with_their_migration(database: Database, plan_id: int) -> None:
    migrate(database, "0016")
    with database.transaction() as session:
        session.execute(text("UPDATE journal_entry SET note = 'Принято' WHERE position = 2"))
    migrate(database)
    assert inspect(database.engine).has_table(JournalEntry.__tablename__)
    with database.read() as session:
        assert first_broken(session, plan_id) == 2
    with pytest.raises(DBAPIError), database.transaction() as session:
        session.execute(text("UPDATE journal_entry SET note = 'Второе' WHERE position = 2"))
