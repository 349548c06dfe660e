"""People: accounts, what they may do, and for whom."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.domain.errors import ConflictError, InvalidInputError, NotFoundError, WrongStateError
from app.domain.permissions import ADMINISTRATOR_ROLE, EXECUTOR_ROLE, ROLES, Actor
from app.domain.texts import kept_line
from app.models import Organization, Person
from app.services import account_letters, leaving, sessions
from app.services.changes import (
    ask_administrator,
    check_fresh,
    difference,
    hold_plans,
    record_in_plans,
)
from app.services.passwords import check_password, hash_password
from app.services.reset_links import end_links
from app.services.throttling import let_in

LONGEST_USERNAME = 80
#: characters of a name on screen
LONGEST_NAME = 200


def add_person(
    session: Session,
    username: str,
    *,
    name: str,
    role: str,
    password: str,
    now: datetime,
    organization: str | None = None,
    heads: bool = False,
    demo: bool = False,
    actor: Actor | None = None,
) -> Person:
    """Make an account; `organization` is a key, `heads`: it heads it, `actor` None the command line.

    Raises NotAllowedError, InvalidInputError or ConflictError (the name is taken).
    """
    ask_administrator(actor)
    username = normal_username(username)
    if not username or not all(_in_usernames(char) for char in username):
        raise InvalidInputError({"username": "Please use letters, digits, dots, hyphens and underscores."})
    username = kept_line("username", username, LONGEST_USERNAME)
    name = kept_line("name", name, LONGEST_NAME) or username
    check_password(password, username, demo=demo)
    # Hashing is slow on purpose: before the plans are taken, not while.
    password_hash = hash_password(password)
    plans = hold_plans(session)
    organization_id = _check_role(session, role, organization)
    if _find(session, username) is not None:
        raise ConflictError("There is already an account “%(username)s”.", username=username)
    person = Person(
        username=username,
        name=name,
        role=role,
        organization_id=organization_id,
        heads=heads and role == EXECUTOR_ROLE,
        password_hash=password_hash,
        created_at=now,
    )
    session.add(person)
    session.flush()
    details = {"after": {"username": username, **person_values(session, person)}}
    _record(session, plans, actor, person.id, "add", now, details)
    return person


def edit_person(
    session: Session,
    actor: Actor | None,
    person_id: int,
    *,
    name: str,
    role: str,
    organization: str | None,
    heads: bool = False,
    now: datetime,
    seen: str | None = None,
) -> None:
    """Change what a person is called, may do, and for whom; it counts from the next click on.

    Who gets another role or organisation loses what waited for it in the old one: see `leaving`.

    `seen` is the fingerprint of the values that the form showed. Raises NotAllowedError, NotFoundError,
    ConflictError, InvalidInputError, WrongStateError (the last administrator).
    """
    ask_administrator(actor)
    plans = hold_plans(session)
    person = _get(session, person_id)
    before = person_values(session, person)
    check_fresh(before, seen)
    organization_id = _check_role(session, role, organization)
    name = kept_line("name", name, LONGEST_NAME)
    if not name:
        raise InvalidInputError({"name": "Please fill this in."})
    if role != ADMINISTRATOR_ROLE:
        _keep_an_administrator(session, person)
    person.name, person.role, person.organization_id = name, role, organization_id
    person.heads = heads and role == EXECUTOR_ROLE
    after = person_values(session, person)
    if details := difference(before, after):
        _record(session, plans, actor, person.id, "edit", now, details)
    if any(before[name] != after[name] for name in ("role", "organization")):
        leaving.leave(session, actor, person.id, plans, now=now)


def set_active(session: Session, actor: Actor | None, person_id: int, active: bool, *, now: datetime) -> None:
    """Disable an account, which ends its sessions and what waited for it, or enable it again.

    Raises NotAllowedError, NotFoundError, WrongStateError (the last administrator).
    """
    ask_administrator(actor)
    plans = hold_plans(session)
    person = _get(session, person_id)
    if person.active == active:
        return
    if not active:
        _keep_an_administrator(session, person)
        sessions.end_all(session, person.id, now=now)
        end_links(session, person.id, now)
    person.active = active
    _record(session, plans, actor, person.id, "enable" if active else "disable", now)
    if not active:
        leaving.leave(session, actor, person.id, plans, now=now)


def set_password(
    session: Session,
    actor: Actor | None,
    person_id: int,
    password: str,
    *,
    now: datetime,
    demo: bool = False,
) -> None:
    """Give an account a new password and end its sessions.

    Raises NotAllowedError, NotFoundError, InvalidInputError.
    """
    ask_administrator(actor)
    person = _get(session, person_id)
    check_password(password, person.username, demo=demo)
    put_password(session, actor, person, hash_password(password), now=now)


def put_password(
    session: Session,
    actor: Actor | None,
    person: Person,
    password_hash: str,
    *,
    now: datetime,
    but: int = 0,
    action: str = "password",
) -> None:
    """Take a hashed password for an account, and tell the person by a letter.

    Its sessions but one and the links that set a password end; failures under its name are forgotten.
    """
    plans = hold_plans(session)
    person.password_hash = password_hash
    end_links(session, person.id, now)
    account_letters.tell(session, person, account_letters.PASSWORD, now)
    let_in(session, person.username)
    sessions.end_all(session, person.id, now=now, but=but)
    _record(session, plans, actor, person.id, action, now)


def end_sessions(session: Session, actor: Actor | None, person_id: int, *, now: datetime) -> int:
    """End every session of a person; how many there were. Raises NotAllowedError, NotFoundError."""
    ask_administrator(actor)
    plans = hold_plans(session)
    person = _get(session, person_id)
    ended = sessions.end_all(session, person.id, now=now)
    if ended:
        _record(session, plans, actor, person.id, "end_sessions", now, {"ended": ended})
    return ended


def set_preferences(
    session: Session, person_id: int, *, language: str | None = None, theme: str | None = None
) -> None:
    """Remember the language or the theme of a person; None leaves it as it is."""
    chosen = {"language": language, "theme": theme}
    values = {name: value for name, value in chosen.items() if value is not None}
    if values:
        session.execute(update(Person).where(Person.id == person_id).values(values))


def find_actor(session: Session, username: str) -> Actor:
    """The active account of that name, as an actor (command line, story). Raises NotFoundError."""
    person = active_person(session, username)
    if person is None:
        raise NotFoundError("There is no account “%(username)s”.", username=username)
    return actor_of(person)


def find_person(session: Session, username: str) -> Person:
    """The account of that name, active or not. Raises NotFoundError."""
    person = _find(session, normal_username(username))
    if person is None:
        raise NotFoundError("There is no account “%(username)s”.", username=username)
    return person


def person_by_id(session: Session, person_id: int) -> Person:
    """The account with that id. Raises NotFoundError."""
    return _get(session, person_id)


def active_person(session: Session, username: str, *, lock: bool = False) -> Person | None:
    """The account of that name, if it may sign in; with `lock` it stays as it is until the commit."""
    person = _find(session, normal_username(username), lock=lock)
    return person if person and person.active else None


def actor_of(person: Person) -> Actor:
    """A person as far as rights go."""
    return Actor(person.id, person.name, person.role, person.organization_id, person.language, person.theme)


def person_values(session: Session, person: Person) -> dict[str, Any]:
    """What an administrator can edit of a person; the organisation by its key."""
    organization = session.get(Organization, person.organization_id) if person.organization_id else None
    return {
        "name": person.name,
        "role": person.role,
        "organization": organization.key if organization else None,
        "heads": person.heads,
    }


def normal_username(username: str) -> str:
    """A user name as it is kept and compared."""
    return unicodedata.normalize("NFC", username).strip().lower()


def _in_usernames(char: str) -> bool:
    return char.isalnum() or char in "._-"


def _find(session: Session, username: str, *, lock: bool = False) -> Person | None:
    # A database refuses some characters (NUL, lone surrogates) with an error; nobody is called so.
    if not all(_in_usernames(char) for char in username):
        return None
    query = select(Person).where(Person.username == username)
    return session.scalar(query.with_for_update() if lock else query)


def _get(session: Session, person_id: int) -> Person:
    person = session.get(Person, person_id)
    if person is None:
        raise NotFoundError
    return person


def _check_role(session: Session, role: str, organization: str | None) -> int | None:
    """The id of the organisation that a person of that role acts for."""
    if role not in ROLES:
        raise InvalidInputError({"role": "There is no such role."})
    if not organization:
        if role == EXECUTOR_ROLE:
            raise InvalidInputError({"organization": "An executor acts for an organisation; please name it."})
        return None
    found = session.scalar(select(Organization.id).where(Organization.key == organization))
    if found is None:
        raise InvalidInputError({"organization": "There is no organisation “%(key)s”."}, key=organization)
    return found


def _keep_an_administrator(session: Session, person: Person) -> None:
    """Refuse to take the last one away: nobody could give the role back."""
    if person.role != ADMINISTRATOR_ROLE or not person.active:
        return
    others = session.scalar(
        select(func.count()).where(Person.role == ADMINISTRATOR_ROLE, Person.active, Person.id != person.id)
    )
    if not others:
        raise WrongStateError("This is the last administrator; please appoint another one first.")


def _record(
    session: Session,
    plans: list[int],
    actor: Actor | None,
    person_id: int,
    action: str,
    now: datetime,
    details: dict[str, Any] | None = None,
) -> None:
    record_in_plans(
        session, plans, actor, now, subject="person", subject_id=person_id, action=action, details=details
    )
