"""Whether a plan has a public page, and what that tells of lateness."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.errors import NotAllowedError
from app.domain.permissions import Actor, may_administer, may_control
from app.models import Plan
from app.services.changes import check_fresh, difference
from app.services.journal import hold, record


def public_values(session: Session, plan_id: int) -> dict[str, Any]:
    """What is set, as a form shows it."""
    row = session.execute(select(Plan.is_public, Plan.shows_lateness).where(Plan.id == plan_id)).one()
    return row._asdict()


def set_public(
    session: Session,
    actor: Actor,
    plan_id: int,
    *,
    is_public: bool,
    shows_lateness: bool,
    now: datetime,
    seen: str | None = None,
) -> None:
    """Open or close the public page of a plan. A new plan has none until somebody says so.

    `seen` is the fingerprint of the values that the form showed. Raises NotAllowedError, NotFoundError,
    ConflictError.
    """
    if not may_control(actor) and not may_administer(actor):
        raise NotAllowedError
    hold(session, plan_id)
    present = public_values(session, plan_id)
    check_fresh(present, seen)
    wanted = {"is_public": is_public, "shows_lateness": shows_lateness}
    if details := difference(present, wanted):
        session.execute(update(Plan).where(Plan.id == plan_id).values(wanted))
        record(
            *(session, plan_id, actor, now),
            subject="plan",
            subject_id=plan_id,
            action="public_page",
            details=details,
        )
