"""Proving who one is: at the sign-in page, and before a password is changed."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.db import Database
from app.domain.errors import InvalidInputError, TooManyAttemptsError
from app.domain.permissions import Actor
from app.models import Person, SignInFailure
from app.services import sessions
from app.services.passwords import check_password, hash_password, is_outdated, matches
from app.services.people import active_person, actor_of, normal_username, put_password

#: wait this many seconds after the n-th failure in a row
_PENALTIES = (0, 0, 0, 2, 5, 15, 30, 60)


def sign_in(
    database: Database,
    username: str,
    password: str,
    *,
    now: datetime,
    agent: str = "",
    replaces: str = "",
    demo: bool = False,
) -> tuple[str, Actor] | None:
    """Check a password and begin a session: its token and its actor, or None when they do not match.

    1. Refuse while the last failures under this name still make it wait; a name that nobody has waits
       like any other. 2. Check the password without a lock, for that is slow on purpose. 3. Note the
       failure; or begin a session, if the account is still as it was, and end the one that it `replaces`.
    Each failure in a row makes the next try wait longer; nobody is locked out for good.
    Raises TooManyAttemptsError while waiting.
    """
    username = normal_username(username)
    password_hash = _proven(database, username, password, now, demo=demo)
    stronger = hash_password(password) if password_hash and is_outdated(password_hash) else None
    with database.transaction() as session:
        person = _still(session, username, password_hash, now)
        if person is None:
            return None
        if stronger:
            person.password_hash = stronger
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

    A wrong old password counts like a failed sign-in. Raises InvalidInputError, TooManyAttemptsError.
    """
    with database.read() as session:
        username = session.get_one(Person, actor.person_id).username
    check_password(new, username, demo=demo)
    password_hash = _proven(database, username, old, now, demo=demo)
    new_hash = hash_password(new)
    with database.transaction() as session:
        person = _still(session, username, password_hash, now)
        if person is not None:
            put_password(session, actor, person, new_hash, now=now, but=this_session)
    if person is None:
        raise InvalidInputError({"old": "This is not your present password."})


def forget_failures(session: Session, before: datetime) -> int:
    """Delete what was noted of failures before that instant; how many names that were."""
    found = session.execute(delete(SignInFailure).where(SignInFailure.failed_at < before))
    return int(found.rowcount)  # type: ignore[attr-defined]


def _proven(database: Database, username: str, password: str, now: datetime, *, demo: bool) -> str | None:
    """The hash that the password matches; None when it does not. Raises TooManyAttemptsError."""
    with database.read() as session:
        _wait(session.get(SignInFailure, _name_hash(username)), now)
        person = active_person(session, username)
        password_hash = person.password_hash if person else None
    return password_hash if matches(password_hash, password, demo=demo) else None


def _still(session: Session, username: str, password_hash: str | None, now: datetime) -> Person | None:
    """The account, if the proven hash is still its own; otherwise a failure is noted."""
    person = active_person(session, username, lock=True) if password_hash else None
    if person is None or person.password_hash != password_hash:
        _count_failure(session, _name_hash(username), now)
        return None
    session.execute(delete(SignInFailure).where(SignInFailure.name_hash == _name_hash(username)))
    return person


def _wait(failed: SignInFailure | None, now: datetime) -> None:
    if failed is None:
        return
    penalty = _PENALTIES[min(failed.failures, len(_PENALTIES) - 1)]
    left = penalty - (now - failed.failed_at).total_seconds()
    # More than the whole penalty is left only when the clock was moved back; nobody waits for that.
    if 0 < left <= penalty:
        raise TooManyAttemptsError(seconds=int(left) + 1)


def _count_failure(session: Session, name_hash: str, now: datetime) -> None:
    counted = session.execute(
        update(SignInFailure)
        .where(SignInFailure.name_hash == name_hash)
        .values(failures=SignInFailure.failures + 1, failed_at=now)
    )
    if counted.rowcount == 0:  # type: ignore[attr-defined]
        # Two first failures at once: one of them is enough.
        with suppress(IntegrityError), session.begin_nested():
            session.add(SignInFailure(name_hash=name_hash, failures=1, failed_at=now))


def _name_hash(username: str) -> str:
    return hashlib.sha256(username.encode(errors="replace")).hexdigest()
