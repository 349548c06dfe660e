"""Reports that were asked for, are being made, or were made and are kept."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class Report(Base):
    """A report: who asked for it, as of when, and the bytes that it became, in the store by their hash."""

    __tablename__ = "report"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    #: execution | note | organization | evidence
    kind: Mapped[str] = mapped_column(String(20))
    #: docx | xlsx | pdf | zip
    format: Mapped[str] = mapped_column(String(5))
    #: what part of the plan, as the addresses name it; "": all of it
    scope: Mapped[str] = mapped_column(String(80), default="")
    #: the day in the plan's time zone whose state it tells
    as_of: Mapped[date]
    #: what else its kind needs to know
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    #: what tells the form that asked for it from every other; "": no form did
    nonce: Mapped[str] = mapped_column(String(22), default="")
    #: waiting | making | ready | failed
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    #: how far its making has come: steps done, of how many; of 0 nobody knows yet
    steps_done: Mapped[int] = mapped_column(default=0)
    steps: Mapped[int] = mapped_column(default=0)
    #: how often its making was begun; whoever began it last may keep what came of it
    attempt: Mapped[int] = mapped_column(default=0)
    #: by the machine's clock; a making that gives no sign of life by then was cut off
    alive_until: Mapped[datetime | None]
    #: why it could not be made; "" if it was cut off again and again
    error: Mapped[str] = mapped_column(Text, default="")
    #: when it was made; until then when it was asked for
    made_at: Mapped[datetime]
    name: Mapped[str] = mapped_column(String(200))
    #: bytes
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    sha256: Mapped[str] = mapped_column(String(64), default="")

    __table_args__ = (Index("ix_report_plan_id_made_at", "plan_id", "made_at"),)
