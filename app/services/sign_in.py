"""Proving who one is: at the sign-in page, and before what would give an account away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.db import Database
from app.domain.errors import InvalidInputError
from app.domain.permissions import Actor
from app.models import Person
from app.services import sessions
from app.services.passwords import check_password, hash_password, is_outdated, matches
from app.services.pending_sign_ins import begin_pending
from app.services.people import active_person, actor_of, normal_username, put_password
from app.services.second_factor import has_second_factor
from app.services.throttling import NOWHERE, Counter, Visitor, count_try, take_back


@dataclass(frozen=True, slots=True)
class SecondStep:
    """The password is proven; `token` is what the second factor is proven with."""

    token: str


def sign_in(
    database: Database,
    username: str,
    password: str,
    *,
    now: datetime,
    agent: str = "",
    replaces: str = "",
    demo: bool = False,
    visitor: Visitor = NOWHERE,
) -> tuple[str, Actor] | SecondStep | None:
    """Check a password and begin a session: its token and its actor, or None when they do not match.

    Who has a second factor has to prove it yet.

    1. Count the try, and refuse it while the last failures of this account, address or browser make it
       wait; a name that nobody has waits like any other. 2. Check the password without a lock, for that is
       slow on purpose. 3. Take the try back and begin a session, if the account is still as it was, and
       end the one that it `replaces`.
    Raises TooManyAttemptsError while waiting.
    """
    username = normal_username(username)
    with database.read() as session:
        person = active_person(session, username)
        counters = visitor.counters(username, person.id if person else None)
        password_hash = person.password_hash if person else None
    if not _proven(database, counters, password_hash, password, now, demo=demo):
        return None
    stronger = hash_password(password) if password_hash and is_outdated(password_hash) else None
    with database.transaction() as session:
        person = _still(session, username, password_hash)
        if person is None:
            return None
        take_back(session, counters, now)
        if stronger:
            person.password_hash = stronger
        if has_second_factor(session, person.id):
            return SecondStep(begin_pending(session, person.id, now))
        if replaces:
            sessions.sign_out(session, replaces, now=now)
        return sessions.begin(session, person, now, agent), actor_of(person)


def change_own_password(
    database: Database,
    actor: Actor,
    old: str,
    new: str,
    *,
    now: datetime,
    this_session: int,
    demo: bool = False,
) -> None:
    """Change the actor's own password; every session but this one ends.

    Wrong old passwords make this session wait, and no other. Raises InvalidInputError, TooManyAttemptsError.
    """
    with database.read() as session:
        person = session.get_one(Person, actor.person_id)
        username, password_hash = person.username, person.password_hash
    check_password(new, username, demo=demo)
    counters = [Counter("session", str(this_session))]
    if not _proven(database, counters, password_hash, old, now, demo=demo):
        raise InvalidInputError({"old": "This is not your present password."})
    new_hash = hash_password(new)
    with database.transaction() as session:
        changed = _still(session, username, password_hash)
        if changed is not None:
            take_back(session, counters, now)
            put_password(session, actor, changed, new_hash, now=now, but=this_session)
    if changed is None:
        raise InvalidInputError({"old": "This is not your present password."})


def prove_own_password(
    database: Database, actor: Actor, password: str, *, now: datetime, this_session: int, demo: bool = False
) -> None:
    """Prove in an open session that it is the actor who sits there, and nobody who found it open.

    Wrong passwords make this session wait, and no other. Raises InvalidInputError, TooManyAttemptsError.
    """
    if not password:
        raise InvalidInputError({"present": "Please fill this in."})
    with database.read() as session:
        password_hash = session.get_one(Person, actor.person_id).password_hash
    counters = [Counter("session", str(this_session))]
    if not _proven(database, counters, password_hash, password, now, demo=demo):
        raise InvalidInputError({"present": "This is not your present password."})
    with database.transaction() as session:
        take_back(session, counters, now)


def _proven(
    database: Database,
    counters: Sequence[Counter],
    password_hash: str | None,
    password: str,
    now: datetime,
    *,
    demo: bool,
) -> bool:
    """Whether the password matches; the try is counted before. Raises TooManyAttemptsError."""
    with database.transaction() as session:
        count_try(session, counters, now)
    return matches(password_hash, password, demo=demo)


def _still(session: Session, username: str, password_hash: str | None) -> Person | None:
    """The account, if the proven hash is still its own."""
    person = active_person(session, username, lock=True)
    return person if person and person.password_hash == password_hash else None
