"""A click and an upload that are killed: done whole or not at all, and never twice."""

from __future__ import annotations

import hashlib
import os
import random
import time
from collections.abc import Callable
from datetime import datetime
from itertools import cycle
from typing import Any, NamedTuple

import pytest
from sqlalchemy import func, select

from app import jobs
from app.db import Database
from app.models import Evidence, JournalEntry, Notice, Task
from app.storage import EvidenceStore
from app.work import Work
from config import Config
from tests import factories
from tests.crashes import NUMBERS
from tests.crashes.conftest import Whole
from tests.infrastructure import killed
from tests.infrastructure.files import PDF
from tests.infrastructure.killing import Killer, kills

pytestmark = pytest.mark.data("plan")


class Standing(NamedTuple):
    """How much there is of what one task's acts leave behind."""

    version: int
    state: str
    entries: int
    notices: int
    proofs: int


def standing(database: Database, task_id: int) -> Standing:
    with database.read() as session:
        version, state = session.execute(select(Task.version, Task.state).where(Task.id == task_id)).one()
        numbers = [
            session.scalar(select(func.count()).select_from(table).where(table.task_id == task_id))
            for table in (JournalEntry, Notice, Evidence)
        ]
    return Standing(version, state, *numbers)


#: who, trigger, note, link, and what follows: the state, notices, proofs
STEPS = [
    ("college01", "submit", "", "https://example.org/1", "submitted", 0, 1),
    ("deputy", "return", "Нет подписи", "", "returned", 1, 0),
    ("college01", "submit", "Подписано", "https://example.org/2", "submitted", 0, 1),
    ("deputy", "accept", "", "", "accepted", 1, 0),
    ("deputy", "reopen", "Отозвано", "", "reopened", 1, 0),
]


@pytest.fixture
def task_id(database: Database, now: datetime) -> int:
    """A task of an executor's, which asks for one proof and no figures."""
    with database.transaction() as session:
        factories.actor(session, "college01", now)
        factories.actor(session, "deputy", now, role="controller")
        return factories.find_task(session, "2.3", "college01").id


@pytest.mark.parametrize("number", NUMBERS)
def test_a_transition_that_is_killed_is_done_whole_or_not_at_all(
    database: Database,
    task_id: int,
    whole: Whole,
    killing: Callable[..., Killer],
    chance: random.Random,
    number: int,
) -> None:
    kill = killing(killed.fire)
    steps = cycle(STEPS)

    def next_order() -> tuple[dict[str, Any], Standing, Standing]:
        who, trigger, note, link, state, notices, proofs = next(steps)
        before = standing(database, task_id)
        order = {"who": who, "task": task_id, "trigger": trigger, "note": note, "link": link}
        after = Standing(
            *(before.version + 1, state, before.entries + 1),
            *(before.notices + notices, before.proofs + proofs),
        )
        return order | {"version": before.version}, before, after

    for _ in STEPS:
        order, _, after = next_order()
        kill.prepare(order)
        assert standing(database, task_id) == after
    order, _, after = next_order()
    uncut = kill(order)
    assert {"before do_commit", "after do_commit", "before INSERT INTO JOURNAL_ENTRY"} <= set(uncut.steps)
    came = 0
    for moment in kills(uncut, number, chance):
        order, before, after = next_order()
        outcome = kill(order, moment)
        came += outcome.killed
        whole()
        present = standing(database, task_id)
        assert present in (before, after), moment
        assert present == after or not outcome.acknowledged, moment
        # Pressed again, it is done once; and again, it changes nothing.
        assert kill(order).acknowledged == [after.version if present == before else "done before"]
        assert kill(order).acknowledged == ["done before"]
        assert standing(database, task_id) == after
    assert came > number // 2
    whole(afresh=True)


@pytest.mark.parametrize("number", NUMBERS)
def test_an_upload_that_is_killed_leaves_its_files_with_their_rows_or_nothing_that_stays(
    app_config: Config,
    database: Database,
    store: EvidenceStore,
    task_id: int,
    now: datetime,
    whole: Whole,
    killing: Callable[..., Killer],
    chance: random.Random,
    number: int,
) -> None:
    kill = killing(killed.upload)

    def next_order() -> dict[str, Any]:
        # New bytes, or some that came before, whether their row was written or not; now and then both.
        new, known = f"{PDF.decode()}% {chance.random()}", f"{PDF.decode()}% {chance.randrange(9)}"
        contents = chance.choice([[new], [new], [known], [known, new]])
        version = standing(database, task_id).version
        return {"who": "college01", "task": task_id, "contents": contents, "version": version}

    kill.prepare(next_order())
    uncut = kill(next_order())
    files = ("utime", "replace", "fsync", "do_commit")
    assert {f"{when} {what}" for when in ("before", "after") for what in files} < set(uncut.steps)
    assert "at the reading of an upload" in uncut.steps
    came = 0
    for moment in kills(uncut, number, chance):
        order, before = next_order(), standing(database, task_id)
        wanted = [hashlib.sha256(each.encode()).hexdigest() for each in order["contents"]]
        after = before._replace(
            version=before.version + 1, entries=before.entries + 1, proofs=before.proofs + len(wanted)
        )
        outcome = kill(order, moment)
        came += outcome.killed
        named = whole()
        present = standing(database, task_id)
        assert present in (before, after), moment
        assert present == before or named.issuperset(wanted)
        assert present == after or not outcome.acknowledged, moment
        assert kill(order).acknowledged == [wanted if present == before else "done before"]
        # A file is looked at in a process of its own, which takes a while: few are sent a third time.
        if chance.random() < 0.2:
            assert kill(order).acknowledged == ["done before"]
        assert standing(database, task_id) == after
    assert came > number // 2
    # What the killed ones left lying about goes after a day, and nothing else does.
    two_days_ago = time.time() - 2 * 24 * 3600
    for path in store.root.rglob("*"):
        os.utime(path, (two_days_ago, two_days_ago))
    swept = jobs.run("uploads", Work(app_config, database, store, now)).result
    assert swept["files"] > 0
    left = {path.name for path in store.root.rglob("*") if path.is_file()}
    assert left == whole(afresh=True)
