"""The journal as people read it: what happened to a task, an activity or the plan, newest first."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, aliased

from app.models import JournalEntry, Occurrence, Organization, Person, Task


class Entry(NamedTuple):
    """One entry of the journal. `person` is empty when the program itself acted."""

    position: int
    at: datetime
    person: str
    #: short name and English gloss of the organisation that the person acts for; empty for the others
    short_name: str
    gloss_en: str
    subject: str
    subject_id: int
    action: str
    state_before: str
    state_after: str
    note: str
    details: dict[str, Any]
    activity_id: int | None
    task_id: int | None
    #: of the task: whose it is, with its gloss, and which occurrence; None when the entry is about no task
    task_organization: str | None
    task_gloss: str | None
    label_ru: str | None
    label_en: str | None


_OWNER = aliased(Organization, name="owner")
#: what an entry is told by; a statement may narrow it, and ask for more columns behind these
ENTRIES: Select[*tuple[Any, ...]] = (
    select(
        JournalEntry.position,
        JournalEntry.at,
        Person.name,
        Organization.short_name,
        Organization.gloss_en,
        JournalEntry.subject,
        JournalEntry.subject_id,
        JournalEntry.action,
        JournalEntry.state_before,
        JournalEntry.state_after,
        JournalEntry.note,
        JournalEntry.details,
        JournalEntry.activity_id,
        JournalEntry.task_id,
        _OWNER.short_name,
        _OWNER.gloss_en,
        Occurrence.label_ru,
        Occurrence.label_en,
    )
    .outerjoin(Person, Person.id == JournalEntry.person_id)
    .outerjoin(Organization, Organization.id == Person.organization_id)
    .outerjoin(Task, Task.id == JournalEntry.task_id)
    .outerjoin(_OWNER, _OWNER.id == Task.organization_id)
    .outerjoin(Occurrence, Occurrence.id == Task.occurrence_id)
    .order_by(JournalEntry.position.desc())
)


def of_task(session: Session, task_id: int, activity_id: int) -> list[Entry]:
    """Everything about a task, and what was done to its activity by hand (suspended, resumed …).

    Its comments stand in a thread of their own.
    """
    by_hand = and_(
        JournalEntry.activity_id == activity_id,
        JournalEntry.subject == "activity",
        JournalEntry.person_id.is_not(None),
    )
    of_it = and_(JournalEntry.task_id == task_id, JournalEntry.subject != "comment")
    return _entries(session, ENTRIES.where(or_(of_it, by_hand)))


def of_activity(
    session: Session,
    activity_id: int,
    limit: int | None = None,
    offset: int = 0,
    *,
    organization_id: int | None = None,
) -> list[Entry]:
    """Everything about an activity and its tasks; of the tasks only one organisation's, when it is named."""
    statement = ENTRIES.where(JournalEntry.activity_id == activity_id)
    if organization_id is not None:
        own = or_(JournalEntry.task_id.is_(None), Task.organization_id == organization_id)
        statement = statement.where(own)
    return _entries(session, statement, limit, offset)


def _entries(
    session: Session, statement: Select[*tuple[Any, ...]], limit: int | None = None, offset: int = 0
) -> list[Entry]:
    if limit is not None:
        statement = statement.limit(limit).offset(offset)
    return [entry_of(*row) for row in session.execute(statement)]


def entry_of(*columns: Any) -> Entry:
    """The entry of a row of `ENTRIES`."""
    position, at, person, short_name, gloss_en, *rest = columns
    return Entry(position, at, person or "", short_name or "", gloss_en or "", *rest)
