"""The evidence of accepted tasks, as it stands in the tables: what a pack of evidence holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from app.domain.errors import NotFoundError
from app.models import Activity, Evidence, Occurrence, Organization, Person, Requirement, Task
from app.scanning import HARMLESS
from workflows.definition import ACCEPTED


class AcceptedProof(NamedTuple):
    """A piece of evidence of an accepted task, by the names of the tables."""

    id: int
    task_id: int
    code: str
    short_title: str
    organization: str
    short_name: str
    label_ru: str
    #: what was asked for; None for anything else
    requirement: str | None
    kind: str
    version: int
    name: str
    #: bytes
    size: int
    sha256: str
    url: str
    note: str
    created_at: datetime
    person: str
    accepted_at: datetime | None
    #: none | pending | clean | infected
    scan: str

    @property
    def may_leave(self) -> bool:
        """Whether the file may be copied into a pack."""
        return self.scan in HARMLESS


_PROOFS: Select[*tuple[Any, ...]] = (
    select(
        Evidence.id,
        Evidence.task_id,
        Activity.code,
        Activity.short_title,
        Organization.key,
        Organization.short_name,
        Occurrence.label_ru,
        Requirement.label_ru.label("requirement"),
        Evidence.kind,
        Evidence.version,
        Evidence.name,
        Evidence.size,
        Evidence.sha256,
        Evidence.url,
        Evidence.note,
        Evidence.created_at,
        Person.name.label("person"),
        Task.accepted_at,
        Evidence.scan,
    )
    .join(Task, Task.id == Evidence.task_id)
    .join(Activity, Activity.id == Task.activity_id)
    .join(Occurrence, Occurrence.id == Task.occurrence_id)
    .join(Organization, Organization.id == Task.organization_id)
    .join(Person, Person.id == Evidence.person_id)
    .outerjoin(
        Requirement, and_(Requirement.activity_id == Task.activity_id, Requirement.key == Evidence.slot)
    )
    .where(
        Task.plan_id == bindparam("plan_id"),
        Task.phase == ACCEPTED,
        Evidence.replaced_by.is_(None),
        or_(bindparam("activity") == "", Activity.code == bindparam("activity")),
    )
    .order_by(Activity.position, Occurrence.position, Organization.position, Evidence.id)
)
_ACTIVITY = select(Activity.short_title).where(
    Activity.plan_id == bindparam("plan_id"), Activity.code == bindparam("activity")
)


def accepted_evidence(session: Session, plan_id: int, activity: str = "") -> list[AcceptedProof]:
    """What proves the accepted tasks of an activity, or of all, in the order of the plan. One statement."""
    return list(_read(session, {"plan_id": plan_id, "activity": activity}))


def _read(session: Session, scope: dict[str, Any]) -> Iterator[AcceptedProof]:
    return (AcceptedProof(*row) for row in session.execute(_PROOFS, scope))


def check_activity(session: Session, plan_id: int, code: str) -> None:
    """That the plan has such an activity. Raises NotFoundError."""
    if session.execute(_ACTIVITY, {"plan_id": plan_id, "activity": code}).first() is None:
        raise NotFoundError
