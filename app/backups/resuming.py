"""Going on from a backup: what is lost is said, and the journals tell that they were restored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from app.anchor import Accepted, Anchored, Head
from app.backups.verifying import Verified
from app.db import Database
from app.domain.errors import OutageError
from app.models import JournalHead, Plan
from app.services import journal, sessions
from app.services.checking import check_journals
from app.services.plans import all_plans
from app.services.restoring import accepted_loss


class Lost(NamedTuple):
    """Entries of a plan's journal that were written after the backup was made, and are in it no more."""

    plan: str
    first: int
    last: int


class Resumed(NamedTuple):
    """Where a plan's journal ends now. `accepted`: what the anchor knows that counts no longer."""

    head: Head
    accepted: Accepted | None
    lost: Lost | None


def present_heads(database: Database) -> list[Head]:
    """Where the journal of each plan ends; of a database that cannot be read nothing is known."""
    try:
        with database.read() as session:
            found = session.execute(
                select(Plan.code, JournalHead.position, JournalHead.hash)
                .join(JournalHead, JournalHead.plan_id == Plan.id)
                .order_by(Plan.id)
            )
            return [Head(*row) for row in found]
    except (DatabaseError, OutageError):
        return []


def resume(
    session: Session,
    backup: Verified,
    present: Sequence[Head],
    anchored: Sequence[Anchored],
    now: datetime,
) -> list[Resumed]:
    """Let a restored database go on.

    1. Look what is lost, by the journals that were `present` before and by what was `anchored` of them.
    2. The journal of every plan tells that it was restored, as of when, and how far it had come.
    3. Of plans that the backup does not know all is lost, and nobody but the anchor can tell it.
    4. Every session is ended, and every link that sets a password: some had been ended since, and the backup
    does not know.
    """
    reason = f"Restored from the backup of {backup.made_at:%Y-%m-%d %H:%M} UTC"
    resumed = []
    plans = all_plans(session)
    for plan in plans:
        (found,) = check_journals(session, [plan], [head for head in anchored if head.plan == plan.code])
        reached = _furthest(plan.code, present, anchored)
        details: dict[str, object] = {"made_at": backup.made_at.isoformat()}
        lost = None
        if reached is not None and reached.position > plan.revision:
            details |= {"lost": {"position": reached.position, "hash": reached.hash}}
            lost = Lost(plan.code, plan.revision + 1, reached.position)
        entry = journal.record(
            session,
            *(plan.id, None, now),
            subject="plan",
            subject_id=plan.id,
            action="restore",
            details=details,
        )
        accepted = Accepted(found.broken.position, reason) if found.broken else None
        resumed.append(Resumed(Head(plan.code, entry.position, entry.hash), accepted, lost))
    told = {head.plan for head in present} | {head.plan for head in anchored}
    for code in sorted(told - {plan.code for plan in plans}):
        reached = _furthest(code, present, anchored)
        if reached is not None and reached.position > 0:
            resumed.append(Resumed(*accepted_loss(code, reason), Lost(code, 1, reached.position)))
    sessions.end_everybodys(session, now=now)
    return resumed


def _furthest(plan: str, present: Sequence[Head], anchored: Sequence[Anchored]) -> Head | None:
    """How far the journal of a plan had come."""
    heads = [*present, *(Head(each.plan, each.position, each.hash) for each in anchored)]
    return max((head for head in heads if head.plan == plan), key=lambda head: head.position, default=None)
