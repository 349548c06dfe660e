"""Between the two proofs of signing in: the password is proven, the second factor is not yet."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.db import Database
from app.domain.errors import LinkSpentError
from app.domain.permissions import Actor
from app.models import PendingSignIn, Person
from app.services import second_factor, sessions
from app.services.people import actor_of
from app.services.throttling import Visitor, count_try, take_back

#: a telephone is found within
_COUNTS_FOR = timedelta(minutes=10)
#: wrong codes; then the password is asked for anew
_TRIES = 5


def begin_pending(session: Session, person_id: int, now: datetime) -> str:
    """The password is proven: the token of what is still to come."""
    token = secrets.token_urlsafe(32)
    session.add(PendingSignIn(token_hash=_hash(token), person_id=person_id, created_at=now))
    return token


def is_pending(session: Session, token: str, now: datetime) -> bool:
    """Whether a code is still waited for."""
    return _found(session, token, now) is not None


def prove_second_factor(
    database: Database,
    token: str,
    code: str,
    *,
    secret_keys: Sequence[str],
    now: datetime,
    machine: datetime,
    agent: str,
    visitor: Visitor,
    replaces: str = "",
) -> tuple[str, Actor] | None:
    """Begin a session if the code is right: its token and its actor; None when it is not.

    The try is counted before the code is looked at. Raises LinkSpentError when the password must be proven
    anew, TooManyAttemptsError while waiting, InvalidInputError when only codes on paper help.
    """
    with database.read() as session:
        pending = _found(session, token, now)
        if pending is None:
            raise LinkSpentError
        counters = visitor.counters_of_codes(pending.person_id)
    with database.transaction() as session:
        count_try(session, counters, now)
        session.execute(
            update(PendingSignIn)
            .where(PendingSignIn.token_hash == _hash(token))
            .values(failures=PendingSignIn.failures + 1)
        )
    with database.transaction() as session:
        person = session.get_one(Person, pending.person_id, with_for_update=True)
        # Of two requests with one code, or after a new password, there is nothing left to go on with.
        ended = session.execute(select(PendingSignIn.id).where(PendingSignIn.token_hash == _hash(token)))
        if not person.active or ended.first() is None:
            raise LinkSpentError
        if not second_factor.proves(
            session, person.id, code, secret_keys=secret_keys, now=now, machine=machine
        ):
            return None
        take_back(session, counters, now)
        session.execute(delete(PendingSignIn).where(PendingSignIn.token_hash == _hash(token)))
        if replaces:
            sessions.sign_out(session, replaces, now=now)
        return sessions.begin(session, person, now, agent), actor_of(person)


def _found(session: Session, token: str, now: datetime) -> PendingSignIn | None:
    return session.scalar(
        select(PendingSignIn)
        .join(Person, Person.id == PendingSignIn.person_id)
        .where(
            PendingSignIn.token_hash == _hash(token),
            PendingSignIn.created_at > now - _COUNTS_FOR,
            PendingSignIn.failures < _TRIES,
            Person.active,
        )
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
