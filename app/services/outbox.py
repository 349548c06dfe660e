"""The outbox: letters are written in the transaction of what they tell of, and sent afterwards.

A letter is sent at least once: it is marked after the server took it, so that a program that ends between
the two sends it again, with the same Message-ID by which mail programs know it for the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, func, or_, select, update
from sqlalchemy.orm import Session

from app.domain.errors import NotAllowedError, NotFoundError
from app.domain.permissions import Actor, may_administer
from app.models import OutboxMessage, Person

#: how long a letter waits after each failed try; after one more it is given up
PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
)
#: instead of an error: its receiver was disabled, or has another place since
WITHDRAWN = "withdrawn"
#: a try that has not ended by then was cut off
_TRY = timedelta(minutes=15)
#: characters kept of what a server said
_LONGEST_ERROR = 500


class Letter(NamedTuple):
    """What is to be sent. `key` makes it one and the same, however often it is written."""

    key: str
    person_id: int
    address: str
    subject: str
    text: str
    html: str


class Taken(NamedTuple):
    """A letter that this process sends now, and nobody else for a while. `created_at` is UTC."""

    id: int
    key: str
    attempts: int
    message_id: str
    address: str
    subject: str
    text: str
    html: str
    created_at: datetime


class DeadLetter(NamedTuple):
    """A letter that was given up. `dead_at` is UTC, `error` what the server said last."""

    id: int
    person: str
    address: str
    subject: str
    dead_at: datetime
    error: str


class Standing(NamedTuple):
    """How many letters wait for their first or next try, and how many were given up."""

    waiting: int
    dead: int
    #: when the oldest of those that wait was written, UTC; None: none waits
    oldest: datetime | None = None


def is_written(session: Session, key: str) -> bool:
    """Whether there is a letter of that key, sent or not."""
    return session.scalar(select(OutboxMessage.id).where(OutboxMessage.key == key)) is not None


def write(session: Session, letter: Letter, *, domain: str, now: datetime) -> None:
    """Put a letter into the outbox, due at once; `domain` ends its Message-ID.

    The caller has seen that there is none of its key, in a transaction that keeps others from writing it.
    """
    digest = hashlib.sha256(letter.key.encode()).hexdigest()[:32]
    session.add(
        OutboxMessage(
            key=letter.key,
            person_id=letter.person_id,
            message_id=f"<{digest}@{domain}>",
            address=letter.address,
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
            created_at=now,
            next_at=now,
        )
    )


def take(session: Session, now: datetime) -> Taken | None:
    """The next letter that is due, or None. Until its try is over, or cut off, nobody else takes it.

    Whoever was disabled is sent nothing.
    """
    row = session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.next_at <= now, _to_active_people())
        .order_by(OutboxMessage.next_at, OutboxMessage.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if row is None:
        return None
    row.attempts += 1
    row.next_at = now + _TRY
    return Taken(
        *(
            row.id,
            row.key,
            row.attempts,
            row.message_id,
            row.address,
            row.subject,
            row.text,
            row.html,
            row.created_at,
        )
    )


def mark_sent(session: Session, letter: Taken, now: datetime) -> None:
    """The server has taken the letter."""
    session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == letter.id)
        .values(sent_at=now, next_at=None, dead_at=None, error="")
    )


def mark_failed(session: Session, letter: Taken, now: datetime, error: str) -> bool:
    """The try failed: wait longer than before, or give the letter up. True: it is a dead letter now."""
    dead = letter.attempts > len(PAUSES)
    values = {"next_at": None, "dead_at": now} if dead else {"next_at": now + PAUSES[letter.attempts - 1]}
    session.execute(
        update(OutboxMessage)
        .where(
            *(OutboxMessage.id == letter.id, OutboxMessage.sent_at.is_(None)),
            OutboxMessage.error != WITHDRAWN,
        )
        .values(error=error[:_LONGEST_ERROR], **values)
    )
    return dead


def withdraw(session: Session, person_id: int) -> int:
    """Never send what waits for a person, nor what was given up; how many letters."""
    withdrawn = session.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.person_id == person_id,
            or_(OutboxMessage.next_at.is_not(None), OutboxMessage.dead_at.is_not(None)),
        )
        .values(next_at=None, dead_at=None, error=WITHDRAWN)
        .returning(OutboxMessage.id)
        .execution_options(synchronize_session=False)
    )
    return len(withdrawn.all())


def dead_letters(session: Session) -> list[DeadLetter]:
    """The letters that were given up, the newest first; at most 100."""
    rows: Iterable[Any] = session.execute(
        select(
            *(OutboxMessage.id, Person.name, OutboxMessage.address, OutboxMessage.subject),
            *(OutboxMessage.dead_at, OutboxMessage.error),
        )
        .join(Person, Person.id == OutboxMessage.person_id)
        .where(OutboxMessage.dead_at.is_not(None))
        .order_by(OutboxMessage.dead_at.desc(), OutboxMessage.id.desc())
        .limit(100)
    )
    return [DeadLetter(*row) for row in rows]


def revive(session: Session, actor: Actor, letter_id: int, *, now: datetime) -> None:
    """Try a letter that was given up from the beginning. Raises NotAllowedError, NotFoundError."""
    if not may_administer(actor):
        raise NotAllowedError
    found = session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == letter_id, OutboxMessage.dead_at.is_not(None))
        .values(dead_at=None, next_at=now, attempts=0)
        .returning(OutboxMessage.id)
    ).all()
    if not found:
        raise NotFoundError


def standing(session: Session) -> Standing:
    """What waits and what was given up."""
    written = case((OutboxMessage.next_at.is_not(None), OutboxMessage.created_at))
    return Standing(
        *session.execute(
            select(func.count(OutboxMessage.next_at), func.count(OutboxMessage.dead_at), func.min(written))
        ).one()
    )


def _to_active_people() -> ColumnElement[bool]:
    return OutboxMessage.person_id.in_(select(Person.id).where(Person.active))
