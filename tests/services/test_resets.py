"""A forgotten password: who gets a link, how long it counts, what ends it, and what people are told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app import jobs
from app.db import Base, Database
from app.domain.errors import InvalidInputError, LinkSpentError, TooManyAttemptsError
from app.jobs import Work
from app.models import JournalEntry, Person
from app.services import digests, people, resets, sessions
from app.services.sign_in import change_own_password, sign_in
from app.services.throttling import NOWHERE, Visitor
from app.storage import EvidenceStore
from config import Config
from tests.infrastructure.mail_server import Inbox

pytestmark = pytest.mark.data("plan")

PASSWORD, NEW = "a good long password", "a longer password yet"
KEY = "a key that signs nothing outside the tests"


@pytest.fixture
def work(app_config: Config, database: Database, now: datetime, inbox: Inbox) -> Work:
    config = replace(app_config, mail=inbox.server, base_url="https://vekha.example")
    return Work(config, database, EvidenceStore(config.evidence, 10_000_000), now)


@pytest.fixture(autouse=True)
def accounts(database: Database, now: datetime) -> None:
    """Three with an address, of whom two share one, and one without."""
    with database.transaction() as session:
        for username, email in (
            ("auditor", "auditor@example.org"),
            ("first", "both@example.org"),
            ("second", "both@example.org"),
            ("silent", ""),
        ):
            person = people.add_person(session, username, name="", role="auditor", password=PASSWORD, now=now)
            person.email = email


def asked(database: Database, typed: str, now: datetime, visitor: Visitor = NOWHERE) -> None:
    with database.transaction() as session:
        resets.ask(session, typed, visitor, secret_key=KEY, now=now)


def sent(work: Work, inbox: Inbox) -> list[str]:
    """Send what waits: the addresses that got letters since the last time, in their order."""
    before = len(inbox.raw)
    jobs.run("mail", work)
    return [str(letter["To"]) for letter in inbox.letters[before:]]


def words(inbox: Inbox) -> str:
    """The last letter, as both its parts say it."""
    parts = inbox.letters[-1].iter_parts()
    return "\n".join(part.get_content() for part in parts)


def token(inbox: Inbox) -> str:
    found = {each.split()[0].split('"')[0] for each in words(inbox).split("?token=")[1:]}
    assert len(found) == 1
    return found.pop()


def link(work: Work, inbox: Inbox, username: str = "auditor") -> str:
    asked(work.database, username, work.now)
    assert len(sent(work, inbox)) == 1
    return token(inbox)


@pytest.mark.parametrize(
    ("typed", "receivers"),
    [
        ("auditor", ["auditor@example.org"]),
        (" AUDITOR ", ["auditor@example.org"]),
        ("Auditor@Example.org", ["auditor@example.org"]),
        # each account gets its own link
        ("both@example.org", ["both@example.org", "both@example.org"]),
        # nobody
        ("silent", []),
        ("nobody", []),
        ("nobody@example.org", []),
        ("", []),
        ("@", []),
        ("auditor@example.org\nBcc: x@example.org", []),
        ("%", []),
    ],
)
def test_a_link_goes_to_whom_the_name_or_the_address_means(
    work: Work, inbox: Inbox, typed: str, receivers: list[str]
) -> None:
    asked(work.database, typed, work.now)
    assert sent(work, inbox) == receivers


def test_a_link_sets_the_password_once_and_ends_every_session(work: Work, inbox: Inbox) -> None:
    database, now = work.database, work.now
    assert sign_in(database, "auditor", PASSWORD, now=now)
    given = link(work, inbox)
    # whatever address a browser claims to have asked at
    assert f"https://vekha.example/password/new?token={given}" in words(inbox)
    resets.set_new_password(database, given, NEW, now=now)
    assert sign_in(database, "auditor", PASSWORD, now=now) is None
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM login_session WHERE ended_at IS NULL")) == 0
        entry = session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc())).first()
    assert entry is not None
    assert (entry.action, entry.details) == ("reset_password", {})
    assert entry.person_id == entry.subject_id
    assert sign_in(database, "auditor", NEW, now=now)
    with pytest.raises(LinkSpentError):
        resets.set_new_password(database, given, "a third good password", now=now)
    assert sent(work, inbox) == ["auditor@example.org"]
    assert "изменён" in words(inbox)


def disable(session: Session, person: Person, now: datetime) -> None:
    people.set_active(session, None, person.id, False, now=now)
    people.set_active(session, None, person.id, True, now=now)


ENDS: dict[str, Callable[[Work, Inbox], object]] = {
    "a newer one": link,
    "a new password": lambda work, _inbox: act(
        work, lambda session, person: people.set_password(session, None, person.id, NEW, now=work.now)
    ),
    "the account was disabled": lambda work, _inbox: act(
        work, lambda session, person: disable(session, person, work.now)
    ),
    "a backup was put back": lambda work, _inbox: act(
        work, lambda session, _person: sessions.end_everybodys(session, now=work.now)
    ),
    "another address": lambda work, _inbox: act(
        work,
        lambda session, person: digests.set_letters(session, person.id, "x@example.org", "day", now=work.now),
    ),
}


def act(work: Work, change: Callable[[Session, Person], object]) -> None:
    with work.database.transaction() as session:
        change(session, people.find_person(session, "auditor"))


@pytest.mark.parametrize("end", ENDS)
def test_a_link_ends(work: Work, inbox: Inbox, end: str) -> None:
    given = link(work, inbox)
    ENDS[end](work, inbox)
    with pytest.raises(LinkSpentError):
        resets.set_new_password(work.database, given, "a third good password", now=work.now)


@pytest.mark.parametrize(("minutes", "counts"), [(59, True), (60, False)])
def test_a_link_counts_for_an_hour(work: Work, inbox: Inbox, minutes: int, counts: bool) -> None:
    given = link(work, inbox)
    with work.database.read() as session:
        later = work.now + timedelta(minutes=minutes)
        if counts:
            assert resets.whose(session, given, later).username == "auditor"
        else:
            with pytest.raises(LinkSpentError):
                resets.whose(session, given, later)


@pytest.mark.parametrize("made_up", ["", "x", "\ud800", "\0", "%", resets.TOKEN_HERE])
def test_a_token_that_was_made_up_opens_nothing(work: Work, inbox: Inbox, made_up: str) -> None:
    link(work, inbox)
    with pytest.raises(LinkSpentError):
        resets.set_new_password(work.database, made_up, NEW, now=work.now)


def test_a_password_that_is_not_taken_leaves_the_link_as_it_was(work: Work, inbox: Inbox) -> None:
    given = link(work, inbox)
    for bad in ("short", "password1234", "the auditor himself"):
        with pytest.raises(InvalidInputError):
            resets.set_new_password(work.database, given, bad, now=work.now)
    resets.set_new_password(work.database, given, NEW, now=work.now)


def test_the_database_never_holds_a_token_that_counts(work: Work, inbox: Inbox) -> None:
    asked(work.database, "auditor", work.now)
    inbox.refusal = "451 not now"
    jobs.run("mail", work)
    waiting = everything(work.database)
    inbox.refusal = ""
    later = replace(work, now=work.now + timedelta(minutes=10))
    assert sent(later, inbox) == ["auditor@example.org"]
    given = token(inbox)
    assert resets.TOKEN_HERE in waiting
    assert given not in waiting + everything(work.database)
    resets.set_new_password(work.database, given, NEW, now=later.now)


def everything(database: Database) -> str:
    """What stands in any table, as text."""
    with database.read() as session:
        return "\n".join(
            str(tuple(row)) for table in Base.metadata.sorted_tables for row in session.execute(select(table))
        )


def test_what_somebody_writes_is_never_taken_for_the_place_of_a_token(work: Work, inbox: Inbox) -> None:
    with work.database.transaction() as session:
        people.find_person(session, "auditor").name = f"?token={resets.TOKEN_HERE}"
    act(work, lambda session, person: people.set_password(session, None, person.id, NEW, now=work.now))
    assert sent(work, inbox) == ["auditor@example.org"]
    assert resets.TOKEN_HERE in words(inbox)


def test_nobody_is_flooded_with_letters_and_nobody_hears_of_it(work: Work, inbox: Inbox) -> None:
    for number in range(20):
        asked(work.database, "auditor", work.now, Visitor(f"203.0.113.{number}"))
    # The third is the last for a while.
    assert sent(work, inbox) == ["auditor@example.org"] * 4
    resets.set_new_password(work.database, token(inbox), NEW, now=work.now)


def test_one_address_asks_for_few(work: Work) -> None:
    here = Visitor("198.51.100.1")
    with work.database.transaction() as session:
        for number in range(31):
            resets.ask(session, f"name{number}", here, secret_key=KEY, now=work.now)
        with pytest.raises(TooManyAttemptsError):
            resets.ask(session, "auditor", here, secret_key=KEY, now=work.now)


def test_a_person_is_told_of_a_change_at_the_address_before(work: Work, inbox: Inbox) -> None:
    act(
        work,
        lambda session, person: digests.set_letters(
            session, person.id, "new@example.org", "day", now=work.now
        ),
    )
    assert sent(work, inbox) == ["auditor@example.org"]
    with work.database.read() as session:
        actor = people.find_actor(session, "auditor")
    change_own_password(work.database, actor, PASSWORD, NEW, now=work.now, this_session=0)
    assert sent(work, inbox) == ["new@example.org"]


def test_without_a_mail_server_nothing_is_told_late(work: Work, inbox: Inbox) -> None:
    asked(work.database, "auditor", work.now)
    jobs.run("mail", replace(work, config=replace(work.config, mail=None)))
    assert sent(replace(work, now=work.now + timedelta(days=2)), inbox) == []
