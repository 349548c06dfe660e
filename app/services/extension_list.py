"""Later dates that executors have asked for: those that wait for the controller, and a single one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import NotFoundError
from app.domain.permissions import Actor, may_see_task
from app.models import Activity, Extension, Occurrence, Organization, Task
from app.services.task_list import ExecutorName
from workflows import WORKFLOWS
from workflows.definition import OWING, REVIEW


class ExtensionLine(NamedTuple):
    """A later date that was asked for. Dates of the plan's time zone."""

    id: int
    version: int
    state: str
    task_id: int
    plan_id: int
    due_before: date
    due_asked: date
    due_granted: date | None
    reason: str
    decision: str
    asked_at: datetime
    decided_at: datetime | None
    organization_id: int
    short_name: str
    organization_gloss: str
    code: str
    short_title: str
    gloss_en: str
    coordinator_id: int | None
    label_ru: str
    label_en: str

    @property
    def executor(self) -> ExecutorName:
        """Who asks."""
        return ExecutorName(self.short_name, self.organization_gloss)

    @property
    def is_pending(self) -> bool:
        """Whether it still waits for an answer."""
        return self.state == _PENDING


_PENDING = WORKFLOWS["extension"].initial

_LINES = (
    select(
        Extension.id,
        Extension.version,
        Extension.state,
        Extension.task_id,
        Extension.plan_id,
        Extension.due_before,
        Extension.due_asked,
        Extension.due_granted,
        Extension.reason,
        Extension.decision,
        Extension.asked_at,
        Extension.decided_at,
        Task.organization_id,
        Organization.short_name,
        Organization.gloss_en,
        Activity.code,
        Activity.short_title,
        Activity.gloss_en,
        Activity.coordinator_id,
        Occurrence.label_ru,
        Occurrence.label_en,
    )
    .join(Task, Task.id == Extension.task_id)
    .join(Organization, Organization.id == Task.organization_id)
    .join(Activity, Activity.id == Task.activity_id)
    .join(Occurrence, Occurrence.id == Task.occurrence_id)
)
#: a task that is accepted or withdrawn needs no later date any more
_WAITING = _LINES.where(Extension.state == _PENDING, Task.phase.in_((OWING, REVIEW))).order_by(
    Extension.asked_at, Extension.id
)


def pending_extensions(session: Session, plan_id: int) -> dict[int, ExtensionLine]:
    """The later dates that wait for an answer, by task (one a task at most), the oldest first."""
    rows: Iterable[Any] = session.execute(_WAITING.where(Extension.plan_id == plan_id))
    return {row.task_id: ExtensionLine(*row) for row in rows}


def find_extension(session: Session, actor: Actor, extension_id: int) -> ExtensionLine:
    """One of them. Raises NotFoundError, also for one of a foreign task."""
    row: Any = session.execute(_LINES.where(Extension.id == extension_id)).first()
    if row is None:
        raise NotFoundError
    line = ExtensionLine(*row)
    if not may_see_task(actor, line.organization_id, line.coordinator_id):
        raise NotFoundError
    return line
