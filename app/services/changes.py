"""Edits by an administrator: what changed, whether somebody else was faster, and the note in the journal."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import ConflictError, NotAllowedError
from app.domain.permissions import Actor, may_administer
from app.models import Plan
from app.services.journal import hold, record

Values = Mapping[str, Any]


def fingerprint(values: Values) -> str:
    """A short name of these values: a form carries it, so that an edit of something older is noticed."""
    canonical = json.dumps(values, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def check_fresh(present: Values, seen: str | None) -> None:
    """Refuse an edit of values that are not the present ones. Raises ConflictError."""
    if seen is not None and seen != fingerprint(present):
        raise ConflictError


def difference(before: Values, after: Values) -> dict[str, dict[str, Any]] | None:
    """What changed, as the journal keeps it: the old and the new values; None when nothing did."""
    changed = [name for name in after if before.get(name) != after[name]]
    if not changed:
        return None
    return {
        "before": {name: before.get(name) for name in changed},
        "after": {name: after[name] for name in changed},
    }


def ask_administrator(actor: Actor | None) -> None:
    """Administrators may, and the command line (`actor` None). Raises NotAllowedError."""
    if actor is not None and not may_administer(actor):
        raise NotAllowedError


def hold_plans(session: Session) -> list[int]:
    """Take every plan for a change of what they share; the same order everywhere rules out deadlocks."""
    plans = list(session.scalars(select(Plan.id).order_by(Plan.id)))
    for plan_id in plans:
        hold(session, plan_id)
    return plans


def record_in_plans(
    session: Session,
    plans: list[int],
    actor: Actor | None,
    now: datetime,
    *,
    subject: str,
    subject_id: int,
    action: str,
    details: dict[str, Any] | None = None,
) -> None:
    """Note a change of what all plans share, a person or an organisation, in the journal of each."""
    for plan_id in plans:
        record(
            session,
            plan_id,
            actor,
            now,
            subject=subject,
            subject_id=subject_id,
            action=action,
            details=details,
        )
