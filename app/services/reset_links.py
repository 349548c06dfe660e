"""How the links end by which a forgotten password is set anew."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.models import PasswordReset


def end_links(session: Session, person_id: int, now: datetime) -> None:
    """End the links of a person that still count."""
    session.execute(
        update(PasswordReset)
        .where(PasswordReset.person_id == person_id, PasswordReset.ended_at.is_(None))
        .values(ended_at=now)
    )
