"""The accounts as an administrator looks at them."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import LoginSession, Organization, Person


class PersonLine(NamedTuple):
    """An account in a list."""

    id: int
    username: str
    name: str
    role: str
    active: bool
    created_at: datetime
    #: key, short name and English gloss of the organisation; None without one
    organization: str | None
    short_name: str | None
    gloss_en: str | None
    #: None: has not signed in within the last weeks
    seen_at: datetime | None


_SEEN = (
    select(LoginSession.person_id, func.max(LoginSession.seen_at).label("seen_at"))
    .group_by(LoginSession.person_id)
    .subquery()
)
_LINES = (
    select(
        Person.id,
        Person.username,
        Person.name,
        Person.role,
        Person.active,
        Person.created_at,
        Organization.key,
        Organization.short_name,
        Organization.gloss_en,
        _SEEN.c.seen_at,
    )
    .outerjoin(Organization, Organization.id == Person.organization_id)
    .outerjoin(_SEEN, _SEEN.c.person_id == Person.id)
    .order_by(Person.username)
)


def person_lines(session: Session, *, search: str = "", role: str = "") -> list[PersonLine]:
    """Every account, by user name; `search` is a part of a name or of the organisation's, in any case."""
    wanted = search.strip().casefold()
    return [
        line
        for line in (PersonLine(*row) for row in session.execute(_LINES))
        if (not role or line.role == role) and (not wanted or wanted in _words(line))
    ]


def _words(line: PersonLine) -> str:
    # Compared here and not in the database: SQLite folds no Cyrillic letters.
    parts = (line.username, line.name, line.organization, line.short_name, line.gloss_en)
    return "\n".join(part for part in parts if part).casefold()


def usernames(session: Session) -> list[str]:
    """The names of all active accounts, in the order in which they were made."""
    return list(session.scalars(select(Person.username).where(Person.active).order_by(Person.id)))
