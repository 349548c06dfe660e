"""The proof of an activity: the current evidence of all its tasks, as far as the reader may see it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, bindparam, func, select
from sqlalchemy.orm import Session

from app.models import Evidence, Occurrence, Organization, Person, Task


class Proof(NamedTuple):
    """A piece of evidence that nothing has replaced."""

    id: int
    task_id: int
    kind: str
    name: str
    url: str
    note: str
    version: int
    size: int
    created_at: datetime
    #: who attached it
    person: str
    short_name: str
    gloss_en: str
    label_ru: str
    label_en: str


_PROOFS: Select[*tuple[Any, ...]] = (
    select(
        Evidence.id,
        Evidence.task_id,
        Evidence.kind,
        Evidence.name,
        Evidence.url,
        Evidence.note,
        Evidence.version,
        Evidence.size,
        Evidence.created_at,
        Person.name,
        Organization.short_name,
        Organization.gloss_en,
        Occurrence.label_ru,
        Occurrence.label_en,
        func.count().over().label("of"),
    )
    .join(Task, Task.id == Evidence.task_id)
    .join(Organization, Organization.id == Task.organization_id)
    .join(Occurrence, Occurrence.id == Task.occurrence_id)
    .join(Person, Person.id == Evidence.person_id)
    .where(Task.activity_id == bindparam("activity_id", type_=Integer), Evidence.replaced_by.is_(None))
    .order_by(Evidence.id.desc())
)


def proofs(
    session: Session, activity_id: int, *, organization_id: int | None = None, limit: int | None = None
) -> tuple[list[Proof], int]:
    """The newest current evidence of an activity, and how much there is in all.

    Of one organisation's tasks only, when it is named.
    """
    statement = _PROOFS
    if organization_id is not None:
        statement = statement.where(Task.organization_id == organization_id)
    if limit is not None:
        statement = statement.limit(limit)
    rows = session.execute(statement, {"activity_id": activity_id}).all()
    return [Proof(*row[:-1]) for row in rows], rows[0].of if rows else 0
