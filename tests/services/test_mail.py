"""Mail: the outbox and a real SMTP server; at least once, always the same letter, and at last a dead one."""

from __future__ import annotations

import multiprocessing
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app import jobs, mail
from app.db import Database
from app.jobs import Work
from app.models import OutboxMessage
from app.sent import SentLetters
from app.services import outbox
from app.services.job_runs import LastRun
from app.services.outbox import PAUSES, Letter
from app.storage import EvidenceStore
from config import Config, ConfigError, MailServer
from tests import factories
from tests.infrastructure.mail_server import Inbox

pytestmark = pytest.mark.data("plan")


@pytest.fixture
def work(app_config: Config, database: Database, now: datetime, inbox: Inbox) -> Work:
    config = replace(app_config, mail=inbox.server)
    return Work(config, database, EvidenceStore(config.evidence, 10_000_000), now)


@pytest.fixture
def person_id(database: Database, now: datetime) -> int:
    with database.transaction() as session:
        return factories.actor(session, "college01", now).person_id


def write(work: Work, person_id: int, *keys: str) -> None:
    with work.database.transaction() as session:
        for key in keys:
            letter = Letter(
                key, person_id, "college01@example.org", f"О сроках: {key}", "Текст.\n", "<p>Текст.</p>"
            )
            outbox.write(session, letter, domain="vekha.test", now=work.now)


def run_at(work: Work, moment: datetime) -> LastRun:
    return jobs.run("mail", replace(work, now=moment))


def stored(work: Work) -> OutboxMessage:
    with work.database.read() as session:
        return session.scalars(select(OutboxMessage)).one()


def test_a_letter_arrives_as_text_with_html_beside_it(work: Work, person_id: int, inbox: Inbox) -> None:
    write(work, person_id, "digest:1")
    assert jobs.run("mail", work).result == {"sent": 1, "failed": 0, "dead": 0, "waiting": 0}
    [letter] = inbox.letters
    assert (letter["To"], letter["From"]) == ("college01@example.org", "Веха <vekha@example.org>")
    assert letter["Subject"] == "О сроках: digest:1"
    assert letter["Date"].datetime == work.now
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["List-Unsubscribe"] is None
    assert letter.get_content_type() == "multipart/alternative"
    text, html = letter.iter_parts()
    assert (text.get_content_type(), text.get_content().strip()) == ("text/plain", "Текст.")
    assert (html.get_content_type(), html.get_content().strip()) == ("text/html", "<p>Текст.</p>")
    assert letter["Message-ID"].endswith("@vekha.test>")


def test_what_was_sent_is_not_sent_again(work: Work, person_id: int, inbox: Inbox) -> None:
    write(work, person_id, "digest:1", "digest:2")
    jobs.run("mail", work)
    run_at(work, work.now + timedelta(days=3))
    assert [letter["Subject"][-1] for letter in inbox.letters] == ["1", "2"]
    assert len({letter["Message-ID"] for letter in inbox.letters}) == 2


def test_a_crash_after_a_letter_was_noted_as_sent_sends_it_no_second_time(
    work: Work, person_id: int, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(work, person_id, "digest:1")

    def crash(*_arguments: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "mark_sent", crash)
        with pytest.raises(KeyboardInterrupt):
            jobs.run("mail", work)
    last = run_at(work, work.now + timedelta(minutes=16))
    assert last.result == {"sent": 0, "failed": 0, "dead": 0, "waiting": 0, "known": 1}
    assert len(inbox.raw) == 1
    assert stored(work).sent_at == work.now + timedelta(minutes=16)


def test_a_crash_before_that_sends_the_same_letter_once_more_and_no_third_time(
    work: Work, person_id: int, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(work, person_id, "digest:1")

    def crash(*_arguments: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(SentLetters, "add", crash)
        patch.setattr(outbox, "mark_sent", crash)
        with pytest.raises(KeyboardInterrupt):
            jobs.run("mail", work)
    # Somebody may still be about it: at first nobody else takes it.
    run_at(work, work.now + timedelta(minutes=1))
    assert len(inbox.raw) == 1
    run_at(work, work.now + timedelta(minutes=16))
    run_at(work, work.now + timedelta(days=1))
    first, second = inbox.raw
    assert first == second
    assert stored(work).sent_at == work.now + timedelta(minutes=16)


def test_a_letter_that_is_refused_is_tried_again_after_longer_and_longer_pauses_and_then_is_dead(
    work: Work, person_id: int, inbox: Inbox
) -> None:
    write(work, person_id, "digest:1")
    inbox.refusal = "451 come again"
    moment = work.now
    for pause in PAUSES:
        last = run_at(work, moment)
        assert "451" in last.words
        assert run_at(work, moment + pause - timedelta(seconds=1)).failure == ""
        moment += pause
        assert stored(work).next_at == moment
    last = run_at(work, moment)
    assert last.result["dead"] == 1
    letter = stored(work)
    assert (letter.dead_at, letter.next_at, letter.attempts) == (moment, None, len(PAUSES) + 1)
    assert "come again" in letter.error
    inbox.refusal = ""
    assert run_at(work, moment + timedelta(days=30)).result == {
        "sent": 0,
        "failed": 0,
        "dead": 0,
        "waiting": 0,
    }
    assert inbox.raw == []


def test_a_refused_letter_arrives_when_the_server_takes_it_and_its_error_is_gone(
    work: Work, person_id: int, inbox: Inbox
) -> None:
    write(work, person_id, "digest:1")
    inbox.refusal = "550 not here"
    assert run_at(work, work.now).failure
    inbox.refusal = ""
    assert run_at(work, work.now + PAUSES[0]).failure == ""
    assert len(inbox.raw) == 1
    assert (stored(work).error, stored(work).next_at) == ("", None)


def test_a_server_that_is_away_fails_the_job_and_loses_nothing(work: Work, person_id: int) -> None:
    write(work, person_id, "digest:1", "digest:2")
    away = replace(work.config, mail=MailServer("127.0.0.1", 1, "vekha@example.org", tls="none"))
    last = jobs.run("mail", replace(work, config=away))
    assert last.words.startswith("2 letters could not be sent, 0 of them were given up.")
    with work.database.read() as session:
        assert outbox.standing(session)[:2] == (2, 0)


def test_without_a_server_letters_wait_and_the_job_says_how_many(work: Work, person_id: int) -> None:
    write(work, person_id, "digest:1")
    alone = replace(work, config=replace(work.config, mail=None))
    assert jobs.run("mail", alone).result == {"sent": 0, "failed": 0, "dead": 0, "waiting": 1}
    assert stored(work).attempts == 0


def test_nothing_is_sent_that_cannot_be_noted(work: Work, person_id: int, inbox: Inbox) -> None:
    write(work, person_id, "digest:1")
    folder = work.config.anchor / "sent"
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("no folder")
    assert "FileExistsError" in jobs.run("mail", work).words
    assert inbox.raw == []
    folder.unlink()
    assert run_at(work, work.now).result["sent"] == 1


def send_all(url: str, config: Config, now: datetime, started: Any) -> None:
    database = Database(url)
    started.wait()
    jobs.send_mail(Work(config, database, EvidenceStore(config.evidence, 1000), now))
    database.dispose()


def test_two_senders_at_once_send_each_letter_once(work: Work, person_id: int, inbox: Inbox) -> None:
    write(work, person_id, *(f"digest:{number}" for number in range(30)))
    spawning = multiprocessing.get_context("spawn")
    barrier = spawning.Barrier(2)
    given = (work.database.url, work.config, work.now, barrier)
    senders = [spawning.Process(target=send_all, args=given) for _ in range(2)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert [sender.exitcode for sender in senders] == [0, 0]
    assert len(inbox.raw) == 30
    assert len({letter["Message-ID"] for letter in inbox.letters}) == 30


@pytest.mark.parametrize("field", ["address", "subject"])
def test_no_header_can_be_smuggled_in(field: str, now: datetime) -> None:
    given = {"address": "a@example.org", "subject": "О сроках", "text": "", "html": ""}
    given[field] += "\r\nBcc: b@example.org"
    with pytest.raises(ValueError, match="linefeed"):
        mail.compose("vekha@example.org", **given, message_id="<1@vekha.test>", at=now)


@pytest.mark.parametrize(
    ("given", "server"),
    [
        ({}, None),
        ({"HOST": "mx"}, MailServer("mx", 587, "vekha@example.org")),
        ({"HOST": "mx", "TLS": "ssl", "USER": "u", "PASSWORD": "p"}, ("mx", 465, "u", "p", "ssl")),
        ({"HOST": "mx", "TLS": "none", "PORT": "2525"}, ("mx", 2525, "", "", "none")),
    ],
)
def test_the_settings_name_the_server(given: dict[str, str], server: Any) -> None:
    names = {f"VEKHA_SMTP_{name}": value for name, value in given.items()}
    config = Config.from_env({**names, "VEKHA_MAIL_FROM": "vekha@example.org"})
    if isinstance(server, tuple):
        host, port, user, password, tls = server
        server = MailServer(host, port, "vekha@example.org", user, password, tls)
    assert config.mail == server
    assert "password" not in repr(config.mail)


@pytest.mark.parametrize(
    "wrong", [{"VEKHA_SMTP_TLS": "maybe"}, {"VEKHA_MAIL_FROM": ""}, {"VEKHA_SMTP_PORT": "x"}]
)
def test_settings_that_cannot_work_are_refused_by_name(wrong: dict[str, str]) -> None:
    [name] = wrong
    given = {"VEKHA_SMTP_HOST": "mx", "VEKHA_MAIL_FROM": "vekha@example.org", **wrong}
    with pytest.raises(ConfigError, match=name.removeprefix("VEKHA_").lower()):
        Config.from_env(given)
