"""Passwords of calendar programs: made, withdrawn, and asked at each request whom they let in.

A person's own password never goes into a program: it opens everything and is changed rarely. A program
gets one of its own that opens the person's tasks over CalDAV alone and can be withdrawn alone.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, or_, select, update
from sqlalchemy.orm import Session

from app.db import Database, Lookup
from app.domain.errors import ConflictError, InvalidInputError, NotFoundError
from app.domain.permissions import EXECUTOR_ROLE, Actor
from app.domain.texts import kept_line
from app.models import AppPassword, Organization, Person
from app.services.changes import hold_plans, record_in_plans
from app.services.people import normal_username

LONGEST_NAME = 80
#: the use of a password is noted at most this often
_USE_NOTED_EVERY = timedelta(hours=1)
#: what can be told apart in any typeface: five bits a character
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
#: 125 bits; nobody guesses that however often he asks, so that failures need no counting
_GROUPS, _IN_A_GROUP = 5, 5
_BITS = 5


class NewAppPassword(NamedTuple):
    """A password that was just made. It is told now and kept nowhere."""

    id: int
    name: str
    secret: str


class AppPasswordLine(NamedTuple):
    """A password in the list of its owner."""

    id: int
    name: str
    created_at: datetime
    used_at: datetime | None


class Account(NamedTuple):
    """Whom a password lets in: as whom, for whom, with which program, in which language."""

    password_id: int
    #: what the person calls the program
    program: str
    language: str
    used_at: datetime | None
    username: str
    actor: Actor
    #: key of the organisation whose tasks these are; "" for who owes nothing
    organization: str

    @property
    def organization_id(self) -> int:
        """0: nobody's."""
        return self.actor.organization_id or 0 if self.organization else 0

    def use_is_worth_noting(self, now: datetime) -> bool:
        """At most once an hour; a clock that was moved back counts too."""
        return self.used_at is None or abs(now - self.used_at) > _USE_NOTED_EVERY


_ACCOUNT = Lookup(
    select(
        AppPassword.id,
        AppPassword.name.label("program"),
        AppPassword.language,
        AppPassword.used_at,
        Person.id.label("person_id"),
        Person.username,
        Person.name,
        Person.role,
        Person.organization_id,
        Organization.key.label("organization"),
    )
    .join(Person, Person.id == AppPassword.person_id)
    .outerjoin(Organization, Organization.id == Person.organization_id)
    .where(
        AppPassword.secret_hash == bindparam("secret_hash"),
        AppPassword.revoked_at.is_(None),
        Person.active,
    )
)
_LINES: Select[*tuple[Any, ...]] = (
    select(AppPassword.id, AppPassword.name, AppPassword.created_at, AppPassword.used_at)
    .where(AppPassword.person_id == bindparam("person_id"), AppPassword.revoked_at.is_(None))
    .order_by(AppPassword.id.desc())
)


def find_account(database: Database, username: str, secret: str) -> Account | None:
    """Whom the password lets in now, in one statement.

    None when it was withdrawn, is somebody else's, or the person was disabled. Blanks, hyphens and capital
    letters in the secret are the typist's, not the password's.
    """
    row = database.look_up(_ACCOUNT, secret_hash=_hash(secret))
    if row is None or row.username != normal_username(username):
        return None
    owes = row.role == EXECUTOR_ROLE and row.organization is not None
    return Account(
        row.id,
        row.program,
        row.language,
        row.used_at,
        row.username,
        Actor(row.person_id, row.name, row.role, row.organization_id),
        row.organization if owes else "",
    )


def note_use(session: Session, password_id: int, now: datetime) -> None:
    """Remember that a program has signed in; only one of several at once writes."""
    earlier, later = now - _USE_NOTED_EVERY, now + _USE_NOTED_EVERY
    unknown = or_(AppPassword.used_at.is_(None), AppPassword.used_at < earlier, AppPassword.used_at > later)
    session.execute(update(AppPassword).where(AppPassword.id == password_id, unknown).values(used_at=now))


def secret_of(random: bytes) -> str:
    """The password that 16 random bytes or more are written as: 125 bits of them."""
    number = int.from_bytes(random, "big")
    characters = [
        _ALPHABET[(number >> _BITS * place) % len(_ALPHABET)] for place in range(_GROUPS * _IN_A_GROUP)
    ]
    return "-".join("".join(characters[_IN_A_GROUP * group :][:_IN_A_GROUP]) for group in range(_GROUPS))


def make(
    session: Session, actor: Actor, *, name: str, language: str, now: datetime, secret: str | None = None
) -> NewAppPassword:
    """Make a password for a program of the actor's, a random one or the one that is given.

    A given one of the actor's that is known already makes nothing: it is returned as it stands.
    Raises InvalidInputError (field `name`) and ConflictError (the given one was withdrawn).
    """
    name = kept_line("name", name, LONGEST_NAME)
    if not name:
        raise InvalidInputError({"name": "Please fill this in."})
    secret = secret or secret_of(secrets.token_bytes(16))
    # Of two clicks at once the second waits here, and finds what the first has made.
    plans = hold_plans(session)
    password = session.scalar(
        select(AppPassword).where(
            AppPassword.secret_hash == _hash(secret), AppPassword.person_id == actor.person_id
        )
    )
    if password is None:
        password = AppPassword(
            secret_hash=_hash(secret),
            person_id=actor.person_id,
            name=name,
            language=language,
            created_at=now,
        )
        session.add(password)
        session.flush()
        _record(session, plans, actor, "app_password", name, now)
    elif password.revoked_at is not None:
        raise ConflictError("This app password was withdrawn. Make another one.")
    return NewAppPassword(password.id, password.name, secret)


def revoke(session: Session, actor: Actor, password_id: int, *, now: datetime) -> None:
    """Withdraw one of the actor's own passwords for good.

    Raises NotFoundError: another's looks like a missing one, and so does one that was withdrawn before.
    """
    found = session.scalar(
        select(AppPassword)
        .where(
            AppPassword.id == password_id,
            AppPassword.person_id == actor.person_id,
            AppPassword.revoked_at.is_(None),
        )
        .with_for_update()
    )
    if found is None:
        raise NotFoundError
    found.revoked_at = now
    _record(session, hold_plans(session), actor, "revoke_app_password", found.name, now)


def app_passwords_of(session: Session, person_id: int) -> list[AppPasswordLine]:
    """The passwords that a person's programs have now, the newest first."""
    return [AppPasswordLine(*row) for row in session.execute(_LINES, {"person_id": person_id})]


def _record(session: Session, plans: list[int], actor: Actor, action: str, name: str, now: datetime) -> None:
    record_in_plans(
        session,
        plans,
        actor,
        now,
        subject="person",
        subject_id=actor.person_id,
        action=action,
        details={"program": name},
    )


def _hash(secret: str) -> str:
    typed = "".join(secret.split()).replace("-", "").lower()
    return hashlib.sha256(typed.encode("utf-8", "replace")).hexdigest()
