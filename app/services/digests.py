"""Digests: what a person should know, in one letter a day or a week."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.errors import InvalidInputError
from app.domain.permissions import CONTROLLER_ROLE, EXECUTOR_ROLE
from app.domain.texts import kept_line
from app.models import Person
from app.services import notices, outbox
from app.services.notices import NoticeLine
from app.services.plans import PlanInfo, all_plans
from app.services.task_list import TaskLine, task_lines

DAILY = "day"
WEEKLY = "week"
NEVER = "none"
#: how often a person wants a letter
RHYTHMS = (DAILY, WEEKLY, NEVER)

#: RFC 5321, with the brackets left out
LONGEST_ADDRESS = 254
#: what every mail server takes; a letter to anything else would fail for days
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")

#: what was announced before is no news any more, though no letter told of it
_NEWS_FOR = timedelta(days=8)


@dataclass(frozen=True, slots=True)
class PlanDigest:
    """A plan's part of a digest. To the controller it tells of everybody's overdue tasks."""

    plan: PlanInfo
    late: list[TaskLine]
    returned: list[TaskLine]
    soon: list[TaskLine]


@dataclass(frozen=True, slots=True)
class Digest:
    """What the letter says. `day` is of the first plan's time zone, `language` ru or en."""

    key: str
    person_id: int
    name: str
    address: str
    language: str
    day: date
    #: whose tasks need no name
    organization_id: int | None
    news: list[NoticeLine]
    plans: list[PlanDigest]


def set_letters(session: Session, person_id: int, email: str, rhythm: str) -> None:
    """Keep where a person's letters go ("": nowhere) and how often. Raises InvalidInputError.

    The journal, which many read, says nothing of it.
    """
    email = kept_line("email", email, LONGEST_ADDRESS)
    problems = {}
    if email and not _ADDRESS.fullmatch(email):
        problems["email"] = "This is not an address like name@example.org."
    if rhythm not in RHYTHMS:
        problems["digest"] = "There is no such choice."
    if problems:
        raise InvalidInputError(problems)
    session.execute(update(Person).where(Person.id == person_id).values(email=email, digest=rhythm))


def receivers(session: Session) -> list[int]:
    """Ids of the people who want letters and have an address."""
    return list(
        session.scalars(
            select(Person.id)
            .where(
                *(Person.active, Person.email != "", Person.digest != NEVER),
                Person.role.in_((EXECUTOR_ROLE, CONTROLLER_ROLE)),
            )
            .order_by(Person.id)
        )
    )


def take_digest(session: Session, person_id: int, now: datetime) -> Digest | None:
    """What today's letter to a person says; its news count as mailed. The caller writes the letter.

    None when today's is written already, or when there is nothing to say: by day that is when nothing is
    new, by week, on Mondays alone, when nothing is owed soon either.
    """
    person = session.get_one(Person, person_id, with_for_update=True, populate_existing=True)
    plans = all_plans(session)
    if not plans or not person.email:
        return None
    day = plans[0].today(now)
    key = f"digest:{person_id}:{day.isoformat()}"
    if (person.digest == WEEKLY and day.weekday()) or outbox.is_written(session, key):
        return None
    news = notices.unmailed(session, person_id, now - _NEWS_FOR)
    if person.digest == DAILY and not news:
        return None
    parts = [_part(session, person, plan, plan.today(now)) for plan in plans]
    parts = [part for part in parts if part.late or part.returned or part.soon]
    if not news and not parts:
        return None
    notices.mark_mailed(session, [line.id for line in news], now)
    return Digest(
        key=key,
        person_id=person_id,
        name=person.name,
        address=person.email,
        language=person.language or "ru",
        day=day,
        organization_id=person.organization_id,
        news=news,
        plans=parts,
    )


def _part(session: Session, person: Person, plan: PlanInfo, today: date) -> PlanDigest:
    if person.role == CONTROLLER_ROLE:
        return PlanDigest(plan, task_lines(session, plan, today, "overdue"), [], [])
    late, returned, soon = (
        task_lines(session, plan, today, selection, organization_id=person.organization_id)
        for selection in ("overdue", "returned", "soon")
    )
    told = {line.id for line in late} | {line.id for line in returned}
    return PlanDigest(plan, late, returned, [line for line in soon if line.id not in told])
