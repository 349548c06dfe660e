"""Tasks: what one organisation owes for one occurrence, with its proof, extensions and reminders."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class Task(Base):
    __tablename__ = "task"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    #: the workflow that it follows
    workflow: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    #: owing | review | accepted | off: what the state means for lateness. Follows from `state`, and is
    #: off while the activity is suspended or withdrawn; changed together with them, never alone.
    phase: Mapped[str] = mapped_column(String(10))
    #: date in force, with extensions; None: no deadline
    due: Mapped[date | None]
    #: date after the policy for non-working days, before any extension
    due_first: Mapped[date | None]
    #: date that discipline is measured against: an extension granted after the lapse leaves it alone
    due_scored: Mapped[date | None]
    #: date of the last submission, in the plan's time zone
    submitted_on: Mapped[date | None]
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    accepted_at: Mapped[datetime | None]
    #: why the controller returned it last
    return_reason: Mapped[str] = mapped_column(Text, default="")
    returns: Mapped[int] = mapped_column(default=0)
    #: why it is late and when it will be done, in the executor's words
    explanation: Mapped[str] = mapped_column(Text, default="")
    expected_on: Mapped[date | None]
    reminders: Mapped[int] = mapped_column(default=0)
    reminded_at: Mapped[datetime | None]
    #: comments that were not withdrawn
    comments: Mapped[int] = mapped_column(default=0)
    #: of a request: who asked for what
    subject: Mapped[str] = mapped_column(String(300), default="")
    #: counts changes; a form that was filled in before one is refused
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("occurrence_id", "organization_id"),
        Index("ix_task_organization_id_phase", "organization_id", "phase"),
        # counts of an activity are read from the index alone
        Index("ix_task_activity_id_phase", "activity_id", "phase", "state"),
        Index(
            "ix_task_owing_due",
            "plan_id",
            "due",
            sqlite_where=text("phase = 'owing'"),
            postgresql_where=text("phase = 'owing'"),
        ),
        Index(
            "ix_task_review",
            "plan_id",
            "submitted_at",
            sqlite_where=text("phase = 'review'"),
            postgresql_where=text("phase = 'review'"),
        ),
    )


class Evidence(Base):
    """A file, link or note attached to a task. A newer version replaces an older one; both stay."""

    __tablename__ = "evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), index=True)
    #: the requirement that it answers; "" for anything else
    slot: Mapped[str] = mapped_column(String(40), default="")
    #: file | link | note
    kind: Mapped[str] = mapped_column(String(8))
    version: Mapped[int] = mapped_column(default=1)
    #: the evidence that took its place
    replaced_by: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    replaced_at: Mapped[datetime | None]
    #: the file's name as the executor knows it
    name: Mapped[str] = mapped_column(String(400), default="")
    media_type: Mapped[str] = mapped_column(String(120), default="")
    size: Mapped[int] = mapped_column(default=0)
    #: of the bytes; also their name in the store
    sha256: Mapped[str] = mapped_column(String(64), default="", index=True)
    #: what a scanner says of the bytes: none (nobody asked) | pending | clean | infected
    scan: Mapped[str] = mapped_column(String(8), default="none")
    #: when that was said; as long as nothing is, when it was asked last in vain
    scanned_at: Mapped[datetime | None]
    #: what it found
    signature: Mapped[str] = mapped_column(String(200), default="")
    url: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))


class Extension(Base):
    """A request to move a due date (workflow "extension"). The dates before it are never lost."""

    __tablename__ = "extension"

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), index=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    state: Mapped[str] = mapped_column(String(12))
    due_before: Mapped[date]
    due_asked: Mapped[date]
    #: what the controller granted; may differ from what was asked
    due_granted: Mapped[date | None]
    reason: Mapped[str] = mapped_column(Text)
    decision: Mapped[str] = mapped_column(Text, default="")
    asked_at: Mapped[datetime]
    asked_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (Index("ix_extension_plan_id_state", "plan_id", "state"),)


class Reminder(Base):
    """That somebody was reminded of a task, when and by whom."""

    __tablename__ = "reminder"

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), index=True)
    sent_at: Mapped[datetime]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(Text, default="")
    #: when the executor opened the task after it
    seen_at: Mapped[datetime | None]
