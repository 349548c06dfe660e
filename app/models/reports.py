"""Reports that were made and are kept."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class Report(Base):
    """A report: who made it, as of when, and the bytes that it became, kept in the store by their hash."""

    __tablename__ = "report"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    #: execution | note | organization
    kind: Mapped[str] = mapped_column(String(20))
    #: docx | xlsx
    format: Mapped[str] = mapped_column(String(5))
    #: what part of the plan, as the addresses name it; "": all of it
    scope: Mapped[str] = mapped_column(String(80), default="")
    #: the day in the plan's time zone whose state it tells
    as_of: Mapped[date]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    name: Mapped[str] = mapped_column(String(200))
    #: bytes
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))

    __table_args__ = (Index("ix_report_plan_id_made_at", "plan_id", "made_at"),)
