"""Revisions of an occurrence's words: what tells a calendar's reader that an event says something new.

A task's changes need none: its version counts them (see `feed_events.CalendarOccurrence.revision`).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from app.models import Activity, Occurrence, Task


def revise(session: Session, now: datetime, *which: ColumnElement[bool]) -> None:
    """Count a change of what events say of those occurrences, whichever of their tasks they tell of."""
    session.execute(update(Occurrence).where(*which).values(revision=Occurrence.revision + 1, revised_at=now))


def naming(organization_id: int) -> ColumnElement[bool]:
    """The occurrences whose events name an organisation: it leads, coordinates or executes."""
    asked = select(Activity.id).where(
        (Activity.lead_id == organization_id) | (Activity.coordinator_id == organization_id)
    )
    owing = select(Task.occurrence_id).where(Task.organization_id == organization_id)
    return Occurrence.activity_id.in_(asked) | Occurrence.id.in_(owing)
