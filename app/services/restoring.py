"""Going on after an older backup was put back on purpose: the anchor knows of entries that are lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.anchor import Accepted, Anchored, Head
from app.domain.errors import ConflictError, InvalidInputError
from app.domain.texts import kept_line
from app.services.checking import check_journals, gone_journals
from app.services.journal import GENESIS, hold, record
from app.services.plans import all_plans, find_plan

#: characters of a reason
_LONGEST = 500


def accept_restored(
    session: Session, anchored: Sequence[Anchored], plan_code: str, reason: str, *, now: datetime
) -> tuple[Head, Accepted]:
    """Note in the journal that its present end is accepted; that end, and what no longer counts before it.

    A plan that is no more has no journal to note it in. Raises NotFoundError, InvalidInputError without a
    reason, and ConflictError when the journal is what was anchored, or is no whole chain.
    """
    reason = kept_line("reason", reason, _LONGEST)
    if not reason:
        raise InvalidInputError({"reason": "Please write a few words."})
    if any(gone.plan == plan_code for gone in gone_journals(all_plans(session), anchored)):
        return accepted_loss(plan_code, reason)
    hold(session, find_plan(session, plan_code).id)
    plan = find_plan(session, plan_code)
    (found,) = check_journals(session, [plan], anchored)
    broken = found.broken
    if broken is None:
        raise ConflictError("The journal is what was anchored: there is nothing to accept.")
    if broken.anchored is None:
        message, params = found.told
        raise ConflictError(message, **params)
    entry = record(
        session,
        plan.id,
        None,
        now,
        subject="plan",
        subject_id=plan.id,
        action="restore",
        note=reason,
        details={"lost": {"position": broken.anchored.position, "hash": broken.anchored.hash}},
    )
    return Head(plan.code, entry.position, entry.hash), Accepted(broken.position, reason)


def accepted_loss(plan_code: str, reason: str) -> tuple[Head, Accepted]:
    """What the anchor is told of a plan that is no more: nothing of its journal counts any longer."""
    return Head(plan_code, 0, GENESIS), Accepted(1, reason)
