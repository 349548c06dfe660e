"""The journal: everything that happened, append-only, one hash chain a plan."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class JournalHead(Base):
    """The end of a plan's chain. Whoever writes takes this row first, so a plan's entries never fork.

    `position` is also the plan's revision: it changes with everything that a page could show.
    """

    __tablename__ = "journal_head"

    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str] = mapped_column(String(64), default="")


class JournalEntry(Base):
    __tablename__ = "journal_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    position: Mapped[int]
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: what was acted on: task | activity | extension | participation | evidence | plan | reminder | comment
    subject: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int]
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id"))
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id"))
    #: the trigger or verb: submit, return, load, remind, replace …
    action: Mapped[str] = mapped_column(String(30))
    state_before: Mapped[str] = mapped_column(String(20), default="")
    state_after: Mapped[str] = mapped_column(String(20), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    __table_args__ = (
        UniqueConstraint("plan_id", "position"),
        Index("ix_journal_entry_activity_id", "activity_id"),
        Index("ix_journal_entry_task_id", "task_id"),
    )
