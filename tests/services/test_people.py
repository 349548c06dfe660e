"""Accounts: who may make and change them, what is refused, and what the journal says of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.domain.errors import (
    ConflictError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    WrongStateError,
)
from app.domain.permissions import Actor
from app.models import JournalEntry, Person
from app.services import people, sessions
from app.services.changes import fingerprint
from app.services.journal import first_broken
from app.services.passwords import DEMO_PASSWORD
from app.services.sign_in import sign_in

PASSWORD = "a good long password"

pytestmark = pytest.mark.data("plan")


def add(session: Session, username: str, now: datetime, role: str = "auditor", **more: Any) -> Person:
    return people.add_person(
        session, username, **({"name": "", "role": role, "password": PASSWORD, "now": now} | more)
    )


@pytest.fixture
def admin(database: Database, now: datetime) -> Actor:
    with database.transaction() as session:
        add(session, "admin", now, "administrator")
        return people.find_actor(session, "admin")


def journal(session: Session) -> list[JournalEntry]:
    found = session.scalars(
        select(JournalEntry).where(JournalEntry.subject == "person").order_by(JournalEntry.position)
    )
    return list(found)


def test_an_executor_acts_for_the_organisation_that_was_named(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        add(session, "College.07", now, "executor", name="  Колледж\t№ 7 ", organization="college07")
        actor = people.find_actor(session, "COLLEGE.07")
        values = people.person_values(session, session.get_one(Person, actor.person_id))
    assert actor.name == "Колледж № 7"
    assert values["organization"] == "college07"


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("username", {"username": ""}),
        ("username", {"username": "two words"}),
        ("username", {"username": "a/b"}),
        ("username", {"username": "n" * 81}),
        ("role", {"role": "king"}),
        ("organization", {"role": "executor"}),
        ("organization", {"role": "executor", "organization": "college99"}),
        ("password", {"password": "eleven char"}),
        ("password", {"password": "long" * 51}),
        ("password", {"password": DEMO_PASSWORD}),
        # one of those that are tried first
        ("password", {"password": "Password2022!"}),
        # made from the user name
        ("password", {"username": "somebody", "password": "for SomeBody only"}),
    ],
)
def test_an_account_that_cannot_be_taken_is_refused_with_its_field(
    database: Database, now: datetime, field: str, wrong: dict[str, Any]
) -> None:
    with pytest.raises(InvalidInputError) as refused, database.transaction() as session:
        add(session, wrong.pop("username", "somebody"), now, **wrong)
    assert list(refused.value.fields) == [field]
    with database.read() as session:
        assert session.scalars(select(Person)).all() == []


def test_a_user_name_is_given_once_however_it_is_written(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        add(session, "й", now)
    with pytest.raises(ConflictError), database.transaction() as session:
        # the same letter in two code points
        add(session, "И\u0306", now)


ACTS: dict[str, Callable[[Session, Actor, int, datetime], object]] = {
    "add": lambda session, actor, _id, now: add(session, "new", now, actor=actor),
    "edit": lambda session, actor, id_, now: people.edit_person(
        session, actor, id_, name="New", role="auditor", organization=None, now=now
    ),
    "disable": lambda session, actor, id_, now: people.set_active(session, actor, id_, False, now=now),
    "password": lambda session, actor, id_, now: people.set_password(
        session, actor, id_, "another long password", now=now
    ),
    "sessions": lambda session, actor, id_, now: people.end_sessions(session, actor, id_, now=now),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("role", ["executor", "controller", "auditor"])
def test_nobody_but_an_administrator_changes_accounts(
    database: Database, now: datetime, act: str, role: str
) -> None:
    with database.transaction() as session:
        victim = add(session, "victim", now)
        organization = "centre" if role == "executor" else None
        add(session, "actor", now, role, organization=organization)
        actor = people.find_actor(session, "actor")
    with pytest.raises(NotAllowedError), database.transaction() as session:
        ACTS[act](session, actor, victim.id, now)


@pytest.mark.parametrize("act", [name for name in ACTS if name != "add"])
def test_an_account_that_is_not_there_cannot_be_changed(
    database: Database, admin: Actor, now: datetime, act: str
) -> None:
    with pytest.raises(NotFoundError), database.transaction() as session:
        ACTS[act](session, admin, 10_000, now)


def test_every_change_of_an_account_stands_in_the_journal_without_its_password(
    database: Database, admin: Actor, now: datetime
) -> None:
    with database.transaction() as session:
        person = add(session, "victim", now, actor=admin)
        sign_in_needed = person.id
    assert sign_in(database, "victim", PASSWORD, now=now)
    with database.transaction() as session:
        people.edit_person(
            session, admin, sign_in_needed, name="Аудитор", role="executor", organization="centre", now=now
        )
        people.end_sessions(session, admin, sign_in_needed, now=now)
        people.set_password(session, admin, sign_in_needed, "another long password", now=now)
        people.set_active(session, admin, sign_in_needed, False, now=now)
        people.set_active(session, admin, sign_in_needed, True, now=now)
    with database.read() as session:
        entries = [entry for entry in journal(session) if entry.subject_id == sign_in_needed]
        assert first_broken(session, entries[0].plan_id) is None
    assert [entry.action for entry in entries] == [
        "add", "edit", "end_sessions", "password", "disable", "enable",
    ]  # fmt: skip
    assert {entry.person_id for entry in entries} == {admin.person_id}
    assert entries[1].details == {
        "before": {"name": "victim", "role": "auditor", "organization": None},
        "after": {"name": "Аудитор", "role": "executor", "organization": "centre"},
    }
    assert not any("password" in str(entry.details) for entry in entries)


def test_an_edit_that_changes_nothing_leaves_no_entry(
    database: Database, admin: Actor, now: datetime
) -> None:
    with database.transaction() as session:
        before = len(journal(session))
        people.edit_person(
            session, admin, admin.person_id, name="admin", role="administrator", organization=None, now=now
        )
        people.set_active(session, admin, admin.person_id, True, now=now)
        assert len(journal(session)) == before


def test_who_edits_what_somebody_else_changed_meanwhile_is_refused(
    database: Database, admin: Actor, now: datetime
) -> None:
    with database.transaction() as session:
        seen = fingerprint(people.person_values(session, session.get_one(Person, admin.person_id)))
        people.edit_person(
            session, admin, admin.person_id, name="First", role="administrator", organization=None, now=now
        )
    with pytest.raises(ConflictError), database.transaction() as session:
        people.edit_person(
            session,
            admin,
            admin.person_id,
            name="Second",
            role="administrator",
            organization=None,
            now=now,
            seen=seen,
        )
    with database.read() as session:
        assert people.find_actor(session, "admin").name == "First"


def test_a_disabled_person_is_out_at_once_and_gets_in_again_when_enabled(
    database: Database, admin: Actor, now: datetime
) -> None:
    with database.transaction() as session:
        person = add(session, "auditor", now)
    found = sign_in(database, "auditor", PASSWORD, now=now)
    assert found is not None
    with database.transaction() as session:
        people.set_active(session, admin, person.id, False, now=now)
    with database.read() as session:
        assert sessions.signed_in(session, found[0], now=now, idle=3600, life=3600) is None
        with pytest.raises(NotFoundError):
            people.find_actor(session, "auditor")
    assert sign_in(database, "auditor", PASSWORD, now=now) is None
    with database.transaction() as session:
        people.set_active(session, admin, person.id, True, now=now)
        # the old session does not come back with the account
        assert sessions.signed_in(session, found[0], now=now, idle=3600, life=3600) is None
    assert sign_in(database, "auditor", PASSWORD, now=now)


def test_the_last_administrator_stays_one(database: Database, admin: Actor, now: datetime) -> None:
    def demote() -> None:
        with database.transaction() as session:
            people.edit_person(
                session, admin, admin.person_id, name="x", role="auditor", organization=None, now=now
            )

    def disable() -> None:
        with database.transaction() as session:
            people.set_active(session, admin, admin.person_id, False, now=now)

    with database.transaction() as session:
        gone = add(session, "former", now, "administrator")
        people.set_active(session, admin, gone.id, False, now=now)
    for act in (demote, disable):
        with pytest.raises(WrongStateError):
            act()
    with database.transaction() as session:
        people.set_active(session, admin, gone.id, True, now=now)
    disable()


@pytest.mark.data("empty")
def test_accounts_can_be_made_before_there_is_a_plan(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        add(session, "admin", now, "administrator")
        assert journal(session) == []
        assert people.find_actor(session, "admin").role == "administrator"
