"""Background work: several workers do nothing twice, and one that is killed at any moment loses nothing."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update

from app.db import Database
from app.models import JobRun, JournalEntry, LadderStep, Notice, OutboxMessage, Person, Report
from app.services import outbox
from app.services.outbox import Letter
from app.services.plans import find_plan
from app.services.reports import asked
from app.services.reports.asked import Asked
from app.timetable import TIMETABLES
from config import Config
from tests import factories
from tests.infrastructure import killed
from tests.infrastructure.killing import Kill, Killer, killer_of
from tests.infrastructure.mail_server import Inbox
from tests.infrastructure.server import serve
from tests.infrastructure.templates import Installation
from tests.infrastructure.workers import mail_settings, serve_redis, with_queue, worker

pytestmark = pytest.mark.data("plan")

MORNING = ("ladder", "digest", "mail")
#: seconds until something that should happen is given up
PATIENCE = 90


@pytest.fixture
def people(database: Database, now: datetime) -> int:
    """Three who want a letter a day; how many they are."""
    with database.transaction() as session:
        for name in ("college01", "college02"):
            factories.actor(session, name, now)
        factories.actor(session, "deputy", now, role="controller")
        session.execute(update(Person).values(email="somebody@example.org", digest="day"))
    return 3


def eventually(happens: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def message_ids(inbox: Inbox) -> Counter[str]:
    return Counter(letter["Message-ID"] for letter in inbox.letters)


def write_letters(database: Database, now: datetime, number: int) -> None:
    with database.transaction() as session:
        person = session.scalars(select(Person.id).limit(1)).one()
        for each in range(number):
            letter = Letter(
                f"test:{each}", person, "a@example.org", f"Письмо {each}", "Текст.\n", "<p>Текст</p>"
            )
            outbox.write(session, letter, domain="vekha.test", now=now)


def ask_for_reports(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        plan = find_plan(session, "2022")
        deputy = factories.people.find_actor(session, "deputy")
        for kind in ("execution", "note"):
            asked.ask_for(
                session, deputy, plan, Asked(kind, "docx", plan.today(now), f"{kind}.docx"), now=now
            )


def count(database: Database, *where: object, of: type = OutboxMessage) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(of).where(*where)) or 0


@pytest.fixture(params=["its own", pytest.param("redis", marks=pytest.mark.torture)])
def shared(
    request: pytest.FixtureRequest, installation: Installation, tmp_path: Path
) -> Iterator[Installation]:
    """The installation with a queue that several workers share."""
    if request.param == "redis":
        with serve_redis(tmp_path) as address:
            yield replace(installation, queue=address)
    else:
        yield with_queue(installation)


def test_two_workers_at_once_do_everything_and_nothing_twice(
    shared: Installation, database: Database, now: datetime, people: int, inbox: Inbox, tmp_path: Path
) -> None:
    write_letters(database, now - timedelta(days=1), 30)
    ask_for_reports(database, now)
    settings = mail_settings(inbox.server)
    with worker(shared, tmp_path / "one", settings), worker(shared, tmp_path / "two", settings):
        eventually(lambda: count(database, OutboxMessage.sent_at.is_not(None)) >= 30)
        eventually(lambda: count(database, Report.state == "ready", of=Report) == 2)
        eventually(lambda: count(database, JobRun.finished_at.is_not(None), of=JobRun) == len(TIMETABLES))
    assert max(message_ids(inbox).values()) == 1
    with database.read() as session:
        runs = dict(session.execute(select(JobRun.name, JobRun.run)).all())
        made = session.scalars(select(JournalEntry.subject_id).where(JournalEntry.subject == "report")).all()
        told = session.execute(select(Notice.person_id, Notice.task_id)).all()
        written = session.scalars(select(OutboxMessage.key).where(OutboxMessage.key.like("digest:%"))).all()
    daily = [name for name in runs if name not in ("reminders", "mail", "reports")]
    assert {name: runs[name] for name in daily} == dict.fromkeys(daily, 1)
    assert len(made) == len(set(made)) == 2
    assert len(told) == len(set(told)) > 0
    assert len(written) == len(set(written)) == people


def test_the_server_keeps_a_worker_beside_it_and_ends_it_with_itself(
    installation: Installation, database: Database, people: int, now: datetime, tmp_path: Path
) -> None:
    ask_for_reports(database, now)
    queue = installation.instance / "queue.db"
    with serve(replace(installation, queue=f"sqlite:///{queue}"), tmp_path / "log"):
        eventually(lambda: count(database, Report.state == "ready", of=Report) == 2)
        [first] = holders_of(queue)
        os.kill(first, signal.SIGKILL)
        eventually(lambda: bool(set(holders_of(queue)) - {first}))
        [second] = holders_of(queue)
        # The new one works: what was asked for since is made.
        with database.transaction() as session:
            session.execute(update(Report).values(state="waiting", attempt=0))
            session.execute(update(JobRun).values(begun_at=None, alive_until=None))
        eventually(lambda: count(database, Report.state == "ready", of=Report) == 2)
    eventually(lambda: not Path(f"/proc/{second}").exists())


def holders_of(queue: Path) -> list[int]:
    """The processes that work on a queue: those that hold it open."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                if str(queue) in {os.readlink(file) for file in (process / "fd").iterdir()}:
                    found.append(int(process.name))
            except OSError:
                continue
    return found


def one_morning(kill: Killer, now: datetime, moments: list[int]) -> list[bool]:
    """A morning's jobs, to be killed at these steps in turn and then left alone; which of them came."""

    def begin(turn: int, moment: int) -> bool:
        # Between two tries so much time passes that nobody can still be about a letter.
        at = now + turn * timedelta(minutes=20)
        return kill({"names": MORNING, "at": at.isoformat()}, Kill(number=moment)).killed

    came = [begin(turn, moment) for turn, moment in enumerate(moments)]
    assert not begin(len(moments), 0)
    return came


def check_morning(database: Database, inbox: Inbox, people: int, killed: int) -> None:
    with database.read() as session:
        told = session.execute(select(Notice.person_id, Notice.task_id, Notice.kind)).all()
        unmailed = session.scalars(select(Notice.id).where(Notice.mailed_at.is_(None))).all()
        letters = session.execute(select(OutboxMessage.message_id, OutboxMessage.sent_at)).all()
    assert len(told) == len(set(told)) > 0
    assert unmailed == []
    assert len(letters) == people
    assert all(sent_at for _, sent_at in letters)
    # At least once, and what came more often is the same letter to the byte.
    assert set(message_ids(inbox)) == {message_id for message_id, _ in letters}
    assert len(set(inbox.raw)) == people
    assert len(inbox.raw) - people <= killed


def test_a_morning_that_is_killed_again_and_again_loses_nothing(
    app_config: Config, database: Database, now: datetime, people: int, inbox: Inbox
) -> None:
    with killer_of(killed.run, replace(app_config, mail=inbox.server), now) as kill:
        # Somewhere in the ladder, in the digests, and about the sending of letters.
        came = one_morning(kill, now, [30, 62, 96, 30, 40, 44])
    assert all(came)
    check_morning(database, inbox, people, len(came))


@pytest.mark.torture
@pytest.mark.timeout(900)
def test_a_morning_may_be_killed_at_any_of_its_moments(
    app_config: Config, database: Database, now: datetime, people: int, inbox: Inbox
) -> None:
    chance = random.Random(2022)
    moment, came = 0, True
    with killer_of(killed.run, replace(app_config, mail=inbox.server), now) as kill:
        while came:
            moment += chance.randint(1, 8)
            with database.transaction() as session:
                for model in (LadderStep, Notice, OutboxMessage):
                    session.execute(delete(model))
            inbox.raw.clear()
            shutil.rmtree(app_config.anchor, ignore_errors=True)
            came, again = one_morning(kill, now, [moment, chance.randint(1, 120)])
            check_morning(database, inbox, people, came + again)
    assert moment > 120


@pytest.mark.torture
@pytest.mark.timeout(1800)
def test_a_worker_that_is_killed_while_it_sends_is_replaced_and_every_letter_arrives(
    installation: Installation, database: Database, now: datetime, people: int, inbox: Inbox, tmp_path: Path
) -> None:
    number, kills = 120, 10
    write_letters(database, now - timedelta(days=1), number)
    shared, settings = with_queue(installation), mail_settings(inbox.server)
    chance = random.Random(2022)
    for turn in range(kills):
        with worker(shared, tmp_path / f"log{turn}", settings) as process:
            wanted = min(len(inbox.raw) + chance.randint(1, 10), number)
            eventually(lambda: len(inbox.raw) >= wanted)  # noqa: B023
            time.sleep(chance.random() / 50)
            process.kill()
            process.wait()
        # As if a quarter of an hour had passed: nobody is about anything any more.
        with database.transaction() as session:
            session.execute(
                update(OutboxMessage)
                .where(OutboxMessage.next_at.is_not(None))
                .values(next_at=now - timedelta(days=1), attempts=0)
            )
            session.execute(
                update(JobRun).values(begun_at=datetime(2022, 1, 1, tzinfo=UTC), alive_until=None)
            )
    with worker(shared, tmp_path / "last", settings):
        while left := count(database, OutboxMessage.sent_at.is_(None)):
            eventually(lambda: count(database, OutboxMessage.sent_at.is_(None)) < left)
    found = message_ids(inbox)
    assert len(found) >= number
    assert len(set(inbox.raw)) == len(found)
    assert len(inbox.raw) - len(found) <= kills
