"""Leaving a place: what a person loses in the transaction that gives it another one, or disables it.

What is asked anew at every click needs nothing here: pages, files, calendar addresses and app passwords look
at the person as it is. What was made before and waits would outlast the place: letters, and delegations.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.permissions import Actor
from app.services import delegations, outbox


def leave(session: Session, actor: Actor | None, person_id: int, plans: list[int], *, now: datetime) -> None:
    """Withdraw the letters that wait for a person, and end the delegations that it gave or received.

    The caller has changed the person and holds the plans.
    """
    # Whoever writes a letter takes the person first: from here on it finds the new place.
    session.flush()
    outbox.withdraw(session, person_id)
    delegations.end_all(session, actor, person_id, plans, now=now)
