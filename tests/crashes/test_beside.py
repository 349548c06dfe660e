"""Letters written and sent, reports made, and all of it killed: each is there once, however often begun."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import cycle
from typing import NamedTuple

import pytest
from sqlalchemy import delete, func, select, update

from app.db import Database
from app.models import JournalEntry, LadderStep, Notice, OutboxMessage, Person, Report
from app.services.people import find_actor
from app.services.plans import find_plan
from app.services.reports import asked
from app.services.reports.asked import Asked
from app.storage import EvidenceStore
from config import Config
from tests import factories
from tests.crashes import NUMBERS
from tests.crashes.conftest import Whole
from tests.infrastructure import killed
from tests.infrastructure.killing import Killer, kills
from tests.infrastructure.mail_server import serve_mail

pytestmark = pytest.mark.data("plan")

#: what tells people, writes to them, and what hands it over
MORNING = ("ladder", "digest", "mail")


@pytest.fixture
def people(database: Database, now: datetime) -> int:
    """Three who want a letter a day; how many they are."""
    with database.transaction() as session:
        for name in ("college01", "college02"):
            factories.actor(session, name, now)
        factories.actor(session, "deputy", now, role="controller")
        session.execute(update(Person).values(email="somebody@example.org", digest="day"))
    return 3


class Letters(NamedTuple):
    """What the outbox says of a morning: the Message-ID of each letter, and of those that were sent."""

    written: list[str]
    sent: set[str]


def letters_since(database: Database, last: int) -> Letters:
    """Of the rows after that one. However often a morning is begun, nobody is written to twice."""
    with database.read() as session:
        rows = session.execute(
            select(OutboxMessage.message_id, OutboxMessage.sent_at, OutboxMessage.person_id).where(
                OutboxMessage.id > last
            )
        ).all()
        told = session.execute(select(Notice.person_id, Notice.task_id, Notice.kind, Notice.details)).all()
    assert len({row.person_id for row in rows}) == len(rows)
    assert max(Counter(map(str, told)).values(), default=1) == 1
    return Letters([row.message_id for row in rows], {row.message_id for row in rows if row.sent_at})


def forget_what_was_told(database: Database) -> int:
    """The ladder is climbed anew, so that every morning has news. The number of the last letter."""
    with database.transaction() as session:
        session.execute(delete(LadderStep))
        session.execute(delete(Notice))
        return session.scalar(select(func.max(OutboxMessage.id))) or 0


@pytest.mark.parametrize("number", NUMBERS)
def test_a_morning_that_is_killed_writes_each_letter_once_and_sends_it(
    app_config: Config,
    database: Database,
    now: datetime,
    people: int,
    whole: Whole,
    killing: Callable[..., Killer],
    chance: random.Random,
    number: int,
) -> None:
    def order(at: datetime) -> dict[str, object]:
        return {"names": MORNING, "at": at.isoformat()}

    with serve_mail() as inbox:
        kill = killing(killed.run, replace(app_config, mail=inbox.server))
        kill.prepare(order(now))
        forget_what_was_told(database)
        uncut = kill(order(now + timedelta(days=1)))
        steps = {
            f"{when} {what}" for when in ("before", "after") for what in ("send", "getreply", "do_commit")
        }
        assert steps < set(uncut.steps)
        came = 0
        for day, moment in enumerate(kills(uncut, number, chance), 2):
            morning, last = now + timedelta(days=day), forget_what_was_told(database)
            inbox.raw.clear()
            outcome = kill(order(morning), moment)
            came += outcome.killed
            # What counts as sent arrived; whatever arrived was written.
            present = letters_since(database, last)
            arrived = {letter["Message-ID"] for letter in inbox.letters}
            assert present.sent <= arrived <= set(present.written), moment
            # When nobody can be about a letter any more, the rest is done; and after that nothing is.
            for minutes in (20, 40):
                kill(order(morning + timedelta(minutes=minutes)))
                present = letters_since(database, last)
                arrived = {letter["Message-ID"] for letter in inbox.letters}
                assert present.sent == arrived == set(present.written), moment
                assert len(present.written) == people
                # One may have come twice, which is then the same to the byte.
                assert len(set(inbox.raw)) == people
                assert len(inbox.raw) <= people + outcome.killed
        assert came > number // 2
    whole()


#: kinds and formats of reports, one after another
REPORTS = [("evidence", "zip"), ("note", "docx"), ("evidence", "zip"), ("execution", "xlsx")]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_report_whose_making_is_killed_is_made_once(
    database: Database,
    store: EvidenceStore,
    now: datetime,
    people: int,
    whole: Whole,
    killing: Callable[..., Killer],
    chance: random.Random,
    number: int,
) -> None:
    kill, kinds = killing(killed.report), cycle(REPORTS)

    def ask(nonce: str) -> int:
        kind, format = next(kinds)
        with database.transaction() as session:
            deputy, plan = find_actor(session, "deputy"), find_plan(session, "2022")
            wanted = Asked(kind, format, plan.today(now), f"{kind}.{format}")
            return asked.ask_for(session, deputy, plan, wanted, now=now, nonce=nonce)

    def standing(report_id: int) -> tuple[str, int]:
        """What has become of it, and how often the journal tells that it was made."""
        with database.read() as session:
            state = session.scalars(select(Report.state).where(Report.id == report_id)).one()
            made = select(func.count()).where(
                JournalEntry.subject == "report", JournalEntry.subject_id == report_id
            )
            return state, session.scalar(made) or 0

    for each, _ in enumerate(REPORTS):
        kill.prepare({"report": ask(f"prepared {each}")})
    uncut = kill({"report": ask("uncut")})
    files = ("fsync", "utime", "replace", "do_commit")
    assert {f"{when} {what}" for when in ("before", "after") for what in files} < set(uncut.steps)
    came = 0
    for turn, moment in enumerate(kills(uncut, number, chance)):
        order = {"report": ask(str(turn))}
        outcome = kill(order, moment)
        came += outcome.killed
        whole()
        state, made = standing(order["report"])
        assert made == (state == "ready"), moment
        assert state == "ready" or not outcome.acknowledged, moment
        # As if it had given no sign of life for long.
        with database.transaction() as session:
            session.execute(update(Report).values(alive_until=now - timedelta(days=1)))
        assert kill(order).acknowledged == [None if state == "ready" else ""]
        assert kill(order).acknowledged == [None]
        assert standing(order["report"]) == ("ready", 1)
    assert came > number // 2
    whole(afresh=True)
