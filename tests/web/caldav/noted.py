"""What the journal says of a task, and what the controller does to it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.db import Database
from app.domain.permissions import Actor
from app.models import JournalEntry
from app.services import tasks
from app.storage import EvidenceStore


def entries(database: Database, task_id: int) -> list[tuple[str, dict[str, Any]]]:
    """What the journal says of a task: what was done and its details, oldest first."""
    with database.read() as session:
        found = session.execute(
            select(JournalEntry.action, JournalEntry.details)
            .where(JournalEntry.task_id == task_id)
            .order_by(JournalEntry.position)
        )
        return [(action, details) for action, details in found]


def acted(database: Database, task_id: int) -> list[str]:
    return [action for action, _ in entries(database, task_id)]


def controls(
    database: Database, store: EvidenceStore, deputy: Actor, now: datetime, task_id: int, *triggers: str
) -> None:
    with database.transaction() as session:
        for trigger in triggers:
            tasks.fire(session, store, deputy, task_id, trigger, now=now, note="основание")
