"""Calendar addresses that people subscribe to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class Feed(Base):
    """A secret address of a calendar. The rights of its person are asked again at each fetch."""

    __tablename__ = "feed"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: SHA-256 of the token; the token itself is shown once and kept nowhere
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    #: plan | section:2 | organization:college07 | activity:2.3 | indicator:4 | mine | review
    scope: Mapped[str] = mapped_column(String(80))
    #: language of the calendar's words: ru | en
    language: Mapped[str] = mapped_column(String(5), default="ru")
    #: the query that the address was made with: show=due&alarms=7,1; what is fetched with counts, not this
    options: Mapped[str] = mapped_column(String(100), default="")
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    #: brought up to date at most once an hour
    used_at: Mapped[datetime | None]
