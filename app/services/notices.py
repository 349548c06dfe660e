"""Notices: what a person should know, shown until it is read. `announce` writes, `unread` shows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import JSON, Select, bindparam, exists, func, insert, literal, or_, select, update
from sqlalchemy.orm import Session, aliased

from app.db import UtcDateTime
from app.domain.ladder import FAMILIES
from app.domain.permissions import CONTROLLER_ROLE, EXECUTOR_ROLE, Actor
from app.models import Activity, Delegation, Notice, Occurrence, Organization, Person, Task
from workflows.definition import OWING

REMINDER = "reminder"
RETURNED = "returned"
ACCEPTED = "accepted"
REOPENED = "reopened"
EXTENSION = "extension"
CORRECTION = "correction"
MENTION = "mention"
INFECTED = "infected"
#: what the controller's acts on a task tell its executor
OF_TRIGGERS = {"return": RETURNED, "accept": ACCEPTED, "reopen": REOPENED}

#: so many notices stand on a page; those that are left come when these are read
SHOWN = 100


class NoticeLine(NamedTuple):
    """A notice with what its words need. `details`: `due` (ISO date), `days`, `decision`, `note`;
    of a mention `comment` (its id) and `by` (who wrote it)."""

    id: int
    kind: str
    details: Mapping[str, Any]
    at: datetime
    task_id: int
    organization_id: int
    short_name: str
    #: English gloss of the organisation
    organization_en: str
    code: str
    short_title: str
    gloss_en: str
    label_ru: str
    label_en: str


class Unread(NamedTuple):
    """The newest unread notices, and how many there are in all."""

    lines: list[NoticeLine]
    total: int


_LINES: Select[*tuple[Any, ...]] = (
    select(
        *(Notice.id, Notice.kind, Notice.details, Notice.created_at, Task.id, Task.organization_id),
        *(Organization.short_name, Organization.gloss_en.label("organization_en")),
        *(Activity.code, Activity.short_title, Activity.gloss_en),
        *(Occurrence.label_ru, Occurrence.label_en),
    )
    .join(Task, Task.id == Notice.task_id)
    .join(Organization, Organization.id == Task.organization_id)
    .join(Activity, Activity.id == Task.activity_id)
    .join(Occurrence, Occurrence.id == Task.occurrence_id)
    .where(
        Notice.person_id == bindparam("person"),
        Notice.read_at.is_(None),
        # What is not owed any more needs no reminder of its date.
        or_(Notice.kind.not_in(FAMILIES), Task.phase == OWING),
    )
    .order_by(Notice.id.desc())
)
#: what the person may open now, by its own place or as one that acts for a controller today; what it was
#: told of tasks that it has no part in any more is neither shown nor mailed
_ABSENT = aliased(Person, name="absent")
_IN_SIGHT = or_(
    exists().where(
        Person.id == Notice.person_id,
        or_(
            Person.role != EXECUTOR_ROLE,
            Person.organization_id.in_((Task.organization_id, Activity.coordinator_id)),
        ),
    ),
    exists().where(
        *(Delegation.deputy_id == Notice.person_id, Delegation.ended_at.is_(None)),
        *(Delegation.starts_on <= bindparam("today"), Delegation.ends_on >= bindparam("today")),
        *(_ABSENT.id == Delegation.person_id, _ABSENT.active, _ABSENT.role == CONTROLLER_ROLE),
    ),
)
_LINES_IN_SIGHT = _LINES.where(_IN_SIGHT)
_UNREAD = (
    _LINES_IN_SIGHT.add_columns(func.count().over())
    # Who reminds and with which words stands in a notice of its own, until the task is opened.
    .where(Notice.plan_id == bindparam("plan"), Notice.kind != REMINDER)
    .limit(SHOWN)
)
_UNMAILED = _LINES_IN_SIGHT.where(Notice.mailed_at.is_(None), Notice.created_at >= bindparam("since"))


def announce(session: Session, actor: Actor, task: Task, kind: str, now: datetime, **details: Any) -> None:
    """Tell the people of the task's organisation, but not the one who did it. One statement."""
    people = select(
        Person.id,
        literal(task.plan_id),
        literal(task.id),
        literal(kind),
        literal(details, JSON()),
        literal(now, UtcDateTime()),
    ).where(
        Person.organization_id == task.organization_id,
        Person.role == EXECUTOR_ROLE,
        Person.active,
        Person.id != actor.person_id,
    )
    columns = ["person_id", "plan_id", "task_id", "kind", "details", "created_at"]
    session.execute(insert(Notice).from_select(columns, people, include_defaults=False))


def tell(
    session: Session, person_ids: Collection[int], task: Task, kind: str, now: datetime, **details: Any
) -> None:
    """Tell these people of something about a task."""
    for person_id in sorted(person_ids):
        session.add(
            Notice(
                person_id=person_id,
                plan_id=task.plan_id,
                task_id=task.id,
                kind=kind,
                details=details,
                created_at=now,
            )
        )


def take_back(session: Session, comment_id: int, task_id: int, now: datetime) -> None:
    """Who has not read yet that a comment mentions it need not: the comment was withdrawn."""
    _read(
        *(session, now, Notice.task_id == task_id, Notice.kind == MENTION),
        Notice.details["comment"].as_integer() == comment_id,
    )


def unread(session: Session, person_id: int, plan_id: int, today: date) -> Unread:
    """What a person has not read yet, the newest first. One statement. `today` is of the plan's time zone."""
    rows = session.execute(_UNREAD, {"person": person_id, "plan": plan_id, "today": today}).all()
    return Unread([NoticeLine(*row[:-1]) for row in rows], rows[0][-1] if rows else 0)


def mark_read(session: Session, person_id: int, first: int, last: int, now: datetime) -> None:
    """The person has read the notices from id `first` to `last`; one that came since stays unread."""
    _read(session, now, Notice.person_id == person_id, Notice.id.between(first, last))


def mark_task_read(session: Session, person_id: int, task_id: int, now: datetime) -> None:
    """The person has opened a task, which says all that its notices say."""
    _read(session, now, Notice.person_id == person_id, Notice.task_id == task_id)


def mark_old_read(session: Session, before: datetime) -> None:
    """Everybody has read what came before that moment."""
    _read(session, before, Notice.created_at < before)


def unmailed(session: Session, person_id: int, since: datetime, today: date) -> list[NoticeLine]:
    """What a person has neither read nor been sent, of all plans, the newest first."""
    rows = session.execute(_UNMAILED, {"person": person_id, "since": since, "today": today})
    return [NoticeLine(*row) for row in rows]


def unmailed_to(kind: str, since: datetime) -> Select[int]:
    """The statement of the people who have neither read nor been sent a notice of that kind."""
    return select(Notice.person_id).where(
        *(Notice.kind == kind, Notice.read_at.is_(None), Notice.mailed_at.is_(None)),
        Notice.created_at >= since,
    )


def mark_mailed(session: Session, notice_ids: Sequence[int], now: datetime) -> None:
    """A letter tells of these notices."""
    session.execute(
        update(Notice)
        .where(Notice.id.in_(notice_ids))
        .values(mailed_at=now)
        .execution_options(synchronize_session=False)
    )


def _read(session: Session, now: datetime, *which: Any) -> None:
    session.execute(
        update(Notice)
        .where(Notice.read_at.is_(None), *which)
        .values(read_at=now)
        .execution_options(synchronize_session=False)
    )
