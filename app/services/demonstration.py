"""Whether accounts of the demonstration are in a database that is none any more."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Person
from app.services.passwords import DEMO_PASSWORD, matches


def accounts_with_its_password(session: Session, *, every: bool = False) -> list[str]:
    """The user names of accounts that may sign in with the demonstration's password.

    A password is slow to try. The story's accounts share one salt, so only hashes that several accounts have
    are tried, which is none in earnest; `every` tries each account's own.
    """
    shared = select(Person.password_hash).group_by(Person.password_hash)
    hashes = shared if every else shared.having(func.count() > 1)
    its_own = [kept for kept in session.scalars(hashes) if matches(kept, DEMO_PASSWORD, demo=True)]
    found = select(Person.username).where(Person.active, Person.password_hash.in_(its_own))
    return list(session.scalars(found.order_by(Person.id))) if its_own else []
