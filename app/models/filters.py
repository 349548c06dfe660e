"""Lists that people have kept under a name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class SavedFilter(Base):
    """What narrows a list of tasks, as a person calls it."""

    __tablename__ = "saved_filter"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    #: tasks | overdue: the list that it narrows
    place: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(80))
    #: the arguments of the list's address
    arguments: Mapped[dict[str, str]] = mapped_column(JSON)
    #: the smallest is shown first
    position: Mapped[int]
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("person_id", "plan_id", "place", "name"),)
