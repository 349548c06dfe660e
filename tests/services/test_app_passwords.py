"""A calendar program's password opens one person's tasks, as long as both hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.db import Database
from app.domain.errors import ConflictError, InvalidInputError, NotFoundError
from app.domain.permissions import Actor
from app.models import AppPassword, JournalEntry
from app.services import app_passwords
from app.services.app_passwords import NewAppPassword, find_account
from app.services.journal import first_broken
from app.services.people import edit_person, set_active
from app.services.plans import find_plan
from tests import factories
from tests.infrastructure.signing_in import PASSWORD
from tests.services.cast import People

pytestmark = pytest.mark.data("plan")


def made(database: Database, actor: Actor, now: datetime, name: str = "iPhone") -> NewAppPassword:
    with database.transaction() as session:
        return app_passwords.make(session, actor, name=name, language="ru", now=now)


def opens(database: Database, secret: str, username: str = "college01") -> bool:
    return find_account(database, username, secret) is not None


def test_a_password_is_long_readable_and_another_one_each_time(
    database: Database, people: People, now: datetime
) -> None:
    secrets = {made(database, people.college, now).secret for _ in range(20)}
    assert len(secrets) == 20
    for secret in secrets:
        # 25 characters of 32: 125 bits
        assert re.fullmatch(r"([a-km-np-z2-9]{5}-){4}[a-km-np-z2-9]{5}", secret)


def test_a_password_is_125_bits_of_what_it_is_made_of() -> None:
    assert app_passwords.secret_of(b"\x00" * 32) == "-".join(["aaaaa"] * 5)
    assert app_passwords.secret_of(b"\xff" * 32) == "-".join(["99999"] * 5)
    # the last bits are the first characters
    assert app_passwords.secret_of(bytes(30) + b"\x04\x20").startswith("abbaa-aaaaa")


def test_a_given_password_is_made_once_however_often_it_is_given(
    database: Database, people: People, now: datetime
) -> None:
    def give(actor: Actor = people.college) -> NewAppPassword:
        with database.transaction() as session:
            return app_passwords.make(
                session, actor, name="iPhone", language="ru", now=now, secret="aaaaa-bbbbb"
            )

    first = give()
    assert give() == first
    with database.read() as session:
        written = select(JournalEntry.id).where(JournalEntry.action == "app_password")
        assert len(session.scalars(written).all()) == 1
        assert len(app_passwords.app_passwords_of(session, people.college.person_id)) == 1
    with database.transaction() as session:
        app_passwords.revoke(session, people.college, first.id, now=now)
    with pytest.raises(ConflictError, match="was withdrawn"):
        give()
    assert not opens(database, first.secret)


def test_clicks_at_once_make_one_password(database: Database, people: People, now: datetime) -> None:
    def click(_number: int) -> NewAppPassword:
        with database.transaction() as session:
            return app_passwords.make(
                session, people.college, name="iPhone", language="ru", now=now, secret="aaaaa-bbbbb"
            )

    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(click, range(4)))) == 1
    with database.read() as session:
        assert len(app_passwords.app_passwords_of(session, people.college.person_id)) == 1


def test_a_password_tells_who_and_for_whom(database: Database, people: People, now: datetime) -> None:
    secret = made(database, people.college, now, "Thunderbird").secret
    account = find_account(database, "college01", secret)
    assert account is not None
    assert account.actor == people.college
    assert (account.username, account.organization, account.program) == (
        "college01",
        "college01",
        "Thunderbird",
    )
    assert (account.organization_id, account.language) == (people.college.organization_id, "ru")


def test_only_those_who_execute_owe_anything(database: Database, people: People, now: datetime) -> None:
    with database.transaction() as session:
        boss = factories.actor(session, "boss", now, "controller", "department")
    account = find_account(database, "boss", made(database, boss, now).secret)
    assert account is not None
    assert (account.organization, account.organization_id) == ("", 0)


@pytest.mark.parametrize(
    "typed",
    [
        lambda secret: secret.upper(),
        lambda secret: secret.replace("-", ""),
        lambda secret: secret.replace("-", " "),
        lambda secret: f" {secret}\n",
    ],
)
def test_how_a_password_is_typed_does_not_matter(
    database: Database, people: People, now: datetime, typed: Callable[[str], str]
) -> None:
    secret = made(database, people.college, now).secret
    assert opens(database, typed(secret))
    assert opens(database, secret, " College01 ")


def test_nothing_else_opens(database: Database, people: People, now: datetime) -> None:
    secret = made(database, people.college, now).secret
    assert opens(database, secret)
    assert not opens(database, secret, "college02")
    assert not opens(database, secret, "")
    for wrong in ("", PASSWORD, secret[:-1], secret + "a", "\x00", "\ud800"):
        assert not opens(database, wrong)


def test_a_withdrawn_password_opens_nothing_and_cannot_be_withdrawn_twice(
    database: Database, people: People, now: datetime
) -> None:
    kept, gone = (made(database, people.college, now, name) for name in ("kept", "gone"))
    with database.transaction() as session:
        app_passwords.revoke(session, people.college, gone.id, now=now)
    assert not opens(database, gone.secret)
    assert opens(database, kept.secret)
    with database.read() as session:
        assert [line.name for line in app_passwords.app_passwords_of(session, people.college.person_id)] == [
            "kept"
        ]
    with pytest.raises(NotFoundError), database.transaction() as session:
        app_passwords.revoke(session, people.college, gone.id, now=now)


def test_somebody_elses_password_looks_like_a_missing_one(
    database: Database, people: People, now: datetime
) -> None:
    password = made(database, people.college, now)
    for number in (password.id, password.id + 100):
        with pytest.raises(NotFoundError), database.transaction() as session:
            app_passwords.revoke(session, people.other, number, now=now)
    assert opens(database, password.secret)


def test_a_disabled_person_is_let_in_by_no_password(
    database: Database, people: People, now: datetime
) -> None:
    secret = made(database, people.college, now).secret
    for active in (False, True):
        with database.transaction() as session:
            set_active(session, None, people.college.person_id, active, now=now)
        assert opens(database, secret) is active


def test_a_password_follows_its_person_to_another_organisation(
    database: Database, people: People, now: datetime
) -> None:
    secret = made(database, people.college, now).secret
    with database.transaction() as session:
        edit_person(
            session,
            None,
            people.college.person_id,
            name="college01",
            role="executor",
            organization="college02",
            now=now,
        )
    account = find_account(database, "college01", secret)
    assert account is not None
    assert (account.organization, account.organization_id) == ("college02", people.other.organization_id)


@pytest.mark.parametrize("name", ["", "  \n", "\u202e", "a" * 81])
def test_a_password_has_a_name_that_can_be_read(
    database: Database, people: People, now: datetime, name: str
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        made(database, people.college, now, name)
    assert set(refused.value.fields) == {"name"}


def test_the_use_of_a_password_is_noted_at_most_once_an_hour(
    database: Database, people: People, now: datetime
) -> None:
    password = made(database, people.college, now)
    expected = {0: 0, 59: 0, 61: 61, 90: 61, 0.5: 0.5}
    for minutes, noted in expected.items():
        with database.transaction() as session:
            app_passwords.note_use(session, password.id, now + timedelta(minutes=minutes))
        account = find_account(database, "college01", password.secret)
        assert account is not None
        assert account.used_at == now + timedelta(minutes=noted)
        assert not account.use_is_worth_noting(account.used_at + timedelta(minutes=59))
        assert account.use_is_worth_noting(account.used_at + timedelta(minutes=61))


def test_the_secret_stands_nowhere_and_the_journal_says_who_made_and_withdrew_what(
    database: Database, people: People, now: datetime
) -> None:
    password = made(database, people.college, now, "Часы")
    with database.transaction() as session:
        app_passwords.revoke(session, people.college, password.id, now=now)
        plan = find_plan(session, "2022")
        newest = session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc()).limit(2)).all()
        said = [(entry.subject, entry.action, entry.person_id, entry.details) for entry in reversed(newest)]
        row = session.scalars(select(AppPassword)).one()
        assert first_broken(session, plan.id) is None
    person_id = people.college.person_id
    assert said == [
        ("person", "app_password", person_id, {"program": "Часы"}),
        ("person", "revoke_app_password", person_id, {"program": "Часы"}),
    ]
    plain = password.secret.replace("-", "")
    for value in (*vars(row).values(), *(entry.details for entry in newest)):
        assert password.secret not in str(value)
        assert plain not in str(value)
