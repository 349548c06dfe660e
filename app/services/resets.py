"""A forgotten password is set anew through a link in a letter, which counts once and for an hour.

The database holds a hash of the token and no more, the outbox included: the token follows from the
installation's key and a nonce, and is filled in when the letter is sent.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db import Database
from app.domain.errors import LinkSpentError, TooManyAttemptsError
from app.models import PasswordReset, Person
from app.services import account_letters
from app.services.outbox import Taken
from app.services.passwords import check_password, hash_password
from app.services.people import active_person, actor_of, put_password
from app.services.reset_links import end_links
from app.services.throttling import Counter, Pace, Visitor, count_try

COUNTS_FOR = timedelta(minutes=60)
#: stands in a letter where its token goes
TOKEN_HERE = "the-token-of-this-letter"

#: letters to one person; what is asked for beyond that is asked for in vain
_LETTERS = Pace(3, timedelta(hours=1), waits=(20 * 60,))
#: people with one address who get a letter each
_MOST_PEOPLE = 5


def ask(session: Session, typed: str, visitor: Visitor, *, secret_key: str, now: datetime) -> None:
    """Have a link sent to whom a user name or an address means, if anybody.

    The caller cannot tell whether it was somebody. A new link ends the one before. Raises
    TooManyAttemptsError when this address asks too often.
    """
    count_try(session, visitor.counters_of_address("asking"), now)
    for person in _meant(session, typed):
        try:
            count_try(session, [Counter("letters", str(person.id), _LETTERS)], now)
        except TooManyAttemptsError:
            continue
        end_links(session, person.id, now)
        nonce = secrets.token_urlsafe(16)
        token_hash = _hash(_token(secret_key, nonce))
        session.add(PasswordReset(person_id=person.id, token_hash=token_hash, created_at=now))
        account_letters.tell(session, person, account_letters.RESET, now, nonce=nonce)


def whose(session: Session, token: str, now: datetime) -> Person:
    """Whose password the link sets. Raises LinkSpentError when it was used, replaced, or is too old."""
    return session.get_one(Person, _open(session, token, now).person_id)


def set_new_password(
    database: Database, token: str, password: str, *, now: datetime, demo: bool = False
) -> int:
    """Give the account of the link a new password, which ends the link and every session; the person's id.

    Raises LinkSpentError, InvalidInputError.
    """
    with database.read() as session:
        username = whose(session, token, now).username
    check_password(password, username, demo=demo)
    # Hashing is slow on purpose: before the account is taken, not while.
    password_hash = hash_password(password)
    with database.transaction() as session:
        person = active_person(session, username, lock=True)
        if person is None or _open(session, token, now).person_id != person.id:
            raise LinkSpentError
        put_password(session, actor_of(person), person, password_hash, now=now, action="reset_password")
        return person.id


def with_token(letter: Taken, secret_key: str) -> Taken:
    """A letter as it is sent: with the token, if it is one of ours and has a link."""
    kind, _, nonce = letter.key.partition(":")
    if kind != account_letters.RESET:
        return letter
    token = _token(secret_key, nonce)
    return letter._replace(
        text=letter.text.replace(TOKEN_HERE, token), html=letter.html.replace(TOKEN_HERE, token)
    )


def _open(session: Session, token: str, now: datetime) -> PasswordReset:
    found = session.scalar(
        select(PasswordReset)
        .join(Person, Person.id == PasswordReset.person_id)
        .where(
            PasswordReset.token_hash == _hash(token),
            PasswordReset.ended_at.is_(None),
            PasswordReset.created_at > now - COUNTS_FOR,
            Person.active,
        )
    )
    if found is None:
        raise LinkSpentError
    return found


def _meant(session: Session, typed: str) -> list[Person]:
    """The active people of that user name or address; no user name holds an @."""
    if "@" not in typed:
        person = active_person(session, typed)
        return [person] if person and person.email else []
    return list(
        session.scalars(
            select(Person)
            .where(Person.active, func.lower(Person.email) == typed.strip().lower())
            .order_by(Person.id)
            .limit(_MOST_PEOPLE)
        )
    )


def _token(secret_key: str, nonce: str) -> str:
    proof = hmac.digest(secret_key.encode(), f"password reset:{nonce}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(proof).decode().rstrip("=")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
