"""The plan: what the order says (rows) and what is executed (activities and their occurrences)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.domain.ladder import Ladder


class Plan(Base):
    """A plan of activities approved by an order."""

    __tablename__ = "plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(Text)
    short_title: Mapped[str] = mapped_column(String(200))
    gloss_en: Mapped[str] = mapped_column(String(400), default="")
    order_number: Mapped[str] = mapped_column(String(40))
    #: the number as it stands in the stamp, when it differs
    order_number_stamp: Mapped[str] = mapped_column(String(40), default="")
    order_note_ru: Mapped[str] = mapped_column(Text, default="")
    order_note_en: Mapped[str] = mapped_column(Text, default="")
    order_date: Mapped[date]
    issuer: Mapped[str] = mapped_column(String(400))
    #: who controls execution, as the order puts it
    control_clause: Mapped[str] = mapped_column(Text, default="")
    period_start: Mapped[date]
    period_end: Mapped[date]
    time_zone: Mapped[str] = mapped_column(String(60))
    #: preceding | next | none: where a due date on a non-working day moves
    non_working_policy: Mapped[str] = mapped_column(String(20))
    holidays_country: Mapped[str] = mapped_column(String(2), default="RU")
    #: days that the production calendar has otherwise: {"2022-03-05": true}
    calendar_overrides: Mapped[dict[str, bool]] = mapped_column(JSON, default=dict)
    #: days before and after a due date on which executors are reminded, as `app.domain.ladder` reads them
    ladder: Mapped[dict[str, Any]] = mapped_column(JSON, default=lambda: Ladder().as_record())
    #: whether anybody may read its public page, and whether that tells which rows are late
    is_public: Mapped[bool] = mapped_column(default=False)
    shows_lateness: Mapped[bool] = mapped_column(default=False)


class Section(Base):
    __tablename__ = "section"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    short_title: Mapped[str] = mapped_column(String(200))
    gloss_en: Mapped[str] = mapped_column(String(400), default="")

    __table_args__ = (UniqueConstraint("plan_id", "number"),)


class Row(Base):
    """A row of the plan, verbatim."""

    __tablename__ = "row"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    section_id: Mapped[int] = mapped_column(ForeignKey("section.id"))
    #: as printed, without the last dot: "3.4"
    number: Mapped[str] = mapped_column(String(20))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    deadline: Mapped[str] = mapped_column(Text)
    executors: Mapped[str] = mapped_column(Text)
    #: lines of the source text that hold it
    lines: Mapped[list[int]] = mapped_column(JSON, default=list)

    __table_args__ = (UniqueConstraint("plan_id", "number"),)


class Activity(Base):
    """What is executed: a state machine moved by its tasks and by the controller's own acts."""

    __tablename__ = "activity"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    section_id: Mapped[int] = mapped_column(ForeignKey("section.id"))
    row_id: Mapped[int] = mapped_column(ForeignKey("row.id"))
    #: "2.3", "3.4-1"
    code: Mapped[str] = mapped_column(String(20))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    short_title: Mapped[str] = mapped_column(String(200))
    gloss_en: Mapped[str] = mapped_column(String(400), default="")
    #: the kind of its tasks: document | event | agreement | monitoring | request
    workflow: Mapped[str] = mapped_column(String(20))
    #: lead | request | key of a class, e.g. institutions: who gets a task for each occurrence
    tasks_for: Mapped[str] = mapped_column(String(20))
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"))
    #: the organisation that collects the work of the others and reminds them
    coordinator_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"))
    #: what should come before it: [code, occurrence key or ""]; shown, never in the way
    after: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    #: what the operator decided where the order leaves something open
    note_ru: Mapped[str] = mapped_column(Text, default="")
    note_en: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (UniqueConstraint("plan_id", "code"),)


class Requirement(Base):
    """What must be attached before a task of an activity can be submitted (editorial)."""

    __tablename__ = "requirement"

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    key: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    label_ru: Mapped[str] = mapped_column(String(300))
    label_en: Mapped[str] = mapped_column(String(300))
    #: subset of file, link, note
    kinds: Mapped[list[str]] = mapped_column(JSON)
    required: Mapped[bool]

    __table_args__ = (UniqueConstraint("activity_id", "key"),)


class Participation(Base):
    """An organisation's part in an activity."""

    __tablename__ = "participation"

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), index=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    #: lead | co_executor | member | accepting
    role: Mapped[str] = mapped_column(String(20))
    by_agreement: Mapped[bool] = mapped_column(default=False)
    #: of those by agreement: invited | agreed | declined (workflow "consent"); "" for the others
    consent: Mapped[str] = mapped_column(String(20), default="")
    #: the words of the order
    named: Mapped[str] = mapped_column(String(400), default="")
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (UniqueConstraint("activity_id", "organization_id"),)


class Occurrence(Base):
    """One dated instance of an activity; an event of the calendar."""

    __tablename__ = "occurrence"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    key: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    label_ru: Mapped[str] = mapped_column(String(200), default="")
    label_en: Mapped[str] = mapped_column(String(200), default="")
    cohort: Mapped[str] = mapped_column(String(10), default="")
    #: on | within | by | throughout; "open" for a request
    mode: Mapped[str] = mapped_column(String(12))
    window_start: Mapped[date | None]
    #: what the order says; None: no deadline
    due_nominal: Mapped[date | None]
    #: after the policy for non-working days
    due_first: Mapped[date | None]
    #: as_written | moved_to_preceding | moved_to_next
    due_rule: Mapped[str] = mapped_column(String(24), default="as_written")
    as_of: Mapped[date | None]
    #: order | operator: who set the date
    source: Mapped[str] = mapped_column(String(12), default="order")
    note_ru: Mapped[str] = mapped_column(Text, default="")
    note_en: Mapped[str] = mapped_column(Text, default="")
    #: how often an executor must bring its table up to date in the window
    min_updates: Mapped[int] = mapped_column(default=1)
    #: grows with every change of the words that a calendar says of it; tasks count their own changes
    revision: Mapped[int] = mapped_column(default=0)
    revised_at: Mapped[datetime]
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("activity_id", "key"),)


def overrides_key(overrides: dict[str, Any]) -> tuple[tuple[date, bool], ...]:
    """`calendar_overrides` as a hashable key for the cached working calendar."""
    return tuple(sorted((date.fromisoformat(day), bool(works)) for day, works in overrides.items()))
