"""What happens to an account is told to its person by a letter: noted with what happened, worded by a job."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.models import AccountLetter, Person

RESET = "reset"
PASSWORD = "password"
ADDRESS = "address"
FACTOR_ON = "second_factor"
FACTOR_OFF = "no_second_factor"
FACTOR_RESET = "reset_second_factor"

#: what could not be told by then is told no more
_NEWS_FOR = timedelta(days=1)


class AccountNews(NamedTuple):
    """What a letter says. `key` makes it one and the same; `at` is UTC, `language` ru or en."""

    key: str
    #: one of those above
    kind: str
    person_id: int
    username: str
    name: str
    address: str
    language: str
    at: datetime


def tell(
    session: Session, person: Person, kind: str, now: datetime, *, address: str = "", nonce: str = ""
) -> None:
    """Have a letter written, to the person's address unless another is named; without one there is none."""
    address = address or person.email
    if address:
        session.add(
            AccountLetter(
                person_id=person.id,
                kind=kind,
                address=address,
                nonce=nonce or secrets.token_urlsafe(16),
                created_at=now,
            )
        )


def take_news(session: Session, now: datetime) -> list[AccountNews]:
    """What is to be told, the oldest first, a hundred at most. The caller writes the letters."""
    session.execute(delete(AccountLetter).where(AccountLetter.created_at < now - _NEWS_FOR))
    rows = session.scalars(
        select(AccountLetter).order_by(AccountLetter.id).limit(100).with_for_update(skip_locked=True)
    ).all()
    news = []
    for row in rows:
        person = session.get_one(Person, row.person_id)
        news.append(
            AccountNews(
                key=f"{row.kind}:{row.nonce}",
                kind=row.kind,
                person_id=person.id,
                username=person.username,
                name=person.name,
                address=row.address,
                language=person.language or "ru",
                at=row.created_at,
            )
        )
        session.delete(row)
    return news
