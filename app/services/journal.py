"""The journal: one entry for everything that happens, in the transaction that makes it happen."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, ScalarSelect, Select, bindparam, select
from sqlalchemy.orm import Session

from app.anchor import Anchored
from app.domain.canonical import canonical
from app.domain.errors import NotFoundError
from app.domain.permissions import Actor
from app.models import JournalEntry, JournalHead

#: hash before the first entry
GENESIS = "0" * 64
_HELD = "journal head"


def hold(session: Session, plan_id: int) -> JournalHead:
    """Take the plan for a change: until the transaction ends, nobody else changes anything in it.

    Its entries form one chain, so its changes are one after another in any case; taking the end of the
    chain first makes every later check true until the commit, and rules out deadlocks.
    """
    head = hold_by(session, _OF_PLAN, plan_id=plan_id)
    if head is None:
        raise NotFoundError
    return head


def head_of(plan_id: ColumnElement[int] | ScalarSelect[int]) -> Select[JournalHead]:
    """The statement that takes the plan which an expression finds; made once, for `hold_by`."""
    return (
        select(JournalHead)
        .where(JournalHead.plan_id == plan_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


_OF_PLAN = head_of(bindparam("plan_id", type_=Integer))


def hold_by(session: Session, statement: Select[JournalHead], **parameters: object) -> JournalHead | None:
    """`hold` by a statement of `head_of`; None when it finds no plan."""
    head = session.execute(statement, parameters).scalar_one_or_none()
    if head is not None:
        session.info[_HELD, head.plan_id] = head
    return head


def record(
    session: Session,
    plan_id: int,
    actor: Actor | None,
    now: datetime,
    *,
    subject: str,
    subject_id: int,
    action: str,
    activity_id: int | None = None,
    task_id: int | None = None,
    state_before: str = "",
    state_after: str = "",
    note: str = "",
    details: dict[str, Any] | None = None,
) -> JournalEntry:
    """Append an entry to the plan's chain. `actor` None is the program itself.

    For whom the actor acts stands among the details, as `for`; its own account is its own all the time.
    """
    own = actor is not None and (subject, subject_id) == ("person", actor.person_id)
    if actor is not None and actor.for_id is not None and not own:
        details = {**(details or {}), "for": {"id": actor.for_id, "name": actor.for_name}}
    head: JournalHead = session.info.get((_HELD, plan_id)) or hold(session, plan_id)
    entry = JournalEntry(
        plan_id=plan_id,
        position=head.position + 1,
        # The hash is over the text of the instant, which the database gives back in UTC.
        at=now.astimezone(UTC),
        person_id=actor.person_id if actor else None,
        subject=subject,
        subject_id=subject_id,
        activity_id=activity_id,
        task_id=task_id,
        action=action,
        state_before=state_before,
        state_after=state_after,
        note=note,
        details=details or {},
        previous_hash=head.hash or GENESIS,
    )
    entry.hash = entry_hash(entry)
    head.position = entry.position
    head.hash = entry.hash
    session.add(entry)
    return entry


def content_of(entry: JournalEntry) -> dict[str, Any]:
    """What the hash of an entry is over, as JSON takes it."""
    return {
        "plan": entry.plan_id,
        "position": entry.position,
        "at": entry.at.isoformat(),
        "person": entry.person_id,
        "subject": entry.subject,
        "subject_id": entry.subject_id,
        "activity": entry.activity_id,
        "task": entry.task_id,
        "action": entry.action,
        "before": entry.state_before,
        "after": entry.state_after,
        "note": entry.note,
        "details": entry.details,
        "previous": entry.previous_hash,
    }


def entry_hash(entry: JournalEntry) -> str:
    """SHA-256 over the canonical JSON of an entry and the hash of the one before it."""
    return hashlib.sha256(canonical(content_of(entry)).encode()).hexdigest()


class Break(NamedTuple):
    """Where a chain is not what it was: the first position, and what is wrong there."""

    position: int
    #: changed: the entry was written anew. missing: there is none. loose: it does not follow from the one
    #: before it. head: the chain does not end where its head says. anchor: it is not the one that was
    #: anchored. short: the chain ends before what was anchored. gone: the plan is no more
    kind: str
    #: what it should have been, of the last three
    anchored: Anchored | None = None


def first_broken(session: Session, plan_id: int) -> int | None:
    """Position of the first entry that does not follow from the one before it; None: the chain holds."""
    broken = find_break(session, plan_id)
    return broken.position if broken else None


def find_break(session: Session, plan_id: int, anchored: Iterable[Anchored] = ()) -> Break | None:
    """Follow the chain of a plan and compare it with the heads that were anchored; None: it holds."""
    heads = _by_position(anchored)
    last, position = GENESIS, 0
    for entry in session.scalars(_CHAIN, {"plan_id": plan_id}):
        position += 1
        if broken := _break_at(entry, position, last, heads.get(position, ())):
            return broken
        last = entry.hash
    if (furthest := max(heads, default=0)) > position:
        return Break(position + 1, "short", heads[furthest][0])
    head = session.get(JournalHead, plan_id)
    if head is not None and (head.position, head.hash or GENESIS) != (position, last):
        return Break(position + 1, "head")
    return None


_CHAIN = (
    select(JournalEntry)
    .where(JournalEntry.plan_id == bindparam("plan_id", type_=Integer))
    .order_by(JournalEntry.position)
    .execution_options(yield_per=500)
)


def _by_position(anchored: Iterable[Anchored]) -> dict[int, list[Anchored]]:
    """The heads at each place. Of several all count: whoever can append to the anchor overrules nothing."""
    found = defaultdict(list)
    for head in anchored:
        found[head.position].append(head)
    return dict(found)


def _break_at(
    entry: JournalEntry, position: int, previous: str, anchored: Sequence[Anchored]
) -> Break | None:
    if entry.position != position:
        return Break(position, "missing")
    if entry.hash != entry_hash(entry):
        return Break(position, "changed")
    if entry.previous_hash != previous:
        return Break(position, "loose")
    others = (head for head in anchored if head.hash != entry.hash)
    return Break(position, "anchor", other) if (other := next(others, None)) else None
