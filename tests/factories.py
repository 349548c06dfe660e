"""What tests need in a loaded plan: people, tasks, work handed in. Everything goes through the services."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.permissions import Actor
from app.models import Activity, Occurrence, Organization, Task
from app.services import people, tasks
from app.services.evidence import Attachment, Submission, requirements
from app.services.figures import figure_fields
from app.storage import EvidenceStore
from tests.infrastructure.signing_in import PASSWORD


def actor(
    session: Session, username: str, now: datetime, role: str = "executor", organization: str | None = None
) -> Actor:
    """An account with the demonstration's password; an executor's is named after its organisation."""
    if role == "executor":
        organization = organization or username
    people.add_person(
        session,
        username,
        name=username,
        role=role,
        password=PASSWORD,
        now=now,
        organization=organization,
        demo=True,
    )
    return people.find_actor(session, username)


def find_task(session: Session, code: str, organization: str, occurrence: str = "") -> Task:
    """The task of an organisation: the first of the activity, or the one of that occurrence."""
    statement = (
        select(Task)
        .join(Activity, Activity.id == Task.activity_id)
        .join(Organization, Organization.id == Task.organization_id)
        .join(Occurrence, Occurrence.id == Task.occurrence_id)
        .where(Activity.code == code, Organization.key == organization)
        .order_by(Occurrence.position)
    )
    if occurrence:
        statement = statement.where(Occurrence.key == occurrence)
    return session.scalars(statement).first() or _missing(code, organization)


def proof(session: Session, task: Task) -> Submission:
    """What the task asks for: a link for each required slot, 1 for each figure, however unusual."""
    occurrence = session.get_one(Occurrence, task.occurrence_id)
    figures = [field.key for field in figure_fields(session, task.activity_id, occurrence.cohort)]
    return Submission(
        [
            Attachment("link", slot.key, url=f"https://example.org/{slot.key}")
            for slot in requirements(session, task.activity_id)
            if slot.required
        ],
        dict.fromkeys(figures, Decimal(1)),
        explained=dict.fromkeys(figures, "Так и есть"),
    )


def submit(
    session: Session,
    store: EvidenceStore,
    executor: Actor,
    code: str,
    now: datetime,
    organization: str = "",
    **more: Any,
) -> Task:
    """The executor hands its task in, with all that is asked for."""
    task = find_task(session, code, organization or _organization_of(session, executor))
    submission = proof(session, task)
    return tasks.fire(session, store, executor, task.id, "submit", now=now, submission=submission, **more)


def _organization_of(session: Session, executor: Actor) -> str:
    key: str = session.scalars(
        select(Organization.key).where(Organization.id == executor.organization_id)
    ).one()
    return key


def _missing(code: str, organization: str) -> Task:
    raise AssertionError(f"{organization} has no task in {code}")
