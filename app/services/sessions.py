"""Sessions: who a token stands for, how long, and how it ends."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Date, bindparam, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from app.domain.errors import NotFoundError
from app.domain.permissions import Actor
from app.models import Delegation, LoginSession, PasswordReset, PendingSignIn, Person, SecondFactor

#: a session in use is marked as seen this often
_MARK_EVERY = timedelta(seconds=60)
#: ended and expired sessions are kept this long, for who asks what happened
KEPT_FOR = timedelta(days=30)

_SIGNED_IN = (
    select(
        LoginSession.id.label("session_id"),
        LoginSession.created_at,
        LoginSession.seen_at,
        Person.id,
        Person.name,
        Person.role,
        Person.organization_id,
        Person.language,
        Person.theme,
        LoginSession.delegation_id,
        exists().where(SecondFactor.person_id == Person.id).label("has_second_factor"),
        exists()
        .where(
            Delegation.deputy_id == Person.id,
            Delegation.ended_at.is_(None),
            Delegation.ends_on >= bindparam("yesterday", type_=Date),
        )
        .label("is_deputy"),
    )
    .join(Person, Person.id == LoginSession.person_id)
    .where(LoginSession.token_hash == bindparam("token_hash"), LoginSession.ended_at.is_(None), Person.active)
)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that counts: who it stands for, and whether it is time to mark it as seen."""

    actor: Actor
    session_id: int
    unmarked: bool
    #: the delegation that was chosen in this browser, whether or not it is still in force
    delegation_id: int | None
    #: its person proves more than a password
    has_second_factor: bool
    #: somebody has named it as deputy, for days that need not have begun
    is_deputy: bool


@dataclass(frozen=True, slots=True)
class ActiveSession:
    """A browser in which a person is signed in."""

    id: int
    created_at: datetime
    seen_at: datetime
    agent: str


def begin(session: Session, person: Person, now: datetime, agent: str) -> str:
    """Begin a session; its token, which nobody can find out from the database."""
    token = secrets.token_urlsafe(32)
    session.add(
        LoginSession(
            token_hash=_hash(token), person_id=person.id, created_at=now, seen_at=now, agent=agent[:200]
        )
    )
    return token


def signed_in(session: Session, token: str, *, now: datetime, idle: int, life: int) -> SignedIn | None:
    """Who a token stands for.

    None when the session was ended, has idled `idle` seconds, is older than `life` seconds, or the
    account was disabled.
    """
    # No zone is further behind than a day.
    yesterday = now.date() - timedelta(days=1)
    row = session.execute(_SIGNED_IN, {"token_hash": _hash(token), "yesterday": yesterday}).first()
    if row is None or now - row.seen_at > timedelta(seconds=idle):
        return None
    if now - row.created_at > timedelta(seconds=life):
        return None
    actor = Actor(row.id, row.name, row.role, row.organization_id, row.language, row.theme)
    # A session in use must not run out between two marks; a clock that was moved back counts as well.
    unmarked = abs(now - row.seen_at) > min(_MARK_EVERY, timedelta(seconds=idle / 2))
    return SignedIn(actor, row.session_id, unmarked, row.delegation_id, row.has_second_factor, row.is_deputy)


def mark_seen(session: Session, session_id: int, now: datetime) -> None:
    """Keep a session alive."""
    session.execute(update(LoginSession).where(LoginSession.id == session_id).values(seen_at=now))


def sign_out(session: Session, token: str, *, now: datetime) -> None:
    """End a session; its cookie opens nothing any more."""
    session.execute(
        update(LoginSession)
        .where(LoginSession.token_hash == _hash(token), LoginSession.ended_at.is_(None))
        .values(ended_at=now)
    )


def active_sessions(
    session: Session, person_id: int, *, now: datetime, idle: int, life: int
) -> list[ActiveSession]:
    """Where a person is signed in now, the last seen first."""
    found = session.execute(
        select(LoginSession.id, LoginSession.created_at, LoginSession.seen_at, LoginSession.agent)
        .where(
            LoginSession.person_id == person_id,
            LoginSession.ended_at.is_(None),
            LoginSession.seen_at >= now - timedelta(seconds=idle),
            LoginSession.created_at >= now - timedelta(seconds=life),
        )
        .order_by(LoginSession.seen_at.desc(), LoginSession.id.desc())
    )
    return [ActiveSession(row.id, row.created_at, row.seen_at, row.agent) for row in found]


def end_own_session(session: Session, actor: Actor, session_id: int, *, now: datetime) -> None:
    """End one of the actor's own sessions. Raises NotFoundError: another's looks like a missing one."""
    found = session.get(LoginSession, session_id)
    if found is None or found.person_id != actor.person_id:
        raise NotFoundError
    if found.ended_at is None:
        found.ended_at = now


def end_all(session: Session, person_id: int, *, now: datetime, but: int = 0) -> int:
    """End every session of a person except `but`, and sign-ins half done; how many sessions there were."""
    session.execute(delete(PendingSignIn).where(PendingSignIn.person_id == person_id))
    ended = session.execute(
        update(LoginSession)
        .where(
            LoginSession.person_id == person_id,
            LoginSession.ended_at.is_(None),
            LoginSession.id != but,
        )
        .values(ended_at=now)
    )
    return int(ended.rowcount)  # type: ignore[attr-defined]


def end_everybodys(session: Session, *, now: datetime) -> None:
    """End every session of the installation, sign-ins half done, and links that set a password."""
    session.execute(delete(PendingSignIn))
    session.execute(update(PasswordReset).where(PasswordReset.ended_at.is_(None)).values(ended_at=now))
    session.execute(update(LoginSession).where(LoginSession.ended_at.is_(None)).values(ended_at=now))


def forget_old(session: Session, *, now: datetime, idle: int, life: int) -> int:
    """Delete the sessions that ended or ran out more than 30 days ago; how many there were.

    Links that set a password, and sign-ins half done, as old as that go too.
    """
    limit = now - KEPT_FOR
    for half_done in (PasswordReset, PendingSignIn):
        session.execute(delete(half_done).where(half_done.created_at < limit))
    old = delete(LoginSession).where(
        or_(
            LoginSession.ended_at < limit,
            LoginSession.seen_at < limit - timedelta(seconds=idle),
            LoginSession.created_at < limit - timedelta(seconds=life),
        )
    )
    return int(session.execute(old).rowcount)  # type: ignore[attr-defined]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
