"""What the installation itself keeps: what a seed once said, and how its jobs went."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class SeedRecord(Base):
    """What a seed last said about a row. A field that differs was changed by people and is theirs."""

    __tablename__ = "seed_record"

    table: Mapped[str] = mapped_column(String(40), primary_key=True)
    #: the row's natural key, as JSON
    key: Mapped[str] = mapped_column(String(300), primary_key=True)
    #: field → value, as JSON writes it
    values: Mapped[dict[str, Any]] = mapped_column(JSON)


class JobRun(Base):
    """The last run of a job."""

    __tablename__ = "job_run"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    #: what it did, in numbers
    result: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    failure: Mapped[str] = mapped_column(Text, default="")
    #: how often it was begun; whoever began it last says how it went
    run: Mapped[int] = mapped_column(default=0)
    #: how many runs have failed since the last that went well
    failed_runs: Mapped[int] = mapped_column(default=0)
    #: by the machine's clock, which a demonstration does not move: when it was begun
    begun_at: Mapped[datetime | None]
    #: by the machine's clock; a run that gives no sign of life by then was cut off
    alive_until: Mapped[datetime | None]


class SentForm(Base):
    """A form that was taken, for a day: the same one sent again does nothing more."""

    __tablename__ = "sent_form"

    #: SHA-256 over who sent it, where to, the key of its page and all that it said
    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    taken_at: Mapped[datetime] = mapped_column(index=True)
    #: where the browser was sent then; "" until that is known
    location: Mapped[str] = mapped_column(Text, default="")
