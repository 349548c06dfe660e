"""Whose tasks a person may see, as a condition of a statement: the rule of `domain.permissions`."""

from __future__ import annotations

from sqlalchemy import ColumnElement, false, or_, select, true

from app.domain.permissions import Actor
from app.models import Activity, Task


def open_to(actor: Actor | None) -> ColumnElement[bool]:
    """Which tasks `permissions.may_see_task` lets the actor see; None is the program itself and sees all."""
    if actor is None or actor.sees_everything:
        return true()
    if actor.organization_id is None:
        return false()
    coordinated = select(Activity.id).where(Activity.coordinator_id == actor.organization_id)
    return or_(Task.organization_id == actor.organization_id, Task.activity_id.in_(coordinated))
