"""Restoring yesterday's database sends nobody a letter twice, and keeps nobody from a new one."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app import jobs
from app.backups import creating, restoring
from app.db import Database
from app.domain.permissions import Actor
from app.jobs import Work
from app.services import digests, reminders
from app.services.job_runs import LastRun
from app.storage import EvidenceStore
from config import Config
from tests import factories
from tests.infrastructure.mail_server import Inbox

pytestmark = pytest.mark.data("plan")


@pytest.fixture
def work(app_config: Config, database: Database, inbox: Inbox, now: datetime) -> Work:
    config = replace(app_config, mail=inbox.server)
    return Work(config, database, EvidenceStore(config.evidence, 10_000_000), now)


@pytest.fixture
def deputy(work: Work) -> Actor:
    """The controller; and three colleges that have addresses."""
    with work.database.transaction() as session:
        for name in ("college01", "college02", "college03"):
            college = factories.actor(session, name, work.now)
            digests.set_letters(
                session, college.person_id, f"{name}@example.org", digests.DAILY, now=work.now
            )
        return factories.actor(session, "deputy", work.now, "controller")


def morning(work: Work, now: datetime) -> LastRun:
    """What the jobs of a morning do: the ladder, the digests, the letters of reminders, the mail."""
    for name in ("ladder", "digest", "reminders", "mail"):
        last = jobs.run(name, replace(work, now=now))
        assert last.failure == ""
    return last


def remind(work: Work, deputy: Actor, organization: str, code: str, now: datetime) -> None:
    with work.database.transaction() as session:
        task = factories.find_task(session, code, organization)
        reminders.remind(session, deputy, [task.id], now=now)


def back_up(work: Work, path: Path) -> Path:
    machine = work.config.clock.machine()
    return creating.create(work.database, work.store, path, machine, lambda _sentence: None).path


def put_back(work: Work, archive: Path) -> None:
    restoring.restore(
        *(archive, work.database, work.store),
        replace=True,
        finish=lambda _session, _backup: None,
        progress=lambda _sentence: None,
    )


def sent(inbox: Inbox) -> Counter[tuple[str, str]]:
    """Subjects and receivers."""
    return Counter((letter["Subject"], letter["To"]) for letter in inbox.letters)


def test_a_day_that_is_lived_again_after_restoring_sends_none_of_its_letters_again(
    work: Work, deputy: Actor, inbox: Inbox, now: datetime, tmp_path: Path
) -> None:
    morning(work, now)
    remind(work, deputy, "college01", "2.3", now)
    # Written and not sent: it waits in the backup.
    jobs.run("reminders", replace(work, now=now + timedelta(hours=1)))
    archive = back_up(work, tmp_path / "backup.tar")
    tomorrow = now + timedelta(days=1)
    for _ in range(3):
        put_back(work, archive)
        remind(work, deputy, "college02", "2.3", tomorrow - timedelta(hours=3))
        last = morning(work, tomorrow)
    # Three digests and a reminder, and the digest of the next day.
    assert sorted(sent(inbox).values()) == [1] * 5
    # The last two were written anew; the database knows that they are sent.
    assert (last.result["sent"], last.result["known"], last.result["waiting"]) == (0, 2, 0)


def test_a_new_reminder_arrives_though_one_of_its_number_was_sent_before(
    work: Work, deputy: Actor, inbox: Inbox, now: datetime, tmp_path: Path
) -> None:
    archive = back_up(work, tmp_path / "backup.tar")
    for hour, code in enumerate(("2.3", "4.1"), start=1):
        remind(work, deputy, "college01", code, now + timedelta(hours=hour))
        jobs.run("reminders", replace(work, now=now + timedelta(hours=hour)))
        jobs.run("mail", replace(work, now=now + timedelta(hours=hour)))
        put_back(work, archive)
    first, second = inbox.letters
    assert first["Message-ID"] != second["Message-ID"]
    assert first["To"] == second["To"]
