"""Digests: what a person should know, in one letter a day or a week."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import InvalidInputError
from app.domain.permissions import CONTROLLER_ROLE, EXECUTOR_ROLE
from app.domain.texts import kept_line
from app.models import Person
from app.services import account_letters, notices, outbox
from app.services.delegations import controls_for_another
from app.services.notices import NoticeLine
from app.services.plans import PlanInfo
from app.services.reset_links import end_links
from app.services.task_list import TaskLine, lines_by_plan

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


def set_letters(session: Session, person_id: int, email: str, rhythm: str, *, now: datetime) -> None:
    """Keep where a person's letters go ("": nowhere) and how often. Raises InvalidInputError.

    A letter tells of it at the address before: passwords are set anew through letters. The journal, which
    many read, says nothing of it.
    """
    email = kept_line("email", email, LONGEST_ADDRESS)
    problems = {}
    if email and not _ADDRESS.fullmatch(email):
        problems["email"] = "This is not an address like name@example.org."
    if rhythm not in RHYTHMS:
        problems["digest"] = "There is no such choice."
    if problems:
        raise InvalidInputError(problems)
    person = session.get_one(Person, person_id, with_for_update=True)
    if person.email != email:
        if person.email:
            account_letters.tell(session, person, account_letters.ADDRESS, now, address=person.email)
        end_links(session, person_id, now)
    person.email, person.digest = email, rhythm


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


def reminded(session: Session, now: datetime) -> list[int]:
    """Ids of the people whom somebody has reminded and no letter has told yet; not of those who want none."""
    return list(
        session.scalars(
            select(Person.id)
            .where(
                *(Person.active, Person.email != "", Person.digest != NEVER),
                Person.id.in_(notices.unmailed_to(notices.REMINDER, now - _NEWS_FOR)),
            )
            .order_by(Person.id)
        )
    )


def take_reminders(session: Session, person_id: int, now: datetime) -> Digest | None:
    """A letter of the reminders that are new to a person, which count as mailed. The caller writes it.

    Who reminds asks in person, and asks now: that waits for no digest. None when a letter tells of them all.
    """
    person = session.get_one(Person, person_id, with_for_update=True, populate_existing=True)
    news = [
        line
        for line in notices.unmailed(session, person_id, now - _NEWS_FOR, now.date())
        if line.kind == notices.REMINDER
    ]
    if not news or not person.active:
        return None
    notices.mark_mailed(session, [line.id for line in news], now)
    # The number alone may come again in a database that was restored, for another reminder.
    key = f"reminder:{person_id}:{news[0].id}:{news[0].at.isoformat()}"
    return _letter(person, key, now.date(), news, [])


def take_digest(session: Session, person_id: int, plans: Sequence[PlanInfo], now: datetime) -> Digest | None:
    """What today's letter to a person says of the plans; its news count as mailed. The caller writes it.

    None when today's is written already, or when there is nothing to say: by day that is when nothing is
    new, by week, on Mondays alone, when nothing is owed soon either.
    """
    person = session.get_one(Person, person_id, with_for_update=True, populate_existing=True)
    # It may have been disabled since the receivers were found.
    if not plans or not person.email or not person.active:
        return None
    day = plans[0].today(now)
    key = f"digest:{person_id}:{day.isoformat()}"
    if (person.digest == WEEKLY and day.weekday()) or outbox.is_written(session, key):
        return None
    news = notices.unmailed(session, person_id, now - _NEWS_FOR, day)
    if person.digest == DAILY and not news:
        return None
    parts = [part for part in _parts(session, person, plans, now) if part.late or part.returned or part.soon]
    if not news and not parts:
        return None
    notices.mark_mailed(session, [line.id for line in news], now)
    return _letter(person, key, day, news, parts)


def _letter(person: Person, key: str, day: date, news: list[NoticeLine], plans: list[PlanDigest]) -> Digest:
    return Digest(
        key=key,
        person_id=person.id,
        name=person.name,
        address=person.email,
        language=person.language or "ru",
        day=day,
        organization_id=person.organization_id,
        news=news,
        plans=plans,
    )


def _parts(
    session: Session, person: Person, plans: Sequence[PlanInfo], now: datetime
) -> Iterator[PlanDigest]:
    """What each plan asks of the person, also as one that acts for a controller.

    Four statements for all the plans that have the same day.
    """
    days: dict[date, list[int]] = {}
    for plan in plans:
        days.setdefault(plan.today(now), []).append(plan.id)
    to_controller = person.role == CONTROLLER_ROLE
    found: dict[str, dict[int, list[TaskLine]]] = {"overdue": {}, "returned": {}, "soon": {}}
    for today, plan_ids in days.items():
        controls = to_controller or controls_for_another(session, person.id, today)
        for selection, lines in found.items():
            if to_controller and selection != "overdue":
                continue
            whose = None if controls and selection == "overdue" else person.organization_id
            lines |= lines_by_plan(session, plan_ids, today, selection, organization_id=whose)
    for plan in plans:
        late, returned, soon = (lines.get(plan.id, []) for lines in found.values())
        told = {line.id for line in late} | {line.id for line in returned}
        yield PlanDigest(plan, late, returned, [line for line in soon if line.id not in told])
