"""Forms that were taken: the same one sent again does nothing more, and is answered as before.

A form is known by a hash over who sends it, where to, the key that its page was made with and all that it
says. What another person sends, or to another address, or with other words, is another form.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.models import SentForm

#: nobody sends a form again after so long; its version would tell that it is an old one
KEPT_FOR = timedelta(days=1)


def take(session: Session, key_hash: str, now: datetime) -> bool:
    """Note in the transaction of an act that this form has done it; False when it has before.

    Whoever sends the same at the same moment waits until the transaction ends.
    """
    try:
        with session.begin_nested():
            session.add(SentForm(key_hash=key_hash, taken_at=now))
    except IntegrityError:
        return False
    return True


def note_answer(session: Session, key_hash: str, location: str) -> None:
    """Note where the browser was sent after it."""
    session.execute(update(SentForm).where(SentForm.key_hash == key_hash).values(location=location))


def forget(session: Session, key_hash: str) -> None:
    """Forget a form whose answer is a page of its own: it is made anew each time."""
    session.execute(delete(SentForm).where(SentForm.key_hash == key_hash))


def answer_to(session: Session, key_hash: str) -> str | None:
    """Where the browser was sent; "" when that is not known (yet), None for a form that was never taken."""
    return session.scalar(select(SentForm.location).where(SentForm.key_hash == key_hash))


def forget_old(session: Session, now: datetime) -> int:
    """Delete what was taken more than a day ago; how many forms that were."""
    found = session.execute(delete(SentForm).where(SentForm.taken_at < now - KEPT_FOR))
    return int(found.rowcount)  # type: ignore[attr-defined]
