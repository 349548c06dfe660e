"""Digests: who gets a letter on which day, what it says, and in which language."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from app import jobs
from app.db import Database
from app.domain.permissions import Actor
from app.jobs import Work
from app.models import Notice, OutboxMessage, Person
from app.services import notices, reminders, tasks
from app.storage import EvidenceStore
from config import Config
from tests import factories
from tests.services.cast import People

pytestmark = pytest.mark.data("plan")

TUESDAY = date(2022, 6, 14)
MONDAY = date(2022, 6, 27)


@pytest.fixture
def work(app_config: Config, database: Database, now: datetime) -> Work:
    return Work(app_config, database, EvidenceStore(app_config.evidence, 10_000_000), now)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def on(work: Work, day: date, base_url: str | None = None) -> int:
    """Write the digests of a day; how many letters that made."""
    config = Config(**{**vars(work.config), "base_url": base_url})
    last = jobs.run("digest", Work(config, work.database, work.store, noon(day)))
    assert last.failure == ""
    return int(last.result["letters"])


def wants(database: Database, actor: Actor, rhythm: str = "day", language: str = "en") -> None:
    with database.transaction() as session:
        session.execute(
            update(Person)
            .where(Person.id == actor.person_id)
            .values(email="a@example.org", digest=rhythm, language=language)
        )


def letters(database: Database) -> list[OutboxMessage]:
    with database.read() as session:
        return list(session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def remind(database: Database, people: People, day: date, code: str = "2.3") -> None:
    with database.transaction() as session:
        task = factories.find_task(session, code, "college01")
        reminders.remind(session, people.deputy, [task.id], now=noon(day), note="Ждём <план>.")


def test_a_letter_tells_what_is_new_late_returned_and_due_soon(
    work: Work, store: EvidenceStore, people: People
) -> None:
    wants(work.database, people.college)
    with work.database.transaction() as session:
        task = factories.submit(session, store, people.college, "3.2", noon(TUESDAY))
        tasks.fire(session, store, people.deputy, task.id, "return", now=noon(TUESDAY), note="Нет даты.")
    remind(work.database, people, TUESDAY)
    jobs.run("ladder", work)
    day = date(2022, 6, 16)
    assert on(work, day, "https://vekha.example.org") == 1
    [letter] = letters(work.database)
    assert letter.subject == "Vekha: what is new, due and late, 16 Jun 2022"
    for expected in ("college01", "New: ", "You were reminded — Ждём <план>.", "Overdue: ", "Due soon: "):
        assert expected in letter.text
    assert "Returned to you for rework — Нет даты." in letter.text
    assert "Returned to you for rework: 1" in letter.text
    assert f"https://vekha.example.org/tasks/{task.id}" in letter.text
    assert "Ждём &lt;план&gt;." in letter.html
    assert f'<a href="https://vekha.example.org/tasks/{task.id}">' in letter.html
    assert letter.html.count("<li>") == letter.text.count("\n  - ")


def test_a_letter_speaks_the_language_of_its_reader_and_has_no_links_without_an_address(
    work: Work, people: People
) -> None:
    wants(work.database, people.college, language="")
    remind(work.database, people, TUESDAY)
    assert on(work, TUESDAY) == 1
    [letter] = letters(work.database)
    assert letter.subject == "Веха: новое, сроки и просрочки, 14.06.2022"
    assert "Вам напомнили" in letter.text
    assert "http" not in letter.text + letter.html
    assert '<html lang="ru">' in letter.html


def test_a_day_has_one_letter_and_only_when_something_is_new(work: Work, people: People) -> None:
    wants(work.database, people.college)
    assert on(work, TUESDAY) == 0
    remind(work.database, people, TUESDAY)
    assert [on(work, TUESDAY), on(work, TUESDAY)] == [1, 0]
    remind(work.database, people, TUESDAY)
    assert on(work, TUESDAY) == 0
    assert [on(work, TUESDAY + timedelta(days=days)) for days in (1, 2, 3)] == [1, 0, 0]
    first, second = letters(work.database)
    assert first.text.count("You were reminded") == second.text.count("You were reminded") == 1
    assert (first.key, first.message_id) != (second.key, second.message_id)


def test_a_week_has_one_letter_on_monday_of_what_stands(work: Work, people: People) -> None:
    wants(work.database, people.college, "week")
    remind(work.database, people, TUESDAY)
    written = [on(work, TUESDAY + timedelta(days=days)) for days in range(14)]
    assert written == [int((TUESDAY + timedelta(days=days)).weekday() == 0) for days in range(14)]
    first, second = letters(work.database)
    assert "You were reminded" in first.text
    assert "New" not in second.text
    assert "Overdue: " in second.text


@pytest.mark.parametrize(
    "change", [{"email": ""}, {"digest": "none"}, {"active": False}], ids=["no address", "no wish", "gone"]
)
def test_who_wants_no_letter_gets_none(work: Work, people: People, change: dict[str, object]) -> None:
    wants(work.database, people.college)
    remind(work.database, people, TUESDAY)
    with work.database.transaction() as session:
        session.execute(update(Person).where(Person.id == people.college.person_id).values(**change))
    assert on(work, TUESDAY) == 0


def test_what_was_read_or_is_old_is_no_news(work: Work, people: People) -> None:
    wants(work.database, people.college)
    remind(work.database, people, TUESDAY)
    assert on(work, TUESDAY + timedelta(days=9)) == 0
    remind(work.database, people, MONDAY)
    with work.database.transaction() as session:
        newest = session.scalars(select(Notice.id).order_by(Notice.id.desc()).limit(1)).one()
        notices.mark_read(session, people.college.person_id, newest, newest, noon(MONDAY))
    assert on(work, MONDAY) == 0


def test_the_controller_reads_what_is_late_anywhere_and_whose(work: Work, people: People) -> None:
    wants(work.database, people.deputy)
    jobs.run("ladder", work)
    assert on(work, work.now.date()) == 1
    [letter] = letters(work.database)
    assert "Overdue: " in letter.text
    assert " · " in letter.text
    assert "more" in letter.text
    assert "Due soon" not in letter.text


def test_a_failure_in_the_middle_leaves_no_half_of_a_letter(
    work: Work, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    wants(work.database, people.college)
    remind(work.database, people, TUESDAY)
    with monkeypatch.context() as patch:
        patch.setattr(jobs.outbox, "write", lambda *_: 1 / 0)
        assert jobs.run("digest", Work(work.config, work.database, work.store, noon(TUESDAY))).failure
    assert letters(work.database) == []
    assert on(work, TUESDAY) == 1


def test_a_reminder_is_mailed_at_once_and_to_each_person_in_one_letter(work: Work, people: People) -> None:
    wants(work.database, people.college, "week")
    remind(work.database, people, TUESDAY)
    remind(work.database, people, TUESDAY, "3.2")
    run = replace(work, now=noon(TUESDAY))
    assert [jobs.run("reminders", run).result["letters"] for _ in range(2)] == [1, 0]
    [letter] = letters(work.database)
    assert letter.subject == "Vekha: you are reminded"
    assert letter.text.count("You were reminded — Ждём <план>.") == 2
    assert "Overdue" not in letter.text
    # What that letter tells the digest does not tell again.
    assert on(work, MONDAY) == 1
    assert "You were reminded" not in letters(work.database)[-1].text
    remind(work.database, people, TUESDAY)
    assert jobs.run("reminders", run).result["letters"] == 1
    assert len({letter.message_id for letter in letters(work.database)}) == 3


def test_who_wants_no_letters_gets_no_reminder_by_mail(work: Work, people: People) -> None:
    wants(work.database, people.college, "none")
    remind(work.database, people, TUESDAY)
    assert jobs.run("reminders", replace(work, now=noon(TUESDAY))).result["letters"] == 0
