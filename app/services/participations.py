"""«По согласованию»: an organisation that the order invites and cannot oblige agrees or declines."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import (
    ConflictError,
    NotFoundError,
)
from app.domain.permissions import Actor, may_see_task, task_roles
from app.domain.texts import kept_lines
from app.models import Activity, Organization, Participation
from app.services.journal import hold, record
from app.services.steps import decide as decide_step
from workflows.definition import Facts


def answer(
    session: Session,
    actor: Actor,
    participation_id: int,
    trigger: str,
    *,
    now: datetime,
    note: str = "",
    version: int | None = None,
) -> Participation:
    """Agree, decline (with a reason) or invite again.

    The organisation answers itself, or the controller records its answer. Raises NotFoundError (also for a
    foreign one), NotAllowedError, ConflictError, WrongStateError, GuardRefusedError, InvalidInputError.
    """
    note = kept_lines("note", note)
    plan_id = session.scalar(
        select(Activity.plan_id)
        .join(Participation, Participation.activity_id == Activity.id)
        .where(Participation.id == participation_id, Participation.by_agreement)
    )
    if plan_id is None:
        raise NotFoundError
    hold(session, plan_id)
    part = session.get_one(Participation, participation_id, populate_existing=True)
    coordinator_id = session.get_one(Activity, part.activity_id).coordinator_id
    if not may_see_task(actor, part.organization_id, coordinator_id):
        raise NotFoundError
    if version is not None and version != part.version:
        raise ConflictError
    before = part.consent
    roles = task_roles(actor, part.organization_id, coordinator_id)
    step = decide_step("consent", before, trigger, roles, Facts(reason=note))
    part.consent = step.dest
    part.version += 1
    record(
        session,
        plan_id,
        actor,
        now,
        subject="participation",
        subject_id=part.id,
        action=trigger,
        activity_id=part.activity_id,
        state_before=before,
        state_after=part.consent,
        note=note,
        details={"organization": session.get_one(Organization, part.organization_id).short_name},
    )
    return part
