"""People: accounts, passwords, and the sessions of those who are signed in."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.errors import ConflictError, InvalidInputError, NotFoundError, TooManyAttemptsError
from app.domain.permissions import EXECUTOR_ROLE, ROLES, Actor
from app.models import LoginSession, Organization, Person

MINIMUM_PASSWORD = 12
#: the password of every account of the demonstration; refused anywhere else
DEMO_PASSWORD = "vekha-demo-2022"
#: wait this many seconds after the n-th failure in a row
_PENALTIES = (0, 0, 0, 2, 5, 15, 30, 60)

_hasher = PasswordHasher()
#: checked when the name is unknown, so that both answers take the same time
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$OKn3Rdx7VtrT+5v3qT0Kpg$bYrpy9Q6u7PtGdch/oaO2kGp1LlZs6WtnoR0LGejncs"

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
    )
    .join(Person, Person.id == LoginSession.person_id)
    .where(LoginSession.ended_at.is_(None), Person.active)
)


def add_person(
    session: Session,
    username: str,
    *,
    name: str,
    role: str,
    password: str,
    now: datetime,
    organization: str | None = None,
    demo: bool = False,
) -> Person:
    """Make an account. Raises InvalidInputError or ConflictError (the name is taken)."""
    username = username.strip().lower()
    if not username or not all(char.isalnum() or char in "._-" for char in username):
        raise InvalidInputError({"username": "Please use letters, digits, dots, hyphens and underscores."})
    if role not in ROLES:
        raise InvalidInputError({"role": "There is no such role."})
    if role == EXECUTOR_ROLE and organization is None:
        raise InvalidInputError({"organization": "An executor acts for an organisation; please name it."})
    check_password(password, demo=demo)
    if session.scalar(select(Person.id).where(Person.username == username)) is not None:
        raise ConflictError("There is already an account “%(username)s”.", username=username)
    person = Person(
        username=username,
        name=name.strip() or username,
        role=role,
        organization_id=_organization_id(session, organization) if organization else None,
        password_hash=_hasher.hash(password),
        created_at=now,
    )
    session.add(person)
    session.flush()
    return person


def set_password(
    session: Session, username: str, password: str, *, now: datetime, demo: bool = False
) -> None:
    """Give an account a new password and end its sessions. Raises NotFoundError, InvalidInputError."""
    check_password(password, demo=demo)
    person = session.scalar(select(Person).where(Person.username == username.strip().lower()))
    if person is None:
        raise NotFoundError("There is no account “%(username)s”.", username=username)
    person.password_hash = _hasher.hash(password)
    person.failures, person.failed_at = 0, None
    session.execute(
        update(LoginSession)
        .where(LoginSession.person_id == person.id, LoginSession.ended_at.is_(None))
        .values(ended_at=now)
    )


def check_password(password: str, *, demo: bool = False) -> None:
    """Refuse a password that is too short, or the demonstration's outside of it. Raises InvalidInputError."""
    if len(password) < MINIMUM_PASSWORD:
        raise InvalidInputError(
            {"password": "Please use at least %(length)s characters."}, length=MINIMUM_PASSWORD
        )
    if password == DEMO_PASSWORD and not demo:
        raise InvalidInputError({"password": "This is the demonstration's password; please choose another."})


def sign_in(session: Session, username: str, password: str, *, now: datetime, agent: str = "") -> str | None:
    """Check a password and begin a session; its token, or None when name and password do not match.

    Each failure in a row makes the next try wait longer; nobody is locked out for good.
    Raises TooManyAttemptsError while waiting.
    """
    person = session.scalar(
        select(Person).where(Person.username == username.strip().lower(), Person.active).with_for_update()
    )
    if person is None:
        _matches(_NOBODY, password)
        return None
    _wait(person, now)
    if not _matches(person.password_hash, password):
        person.failures += 1
        person.failed_at = now
        return None
    person.failures, person.failed_at = 0, None
    if _hasher.check_needs_rehash(person.password_hash):
        person.password_hash = _hasher.hash(password)
    token = secrets.token_urlsafe(32)
    session.add(
        LoginSession(
            token_hash=_hash(token), person_id=person.id, created_at=now, seen_at=now, agent=agent[:200]
        )
    )
    return token


def signed_in(
    session: Session, token: str, *, now: datetime, idle: int, life: int
) -> tuple[Actor, int, bool] | None:
    """The actor behind a session's token, the session's id, and whether it should be marked as seen.

    None when the session was ended, has idled `idle` seconds or is older than `life` seconds.
    """
    row = session.execute(_SIGNED_IN.where(LoginSession.token_hash == _hash(token))).first()
    if row is None or now - row.seen_at > timedelta(seconds=idle):
        return None
    if now - row.created_at > timedelta(seconds=life):
        return None
    actor = Actor(row.id, row.name, row.role, row.organization_id, row.language, row.theme)
    return actor, row.session_id, abs(now - row.seen_at) > timedelta(seconds=60)


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


def set_preferences(
    session: Session, person_id: int, *, language: str | None = None, theme: str | None = None
) -> None:
    """Remember the language or the theme of a person."""
    chosen = {"language": language, "theme": theme}
    session.execute(
        update(Person)
        .where(Person.id == person_id)
        .values({name: value for name, value in chosen.items() if value is not None})
    )


def find_actor(session: Session, username: str) -> Actor:
    """The active account of that name, as an actor (command line, story). Raises NotFoundError."""
    person = session.scalar(select(Person).where(Person.username == username.lower(), Person.active))
    if person is None:
        raise NotFoundError("There is no account “%(username)s”.", username=username)
    return Actor(person.id, person.name, person.role, person.organization_id, person.language, person.theme)


def _wait(person: Person, now: datetime) -> None:
    if person.failed_at is None:
        return
    penalty = _PENALTIES[min(person.failures, len(_PENALTIES) - 1)]
    left = penalty - (now - person.failed_at).total_seconds()
    if 0 < left <= penalty:
        raise TooManyAttemptsError(seconds=int(left) + 1)


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False


def _organization_id(session: Session, key: str) -> int:
    found = session.scalar(select(Organization.id).where(Organization.key == key))
    if found is None:
        raise InvalidInputError({"organization": "There is no organisation “%(key)s”."}, key=key)
    return found


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
