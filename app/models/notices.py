"""What people are told: on their pages, and by mail through an outbox."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class Notice(Base):
    """Something that a person should know, shown until it is read."""

    __tablename__ = "notice"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id"))
    #: what happened: before | due | after (steps of the ladder) | reminder | returned | accepted | reopened |
    #: extension | correction | mention
    kind: Mapped[str] = mapped_column(String(20))
    #: what the words need beside the task
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    #: when it went out by mail, alone or in a digest
    mailed_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_notice_person_id_read_at", "person_id", "read_at"),
        Index(
            "ix_notice_unmailed",
            "person_id",
            sqlite_where=text("mailed_at IS NULL"),
            postgresql_where=text("mailed_at IS NULL"),
        ),
    )


class LadderStep(Base):
    """A step of the ladder of reminders that a task has climbed: each once for each due date."""

    __tablename__ = "ladder_step"

    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), primary_key=True)
    #: the date in force at the time; an extension begins the ladder anew
    due: Mapped[date] = mapped_column(primary_key=True)
    #: before:14 | due | after:3
    step: Mapped[str] = mapped_column(String(12), primary_key=True)
    taken_at: Mapped[datetime]


class AccountLetter(Base):
    """What a person is to be told of its account, until a job has put it into words for the outbox."""

    __tablename__ = "account_letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    #: what happened: reset (a link was asked for) | password | address |
    #: second_factor | no_second_factor | reset_second_factor
    kind: Mapped[str] = mapped_column(String(20))
    #: where it goes; of a changed address it is the one before
    address: Mapped[str] = mapped_column(String(254))
    #: makes the letter one and the same; of a link, what its token follows from
    nonce: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime]


class OutboxMessage(Base):
    """A letter to be sent, written in the transaction of what it tells of."""

    __tablename__ = "outbox_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    #: what makes it one and the same, however often it is written: digest:7:2022-06-15
    key: Mapped[str] = mapped_column(String(120), unique=True)
    #: of RFC 5322, the same at every try
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    address: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    #: when to try next; None: it was sent, or is given up
    next_at: Mapped[datetime | None] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    #: when it was given up: a dead letter
    dead_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text, default="")
