"""What of a plan everybody may read: words about events, and proofs that the controller marked public."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class Publication(Base):
    """What is told to everybody about an event: that it will be held, or that it was."""

    __tablename__ = "publication"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    #: the stage of the event that it belongs to: announced | held
    stage: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text, default="")
    published_at: Mapped[datetime]
    #: when its words were entered or corrected last, or it was withdrawn
    changed_at: Mapped[datetime]
    #: None: it stands on the public page
    withdrawn_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("task_id", "stage"),
        Index("ix_publication_plan_id", "plan_id"),
    )


class Material(Base):
    """A piece of evidence that everybody may have: of a file a copy without what it told of its maker."""

    __tablename__ = "material"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), unique=True)
    #: what it is called on the public page; the name of the file that is served follows from it
    title: Mapped[str] = mapped_column(String(200))
    #: of the copy: its ending, its type, its bytes and their hash; "" and 0 for a link
    extension: Mapped[str] = mapped_column(String(8), default="")
    media_type: Mapped[str] = mapped_column(String(120), default="")
    size: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    published_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_material_plan_id", "plan_id"),
        Index("ix_material_task_id", "task_id"),
    )
