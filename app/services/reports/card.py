"""An organisation's card of execution: what it owes and has done, how it keeps its dates, what it reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, bindparam, select
from sqlalchemy.orm import Session

from app.domain.discipline import LATE, Discipline, TaskOutcome
from app.domain.errors import NotFoundError
from app.domain.permissions import Actor, may_see_organization
from app.models import Activity, Extension, JournalEntry, Occurrence, Organization, Task
from app.services.counters import SHARES
from app.services.discipline import discipline_lines
from app.services.indicators import indicator_lines
from app.services.plans import PlanInfo
from app.services.reports.card_figures import CardIndicator, CardOwner, indicators_reported
from app.services.reports.whole import Whole
from app.services.task_list import TaskLine, task_lines
from workflows.definition import ACCEPTED, OFF, OWING, REVIEW


class CardExtension(NamedTuple):
    """A later date that it asked for. Dates of the plan's time zone."""

    task_id: int
    code: str
    short_title: str
    gloss_en: str
    label_ru: str
    label_en: str
    state: str
    due_before: date
    due_asked: date
    due_granted: date | None
    reason: str
    asked_at: datetime


class CardReturn(NamedTuple):
    """A task of its that was returned."""

    task_id: int
    code: str
    short_title: str
    gloss_en: str
    label_ru: str
    label_en: str
    #: in the plan's time zone
    on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Card:
    """Everything on a card."""

    owner: CardOwner
    #: its tasks by the share of the plan that they belong to, in the order of the plan
    tasks: dict[str, list[TaskLine]]
    in_force: Discipline
    #: against the dates before any extension
    first: Discipline
    #: tasks that were accepted, but handed in after their dates
    late: frozenset[int]
    indicators: Sequence[CardIndicator]
    extensions: Sequence[CardExtension]
    returns: Sequence[CardReturn]

    @property
    def total(self) -> int:
        return sum(len(self.tasks[name]) for name in SHARES)


_ORGANIZATION_ID = bindparam("organization_id", type_=Integer)
_PLAN_ID = bindparam("plan_id", type_=Integer)
_OWNER = select(
    Organization.id, Organization.key, Organization.name, Organization.short_name, Organization.gloss_en
).where(Organization.key == bindparam("key"))
_PART = select(Task.id).where(Task.plan_id == _PLAN_ID, Task.organization_id == _ORGANIZATION_ID).limit(1)
_WHERE = (Activity.code, Activity.short_title, Activity.gloss_en, Occurrence.label_ru, Occurrence.label_en)
_EXTENSIONS: Select[*tuple[Any, ...]] = (
    select(
        Extension.task_id,
        *_WHERE,
        Extension.state,
        Extension.due_before,
        Extension.due_asked,
        Extension.due_granted,
        Extension.reason,
        Extension.asked_at,
    )
    .join(Task, Task.id == Extension.task_id)
    .join(Activity, Activity.id == Task.activity_id)
    .join(Occurrence, Occurrence.id == Task.occurrence_id)
    .where(Extension.plan_id == _PLAN_ID, Task.organization_id == _ORGANIZATION_ID)
    .order_by(Extension.asked_at, Extension.id)
)
_RETURNS: Select[*tuple[Any, ...]] = (
    select(JournalEntry.task_id, *_WHERE, JournalEntry.at, JournalEntry.note)
    .join(Task, Task.id == JournalEntry.task_id)
    .join(Activity, Activity.id == Task.activity_id)
    .join(Occurrence, Occurrence.id == Task.occurrence_id)
    .where(
        JournalEntry.plan_id == _PLAN_ID,
        JournalEntry.subject == "task",
        JournalEntry.action == "return",
        Task.organization_id == _ORGANIZATION_ID,
    )
    .order_by(JournalEntry.position)
)


def open_card(session: Session, actor: Actor, plan: PlanInfo, key: str) -> CardOwner:
    """The organisation of that key, if it has a task in the plan and its card is open to the actor.

    Raises NotFoundError, also for a foreign one.
    """
    owner = _owner(session, key)
    scope = {"plan_id": plan.id, "organization_id": owner.id}
    if not may_see_organization(actor, owner.id) or session.execute(_PART, scope).first() is None:
        raise NotFoundError
    return owner


def key_of(session: Session, organization_id: int) -> str:
    """The key of an organisation. Raises NotFoundError."""
    key = session.scalars(select(Organization.key).where(Organization.id == organization_id)).first()
    if key is None:
        raise NotFoundError
    return key


def card(
    session: Session,
    plan: PlanInfo,
    key: str,
    today: date,
    *,
    whole: Whole | None = None,
) -> Card:
    """How the organisation of that key stands today. A fixed number of statements. Raises NotFoundError.

    `whole` was counted of the whole plan, where the session sees only a part of it.
    """
    owner = _owner(session, key)
    scope = {"plan_id": plan.id, "organization_id": owner.id}
    lines = task_lines(session, plan, today, organization_id=owner.id, order="plan")
    tasks: dict[str, list[TaskLine]] = {name: [] for name in SHARES}
    for line in lines:
        tasks[_share(line, plan, today)].append(line)
    in_force, first = whole.discipline_of(key) if whole else _discipline(session, plan, key, today)
    return Card(
        owner,
        tasks,
        in_force,
        first,
        frozenset(line.id for line in tasks["accepted"] if _is_late(line, today)),
        indicators_reported(
            session,
            plan,
            owner,
            lines,
            whole.indicators if whole else indicator_lines(session, plan, today),
        ),
        [CardExtension(*row) for row in session.execute(_EXTENSIONS, scope)],
        [_return(row, plan) for row in session.execute(_RETURNS, scope)],
    )


def _discipline(session: Session, plan: PlanInfo, key: str, today: date) -> tuple[Discipline, Discipline]:
    for line in discipline_lines(session, plan.id, today):
        if line.key == key:
            return line.in_force, line.first
    return Discipline(), Discipline()


def _return(row: Any, plan: PlanInfo) -> CardReturn:
    values = (*row[:-2], row.at.astimezone(plan.zone).date(), row.note)
    return CardReturn(*values)


def _owner(session: Session, key: str) -> CardOwner:
    row = session.execute(_OWNER, {"key": key}).first()
    if row is None:
        raise NotFoundError
    return CardOwner(*row)


def _share(line: TaskLine, plan: PlanInfo, today: date) -> str:
    """The name in `SHARES`, by the conditions of `counters.SELECTIONS`."""
    if line.phase != OWING:
        return {ACCEPTED: "accepted", REVIEW: "review", OFF: "off"}[line.phase]
    if line.lateness(today, plan) is not None:
        return "overdue"
    return "planned" if line.state == "planned" else "working"


def _is_late(line: TaskLine, today: date) -> bool:
    return TaskOutcome(line.phase, line.due_scored, line.submitted_on, today).category == LATE
